/* Shared by the two halves of the made-up database: fake_pg.c carries out statements, fake_pg_client.c is the
 * line to it and what a result holds. */
#ifndef FUPIN_TESTS_FAKE_PG_INTERNAL_H
#define FUPIN_TESTS_FAKE_PG_INTERNAL_H

#include "fake_pg.h"

#include <libpq-fe.h>

enum { STATEMENTS_MAX = 64, FIELDS_MAX = 4, FIELD_BYTES = 80, SQL_BYTES = 1024 };

struct pg_result {
	ExecStatusType status;
	int field_count;
	bool has_row;
	char fields[FIELDS_MAX][FIELD_BYTES];
	char command[32], sqlstate[6], message[128];
};

/* A statement that was sent: its text, or the prepared one's name with the values that count. */
struct statement {
	char text[SQL_BYTES];
	bool sync;
	uint64_t numbers[2];
	struct submission_id id;
};

struct pg_conn {
	bool broken, lost; /* lost: with something under way, which one error tells */
	int polls;
	PGTransactionStatusType transaction;
	PQnoticeReceiver receiver;
	void *receiver_data;
	struct statement statements[STATEMENTS_MAX];
	size_t count, next;
	bool pipeline, aborted, between; /* in a pipeline: a NULL comes now */
	bool asked;                      /* a string was sent, whose end was not reported yet */
	bool copying_in, copying_out;
	enum journal_table table; /* of the COPY */
	uint64_t after, until;    /* of the COPY out */
	uint64_t hides;           /* of the COPY out: a commit whose rows it does not show */
	size_t message;           /* of the COPY out, the next one */
	/* What the transaction did. */
	uint64_t head;
	struct fake_commit staged[FAKE_COMMITS_MAX];
	size_t staged_count;
	size_t rows[TABLES];
	uint64_t notify;
};

extern struct pg_conn *fake_session; /* there is one at a time */

#endif
