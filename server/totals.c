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

/* One indicator of one month. No sum overflows: a value is at most 10^12, and nine million units would
 * have to report it. */
struct cell {
	int64_t sum;
	uint32_t reported;
};

/* The values of a report in the order of its version, each as a varint (7 bits a byte, low ones first):
 * 0 is "not reported", else one more than the zigzagged value. A year of a nation fits into memory so. */
struct stored_report {
	uint32_t revision;
	uint16_t version; /* index in the catalogue's versions */
	uint8_t bytes[];
};

enum { VARINT_BYTES_MAX = 10 };

struct leaf {
	struct stored_report **by_period; /* NULL until the first report */
};

/* All indicators of a form, over all its versions: the slots that its values are worked on in. */
struct slots {
	size_t count;
	uint32_t *indicators; /* their indexes */
};

struct totals {
	const struct catalogue *catalogue;
	int period_first, period_count; /* period_index() of the plan's first period */
	size_t node_count;
	int32_t *node_of;                    /* per unit: its node, -1 below county level */
	int32_t (*nodes_above)[NODE_LEVELS]; /* per unit: nodes it counts in, -1: none */
	struct cell **cells;                 /* per node: period_count × indicator_count; NULL: all zero */
	uint64_t *changed;                   /* per node: by which commit last */
	struct fund_totals *funds;           /* per node */
	struct leaf *leaves;                 /* unit × form */
	struct slots *slots;                 /* per form */
	int16_t **positions;                 /* per version: place of a slot in it, -1: none */
	int64_t *scratch;                    /* SCRATCHES arrays of slot_most values */
	size_t slot_most;
};

enum scratch { SCRATCH_BEFORE, SCRATCH_AFTER, SCRATCH_STANDING, SCRATCH_END, SCRATCH_OTHER, SCRATCHES };

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

static size_t
form_index(const struct totals *t, const struct form *form)
{
	return (size_t)(form - t->catalogue->forms);
}

static int64_t *
scratch(const struct totals *t, enum scratch which)
{
	return t->scratch + (size_t)which * t->slot_most;
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
	t->cells = calloc(t->node_count + 1, sizeof *t->cells);
	t->changed = calloc(t->node_count + 1, sizeof *t->changed);
	t->funds = calloc(t->node_count + 1, sizeof *t->funds);
	t->leaves = calloc(c->unit_count * c->form_count + 1, sizeof *t->leaves);
	return t->cells && t->changed && t->funds && t->leaves;
}

static bool
make_slots(struct totals *t)
{
	const struct catalogue *c = t->catalogue;
	t->slots = calloc(c->form_count + 1, sizeof *t->slots);
	for (size_t f = 0; t->slots && f < c->form_count; f++) {
		struct slots *slots = &t->slots[f];
		slots->indicators = calloc(c->indicator_count + 1, sizeof *slots->indicators);
		if (!slots->indicators)
			return false;
		for (size_t i = 0; i < c->indicator_count; i++)
			if (c->indicators[i].form == c->forms[f].number)
				slots->indicators[slots->count++] = (uint32_t)i;
		t->slot_most = slots->count > t->slot_most ? slots->count : t->slot_most;
	}
	t->scratch = calloc(SCRATCHES * (t->slot_most + 1), sizeof *t->scratch);
	return t->slots && t->scratch;
}

static bool
make_positions(struct totals *t)
{
	const struct catalogue *c = t->catalogue;
	t->positions = calloc(c->version_count + 1, sizeof *t->positions);
	for (size_t v = 0; t->positions && v < c->version_count; v++) {
		const struct slots *slots = &t->slots[form_index(t, catalogue_form(c, c->versions[v].form))];
		t->positions[v] = malloc((slots->count + 1) * sizeof **t->positions);
		if (!t->positions[v])
			return false;
		for (size_t i = 0; i < slots->count; i++)
			t->positions[v][i] = (int16_t)form_version_position(
			    &c->versions[v], c->indicators[slots->indicators[i]].number, i);
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
	if (!make_nodes(t) || !make_cells(t) || !make_slots(t) || !make_positions(t))
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
	for (size_t f = 0; t->slots && f < t->catalogue->form_count; f++)
		free(t->slots[f].indicators);
	for (size_t v = 0; t->positions && v < t->catalogue->version_count; v++)
		free(t->positions[v]);
	free(t->slots);
	free(t->scratch);
	free(t->positions);
	free(t->cells);
	free(t->changed);
	free(t->funds);
	free(t->node_of);
	free(t->nodes_above);
	free(t);
	*totals = NULL;
}

/* ---------------------------------------------------------------- stored reports */

static uint8_t *
put_varint(uint8_t *to, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*to++ = (uint8_t)(value | 0x80);
	*to++ = (uint8_t)value;
	return to;
}

static const uint8_t *
take_varint(const uint8_t *from, uint64_t *value)
{
	*value = 0;
	for (int shift = 0;; shift += 7) {
		*value |= (uint64_t)(*from & 0x7F) << shift;
		if (!(*from++ & 0x80))
			return from;
	}
}

static struct stored_report *
store(const struct totals *t, const struct report *report, const struct form_version *version,
      uint32_t revision)
{
	int64_t values[FORM_FIELDS_MAX];
	uint8_t bytes[FORM_FIELDS_MAX * VARINT_BYTES_MAX], *end = bytes;
	for (size_t i = 0; i < version->field_count; i++)
		values[i] = not_reported;
	for (uint32_t i = 0; i < report->value_count; i++) {
		int at = form_version_position(version, report->indicators[i], i);
		if (at >= 0)
			values[at] = report->values[i];
	}
	for (size_t i = 0; i < version->field_count; i++) {
		uint64_t zigzag = (uint64_t)values[i] << 1 ^ (uint64_t)(values[i] >> 63);
		end = put_varint(end, values[i] == not_reported ? 0 : zigzag + 1);
	}
	size_t size = (size_t)(end - bytes);
	struct stored_report *stored = malloc(sizeof *stored + size);
	if (!stored)
		return NULL;
	stored->revision = revision;
	stored->version = (uint16_t)(version - t->catalogue->versions);
	memcpy(stored->bytes, bytes, size);
	return stored;
}

/* The values of a report (NULL: none) by the slots of its form. */
static void
read_values(const struct totals *t, const struct stored_report *report, const struct slots *slots,
            int64_t *out)
{
	int64_t values[FORM_FIELDS_MAX];
	const uint8_t *from = report ? report->bytes : NULL;
	size_t count = report ? t->catalogue->versions[report->version].field_count : 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t stored;
		from = take_varint(from, &stored);
		uint64_t zigzag = stored - 1;
		values[i] = stored ? (int64_t)(zigzag >> 1 ^ -(zigzag & 1)) : not_reported;
	}
	for (size_t i = 0; i < slots->count; i++) {
		int at = report ? t->positions[report->version][i] : -1;
		out[i] = at < 0 ? not_reported : values[at];
	}
}

/* ---------------------------------------------------------------- reports */

static struct leaf *
leaf_of(const struct totals *t, const struct unit *unit, const struct form *form)
{
	return &t->leaves[unit_index(t, unit) * t->catalogue->form_count + form_index(t, form)];
}

static const struct unit *
unit_of(const struct totals *t, const struct report *report)
{
	return report->place ? &t->catalogue->units[report->place - 1]
	                     : catalogue_unit(t->catalogue, report->unit);
}

uint32_t
totals_revision(const struct totals *t, const struct report *r)
{
	const struct unit *unit = unit_of(t, r);
	const struct form *form = catalogue_form(t->catalogue, r->form);
	int at = period_index(r->period) - t->period_first;
	if (!unit || !form || at < 0 || at >= t->period_count)
		return 0;
	const struct leaf *leaf = leaf_of(t, unit, form);
	const struct stored_report *report = leaf->by_period ? leaf->by_period[at] : NULL;
	return report ? report->revision : 0;
}

/* Adds a difference to one indicator's cells of all nodes above a unit, for periods from..end. */
static void
move(struct totals *t, size_t unit, size_t indicator, int from, int end, int64_t before, int64_t after)
{
	int64_t difference = (after == not_reported ? 0 : after) - (before == not_reported ? 0 : before);
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

/* For each slot: what stood before period `at`, and up to which period a value at `at` would stand. */
static void
stock_surroundings(const struct totals *t, const struct leaf *leaf, const struct slots *slots, int at,
                   int64_t *standing, int64_t *end)
{
	int64_t *values = scratch(t, SCRATCH_OTHER);
	size_t open = slots->count;
	for (size_t i = 0; i < slots->count; i++) {
		standing[i] = not_reported;
		end[i] = t->period_count;
	}
	for (int p = at - 1; p >= 0 && open; p--) {
		if (!leaf->by_period[p])
			continue;
		read_values(t, leaf->by_period[p], slots, values);
		for (size_t i = 0; i < slots->count; i++)
			if (standing[i] == not_reported && values[i] != not_reported) {
				standing[i] = values[i];
				open--;
			}
	}
	open = slots->count;
	for (int p = at + 1; p < t->period_count && open; p++) {
		if (!leaf->by_period[p])
			continue;
		read_values(t, leaf->by_period[p], slots, values);
		for (size_t i = 0; i < slots->count; i++)
			if (end[i] == t->period_count && values[i] != not_reported) {
				end[i] = p;
				open--;
			}
	}
}

static void
apply(struct totals *t, size_t unit, const struct leaf *leaf, int at, const struct slots *slots,
      const struct stored_report *old, const struct stored_report *new)
{
	int64_t *before = scratch(t, SCRATCH_BEFORE), *after = scratch(t, SCRATCH_AFTER);
	int64_t *standing = scratch(t, SCRATCH_STANDING), *end = scratch(t, SCRATCH_END);
	bool has_surroundings = false;
	read_values(t, old, slots, before);
	read_values(t, new, slots, after);
	for (size_t i = 0; i < slots->count; i++) {
		size_t indicator = slots->indicators[i];
		if (before[i] == after[i])
			continue;
		if (t->catalogue->indicators[indicator].kind != INDICATOR_STOCK) {
			move(t, unit, indicator, at, at + 1, before[i], after[i]);
			continue;
		}
		if (!has_surroundings)
			stock_surroundings(t, leaf, slots, at, standing, end);
		has_surroundings = true;
		move(t, unit, indicator, at, (int)end[i], before[i] == not_reported ? standing[i] : before[i],
		     after[i] == not_reported ? standing[i] : after[i]);
	}
}

/* Cells for all nodes above a unit, and by which commit they change. */
static bool
touch_nodes(struct totals *t, size_t unit, uint64_t seq)
{
	size_t count = (size_t)t->period_count * t->catalogue->indicator_count;
	for (int level = 0; level < NODE_LEVELS; level++) {
		int32_t node = t->nodes_above[unit][level];
		if (node < 0)
			continue;
		if (!t->cells[node])
			t->cells[node] = calloc(count + 1, sizeof **t->cells);
		if (!t->cells[node])
			return false;
		if (t->changed[node] < seq)
			t->changed[node] = seq;
	}
	return true;
}

bool
totals_add_report(struct totals *t, const struct report *report, uint32_t revision, uint64_t seq)
{
	const struct unit *unit = unit_of(t, report);
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
	if (!new || !touch_nodes(t, unit_index(t, unit), seq)) {
		free(new);
		return false;
	}
	apply(t, unit_index(t, unit), leaf, at, &t->slots[form_index(t, form)], old, new);
	leaf->by_period[at] = new;
	free(old);
	return true;
}

bool
totals_add_entry(struct totals *t, const struct fund_entry *entry, uint64_t seq)
{
	const struct unit *unit = catalogue_unit(t->catalogue, entry->unit);
	if (!unit || !touch_nodes(t, unit_index(t, unit), seq))
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
	for (int p = from < 0 ? 0 : from; t->cells[node] && p <= to; p++) {
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

/* Which units a query asks for: those of one level at or below its unit lie side by side in the
 * catalogue (their codes have the same number of digits and begin alike); then perhaps the unit itself. */
struct rows {
	size_t first, count, whole; /* whole: how many come after them, 0 or 1 */
	size_t whole_at;
};

static struct rows
find_rows(const struct catalogue *c, const struct total_query *q)
{
	enum unit_level top = unit_level_of(q->unit), level = q->by == UNIT_NONE ? top : q->by;
	unit_code low = q->unit, high = q->unit;
	while (unit_level_of(low) < level) {
		low = low * 10;
		high = high * 10 + 9;
	}
	struct rows rows = {.first = catalogue_first_unit(c, low)};
	rows.count = catalogue_first_unit(c, high + 1) - rows.first;
	rows.whole = q->whole && q->by != UNIT_NONE;
	rows.whole_at = catalogue_first_unit(c, q->unit);
	return rows;
}

static size_t
row_at(const struct rows *rows, size_t i)
{
	return i < rows->count ? rows->first + i : rows->whole_at;
}

bool
totals_answer(const struct totals *t, const struct total_query *q, struct arena *arena,
              struct total_answer *out, struct problem_list *problems)
{
	if (!check_query(t, q, problems))
		return false;
	struct rows rows = find_rows(t->catalogue, q);
	size_t count = rows.count + rows.whole;
	out->unit_count = 0;
	out->units = arena_array(arena, count, sizeof *out->units);
	bool good = out->units;
	for (size_t i = 0; good && i < count; i++)
		good =
		    answer_unit(t, &t->catalogue->units[row_at(&rows, i)], q, arena, &out->units[out->unit_count++]);
	if (!good)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return good;
}

uint64_t
totals_changed(const struct totals *t, unit_code unit)
{
	const struct unit *place = catalogue_unit(t->catalogue, unit);
	int32_t node = place ? t->node_of[unit_index(t, place)] : -1;
	return node < 0 ? 0 : t->changed[node];
}

bool
totals_changes(const struct totals *t, const struct total_query *q, uint64_t since, size_t rows_max,
               struct arena *arena, struct unit_total **out, size_t *count)
{
	struct rows rows = find_rows(t->catalogue, q);
	size_t all = rows.count + rows.whole, found = 0;
	*count = 0;
	for (size_t i = 0; i < all; i++)
		found += t->changed[t->node_of[row_at(&rows, i)]] > since;
	*out = arena_array(arena, found, sizeof **out);
	bool good = *out && found <= rows_max;
	for (size_t i = 0; good && i < all; i++)
		if (t->changed[t->node_of[row_at(&rows, i)]] > since)
			good = answer_unit(t, &t->catalogue->units[row_at(&rows, i)], q, arena, &(*out)[(*count)++]);
	return good;
}
