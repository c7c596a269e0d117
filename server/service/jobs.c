/* Questions that the worker asks the database for the loop: the principals anew, receipts that are too old
 * to be in memory, and which session stands still. */
#include "jobs.h"

#include "admitted.h"
#include "base/clock.h"
#include "reply.h"
#include "send.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RELOAD_AGAIN_US = 1000000, ASK_AGAIN_MS = 1000 };

/* ---------------------------------------------------------------- principals */

struct reload_job {
	struct job job;
	struct admitted admitted;
	bool good;
	char error[PG_ERROR_BYTES];
};

static void
load_principals(struct job *job, struct pg_conn *connection, const char *error)
{
	struct reload_job *r = (struct reload_job *)job;
	snprintf(r->error, sizeof r->error, "%s", error);
	r->good = connection && admitted_load(&r->admitted, connection, r->error);
}

static bool
watcher_is_admitted(void *context, const char *public_key)
{
	return service_admits(context, public_key);
}

static void
tell_watcher(void *context, const struct sender *to, const char *public_key, uint64_t request_id)
{
	struct problem_list problems;
	struct reply reply = {.request_id = request_id, .kind = REPLY_REFUSAL};
	service_turn_away(context, public_key, &problems);
	reply.refusal.problems = &problems;
	service_give(context, to, public_key, &reply);
}

void
service_take_admitted(struct service *s, const struct admitted *fresh)
{
	struct admitted *a = &s->admitted;
	door_renew(&a->door, &fresh->door);
	arena_free(&a->arena);
	a->arena = fresh->arena;
	a->principals = fresh->principals;
	a->count = fresh->count;
	watches_expel(s->watches, watcher_is_admitted, tell_watcher, s);
	log_line(LOG_INFO, "principals_loaded", "count=%zu guests=%zu", a->count, a->door.guest_count);
}

/* Answers all requests for the reload. */
static void
tell_reloaded(struct service *s, bool good)
{
	while (s->reloading.waiting) {
		struct envelope *e = s->reloading.waiting;
		s->reloading.waiting = e->next;
		struct reply reply = {
		    .request_id = e->request.id, .kind = REPLY_RELOADED, .reloaded = (uint32_t)s->admitted.count};
		if (good)
			service_send(s, e, &reply);
		else
			service_refuse_for(s, e, PROBLEM_STORE_UNAVAILABLE, ASK_AGAIN_MS);
		envelope_destroy(&e);
	}
}

static void begin_reload(struct service *s);

static void
take_principals(struct job *job, void *context)
{
	struct reload_job *r = (struct reload_job *)job;
	struct service *s = context;
	bool good = r->good;
	if (good) {
		service_take_admitted(s, &r->admitted);
	} else {
		service_fail("reload_failed", r->error);
		arena_free(&r->admitted.arena);
	}
	/* A removed key must not stay admitted because the database was away for a moment. */
	s->reloading.due_us = good ? 0 : clock_steady_us() + RELOAD_AGAIN_US;
	s->reloading.under_way = false;
	if (s->reloading.again)
		begin_reload(s);
	else
		tell_reloaded(s, good);
	free(r);
}

static void
begin_reload(struct service *s)
{
	struct reload_job *r = calloc(1, sizeof *r);
	s->reloading.again = false;
	if (r) {
		r->job = (struct job){.work = load_principals, .finish = take_principals, .urgent = true};
		arena_init(&r->admitted.arena, PLAN_BYTES_MAX);
		s->reloading.under_way = worker_post(s->door_worker, &r->job);
	}
	if (s->reloading.under_way)
		return;
	free(r);
	s->reloading.due_us = clock_steady_us() + RELOAD_AGAIN_US;
	service_fail("reload_failed", "too many questions wait for the database");
	tell_reloaded(s, false);
}

void
service_answer_reload(struct service *s, struct envelope *e)
{
	e->next = s->reloading.waiting;
	s->reloading.waiting = e;
	service_reload(s);
}

void
service_reload(struct service *s)
{
	if (s->reloading.under_way)
		s->reloading.again = true;
	else
		begin_reload(s);
}

/* ---------------------------------------------------------------- old receipts */

void
status_answer(const struct office *office, const struct submission_id *id, const struct recorded *recorded,
              struct reply *out)
{
	out->kind = REPLY_STATUS;
	out->status = (struct submission_status){.id = *id};
	if (!recorded || !submission_id_equal(&recorded->receipt.id, id) ||
	    !unit_within(recorded->office, office->unit))
		return;
	out->status.state = SUBMISSION_COMMITTED;
	out->status.receipt = recorded->receipt;
}

struct receipt_job {
	struct job job;
	struct envelope *envelope;
	bool asked, found;
	struct recorded recorded;
};

static bool
take_receipt(const PGresult *result, struct recorded *out)
{
	struct receipt *receipt = &out->receipt;
	*out = (struct recorded){.office = strtoll(PQgetvalue(result, 0, 5), NULL, 10)};
	receipt->seq = strtoull(PQgetvalue(result, 0, 6), NULL, 10);
	receipt->time_us = strtoll(PQgetvalue(result, 0, 2), NULL, 10);
	receipt->report_count = (uint32_t)strtoul(PQgetvalue(result, 0, 3), NULL, 10);
	receipt->entry_count = (uint32_t)strtoul(PQgetvalue(result, 0, 4), NULL, 10);
	return !sodium_hex2bin(receipt->id.bytes, ID_BYTES, PQgetvalue(result, 0, 0), 2 * ID_BYTES, "", NULL,
	                       NULL) &&
	       !sodium_hex2bin(receipt->digest.bytes, DIGEST_BYTES, PQgetvalue(result, 0, 1), 2 * DIGEST_BYTES,
	                       "", NULL, NULL);
}

static void
ask_receipt(struct job *job, struct pg_conn *connection, const char *error)
{
	static const char sql[] = "SELECT encode(uuid_send(id), 'hex'), encode(digest, 'hex'), "
	                          "(extract(epoch FROM recorded_at) * 1000000)::bigint, report_count, "
	                          "entry_count, county, seq FROM submission WHERE seq = $1";
	struct receipt_job *r = (struct receipt_job *)job;
	struct pg_result *result;
	char seq[24], why[PG_ERROR_BYTES];
	const char *values[] = {seq};
	(void)error;
	snprintf(seq, sizeof seq, "%llu", (unsigned long long)r->envelope->receipt.seq);
	r->asked = connection && pg_query(connection, sql, 1, values, &result, why);
	if (!r->asked)
		return;
	r->found = PQntuples((PGresult *)result) == 1 && take_receipt((PGresult *)result, &r->recorded);
	PQclear((PGresult *)result);
}

static void
give_receipt(struct job *job, void *context)
{
	struct receipt_job *r = (struct receipt_job *)job;
	struct service *s = context;
	pipeline_looked_up(&s->pipeline, r->envelope, r->found ? &r->recorded : NULL, !r->asked);
	free(r);
}

static void
give_status(struct job *job, void *context)
{
	struct receipt_job *r = (struct receipt_job *)job;
	struct service *s = context;
	struct envelope *e = r->envelope;
	struct reply reply = {.request_id = e->request.id};
	status_answer(&e->office, &e->request.status, r->found ? &r->recorded : NULL, &reply);
	if (r->asked)
		service_send(s, e, &reply);
	else
		service_refuse_for(s, e, PROBLEM_STORE_UNAVAILABLE, ASK_AGAIN_MS);
	envelope_destroy(&e);
	free(r);
}

/* False: the envelope stays the caller's. */
static bool
post_receipt_job(struct service *s, struct envelope *e, void (*finish)(struct job *job, void *context))
{
	struct receipt_job *r = calloc(1, sizeof *r);
	if (!r)
		return false;
	r->job = (struct job){.work = ask_receipt, .finish = finish};
	r->envelope = e;
	if (worker_post(s->worker, &r->job))
		return true;
	free(r);
	return false;
}

bool
service_ask_database(void *service, struct envelope *submission)
{
	return post_receipt_job(service, submission, give_receipt);
}

void
service_answer_status(struct service *s, struct envelope *e)
{
	struct recorded recorded;
	struct reply reply = {.request_id = e->request.id};
	enum record_state state = records_find(s->pipeline.holdings.records, &e->request.status, &recorded);
	if (state == RECORD_OLDER) {
		e->receipt.seq = recorded.receipt.seq;
		if (post_receipt_job(s, e, give_status))
			return;
		service_refuse_for(s, e, PROBLEM_BUSY, ASK_AGAIN_MS);
	} else {
		status_answer(&e->office, &e->request.status, state == RECORD_RECENT ? &recorded : NULL, &reply);
		if (state == RECORD_NONE && pipeline_holds(&s->pipeline, &e->office, &e->request.status))
			reply.status.state = SUBMISSION_WAITING;
		service_send(s, e, &reply);
	}
	envelope_destroy(&e);
}

/* ---------------------------------------------------------------- a session that stands still */

struct unblock_job {
	struct job job;
	int session;
	int64_t ended;
};

/* Between BEGIN and COMMIT a fupind sends without a pause: one whose session waits for it for seconds is
 * frozen, or its line is dead. When it goes on, it finds its batch in doubt, and asks. */
static void
end_frozen(struct job *job, struct pg_conn *connection, const char *error)
{
	struct unblock_job *u = (struct unblock_job *)job;
	char sql[512], why[PG_ERROR_BYTES];
	(void)error;
	snprintf(sql, sizeof sql,
	         "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid = "
	         "ANY (pg_blocking_pids(%d)) AND application_name = 'fupind' AND wait_event = 'ClientRead' "
	         "AND now() - xact_start > interval '4 s'",
	         u->session);
	if (!connection || !pg_number(connection, sql, &u->ended, why))
		u->ended = 0;
}

static void
tell_ended(struct job *job, void *context)
{
	struct unblock_job *u = (struct unblock_job *)job;
	(void)context;
	if (u->ended)
		log_line(LOG_WARNING, "frozen_session_ended", "count=%lld", (long long)u->ended);
	free(u);
}

void
service_unblock(struct service *s, int session)
{
	struct unblock_job *u = calloc(1, sizeof *u);
	if (!u)
		return;
	u->job = (struct job){.work = end_frozen, .finish = tell_ended, .urgent = true};
	u->session = session;
	if (!worker_post(s->worker, &u->job))
		free(u);
}
