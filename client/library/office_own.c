/* libfupin: what an office decides (reviews, more time), and documents, to the centre and from it. */
#include "office_parts.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- decisions */

static const enum decision decisions[] = {
    [FUPIN_PASS] = DECISION_PASS, [FUPIN_RETURN] = DECISION_RETURN, [FUPIN_TAKE] = DECISION_TAKE};

static bool
resolve_reviews(const struct fupin_office *o, struct operation *p)
{
	struct review *reviews = arena_array(&p->arena, p->decision_count, sizeof *reviews);
	for (size_t i = 0; reviews && i < p->decision_count; i++) {
		const struct fupin_review *from = &p->reviews[i];
		const struct form *form = catalogue_form_by_code(&o->work.catalogue, from->form ? from->form : "");
		reviews[i] = (struct review){.unit = from->unit,
		                             .period = from->period,
		                             .form = form ? form->number : 0,
		                             .revision = from->revision,
		                             .step = from->step,
		                             .decision = decisions[from->decision],
		                             .text = from->text ? from->text : ""};
		bool returns = from->decision == FUPIN_RETURN;
		if (!form || (returns && !return_reason_parse(from->reason ? from->reason : "", &reviews[i].reason)))
			return false;
	}
	p->decided = (struct submission){.review_count = p->decision_count, .reviews = reviews};
	return reviews;
}

static const enum deadline_event times[] = {
    [FUPIN_DUE] = DEADLINE_DUE, [FUPIN_CLOSED] = DEADLINE_CLOSED, [FUPIN_CORRECTIONS] = DEADLINE_CORRECTIONS};

static bool
resolve_extensions(const struct fupin_office *o, struct operation *p)
{
	const struct catalogue *c = &o->work.catalogue;
	struct extension *extensions = arena_array(&p->arena, p->decision_count, sizeof *extensions);
	for (size_t i = 0; extensions && i < p->decision_count; i++) {
		const struct fupin_extension *from = &p->extensions[i];
		const struct form *form = from->form ? catalogue_form_by_code(c, from->form) : NULL;
		const struct document_kind *kind =
		    from->document ? catalogue_document_by_name(c, from->document) : NULL;
		if (!form == !kind)
			return false;
		extensions[i] = (struct extension){.unit = from->unit,
		                                   .period = form ? from->period : 0,
		                                   .form = form ? form->number : 0,
		                                   .event = times[from->which],
		                                   .until = from->until,
		                                   .reason = from->reason ? from->reason : "",
		                                   .document = kind ? kind->number : 0};
	}
	p->decided = (struct submission){.extension_count = p->decision_count, .extensions = extensions};
	return extensions;
}

static void
note_saved(void *context, int64_t position)
{
	office_add_part(context, position);
}

void
office_decide(struct fupin_office *o, struct operation *p)
{
	char error[OUTBOX_ERROR_BYTES], what[64];
	if (!(p->reviews ? resolve_reviews(o, p) : resolve_extensions(o, p))) {
		tell_end(o, p, FUPIN_USAGE, office_text(o, p->arena.exhausted ? TEXT_MEMORY : TEXT_QUERY));
		return;
	}
	struct outbox *outbox = office_outbox(o, error);
	snprintf(what, sizeof what, "%s (%zu)", p->reviews ? "reviews" : "extensions", p->decision_count);
	if (outbox && save_own(outbox, &p->decided, what, note_saved, p) && office_tell_parts(o, p))
		office_set_out(o, p);
	else
		office_fail_outbox(o, p, outbox ? outbox_error(outbox) : error);
}

/* ---------------------------------------------------------------- a document to be sent */

static void
tell_problems(struct fupin_office *o, struct operation *p, const struct problem_list *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct finding finding = {.place.file = p->files[0], .problem = problems->items[i]};
		tell_problem(o, p, &finding, NULL);
	}
	tell_end(o, p, FUPIN_PROBLEMS, office_text(o, TEXT_DATA));
}

static const struct document_kind *
kind_of(struct fupin_office *o, struct operation *p)
{
	const struct document_kind *kind = catalogue_document_by_name(&o->work.catalogue, p->query.document);
	if (!p->query.unit)
		p->query.unit = o->work.unit;
	if (!kind)
		tell_end(o, p, FUPIN_USAGE, office_text(o, TEXT_QUERY));
	return kind;
}

void
office_describe(struct fupin_office *o, struct operation *p)
{
	const struct document_kind *kind = kind_of(o, p);
	struct problem_list problems;
	if (!kind)
		return;
	problem_list_init(&problems);
	p->document = (struct document){.unit = p->query.unit, .kind = kind->number, .note = p->note};
	p->room = arena_alloc(&p->arena, sizeof *p->room);
	if (!p->room) {
		tell_end(o, p, FUPIN_FAILED, office_text(o, TEXT_MEMORY));
	} else if (!describe_document(&o->work.catalogue, p->files[0], p->room, &p->document, &problems)) {
		tell_problems(o, p, &problems);
	} else {
		p->stage = STAGE_ASKING;
		p->request = (struct request){
		    .kind = REQUEST_DOCUMENTS,
		    .documents = {.unit = p->document.unit, .kinds = &p->document.kind, .kind_count = 1}};
	}
}

/* The version that it follows is the present one. */
void
office_save_document(struct fupin_office *o, struct operation *p, const struct document_answer *answer)
{
	char error[OUTBOX_ERROR_BYTES], what[PATH_MAX + CODE_BYTES_MAX + 16];
	struct outbox *outbox = office_outbox(o, error);
	int64_t position;
	bool same = false;
	for (size_t i = 0; i < answer->count; i++) {
		const struct document_item *item = &answer->items[i];
		if (item->key.unit != p->document.unit || !item->key.version)
			continue;
		p->document.replaces = item->key.version;
		same = digest_equal(&item->digest, &p->document.digest);
	}
	if (same) {
		tell_end(o, p, FUPIN_DONE, office_text(o, TEXT_SAME));
		return;
	}
	snprintf(what, sizeof what, "document %.*s %s", CODE_BYTES_MAX, p->query.document, p->files[0]);
	bool good = outbox && save_document(outbox, &p->document, p->room->path, what, &position);
	if (good)
		office_add_part(p, position);
	if (good && office_tell_parts(o, p))
		office_set_out(o, p);
	else
		office_fail_outbox(o, p, outbox ? outbox_error(outbox) : error);
}

/* ---------------------------------------------------------------- a document to be fetched */

/* The operation that fetches it is found by its download, which begins it: operation_free() frees it. */
struct fetching {
	struct file_download download;
	struct transfer_watch watch;
	struct fupin_office *office;
	struct operation *operation;
};

static void
on_fetched(void *context, const char *name, uint64_t bytes, uint64_t size)
{
	const struct fetching *f = context;
	tell_progress(f->office, f->operation, name, bytes, size);
}

void
office_fetch(struct fupin_office *o, struct operation *p)
{
	const struct document_kind *kind = kind_of(o, p);
	/* The state of its digest wants to lie at a multiple of 64, which no arena has. */
	struct fetching *f = kind ? aligned_alloc(_Alignof(struct fetching), sizeof *f) : NULL;
	if (!kind)
		return;
	if (!f) {
		tell_end(o, p, FUPIN_FAILED, office_text(o, TEXT_MEMORY));
		return;
	}
	const struct document_key key = {p->query.unit, kind->number, (uint32_t)p->query.limit};
	*f = (struct fetching){.watch = {f, on_fetched}, .office = o, .operation = p};
	download_begin(&f->download, key, p->files[0], &f->watch);
	p->download = &f->download;
	p->request = download_next(p->download);
	p->stage = STAGE_ASKING;
}

void
office_take_part(struct fupin_office *o, struct operation *p, const struct file_part *part)
{
	switch (download_take(p->download, part)) {
	case DOWNLOAD_ON:
		p->request = download_next(p->download);
		/* A long file has its time as long as it goes on. */
		if (o->timeout_ms >= 0)
			p->deadline_us = clock_steady_us() + o->timeout_ms * INT64_C(1000);
		break;
	case DOWNLOAD_WHOLE:
		tell_end(o, p, FUPIN_DONE, "");
		break;
	case DOWNLOAD_WRONG:
		tell_end(o, p, FUPIN_PROBLEMS, p->download->error);
		break;
	case DOWNLOAD_FAILED:
		tell_end(o, p, FUPIN_FAILED, p->download->error);
		break;
	}
}
