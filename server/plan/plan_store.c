/* A plan into the database: what the files have is what it then holds, or nothing of it. */
#include "plan_store_internal.h"

#include "plan_tables.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void
add_column(struct pg_params *p, const struct plan_column *column, const struct catalogue *c, const void *item,
           char word[PLAN_WORD_BYTES])
{
	const char *from = (const char *)item + column->ours;
	int64_t wide = 0;
	int32_t narrow = 0;
	const char *text;
	bool flag;
	switch (column->kind) {
	case COLUMN_TEXT:
		memcpy(&text, from, sizeof text);
		pg_add_text(p, text);
		return;
	case COLUMN_FLAG:
		memcpy(&flag, from, sizeof flag);
		pg_add_text(p, flag ? "true" : "false");
		return;
	case COLUMN_WORD:
		column->write(c, item, word);
		pg_add_text(p, word);
		return;
	default:
		break;
	}
	if (column->size == sizeof wide)
		memcpy(&wide, from, sizeof wide);
	else
		memcpy(&narrow, from, sizeof narrow);
	wide = column->size == sizeof wide ? wide : narrow;
	if (column->kind == COLUMN_NUMBER)
		pg_add_number(p, wide);
	else
		pg_add_number_or_null(p, wide);
}

static bool
save_rows(struct pg_conn *connection, const struct plan_table *rows, const struct catalogue *c,
          const void *items, size_t count, char *error)
{
	struct sql_text sql;
	char words[PG_PARAMS_MAX][PLAN_WORD_BYTES];
	bool good = true;
	plan_table_insert(rows, &sql);
	for (size_t row = 0; good && row < count; row++) {
		struct pg_params p = {0};
		for (size_t i = 0; i < rows->column_count; i++)
			add_column(&p, &rows->columns[i], c, (const char *)items + row * rows->size, words[i]);
		good = plan_run(connection, sql.text, &p, error);
	}
	return good;
}

/* A table whose items lie in the catalogue. */
static bool
save_table(struct pg_conn *connection, enum plan_table_kind table, const struct catalogue *c, char *error)
{
	const struct plan_table *rows = &plan_tables[table];
	const void *items;
	size_t count;
	memcpy(&items, (const char *)c + rows->items, sizeof items);
	memcpy(&count, (const char *)c + rows->count, sizeof count);
	return save_rows(connection, rows, c, items, count, error);
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
save_fields(struct pg_conn *connection, const struct catalogue *c, const struct form_version *version,
            char *error)
{
	struct field_row rows[FORM_FIELDS_MAX];
	struct pg_params key = {0};
	pg_add_number(&key, version->form);
	pg_add_number(&key, version->version);
	for (size_t i = 0; i < version->field_count; i++)
		rows[i] = (struct field_row){version->form, version->version, (uint32_t)i + 1, version->fields[i]};
	return plan_run(connection, "DELETE FROM form_field WHERE form = $1 AND version = $2", &key, error) &&
	       save_rows(connection, &plan_tables[ROWS_FIELDS], c, rows, version->field_count, error);
}

static bool
save_versions(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	bool good = true;
	for (size_t i = 0; good && i < c->version_count; i++)
		good = version_may_change(connection, &c->versions[i], error);
	good = good && save_table(connection, ROWS_VERSIONS, c, error);
	for (size_t i = 0; good && i < c->version_count; i++)
		good = save_fields(connection, c, &c->versions[i], error);
	return good;
}

static bool
save_profiles(struct pg_conn *connection, const struct catalogue *c, char *error)
{
	bool good = true;
	for (size_t i = 0; good && i < c->profile_count; i++) {
		const struct profile *profile = &c->profiles[i];
		struct share_row rows[12];
		for (int month = 1; month <= 12; month++)
			rows[month - 1] =
			    (struct share_row){profile->indicator, profile->fund, month, profile->shares[month - 1]};
		good = save_rows(connection, &plan_tables[ROWS_SHARES], c, rows, 12, error);
	}
	return good;
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
	/* In this order: what is named comes before what names it. */
	static const enum plan_table_kind first[] = {ROWS_UNITS, ROWS_GROUPS, ROWS_FORMS, ROWS_INDICATORS};
	static const enum plan_table_kind then[] = {
	    ROWS_SOURCES,        ROWS_USES,          ROWS_TARGETS,         ROWS_DAYS,
	    ROWS_DEADLINES,      ROWS_CHECKS,        ROWS_APPRAISAL,       ROWS_PLAN_RULES,
	    ROWS_DOCUMENT_KINDS, ROWS_PROJECT_KINDS, ROWS_ACCEPTANCE_ITEMS};
	const struct catalogue *c = &plan->catalogue;
	bool good = save_head(connection, c, how->label, changed, error);
	for (int table = 0; good && table < ROWS_TABLES; table++) {
		char sql[64];
		snprintf(sql, sizeof sql, "DELETE FROM %s", plan_tables[table].table);
		/* The fields of versions that stay are replaced with these. */
		good = plan_tables[table].key_count || table == ROWS_FIELDS || pg_run(connection, sql, error);
	}
	for (size_t i = 0; good && i < sizeof first / sizeof *first; i++)
		good = save_table(connection, first[i], c, error);
	good = good && save_versions(connection, c, error);
	for (size_t i = 0; good && i < sizeof then / sizeof *then; i++)
		good = save_table(connection, then[i], c, error);
	return good && save_profiles(connection, c, error) &&
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
