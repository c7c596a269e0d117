/* The administrator's other requests about enrolment: invitations and lists. */
#include "enrol_internal.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An invitation gives no name that another office has. */
bool
enrol_check_name(struct enrol_work *w, const char *name, enum role role, unit_code unit,
                 struct enrol_holder *out, bool *good)
{
	bool found;
	*out = (struct enrol_holder){.public_key = ""};
	if (!enrol_find_holder(w, "name", name, &found, out))
		return false;
	*good = !found || (out->role == role && out->unit == unit);
	return *good || enrol_refuse(w, PROBLEM_INVITATION_INVALID, 0,
	                             "its name is another office's: choose one by --name");
}

static bool
check_invitation(struct enrol_work *w, bool *good)
{
	const struct invite *invite = &w->request->invite;
	enum unit_level level = role_level(invite->role);
	struct pg_result *r;
	char unit[NUMBER_BYTES];
	snprintf(unit, sizeof unit, "%" PRId64, invite->unit);
	const char *values[] = {unit};
	*good = false;
	if (invite->role == ROLE_NONE || (level && unit_level_of(invite->unit) != level))
		return enrol_refuse(w, PROBLEM_INVITATION_INVALID, 0, "the unit is not of the role's level");
	if (!*invite->name || key_text_valid(invite->name))
		return enrol_refuse(w, PROBLEM_INVITATION_INVALID, 0, "a name is needed, and a key is none");
	if (!*invite->guest_key)
		return enrol_refuse(w, PROBLEM_INVITATION_INVALID, 0, "without guest_key nobody can bring the code");
	if (!invite->hours || invite->hours > INVITATION_HOURS_MAX)
		return enrol_refuse(w, PROBLEM_INVITATION_INVALID, 0, "hours are 1 to 720");
	if (!pg_query(w->connection,
	              "SELECT (SELECT count(*) FROM unit WHERE code = $1), (SELECT count(*) FROM enrolment "
	              "WHERE state = 'waiting' OR (state = 'invited' AND expires_at > now()))",
	              1, values, &r, w->error))
		return false;
	bool known = enrol_number(r, 0, 0) > 0, full = enrol_number(r, 0, 1) >= INVITATIONS_OPEN_MAX;
	PQclear((PGresult *)r);
	*good = known && !full;
	if (!known)
		return enrol_refuse(w, PROBLEM_UNIT_UNKNOWN, 0, unit);
	return !full || enrol_refuse(w, PROBLEM_INVITATION_INVALID, 0,
	                             "1,000 are open or wait: decide those first (fupin admin requests)");
}

bool
enrol_invite(struct enrol_work *w)
{
	const struct invite *invite = &w->request->invite;
	char hash[DIGEST_TEXT_BYTES + 4], hex[DIGEST_TEXT_BYTES], unit[NUMBER_BYTES], hours[NUMBER_BYTES];
	bool good, found;
	struct enrol_holder holder;
	struct enrolment e;
	snprintf(hash, sizeof hash, "\\x%s", digest_format(&invite->secret_hash, hex));
	snprintf(unit, sizeof unit, "%" PRId64, invite->unit);
	snprintf(hours, sizeof hours, "%u", invite->hours);
	/* The same once more, because its answer was lost. */
	const char *same[] = {hash, w->asker->office->name};
	static const char sql[] = ENROLMENT_ROWS "WHERE secret_hash = $1 AND invited_by = $2";
	if (!enrol_find(w, sql, 2, same, &found, &e))
		return false;
	if (found)
		return enrol_give(w, &e);
	if (!check_invitation(w, &good))
		return false;
	if (good && !enrol_check_name(w, invite->name, invite->role, invite->unit, &holder, &good))
		return false;
	if (!good)
		return true;
	const char *values[] = {hash,    invite->name, role_name(invite->role), unit,
	                        same[1], hours,        invite->guest_key};
	return enrol_run(
	           w,
	           "INSERT INTO enrolment (secret_hash, name, role, unit, invited_by, expires_at, guest_key) "
	           "VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 hour', $7)",
	           7, values) &&
	       enrol_find(w, sql, 2, same, &found, &e) && enrol_record(w, "invite", &e, "", "") &&
	       enrol_give(w, &e);
}

bool
enrol_list(struct enrol_work *w)
{
	struct pg_result *r;
	char limit[NUMBER_BYTES];
	snprintf(limit, sizeof limit, "%d", ENROLMENTS_LISTED_MAX + 1);
	const char *values[] = {w->scope, w->request->enrolments_all ? "t" : "f", limit};
	if (!pg_query(w->connection,
	              ENROLMENT_ROWS "WHERE unit::text LIKE $1 || '%' AND ($2::boolean OR state IN "
	                             "('invited', 'waiting')) ORDER BY number DESC LIMIT $3",
	              3, values, &r, w->error))
		return false;
	struct enrolment_list *list = &w->reply->enrolments;
	size_t rows = (size_t)PQntuples((PGresult *)r);
	w->reply->kind = REPLY_ENROLMENTS;
	*list = (struct enrolment_list){.more = rows > ENROLMENTS_LISTED_MAX};
	list->items = arena_array(w->arena, rows, sizeof *list->items);
	for (; list->items && list->count < rows && list->count < ENROLMENTS_LISTED_MAX; list->count++)
		list->items[list->count] = enrol_take(w->arena, r, (int)list->count);
	PQclear((PGresult *)r);
	return true;
}

/* Admitted ones and, if asked for, revoked keys that were not admitted anew. */
bool
enrol_offices(struct enrol_work *w)
{
	static const char sql[] =
	    "SELECT name, role, unit, public_key, admitted_us, admitted_by, revoked_us, "
	    "revoked_by, reason FROM office_now WHERE unit::text LIKE $1 || '%' AND ($2::boolean OR "
	    "revoked_us = 0) ORDER BY unit, name, revoked_us LIMIT $3";
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
		    .name = enrol_keep(w->arena, r, i, 0),
		    .role = enrol_role(enrol_column(r, i, 1)),
		    .unit = enrol_number(r, i, 2),
		    .public_key = enrol_keep(w->arena, r, i, 3),
		    .admitted_us = enrol_number(r, i, 4),
		    .admitted_by = enrol_keep(w->arena, r, i, 5),
		    .revoked_us = enrol_number(r, i, 6),
		    .revoked_by = enrol_keep(w->arena, r, i, 7),
		    .reason = enrol_keep(w->arena, r, i, 8),
		};
	}
	PQclear((PGresult *)r);
	return true;
}
