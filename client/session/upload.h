/* Transfer of a document's file: to the centre in parts, continuing with the first byte that it lacks, also
 * after a broken line, with another centre, or in another process; and from the centre into a file, checked.
 */
#ifndef FUPIN_CLIENT_UPLOAD_H
#define FUPIN_CLIENT_UPLOAD_H

#include "base/whole_file.h"
#include "session.h"

#include <limits.h>
#include <sodium.h>

/* Callback for progress; may be NULL. */
struct transfer_watch {
	void *context;
	void (*progress)(void *context, const char *name, uint64_t bytes, uint64_t size);
};

/* Reads a file whole. False: `problems` says why (unreadable, empty, too large). *bytes is from malloc. */
bool upload_read(const char *path, uint8_t **bytes, size_t *size, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* The same for a document's file, which has to have the size, type and digest that the document names. */
bool upload_read_document(const char *path, const struct document *document, uint8_t **bytes,
                          struct problem_list *problems) __attribute__((warn_unused_result));

/* The Upload of a part of a document's file that begins at `offset`; without bytes (NULL) it asks how much
 * the centre has, which comes first. */
struct request upload_request(const struct document *document, const uint8_t *bytes, uint64_t offset);

/* A file on its way to the centre, in steps: each question is answered before the next is made. It is asked
 * first how much of it the centre has; the file is read only if something is lacking. */
struct file_upload {
	const struct document *document;
	const char *path;
	const struct transfer_watch *watch;
	uint8_t *bytes; /* NULL: not read yet */
	bool offered;   /* the centre has said how much it has */
	uint64_t received, furthest;
	int idle;      /* answers in a row that brought nothing new */
	int forgotten; /* how often the centre had lost what it had */
};

enum upload_step {
	UPLOAD_ON,     /* the next question is to be asked */
	UPLOAD_WHOLE,  /* the centre has all of it */
	UPLOAD_BROKEN, /* the centre's answers make no sense */
};

/* `document`, `path` and `watch` outlive it; to be ended by upload_end(), which may be called twice. */
void upload_begin(struct file_upload *upload, const struct document *document, const char *path,
                  const struct transfer_watch *watch);
void upload_end(struct file_upload *upload);
/* The next question, or the same again, for instance after silence. False: `problems` says why there is none.
 */
bool upload_next(struct file_upload *upload, struct request *out, struct problem_list *problems)
    __attribute__((warn_unused_result));
enum upload_step upload_take(struct file_upload *upload, const struct uploaded *answer);
/* True: the centre has lost what it had (its database was set back, or the file was removed after days), and
 * the upload begins anew. False: it is refused. */
bool upload_take_refusal(struct file_upload *upload, const struct refusal *refusal);

/* A document's file on its way from the centre, in steps (version 0: the newest). It is written beside
 * `output`, checked against its digest, flushed to disk and renamed, so that there is never a part of it.
 * `output` NULL: under its own name, in the current directory; then no other file is replaced. */
struct file_download {
	struct document_key key;
	const char *output;
	const struct transfer_watch *watch;
	struct document_item item;     /* what it is, without name and note */
	char name[NAME_BYTES_MAX + 1]; /* its own */
	char path[PATH_MAX];           /* of the file that it is in */
	char error[HOME_ERROR_BYTES];  /* why it failed; "": it did not */
	struct whole_file file;
	uint64_t written;
	crypto_generichash_state digest;
};

enum download_step {
	DOWNLOAD_ON,     /* the next question is to be asked */
	DOWNLOAD_WHOLE,  /* the file has its name */
	DOWNLOAD_WRONG,  /* the bytes are not what the centre named: nothing was kept */
	DOWNLOAD_FAILED, /* it cannot be written, or the centre's answers make no sense */
};

/* `output` and `watch` outlive it; to be ended by download_end(), which may be called twice. */
void download_begin(struct file_download *download, struct document_key key, const char *output,
                    const struct transfer_watch *watch);
void download_end(struct file_download *download);
struct request download_next(const struct file_download *download);
enum download_step download_take(struct file_download *download, const struct file_part *answer);

/* The whole of one that has begun. With download->error set: SESSION_BROKEN means that it could not be
 * written, SESSION_REFUSED that its content is not what the centre named. */
enum session_failure download_file(struct session *session, struct file_download *download, int timeout_ms);

#endif
