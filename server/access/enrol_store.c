#include "enrol_internal.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RIVALS_RECORDED = 10, REFUSED_TOLD_DAYS = 7 };

const char *
enrol_column(const struct pg_result *r, int row, int at)
{
	return PQgetvalue((const PGresult *)r, row, at);
}

int64_t
enrol_number(const struct pg_result *r, int row, int at)
{
	return strtoll(enrol_column(r, row, at), NULL, 10);
}

const char *
enrol_keep(struct arena *arena, const struct pg_result *r, int row, int at)
{
	const char *copy = arena_string(arena, enrol_column(r, row, at));
	return copy ? copy : "";
}

static enum enrolment_state
state_of(const char *name)
{
	for (int state = ENROLMENT_INVITED; state < ENROLMENT_STATES; state++)
		if (!strcmp(name, enrolment_state_name((enum enrolment_state)state)))
			return (enum enrolment_state)state;
	return ENROLMENT_NONE;
}

enum role
enrol_role(const char *name)
{
	enum role role;
	return role_parse(name, &role) ? role : ROLE_NONE;
}

struct enrolment
enrol_take(struct arena *arena, const struct pg_result *r, int row)
{
	return (struct enrolment){
	    .number = (uint64_t)enrol_number(r, row, 0),
	    .state = state_of(enrol_column(r, row, 1)),
	    .name = enrol_keep(arena, r, row, 2),
	    .role = enrol_role(enrol_column(r, row, 3)),
	    .unit = enrol_number(r, row, 4),
	    .invited_us = enrol_number(r, row, 5),
	    .invited_by = enrol_keep(arena, r, row, 6),
	    .expires_us = enrol_number(r, row, 7),
	    .public_key = enrol_keep(arena, r, row, 8),
	    .office = enrol_keep(arena, r, row, 9),
	    .host = enrol_keep(arena, r, row, 10),
	    .software = enrol_keep(arena, r, row, 11),
	    .requested_us = enrol_number(r, row, 12),
	    .rivals = (uint32_t)enrol_number(r, row, 13),
	    .decided_us = enrol_number(r, row, 14),
	    .decided_by = enrol_keep(arena, r, row, 15),
	    .reason = enrol_keep(arena, r, row, 16),
	    .present_key = enrol_keep(arena, r, row, 17),
	};
}

/* One row, or none: *found. */
bool
enrol_find(struct enrol_work *w, const char *sql, size_t count, const char *const *values, bool *found,
           struct enrolment *out)
{
	struct pg_result *r;
	if (!pg_query(w->connection, sql, count, values, &r, w->error))
		return false;
	*found = PQntuples((PGresult *)r) == 1;
	if (*found)
		*out = enrol_take(w->arena, r, 0);
	PQclear((PGresult *)r);
	return true;
}

bool
enrol_run(struct enrol_work *w, const char *sql, size_t count, const char *const *values)
{
	return pg_execute(w->connection, sql, count, values, w->error);
}

/* Every change of who may connect is recorded, and every fupind is told of it. */
bool
enrol_record(struct enrol_work *w, const char *action, const struct enrolment *e, const char *public_key,
             const char *detail)
{
	char number[NUMBER_BYTES], unit[NUMBER_BYTES];
	snprintf(number, sizeof number, "%" PRIu64, e->number);
	snprintf(unit, sizeof unit, "%" PRId64, e->unit);
	const char *values[] = {w->asker->office->name,          action, e->number ? number : NULL, e->name, unit,
	                        *public_key ? public_key : NULL, detail};
	return enrol_run(w,
	                 "INSERT INTO door_event (who, action, enrolment, name, unit, public_key, detail) "
	                 "VALUES ($1, $2, $3, $4, $5, $6, $7)",
	                 7, values) &&
	       pg_run(w->connection, "NOTIFY " PG_CHANNEL_PRINCIPALS, w->error);
}

/* Always true: a refusal is no failure. */
bool
enrol_refuse(struct enrol_work *w, enum problem_code code, int64_t actual, const char *detail)
{
	struct problem *p = problem_only(w->problems, code);
	p->actual = actual;
	problem_detail(p, "%s", detail);
	return true;
}

bool
enrol_give(struct enrol_work *w, const struct enrolment *e)
{
	w->reply->kind = REPLY_ENROLMENT;
	w->reply->enrolment = *e;
	return true;
}

bool
enrol_find_holder(struct enrol_work *w, const char *where, const char *value, bool *found,
                  struct enrol_holder *out)
{
	char sql[160];
	struct pg_result *r;
	snprintf(sql, sizeof sql,
	         "SELECT name, coalesce(public_key, ''), role, unit FROM principal WHERE %s = $1 FOR UPDATE",
	         where);
	if (!pg_query(w->connection, sql, 1, &value, &r, w->error))
		return false;
	*found = PQntuples((PGresult *)r) == 1;
	if (*found)
		*out = (struct enrol_holder){enrol_keep(w->arena, r, 0, 0), enrol_keep(w->arena, r, 0, 1),
		                             enrol_role(enrol_column(r, 0, 2)), enrol_number(r, 0, 3)};
	PQclear((PGresult *)r);
	return true;
}

/* ---------------------------------------------------------------- the office */

static bool
note_rival(struct enrol_work *w, const struct enrolment *e)
{
	char number[NUMBER_BYTES];
	snprintf(number, sizeof number, "%" PRIu64, e->number);
	const char *values[] = {number};
	/* Recorded a few times, then only counted, so that repeated requests cannot fill the disk. */
	return enrol_run(w, "UPDATE enrolment SET rivals = least(rivals + 1, 1000000) WHERE number = $1", 1,
	                 values) &&
	       (e->rivals >= RIVALS_RECORDED || enrol_record(w, "rival", e, w->asker->public_key, "")) &&
	       enrol_refuse(w, PROBLEM_CODE_USED, 0, "");
}

/* The first key that presents the secret is the one that the code is for. */
static bool
take_code(struct enrol_work *w, const struct enrolment *e)
{
	const struct enrol *enrol = &w->request->enrol;
	char number[NUMBER_BYTES];
	bool found;
	struct enrol_holder holder;
	struct enrolment fresh;
	snprintf(number, sizeof number, "%" PRIu64, e->number);
	if (!enrol_find_holder(w, "public_key", w->asker->public_key, &found, &holder))
		return false;
	if (found)
		return enrol_refuse(w, PROBLEM_KEY_TAKEN, 0, holder.name);
	const char *values[] = {number, w->asker->public_key, enrol->office, enrol->host, enrol->software};
	const char *again[] = {number};
	return enrol_run(w,
	                 "UPDATE enrolment SET state = 'waiting', public_key = $2, office = $3, host = $4, "
	                 "software = $5, requested_at = now() WHERE number = $1",
	                 5, values) &&
	       enrol_record(w, "request", e, w->asker->public_key, enrol->office) &&
	       enrol_find(w, ENROLMENT_ROWS "WHERE number = $1", 1, again, &found, &fresh) &&
	       enrol_give(w, &fresh);
}

static bool
answer_enrol(struct enrol_work *w)
{
	char hash[2 * DIGEST_BYTES + 8];
	struct digest digest = enrol_secret_hash(w->request->enrol.secret);
	struct enrolment e;
	bool found;
	char hex[DIGEST_TEXT_BYTES];
	snprintf(hash, sizeof hash, "\\x%s", digest_format(&digest, hex));
	const char *values[] = {hash};
	if (!enrol_find(w, ENROLMENT_ROWS "WHERE secret_hash = $1 FOR UPDATE", 1, values, &found, &e))
		return false;
	if (!found)
		return enrol_refuse(w, PROBLEM_CODE_UNKNOWN, 0, "");
	if (*e.public_key && strcmp(e.public_key, w->asker->public_key) != 0)
		return note_rival(w, &e);
	if (e.state == ENROLMENT_EXPIRED)
		return enrol_refuse(w, PROBLEM_CODE_EXPIRED, e.expires_us / 1000000, "");
	return e.state == ENROLMENT_INVITED ? take_code(w, &e) : enrol_give(w, &e);
}

/* ---------------------------------------------------------------- all */

static bool
answer(struct enrol_work *w)
{
	switch (w->request->kind) {
	case REQUEST_ENROL:
		return answer_enrol(w);
	case REQUEST_INVITE:
		return enrol_invite(w);
	case REQUEST_ENROLMENTS:
		return enrol_list(w);
	case REQUEST_OFFICES:
		return enrol_offices(w);
	default:
		return w->request->decide.action == OFFICE_REVOKE ? enrol_revoke(w) : enrol_decide(w);
	}
}

bool
enrol_store_answer(struct pg_conn *connection, const struct asker *asker, const struct request *request,
                   struct arena *arena, struct problem_list *problems, struct reply *reply,
                   char error[PG_ERROR_BYTES])
{
	char ignored[PG_ERROR_BYTES];
	struct enrol_work w = {connection, asker, request, arena, problems, reply, error, ""};
	*reply = (struct reply){.request_id = request->id};
	problem_list_init(problems);
	if (asker->office->unit)
		snprintf(w.scope, sizeof w.scope, "%" PRId64, asker->office->unit);
	if (!pg_run(connection, "BEGIN", error))
		return false;
	/* A refusal is committed, too: a rival, or a wrong fingerprint, is on record. */
	if (answer(&w) && pg_run(connection, "COMMIT", error))
		return true;
	bool rolled_back = pg_run(connection, "ROLLBACK", ignored);
	(void)rolled_back; /* the error is that of before */
	return false;
}

bool
door_load(struct pg_conn *connection, struct arena *arena, struct door *out, char error[PG_ERROR_BYTES])
{
	/* Includes guest keys of valid codes, and for some days those of codes that ended, so that an office
	 * that presents one is told of it. */
	static const char sql[] =
	    "SELECT public_key, max(revoked::integer), max(reason), max(of_code::integer) FROM ("
	    "SELECT public_key, false AS revoked, '' AS reason, false AS of_code, requested_at AS at FROM "
	    "enrolment "
	    "WHERE state = 'waiting' OR (state = 'refused' AND public_key IS NOT NULL AND decided_at > now() - "
	    "$1 * "
	    "interval '1 day') UNION ALL SELECT guest_key, false, '', true, coalesce(decided_at, requested_at, "
	    "invited_at) FROM enrolment WHERE guest_key IS NOT NULL AND (state = 'waiting' OR (public_key IS NOT "
	    "NULL "
	    "AND decided_at > now() - $1 * interval '1 day') OR (state <> 'refused' AND expires_at > now() - $1 "
	    "* "
	    "interval '1 day')) UNION ALL SELECT public_key, true, reason, false, revoked_at FROM revoked_key) g "
	    "WHERE public_key NOT IN (SELECT public_key FROM principal WHERE public_key IS NOT NULL) "
	    "GROUP BY public_key ORDER BY max(at) DESC LIMIT $2";
	char days[NUMBER_BYTES], limit[NUMBER_BYTES];
	struct pg_result *r;
	snprintf(days, sizeof days, "%d", REFUSED_TOLD_DAYS);
	snprintf(limit, sizeof limit, "%d", DOOR_GUESTS_MAX);
	const char *values[] = {days, limit};
	if (!pg_query(connection, sql, 2, values, &r, error))
		return false;
	size_t rows = (size_t)PQntuples((PGresult *)r);
	struct guest *guests = arena_array(arena, rows, sizeof *guests);
	for (size_t i = 0; guests && i < rows; i++) {
		guests[i] = (struct guest){.revoked = *enrol_column(r, (int)i, 1) == '1',
		                           .of_code = *enrol_column(r, (int)i, 3) == '1',
		                           .reason = enrol_keep(arena, r, (int)i, 2)};
		snprintf(guests[i].public_key, sizeof guests[i].public_key, "%s", enrol_column(r, (int)i, 0));
	}
	PQclear((PGresult *)r);
	if (!guests) {
		snprintf(error, PG_ERROR_BYTES, "out of memory");
		return false;
	}
	out->guests = guests;
	out->guest_count = rows;
	door_sort(out);
	return true;
}
