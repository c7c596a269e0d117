/* A database made by hand behind libpq's names: a test that links this file talks to it instead of
 * PostgreSQL.
 *
 * It holds the head of the journal and the submissions in it, knows one session and one transaction, and
 * carries out the statements that the journal sends, told apart by what they begin with. It answers as
 * PostgreSQL does: what follows an error in one string is skipped, in a pipeline aborted; a failed
 * transaction's COMMIT rolls back. Rows of other tables than submission are counted, not kept. A test says
 * beforehand what goes wrong, and how many answers have arrived; nothing here waits. */
#ifndef FUPIN_TESTS_FAKE_PG_H
#define FUPIN_TESTS_FAKE_PG_H

#include "journal/replay.h"

enum { FAKE_SOCKET = 4242, FAKE_COMMITS_MAX = 4096, FAKE_SAID_BYTES = 8192 };

/* A submission that is on disk; `report`: of one that another fupind committed, NULL: none. */
struct fake_commit {
	uint64_t seq;
	struct submission_id id;
	unit_code office;
	int64_t time_us;
	const struct report *report;
};

/* What happens, once, to the next statement that begins so. */
struct fake_fault {
	const char *statement; /* NULL: nothing */
	const char *sqlstate;  /* it fails with this; NULL: the connection breaks */
	bool done;             /* but it is carried out first */
};

struct fake_pg {
	/* What is on disk. */
	uint64_t head;
	int64_t generation;
	struct fake_commit commits[FAKE_COMMITS_MAX];
	size_t commit_count;
	size_t rows[TABLES]; /* of all committed batches */
	uint64_t notified;   /* the last number that was told to others */
	const char *value;   /* what any other question is answered with; NULL: no row */
	/* Which locks a session gets. */
	bool has_instance, has_alone, has_shared;
	int64_t clock_us; /* of the server; 0: the test's own */
	/* What goes wrong. */
	struct fake_fault fault;
	const struct submission_id *unwanted; /* whose COMMIT is refused with 23505, always; NULL: none */
	bool unreachable;                     /* no connection can be made */
	int polls;                            /* before a connection stands */
	bool warns;                           /* the next COMMIT succeeds with a warning */
	bool no_copy_data;                    /* PQputCopyData has no room */
	bool unsent;                          /* PQflush could not send all */
	size_t answers;                       /* that have arrived: so many are given out; SIZE_MAX: all */
	uint64_t notification;                /* others committed up to here, and say so; 0: nobody does */
	bool principals;                      /* somebody loaded other principals, and says so */
	/* Not shown yet in the next `hidden_reads` reads of this table: the rows of this commit. */
	enum journal_table hidden_table;
	uint64_t hidden_seq;
	size_t hidden_reads;
	/* What was seen: the first two words of each statement that was carried out; sessions that were begun. */
	char said[FAKE_SAID_BYTES];
	unsigned sessions;
	char host[64]; /* that was connected to last, as the parameters say */
};

extern struct fake_pg fake;

/* An empty journal of generation 1, all locks free, nothing wrong. */
void fake_reset(void);

/* What others commit: one more submission, with this report (NULL: none). */
void fake_commit_elsewhere(uint8_t id, unit_code office, int64_t time_us, const struct report *report);

/* The connection breaks now: what was not committed is gone. */
void fake_break(void);

/* Is this one on disk? Its number, or 0. */
uint64_t fake_find(const struct submission_id *id);

#endif
