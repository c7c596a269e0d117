/* libfupin: questions that are answered by tables. A row of `kinds` for each: what is asked, and what the
 * answer's rows are. To add one: its number in fupin.h, and its row here. */
#include "office_parts.h"

#include "columns/completeness_columns.h"
#include "columns/document_columns.h"
#include "columns/office_columns.h"
#include "columns/plan_columns.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- what the query names */

/* The number of what a query names; false: there is none of that name. A query that names none means all. */
static bool
find_form(const struct fupin_office *o, struct operation *p, const uint32_t **numbers, size_t *count)
{
	const struct form *form =
	    p->query.form ? catalogue_form_by_code(&o->work.catalogue, p->query.form) : NULL;
	*count = form != NULL;
	*numbers = form ? &form->number : NULL;
	return form || !p->query.form;
}

static bool
find_document(const struct fupin_office *o, struct operation *p, const uint32_t **numbers, size_t *count)
{
	const struct catalogue *c = &o->work.catalogue;
	*count = 0;
	for (size_t i = 0; p->query.document && i < c->document_kind_count; i++)
		if (!strcmp(c->document_kinds[i].code, p->query.document)) {
			*numbers = &c->document_kinds[i].number;
			*count = 1;
		}
	return *count || !p->query.document;
}

static bool
copy_group(const struct operation *p, char out[CODE_BYTES_MAX])
{
	const char *group = p->query.group ? p->query.group : "";
	return snprintf(out, CODE_BYTES_MAX, "%s", group) < CODE_BYTES_MAX;
}

static struct as_of
as_of_asked(const struct operation *p)
{
	return (struct as_of){p->query.as_of_seq, p->query.as_of_time_us};
}

/* ---------------------------------------------------------------- each question */

static bool
make_completeness(struct fupin_office *o, struct operation *p)
{
	const struct fupin_query *query = &p->query;
	struct completeness_query *q = &p->request.completeness;
	bool list = p->asked == FUPIN_LATE;
	*q = (struct completeness_query){.unit = query->unit,
	                                 .from = query->from,
	                                 .to = query->to,
	                                 .by = list ? UNIT_NONE : (enum unit_level)query->by,
	                                 .whole = true,
	                                 .missing = list,
	                                 .late = list && query->all,
	                                 .limit = (uint32_t)query->limit,
	                                 .as_of = as_of_asked(p)};
	return find_form(o, p, &q->forms, &q->form_count) && copy_group(p, q->group);
}

static void
take_completeness(struct operation *p, const struct reply *reply, struct page *page)
{
	const struct completeness_answer *a = &reply->completeness;
	const struct column *list =
	    columns_find(&completeness_columns, p->asked == FUPIN_LATE ? "duties" : "rows");
	page->columns = list->nested;
	page->rows = p->asked == FUPIN_LATE ? (const void *)a->duties : a->rows;
	page->count = p->asked == FUPIN_LATE ? a->duty_count : a->row_count;
	page->whole =
	    p->asked == FUPIN_COMPLETENESS && p->query.by && a->row_count ? &a->rows[a->row_count - 1] : NULL;
	page->as_of = a->as_of;
	page->time_us = a->time_us;
	page->label = a->label;
}

static bool
make_documents(struct fupin_office *o, struct operation *p)
{
	struct document_query *q = &p->request.documents;
	*q = (struct document_query){.unit = p->query.unit,
	                             .versions = p->query.all,
	                             .missing = p->query.states && !strcmp(p->query.states, "missing"),
	                             .limit = (uint32_t)p->query.limit,
	                             .as_of = as_of_asked(p)};
	return find_document(o, p, &q->kinds, &q->kind_count);
}

static void
take_documents(struct operation *p, const struct reply *reply, struct page *page)
{
	const struct document_answer *a = &reply->documents;
	*page = (struct page){&document_columns, a->items,   NULL,     a->count,
	                      a->as_of,          a->time_us, a->label, a->next.unit};
	p->request.documents.after = a->next;
	p->request.documents.as_of = a->as_of;
}

static bool
make_enrolments(struct fupin_office *o, struct operation *p)
{
	(void)o;
	p->request.enrolments_all = p->query.all;
	return true;
}

static void
take_enrolments(struct operation *p, const struct reply *reply, struct page *page)
{
	(void)p;
	*page = (struct page){.columns = &enrolment_columns,
	                      .rows = reply->enrolments.items,
	                      .count = reply->enrolments.count,
	                      .label = ""};
}

static bool
make_offices(struct fupin_office *o, struct operation *p)
{
	(void)o;
	p->request.offices_revoked = p->query.all;
	return true;
}

static void
take_offices(struct operation *p, const struct reply *reply, struct page *page)
{
	(void)p;
	*page = (struct page){
	    .columns = &office_columns, .rows = reply->offices.items, .count = reply->offices.count, .label = ""};
}

/* ---------------------------------------------------------------- what the plan answers */

static void
answer_units(struct fupin_office *o, struct operation *p)
{
	const struct catalogue *c = &o->work.catalogue;
	const struct unit_group *members = NULL;
	size_t member_count = p->query.group ? catalogue_group(c, p->query.group, &members) : 0;
	struct page page = {.columns = &unit_columns, .label = ""};
	struct unit *units = arena_array(&p->arena, c->unit_count, sizeof *units);
	for (size_t i = 0; units && i < c->unit_count; i++) {
		const struct unit *unit = &c->units[i];
		if (unit_within(unit->code, p->query.unit) && (!p->query.by || (int)unit->level == p->query.by) &&
		    (!p->query.group || (members && unit_group_has(members, member_count, unit->code))))
			units[page.count++] = *unit;
	}
	page.rows = units;
	p->no_memory |= !units;
	tell_answer(o, p, &page);
}

static void
answer_forms(struct fupin_office *o, struct operation *p)
{
	const struct catalogue *c = &o->work.catalogue;
	struct page page = {.columns = &form_columns, .label = ""};
	struct form_row *rows = arena_array(&p->arena, c->version_count, sizeof *rows);
	for (size_t i = 0; rows && i < c->version_count; i++)
		rows[page.count++] = (struct form_row){*catalogue_form(c, c->versions[i].form), c->versions[i]};
	page.rows = rows;
	p->no_memory |= !rows;
	tell_answer(o, p, &page);
}

/* ---------------------------------------------------------------- the table */

static const struct question_kind {
	enum request_kind request;
	enum reply_kind reply;
	bool (*make)(struct fupin_office *o, struct operation *p); /* false: the query names what is not there */
	/* Fills the page, and what is asked for the next. */
	void (*take)(struct operation *p, const struct reply *reply, struct page *page);
	void (*answer)(struct fupin_office *o, struct operation *p); /* from the plan, without the centre */
} kinds[] = {
    [FUPIN_UNITS] = {.answer = answer_units},
    [FUPIN_FORMS] = {.answer = answer_forms},
    [FUPIN_COMPLETENESS] = {REQUEST_COMPLETENESS, REPLY_COMPLETENESS, make_completeness, take_completeness,
                            NULL},
    [FUPIN_LATE] = {REQUEST_COMPLETENESS, REPLY_COMPLETENESS, make_completeness, take_completeness, NULL},
    [FUPIN_DOCUMENTS] = {REQUEST_DOCUMENTS, REPLY_DOCUMENTS, make_documents, take_documents, NULL},
    [FUPIN_ENROLMENTS] = {REQUEST_ENROLMENTS, REPLY_ENROLMENTS, make_enrolments, take_enrolments, NULL},
    [FUPIN_OFFICES] = {REQUEST_OFFICES, REPLY_OFFICES, make_offices, take_offices, NULL},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

void
question_begin(struct fupin_office *o, struct operation *p)
{
	const struct question_kind *kind = p->asked > 0 && (int)p->asked < (int)KINDS ? &kinds[p->asked] : NULL;
	if (!p->query.unit && p->asked != FUPIN_UNITS)
		p->query.unit = o->work.unit;
	if (!p->query.from)
		catalogue_periods(&o->work.catalogue, &p->query.from, &p->query.to);
	p->stage = STAGE_ASKING;
	if (kind && kind->answer) {
		kind->answer(o, p);
		tell_end(o, p, FUPIN_DONE, "");
		return;
	}
	p->request = (struct request){.kind = kind ? kind->request : REQUEST_NONE};
	if (!kind || !kind->make(o, p))
		tell_end(o, p, FUPIN_USAGE, office_text(o, TEXT_QUERY));
}

void
question_take(struct fupin_office *o, struct operation *p, const struct reply *reply)
{
	const struct question_kind *kind = &kinds[p->asked];
	struct page page = {0};
	if (reply->kind != kind->reply) {
		tell_end(o, p, FUPIN_FAILED, office_text(o, TEXT_SHAPE));
		return;
	}
	kind->take(p, reply, &page);
	tell_answer(o, p, &page);
	if (!page.more)
		tell_end(o, p, FUPIN_DONE, "");
}
