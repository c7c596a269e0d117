/* The tables of a plan: a row for each column says which field of ours it holds. Loading and saving go by
 * them. */
#ifndef FUPIN_SERVER_PLAN_TABLES_H
#define FUPIN_SERVER_PLAN_TABLES_H

#include "field/catalogue.h"
#include "postgres/sql_text.h"

enum { PLAN_WORD_BYTES = CODE_BYTES_MAX + 64 };

/* Of the table `plan`, which has one row: what is part of the plan, and not of its loading. */
#define PLAN_HEAD_COLUMNS                                                                                    \
	"code, title_zh, title_en, source, label, books_closed, projects_since, acceptance_due"

enum plan_column_kind {
	COLUMN_NUMBER,   /* 4 or 8 bytes of ours */
	COLUMN_NULLABLE, /* the same; 0 is NULL */
	COLUMN_DATE,     /* SQL's date; 0 is NULL */
	COLUMN_FLAG,
	COLUMN_TEXT,
	COLUMN_WORD, /* a text that stands for something, by two functions */
};

struct plan_column {
	const char *name;
	enum plan_column_kind kind;
	uint16_t ours, size; /* offset and bytes */
	void (*write)(const struct catalogue *catalogue, const void *item, char word[PLAN_WORD_BYTES]);
	void (*read)(const char *word, void *item); /* NULL: it is for people, and not read */
};

struct plan_table {
	const char *table, *order; /* of loading */
	size_t key_count; /* the first columns: a row that is there is changed. 0: the table is emptied first */
	size_t size, column_count; /* of our item */
	const struct plan_column *columns;
	uint16_t items, count; /* where they lie in the catalogue; 0: nowhere, they are taken apart */
};

enum plan_table_kind {
	ROWS_UNITS,
	ROWS_GROUPS,
	ROWS_FORMS,
	ROWS_INDICATORS,
	ROWS_VERSIONS,
	ROWS_SOURCES,
	ROWS_USES,
	ROWS_TARGETS,
	ROWS_DAYS,
	ROWS_DEADLINES,
	ROWS_CHECKS,
	ROWS_APPRAISAL,
	ROWS_PLAN_RULES,
	ROWS_DOCUMENT_KINDS,
	ROWS_PROJECT_KINDS,
	ROWS_ACCEPTANCE_ITEMS,
	ROWS_LISTED, /* those above lie in the catalogue */
	ROWS_FIELDS = ROWS_LISTED,
	ROWS_SHARES,
	ROWS_TABLES
};
extern const struct plan_table plan_tables[ROWS_TABLES];

/* A field of a form version, at its position from 1. */
struct field_row {
	uint32_t form, version, position;
	struct form_field field;
};

/* A month's share of a profile. */
struct share_row {
	uint32_t indicator;
	enum fund_kind fund;
	int month;
	uint32_t share;
};

/* INSERT of a row, or change of the one that is there; its parameters in the order of the columns. */
void plan_table_insert(const struct plan_table *rows, struct sql_text *sql);
/* All of them, but for what is not read. */
void plan_table_select(const struct plan_table *rows, struct sql_text *sql);

#endif
