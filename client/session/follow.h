/* A total that is followed: its present state, and how a push moves it on. Pure. */
#ifndef FUPIN_CLIENT_FOLLOW_H
#define FUPIN_CLIENT_FOLLOW_H

#include "reply.h"

struct follow {
	struct arena arenas[2]; /* the present state's, and the one before's */
	int present;
	struct total_answer state;
};

enum follow_result {
	FOLLOW_MOVED,
	FOLLOW_GAP, /* the push continues a later state than this one: ask for the whole total */
	FOLLOW_NO_MEMORY,
};

void follow_init(struct follow *follow);
void follow_free(struct follow *follow);

/* Takes a whole answer as the state; copies it. False: no memory. */
bool follow_begin(struct follow *follow, const struct total_answer *answer)
    __attribute__((warn_unused_result));

/* Takes over the rows of a push. */
enum follow_result follow_push(struct follow *follow, const struct push *push);

#endif
