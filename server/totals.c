/* Data: `nodes` are the units at county level and above, each with a matrix period × indicator of
 * cells for each book; `leaves` hold, for each unit and form, the current and the approved report of every
 * period, which is what a correction or a decision is compared with. */
#include "totals.h"

#include "fund_totals.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
	uint64_t *changed;                   /* per node: by which commit last */
	struct fund_totals *funds;           /* per node */
	struct leaves leaves;
	struct targets targets;
	int64_t *scratch; /* SCRATCHES arrays of as many values as a form has slots */
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
	return t->scratch + (size_t)which * t->leaves.slot_most;
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
	bool good = true;
	for (int book = 0; book < BOOKS; book++) {
		t->cells[book] = calloc(t->node_count + 1, sizeof *t->cells[book]);
		good = good && t->cells[book];
	}
	t->changed = calloc(t->node_count + 1, sizeof *t->changed);
	t->funds = calloc(t->node_count + 1, sizeof *t->funds);
	t->scratch = calloc(SCRATCHES * (t->leaves.slot_most + 1), sizeof *t->scratch);
	return good && t->changed && t->funds && t->scratch;
}

struct totals *
totals_create(const struct catalogue *catalogue)
{
	struct totals *t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->catalogue = catalogue;
	t->period_first = catalogue->period_first;
	t->period_count = catalogue->period_count;
	if (!leaves_create(catalogue, &t->leaves) || !targets_create(catalogue, &t->targets) || !make_nodes(t) ||
	    !make_cells(t))
		totals_destroy(&t);
	return t;
}

void
totals_destroy(struct totals **totals)
{
	struct totals *t = *totals;
	if (!t)
		return;
	for (size_t i = 0; i < t->node_count; i++) {
		for (int book = 0; book < BOOKS; book++)
			if (t->cells[book])
				free(t->cells[book][i]);
		if (t->funds)
			fund_totals_free(&t->funds[i]);
	}
	for (int book = 0; book < BOOKS; book++)
		free(t->cells[book]);
	leaves_destroy(&t->leaves);
	targets_destroy(&t->targets);
	free(t->scratch);
	free(t->changed);
	free(t->funds);
	free(t->node_of);
	free(t->nodes_above);
	free(t);
	*totals = NULL;
}

const struct leaves *
totals_leaves(const struct totals *t)
{
	return &t->leaves;
}

/* ---------------------------------------------------------------- reports */

static struct leaf *
leaf_of(const struct totals *t, const struct unit *unit, const struct form *form)
{
	return leaves_at(&t->leaves, unit_index(t, unit), form_index(t, form));
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
	const struct stored_report *report = leaf_report(leaf_of(t, unit, form), BOOK_SUBMITTED, at);
	return report ? report->revision : 0;
}

/* Adds a difference to one indicator's cells of all nodes above a unit, for periods from..end. */
static void
move(struct totals *t, enum book book, size_t unit, size_t indicator, int from, int end, int64_t before,
     int64_t after)
{
	int64_t difference = (after == NOT_REPORTED ? 0 : after) - (before == NOT_REPORTED ? 0 : before);
	int reported = (after != NOT_REPORTED) - (before != NOT_REPORTED);
	if (!difference && !reported)
		return;
	for (int level = 0; level < NODE_LEVELS; level++) {
		int32_t node = t->nodes_above[unit][level];
		if (node < 0)
			continue;
		for (int p = from; p < end; p++) {
			struct cell *cell = &t->cells[book][node][(size_t)p * t->catalogue->indicator_count + indicator];
			cell->sum += difference;
			cell->reported = (uint32_t)((int)cell->reported + reported);
		}
	}
}

/* For each slot: what stood before period `at`, and up to which period a value at `at` would stand. */
static void
stock_surroundings(const struct totals *t, struct stored_report *const *reports, const struct slots *slots,
                   int at, int64_t *standing, int64_t *end)
{
	int64_t *values = scratch(t, SCRATCH_OTHER);
	size_t open = slots->count;
	for (size_t i = 0; i < slots->count; i++) {
		standing[i] = NOT_REPORTED;
		end[i] = t->period_count;
	}
	for (int p = at - 1; p >= 0 && open; p--) {
		if (!reports[p])
			continue;
		stored_report_slots(&t->leaves, reports[p], slots, values);
		for (size_t i = 0; i < slots->count; i++)
			if (standing[i] == NOT_REPORTED && values[i] != NOT_REPORTED) {
				standing[i] = values[i];
				open--;
			}
	}
	open = slots->count;
	for (int p = at + 1; p < t->period_count && open; p++) {
		if (!reports[p])
			continue;
		stored_report_slots(&t->leaves, reports[p], slots, values);
		for (size_t i = 0; i < slots->count; i++)
			if (end[i] == t->period_count && values[i] != NOT_REPORTED) {
				end[i] = p;
				open--;
			}
	}
}

/* Moves a book's cells from one report (NULL: none) to another; `reports`: all of the unit and form. */
static void
apply(struct totals *t, enum book book, size_t unit, struct stored_report *const *reports, int at,
      const struct slots *slots, const struct stored_report *old, const struct stored_report *new)
{
	int64_t *before = scratch(t, SCRATCH_BEFORE), *after = scratch(t, SCRATCH_AFTER);
	int64_t *standing = scratch(t, SCRATCH_STANDING), *end = scratch(t, SCRATCH_END);
	bool has_surroundings = false;
	stored_report_slots(&t->leaves, old, slots, before);
	stored_report_slots(&t->leaves, new, slots, after);
	for (size_t i = 0; i < slots->count; i++) {
		size_t indicator = slots->indicators[i];
		if (before[i] == after[i])
			continue;
		if (t->catalogue->indicators[indicator].kind != INDICATOR_STOCK) {
			move(t, book, unit, indicator, at, at + 1, before[i], after[i]);
			continue;
		}
		if (!has_surroundings)
			stock_surroundings(t, reports, slots, at, standing, end);
		has_surroundings = true;
		move(t, book, unit, indicator, at, (int)end[i], before[i] == NOT_REPORTED ? standing[i] : before[i],
		     after[i] == NOT_REPORTED ? standing[i] : after[i]);
	}
}

/* Notes by which commit all nodes above a unit change. */
static void
touch_nodes(struct totals *t, size_t unit, uint64_t seq)
{
	for (int level = 0; level < NODE_LEVELS; level++) {
		int32_t node = t->nodes_above[unit][level];
		if (node >= 0 && t->changed[node] < seq)
			t->changed[node] = seq;
	}
}

/* Cells for all nodes above a unit. */
static bool
open_cells(struct totals *t, enum book book, size_t unit)
{
	size_t count = (size_t)t->period_count * t->catalogue->indicator_count;
	for (int level = 0; level < NODE_LEVELS; level++) {
		int32_t node = t->nodes_above[unit][level];
		if (node < 0 || t->cells[book][node])
			continue;
		t->cells[book][node] = calloc(count + 1, sizeof **t->cells[book]);
		if (!t->cells[book][node])
			return false;
	}
	return true;
}

/* Puts a report (which is the leaf's from then on; NULL: none) in the place of the old one. */
static bool
replace_report(struct totals *t, enum book book, size_t unit, size_t form, int at, struct stored_report *new)
{
	struct leaf *leaf = leaves_at(&t->leaves, unit, form);
	if (!leaf_open(&t->leaves, leaf, book) || !open_cells(t, book, unit)) {
		free(new);
		return false;
	}
	struct stored_report *old = leaf->by_period[book][at];
	apply(t, book, unit, leaf->by_period[book], at, &t->leaves.slots[form], old, new);
	leaf->by_period[book][at] = new;
	free(old);
	return true;
}

/* The earliest time of all revisions that came so far is the first one's: a replay knows no order. */
static uint32_t
first_time(const struct leaf *leaf, int at, int64_t time_us)
{
	struct stored_report *current = leaf_report(leaf, BOOK_SUBMITTED, at);
	uint32_t first_at = (uint32_t)(time_us / 1000000);
	if (!current)
		return first_at;
	if (first_at < current->first_at)
		current->first_at = first_at;
	return current->first_at;
}

bool
totals_add_report(struct totals *t, const struct report *report, uint32_t revision, uint64_t seq,
                  int64_t time_us)
{
	const struct unit *unit = unit_of(t, report);
	const struct form *form = catalogue_form(t->catalogue, report->form);
	const struct form_version *version = catalogue_version(t->catalogue, report->form, report->form_version);
	int at = period_index(report->period) - t->period_first;
	if (!unit || !form || !version || at < 0 || at >= t->period_count)
		return false;
	size_t u = unit_index(t, unit), f = form_index(t, form);
	const struct leaf *leaf = leaves_at(&t->leaves, u, f);
	const struct stored_report *current = leaf_report(leaf, BOOK_SUBMITTED, at);
	const struct verdict *verdict = leaf_verdict(leaf, at);
	bool is_current = !current || current->revision < revision;
	bool is_approved = verdict && verdict->approved == revision;
	uint32_t first_at = first_time(leaf, at, time_us);
	if (!is_current && !is_approved)
		return true;
	struct stored_report *new = stored_report_make(&t->leaves, report, version, revision, first_at);
	struct stored_report *copy = new &&is_current &&is_approved ? stored_report_copy(new) : NULL;
	if (!new || (is_current && is_approved && !copy)) {
		free(new);
		return false;
	}
	touch_nodes(t, u, seq);
	if (is_current && is_approved)
		return replace_report(t, BOOK_APPROVED, u, f, at, copy) &&
		       replace_report(t, BOOK_SUBMITTED, u, f, at, new);
	return replace_report(t, is_approved ? BOOK_APPROVED : BOOK_SUBMITTED, u, f, at, new);
}

/* ---------------------------------------------------------------- reviews */

/* The approved book follows: what was approved and is returned leaves it; what is passed takes its place. In
 * a replay the report may come later, and is then put there by totals_add_report(). */
static bool
follow_verdict(struct totals *t, size_t unit, size_t form, int at, const struct review *r,
               struct verdict *verdict)
{
	const struct leaf *leaf = leaves_at(&t->leaves, unit, form);
	const struct stored_report *current = leaf_report(leaf, BOOK_SUBMITTED, at);
	if (r->decision == DECISION_RETURN) {
		if (verdict->approved != r->revision)
			return true; /* a correction is returned: what was approved before it stays so */
		verdict->approved = 0;
		return !leaf_report(leaf, BOOK_APPROVED, at) ||
		       replace_report(t, BOOK_APPROVED, unit, form, at, NULL);
	}
	if (verdict->approved == r->revision)
		return true; /* taken over as it was passed */
	verdict->approved = r->revision;
	if (!current || current->revision != r->revision)
		return true;
	struct stored_report *copy = stored_report_copy(current);
	return copy && replace_report(t, BOOK_APPROVED, unit, form, at, copy);
}

bool
totals_add_review(struct totals *t, const struct review *r, uint64_t seq)
{
	const struct unit *unit =
	    r->place ? &t->catalogue->units[r->place - 1] : catalogue_unit(t->catalogue, r->unit);
	const struct form *form = catalogue_form(t->catalogue, r->form);
	int at = period_index(r->period) - t->period_first;
	if (!unit || !form || at < 0 || at >= t->period_count)
		return false;
	struct leaf *leaf = leaf_of(t, unit, form);
	if (!leaf_open_verdicts(&t->leaves, leaf))
		return false;
	struct verdict *verdict = &leaf->verdicts[at];
	char *text = r->decision == DECISION_RETURN ? strdup(r->text) : NULL;
	if (r->decision == DECISION_RETURN && !text)
		return false;
	free(verdict->text);
	verdict->text = text;
	verdict->revision = r->revision;
	verdict->step = (uint16_t)(r->step + 1);
	verdict->decision = (uint8_t)r->decision;
	verdict->reason = (uint8_t)r->reason;
	touch_nodes(t, unit_index(t, unit), seq);
	return follow_verdict(t, unit_index(t, unit), form_index(t, form), at, r, verdict);
}

struct report_standing
totals_standing(const struct totals *t, unit_code code, uint32_t form_number, period when)
{
	struct report_standing standing = {0};
	const struct unit *unit = catalogue_unit(t->catalogue, code);
	const struct form *form = catalogue_form(t->catalogue, form_number);
	int at = period_index(when) - t->period_first;
	if (!unit || !form || at < 0 || at >= t->period_count)
		return standing;
	const struct leaf *leaf = leaf_of(t, unit, form);
	const struct stored_report *report = leaf_report(leaf, BOOK_SUBMITTED, at);
	const struct verdict *verdict = leaf_verdict(leaf, at);
	standing.revision = report ? report->revision : 0;
	standing.state = leaf_state(leaf, at);
	standing.step = verdict ? verdict->step : 0;
	standing.approved = verdict ? verdict->approved : 0;
	return standing;
}

bool
totals_add_entry(struct totals *t, const struct fund_entry *entry, uint64_t seq)
{
	const struct unit *unit = catalogue_unit(t->catalogue, entry->unit);
	if (!unit)
		return false;
	touch_nodes(t, unit_index(t, unit), seq);
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
sum_indicator(const struct totals *t, enum book book, size_t node, size_t indicator,
              const struct total_query *q, int64_t *value, uint32_t *reported)
{
	const struct cell *cells = t->cells[book][node];
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
	for (int p = from < 0 ? 0 : from; cells && p <= to; p++) {
		const struct cell *cell = &t->cells[book][node][(size_t)p * count + indicator];
		sum += cell->sum;
		*reported += cell->reported;
	}
	*value = wide_sum_clamp(sum);
}

/* ---------------------------------------------------------------- targets */

bool
totals_add_target(struct totals *t, const struct target_part *part, uint32_t revision, uint64_t seq)
{
	const struct unit *unit = catalogue_unit(t->catalogue, part->unit);
	if (!unit || !targets_add(&t->targets, part, revision))
		return false;
	touch_nodes(t, unit_index(t, unit), seq);
	return true;
}

const struct targets *
totals_targets(const struct totals *t)
{
	return &t->targets;
}

/* The last month of the target's year whose reports are due by `now`, not after `to`; 0: none. Where the plan
 * has no deadline, and for money: whose end has come. */
static int
pace_month(const struct totals *t, const struct set_target *target, int64_t now, period to)
{
	static const struct deadline_rule month_end = {
	    .event = DEADLINE_OPEN, .day = 31, .minute = MINUTES_PER_DAY};
	const struct indicator *indicator = catalogue_indicator(t->catalogue, target->measure.indicator);
	int month = 0;
	for (int m = 1; m <= 12; m++) {
		period p = target->year * 100 + m;
		int64_t due = indicator ? catalogue_deadlines(t->catalogue, indicator->form, p)->at[DEADLINE_DUE] : 0;
		due = due ? due : deadline_at(&month_end, p, NULL, 0);
		if (p <= to && due <= now)
			month = m;
	}
	return month;
}

/* What a measure had reached by the end of each month of the year, up to `month`; of a fund kind: special
 * sources. */
static void
find_standing(const struct totals *t, size_t node, const struct set_target *target, int month,
              int64_t out[13])
{
	int january = period_index(target->year * 100 + 1) - t->period_first;
	out[0] = 0;
	if (!target->measure.indicator) {
		for (int m = 1; m <= month; m++)
			out[m] = fund_totals_special(&t->funds[node], t->catalogue, target->measure.fund,
			                             target->year * 100 + 1, target->year * 100 + m);
		return;
	}
	size_t indicator = indicator_index(t, target->measure.indicator), count = t->catalogue->indicator_count;
	bool stock = t->catalogue->indicators[indicator].kind == INDICATOR_STOCK;
	const struct cell *cells = t->cells[BOOK_SUBMITTED][node];
	wide_sum sum = 0;
	for (int m = 0; m <= month; m++) {
		int at = january + m - 1;
		bool known = cells && at >= 0 && at < t->period_count;
		int64_t value = known ? cells[(size_t)at * count + indicator].sum : 0;
		sum = stock ? value : m ? sum + value : 0;
		out[m] = wide_sum_clamp(sum);
	}
}

struct target_value
totals_target_value(const struct totals *t, const struct set_target *target, int64_t now, period to)
{
	struct target_value v = {.year = target->year,
	                         .indicator = target->measure.indicator,
	                         .fund = target->measure.fund,
	                         .value = target->value,
	                         .revision = target->revision};
	const struct unit *unit = catalogue_unit(t->catalogue, target->unit);
	const struct indicator *indicator = catalogue_indicator(t->catalogue, target->measure.indicator);
	int32_t node = unit ? t->node_of[unit_index(t, unit)] : -1;
	int month = pace_month(t, target, now, to);
	int64_t standing[13];
	v.parts = targets_parts(&t->targets, target->unit, target->year, target->measure, &v.part_count);
	if (!month || node < 0)
		return v;
	find_standing(t, (size_t)node, target, month, standing);
	v.pace_period = target->year * 100 + month;
	v.reached = standing[month];
	v.expected_share =
	    catalogue_expected_share(t->catalogue, target->measure.indicator, target->measure.fund, month);
	v.pace = pace_of(target->value, standing, month, v.expected_share,
	                 indicator && indicator->kind == INDICATOR_STOCK);
	return v;
}

static bool
add_targets(const struct totals *t, const struct total_query *q, struct arena *arena, struct unit_total *out)
{
	const struct set_target *targets;
	size_t count = targets_of(&t->targets, out->unit, &targets);
	out->targets = arena_array(arena, count, sizeof *out->targets);
	for (size_t i = 0; out->targets && i < count; i++)
		if (targets[i].year >= q->from / 100 && targets[i].year <= q->to / 100)
			out->targets[out->target_count++] = totals_target_value(t, &targets[i], q->now, q->to);
	return out->targets;
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
	    .approved = arena_array(arena, count, sizeof *out->approved),
	    .approved_reported = arena_array(arena, count, sizeof *out->approved_reported),
	};
	if (!out->indicators || !out->values || !out->reported || !out->approved || !out->approved_reported)
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t at = q->indicator_count ? indicator_index(t, q->indicators[i]) : i;
		out->indicators[i] = c->indicators[at].number;
		sum_indicator(t, BOOK_SUBMITTED, node, at, q, &out->values[i], &out->reported[i]);
		sum_indicator(t, BOOK_APPROVED, node, at, q, &out->approved[i], &out->approved_reported[i]);
	}
	if (q->funds && !fund_totals_sum(&t->funds[node], q->from, q->to, arena, &out->funds, &out->fund_count))
		return false;
	return add_targets(t, q, arena, out);
}

/* Which units a query asks for: those of one level at or below its unit, then perhaps the unit itself. */
struct rows {
	size_t first, count, whole; /* whole: how many come after them, 0 or 1 */
	size_t whole_at;
};

static struct rows
find_rows(const struct catalogue *c, const struct total_query *q)
{
	struct rows rows;
	rows.count =
	    catalogue_units_below(c, q->unit, q->by == UNIT_NONE ? unit_level_of(q->unit) : q->by, &rows.first);
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
