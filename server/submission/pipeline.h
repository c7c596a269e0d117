/* The way of a submission, in order: intake → its office's queue → journal → totals → receipt. This file
 * knows the order; the stages know nothing of each other.
 *
 * Group commit without a timer: while one batch is being committed, the next is gathered from the queues and
 * encoded. When the one is committed the next one is written at once, and then totals and receipts of the
 * old one follow, in slices. If the database refuses a batch, its submissions are written one by one, so
 * that a bad one does not take the others with it. A submission that concerns something that is being
 * written (the same report, voucher or id) keeps its place until that is settled. */
#ifndef FUPIN_SERVER_PIPELINE_H
#define FUPIN_SERVER_PIPELINE_H

#include "base/log.h"
#include "intake.h"
#include "journal/journal.h"
#include "requests/queues.h"

/* Sends a reply to the sender of the envelope. */
typedef void (*pipeline_reply)(void *context, const struct envelope *envelope, const struct reply *reply);
/* Asks the database about envelope->receipt.seq; pipeline_looked_up() is called with the result. False: too
 * many questions wait. */
typedef bool (*pipeline_ask_database)(void *context, struct envelope *envelope);

/* Asks the database whether the files of the submission's documents are whole, and pipeline_found_files() is
 * called with the result. False: too many questions wait. */
typedef bool (*pipeline_find_files)(void *context, struct envelope *envelope);

/* Is the key that sent this still admitted? Called when its turn to be written has come, as the key may have
 * been revoked while it waited. False: `problems` says why it is refused. */
typedef bool (*pipeline_admits)(void *context, const struct envelope *envelope,
                                struct problem_list *problems);

struct pipeline_counters {
	uint64_t submissions, reports, entries, batches, refused, duplicates, busy;
};

struct pipeline {
	struct holdings holdings;
	struct journal *journal;
	pipeline_reply reply;
	pipeline_ask_database ask_database;
	pipeline_find_files find_files;
	pipeline_admits admits; /* NULL: all are */
	void *context;          /* of all four */
	const char *history;    /* which journal: offices are told */
	struct as_of as_of;     /* the last commit that is in the totals */
	struct as_of written;   /* the last one that is on disk */
	struct as_of writing;   /* the last one of the batch that is being written */
	struct as_of numbered;  /* the last number that was given to a submission */
	struct queues queues;
	struct envelope_list next;  /* numbered and encoded: to be written next */
	struct envelope_list batch; /* being written */
	/* To be refused because of what is recorded, unless another fupind has meanwhile committed something
	 * that changes this. */
	struct envelope_list doubtful;
	size_t asked; /* how many of them, from the first on, were there when the database was last asked to read
	                 or write */
	struct envelope_list careful; /* of a refused batch: to be written one by one */
	struct envelope_list again;   /* to be decided again, before all that waits in the queues */
	struct envelope_list done;    /* on disk: totals and receipts follow */
	uint64_t batch_number;        /* of `next`; the offices' shares are counted for it */
	size_t asked_bytes;           /* of submissions that the database is asked about */
	double rows_per_ms;           /* lately */
	int64_t write_began_us;
	bool is_drill;          /* the clock was set on purpose */
	bool clock_suspected;   /* the database's clock has to be asked for again */
	int64_t clock_asked_us; /* when the database was asked, by the steady clock */
	bool clock_warned;
	int64_t clock_warned_us; /* by the steady clock */
	struct pipeline_counters counters;
	struct log_bound refused; /* lines about refusals */
};

/* A clock that is CLOCK_JUMP_US ahead of both the last commit and the database's clock is wrong. One that is
 * set back by less than CLOCK_STEP_US was only corrected. */
#define CLOCK_STEP_US (INT64_C(60) * 1000000)
#define CLOCK_JUMP_US (INT64_C(86400) * 1000000)

void pipeline_init(struct pipeline *pipeline);
void pipeline_free(struct pipeline *pipeline);

/* Takes a submission and the envelope; it is answered now, or when its batch is committed or refused. */
void pipeline_take(struct pipeline *pipeline, struct envelope *envelope, int64_t now_us);
/* To be called with what the database has at envelope->receipt.seq; NULL: nothing. `failed`: the database
 * could not be asked. */
void pipeline_looked_up(struct pipeline *pipeline, struct envelope *envelope, const struct recorded *found,
                        bool failed);

/* To be called when the files were found whole, or with the `problems` for which the submission is refused.
 */
void pipeline_found_files(struct pipeline *pipeline, struct envelope *envelope,
                          const struct problem_list *problems);

/* Gathers the next batch, and begins to write it if the journal is idle. False: no memory. */
bool pipeline_write(struct pipeline *pipeline) __attribute__((warn_unused_result));

/* Takes over what the journal reported. False: memory and disk could differ (no memory to take over what
 * is committed): the caller must stop. */
bool pipeline_event(struct pipeline *pipeline, enum journal_event event) __attribute__((warn_unused_result));

/* Takes over up to `rows` committed rows into the totals, then sends their receipts. False: as above. */
bool pipeline_settle(struct pipeline *pipeline, size_t rows) __attribute__((warn_unused_result));
/* Is there something to settle or to write now, without an event? */
bool pipeline_has_work(const struct pipeline *pipeline);

/* Submissions queued, being written or not yet receipted. */
size_t pipeline_waiting(const struct pipeline *pipeline);
/* Is this submission among them? */
bool pipeline_holds(const struct pipeline *pipeline, const struct office *office,
                    const struct submission_id *id);

/* Refuses all that is still queued, at the end. */
void pipeline_refuse_all(struct pipeline *pipeline, enum problem_code code);

#endif
