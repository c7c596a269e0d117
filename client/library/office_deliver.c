/* libfupin: the way of submissions, from files into the outbox, and from there to the centre. The
 * submissions of an operation are its parts, known by their position in the outbox; an answer closes the
 * part in every operation that waits for it. */
#include "office_parts.h"

#include "base/clock.h"
#include "base/grow.h"
#include "marking/xlsx_mark.h"
#include "outbox/item_place.h"
#include "outbox/save.h"

#include <stdlib.h>
#include <string.h>

/* How soon changes of the outbox by another program are noticed. */
enum { LOOK_MS = 1000 };

void
office_fail_outbox(struct fupin_office *o, struct operation *p, const char *error)
{
	tell_end(o, p, FUPIN_FAILED, error && *error ? error : office_text(o, TEXT_MEMORY));
}

void
office_add_part(struct operation *p, int64_t position)
{
	if (!grow(&p->parts, &p->part_room, p->part_count + 1, sizeof *p->parts)) {
		p->no_memory = true;
		return;
	}
	p->parts[p->part_count++] = (struct part){position, true};
	p->open_parts++;
}

/* All of its parts are answered. */
static void
conclude(struct fupin_office *o, struct operation *p)
{
	if (p->open_parts)
		return;
	if (p->refused)
		tell_end(o, p, FUPIN_PROBLEMS, office_text(o, TEXT_REFUSED));
	else if (p->mistaken)
		tell_end(o, p, FUPIN_WAITING, office_text(o, TEXT_MISTAKEN));
	else
		tell_end(o, p, FUPIN_DONE, "");
}

void
office_set_out(struct fupin_office *o, struct operation *p)
{
	p->stage = STAGE_DELIVERING;
	o->work.saved_more = true;
	conclude(o, p);
}

/* ---------------------------------------------------------------- files */

static struct saving *
begin_saving(struct fupin_office *o, struct operation *p)
{
	struct saving *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->files = p->files;
	s->count = p->file_count;
	s->catalogue = &o->work.catalogue;
	s->office = o->work.unit;
	s->today = date_of_time(office_time_us(o));
	return s;
}

static void
tell_findings(struct fupin_office *o, struct operation *p, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		tell_problem(o, p, &findings->items[i], NULL);
	tell_end(o, p, FUPIN_PROBLEMS, office_text(o, TEXT_DATA));
}

/* The red copy, if one is asked for. */
static void
mark_copy(struct fupin_office *o, struct operation *p, const struct findings *findings)
{
	char error[MARK_ERROR_BYTES];
	if (p->kind == OPERATION_MARK && !xlsx_mark_findings(p->files[0], p->note, findings, o->language, error))
		tell_line(o, p, error, NULL);
}

void
office_check(struct fupin_office *o, struct operation *p)
{
	struct saving *s = begin_saving(o, p);
	struct draft draft;
	draft_init(&draft);
	if (!s) {
		tell_end(o, p, FUPIN_FAILED, office_text(o, TEXT_MEMORY));
	} else {
		check_files(s, &draft);
		if (s->findings.count) {
			mark_copy(o, p, &s->findings);
			tell_findings(o, p, &s->findings);
		} else {
			tell_checked(o, p, &draft.submission, p->files[0]);
			tell_end(o, p, FUPIN_DONE, "");
		}
	}
	draft_free(&draft);
	free(s);
}

static void
note_part(void *context, int64_t position)
{
	office_add_part(context, position);
}

bool
office_tell_parts(struct fupin_office *o, struct operation *p)
{
	for (size_t i = 0; i < p->part_count; i++) {
		struct outbox_item item;
		if (!outbox_get(o->work.outbox, p->parts[i].position, &item))
			return false;
		tell_saved(o, p, &item);
	}
	return true;
}

void
office_save(struct fupin_office *o, struct operation *p)
{
	char error[OUTBOX_ERROR_BYTES] = "";
	struct outbox *outbox = office_outbox(o, error);
	struct saving *s = outbox ? begin_saving(o, p) : NULL;
	if (s) {
		s->context = p;
		s->saved = note_part;
	}
	if (s && save_files(outbox, clock_wall_us(), s)) {
		if (office_tell_parts(o, p))
			office_set_out(o, p);
		else
			office_fail_outbox(o, p, outbox_error(outbox));
	} else if (s && s->findings.count) {
		tell_findings(o, p, &s->findings);
	} else {
		office_fail_outbox(o, p, s ? outbox_error(outbox) : error);
	}
	free(s);
}

static void
note_waiting(void *context, const struct outbox_item *item)
{
	office_add_part(context, item->position);
}

void
office_send_waiting(struct fupin_office *o, struct operation *p)
{
	char error[OUTBOX_ERROR_BYTES];
	struct outbox *outbox = office_outbox(o, error);
	if (!outbox || !outbox_each(outbox, OUTBOX_WAITING, INT64_MAX, note_waiting, p))
		office_fail_outbox(o, p, outbox ? outbox_error(outbox) : error);
	else
		office_set_out(o, p);
}

/* ---------------------------------------------------------------- answers */

/* The open part of this position, closed. */
static bool
close_part(struct operation *p, int64_t position)
{
	for (size_t i = 0; p->stage == STAGE_DELIVERING && i < p->part_count; i++)
		if (p->parts[i].open && p->parts[i].position == position) {
			p->parts[i].open = false;
			p->open_parts--;
			return true;
		}
	return false;
}

static void
on_receipt(void *context, const struct outbox_item *item, const struct receipt *receipt)
{
	struct fupin_office *o = context;
	for (struct operation *p = o->work.operations; p; p = p->next)
		if (close_part(p, item->position)) {
			tell_receipt(o, p, receipt, item->files);
			conclude(o, p);
		}
}

static void
tell_refusal(struct fupin_office *o, struct operation *p, const struct outbox_item *item,
             const struct problem_list *problems)
{
	struct submission submission;
	struct arena arena;
	item_decode(&arena, item, &submission);
	for (size_t i = 0; i < problems->count; i++) {
		char file[PATH_MAX];
		const struct finding finding =
		    item_finding(item, &problems->items[i], &submission, &o->work.catalogue, o->language, file);
		tell_problem(o, p, &finding, &item->id);
	}
	arena_free(&arena);
}

static void
on_refusal(void *context, const struct outbox_item *item, const struct refusal *refusal)
{
	struct fupin_office *o = context;
	for (struct operation *p = o->work.operations; p; p = p->next)
		if (close_part(p, item->position)) {
			tell_refusal(o, p, item, refusal->problems);
			tell_refused(o, p, item);
			p->refused = true;
			conclude(o, p);
		}
}

static void
on_mistaken(void *context, const struct outbox_item *item, const struct receipt *receipt)
{
	struct fupin_office *o = context;
	(void)receipt;
	for (struct operation *p = o->work.operations; p; p = p->next)
		if (close_part(p, item->position)) {
			p->mistaken = true;
			conclude(o, p);
		}
}

/* Files go one after the other; who waits for documents, or for all, is told of each. */
static void
on_sent(void *context, const char *name, uint64_t bytes, uint64_t size)
{
	struct fupin_office *o = context;
	for (struct operation *p = o->work.operations; p; p = p->next)
		if (p->stage == STAGE_DELIVERING && (p->kind == OPERATION_DOCUMENT || p->kind == OPERATION_SEND))
			tell_progress(o, p, name, bytes, size);
}

/* ---------------------------------------------------------------- by other hands */

/* Another program on the same outbox may have been faster. */
static void
settle_part(struct fupin_office *o, struct operation *p, const struct outbox_item *item)
{
	if (item->state == OUTBOX_WAITING)
		return; /* the next delivery has it */
	close_part(p, item->position);
	if (outbox_has_receipt(item->state)) {
		tell_receipt(o, p, &item->receipt, item->files);
	} else {
		tell_line(o, p, o->language == LANGUAGE_CHINESE ? item->problems_zh : item->problems, &item->id);
		tell_refused(o, p, item);
		p->refused = true;
	}
}

static void
settle(struct fupin_office *o)
{
	for (struct operation *p = o->work.operations; p; p = p->next) {
		for (size_t i = 0; p->stage == STAGE_DELIVERING && i < p->part_count; i++) {
			struct outbox_item item;
			if (!p->parts[i].open)
				continue;
			if (outbox_get(o->work.outbox, p->parts[i].position, &item))
				settle_part(o, p, &item);
			else
				office_fail_outbox(o, p, outbox_error(o->work.outbox));
		}
		if (p->stage == STAGE_DELIVERING)
			conclude(o, p);
	}
}

void
office_look(struct fupin_office *o)
{
	struct work *w = &o->work;
	int64_t now = clock_steady_us();
	if (now < w->look_us)
		return;
	w->look_us = now + LOOK_MS * INT64_C(1000);
	settle(o);
}

/* ---------------------------------------------------------------- one turn */

int64_t
office_deadline_us(const struct fupin_office *o, const struct operation *p)
{
	int64_t progress =
	    p->stage == STAGE_DELIVERING && o->work.deliverer ? deliverer_progress_us(o->work.deliverer) : 0;
	int64_t later = progress ? progress + o->timeout_ms * INT64_C(1000) : 0;
	return p->deadline_us > later ? p->deadline_us : later;
}

static bool
is_awaited(const struct work *w)
{
	for (const struct operation *p = w->operations; p; p = p->next)
		if (p->stage == STAGE_DELIVERING)
			return true;
	return false;
}

void
office_stop_delivery(struct fupin_office *o)
{
	deliverer_close(&o->work.deliverer);
}

/* The outbox failed; what was delivered has its receipt at the centre, and gets it again. */
static void
give_up(struct fupin_office *o)
{
	office_stop_delivery(o);
	for (struct operation *p = o->work.operations; p; p = p->next)
		if (p->stage == STAGE_DELIVERING)
			office_fail_outbox(o, p, outbox_error(o->work.outbox));
}

static bool
begin_delivery(struct fupin_office *o)
{
	struct work *w = &o->work;
	w->delivery_watch = (struct delivery_watch){.context = o,
	                                            .receipted = on_receipt,
	                                            .refused = on_refusal,
	                                            .mistaken = on_mistaken,
	                                            .sent = on_sent};
	w->deliverer = deliverer_open(w->session, w->outbox, QUESTIONS_MAX, &w->delivery_watch, &w->delivery);
	return w->deliverer;
}

void
office_deliver(struct fupin_office *o)
{
	struct work *w = &o->work;
	if (!is_awaited(w)) {
		office_stop_delivery(o);
		return;
	}
	bool good = w->deliverer ? !w->saved_more || deliverer_collect(w->deliverer) : begin_delivery(o);
	w->saved_more = false;
	good = good && deliverer_send(w->deliverer) && deliverer_end_turn(w->deliverer);
	if (!good) {
		give_up(o);
	} else if (w->delivery.failure) {
		office_fail_session(o, w->delivery.failure);
	} else if (!deliverer_has_more(w->deliverer)) {
		office_stop_delivery(o);
		settle(o);
	}
}

void
office_deliver_take(struct fupin_office *o, const struct reply *reply)
{
	struct work *w = &o->work;
	if (w->deliverer && !deliverer_take(w->deliverer, reply))
		give_up(o);
	if (!w->deliverer || !w->delivery.failure)
		return;
	/* At once, while the session still says why. */
	office_end_turn(o);
	office_fail_session(o, w->delivery.failure);
}

void
office_end_turn(struct fupin_office *o)
{
	struct work *w = &o->work;
	if (w->deliverer && !deliverer_end_turn(w->deliverer))
		give_up(o);
}
