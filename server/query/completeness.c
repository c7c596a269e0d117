#include "completeness.h"

#include "base/grow.h"
#include "base/query_check.h"

#include <stdlib.h>

/* Of a list: more than anybody reads. */
enum { DUTIES_MAX = 5000 };

struct counting {
	const struct holdings *holdings;
	const struct catalogue *catalogue;
	const struct completeness_query *query;
	struct completeness_answer *out;
	int from, to; /* months from the plan's first on */
	int64_t now;
	size_t rows_first;              /* unit index of the first row */
	struct completeness_row *whole; /* NULL: not asked for */
	size_t duty_room, limit;
	struct duty *duties; /* from malloc */
	size_t duty_count;
	bool no_memory;
};

static bool
wants_form(const struct completeness_query *q, uint32_t form)
{
	for (size_t i = 0; i < q->form_count; i++)
		if (q->forms[i] == form)
			return true;
	return !q->form_count;
}

static bool
in_group(const struct counting *c, unit_code unit)
{
	const struct unit_group *members;
	size_t count = *c->query->group ? catalogue_group(c->catalogue, c->query->group, &members) : 0;
	return !*c->query->group || unit_group_has(members, count, unit);
}

static void
keep_duty(struct counting *c, const struct duty *duty)
{
	if (grow(&c->duties, &c->duty_room, c->duty_count + 1, sizeof *c->duties))
		c->duties[c->duty_count++] = *duty;
	else
		c->no_memory = true;
}

/* One report that is owed, in one row. */
static void
count_duty(struct completeness_row *row, const struct deadlines *d, int64_t now,
           const struct form_reports *stored, int at)
{
	const struct stored_report *report = leaf_report(stored, BOOK_SUBMITTED, at);
	if (d->at[DEADLINE_DUE] > now) {
		row->open++;
		row->open_received += report != NULL;
		return;
	}
	row->due++;
	if (!report) {
		row->missing++;
		return;
	}
	int64_t late = (int64_t)report->first_at - d->at[DEADLINE_DUE];
	row->received++;
	row->returned += leaf_state(stored, at) == REVIEW_RETURNED;
	row->approved += leaf_report(stored, BOOK_APPROVED, at) != NULL;
	if (late < 0) {
		row->on_time++;
		return;
	}
	row->late_seconds += late;
	row->late_most = late > row->late_most ? late : row->late_most;
}

static void
take_duty(struct counting *c, const struct unit *unit, const struct form *form,
          const struct form_reports *stored, int at, struct completeness_row *row)
{
	period when = period_from_index(c->catalogue->period_first + at);
	struct deadlines d =
	    extensions_deadlines(c->holdings->extensions, c->catalogue, unit->code, form->number, when);
	if (!unit_in_period(unit, when) || !d.at[DEADLINE_DUE] || d.at[DEADLINE_OPEN] > c->now)
		return;
	if (row)
		count_duty(row, &d, c->now, stored, at);
	if (c->whole)
		count_duty(c->whole, &d, c->now, stored, at);
	const struct stored_report *report = leaf_report(stored, BOOK_SUBMITTED, at);
	int64_t came = report ? report->first_at : 0;
	bool listed = d.at[DEADLINE_DUE] <= c->now &&
	              (report ? c->query->late && came >= d.at[DEADLINE_DUE] : c->query->missing);
	const struct duty duty = {
	    {unit->code, form->number, when}, d.at[DEADLINE_DUE], d.at[DEADLINE_CLOSED], came};
	if (listed)
		keep_duty(c, &duty);
}

/* The row that a unit counts in; NULL: it stands above all rows. */
static struct completeness_row *
row_of(const struct counting *c, const struct unit *unit)
{
	enum unit_level by = c->query->by == UNIT_NONE ? unit_level_of(c->query->unit) : c->query->by;
	const struct unit *above = catalogue_unit(c->catalogue, unit_ancestor(unit->code, by));
	return above ? &c->out->rows[(size_t)(above - c->catalogue->units) - c->rows_first] : NULL;
}

static void
take_unit(struct counting *c, size_t u)
{
	const struct unit *unit = &c->catalogue->units[u];
	struct completeness_row *row = row_of(c, unit);
	for (size_t f = 0; f < c->catalogue->form_count; f++) {
		const struct form *form = &c->catalogue->forms[f];
		if (form->level != unit->level || !wants_form(c->query, form->number))
			continue;
		const struct form_reports *stored = report_store_at(totals_leaves(c->holdings->totals), u, f);
		for (int at = c->from; at <= c->to; at++)
			if (catalogue_version_for(c->catalogue, form->number,
			                          period_from_index(c->catalogue->period_first + at)))
				take_duty(c, unit, form, stored, at, row);
	}
}

/* Reports that are missing longest come first, then those that came latest. */
static int
by_badness(const void *a, const void *b)
{
	const struct duty *x = a, *y = b;
	int64_t order = !y->first_time - !x->first_time;
	if (!order)
		order = x->first_time ? (y->first_time - y->due) - (x->first_time - x->due) : x->due - y->due;
	if (!order)
		order = x->key.unit != y->key.unit   ? x->key.unit - y->key.unit
		        : x->key.form != y->key.form ? (int64_t)x->key.form - y->key.form
		                                     : (int64_t)x->key.period - y->key.period;
	return (order > 0) - (order < 0);
}

static bool
give_duties(struct counting *c, struct arena *arena)
{
	if (c->duty_count)
		qsort(c->duties, c->duty_count, sizeof *c->duties, by_badness);
	c->out->duty_count = c->duty_count < c->limit ? c->duty_count : c->limit;
	c->out->more = (uint32_t)(c->duty_count - c->out->duty_count);
	c->out->duties = arena_array(arena, c->out->duty_count, sizeof *c->out->duties);
	for (size_t i = 0; c->out->duties && i < c->out->duty_count; i++)
		c->out->duties[i] = c->duties[i];
	free(c->duties);
	return c->out->duties;
}

static bool
make_rows(struct counting *c, struct arena *arena)
{
	const struct completeness_query *q = c->query;
	enum unit_level level = q->by == UNIT_NONE ? unit_level_of(q->unit) : q->by;
	size_t count = catalogue_units_below(c->catalogue, q->unit, level, &c->rows_first);
	bool whole = q->whole && q->by != UNIT_NONE;
	c->out->rows = arena_array(arena, count + whole, sizeof *c->out->rows);
	if (!c->out->rows)
		return false;
	for (size_t i = 0; i < count; i++)
		c->out->rows[i].unit = c->catalogue->units[c->rows_first + i].code;
	if (whole) {
		c->whole = &c->out->rows[count];
		c->whole->unit = q->unit;
	}
	for (size_t i = 0; i < count + whole && q->form_count == 1; i++)
		c->out->rows[i].form = q->forms[0];
	c->out->row_count = count + whole;
	return true;
}

static bool
check_query(const struct catalogue *c, const struct completeness_query *q, struct problem_list *problems)
{
	const struct unit *unit = query_unit(c, q->unit, problems);
	if (!unit || !query_periods(q->from, q->to, problems) ||
	    !query_forms(c, q->forms, q->form_count, problems) || !query_group(c, q->group, problems))
		return false;
	if (q->by == UNIT_NONE || q->by >= unit->level)
		return true;
	problem_add(problems, PROBLEM_LEVEL_INVALID, SUBJECT_REQUEST, 0, "by");
	return false;
}

bool
completeness_answer(const struct holdings *holdings, const struct completeness_query *query, int64_t now_us,
                    struct arena *arena, struct completeness_answer *out, struct problem_list *problems)
{
	const struct catalogue *c = holdings->catalogue;
	struct counting counting = {.holdings = holdings,
	                            .catalogue = c,
	                            .query = query,
	                            .out = out,
	                            .now = now_us / 1000000,
	                            .limit =
	                                query->limit && query->limit < DUTIES_MAX ? query->limit : DUTIES_MAX};
	if (!check_query(c, query, problems))
		return false;
	out->time_us = now_us;
	counting.from = period_index(query->from) - c->period_first;
	counting.to = period_index(query->to) - c->period_first;
	counting.from = counting.from < 0 ? 0 : counting.from;
	counting.to = counting.to >= c->period_count ? c->period_count - 1 : counting.to;
	bool good = make_rows(&counting, arena);
	for (size_t u = catalogue_first_unit(c, query->unit); good && u < c->unit_count; u++)
		if (unit_within(c->units[u].code, query->unit) && in_group(&counting, c->units[u].code))
			take_unit(&counting, u);
	good = good && give_duties(&counting, arena) && !counting.no_memory;
	if (!good)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return good;
}
