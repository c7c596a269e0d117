/* The tables that the SQL of the plan's rules reads: the holdings themselves, as virtual tables of SQLite,
 * with no copy. Each answers `unit = …` by its index and nothing else, so that no rule can scan a nation. A
 * rule sees only data of its units and those below them; so its results stay valid until one of these
 * changes (changes.h).
 *
 * To add a table: a function that makes its rows, and a line in tables[], both in rule_rows.c; columns that
 * rules may read are described in db/plan-2013/RULES.md. */
#ifndef FUPIN_SERVER_RULE_TABLES_H
#define FUPIN_SERVER_RULE_TABLES_H

#include "rule_money.h"

#include <sqlite3.h>

/* What is being judged. */
struct rule_scope {
	const struct catalogue *catalogue;
	const struct holdings *holdings; /* NULL: the rules are only checked */
	struct rule_money *money;
	const uint32_t *units; /* indexes, in order, of one level */
	size_t count;
	date today;
};

enum rule_value_kind { VALUE_NULL, VALUE_NUMBER, VALUE_TEXT, VALUE_DATE };

struct rule_value {
	enum rule_value_kind kind;
	int64_t number;
	const char *text; /* lives as long as the holdings */
};

/* The rows of one look-up. */
struct rule_rows {
	size_t columns, count, room;
	struct rule_value *values;         /* row by row */
	unsigned wanted;                   /* columns that the rule reads: 1 << column each */
	const struct indicator *indicator; /* the one that was looked up last, which is mostly wanted again */
	char error[160];
};

struct rule_table {
	const char *name, *schema;
	size_t columns;
	int keys;    /* how many of the first columns a query has to give: 0 none, 1 unit, 2 unit and a text */
	bool by_day; /* its content depends on the date */
	/* Makes the rows of a unit (SIZE_MAX, for a table without keys: of the whole scope). False: rows->error
	 * says why. */
	bool (*fill)(const struct rule_scope *scope, size_t unit, const char *key, struct rule_rows *rows);
};

extern const struct rule_table rule_tables[];
extern const size_t rule_table_count;

/* NULL: there is no such table. */
const struct rule_table *rule_table_find(const char *name);

/* Is the unit in the scope, or below a unit of it? */
bool rule_scope_has(const struct rule_scope *scope, size_t unit);

/* Makes the tables known to a connection; the scope must outlive it. False: no memory. */
bool rule_tables_register(sqlite3 *db, struct rule_scope *scope) __attribute__((warn_unused_result));

#endif
