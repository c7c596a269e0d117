/* The way of a submission, in order: intake → queue → journal → totals → receipt. This file knows the
 * order; the stages know nothing of each other.
 *
 * Group commit without a timer: while one batch is being committed, the next gathers in the queue. A
 * batch that the database refuses goes the careful way: each of its submissions alone, so that one bad
 * one does not take the others with it. A submission that touches what is on its way (the same report,
 * voucher or id) is held until that is decided. */
#ifndef FUPIN_SERVER_PIPELINE_H
#define FUPIN_SERVER_PIPELINE_H

#include "intake.h"
#include "journal.h"

/* Sends a reply to whoever sent the envelope. */
typedef void (*pipeline_reply)(void *context, const struct envelope *envelope, const struct reply *reply);

struct pipeline_counters {
	uint64_t submissions, reports, entries, batches, refused, duplicates, held, busy;
};

struct pipeline {
	const struct catalogue *catalogue;
	struct totals *totals;
	struct records *records;
	struct journal *journal;
	pipeline_reply reply;
	void *reply_context;
	struct as_of as_of; /* the last commit */
	struct envelope *queue, **queue_end;
	struct envelope *held, **held_end;
	struct envelope *batch; /* being committed */
	struct journal_item *items;
	size_t item_room, queued_count, queued_bytes, careful_left;
	bool clock_warned;
	int64_t clock_warned_us;
	struct pipeline_counters counters;
};

void pipeline_init(struct pipeline *pipeline);
void pipeline_free(struct pipeline *pipeline);

/* Takes a submission (and the envelope with it); it is answered now or when its batch is decided. */
void pipeline_take(struct pipeline *pipeline, struct envelope *envelope, int64_t now_us);

/* Begins a commit if the journal is idle and something is queued. False: no memory. */
bool pipeline_write(struct pipeline *pipeline, int64_t now_us) __attribute__((warn_unused_result));

/* Takes over what the journal reported about the batch. False: memory and disk could differ (no memory
 * to take over a committed batch): the caller must stop. */
bool pipeline_event(struct pipeline *pipeline, enum journal_event event, int64_t now_us)
    __attribute__((warn_unused_result));

/* Submissions queued, held or being committed. */
size_t pipeline_waiting(const struct pipeline *pipeline);

/* Refuses all that is still queued or held, at the end. */
void pipeline_refuse_all(struct pipeline *pipeline, enum problem_code code);

#endif
