/* Compares a submission's targets with those set so far: parts have to add up to their whole. */
#include "base/sorted.h"
#include "intake_internal.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The rows of targets in the order of what they are parts of (unit above, year, measure), then of units: so
 * each whole is walked once, however many rows there are. */
struct target_order {
	const struct targets *now;
	size_t count;
	const struct target_part *parts[SUBMISSION_ROWS_MAX];
	bool is_first[SUBMISSION_ROWS_MAX]; /* by row: none before it is a part of the same whole */
};

static unit_code
unit_above(unit_code unit)
{
	enum unit_level level = unit_level_of(unit);
	return level > UNIT_PROVINCE ? unit_ancestor(unit, (enum unit_level)(level - 1)) : 0;
}

/* 0: parts of the same whole. */
static int
by_whole(const struct target_part *a, const struct target_part *b)
{
	unit_code above_a = unit_above(a->unit), above_b = unit_above(b->unit);
	int64_t order = above_a != above_b             ? above_a - above_b
	                : a->year != b->year           ? a->year - b->year
	                : a->indicator != b->indicator ? (int64_t)a->indicator - b->indicator
	                                               : (int64_t)a->fund - (int64_t)b->fund;
	return (order > 0) - (order < 0);
}

static int
by_part(const void *a, const void *b)
{
	const struct target_part *x = *(const struct target_part *const *)a;
	const struct target_part *y = *(const struct target_part *const *)b;
	int order = by_whole(x, y);
	if (!order)
		order = (x->unit > y->unit) - (x->unit < y->unit);
	return order ? order : (x > y) - (x < y);
}

static void
order_targets(const struct submission *s, const struct targets *now, struct target_order *out)
{
	out->now = now;
	out->count = s->target_count;
	for (size_t i = 0; i < out->count; i++)
		out->parts[i] = &s->targets[i];
	if (out->count)
		qsort(out->parts, out->count, sizeof(out->parts[0]), by_part);
	memset(out->is_first, 0, out->count * sizeof(out->is_first[0]));
	const struct target_part *first = NULL;
	for (size_t i = 0; i < out->count; i++) {
		const struct target_part *part = out->parts[i];
		bool begins = !i || by_whole(out->parts[i - 1], part);
		first = begins || part < first ? part : first;
		if (i + 1 == out->count || by_whole(part, out->parts[i + 1]))
			out->is_first[first - s->targets] = true;
	}
}

struct part_key {
	const struct target_part *like; /* a part of the whole */
	unit_code unit;
};

static int
by_whole_and_unit(const void *item, const void *key)
{
	const struct target_part *part = *(const struct target_part *const *)item;
	const struct part_key *k = key;
	int order = by_whole(part, k->like);
	return order ? order : (part->unit > k->unit) - (part->unit < k->unit);
}

/* Where the rows of this whole that are about `unit` or a later one begin. */
static size_t
find_part(const struct target_order *o, const struct target_part *like, unit_code unit)
{
	const struct part_key key = {like, unit};
	return sorted_place(o->parts, o->count, sizeof(struct target_part *), by_whole_and_unit, &key);
}

/* The target that a unit will have when this submission is taken over; row `at` of the order is the only one
 * that can be about it. -1: none. */
static int64_t
target_after(const struct target_order *o, size_t at, unit_code unit, const struct target_part *like)
{
	const struct target_part *part = at < o->count ? o->parts[at] : NULL;
	if (part && part->unit == unit && part->year == like->year && part->indicator == like->indicator &&
	    part->fund == like->fund)
		return part->value;
	const struct set_target *now =
	    targets_find(o->now, unit, like->year, (struct measure){like->indicator, like->fund});
	return now ? now->value : -1;
}

/* The sum that all parts of this row's whole will have. */
static int64_t
sum_parts(const struct catalogue *c, const struct target_order *o, const struct target_part *part)
{
	size_t first, at = find_part(o, part, 0);
	size_t count = catalogue_units_below(c, unit_above(part->unit), unit_level_of(part->unit), &first);
	int64_t sum = 0;
	for (size_t i = 0; i < count; i++) {
		unit_code unit = c->units[first + i].code;
		while (at < o->count && !by_whole(o->parts[at], part) && o->parts[at]->unit < unit)
			at++;
		int64_t value = target_after(o, at, unit, part);
		sum += value > 0 ? value : 0;
	}
	return sum;
}

/* Do the parts of the level above reach its whole, with this row among them? Said once for each whole. */
static void
compare_parts(const struct catalogue *c, const struct target_order *o, const struct target_part *part,
              size_t row, struct problem_list *problems)
{
	unit_code above = unit_above(part->unit);
	struct target_part of_above = *part;
	of_above.unit = above;
	int64_t whole = target_after(o, find_part(o, &of_above, above), above, part);
	if (whole < 0) {
		problem_detail(problem_add(problems, PROBLEM_TARGET_WHOLE_MISSING, SUBJECT_TARGET, row, "unit"),
		               "%" PRId64, above);
		return;
	}
	int64_t sum = sum_parts(c, o, part);
	if (sum >= whole)
		return;
	const struct indicator *indicator = catalogue_indicator(c, part->indicator);
	int decimals = indicator ? indicator->decimals : MONEY_DECIMALS;
	char text[DECIMAL_TEXT_BYTES];
	struct problem *p = problem_add(problems, PROBLEM_TARGET_SHORT, SUBJECT_TARGET, row, "value");
	p->limit = whole;
	p->actual = sum;
	p->decimals = (uint32_t)decimals;
	problem_detail(p, "%s", decimal_format(whole - sum, decimals, text));
}

void
intake_compare_targets(const struct holdings *h, const struct submission *s, struct problem_list *problems)
{
	struct target_order order;
	order_targets(s, totals_targets(h->totals), &order);
	for (size_t i = 0; i < s->target_count; i++) {
		const struct target_part *part = &s->targets[i];
		const struct set_target *now =
		    targets_find(order.now, part->unit, part->year, (struct measure){part->indicator, part->fund});
		uint32_t revision = now ? now->revision : 0;
		if (part->replaces != revision) {
			struct problem *p =
			    problem_add(problems, PROBLEM_REVISION_CONFLICT, SUBJECT_TARGET, i, "replaces");
			p->limit = revision;
			p->actual = part->replaces;
		} else if (unit_level_of(part->unit) > UNIT_PROVINCE && order.is_first[i]) {
			compare_parts(h->catalogue, &order, part, i, problems);
		}
	}
}
