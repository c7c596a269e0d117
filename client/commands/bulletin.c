#include "bulletin.h"

#include "base/decimal.h"

#include <string.h>

enum unit_level
bulletin_parts_level(unit_code unit)
{
	enum unit_level level = unit_level_of(unit);
	return level < UNIT_COUNTY ? (enum unit_level)(level + 1) : UNIT_NONE;
}

const struct unit_total *
bulletin_whole(const struct bulletin *b, enum bulletin_total which)
{
	const struct total_answer *total = &b->totals[which].state;
	return &total->units[total->unit_count - 1];
}

const struct unit_total *
bulletin_row(const struct bulletin *b, enum bulletin_total which, unit_code unit)
{
	const struct total_answer *total = &b->totals[which].state;
	for (size_t i = 0; i < total->unit_count; i++)
		if (total->units[i].unit == unit)
			return &total->units[i];
	return NULL;
}

/* ---------------------------------------------------------------- who is late */

static bool
is_worse(const struct late_office *a, const struct late_office *b)
{
	if (a->missing_year != b->missing_year)
		return a->missing_year > b->missing_year;
	if (a->missing_month != b->missing_month)
		return a->missing_month > b->missing_month;
	if (a->late_month != b->late_month)
		return a->late_month > b->late_month;
	return a->unit < b->unit;
}

size_t
bulletin_late(const struct bulletin *b, struct late_office out[BULLETIN_LATE])
{
	size_t found = 0, kept = 0;
	/* Both lists have the same counties in the same order. */
	for (size_t i = 0; i < b->county_count; i++) {
		const struct completeness_row *month = &b->counties[i], *year = &b->counties_year[i];
		const struct late_office office = {year->unit, month->missing, year->missing,
		                                   month->received - month->on_time};
		if (!office.missing_year && !office.late_month)
			continue;
		found++;
		size_t at = kept;
		while (at > 0 && is_worse(&office, &out[at - 1]))
			at--;
		if (at == BULLETIN_LATE)
			continue;
		kept += kept < BULLETIN_LATE;
		memmove(&out[at + 1], &out[at], (kept - at - 1) * sizeof *out);
		out[at] = office;
	}
	return found;
}

/* ---------------------------------------------------------------- what changed */

static int64_t
size_of(const struct county_change *change)
{
	int64_t difference = decimal_subtract(change->after, change->before);
	return difference < 0 ? decimal_subtract(0, difference) : difference;
}

static bool
is_larger(const struct county_change *a, const struct county_change *b)
{
	int64_t left = size_of(a), right = size_of(b);
	return left != right ? left > right : a->unit < b->unit;
}

size_t
bulletin_changes(const struct bulletin *b, uint32_t indicator, struct county_change out[BULLETIN_CHANGES])
{
	bool below = bulletin_parts_level(b->unit) == UNIT_COUNTY;
	enum bulletin_total now = below ? TOTAL_MONTH : TOTAL_COUNTIES;
	enum bulletin_total then = below ? TOTAL_BEFORE : TOTAL_COUNTIES_BEFORE;
	const struct total_answer *total = &b->totals[now].state;
	size_t kept = 0;
	for (size_t i = 0; i + 1 < total->unit_count; i++) { /* the last is the whole */
		const struct unit_total *row = &total->units[i], *before = bulletin_row(b, then, row->unit);
		struct figure old = before ? figure_submitted(before, indicator) : (struct figure){0};
		struct figure new = figure_submitted(row, indicator);
		const struct county_change change = {row->unit, old.value, new.value};
		if (!old.known || !new.known || old.value == new.value)
			continue;
		size_t at = kept;
		while (at > 0 && is_larger(&change, &out[at - 1]))
			at--;
		if (at == BULLETIN_CHANGES)
			continue;
		kept += kept < BULLETIN_CHANGES;
		memmove(&out[at + 1], &out[at], (kept - at - 1) * sizeof *out);
		out[at] = change;
	}
	return kept;
}
