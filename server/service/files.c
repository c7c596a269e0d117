/* Documents' files: parts are stored and fetched by a worker of their own, so that a long file holds up
 * neither the loop nor other questions to the database. The requests that wait are limited, in all and for
 * each office; beyond that the answer is BUSY. The files that a submission names are looked for before it
 * may be written. */
#include "files.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "check/check.h"
#include "journal/document_store.h"
#include "send.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { BUSY_RETRY_MS = 200, ASK_AGAIN_MS = 1000, UPLOADS_RETRY_MS = 60000 };
#define SWEEP_US (INT64_C(3600) * 1000000)

struct file_job {
	struct job job;
	struct file_job *next; /* of those under way */
	struct envelope *envelope;
	uint64_t thrown; /* bytes of an upload */
	struct problem_list problems;
	struct reply reply;
};

static void
refuse(struct service *s, struct envelope *e, const struct problem_list *problems)
{
	enum problem_code code = problems->items[0].code;
	uint32_t retry_ms = code == PROBLEM_UPLOADS_TOO_MANY ? UPLOADS_RETRY_MS
	                    : code == PROBLEM_BUSY           ? BUSY_RETRY_MS
	                    : problem_is_transient(code)     ? ASK_AGAIN_MS
	                                                     : 0;
	service_refuse(s, e, problems, retry_ms);
	envelope_destroy(&e);
}

/* ---------------------------------------------------------------- what was thrown away */

/* Thrown-away bytes of one county; there is one for each county that ever sent wrong bytes. */
struct thrown_away {
	UT_hash_handle hh;
	unit_code county;
	int64_t none_at_us; /* by the steady clock: when it no longer counts */
};

static struct thrown_away *
find_thrown(const struct service *s, unit_code unit)
{
	unit_code county = unit_county(unit);
	struct thrown_away *t;
	HASH_FIND(hh, s->file_desk.thrown, &county, sizeof county, t);
	return t;
}

static void
note_thrown(struct service *s, const struct upload *u, uint64_t bytes)
{
	int64_t now_us = clock_steady_us();
	struct thrown_away *t = find_thrown(s, u->unit);
	if (!t) {
		t = calloc(1, sizeof *t);
		if (!t)
			return;
		t->county = unit_county(u->unit);
		HASH_ADD(hh, s->file_desk.thrown, county, sizeof t->county, t);
	}
	int64_t from_us = t->none_at_us > now_us ? t->none_at_us : now_us;
	t->none_at_us = from_us + (int64_t)(bytes / 1024) * THROWN_AWAY_KIB_US;
}

static bool
threw_too_much(const struct service *s, unit_code unit)
{
	const struct thrown_away *t = find_thrown(s, unit);
	int64_t most_us = (int64_t)(THROWN_AWAY_MAX / 1024) * THROWN_AWAY_KIB_US;
	return t && t->none_at_us - clock_steady_us() >= most_us;
}

void
service_forget_thrown(struct service *s)
{
	struct thrown_away *t, *next;
	HASH_ITER (hh, s->file_desk.thrown, t, next) {
		HASH_DEL(s->file_desk.thrown, t);
		free(t);
	}
}

/* ---------------------------------------------------------------- jobs under way */

static bool
has_room(const struct service *s, const struct office *office)
{
	size_t all = 0, own = 0;
	for (const struct file_job *f = s->file_desk.jobs; f; f = f->next) {
		all++;
		own += !strcmp(f->envelope->office.name, office->name);
	}
	return all < FILE_JOBS_MAX && own < FILE_JOBS_OFFICE_MAX;
}

static void
leave(struct service *s, const struct file_job *job)
{
	struct file_job **at = &s->file_desk.jobs;
	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
}

/* The parts in a sealed file come in order. If an earlier part is gone (lost in a crash of the database, as
 * parts are not flushed), the refusal goes to the carrier, who begins again, and not to the office. */
static bool
lost_before(const struct file_job *f)
{
	const struct upload *u = &f->envelope->request.upload;
	const struct uploaded *state = &f->reply.uploaded;
	if (f->envelope->request.kind != REQUEST_UPLOAD || !u->part_size)
		return false;
	if (f->problems.count)
		return f->problems.items[0].code == PROBLEM_FILE_MISSING;
	return !state->whole && state->received < u->offset + u->part_size;
}

/* In the loop's thread. */
static void
give_answer(struct job *job, void *context)
{
	struct file_job *f = (struct file_job *)job;
	struct service *s = context;
	struct envelope *e = f->envelope;
	leave(s, f);
	if (f->thrown)
		note_thrown(s, &e->request.upload, f->thrown);
	if (e->sealed && lost_before(f))
		problem_only(&f->problems, PROBLEM_BUSY);
	if (f->problems.count) {
		refuse(s, e, &f->problems);
	} else {
		f->reply.request_id = e->request.id;
		service_send(s, e, &f->reply);
		envelope_destroy(&e);
	}
	free(f);
}

/* NULL: there is no room; the office was told. */
static struct file_job *
create_job(struct service *s, struct envelope *e,
           void (*work)(struct job *job, struct pg_conn *connection, const char *error))
{
	struct file_job *f = has_room(s, &e->office) ? calloc(1, sizeof *f) : NULL;
	if (f) {
		f->job = (struct job){.work = work, .finish = give_answer};
		f->envelope = e;
		return f;
	}
	struct problem_list problems;
	problem_list_init(&problems);
	problem_only(&problems, PROBLEM_BUSY);
	refuse(s, e, &problems);
	return NULL;
}

static void
post(struct service *s, struct file_job *f)
{
	f->next = s->file_desk.jobs;
	s->file_desk.jobs = f;
	if (worker_post(s->files, &f->job))
		return;
	problem_only(&f->problems, PROBLEM_BUSY);
	give_answer(&f->job, s);
}

/* True: there is a connection, and the job begins (again) without problems. */
static bool
start(struct problem_list *problems, const struct pg_conn *connection)
{
	problem_list_init(problems);
	if (!connection)
		problem_only(problems, PROBLEM_STORE_UNAVAILABLE);
	return connection;
}

/* ---------------------------------------------------------------- bytes that come */

/* Parts are adjacent, and all but the last have one size, so none can overlap another. */
static bool
check_part(const struct upload *u, struct problem_list *problems)
{
	const char *what = NULL;
	uint64_t left = u->size - (u->offset < u->size ? u->offset : u->size);
	uint64_t size = left < DOCUMENT_PART_BYTES ? left : DOCUMENT_PART_BYTES;
	if (!u->part_size)
		what = u->offset ? "an offset without bytes (无内容)" : NULL;
	else if (u->offset % DOCUMENT_PART_BYTES)
		what = "the offset is no multiple of 262144 (起点不是 262144 的倍数)";
	else if (!left)
		what = "it lies beyond the file's end (超出文件末尾)";
	else if (u->part_size != size)
		what = "it is longer or shorter than its place (长度不符)";
	if (!what)
		return true;
	struct problem *p = problem_only(problems, PROBLEM_FILE_PART_INVALID);
	p->actual = (int64_t)u->part_size;
	p->limit = (int64_t)size;
	problem_detail(p, "%s", what);
	return false;
}

static void
work_upload(struct job *job, struct pg_conn *connection, const char *error)
{
	struct file_job *f = (struct file_job *)job;
	const struct upload *upload = &f->envelope->request.upload;
	int64_t now_us = clock_wall_us();
	uint64_t ignored;
	(void)error;
	if (!start(&f->problems, connection))
		return;
	/* Uploads that are not continued must not use up the room of new ones. */
	if (!upload->part_size && !document_store_sweep(connection, now_us, &ignored, &f->problems))
		return;
	f->reply.kind = REPLY_UPLOADED;
	if (!document_store_upload(connection, upload, now_us, &f->reply.uploaded, &f->thrown, &f->problems))
		f->reply.kind = REPLY_REFUSAL;
}

void
service_take_upload(struct service *s, struct envelope *e)
{
	const struct upload *u = &e->request.upload;
	struct problem_list problems;
	problem_list_init(&problems);
	if (!check_file(s->pipeline.holdings.catalogue, u->unit, u->size, u->type, SUBJECT_REQUEST, 0,
	                &problems) ||
	    !check_part(u, &problems)) {
		refuse(s, e, &problems);
		return;
	}
	if (!u->part_size && threw_too_much(s, u->unit)) {
		problem_only(&problems, PROBLEM_UPLOADS_TOO_MANY)->limit = UPLOADS_COUNTY_MAX;
		refuse(s, e, &problems);
		return;
	}
	struct file_job *f = create_job(s, e, work_upload);
	if (f)
		post(s, f);
}

/* ---------------------------------------------------------------- bytes that go */

static void
work_file(struct job *job, struct pg_conn *connection, const char *error)
{
	struct file_job *f = (struct file_job *)job;
	(void)error;
	if (start(&f->problems, connection) &&
	    !document_store_part(connection, &f->envelope->arena, &f->reply.file, &f->problems))
		f->reply.kind = REPLY_REFUSAL;
}

static const struct document_item *
find_document(const struct service *s, const struct file_query *q, struct problem_list *problems)
{
	const struct document_item *item = documents_find(s->pipeline.holdings.documents, q->key);
	if (!item) {
		problem_detail(problem_only(problems, PROBLEM_DOCUMENT_UNKNOWN), "%" PRId64 " %u, %u", q->key.unit,
		               q->key.kind, q->key.version);
	} else if (q->offset % DOCUMENT_PART_BYTES || q->offset >= item->size) {
		struct problem *p = problem_only(problems, PROBLEM_FILE_PART_INVALID);
		p->limit = (int64_t)item->size;
		problem_detail(p, "no multiple of 262144 below the file's size (起点不符)");
		item = NULL;
	}
	return item;
}

void
service_answer_file(struct service *s, struct envelope *e)
{
	const struct file_query *q = &e->request.file;
	struct problem_list problems;
	problem_list_init(&problems);
	const struct document_item *item = find_document(s, q, &problems);
	if (!item) {
		refuse(s, e, &problems);
		return;
	}
	struct file_job *f = create_job(s, e, work_file);
	if (!f)
		return;
	/* The worker's own: the list may grow meanwhile. */
	f->reply = (struct reply){.kind = REPLY_FILE, .file = {.document = *item, .offset = q->offset}};
	const struct document_item *first =
	    documents_find(s->pipeline.holdings.documents, (struct document_key){q->key.unit, q->key.kind, 1});
	f->reply.file.document.name = arena_string(&e->arena, item->name);
	f->reply.file.document.note = arena_string(&e->arena, item->note);
	f->reply.file.document.first_time = first ? first->time : 0;
	f->reply.file.document.due =
	    extensions_due(s->pipeline.holdings.extensions,
	                   catalogue_document(s->pipeline.holdings.catalogue, q->key.kind), q->key.unit);
	post(s, f);
}

/* ---------------------------------------------------------------- what a submission names */

struct find_job {
	struct job job;
	struct envelope *envelope;
	struct problem_list problems;
};

static void
work_find(struct job *job, struct pg_conn *connection, const char *error)
{
	struct find_job *f = (struct find_job *)job;
	(void)error;
	if (start(&f->problems, connection) &&
	    !document_store_has(connection, &f->envelope->submission, clock_wall_us(), &f->problems) &&
	    !f->problems.count)
		problem_only(&f->problems, PROBLEM_STORE_UNAVAILABLE);
}

static void
give_found(struct job *job, void *context)
{
	struct find_job *f = (struct find_job *)job;
	struct service *s = context;
	pipeline_found_files(&s->pipeline, f->envelope, &f->problems);
	free(f);
}

bool
service_find_files(void *service, struct envelope *submission)
{
	struct service *s = service;
	struct find_job *f = calloc(1, sizeof *f);
	if (!f)
		return false;
	f->job = (struct job){.work = work_find, .finish = give_found};
	f->envelope = submission;
	if (worker_post(s->files, &f->job))
		return true;
	free(f);
	return false;
}

/* ---------------------------------------------------------------- uploads that are not continued */

struct sweep_job {
	struct job job;
	uint64_t files;
};

static void
work_sweep(struct job *job, struct pg_conn *connection, const char *error)
{
	struct sweep_job *w = (struct sweep_job *)job;
	struct problem_list problems;
	(void)error;
	if (!start(&problems, connection) ||
	    !document_store_sweep(connection, clock_wall_us(), &w->files, &problems))
		w->files = 0;
}

static void
tell_swept(struct job *job, void *context)
{
	struct sweep_job *w = (struct sweep_job *)job;
	(void)context;
	if (w->files)
		log_line(LOG_INFO, "unfinished_files_removed", "count=%" PRIu64, w->files);
	free(w);
}

void
service_sweep_files(struct service *s, int64_t now_us)
{
	if (now_us < s->file_desk.sweep_due_us)
		return;
	s->file_desk.sweep_due_us = now_us + SWEEP_US;
	struct sweep_job *w = calloc(1, sizeof *w);
	if (!w)
		return;
	w->job = (struct job){.work = work_sweep, .finish = tell_swept};
	if (!worker_post(s->files, &w->job))
		free(w);
}

int
service_sweep_wait_ms(const struct service *s, int64_t now_us)
{
	int64_t left_us = s->file_desk.sweep_due_us - now_us;
	return left_us > 0 ? (int)(left_us / 1000) + 1 : 0;
}
