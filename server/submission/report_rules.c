#include "report_rules.h"

#include <stdlib.h>

/* All months of one place's form, as they will be after the submission. */
struct months {
	const struct catalogue *catalogue;
	const struct submission *submission;
	int count;
	size_t width;                         /* values of a month: slots of the form */
	const uint16_t *slot_of;              /* by index of an indicator */
	const struct form_version **versions; /* of each month's report; NULL: there is none */
	const struct report **changed;        /* by the submission; NULL: not this month */
	int64_t *values;                      /* count × width */
};

/* ---------------------------------------------------------------- one place's reports lie side by side */

struct sorting {
	size_t count;
	const struct report *items[SUBMISSION_ROWS_MAX];
};

static int
by_place(const void *a, const void *b)
{
	const struct report *x = *(const struct report *const *)a, *y = *(const struct report *const *)b;
	int64_t order = x->family != y->family   ? x->family - y->family
	                : x->form != y->form     ? (int64_t)x->form - (int64_t)y->form
	                : x->period != y->period ? (int64_t)x->period - y->period
	                                         : x - y;
	return (order > 0) - (order < 0);
}

static void
sort_reports(const struct submission *s, struct sorting *out)
{
	out->count = 0;
	for (size_t i = 0; i < s->report_count; i++)
		if (s->reports[i].family)
			out->items[out->count++] = &s->reports[i];
	if (out->count)
		qsort(out->items, out->count, sizeof *out->items, by_place);
}

static bool
same_place(const struct report *a, const struct report *b)
{
	return a->family == b->family && a->form == b->form;
}

void
report_rules_mark(const struct catalogue *c, struct submission *s)
{
	struct sorting sorting;
	if (!c->looks_back)
		return;
	for (size_t i = 0; i < s->report_count; i++) {
		struct report *r = &s->reports[i];
		const struct form_version *version = catalogue_version(c, r->form, r->form_version);
		r->family = version->looks_back ? c->units[c->units[r->place - 1].root].code : 0;
	}
	sort_reports(s, &sorting);
	for (size_t i = 0; i < sorting.count; i++)
		s->reports[sorting.items[i] - s->reports].leads =
		    !i || !same_place(sorting.items[i - 1], sorting.items[i]);
}

/* ---------------------------------------------------------------- a place's months */

static void
months_free(struct months *m)
{
	free(m->versions);
	free(m->changed);
	free(m->values);
}

static int64_t
value_of(const struct months *m, int at, uint32_t indicator)
{
	return m->values[(size_t)at * m->width + m->slot_of[m->catalogue->indicator_at[indicator]]];
}

static void
take_recorded(struct months *m, const struct report_store *store, const struct form_reports *stored,
              const struct slots *slots)
{
	for (int at = 0; at < m->count; at++) {
		const struct stored_report *report = leaf_report(stored, BOOK_SUBMITTED, at);
		if (report)
			m->versions[at] = &m->catalogue->versions[report->version];
		stored_report_slots(store, report, slots, &m->values[(size_t)at * m->width]);
	}
}

static void
take_changed(struct months *m, const struct report *const *run, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct report *r = run[i];
		int at = period_index(r->period) - m->catalogue->period_first;
		int64_t *values = &m->values[(size_t)at * m->width];
		m->versions[at] = catalogue_version(m->catalogue, r->form, r->form_version);
		m->changed[at] = r;
		for (size_t slot = 0; slot < m->width; slot++)
			values[slot] = NOT_REPORTED;
		for (uint32_t v = 0; v < r->value_count; v++)
			values[m->slot_of[m->catalogue->indicator_at[r->indicators[v]]]] = r->values[v];
	}
}

static bool
months_make(const struct holdings *h, const struct submission *s, const struct report *const *run,
            size_t count, struct months *out)
{
	const struct report_store *store = totals_leaves(h->totals);
	size_t form = (size_t)h->catalogue->form_at[run[0]->form];
	const struct slots *slots = &store->slots[form];
	size_t months = (size_t)h->catalogue->period_count;
	*out = (struct months){.catalogue = h->catalogue,
	                       .submission = s,
	                       .count = h->catalogue->period_count,
	                       .width = slots->count,
	                       .slot_of = store->slot_of,
	                       .versions = calloc(months, sizeof *out->versions),
	                       .changed = calloc(months, sizeof *out->changed),
	                       .values = calloc(months * slots->count, sizeof *out->values)};
	if (!out->versions || !out->changed || !out->values)
		return false;
	take_recorded(out, store, report_store_at(store, run[0]->place - 1, form), slots);
	take_changed(out, run, count);
	return true;
}

static struct problem *
add_problem(const struct months *m, enum problem_code code, const struct report *r,
            const struct form_field *field, struct problem_list *problems)
{
	struct problem *p = problem_add(problems, code, SUBJECT_REPORT, (size_t)(r - m->submission->reports),
	                                field->definition->code);
	p->decimals = (uint32_t)field->definition->decimals;
	return p;
}

static void
name_indicator(const struct months *m, uint32_t number, struct problem *p)
{
	const struct indicator *indicator = catalogue_indicator(m->catalogue, number);
	problem_detail(p, "%s %s", indicator->name_zh, indicator->name_en);
}

/* ---------------------------------------------------------------- the rules */

/* Checks the steps from the report of one month (-1: none) to the next one. A problem is reported for the
 * later of the two that is changed. */
static void
check_steps(const struct months *m, int before, int at, struct problem_list *problems)
{
	const struct form_version *version = m->versions[at];
	const struct report *blamed = m->changed[at] ? m->changed[at] : before < 0 ? NULL : m->changed[before];
	for (size_t i = 0; blamed && i < version->field_count; i++) {
		const struct form_field *field = &version->fields[i];
		if (!field->step)
			continue;
		bool now = value_of(m, at, field->indicator) == 1;
		bool was = before >= 0 && value_of(m, before, field->indicator) == 1;
		bool may = !field->step_after || (before >= 0 && value_of(m, before, field->step_after) == 1);
		struct problem *p;
		if (now && !was && !may) {
			p = add_problem(m, PROBLEM_STEP_SKIPPED, blamed, field, problems);
			name_indicator(m, field->step_after, p);
		} else if (was && !now) {
			p = add_problem(m, PROBLEM_STEP_BACK, blamed, field, problems);
			p->limit = period_from_index(m->catalogue->period_first + before);
		}
	}
}

/* The level at the end of a year; NOT_REPORTED: none. */
static int64_t
standing_in(const struct months *m, int year, uint32_t indicator)
{
	int at = period_index(year * 100 + 12) - m->catalogue->period_first;
	for (at = at < m->count ? at : m->count - 1; at >= 0; at--)
		if (value_of(m, at, indicator) != NOT_REPORTED)
			return value_of(m, at, indicator);
	return NOT_REPORTED;
}

/* `last`: the last report of a year that is changed. */
static void
check_bases(const struct months *m, const struct report *last, struct problem_list *problems)
{
	const struct form_version *version = catalogue_version(m->catalogue, last->form, last->form_version);
	int year = last->period / 100;
	for (size_t i = 0; i < version->field_count; i++) {
		const struct form_field *field = &version->fields[i];
		int64_t base = field->base ? standing_in(m, year, field->base) : NOT_REPORTED, sum = 0;
		if (base == NOT_REPORTED)
			continue;
		/* Twelve values of at most 10^12. */
		for (int at = 0; at < m->count; at++)
			if (period_from_index(m->catalogue->period_first + at) / 100 == year &&
			    value_of(m, at, field->indicator) != NOT_REPORTED)
				sum += value_of(m, at, field->indicator);
		if (sum <= base)
			continue;
		struct problem *p = add_problem(m, PROBLEM_BASE_EXCEEDED, last, field, problems);
		p->actual = sum;
		p->limit = base;
		name_indicator(m, field->base, p);
	}
}

static bool
check_run(const struct holdings *h, const struct submission *s, const struct report *const *run, size_t count,
          struct problem_list *problems)
{
	struct months months;
	bool good = months_make(h, s, run, count, &months);
	int before = -1;
	for (int at = 0; good && at < months.count; at++)
		if (months.versions[at]) {
			check_steps(&months, before, at, problems);
			before = at;
		}
	for (size_t i = 0; good && i < count; i++)
		if (i + 1 == count || run[i + 1]->period / 100 != run[i]->period / 100)
			check_bases(&months, run[i], problems);
	months_free(&months);
	return good;
}

bool
report_rules_check(const struct holdings *h, const struct submission *s, struct problem_list *problems)
{
	struct sorting sorting;
	bool good = true;
	if (!h->catalogue->looks_back)
		return true;
	sort_reports(s, &sorting);
	for (size_t first = 0, end; good && first < sorting.count; first = end) {
		end = first + 1;
		while (end < sorting.count && same_place(sorting.items[first], sorting.items[end]))
			end++;
		good = check_run(h, s, &sorting.items[first], end - first, problems);
	}
	return good;
}
