#include "changes.h"

#include <stdlib.h>

bool
changes_create(const struct catalogue *c, struct changes *out)
{
	*out = (struct changes){c, calloc(c->unit_count + 1, sizeof *out->numbers),
	                        calloc(c->unit_count + 1, sizeof *out->above)};
	if (!out->numbers || !out->above)
		return false;
	for (size_t i = 0; i < c->unit_count; i++) {
		const struct unit *unit = &c->units[i], *above = NULL;
		if (unit->level > UNIT_PROVINCE)
			above = catalogue_unit(c, unit_ancestor(unit->code, (enum unit_level)(unit->level - 1)));
		out->numbers[i] = 1;
		out->above[i] = above ? (uint32_t)(above - c->units) + 1 : 0;
	}
	return true;
}

void
changes_destroy(struct changes *changes)
{
	free(changes->numbers);
	free(changes->above);
	*changes = (struct changes){0};
}

static void
mark_up(struct changes *x, const struct unit *unit)
{
	for (uint32_t at = (uint32_t)(unit - x->catalogue->units) + 1; at; at = x->above[at - 1])
		x->numbers[at - 1]++;
}

void
changes_mark(struct changes *x, unit_code code)
{
	const struct unit *unit = code ? catalogue_unit(x->catalogue, code) : NULL;
	for (unit = unit ? &x->catalogue->units[unit->root] : NULL; unit;
	     unit = unit->successor ? catalogue_unit(x->catalogue, unit->successor) : NULL)
		mark_up(x, unit);
}

void
changes_mark_below(struct changes *x, unit_code code)
{
	const struct unit *unit = catalogue_unit(x->catalogue, code);
	changes_mark(x, code);
	for (int level = unit ? (int)unit->level + 1 : UNIT_VILLAGE + 1; level <= (int)UNIT_VILLAGE; level++) {
		size_t first, count = catalogue_units_below(x->catalogue, code, (enum unit_level)level, &first);
		for (size_t i = 0; i < count; i++)
			x->numbers[first + i]++;
	}
}
