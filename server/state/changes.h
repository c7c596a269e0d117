/* Which units changed: a number for each unit that grows with every commit that touched the unit or one
 * below it. Code that derives something from the holdings keeps the number beside it, and derives it anew
 * when the number has changed. Marking a change costs a few stores. Pure. */
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

/* Marks that a place changed: the unit, its earlier and later codes, and all units above each of them. For
 * 0, or a unit that is not in the plan, does nothing. */
void changes_mark(struct changes *changes, unit_code unit);
/* The same, and marks all units below, too. */
void changes_mark_below(struct changes *changes, unit_code unit);

#endif
