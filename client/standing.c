#include "standing.h"

#include "deadline.h"

#include <stdio.h>
#include <stdlib.h>

struct asking {
	struct session *session;
	int timeout_ms;
	const struct catalogue *catalogue;
	struct standing *out;
	period first, last; /* of the plan */
};

static enum session_failure
ask_returned(struct asking *a)
{
	static const enum review_state returned = REVIEW_RETURNED;
	struct request request = {.kind = REQUEST_REPORTS,
	                          .reports = {.unit = session_welcome(a->session)->unit,
	                                      .from = a->first,
	                                      .to = a->last,
	                                      .states = &returned,
	                                      .state_count = 1,
	                                      .limit = STANDING_RETURNED_MAX}};
	struct reply reply;
	enum session_failure failure = session_ask(a->session, &request, REPLY_REPORTS, a->timeout_ms, &reply);
	if (failure)
		return failure;
	for (size_t i = 0; i < reply.reports.count && i < STANDING_RETURNED_MAX; i++) {
		const struct report_item *item = &reply.reports.items[i];
		const struct form *form = catalogue_form(a->catalogue, item->key.form);
		const struct unit *unit = catalogue_unit(a->catalogue, item->key.unit);
		struct standing_report *r = &a->out->returned[a->out->returned_count++];
		r->unit = item->key.unit;
		r->period = item->key.period;
		snprintf(r->form, sizeof r->form, "%s", form ? form->code : "");
		snprintf(r->name, sizeof r->name, "%s", unit ? unit->name : "");
		snprintf(r->text, sizeof r->text, "%s", item->text);
	}
	a->out->returned_more = reply.reports.next.unit ? 1 : 0;
	return SESSION_OK;
}

static enum session_failure
ask_completeness(struct asking *a, const uint32_t *form, period from, period to, struct completeness_row *out)
{
	struct request request = {.kind = REQUEST_COMPLETENESS,
	                          .completeness = {.unit = session_welcome(a->session)->unit,
	                                           .from = from,
	                                           .to = to,
	                                           .forms = form,
	                                           .form_count = form ? 1 : 0}};
	struct reply reply;
	enum session_failure failure =
	    session_ask(a->session, &request, REPLY_COMPLETENESS, a->timeout_ms, &reply);
	*out = (struct completeness_row){0};
	for (size_t i = 0; !failure && i < reply.completeness.row_count; i++) {
		const struct completeness_row *row = &reply.completeness.rows[i];
		out->open += row->open;
		out->open_received += row->open_received;
		out->missing += row->missing;
	}
	return failure;
}

/* Forms of months that are open and not due. */
static enum session_failure
ask_deadlines(struct asking *a)
{
	const struct catalogue *c = a->catalogue;
	int64_t now = a->out->time_us / 1000000;
	for (size_t i = 0; i < c->form_count; i++)
		for (period month = a->first; month <= a->last; month = period_from_index(period_index(month) + 1)) {
			const struct deadlines *at = catalogue_deadlines(c, c->forms[i].number, month);
			struct completeness_row row;
			if (!at || at->at[DEADLINE_OPEN] > now || at->at[DEADLINE_DUE] <= now ||
			    a->out->deadline_count == STANDING_DEADLINES_MAX)
				continue;
			enum session_failure failure = ask_completeness(a, &c->forms[i].number, month, month, &row);
			if (failure)
				return failure;
			if (!row.open)
				continue; /* no unit of ours owes it */
			struct standing_deadline *d = &a->out->deadlines[a->out->deadline_count++];
			*d = (struct standing_deadline){month, at->at[DEADLINE_DUE], row.open,
			                                row.open - row.open_received, ""};
			snprintf(d->form, sizeof d->form, "%s", c->forms[i].code);
		}
	return SESSION_OK;
}

static int
by_due(const void *a, const void *b)
{
	const struct standing_deadline *x = a, *y = b;
	return x->due != y->due ? (x->due > y->due) - (x->due < y->due)
	                        : (x->period > y->period) - (x->period < y->period);
}

static enum session_failure
ask_pong(struct asking *a)
{
	struct request request = {.kind = REQUEST_PING};
	struct reply reply;
	enum session_failure failure = session_ask(a->session, &request, REPLY_PONG, a->timeout_ms, &reply);
	if (!failure) {
		a->out->time_us = reply.pong.time_us;
		a->out->store_ready = reply.pong.store_ready;
	}
	return failure;
}

enum session_failure
standing_fetch(struct session *session, int timeout_ms, const struct catalogue *c, struct standing *out)
{
	struct asking a = {session, timeout_ms, c, out, PERIOD_LAST, PERIOD_FIRST};
	struct completeness_row all;
	*out = (struct standing){0};
	for (size_t i = 0; i < c->version_count; i++) {
		a.first = c->versions[i].first < a.first ? c->versions[i].first : a.first;
		a.last = c->versions[i].last > a.last ? c->versions[i].last : a.last;
	}
	enum session_failure failure = ask_pong(&a);
	if (failure || !c->version_count)
		return failure;
	failure = ask_returned(&a);
	if (!failure)
		failure = ask_completeness(&a, NULL, a.first, a.last, &all);
	if (!failure) {
		out->overdue = all.missing;
		failure = ask_deadlines(&a);
	}
	if (out->deadline_count)
		qsort(out->deadlines, out->deadline_count, sizeof *out->deadlines, by_due);
	return failure;
}

int64_t
standing_days_left(int64_t due, int64_t time_us)
{
	/* A deadline of 24:00 is the first moment of the next day: the day before is its last. */
	int64_t last = due - 1, zone = 8 * 3600;
	return (last + zone) / 86400 - (time_us / 1000000 + zone) / 86400;
}
