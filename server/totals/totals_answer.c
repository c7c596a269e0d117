/* Answers to questions about totals. Rows at county level and above are sums that are kept; those of
 * townships and villages, of which a county has few, are added up from the reports when they are asked for.
 */
#include "base/query_check.h"
#include "totals_internal.h"

#include <string.h>

static bool
check_query(const struct totals *t, const struct total_query *q, struct problem_list *problems)
{
	const struct unit *unit = query_unit(t->catalogue, q->unit, problems);
	if (!unit || !query_periods(q->from, q->to, problems))
		return false;
	/* Townships and villages are added up when asked for: those of one county, not of a nation. */
	bool many = q->by > UNIT_COUNTY && unit->level < UNIT_COUNTY;
	if (q->by != UNIT_NONE && (many || q->by < unit->level)) {
		problem_add(problems, PROBLEM_LEVEL_INVALID, SUBJECT_REQUEST, 0, "by");
		return false;
	}
	return query_group(t->catalogue, q->group, problems) &&
	       query_indicators(t->catalogue, q->indicators, q->indicator_count, problems);
}

/* ---------------------------------------------------------------- sums */

/* The sums of one row, by position of the indicators that are asked for. */
struct tally {
	int from, to; /* months from the plan's first on, both included; none if from > to */
	size_t count;
	const uint32_t *which; /* their indexes */
	wide_sum *sums[BOOKS];
	uint32_t *reported[BOOKS];
};

static void
find_months(const struct totals *t, period from, period to, struct tally *tally)
{
	tally->from = period_index(from) - t->period_first;
	tally->to = period_index(to) - t->period_first;
	if (tally->from < 0)
		tally->from = 0;
	if (tally->to >= t->period_count)
		tally->to = t->period_count - 1;
}

static bool
make_tally(const struct totals *t, const struct total_query *q, struct arena *arena, struct tally *out)
{
	uint32_t *which;
	out->count = q->indicator_count ? q->indicator_count : t->catalogue->indicator_count;
	out->which = which = arena_array(arena, out->count, sizeof *which);
	for (size_t i = 0; which && i < out->count; i++)
		which[i] = q->indicator_count ? (uint32_t)indicator_index(t, q->indicators[i]) : (uint32_t)i;
	for (int book = 0; book < BOOKS; book++) {
		out->sums[book] = arena_array(arena, out->count, sizeof *out->sums[book]);
		out->reported[book] = arena_array(arena, out->count, sizeof *out->reported[book]);
		if (!out->sums[book] || !out->reported[book])
			return false;
	}
	find_months(t, q->from, q->to, out);
	return which;
}

static bool
is_stock(const struct totals *t, size_t indicator)
{
	return t->catalogue->indicators[indicator].kind == INDICATOR_STOCK;
}

/* Of a unit at county level or above: a stock that stands at the end of `to`; a flow's sum over from..to. */
static void
tally_node(const struct totals *t, enum book book, size_t node, struct tally *tally)
{
	const struct cell *cells = t->cells[book][node];
	const size_t width = t->catalogue->indicator_count;
	for (size_t i = 0; cells && i < tally->count; i++) {
		size_t indicator = tally->which[i];
		for (int p = is_stock(t, indicator) ? tally->to : tally->from; p >= 0 && p <= tally->to; p++) {
			tally->sums[book][i] += cells[(size_t)p * width + indicator].sum;
			tally->reported[book][i] += cells[(size_t)p * width + indicator].reported;
		}
	}
}

/* Adds one report of a unit: flows, or the stocks that nothing later was found of. */
static void
tally_report(const struct totals *t, enum book book, const struct stored_report *report, size_t form,
             bool stocks, bool *found, struct tally *tally)
{
	const struct slots *slots = &t->store.slots[form];
	int64_t *values = scratch(t, SCRATCH_OTHER);
	stored_report_slots(&t->store, report, slots, values);
	for (size_t i = 0; i < tally->count; i++) {
		size_t indicator = tally->which[i];
		if (t->catalogue->indicators[indicator].form != t->catalogue->forms[form].number ||
		    is_stock(t, indicator) != stocks || (stocks && found[i]))
			continue;
		int64_t value = values[t->store.slot_of[indicator]];
		if (value == NOT_REPORTED)
			continue;
		found[i] = true;
		tally->sums[book][i] += value;
		tally->reported[book][i]++;
	}
}

/* Of one unit alone, from its reports. A place that has another code by then has no stock under this one. */
static void
tally_reports(const struct totals *t, enum book book, size_t unit, size_t form, struct tally *tally)
{
	const struct unit *place = &t->catalogue->units[unit];
	const struct form_reports *stored = report_store_at(&t->store, unit, form);
	bool found[CATALOGUE_NUMBER_MAX + 1];
	memset(found, 0, tally->count * sizeof *found);
	for (int p = tally->from; p <= tally->to; p++) {
		const struct stored_report *report = leaf_report(stored, book, p);
		if (report && unit_in_period(place, period_from_index(t->period_first + p)))
			tally_report(t, book, report, form, false, found, tally);
	}
	bool stands = tally->to >= 0 && unit_in_period(place, period_from_index(t->period_first + tally->to));
	for (int p = tally->to; stands && p >= 0; p--) {
		const struct stored_report *report = leaf_report(stored, book, p);
		if (report)
			tally_report(t, book, report, form, true, found, tally);
	}
}

/* Of a unit's whole subtree. */
static void
tally_unit(const struct totals *t, enum book book, const struct unit *unit, struct tally *tally)
{
	const struct catalogue *c = t->catalogue;
	int32_t node = t->node_of[unit_index(t, unit)];
	if (node >= 0) {
		tally_node(t, book, (size_t)node, tally);
		return;
	}
	for (int level = (int)unit->level; level <= UNIT_VILLAGE; level++) {
		size_t first, count = catalogue_units_below(c, unit->code, (enum unit_level)level, &first);
		for (size_t i = 0; i < count; i++)
			for (size_t form = 0; form < c->form_count; form++)
				if ((int)c->forms[form].level == level &&
				    report_store_at(&t->store, first + i, form)->by_period[book])
					tally_reports(t, book, first + i, form, tally);
	}
}

bool
totals_figure(const struct totals *t, size_t unit, const struct indicator *indicator, enum book book,
              int64_t *out)
{
	uint32_t reported = 0, which = (uint32_t)indicator_index(t, indicator->number);
	wide_sum sum = 0;
	struct tally tally = {0, t->period_count - 1, 1, &which, {NULL}, {NULL}};
	tally.sums[book] = &sum;
	tally.reported[book] = &reported;
	tally_unit(t, book, &t->catalogue->units[unit], &tally);
	*out = wide_sum_clamp(sum);
	return reported;
}

/* The units whose sums make up a row: the unit itself, or the group's members within it. */
struct parts {
	size_t count;
	const struct unit_group *members; /* NULL: the unit itself */
	const struct unit *unit;
};

static struct parts
parts_of(const struct totals *t, const struct unit *unit, const struct total_query *q)
{
	struct parts parts = {.count = 1, .unit = unit};
	const struct unit_group *members;
	size_t count = *q->group ? catalogue_group(t->catalogue, q->group, &members) : 0;
	if (!*q->group || unit_group_has(members, count, unit->code))
		return parts;
	parts.members = members;
	parts.count = count;
	return parts;
}

/* NULL: the i-th member lies elsewhere. */
static const struct unit *
part_at(const struct totals *t, const struct parts *parts, size_t i)
{
	if (!parts->members)
		return parts->unit;
	return unit_within(parts->members[i].unit, parts->unit->code)
	           ? catalogue_unit(t->catalogue, parts->members[i].unit)
	           : NULL;
}

/* Does the row include any unit of the group that was asked for? */
static bool
has_part(const struct totals *t, const struct unit *unit, const struct total_query *q)
{
	struct parts parts = parts_of(t, unit, q);
	for (size_t i = 0; i < parts.count; i++)
		if (part_at(t, &parts, i))
			return true;
	return false;
}

/* ---------------------------------------------------------------- targets */

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
find_standing(const struct totals *t, const struct unit *unit, const struct set_target *target, int month,
              struct course *out)
{
	int32_t node = t->node_of[unit_index(t, unit)];
	int january = period_index(target->year * 100 + 1) - t->period_first;
	*out = (struct course){.last = month};
	if (!target->measure.indicator) {
		for (int m = 1; m <= month; m++)
			out->by_end[m] = fund_totals_special(&t->funds[node], t->catalogue, target->measure.fund,
			                                     target->year * 100 + 1, target->year * 100 + m);
		return;
	}
	uint32_t indicator = (uint32_t)indicator_index(t, target->measure.indicator);
	bool stock = is_stock(t, indicator);
	wide_sum sum = 0;
	out->first = stock ? month : 0;
	for (int m = 0; m <= month; m++) {
		uint32_t reported[BOOKS] = {0};
		wide_sum sums[BOOKS] = {0};
		struct tally tally = {january + m - 1, january + m - 1, 1,
		                      &indicator,      {sums, sums},    {reported, reported}};
		if (tally.to >= 0 && tally.to < t->period_count)
			tally_unit(t, BOOK_SUBMITTED, unit, &tally);
		sum = stock ? sums[0] : m ? sum + sums[0] : 0;
		out->by_end[m] = wide_sum_clamp(sum);
		if (reported[0] && m < out->first)
			out->first = m;
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
	int month = pace_month(t, target, now, to);
	uint32_t share;
	struct course standing;
	v.parts = targets_parts(&t->targets, target->unit, target->year, target->measure, &v.part_count);
	/* Money is kept at county level and above. */
	if (!month || !unit || (!indicator && unit->level > UNIT_COUNTY))
		return v;
	find_standing(t, unit, target, month, &standing);
	v.pace_period = target->year * 100 + month;
	v.reached = standing.by_end[month];
	share = catalogue_expected_share(t->catalogue, target->measure.indicator, target->measure.fund, month);
	v.expected_share = (share * 1000 + PACE_WHOLE / 2) / PACE_WHOLE;
	v.pace = pace_of(target->value, &standing, share, indicator && indicator->kind == INDICATOR_STOCK);
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
add_funds(const struct totals *t, const struct parts *parts, const struct total_query *q, struct arena *arena,
          struct unit_total *out)
{
	const struct fund_totals **funds = arena_array(arena, parts->count, sizeof *funds);
	size_t count = 0;
	for (size_t i = 0; funds && i < parts->count; i++) {
		const struct unit *unit = part_at(t, parts, i);
		int32_t node = unit ? t->node_of[unit_index(t, unit)] : -1;
		if (node >= 0)
			funds[count++] = &t->funds[node];
	}
	return funds && fund_totals_sum(funds, count, q->from, q->to, arena, &out->funds, &out->fund_count);
}

static bool
reserve_values(struct arena *arena, size_t count, struct unit_total *out)
{
	out->indicator_count = count;
	out->indicators = arena_array(arena, count, sizeof *out->indicators);
	out->values = arena_array(arena, count, sizeof *out->values);
	out->reported = arena_array(arena, count, sizeof *out->reported);
	out->approved = arena_array(arena, count, sizeof *out->approved);
	out->approved_reported = arena_array(arena, count, sizeof *out->approved_reported);
	return out->indicators && out->values && out->reported && out->approved && out->approved_reported;
}

static bool
answer_unit(const struct totals *t, const struct unit *unit, const struct total_query *q, struct tally *tally,
            struct arena *arena, struct unit_total *out)
{
	struct parts parts = parts_of(t, unit, q);
	*out = (struct unit_total){.unit = unit->code};
	if (!reserve_values(arena, tally->count, out))
		return false;
	for (int book = 0; book < BOOKS; book++) {
		memset(tally->sums[book], 0, tally->count * sizeof *tally->sums[book]);
		memset(tally->reported[book], 0, tally->count * sizeof *tally->reported[book]);
		for (size_t i = 0; i < parts.count; i++) {
			const struct unit *part = part_at(t, &parts, i);
			if (part)
				tally_unit(t, (enum book)book, part, tally);
		}
	}
	for (size_t i = 0; i < tally->count; i++) {
		out->indicators[i] = t->catalogue->indicators[tally->which[i]].number;
		out->values[i] = wide_sum_clamp(tally->sums[BOOK_SUBMITTED][i]);
		out->reported[i] = tally->reported[BOOK_SUBMITTED][i];
		out->approved[i] = wide_sum_clamp(tally->sums[BOOK_APPROVED][i]);
		out->approved_reported[i] = tally->reported[BOOK_APPROVED][i];
	}
	if (q->funds && !add_funds(t, &parts, q, arena, out))
		return false;
	/* A target is a unit's, not that of a group's part of it. */
	return parts.members || add_targets(t, q, arena, out);
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

/* Of a group: its members and what holds them; and always the unit that was asked for. */
static bool
is_shown(const struct totals *t, const struct total_query *q, const struct rows *rows, size_t i)
{
	const struct unit *unit = &t->catalogue->units[row_at(rows, i)];
	return !*q->group || unit->code == q->unit || has_part(t, unit, q);
}

bool
totals_answer(const struct totals *t, const struct total_query *q, struct arena *arena,
              struct total_answer *out, struct problem_list *problems)
{
	if (!check_query(t, q, problems))
		return false;
	struct rows rows = find_rows(t->catalogue, q);
	size_t count = rows.count + rows.whole;
	struct tally tally;
	out->unit_count = 0;
	out->units = arena_array(arena, count, sizeof *out->units);
	bool good = out->units && make_tally(t, q, arena, &tally);
	for (size_t i = 0; good && i < count; i++) {
		const struct unit *unit = &t->catalogue->units[row_at(&rows, i)];
		if (is_shown(t, q, &rows, i))
			good = answer_unit(t, unit, q, &tally, arena, &out->units[out->unit_count++]);
	}
	if (!good)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return good;
}

uint64_t
totals_changed(const struct totals *t, unit_code unit)
{
	/* Below county level: with the county, at the latest. */
	enum unit_level level = unit_level_of(unit) > UNIT_COUNTY ? UNIT_COUNTY : unit_level_of(unit);
	const struct unit *place = catalogue_unit(t->catalogue, unit_ancestor(unit, level));
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
		found +=
		    is_shown(t, q, &rows, i) && totals_changed(t, t->catalogue->units[row_at(&rows, i)].code) > since;
	struct tally tally;
	*out = arena_array(arena, found, sizeof **out);
	bool good = *out && found <= rows_max && (!found || make_tally(t, q, arena, &tally));
	for (size_t i = 0; good && i < all; i++) {
		const struct unit *unit = &t->catalogue->units[row_at(&rows, i)];
		if (is_shown(t, q, &rows, i) && totals_changed(t, unit->code) > since)
			good = answer_unit(t, unit, q, &tally, arena, &(*out)[(*count)++]);
	}
	return good;
}
