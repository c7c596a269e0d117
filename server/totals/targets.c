#include "targets.h"

#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

static int
compare(const void *item, const void *key)
{
	const struct set_target *a = item, *b = key;
	int64_t order = a->unit != b->unit   ? a->unit - b->unit
	                : a->year != b->year ? a->year - b->year
	                : a->measure.indicator != b->measure.indicator
	                    ? (int64_t)a->measure.indicator - b->measure.indicator
	                    : (int64_t)a->measure.fund - (int64_t)b->measure.fund;
	return (order > 0) - (order < 0);
}

static size_t
place_of(const struct targets *t, const struct set_target *key)
{
	return sorted_place(t->items, t->count, sizeof *t->items, compare, key);
}

static bool
insert(struct targets *t, size_t at)
{
	if (!sorted_open(&t->items, &t->room, &t->count, sizeof *t->items, at))
		return false;
	t->items[at] = (struct set_target){0};
	return true;
}

bool
targets_add(struct targets *t, const struct target_part *part, uint32_t revision)
{
	const struct set_target key = {part->unit, part->year, {part->indicator, part->fund}, 0, 0, NULL};
	size_t at = place_of(t, &key);
	bool there = at < t->count && !compare(&t->items[at], &key);
	if (there && t->items[at].revision >= revision && revision)
		return true;
	char *note = strdup(part->note);
	if (!note || (!there && !insert(t, at))) {
		free(note);
		return false;
	}
	free(t->items[at].note);
	t->items[at] = key;
	t->items[at].value = part->value;
	t->items[at].revision = revision;
	t->items[at].note = note;
	return true;
}

bool
targets_create(const struct catalogue *c, struct targets *out)
{
	*out = (struct targets){.catalogue = c};
	for (size_t i = 0; i < c->target_count; i++) {
		const struct target *target = &c->targets[i];
		const struct target_part part = {.unit = target->unit,
		                                 .year = target->year,
		                                 .indicator = target->indicator,
		                                 .fund = target->fund,
		                                 .value = target->value,
		                                 .note = target->notice};
		if (!targets_add(out, &part, 0))
			return false;
	}
	return true;
}

void
targets_destroy(struct targets *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->items[i].note);
	free(t->items);
	*t = (struct targets){0};
}

const struct set_target *
targets_find(const struct targets *t, unit_code unit, int year, struct measure measure)
{
	const struct set_target key = {unit, year, measure, 0, 0, NULL};
	size_t at = place_of(t, &key);
	return at < t->count && !compare(&t->items[at], &key) ? &t->items[at] : NULL;
}

size_t
targets_of(const struct targets *t, unit_code unit, const struct set_target **first)
{
	const struct set_target key = {.unit = unit};
	size_t at = place_of(t, &key), count = 0;
	while (at + count < t->count && t->items[at + count].unit == unit)
		count++;
	*first = t->items ? &t->items[at] : NULL;
	return count;
}

int64_t
targets_parts(const struct targets *t, unit_code unit, int year, struct measure measure, uint32_t *count)
{
	enum unit_level below = (enum unit_level)(unit_level_of(unit) + 1);
	size_t first, units = below > UNIT_VILLAGE ? 0 : catalogue_units_below(t->catalogue, unit, below, &first);
	int64_t sum = 0;
	*count = 0;
	for (size_t i = 0; i < units; i++) {
		const struct set_target *part = targets_find(t, t->catalogue->units[first + i].code, year, measure);
		sum += part ? part->value : 0; /* at most 1,000 children of 10^12: no overflow */
		*count += part != NULL;
	}
	return sum;
}
