/* The rows of a sheet: each becomes a report, a fund entry or a step of a project in the draft. A cell that
 * cannot be read becomes a finding with its place. */
#include "sheet_reading.h"

#include "base/decimal.h"
#include "base/narrow.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static const char *
cell(const struct reading *r, enum field field)
{
	size_t at = r->columns->place[field];
	return at == SIZE_MAX ? "" : text_cell(r->row, at);
}

static struct problem *
cell_problem(const struct reading *r, enum field field, enum problem_code code)
{
	struct problem *p = sheet_problem(r, *cell(r, field) ? code : PROBLEM_CELL_MISSING, r->row->line,
	                                  r->columns->place[field]);
	problem_detail(p, "%s", cell(r, field));
	return p;
}

/* "220822", or "220822 通榆县", as the lists of units in our own workbooks have it: then the name has to be
 * that unit's. */
static bool
parse_unit(const struct catalogue *c, const char *text, unit_code *out)
{
	char words[NAME_BYTES_MAX + 32];
	if (!narrow(text, words, sizeof words))
		return false;
	size_t digits = strspn(words, "0123456789"), blanks = strspn(words + digits, " ");
	if (!blanks || !words[digits + blanks])
		return unit_parse(words, out);
	words[digits] = 0;
	if (!unit_parse(words, out))
		return false;
	const struct unit *unit = catalogue_unit(c, *out);
	return unit && utf8_same_key(unit->name, words + digits + blanks);
}

static unit_code
read_unit(const struct reading *r, enum field field)
{
	unit_code code = 0;
	if (!parse_unit(r->catalogue, cell(r, field), &code))
		cell_problem(r, field, PROBLEM_CELL_INVALID);
	return code;
}

/* Of the one column of percentages a cell may say so: "80%". */
static bool
parse_count(const char *text, bool percent, int64_t *out)
{
	char number[32];
	if (!narrow(text, number, sizeof number))
		return false;
	size_t size = strlen(number);
	size_t sign = percent && size > 3 && !strcmp(number + size - strlen("％"), "％") ? strlen("％")
	              : percent && size > 1 && number[size - 1] == '%'                   ? 1
	                                                                                 : 0;
	number[size - sign] = 0;
	return decimal_parse(number, 0, out) && *out >= 0 && *out <= INT32_MAX;
}

static uint32_t
read_count(const struct reading *r, enum field field)
{
	int64_t value = 0;
	if (*cell(r, field) && !parse_count(cell(r, field), field == FIELD_PERCENT, &value)) {
		cell_problem(r, field, PROBLEM_NUMBER_INVALID);
		value = 0;
	}
	return (uint32_t)value;
}

/* A cell with the format of a date has a day, even if only its month is shown. */
static period
read_period(const struct reading *r)
{
	period p = 0;
	date d;
	bool dated = text_mark(r->row, r->columns->place[FIELD_PERIOD]) == TEXT_DATE;
	if (dated && date_parse(cell(r, FIELD_PERIOD), &d))
		p = date_period(d);
	else if (!period_parse(cell(r, FIELD_PERIOD), &p))
		cell_problem(r, FIELD_PERIOD, PROBLEM_PERIOD_INVALID);
	return p;
}

/* The form by its column, or the form of the first indicator column. */
static const struct form *
read_form(const struct reading *r)
{
	if (*cell(r, FIELD_FORM)) {
		const struct form *form = catalogue_form_by_code(r->catalogue, cell(r, FIELD_FORM));
		if (!form)
			cell_problem(r, FIELD_FORM, PROBLEM_FORM_UNKNOWN);
		return form;
	}
	for (size_t at = 0; at < r->columns->header->cell_count; at++)
		if (r->columns->indicators[at])
			return catalogue_form(r->catalogue, r->columns->indicators[at]->form);
	return NULL;
}

/* A figure in its column's measure. False: it is none, which is told. */
static bool
read_figure(const struct reading *r, size_t at, int decimals, int64_t *out)
{
	const char *text = text_cell(r->row, at);
	if (measure_parse(&r->columns->measures[at], text, decimals, out))
		return true;
	enum problem_code code = !*text                                ? PROBLEM_CELL_MISSING
	                         : text_mark(r->row, at) == TEXT_SHOWN ? PROBLEM_FORMAT_SHOWN
	                                                               : PROBLEM_NUMBER_INVALID;
	struct problem *p = sheet_problem(r, code, r->row->line, at);
	problem_detail(p, "%s", text);
	p->limit = decimals;
	return false;
}

static void
read_values(const struct reading *r, const struct form *form, struct report *report)
{
	const struct sheet_columns *c = r->columns;
	uint32_t *indicators = arena_array(&r->draft->arena, c->indicator_count, sizeof *indicators);
	int64_t *values = arena_array(&r->draft->arena, c->indicator_count, sizeof *values);
	report->indicators = indicators;
	report->values = values;
	for (size_t at = 0; indicators && values && at < c->header->cell_count; at++) {
		const struct indicator *indicator = c->indicators[at];
		const char *text = text_cell(r->row, at);
		if (!indicator || !*text || utf8_same_key(text, "–"))
			continue;
		if (indicator->form != form->number) {
			problem_detail(sheet_problem(r, PROBLEM_INDICATOR_UNKNOWN, r->row->line, at), "%s",
			               indicator->code);
			continue;
		}
		if (read_figure(r, at, indicator->decimals, &values[report->value_count]))
			indicators[report->value_count++] = indicator->number;
	}
}

/* Doubles an array and its places together. */
static bool
grow(struct arena *arena, void **items, size_t size, struct place **places, size_t count, size_t *room)
{
	if (count < *room)
		return true;
	size_t more = *room ? *room * 2 : 64;
	void *copy = arena_array(arena, more, size);
	struct place *place_copy = arena_array(arena, more, sizeof **places);
	if (!copy || !place_copy)
		return false;
	if (count) {
		memcpy(copy, *items, count * size);
		memcpy(place_copy, *places, count * sizeof **places);
	}
	*items = copy;
	*places = place_copy;
	*room = more;
	return true;
}

/* Our own workbooks have a row for each unit, with stocks filled in. A row without a figure of the month has
 * not been filled in yet. */
static bool
is_filled_in(const struct reading *r, const struct form *form, const struct report *report)
{
	bool flows = false;
	if (!r->columns->ours || report->replaces)
		return true;
	for (size_t at = 0; at < r->columns->header->cell_count; at++) {
		const struct indicator *what = r->columns->indicators[at];
		if (!what || what->form != form->number || what->kind != INDICATOR_FLOW)
			continue;
		flows = true;
		if (*text_cell(r->row, at))
			return true;
	}
	return !flows && report->value_count;
}

enum { DROPPED_NAMES_MAX = 3 };

/* A revision replaces the one before as a whole: figures for which the sheet has no column are cleared. */
static void
tell_dropped(const struct reading *r, const struct report *report)
{
	const struct sheet_columns *c = r->columns;
	const struct form_version *version = catalogue_version(r->catalogue, report->form, report->form_version);
	struct draft *d = r->draft;
	const struct indicator **missing =
	    arena_array(&d->arena, version ? version->field_count + 1 : 1, sizeof *missing);
	char names[4 * NAME_BYTES_MAX] = "";
	size_t used = 0, count = 0;
	for (size_t i = 0; missing && version && i < version->field_count; i++) {
		const struct indicator *what = version->fields[i].definition;
		size_t at = 0;
		while (at < c->header->cell_count && c->indicators[at] != what)
			at++;
		if (at < c->header->cell_count || version->fields[i].required)
			continue;
		missing[count++] = what;
		if (count > DROPPED_NAMES_MAX + 1)
			continue;
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? "、" : "",
		                         count > DROPPED_NAMES_MAX ? "…" : what->name_zh);
	}
	const char *told = used ? arena_string(&d->arena, names) : NULL;
	struct dropped *more =
	    told ? arena_grow(&d->arena, d->dropped, d->dropped_count, &d->dropped_room, sizeof *more) : NULL;
	if (!more)
		return;
	d->dropped = more;
	more[d->dropped_count++] = (struct dropped){place_make(r->columns->file, r->columns->sheet, r->row->line),
	                                            told, d->submission.report_count, count, missing};
}

static void
leave_out(const struct reading *r)
{
	struct draft *d = r->draft;
	struct place *more =
	    arena_grow(&d->arena, d->left_out, d->left_out_count, &d->left_out_room, sizeof *d->left_out);
	if (!more)
		return;
	d->left_out = more;
	d->left_out[d->left_out_count++] = place_make(r->columns->file, r->columns->sheet, r->row->line);
}

static void
read_report(const struct reading *r)
{
	struct draft *d = r->draft;
	struct report report = {.unit = read_unit(r, FIELD_UNIT),
	                        .replaces = read_count(r, FIELD_REPLACES),
	                        .reason = cell(r, FIELD_REASON)};
	report.period = read_period(r);
	const struct form *form = read_form(r);
	if (!form || !grow(&d->arena, (void **)&d->submission.reports, sizeof report, &d->report_places,
	                   d->submission.report_count, &d->report_room))
		return;
	report.form = form->number;
	report.form_version = read_count(r, FIELD_VERSION);
	const struct form_version *open = catalogue_version_for(r->catalogue, form->number, report.period);
	if (!report.form_version)
		report.form_version = open ? open->version : 1;
	read_values(r, form, &report);
	if (!is_filled_in(r, form, &report)) {
		leave_out(r);
		return;
	}
	if (report.replaces)
		tell_dropped(r, &report);
	d->report_places[d->submission.report_count] =
	    place_make(r->columns->file, r->columns->sheet, r->row->line);
	d->submission.reports[d->submission.report_count++] = report;
}

static uint32_t
read_term(const struct reading *r, enum field field, const struct fund_term *terms, size_t count,
          enum problem_code code)
{
	const struct fund_term *term = fund_term_by_name(terms, count, cell(r, field));
	if (!term)
		cell_problem(r, field, code);
	return term ? term->number : 0;
}

static void
read_entry(const struct reading *r)
{
	struct draft *d = r->draft;
	const struct catalogue *c = r->catalogue;
	struct fund_entry entry = {
	    .unit = read_unit(r, FIELD_UNIT),
	    .voucher = cell(r, FIELD_VOUCHER),
	    .note = cell(r, FIELD_NOTE),
	    .refers = cell(r, FIELD_REFERS),
	    .document = cell(r, FIELD_DOCUMENT),
	    .project = cell(r, FIELD_PROJECT),
	    .source = read_term(r, FIELD_SOURCE, c->sources, c->source_count, PROBLEM_SOURCE_UNKNOWN),
	};
	if (!fund_kind_parse(cell(r, FIELD_KIND), &entry.kind))
		cell_problem(r, FIELD_KIND, PROBLEM_KIND_UNKNOWN);
	if (!date_parse(cell(r, FIELD_OCCURRED), &entry.occurred))
		cell_problem(r, FIELD_OCCURRED, PROBLEM_DATE_INVALID);
	if (*cell(r, FIELD_USE))
		entry.use = read_term(r, FIELD_USE, c->uses, c->use_count, PROBLEM_USE_UNKNOWN);
	if (*cell(r, FIELD_COUNTERPARTY))
		entry.counterparty = read_unit(r, FIELD_COUNTERPARTY);
	read_figure(r, r->columns->place[FIELD_AMOUNT], MONEY_DECIMALS, &entry.amount_fen);
	if (!grow(&d->arena, (void **)&d->submission.entries, sizeof entry, &d->entry_places,
	          d->submission.entry_count, &d->entry_room))
		return;
	d->entry_places[d->submission.entry_count] =
	    place_make(r->columns->file, r->columns->sheet, r->row->line);
	d->submission.entries[d->submission.entry_count++] = entry;
}

/* ---------------------------------------------------------------- steps of projects */

/* 0 if the cell is empty. */
static date
read_date(const struct reading *r, enum field field)
{
	date day = 0;
	if (*cell(r, field) && !date_parse(cell(r, field), &day))
		cell_problem(r, field, PROBLEM_DATE_INVALID);
	return day;
}

static void
read_budgets(const struct reading *r, struct project_row *out)
{
	const struct sheet_columns *c = r->columns;
	struct project_budget *budgets = arena_array(&r->draft->arena, PROJECT_BUDGETS_MAX, sizeof *budgets);
	out->budgets = budgets;
	for (size_t at = 0; budgets && at < c->header->cell_count; at++) {
		const char *text = text_cell(r->row, at);
		if (!c->budgets[at] || !*text)
			continue;
		struct project_budget budget = {.source = c->budgets[at]->number};
		if (read_figure(r, at, MONEY_DECIMALS, &budget.amount_fen) && !budget.amount_fen)
			continue; /* 0 is as good as empty */
		if (out->budget_count < PROJECT_BUDGETS_MAX)
			budgets[out->budget_count++] = budget;
		else
			problem_detail(sheet_problem(r, PROBLEM_BUDGET_INVALID, r->row->line, at),
			               "more than %d sources (来源超过 %d 个)", PROJECT_BUDGETS_MAX, PROJECT_BUDGETS_MAX);
	}
}

static bool
is_word(const char *text, const char *en, const char *zh)
{
	return !strcmp(text, en) || !strcmp(text, zh);
}

/* "1 2 5", "1、2、5", or "all". */
static void
read_met(const struct reading *r, struct project_row *out)
{
	const struct catalogue *c = r->catalogue;
	const char *at = cell(r, FIELD_MET);
	uint32_t *met = arena_array(&r->draft->arena, ACCEPTANCE_ITEMS_MAX, sizeof *met);
	out->met = met;
	for (size_t i = 0; met && is_word(at, "all", "全部") && i < c->acceptance_item_count; i++)
		met[out->met_count++] = c->acceptance_items[i].number;
	if (!met || out->met_count)
		return;
	while (*at) {
		char *end;
		unsigned long number = strtoul(at, &end, 10);
		if (end == at || number > ACCEPTANCE_ITEMS_MAX || out->met_count == ACCEPTANCE_ITEMS_MAX) {
			cell_problem(r, FIELD_MET, PROBLEM_CELL_INVALID);
			return;
		}
		met[out->met_count++] = (uint32_t)number;
		at = end + strspn(end, " ,;");
		at += strncmp(at, "、", strlen("、")) ? 0 : strlen("、");
	}
}

static bool
read_passed(const struct reading *r)
{
	const char *text = cell(r, FIELD_PASSED);
	bool yes = is_word(text, "yes", "是") || is_word(text, "passed", "合格");
	if (!yes && *text && !is_word(text, "no", "否") && !is_word(text, "failed", "不合格"))
		cell_problem(r, FIELD_PASSED, PROBLEM_CELL_INVALID);
	return yes;
}

static void
read_project(const struct reading *r)
{
	struct draft *d = r->draft;
	struct project_row row = {
	    .unit = read_unit(r, FIELD_UNIT),
	    .code = cell(r, FIELD_PROJECT),
	    .occurred = read_date(r, FIELD_OCCURRED),
	    .document = cell(r, FIELD_DOCUMENT),
	    .note = cell(r, FIELD_NOTE),
	    .replaces = read_count(r, FIELD_REPLACES),
	    .name = cell(r, FIELD_NAME),
	    .begins = read_date(r, FIELD_BEGINS),
	    .ends = read_date(r, FIELD_ENDS),
	    .percent = read_count(r, FIELD_PERCENT),
	    .passed = read_passed(r),
	    .again_by = read_date(r, FIELD_AGAIN_BY),
	};
	if (!project_step_parse(cell(r, FIELD_STEP), &row.step))
		cell_problem(r, FIELD_STEP, PROBLEM_CELL_INVALID);
	/* Nothing is not zero. */
	if (row.step == PROJECT_PROGRESS && !*cell(r, FIELD_PERCENT))
		cell_problem(r, FIELD_PERCENT, PROBLEM_CELL_MISSING);
	const struct project_kind *kind = catalogue_project_kind_by_name(r->catalogue, cell(r, FIELD_KIND));
	if (*cell(r, FIELD_KIND) && !kind)
		cell_problem(r, FIELD_KIND, PROBLEM_PROJECT_KIND_UNKNOWN);
	row.kind = kind ? kind->number : 0;
	row.leader = *cell(r, FIELD_LEADER) ? read_unit(r, FIELD_LEADER) : 0;
	row.acceptor = *cell(r, FIELD_ACCEPTOR) ? read_unit(r, FIELD_ACCEPTOR) : 0;
	if (*cell(r, FIELD_SYSTEM) && !project_system_parse(cell(r, FIELD_SYSTEM), &row.system))
		cell_problem(r, FIELD_SYSTEM, PROBLEM_CELL_INVALID);
	read_budgets(r, &row);
	read_met(r, &row);
	if (!grow(&d->arena, (void **)&d->submission.projects, sizeof row, &d->project_places,
	          d->submission.project_count, &d->project_room))
		return;
	d->project_places[d->submission.project_count] =
	    place_make(r->columns->file, r->columns->sheet, r->row->line);
	d->submission.projects[d->submission.project_count++] = row;
}

void
sheet_read_row(const struct reading *r)
{
	if (r->columns->kind == SHEET_FUNDS)
		read_entry(r);
	else if (r->columns->kind == SHEET_PROJECTS)
		read_project(r);
	else
		read_report(r);
}
