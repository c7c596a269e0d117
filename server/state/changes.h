/* Which units changed: a number for each unit that grows with every commit that touched the unit or one below
 * it. Whoever derives something from the holdings keeps the number beside it, and derives it anew when the
 * number is another one. Marking costs a few stores. Pure. */
#ifndef FUPIN_SERVER_CHANGES_H
#define FUPIN_SERVER_CHANGES_H

#include "field/catalogue.h"

struct changes {
	const struct catalogue *catalogue;
	uint32_t *numbers; /* by index of a unit; from 1 on */
	uint32_t *above;   /* likewise: 1 + the index of the unit right above it; 0: none */
};

/* The catalogue must outlive it. False: no memory. */
bool changes_create(const struct catalogue *catalogue, struct changes *out)
    __attribute__((warn_unused_result));
void changes_destroy(struct changes *changes);

/* A place changed: the unit, the codes that it had and went on under, and all above each of them. 0, or a
 * unit that is not in the plan: nothing. */
void changes_mark(struct changes *changes, unit_code unit);
/* The same, and all below the unit. */
void changes_mark_below(struct changes *changes, unit_code unit);

#endif
