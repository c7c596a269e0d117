#include "plan_store_internal.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RULE_LEVELS_BYTES = 64 }; /* all five, with spaces between */

bool
plan_run(struct pg_conn *connection, const char *sql, const struct pg_params *p, char *error)
{
	return pg_execute(connection, sql, p->count, p->values, error);
}

static bool
save_head(struct pg_conn *connection, const struct catalogue *c, const char *label, bool changed, char *error)
{
	struct pg_params p = {0};
	pg_add_text(&p, c->plan);
	pg_add_text(&p, c->title_zh);
	pg_add_text(&p, c->title_en);
	pg_add_text(&p, c->source);
	pg_add_text(&p, label);
	pg_add_number(&p, changed);
	pg_add_number(&p, c->books_closed);
	pg_add_number(&p, c->projects_since);
	pg_add_number(&p, c->acceptance_due);
	return plan_run(
	    connection,
	    "INSERT INTO plan (code, title_zh, title_en, source, label, books_closed, projects_since, "
	    "acceptance_due) VALUES ($1, $2, $3, $4, coalesce($5, ''), to_date(nullif($7, '0'), 'YYYYMMDD'), "
	    "to_date(nullif($8, '0'), 'YYYYMMDD'), to_date(nullif($9, '0'), 'YYYYMMDD')) "
	    "ON CONFLICT (only_row) DO UPDATE SET code = $1, title_zh = $2, title_en = $3, source = $4, "
	    "label = coalesce($5, plan.label), books_closed = excluded.books_closed, "
	    "projects_since = excluded.projects_since, acceptance_due = excluded.acceptance_due, "
	    "loaded_at = now(), generation = plan.generation + $6::bigint",
	    &p, error);
}

static bool
save_units(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->unit_count; i++) {
		const struct unit *unit = &c->units[i];
		struct pg_params p = {0};
		pg_add_number(&p, unit->code);
		pg_add_number(&p, unit->level);
		pg_add_text(&p, unit->name);
		pg_add_text(&p, unit->basis);
		pg_add_number_or_null(&p, unit->first);
		pg_add_number_or_null(&p, unit->last);
		pg_add_number_or_null(&p, unit->successor);
		if (!plan_run(connection,
		              "INSERT INTO unit (code, level, name, basis, first_period, last_period, successor) "
		              "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (code) DO UPDATE SET level = $2, "
		              "name = $3, basis = $4, first_period = $5, last_period = $6, successor = $7",
		              &p, error))
			return false;
	}
	for (size_t i = 0; i < c->group_count; i++) {
		const struct unit_group *group = &c->groups[i];
		struct pg_params p = {0};
		pg_add_text(&p, group->code);
		pg_add_text(&p, group->name);
		pg_add_number(&p, group->unit);
		pg_add_text(&p, group->basis);
		if (!plan_run(connection, "INSERT INTO unit_group (code, name, unit, basis) VALUES ($1, $2, $3, $4)",
		              &p, error))
			return false;
	}
	return true;
}

static bool
save_forms(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->form_count; i++) {
		const struct form *form = &c->forms[i];
		struct pg_params p = {0};
		pg_add_number(&p, form->number);
		pg_add_text(&p, form->code);
		pg_add_number(&p, form->level);
		pg_add_text(&p, form->name_zh);
		pg_add_text(&p, form->name_en);
		if (!plan_run(connection,
		              "INSERT INTO form (number, code, level, name_zh, name_en) VALUES ($1, $2, $3, $4, $5) "
		              "ON CONFLICT (number) DO UPDATE SET code = $2, level = $3, name_zh = $4, name_en = $5",
		              &p, error))
			return false;
	}
	for (size_t i = 0; i < c->indicator_count; i++) {
		const struct indicator *indicator = &c->indicators[i];
		struct pg_params p = {0};
		pg_add_number(&p, indicator->number);
		pg_add_number(&p, indicator->form);
		pg_add_text(&p, indicator->code);
		pg_add_text(&p, indicator->name_zh);
		pg_add_text(&p, indicator->name_en);
		pg_add_text(&p, indicator->measure_zh);
		pg_add_text(&p, indicator->measure_en);
		pg_add_number(&p, indicator->decimals);
		pg_add_text(&p, indicator->kind == INDICATOR_FLOW ? "flow" : "stock");
		pg_add_text(&p, indicator->project);
		pg_add_text(&p, indicator->notice);
		pg_add_number_or_null(&p, indicator->counts);
		pg_add_number_or_null(&p, indicator->at_least);
		if (!plan_run(
		        connection,
		        "INSERT INTO indicator VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
		        "ON CONFLICT (number) DO UPDATE SET form = $2, code = $3, name_zh = $4, name_en = $5, "
		        "measure_zh = $6, measure_en = $7, decimals = $8, kind = $9, project = $10, notice = $11, "
		        "counts = $12, at_least = $13",
		        &p, error))
			return false;
	}
	return true;
}

static bool
save_appraisal(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->appraisal_count; i++) {
		const struct appraisal_item *item = &c->appraisal[i];
		struct pg_params p = {0};
		pg_add_number(&p, item->number);
		pg_add_text(&p, item->code);
		pg_add_text(&p, appraisal_kind_name(item->kind));
		pg_add_number_or_null(&p, item->indicator);
		pg_add_number_or_null(&p, item->fund);
		pg_add_number_or_null(&p, item->other);
		pg_add_number_or_null(&p, item->other_fund);
		pg_add_text(&p, item->approved ? "true" : "false");
		pg_add_number(&p, item->weight);
		pg_add_text(&p, item->name_zh);
		pg_add_text(&p, item->name_en);
		pg_add_text(&p, item->notice);
		if (!plan_run(connection,
		              "INSERT INTO appraisal_item VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		              &p, error))
			return false;
	}
	return true;
}

/* "county village" */
static void
levels_text(unsigned levels, char out[RULE_LEVELS_BYTES])
{
	size_t used = 0;
	out[0] = 0;
	for (int level = UNIT_PROVINCE; level <= UNIT_VILLAGE; level++)
		if (levels & 1U << level)
			used += (size_t)snprintf(out + used, RULE_LEVELS_BYTES - used, "%s%s", used ? " " : "",
			                         unit_level_name((enum unit_level)level));
}

static bool
save_plan_rules(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->plan_rule_count; i++) {
		const struct plan_rule *rule = &c->plan_rules[i];
		char levels[RULE_LEVELS_BYTES];
		struct pg_params p = {0};
		levels_text(rule->levels, levels);
		pg_add_number(&p, rule->number);
		pg_add_text(&p, rule->code);
		pg_add_text(&p, levels);
		pg_add_text(&p, rule_state_name(rule->severity));
		pg_add_text(&p, rule->at_most ? "true" : "false");
		pg_add_number(&p, rule->threshold);
		pg_add_text(&p, rule_measure_name(rule->measure));
		pg_add_number_or_null(&p, rule->due);
		pg_add_text(&p, rule->name_zh);
		pg_add_text(&p, rule->name_en);
		pg_add_text(&p, rule->notice);
		pg_add_text(&p, rule->sql);
		if (!plan_run(
		        connection,
		        "INSERT INTO plan_rule VALUES ($1, $2, $3, $4, $5, $6, $7, to_date($8, 'YYYYMMDD'), $9, "
		        "$10, $11, $12)",
		        &p, error))
			return false;
	}
	return true;
}

static bool
save_checks(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->check_count; i++) {
		const struct soft_check *check = &c->checks[i];
		struct pg_params p = {0};
		pg_add_number(&p, check->number);
		pg_add_number(&p, check->form);
		pg_add_number(&p, check->kind);
		pg_add_number(&p, check->indicator);
		pg_add_number_or_null(&p, check->other);
		pg_add_number(&p, check->bound);
		pg_add_text(&p, check->text_zh);
		pg_add_text(&p, check->text_en);
		pg_add_text(&p, check->notice);
		if (!plan_run(connection, "INSERT INTO soft_check VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", &p,
		              error))
			return false;
	}
	return true;
}

/* Does the database have reports of this version whose values would no longer fit? */
static bool
version_may_change(struct pg_conn *connection, const struct form_version *version, char *error)
{
	char wanted[FORM_FIELDS_MAX * 8] = "";
	size_t used = 0;
	for (size_t i = 0; i < version->field_count; i++)
		used += (size_t)snprintf(wanted + used, sizeof wanted - used, "%s%u", i ? "," : "",
		                         version->fields[i].indicator);
	struct pg_params p = {0};
	pg_add_number(&p, version->form);
	pg_add_number(&p, version->version);
	pg_add_text(&p, wanted);
	struct pg_result *result;
	if (!pg_query(connection,
	              "SELECT 1 FROM form_field WHERE form = $1 AND version = $2 "
	              "HAVING string_agg(indicator::text, ',' ORDER BY position) <> $3 AND EXISTS "
	              "(SELECT 1 FROM report WHERE form = $1 AND version = $2)",
	              p.count, p.values, &result, error))
		return false;
	bool conflict = PQntuples(result) > 0;
	PQclear(result);
	if (conflict)
		snprintf(error, PG_ERROR_BYTES,
		         "indicators.csv: form %u version %u has reports: its indicators may not change; add a "
		         "version",
		         version->form, version->version);
	return !conflict;
}

static bool
save_version(struct pg_conn *connection, const struct form_version *version, char *error)
{
	struct pg_params p = {0};
	if (!version_may_change(connection, version, error))
		return false;
	pg_add_number(&p, version->form);
	pg_add_number(&p, version->version);
	struct pg_params key = p;
	key.values[0] = key.room[0];
	key.values[1] = key.room[1];
	pg_add_number(&p, version->first);
	pg_add_number(&p, version->last);
	if (!plan_run(connection,
	              "INSERT INTO form_version (form, version, first_period, last_period) "
	              "VALUES ($1, $2, $3, $4) ON CONFLICT (form, version) DO UPDATE SET first_period = $3, "
	              "last_period = $4",
	              &p, error) ||
	    !plan_run(connection, "DELETE FROM form_field WHERE form = $1 AND version = $2", &key, error))
		return false;
	for (size_t i = 0; i < version->field_count; i++) {
		const struct form_field *field = &version->fields[i];
		struct pg_params f = {0};
		pg_add_number(&f, version->form);
		pg_add_number(&f, version->version);
		pg_add_number(&f, (int64_t)i + 1);
		pg_add_number(&f, field->indicator);
		pg_add_text(&f, field->required ? "true" : "false");
		pg_add_number(&f, field->minimum);
		pg_add_number(&f, field->maximum);
		pg_add_number_or_null(&f, field->part_of);
		pg_add_number_or_null(&f, field->base);
		pg_add_number_or_null(&f, field->step_after);
		if (!plan_run(connection, "INSERT INTO form_field VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		              &f, error))
			return false;
	}
	return true;
}

static bool
save_terms(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->source_count + c->use_count; i++) {
		bool source = i < c->source_count;
		const struct fund_term *term = source ? &c->sources[i] : &c->uses[i - c->source_count];
		struct pg_params p = {0};
		pg_add_number(&p, term->number);
		pg_add_text(&p, term->code);
		pg_add_text(&p, term->name_zh);
		pg_add_text(&p, term->name_en);
		pg_add_text(&p, term->notice);
		if (source)
			pg_add_text(&p, term->special ? "true" : "false");
		pg_add_text(&p, term->loan ? "true" : "false");
		if (source)
			pg_add_text(&p, term->uses);
		const char *sql =
		    source ? "INSERT INTO fund_source (number, code, name_zh, name_en, notice, special, loan, uses) "
		             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (number) DO UPDATE SET code = $2, "
		             "name_zh = $3, name_en = $4, notice = $5, special = $6, loan = $7, uses = $8"
		           : "INSERT INTO fund_use (number, code, name_zh, name_en, notice, loan) "
		             "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (number) DO UPDATE SET code = $2, "
		             "name_zh = $3, name_en = $4, notice = $5, loan = $6";
		if (!plan_run(connection, sql, &p, error))
			return false;
	}
	return true;
}

/* As in targets.csv and profiles.csv: people_lifted, fund:raised. */
static void
measure_text(const struct catalogue *c, uint32_t indicator, enum fund_kind fund, char out[CODE_BYTES_MAX + 8])
{
	const struct indicator *known = catalogue_indicator(c, indicator);
	if (known)
		snprintf(out, CODE_BYTES_MAX + 8, "%s", known->code);
	else
		snprintf(out, CODE_BYTES_MAX + 8, "fund:%s", fund_kind_name(fund));
}

static bool
save_targets(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	char measure[CODE_BYTES_MAX + 8];
	for (size_t i = 0; i < c->target_count; i++) {
		const struct target *target = &c->targets[i];
		struct pg_params p = {0};
		measure_text(c, target->indicator, target->fund, measure);
		pg_add_number(&p, target->unit);
		pg_add_number(&p, target->year);
		pg_add_text(&p, measure);
		pg_add_number_or_null(&p, target->indicator);
		pg_add_number_or_null(&p, target->fund);
		pg_add_number(&p, target->value);
		pg_add_text(&p, target->notice);
		if (!plan_run(connection,
		              "INSERT INTO target (unit, year, measure, indicator, fund_kind, value, notice) "
		              "VALUES ($1, $2, $3, $4, $5, $6, $7)",
		              &p, error))
			return false;
	}
	return true;
}

static bool
save_profiles(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	char measure[CODE_BYTES_MAX + 8];
	for (size_t i = 0; i < 12 * c->profile_count; i++) {
		const struct profile *profile = &c->profiles[i / 12];
		struct pg_params p = {0};
		measure_text(c, profile->indicator, profile->fund, measure);
		pg_add_text(&p, measure);
		pg_add_number_or_null(&p, profile->indicator);
		pg_add_number_or_null(&p, profile->fund);
		pg_add_number(&p, (int64_t)(i % 12) + 1);
		pg_add_number(&p, profile->shares[i % 12]);
		if (!plan_run(
		        connection,
		        "INSERT INTO profile (measure, indicator, fund_kind, month, share) VALUES ($1, $2, $3, $4, "
		        "$5)",
		        &p, error))
			return false;
	}
	return true;
}

static bool
save_deadlines(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->day_count; i++) {
		char day[11];
		struct pg_params p = {0};
		date_format(c->days[i].date, day);
		pg_add_text(&p, day);
		pg_add_text(&p, c->days[i].works ? "true" : "false");
		pg_add_text(&p, c->days[i].name);
		if (!plan_run(connection, "INSERT INTO special_day (date, works, name) VALUES ($1, $2, $3)", &p,
		              error))
			return false;
	}
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct deadline_rule *rule = &c->rules[i];
		struct pg_params p = {0};
		pg_add_number(&p, rule->form);
		pg_add_number(&p, rule->event);
		pg_add_number(&p, rule->first);
		pg_add_number(&p, rule->last);
		pg_add_number(&p, rule->months);
		pg_add_number(&p, rule->day);
		pg_add_number(&p, rule->minute);
		pg_add_text(&p, rule->notice);
		if (!plan_run(
		        connection,
		        "INSERT INTO deadline (form, event, first_period, last_period, months, day, minute, notice) "
		        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		        &p, error))
			return false;
	}
	return true;
}

static bool
save_document_kinds(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->document_kind_count; i++) {
		const struct document_kind *kind = &c->document_kinds[i];
		char day[11];
		struct pg_params p = {0};
		date_format(kind->due_date, day);
		pg_add_number(&p, kind->number);
		pg_add_text(&p, kind->code);
		pg_add_number(&p, kind->level);
		pg_add_text(&p, kind->name_zh);
		pg_add_text(&p, kind->name_en);
		pg_add_text(&p, day);
		pg_add_number(&p, kind->minute);
		pg_add_text(&p, kind->notice);
		if (!plan_run(
		        connection,
		        "INSERT INTO document_kind (number, code, level, name_zh, name_en, due_date, minute, notice) "
		        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (number) DO UPDATE SET code = $2, level "
		        "= "
		        "$3, name_zh = $4, name_en = $5, due_date = $6, minute = $7, notice = $8",
		        &p, error))
			return false;
	}
	return true;
}

static bool
save_project_kinds(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->project_kind_count; i++) {
		const struct project_kind *kind = &c->project_kinds[i];
		struct pg_params p = {0};
		pg_add_number(&p, kind->number);
		pg_add_text(&p, kind->code);
		pg_add_text(&p, kind->name_zh);
		pg_add_text(&p, kind->name_en);
		pg_add_number(&p, kind->use);
		pg_add_text(&p, kind->construction ? "true" : "false");
		pg_add_text(&p, kind->notice);
		if (!plan_run(connection,
		              "INSERT INTO project_kind (number, code, name_zh, name_en, use, construction, notice) "
		              "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (number) DO UPDATE SET code = $2, "
		              "name_zh = $3, name_en = $4, use = $5, construction = $6, notice = $7",
		              &p, error))
			return false;
	}
	for (size_t i = 0; i < c->acceptance_item_count; i++) {
		const struct acceptance_item *item = &c->acceptance_items[i];
		struct pg_params p = {0};
		pg_add_number(&p, item->number);
		pg_add_text(&p, item->name_zh);
		pg_add_text(&p, item->name_en);
		pg_add_text(&p, item->construction ? "true" : "false");
		if (!plan_run(
		        connection,
		        "INSERT INTO acceptance_item (number, name_zh, name_en, construction) VALUES ($1, $2, $3, "
		        "$4)",
		        &p, error))
			return false;
	}
	return true;
}

/* What the files no longer have goes, unless reports or entries speak of it: then the load is refused, so
 * that the database has what the files say and nothing else. $1: the numbers that stay. */
static const struct {
	const char *what, *remove, *left;
} removals[] = {
    {"units.csv: unit %s has reports, fund entries, documents or projects, it may not vanish",
     "DELETE FROM unit u WHERE code <> ALL ($1::bigint[]) AND NOT EXISTS (SELECT 1 FROM report r WHERE "
     "r.unit = "
     "u.code) AND NOT EXISTS (SELECT 1 FROM fund_entry e WHERE e.unit = u.code) AND NOT EXISTS "
     "(SELECT 1 FROM document d WHERE d.unit = u.code) AND NOT EXISTS "
     "(SELECT 1 FROM project_step p WHERE p.unit = u.code)",
     "SELECT code FROM unit WHERE code <> ALL ($1::bigint[])"},
    {"forms.csv: version %s of a form (number * 10000 + version) has reports, it may not vanish",
     "WITH gone AS (SELECT form, version FROM form_version v WHERE form * 10000 + version <> ALL "
     "($1::bigint[]) "
     "AND NOT EXISTS (SELECT 1 FROM report r WHERE r.form = v.form AND r.version = v.version)), "
     "fields AS (DELETE FROM form_field f USING gone g WHERE f.form = g.form AND f.version = g.version) "
     "DELETE FROM form_version v USING gone g WHERE v.form = g.form AND v.version = g.version",
     "SELECT form * 10000 + version FROM form_version WHERE form * 10000 + version <> ALL ($1::bigint[])"},
    {"indicators.csv: indicator %s has reports, it may not vanish",
     "DELETE FROM indicator i WHERE number <> ALL ($1::bigint[]) AND NOT EXISTS "
     "(SELECT 1 FROM form_field f WHERE i.number IN (f.indicator, f.part_of, f.base, f.step_after))",
     "SELECT number FROM indicator WHERE number <> ALL ($1::bigint[])"},
    {"forms.csv: form %s has reports, it may not vanish",
     "DELETE FROM form f WHERE number <> ALL ($1::bigint[]) AND NOT EXISTS "
     "(SELECT 1 FROM form_version v WHERE v.form = f.number)",
     "SELECT number FROM form WHERE number <> ALL ($1::bigint[])"},
    {"fund_sources.csv: source %s has fund entries, it may not vanish",
     "DELETE FROM fund_source s WHERE number <> ALL ($1::bigint[]) AND NOT EXISTS "
     "(SELECT 1 FROM fund_entry e WHERE e.source = s.number)",
     "SELECT number FROM fund_source WHERE number <> ALL ($1::bigint[])"},
    {"fund_uses.csv: use %s has fund entries, it may not vanish",
     "DELETE FROM fund_use s WHERE number <> ALL ($1::bigint[]) AND NOT EXISTS "
     "(SELECT 1 FROM fund_entry e WHERE e.use = s.number)",
     "SELECT number FROM fund_use WHERE number <> ALL ($1::bigint[])"},
    {"documents.csv: document %s was sent, it may not vanish",
     "DELETE FROM document_kind k WHERE number <> ALL ($1::bigint[]) AND NOT EXISTS "
     "(SELECT 1 FROM document d WHERE d.kind = k.number)",
     "SELECT number FROM document_kind WHERE number <> ALL ($1::bigint[])"},
    {"project_kinds.csv: kind %s has projects, it may not vanish",
     "DELETE FROM project_kind k WHERE number <> ALL ($1::bigint[]) AND NOT EXISTS "
     "(SELECT 1 FROM project_step p WHERE p.kind = k.number)",
     "SELECT number FROM project_kind WHERE number <> ALL ($1::bigint[])"},
};

enum {
	REMOVE_UNITS,
	REMOVE_VERSIONS,
	REMOVE_INDICATORS,
	REMOVE_FORMS,
	REMOVE_SOURCES,
	REMOVE_USES,
	REMOVE_DOCUMENT_KINDS,
	REMOVE_PROJECT_KINDS,
	REMOVALS
};

/* The i-th number that stays in list `which`; false past its end. */
static bool
staying(const struct catalogue *c, int which, size_t i, int64_t *out)
{
	const size_t counts[REMOVALS] = {c->unit_count,          c->version_count,     c->indicator_count,
	                                 c->form_count,          c->source_count,      c->use_count,
	                                 c->document_kind_count, c->project_kind_count};
	if (i >= counts[which])
		return false;
	switch (which) {
	case REMOVE_UNITS:
		*out = c->units[i].code;
		break;
	case REMOVE_VERSIONS:
		*out = (int64_t)c->versions[i].form * 10000 + c->versions[i].version;
		break;
	case REMOVE_INDICATORS:
		*out = c->indicators[i].number;
		break;
	case REMOVE_FORMS:
		*out = c->forms[i].number;
		break;
	case REMOVE_DOCUMENT_KINDS:
		*out = c->document_kinds[i].number;
		break;
	case REMOVE_PROJECT_KINDS:
		*out = c->project_kinds[i].number;
		break;
	default:
		*out = which == REMOVE_SOURCES ? c->sources[i].number : c->uses[i].number;
	}
	return true;
}

/* "{22,2201,…}", from malloc; NULL: no memory. */
static char *
staying_list(const struct catalogue *c, int which)
{
	size_t size = 0;
	char *list = NULL;
	FILE *out = open_memstream(&list, &size);
	int64_t value;
	if (!out)
		return NULL;
	for (size_t i = 0; staying(c, which, i, &value); i++)
		fprintf(out, "%s%" PRId64, i ? "," : "{", value);
	fprintf(out, staying(c, which, 0, &value) ? "}" : "{}");
	return fclose(out) ? NULL : list;
}

static bool
remove_one(struct pg_conn *connection, const struct catalogue *c, int which, char *error)
{
	struct pg_result *result;
	char *list = staying_list(c, which);
	if (!list) {
		snprintf(error, PG_ERROR_BYTES, "out of memory");
		return false;
	}
	const char *values[] = {list};
	bool good = pg_execute(connection, removals[which].remove, 1, values, error) &&
	            pg_query(connection, removals[which].left, 1, values, &result, error);
	free(list);
	if (!good)
		return false;
	if (PQntuples(result)) {
		/* The text has one %s: the number. */
		const char *what = removals[which].what, *mark = strstr(what, "%s");
		snprintf(error, PG_ERROR_BYTES, "%.*s%s%s", (int)(mark - what), what, PQgetvalue(result, 0, 0),
		         mark + 2);
		good = false;
	}
	PQclear(result);
	return good;
}

static bool
remove_rest(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	bool good = true;
	for (int which = 0; good && which < REMOVALS; which++)
		good = remove_one(connection, c, which, error);
	return good;
}

static bool
save_all(struct pg_conn *connection, const struct plan *plan, const struct plan_saving *how, bool changed,
         char *error)
{
	const struct catalogue *c = &plan->catalogue;
	if (!save_head(connection, c, how->label, changed, error) ||
	    !pg_run(connection,
	            "DELETE FROM unit_group; DELETE FROM target; DELETE FROM special_day; DELETE FROM deadline; "
	            "DELETE FROM profile; DELETE FROM soft_check; DELETE FROM appraisal_item; "
	            "DELETE FROM plan_rule; DELETE FROM acceptance_item",
	            error) ||
	    !save_units(connection, c, error) || !save_forms(connection, c, error))
		return false;
	for (size_t i = 0; i < c->version_count; i++)
		if (!save_version(connection, &c->versions[i], error))
			return false;
	return save_terms(connection, c, error) && save_targets(connection, c, error) &&
	       save_deadlines(connection, c, error) && save_profiles(connection, c, error) &&
	       save_checks(connection, c, error) && save_appraisal(connection, c, error) &&
	       save_plan_rules(connection, c, error) && save_document_kinds(connection, c, error) &&
	       save_project_kinds(connection, c, error) &&
	       plan_save_principals(connection, plan, how->principals_whole, error) &&
	       remove_rest(connection, c, error);
}

/* What the database has now; an empty catalogue (unit_count 0) if it has no plan yet. */
static bool
load_present(struct pg_conn *connection, struct plan *out, char *error)
{
	int64_t plans;
	plan_init(out);
	return pg_number(connection, "SELECT count(*) FROM plan", &plans, error) &&
	       (!plans || catalogue_load(connection, 0, out, error));
}

static bool
save_checked(struct pg_conn *connection, const struct plan *plan, const struct plan_saving *how, char *error)
{
	struct plan present;
	bool good = load_present(connection, &present, error);
	bool same = good && present.catalogue.unit_count && catalogue_same(&present.catalogue, &plan->catalogue);
	if (good && !same && !how->may_change_catalogue) {
		snprintf(error, PG_ERROR_BYTES,
		         "a centre serves this database: units, forms, indicators, sources, uses, kinds of "
		         "documents and of projects may change only while "
		         "it is stopped (targets, groups, label and principals may change now)");
		good = false;
	}
	good = good && plan_keeps_meaning(connection, &present.catalogue, &plan->catalogue, error) &&
	       save_all(connection, plan, how, !same, error) &&
	       (same || (plan_keeps_months(connection, error) && plan_reads_journal(connection, error)));
	plan_free(&present);
	return good;
}

bool
plan_save(struct pg_conn *connection, const struct plan *plan, const struct plan_saving *how,
          char error[PG_ERROR_BYTES])
{
	char ignored[PG_ERROR_BYTES];
	if (!pg_run(connection, "BEGIN", error))
		return false;
	if (save_checked(connection, plan, how, error) &&
	    pg_run(connection, "NOTIFY " PG_CHANNEL_PRINCIPALS, error))
		return pg_run(connection, "COMMIT", error);
	/* What went wrong is in `error`; a connection that cannot even roll back is closed by the caller. */
	bool rolled_back = pg_run(connection, "ROLLBACK", ignored);
	(void)rolled_back;
	return false;
}
