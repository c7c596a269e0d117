/* SQLite's side of the rules' tables: eponymous modules without data of their own. */
#include "rule_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What best_index() tells filter(): how many keys it found, and which columns are read. */
enum { FOUND_BITS = 2, COLUMNS_TOLD = 0xFFFFFF };

/* What a module is registered with: its table, and what is judged. */
struct module_data {
	const struct rule_table *table;
	struct rule_scope *scope;
};

struct table {
	sqlite3_vtab base;
	const struct rule_table *table;
	const struct rule_scope *scope;
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct rule_rows rows;
	size_t at;
};

static int
connect_table(sqlite3 *db, void *data, int argc, const char *const *argv, sqlite3_vtab **out, char **error)
{
	const struct module_data *m = data;
	char *schema = sqlite3_mprintf("CREATE TABLE t(%s)", m->table->schema);
	struct table *t = calloc(1, sizeof *t);
	(void)argc;
	(void)argv;
	(void)error;
	int code = schema && t ? sqlite3_declare_vtab(db, schema) : SQLITE_NOMEM;
	sqlite3_free(schema);
	if (code != SQLITE_OK) {
		free(t);
		return code;
	}
	t->table = m->table;
	t->scope = m->scope;
	*out = &t->base;
	return SQLITE_OK;
}

static int
disconnect(sqlite3_vtab *base)
{
	free(base);
	return SQLITE_OK;
}

/* Looks for `column = …` of the first columns, as many as the table needs; the place table takes its one if
 * it is there. What cannot be answered that way is not answered: SQLite then says that there is no solution.
 */
static int
best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	const struct rule_table *table = ((const struct table *)base)->table;
	int wanted = table->keys ? table->keys : 1, found = 0;
	for (int key = 0; key < wanted; key++)
		for (int i = 0; i < info->nConstraint; i++) {
			const struct sqlite3_index_constraint *c = &info->aConstraint[i];
			if (c->iColumn != key || c->op != SQLITE_INDEX_CONSTRAINT_EQ || !c->usable)
				continue;
			info->aConstraintUsage[i].argvIndex = ++found;
			info->aConstraintUsage[i].omit = 1; /* a name may be given that is not the one told */
			break;
		}
	if (table->keys && found < wanted)
		return SQLITE_CONSTRAINT;
	info->idxNum = found | (int)(info->colUsed & COLUMNS_TOLD) << FOUND_BITS;
	info->estimatedCost = found ? 10 : 1000;
	info->estimatedRows = found ? 5 : 200;
	return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
	struct cursor *c = calloc(1, sizeof *c);
	if (!c)
		return SQLITE_NOMEM;
	c->rows.columns = ((const struct table *)base)->table->columns;
	*out = &c->base;
	return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;
	free(c->rows.values);
	free(c);
	return SQLITE_OK;
}

/* The unit that is asked for; false: there is none, or it is not this rule's business. */
static bool
find_unit(const struct table *t, sqlite3_value *value, size_t *out)
{
	const struct catalogue *c = t->scope->catalogue;
	const struct unit *unit =
	    sqlite3_value_type(value) == SQLITE_INTEGER ? catalogue_unit(c, sqlite3_value_int64(value)) : NULL;
	*out = unit ? (size_t)(unit - c->units) : 0;
	return unit && rule_scope_has(t->scope, *out);
}

static int
filter(sqlite3_vtab_cursor *base, int told, const char *name, int argc, sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)base;
	const struct table *t = (const struct table *)base->pVtab;
	size_t unit = SIZE_MAX;
	int found = told & ((1 << FOUND_BITS) - 1);
	(void)name;
	(void)argc;
	c->rows.count = c->at = 0;
	c->rows.wanted = (unsigned)told >> FOUND_BITS;
	if (found && !find_unit(t, argv[0], &unit))
		return SQLITE_OK;
	const char *key = found > 1 ? (const char *)sqlite3_value_text(argv[1]) : "";
	if (t->table->fill(t->scope, unit, key ? key : "", &c->rows))
		return SQLITE_OK;
	sqlite3_free(base->pVtab->zErrMsg);
	base->pVtab->zErrMsg = sqlite3_mprintf("%s", c->rows.error);
	return SQLITE_ERROR;
}

static int
next(sqlite3_vtab_cursor *base)
{
	((struct cursor *)base)->at++;
	return SQLITE_OK;
}

static int
is_at_end(sqlite3_vtab_cursor *base)
{
	const struct cursor *c = (const struct cursor *)base;
	return c->at >= c->rows.count;
}

static int
column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i)
{
	const struct cursor *c = (const struct cursor *)base;
	const struct rule_value *value = &c->rows.values[c->at * c->rows.columns + (size_t)i];
	char day[11];
	switch (value->kind) {
	case VALUE_NUMBER:
		sqlite3_result_int64(context, value->number);
		break;
	case VALUE_TEXT:
		sqlite3_result_text(context, value->text, -1, SQLITE_STATIC);
		break;
	case VALUE_DATE:
		date_format((date)value->number, day);
		sqlite3_result_text(context, day, -1, SQLITE_TRANSIENT);
		break;
	default:
		sqlite3_result_null(context);
	}
	return SQLITE_OK;
}

static int
rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((const struct cursor *)base)->at;
	return SQLITE_OK;
}

/* Without xCreate a module is a table of its own name, and of no other. */
static const sqlite3_module module = {
    .xConnect = connect_table,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = is_at_end,
    .xColumn = column,
    .xRowid = rowid,
};

/* A table is made when a statement first names it, and that is no rule's right: here, before anything is
 * forbidden. Whether the statement itself can be answered does not matter. */
static void
name_once(sqlite3 *db, const char *table)
{
	sqlite3_stmt *statement = NULL;
	char *sql = sqlite3_mprintf("SELECT 1 FROM %s", table);
	if (sql && sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK)
		sqlite3_finalize(statement);
	sqlite3_free(sql);
}

bool
rule_tables_register(sqlite3 *db, struct rule_scope *scope)
{
	bool good = true;
	for (size_t i = 0; good && i < rule_table_count; i++) {
		struct module_data *data = malloc(sizeof *data);
		if (!data)
			return false;
		*data = (struct module_data){&rule_tables[i], scope};
		/* It frees the data when it is done with it, and when it fails. */
		good = sqlite3_create_module_v2(db, rule_tables[i].name, &module, data, free) == SQLITE_OK;
		if (good)
			name_once(db, rule_tables[i].name);
	}
	return good;
}
