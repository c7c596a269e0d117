#include "store.h"

#include "log.h"
#include "migrate.h"
#include "plan_store.h"

#include <libpq-fe.h>
#include <string.h>

bool
store_open(const struct options *options, const struct home *home, bool serving, struct store *out,
           char error[PG_ERROR_BYTES])
{
	*out = (struct store){.is_embedded = !options->db};
	if (options->db) {
		out->target.uri = options->db;
		return true;
	}
	if (!embedded_init(&out->embedded, home->path, options->pg_bin, error))
		return false;
	if ((serving || !embedded_answers(&out->embedded)) && !embedded_start(&out->embedded, error))
		return false;
	out->target = embedded_target(&out->embedded);
	return true;
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

struct pg_conn *
store_prepare(const struct store *store, const struct options *options, const struct plan *files,
              struct plan *catalogue, char error[PG_ERROR_BYTES])
{
	struct pg_conn *connection = pg_connect(&store->target, error);
	if (!connection)
		return NULL;
	warn_if_not_durable(connection);
	bool good = migrate(connection, error) &&
	            (!files || plan_save(connection, files, options->label, error)) &&
	            catalogue_load(connection, catalogue, error);
	if (good)
		return connection;
	PQfinish(connection);
	return NULL;
}

void
store_close(struct store *store)
{
	if (store->is_embedded)
		embedded_stop(&store->embedded);
}
