/* Changes totals by the difference that each report and each decision makes. */
#include "totals_internal.h"

#include <stdlib.h>
#include <string.h>

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
	t->scratch = calloc(SCRATCHES * (t->store.slot_most + 1), sizeof *t->scratch);
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
	if (!report_store_create(catalogue, &t->store) || !targets_create(catalogue, &t->targets) ||
	    !make_nodes(t) || !make_cells(t))
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
	report_store_destroy(&t->store);
	targets_destroy(&t->targets);
	free(t->scratch);
	free(t->changed);
	free(t->funds);
	free(t->node_of);
	free(t->nodes_above);
	free(t);
	*totals = NULL;
}

const struct report_store *
totals_leaves(const struct totals *t)
{
	return &t->store;
}

/* ---------------------------------------------------------------- reports */

static struct form_reports *
leaf_of(const struct totals *t, const struct unit *unit, const struct form *form)
{
	return report_store_at(&t->store, unit_index(t, unit), form_index(t, form));
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

/* Months of a place under one of its codes, from..end. */
struct span {
	size_t unit;
	int from, end;
};

/* The part of the months from..end in which a place has this code; false: there is none. */
static bool
span_of(const struct totals *t, const struct unit *unit, int from, int end, struct span *out)
{
	int first = unit->first ? period_index(unit->first) - t->period_first : 0;
	int past = unit->last ? period_index(unit->last) - t->period_first + 1 : t->period_count;
	*out = (struct span){unit_index(t, unit), from > first ? from : first, end < past ? end : past};
	return out->from < out->end;
}

/* The next code of a place; NULL: this was the last. */
static const struct unit *
next_code(const struct totals *t, const struct unit *unit)
{
	return unit->next ? &t->catalogue->units[unit->next - 1] : NULL;
}

static const struct unit *
first_code(const struct totals *t, size_t unit)
{
	return &t->catalogue->units[t->catalogue->units[unit].root];
}

/* Adds a difference to one indicator's cells of all nodes above a unit. */
static void
move_span(struct totals *t, enum book book, const struct span *span, size_t indicator, int64_t difference,
          int reported)
{
	for (int level = 0; level < NODE_LEVELS; level++) {
		int32_t node = t->nodes_above[span->unit][level];
		if (node < 0)
			continue;
		for (int p = span->from; p < span->end; p++) {
			struct cell *cell = &t->cells[book][node][(size_t)p * t->catalogue->indicator_count + indicator];
			cell->sum += difference;
			cell->reported = (uint32_t)((int)cell->reported + reported);
		}
	}
}

/* For periods from..end: wherever the place lies in each of them. */
static void
move(struct totals *t, enum book book, size_t unit, size_t indicator, int from, int end, int64_t before,
     int64_t after)
{
	int64_t difference = (after == NOT_REPORTED ? 0 : after) - (before == NOT_REPORTED ? 0 : before);
	int reported = (after != NOT_REPORTED) - (before != NOT_REPORTED);
	struct span span;
	if (!difference && !reported)
		return;
	for (const struct unit *code = first_code(t, unit); code; code = next_code(t, code))
		if (span_of(t, code, from, end, &span))
			move_span(t, book, &span, indicator, difference, reported);
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
		stored_report_slots(&t->store, reports[p], slots, values);
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
		stored_report_slots(&t->store, reports[p], slots, values);
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
	stored_report_slots(&t->store, old, slots, before);
	stored_report_slots(&t->store, new, slots, after);
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

/* Notes by which commit all nodes above a place change. */
static void
touch_nodes(struct totals *t, size_t unit, uint64_t seq)
{
	for (const struct unit *code = first_code(t, unit); code; code = next_code(t, code))
		for (int level = 0; level < NODE_LEVELS; level++) {
			int32_t node = t->nodes_above[unit_index(t, code)][level];
			if (node >= 0 && t->changed[node] < seq)
				t->changed[node] = seq;
		}
}

/* Cells for all nodes above a place. */
static bool
open_cells(struct totals *t, enum book book, size_t unit)
{
	size_t count = (size_t)t->period_count * t->catalogue->indicator_count;
	for (const struct unit *code = first_code(t, unit); code; code = next_code(t, code))
		for (int level = 0; level < NODE_LEVELS; level++) {
			int32_t node = t->nodes_above[unit_index(t, code)][level];
			if (node < 0 || t->cells[book][node])
				continue;
			t->cells[book][node] = calloc(count + 1, sizeof **t->cells[book]);
			if (!t->cells[book][node])
				return false;
		}
	return true;
}

/* Puts a report (which is the store's from then on; NULL: none) in the place of the old one. */
static bool
replace_report(struct totals *t, enum book book, size_t unit, size_t form, int at, struct stored_report *new)
{
	struct form_reports *stored = report_store_at(&t->store, unit, form);
	if (!leaf_open(&t->store, stored, book) || !open_cells(t, book, unit)) {
		free(new);
		return false;
	}
	struct stored_report *old = stored->by_period[book][at];
	apply(t, book, unit, stored->by_period[book], at, &t->store.slots[form], old, new);
	stored->by_period[book][at] = new;
	free(old);
	return true;
}

/* The earliest time of all revisions that came so far is the first one's: a replay knows no order. */
static uint32_t
first_time(const struct form_reports *stored, int at, int64_t time_us)
{
	struct stored_report *current = leaf_report(stored, BOOK_SUBMITTED, at);
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
	const struct form_reports *stored = report_store_at(&t->store, u, f);
	const struct stored_report *current = leaf_report(stored, BOOK_SUBMITTED, at);
	const struct verdict *verdict = leaf_verdict(stored, at);
	bool is_current = !current || current->revision < revision;
	bool is_approved = verdict && verdict->approved == revision;
	uint32_t first_at = first_time(stored, at, time_us);
	if (!is_current && !is_approved)
		return true;
	struct stored_report *new = stored_report_make(&t->store, report, version, revision, first_at);
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
	const struct form_reports *stored = report_store_at(&t->store, unit, form);
	const struct stored_report *current = leaf_report(stored, BOOK_SUBMITTED, at);
	if (r->decision == DECISION_RETURN) {
		if (verdict->approved != r->revision)
			return true; /* a correction is returned: what was approved before it stays so */
		verdict->approved = 0;
		return !leaf_report(stored, BOOK_APPROVED, at) ||
		       replace_report(t, BOOK_APPROVED, unit, form, at, NULL);
	}
	if (verdict->approved == r->revision)
		return true; /* taken over as it was passed */
	verdict->approved = r->revision;
	verdict->passed = true;
	if (!current || current->revision != r->revision)
		return true;
	struct stored_report *copy = stored_report_copy(current);
	return copy && replace_report(t, BOOK_APPROVED, unit, form, at, copy);
}

bool
totals_add_review(struct totals *t, const struct review *r, uint64_t seq)
{
	const struct unit *unit = catalogue_unit(t->catalogue, r->unit);
	const struct form *form = catalogue_form(t->catalogue, r->form);
	int at = period_index(r->period) - t->period_first;
	if (!unit || !form || at < 0 || at >= t->period_count)
		return false;
	struct form_reports *stored = leaf_of(t, unit, form);
	if (!leaf_open_verdicts(&t->store, stored))
		return false;
	struct verdict *verdict = &stored->verdicts[at];
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
	const struct form_reports *stored = leaf_of(t, unit, form);
	const struct stored_report *report = leaf_report(stored, BOOK_SUBMITTED, at);
	const struct verdict *verdict = leaf_verdict(stored, at);
	standing.revision = report ? report->revision : 0;
	standing.state = leaf_state(stored, at);
	standing.step = verdict ? verdict->step : 0;
	standing.approved = verdict ? verdict->approved : 0;
	standing.passed = verdict && verdict->passed;
	return standing;
}

bool
totals_add_entry(struct totals *t, const struct fund_entry *entry, struct fund_effect effect, uint64_t seq)
{
	const struct unit *unit = catalogue_unit(t->catalogue, entry->unit);
	if (!unit)
		return false;
	touch_nodes(t, unit_index(t, unit), seq);
	for (int level = 0; level < NODE_LEVELS; level++) {
		int32_t node = t->nodes_above[unit_index(t, unit)][level];
		if (node >= 0 && !fund_totals_add(&t->funds[node], entry, effect))
			return false;
	}
	return true;
}

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
