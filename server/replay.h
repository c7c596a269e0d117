/* Reading the journal back into memory: all of it at start (and for verify), and later what another
 * fupind on the same database has committed. */
#ifndef FUPIN_SERVER_REPLAY_H
#define FUPIN_SERVER_REPLAY_H

#include "message.h"
#include "pg.h"
#include "records.h"
#include "totals.h"

/* The journal's tables, in the order in which they are written and read. */
enum journal_table { TABLE_SUBMISSION, TABLE_REPORT, TABLE_ENTRY, TABLES };

struct replay {
	const struct catalogue *catalogue;
	struct totals *totals;
	struct records *records;
	struct as_of as_of; /* of the last submission that was read */
	struct submission_id last_id;
	uint64_t submissions, reports, entries;
	char error[PG_ERROR_BYTES];
};

/* "SELECT … FROM …" with the columns that replay_message() expects. */
extern const char *const replay_selects[TABLES];

/* Takes one message of a COPY … TO STDOUT (FORMAT binary) of replay_selects[table]; `first`: it begins
 * with the header. False: replay->error says why. */
bool replay_message(struct replay *replay, enum journal_table table, const void *bytes, size_t size,
                    bool first) __attribute__((warn_unused_result));

/* Streams the whole journal; the caller has begun a REPEATABLE READ transaction, so that it is one. */
bool replay_all(struct replay *replay, struct pg_conn *connection) __attribute__((warn_unused_result));

#endif
