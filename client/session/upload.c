#include "upload.h"

#include "base/bounds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---------------------------------------------------------------- the file */

static bool
unreadable(struct problem_list *problems, const char *why)
{
	problem_detail(problem_only(problems, PROBLEM_FILE_UNREADABLE), "%s", why);
	return false;
}

static bool
check_size(off_t size, struct problem_list *problems)
{
	if (size >= 1 && size <= DOCUMENT_BYTES_MAX)
		return true;
	struct problem *p = problem_only(problems, size ? PROBLEM_VALUE_TOO_LARGE : PROBLEM_VALUE_TOO_SMALL);
	snprintf(p->column, sizeof p->column, "size");
	p->actual = size;
	p->limit = size ? DOCUMENT_BYTES_MAX : 1;
	return false;
}

static bool
read_all(int fd, uint8_t *out, size_t size)
{
	size_t used = 0;
	while (used < size) {
		ssize_t got = read(fd, out + used, size - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		used += (size_t)got;
	}
	return true;
}

bool
upload_read(const char *path, uint8_t **bytes, size_t *size, struct problem_list *problems)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && !fstat(fd, &st);
	if (!good)
		unreadable(problems, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		good = unreadable(problems, "not a file");
	else
		good = check_size(st.st_size, problems);
	uint8_t *all = good ? malloc((size_t)st.st_size) : NULL;
	if (good && (!all || !read_all(fd, all, (size_t)st.st_size))) {
		good = unreadable(problems, all ? "it ends sooner than it should" : "no memory");
		free(all);
	}
	if (fd >= 0)
		close(fd);
	if (good) {
		*bytes = all;
		*size = (size_t)st.st_size;
	}
	return good;
}

bool
upload_read_document(const char *path, const struct document *document, uint8_t **bytes,
                     struct problem_list *problems)
{
	uint8_t *all;
	size_t size;
	if (!upload_read(path, &all, &size, problems))
		return false;
	struct digest digest = digest_of(all, size);
	if (size == document->size && digest_equal(&digest, &document->digest)) {
		*bytes = all;
		return true;
	}
	free(all);
	problem_only(problems, PROBLEM_FILE_CHANGED);
	return false;
}

struct request
upload_request(const struct document *d, const uint8_t *bytes, uint64_t offset)
{
	struct request request = {
	    .kind = REQUEST_UPLOAD,
	    .upload = {.unit = d->unit, .digest = d->digest, .size = d->size, .type = d->type},
	};
	if (bytes) {
		uint64_t left = d->size - offset;
		request.upload.offset = offset;
		request.upload.part = bytes + offset;
		request.upload.part_size = left < DOCUMENT_PART_BYTES ? (size_t)left : DOCUMENT_PART_BYTES;
	}
	return request;
}

/* ---------------------------------------------------------------- in steps */

/* A centre whose answers go on to bring nothing new, or that loses again and again what it has, is broken. */
enum { IDLE_ANSWERS_MAX = 50, FORGOTTEN_MAX = 5 };

void
upload_begin(struct file_upload *u, const struct document *document, const char *path,
             const struct transfer_watch *watch)
{
	*u = (struct file_upload){.document = document, .path = path, .watch = watch};
}

void
upload_end(struct file_upload *u)
{
	free(u->bytes);
	u->bytes = NULL;
}

bool
upload_next(struct file_upload *u, struct request *out, struct problem_list *problems)
{
	if (u->offered && !u->bytes && !upload_read_document(u->path, u->document, &u->bytes, problems))
		return false;
	*out = u->offered ? upload_request(u->document, u->bytes, u->received)
	                  : upload_request(u->document, NULL, 0);
	return true;
}

enum upload_step
upload_take(struct file_upload *u, const struct uploaded *answer)
{
	bool further = answer->received > u->furthest;
	u->offered = true;
	u->received = answer->received;
	u->idle = further ? 0 : u->idle + 1;
	u->furthest = further ? answer->received : u->furthest;
	if (u->watch->progress)
		u->watch->progress(u->watch->context, u->document->name, answer->received, u->document->size);
	if (answer->whole)
		return UPLOAD_WHOLE;
	bool sane = answer->received < u->document->size && answer->received % DOCUMENT_PART_BYTES == 0 &&
	            u->idle <= IDLE_ANSWERS_MAX && u->forgotten <= FORGOTTEN_MAX;
	return sane ? UPLOAD_ON : UPLOAD_BROKEN;
}

bool
upload_take_refusal(struct file_upload *u, const struct refusal *refusal)
{
	const struct problem_list *problems = refusal->problems;
	if (!u->offered || !problems->count || problems->items[0].code != PROBLEM_FILE_MISSING)
		return false;
	u->offered = false;
	u->received = u->furthest = 0;
	u->forgotten++;
	return true;
}
