/* A plan out of the database: the catalogue and the principals. */
#include "plan_store.h"
#include "plan_tables.h"

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

static void
take_column(const struct plan_column *column, const char *text, struct arena *arena, void *item)
{
	char *to = (char *)item + column->ours;
	int64_t wide = strtoll(text, NULL, 10); /* of NULL: 0 */
	int32_t narrow = (int32_t)wide;
	bool flag = *text == 't';
	const char *copy = column->kind == COLUMN_TEXT ? arena_string(arena, text) : NULL;
	switch (column->kind) {
	case COLUMN_TEXT:
		copy = copy ? copy : "";
		memcpy(to, &copy, sizeof copy);
		break;
	case COLUMN_FLAG:
		memcpy(to, &flag, sizeof flag);
		break;
	case COLUMN_WORD:
		column->read(text, item);
		break;
	default:
		memcpy(to, column->size == sizeof wide ? (const void *)&wide : &narrow, column->size);
	}
}

/* All rows of a table into a new array. */
static bool
load_rows(const struct plan_source *from, const struct plan_table *rows, struct arena *arena, void **out,
          size_t *count, char *error)
{
	struct sql_text sql;
	struct pg_result *result;
	plan_table_select(rows, &sql);
	if (!query(from, rows->table, sql.text, &result, error))
		return false;
	*count = (size_t)PQntuples(result);
	unsigned char *items = arena_array(arena, *count, rows->size);
	for (size_t row = 0; items && row < *count; row++)
		for (size_t i = 0, at = 0; i < rows->column_count; i++) {
			const struct plan_column *column = &rows->columns[i];
			if (column->kind != COLUMN_WORD || column->read)
				take_column(column, PQgetvalue(result, (int)row, (int)at++), arena, items + row * rows->size);
		}
	PQclear(result);
	if (!items)
		snprintf(error, PG_ERROR_BYTES, "out of memory");
	*out = items;
	return items;
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
static bool
load_fields(const struct plan_source *from, struct catalogue *c, char *error)
{
	void *found;
	size_t count, at = 0;
	if (!load_rows(from, &plan_tables[ROWS_FIELDS], &c->arena, &found, &count, error))
		return false;
	const struct field_row *rows = found;
	struct form_field *fields = arena_array(&c->arena, count, sizeof *fields);
	for (size_t v = 0; fields && v < c->version_count; v++) {
		struct form_version *version = &c->versions[v];
		version->fields = fields + at;
		while (at < count && rows[at].form == version->form && rows[at].version == version->version)
			fields[at] = rows[at].field, at++;
		version->field_count = (size_t)(fields + at - version->fields);
	}
	return fields;
}

/* Twelve rows a profile, by month. */
static bool
load_profiles(const struct plan_source *from, struct catalogue *c, char *error)
{
	void *found;
	size_t count;
	if (!load_rows(from, &plan_tables[ROWS_SHARES], &c->arena, &found, &count, error))
		return false;
	const struct share_row *rows = found;
	c->profile_count = count / 12;
	c->profiles = arena_array(&c->arena, c->profile_count, sizeof *c->profiles);
	for (size_t i = 0; c->profiles && i < 12 * c->profile_count; i++) {
		struct profile *profile = &c->profiles[i / 12];
		profile->indicator = rows[i].indicator;
		profile->fund = rows[i].fund;
		profile->shares[i % 12] = (uint16_t)rows[i].share;
	}
	return c->profiles;
}

bool
catalogue_load(struct pg_conn *connection, int64_t number, struct plan *out, char error[PG_ERROR_BYTES])
{
	const struct plan_source from = {connection, number};
	struct catalogue *c = &out->catalogue;
	bool good = load_head(&from, c, error);
	for (int table = 0; good && table < ROWS_LISTED; table++) {
		const struct plan_table *rows = &plan_tables[table];
		void *items;
		good = load_rows(&from, rows, &c->arena, &items, (size_t *)((char *)c + rows->count), error);
		memcpy((char *)c + rows->items, good ? &items : &(void *){NULL}, sizeof items);
	}
	for (size_t i = 0; good && i < c->use_count; i++)
		c->uses[i].uses = ""; /* which sources have */
	return good && load_fields(&from, c, error) && load_profiles(&from, c, error) &&
	       catalogue_finish(c, error);
}

bool
principals_load(struct pg_conn *connection, struct arena *arena, struct principal **out, size_t *count,
                char error[PG_ERROR_BYTES])
{
	static const char sql[] =
	    "SELECT name, role, unit, public_key FROM principal WHERE public_key IS NOT NULL";
	struct pg_result *r;
	if (!pg_query(connection, sql, 0, NULL, &r, error))
		return false;
	*count = (size_t)PQntuples(r);
	struct principal *items = arena_array(arena, *count, sizeof *items);
	for (size_t i = 0; items && i < *count; i++) {
		items[i].name = get_text(arena, r, (int)i, 0);
		if (!role_parse(PQgetvalue(r, (int)i, 1), &items[i].role))
			items[i].role = ROLE_NONE;
		items[i].unit = get_number(r, (int)i, 2);
		snprintf(items[i].public_key, sizeof items[i].public_key, "%s", PQgetvalue(r, (int)i, 3));
	}
	PQclear(r);
	if (!items) {
		snprintf(error, PG_ERROR_BYTES, "out of memory");
		return false;
	}
	principals_sort(items, *count);
	*out = items;
	return true;
}
