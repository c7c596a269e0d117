/* Lanes: what waits for the journal (or for an answer), a queue for each office. Offices take turns: to a
 * batch each gives at most its share of rows, so that who floods waits behind himself and holds up nobody
 * else. */
#ifndef FUPIN_SERVER_LANES_H
#define FUPIN_SERVER_LANES_H

#include "envelope.h"

struct lane;

struct lanes {
	struct lane *by_office;    /* uthash, by the office's name */
	struct lane *current;      /* ring of those that have something, at the one whose turn it is */
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
/* Takes it out of its lane; a lane that is empty then leaves the ring, and the next one has its turn. */
struct envelope *lanes_pop(struct lanes *lanes);
/* The next lane's turn. */
void lanes_turn(struct lanes *lanes);
/* Takes the first of the lane whose turn it is; then it is the next one's. NULL: nothing waits. */
struct envelope *lanes_next(struct lanes *lanes);
/* Envelopes in one lane. */
size_t lanes_waiting(const struct lane *lane);

/* The rows that each office may give to a batch: the more wait, the more. */
size_t lanes_share(const struct lanes *lanes);
/* The rows that the lane whose turn it is gave to this batch so far; notes more. */
size_t lanes_given(const struct lanes *lanes, uint64_t batch);
void lanes_give(struct lanes *lanes, uint64_t batch, size_t rows);

/* Does a submission of this office with this id wait? */
bool lanes_hold(const struct lanes *lanes, const struct office *office, const struct submission_id *id);

#endif
