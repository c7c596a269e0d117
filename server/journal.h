/* The journal: PostgreSQL on one non-blocking connection, one transaction a batch, rows by binary COPY.
 *
 * The caller polls journal_fd() and calls journal_step() when it is ready or journal_wait_ms() has
 * passed; what happened comes back as an event. A batch that was being committed when the connection
 * broke is in doubt: the journal reconnects, asks the database whether it is there, and either reports
 * it committed or writes it again. So JOURNAL_COMMITTED always means: on disk, exactly once.
 *
 * It holds an advisory lock as long as it is connected: one fupind writes to a database. */
#ifndef FUPIN_SERVER_JOURNAL_H
#define FUPIN_SERVER_JOURNAL_H

#include "admit.h"
#include "identity.h"
#include "pg.h"

#include <stdbool.h>

struct journal;

/* One submission of a batch. All pointers must stay valid until the batch is decided. */
struct journal_item {
	const struct office *office;
	const struct submission *submission;
	const struct catalogue *catalogue;
	struct receipt receipt; /* seq, digest, time and counts are set */
};

enum journal_event {
	JOURNAL_NOTHING,   /* still waiting */
	JOURNAL_READY,     /* connected, the lock is held, nothing in doubt */
	JOURNAL_COMMITTED, /* the batch is on disk */
	JOURNAL_REFUSED,   /* the database refused the batch, nothing of it is stored: journal_error() */
	JOURNAL_LOST,      /* the connection broke; it is being made again */
	JOURNAL_FATAL,     /* the database is not the one that we served: journal_error() */
};

/* Not connected yet. NULL: no memory. */
struct journal *journal_create(const struct pg_target *target);
void journal_destroy(struct journal **journal);

/* Tells which commits memory holds, and the generation of the plan that it reads them with; a database
 * that has fewer (or more, unexplained), or another plan, is FATAL. */
void journal_expect(struct journal *journal, uint64_t seq_last, int64_t plan_generation);

int journal_fd(const struct journal *journal); /* -1: none now */
short journal_poll_events(const struct journal *journal);
/* Until journal_step() has to be called without an event on the socket; -1: no limit. */
int journal_wait_ms(const struct journal *journal, int64_t now_us);

/* `now_us`: of the steady clock, everywhere in this file. The first step begins the first connection. */
enum journal_event journal_step(struct journal *journal, int64_t now_us);

/* May a batch be written now? */
bool journal_is_idle(const struct journal *journal);
bool journal_is_connected(const struct journal *journal);

/* Begins to write a batch, journal_is_idle() being true. False: no memory. */
bool journal_write(struct journal *journal, const struct journal_item *items, size_t count, int64_t now_us)
    __attribute__((warn_unused_result));

/* Of the last REFUSED, LOST or FATAL. */
const char *journal_error(const struct journal *journal);
const char *journal_sqlstate(const struct journal *journal);

/* The highest commit sequence number that the database had when the connection was made. */
uint64_t journal_seq_found(const struct journal *journal);

#endif
