/* libfupin: what each kind of operation does next, what it asks, and what it makes of the answer. */
#include "office_parts.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
operation_free(struct operation *p)
{
	letter_free(p->last);
	if (p->follow)
		follow_free(p->follow);
	free(p->follow);
	free(p->standing);
	free(p->parts);
	if (p->download)
		download_end(p->download);
	free(p->download);
	arena_free(&p->arena);
	free(p);
}

/* ---------------------------------------------------------------- what can be done here */

/* What it is about, in the words of the catalogue. */
static enum text
resolve_total(struct fupin_office *o, struct operation *p, const char **which)
{
	const struct fupin_query *q = &p->query;
	uint32_t *numbers = arena_array(&p->arena, q->indicator_count + 1, sizeof *numbers);
	*which = "";
	if (!numbers)
		return TEXT_MEMORY;
	for (size_t i = 0; i < q->indicator_count; i++) {
		const struct indicator *found = catalogue_indicator_by_name(&o->work.catalogue, q->indicators[i]);
		*which = q->indicators[i];
		if (!found)
			return TEXT_INDICATOR;
		numbers[i] = found->number;
	}
	p->total = (struct total_query){.unit = q->unit ? q->unit : o->work.unit,
	                                .from = q->from,
	                                .to = q->to,
	                                .by = (enum unit_level)q->by,
	                                .whole = q->by,
	                                .funds = q->funds,
	                                .as_of = {q->as_of_seq, q->as_of_time_us},
	                                .indicator_count = q->indicator_count,
	                                .indicators = numbers};
	return TEXT_NONE;
}

static void
begin_total(struct fupin_office *o, struct operation *p)
{
	const char *which;
	char text[512];
	enum text wrong = resolve_total(o, p, &which);
	bool watches = p->kind == OPERATION_WATCH;
	if (!wrong && watches && !p->follow && (p->follow = malloc(sizeof *p->follow)))
		follow_init(p->follow);
	if (!wrong && watches && !p->follow)
		wrong = TEXT_MEMORY;
	p->stage = STAGE_ASKING;
	if (!wrong)
		return;
	snprintf(text, sizeof text, "%.300s%s%s", which, *which ? ": " : "", office_text(o, wrong));
	tell_end(o, p, wrong == TEXT_INDICATOR ? FUPIN_USAGE : FUPIN_FAILED, text);
}

/* First reports what is known here, with or without a connection. */
static void
begin_standing(struct fupin_office *o, struct operation *p)
{
	char error[OUTBOX_ERROR_BYTES];
	size_t counts[OUTBOX_STATES];
	struct outbox *outbox = office_outbox(o, error);
	if (!outbox || !outbox_counts(outbox, counts)) {
		tell_end(o, p, FUPIN_FAILED, outbox ? outbox_error(outbox) : error);
		return;
	}
	if (!p->standing) {
		p->standing = calloc(1, sizeof *p->standing);
		tell_standing(o, p, counts, NULL);
	}
	if (!p->standing) {
		tell_end(o, p, FUPIN_FAILED, office_text(o, TEXT_MEMORY));
	} else if (o->work.has_catalogue) {
		standing_begin(&p->steps, &o->work.catalogue, o->work.unit, p->standing);
		p->stage = STAGE_ASKING;
	} else {
		o->work.fetching = true;
	}
}

/* Those that need units and forms; without any they wait for the first. */
static void
advance_with_catalogue(struct fupin_office *o, struct operation *p)
{
	if (!o->work.has_catalogue)
		o->work.fetching = true;
	else if (p->kind == OPERATION_CHECK || p->kind == OPERATION_MARK)
		office_check(o, p);
	else if (p->kind == OPERATION_DECIDE)
		office_decide(o, p);
	else if (p->kind == OPERATION_DOCUMENT)
		office_describe(o, p);
	else if (p->kind == OPERATION_FETCH)
		office_fetch(o, p);
	else if (p->kind == OPERATION_SUBMIT)
		office_save(o, p);
	else if (p->kind == OPERATION_ASK)
		question_begin(o, p);
	else
		begin_total(o, p);
}

void
operation_advance(struct fupin_office *o, struct operation *p)
{
	switch (p->kind) {
	case OPERATION_CONNECT:
		o->work.fetching = true;
		p->stage = STAGE_ASKING;
		break;
	case OPERATION_FIND:
		p->stage = STAGE_ASKING;
		break;
	case OPERATION_SEND:
		office_send_waiting(o, p);
		break;
	case OPERATION_STANDING:
		if (!p->standing || o->work.has_catalogue)
			begin_standing(o, p);
		break;
	default:
		advance_with_catalogue(o, p);
	}
}

bool
operation_needs_centre(const struct operation *p)
{
	/* What is still new at the end of a turn waits for the catalogue. */
	return p->stage != STAGE_ENDED;
}

void
operation_expire(struct fupin_office *o, struct operation *p)
{
	enum text text = p->stage == STAGE_NEW          ? TEXT_NO_CATALOGUE
	                 : p->stage == STAGE_DELIVERING ? TEXT_SAVED_NOT_SENT
	                                                : TEXT_NO_ANSWER;
	tell_end(o, p, FUPIN_WAITING, office_text(o, text));
}

/* A request whose answer is not waited for. */
static void
say(struct fupin_office *o, struct request *request)
{
	if (o->work.session && session_send(o->work.session, request))
		return; /* the next question finds out */
}

void
operation_cancel(struct fupin_office *o, struct operation *p)
{
	if (p->watch_id && p->question.epoch == (o->work.session ? session_epoch(o->work.session) : 0)) {
		struct request request = {.kind = REQUEST_UNWATCH, .unwatch = p->watch_id};
		say(o, &request);
	}
	tell_end(o, p, FUPIN_CANCELLED, office_text(o, TEXT_CANCELLED));
}

/* ---------------------------------------------------------------- questions */

void
operation_question(struct fupin_office *o, struct operation *p, struct request *out)
{
	enum reply_kind kind;
	(void)o;
	switch (p->kind) {
	case OPERATION_ASK:
	case OPERATION_DOCUMENT:
	case OPERATION_FETCH:
		*out = p->request;
		break;
	case OPERATION_FIND:
		*out = (struct request){.kind = REQUEST_STATUS, .status = p->submission};
		break;
	case OPERATION_STANDING:
		if (!standing_next(&p->steps, out, &kind))
			*out =
			    (struct request){.kind = REQUEST_PING}; /* the plan has changed meanwhile: nothing is left */
		break;
	default:
		*out = (struct request){.kind = p->kind == OPERATION_WATCH && !p->asks_whole ? REQUEST_WATCH
		                                                                             : REQUEST_TOTAL,
		                        .total = p->total};
	}
}

/* ---------------------------------------------------------------- answers */

static void
take_status(struct fupin_office *o, struct operation *p, const struct submission_status *status)
{
	if (status->state == SUBMISSION_COMMITTED) {
		tell_receipt(o, p, &status->receipt, "");
		tell_end(o, p, FUPIN_DONE, "");
	} else if (status->state == SUBMISSION_WAITING) {
		tell_end(o, p, FUPIN_WAITING, "");
	} else {
		tell_end(o, p, FUPIN_USAGE, office_text(o, TEXT_UNKNOWN));
	}
}

static void
take_standing(struct fupin_office *o, struct operation *p, const struct reply *reply)
{
	struct request next;
	enum reply_kind kind;
	char error[OUTBOX_ERROR_BYTES];
	size_t counts[OUTBOX_STATES] = {0};
	struct outbox *outbox = office_outbox(o, error);
	if (standing_next(&p->steps, &next, &kind)) {
		if (reply->kind != kind) {
			tell_end(o, p, FUPIN_FAILED, office_text(o, TEXT_SHAPE));
			return;
		}
		standing_take(&p->steps, reply);
		if (standing_next(&p->steps, &next, &kind))
			return; /* it is asked in the next turn */
	}
	if (!outbox || !outbox_counts(outbox, counts)) {
		tell_end(o, p, FUPIN_FAILED, outbox ? outbox_error(outbox) : error);
		return;
	}
	tell_standing(o, p, counts, p->standing);
	tell_end(o, p, FUPIN_DONE, "");
}

static void
acknowledge(struct fupin_office *o, struct operation *p, uint64_t seq)
{
	struct request request = {.kind = REQUEST_ACK, .ack = {.watch = p->watch_id, .seq = seq}};
	say(o, &request);
	p->ack_id = request.id;
}

/* The whole: the first, after a broken line, or where a push left a gap. */
static void
take_total(struct fupin_office *o, struct operation *p, const struct total_answer *answer)
{
	if (p->kind == OPERATION_TOTAL) {
		tell_figures(o, p, &answer->as_of, answer->units, answer->unit_count, true);
		tell_end(o, p, FUPIN_DONE, "");
		return;
	}
	bool told = p->follow->state.unit_count && p->follow->state.as_of.seq == answer->as_of.seq;
	bool acknowledges = p->asks_whole;
	p->stage = STAGE_WATCHING;
	p->asks_whole = false;
	if (!follow_begin(p->follow, answer))
		p->no_memory = true;
	if (!told)
		tell_figures(o, p, &answer->as_of, answer->units, answer->unit_count, true);
	if (acknowledges)
		acknowledge(o, p, p->push_seq);
	if (p->no_memory)
		tell_end(o, p, FUPIN_FAILED, office_text(o, TEXT_MEMORY));
}

static void
take_push(struct fupin_office *o, struct operation *p, const struct push *push)
{
	enum follow_result result = follow_push(p->follow, push);
	if (result == FOLLOW_NO_MEMORY) {
		tell_end(o, p, FUPIN_FAILED, office_text(o, TEXT_MEMORY));
	} else if (result == FOLLOW_GAP) {
		p->push_seq = push->as_of.seq;
		p->asks_whole = true;
		p->stage = STAGE_ASKING;
	} else {
		if (push->unit_count)
			tell_figures(o, p, &push->as_of, push->units, push->unit_count, false);
		acknowledge(o, p, push->as_of.seq);
	}
}

static void
take_refusal(struct fupin_office *o, struct operation *p, const struct refusal *refusal)
{
	char text[PROBLEM_TEXT_BYTES];
	const struct problem_list *problems = refusal->problems;
	p->question.sent = false;
	if (refusal->retry_after_ms) {
		p->question.not_before_us = clock_steady_us() + refusal->retry_after_ms * INT64_C(1000);
		return;
	}
	if (p->kind == OPERATION_WATCH && problems->count && problems->items[0].code == PROBLEM_WATCH_UNKNOWN) {
		p->stage = STAGE_ASKING;
		p->asks_whole = false;
		return;
	}
	for (size_t i = 0; i < problems->count; i++) {
		const struct finding finding = {.problem = problems->items[i]};
		tell_problem(o, p, &finding, NULL);
	}
	tell_end(o, p, FUPIN_PROBLEMS,
	         problems->count ? problem_text(&problems->items[0], o->language, text)
	                         : office_text(o, TEXT_REFUSED));
}

void
operation_take(struct fupin_office *o, struct operation *p, const struct reply *reply)
{
	bool asked = p->stage == STAGE_ASKING && p->question.request_id == reply->request_id;
	if (reply->kind == REPLY_REFUSAL) {
		take_refusal(o, p, &reply->refusal);
	} else if (reply->kind == REPLY_PUSH && p->kind == OPERATION_WATCH) {
		if (p->stage == STAGE_WATCHING)
			take_push(o, p, &reply->push);
	} else if (asked) {
		p->question.sent = false;
		p->question.attempt = 0;
		if (p->kind == OPERATION_STANDING)
			take_standing(o, p, reply);
		else if (p->kind == OPERATION_FIND && reply->kind == REPLY_STATUS)
			take_status(o, p, &reply->status);
		else if (p->kind == OPERATION_ASK)
			question_take(o, p, reply);
		else if (p->kind == OPERATION_DOCUMENT && reply->kind == REPLY_DOCUMENTS)
			office_save_document(o, p, &reply->documents);
		else if (p->kind == OPERATION_FETCH && reply->kind == REPLY_FILE)
			office_take_part(o, p, &reply->file);
		else if ((p->kind == OPERATION_TOTAL || p->kind == OPERATION_WATCH) && reply->kind == REPLY_TOTAL &&
		         reply->total.unit_count)
			take_total(o, p, &reply->total);
		else
			tell_end(o, p, FUPIN_FAILED, office_text(o, TEXT_SHAPE));
	}
}
