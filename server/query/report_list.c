#include "report_list.h"

#include "base/query_check.h"
#include "soft_checks.h"

/* Limits of one answer: what fits into a turn of the loop. The client asks for the rest. */
enum { ITEMS_MAX = 1000, LOOKS_MAX = 60000 };

/* Looking for warnings reads several reports: it takes as long as so many looks at a month. */
enum { LOOKS_FOR_WARNINGS = 20 };

struct listing {
	const struct catalogue *catalogue;
	const struct report_store *store;
	const struct report_query *query;
	struct arena *arena;
	struct report_answer *out;
	size_t limit, looks;
};

static bool
wants_form(const struct report_query *q, uint32_t form)
{
	for (size_t i = 0; i < q->form_count; i++)
		if (q->forms[i] == form)
			return true;
	return !q->form_count;
}

static bool
wants_state(const struct report_query *q, enum review_state state)
{
	for (size_t i = 0; i < q->state_count; i++)
		if (q->states[i] == state)
			return true;
	return !q->state_count;
}

static bool
add_values(const struct listing *l, const struct stored_report *report, struct report_item *item)
{
	int64_t values[FORM_FIELDS_MAX];
	size_t count = stored_report_values(l->store, report, values);
	const struct form_version *version = &l->catalogue->versions[report->version];
	item->indicators = arena_array(l->arena, count, sizeof *item->indicators);
	item->values = arena_array(l->arena, count, sizeof *item->values);
	for (size_t i = 0; item->indicators && item->values && i < count; i++)
		if (values[i] != NOT_REPORTED) {
			item->indicators[item->value_count] = version->fields[i].indicator;
			item->values[item->value_count++] = values[i];
		}
	return item->indicators && item->values;
}

static bool
add_item(struct listing *l, const struct unit *unit, const struct form *form,
         const struct form_reports *stored, int at)
{
	const struct catalogue *c = l->catalogue;
	const struct stored_report *report = leaf_report(stored, BOOK_SUBMITTED, at);
	const struct verdict *verdict = leaf_verdict(stored, at);
	enum review_state state = leaf_state(stored, at);
	if (!report || !wants_state(l->query, state) ||
	    !unit_in_period(unit, period_from_index(c->period_first + at)))
		return true;
	struct warning *warnings;
	size_t warning_count;
	l->looks += c->check_count ? LOOKS_FOR_WARNINGS : 0;
	if (!soft_checks_find(l->store, (size_t)(unit - c->units), (size_t)(form - c->forms), at, l->arena,
	                      &warnings, &warning_count))
		return false;
	if (l->query->warned && !warning_count)
		return true;
	struct report_item *item = &l->out->items[l->out->count++];
	*item = (struct report_item){
	    .key = {unit->code, form->number, period_from_index(c->period_first + at)},
	    .version = c->versions[report->version].version,
	    .revision = report->revision,
	    .state = state,
	    .step = verdict ? verdict->step : 0,
	    .approved = verdict ? verdict->approved : 0,
	    .text = "",
	    .first_time = report->first_at,
	    .warning_count = warning_count,
	    .warnings = warnings,
	};
	if (state == REVIEW_RETURNED) {
		item->reason = (enum return_reason)verdict->reason;
		item->text = arena_string(l->arena, verdict->text); /* a later decision frees its own */
	}
	if (!item->text)
		return false;
	return !l->query->values || add_values(l, report, item);
}

/* False: the answer is full (out->next says where to go on), or the arena is. */
static bool
add_leaf(struct listing *l, size_t unit, size_t form, int from, int to)
{
	const struct unit *place = &l->catalogue->units[unit];
	const struct form *what = &l->catalogue->forms[form];
	const struct form_reports *stored = report_store_at(l->store, unit, form);
	l->looks++;
	if (!stored->by_period[BOOK_SUBMITTED] || !wants_form(l->query, what->number))
		return true;
	for (int at = from; at <= to; at++) {
		l->looks++;
		if (!add_item(l, place, what, stored, at))
			return false;
		if (l->out->count < l->limit && l->looks < LOOKS_MAX)
			continue;
		l->out->next = (struct report_key){place->code, what->number,
		                                   period_from_index(l->catalogue->period_first + at)};
		return false;
	}
	return true;
}

static bool
check_query(const struct catalogue *c, const struct report_query *q, struct problem_list *problems)
{
	return query_unit(c, q->unit, problems) && (!q->after.unit || query_unit(c, q->after.unit, problems)) &&
	       query_periods(q->from, q->to, problems) && query_forms(c, q->forms, q->form_count, problems);
}

/* All reports of the unit's subtree, after the one that was asked to go on after. */
static void
walk(struct listing *l)
{
	const struct catalogue *c = l->catalogue;
	const struct report_query *q = l->query;
	const struct report_key *after = &q->after;
	int from = period_index(q->from) - c->period_first, to = period_index(q->to) - c->period_first;
	from = from < 0 ? 0 : from;
	to = to >= c->period_count ? c->period_count - 1 : to;
	size_t first = catalogue_first_unit(c, after->unit ? after->unit : q->unit);
	for (size_t u = first; u < c->unit_count; u++) {
		if (!unit_within(c->units[u].code, q->unit))
			continue;
		for (size_t f = 0; f < c->form_count; f++) {
			bool same = c->units[u].code == after->unit && c->forms[f].number <= after->form;
			int start = from;
			if (same && c->forms[f].number < after->form)
				continue;
			if (same && period_index(after->period) - c->period_first + 1 > from)
				start = period_index(after->period) - c->period_first + 1;
			if (c->forms[f].level == c->units[u].level && !add_leaf(l, u, f, start, to))
				return;
		}
	}
}

bool
report_list(const struct totals *totals, const struct catalogue *catalogue, const struct report_query *query,
            struct arena *arena, struct report_answer *out, struct problem_list *problems)
{
	struct listing l = {.catalogue = catalogue,
	                    .store = totals_leaves(totals),
	                    .query = query,
	                    .arena = arena,
	                    .out = out,
	                    .limit = query->limit && query->limit < ITEMS_MAX ? query->limit : ITEMS_MAX};
	if (!check_query(catalogue, query, problems))
		return false;
	out->items = arena_array(arena, l.limit, sizeof *out->items);
	if (out->items)
		walk(&l);
	if (!arena->exhausted)
		return true;
	problem_only(problems, PROBLEM_TOO_LARGE);
	return false;
}
