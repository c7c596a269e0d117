#include "sheet.h"

#include "check.h"
#include "csv_table.h"
#include "decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fixed columns of both kinds of sheet, by the names that a header may use. */
enum field {
	FIELD_UNIT,
	FIELD_PERIOD,
	FIELD_FORM,
	FIELD_VERSION,
	FIELD_REPLACES,
	FIELD_REASON,
	FIELD_UNIT_NAME, /* for the reader's eye, not read */
	FIELD_KIND,
	FIELD_VOUCHER,
	FIELD_OCCURRED,
	FIELD_SOURCE,
	FIELD_USE,
	FIELD_COUNTERPARTY,
	FIELD_AMOUNT,
	FIELD_NOTE,
	FIELDS,
};

static const struct {
	const char *code, *zh, *zh_other;
} field_names[FIELDS] = {
    [FIELD_UNIT] = {"unit", "单位", "单位代码"},
    [FIELD_PERIOD] = {"period", "期间", "月份"},
    [FIELD_FORM] = {"form", "表", "报表"},
    [FIELD_VERSION] = {"version", "表版本", "版本"},
    [FIELD_REPLACES] = {"replaces", "替换版本", "更正版本"},
    [FIELD_REASON] = {"reason", "更正原因", "原因"},
    [FIELD_UNIT_NAME] = {"unit_name", "单位名称", "名称"},
    [FIELD_KIND] = {"kind", "类别", "资金类别"},
    [FIELD_VOUCHER] = {"voucher", "凭证号", "凭证"},
    [FIELD_OCCURRED] = {"occurred", "日期", "发生日期"},
    [FIELD_SOURCE] = {"source", "来源", "资金来源"},
    [FIELD_USE] = {"use", "用途", "资金用途"},
    [FIELD_COUNTERPARTY] = {"counterparty", "对方单位", "往来单位"},
    [FIELD_AMOUNT] = {"amount", "金额", "金额(元)"},
    [FIELD_NOTE] = {"note", "摘要", "备注"},
};

/* What the columns of one file mean. */
struct sheet_columns {
	struct sheet_columns *next;
	const char *file;
	const struct csv_row *header;
	size_t place[FIELDS]; /* SIZE_MAX: not there */
	size_t indicator_count;
	const struct indicator **indicators; /* per column of the header; NULL: a fixed column */
};

struct reading {
	struct draft *draft;
	const struct catalogue *catalogue;
	struct findings *findings;
	struct sheet_columns *columns;
	const struct csv_row *row;
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

static struct finding *
finding_add(struct findings *findings)
{
	static _Thread_local struct finding overflow;
	if (findings->count == FINDINGS_MAX) {
		findings->more++;
		return &overflow;
	}
	struct finding *finding = &findings->items[findings->count++];
	*finding = (struct finding){0};
	return finding;
}

static struct problem *
report_problem(const struct reading *r, enum problem_code code, size_t line, const char *column)
{
	struct finding *finding = finding_add(r->findings);
	*finding = (struct finding){.place = {r->columns->file, line}, .problem = {.code = code}};
	snprintf(finding->column, sizeof finding->column, "%s", column);
	return &finding->problem;
}

/* The column as it stands in the sheet. */
static const char *
label(const struct sheet_columns *columns, const char *code)
{
	for (size_t i = 0; columns && i < columns->header->cell_count; i++)
		if (columns->indicators[i] && !strcmp(columns->indicators[i]->code, code))
			return columns->header->cells[i];
	for (int field = 0; columns && field < FIELDS; field++)
		if (!strcmp(field_names[field].code, code) && columns->place[field] != SIZE_MAX)
			return columns->header->cells[columns->place[field]];
	return NULL;
}

static const struct sheet_columns *
columns_of(const struct draft *draft, const char *file)
{
	const struct sheet_columns *columns = draft->columns;
	while (columns && (!file || strcmp(columns->file, file)))
		columns = columns->next;
	return columns;
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
		const char *name = label(columns_of(draft, finding->place.file), p->column);
		const struct indicator *indicator =
		    *p->column ? catalogue_indicator_by_name(catalogue, p->column) : NULL;
		if (!name)
			name = indicator ? indicator->name_zh : p->column;
		/* A clerk reads the indicator's name, whatever the header is. */
		if (indicator && !strcmp(name, indicator->code))
			snprintf(finding->column, sizeof finding->column, "%s %s", name, indicator->name_zh);
		else
			snprintf(finding->column, sizeof finding->column, "%s", name);
	}
	findings->more += problems->more;
}

void
finding_print(const struct finding *finding, enum language language)
{
	char text[PROBLEM_TEXT_BYTES];
	bool zh = language == LANGUAGE_CHINESE;
	if (finding->place.file)
		fprintf(stderr, "%s: ", finding->place.file);
	if (finding->place.line)
		fprintf(stderr, zh ? "第 %zu 行" : "row %zu", finding->place.line);
	if (*finding->column) {
		fprintf(stderr, "%s", !finding->place.line ? "" : zh ? "，" : ", ");
		fprintf(stderr, zh ? "“%s”列" : "column %s", finding->column);
	}
	if (finding->place.line || *finding->column)
		fprintf(stderr, zh ? "：" : ": ");
	fprintf(stderr, "%s\n", problem_text(&finding->problem, language, text));
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

/* "产业资金（元）" or "… (yuan)": the name without the unit of measure. */
static const struct indicator *
indicator_of(const struct reading *r, const char *name)
{
	const struct indicator *indicator = catalogue_indicator_by_name(r->catalogue, name);
	const char *open = strrchr(name, '(');
	for (const char *at = strstr(name, "（"); at; at = strstr(at + 1, "（"))
		open = at > open ? at : open;
	if (indicator || !open || open == name)
		return indicator;
	char copy[NAME_BYTES_MAX + 1];
	size_t size = (size_t)(open - name);
	if (size > NAME_BYTES_MAX)
		return NULL;
	memcpy(copy, name, size);
	while (size && copy[size - 1] == ' ')
		size--;
	copy[size] = 0;
	return catalogue_indicator_by_name(r->catalogue, copy);
}

static void
read_header_cell(struct reading *r, size_t at)
{
	struct sheet_columns *c = r->columns;
	const char *name = c->header->cells[at];
	enum field field = field_of(name);
	if (field != FIELDS) {
		if (c->place[field] != SIZE_MAX)
			report_problem(r, PROBLEM_COLUMN_REPEATED, c->header->line, name);
		c->place[field] = at;
		return;
	}
	c->indicators[at] = indicator_of(r, name);
	if (!c->indicators[at]) {
		if (*name)
			problem_detail(report_problem(r, PROBLEM_COLUMN_UNKNOWN, c->header->line, name), "%s", name);
		return;
	}
	c->indicator_count++;
	for (size_t before = 0; before < at; before++)
		if (c->indicators[before] == c->indicators[at])
			report_problem(r, PROBLEM_COLUMN_REPEATED, c->header->line, name);
}

static bool
require(const struct reading *r, const enum field *fields, size_t count)
{
	bool good = true;
	for (size_t i = 0; i < count; i++)
		if (r->columns->place[fields[i]] == SIZE_MAX) {
			problem_detail(report_problem(r, PROBLEM_COLUMN_MISSING, r->columns->header->line, ""), "%s %s",
			               field_names[fields[i]].code, field_names[fields[i]].zh);
			good = false;
		}
	return good;
}

/* A column of the other kind of sheet would be lost silently. */
static void
refuse_foreign(const struct reading *r, bool funds)
{
	const struct csv_row *header = r->columns->header;
	for (size_t at = 0; at < header->cell_count; at++) {
		const char *name = header->cells[at];
		enum field field = field_of(name);
		bool foreign = field == FIELDS ? funds && r->columns->indicators[at]
		               : funds         ? field >= FIELD_PERIOD && field <= FIELD_REASON
		                               : field >= FIELD_KIND;
		if (foreign)
			problem_detail(report_problem(r, PROBLEM_COLUMN_UNKNOWN, header->line, name), "%s", name);
	}
}

static bool
read_header(struct reading *r, const struct csv_row *header)
{
	static const enum field report_fields[] = {FIELD_UNIT, FIELD_PERIOD};
	static const enum field entry_fields[] = {FIELD_KIND,     FIELD_UNIT,   FIELD_VOUCHER,
	                                          FIELD_OCCURRED, FIELD_SOURCE, FIELD_AMOUNT};
	struct sheet_columns *c = r->columns;
	c->header = header;
	c->indicators = arena_array(&r->draft->arena, header->cell_count, sizeof *c->indicators);
	if (!c->indicators)
		return false;
	for (int field = 0; field < FIELDS; field++)
		c->place[field] = SIZE_MAX;
	size_t before = r->findings->count;
	for (size_t at = 0; at < header->cell_count; at++)
		read_header_cell(r, at);
	bool funds = c->place[FIELD_VOUCHER] != SIZE_MAX || c->place[FIELD_AMOUNT] != SIZE_MAX;
	refuse_foreign(r, funds);
	bool good = funds ? require(r, entry_fields, sizeof entry_fields / sizeof *entry_fields)
	                  : require(r, report_fields, sizeof report_fields / sizeof *report_fields);
	if (good && !funds && !c->indicator_count) {
		problem_detail(report_problem(r, PROBLEM_COLUMN_MISSING, header->line, ""), "%s",
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
	return at == SIZE_MAX ? "" : csv_cell(r->row, at);
}

static struct problem *
cell_problem(const struct reading *r, enum field field, enum problem_code code)
{
	struct problem *p = report_problem(r, *cell(r, field) ? code : PROBLEM_CELL_MISSING, r->row->line,
	                                   r->columns->header->cells[r->columns->place[field]]);
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
		const char *text = csv_cell(r->row, at);
		if (!indicator || !*text)
			continue;
		if (indicator->form != form->number) {
			problem_detail(report_problem(r, PROBLEM_INDICATOR_UNKNOWN, r->row->line, c->header->cells[at]),
			               "%s", indicator->code);
			continue;
		}
		int64_t value;
		if (decimal_parse(text, indicator->decimals, &value)) {
			indicators[report->value_count] = indicator->number;
			values[report->value_count++] = value;
		} else {
			struct problem *p = report_problem(r, PROBLEM_NUMBER_INVALID, r->row->line, c->header->cells[at]);
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
	if (!period_parse(cell(r, FIELD_PERIOD), &report.period))
		cell_problem(r, FIELD_PERIOD, PROBLEM_PERIOD_INVALID);
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
	d->report_places[d->submission.report_count] = (struct place){r->columns->file, r->row->line};
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
	d->entry_places[d->submission.entry_count] = (struct place){r->columns->file, r->row->line};
	d->submission.entries[d->submission.entry_count++] = entry;
}

/* ---------------------------------------------------------------- files */

void
draft_read(struct draft *draft, const char *path, const struct catalogue *catalogue,
           struct findings *findings)
{
	struct csv_table table;
	struct csv_failure failure;
	struct sheet_columns *columns = arena_alloc(&draft->arena, sizeof *columns);
	struct reading r = {draft, catalogue, findings, columns, NULL};
	if (!columns)
		return;
	columns->file = path;
	if (!csv_read_file(path, &draft->arena, &table, &failure)) {
		problem_detail(report_problem(&r, failure.code, failure.line, ""), "%s", failure.detail);
		return;
	}
	if (table.row_count < 2) {
		report_problem(&r, PROBLEM_FILE_EMPTY, 0, "");
		return;
	}
	if (!read_header(&r, &table.rows[0]))
		return;
	columns->next = draft->columns;
	draft->columns = columns;
	for (size_t i = 1; i < table.row_count; i++) {
		r.row = &table.rows[i];
		if (columns->place[FIELD_VOUCHER] != SIZE_MAX)
			read_entry(&r);
		else
			read_report(&r);
	}
}

void
draft_check(struct draft *draft, const struct catalogue *catalogue, date today, int64_t time_us,
            struct findings *findings)
{
	struct problem_list *problems = calloc(1, sizeof *problems);
	draft->submission.id = submission_id_new(time_us);
	if (problems && !check_submission(catalogue, today, &draft->submission, problems))
		findings_add(findings, draft, catalogue, problems);
	free(problems);
}
