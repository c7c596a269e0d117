/* The administrator's decisions: admitting, refusing and revoking keys. */
#include "enrol_internal.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
give_decided(struct enrol_work *w, const char *name, const char *public_key, const char *replaced_key)
{
	w->reply->kind = REPLY_DECIDED;
	w->reply->decided = (struct decided){name, public_key, replaced_key};
	return true;
}

/* From now on no file of principals can admit this key. */
static bool
put_away(struct enrol_work *w, const char *public_key, const char *reason)
{
	const char *values[] = {public_key, w->asker->office->name, reason};
	return enrol_run(
	    w,
	    "INSERT INTO revoked_key (public_key, name, role, unit, admitted_at, admitted_by, revoked_by, "
	    "reason) SELECT public_key, name, role, unit, admitted_at, admitted_by, $2, $3 FROM principal "
	    "WHERE public_key = $1 ON CONFLICT (public_key) DO UPDATE SET name = excluded.name, role = "
	    "excluded.role, unit = excluded.unit, admitted_at = excluded.admitted_at, admitted_by = "
	    "excluded.admitted_by, revoked_at = now(), revoked_by = $2, reason = $3",
	    3, values);
}

static bool
decide_state(struct enrol_work *w, const struct enrolment *e, const char *state, const char *reason)
{
	char number[NUMBER_BYTES];
	snprintf(number, sizeof number, "%" PRIu64, e->number);
	const char *values[] = {number, state, w->asker->office->name, reason};
	return enrol_run(w,
	                 "UPDATE enrolment SET state = $2, decided_at = now(), decided_by = $3, reason = $4 "
	                 "WHERE number = $1",
	                 4, values);
}

/* The office gets the key, and loses the one that it had. */
static bool
give_key(struct enrol_work *w, const struct enrolment *e, const char *replaced_key)
{
	char unit[NUMBER_BYTES], reason[64];
	snprintf(unit, sizeof unit, "%" PRId64, e->unit);
	snprintf(reason, sizeof reason, "replaced by a new key, enrolment %" PRIu64, e->number);
	const char *values[] = {e->name, role_name(e->role), unit, e->public_key, w->asker->office->name};
	const char *key[] = {e->public_key};
	return (!*replaced_key ||
	        (put_away(w, replaced_key, reason) && enrol_record(w, "revoke", e, replaced_key, reason))) &&
	       enrol_run(
	           w,
	           "INSERT INTO principal (name, role, unit, public_key, enrolled, admitted_at, admitted_by) "
	           "VALUES ($1, $2, $3, $4, true, now(), $5) ON CONFLICT (name) DO UPDATE SET public_key = $4, "
	           "enrolled = true, admitted_at = now(), admitted_by = $5",
	           5, values) &&
	       enrol_run(w, "DELETE FROM revoked_key WHERE public_key = $1", 1, key);
}

static bool
admit(struct enrol_work *w, const struct enrolment *e)
{
	const char *fingerprint = w->request->decide.fingerprint;
	struct enrol_holder by_key, by_name;
	bool found, good, same = fingerprint_is_of(fingerprint, e->public_key);
	if (e->state == ENROLMENT_ADMITTED && same)
		return give_decided(w, e->name, e->public_key, ""); /* once more: its answer was lost */
	if (e->state != ENROLMENT_WAITING)
		return enrol_refuse(w, PROBLEM_ENROLMENT_STATE_WRONG, (int64_t)e->number,
		                    enrolment_state_name(e->state));
	if (!same)
		return enrol_record(w, "mismatch", e, e->public_key, fingerprint) &&
		       enrol_refuse(w, PROBLEM_FINGERPRINT_WRONG, (int64_t)e->number, "");
	if (!enrol_find_holder(w, "public_key", e->public_key, &found, &by_key))
		return false;
	if (found)
		return enrol_refuse(w, PROBLEM_KEY_TAKEN, 0, by_key.name);
	if (!enrol_check_name(w, e->name, e->role, e->unit, &by_name, &good))
		return false;
	if (!good)
		return true;
	if (!strcmp(by_name.public_key, w->asker->public_key))
		return enrol_refuse(w, PROBLEM_OWN_KEY, 0, "");
	return give_key(w, e, by_name.public_key) && decide_state(w, e, "admitted", "") &&
	       enrol_record(w, "admit", e, e->public_key, "") &&
	       give_decided(w, e->name, e->public_key, by_name.public_key);
}

static bool
turn_away(struct enrol_work *w, const struct enrolment *e)
{
	const char *reason = w->request->decide.reason;
	if (e->state == ENROLMENT_ADMITTED)
		return enrol_refuse(w, PROBLEM_ENROLMENT_STATE_WRONG, (int64_t)e->number,
		                    enrolment_state_name(e->state));
	return (e->state == ENROLMENT_REFUSED ||
	        (decide_state(w, e, "refused", reason) && enrol_record(w, "refuse", e, e->public_key, reason))) &&
	       give_decided(w, e->name, e->public_key, "");
}

bool
enrol_decide(struct enrol_work *w)
{
	const struct office_decision *decision = &w->request->decide;
	char number[NUMBER_BYTES];
	struct enrolment e;
	bool found;
	snprintf(number, sizeof number, "%" PRId64, (int64_t)decision->number);
	const char *values[] = {number};
	if (!enrol_find(w, ENROLMENT_ROWS "WHERE number = $1 FOR UPDATE", 1, values, &found, &e))
		return false;
	if (!found || !unit_within(e.unit, w->asker->office->unit))
		return enrol_refuse(w, PROBLEM_ENROLMENT_UNKNOWN, (int64_t)decision->number, "");
	return decision->action == OFFICE_ADMIT ? admit(w, &e) : turn_away(w, &e);
}

/* Was it done a moment ago, and the answer lost? */
static bool
was_revoked(struct enrol_work *w, bool *found)
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
		give_decided(w, enrol_keep(w->arena, r, 0, 0), enrol_keep(w->arena, r, 0, 1), "");
	PQclear((PGresult *)r);
	return true;
}

bool
enrol_revoke(struct enrol_work *w)
{
	const struct office_decision *decision = &w->request->decide;
	struct enrol_holder holder;
	bool found;
	if (!*decision->reason)
		return enrol_refuse(w, PROBLEM_REASON_MISSING, 0, "");
	if (!enrol_find_holder(w, key_text_valid(decision->office) ? "public_key" : "name", decision->office,
	                       &found, &holder))
		return false;
	found = found && *holder.public_key && unit_within(holder.unit, w->asker->office->unit);
	if (!found) {
		bool done;
		return was_revoked(w, &done) &&
		       (done || enrol_refuse(w, PROBLEM_OFFICE_UNKNOWN, 0, decision->office));
	}
	if (!strcmp(holder.public_key, w->asker->public_key))
		return enrol_refuse(w, PROBLEM_OWN_KEY, 0, "");
	struct enrolment e = {.name = holder.name, .unit = holder.unit};
	const char *key[] = {holder.public_key};
	return put_away(w, holder.public_key, decision->reason) &&
	       enrol_run(
	           w,
	           "UPDATE principal SET public_key = NULL, enrolled = false, admitted_at = NULL, admitted_by = "
	           "'' "
	           "WHERE public_key = $1",
	           1, key) &&
	       enrol_record(w, "revoke", &e, holder.public_key, decision->reason) &&
	       give_decided(w, holder.name, holder.public_key, "");
}
