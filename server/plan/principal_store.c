/* The offices of a plan into the database: who is admitted, taken out, and what is recorded of that. */
#include "plan_store_internal.h"

#include "base/log.h"

#include <libpq-fe.h>

/* Who reads the log of a load wonders why a key of the file does not get in. */
static bool
warn_of_revoked(struct pg_conn *connection, const struct plan *plan, char *error)
{
	struct pg_result *r;
	bool good = true;
	for (size_t i = 0; good && i < plan->principal_count; i++) {
		const char *values[] = {plan->principals[i].public_key};
		good =
		    pg_query(connection, "SELECT name FROM revoked_key WHERE public_key = $1", 1, values, &r, error);
		if (good && PQntuples(r))
			log_line(LOG_WARNING, "principal_key_revoked", "name=%s key=%s", plan->principals[i].name,
			         values[0]);
		if (good)
			PQclear(r);
	}
	return good;
}

/* A key that was given another name, unit or role is taken out and admitted anew: it speaks for somebody
 * else. */
#define SAME_OFFICE "b.public_key = p.public_key AND b.name = p.name AND b.unit = p.unit AND b.role = p.role"

/* Since when and by whom, and the record of what the file changed. */
static bool
record_principals(struct pg_conn *connection, char *error)
{
	return pg_run(
	    connection,
	    "UPDATE principal p SET admitted_at = b.admitted_at, admitted_by = b.admitted_by FROM "
	    "principal_before b WHERE NOT p.enrolled AND " SAME_OFFICE "; "
	    "INSERT INTO door_event (who, action, name, unit, public_key) SELECT 'file', 'take out', "
	    "b.name, b.unit, b.public_key FROM principal_before b LEFT JOIN principal p ON " SAME_OFFICE " "
	    "WHERE p.name IS NULL ORDER BY b.name; "
	    "INSERT INTO door_event (who, action, name, unit, public_key) SELECT 'file', 'admit', p.name, "
	    "p.unit, p.public_key FROM principal p LEFT JOIN principal_before b ON " SAME_OFFICE " "
	    "WHERE p.public_key IS NOT NULL AND b.name IS NULL ORDER BY p.name; "
	    "UPDATE principal p SET admitted_at = now(), admitted_by = 'file' WHERE public_key IS NOT NULL "
	    "AND NOT EXISTS (SELECT 1 FROM principal_before b WHERE " SAME_OFFICE ")",
	    error);
}

bool
plan_save_principals(struct pg_conn *connection, const struct plan *plan, bool whole, char *error)
{
	/* What was admitted by enrolment stays as it is, and a key that was revoked stays revoked. */
	if (!pg_run(connection,
	            "CREATE TEMP TABLE principal_before ON COMMIT DROP AS SELECT * FROM principal WHERE "
	            "public_key IS NOT NULL",
	            error) ||
	    (whole && !pg_run(connection, "DELETE FROM principal WHERE NOT enrolled", error)))
		return false;
	for (size_t i = 0; i < plan->principal_count; i++) {
		const struct principal *principal = &plan->principals[i];
		struct pg_params p = {0};
		pg_add_text(&p, principal->name);
		pg_add_text(&p, role_name(principal->role));
		pg_add_number(&p, principal->unit);
		pg_add_text(&p, *principal->public_key ? principal->public_key : NULL);
		if (!plan_run(
		        connection,
		        "INSERT INTO principal AS p (name, role, unit, public_key) SELECT $1, $2, $3, nullif($4, "
		        "(SELECT public_key FROM revoked_key WHERE public_key = $4 UNION SELECT public_key FROM "
		        "principal WHERE public_key = $4 AND enrolled)) ON CONFLICT (name) DO UPDATE SET role = $2, "
		        "unit = $3, public_key = coalesce(excluded.public_key, p.public_key) WHERE NOT p.enrolled",
		        &p, error))
			return false;
	}
	return warn_of_revoked(connection, plan, error) && record_principals(connection, error);
}
