#include "enrol_store.h"

#include "utf8.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one call works with. */
struct work {
	struct pg_conn *connection;
	const struct asker *asker;
	const struct request *request;
	struct arena *arena;
	struct problem_list *problems;
	struct reply *reply;
	char *error;
	char scope[24]; /* a prefix of the units' codes */
};

enum { NUMBER_BYTES = 24, RIVALS_RECORDED = 10, REFUSED_TOLD_DAYS = 7 };

#define US(time) "coalesce((extract(epoch FROM " time ") * 1000000)::bigint, 0)"
#define ENROLMENT                                                                                                            \
	"SELECT e.number, CASE WHEN e.state = 'invited' AND e.expires_at <= now() THEN 'expired' ELSE e.state "                  \
	"END, e.name, e.role, e.unit, " US("e.invited_at") ", e.invited_by, " US("e.expires_at") ", "                            \
	                                                                                         "coalesce(e."                   \
	                                                                                         "public_key, "                  \
	                                                                                         "''), "                         \
	                                                                                         "e.office, "                    \
	                                                                                         "e.host, "                      \
	                                                                                         "e.software,"                   \
	                                                                                         " " US("e."                     \
	                                                                                                "reques"                 \
	                                                                                                "ted_"                   \
	                                                                                                "at") ", e.rivals, " US( \
	                                                                                             "e."                        \
	                                                                                             "decided_"                  \
	                                                                                             "at") ", "                  \
	                                                                                                   "e."                  \
	                                                                                                   "dec"                 \
	                                                                                                   "ide"                 \
	                                                                                                   "d_"                  \
	                                                                                                   "by,"                 \
	                                                                                                   " e."                 \
	                                                                                                   "rea"                 \
	                                                                                                   "son"                 \
	                                                                                                   ", "                  \
	                                                                                                   "coa"                 \
	                                                                                                   "les"                 \
	                                                                                                   "ce("                 \
	                                                                                                   "(SE"                 \
	                                                                                                   "LEC"                 \
	                                                                                                   "T "                  \
	                                                                                                   "p."                  \
	                                                                                                   "pub"                 \
	                                                                                                   "lic"                 \
	                                                                                                   "_ke"                 \
	                                                                                                   "y "                  \
	                                                                                                   "FRO"                 \
	                                                                                                   "M "                  \
	                                                                                                   "pri"                 \
	                                                                                                   "nci"                 \
	                                                                                                   "pal"                 \
	                                                                                                   " p "                 \
	                                                                                                   "WHE"                 \
	                                                                                                   "RE "                 \
	                                                                                                   "p."                  \
	                                                                                                   "nam"                 \
	                                                                                                   "e "                  \
	                                                                                                   "= "                  \
	                                                                                                   "e."                  \
	                                                                                                   "nam"                 \
	                                                                                                   "e "                  \
	                                                                                                   "AND"                 \
	                                                                                                   " e."                 \
	                                                                                                   "sta"                 \
	                                                                                                   "te "                 \
	                                                                                                   "IN "                 \
	                                                                                                   "('"                  \
	                                                                                                   "inv"                 \
	                                                                                                   "ite"                 \
	                                                                                                   "d',"                 \
	                                                                                                   " "                   \
	                                                                                                   "'wa"                 \
	                                                                                                   "iti"                 \
	                                                                                                   "ng'"                 \
	                                                                                                   ") "                  \
	                                                                                                   "AND"                 \
	                                                                                                   " p."                 \
	                                                                                                   "pub"                 \
	                                                                                                   "lic"                 \
	                                                                                                   "_ke"                 \
	                                                                                                   "y "                  \
	                                                                                                   "IS "                 \
	                                                                                                   "DIS"                 \
	                                                                                                   "TIN"                 \
	                                                                                                   "CT "                 \
	                                                                                                   "FRO"                 \
	                                                                                                   "M "                  \
	                                                                                                   "e."                  \
	                                                                                                   "pub"                 \
	                                                                                                   "lic"                 \
	                                                                                                   "_ke"                 \
	                                                                                                   "y),"                 \
	                                                                                                   " ''"                 \
	                                                                                                   ") "                  \
	                                                                                                   "FRO"                 \
	                                                                                                   "M "                  \
	                                                                                                   "enr"                 \
	                                                                                                   "olm"                 \
	                                                                                                   "ent"                 \
	                                                                                                   " e "

static const char *
column(const struct pg_result *r, int row, int at)
{
	return PQgetvalue((const PGresult *)r, row, at);
}

static int64_t
number_of(const struct pg_result *r, int row, int at)
{
	return strtoll(column(r, row, at), NULL, 10);
}

static const char *
keep(struct arena *arena, const struct pg_result *r, int row, int at)
{
	const char *copy = arena_string(arena, column(r, row, at));
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

static enum role
role_of(const char *name)
{
	enum role role;
	return role_parse(name, &role) ? role : ROLE_NONE;
}

static struct enrolment
take_enrolment(struct arena *arena, const struct pg_result *r, int row)
{
	return (struct enrolment){
	    .number = (uint64_t)number_of(r, row, 0),
	    .state = state_of(column(r, row, 1)),
	    .name = keep(arena, r, row, 2),
	    .role = role_of(column(r, row, 3)),
	    .unit = number_of(r, row, 4),
	    .invited_us = number_of(r, row, 5),
	    .invited_by = keep(arena, r, row, 6),
	    .expires_us = number_of(r, row, 7),
	    .public_key = keep(arena, r, row, 8),
	    .office = keep(arena, r, row, 9),
	    .host = keep(arena, r, row, 10),
	    .software = keep(arena, r, row, 11),
	    .requested_us = number_of(r, row, 12),
	    .rivals = (uint32_t)number_of(r, row, 13),
	    .decided_us = number_of(r, row, 14),
	    .decided_by = keep(arena, r, row, 15),
	    .reason = keep(arena, r, row, 16),
	    .present_key = keep(arena, r, row, 17),
	};
}

/* One row, or none: *found. */
static bool
find_enrolment(struct work *w, const char *sql, size_t count, const char *const *values, bool *found,
               struct enrolment *out)
{
	struct pg_result *r;
	if (!pg_query(w->connection, sql, count, values, &r, w->error))
		return false;
	*found = PQntuples((PGresult *)r) == 1;
	if (*found)
		*out = take_enrolment(w->arena, r, 0);
	PQclear((PGresult *)r);
	return true;
}

static bool
run(struct work *w, const char *sql, size_t count, const char *const *values)
{
	return pg_execute(w->connection, sql, count, values, w->error);
}

/* Every change of who may connect is recorded, and told. */
static bool
record(struct work *w, const char *action, const struct enrolment *e, const char *public_key,
       const char *detail)
{
	char number[NUMBER_BYTES], unit[NUMBER_BYTES];
	snprintf(number, sizeof number, "%" PRIu64, e->number);
	snprintf(unit, sizeof unit, "%" PRId64, e->unit);
	const char *values[] = {w->asker->office->name,          action, e->number ? number : NULL, e->name, unit,
	                        *public_key ? public_key : NULL, detail};
	return run(w,
	           "INSERT INTO door_event (who, action, enrolment, name, unit, public_key, detail) "
	           "VALUES ($1, $2, $3, $4, $5, $6, $7)",
	           7, values) &&
	       pg_run(w->connection, "NOTIFY " PG_CHANNEL_PRINCIPALS, w->error);
}

/* Always true: what was refused is a good answer. */
static bool
refuse(struct work *w, enum problem_code code, int64_t actual, const char *detail)
{
	struct problem *p = problem_only(w->problems, code);
	p->actual = actual;
	problem_detail(p, "%s", detail);
	return true;
}

static bool
give(struct work *w, const struct enrolment *e)
{
	w->reply->kind = REPLY_ENROLMENT;
	w->reply->enrolment = *e;
	return true;
}

/* The principal that has a key, or a name: *found. */
struct holder {
	const char *name, *public_key;
	enum role role;
	unit_code unit;
};

static bool
find_holder(struct work *w, const char *where, const char *value, bool *found, struct holder *out)
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
		*out = (struct holder){keep(w->arena, r, 0, 0), keep(w->arena, r, 0, 1), role_of(column(r, 0, 2)),
		                       number_of(r, 0, 3)};
	PQclear((PGresult *)r);
	return true;
}

/* ---------------------------------------------------------------- the office */

static bool
note_rival(struct work *w, const struct enrolment *e)
{
	char number[NUMBER_BYTES];
	snprintf(number, sizeof number, "%" PRIu64, e->number);
	const char *values[] = {number};
	/* Recorded a few times, then only counted: nobody fills the disk by asking on. */
	return run(w, "UPDATE enrolment SET rivals = least(rivals + 1, 1000000) WHERE number = $1", 1, values) &&
	       (e->rivals >= RIVALS_RECORDED || record(w, "rival", e, w->asker->public_key, "")) &&
	       refuse(w, PROBLEM_CODE_USED, 0, "");
}

/* The first key that brings the secret takes it. */
static bool
take_code(struct work *w, const struct enrolment *e)
{
	const struct enrol *enrol = &w->request->enrol;
	char number[NUMBER_BYTES];
	bool found;
	struct holder holder;
	struct enrolment fresh;
	snprintf(number, sizeof number, "%" PRIu64, e->number);
	if (!find_holder(w, "public_key", w->asker->public_key, &found, &holder))
		return false;
	if (found)
		return refuse(w, PROBLEM_KEY_TAKEN, 0, holder.name);
	const char *values[] = {number, w->asker->public_key, enrol->office, enrol->host, enrol->software};
	const char *again[] = {number};
	return run(w,
	           "UPDATE enrolment SET state = 'waiting', public_key = $2, office = $3, host = $4, "
	           "software = $5, requested_at = now() WHERE number = $1",
	           5, values) &&
	       record(w, "request", e, w->asker->public_key, enrol->office) &&
	       find_enrolment(w, ENROLMENT "WHERE number = $1", 1, again, &found, &fresh) && give(w, &fresh);
}

static bool
answer_enrol(struct work *w)
{
	char hash[2 * DIGEST_BYTES + 8];
	struct digest digest = enrol_secret_hash(w->request->enrol.secret);
	struct enrolment e;
	bool found;
	char hex[DIGEST_TEXT_BYTES];
	snprintf(hash, sizeof hash, "\\x%s", digest_format(&digest, hex));
	const char *values[] = {hash};
	if (!find_enrolment(w, ENROLMENT "WHERE secret_hash = $1 FOR UPDATE OF e", 1, values, &found, &e))
		return false;
	if (!found)
		return refuse(w, PROBLEM_CODE_UNKNOWN, 0, "");
	if (*e.public_key && strcmp(e.public_key, w->asker->public_key) != 0)
		return note_rival(w, &e);
	if (e.state == ENROLMENT_EXPIRED)
		return refuse(w, PROBLEM_CODE_EXPIRED, e.expires_us / 1000000, "");
	return e.state == ENROLMENT_INVITED ? take_code(w, &e) : give(w, &e);
}

/* ---------------------------------------------------------------- the administrator */

/* An invitation gives no name that another office has. */
static bool
check_name(struct work *w, const char *name, enum role role, unit_code unit, struct holder *out, bool *good)
{
	bool found;
	*out = (struct holder){.public_key = ""};
	if (!find_holder(w, "name", name, &found, out))
		return false;
	*good = !found || (out->role == role && out->unit == unit);
	return *good ||
	       refuse(w, PROBLEM_INVITATION_INVALID, 0, "its name is another office's: choose one by --name");
}

static bool
check_invitation(struct work *w, bool *good)
{
	const struct invite *invite = &w->request->invite;
	enum unit_level level = role_level(invite->role);
	struct pg_result *r;
	char unit[NUMBER_BYTES];
	snprintf(unit, sizeof unit, "%" PRId64, invite->unit);
	const char *values[] = {unit};
	*good = false;
	if (invite->role == ROLE_NONE || (level && unit_level_of(invite->unit) != level))
		return refuse(w, PROBLEM_INVITATION_INVALID, 0, "the unit is not of the role's level");
	if (!*invite->name || key_text_valid(invite->name))
		return refuse(w, PROBLEM_INVITATION_INVALID, 0, "a name is needed, and a key is none");
	if (!invite->hours || invite->hours > INVITATION_HOURS_MAX)
		return refuse(w, PROBLEM_INVITATION_INVALID, 0, "hours are 1 to 720");
	if (!pg_query(w->connection,
	              "SELECT (SELECT count(*) FROM unit WHERE code = $1), (SELECT count(*) FROM enrolment "
	              "WHERE state = 'waiting' OR (state = 'invited' AND expires_at > now()))",
	              1, values, &r, w->error))
		return false;
	bool known = number_of(r, 0, 0) > 0, full = number_of(r, 0, 1) >= INVITATIONS_OPEN_MAX;
	PQclear((PGresult *)r);
	*good = known && !full;
	if (!known)
		return refuse(w, PROBLEM_UNIT_UNKNOWN, 0, unit);
	return !full || refuse(w, PROBLEM_INVITATION_INVALID, 0,
	                       "1,000 are open or wait: decide those first (fupin admin requests)");
}

static bool
answer_invite(struct work *w)
{
	const struct invite *invite = &w->request->invite;
	char hash[DIGEST_TEXT_BYTES + 4], hex[DIGEST_TEXT_BYTES], unit[NUMBER_BYTES], hours[NUMBER_BYTES];
	bool good, found;
	struct holder holder;
	struct enrolment e;
	snprintf(hash, sizeof hash, "\\x%s", digest_format(&invite->secret_hash, hex));
	snprintf(unit, sizeof unit, "%" PRId64, invite->unit);
	snprintf(hours, sizeof hours, "%u", invite->hours);
	/* The same once more, because its answer was lost. */
	const char *same[] = {hash, w->asker->office->name};
	static const char sql[] = ENROLMENT "WHERE secret_hash = $1 AND invited_by = $2";
	if (!find_enrolment(w, sql, 2, same, &found, &e))
		return false;
	if (found)
		return give(w, &e);
	if (!check_invitation(w, &good))
		return false;
	if (good && !check_name(w, invite->name, invite->role, invite->unit, &holder, &good))
		return false;
	if (!good)
		return true;
	const char *values[] = {hash, invite->name, role_name(invite->role), unit, same[1], hours};
	return run(w,
	           "INSERT INTO enrolment (secret_hash, name, role, unit, invited_by, expires_at) "
	           "VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 hour')",
	           6, values) &&
	       find_enrolment(w, sql, 2, same, &found, &e) && record(w, "invite", &e, "", "") && give(w, &e);
}

static bool
answer_list(struct work *w)
{
	struct pg_result *r;
	char limit[NUMBER_BYTES];
	snprintf(limit, sizeof limit, "%d", ENROLMENTS_LISTED_MAX + 1);
	const char *values[] = {w->scope, w->request->enrolments_all ? "t" : "f", limit};
	if (!pg_query(w->connection,
	              ENROLMENT "WHERE e.unit::text LIKE $1 || '%' AND ($2::boolean OR e.state = 'waiting' OR "
	                        "(e.state = 'invited' AND e.expires_at > now())) ORDER BY e.number DESC LIMIT $3",
	              3, values, &r, w->error))
		return false;
	struct enrolment_list *list = &w->reply->enrolments;
	size_t rows = (size_t)PQntuples((PGresult *)r);
	w->reply->kind = REPLY_ENROLMENTS;
	*list = (struct enrolment_list){.more = rows > ENROLMENTS_LISTED_MAX};
	list->items = arena_array(w->arena, rows, sizeof *list->items);
	for (; list->items && list->count < rows && list->count < ENROLMENTS_LISTED_MAX; list->count++)
		list->items[list->count] = take_enrolment(w->arena, r, (int)list->count);
	PQclear((PGresult *)r);
	return true;
}

/* Admitted ones and, if asked for, revoked keys that were not admitted anew. */
static bool
answer_offices(struct work *w)
{
	static const char sql[] = "SELECT name, role, unit, public_key, " US(
	    "admitted_at") ", admitted_by, 0, '', '' FROM principal "
	                   "WHERE public_key IS NOT NULL AND unit::text LIKE $1 || '%' UNION ALL "
	                   "SELECT name, role, unit, public_key, " US("admitted_at") ", admitted_by, " US(
	                       "revoked_at") ", revoked_by, reason FROM revoked_key WHERE $2::boolean AND "
	                                     "unit::text LIKE $1 || '%' "
	                                     "ORDER BY 3, 1, 7 LIMIT $3";
	struct pg_result *r;
	char limit[NUMBER_BYTES];
	snprintf(limit, sizeof limit, "%d", OFFICES_LISTED_MAX + 1);
	const char *values[] = {w->scope, w->request->offices_revoked ? "t" : "f", limit};
	if (!pg_query(w->connection, sql, 3, values, &r, w->error))
		return false;
	struct office_list *list = &w->reply->offices;
	size_t rows = (size_t)PQntuples((PGresult *)r);
	w->reply->kind = REPLY_OFFICES;
	*list = (struct office_list){.more = rows > OFFICES_LISTED_MAX};
	list->items = arena_array(w->arena, rows, sizeof *list->items);
	for (; list->items && list->count < rows && list->count < OFFICES_LISTED_MAX; list->count++) {
		int i = (int)list->count;
		list->items[i] = (struct office_item){
		    .name = keep(w->arena, r, i, 0),
		    .role = role_of(column(r, i, 1)),
		    .unit = number_of(r, i, 2),
		    .public_key = keep(w->arena, r, i, 3),
		    .admitted_us = number_of(r, i, 4),
		    .admitted_by = keep(w->arena, r, i, 5),
		    .revoked_us = number_of(r, i, 6),
		    .revoked_by = keep(w->arena, r, i, 7),
		    .reason = keep(w->arena, r, i, 8),
		};
	}
	PQclear((PGresult *)r);
	return true;
}

static bool
give_decided(struct work *w, const char *name, const char *public_key, const char *replaced_key)
{
	w->reply->kind = REPLY_DECIDED;
	w->reply->decided = (struct decided){name, public_key, replaced_key};
	return true;
}

/* From now on this key gets in by no file. */
static bool
put_away(struct work *w, const char *public_key, const char *reason)
{
	const char *values[] = {public_key, w->asker->office->name, reason};
	return run(w,
	           "INSERT INTO revoked_key (public_key, name, role, unit, admitted_at, admitted_by, revoked_by, "
	           "reason) SELECT public_key, name, role, unit, admitted_at, admitted_by, $2, $3 FROM principal "
	           "WHERE public_key = $1 ON CONFLICT (public_key) DO UPDATE SET name = excluded.name, role = "
	           "excluded.role, unit = excluded.unit, admitted_at = excluded.admitted_at, admitted_by = "
	           "excluded.admitted_by, revoked_at = now(), revoked_by = $2, reason = $3",
	           3, values);
}

static bool
decide_state(struct work *w, const struct enrolment *e, const char *state, const char *reason)
{
	char number[NUMBER_BYTES];
	snprintf(number, sizeof number, "%" PRIu64, e->number);
	const char *values[] = {number, state, w->asker->office->name, reason};
	return run(w,
	           "UPDATE enrolment SET state = $2, decided_at = now(), decided_by = $3, reason = $4 "
	           "WHERE number = $1",
	           4, values);
}

/* The office gets the key, and loses the one that it had. */
static bool
give_key(struct work *w, const struct enrolment *e, const char *replaced_key)
{
	char unit[NUMBER_BYTES], reason[64];
	snprintf(unit, sizeof unit, "%" PRId64, e->unit);
	snprintf(reason, sizeof reason, "replaced by a new key, enrolment %" PRIu64, e->number);
	const char *values[] = {e->name, role_name(e->role), unit, e->public_key, w->asker->office->name};
	const char *key[] = {e->public_key};
	return (!*replaced_key ||
	        (put_away(w, replaced_key, reason) && record(w, "revoke", e, replaced_key, reason))) &&
	       run(w,
	           "INSERT INTO principal (name, role, unit, public_key, enrolled, admitted_at, admitted_by) "
	           "VALUES ($1, $2, $3, $4, true, now(), $5) ON CONFLICT (name) DO UPDATE SET public_key = $4, "
	           "enrolled = true, admitted_at = now(), admitted_by = $5",
	           5, values) &&
	       run(w, "DELETE FROM revoked_key WHERE public_key = $1", 1, key);
}

static bool
admit(struct work *w, const struct enrolment *e)
{
	const char *fingerprint = w->request->decide.fingerprint;
	struct holder by_key, by_name;
	bool found, good, same = fingerprint_is_of(fingerprint, e->public_key);
	if (e->state == ENROLMENT_ADMITTED && same)
		return give_decided(w, e->name, e->public_key, ""); /* once more: its answer was lost */
	if (e->state != ENROLMENT_WAITING)
		return refuse(w, PROBLEM_ENROLMENT_STATE_WRONG, (int64_t)e->number, enrolment_state_name(e->state));
	if (!same)
		return record(w, "mismatch", e, e->public_key, fingerprint) &&
		       refuse(w, PROBLEM_FINGERPRINT_WRONG, (int64_t)e->number, "");
	if (!find_holder(w, "public_key", e->public_key, &found, &by_key))
		return false;
	if (found)
		return refuse(w, PROBLEM_KEY_TAKEN, 0, by_key.name);
	if (!check_name(w, e->name, e->role, e->unit, &by_name, &good))
		return false;
	if (!good)
		return true;
	if (!strcmp(by_name.public_key, w->asker->public_key))
		return refuse(w, PROBLEM_OWN_KEY, 0, "");
	return give_key(w, e, by_name.public_key) && decide_state(w, e, "admitted", "") &&
	       record(w, "admit", e, e->public_key, "") &&
	       give_decided(w, e->name, e->public_key, by_name.public_key);
}

static bool
turn_away(struct work *w, const struct enrolment *e)
{
	const char *reason = w->request->decide.reason;
	if (e->state == ENROLMENT_ADMITTED)
		return refuse(w, PROBLEM_ENROLMENT_STATE_WRONG, (int64_t)e->number, enrolment_state_name(e->state));
	return (e->state == ENROLMENT_REFUSED ||
	        (decide_state(w, e, "refused", reason) && record(w, "refuse", e, e->public_key, reason))) &&
	       give_decided(w, e->name, e->public_key, "");
}

static bool
decide_enrolment(struct work *w)
{
	const struct office_decision *decision = &w->request->decide;
	char number[NUMBER_BYTES];
	struct enrolment e;
	bool found;
	snprintf(number, sizeof number, "%" PRId64, (int64_t)decision->number);
	const char *values[] = {number};
	if (!find_enrolment(w, ENROLMENT "WHERE number = $1 FOR UPDATE OF e", 1, values, &found, &e))
		return false;
	if (!found || !unit_within(e.unit, w->asker->office->unit))
		return refuse(w, PROBLEM_ENROLMENT_UNKNOWN, (int64_t)decision->number, "");
	return decision->action == OFFICE_ADMIT ? admit(w, &e) : turn_away(w, &e);
}

/* Was it done a moment ago, and the answer lost? */
static bool
was_revoked(struct work *w, bool *found)
{
	const char *values[] = {w->request->decide.office, w->asker->office->name};
	struct pg_result *r;
	if (!pg_query(
	        w->connection,
	        "SELECT name, public_key FROM revoked_key WHERE $1 IN (name, public_key) AND revoked_by = $2 "
	        "AND revoked_at > now() - interval '5 minutes' ORDER BY revoked_at DESC LIMIT 1",
	        2, values, &r, w->error))
		return false;
	*found = PQntuples((PGresult *)r) == 1;
	if (*found)
		give_decided(w, keep(w->arena, r, 0, 0), keep(w->arena, r, 0, 1), "");
	PQclear((PGresult *)r);
	return true;
}

static bool
revoke_key(struct work *w)
{
	const struct office_decision *decision = &w->request->decide;
	struct holder holder;
	bool found;
	if (!*decision->reason)
		return refuse(w, PROBLEM_REASON_MISSING, 0, "");
	if (!find_holder(w, key_text_valid(decision->office) ? "public_key" : "name", decision->office, &found,
	                 &holder))
		return false;
	found = found && *holder.public_key && unit_within(holder.unit, w->asker->office->unit);
	if (!found) {
		bool done;
		return was_revoked(w, &done) && (done || refuse(w, PROBLEM_OFFICE_UNKNOWN, 0, decision->office));
	}
	if (!strcmp(holder.public_key, w->asker->public_key))
		return refuse(w, PROBLEM_OWN_KEY, 0, "");
	struct enrolment e = {.name = holder.name, .unit = holder.unit};
	const char *key[] = {holder.public_key};
	return put_away(w, holder.public_key, decision->reason) &&
	       run(w,
	           "UPDATE principal SET public_key = NULL, enrolled = false, admitted_at = NULL, admitted_by = "
	           "'' "
	           "WHERE public_key = $1",
	           1, key) &&
	       record(w, "revoke", &e, holder.public_key, decision->reason) &&
	       give_decided(w, holder.name, holder.public_key, "");
}

/* ---------------------------------------------------------------- all */

static bool
answer(struct work *w)
{
	switch (w->request->kind) {
	case REQUEST_ENROL:
		return answer_enrol(w);
	case REQUEST_INVITE:
		return answer_invite(w);
	case REQUEST_ENROLMENTS:
		return answer_list(w);
	case REQUEST_OFFICES:
		return answer_offices(w);
	default:
		return w->request->decide.action == OFFICE_REVOKE ? revoke_key(w) : decide_enrolment(w);
	}
}

bool
enrol_store_answer(struct pg_conn *connection, const struct asker *asker, const struct request *request,
                   struct arena *arena, struct problem_list *problems, struct reply *reply,
                   char error[PG_ERROR_BYTES])
{
	char ignored[PG_ERROR_BYTES];
	struct work w = {connection, asker, request, arena, problems, reply, error, ""};
	*reply = (struct reply){.request_id = request->id};
	problems->count = problems->more = 0;
	if (asker->office->unit)
		snprintf(w.scope, sizeof w.scope, "%" PRId64, asker->office->unit);
	if (!pg_run(connection, "BEGIN", error))
		return false;
	/* What was refused is committed, too: a rival, a wrong fingerprint is on record. */
	if (answer(&w) && pg_run(connection, "COMMIT", error))
		return true;
	bool rolled_back = pg_run(connection, "ROLLBACK", ignored);
	(void)rolled_back; /* the error is that of before */
	return false;
}

bool
door_load(struct pg_conn *connection, struct arena *arena, int64_t now_us, struct door *out,
          char error[PG_ERROR_BYTES])
{
	static const char sql[] =
	    "SELECT public_key, max(revoked::integer), max(reason) FROM (SELECT public_key, false AS revoked, '' "
	    "AS reason, requested_at AS at FROM enrolment WHERE state = 'waiting' OR (state = 'refused' AND "
	    "public_key IS NOT NULL AND decided_at > now() - $1 * interval '1 day') UNION ALL SELECT public_key, "
	    "true, reason, revoked_at FROM revoked_key) g WHERE public_key NOT IN (SELECT public_key FROM "
	    "principal WHERE public_key IS NOT NULL) GROUP BY public_key ORDER BY max(at) DESC LIMIT $2";
	char days[NUMBER_BYTES], limit[NUMBER_BYTES];
	int64_t open_us;
	struct pg_result *r;
	snprintf(days, sizeof days, "%d", REFUSED_TOLD_DAYS);
	snprintf(limit, sizeof limit, "%d", DOOR_GUESTS_MAX);
	const char *values[] = {days, limit};
	if (!pg_number(connection,
	               "SELECT " US("max(expires_at) - now()") " FROM enrolment WHERE state <> 'refused' AND "
	                                                       "expires_at > now()",
	               &open_us, error) ||
	    !pg_query(connection, sql, 2, values, &r, error))
		return false;
	size_t rows = (size_t)PQntuples((PGresult *)r);
	struct guest *guests = arena_array(arena, rows, sizeof *guests);
	for (size_t i = 0; guests && i < rows; i++) {
		guests[i] =
		    (struct guest){.revoked = *column(r, (int)i, 1) == '1', .reason = keep(arena, r, (int)i, 2)};
		snprintf(guests[i].public_key, sizeof guests[i].public_key, "%s", column(r, (int)i, 0));
	}
	PQclear((PGresult *)r);
	if (!guests) {
		snprintf(error, PG_ERROR_BYTES, "out of memory");
		return false;
	}
	out->guests = guests;
	out->guest_count = rows;
	out->open_until_us = open_us ? now_us + open_us : 0;
	door_sort(out);
	return true;
}
