#include "pg.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
pg_patience_parse(const char *text, int *out)
{
	char *end;
	errno = 0;
	long seconds = strtol(text, &end, 10);
	if (end == text || *end || errno || seconds < PG_PATIENCE_LEAST || seconds > PG_PATIENCE_MOST)
		return false;
	*out = (int)seconds;
	return true;
}

int64_t
pg_patience_us(const struct pg_target *target, int share)
{
	int64_t seconds = target->patience_s ? target->patience_s : PG_PATIENCE_SECONDS;
	return seconds * 1000000 * share / PG_PATIENCE_SECONDS;
}

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
	const char *const elsewhere[][2] = {{"dbname", target->uri}};
	/* Nothing is left to libpq's defaults. */
	const char *const embedded[][2] = {
	    {"host", target->socket_dir}, {"port", PG_EMBEDDED_PORT}, {"user", target->user},
	    {"dbname", target->database}, {"sslmode", "disable"},     {"gssencmode", "disable"},
	};
	const char *const(*place)[2] = target->uri ? elsewhere : embedded;
	size_t count = target->uri ? 1 : sizeof embedded / sizeof *embedded;
	for (size_t i = 0; i < count; i++) {
		names[n] = place[i][0];
		values[n++] = place[i][1];
	}
	names[n] = "fallback_application_name";
	values[n++] = "fupind";
	names[n] = NULL;
	values[n] = NULL;
}

void
pg_clear_environment(bool is_elsewhere)
{
	static const char *const kept[] = {"PGPASS",        "PGSSL",       "PGGSS",
	                                   "PGKRB",         "PGREQUIRE",   "PGCHANNELBINDING",
	                                   "PGSERVICEFILE", "PGSYSCONFDIR"};
	size_t at = 0;
	while (environ[at]) {
		const char *entry = environ[at];
		bool keep = strncmp(environ[at], "PG", 2) != 0;
		for (size_t i = 0; is_elsewhere && !keep && i < sizeof kept / sizeof *kept; i++)
			keep = !strncmp(environ[at], kept[i], strlen(kept[i]));
		char *name = keep ? NULL : strndup(entry, strcspn(entry, "="));
		bool gone = name && !unsetenv(name) && environ[at] != entry;
		free(name);
		/* When a variable is removed, the next one moves to its place. */
		if (!gone)
			at++;
	}
}

/* The n-th of a list with commas, or the only one; "" if there is none. Returns how many there are. */
static unsigned
nth(const char *list, unsigned n, char *out, size_t size)
{
	unsigned count = 0;
	*out = 0;
	if (!list || !*list)
		return 0;
	for (const char *at = list;; at++) {
		size_t length = strcspn(at, ",");
		if (count++ == n)
			snprintf(out, size, "%.*s", (int)length, at);
		at += length;
		if (!*at)
			break;
	}
	if (count == 1)
		snprintf(out, size, "%s", list);
	return count;
}

static const char *
option(const PQconninfoOption *options, const char *name)
{
	for (; options && options->keyword; options++)
		if (!strcmp(options->keyword, name))
			return options->val;
	return NULL;
}

bool
pg_has_password(const char *uri)
{
	PQconninfoOption *options = PQconninfoParse(uri, NULL);
	bool has = !options || option(options, "password") || option(options, "sslpassword");
	PQconninfoFree(options);
	return has;
}

bool
pg_host_of(const struct pg_target *target, unsigned attempt, struct pg_host *out)
{
	char ignored[16];
	PQconninfoOption *options = target->uri ? PQconninfoParse(target->uri, NULL) : NULL;
	const char *hosts = option(options, "host"), *addresses = option(options, "hostaddr");
	unsigned count = nth(addresses ? addresses : hosts, 0, ignored, sizeof ignored);
	if (count > 1) {
		nth(hosts, attempt % count, out->host, sizeof out->host);
		nth(addresses, attempt % count, out->address, sizeof out->address);
		nth(option(options, "port"), attempt % count, out->port, sizeof out->port);
	}
	PQconninfoFree(options);
	return count > 1;
}

void
pg_use_host(const struct pg_host *host, const char *names[PG_PARAMS], const char *values[PG_PARAMS])
{
	const char *const pairs[][2] = {{"host", host->host}, {"hostaddr", host->address}, {"port", host->port}};
	size_t n = 0;
	while (names[n])
		n++;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (*pairs[i][1]) {
			names[n] = pairs[i][0];
			values[n++] = pairs[i][1];
		}
	names[n] = values[n] = NULL;
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
	PQsetNoticeProcessor(connection, ignore_notice, NULL);
	if (PQstatus(connection) == CONNECTION_OK && pg_run((struct pg_conn *)connection, PG_SETTINGS, error))
		return (struct pg_conn *)connection;
	if (PQstatus(connection) != CONNECTION_OK)
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

/* The errors that are told apart; the first row whose beginning matches counts. A submission is refused for
 * good if the same bytes would be refused again. If neither side is at fault, a new connection is made, and
 * it is first asked whether the COMMIT came through. */
static const struct meaning {
	const char *sqlstate;
	enum pg_fault fault;
	enum problem_code problem;
} meanings[] = {
    {"25006", PG_FAULT_READ_ONLY, PROBLEM_STORE_UNAVAILABLE}, /* perhaps a standby by now */
    {"25P03", PG_FAULT_SESSION, PROBLEM_STORE_UNAVAILABLE},   /* idle in a transaction for too long */
    {"08", PG_FAULT_SESSION, PROBLEM_STORE_UNAVAILABLE},      /* a broken line */
    {"57P", PG_FAULT_SESSION, PROBLEM_STORE_UNAVAILABLE},     /* shutdown, crash, idle for too long */
    {"57014", PG_FAULT_SESSION, PROBLEM_STORE_UNAVAILABLE},   /* the statement was cancelled */
    {"40001", PG_FAULT_SESSION, PROBLEM_STORE_UNAVAILABLE},   /* a conflict with another session */
    {"40P01", PG_FAULT_SESSION, PROBLEM_STORE_UNAVAILABLE},   /* a deadlock with one */
    {"26000", PG_FAULT_SESSION, PROBLEM_STORE_UNAVAILABLE},   /* a pooler took prepared statements away */
    {"22", PG_FAULT_DATA, PROBLEM_STORE_VALUE_REFUSED},       /* no value of its type, or its encoding */
    {"23", PG_FAULT_DATA, PROBLEM_STORE_CONFLICT},            /* an integrity constraint */
    {"53", PG_FAULT_SERVER, PROBLEM_STORE_FULL},              /* disk full, out of memory */
    {"", PG_FAULT_SERVER, PROBLEM_STORE_FAILED}, /* the operator's: rights, a table that is away */
};

static const struct meaning *
meaning_of(const char *sqlstate)
{
	const struct meaning *m = meanings;
	while (strncmp(sqlstate, m->sqlstate, strlen(m->sqlstate)) != 0)
		m++;
	return m;
}

enum problem_code
pg_problem(const char *sqlstate)
{
	return meaning_of(sqlstate)->problem;
}

enum pg_fault
pg_fault(const char *sqlstate)
{
	return meaning_of(sqlstate)->fault;
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
