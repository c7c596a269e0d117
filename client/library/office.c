/* libfupin, the caller's side: begins operations and dispatches their events. fupin.h describes its use,
 * office_parts.h its inside. */
#include "office_parts.h"

#include "base/clock.h"
#include "version.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TIMEOUT_DEFAULT_MS = 30000, ARGUMENTS_BYTES_MAX = 64 * 1024 * 1024 };

const char *
fupin_version(void)
{
	return FUPIN_VERSION;
}

void
office_ring(int fd)
{
	const uint64_t one = 1;
	ssize_t written = write(fd, &one, sizeof one);
	(void)written; /* it only fails when it rings already */
}

void
office_drain(int fd)
{
	uint64_t count;
	ssize_t got = read(fd, &count, sizeof count);
	(void)got;
}

/* ---------------------------------------------------------------- open and close */

/* No signal is handled in the thread: they are the caller's. */
static bool
start_thread(struct fupin_office *o)
{
	sigset_t all, before;
	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before))
		return false;
	bool good = !pthread_create(&o->thread, NULL, office_run, o);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return good;
}

static void
destroy(struct fupin_office *o)
{
	while (o->letters) {
		struct letter *letter = o->letters;
		o->letters = letter->next;
		letter_free(letter);
	}
	while (o->begun) {
		struct operation *operation = o->begun;
		o->begun = operation->next;
		operation_free(operation);
	}
	if (o->bell >= 0)
		close(o->bell);
	if (o->fd >= 0)
		close(o->fd);
	pthread_mutex_destroy(&o->mutex);
	sodium_memzero(&o->home.office, sizeof o->home.office);
	free(o);
}

static struct fupin_office *
make(const struct fupin_options *options, const struct home *home)
{
	struct fupin_office *o = calloc(1, sizeof *o);
	if (!o)
		return NULL;
	o->home = *home;
	o->language = options->language == FUPIN_CHINESE ? LANGUAGE_CHINESE : LANGUAGE_ENGLISH;
	o->timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_DEFAULT_MS;
	o->pid = getpid();
	o->begun_end = &o->begun;
	o->letters_end = &o->letters;
	pthread_mutex_init(&o->mutex, NULL);
	o->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	o->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (o->bell >= 0 && o->fd >= 0 && start_thread(o))
		return o;
	destroy(o);
	return NULL;
}

/* Of a structure that the caller made: what his header did not have is 0. */
static void
take_struct(void *out, size_t size, const void *from, size_t from_size)
{
	memset(out, 0, size);
	if (from)
		memcpy(out, from, from_size < size ? from_size : size);
}

enum fupin_status
fupin_open(const char *home_path, const struct fupin_options *options, struct fupin_office **out, char *error,
           size_t error_size)
{
	struct fupin_options chosen;
	struct home home;
	char why[HOME_ERROR_BYTES] = "";
	enum fupin_status status = FUPIN_DONE;
	*out = NULL;
	take_struct(&chosen, sizeof chosen, options, options ? options->size : 0);
	if (sodium_init() < 0) {
		status = FUPIN_FAILED;
	} else if (!home_read(home_path, &home, why)) {
		status = FUPIN_NOT_ADMITTED;
	} else if (!(*out = make(&chosen, &home))) {
		snprintf(why, sizeof why, "%s", strerror(errno ? errno : ENOMEM));
		status = FUPIN_FAILED;
	}
	if (error && error_size)
		snprintf(error, error_size, "%s", why);
	return status;
}

static bool
is_ours(const struct fupin_office *o)
{
	return o && o->pid == getpid();
}

static void
end(struct fupin_office *o)
{
	atomic_store(&o->closing, true);
	office_ring(o->bell);
	pthread_join(o->thread, NULL);
	destroy(o);
}

void
fupin_close(struct fupin_office **office)
{
	struct fupin_office *o = *office;
	*office = NULL;
	if (!is_ours(o))
		return; /* a forked child has no thread to end, and its parent's sockets to leave alone */
	if (o->dispatching)
		o->close_after = true;
	else
		end(o);
}

int
fupin_fd(const struct fupin_office *o)
{
	return o->fd;
}

/* ---------------------------------------------------------------- dispatch */

/* The next letter; tells the thread when there is room again. */
static struct letter *
take_letter(struct fupin_office *o)
{
	pthread_mutex_lock(&o->mutex);
	struct letter *letter = o->letters;
	if (letter) {
		o->letters = letter->next;
		if (!o->letters)
			o->letters_end = &o->letters;
		if (o->letter_count-- == LETTERS_MANY)
			office_ring(o->bell);
	}
	if (!o->letters)
		office_drain(o->fd);
	pthread_mutex_unlock(&o->mutex);
	return letter;
}

static size_t
count_letters(struct fupin_office *o)
{
	pthread_mutex_lock(&o->mutex);
	size_t count = o->letter_count;
	pthread_mutex_unlock(&o->mutex);
	return count;
}

/* Until there is a letter; a signal does not end it. */
static void
wait_for_letter(struct fupin_office *o, int timeout_ms)
{
	int64_t until = clock_steady_us() + timeout_ms * INT64_C(1000);
	struct pollfd item = {.fd = o->fd, .events = POLLIN};
	while (poll(&item, 1, timeout_ms) < 0 && errno == EINTR) {
		int64_t left_ms = (until - clock_steady_us()) / 1000;
		if (timeout_ms >= 0)
			timeout_ms = left_ms > 0 ? (int)left_ms : 0;
	}
}

int
fupin_dispatch(struct fupin_office *o, int timeout_ms)
{
	int count = 0;
	if (!is_ours(o) || o->dispatching)
		return -1;
	if (timeout_ms)
		wait_for_letter(o, timeout_ms);
	o->dispatching = true;
	/* Events that handlers cause are dispatched the next time, so that the caller's loop goes on. */
	for (size_t left = count_letters(o); left && !o->close_after; left--) {
		struct letter *letter = take_letter(o);
		if (!letter)
			break;
		if (letter->handler) {
			letter->handler(letter->context, &letter->event);
			count++;
		}
		letter_free(letter);
	}
	o->dispatching = false;
	if (!o->close_after)
		return count;
	end(o);
	return -1;
}

/* ---------------------------------------------------------------- begin */

static struct operation *
begin(struct fupin_office *o, enum operation_kind kind, fupin_handler handler, void *context)
{
	if (!is_ours(o))
		return NULL;
	struct operation *operation = calloc(1, sizeof *operation);
	if (!operation)
		return NULL;
	arena_init(&operation->arena, ARGUMENTS_BYTES_MAX);
	operation->kind = kind;
	operation->handler = handler;
	operation->context = context;
	int64_t now = clock_steady_us();
	bool endless = kind == OPERATION_WATCH || o->timeout_ms < 0;
	operation->deadline_us = endless ? INT64_MAX : now + o->timeout_ms * INT64_C(1000);
	operation->last = letter_new(operation, FUPIN_ENDED);
	if (!operation->last)
		operation_free(operation);
	return operation->last ? operation : NULL;
}

/* Hands it to the thread; `good` false: it is none. */
static fupin_operation
hand_over(struct fupin_office *o, struct operation *operation, bool good)
{
	size_t place = 0;
	fupin_operation id = 0;
	if (!operation)
		return 0;
	pthread_mutex_lock(&o->mutex);
	while (place < FUPIN_OPERATIONS_MAX && o->open[place])
		place++;
	if (good && place < FUPIN_OPERATIONS_MAX) {
		id = ++o->last_id;
		operation->id = operation->last->event.operation = id;
		o->open[place] = operation;
		*o->begun_end = operation;
		o->begun_end = &operation->next;
		office_ring(o->bell);
	}
	pthread_mutex_unlock(&o->mutex);
	if (!id)
		operation_free(operation);
	return id;
}

/* Copies texts of the caller, which need not stay valid after the call. */
static const char **
copy_texts(struct operation *operation, const char *const *texts, size_t count)
{
	const char **copy = arena_array(&operation->arena, count, sizeof *copy);
	for (size_t i = 0; copy && i < count; i++) {
		copy[i] = texts && texts[i] ? arena_string(&operation->arena, texts[i]) : NULL;
		if (!copy[i])
			return NULL;
	}
	return copy;
}

static fupin_operation
begin_files(struct fupin_office *o, enum operation_kind kind, const char *const *files, size_t count,
            fupin_handler handler, void *context)
{
	struct operation *operation = begin(o, kind, handler, context);
	bool good = operation && count && (operation->files = copy_texts(operation, files, count));
	if (good)
		operation->file_count = count;
	return hand_over(o, operation, good);
}

static fupin_operation
begin_total(struct fupin_office *o, enum operation_kind kind, const struct fupin_query *query,
            fupin_handler handler, void *context)
{
	struct operation *operation = begin(o, kind, handler, context);
	bool good = operation && query;
	if (good) {
		struct fupin_query *q = &operation->query;
		take_struct(q, sizeof *q, query, query->size);
		if (q->indicator_count)
			q->indicators = copy_texts(operation, q->indicators, q->indicator_count);
		bool past = q->as_of_seq || q->as_of_time_us;
		good = q->by >= UNIT_NONE && q->by <= UNIT_LEVELS && (q->indicators || !q->indicator_count) &&
		       q->as_of_time_us >= 0 && !(past && kind == OPERATION_WATCH);
	}
	return hand_over(o, operation, good);
}

/* NULL stays NULL. */
static bool
copy_text(struct operation *operation, const char **text)
{
	if (*text)
		*text = arena_string(&operation->arena, *text);
	return true;
}

fupin_operation
fupin_ask(struct fupin_office *o, enum fupin_question question, const struct fupin_query *query,
          fupin_handler handler, void *context)
{
	struct operation *operation = begin(o, OPERATION_ASK, handler, context);
	bool good = operation && query;
	if (good) {
		struct fupin_query *q = &operation->query;
		take_struct(q, sizeof *q, query, query->size);
		const char **const texts[] = {&q->form,    &q->group,   &q->document, &q->source,
		                              &q->voucher, &q->project, &q->rule,     &q->states};
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			good = good && copy_text(operation, texts[i]);
		good = good && q->by >= UNIT_NONE && q->by <= UNIT_LEVELS && q->as_of_time_us >= 0 && q->limit >= 0 &&
		       !operation->arena.exhausted;
		operation->asked = question;
	}
	return hand_over(o, operation, good);
}

/* Copies `count` structs of the caller's, whose size stands in the first. NULL: there is no room, or no
 * struct.
 */
static void *
copy_structs(struct operation *operation, const void *from, size_t count, size_t size)
{
	size_t given = count ? *(const size_t *)from : 0;
	char *to = given ? arena_array(&operation->arena, count, size) : NULL;
	for (size_t i = 0; to && i < count; i++)
		take_struct(to + i * size, size, (const char *)from + i * given, given);
	return to;
}

fupin_operation
fupin_review(struct fupin_office *o, const struct fupin_review *reviews, size_t count, fupin_handler handler,
             void *context)
{
	struct operation *operation = begin(o, OPERATION_DECIDE, handler, context);
	struct fupin_review *copy = operation ? copy_structs(operation, reviews, count, sizeof *copy) : NULL;
	bool good = copy;
	for (size_t i = 0; good && i < count; i++)
		good = copy_text(operation, &copy[i].form) && copy_text(operation, &copy[i].reason) &&
		       copy_text(operation, &copy[i].text) && copy[i].decision >= FUPIN_PASS &&
		       copy[i].decision <= FUPIN_TAKE && !operation->arena.exhausted;
	if (good) {
		operation->reviews = copy;
		operation->decision_count = count;
	}
	return hand_over(o, operation, good);
}

fupin_operation
fupin_extend(struct fupin_office *o, const struct fupin_extension *extensions, size_t count,
             fupin_handler handler, void *context)
{
	struct operation *operation = begin(o, OPERATION_DECIDE, handler, context);
	struct fupin_extension *copy =
	    operation ? copy_structs(operation, extensions, count, sizeof *copy) : NULL;
	bool good = copy;
	for (size_t i = 0; good && i < count; i++)
		good = copy_text(operation, &copy[i].form) && copy_text(operation, &copy[i].document) &&
		       copy_text(operation, &copy[i].reason) && copy[i].which >= FUPIN_DUE &&
		       copy[i].which <= FUPIN_CORRECTIONS && !operation->arena.exhausted;
	if (good) {
		operation->extensions = copy;
		operation->decision_count = count;
	}
	return hand_over(o, operation, good);
}

/* A file, and two texts that may be NULL. */
static struct operation *
begin_file(struct fupin_office *o, enum operation_kind kind, const char *path, const char *document,
           const char *note, fupin_handler handler, void *context, bool *good)
{
	struct operation *operation = begin(o, kind, handler, context);
	*good = operation && path && (operation->files = copy_texts(operation, &path, 1));
	if (!*good)
		return operation;
	operation->file_count = 1;
	operation->query.document = document;
	operation->note = note ? note : "";
	*good = copy_text(operation, &operation->query.document) && copy_text(operation, &operation->note) &&
	        !operation->arena.exhausted;
	return operation;
}

fupin_operation
fupin_send_document(struct fupin_office *o, int64_t unit, const char *kind, const char *path,
                    const char *note, fupin_handler handler, void *context)
{
	bool good;
	struct operation *operation =
	    begin_file(o, OPERATION_DOCUMENT, path, kind, note, handler, context, &good);
	if (good)
		operation->query.unit = unit;
	return hand_over(o, operation, good && kind);
}

fupin_operation
fupin_fetch_document(struct fupin_office *o, int64_t unit, const char *kind, int version, const char *path,
                     fupin_handler handler, void *context)
{
	bool good;
	struct operation *operation = begin_file(o, OPERATION_FETCH, path, kind, NULL, handler, context, &good);
	if (good) {
		operation->query.unit = unit;
		operation->query.limit = version;
	}
	return hand_over(o, operation, good && kind && version >= 0);
}

fupin_operation
fupin_mark(struct fupin_office *o, const char *workbook, const char *copy, fupin_handler handler,
           void *context)
{
	bool good;
	struct operation *operation =
	    begin_file(o, OPERATION_MARK, workbook, NULL, copy, handler, context, &good);
	return hand_over(o, operation, good && copy);
}

fupin_operation
fupin_connect(struct fupin_office *o, fupin_handler handler, void *context)
{
	return hand_over(o, begin(o, OPERATION_CONNECT, handler, context), true);
}

fupin_operation
fupin_check(struct fupin_office *o, const char *const *files, size_t count, fupin_handler handler,
            void *context)
{
	return begin_files(o, OPERATION_CHECK, files, count, handler, context);
}

fupin_operation
fupin_submit(struct fupin_office *o, const char *const *files, size_t count, fupin_handler handler,
             void *context)
{
	return begin_files(o, OPERATION_SUBMIT, files, count, handler, context);
}

fupin_operation
fupin_send(struct fupin_office *o, fupin_handler handler, void *context)
{
	return hand_over(o, begin(o, OPERATION_SEND, handler, context), true);
}

fupin_operation
fupin_find(struct fupin_office *o, const char *id, fupin_handler handler, void *context)
{
	struct operation *operation = begin(o, OPERATION_FIND, handler, context);
	bool good = operation && id && submission_id_parse(id, &operation->submission);
	return hand_over(o, operation, good);
}

fupin_operation
fupin_standing(struct fupin_office *o, fupin_handler handler, void *context)
{
	return hand_over(o, begin(o, OPERATION_STANDING, handler, context), true);
}

fupin_operation
fupin_total(struct fupin_office *o, const struct fupin_query *query, fupin_handler handler, void *context)
{
	return begin_total(o, OPERATION_TOTAL, query, handler, context);
}

fupin_operation
fupin_watch(struct fupin_office *o, const struct fupin_query *query, fupin_handler handler, void *context)
{
	return begin_total(o, OPERATION_WATCH, query, handler, context);
}

/* Letters that are on their way already are not delivered. */
static void
take_back(struct fupin_office *o, fupin_operation id)
{
	for (struct letter *letter = o->letters; letter; letter = letter->next)
		if (letter->event.operation == id && letter->event.kind != FUPIN_ENDED)
			letter->handler = NULL;
}

int
fupin_cancel(struct fupin_office *o, fupin_operation id)
{
	int result = -1;
	if (!is_ours(o) || !id)
		return -1;
	pthread_mutex_lock(&o->mutex);
	for (size_t i = 0; i < FUPIN_OPERATIONS_MAX && result; i++)
		if (o->open[i] && o->open[i]->id == id) {
			atomic_store(&o->open[i]->cancelled, true);
			take_back(o, id);
			office_ring(o->bell);
			result = 0;
		}
	pthread_mutex_unlock(&o->mutex);
	return result;
}
