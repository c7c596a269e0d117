#include "migrate.h"

#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
apply(struct pg_conn *connection, const struct migration *migration, char error[PG_ERROR_BYTES])
{
	char number[16];
	snprintf(number, sizeof number, "%d", migration->number);
	const char *values[] = {number, migration->name};
	char detail[PG_ERROR_BYTES];
	bool good = pg_run(connection, "BEGIN", detail) && pg_run(connection, migration->sql, detail) &&
	            pg_execute(connection, "INSERT INTO schema_migration (number, name) VALUES ($1, $2)", 2,
	                       values, detail) &&
	            pg_run(connection, "COMMIT", detail);
	if (!good) {
		char ignored[PG_ERROR_BYTES];
		snprintf(error, PG_ERROR_BYTES, "migration %s: %.400s", migration->name, detail);
		if (!pg_run(connection, "ROLLBACK", ignored))
			return false;
		return false;
	}
	log_line(LOG_INFO, "migrated", "number=%d name=%s", migration->number, migration->name);
	return true;
}

static bool
apply_missing(struct pg_conn *connection, char error[PG_ERROR_BYTES])
{
	int64_t have, is_there;
	/* Asked first, as the role that may only add to the journal cannot create the table, and need not. */
	if (!pg_number(connection, "SELECT (to_regclass('schema_migration') IS NOT NULL)::integer", &is_there,
	               error) ||
	    (!is_there && !pg_run(connection,
	                          "CREATE TABLE schema_migration (number integer PRIMARY KEY, name text NOT "
	                          "NULL, applied_at timestamptz NOT NULL DEFAULT now())",
	                          error)) ||
	    !pg_number(connection, "SELECT coalesce(max(number), 0) FROM schema_migration", &have, error))
		return false;
	int newest = migrations[migration_count - 1].number;
	if (have > newest) {
		snprintf(error, PG_ERROR_BYTES,
		         "the database has schema %" PRId64 ", this fupind knows up to %d: use a newer fupind", have,
		         newest);
		return false;
	}
	for (size_t i = 0; i < migration_count; i++)
		if (migrations[i].number > have && !apply(connection, &migrations[i], error))
			return false;
	return true;
}

bool
migrate_check(struct pg_conn *connection, char error[PG_ERROR_BYTES])
{
	int64_t have;
	int newest = migrations[migration_count - 1].number;
	if (!pg_number(connection, "SELECT coalesce(max(number), 0) FROM schema_migration", &have, error))
		return false;
	if (have == newest)
		return true;
	snprintf(error, PG_ERROR_BYTES,
	         "the database has schema %" PRId64 ", this fupind %d, and another one serves it: use the same "
	         "version, or stop the other",
	         have, newest);
	return false;
}

bool
migrate(struct pg_conn *connection, char error[PG_ERROR_BYTES])
{
	char ignored[PG_ERROR_BYTES];
	if (!pg_run(connection, "SELECT pg_advisory_lock(" PG_LOCK_MIGRATE ")", error))
		return false;
	bool good = apply_missing(connection, error);
	bool unlocked = pg_run(connection, "SELECT pg_advisory_unlock(" PG_LOCK_MIGRATE ")", ignored);
	return good && unlocked;
}
