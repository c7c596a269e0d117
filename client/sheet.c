#include "sheet.h"

#include "check.h"
#include "decimal.h"
#include "sheet_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a sheet is about; by its columns. */
enum sheet_kind { SHEET_REPORTS = 1, SHEET_FUNDS = 2, SHEET_PROJECTS = 4 };

/* The fixed columns, by the names that a header may use, and the kinds of sheet that they belong to. */
enum field {
	FIELD_UNIT,
	FIELD_UNIT_NAME, /* for the reader's eye, not read */
	FIELD_PERIOD,
	FIELD_FORM,
	FIELD_VERSION,
	FIELD_REPLACES,
	FIELD_REASON,
	FIELD_KIND,
	FIELD_VOUCHER,
	FIELD_OCCURRED,
	FIELD_SOURCE,
	FIELD_USE,
	FIELD_COUNTERPARTY,
	FIELD_AMOUNT,
	FIELD_NOTE,
	FIELD_REFERS,
	FIELD_DOCUMENT,
	FIELD_PROJECT,
	FIELD_STEP,
	FIELD_NAME,
	FIELD_LEADER,
	FIELD_BEGINS,
	FIELD_ENDS,
	FIELD_SYSTEM,
	FIELD_PERCENT,
	FIELD_ACCEPTOR,
	FIELD_PASSED,
	FIELD_MET,
	FIELD_AGAIN_BY,
	FIELDS,
};

static const struct {
	const char *code, *zh, *zh_other;
	unsigned sheets;
} field_names[FIELDS] = {
    [FIELD_UNIT] = {"unit", "单位", "单位代码", SHEET_REPORTS | SHEET_FUNDS | SHEET_PROJECTS},
    [FIELD_UNIT_NAME] = {"unit_name", "单位名称", "名称", SHEET_REPORTS | SHEET_FUNDS | SHEET_PROJECTS},
    [FIELD_PERIOD] = {"period", "期间", "月份", SHEET_REPORTS},
    [FIELD_FORM] = {"form", "表", "报表", SHEET_REPORTS},
    [FIELD_VERSION] = {"version", "表版本", "版本", SHEET_REPORTS},
    [FIELD_REPLACES] = {"replaces", "替换版本", "更正版本", SHEET_REPORTS | SHEET_PROJECTS},
    [FIELD_REASON] = {"reason", "更正原因", "原因", SHEET_REPORTS},
    [FIELD_KIND] = {"kind", "类别", "资金类别", SHEET_FUNDS | SHEET_PROJECTS},
    [FIELD_VOUCHER] = {"voucher", "凭证号", "凭证", SHEET_FUNDS},
    [FIELD_OCCURRED] = {"occurred", "日期", "发生日期", SHEET_FUNDS | SHEET_PROJECTS},
    [FIELD_SOURCE] = {"source", "来源", "资金来源", SHEET_FUNDS},
    [FIELD_USE] = {"use", "用途", "资金用途", SHEET_FUNDS},
    [FIELD_COUNTERPARTY] = {"counterparty", "对方单位", "往来单位", SHEET_FUNDS},
    [FIELD_AMOUNT] = {"amount", "金额", "金额(元)", SHEET_FUNDS},
    [FIELD_NOTE] = {"note", "摘要", "备注", SHEET_FUNDS | SHEET_PROJECTS},
    [FIELD_REFERS] = {"refers", "所指凭证号", "所指凭证", SHEET_FUNDS},
    [FIELD_DOCUMENT] = {"document", "文件依据", "文号", SHEET_FUNDS | SHEET_PROJECTS},
    [FIELD_PROJECT] = {"project", "项目编号", "项目", SHEET_FUNDS | SHEET_PROJECTS},
    [FIELD_STEP] = {"step", "步骤", "环节", SHEET_PROJECTS},
    [FIELD_NAME] = {"name", "项目名称", "项目名", SHEET_PROJECTS},
    [FIELD_LEADER] = {"leader", "牵头单位", "实施牵头单位", SHEET_PROJECTS},
    [FIELD_BEGINS] = {"begins", "计划开工", "计划开工日期", SHEET_PROJECTS},
    [FIELD_ENDS] = {"ends", "计划竣工", "计划竣工日期", SHEET_PROJECTS},
    [FIELD_SYSTEM] = {"system", "四制", "四制名称", SHEET_PROJECTS},
    [FIELD_PERCENT] = {"percent", "进度", "进度(%)", SHEET_PROJECTS},
    [FIELD_ACCEPTOR] = {"acceptor", "验收单位", "委托验收单位", SHEET_PROJECTS},
    [FIELD_PASSED] = {"passed", "验收合格", "合格", SHEET_PROJECTS},
    [FIELD_MET] = {"met", "达标项", "达到的标准", SHEET_PROJECTS},
    [FIELD_AGAIN_BY] = {"again_by", "整改期限", "复验期限", SHEET_PROJECTS},
};

/* What the columns of one table mean. */
struct sheet_columns {
	struct sheet_columns *next;
	const char *file, *sheet; /* sheet NULL: the file has none */
	const struct text_row *header;
	size_t place[FIELDS]; /* SIZE_MAX: not there */
	size_t indicator_count;
	enum sheet_kind kind;
	/* Per column of the header; NULL: another one. */
	const struct indicator **indicators;
	const struct fund_term **budgets; /* of projects: the source whose part of the budget it is */
};

struct reading {
	struct draft *draft;
	const struct catalogue *catalogue;
	struct findings *findings;
	struct sheet_columns *columns;
	const struct text_row *row;
};

void
draft_init(struct draft *draft)
{
	*draft = (struct draft){0};
	arena_init(&draft->arena, DRAFT_BYTES_MAX);
}

void
draft_free(struct draft *draft)
{
	arena_free(&draft->arena);
}

/* ---------------------------------------------------------------- findings */

/* A finding in a column of the table; SIZE_MAX: in none. */
static struct problem *
report_problem(const struct reading *r, enum problem_code code, size_t line, size_t column)
{
	const struct sheet_columns *c = r->columns;
	struct finding *finding = finding_add(r->findings);
	finding->place = place_make(c->file, c->sheet, line);
	finding->problem.code = code;
	if (column == SIZE_MAX)
		return &finding->problem;
	snprintf(finding->column, sizeof finding->column, "%s", text_cell(c->header, column));
	if (c->sheet)
		column_letters(column, finding->letters);
	return &finding->problem;
}

/* The column of the table; SIZE_MAX: it has none. */
static size_t
column_at(const struct sheet_columns *columns, const char *code)
{
	for (size_t i = 0; columns && i < columns->header->cell_count; i++)
		if ((columns->indicators[i] && !strcmp(columns->indicators[i]->code, code)) ||
		    (columns->budgets[i] && !strcmp(columns->budgets[i]->code, code)))
			return i;
	for (int field = 0; columns && field < FIELDS; field++)
		if (!strcmp(field_names[field].code, code))
			return columns->place[field];
	return SIZE_MAX;
}

const char *
sheet_column_name(const char *code, enum language language)
{
	for (int field = 0; field < FIELDS; field++)
		if (!strcmp(field_names[field].code, code))
			return language == LANGUAGE_CHINESE ? field_names[field].zh : code;
	return code;
}

static const struct sheet_columns *
columns_of(const struct draft *draft, const struct place *place)
{
	const struct sheet_columns *columns = draft->columns;
	while (columns && (!place->file || strcmp(columns->file, place->file) ||
	                   strcmp(columns->sheet ? columns->sheet : "", place->sheet)))
		columns = columns->next;
	return columns;
}

/* The column as it stands in the sheet, and for a code what it means. */
static void
name_column(struct finding *finding, const struct sheet_columns *columns, const struct catalogue *catalogue)
{
	const char *code = finding->problem.column;
	size_t at = column_at(columns, code);
	const struct indicator *indicator = *code ? catalogue_indicator_by_name(catalogue, code) : NULL;
	const char *name = at != SIZE_MAX ? columns->header->cells[at] : indicator ? indicator->name_zh : code;
	/* A clerk reads the indicator's name, whatever the header is. */
	if (indicator && !strcmp(name, indicator->code))
		snprintf(finding->column, sizeof finding->column, "%s %s", name, indicator->name_zh);
	else
		snprintf(finding->column, sizeof finding->column, "%s", name);
	if (at != SIZE_MAX && columns->sheet)
		column_letters(at, finding->letters);
}

void
findings_add(struct findings *findings, const struct draft *draft, const struct catalogue *catalogue,
             const struct problem_list *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *p = &problems->items[i];
		struct finding *finding = finding_add(findings);
		*finding = (struct finding){.problem = *p};
		if (p->subject == SUBJECT_REPORT && p->index < draft->submission.report_count)
			finding->place = draft->report_places[p->index];
		if (p->subject == SUBJECT_ENTRY && p->index < draft->submission.entry_count)
			finding->place = draft->entry_places[p->index];
		if (p->subject == SUBJECT_PROJECT && p->index < draft->submission.project_count)
			finding->place = draft->project_places[p->index];
		name_column(finding, columns_of(draft, &finding->place), catalogue);
	}
	findings->more += problems->more;
}

/* ---------------------------------------------------------------- the header */

static enum field
field_of(const char *name)
{
	for (int field = 0; field < FIELDS; field++)
		if (!strcmp(name, field_names[field].code) || !strcmp(name, field_names[field].zh) ||
		    !strcmp(name, field_names[field].zh_other))
			return (enum field)field;
	return FIELDS;
}

/* "产业资金（元）" or "… (yuan)": the name without the unit of measure; "": it has none. */
static void
without_measure(const char *name, char out[NAME_BYTES_MAX + 1])
{
	const char *open = strrchr(name, '(');
	for (const char *at = strstr(name, "（"); at; at = strstr(at + 1, "（"))
		open = at > open ? at : open;
	size_t size = open ? (size_t)(open - name) : 0;
	*out = 0;
	if (size > NAME_BYTES_MAX)
		return;
	memcpy(out, name, size);
	while (size && out[size - 1] == ' ')
		size--;
	out[size] = 0;
}

static const struct indicator *
indicator_of(const struct reading *r, const char *name)
{
	char plain[NAME_BYTES_MAX + 1];
	const struct indicator *indicator = catalogue_indicator_by_name(r->catalogue, name);
	without_measure(name, plain);
	return indicator || !*plain ? indicator : catalogue_indicator_by_name(r->catalogue, plain);
}

static const struct fund_term *
budget_of(const struct reading *r, const char *name)
{
	const struct catalogue *c = r->catalogue;
	char plain[NAME_BYTES_MAX + 1];
	const struct fund_term *source = fund_term_by_name(c->sources, c->source_count, name);
	without_measure(name, plain);
	return source || !*plain ? source : fund_term_by_name(c->sources, c->source_count, plain);
}

static void
read_header_cell(struct reading *r, size_t at)
{
	struct sheet_columns *c = r->columns;
	const char *name = c->header->cells[at];
	enum field field = field_of(name);
	if (field != FIELDS) {
		if (c->place[field] != SIZE_MAX)
			report_problem(r, PROBLEM_COLUMN_REPEATED, c->header->line, at);
		c->place[field] = at;
		return;
	}
	if (c->kind == SHEET_PROJECTS)
		c->budgets[at] = budget_of(r, name);
	else
		c->indicators[at] = indicator_of(r, name);
	if (c->budgets[at]) {
		for (size_t before = 0; before < at; before++)
			if (c->budgets[before] == c->budgets[at])
				report_problem(r, PROBLEM_COLUMN_REPEATED, c->header->line, at);
		return;
	}
	if (!c->indicators[at]) {
		if (*name)
			problem_detail(report_problem(r, PROBLEM_COLUMN_UNKNOWN, c->header->line, at), "%s", name);
		return;
	}
	c->indicator_count++;
	for (size_t before = 0; before < at; before++)
		if (c->indicators[before] == c->indicators[at])
			report_problem(r, PROBLEM_COLUMN_REPEATED, c->header->line, at);
}

static bool
require(const struct reading *r, const enum field *fields, size_t count)
{
	bool good = true;
	for (size_t i = 0; i < count; i++)
		if (r->columns->place[fields[i]] == SIZE_MAX) {
			problem_detail(report_problem(r, PROBLEM_COLUMN_MISSING, r->columns->header->line, SIZE_MAX),
			               "%s %s", field_names[fields[i]].code, field_names[fields[i]].zh);
			good = false;
		}
	return good;
}

/* A column of the other kind of sheet would be lost silently. */
static void
refuse_foreign(const struct reading *r)
{
	const struct text_row *header = r->columns->header;
	for (size_t at = 0; at < header->cell_count; at++) {
		const char *name = header->cells[at];
		enum field field = field_of(name);
		bool foreign = field == FIELDS ? r->columns->kind == SHEET_FUNDS && r->columns->indicators[at]
		                               : !(field_names[field].sheets & r->columns->kind);
		if (foreign)
			problem_detail(report_problem(r, PROBLEM_COLUMN_UNKNOWN, header->line, at), "%s", name);
	}
}

/* A sheet of steps has a column for them; one of fund entries a voucher or an amount. */
static enum sheet_kind
kind_of(const struct text_row *header)
{
	enum sheet_kind kind = SHEET_REPORTS;
	for (size_t at = 0; at < header->cell_count; at++) {
		enum field field = field_of(header->cells[at]);
		if (field == FIELD_STEP)
			return SHEET_PROJECTS;
		if (field == FIELD_VOUCHER || field == FIELD_AMOUNT)
			kind = SHEET_FUNDS;
	}
	return kind;
}

static bool
require_columns(const struct reading *r)
{
	static const enum field report_fields[] = {FIELD_UNIT, FIELD_PERIOD};
	static const enum field entry_fields[] = {FIELD_KIND,     FIELD_UNIT,   FIELD_VOUCHER,
	                                          FIELD_OCCURRED, FIELD_SOURCE, FIELD_AMOUNT};
	static const enum field step_fields[] = {FIELD_UNIT, FIELD_PROJECT, FIELD_STEP, FIELD_OCCURRED};
	switch (r->columns->kind) {
	case SHEET_FUNDS:
		return require(r, entry_fields, sizeof entry_fields / sizeof *entry_fields);
	case SHEET_PROJECTS:
		return require(r, step_fields, sizeof step_fields / sizeof *step_fields);
	default:
		return require(r, report_fields, sizeof report_fields / sizeof *report_fields);
	}
}

static bool
read_header(struct reading *r, const struct text_row *header)
{
	struct sheet_columns *c = r->columns;
	c->header = header;
	c->indicators = arena_array(&r->draft->arena, header->cell_count, sizeof *c->indicators);
	c->budgets = arena_array(&r->draft->arena, header->cell_count, sizeof *c->budgets);
	c->kind = kind_of(header);
	if (!c->indicators || !c->budgets)
		return false;
	for (int field = 0; field < FIELDS; field++)
		c->place[field] = SIZE_MAX;
	size_t before = r->findings->count;
	for (size_t at = 0; at < header->cell_count; at++)
		read_header_cell(r, at);
	refuse_foreign(r);
	bool good = require_columns(r);
	if (good && c->kind == SHEET_REPORTS && !c->indicator_count) {
		problem_detail(report_problem(r, PROBLEM_COLUMN_MISSING, header->line, SIZE_MAX), "%s",
		               "of any indicator 指标");
		good = false;
	}
	return good && r->findings->count == before;
}

/* ---------------------------------------------------------------- cells */

static const char *
cell(const struct reading *r, enum field field)
{
	size_t at = r->columns->place[field];
	return at == SIZE_MAX ? "" : text_cell(r->row, at);
}

static struct problem *
cell_problem(const struct reading *r, enum field field, enum problem_code code)
{
	struct problem *p = report_problem(r, *cell(r, field) ? code : PROBLEM_CELL_MISSING, r->row->line,
	                                   r->columns->place[field]);
	problem_detail(p, "%s", cell(r, field));
	return p;
}

static unit_code
read_unit(const struct reading *r, enum field field)
{
	unit_code code = 0;
	if (!unit_parse(cell(r, field), &code))
		cell_problem(r, field, PROBLEM_CELL_INVALID);
	return code;
}

static uint32_t
read_count(const struct reading *r, enum field field)
{
	int64_t value = 0;
	if (*cell(r, field) && (!decimal_parse(cell(r, field), 0, &value) || value < 0 || value > INT32_MAX)) {
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
		if (!indicator || !*text)
			continue;
		if (indicator->form != form->number) {
			problem_detail(report_problem(r, PROBLEM_INDICATOR_UNKNOWN, r->row->line, at), "%s",
			               indicator->code);
			continue;
		}
		int64_t value;
		if (decimal_parse(text, indicator->decimals, &value)) {
			indicators[report->value_count] = indicator->number;
			values[report->value_count++] = value;
		} else {
			struct problem *p = report_problem(r, PROBLEM_NUMBER_INVALID, r->row->line, at);
			problem_detail(p, "%s", text);
			p->limit = indicator->decimals;
		}
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
	if (!decimal_parse(cell(r, FIELD_AMOUNT), MONEY_DECIMALS, &entry.amount_fen))
		cell_problem(r, FIELD_AMOUNT, PROBLEM_NUMBER_INVALID)->limit = MONEY_DECIMALS;
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
		if (!decimal_parse(text, MONEY_DECIMALS, &budget.amount_fen)) {
			struct problem *p = report_problem(r, PROBLEM_NUMBER_INVALID, r->row->line, at);
			problem_detail(p, "%s", text);
			p->limit = MONEY_DECIMALS;
		} else if (!budget.amount_fen) {
			continue; /* 0 is as good as empty */
		}
		if (out->budget_count < PROJECT_BUDGETS_MAX)
			budgets[out->budget_count++] = budget;
		else
			problem_detail(report_problem(r, PROBLEM_BUDGET_INVALID, r->row->line, at),
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

/* ---------------------------------------------------------------- files */

/* A sheet has units, and something of them: a mere list of their names is none. */
static bool
is_sheet_header(const void *context, const struct text_row *row)
{
	bool unit = false, more = false;
	for (size_t at = 0; at < row->cell_count; at++) {
		enum field field = field_of(row->cells[at]);
		if (field == FIELD_VOUCHER)
			return true;
		unit |= field == FIELD_UNIT;
		more |= field == FIELDS ? indicator_of(context, row->cells[at]) != NULL
		                        : field != FIELD_UNIT && field != FIELD_UNIT_NAME;
	}
	return unit && more;
}

/* Where a cell's text is not what the clerk meant to write; in columns that are read. */
static bool
row_is_sound(const struct reading *r)
{
	const struct sheet_columns *c = r->columns;
	bool sound = true;
	for (size_t at = 0; at < c->header->cell_count; at++) {
		enum problem_code code = text_mark_problem(text_mark(r->row, at));
		if (!code || !*c->header->cells[at] || at == c->place[FIELD_UNIT_NAME])
			continue;
		problem_detail(report_problem(r, code, r->row->line, at), "%s", r->row->cells[at]);
		sound = false;
	}
	return sound;
}

/* "B3:D4". */
static void
refuse_merged(const struct reading *r, const struct text_area *area)
{
	char first[LETTERS_BYTES], last[LETTERS_BYTES];
	problem_detail(report_problem(r, PROBLEM_CELLS_MERGED, area->line, area->column), "%s%zu:%s%zu",
	               column_letters(area->column, first), area->line, column_letters(area->column_last, last),
	               area->line_last);
}

/* Is a cell of the row, of those below a header, part of a merged area? Each area is told once. */
static bool
row_is_apart(const struct reading *r, const struct text_table *table, size_t line_before)
{
	bool apart = true;
	for (size_t i = 0; i < table->merged_count; i++) {
		const struct text_area *area = &table->merged[i];
		if (area->line > r->row->line || area->line_last < r->row->line ||
		    area->column >= r->columns->header->cell_count)
			continue;
		apart = false;
		if (area->line > line_before || line_before == table->rows[0].line)
			refuse_merged(r, area);
	}
	return apart;
}

static void
read_rows(struct reading *r, const struct text_table *table)
{
	for (size_t i = 1; i < table->row_count; i++) {
		r->row = &table->rows[i];
		if (!row_is_apart(r, table, table->rows[i - 1].line) || !row_is_sound(r))
			continue;
		if (r->columns->kind == SHEET_FUNDS)
			read_entry(r);
		else if (r->columns->kind == SHEET_PROJECTS)
			read_project(r);
		else
			read_report(r);
	}
}

static bool
read_table(struct reading *r, const char *path, const struct text_table *table)
{
	struct sheet_columns *columns = arena_alloc(&r->draft->arena, sizeof *columns);
	if (!columns)
		return false;
	columns->file = path;
	columns->sheet = table->sheet;
	r->columns = columns;
	if (table->row_count < 2) {
		report_problem(r, PROBLEM_FILE_EMPTY, 0, SIZE_MAX);
		return true;
	}
	if (!read_header(r, &table->rows[0]))
		return true;
	columns->next = r->draft->columns;
	r->draft->columns = columns;
	read_rows(r, table);
	return true;
}

void
draft_read(struct draft *draft, const char *path, const struct catalogue *catalogue,
           struct findings *findings)
{
	struct text_table *tables;
	struct text_failure failure;
	size_t count;
	struct reading r = {draft, catalogue, findings, NULL, NULL};
	if (!sheet_file_read(path, is_sheet_header, &r, &draft->arena, &tables, &count, &failure)) {
		struct finding *finding = finding_add(findings);
		finding->place = place_make(path, failure.sheet, failure.line);
		finding->problem = text_failure_problem(&failure);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (!read_table(&r, path, &tables[i]))
			return;
}

/* Of so many rows that they go as several submissions: all of them at once, so that a row that is there twice
 * is found wherever it is. */
static bool
check_many(const struct draft *draft, const struct catalogue *catalogue, date today, size_t rows,
           struct problem_list *problems)
{
	const void **room = calloc(rows, sizeof *room);
	bool good = room && check_content(catalogue, today, &draft->submission, room, problems);
	if (!room)
		problem_detail(problem_only(problems, PROBLEM_FILE_UNREADABLE), "%s", strerror(ENOMEM));
	free(room);
	return good;
}

void
draft_check(struct draft *draft, const struct catalogue *catalogue, date today, struct findings *findings)
{
	struct problem_list *problems = calloc(1, sizeof *problems);
	size_t rows = submission_rows(&draft->submission);
	draft->submission.id = submission_id_new(0);
	bool good = problems && (rows > SUBMISSION_ROWS_MAX
	                             ? check_many(draft, catalogue, today, rows, problems)
	                             : check_submission(catalogue, today, &draft->submission, problems));
	if (problems && !good)
		findings_add(findings, draft, catalogue, problems);
	free(problems);
}
