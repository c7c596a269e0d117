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

struct download {
	struct session *session;
	int timeout_ms;
	struct document_key key;
	const char *output; /* NULL: its own name */
	struct document_item *item;
	char *path, *error;
	char name[NAME_BYTES_MAX + 1]; /* its own */
	struct whole_file file;
	uint64_t written;
	crypto_generichash_state digest;
};

static bool
fail(struct download *d, const char *what)
{
	snprintf(d->error, HOME_ERROR_BYTES, "%.300s: %.150s", d->path, what);
	return false;
}

/* The name comes from the centre, and must not lead out of this folder. */
static bool
choose_path(struct download *d)
{
	bool plain = *d->name && *d->name != '.' && !strchr(d->name, '/');
	snprintf(d->path, PATH_MAX, "%s", d->output ? d->output : plain ? d->name : "document");
	if (!d->output && !access(d->path, F_OK))
		return fail(d, "it is there already; --output FILE says where to write to");
	/* Written to disk first, then renamed: under its name the file is always whole. */
	return whole_file_begin(&d->file, AT_FDCWD, d->path, 0666) || fail(d, strerror(errno));
}

static bool
write_part(struct download *d, const struct file_part *file)
{
	if (fwrite(file->part, 1, file->part_size, d->file.stream) != file->part_size)
		return fail(d, strerror(errno));
	d->written += file->part_size;
	crypto_generichash_update(&d->digest, file->part, file->part_size);
	return true;
}

/* The first answer says what it is; the others must be of the same. */
static bool
take_item(struct download *d, const struct file_part *file)
{
	if (file->offset) {
		bool same = digest_equal(&file->document.digest, &d->item->digest);
		return same || fail(d, "the centre changed it meanwhile");
	}
	*d->item = file->document;
	snprintf(d->name, sizeof d->name, "%s", file->document.name);
	d->item->name = "";
	d->item->note = "";
	d->key.version = file->document.key.version;
	if (file->document.size < 1 || file->document.size > DOCUMENT_BYTES_MAX)
		return fail(d, "the centre tells an impossible size");
	return choose_path(d);
}

static enum session_failure
fetch(struct download *d, const struct transfer_watch *watch)
{
	uint64_t at = 0;
	do {
		struct request request = {.kind = REQUEST_FILE, .file = {d->key, at}};
		struct reply reply;
		enum session_failure failure =
		    session_ask_patiently(d->session, &request, REPLY_FILE, d->timeout_ms, &reply);
		if (failure)
			return failure;
		const struct file_part *file = &reply.file;
		if (file->offset != at || !file->part_size)
			return fail(d, "an answer that does not fit the question"), SESSION_BROKEN;
		if (!take_item(d, file) || !write_part(d, file))
			return SESSION_BROKEN;
		at += file->part_size;
		if (watch && watch->progress)
			watch->progress(watch->context, d->name, at, d->item->size);
	} while (at < d->item->size);
	return SESSION_OK;
}

/* The bytes do not have the digest that the centre named; that is no fault of this machine. */
static bool
check_digest(struct download *d)
{
	struct digest digest;
	crypto_generichash_final(&d->digest, digest.bytes, DIGEST_BYTES);
	if (d->written != d->item->size || !digest_equal(&digest, &d->item->digest))
		return fail(d, "the bytes that came do not have the document's digest: nothing was kept");
	return true;
}

enum session_failure
download_file(struct session *session, struct document_key key, const char *output, int timeout_ms,
              const struct transfer_watch *watch, struct document_item *out, char path[PATH_MAX],
              char error[HOME_ERROR_BYTES])
{
	struct download d = {.session = session,
	                     .timeout_ms = timeout_ms,
	                     .key = key,
	                     .output = output,
	                     .item = out,
	                     .path = path,
	                     .error = error};
	*error = *path = 0;
	crypto_generichash_init(&d.digest, NULL, 0, DIGEST_BYTES);
	enum session_failure failure = fetch(&d, watch);
	if (!failure && !check_digest(&d))
		failure = SESSION_REFUSED;
	if (!failure && !whole_file_end(&d.file, d.output)) {
		fail(&d, strerror(errno));
		failure = SESSION_BROKEN;
	}
	whole_file_discard(&d.file);
	return failure;
}
