/* Queues: what waits for the journal (or for an answer), a queue for each office. Offices take turns: each
 * gives at most its share of rows to a batch, so that an office that sends without end delays only its own
 * submissions. */
#ifndef FUPIN_SERVER_QUEUES_H
#define FUPIN_SERVER_QUEUES_H

#include "envelope.h"

struct queue;

struct queues {
	struct queue *by_office;   /* uthash, by the office's name */
	struct queue *current;     /* ring of the queues that are not empty, at the one whose turn it is */
	size_t count, rows, bytes; /* of all envelopes */
	size_t active;             /* queues in the ring */
};

void queues_free(struct queues *queues);

/* The queue of an office. NULL: no memory. */
struct queue *queues_of(struct queues *queues, const struct office *office);
/* Is there room for one more envelope? */
bool queues_have_room(const struct queues *queues, const struct queue *queue,
                      const struct envelope *envelope);
/* Takes the envelope over. */
void queues_put(struct queues *queues, struct queue *queue, struct envelope *envelope);

/* The first envelope of the queue whose turn it is; NULL: nothing waits. */
struct envelope *queues_first(const struct queues *queues);
/* Takes the first envelope out of the queue whose turn it is. A queue that becomes empty leaves the ring, and
 * it is the next one's turn. */
struct envelope *queues_pop(struct queues *queues);
/* The next queue's turn. */
void queues_turn(struct queues *queues);
/* Takes the first envelope of the queue whose turn it is, and passes the turn on. NULL: nothing waits. */
struct envelope *queues_next(struct queues *queues);
/* Envelopes in one queue. */
size_t queues_waiting(const struct queue *queue);

/* The rows that each office may give to a batch: more if more offices wait. */
size_t queues_share(const struct queues *queues);
/* The rows that the queue whose turn it is gave to this batch so far; and adds to them. */
size_t queues_given(const struct queues *queues, uint64_t batch);
void queues_give(struct queues *queues, uint64_t batch, size_t rows);

/* Does a submission of this office with this id wait? */
bool queues_hold(const struct queues *queues, const struct office *office, const struct submission_id *id);

#endif
