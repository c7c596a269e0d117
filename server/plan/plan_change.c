/* May this plan replace the one in the database? What the journal speaks of keeps its meaning and its months,
 * and every stored row can still be read. */
#include "plan_store_internal.h"

#include "journal/replay.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

bool
plan_keeps_meaning(struct pg_conn *connection, const struct catalogue *old, const struct catalogue *new,
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

bool
plan_reads_journal(struct pg_conn *connection, char *error)
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

bool
plan_keeps_months(struct pg_conn *connection, char *error)
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
