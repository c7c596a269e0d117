#include "standing.h"

#include "field/deadline.h"

#include <stdio.h>
#include <stdlib.h>

/* The questions in their order. */
enum { ASK_PONG, ASK_RETURNED, ASK_OVERDUE, ASK_DEADLINES, ASK_NOTHING };

void
standing_begin(struct standing_steps *s, const struct catalogue *c, unit_code unit, struct standing *out)
{
	*s = (struct standing_steps){
	    .catalogue = c, .unit = unit, .out = out, .first = PERIOD_LAST, .last = PERIOD_FIRST};
	*out = (struct standing){0};
	for (size_t i = 0; i < c->version_count; i++) {
		s->first = c->versions[i].first < s->first ? c->versions[i].first : s->first;
		s->last = c->versions[i].last > s->last ? c->versions[i].last : s->last;
	}
	s->month = s->first;
}

static struct request
returned_question(const struct standing_steps *s)
{
	static const enum review_state returned = REVIEW_RETURNED;
	return (struct request){.kind = REQUEST_REPORTS,
	                        .reports = {.unit = s->unit,
	                                    .from = s->first,
	                                    .to = s->last,
	                                    .states = &returned,
	                                    .state_count = 1,
	                                    .limit = STANDING_RETURNED_MAX}};
}

static struct request
completeness_question(const struct standing_steps *s, const uint32_t *form, period from, period to)
{
	return (struct request){
	    .kind = REQUEST_COMPLETENESS,
	    .completeness = {.unit = s->unit, .from = from, .to = to, .forms = form, .form_count = form ? 1 : 0}};
}

/* Is this form of this month open, and not due? */
static bool
is_ahead(const struct standing_steps *s)
{
	const struct deadlines *at =
	    catalogue_deadlines(s->catalogue, s->catalogue->forms[s->form].number, s->month);
	int64_t now = s->out->time_us / 1000000;
	return at && at->at[DEADLINE_OPEN] <= now && at->at[DEADLINE_DUE] > now;
}

static void
go_on(struct standing_steps *s)
{
	s->month = period_from_index(period_index(s->month) + 1);
	if (s->month > s->last) {
		s->month = s->first;
		s->form++;
	}
}

static bool
find_ahead(struct standing_steps *s)
{
	bool full = s->out->deadline_count == STANDING_DEADLINES_MAX;
	while (!full && s->form < s->catalogue->form_count && !is_ahead(s))
		go_on(s);
	return !full && s->form < s->catalogue->form_count;
}

static int
by_due(const void *a, const void *b)
{
	const struct standing_deadline *x = a, *y = b;
	return x->due != y->due ? (x->due > y->due) - (x->due < y->due)
	                        : (x->period > y->period) - (x->period < y->period);
}

bool
standing_next(struct standing_steps *s, struct request *out, enum reply_kind *kind)
{
	if (s->step > ASK_PONG && !s->catalogue->version_count)
		s->step = ASK_NOTHING;
	if (s->step == ASK_DEADLINES && !find_ahead(s))
		s->step = ASK_NOTHING;
	switch (s->step) {
	case ASK_PONG:
		*out = (struct request){.kind = REQUEST_PING};
		*kind = REPLY_PONG;
		return true;
	case ASK_RETURNED:
		*out = returned_question(s);
		*kind = REPLY_REPORTS;
		return true;
	case ASK_OVERDUE:
		*out = completeness_question(s, NULL, s->first, s->last);
		*kind = REPLY_COMPLETENESS;
		return true;
	case ASK_DEADLINES:
		s->form_number = s->catalogue->forms[s->form].number;
		*out = completeness_question(s, &s->form_number, s->month, s->month);
		*kind = REPLY_COMPLETENESS;
		return true;
	default:
		if (s->out->deadline_count)
			qsort(s->out->deadlines, s->out->deadline_count, sizeof *s->out->deadlines, by_due);
		return false;
	}
}

/* ---------------------------------------------------------------- answers */

static void
take_returned(struct standing_steps *s, const struct report_answer *answer)
{
	for (size_t i = 0; i < answer->count && i < STANDING_RETURNED_MAX; i++) {
		const struct report_item *item = &answer->items[i];
		const struct form *form = catalogue_form(s->catalogue, item->key.form);
		const struct unit *unit = catalogue_unit(s->catalogue, item->key.unit);
		struct standing_report *r = &s->out->returned[s->out->returned_count++];
		r->unit = item->key.unit;
		r->period = item->key.period;
		snprintf(r->form, sizeof r->form, "%s", form ? form->code : "");
		snprintf(r->name, sizeof r->name, "%s", unit ? unit->name : "");
		snprintf(r->text, sizeof r->text, "%s", item->text);
	}
	s->out->returned_more = answer->next.unit ? 1 : 0;
}

static struct completeness_row
sum_rows(const struct completeness_answer *answer)
{
	struct completeness_row sum = {0};
	for (size_t i = 0; i < answer->row_count; i++) {
		const struct completeness_row *row = &answer->rows[i];
		sum.open += row->open;
		sum.open_received += row->open_received;
		sum.missing += row->missing;
	}
	return sum;
}

static void
take_deadline(struct standing_steps *s, const struct completeness_row *row)
{
	const struct form *form = catalogue_form(s->catalogue, s->form_number);
	const struct deadlines *at = form ? catalogue_deadlines(s->catalogue, form->number, s->month) : NULL;
	if (at && row->open) { /* else no unit of ours owes it */
		struct standing_deadline *d = &s->out->deadlines[s->out->deadline_count++];
		*d = (struct standing_deadline){s->month, at->at[DEADLINE_DUE], row->open,
		                                row->open - row->open_received, ""};
		snprintf(d->form, sizeof d->form, "%s", form->code);
	}
	go_on(s);
}

void
standing_take(struct standing_steps *s, const struct reply *reply)
{
	struct completeness_row row = {0};
	if (reply->kind == REPLY_COMPLETENESS)
		row = sum_rows(&reply->completeness);
	switch (s->step) {
	case ASK_PONG:
		s->out->time_us = reply->pong.time_us;
		s->out->store_ready = reply->pong.store_ready;
		s->step++;
		break;
	case ASK_RETURNED:
		take_returned(s, &reply->reports);
		s->step++;
		break;
	case ASK_OVERDUE:
		s->out->overdue = row.missing;
		s->step++;
		break;
	default:
		take_deadline(s, &row);
	}
}

static void
take_keys(const struct key_list *list, struct standing *out)
{
	for (size_t i = 0; i < list->count && i < KEYS_LISTED_MAX; i++) {
		const struct key_item *from = &list->items[i];
		struct standing_key *to = &out->keys[out->key_count++];
		to->admitted_us = from->admitted_us;
		to->ended_us = from->ended_us;
		to->sent = from->sent;
		to->last_seq = from->last_seq;
		to->last_us = from->last_us;
		snprintf(to->name, sizeof to->name, "%s", from->name);
		snprintf(to->public_key, sizeof to->public_key, "%s", from->public_key);
		snprintf(to->admitted_by, sizeof to->admitted_by, "%s", from->admitted_by);
		snprintf(to->ended_by, sizeof to->ended_by, "%s", from->ended_by);
	}
	out->keys_more = list->more || list->count > KEYS_LISTED_MAX;
}

/* Only the database knows, and an older centre does not: then there is nothing to tell. */
static enum session_failure
fetch_keys(struct session *session, int timeout_ms, struct standing *out)
{
	struct request request = {.kind = REQUEST_KEYS};
	struct reply reply;
	if (!out->store_ready)
		return SESSION_OK;
	enum session_failure failure = session_ask(session, &request, REPLY_KEYS, timeout_ms, &reply);
	if (!failure)
		take_keys(&reply.keys, out);
	return failure == SESSION_REFUSED ? SESSION_OK : failure;
}

enum session_failure
standing_fetch(struct session *session, int timeout_ms, const struct catalogue *c, struct standing *out)
{
	struct standing_steps steps;
	struct request request;
	struct reply reply;
	enum reply_kind kind;
	standing_begin(&steps, c, session_welcome(session)->unit, out);
	while (standing_next(&steps, &request, &kind)) {
		enum session_failure failure = session_ask(session, &request, kind, timeout_ms, &reply);
		if (failure)
			return failure;
		standing_take(&steps, &reply);
	}
	return fetch_keys(session, timeout_ms, out);
}

int64_t
standing_days_left(int64_t due, int64_t time_us)
{
	/* A deadline of 24:00 is the first moment of the next day: the day before is its last. */
	int64_t last = due - 1, zone = 8 * 3600;
	return (last + zone) / 86400 - (time_us / 1000000 + zone) / 86400;
}
