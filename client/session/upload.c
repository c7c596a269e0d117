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

/* ---------------------------------------------------------------- sending */

/* Answers in a row that bring nothing new; a centre that goes on so is broken. */
enum { IDLE_ANSWERS_MAX = 50 };

struct upload_way {
	struct session *session;
	int timeout_ms;
	const struct document *document;
	const struct transfer_watch *watch;
	struct problem_list *problems;
	uint8_t *bytes; /* NULL: not read yet */
	uint64_t furthest;
	int idle;
	struct uploaded state;
};

static void
note_state(struct upload_way *w, const struct uploaded *state)
{
	bool further = state->received > w->furthest;
	w->state = *state;
	w->idle = further ? 0 : w->idle + 1;
	w->furthest = further ? state->received : w->furthest;
	if (w->watch && w->watch->progress)
		w->watch->progress(w->watch->context, w->document->name, state->received, w->document->size);
}

/* Offers the file, or sends the part that the centre does not have yet. */
static enum session_failure
send_step(struct upload_way *w, bool offer)
{
	const struct document *d = w->document;
	struct reply reply;
	struct request request =
	    offer ? upload_request(d, NULL, 0) : upload_request(d, w->bytes, w->state.received);
	enum session_failure failure =
	    session_ask_patiently(w->session, &request, REPLY_UPLOADED, w->timeout_ms, &reply);
	if (!failure)
		note_state(w, &reply.uploaded);
	return failure;
}

/* If the centre lost what it had (its database was set back, or the file was removed after days), the upload
 * begins anew. */
static bool
was_forgotten(const struct session *s)
{
	return session_refusal(s)->problems->items[0].code == PROBLEM_FILE_MISSING;
}

static enum session_failure
take_refusal(struct upload_way *w)
{
	const struct refusal *refusal = session_refusal(w->session);
	if (!refusal->retry_after_ms)
		*w->problems = *refusal->problems;
	return SESSION_REFUSED;
}

static enum session_failure
send_file(struct upload_way *w, const char *path)
{
	bool offer = true;
	for (;;) {
		enum session_failure failure = send_step(w, offer);
		if (failure == SESSION_REFUSED && !offer && was_forgotten(w->session)) {
			offer = true;
			w->furthest = 0;
			continue;
		}
		if (failure == SESSION_REFUSED)
			return take_refusal(w);
		if (failure || w->state.whole)
			return failure;
		if (w->state.received >= w->document->size || w->state.received % DOCUMENT_PART_BYTES ||
		    w->idle > IDLE_ANSWERS_MAX)
			return SESSION_BROKEN;
		if (!w->bytes && !upload_read_document(path, w->document, &w->bytes, w->problems))
			return SESSION_REFUSED;
		offer = false;
	}
}

enum session_failure
upload_file(struct session *session, const struct document *document, const char *path, int timeout_ms,
            const struct transfer_watch *watch, struct problem_list *problems)
{
	struct upload_way w = {.session = session,
	                       .timeout_ms = timeout_ms,
	                       .document = document,
	                       .watch = watch,
	                       .problems = problems};
	enum session_failure failure = send_file(&w, path);
	free(w.bytes);
	return failure;
}
