/* Fetching a document's file from the centre: part by part into a new file, which gets its name only when the
 * digest is right. */
#include "upload.h"

#include "base/bounds.h"
#include "base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool
fail(struct file_download *d, const char *what)
{
	snprintf(d->error, sizeof d->error, "%.300s: %.150s", d->path, what);
	return false;
}

/* The name comes from the centre, and must not lead out of this folder. */
static bool
choose_path(struct file_download *d)
{
	bool plain = *d->name && *d->name != '.' && !strchr(d->name, '/');
	snprintf(d->path, PATH_MAX, "%s", d->output ? d->output : plain ? d->name : "document");
	if (!d->output && !access(d->path, F_OK))
		return fail(d, "it is there already; --output FILE says where to write to");
	/* Written to disk first, then renamed: under its name the file is always whole. */
	return whole_file_begin(&d->file, AT_FDCWD, d->path, 0666) || fail(d, strerror(errno));
}

static bool
write_part(struct file_download *d, const struct file_part *file)
{
	if (fwrite(file->part, 1, file->part_size, d->file.stream) != file->part_size)
		return fail(d, strerror(errno));
	d->written += file->part_size;
	crypto_generichash_update(&d->digest, file->part, file->part_size);
	return true;
}

/* The first answer says what it is; the others must be of the same. */
static bool
take_item(struct file_download *d, const struct file_part *file)
{
	if (file->offset) {
		bool same = digest_equal(&file->document.digest, &d->item.digest);
		return same || fail(d, "the centre changed it meanwhile");
	}
	d->item = file->document;
	snprintf(d->name, sizeof d->name, "%s", file->document.name);
	d->item.name = "";
	d->item.note = "";
	d->key.version = file->document.key.version;
	if (file->document.size < 1 || file->document.size > DOCUMENT_BYTES_MAX)
		return fail(d, "the centre tells an impossible size");
	return choose_path(d);
}

/* The bytes do not have the digest that the centre named; that is no fault of this machine. */
static bool
check_digest(struct file_download *d)
{
	struct digest digest;
	crypto_generichash_final(&d->digest, digest.bytes, DIGEST_BYTES);
	if (d->written != d->item.size || !digest_equal(&digest, &d->item.digest))
		return fail(d, "the bytes that came do not have the document's digest: nothing was kept");
	return true;
}

/* ---------------------------------------------------------------- in steps */

void
download_begin(struct file_download *d, struct document_key key, const char *output,
               const struct transfer_watch *watch)
{
	*d = (struct file_download){.key = key, .output = output, .watch = watch};
	crypto_generichash_init(&d->digest, NULL, 0, DIGEST_BYTES);
}

void
download_end(struct file_download *d)
{
	whole_file_discard(&d->file);
}

struct request
download_next(const struct file_download *d)
{
	return (struct request){.kind = REQUEST_FILE, .file = {d->key, d->written}};
}

enum download_step
download_take(struct file_download *d, const struct file_part *file)
{
	if (file->offset != d->written || !file->part_size)
		return fail(d, "an answer that does not fit the question"), DOWNLOAD_FAILED;
	if (!take_item(d, file) || !write_part(d, file))
		return DOWNLOAD_FAILED;
	if (d->watch->progress)
		d->watch->progress(d->watch->context, d->name, d->written, d->item.size);
	if (d->written < d->item.size)
		return DOWNLOAD_ON;
	if (!check_digest(d))
		return DOWNLOAD_WRONG;
	return whole_file_end(&d->file, d->output) ? DOWNLOAD_WHOLE : (fail(d, strerror(errno)), DOWNLOAD_FAILED);
}

enum session_failure
download_file(struct session *session, struct file_download *d, int timeout_ms)
{
	enum download_step step = DOWNLOAD_ON;
	while (step == DOWNLOAD_ON) {
		struct request request = download_next(d);
		struct reply reply;
		enum session_failure failure =
		    session_ask_patiently(session, &request, REPLY_FILE, timeout_ms, &reply);
		if (failure)
			return failure;
		step = download_take(d, &reply.file);
	}
	return step == DOWNLOAD_WHOLE ? SESSION_OK : step == DOWNLOAD_WRONG ? SESSION_REFUSED : SESSION_BROKEN;
}
