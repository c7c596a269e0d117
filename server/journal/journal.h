/* The journal: PostgreSQL on one non-blocking connection, one transaction for each batch, rows by binary
 * COPY.
 *
 * The caller polls journal_fd() and calls journal_step() when it is ready or journal_wait_ms() has passed;
 * what happened comes back as an event. A batch that was being committed when the connection broke is in
 * doubt: the journal reconnects, asks the database whether it is there, and either reports it committed or
 * writes it again. So JOURNAL_COMMITTED always means: on disk, exactly once.
 *
 * Several fupind may write to one database. Each transaction moves journal_head on from the commit that this
 * fupind knows. If another one was faster, nothing is written: under the head's row lock the journal reads
 * what the others committed (JOURNAL_NEWS), the caller decides its batch anew and hands it in again, and the
 * lock makes sure that no other fupind commits before it this time. An idle fupind learns of others' commits
 * by NOTIFY. So every fupind holds the same commits in the same order, without a gap. */
#ifndef FUPIN_SERVER_JOURNAL_H
#define FUPIN_SERVER_JOURNAL_H

#include "journal_rows.h"
#include "keys/identity.h"
#include "postgres/pg.h"
#include "replay.h"

#include <stdbool.h>

struct journal;

enum journal_event {
	JOURNAL_NOTHING,   /* still waiting */
	JOURNAL_READY,     /* connected, nothing in doubt */
	JOURNAL_COMMITTED, /* the batch is on disk */
	JOURNAL_REFUSED,   /* the database refused the batch, nothing of it is stored: journal_error() */
	JOURNAL_NEWS,      /* others committed: journal_news(), then journal_wants_batch() */
	JOURNAL_LOST,      /* the connection broke; a new one is being made */
	JOURNAL_FATAL,     /* the database is not the one that was served before: journal_error() */
};

/* Not connected yet. NULL: no memory. */
struct journal *journal_create(const struct pg_target *target);
void journal_destroy(struct journal **journal);

/* Tells the journal which commits memory holds (the last one's number and id), and by which generation of
 * the plan they were read. A database that has fewer or other commits, or another plan, is FATAL. */
void journal_expect(struct journal *journal, uint64_t seq_last, const struct submission_id *id_last,
                    int64_t plan_generation);

/* Is this the only fupind on the database, and are all others kept out? That holds from the first READY on,
 * if no other one serves then, until journal_share(). Blocks; for the start only. */
bool journal_is_alone(const struct journal *journal);
bool journal_try_alone(struct journal *journal);
bool journal_share(struct journal *journal) __attribute__((warn_unused_result));

int journal_fd(const struct journal *journal); /* -1: none now */
short journal_poll_events(const struct journal *journal);
/* How long until journal_step() has to be called even without an event on the socket; -1: no limit. */
int journal_wait_ms(const struct journal *journal, int64_t now_us);

/* `now_us`: of the steady clock, everywhere in this file. The first step begins the first connection. */
enum journal_event journal_step(struct journal *journal, int64_t now_us);

/* May a batch be written now? */
bool journal_is_idle(const struct journal *journal);
bool journal_is_connected(const struct journal *journal);
/* The last commit that memory is to hold: its number, and its id in hex ("": there is none). */
uint64_t journal_known(const struct journal *journal, const char **id);
/* The database's clock, microseconds since 1970: as it was read when the connection was made, plus the time
 * since. False: not known yet. */
bool journal_clock(const struct journal *journal, int64_t *out);
/* As it is now. */
void journal_set_clock(struct journal *journal, int64_t time_us);

/* The next batch is put together while the last one is being written: one submission after the other,
 * numbered without a gap; the item is not needed afterwards. Or the batch is forgotten, to be put together
 * anew. */
void journal_add(struct journal *journal, const struct journal_item *item);
void journal_forget(struct journal *journal);

/* Begins to write the next batch, journal_is_idle() or journal_wants_batch() being true. False: no memory. */
bool journal_write(struct journal *journal, int64_t now_us) __attribute__((warn_unused_result));

/* Looks whether others committed, journal_is_idle() being true: JOURNAL_NEWS follows in any case. False: the
 * connection is broken, which the next step shows. */
bool journal_refresh(struct journal *journal, int64_t now_us);

/* If the batch has just become slow: the process id of our session at the server, once. Otherwise 0. */
int journal_slow_session(struct journal *journal);

/* Were other principals loaded since the last call? */
bool journal_principals_changed(struct journal *journal);

/* After JOURNAL_NEWS: gives the rows to `replay`, once. */
bool journal_news(struct journal *journal, struct replay *replay) __attribute__((warn_unused_result));
/* Is there more than was read at once? Then another JOURNAL_NEWS follows. */
bool journal_has_more_news(const struct journal *journal);
/* The batch that was being written must be decided anew, made again (and what was added after it, too) and
 * written, or given up. */
bool journal_wants_batch(const struct journal *journal);
void journal_give_up(struct journal *journal, int64_t now_us);

/* Why the last REFUSED, LOST or FATAL came. */
const char *journal_error(const struct journal *journal);
const char *journal_sqlstate(const struct journal *journal);

#endif
