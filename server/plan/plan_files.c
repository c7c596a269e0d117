/* To add a file to the plan: a columns table, a take_… function for one row, and a line in
 * plan_read(). */
#include "plan_files.h"

#include "base/decimal.h"
#include "plan_files_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RULE_SQL_BYTES_MAX = 16 * 1024 };

#define COUNT(names) (sizeof names / sizeof *(names))

/* ---------------------------------------------------------------- one function a file */

static const char *const plan_columns[] = {"key", "value"};

static void
take_plan_date(struct sheet *s, const char *value, date *out)
{
	if (!date_parse(value, out))
		sheet_error(s, 1, "is not a date (2013-12-31)");
}

static void
take_plan(struct sheet *s, void *item)
{
	(void)item;
	struct catalogue *c = &s->plan->catalogue;
	const char *key = take_text(s, 0, true), *value = take_text(s, 1, true);
	if (!strcmp(key, "code"))
		c->plan = value;
	else if (!strcmp(key, "title_zh"))
		c->title_zh = value;
	else if (!strcmp(key, "title_en"))
		c->title_en = value;
	else if (!strcmp(key, "source"))
		c->source = value;
	else if (!strcmp(key, "books_closed"))
		take_plan_date(s, value, &c->books_closed);
	else if (!strcmp(key, "projects_since"))
		take_plan_date(s, value, &c->projects_since);
	else if (!strcmp(key, "acceptance_due"))
		take_plan_date(s, value, &c->acceptance_due);
	else if (strcmp(key, "year"))
		sheet_error(s, 0,
		            "is not a key (code, title_zh, title_en, source, year, books_closed, projects_since, "
		            "acceptance_due)");
}

static period
take_period(const struct sheet *s, size_t column)
{
	period p = PERIOD_FIRST;
	if (!period_parse(sheet_cell(s, column), &p))
		sheet_error(s, column, "is not a period (2013-04)");
	return p;
}

static period
take_optional_period(const struct sheet *s, size_t column)
{
	return *sheet_cell(s, column) ? take_period(s, column) : 0;
}

static const char *const unit_columns[] = {"code",       "parent",        "level",        "name",
                                           "code_basis", "?first_period", "?last_period", "?successor"};

static void
take_unit_row(struct sheet *s, void *item)
{
	struct unit unit = {
	    .code = take_unit(s, 0),
	    .level = take_level(s, 2),
	    .name = take_text(s, 3, true),
	    .basis = take_text(s, 4, true),
	    .first = take_optional_period(s, 5),
	    .last = take_optional_period(s, 6),
	    .successor = *sheet_cell(s, 7) ? take_unit(s, 7) : 0,
	};
	*(struct unit *)item = unit;
	if (!unit.code || !unit.level)
		return;
	if (unit_level_of(unit.code) != unit.level)
		sheet_error(s, 0, "has not as many digits as its level");
	char parent[24] = "";
	if (unit.level > UNIT_PROVINCE)
		snprintf(parent, sizeof parent, "%" PRId64,
		         unit_ancestor(unit.code, (enum unit_level)(unit.level - 1)));
	if (strcmp(sheet_cell(s, 1), parent))
		sheet_error(s, 1, "is not the prefix of the unit's code");
}

static const char *const group_columns[] = {"group", "name", "unit", "basis"};

static void
take_group(struct sheet *s, void *item)
{
	*(struct unit_group *)item = (struct unit_group){
	    .code = take_text(s, 0, true),
	    .name = take_text(s, 1, true),
	    .unit = take_known_unit(s, 2),
	    .basis = take_text(s, 3, true),
	};
}

static const char *const form_columns[] = {"number",  "form",    "version",      "level",
                                           "name_zh", "name_en", "first_period", "last_period"};

static void
take_form(struct sheet *s, void *item)
{
	struct form_row *row = item;
	uint32_t number = (uint32_t)take_number(s, 0, 0, 1, CATALOGUE_NUMBER_MAX);
	row->form = (struct form){
	    .number = number,
	    .code = take_text(s, 1, true),
	    .level = take_level(s, 3),
	    .name_zh = take_text(s, 4, true),
	    .name_en = take_text(s, 5, true),
	};
	row->version = (struct form_version){
	    .form = number,
	    .version = (uint32_t)take_number(s, 2, 0, 1, 9999),
	    .first = take_period(s, 6),
	    .last = take_period(s, 7),
	};
}

static const char *const indicator_columns[] = {
    "form",       "version",    "number",   "indicator", "name_zh",  "name_en",
    "measure_zh", "measure_en", "decimals", "kind",      "required", "minimum",
    "maximum",    "part_of",    "project",  "notice",    "?base",    "?step_after"};

static enum indicator_kind
take_indicator_kind(const struct sheet *s, size_t column)
{
	if (!strcmp(sheet_cell(s, column), "flow"))
		return INDICATOR_FLOW;
	if (strcmp(sheet_cell(s, column), "stock"))
		sheet_error(s, column, "is neither flow nor stock");
	return INDICATOR_STOCK;
}

static void
take_indicator(struct sheet *s, void *item)
{
	struct indicator_row *row = item;
	const struct form *form = catalogue_form_by_code(&s->plan->catalogue, sheet_cell(s, 0));
	if (!form)
		sheet_error(s, 0, "is not in forms.csv");
	row->line = s->row->line;
	row->version = (uint32_t)take_number(s, 1, 0, 1, 9999);
	row->indicator = (struct indicator){
	    .number = (uint32_t)take_number(s, 2, 0, 1, CATALOGUE_NUMBER_MAX),
	    .form = form ? form->number : 0,
	    .code = take_text(s, 3, true),
	    .name_zh = take_text(s, 4, true),
	    .name_en = take_text(s, 5, true),
	    .measure_zh = take_text(s, 6, true),
	    .measure_en = take_text(s, 7, true),
	    .decimals = (int)take_number(s, 8, 0, 0, DECIMAL_DIGITS_MAX),
	    .kind = take_indicator_kind(s, 9),
	    .project = take_text(s, 14, false),
	    .notice = take_text(s, 15, false),
	};
	if (strlen(row->indicator.code) >= CODE_BYTES_MAX)
		sheet_error(s, 3, "is longer than 47 bytes");
	int decimals = row->indicator.decimals;
	row->field = (struct form_field){
	    .indicator = row->indicator.number,
	    .required = take_yes_no(s, 10),
	    .minimum = take_number(s, 11, decimals, -VALUE_MAX, VALUE_MAX),
	    .maximum = take_number(s, 12, decimals, -VALUE_MAX, VALUE_MAX),
	};
	row->part_of = take_text(s, 13, false);
	row->base = take_text(s, 16, false);
	row->step_after = take_text(s, 17, false);
}

static const char *const source_columns[] = {"number", "source",  "name_zh", "name_en",
                                             "notice", "special", "?loan",   "?uses"};
static const char *const use_columns[] = {"number", "use", "name_zh", "name_en", "notice", "?loan"};

static void
take_term(struct sheet *s, void *item)
{
	*(struct fund_term *)item = (struct fund_term){
	    .number = (uint32_t)take_number(s, 0, 0, 1, CATALOGUE_NUMBER_MAX),
	    .code = take_text(s, 1, true),
	    .name_zh = take_text(s, 2, true),
	    .name_en = take_text(s, 3, true),
	    .notice = take_text(s, 4, false),
	};
}

static void
take_use(struct sheet *s, void *item)
{
	take_term(s, item);
	((struct fund_term *)item)->loan = *sheet_cell(s, 5) && take_yes_no(s, 5);
}

static void
take_source(struct sheet *s, void *item)
{
	take_term(s, item);
	struct fund_term *source = item;
	source->special = take_yes_no(s, 5);
	source->loan = *sheet_cell(s, 6) && take_yes_no(s, 6);
	source->uses = take_text(s, 7, false);
}

static const char *const target_columns[] = {"unit", "year", "measure", "value", "notice"};

/* What a target or a profile is for: an indicator, or fund:KIND. */
static const struct indicator *
take_measure(const struct sheet *s, size_t column, enum fund_kind *fund)
{
	const char *measure = take_text(s, column, true);
	*fund = FUND_KIND_NONE;
	if (!strncmp(measure, "fund:", 5)) {
		if (!fund_kind_parse(measure + 5, fund))
			sheet_error(s, column, "names no kind of fund entry");
		return NULL;
	}
	const struct indicator *indicator = catalogue_indicator_by_name(&s->plan->catalogue, measure);
	if (!indicator)
		sheet_error(s, column, "is neither an indicator nor fund:KIND");
	return indicator;
}

static void
take_target(struct sheet *s, void *item)
{
	struct target target = {
	    .unit = take_known_unit(s, 0),
	    .year = (int)take_number(s, 1, 0, 2000, 2099),
	    .notice = take_text(s, 4, false),
	};
	const struct indicator *indicator = take_measure(s, 2, &target.fund);
	if (target.fund && !fund_kind_counts_once(target.fund))
		sheet_error(s, 2, "is recorded again at each level: raised, granted or spent");
	target.indicator = indicator ? indicator->number : 0;
	target.value = take_number(s, 3,
	                           target.fund ? MONEY_DECIMALS
	                           : indicator ? indicator->decimals
	                                       : 0,
	                           0, VALUE_MAX);
	*(struct target *)item = target;
}

static const char *const principal_columns[] = {"name", "role", "unit", "public_key"};

static void
take_principal(struct sheet *s, void *item)
{
	struct principal *principal = item;
	principal->name = take_text(s, 0, true);
	principal->unit = take_known_unit(s, 2);
	if (!role_parse(sheet_cell(s, 1), &principal->role))
		sheet_error(s, 1, "is not a role (county, prefecture, province, admin)");
	enum unit_level level = role_level(principal->role);
	if (principal->unit && level && unit_level_of(principal->unit) != level)
		sheet_error(s, 2, "is not of the role's level");
	const char *key = sheet_cell(s, 3);
	if (*key && !key_text_valid(key))
		sheet_error(s, 3, "is not a public key (40 characters of Z85)");
	else
		snprintf(principal->public_key, sizeof principal->public_key, "%s", key);
}

static const char *const day_columns[] = {"date", "kind", "name"};

static void
take_day(struct sheet *s, void *item)
{
	struct special_day *day = item;
	if (!date_parse(sheet_cell(s, 0), &day->date))
		sheet_error(s, 0, "is not a date (2013-02-16)");
	day->works = !strcmp(sheet_cell(s, 1), "work");
	if (!day->works && strcmp(sheet_cell(s, 1), "off"))
		sheet_error(s, 1, "is neither off nor work");
	day->name = take_text(s, 2, true);
}

static const char *const deadline_columns[] = {"form",   "event", "first_period", "last_period",
                                               "months", "day",   "time",         "notice"};

static void
take_deadline(struct sheet *s, void *item)
{
	struct deadline_rule *rule = item;
	const struct form *form = catalogue_form_by_code(&s->plan->catalogue, sheet_cell(s, 0));
	if (!form)
		sheet_error(s, 0, "is not in forms.csv");
	*rule = (struct deadline_rule){
	    .form = form ? form->number : 0,
	    .first = take_period(s, 2),
	    .last = take_period(s, 3),
	    .months = (int)take_number(s, 4, 0, -12, 24),
	    .day = (int)take_number(s, 5, 0, 1, 31),
	    .notice = take_text(s, 7, false),
	};
	if (!deadline_event_parse(sheet_cell(s, 1), &rule->event))
		sheet_error(s, 1, "is not an event (open, due, closed, corrections)");
	if (!minute_parse(sheet_cell(s, 6), &rule->minute))
		sheet_error(s, 6, "is not a time of day (17:00; the day's end is 24:00)");
}

static const char *const count_columns[] = {"number",   "form",       "indicator",  "name_zh",
                                            "name_en",  "measure_zh", "measure_en", "counts",
                                            "at_least", "project",    "notice"};

/* Follows the indicators that are reported. */
static void
take_count(struct sheet *s, void *item)
{
	struct catalogue *c = &s->plan->catalogue;
	const struct form *form = catalogue_form_by_code(c, sheet_cell(s, 1));
	const struct indicator *counted = catalogue_indicator_by_name(c, sheet_cell(s, 7));
	if (!form || !counted)
		sheet_error(s, form ? 7 : 1, form ? "is not in indicators.csv" : "is not in forms.csv");
	*(struct indicator *)item = (struct indicator){
	    .number = (uint32_t)take_number(s, 0, 0, 1, CATALOGUE_NUMBER_MAX),
	    .form = form ? form->number : 0,
	    .code = take_text(s, 2, true),
	    .name_zh = take_text(s, 3, true),
	    .name_en = take_text(s, 4, true),
	    .measure_zh = take_text(s, 5, true),
	    .measure_en = take_text(s, 6, true),
	    .kind = counted ? counted->kind : INDICATOR_STOCK,
	    .counts = counted ? counted->number : 0,
	    .at_least = take_number(s, 8, counted ? counted->decimals : 0, 1, VALUE_MAX),
	    .project = take_text(s, 9, false),
	    .notice = take_text(s, 10, false),
	};
}

static const char *const check_columns[] = {"number", "form",    "kind",    "indicator", "other",
                                            "bound",  "text_zh", "text_en", "notice"};

static const struct indicator *
take_indicator_code(const struct sheet *s, size_t column)
{
	const struct indicator *indicator =
	    catalogue_indicator_by_name(&s->plan->catalogue, sheet_cell(s, column));
	if (!indicator)
		sheet_error(s, column, "is not in indicators.csv");
	return indicator;
}

static void
take_check(struct sheet *s, void *item)
{
	static const char *const kinds[] = {"", "jump", "needs", "exceeds"};
	struct soft_check *check = item;
	const struct form *form = catalogue_form_by_code(&s->plan->catalogue, sheet_cell(s, 1));
	const struct indicator *what = take_indicator_code(s, 3);
	const struct indicator *other = *sheet_cell(s, 4) ? take_indicator_code(s, 4) : NULL;
	if (!form)
		sheet_error(s, 1, "is not in forms.csv");
	*check = (struct soft_check){
	    .number = (uint32_t)take_number(s, 0, 0, 1, CATALOGUE_NUMBER_MAX),
	    .form = form ? form->number : 0,
	    .indicator = what ? what->number : 0,
	    .other = other ? other->number : 0,
	    .bound = *sheet_cell(s, 5) ? take_number(s, 5, 0, 1, 1000000) : 0,
	    .text_zh = take_text(s, 6, true),
	    .text_en = take_text(s, 7, true),
	    .notice = take_text(s, 8, false),
	};
	for (int kind = SOFT_JUMP; kind <= SOFT_EXCEEDS; kind++)
		if (!strcmp(sheet_cell(s, 2), kinds[kind]))
			check->kind = (enum soft_kind)kind;
	if (!check->kind)
		sheet_error(s, 2, "is not a kind (jump, needs, exceeds)");
}

static const char *const profile_columns[] = {"measure", "month", "share"};

static void
take_profile(struct sheet *s, void *item)
{
	struct profile_row *row = item;
	const struct indicator *indicator = take_measure(s, 0, &row->profile.fund);
	row->line = s->row->line;
	row->profile.indicator = indicator ? indicator->number : 0;
	row->month = (int)take_number(s, 1, 0, 1, 12);
	row->profile.shares[0] = (uint16_t)take_number(s, 2, 1, 0, 1000);
}

static const char *const appraisal_columns[] = {"number", "item",   "kind",    "measure", "other",
                                                "book",   "weight", "name_zh", "name_en", "notice"};

static void
take_appraisal(struct sheet *s, void *item)
{
	struct appraisal_item *to = item;
	const struct indicator *what = *sheet_cell(s, 3) ? take_measure(s, 3, &to->fund) : NULL;
	const struct indicator *other = *sheet_cell(s, 4) ? take_measure(s, 4, &to->other_fund) : NULL;
	to->number = (uint32_t)take_number(s, 0, 0, 1, CATALOGUE_NUMBER_MAX);
	to->code = take_text(s, 1, true);
	to->indicator = what ? what->number : 0;
	to->other = other ? other->number : 0;
	to->approved = !strcmp(sheet_cell(s, 5), "approved");
	to->weight = (uint32_t)take_number(s, 6, 0, 1, 100);
	to->name_zh = take_text(s, 7, true);
	to->name_en = take_text(s, 8, true);
	to->notice = take_text(s, 9, false);
	for (int kind = 1; kind < APPRAISE_KINDS; kind++)
		if (!strcmp(sheet_cell(s, 2), appraisal_kind_name((enum appraisal_kind)kind)))
			to->kind = (enum appraisal_kind)kind;
	if (!to->kind)
		sheet_error(s, 2, "is not a kind (target, pace, share, funds, on_time, complete, approved)");
	if (!to->approved && strcmp(sheet_cell(s, 5), "submitted"))
		sheet_error(s, 5, "is neither submitted nor approved");
}

static const char *const document_columns[] = {"number",  "document", "level", "name_zh",
                                               "name_en", "due_date", "time",  "notice"};

static void
take_document_kind(struct sheet *s, void *item)
{
	struct document_kind *kind = item;
	*kind = (struct document_kind){
	    .number = (uint32_t)take_number(s, 0, 0, 1, CATALOGUE_NUMBER_MAX),
	    .code = take_text(s, 1, true),
	    .level = take_level(s, 2),
	    .name_zh = take_text(s, 3, true),
	    .name_en = take_text(s, 4, true),
	    .notice = take_text(s, 7, false),
	};
	if (!date_parse(sheet_cell(s, 5), &kind->due_date))
		sheet_error(s, 5, "is not a date (2013-04-20)");
	if (!minute_parse(sheet_cell(s, 6), &kind->minute))
		sheet_error(s, 6, "is not a time of day (17:00; the day's end is 24:00)");
}

static const char *const rule_columns[] = {"number",  "rule", "level",   "severity", "bound", "threshold",
                                           "measure", "due",  "name_zh", "name_en",  "notice"};

struct rule_row {
	size_t line;
	struct plan_rule rule;
};

/* "county prefecture": one bit each. */
static unsigned
take_levels(const struct sheet *s, size_t column)
{
	unsigned levels = 0;
	char word[16];
	int used;
	for (const char *at = sheet_cell(s, column); sscanf(at, " %15s%n", word, &used) == 1; at += used) {
		enum unit_level level;
		if (!unit_level_parse(word, &level))
			sheet_error(s, column, "is not levels (province, prefecture, county, township, village)");
		else
			levels |= 1U << level;
	}
	if (!levels)
		sheet_error(s, column, "names no level");
	return levels;
}

/* It is the name of a file, too. */
static const char *
take_rule_code(const struct sheet *s, size_t column)
{
	const char *code = take_text(s, column, true);
	if (strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(code) ||
	    strlen(code) >= CODE_BYTES_MAX)
		sheet_error(s, column, "is not a name of small letters, digits and _ (at most 47)");
	return code;
}

static void
take_rule(struct sheet *s, void *item)
{
	struct rule_row *row = item;
	struct plan_rule *rule = &row->rule;
	row->line = s->row->line;
	*rule = (struct plan_rule){
	    .number = (uint32_t)take_number(s, 0, 0, 1, CATALOGUE_NUMBER_MAX),
	    .code = take_rule_code(s, 1),
	    .levels = take_levels(s, 2),
	    .at_most = !strcmp(sheet_cell(s, 4), "at_most"),
	    .name_zh = take_text(s, 8, true),
	    .name_en = take_text(s, 9, true),
	    .notice = take_text(s, 10, false),
	    .sql = "",
	};
	if (!rule_state_parse(sheet_cell(s, 3), &rule->severity) ||
	    (rule->severity != RULE_RED && rule->severity != RULE_AMBER))
		sheet_error(s, 3, "is neither red nor amber");
	if (!rule->at_most && strcmp(sheet_cell(s, 4), "at_least"))
		sheet_error(s, 4, "is neither at_least nor at_most");
	if (!rule_measure_parse(sheet_cell(s, 6), &rule->measure))
		sheet_error(s, 6, "is not a measure (yuan, percent, ratio, days, count)");
	rule->threshold = take_number(s, 5, rule_measure_decimals(rule->measure), 0, 100 * VALUE_MAX);
	if (*sheet_cell(s, 7) && !date_parse(sheet_cell(s, 7), &rule->due))
		sheet_error(s, 7, "is not a date (2013-11-30)");
}

/* The SQL of a rule: rules/CODE.sql. */
static const char *
read_rule_sql(struct plan *plan, const struct plan_source *source, const struct rule_row *row,
              struct plan_errors *errors)
{
	char file[CODE_BYTES_MAX + 16];
	size_t size = 0;
	snprintf(file, sizeof file, "rules/%.*s.sql", CODE_BYTES_MAX, row->rule.code);
	char *bytes = source->read(source, file, RULE_SQL_BYTES_MAX, &size);
	bool good = bytes && size && size <= RULE_SQL_BYTES_MAX && !memchr(bytes, 0, size);
	const char *sql = good ? arena_text(&plan->catalogue.arena, bytes, size) : NULL;
	free(bytes);
	if (sql)
		return sql;
	plan_error(errors, "rules.csv", row->line,
	           "column rule: rules/%.60s.sql is not there, empty, no text, or longer than %d bytes",
	           row->rule.code, RULE_SQL_BYTES_MAX);
	return "";
}

static void
read_rules(struct plan *plan, const struct plan_source *source, struct plan_errors *errors)
{
	struct catalogue *c = &plan->catalogue;
	const struct rule_row *rows = plan_rows(plan, source, "rules.csv", rule_columns, COUNT(rule_columns),
	                                        sizeof *rows, take_rule, errors, &c->plan_rule_count);
	c->plan_rules = arena_array(&c->arena, c->plan_rule_count, sizeof *c->plan_rules);
	for (size_t i = 0; c->plan_rules && rows && !errors->count && i < c->plan_rule_count; i++) {
		c->plan_rules[i] = rows[i].rule;
		c->plan_rules[i].sql = read_rule_sql(plan, source, &rows[i], errors);
	}
}

static const char *const project_kind_columns[] = {"number", "kind",         "name_zh", "name_en",
                                                   "use",    "construction", "notice"};

static void
take_project_kind(struct sheet *s, void *item)
{
	const struct catalogue *c = &s->plan->catalogue;
	const struct fund_term *use = fund_term_by_name(c->uses, c->use_count, sheet_cell(s, 4));
	if (!use)
		sheet_error(s, 4, "is not in fund_uses.csv");
	*(struct project_kind *)item = (struct project_kind){
	    .number = (uint32_t)take_number(s, 0, 0, 1, CATALOGUE_NUMBER_MAX),
	    .code = take_text(s, 1, true),
	    .name_zh = take_text(s, 2, true),
	    .name_en = take_text(s, 3, true),
	    .use = use ? use->number : 0,
	    .construction = take_yes_no(s, 5),
	    .notice = take_text(s, 6, false),
	};
}

static const char *const acceptance_columns[] = {"number", "name_zh", "name_en", "construction"};

static void
take_acceptance_item(struct sheet *s, void *item)
{
	*(struct acceptance_item *)item = (struct acceptance_item){
	    .number = (uint32_t)take_number(s, 0, 0, 1, ACCEPTANCE_ITEMS_MAX),
	    .name_zh = take_text(s, 1, true),
	    .name_en = take_text(s, 2, true),
	    .construction = take_yes_no(s, 3),
	};
}

/* ---------------------------------------------------------------- all files */

/* What is counted instead of reported joins the indicators. */
static void
read_counts(struct plan *plan, const struct plan_source *source, struct plan_errors *errors)
{
	struct catalogue *c = &plan->catalogue;
	size_t count;
	const struct indicator *counts =
	    plan_rows(plan, source, "counts.csv", count_columns, COUNT(count_columns), sizeof *counts, take_count,
	              errors, &count);
	struct indicator *all = arena_array(&c->arena, c->indicator_count + count, sizeof *all);
	if (!all || !counts)
		return;
	memcpy(all, c->indicators, c->indicator_count * sizeof *all);
	memcpy(all + c->indicator_count, counts, count * sizeof *all);
	c->indicators = all;
	c->indicator_count += count;
}

/* The parts build on each other: units first, then forms, indicators, and what names them. */
static void
read_catalogue(struct plan *plan, const struct plan_source *source, struct plan_errors *errors)
{
	struct catalogue *c = &plan->catalogue;
	size_t count;
	char error[CATALOGUE_ERROR_BYTES];
	plan_rows(plan, source, "plan.csv", plan_columns, COUNT(plan_columns), 1, take_plan, errors, &count);
	c->units = plan_rows(plan, source, "units.csv", unit_columns, COUNT(unit_columns), sizeof *c->units,
	                     take_unit_row, errors, &c->unit_count);
	const struct form_row *forms = plan_rows(plan, source, "forms.csv", form_columns, COUNT(form_columns),
	                                         sizeof *forms, take_form, errors, &count);
	plan_gather_forms(plan, forms, count, errors);
	const struct indicator_row *rows =
	    plan_rows(plan, source, "indicators.csv", indicator_columns, COUNT(indicator_columns), sizeof *rows,
	              take_indicator, errors, &count);
	plan_gather_indicators(plan, rows, count, errors);
	if (source->has(source, "counts.csv"))
		read_counts(plan, source, errors);
	plan_check_names(c, errors);
	plan_gather_fields(plan, rows, count, errors);
	c->sources = plan_rows(plan, source, "fund_sources.csv", source_columns, COUNT(source_columns),
	                       sizeof *c->sources, take_source, errors, &c->source_count);
	c->uses = plan_rows(plan, source, "fund_uses.csv", use_columns, COUNT(use_columns), sizeof *c->uses,
	                    take_use, errors, &c->use_count);
	/* Sorts and checks what is there so far, so that the rest can look it up. */
	if (!errors->count && !catalogue_finish(c, error))
		plan_error(errors, source->name, 0, "%s", error);
}

bool
plan_read_from(const struct plan_source *source, struct plan *out, struct plan_errors *errors)
{
	struct catalogue *c = &out->catalogue;
	char error[CATALOGUE_ERROR_BYTES];
	*errors = (struct plan_errors){0};
	read_catalogue(out, source, errors);
	if (errors->count)
		return false;
	plan_check_parents(c, errors);
	c->groups = plan_rows(out, source, "groups.csv", group_columns, COUNT(group_columns), sizeof *c->groups,
	                      take_group, errors, &c->group_count);
	c->targets = plan_rows(out, source, "targets.csv", target_columns, COUNT(target_columns),
	                       sizeof *c->targets, take_target, errors, &c->target_count);
	if (source->has(source, "calendar.csv"))
		c->days = plan_rows(out, source, "calendar.csv", day_columns, COUNT(day_columns), sizeof *c->days,
		                    take_day, errors, &c->day_count);
	if (source->has(source, "profiles.csv")) {
		size_t count;
		const struct profile_row *rows =
		    plan_rows(out, source, "profiles.csv", profile_columns, COUNT(profile_columns), sizeof *rows,
		              take_profile, errors, &count);
		plan_gather_profiles(out, rows, count, errors);
	}
	if (source->has(source, "appraisal.csv"))
		c->appraisal = plan_rows(out, source, "appraisal.csv", appraisal_columns, COUNT(appraisal_columns),
		                         sizeof *c->appraisal, take_appraisal, errors, &c->appraisal_count);
	if (source->has(source, "soft_checks.csv"))
		c->checks = plan_rows(out, source, "soft_checks.csv", check_columns, COUNT(check_columns),
		                      sizeof *c->checks, take_check, errors, &c->check_count);
	if (source->has(source, "deadlines.csv"))
		c->rules = plan_rows(out, source, "deadlines.csv", deadline_columns, COUNT(deadline_columns),
		                     sizeof *c->rules, take_deadline, errors, &c->rule_count);
	if (source->has(source, "documents.csv"))
		c->document_kinds =
		    plan_rows(out, source, "documents.csv", document_columns, COUNT(document_columns),
		              sizeof *c->document_kinds, take_document_kind, errors, &c->document_kind_count);
	if (source->has(source, "rules.csv"))
		read_rules(out, source, errors);
	if (source->has(source, "project_kinds.csv"))
		c->project_kinds =
		    plan_rows(out, source, "project_kinds.csv", project_kind_columns, COUNT(project_kind_columns),
		              sizeof *c->project_kinds, take_project_kind, errors, &c->project_kind_count);
	if (source->has(source, "acceptance_items.csv"))
		c->acceptance_items =
		    plan_rows(out, source, "acceptance_items.csv", acceptance_columns, COUNT(acceptance_columns),
		              sizeof *c->acceptance_items, take_acceptance_item, errors, &c->acceptance_item_count);
	const char *principals = source->principals ? source->principals : "principals.csv";
	out->principals = plan_rows(out, source, principals, principal_columns, COUNT(principal_columns),
	                            sizeof *out->principals, take_principal, errors, &out->principal_count);
	plan_check_principals(out, principals, errors);
	if (!errors->count && !catalogue_finish(c, error))
		plan_error(errors, source->name, 0, "%s", error);
	if (!errors->count)
		plan_check_rules(c, errors);
	return !errors->count;
}
