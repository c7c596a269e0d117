#include "plan_store.h"

#include "base/log.h"
#include "journal/replay.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RULE_LEVELS_BYTES = 64 }; /* all five, with spaces between */

/* Text parameters of one statement: numbers are written into `room`. */
struct parameters {
	size_t count;
	const char *values[16];
	char room[16][24];
};

static void
text(struct parameters *p, const char *value)
{
	p->values[p->count++] = value;
}

static void
number(struct parameters *p, int64_t value)
{
	snprintf(p->room[p->count], sizeof p->room[0], "%" PRId64, value);
	p->values[p->count] = p->room[p->count];
	p->count++;
}

/* NULL where there is no number. */
static void
number_or_null(struct parameters *p, int64_t value)
{
	if (value)
		number(p, value);
	else
		text(p, NULL);
}

static bool
run(struct pg_conn *connection, const char *sql, const struct parameters *p, char *error)
{
	return pg_execute(connection, sql, p->count, p->values, error);
}

static bool
save_head(struct pg_conn *connection, const struct catalogue *c, const char *label, bool changed, char *error)
{
	struct parameters p = {0};
	text(&p, c->plan);
	text(&p, c->title_zh);
	text(&p, c->title_en);
	text(&p, c->source);
	text(&p, label);
	number(&p, changed);
	number(&p, c->books_closed);
	number(&p, c->projects_since);
	number(&p, c->acceptance_due);
	return run(
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
		struct parameters p = {0};
		number(&p, unit->code);
		number(&p, unit->level);
		text(&p, unit->name);
		text(&p, unit->basis);
		number_or_null(&p, unit->first);
		number_or_null(&p, unit->last);
		number_or_null(&p, unit->successor);
		if (!run(connection,
		         "INSERT INTO unit (code, level, name, basis, first_period, last_period, successor) "
		         "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (code) DO UPDATE SET level = $2, "
		         "name = $3, basis = $4, first_period = $5, last_period = $6, successor = $7",
		         &p, error))
			return false;
	}
	for (size_t i = 0; i < c->group_count; i++) {
		const struct unit_group *group = &c->groups[i];
		struct parameters p = {0};
		text(&p, group->code);
		text(&p, group->name);
		number(&p, group->unit);
		text(&p, group->basis);
		if (!run(connection, "INSERT INTO unit_group (code, name, unit, basis) VALUES ($1, $2, $3, $4)", &p,
		         error))
			return false;
	}
	return true;
}

static bool
save_forms(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->form_count; i++) {
		const struct form *form = &c->forms[i];
		struct parameters p = {0};
		number(&p, form->number);
		text(&p, form->code);
		number(&p, form->level);
		text(&p, form->name_zh);
		text(&p, form->name_en);
		if (!run(connection,
		         "INSERT INTO form (number, code, level, name_zh, name_en) VALUES ($1, $2, $3, $4, $5) "
		         "ON CONFLICT (number) DO UPDATE SET code = $2, level = $3, name_zh = $4, name_en = $5",
		         &p, error))
			return false;
	}
	for (size_t i = 0; i < c->indicator_count; i++) {
		const struct indicator *indicator = &c->indicators[i];
		struct parameters p = {0};
		number(&p, indicator->number);
		number(&p, indicator->form);
		text(&p, indicator->code);
		text(&p, indicator->name_zh);
		text(&p, indicator->name_en);
		text(&p, indicator->measure_zh);
		text(&p, indicator->measure_en);
		number(&p, indicator->decimals);
		text(&p, indicator->kind == INDICATOR_FLOW ? "flow" : "stock");
		text(&p, indicator->project);
		text(&p, indicator->notice);
		number_or_null(&p, indicator->counts);
		number_or_null(&p, indicator->at_least);
		if (!run(connection,
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
		struct parameters p = {0};
		number(&p, item->number);
		text(&p, item->code);
		text(&p, appraisal_kind_name(item->kind));
		number_or_null(&p, item->indicator);
		number_or_null(&p, item->fund);
		number_or_null(&p, item->other);
		number_or_null(&p, item->other_fund);
		text(&p, item->approved ? "true" : "false");
		number(&p, item->weight);
		text(&p, item->name_zh);
		text(&p, item->name_en);
		text(&p, item->notice);
		if (!run(connection,
		         "INSERT INTO appraisal_item VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", &p,
		         error))
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
		struct parameters p = {0};
		levels_text(rule->levels, levels);
		number(&p, rule->number);
		text(&p, rule->code);
		text(&p, levels);
		text(&p, rule_state_name(rule->severity));
		text(&p, rule->at_most ? "true" : "false");
		number(&p, rule->threshold);
		text(&p, rule_measure_name(rule->measure));
		number_or_null(&p, rule->due);
		text(&p, rule->name_zh);
		text(&p, rule->name_en);
		text(&p, rule->notice);
		text(&p, rule->sql);
		if (!run(connection,
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
		struct parameters p = {0};
		number(&p, check->number);
		number(&p, check->form);
		number(&p, check->kind);
		number(&p, check->indicator);
		number_or_null(&p, check->other);
		number(&p, check->bound);
		text(&p, check->text_zh);
		text(&p, check->text_en);
		text(&p, check->notice);
		if (!run(connection, "INSERT INTO soft_check VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", &p, error))
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
	struct parameters p = {0};
	number(&p, version->form);
	number(&p, version->version);
	text(&p, wanted);
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
	struct parameters p = {0};
	if (!version_may_change(connection, version, error))
		return false;
	number(&p, version->form);
	number(&p, version->version);
	struct parameters key = p;
	key.values[0] = key.room[0];
	key.values[1] = key.room[1];
	number(&p, version->first);
	number(&p, version->last);
	if (!run(connection,
	         "INSERT INTO form_version (form, version, first_period, last_period) "
	         "VALUES ($1, $2, $3, $4) ON CONFLICT (form, version) DO UPDATE SET first_period = $3, "
	         "last_period = $4",
	         &p, error) ||
	    !run(connection, "DELETE FROM form_field WHERE form = $1 AND version = $2", &key, error))
		return false;
	for (size_t i = 0; i < version->field_count; i++) {
		const struct form_field *field = &version->fields[i];
		struct parameters f = {0};
		number(&f, version->form);
		number(&f, version->version);
		number(&f, (int64_t)i + 1);
		number(&f, field->indicator);
		text(&f, field->required ? "true" : "false");
		number(&f, field->minimum);
		number(&f, field->maximum);
		number_or_null(&f, field->part_of);
		number_or_null(&f, field->base);
		number_or_null(&f, field->step_after);
		if (!run(connection, "INSERT INTO form_field VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", &f,
		         error))
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
		struct parameters p = {0};
		number(&p, term->number);
		text(&p, term->code);
		text(&p, term->name_zh);
		text(&p, term->name_en);
		text(&p, term->notice);
		if (source)
			text(&p, term->special ? "true" : "false");
		text(&p, term->loan ? "true" : "false");
		if (source)
			text(&p, term->uses);
		const char *sql =
		    source ? "INSERT INTO fund_source (number, code, name_zh, name_en, notice, special, loan, uses) "
		             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (number) DO UPDATE SET code = $2, "
		             "name_zh = $3, name_en = $4, notice = $5, special = $6, loan = $7, uses = $8"
		           : "INSERT INTO fund_use (number, code, name_zh, name_en, notice, loan) "
		             "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (number) DO UPDATE SET code = $2, "
		             "name_zh = $3, name_en = $4, notice = $5, loan = $6";
		if (!run(connection, sql, &p, error))
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
		struct parameters p = {0};
		measure_text(c, target->indicator, target->fund, measure);
		number(&p, target->unit);
		number(&p, target->year);
		text(&p, measure);
		number_or_null(&p, target->indicator);
		number_or_null(&p, target->fund);
		number(&p, target->value);
		text(&p, target->notice);
		if (!run(connection,
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
		struct parameters p = {0};
		measure_text(c, profile->indicator, profile->fund, measure);
		text(&p, measure);
		number_or_null(&p, profile->indicator);
		number_or_null(&p, profile->fund);
		number(&p, (int64_t)(i % 12) + 1);
		number(&p, profile->shares[i % 12]);
		if (!run(connection,
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
		struct parameters p = {0};
		date_format(c->days[i].date, day);
		text(&p, day);
		text(&p, c->days[i].works ? "true" : "false");
		text(&p, c->days[i].name);
		if (!run(connection, "INSERT INTO special_day (date, works, name) VALUES ($1, $2, $3)", &p, error))
			return false;
	}
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct deadline_rule *rule = &c->rules[i];
		struct parameters p = {0};
		number(&p, rule->form);
		number(&p, rule->event);
		number(&p, rule->first);
		number(&p, rule->last);
		number(&p, rule->months);
		number(&p, rule->day);
		number(&p, rule->minute);
		text(&p, rule->notice);
		if (!run(connection,
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
		struct parameters p = {0};
		date_format(kind->due_date, day);
		number(&p, kind->number);
		text(&p, kind->code);
		number(&p, kind->level);
		text(&p, kind->name_zh);
		text(&p, kind->name_en);
		text(&p, day);
		number(&p, kind->minute);
		text(&p, kind->notice);
		if (!run(
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
		struct parameters p = {0};
		number(&p, kind->number);
		text(&p, kind->code);
		text(&p, kind->name_zh);
		text(&p, kind->name_en);
		number(&p, kind->use);
		text(&p, kind->construction ? "true" : "false");
		text(&p, kind->notice);
		if (!run(connection,
		         "INSERT INTO project_kind (number, code, name_zh, name_en, use, construction, notice) "
		         "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (number) DO UPDATE SET code = $2, "
		         "name_zh = $3, name_en = $4, use = $5, construction = $6, notice = $7",
		         &p, error))
			return false;
	}
	for (size_t i = 0; i < c->acceptance_item_count; i++) {
		const struct acceptance_item *item = &c->acceptance_items[i];
		struct parameters p = {0};
		number(&p, item->number);
		text(&p, item->name_zh);
		text(&p, item->name_en);
		text(&p, item->construction ? "true" : "false");
		if (!run(connection,
		         "INSERT INTO acceptance_item (number, name_zh, name_en, construction) VALUES ($1, $2, $3, "
		         "$4)",
		         &p, error))
			return false;
	}
	return true;
}

/* Who reads the log of a load wonders why a key of the file does not get in. */
static bool
warn_of_revoked(struct pg_conn *connection, const struct plan *plan, char *error)
{
	struct pg_result *r;
	bool good = true;
	for (size_t i = 0; good && i < plan->principal_count; i++) {
		const char *values[] = {plan->principals[i].public_key};
		good =
		    pg_query(connection, "SELECT name FROM revoked_key WHERE public_key = $1", 1, values, &r, error);
		if (good && PQntuples(r))
			log_line(LOG_WARNING, "principal_key_revoked", "name=%s key=%s", plan->principals[i].name,
			         values[0]);
		if (good)
			PQclear(r);
	}
	return good;
}

/* A key that was given another name, unit or role is taken out and admitted anew: it speaks for somebody
 * else. */
#define SAME_OFFICE "b.public_key = p.public_key AND b.name = p.name AND b.unit = p.unit AND b.role = p.role"

/* Since when and by whom, and the record of what the file changed. */
static bool
record_principals(struct pg_conn *connection, char *error)
{
	return pg_run(
	    connection,
	    "UPDATE principal p SET admitted_at = b.admitted_at, admitted_by = b.admitted_by FROM "
	    "principal_before b WHERE NOT p.enrolled AND " SAME_OFFICE "; "
	    "INSERT INTO door_event (who, action, name, unit, public_key) SELECT 'file', 'take out', "
	    "b.name, b.unit, b.public_key FROM principal_before b LEFT JOIN principal p ON " SAME_OFFICE " "
	    "WHERE p.name IS NULL ORDER BY b.name; "
	    "INSERT INTO door_event (who, action, name, unit, public_key) SELECT 'file', 'admit', p.name, "
	    "p.unit, p.public_key FROM principal p LEFT JOIN principal_before b ON " SAME_OFFICE " "
	    "WHERE p.public_key IS NOT NULL AND b.name IS NULL ORDER BY p.name; "
	    "UPDATE principal p SET admitted_at = now(), admitted_by = 'file' WHERE public_key IS NOT NULL "
	    "AND NOT EXISTS (SELECT 1 FROM principal_before b WHERE " SAME_OFFICE ")",
	    error);
}

static bool
save_principals(struct pg_conn *connection, const struct plan *plan, bool whole, char *error)
{
	/* What was admitted by enrolment stays as it is, and a key that was revoked stays revoked. */
	if (!pg_run(connection,
	            "CREATE TEMP TABLE principal_before ON COMMIT DROP AS SELECT * FROM principal WHERE "
	            "public_key IS NOT NULL",
	            error) ||
	    (whole && !pg_run(connection, "DELETE FROM principal WHERE NOT enrolled", error)))
		return false;
	for (size_t i = 0; i < plan->principal_count; i++) {
		const struct principal *principal = &plan->principals[i];
		struct parameters p = {0};
		text(&p, principal->name);
		text(&p, role_name(principal->role));
		number(&p, principal->unit);
		text(&p, *principal->public_key ? principal->public_key : NULL);
		if (!run(connection,
		         "INSERT INTO principal AS p (name, role, unit, public_key) SELECT $1, $2, $3, nullif($4, "
		         "(SELECT public_key FROM revoked_key WHERE public_key = $4 UNION SELECT public_key FROM "
		         "principal WHERE public_key = $4 AND enrolled)) ON CONFLICT (name) DO UPDATE SET role = $2, "
		         "unit = $3, public_key = coalesce(excluded.public_key, p.public_key) WHERE NOT p.enrolled",
		         &p, error))
			return false;
	}
	return warn_of_revoked(connection, plan, error) && record_principals(connection, error);
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
	       save_principals(connection, plan, how->principals_whole, error) &&
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

/* Does the journal have a row with this number? `table_column`: "report WHERE form". */
static bool
is_used(struct pg_conn *connection, const char *table_column, uint32_t value, bool *used, char *error)
{
	char sql[128];
	int64_t rows;
	snprintf(sql, sizeof sql, "SELECT count(*) FROM (SELECT 1 FROM %s = %u LIMIT 1) r", table_column, value);
	if (!pg_number(connection, sql, &rows, error))
		return false;
	*used = rows > 0;
	return true;
}

/* Refuses the change of something that the journal speaks of. */
static bool
refuse_if_used(struct pg_conn *connection, const char *table_column, uint32_t used_by, const char *what,
               const char *code, char *error)
{
	bool used;
	if (!is_used(connection, table_column, used_by, &used, error))
		return false;
	if (used)
		snprintf(error, PG_ERROR_BYTES, "%s (%s) is in use: %s may not change; give the new one a new number",
		         what, code, "its code, kind, decimals, form, level and being special");
	return !used;
}

static bool
terms_keep_meaning(struct pg_conn *connection, const struct fund_term *old, size_t old_count,
                   const struct fund_term *new, size_t new_count, const char *table_column, const char *what,
                   char *error)
{
	bool good = true;
	for (size_t i = 0; good && i < old_count; i++) {
		const struct fund_term *after = fund_term_by_number(new, new_count, old[i].number);
		if (after && (strcmp(after->code, old[i].code) || after->special != old[i].special ||
		              after->loan != old[i].loan))
			good = refuse_if_used(connection, table_column, old[i].number, what, old[i].code, error);
	}
	return good;
}

/* What was reported must not change its scale, kind or name afterwards. */
static bool
keeps_meaning(struct pg_conn *connection, const struct catalogue *old, const struct catalogue *new,
              char *error)
{
	bool good = true;
	for (size_t i = 0; good && i < old->indicator_count; i++) {
		const struct indicator *before = &old->indicators[i];
		const struct indicator *after = catalogue_indicator(new, before->number);
		if (after && !indicator_same(before, after))
			good = refuse_if_used(connection, "report WHERE form", before->form, "indicators.csv: indicator",
			                      before->code, error);
	}
	for (size_t i = 0; good && i < old->form_count; i++) {
		const struct form *before = &old->forms[i], *after = catalogue_form(new, before->number);
		if (after && (strcmp(after->code, before->code) || after->level != before->level))
			good = refuse_if_used(connection, "report WHERE form", before->number, "forms.csv: form",
			                      before->code, error);
	}
	for (size_t i = 0; good && i < old->document_kind_count; i++) {
		const struct document_kind *before = &old->document_kinds[i];
		const struct document_kind *after = catalogue_document(new, before->number);
		if (after && (strcmp(after->code, before->code) || after->level != before->level))
			good = refuse_if_used(connection, "document WHERE kind", before->number,
			                      "documents.csv: document", before->code, error);
	}
	for (size_t i = 0; good && i < old->project_kind_count; i++) {
		const struct project_kind *before = &old->project_kinds[i];
		const struct project_kind *after = catalogue_project_kind(new, before->number);
		if (after && (strcmp(after->code, before->code) || after->use != before->use ||
		              after->construction != before->construction))
			good = refuse_if_used(connection, "project_step WHERE kind", before->number,
			                      "project_kinds.csv: kind", before->code, error);
	}
	return good &&
	       terms_keep_meaning(connection, old->sources, old->source_count, new->sources, new->source_count,
	                          "fund_entry WHERE source", "fund_sources.csv: source", error) &&
	       terms_keep_meaning(connection, old->uses, old->use_count, new->uses, new->use_count,
	                          "fund_entry WHERE use", "fund_uses.csv: use", error);
}

/* Can every stored row be read with what was just saved? */
static bool
reads_journal(struct pg_conn *connection, char *error)
{
	struct plan plan;
	struct holdings holdings = {0};
	plan_init(&plan);
	bool good = catalogue_load(connection, 0, &plan, error);
	if (good && !holdings_create(&plan.catalogue, &holdings)) {
		snprintf(error, PG_ERROR_BYTES, "out of memory");
		good = false;
	}
	struct replay replay = {.holdings = &holdings};
	if (good && !replay_all(&replay, connection)) {
		snprintf(error, PG_ERROR_BYTES, "%s", replay.error);
		good = false;
	}
	replay_free(&replay);
	holdings_destroy(&holdings);
	plan_free(&plan);
	return good;
}

/* Does every unit still exist in the months that it has reports and fund entries for, and registered projects
 * in? What became of it may go on with these. */
static bool
keeps_months(struct pg_conn *connection, char *error)
{
	static const char sql[] =
	    "SELECT u.code, min(x.period) FROM unit u JOIN (SELECT unit, period FROM report UNION ALL "
	    "SELECT unit, to_char(occurred, 'YYYYMM')::integer FROM fund_entry UNION ALL SELECT unit, "
	    "to_char(occurred, 'YYYYMM')::integer FROM project_step WHERE revision = 1) x ON x.unit = u.code "
	    "WHERE x.period < coalesce(u.first_period, 0) OR x.period > coalesce(u.last_period, 999912) "
	    "GROUP BY u.code ORDER BY u.code LIMIT 1";
	struct pg_result *r;
	if (!pg_query(connection, sql, 0, NULL, &r, error))
		return false;
	bool good = !PQntuples(r);
	if (!good) {
		char month[8];
		period_format((period)strtol(PQgetvalue(r, 0, 1), NULL, 10), month);
		snprintf(
		    error, PG_ERROR_BYTES,
		    "units.csv: unit %s has reports, fund entries or projects of %s, when it would not exist: let "
		    "it begin or end in another month, and a unit that follows it begin after that",
		    PQgetvalue(r, 0, 0), month);
	}
	PQclear(r);
	return good;
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
	good = good && keeps_meaning(connection, &present.catalogue, &plan->catalogue, error) &&
	       save_all(connection, plan, how, !same, error) &&
	       (same || (keeps_months(connection, error) && reads_journal(connection, error)));
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
