#include "store.h"

#include "base/log.h"
#include "postgres/migrate.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

bool
store_open(const struct options *options, const struct home *home, struct store *out,
           char error[PG_ERROR_BYTES])
{
	*out = (struct store){.is_embedded = !options->db};
	if (options->db) {
		out->target = out->owner = (struct pg_target){.uri = options->db, .patience_s = options->patience_s};
		return true;
	}
	if (!embedded_init(&out->embedded, home->path, options->pg_bin, error))
		return false;
	out->embedded.patience_s = options->patience_s;
	out->embedded.may_create = options->command == COMMAND_SERVE || options->command == COMMAND_LOAD;
	out->target = out->owner = embedded_target(&out->embedded);
	out->target.user = PG_ROLE_SERVE;
	return home->lock >= 0 ? embedded_start(&out->embedded, error) : embedded_wait(&out->embedded, error);
}

static void
warn_if_not_durable(struct pg_conn *connection)
{
	struct pg_result *result;
	char error[PG_ERROR_BYTES];
	if (!pg_query(connection, "SHOW fsync", 0, NULL, &result, error))
		return;
	if (!strcmp(PQgetvalue(result, 0, 0), "off"))
		log_line(LOG_WARNING, "not_durable",
		         "reason=\"fsync is off in PostgreSQL: a receipt does not mean on disk\"");
	PQclear(result);
}

/* UTF8 can hold any character that an office may send. Checked before anything is made. */
static bool
is_utf8(struct pg_conn *connection, char error[PG_ERROR_BYTES])
{
	struct pg_result *result;
	if (!pg_query(connection, "SELECT current_setting('server_encoding'), current_database()", 0, NULL,
	              &result, error))
		return false;
	const char *encoding = PQgetvalue(result, 0, 0);
	bool good = !strcmp(encoding, "UTF8");
	if (!good)
		snprintf(error, PG_ERROR_BYTES,
		         "the database %.100s is in %.50s, which has no place for every character: make one in UTF8 "
		         "(createdb -E UTF8 -T template0), and say it with --db",
		         PQgetvalue(result, 0, 1), encoding);
	PQclear(result);
	return good;
}

bool
store_lock(struct pg_conn *connection, bool *is_free, char error[PG_ERROR_BYTES])
{
	int64_t got;
	if (!pg_number(connection, "SELECT pg_try_advisory_lock(" PG_LOCK_SERVE ")::integer", &got, error))
		return false;
	*is_free = got == 1;
	return true;
}

bool
store_save(struct pg_conn *connection, const struct plan *files, const struct plan_saving *how,
           char error[PG_ERROR_BYTES])
{
	warn_if_not_durable(connection);
	return is_utf8(connection, error) &&
	       (how->may_change_catalogue ? migrate(connection, error) : migrate_check(connection, error)) &&
	       (!files || plan_save(connection, files, how, error));
}

struct pg_conn *
store_hand_over(const struct store *store, struct pg_conn *owner, char error[PG_ERROR_BYTES])
{
	if (!store->is_embedded)
		return owner;
	bool good = pg_run(owner, grants_sql, error);
	PQfinish((PGconn *)owner);
	return good ? pg_connect(&store->target, error) : NULL;
}

void
store_close(struct store *store)
{
	if (store->is_embedded)
		embedded_stop(&store->embedded);
}
