/* libfupin: questions that are answered by tables. A row of `kinds` for each: what is asked, and what the
 * answer's rows are. To add one: its number in fupin.h, and its row here. */
#include "office_parts.h"

#include "columns/appraisal_columns.h"
#include "columns/completeness_columns.h"
#include "columns/compliance_columns.h"
#include "columns/document_columns.h"
#include "columns/fund_columns.h"
#include "columns/history_columns.h"
#include "columns/office_columns.h"
#include "columns/plan_columns.h"
#include "columns/project_columns.h"
#include "columns/report_columns.h"
#include "columns/target_columns.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- what the query names */

/* The number of what a query names, kept in the operation: the next page is asked for when the catalogue may
 * be another. False: there is none of that name. A query that names none means all. */
static bool
find_form(const struct fupin_office *o, struct operation *p, const uint32_t **numbers, size_t *count)
{
	const struct form *form =
	    p->query.form ? catalogue_form_by_code(&o->work.catalogue, p->query.form) : NULL;
	*count = form != NULL;
	*numbers = &p->named;
	p->named = form ? form->number : 0;
	return form || !p->query.form;
}

static bool
find_document(const struct fupin_office *o, struct operation *p, const uint32_t **numbers, size_t *count)
{
	const struct catalogue *c = &o->work.catalogue;
	*count = 0;
	*numbers = &p->named;
	for (size_t i = 0; p->query.document && i < c->document_kind_count; i++)
		if (!strcmp(c->document_kinds[i].code, p->query.document)) {
			p->named = c->document_kinds[i].number;
			*count = 1;
		}
	return *count || !p->query.document;
}

/* Source and indicator numbers: 0 for all. */
static bool
find_source(const struct fupin_office *o, const struct operation *p, uint32_t *out)
{
	const struct catalogue *c = &o->work.catalogue;
	const struct fund_term *source =
	    p->query.source ? fund_term_by_name(c->sources, c->source_count, p->query.source) : NULL;
	*out = source ? source->number : 0;
	return source || !p->query.source;
}

static bool
copy_voucher(const char *voucher, char out[VOUCHER_BYTES_MAX + 1])
{
	return snprintf(out, VOUCHER_BYTES_MAX + 1, "%s", voucher ? voucher : "") <= VOUCHER_BYTES_MAX;
}

/* The next of the words of `states`, with commas between; false: that was the last. */
static bool
next_state(const char **at, char out[32])
{
	size_t size = *at ? strcspn(*at, ",") : 0;
	if (!*at || !**at)
		return false;
	snprintf(out, 32, "%.*s", (int)(size < 31 ? size : 31), *at);
	*at += size + ((*at)[size] == ',');
	return true;
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

static void
fill(struct page *page, const struct columns *columns, const void *rows, size_t count, struct as_of as_of,
     const char *label)
{
	*page = (struct page){.columns = columns, .rows = rows, .count = count, .as_of = as_of, .label = label};
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
take_completeness(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct completeness_answer *a = &reply->completeness;
	(void)o;
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
	page->cut_off = p->asked == FUPIN_LATE && a->more;
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
	return (!p->query.states || q->missing) && find_document(o, p, &q->kinds, &q->kind_count);
}

static void
take_documents(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct document_answer *a = &reply->documents;
	(void)o;
	fill(page, &document_columns, a->items, a->count, a->as_of, a->label);
	page->time_us = a->time_us;
	page->more = a->next.unit;
	p->request.documents.after = a->next;
	p->request.documents.as_of.seq = a->as_of.seq;
}

/* ---------------------------------------------------------------- reports */

static bool
make_reports(struct fupin_office *o, struct operation *p)
{
	const struct fupin_query *query = &p->query;
	struct report_query *q = &p->request.reports;
	enum review_state *states = arena_array(&p->arena, REVIEW_STATES, sizeof *states);
	const char *at = query->states;
	char word[32];
	*q = (struct report_query){.unit = query->unit,
	                           .from = query->from,
	                           .to = query->to,
	                           .states = states,
	                           .values = query->values,
	                           .warned = query->warned,
	                           .limit = (uint32_t)query->limit,
	                           .as_of = as_of_asked(p)};
	while (states && next_state(&at, word))
		if (q->state_count == REVIEW_STATES || !review_state_parse(word, &states[q->state_count++]))
			return false;
	return states && find_form(o, p, &q->forms, &q->form_count);
}

static void
take_reports(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct report_answer *a = &reply->reports;
	(void)o;
	fill(page, &report_columns, a->items, a->count, a->as_of, a->label);
	page->more = a->next.unit;
	p->request.reports.after = a->next;
	p->request.reports.as_of.seq = a->as_of.seq;
}

static bool
make_history(struct fupin_office *o, struct operation *p)
{
	const uint32_t *form;
	size_t count;
	if (!find_form(o, p, &form, &count) || !count)
		return false;
	p->request.history = (struct report_key){p->query.unit, *form, p->query.from};
	return true;
}

static void
take_history(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct history_answer *a = &reply->history;
	(void)o, (void)p;
	fill(page, &history_event_columns, a->events, a->count, a->as_of, a->label);
}

static bool
make_targets(struct fupin_office *o, struct operation *p)
{
	(void)o;
	int year = p->query.year ? p->query.year : p->query.to / 100;
	p->request.targets = (struct target_query){.unit = p->query.unit, .year = year, .as_of = as_of_asked(p)};
	return true;
}

static void
take_targets(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct target_answer *a = &reply->targets;
	(void)o, (void)p;
	fill(page, &target_columns, a->items, a->count, a->as_of, a->label);
	page->time_us = a->time_us;
}

static bool
make_appraisal(struct fupin_office *o, struct operation *p)
{
	(void)o;
	p->request.appraisal = (struct appraisal_query){.unit = p->query.unit,
	                                                .to = p->query.to,
	                                                .by = (enum unit_level)p->query.by,
	                                                .whole = true,
	                                                .as_of = as_of_asked(p)};
	return true;
}

static void
take_appraisal(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct appraisal_answer *a = &reply->appraisal;
	(void)o, (void)p;
	fill(page, columns_find(&appraisal_columns, "rows")->nested, a->rows, a->count, a->as_of, a->label);
	page->time_us = a->time_us;
}

static bool
make_compliance(struct fupin_office *o, struct operation *p)
{
	const struct catalogue *c = &o->work.catalogue;
	const struct plan_rule *rule = p->query.rule ? catalogue_plan_rule_by_name(c, p->query.rule) : NULL;
	struct compliance_query *q = &p->request.compliance;
	enum rule_state *states = arena_array(&p->arena, RULE_STATES, sizeof *states);
	const char *at = p->query.states;
	char word[32];
	p->named = rule ? rule->number : 0;
	*q = (struct compliance_query){.unit = p->query.unit,
	                               .by = (enum unit_level)p->query.by,
	                               .rules = &p->named,
	                               .rule_count = rule != NULL,
	                               .states = states,
	                               .limit = (uint32_t)p->query.limit,
	                               .as_of = as_of_asked(p)};
	while (states && next_state(&at, word))
		if (q->state_count == RULE_STATES || !rule_state_parse(word, &states[q->state_count++]))
			return false;
	return states && (rule || !p->query.rule);
}

static void
take_compliance(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct compliance_answer *a = &reply->compliance;
	(void)o;
	fill(page, columns_find(&compliance_columns, "findings")->nested, a->items, a->count, a->as_of, a->label);
	page->time_us = a->time_us;
	page->more = a->next.rule;
	p->request.compliance.after = a->next;
	/* The first page's commit and time are those of all that follow. */
	p->request.compliance.as_of = (struct as_of){a->as_of.seq, a->time_us};
}

/* ---------------------------------------------------------------- money and projects */

static bool
make_balances(struct fupin_office *o, struct operation *p)
{
	uint32_t source;
	p->request.balances = (struct balance_query){.unit = p->query.unit,
	                                             .by = (enum unit_level)p->query.by,
	                                             .whole = p->query.by,
	                                             .own = p->query.own,
	                                             .as_of = as_of_asked(p)};
	return find_source(o, p, &source);
}

static void
take_balances(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct balance_answer *a = &reply->balances;
	struct reading r;
	uint32_t source;
	bool by_source = !p->query.by && !p->query.source && a->unit_count;
	reading_init(&r, &o->work.catalogue, o->language);
	*page = (struct page){.as_of = a->as_of,
	                      .label = a->label,
	                      .columns = &fund_columns[by_source ? FUNDS_BY_SOURCE : FUNDS_BY_UNIT]};
	const struct fund_row *rows = NULL;
	if (by_source)
		rows = fund_rows_by_source(&p->arena, &r, &a->units[0], false, &page->count);
	else if (find_source(o, p, &source))
		rows = fund_rows_by_unit(&p->arena, &r, a, source, false);
	if (!by_source)
		page->count = rows ? a->unit_count : 0;
	page->rows = rows;
	page->whole = p->query.by && page->count ? &rows[page->count - 1] : NULL;
	p->no_memory |= !rows;
	reading_free(&r);
}

static bool
make_entries(struct fupin_office *o, struct operation *p)
{
	struct entry_query *q = &p->request.entries;
	*q = (struct entry_query){.unit = p->query.unit,
	                          .own = p->query.own,
	                          .in_transit = p->query.in_transit,
	                          .early = p->query.early,
	                          .limit = (uint32_t)p->query.limit,
	                          .as_of = as_of_asked(p)};
	return find_source(o, p, &q->source) && copy_voucher(p->query.voucher, q->voucher);
}

static void
take_entries(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct entry_answer *a = &reply->entries;
	(void)o;
	fill(page, &entry_columns, a->items, a->count, a->as_of, a->label);
	page->time_us = a->time_us;
	page->more = a->next_seq;
	page->query = &p->request.entries;
	p->request.entries.after_seq = a->next_seq;
	p->request.entries.after_line = a->next_line;
	p->request.entries.as_of.seq = a->as_of.seq;
}

static bool
make_trace(struct fupin_office *o, struct operation *p)
{
	(void)o;
	p->request.trace =
	    (struct trace_query){.unit = p->query.unit, .forward = !p->query.back, .as_of = as_of_asked(p)};
	return p->query.voucher && copy_voucher(p->query.voucher, p->request.trace.voucher);
}

static void
take_trace(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct trace_answer *a = &reply->trace;
	(void)o, (void)p;
	fill(page, columns_find(&trace_columns, "steps")->nested, a->steps, a->count, a->as_of, a->label);
	page->cut_off = a->more;
}

static bool
make_projects(struct fupin_office *o, struct operation *p)
{
	struct project_query *q = &p->request.projects;
	const char *at = p->query.states;
	char word[32];
	(void)o;
	*q = (struct project_query){.unit = p->query.unit,
	                            .own = p->query.own,
	                            .limit = (uint32_t)p->query.limit,
	                            .as_of = as_of_asked(p)};
	while (next_state(&at, word)) {
		enum project_state state;
		if (!project_state_parse(word, &state))
			return false;
		q->states |= UINT32_C(1) << state;
	}
	return copy_voucher(p->query.project, q->code);
}

static void
take_projects(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	const struct project_answer *a = &reply->projects;
	(void)o;
	fill(page, &project_columns, a->items, a->count, a->as_of, a->label);
	page->time_us = a->time_us;
	page->more = a->next.unit;
	p->request.projects.after = a->next;
	p->request.projects.as_of.seq = a->as_of.seq;
}

/* ---------------------------------------------------------------- who may */

static bool
make_enrolments(struct fupin_office *o, struct operation *p)
{
	(void)o;
	p->request.enrolments_all = p->query.all;
	return true;
}

static void
take_enrolments(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	(void)o, (void)p;
	*page = (struct page){.columns = &enrolment_columns,
	                      .rows = reply->enrolments.items,
	                      .count = reply->enrolments.count,
	                      .cut_off = reply->enrolments.more,
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
take_offices(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page)
{
	(void)o, (void)p;
	*page = (struct page){.columns = &office_columns,
	                      .rows = reply->offices.items,
	                      .count = reply->offices.count,
	                      .cut_off = reply->offices.more,
	                      .label = ""};
}

/* ---------------------------------------------------------------- what the plan answers */

static void
answer_units(struct fupin_office *o, struct operation *p)
{
	const struct catalogue *c = &o->work.catalogue;
	const struct unit_group *members = NULL;
	size_t member_count = p->query.group ? catalogue_group(c, p->query.group, &members) : 0;
	struct page page = {.columns = &unit_columns, .label = ""};
	if (p->query.group && !member_count) {
		tell_end(o, p, FUPIN_USAGE, office_text(o, TEXT_QUERY));
		return;
	}
	struct unit *units = arena_array(&p->arena, c->unit_count, sizeof *units);
	for (size_t i = 0; units && i < c->unit_count; i++) {
		const struct unit *unit = &c->units[i];
		if (unit_within(unit->code, p->query.unit) && (!p->query.by || (int)unit->level == p->query.by) &&
		    (!p->query.group || unit_group_has(members, member_count, unit->code)))
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
	void (*take)(struct fupin_office *o, struct operation *p, const struct reply *reply, struct page *page);
	void (*answer)(struct fupin_office *o, struct operation *p); /* from the plan, without the centre */
} kinds[] = {
    [FUPIN_UNITS] = {.answer = answer_units},
    [FUPIN_FORMS] = {.answer = answer_forms},
    [FUPIN_COMPLETENESS] = {REQUEST_COMPLETENESS, REPLY_COMPLETENESS, make_completeness, take_completeness,
                            NULL},
    [FUPIN_LATE] = {REQUEST_COMPLETENESS, REPLY_COMPLETENESS, make_completeness, take_completeness, NULL},
    [FUPIN_DOCUMENTS] = {REQUEST_DOCUMENTS, REPLY_DOCUMENTS, make_documents, take_documents, NULL},
    [FUPIN_REPORTS] = {REQUEST_REPORTS, REPLY_REPORTS, make_reports, take_reports, NULL},
    [FUPIN_HISTORY] = {REQUEST_HISTORY, REPLY_HISTORY, make_history, take_history, NULL},
    [FUPIN_TARGETS] = {REQUEST_TARGETS, REPLY_TARGETS, make_targets, take_targets, NULL},
    [FUPIN_APPRAISAL] = {REQUEST_APPRAISAL, REPLY_APPRAISAL, make_appraisal, take_appraisal, NULL},
    [FUPIN_COMPLIANCE] = {REQUEST_COMPLIANCE, REPLY_COMPLIANCE, make_compliance, take_compliance, NULL},
    [FUPIN_BALANCES] = {REQUEST_BALANCES, REPLY_BALANCES, make_balances, take_balances, NULL},
    [FUPIN_ENTRIES] = {REQUEST_ENTRIES, REPLY_ENTRIES, make_entries, take_entries, NULL},
    [FUPIN_TRACE] = {REQUEST_TRACE, REPLY_TRACE, make_trace, take_trace, NULL},
    [FUPIN_PROJECTS] = {REQUEST_PROJECTS, REPLY_PROJECTS, make_projects, take_projects, NULL},
    [FUPIN_ENROLMENTS] = {REQUEST_ENROLMENTS, REPLY_ENROLMENTS, make_enrolments, take_enrolments, NULL},
    [FUPIN_OFFICES] = {REQUEST_OFFICES, REPLY_OFFICES, make_offices, take_offices, NULL},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

void
question_begin(struct fupin_office *o, struct operation *p)
{
	const struct question_kind *kind = p->asked && (size_t)p->asked < KINDS ? &kinds[p->asked] : NULL;
	if (!p->query.unit && p->asked != FUPIN_UNITS)
		p->query.unit = o->work.unit;
	period first, last;
	catalogue_periods(&o->work.catalogue, &first, &last);
	p->query.from = p->query.from ? p->query.from : first;
	p->query.to = p->query.to ? p->query.to : last;
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
	kind->take(o, p, reply, &page);
	tell_answer(o, p, &page);
	if (!page.more)
		tell_end(o, p, FUPIN_DONE, "");
}
