/* The bytes of a document: to the centre in parts, going on from where it has them, also after a broken line,
 * with another centre, or in another process; and back into a file, checked. */
#ifndef FUPIN_CLIENT_UPLOAD_H
#define FUPIN_CLIENT_UPLOAD_H

#include "session.h"

/* How far it is; may be NULL. */
struct transfer_watch {
	void *context;
	void (*progress)(void *context, const char *name, uint64_t bytes, uint64_t size);
};

/* Reads a file whole. False: `problems` says why (unreadable, empty, too large). *bytes is from malloc. */
bool upload_read(const char *path, uint8_t **bytes, size_t *size, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* The same of a document's file, which has to be what the document says. */
bool upload_read_document(const char *path, const struct document *document, uint8_t **bytes,
                          struct problem_list *problems) __attribute__((warn_unused_result));

/* The Upload of a part of a document's file that begins at `offset`; without bytes (NULL): the question how
 * far the centre has it, which comes first. */
struct request upload_request(const struct document *document, const uint8_t *bytes, uint64_t offset);

/* Sends what the centre does not have yet of the file at `path`, which is read only if need be. SESSION_OK:
 * the centre has it whole. SESSION_REFUSED: it never will, `problems` says why; or, if that is empty, not
 * now, for session_refusal(). Others: nothing came through for timeout_ms. */
enum session_failure upload_file(struct session *session, const struct document *document, const char *path,
                                 int timeout_ms, const struct transfer_watch *watch,
                                 struct problem_list *problems);

/* Fetches a document's file (version 0: the newest). It is written beside `output`, checked against its
 * digest, put on disk and renamed, so that there is never half of it. `output` NULL: under its own name, in
 * the folder in which we are; then no other file is replaced. *out: what it is (without name and note);
 * `path`: the file that it is in.
 * With `error` set: SESSION_BROKEN, it could not be written; SESSION_REFUSED, it is not what it should be. */
enum session_failure download_file(struct session *session, struct document_key key, const char *output,
                                   int timeout_ms, const struct transfer_watch *watch,
                                   struct document_item *out, char path[PATH_MAX],
                                   char error[HOME_ERROR_BYTES]);

#endif
