/* Reading the journal back into memory: all of it at start (and for verify), and later what another
 * fupind on the same database has committed. */
#ifndef FUPIN_SERVER_REPLAY_H
#define FUPIN_SERVER_REPLAY_H

#include "journal_tables.h"
#include "postgres/pg.h"
#include "state/holdings.h"

/* Was all of the journal read? A snapshot may show the head and not yet all of the rows (a database of
 * several machines commits on one after the other; a policy or a standby may hide some). So the row counts
 * that submissions state are compared with the rows that came, before anything is taken over. */
enum replay_rows { ROWS_REPORTS, ROWS_ENTRIES, ROWS_OTHERS, ROWS_KINDS };
struct replay_sums {
	uint64_t submissions, first, last;                /* how many, and between which seq */
	uint64_t promised[ROWS_KINDS], found[ROWS_KINDS]; /* rows: as submissions state, and as they came */
};

/* Counts one message, as in replay_message(). */
void replay_count(struct replay_sums *sums, enum journal_table table, const void *bytes, size_t size,
                  bool first);
/* Are these all commits after `after` up to `until`, with all of their rows? False: `why` says what is
 * missing. */
bool replay_is_whole(const struct replay_sums *sums, uint64_t after, uint64_t until, char why[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

struct replay {
	struct holdings *holdings; /* to be filled */
	struct as_of as_of;        /* of the last submission that was read */
	struct submission_id last_id;
	uint64_t submissions, reports, entries;
	/* When each submission was recorded, in seconds since 1970 UTC: of commit time_base + 1 + i. */
	uint64_t time_base;
	size_t time_count;
	uint32_t *times;
	bool incomplete; /* the database did not show all rows: holdings are to be thrown away, and filled anew
	                    later */
	char error[PG_ERROR_BYTES];
};

/* Takes one message of what journal_add_copy_out() asks for; `first`: it begins with the header. False:
 * replay->error says why. */
bool replay_message(struct replay *replay, enum journal_table table, const void *bytes, size_t size,
                    bool first) __attribute__((warn_unused_result));

void replay_free(struct replay *replay);

/* Streams the whole journal and compares it with its head. The caller has begun a REPEATABLE READ
 * transaction, so that both belong to one snapshot. */
bool replay_all(struct replay *replay, struct pg_conn *connection) __attribute__((warn_unused_result));
/* Streams the journal up to a commit that is in the database. Needs no snapshot: what is committed does not
 * change. */
bool replay_until(struct replay *replay, struct pg_conn *connection, uint64_t seq)
    __attribute__((warn_unused_result));

#endif
