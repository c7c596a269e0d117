/* Lanes: what waits for the journal (or for an answer), a queue for each office. Offices take turns: each
 * gives at most its share of rows to a batch, so that an office that sends without end delays only its own
 * submissions. */
#ifndef FUPIN_SERVER_LANES_H
#define FUPIN_SERVER_LANES_H

#include "envelope.h"

struct lane;

struct lanes {
	struct lane *by_office;    /* uthash, by the office's name */
	struct lane *current;      /* ring of the lanes that are not empty, at the one whose turn it is */
	size_t count, rows, bytes; /* of all envelopes */
	size_t active;             /* lanes in the ring */
};

void lanes_free(struct lanes *lanes);

/* The lane of an office. NULL: no memory. */
struct lane *lanes_lane(struct lanes *lanes, const struct office *office);
/* Is there room for one more envelope? */
bool lanes_have_room(const struct lanes *lanes, const struct lane *lane, const struct envelope *envelope);
/* Takes the envelope over. */
void lanes_put(struct lanes *lanes, struct lane *lane, struct envelope *envelope);

/* The first envelope of the lane whose turn it is; NULL: nothing waits. */
struct envelope *lanes_first(const struct lanes *lanes);
/* Takes the first envelope out of the lane whose turn it is. A lane that becomes empty leaves the ring, and
 * it is the next one's turn. */
struct envelope *lanes_pop(struct lanes *lanes);
/* The next lane's turn. */
void lanes_turn(struct lanes *lanes);
/* Takes the first envelope of the lane whose turn it is, and passes the turn on. NULL: nothing waits. */
struct envelope *lanes_next(struct lanes *lanes);
/* Envelopes in one lane. */
size_t lanes_waiting(const struct lane *lane);

/* The rows that each office may give to a batch: more if more offices wait. */
size_t lanes_share(const struct lanes *lanes);
/* The rows that the lane whose turn it is gave to this batch so far; and adds to them. */
size_t lanes_given(const struct lanes *lanes, uint64_t batch);
void lanes_give(struct lanes *lanes, uint64_t batch, size_t rows);

/* Does a submission of this office with this id wait? */
bool lanes_hold(const struct lanes *lanes, const struct office *office, const struct submission_id *id);

#endif
