/* A plan out of the database: the catalogue and the principals. */
#include "plan_store.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t
get_number(const struct pg_result *result, int row, int column)
{
	return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

static const char *
get_text(struct arena *arena, const struct pg_result *result, int row, int column)
{
	const char *copy = arena_string(arena, PQgetvalue(result, row, column));
	return copy ? copy : "";
}

const struct plan_table plan_tables[] = {
    {"plan", "code, title_zh, title_en, source, label, books_closed, projects_since, acceptance_due"},
    {"unit", "*"},
    {"unit_group", "*"},
    {"appraisal_item", "*"},
    {"soft_check", "*"},
    {"form", "*"},
    {"form_version", "*"},
    {"indicator", "*"},
    {"form_field", "*"},
    {"fund_source", "*"},
    {"fund_use", "*"},
    {"target", "*"},
    {"special_day", "*"},
    {"deadline", "*"},
    {"profile", "*"},
    {"document_kind", "*"},
    {"plan_rule", "*"},
    {"project_kind", "*"},
    {"acceptance_item", "*"},
};
const size_t plan_table_count = sizeof plan_tables / sizeof *plan_tables;

/* Where a plan is read: the tables, or what the history keeps of them. */
struct plan_source {
	struct pg_conn *connection;
	int64_t number; /* of the history; 0: the present plan */
};

/* Runs a query of one table. A table of the past is put before it under the same name. */
static bool
query(const struct plan_source *from, const char *table, const char *sql, struct pg_result **out, char *error)
{
	char whole[1024] = "";
	int used = 0;
	if (from->number)
		used = snprintf(whole, sizeof whole,
		                "WITH %s AS (SELECT * FROM json_populate_recordset(NULL::%s, (SELECT rows FROM "
		                "plan_history_table WHERE number = %" PRId64 " AND name = '%s'))) ",
		                table, table, from->number, table);
	snprintf(whole + used, sizeof whole - (size_t)used, "%s", sql);
	return pg_query(from->connection, whole, 0, NULL, out, error);
}

/* Runs a query of one table and gives `take` each row with its item of a new array. */
static bool
load_rows(const struct plan_source *from, const char *table, const char *sql, struct arena *arena,
          size_t size, void **out, size_t *count,
          void (*take)(struct arena *, const struct pg_result *, int, void *), char *error)
{
	struct pg_result *result;
	if (!query(from, table, sql, &result, error))
		return false;
	size_t rows = (size_t)PQntuples(result);
	unsigned char *items = arena_array(arena, rows, size);
	for (size_t i = 0; items && i < rows; i++)
		take(arena, result, (int)i, items + i * size);
	PQclear(result);
	if (!items)
		snprintf(error, PG_ERROR_BYTES, "out of memory");
	*out = items;
	*count = rows;
	return items;
}

static void
load_unit(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct unit *)item = (struct unit){
	    .code = get_number(r, row, 0),
	    .level = (enum unit_level)get_number(r, row, 1),
	    .name = get_text(arena, r, row, 2),
	    .basis = get_text(arena, r, row, 3),
	    .first = (period)get_number(r, row, 4),
	    .last = (period)get_number(r, row, 5),
	    .successor = get_number(r, row, 6),
	};
}

static void
load_group(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct unit_group *)item = (struct unit_group){
	    .code = get_text(arena, r, row, 0),
	    .name = get_text(arena, r, row, 1),
	    .unit = get_number(r, row, 2),
	    .basis = get_text(arena, r, row, 3),
	};
}

static void
load_appraisal(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	struct appraisal_item *to = item;
	*to = (struct appraisal_item){
	    .number = (uint32_t)get_number(r, row, 0),
	    .code = get_text(arena, r, row, 1),
	    .indicator = (uint32_t)get_number(r, row, 3),
	    .fund = (enum fund_kind)get_number(r, row, 4),
	    .other = (uint32_t)get_number(r, row, 5),
	    .other_fund = (enum fund_kind)get_number(r, row, 6),
	    .approved = *PQgetvalue(r, row, 7) == 't',
	    .weight = (uint32_t)get_number(r, row, 8),
	    .name_zh = get_text(arena, r, row, 9),
	    .name_en = get_text(arena, r, row, 10),
	    .notice = get_text(arena, r, row, 11),
	};
	for (int kind = 1; kind < APPRAISE_KINDS; kind++)
		if (!strcmp(PQgetvalue(r, row, 2), appraisal_kind_name((enum appraisal_kind)kind)))
			to->kind = (enum appraisal_kind)kind;
}

static void
load_check(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct soft_check *)item = (struct soft_check){
	    .number = (uint32_t)get_number(r, row, 0),
	    .form = (uint32_t)get_number(r, row, 1),
	    .kind = (enum soft_kind)get_number(r, row, 2),
	    .indicator = (uint32_t)get_number(r, row, 3),
	    .other = (uint32_t)get_number(r, row, 4),
	    .bound = get_number(r, row, 5),
	    .text_zh = get_text(arena, r, row, 6),
	    .text_en = get_text(arena, r, row, 7),
	    .notice = get_text(arena, r, row, 8),
	};
}

static void
load_form(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct form *)item = (struct form){
	    .number = (uint32_t)get_number(r, row, 0),
	    .code = get_text(arena, r, row, 1),
	    .level = (enum unit_level)get_number(r, row, 2),
	    .name_zh = get_text(arena, r, row, 3),
	    .name_en = get_text(arena, r, row, 4),
	};
}

static void
load_version(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	(void)arena;
	*(struct form_version *)item = (struct form_version){
	    .form = (uint32_t)get_number(r, row, 0),
	    .version = (uint32_t)get_number(r, row, 1),
	    .first = (period)get_number(r, row, 2),
	    .last = (period)get_number(r, row, 3),
	};
}

static void
load_indicator(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct indicator *)item = (struct indicator){
	    .number = (uint32_t)get_number(r, row, 0),
	    .form = (uint32_t)get_number(r, row, 1),
	    .code = get_text(arena, r, row, 2),
	    .name_zh = get_text(arena, r, row, 3),
	    .name_en = get_text(arena, r, row, 4),
	    .measure_zh = get_text(arena, r, row, 5),
	    .measure_en = get_text(arena, r, row, 6),
	    .decimals = (int)get_number(r, row, 7),
	    .kind = *PQgetvalue(r, row, 8) == 'f' ? INDICATOR_FLOW : INDICATOR_STOCK,
	    .project = get_text(arena, r, row, 9),
	    .notice = get_text(arena, r, row, 10),
	    .counts = (uint32_t)get_number(r, row, 11),
	    .at_least = get_number(r, row, 12),
	};
}

struct field_row {
	uint32_t form, version;
	struct form_field field;
};

static void
load_field(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	(void)arena;
	struct field_row *field = item;
	field->form = (uint32_t)get_number(r, row, 0);
	field->version = (uint32_t)get_number(r, row, 1);
	field->field = (struct form_field){
	    .indicator = (uint32_t)get_number(r, row, 2),
	    .required = *PQgetvalue(r, row, 3) == 't',
	    .minimum = get_number(r, row, 4),
	    .maximum = get_number(r, row, 5),
	    .part_of = (uint32_t)get_number(r, row, 6),
	    .base = (uint32_t)get_number(r, row, 7),
	    .step_after = (uint32_t)get_number(r, row, 8),
	};
}

static void
load_term(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct fund_term *)item = (struct fund_term){
	    .number = (uint32_t)get_number(r, row, 0),
	    .code = get_text(arena, r, row, 1),
	    .name_zh = get_text(arena, r, row, 2),
	    .name_en = get_text(arena, r, row, 3),
	    .notice = get_text(arena, r, row, 4),
	    .special = *PQgetvalue(r, row, 5) == 't',
	    .loan = *PQgetvalue(r, row, 6) == 't',
	    .uses = get_text(arena, r, row, 7),
	};
}

static void
load_target(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct target *)item = (struct target){
	    .unit = get_number(r, row, 0),
	    .year = (int)get_number(r, row, 1),
	    .indicator = (uint32_t)get_number(r, row, 2),
	    .fund = (enum fund_kind)get_number(r, row, 3),
	    .value = get_number(r, row, 4),
	    .notice = get_text(arena, r, row, 5),
	};
}

static void
load_day(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	struct special_day *day = item;
	*day = (struct special_day){.date = (date)get_number(r, row, 0),
	                            .works = *PQgetvalue(r, row, 1) == 't',
	                            .name = get_text(arena, r, row, 2)};
}

/* Twelve rows, by month. */
static void
load_share(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	(void)arena;
	*(struct profile *)item = (struct profile){.indicator = (uint32_t)get_number(r, row, 0),
	                                           .fund = (enum fund_kind)get_number(r, row, 1),
	                                           .shares = {(uint16_t)get_number(r, row, 2)}};
}

static void
gather_shares(struct catalogue *c)
{
	for (size_t i = 0; i < c->profile_count; i++)
		c->profiles[i / 12].shares[i % 12] = c->profiles[i].shares[0];
	for (size_t i = 0; i < c->profile_count / 12; i++) {
		c->profiles[i].indicator = c->profiles[12 * i].indicator;
		c->profiles[i].fund = c->profiles[12 * i].fund;
	}
	c->profile_count /= 12;
}

static void
load_rule(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct deadline_rule *)item = (struct deadline_rule){
	    .form = (uint32_t)get_number(r, row, 0),
	    .event = (enum deadline_event)get_number(r, row, 1),
	    .first = (period)get_number(r, row, 2),
	    .last = (period)get_number(r, row, 3),
	    .months = (int)get_number(r, row, 4),
	    .day = (int)get_number(r, row, 5),
	    .minute = (int)get_number(r, row, 6),
	    .notice = get_text(arena, r, row, 7),
	};
}

static void
load_document_kind(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct document_kind *)item = (struct document_kind){
	    .number = (uint32_t)get_number(r, row, 0),
	    .code = get_text(arena, r, row, 1),
	    .level = (enum unit_level)get_number(r, row, 2),
	    .name_zh = get_text(arena, r, row, 3),
	    .name_en = get_text(arena, r, row, 4),
	    .due_date = (date)get_number(r, row, 5),
	    .minute = (int)get_number(r, row, 6),
	    .notice = get_text(arena, r, row, 7),
	};
}

static void
load_plan_rule(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	struct plan_rule *to = item;
	*to = (struct plan_rule){
	    .number = (uint32_t)get_number(r, row, 0),
	    .code = get_text(arena, r, row, 1),
	    .at_most = *PQgetvalue(r, row, 4) == 't',
	    .threshold = get_number(r, row, 5),
	    .due = (date)get_number(r, row, 7),
	    .name_zh = get_text(arena, r, row, 8),
	    .name_en = get_text(arena, r, row, 9),
	    .notice = get_text(arena, r, row, 10),
	    .sql = get_text(arena, r, row, 11),
	};
	/* What it cannot read it leaves at nothing, and catalogue_finish() says so. */
	for (int level = UNIT_PROVINCE; level <= UNIT_VILLAGE; level++)
		if (strstr(PQgetvalue(r, row, 2), unit_level_name((enum unit_level)level)))
			to->levels |= 1U << level;
	if (!rule_state_parse(PQgetvalue(r, row, 3), &to->severity) ||
	    !rule_measure_parse(PQgetvalue(r, row, 6), &to->measure))
		to->measure = RULE_MEASURE_NONE;
}

static void
load_project_kind(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct project_kind *)item = (struct project_kind){
	    .number = (uint32_t)get_number(r, row, 0),
	    .code = get_text(arena, r, row, 1),
	    .name_zh = get_text(arena, r, row, 2),
	    .name_en = get_text(arena, r, row, 3),
	    .use = (uint32_t)get_number(r, row, 4),
	    .construction = *PQgetvalue(r, row, 5) == 't',
	    .notice = get_text(arena, r, row, 6),
	};
}

static void
load_acceptance_item(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	*(struct acceptance_item *)item = (struct acceptance_item){
	    .number = (uint32_t)get_number(r, row, 0),
	    .name_zh = get_text(arena, r, row, 1),
	    .name_en = get_text(arena, r, row, 2),
	    .construction = *PQgetvalue(r, row, 3) == 't',
	};
}

static bool
load_head(const struct plan_source *from, struct catalogue *c, char *error)
{
	struct pg_result *r;
	if (!query(from, "plan",
	           "SELECT code, title_zh, title_en, source, label, "
	           "to_char(books_closed, 'YYYYMMDD')::integer, to_char(projects_since, 'YYYYMMDD')::integer, "
	           "to_char(acceptance_due, 'YYYYMMDD')::integer FROM plan",
	           &r, error))
		return false;
	bool found = PQntuples(r) == 1;
	if (found) {
		c->plan = get_text(&c->arena, r, 0, 0);
		c->title_zh = get_text(&c->arena, r, 0, 1);
		c->title_en = get_text(&c->arena, r, 0, 2);
		c->source = get_text(&c->arena, r, 0, 3);
		c->label = get_text(&c->arena, r, 0, 4);
		c->books_closed = (date)get_number(r, 0, 5);
		c->projects_since = (date)get_number(r, 0, 6);
		c->acceptance_due = (date)get_number(r, 0, 7);
	} else {
		snprintf(error, PG_ERROR_BYTES, "the database holds no plan: start with --plan DIR");
	}
	PQclear(r);
	return found;
}

/* Rows come in the order of form, version, position: each version takes its run. */
static void
distribute_fields(struct catalogue *c, struct field_row *rows, size_t count)
{
	struct form_field *fields = arena_array(&c->arena, count, sizeof *fields);
	size_t at = 0;
	for (size_t v = 0; fields && v < c->version_count; v++) {
		struct form_version *version = &c->versions[v];
		version->fields = fields + at;
		while (at < count && rows[at].form == version->form && rows[at].version == version->version)
			fields[at] = rows[at].field, at++;
		version->field_count = (size_t)(fields + at - version->fields);
	}
}

/* Units, and groups of them. */
static bool
load_units(const struct plan_source *from, struct catalogue *c, char *error)
{
	return load_rows(from, "unit",
	                 "SELECT code, level, name, basis, first_period, last_period, successor FROM unit "
	                 "ORDER BY code",
	                 &c->arena, sizeof *c->units, (void **)&c->units, &c->unit_count, load_unit, error) &&
	       load_rows(from, "unit_group", "SELECT code, name, unit, basis FROM unit_group", &c->arena,
	                 sizeof *c->groups, (void **)&c->groups, &c->group_count, load_group, error);
}

/* Forms, their versions and indicators; the fields of all versions into *fields. */
static bool
load_forms(const struct plan_source *from, struct catalogue *c, struct field_row **fields,
           size_t *field_count, char *error)
{
	return load_rows(from, "form", "SELECT number, code, level, name_zh, name_en FROM form ORDER BY number",
	                 &c->arena, sizeof *c->forms, (void **)&c->forms, &c->form_count, load_form, error) &&
	       load_rows(from, "form_version",
	                 "SELECT form, version, first_period, last_period FROM form_version ORDER BY 1, 2",
	                 &c->arena, sizeof *c->versions, (void **)&c->versions, &c->version_count, load_version,
	                 error) &&
	       load_rows(from, "indicator", "SELECT * FROM indicator ORDER BY number", &c->arena,
	                 sizeof *c->indicators, (void **)&c->indicators, &c->indicator_count, load_indicator,
	                 error) &&
	       load_rows(from, "form_field",
	                 "SELECT form, version, indicator, required, minimum, maximum, part_of, base, step_after "
	                 "FROM form_field ORDER BY form, version, position",
	                 &c->arena, sizeof **fields, (void **)fields, field_count, load_field, error);
}

/* What money comes from and is for. */
static bool
load_terms(const struct plan_source *from, struct catalogue *c, char *error)
{
	return load_rows(from, "fund_source",
	                 "SELECT number, code, name_zh, name_en, notice, special, loan, uses FROM fund_source "
	                 "ORDER BY 1",
	                 &c->arena, sizeof *c->sources, (void **)&c->sources, &c->source_count, load_term,
	                 error) &&
	       load_rows(
	           from, "fund_use",
	           "SELECT number, code, name_zh, name_en, notice, false, loan, '' FROM fund_use ORDER BY 1",
	           &c->arena, sizeof *c->uses, (void **)&c->uses, &c->use_count, load_term, error);
}

/* What is to be reached, by when, and how it is appraised. */
static bool
load_goals(const struct plan_source *from, struct catalogue *c, char *error)
{
	return load_rows(from, "target",
	                 "SELECT unit, year, coalesce(indicator, 0), coalesce(fund_kind, 0), value, notice "
	                 "FROM target ORDER BY unit, year, measure",
	                 &c->arena, sizeof *c->targets, (void **)&c->targets, &c->target_count, load_target,
	                 error) &&
	       load_rows(from, "profile",
	                 "SELECT coalesce(indicator, 0), coalesce(fund_kind, 0), share FROM profile ORDER BY "
	                 "measure, month",
	                 &c->arena, sizeof *c->profiles, (void **)&c->profiles, &c->profile_count, load_share,
	                 error) &&
	       load_rows(from, "appraisal_item", "SELECT * FROM appraisal_item", &c->arena, sizeof *c->appraisal,
	                 (void **)&c->appraisal, &c->appraisal_count, load_appraisal, error);
}

/* What is due when. */
static bool
load_deadlines(const struct plan_source *from, struct catalogue *c, char *error)
{
	return load_rows(from, "special_day",
	                 "SELECT to_char(date, 'YYYYMMDD')::integer, works, name FROM special_day", &c->arena,
	                 sizeof *c->days, (void **)&c->days, &c->day_count, load_day, error) &&
	       load_rows(
	           from, "deadline",
	           "SELECT form, event, first_period, last_period, months, day, minute, notice FROM deadline",
	           &c->arena, sizeof *c->rules, (void **)&c->rules, &c->rule_count, load_rule, error) &&
	       load_rows(from, "document_kind",
	                 "SELECT number, code, level, name_zh, name_en, to_char(due_date, 'YYYYMMDD')::integer, "
	                 "minute, notice FROM document_kind ORDER BY number",
	                 &c->arena, sizeof *c->document_kinds, (void **)&c->document_kinds,
	                 &c->document_kind_count, load_document_kind, error);
}

/* What is looked at and not refused. */
static bool
load_checks(const struct plan_source *from, struct catalogue *c, char *error)
{
	return load_rows(from, "soft_check", "SELECT * FROM soft_check", &c->arena, sizeof *c->checks,
	                 (void **)&c->checks, &c->check_count, load_check, error) &&
	       load_rows(from, "plan_rule",
	                 "SELECT number, code, levels, severity, at_most, threshold, measure, "
	                 "to_char(due, 'YYYYMMDD')::integer, name_zh, name_en, notice, sql FROM plan_rule "
	                 "ORDER BY number",
	                 &c->arena, sizeof *c->plan_rules, (void **)&c->plan_rules, &c->plan_rule_count,
	                 load_plan_rule, error);
}

/* Kinds of projects and the checklist of acceptances. */
static bool
load_project_terms(const struct plan_source *from, struct catalogue *c, char *error)
{
	return load_rows(from, "project_kind",
	                 "SELECT number, code, name_zh, name_en, use, construction, notice FROM project_kind",
	                 &c->arena, sizeof *c->project_kinds, (void **)&c->project_kinds, &c->project_kind_count,
	                 load_project_kind, error) &&
	       load_rows(from, "acceptance_item",
	                 "SELECT number, name_zh, name_en, construction FROM acceptance_item", &c->arena,
	                 sizeof *c->acceptance_items, (void **)&c->acceptance_items, &c->acceptance_item_count,
	                 load_acceptance_item, error);
}

bool
catalogue_load(struct pg_conn *connection, int64_t number, struct plan *out, char error[PG_ERROR_BYTES])
{
	const struct plan_source from = {connection, number};
	struct catalogue *c = &out->catalogue;
	struct field_row *fields;
	size_t field_count;
	if (!load_head(&from, c, error) || !load_units(&from, c, error) ||
	    !load_forms(&from, c, &fields, &field_count, error) || !load_terms(&from, c, error) ||
	    !load_goals(&from, c, error) || !load_deadlines(&from, c, error) || !load_checks(&from, c, error) ||
	    !load_project_terms(&from, c, error))
		return false;
	gather_shares(c);
	distribute_fields(c, fields, field_count);
	return catalogue_finish(c, error);
}

static void
load_principal(struct arena *arena, const struct pg_result *r, int row, void *item)
{
	struct principal *principal = item;
	principal->name = get_text(arena, r, row, 0);
	if (!role_parse(PQgetvalue(r, row, 1), &principal->role))
		principal->role = ROLE_NONE;
	principal->unit = get_number(r, row, 2);
	snprintf(principal->public_key, sizeof principal->public_key, "%s", PQgetvalue(r, row, 3));
}

bool
principals_load(struct pg_conn *connection, struct arena *arena, struct principal **out, size_t *count,
                char error[PG_ERROR_BYTES])
{
	struct principal *items;
	const struct plan_source present = {connection, 0};
	if (!load_rows(&present, "principal",
	               "SELECT name, role, unit, public_key FROM principal WHERE public_key IS NOT NULL", arena,
	               sizeof *items, (void **)&items, count, load_principal, error))
		return false;
	principals_sort(items, *count);
	*out = items;
	return true;
}
