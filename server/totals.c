/* Data: `nodes` are the units at county level and above, each with a matrix period × indicator of
 * cells; `leaves` hold, for each unit and form, the current report of every period, which is what a
 * correction is compared with. */
#include "totals.h"

#include "fund_totals.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NODE_LEVELS = 3 }; /* province, prefecture, county */

static const int64_t not_reported = INT64_MIN;

struct cell {
	wide_sum sum;
	uint32_t reported;
};

struct stored_report {
	uint32_t revision;
	uint32_t version; /* index in the catalogue's versions */
	int64_t values[]; /* in the order of the version; not_reported where there is none */
};

struct leaf {
	struct stored_report **by_period; /* NULL until the first report */
};

struct totals {
	const struct catalogue *catalogue;
	int period_first, period_count; /* period_index() of the plan's first period */
	size_t node_count;
	int32_t *node_of;                    /* per unit: its node, -1 below county level */
	int32_t (*nodes_above)[NODE_LEVELS]; /* per unit: nodes it counts in, -1: none */
	struct cell **cells;                 /* per node: period_count × indicator_count */
	struct fund_totals *funds;           /* per node */
	struct leaf *leaves;                 /* unit × form */
	int16_t **positions;                 /* per version: place of an indicator (index), -1 */
};

static size_t
unit_index(const struct totals *t, const struct unit *unit)
{
	return (size_t)(unit - t->catalogue->units);
}

static size_t
indicator_index(const struct totals *t, uint32_t number)
{
	return (size_t)t->catalogue->indicator_at[number];
}

static void
find_period_range(struct totals *t)
{
	const struct catalogue *c = t->catalogue;
	int first = INT32_MAX, last = 0;
	for (size_t i = 0; i < c->version_count; i++) {
		int from = period_index(c->versions[i].first), to = period_index(c->versions[i].last);
		first = from < first ? from : first;
		last = to > last ? to : last;
	}
	t->period_first = first;
	t->period_count = c->version_count ? last - first + 1 : 0;
}

static bool
make_nodes(struct totals *t)
{
	const struct catalogue *c = t->catalogue;
	t->node_of = calloc(c->unit_count + 1, sizeof *t->node_of);
	t->nodes_above = calloc(c->unit_count + 1, sizeof *t->nodes_above);
	if (!t->node_of || !t->nodes_above)
		return false;
	for (size_t i = 0; i < c->unit_count; i++)
		t->node_of[i] = c->units[i].level <= UNIT_COUNTY ? (int32_t)t->node_count++ : -1;
	for (size_t i = 0; i < c->unit_count; i++)
		for (int level = 0; level < NODE_LEVELS; level++) {
			const struct unit *above =
			    catalogue_unit(c, unit_ancestor(c->units[i].code, (enum unit_level)(level + 1)));
			t->nodes_above[i][level] = above ? t->node_of[unit_index(t, above)] : -1;
		}
	return true;
}

static bool
make_cells(struct totals *t)
{
	const struct catalogue *c = t->catalogue;
	size_t cells = (size_t)t->period_count * c->indicator_count;
	t->cells = calloc(t->node_count + 1, sizeof *t->cells);
	t->funds = calloc(t->node_count + 1, sizeof *t->funds);
	t->leaves = calloc(c->unit_count * c->form_count + 1, sizeof *t->leaves);
	if (!t->cells || !t->funds || !t->leaves)
		return false;
	for (size_t i = 0; i < t->node_count; i++) {
		t->cells[i] = calloc(cells + 1, sizeof **t->cells);
		if (!t->cells[i])
			return false;
	}
	return true;
}

static bool
make_positions(struct totals *t)
{
	const struct catalogue *c = t->catalogue;
	t->positions = calloc(c->version_count + 1, sizeof *t->positions);
	for (size_t v = 0; t->positions && v < c->version_count; v++) {
		t->positions[v] = malloc((c->indicator_count + 1) * sizeof **t->positions);
		if (!t->positions[v])
			return false;
		for (size_t i = 0; i < c->indicator_count; i++)
			t->positions[v][i] = (int16_t)form_version_position(&c->versions[v], c->indicators[i].number);
	}
	return t->positions;
}

struct totals *
totals_create(const struct catalogue *catalogue)
{
	struct totals *t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->catalogue = catalogue;
	find_period_range(t);
	if (!make_nodes(t) || !make_cells(t) || !make_positions(t))
		totals_destroy(&t);
	return t;
}

static void
free_leaves(struct totals *t)
{
	size_t count = t->leaves ? t->catalogue->unit_count * t->catalogue->form_count : 0;
	for (size_t i = 0; i < count; i++) {
		for (int p = 0; t->leaves[i].by_period && p < t->period_count; p++)
			free(t->leaves[i].by_period[p]);
		free(t->leaves[i].by_period);
	}
	free(t->leaves);
}

void
totals_destroy(struct totals **totals)
{
	struct totals *t = *totals;
	if (!t)
		return;
	free_leaves(t);
	for (size_t i = 0; i < t->node_count; i++) {
		if (t->cells)
			free(t->cells[i]);
		if (t->funds)
			fund_totals_free(&t->funds[i]);
	}
	for (size_t v = 0; t->positions && v < t->catalogue->version_count; v++)
		free(t->positions[v]);
	free(t->positions);
	free(t->cells);
	free(t->funds);
	free(t->node_of);
	free(t->nodes_above);
	free(t);
	*totals = NULL;
}

/* ---------------------------------------------------------------- reports */

static struct leaf *
leaf_of(const struct totals *t, const struct unit *unit, const struct form *form)
{
	size_t form_at = (size_t)(form - t->catalogue->forms);
	return &t->leaves[unit_index(t, unit) * t->catalogue->form_count + form_at];
}

static int64_t
value_of(const struct totals *t, const struct stored_report *report, size_t indicator)
{
	if (!report)
		return not_reported;
	int16_t at = t->positions[report->version][indicator];
	return at < 0 ? not_reported : report->values[at];
}

uint32_t
totals_revision(const struct totals *t, unit_code unit, period when, uint32_t form)
{
	const struct unit *place = catalogue_unit(t->catalogue, unit);
	const struct form *kind = catalogue_form(t->catalogue, form);
	int at = period_index(when) - t->period_first;
	if (!place || !kind || at < 0 || at >= t->period_count)
		return 0;
	const struct leaf *leaf = leaf_of(t, place, kind);
	const struct stored_report *report = leaf->by_period ? leaf->by_period[at] : NULL;
	return report ? report->revision : 0;
}

static struct stored_report *
store(const struct totals *t, const struct report *report, const struct form_version *version,
      uint32_t revision)
{
	struct stored_report *stored = malloc(sizeof *stored + version->field_count * sizeof *stored->values);
	if (!stored)
		return NULL;
	stored->revision = revision;
	stored->version = (uint32_t)(version - t->catalogue->versions);
	for (size_t i = 0; i < version->field_count; i++)
		stored->values[i] = not_reported;
	for (uint32_t i = 0; i < report->value_count; i++) {
		int at = form_version_position(version, report->indicators[i]);
		if (at >= 0)
			stored->values[at] = report->values[i];
	}
	return stored;
}

/* Adds a difference to one indicator's cells of all nodes above a unit, for periods from..end. */
static void
move(struct totals *t, size_t unit, size_t indicator, int from, int end, int64_t before, int64_t after)
{
	wide_sum difference =
	    (wide_sum)(after == not_reported ? 0 : after) - (before == not_reported ? 0 : before);
	int reported = (after != not_reported) - (before != not_reported);
	if (!difference && !reported)
		return;
	for (int level = 0; level < NODE_LEVELS; level++) {
		int32_t node = t->nodes_above[unit][level];
		if (node < 0)
			continue;
		for (int p = from; p < end; p++) {
			struct cell *cell = &t->cells[node][(size_t)p * t->catalogue->indicator_count + indicator];
			cell->sum += difference;
			cell->reported = (uint32_t)((int)cell->reported + reported);
		}
	}
}

/* What stood before period `at`, and up to which period a value at `at` would stand. */
static void
stock_surroundings(const struct totals *t, const struct leaf *leaf, size_t indicator, int at, int64_t *before,
                   int *end)
{
	*before = not_reported;
	for (int p = at - 1; p >= 0 && *before == not_reported; p--)
		*before = value_of(t, leaf->by_period[p], indicator);
	*end = at + 1;
	while (*end < t->period_count && value_of(t, leaf->by_period[*end], indicator) == not_reported)
		(*end)++;
}

static void
apply(struct totals *t, size_t unit, const struct leaf *leaf, int at, uint32_t form,
      const struct stored_report *old, const struct stored_report *new)
{
	const struct catalogue *c = t->catalogue;
	for (size_t i = 0; i < c->indicator_count; i++) {
		if (c->indicators[i].form != form)
			continue;
		int64_t before = value_of(t, old, i), after = value_of(t, new, i);
		if (before == after)
			continue;
		int end = at + 1;
		if (c->indicators[i].kind == INDICATOR_STOCK) {
			int64_t standing;
			stock_surroundings(t, leaf, i, at, &standing, &end);
			before = before == not_reported ? standing : before;
			after = after == not_reported ? standing : after;
		}
		move(t, unit, i, at, end, before, after);
	}
}

bool
totals_add_report(struct totals *t, const struct report *report, uint32_t revision)
{
	const struct unit *unit = catalogue_unit(t->catalogue, report->unit);
	const struct form *form = catalogue_form(t->catalogue, report->form);
	const struct form_version *version = catalogue_version(t->catalogue, report->form, report->form_version);
	int at = period_index(report->period) - t->period_first;
	if (!unit || !form || !version || at < 0 || at >= t->period_count)
		return false;
	struct leaf *leaf = leaf_of(t, unit, form);
	if (!leaf->by_period) {
		leaf->by_period = calloc((size_t)t->period_count, sizeof(struct stored_report *));
		if (!leaf->by_period)
			return false;
	}
	struct stored_report *old = leaf->by_period[at];
	if (old && old->revision >= revision)
		return true;
	struct stored_report *new = store(t, report, version, revision);
	if (!new)
		return false;
	apply(t, unit_index(t, unit), leaf, at, report->form, old, new);
	leaf->by_period[at] = new;
	free(old);
	return true;
}

bool
totals_add_entry(struct totals *t, const struct fund_entry *entry)
{
	const struct unit *unit = catalogue_unit(t->catalogue, entry->unit);
	if (!unit)
		return false;
	for (int level = 0; level < NODE_LEVELS; level++) {
		int32_t node = t->nodes_above[unit_index(t, unit)][level];
		if (node >= 0 && !fund_totals_add(&t->funds[node], entry))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- answers */

static bool
check_query(const struct totals *t, const struct total_query *q, struct problem_list *problems)
{
	const struct unit *unit = catalogue_unit(t->catalogue, q->unit);
	if (!unit) {
		problem_detail(problem_add(problems, PROBLEM_UNIT_UNKNOWN, SUBJECT_REQUEST, 0, "unit"), "%" PRId64,
		               q->unit);
		return false;
	}
	if (!period_valid(q->from) || !period_valid(q->to) || q->from > q->to) {
		problem_detail(problem_add(problems, PROBLEM_PERIOD_INVALID, SUBJECT_REQUEST, 0, "period"), "%d..%d",
		               q->from, q->to);
		return false;
	}
	bool deeper = q->by != UNIT_NONE && (q->by > UNIT_COUNTY || q->by < unit->level);
	if (unit->level > UNIT_COUNTY || deeper) {
		problem_add(problems, PROBLEM_LEVEL_INVALID, SUBJECT_REQUEST, 0, "by");
		return false;
	}
	for (size_t i = 0; i < q->indicator_count; i++)
		if (!catalogue_indicator(t->catalogue, q->indicators[i])) {
			problem_detail(problem_add(problems, PROBLEM_INDICATOR_UNKNOWN, SUBJECT_REQUEST, 0, "indicators"),
			               "%u", q->indicators[i]);
			return false;
		}
	return true;
}

static void
sum_indicator(const struct totals *t, size_t node, size_t indicator, const struct total_query *q,
              int64_t *value, uint32_t *reported)
{
	const size_t count = t->catalogue->indicator_count;
	int from = period_index(q->from) - t->period_first, to = period_index(q->to) - t->period_first;
	*value = 0;
	*reported = 0;
	if (to >= t->period_count)
		to = t->period_count - 1;
	/* A stock that stands at the end of `to`; a flow's sum over from..to. */
	if (t->catalogue->indicators[indicator].kind == INDICATOR_STOCK)
		from = to;
	wide_sum sum = 0;
	for (int p = from < 0 ? 0 : from; p <= to; p++) {
		const struct cell *cell = &t->cells[node][(size_t)p * count + indicator];
		sum += cell->sum;
		*reported += cell->reported;
	}
	*value = wide_sum_clamp(sum);
}

static bool
add_targets(const struct catalogue *c, const struct total_query *q, struct arena *arena,
            struct unit_total *out)
{
	out->targets = arena_array(arena, c->target_count, sizeof *out->targets);
	if (!out->targets)
		return false;
	for (size_t i = 0; i < c->target_count; i++) {
		const struct target *target = &c->targets[i];
		if (target->unit != out->unit || target->year < q->from / 100 || target->year > q->to / 100)
			continue;
		out->targets[out->target_count++] = (struct target_value){
		    .year = target->year,
		    .indicator = target->indicator,
		    .fund = target->fund,
		    .value = target->value,
		};
	}
	return true;
}

static bool
answer_unit(const struct totals *t, const struct unit *unit, const struct total_query *q, struct arena *arena,
            struct unit_total *out)
{
	const struct catalogue *c = t->catalogue;
	size_t node = (size_t)t->node_of[unit_index(t, unit)];
	size_t count = q->indicator_count ? q->indicator_count : c->indicator_count;
	*out = (struct unit_total){
	    .unit = unit->code,
	    .indicator_count = count,
	    .indicators = arena_array(arena, count, sizeof *out->indicators),
	    .values = arena_array(arena, count, sizeof *out->values),
	    .reported = arena_array(arena, count, sizeof *out->reported),
	};
	if (!out->indicators || !out->values || !out->reported)
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t at = q->indicator_count ? indicator_index(t, q->indicators[i]) : i;
		out->indicators[i] = c->indicators[at].number;
		sum_indicator(t, node, at, q, &out->values[i], &out->reported[i]);
	}
	if (q->funds && !fund_totals_sum(&t->funds[node], q->from, q->to, arena, &out->funds, &out->fund_count))
		return false;
	return add_targets(c, q, arena, out);
}

bool
totals_answer(const struct totals *t, const struct total_query *q, struct arena *arena,
              struct total_answer *out, struct problem_list *problems)
{
	const struct catalogue *c = t->catalogue;
	if (!check_query(t, q, problems))
		return false;
	enum unit_level level = q->by == UNIT_NONE ? unit_level_of(q->unit) : q->by;
	size_t count = 0;
	for (size_t i = 0; i < c->unit_count; i++)
		count += c->units[i].level == level && unit_within(c->units[i].code, q->unit);
	out->unit_count = 0;
	out->units = arena_array(arena, count, sizeof *out->units);
	bool good = out->units;
	for (size_t i = 0; good && i < c->unit_count; i++)
		if (c->units[i].level == level && unit_within(c->units[i].code, q->unit))
			good = answer_unit(t, &c->units[i], q, arena, &out->units[out->unit_count++]);
	if (!good)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return good;
}
