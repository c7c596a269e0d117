/* What the columns of a sheet mean: names of fixed columns, indicators and fund sources are found in the
 * header row, and with them the kind of sheet and the measure of each column. */
#include "sheet_reading.h"

#include <stdio.h>
#include <string.h>

/* The fixed columns, by the names that a header may use, and the kinds of sheet that they belong to. */
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

/* The column of the table; SIZE_MAX: it has none. */
size_t
sheet_column_at(const struct sheet_columns *columns, const char *code)
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

/* ---------------------------------------------------------------- names */

static void
add_name(struct reading *r, const char *name, const struct indicator *indicator,
         const struct fund_term *source)
{
	char room[UTF8_KEY_BYTES];
	const char *key = arena_string(&r->draft->arena, sheet_column_key(name, room));
	if (key)
		r->names[r->name_count++] = (struct sheet_name){key, indicator, source};
}

void
sheet_names_make(struct reading *r)
{
	const struct catalogue *c = r->catalogue;
	r->name_count = 0;
	r->names = arena_array(&r->draft->arena, 3 * (c->indicator_count + c->source_count), sizeof *r->names);
	for (size_t i = 0; r->names && i < c->indicator_count; i++) {
		add_name(r, c->indicators[i].code, &c->indicators[i], NULL);
		add_name(r, c->indicators[i].name_zh, &c->indicators[i], NULL);
		add_name(r, c->indicators[i].name_en, &c->indicators[i], NULL);
	}
	for (size_t i = 0; r->names && i < c->source_count; i++) {
		add_name(r, c->sources[i].code, NULL, &c->sources[i]);
		add_name(r, c->sources[i].name_zh, NULL, &c->sources[i]);
		add_name(r, c->sources[i].name_en, NULL, &c->sources[i]);
	}
}

/* By the column's key. */
static enum field
field_of(const char *name)
{
	for (int field = 0; field < FIELDS; field++)
		if (!strcmp(name, field_names[field].code) || !strcmp(name, field_names[field].zh) ||
		    !strcmp(name, field_names[field].zh_other))
			return (enum field)field;
	return FIELDS;
}

/* What the name before the parentheses means, if the whole means nothing. `find` looks a key up. */
static const void *
find_with_measure(const struct reading *r, const char *header,
                  const void *find(const struct reading *, const char *), char measure[MEASURE_BYTES])
{
	char name[NAME_BYTES_MAX + 1];
	size_t size;
	const void *found = find(r, header);
	*measure = 0;
	if (found || !measure_of_header(header, &size, measure) || size >= sizeof name)
		return found;
	memcpy(name, header, size);
	name[size] = 0;
	return find(r, name);
}

static const void *
indicator_named(const struct reading *r, const char *name)
{
	for (size_t i = 0; i < r->name_count; i++)
		if (r->names[i].indicator && !strcmp(r->names[i].key, name))
			return r->names[i].indicator;
	return NULL;
}

static const void *
source_named(const struct reading *r, const char *name)
{
	for (size_t i = 0; i < r->name_count; i++)
		if (r->names[i].source && !strcmp(r->names[i].key, name))
			return r->names[i].source;
	return NULL;
}

/* ---------------------------------------------------------------- columns */

/* A header that names no measure means what a row beside it says, else the plan's; its cells may repeat that
 * one. */
static void
take_measure(const struct reading *r, size_t at, const char *text, const char *zh, const char *en)
{
	struct sheet_columns *c = r->columns;
	char below[MEASURE_BYTES];
	const char *beside = *sheet_measure_below(r, at, below) ? below
	                     : strcmp(zh, "元")                 ? ""
	                                                        : c->measure_beside;
	struct measure other;
	if (!measure_read(*text ? text : *beside ? beside : zh, zh, en, &c->measures[at]))
		problem_detail(sheet_problem(r, PROBLEM_MEASURE_WRONG, c->header->line, at), "%s %s", zh, en);
	else if (*text && *beside && measure_read(beside, zh, en, &other) && other.zeros != c->measures[at].zeros)
		problem_detail(sheet_problem(r, PROBLEM_MEASURE_TWICE, c->header->line, at), "%s, %s", text, beside);
}

static void
read_indicator(const struct reading *r, size_t at)
{
	struct sheet_columns *c = r->columns;
	char measure[MEASURE_BYTES], key[UTF8_KEY_BYTES];
	c->indicators[at] =
	    find_with_measure(r, sheet_column_key(c->header->cells[at], key), indicator_named, measure);
	if (!c->indicators[at])
		return;
	c->indicator_count++;
	take_measure(r, at, measure, c->indicators[at]->measure_zh, c->indicators[at]->measure_en);
}

static void
read_budget(const struct reading *r, size_t at)
{
	struct sheet_columns *c = r->columns;
	char measure[MEASURE_BYTES], key[UTF8_KEY_BYTES];
	c->budgets[at] = find_with_measure(r, sheet_column_key(c->header->cells[at], key), source_named, measure);
	if (c->budgets[at])
		take_measure(r, at, measure, "元", "yuan");
}

/* A fixed column, by its key; of the one that is measured, whatever its measure: "金额（万元）". */
static enum field
measured_field_of(const char *key)
{
	char measure[MEASURE_BYTES], name[NAME_BYTES_MAX + 1];
	size_t size;
	enum field field = field_of(key);
	if (field == FIELDS && measure_of_header(key, &size, measure) && size < sizeof name) {
		memcpy(name, key, size);
		name[size] = 0;
		if (field_of(name) == FIELD_AMOUNT)
			field = FIELD_AMOUNT;
	}
	return field;
}

static enum field
read_field(const struct reading *r, size_t at)
{
	char key[UTF8_KEY_BYTES];
	return measured_field_of(sheet_column_key(r->columns->header->cells[at], key));
}

static void
read_header_cell(struct reading *r, size_t at)
{
	struct sheet_columns *c = r->columns;
	const char *name = c->header->cells[at];
	enum field field = read_field(r, at);
	char measure[MEASURE_BYTES] = "", key[UTF8_KEY_BYTES];
	size_t size;
	bool again = false;
	if (field != FIELDS) {
		again = c->place[field] != SIZE_MAX;
		c->place[field] = at;
		if (field == FIELD_AMOUNT)
			take_measure(r, at, measure_of_header(sheet_column_key(name, key), &size, measure) ? measure : "",
			             "元", "yuan");
	} else if (c->kind == SHEET_PROJECTS) {
		read_budget(r, at);
	} else {
		read_indicator(r, at);
	}
	bool known = field != FIELDS || c->indicators[at] || c->budgets[at];
	if (!known && *name)
		problem_detail(sheet_problem(r, PROBLEM_COLUMN_UNKNOWN, c->header->line, at), "%s", name);
	for (size_t before = 0; field == FIELDS && known && before < at; before++)
		again |= c->indicators[at] ? c->indicators[before] == c->indicators[at]
		                           : c->budgets[before] == c->budgets[at];
	if (again)
		sheet_problem(r, PROBLEM_COLUMN_REPEATED, c->header->line, at);
}

static bool
require(const struct reading *r, const enum field *fields, size_t count)
{
	bool good = true;
	for (size_t i = 0; i < count; i++)
		if (r->columns->place[fields[i]] == SIZE_MAX) {
			problem_detail(sheet_problem(r, PROBLEM_COLUMN_MISSING, r->columns->header->line, SIZE_MAX),
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
		enum field field = read_field(r, at);
		bool foreign = field == FIELDS ? r->columns->kind == SHEET_FUNDS && r->columns->indicators[at]
		                               : !(field_names[field].sheets & r->columns->kind);
		if (foreign)
			problem_detail(sheet_problem(r, PROBLEM_COLUMN_UNKNOWN, header->line, at), "%s", name);
	}
}

/* A sheet of steps has a column for them; one of fund entries a voucher or an amount. */
static enum sheet_kind
kind_of(const struct text_row *header)
{
	enum sheet_kind kind = SHEET_REPORTS;
	for (size_t at = 0; at < header->cell_count; at++) {
		char key[UTF8_KEY_BYTES];
		enum field field = measured_field_of(sheet_column_key(header->cells[at], key));
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

/* The first columns of a form in our workbooks (sheet_book.c), which a CSV file of its sheet has, too. */
static bool
is_form_of_ours(const struct sheet_columns *c)
{
	static const enum field fields[] = {FIELD_FORM,   FIELD_VERSION,  FIELD_UNIT,  FIELD_UNIT_NAME,
	                                    FIELD_PERIOD, FIELD_REPLACES, FIELD_REASON};
	size_t at = 0;
	while (at < sizeof fields / sizeof *fields && c->place[fields[at]] == at)
		at++;
	return at == sizeof fields / sizeof *fields;
}

bool
sheet_read_header(struct reading *r, const struct text_table *table)
{
	struct sheet_columns *c = r->columns;
	const struct text_row *header = &table->rows[0];
	c->header = header;
	c->indicators = arena_array(&r->draft->arena, header->cell_count, sizeof *c->indicators);
	c->budgets = arena_array(&r->draft->arena, header->cell_count, sizeof *c->budgets);
	c->measures = arena_array(&r->draft->arena, header->cell_count, sizeof *c->measures);
	c->kind = kind_of(header);
	if (!c->indicators || !c->budgets || !c->measures)
		return false;
	for (int field = 0; field < FIELDS; field++)
		c->place[field] = SIZE_MAX;
	size_t before = r->findings->count;
	if (!sheet_take_measures(r, table))
		return false;
	for (size_t at = 0; at < header->cell_count; at++)
		read_header_cell(r, at);
	refuse_foreign(r);
	c->ours = r->ours || is_form_of_ours(c);
	bool good = require_columns(r);
	if (good && c->kind == SHEET_REPORTS && !c->indicator_count) {
		problem_detail(sheet_problem(r, PROBLEM_COLUMN_MISSING, header->line, SIZE_MAX), "%s",
		               "of any indicator 指标");
		good = false;
	}
	return good && r->findings->count == before;
}

/* What stands before the first bracket. */
static void
cut_brackets(char *key)
{
	char *open = strchr(key, '(');
	if (open && open > key)
		*open = 0;
}

/* A sheet has units, and something of them: a mere list of their names is none. */
static bool
has_names(const struct reading *r, const struct text_row *row, bool without_brackets)
{
	char key[UTF8_KEY_BYTES], measure[MEASURE_BYTES];
	bool unit = false, more = false;
	for (size_t at = 0; at < row->cell_count; at++) {
		sheet_column_key(row->cells[at], key);
		if (without_brackets)
			cut_brackets(key);
		enum field field = field_of(key);
		if (field == FIELD_VOUCHER)
			return true;
		unit |= field == FIELD_UNIT;
		more |= field == FIELDS ? find_with_measure(r, key, indicator_named, measure) != NULL
		                        : field != FIELD_UNIT && field != FIELD_UNIT_NAME;
	}
	return unit && more;
}

enum header_kind
sheet_header_kind(const void *context, const struct text_row *row)
{
	return has_names(context, row, false)  ? HEADER_KNOWN
	       : has_names(context, row, true) ? HEADER_LIKE
	                                       : HEADER_NONE;
}
