#include "soft_checks.h"

#include <stdlib.h>

typedef __int128 wide;

/* A report, and what was before it, by the slots of its form. */
struct looking {
	const struct report_store *store;
	const struct form_reports *stored;
	const struct slots *slots;
	int at;
	int64_t *now, *month_before, *scratch;
};

static int64_t
value_of(const struct looking *l, const int64_t *values, uint32_t indicator)
{
	return values[l->store->slot_of[l->store->catalogue->indicator_at[indicator]]];
}

/* What was reported last before the month; NOT_REPORTED: nothing. */
static int64_t
stood_before(const struct looking *l, uint32_t indicator)
{
	int64_t value = NOT_REPORTED;
	for (int p = l->at - 1; p >= 0 && value == NOT_REPORTED; p--) {
		const struct stored_report *report = leaf_report(l->stored, BOOK_SUBMITTED, p);
		if (!report)
			continue;
		stored_report_slots(l->store, report, l->slots, l->scratch);
		value = value_of(l, l->scratch, indicator);
	}
	return value;
}

static wide
distance(int64_t a, int64_t b)
{
	wide difference = (wide)a - b;
	return difference < 0 ? -difference : difference;
}

static bool
finds(const struct looking *l, const struct soft_check *check, struct warning *out)
{
	int64_t value = value_of(l, l->now, check->indicator), other = 0;
	bool found = false;
	if (value == NOT_REPORTED)
		return false;
	switch (check->kind) {
	case SOFT_JUMP:
		other = value_of(l, l->month_before, check->indicator);
		found = other != NOT_REPORTED && other &&
		        distance(value, other) * 100 > distance(other, 0) * check->bound;
		break;
	case SOFT_NEEDS:
		other = value_of(l, l->now, check->other);
		other = other == NOT_REPORTED ? 0 : other;
		found = value > 0 && !other;
		break;
	case SOFT_EXCEEDS:
		other = stood_before(l, check->other);
		found = other != NOT_REPORTED && value > other;
		break;
	}
	*out = (struct warning){check->number, value, other};
	return found;
}

bool
soft_checks_find(const struct report_store *store, size_t unit, size_t form, int at, struct arena *arena,
                 struct warning **out, size_t *count)
{
	const struct catalogue *c = store->catalogue;
	const struct slots *slots = &store->slots[form];
	const struct form_reports *stored = report_store_at(store, unit, form);
	size_t most = 0;
	*count = 0;
	*out = NULL;
	for (size_t i = 0; i < c->check_count; i++)
		most += c->checks[i].form == c->forms[form].number;
	if (!most)
		return true;
	int64_t *room = calloc(3 * slots->count + 1, sizeof *room);
	*out = arena_array(arena, most, sizeof **out);
	struct looking l = {store, stored, slots, at, room, room + slots->count, room + 2 * slots->count};
	if (room && *out) {
		stored_report_slots(store, leaf_report(stored, BOOK_SUBMITTED, at), slots, l.now);
		stored_report_slots(store, at ? leaf_report(stored, BOOK_SUBMITTED, at - 1) : NULL, slots,
		                    l.month_before);
	}
	for (size_t i = 0; room && *out && i < c->check_count; i++)
		if (c->checks[i].form == c->forms[form].number && finds(&l, &c->checks[i], &(*out)[*count]))
			(*count)++;
	bool good = room && *out;
	free(room);
	return good;
}
