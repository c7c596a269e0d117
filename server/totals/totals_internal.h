/* What the totals are made of; shared by totals.c, which changes them, and totals_answer.c, which reads
 * them.
 *
 * `nodes` are the units at county level and above, each with a matrix period × indicator of cells for each
 * book; the `store` holds, for each unit and form, the current and the approved report of every period, with
 * which a correction or a decision is compared. */
#ifndef FUPIN_SERVER_TOTALS_INTERNAL_H
#define FUPIN_SERVER_TOTALS_INTERNAL_H

#include "totals.h"

enum { NODE_LEVELS = 3 }; /* province, prefecture, county */

/* One indicator of one month. No sum overflows: a value is at most 10^12, and nine million units would
 * have to report it. */
struct cell {
	int64_t sum;
	uint32_t reported;
};

struct totals {
	const struct catalogue *catalogue;
	int period_first, period_count; /* period_index() of the plan's first period */
	size_t node_count;
	int32_t *node_of;                    /* per unit: its node, -1 below county level */
	int32_t (*nodes_above)[NODE_LEVELS]; /* per unit: nodes it counts in, -1: none */
	struct cell **cells[BOOKS];          /* per node: period_count × indicator_count; NULL: all zero */
	uint64_t *changed;                   /* per node: the last commit that changed it */
	struct fund_totals *funds;           /* per node */
	struct report_store store;
	struct targets targets;
	int64_t *scratch; /* SCRATCHES arrays of as many values as a form has slots */
};

/* Room for values by the slots of a form. */
enum scratch { SCRATCH_BEFORE, SCRATCH_AFTER, SCRATCH_STANDING, SCRATCH_END, SCRATCH_OTHER, SCRATCHES };

static inline size_t
unit_index(const struct totals *t, const struct unit *unit)
{
	return (size_t)(unit - t->catalogue->units);
}

static inline size_t
indicator_index(const struct totals *t, uint32_t number)
{
	return (size_t)t->catalogue->indicator_at[number];
}

static inline size_t
form_index(const struct totals *t, const struct form *form)
{
	return (size_t)(form - t->catalogue->forms);
}

static inline int64_t *
scratch(const struct totals *t, enum scratch which)
{
	return t->scratch + (size_t)which * t->store.slot_most;
}

#endif
