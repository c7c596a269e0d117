/* Questions about the past: answers as of an earlier commit, the history of one report, keys of a unit. The
 * worker asks the database, and replays the journal up to that commit into separate holdings, so that the
 * same code gives the same answer as at that time. Offices take turns; the questions of one office that wait
 * are limited, and beyond that the answer is BUSY. */
#include "past.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "journal/replay.h"
#include "plan/plan_store.h"
#include "send.h"
#include "unit_keys.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASK_AGAIN_MS = 1000 };

/* A past: the journal as of a commit that was asked about. */
struct past {
	struct plan plan; /* only if another one was in force than now */
	struct holdings holdings;
	struct compliance *compliance; /* only once it was asked about */
	int64_t plan_number;
	uint64_t seq, asked; /* the number of the last question about it */
};

/* Only the worker's thread touches this while it works. A few pasts are kept, so that the journal is not
 * replayed for each page of a long list because another office asks about another commit in between. */
enum { PASTS_MAX = 3 };
struct past_shelf {
	const struct catalogue *catalogue; /* the present plan's, which nothing changes */
	int64_t plan_number;
	struct past pasts[PASTS_MAX];
	uint64_t asked;
};

struct past_job {
	struct job job;
	struct past_shelf *shelf;
	struct envelope *envelope;
	uint64_t seq_now;
	struct plan plan; /* what the reply of a catalogue refers to */
	struct problem_list problems;
	struct reply reply;
};

static void
refuse(struct past_job *p, enum problem_code code)
{
	problem_only(&p->problems, code);
	p->reply = (struct reply){.kind = REPLY_REFUSAL};
}

static void give_next(struct service *s);
static void ask_past(struct past_job *p, struct pg_conn *connection);

/* In the loop's thread. */
static void
give_past(struct job *job, void *context)
{
	struct past_job *p = (struct past_job *)job;
	struct service *s = context;
	enum problem_code code = p->problems.count ? p->problems.items[0].code : PROBLEM_NONE;
	s->past_desk.job = NULL;
	p->reply.request_id = p->envelope->request.id;
	if (p->reply.kind == REPLY_REFUSAL)
		service_refuse(s, p->envelope, &p->problems, problem_is_transient(code) ? ASK_AGAIN_MS : 0);
	else
		service_send(s, p->envelope, &p->reply);
	envelope_destroy(&p->envelope);
	plan_free(&p->plan);
	free(p);
	give_next(s);
}

static void
refuse_question(struct service *s, struct envelope *e, enum problem_code code)
{
	service_refuse_for(s, e, code, ASK_AGAIN_MS);
	envelope_destroy(&e);
}

/* In the worker's thread; the envelope and its arena are the job's alone until it is done. */
static void
work(struct job *job, struct pg_conn *connection, const char *error)
{
	struct past_job *p = (struct past_job *)job;
	(void)error;
	problem_list_init(&p->problems);
	(p->envelope->how->ask ? p->envelope->how->ask : ask_past)(p, connection);
}

/* Takes the envelope over. */
static void
post(struct service *s, struct envelope *e)
{
	struct past_job *p = calloc(1, sizeof *p);
	if (p) {
		p->job = (struct job){.work = work, .finish = give_past};
		p->shelf = s->past_desk.shelf;
		p->envelope = e;
		p->seq_now = s->pipeline.as_of.seq;
		plan_init(&p->plan);
	}
	if (p && worker_post(s->worker, &p->job)) {
		s->past_desk.job = p;
		return;
	}
	free(p);
	refuse_question(s, e, PROBLEM_BUSY);
}

/* The worker has one of these questions at a time. Whose turn it is, is decided when the worker is free, and
 * its other jobs wait for one replay at most. */
static void
give_next(struct service *s)
{
	struct envelope *e;
	while (!s->past_desk.job && (e = queues_next(&s->past_desk.waiting)))
		post(s, e);
}

void
service_answer_past(struct service *s, struct envelope *e)
{
	struct queue *queue = queues_of(&s->past_desk.waiting, &e->office);
	bool own = s->past_desk.job && !strcmp(s->past_desk.job->envelope->office.name, e->office.name);
	if (!queue || queues_waiting(queue) + own >= PAST_JOBS_OFFICE_MAX ||
	    !queues_have_room(&s->past_desk.waiting, queue, e)) {
		refuse_question(s, e, PROBLEM_BUSY);
		return;
	}
	queues_put(&s->past_desk.waiting, queue, e);
	give_next(s);
}

void
service_refuse_past(struct service *s)
{
	struct envelope *e;
	while ((e = queues_next(&s->past_desk.waiting)))
		refuse_question(s, e, PROBLEM_STOPPING);
	queues_free(&s->past_desk.waiting);
}

bool
service_open_past(struct service *s)
{
	struct past_shelf *shelf = calloc(1, sizeof *shelf);
	s->past_desk.shelf = shelf;
	if (shelf) {
		shelf->catalogue = &s->plan.catalogue;
		shelf->plan_number = s->plan_since.number;
	}
	return shelf;
}

/* ---------------------------------------------------------------- as of a commit */

/* Finds the commit that is meant: the one with this number, or the last one up to a time. seq 0: nothing was
 * committed yet. */
static bool
find_commit(struct pg_conn *connection, const struct as_of *asked, struct as_of *out)
{
	static const char by_seq[] =
	    "SELECT seq, (extract(epoch FROM recorded_at) * 1000000)::bigint FROM submission "
	    "WHERE seq = $1";
	static const char by_time[] = "SELECT seq, (extract(epoch FROM recorded_at) * 1000000)::bigint FROM "
	                              "submission WHERE recorded_at <= "
	                              "to_timestamp($1::numeric / 1000000) ORDER BY seq DESC LIMIT 1";
	char number[24], error[PG_ERROR_BYTES];
	const char *values[] = {number};
	struct pg_result *r;
	if (asked->seq)
		snprintf(number, sizeof number, "%" PRIu64, asked->seq);
	else
		snprintf(number, sizeof number, "%" PRId64, asked->time_us);
	if (!pg_query(connection, asked->seq ? by_seq : by_time, 1, values, &r, error))
		return false;
	*out = (struct as_of){0};
	if (PQntuples(r)) {
		out->seq = strtoull(PQgetvalue(r, 0, 0), NULL, 10);
		out->time_us = strtoll(PQgetvalue(r, 0, 1), NULL, 10);
	}
	PQclear(r);
	return true;
}

static void
forget(struct past *past)
{
	compliance_destroy(&past->compliance);
	if (past->holdings.totals)
		holdings_destroy(&past->holdings);
	plan_free(&past->plan);
	*past = (struct past){0};
}

void
service_forget_past(struct service *s)
{
	struct past_shelf *shelf = s->past_desk.shelf;
	for (int i = 0; shelf && i < PASTS_MAX; i++)
		forget(&shelf->pasts[i]);
	free(shelf);
	s->past_desk.shelf = NULL;
}

/* The past of this commit and plan if it is kept; otherwise the place of the one that was asked about longest
 * ago. */
static struct past *
find_past(struct past_shelf *s, uint64_t seq, int64_t plan_number)
{
	struct past *oldest = &s->pasts[0];
	for (struct past *p = s->pasts; p < s->pasts + PASTS_MAX; p++) {
		if (p->holdings.totals && p->seq == seq && p->plan_number == plan_number)
			return p;
		if (p->asked < oldest->asked)
			oldest = p;
	}
	forget(oldest);
	return oldest;
}

/* The catalogue that was in force: the present one, or one of the history, in `plan`. NULL: it could not be
 * read. */
static const struct catalogue *
find_catalogue(const struct past_shelf *s, struct pg_conn *connection, int64_t number, struct plan *plan)
{
	char error[PG_ERROR_BYTES];
	if (number == s->plan_number)
		return s->catalogue;
	plan_init(plan);
	if (catalogue_load(connection, number, plan, error))
		return &plan->catalogue;
	log_line(LOG_WARNING, "past_plan_failed", "number=%" PRId64 " error=\"%s\"", number, error);
	return NULL;
}

/* The holdings of that time, under the plan of that time; NULL: they could not be read. */
static struct past *
go_back(struct past_shelf *s, struct pg_conn *connection, const struct as_of *as_of, int64_t plan_number)
{
	struct past *past = find_past(s, as_of->seq, plan_number);
	past->asked = ++s->asked;
	if (past->holdings.totals)
		return past;
	const struct catalogue *catalogue = find_catalogue(s, connection, plan_number, &past->plan);
	bool good = catalogue && holdings_create(catalogue, &past->holdings);
	if (good) {
		struct replay replay = {.holdings = &past->holdings};
		good = replay_until(&replay, connection, as_of->seq);
		if (!good)
			log_line(LOG_WARNING, "past_failed", "seq=%" PRIu64 " plan=%" PRId64 " error=\"%s\"", as_of->seq,
			         plan_number, replay.error);
		replay_free(&replay);
	}
	past->seq = as_of->seq;
	past->plan_number = plan_number;
	if (!good)
		forget(past);
	return good ? past : NULL;
}

/* The meaning of "by now": the time that was asked for, or that of the commit; never in the future. */
static int64_t
view_time_us(const struct as_of *asked, const struct as_of *found, int64_t now_us)
{
	int64_t time_us = asked->time_us ? asked->time_us : found->time_us;
	return time_us < now_us ? time_us : now_us;
}

static void
ask_past(struct past_job *p, struct pg_conn *connection)
{
	const struct envelope *e = p->envelope;
	const struct as_of *asked = question_as_of(e->how, &e->request);
	struct as_of found;
	if (asked->seq > p->seq_now) {
		refuse(p, PROBLEM_AS_OF_INVALID);
		p->problems.items[0].actual = (int64_t)asked->seq;
		p->problems.items[0].limit = (int64_t)p->seq_now;
		return;
	}
	int64_t plan_number;
	char why[PG_ERROR_BYTES];
	struct holdings catalogue_only = {0};
	struct past *past = NULL;
	const struct holdings *held = NULL;
	bool good = connection && find_commit(connection, asked, &found) &&
	            plan_history_find(connection, asked, &found, &plan_number, why);
	if (good && e->how->of_plan) {
		catalogue_only.catalogue = find_catalogue(p->shelf, connection, plan_number, &p->plan);
		held = catalogue_only.catalogue ? &catalogue_only : NULL;
	} else if (good) {
		past = go_back(p->shelf, connection, &found, plan_number);
		held = past ? &past->holdings : NULL;
	}
	if (!held) {
		refuse(p, PROBLEM_STORE_UNAVAILABLE);
		return;
	}
	/* The compliance is kept with the past, so that not everything is judged anew for each page of a list. */
	const struct view view = {.holdings = held,
	                          .as_of = found,
	                          .now_us = view_time_us(asked, &found, clock_wall_us()),
	                          .office = &e->office,
	                          .compliance = past ? &past->compliance : NULL};
	question_answer(e->how, &view, &e->request, &p->envelope->arena, &p->problems, &p->reply);
}

void
service_answer_as_of(struct service *s, struct envelope *e)
{
	const struct as_of *asked = question_as_of(e->how, &e->request), *now = &s->pipeline.as_of;
	struct problem_list problems;
	struct reply reply;
	problem_list_init(&problems);
	/* The past cannot be watched, and no moment of this programme is outside these limits. */
	bool refused = e->how->is_watch || asked->time_us < 0 || asked->time_us / 1000000 > TIME_MAX;
	if (!refused && (asked->seq != now->seq || !plan_since_covers(&s->plan_since, asked, now))) {
		service_answer_past(s, e);
		return;
	}
	if (!refused) {
		/* Nothing was committed since: the answer is in memory. */
		int64_t now_us = clock_wall_us(), then_us = view_time_us(asked, now, now_us);
		bool today = date_of_time(then_us) == date_of_time(now_us);
		const struct view view = {.holdings = &s->pipeline.holdings,
		                          .as_of = *now,
		                          .now_us = then_us,
		                          .office = &e->office,
		                          .compliance = today && s->compliance ? &s->compliance : NULL};
		question_answer(e->how, &view, &e->request, &e->arena, &problems, &reply);
		if (reply.kind == REPLY_REFUSAL)
			service_refuse(s, e, &problems, 0);
		else
			service_send(s, e, &reply);
		envelope_destroy(&e);
		return;
	}
	struct problem *p = problem_only(&problems, PROBLEM_AS_OF_INVALID);
	p->actual = (int64_t)asked->seq;
	p->limit = (int64_t)s->pipeline.as_of.seq;
	service_refuse(s, e, &problems, 0);
	envelope_destroy(&e);
}

/* ---------------------------------------------------------------- history */

/* Kinds: 1 a report, 2 a decision, 3 a deadline of this unit or one above it. */
static const char history_sql[] =
    "SELECT h.kind, h.seq, (extract(epoch FROM s.recorded_at) * 1000000)::bigint, s.principal, h.revision, "
    "h.version, h.code, h.reason, h.until, h.unit, h.text, h.figures FROM ("
    "SELECT 1 AS kind, seq, 0 AS line, revision, version, 0 AS code, 0 AS reason, 0 AS until, unit, "
    "  coalesce(reason, '') AS text, \"values\"::text AS figures "
    "  FROM report WHERE county = $1 AND unit = $2 AND form = $3 AND period = $4 "
    "UNION ALL SELECT 2, seq, line, revision, 0, decision, coalesce(reason, 0), 0, unit, text, '{}' "
    "  FROM review WHERE county = $1 AND unit = $2 AND form = $3 AND period = $4 "
    "UNION ALL SELECT 3, seq, line, 0, 0, event, 0, extract(epoch FROM until)::bigint, unit, reason, '{}' "
    "  FROM extension WHERE form = $3 AND period = $4 AND unit = ANY ($5::bigint[])) h "
    "JOIN submission s USING (seq) ORDER BY h.seq, h.kind, h.line";

/* "{1,NULL,3}" aligned with the form version: the figures that were reported. */
static bool
take_figures(const struct form_version *version, const char *text, struct arena *arena,
             struct history_event *out)
{
	out->indicators = arena_array(arena, version->field_count, sizeof *out->indicators);
	out->values = arena_array(arena, version->field_count, sizeof *out->values);
	if (!out->indicators || !out->values)
		return false;
	const char *at = text + 1;
	for (size_t i = 0; i < version->field_count && *at && *at != '}'; i++) {
		char *end;
		if (*at != 'N') {
			out->indicators[out->value_count] = version->fields[i].indicator;
			out->values[out->value_count++] = strtoll(at, &end, 10);
		}
		at += strcspn(at, ",}");
		at += *at == ',';
	}
	return true;
}

static bool
take_event(const PGresult *r, int row, const struct catalogue *c, uint32_t form, struct arena *arena,
           struct history_event *out)
{
	int kind = atoi(PQgetvalue(r, row, 0)), code = atoi(PQgetvalue(r, row, 6));
	*out = (struct history_event){
	    .seq = strtoull(PQgetvalue(r, row, 1), NULL, 10),
	    .time_us = strtoll(PQgetvalue(r, row, 2), NULL, 10),
	    .principal = arena_string(arena, PQgetvalue(r, row, 3)),
	    .revision = (uint32_t)strtoul(PQgetvalue(r, row, 4), NULL, 10),
	    .version = (uint32_t)strtoul(PQgetvalue(r, row, 5), NULL, 10),
	    .decision = kind == 2 ? (enum decision)code : DECISION_NONE,
	    .reason = (enum return_reason)atoi(PQgetvalue(r, row, 7)),
	    .event = kind == 3 ? (enum deadline_event)code : DEADLINE_NONE,
	    .until = strtoll(PQgetvalue(r, row, 8), NULL, 10),
	    .unit = strtoll(PQgetvalue(r, row, 9), NULL, 10),
	    .text = arena_string(arena, PQgetvalue(r, row, 10)),
	};
	const struct form_version *version = kind == 1 ? catalogue_version(c, form, out->version) : NULL;
	if (version && !take_figures(version, PQgetvalue(r, row, 11), arena, out))
		return false;
	return out->principal && out->text;
}

static bool
take_history(struct past_job *p, const PGresult *r)
{
	struct arena *arena = &p->envelope->arena;
	struct history_answer *history = &p->reply.history;
	const struct catalogue *c = p->shelf->catalogue;
	size_t count = (size_t)PQntuples(r);
	p->reply.kind = REPLY_HISTORY;
	*history = (struct history_answer){.label = c->label, .key = p->envelope->request.history};
	history->events = arena_array(arena, count, sizeof *history->events);
	for (size_t i = 0; history->events && i < count; i++) {
		struct history_event *event = &history->events[history->count++];
		if (!take_event(r, (int)i, c, history->key.form, arena, event))
			return false;
		history->as_of = (struct as_of){event->seq, event->time_us};
	}
	return history->events;
}

void
past_ask_history(struct past_job *p, struct pg_conn *connection)
{
	const struct report_key *key = &p->envelope->request.history;
	char numbers[4][24], above[128] = "{", why[PG_ERROR_BYTES];
	const int64_t parts[] = {unit_county(key->unit), key->unit, key->form, key->period};
	size_t used = 1;
	struct pg_result *r;
	for (int i = 0; i < 4; i++)
		snprintf(numbers[i], sizeof numbers[i], "%" PRId64, parts[i]);
	for (int level = UNIT_PROVINCE; level <= (int)unit_level_of(key->unit); level++)
		used += (size_t)snprintf(above + used, sizeof above - used, "%s%" PRId64, used > 1 ? "," : "",
		                         unit_ancestor(key->unit, (enum unit_level)level));
	snprintf(above + used, sizeof above - used, "}");
	const char *values[] = {numbers[0], numbers[1], numbers[2], numbers[3], above};
	if (!connection || !pg_query(connection, history_sql, 5, values, &r, why)) {
		refuse(p, PROBLEM_STORE_UNAVAILABLE);
		return;
	}
	if (!take_history(p, (PGresult *)r))
		refuse(p, PROBLEM_TOO_LARGE);
	PQclear(r);
}

void
service_answer_history(struct service *s, struct envelope *e)
{
	const struct catalogue *c = s->pipeline.holdings.catalogue;
	const struct report_key *key = &e->request.history;
	struct problem_list problems;
	problem_list_init(&problems);
	if (!catalogue_unit(c, key->unit))
		problem_detail(problem_only(&problems, PROBLEM_UNIT_UNKNOWN), "%" PRId64, key->unit);
	else if (!catalogue_form(c, key->form))
		problem_detail(problem_only(&problems, PROBLEM_FORM_UNKNOWN), "%u", key->form);
	if (!problems.count) {
		service_answer_past(s, e);
		return;
	}
	service_refuse(s, e, &problems, 0);
	envelope_destroy(&e);
}

/* ---------------------------------------------------------------- keys of a unit */

void
past_ask_keys(struct past_job *p, struct pg_conn *connection)
{
	struct envelope *e = p->envelope;
	char why[PG_ERROR_BYTES];
	p->reply.kind = REPLY_KEYS;
	if (!connection || !unit_keys_list(connection, &e->office, e->public_key, &e->arena, &p->reply.keys, why))
		refuse(p, PROBLEM_STORE_UNAVAILABLE);
}
