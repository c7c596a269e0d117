/* Targets and how they are broken down, level by level (逐级分解): those of the plan, and those that offices
 * have set since. Pure. */
#ifndef FUPIN_SERVER_TARGETS_H
#define FUPIN_SERVER_TARGETS_H

#include "field/catalogue.h"

/* What a target is for: one indicator, or one kind of fund entry. */
struct measure {
	uint32_t indicator; /* 0: a fund kind */
	enum fund_kind fund;
};

struct set_target {
	unit_code unit;
	int year;
	struct measure measure;
	int64_t value;
	uint32_t revision; /* 0: the plan's own */
	char *note;        /* from malloc */
};

struct targets {
	const struct catalogue *catalogue;
	size_t count, room;
	struct set_target *items; /* by unit, year, measure */
};

/* With the plan's own targets. False: no memory. */
bool targets_create(const struct catalogue *catalogue, struct targets *out)
    __attribute__((warn_unused_result));
void targets_destroy(struct targets *targets);

/* Takes over one of revision `revision`; an older one changes nothing. False: no memory. */
bool targets_add(struct targets *targets, const struct target_part *part, uint32_t revision)
    __attribute__((warn_unused_result));

/* NULL: none. */
const struct set_target *targets_find(const struct targets *targets, unit_code unit, int year,
                                      struct measure measure);
/* Those of a unit: *first is the first of them; returns how many. */
size_t targets_of(const struct targets *targets, unit_code unit, const struct set_target **first);

/* How a target is broken down to the units right below: the sum of their targets, and how many have one. */
int64_t targets_parts(const struct targets *targets, unit_code unit, int year, struct measure measure,
                      uint32_t *count);

#endif
