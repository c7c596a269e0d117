#include "fake_pg_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the connection */

PGconn *
PQconnectStartParams(const char *const *names, const char *const *values, int expand)
{
	assert(expand && !fake_session);
	fake_session = calloc(1, sizeof *fake_session);
	assert(fake_session);
	fake_session->broken = fake.unreachable;
	fake_session->polls = fake.polls;
	fake.sessions++;
	*fake.host = 0;
	for (int i = 0; names[i]; i++)
		if (!strcmp(names[i], "host"))
			snprintf(fake.host, sizeof fake.host, "%s", values[i]);
	return fake_session;
}

PGconn *
PQconnectdbParams(const char *const *names, const char *const *values, int expand)
{
	return PQconnectStartParams(names, values, expand);
}

PostgresPollingStatusType
PQconnectPoll(PGconn *c)
{
	if (c->broken)
		return PGRES_POLLING_FAILED;
	return c->polls-- > 0 ? PGRES_POLLING_READING : PGRES_POLLING_OK;
}

void
PQfinish(PGconn *c)
{
	if (c)
		fake_session = NULL;
	free(c);
}

ConnStatusType
PQstatus(const PGconn *c)
{
	return !c || c->broken ? CONNECTION_BAD : CONNECTION_OK;
}

char *
PQerrorMessage(const PGconn *c)
{
	static char broken[] = "the line is broken\n", none[] = "";
	return !c || c->broken ? broken : none;
}

PGTransactionStatusType
PQtransactionStatus(const PGconn *c)
{
	return c->broken ? PQTRANS_UNKNOWN : c->transaction;
}

int
PQsocket(const PGconn *c)
{
	return c->broken ? -1 : FAKE_SOCKET;
}

int
PQflush(PGconn *c)
{
	return c->broken ? -1 : fake.unsent;
}

int
PQsetnonblocking(PGconn *c, int on)
{
	(void)on;
	return c->broken ? -1 : 0;
}

int
PQbackendPID(const PGconn *c)
{
	(void)c;
	return (int)fake.sessions;
}

PQnoticeReceiver
PQsetNoticeReceiver(PGconn *c, PQnoticeReceiver receiver, void *data)
{
	c->receiver = receiver;
	c->receiver_data = data;
	return NULL;
}

PQnoticeProcessor
PQsetNoticeProcessor(PGconn *c, PQnoticeProcessor processor, void *data)
{
	(void)c, (void)processor, (void)data;
	return NULL;
}

/* ---------------------------------------------------------------- what a result holds */

ExecStatusType
PQresultStatus(const PGresult *r)
{
	return r ? r->status : PGRES_FATAL_ERROR;
}

char *
PQresultErrorMessage(const PGresult *r)
{
	static char none[] = "";
	return r ? (char *)(uintptr_t)r->message : none;
}

char *
PQresultErrorField(const PGresult *r, int field)
{
	static char warning[] = "WARNING";
	if (field == PG_DIAG_SEVERITY_NONLOCALIZED && r->status == PGRES_NONFATAL_ERROR)
		return warning;
	return field == PG_DIAG_SQLSTATE && *r->sqlstate ? (char *)(uintptr_t)r->sqlstate : NULL;
}

char *
PQcmdStatus(PGresult *r)
{
	return r->command;
}

int
PQnfields(const PGresult *r)
{
	return r->field_count;
}

int
PQntuples(const PGresult *r)
{
	return r->has_row;
}

char *
PQgetvalue(const PGresult *r, int row, int field)
{
	assert(r->has_row && !row && field < r->field_count);
	return (char *)(uintptr_t)r->fields[field];
}

int
PQgetisnull(const PGresult *r, int row, int field)
{
	return row || field >= r->field_count;
}

void
PQclear(PGresult *r)
{
	free(r);
}
