/* What lies where: the columns of a plan's tables. */
#include "plan_tables.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- words */

static void
write_flow(const struct catalogue *c, const void *item, char word[PLAN_WORD_BYTES])
{
	(void)c;
	bool flow = ((const struct indicator *)item)->kind == INDICATOR_FLOW;
	snprintf(word, PLAN_WORD_BYTES, "%s", flow ? "flow" : "stock");
}

static void
read_flow(const char *word, void *item)
{
	((struct indicator *)item)->kind = *word == 'f' ? INDICATOR_FLOW : INDICATOR_STOCK;
}

static void
write_appraisal_kind(const struct catalogue *c, const void *item, char word[PLAN_WORD_BYTES])
{
	(void)c;
	snprintf(word, PLAN_WORD_BYTES, "%s", appraisal_kind_name(((const struct appraisal_item *)item)->kind));
}

static void
read_appraisal_kind(const char *word, void *item)
{
	for (int kind = 1; kind < APPRAISE_KINDS; kind++)
		if (!strcmp(word, appraisal_kind_name((enum appraisal_kind)kind)))
			((struct appraisal_item *)item)->kind = (enum appraisal_kind)kind;
}

/* "county village" */
static void
write_levels(const struct catalogue *c, const void *item, char word[PLAN_WORD_BYTES])
{
	size_t used = 0;
	(void)c;
	*word = 0;
	for (int level = UNIT_PROVINCE; level <= UNIT_VILLAGE; level++)
		if (((const struct plan_rule *)item)->levels & 1U << level)
			used += (size_t)snprintf(word + used, PLAN_WORD_BYTES - used, "%s%s", used ? " " : "",
			                         unit_level_name((enum unit_level)level));
}

/* What these three cannot read they leave at nothing, and catalogue_finish() says so. */
static void
read_levels(const char *word, void *item)
{
	for (int level = UNIT_PROVINCE; level <= UNIT_VILLAGE; level++)
		if (strstr(word, unit_level_name((enum unit_level)level)))
			((struct plan_rule *)item)->levels |= 1U << level;
}

static void
write_severity(const struct catalogue *c, const void *item, char word[PLAN_WORD_BYTES])
{
	(void)c;
	snprintf(word, PLAN_WORD_BYTES, "%s", rule_state_name(((const struct plan_rule *)item)->severity));
}

static void
read_severity(const char *word, void *item)
{
	if (!rule_state_parse(word, &((struct plan_rule *)item)->severity))
		((struct plan_rule *)item)->severity = RULE_SILENT;
}

static void
write_measure(const struct catalogue *c, const void *item, char word[PLAN_WORD_BYTES])
{
	(void)c;
	snprintf(word, PLAN_WORD_BYTES, "%s", rule_measure_name(((const struct plan_rule *)item)->measure));
}

static void
read_measure(const char *word, void *item)
{
	if (!rule_measure_parse(word, &((struct plan_rule *)item)->measure))
		((struct plan_rule *)item)->measure = RULE_MEASURE_NONE;
}

/* As in targets.csv and profiles.csv: people_lifted, fund:raised. */
static void
measured(const struct catalogue *c, uint32_t number, enum fund_kind fund, char word[PLAN_WORD_BYTES])
{
	const struct indicator *indicator = catalogue_indicator(c, number);
	snprintf(word, PLAN_WORD_BYTES, "%s%s",
	         indicator ? "" : "fund:", indicator ? indicator->code : fund_kind_name(fund));
}

static void
write_target_measure(const struct catalogue *c, const void *item, char word[PLAN_WORD_BYTES])
{
	measured(c, ((const struct target *)item)->indicator, ((const struct target *)item)->fund, word);
}

static void
write_share_measure(const struct catalogue *c, const void *item, char word[PLAN_WORD_BYTES])
{
	measured(c, ((const struct share_row *)item)->indicator, ((const struct share_row *)item)->fund, word);
}

/* ---------------------------------------------------------------- columns */

/* clang-format off */

/* OF names the struct of the rows that follow. */
#define COLUMN(sql, column_kind, field) {.name = (sql), .kind = (column_kind), .ours = offsetof(OF, field), .size = sizeof(((OF *)0)->field)}
#define NUMBER_AS(sql, field) COLUMN(sql, COLUMN_NUMBER, field)
#define NUMBER(field) NUMBER_AS(#field, field)
#define NULLABLE_AS(sql, field) COLUMN(sql, COLUMN_NULLABLE, field)
#define NULLABLE(field) NULLABLE_AS(#field, field)
#define DATE(field) COLUMN(#field, COLUMN_DATE, field)
#define FLAG(field) COLUMN(#field, COLUMN_FLAG, field)
#define TEXT(field) COLUMN(#field, COLUMN_TEXT, field)
#define WORD(sql, writes, reads) {.name = (sql), .kind = COLUMN_WORD, .write = (writes), .read = (reads)}

#define OF struct unit
static const struct plan_column units[] = {
    NUMBER(code), NUMBER(level), TEXT(name), TEXT(basis), NULLABLE_AS("first_period", first),
    NULLABLE_AS("last_period", last), NULLABLE(successor),
};
#undef OF
#define OF struct unit_group
static const struct plan_column groups[] = {TEXT(code), TEXT(name), NUMBER(unit), TEXT(basis)};
#undef OF
#define OF struct form
static const struct plan_column forms[] = {NUMBER(number), TEXT(code), NUMBER(level), TEXT(name_zh), TEXT(name_en)};
#undef OF
#define OF struct indicator
static const struct plan_column indicators[] = {
    NUMBER(number), NUMBER(form), TEXT(code), TEXT(name_zh), TEXT(name_en), TEXT(measure_zh), TEXT(measure_en),
    NUMBER(decimals), WORD("kind", write_flow, read_flow), TEXT(project), TEXT(notice), NULLABLE(counts),
    NULLABLE(at_least),
};
#undef OF
#define OF struct form_version
static const struct plan_column versions[] = {
    NUMBER(form), NUMBER(version), NUMBER_AS("first_period", first), NUMBER_AS("last_period", last),
};
#undef OF
#define OF struct field_row
static const struct plan_column fields[] = {
    NUMBER(form), NUMBER(version), NUMBER(position), NUMBER_AS("indicator", field.indicator),
    COLUMN("required", COLUMN_FLAG, field.required), NUMBER_AS("minimum", field.minimum),
    NUMBER_AS("maximum", field.maximum), NULLABLE_AS("part_of", field.part_of), NULLABLE_AS("base", field.base),
    NULLABLE_AS("step_after", field.step_after),
};
#undef OF
#define OF struct fund_term
static const struct plan_column sources[] = {
    NUMBER(number), TEXT(code), TEXT(name_zh), TEXT(name_en), TEXT(notice), FLAG(special), FLAG(loan), TEXT(uses),
};
static const struct plan_column uses[] = {
    NUMBER(number), TEXT(code), TEXT(name_zh), TEXT(name_en), TEXT(notice), FLAG(loan),
};
#undef OF
#define OF struct target
static const struct plan_column targets[] = {
    NUMBER(unit), NUMBER(year), WORD("measure", write_target_measure, NULL), NULLABLE(indicator),
    NULLABLE_AS("fund_kind", fund), NUMBER(value), TEXT(notice),
};
#undef OF
#define OF struct share_row
static const struct plan_column shares[] = {
    WORD("measure", write_share_measure, NULL), NULLABLE(indicator), NULLABLE_AS("fund_kind", fund), NUMBER(month),
    NUMBER(share),
};
#undef OF
#define OF struct special_day
static const struct plan_column days[] = {DATE(date), FLAG(works), TEXT(name)};
#undef OF
#define OF struct deadline_rule
static const struct plan_column deadlines[] = {
    NUMBER(form), NUMBER(event), NUMBER_AS("first_period", first), NUMBER_AS("last_period", last), NUMBER(months),
    NUMBER(day), NUMBER(minute), TEXT(notice),
};
#undef OF
#define OF struct soft_check
static const struct plan_column checks[] = {
    NUMBER(number), NUMBER(form), NUMBER(kind), NUMBER(indicator), NULLABLE(other), NUMBER(bound), TEXT(text_zh),
    TEXT(text_en), TEXT(notice),
};
#undef OF
#define OF struct appraisal_item
static const struct plan_column appraisal[] = {
    NUMBER(number), TEXT(code), WORD("kind", write_appraisal_kind, read_appraisal_kind), NULLABLE(indicator),
    NULLABLE_AS("fund_kind", fund), NULLABLE(other), NULLABLE(other_fund), FLAG(approved),
    NUMBER(weight), TEXT(name_zh), TEXT(name_en), TEXT(notice),
};
#undef OF
#define OF struct plan_rule
static const struct plan_column rules[] = {
    NUMBER(number), TEXT(code), WORD("levels", write_levels, read_levels),
    WORD("severity", write_severity, read_severity), FLAG(at_most), NUMBER(threshold),
    WORD("measure", write_measure, read_measure), DATE(due), TEXT(name_zh), TEXT(name_en), TEXT(notice), TEXT(sql),
};
#undef OF
#define OF struct document_kind
static const struct plan_column document_kinds[] = {
    NUMBER(number), TEXT(code), NUMBER(level), TEXT(name_zh), TEXT(name_en), DATE(due_date), NUMBER(minute),
    TEXT(notice),
};
#undef OF
#define OF struct project_kind
static const struct plan_column project_kinds[] = {
    NUMBER(number), TEXT(code), TEXT(name_zh), TEXT(name_en), NUMBER(use), FLAG(construction), TEXT(notice),
};
#undef OF
#define OF struct acceptance_item
static const struct plan_column acceptance_items[] = {
    NUMBER(number), TEXT(name_zh), TEXT(name_en), FLAG(construction),
};
#undef OF

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LISTED(name, keys, by, type, list, field)                                                                    \
    {name, by, keys, sizeof(struct type), COUNT(list), list, offsetof(struct catalogue, field##s),                   \
     offsetof(struct catalogue, field##_count)}

const struct plan_table plan_tables[ROWS_TABLES] = {
    [ROWS_UNITS] = LISTED("unit", 1, "code", unit, units, unit),
    [ROWS_GROUPS] = LISTED("unit_group", 0, "code, unit", unit_group, groups, group),
    [ROWS_FORMS] = LISTED("form", 1, "number", form, forms, form),
    [ROWS_INDICATORS] = LISTED("indicator", 1, "number", indicator, indicators, indicator),
    [ROWS_VERSIONS] = LISTED("form_version", 2, "form, version", form_version, versions, version),
    [ROWS_SOURCES] = LISTED("fund_source", 1, "number", fund_term, sources, source),
    [ROWS_USES] = LISTED("fund_use", 1, "number", fund_term, uses, use),
    [ROWS_TARGETS] = LISTED("target", 0, "unit, year, measure", target, targets, target),
    [ROWS_DAYS] = LISTED("special_day", 0, "date", special_day, days, day),
    [ROWS_DEADLINES] = LISTED("deadline", 0, "form, event, first_period", deadline_rule, deadlines, rule),
    [ROWS_CHECKS] = LISTED("soft_check", 0, "number", soft_check, checks, check),
    [ROWS_APPRAISAL] = {"appraisal_item", "number", 0, sizeof(struct appraisal_item), COUNT(appraisal), appraisal,
                        offsetof(struct catalogue, appraisal), offsetof(struct catalogue, appraisal_count)},
    [ROWS_PLAN_RULES] = LISTED("plan_rule", 0, "number", plan_rule, rules, plan_rule),
    [ROWS_DOCUMENT_KINDS] = LISTED("document_kind", 1, "number", document_kind, document_kinds, document_kind),
    [ROWS_PROJECT_KINDS] = LISTED("project_kind", 1, "number", project_kind, project_kinds, project_kind),
    [ROWS_ACCEPTANCE_ITEMS] = LISTED("acceptance_item", 0, "number", acceptance_item, acceptance_items, acceptance_item),
    [ROWS_FIELDS] = {"form_field", "form, version, position", 0, sizeof(struct field_row), COUNT(fields), fields, 0, 0},
    [ROWS_SHARES] = {"profile", "measure, month", 0, sizeof(struct share_row), COUNT(shares), shares, 0, 0},
};

/* clang-format on */

/* ---------------------------------------------------------------- statements */

void
plan_table_insert(const struct plan_table *rows, struct sql_text *sql)
{
	sql_begin(sql);
	sql_add(sql, "INSERT INTO %s (", rows->table);
	for (size_t i = 0; i < rows->column_count; i++)
		sql_add(sql, "%s%s", i ? ", " : "", rows->columns[i].name);
	sql_add(sql, ") VALUES (");
	for (size_t i = 0; i < rows->column_count; i++)
		sql_add(sql, rows->columns[i].kind == COLUMN_DATE ? "%sto_date($%zu, 'YYYYMMDD')" : "%s$%zu",
		        i ? ", " : "", i + 1);
	sql_add(sql, ")");
	for (size_t i = 0; i < rows->key_count; i++)
		sql_add(sql, "%s%s", i ? ", " : " ON CONFLICT (", rows->columns[i].name);
	for (size_t i = rows->key_count; rows->key_count && i < rows->column_count; i++)
		sql_add(sql, "%s%s = excluded.%s", i > rows->key_count ? ", " : ") DO UPDATE SET ",
		        rows->columns[i].name, rows->columns[i].name);
}

void
plan_table_select(const struct plan_table *rows, struct sql_text *sql)
{
	const char *between = "";
	sql_begin(sql);
	sql_add(sql, "SELECT ");
	for (size_t i = 0; i < rows->column_count; i++) {
		const struct plan_column *column = &rows->columns[i];
		if (column->kind == COLUMN_WORD && !column->read)
			continue;
		sql_add(sql, column->kind == COLUMN_DATE ? "%sto_char(%s, 'YYYYMMDD')" : "%s%s", between,
		        column->name);
		between = ", ";
	}
	sql_add(sql, " FROM %s ORDER BY %s", rows->table, rows->order);
}
