#include "pg.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
pg_parameters(const struct pg_target *target, const char *names[PG_PARAMS], const char *values[PG_PARAMS])
{
	/* Defaults come first: what a URI says itself comes later and wins. A line that has gone dead is
	 * noticed within a minute. */
	static const char *const defaults[][2] = {
	    {"connect_timeout", "10"},
	    {"keepalives_idle", "20"},
	    {"keepalives_interval", "10"},
	    {"keepalives_count", "3"},
	    {"tcp_user_timeout", "50000"},
	    {"client_encoding", "UTF8"},
	    {"target_session_attrs", "read-write"}, /* of several hosts, the one that takes writes */
	};
	size_t n = 0;
	for (; n < sizeof defaults / sizeof *defaults; n++) {
		names[n] = defaults[n][0];
		values[n] = defaults[n][1];
	}
	if (target->uri) {
		names[n] = "dbname";
		values[n++] = target->uri;
	} else {
		names[n] = "host";
		values[n++] = target->socket_dir;
		names[n] = "user";
		values[n++] = target->user;
		names[n] = "dbname";
		values[n++] = target->database;
	}
	names[n] = "fallback_application_name";
	values[n++] = "fupind";
	names[n] = NULL;
	values[n] = NULL;
}

/* libpq's messages end with a newline. */
static void
take_error(char error[PG_ERROR_BYTES], const char *message)
{
	snprintf(error, PG_ERROR_BYTES, "%s", message);
	size_t size = strlen(error);
	while (size && error[size - 1] == '\n')
		error[--size] = 0;
}

static void
ignore_notice(void *data, const char *message)
{
	(void)data;
	(void)message;
}

struct pg_conn *
pg_connect(const struct pg_target *target, char error[PG_ERROR_BYTES])
{
	const char *names[PG_PARAMS], *values[PG_PARAMS];
	pg_parameters(target, names, values);
	PGconn *connection = PQconnectdbParams(names, values, 1);
	if (PQstatus(connection) == CONNECTION_OK) {
		PQsetNoticeProcessor(connection, ignore_notice, NULL);
		return (struct pg_conn *)connection;
	}
	take_error(error, PQerrorMessage(connection));
	PQfinish(connection);
	return NULL;
}

static bool
succeeded(PGresult *result, char error[PG_ERROR_BYTES])
{
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return true;
	take_error(error, PQresultErrorMessage(result));
	return false;
}

bool
pg_run(struct pg_conn *connection, const char *sql, char error[PG_ERROR_BYTES])
{
	PGresult *result = PQexec(connection, sql);
	bool good = succeeded(result, error);
	PQclear(result);
	return good;
}

bool
pg_query(struct pg_conn *connection, const char *sql, size_t count, const char *const *values,
         struct pg_result **out, char error[PG_ERROR_BYTES])
{
	PGresult *result = PQexecParams(connection, sql, (int)count, NULL, values, NULL, NULL, 0);
	if (!succeeded(result, error)) {
		PQclear(result);
		return false;
	}
	*out = (struct pg_result *)result;
	return true;
}

bool
pg_execute(struct pg_conn *connection, const char *sql, size_t count, const char *const *values,
           char error[PG_ERROR_BYTES])
{
	struct pg_result *result;
	if (!pg_query(connection, sql, count, values, &result, error))
		return false;
	PQclear(result);
	return true;
}

bool
pg_number(struct pg_conn *connection, const char *sql, int64_t *out, char error[PG_ERROR_BYTES])
{
	struct pg_result *result;
	if (!pg_query(connection, sql, 0, NULL, &result, error))
		return false;
	bool found = PQntuples(result) > 0 && !PQgetisnull(result, 0, 0);
	if (found)
		*out = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	else
		snprintf(error, PG_ERROR_BYTES, "no row");
	PQclear(result);
	return found;
}
