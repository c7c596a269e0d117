/* Events of libfupin: each with all that it points to, in an arena of its own. */
#include "office_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A nation's total of all indicators. */
enum { LETTER_BYTES_MAX = 512 * 1024 * 1024 };

/* The public structures, with the rows behind them. */
struct total_rows {
	struct fupin_total total;
	struct fupin_figure *figures;
	struct fupin_fund *funds;
};

struct standing_rows {
	struct fupin_standing standing;
	struct fupin_deadline *deadlines;
	struct fupin_returned *returned;
};

const struct fupin_figure *
fupin_figure(const struct fupin_total *total, size_t i)
{
	return i < total->figure_count ? &((const struct total_rows *)total)->figures[i] : NULL;
}

const struct fupin_fund *
fupin_fund(const struct fupin_total *total, size_t i)
{
	return i < total->fund_count ? &((const struct total_rows *)total)->funds[i] : NULL;
}

const struct fupin_deadline *
fupin_deadline(const struct fupin_standing *standing, size_t i)
{
	return i < standing->deadline_count ? &((const struct standing_rows *)standing)->deadlines[i] : NULL;
}

const struct fupin_returned *
fupin_returned(const struct fupin_standing *standing, size_t i)
{
	return i < standing->returned_count ? &((const struct standing_rows *)standing)->returned[i] : NULL;
}

static const struct {
	const char *en, *zh;
} texts[] = {
    [TEXT_NONE] = {"", ""},
    [TEXT_NO_ANSWER] = {"the centre does not answer", "中心没有应答"},
    [TEXT_NO_CATALOGUE] =
        {"this office has to reach the centre once, for its units and forms: the centre does "
         "not answer",
         "本单位须先与中心连通一次以取得单位和报表目录：中心没有应答"},
    [TEXT_SAVED_NOT_SENT] = {"saved in the outbox, not yet sent", "已存入发件箱，尚未送达"},
    [TEXT_MISTAKEN] = {"a receipt came that is of other content than what was sent: it is not taken, the "
                       "submission waits on; tell the administrator",
                       "收到的回执与所送内容不符：不予采信，此件继续待发，请告知管理员"},
    [TEXT_NOT_ADMITTED] = {"the centre does not admit this office's key: ask its administrator",
                           "中心不接纳本单位的密钥：请联系管理员"},
    [TEXT_DATA] = {"the data has problems: nothing was saved", "数据有问题：未保存"},
    [TEXT_REFUSED] = {"the centre refused it: nothing was stored", "中心退回：未存储"},
    [TEXT_INDICATOR] = {"not an indicator of this plan", "不是本规划的指标"},
    [TEXT_QUERY] = {"there is no such thing", "没有这一项"},
    [TEXT_SAME] = {"the centre has it already", "中心已有此件"},
    [TEXT_UNKNOWN] = {"the centre has no such submission", "中心没有此件"},
    [TEXT_CANCELLED] = {"cancelled", "已取消"},
    [TEXT_MEMORY] = {"out of memory", "内存不足"},
    [TEXT_SHAPE] = {"the centre's answer has another shape than the question", "中心的应答与所问不符"},
};
_Static_assert(sizeof texts / sizeof *texts == TEXTS, "a text for each");

const char *
office_text(const struct fupin_office *o, enum text text)
{
	return o->language == LANGUAGE_CHINESE ? texts[text].zh : texts[text].en;
}

/* ---------------------------------------------------------------- letters */

struct letter *
letter_new(struct operation *operation, enum fupin_kind kind)
{
	struct letter *letter = calloc(1, sizeof *letter);
	if (!letter) {
		operation->no_memory = true;
		return NULL;
	}
	arena_init(&letter->arena, LETTER_BYTES_MAX);
	letter->handler = operation->handler;
	letter->context = operation->context;
	letter->event = (struct fupin_event){.kind = kind, .operation = operation->id, .text = ""};
	return letter;
}

void
letter_free(struct letter *letter)
{
	if (!letter)
		return;
	arena_free(&letter->arena);
	free(letter);
}

void
letter_put(struct fupin_office *o, struct operation *operation, struct letter *letter)
{
	if (letter->arena.exhausted) {
		operation->no_memory = true;
		letter_free(letter);
		return;
	}
	*o->work.held_end = letter;
	o->work.held_end = &letter->next;
}

const char *
letter_keep(struct letter *letter, const char *text)
{
	const char *copy = text && *text ? arena_string(&letter->arena, text) : "";
	return copy ? copy : "";
}

/* Room for at least one item, so that an empty list is not taken for lack of memory. NULL: no memory, and
 * the letter is not sent. */
static void *
room(struct letter *letter, size_t count, size_t size)
{
	return arena_array(&letter->arena, count ? count : 1, size);
}

static const char *
keep_id(struct letter *letter, const struct submission_id *id)
{
	char text[ID_TEXT_BYTES];
	return id ? letter_keep(letter, submission_id_format(id, text)) : "";
}

void
tell_problem(struct fupin_office *o, struct operation *operation, const struct finding *finding,
             const struct submission_id *submission)
{
	char text[PROBLEM_TEXT_BYTES];
	struct letter *letter = letter_new(operation, FUPIN_PROBLEM);
	struct fupin_problem *p = letter ? room(letter, 1, sizeof *p) : NULL;
	if (p) {
		p->code = letter_keep(letter, problem_name(finding->problem.code));
		p->text = letter_keep(letter, problem_text(&finding->problem, o->language, text));
		p->submission = keep_id(letter, submission);
		p->file = letter_keep(letter, finding->place.file);
		p->sheet = letter_keep(letter, finding->place.sheet);
		p->row = finding->place.line;
		p->letters = letter_keep(letter, finding->letters);
		p->column = letter_keep(letter, finding->column);
		letter->event.problem = p;
	}
	if (letter)
		letter_put(o, operation, letter);
}

void
tell_line(struct fupin_office *o, struct operation *operation, const char *text,
          const struct submission_id *submission)
{
	struct letter *letter = letter_new(operation, FUPIN_PROBLEM);
	struct fupin_problem *p = letter ? room(letter, 1, sizeof *p) : NULL;
	if (p) {
		*p = (struct fupin_problem){"", letter_keep(letter, text), keep_id(letter, submission), "", "", 0, "",
		                            ""};
		letter->event.problem = p;
	}
	if (letter)
		letter_put(o, operation, letter);
}

static void
tell_submission(struct fupin_office *o, struct operation *operation, enum fupin_kind kind,
                const struct fupin_submission *from)
{
	struct letter *letter = letter_new(operation, kind);
	struct fupin_submission *s = letter ? room(letter, 1, sizeof *s) : NULL;
	if (s) {
		*s = *from;
		s->id = letter_keep(letter, from->id);
		s->digest = letter_keep(letter, from->digest);
		s->files = letter_keep(letter, from->files);
		letter->event.submission = s;
	}
	if (letter)
		letter_put(o, operation, letter);
}

static void
tell_item(struct fupin_office *o, struct operation *operation, enum fupin_kind kind,
          const struct outbox_item *item)
{
	char id[ID_TEXT_BYTES], digest[DIGEST_TEXT_BYTES];
	const struct fupin_submission s = {.id = submission_id_format(&item->id, id),
	                                   .digest = digest_format(&item->digest, digest),
	                                   .files = item->files};
	tell_submission(o, operation, kind, &s);
}

void
tell_saved(struct fupin_office *o, struct operation *operation, const struct outbox_item *item)
{
	tell_item(o, operation, FUPIN_SAVED, item);
}

void
tell_refused(struct fupin_office *o, struct operation *operation, const struct outbox_item *item)
{
	tell_item(o, operation, FUPIN_REFUSED, item);
}

void
tell_receipt(struct fupin_office *o, struct operation *operation, const struct receipt *receipt,
             const char *files)
{
	char id[ID_TEXT_BYTES], digest[DIGEST_TEXT_BYTES];
	const struct fupin_submission s = {.id = submission_id_format(&receipt->id, id),
	                                   .digest = digest_format(&receipt->digest, digest),
	                                   .files = files,
	                                   .seq = receipt->seq,
	                                   .time_us = receipt->time_us,
	                                   .reports = receipt->report_count,
	                                   .fund_entries = receipt->entry_count,
	                                   .others = receipt->other_count};
	tell_submission(o, operation, FUPIN_RECEIPT, &s);
}

void
tell_checked(struct fupin_office *o, struct operation *operation, const struct submission *submission,
             const char *files)
{
	const struct fupin_submission s = {.files = files,
	                                   .reports = submission->report_count,
	                                   .fund_entries = submission->entry_count,
	                                   .others = submission_others(submission)};
	tell_submission(o, operation, FUPIN_CHECKED, &s);
}

/* ---------------------------------------------------------------- totals */

static void
fill_figure(const struct fupin_office *o, struct letter *letter, const struct unit_total *unit, size_t i,
            const char *name, struct fupin_figure *out)
{
	const struct indicator *indicator = catalogue_indicator(&o->work.catalogue, unit->indicators[i]);
	*out = (struct fupin_figure){
	    .unit = unit->unit,
	    .unit_name = name,
	    .indicator = indicator ? letter_keep(letter, indicator->code) : "",
	    .decimals = indicator ? indicator->decimals : 0,
	    .value = unit->values[i],
	    .approved = unit->approved[i],
	    .reported = unit->reported[i],
	    .approved_reported = unit->approved_reported[i],
	};
}

static void
fill_fund(const struct fupin_office *o, struct letter *letter, const struct unit_total *unit, size_t i,
          const char *name, struct fupin_fund *out)
{
	const struct catalogue *c = &o->work.catalogue;
	const struct fund_total *f = &unit->funds[i];
	const struct fund_term *source = fund_term_by_number(c->sources, c->source_count, f->source);
	const struct fund_term *use = fund_term_by_number(c->uses, c->use_count, f->use);
	*out = (struct fupin_fund){
	    .unit = unit->unit,
	    .unit_name = name,
	    .kind = fund_kind_name(f->kind),
	    .source = letter_keep(letter, source ? source->code : ""),
	    .use = letter_keep(letter, use ? use->code : ""),
	    .level = (int)f->level,
	    .fen = f->amount_fen,
	    .entries = f->entries,
	};
}

void
tell_figures(struct fupin_office *o, struct operation *operation, const struct as_of *as_of,
             const struct unit_total *units, size_t count, bool whole)
{
	struct letter *letter = letter_new(operation, FUPIN_FIGURES);
	struct total_rows *rows = letter ? room(letter, 1, sizeof *rows) : NULL;
	size_t figures = 0, funds = 0, figure = 0, fund = 0;
	for (size_t i = 0; i < count; i++) {
		figures += units[i].indicator_count;
		funds += units[i].fund_count;
	}
	if (rows && (rows->figures = room(letter, figures, sizeof *rows->figures)) &&
	    (rows->funds = room(letter, funds, sizeof *rows->funds))) {
		for (size_t i = 0; i < count; i++) {
			const struct unit *unit = catalogue_unit(&o->work.catalogue, units[i].unit);
			const char *name = letter_keep(letter, unit ? unit->name : "");
			for (size_t k = 0; k < units[i].indicator_count; k++)
				fill_figure(o, letter, &units[i], k, name, &rows->figures[figure++]);
			for (size_t k = 0; k < units[i].fund_count; k++)
				fill_fund(o, letter, &units[i], k, name, &rows->funds[fund++]);
		}
		rows->total = (struct fupin_total){.seq = as_of->seq,
		                                   .time_us = as_of->time_us,
		                                   .whole = whole,
		                                   .figure_count = figures,
		                                   .fund_count = funds};
		letter->event.total = &rows->total;
	}
	if (letter)
		letter_put(o, operation, letter);
}

/* ---------------------------------------------------------------- standing */

static void
fill_standing(struct letter *letter, const struct standing *from, struct standing_rows *to)
{
	for (size_t i = 0; i < from->deadline_count; i++) {
		const struct standing_deadline *d = &from->deadlines[i];
		to->deadlines[i] = (struct fupin_deadline){.period = d->period,
		                                           .form = letter_keep(letter, d->form),
		                                           .due = d->due,
		                                           .reports = d->units,
		                                           .missing = d->missing};
	}
	for (size_t i = 0; i < from->returned_count; i++) {
		const struct standing_report *r = &from->returned[i];
		to->returned[i] = (struct fupin_returned){.unit = r->unit,
		                                          .period = r->period,
		                                          .unit_name = letter_keep(letter, r->name),
		                                          .form = letter_keep(letter, r->form),
		                                          .reason = letter_keep(letter, r->text)};
	}
	to->standing.from_centre = 1;
	to->standing.time_us = from->time_us;
	to->standing.store_ready = from->store_ready;
	to->standing.overdue = from->overdue;
	to->standing.returned_count = from->returned_count;
	to->standing.deadline_count = from->deadline_count;
}

void
tell_standing(struct fupin_office *o, struct operation *operation, const size_t counts[OUTBOX_STATES],
              const struct standing *standing)
{
	struct letter *letter = letter_new(operation, FUPIN_STANDS);
	struct standing_rows *rows = letter ? room(letter, 1, sizeof *rows) : NULL;
	if (rows) {
		rows->standing.waiting = counts[OUTBOX_WAITING];
		rows->standing.receipted = counts[OUTBOX_RECEIPTED];
		rows->standing.refused = counts[OUTBOX_REFUSED];
		rows->standing.lost = counts[OUTBOX_LOST];
		rows->deadlines = room(letter, STANDING_DEADLINES_MAX, sizeof *rows->deadlines);
		rows->returned = room(letter, STANDING_RETURNED_MAX, sizeof *rows->returned);
		if (standing && rows->deadlines && rows->returned)
			fill_standing(letter, standing, rows);
		letter->event.standing = &rows->standing;
	}
	if (letter)
		letter_put(o, operation, letter);
}

void
tell_progress(struct fupin_office *o, struct operation *operation, const char *name, uint64_t bytes,
              uint64_t size)
{
	struct letter *letter = letter_new(operation, FUPIN_PROGRESS);
	struct fupin_progress *p = letter ? room(letter, 1, sizeof *p) : NULL;
	if (p) {
		*p = (struct fupin_progress){letter_keep(letter, name), bytes, size};
		letter->event.progress = p;
	}
	if (letter)
		letter_put(o, operation, letter);
}

/* ---------------------------------------------------------------- the end */

void
tell_end(struct fupin_office *o, struct operation *operation, enum fupin_status status, const char *text)
{
	struct letter *letter = operation->last;
	if (operation->stage == STAGE_ENDED)
		return;
	if (operation->no_memory && status == FUPIN_DONE) {
		status = FUPIN_FAILED;
		text = office_text(o, TEXT_MEMORY);
	}
	letter->event.status = status;
	letter->event.text = letter_keep(letter, text);
	letter->arena.exhausted = false; /* it goes all the same */
	operation->last = NULL;
	operation->stage = STAGE_ENDED;
	letter_put(o, operation, letter);
}
