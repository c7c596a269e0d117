/* The journal's tables: a row for each column says which field of ours it holds. Writing (COPY and prepared
 * INSERTs) and reading back go by them. */
#ifndef FUPIN_SERVER_JOURNAL_TABLES_H
#define FUPIN_SERVER_JOURNAL_TABLES_H

#include "field/catalogue.h"
#include "field/submission.h"
#include "postgres/pgcopy.h"
#include "postgres/sql_text.h"
#include "state/records.h"

/* In the order in which they are written and read. */
enum journal_table {
	TABLE_SUBMISSION,
	TABLE_EXTENSION,
	TABLE_REVIEW, /* before the reports, so that each is known as approved when it comes */
	TABLE_REPORT,
	TABLE_PROJECT, /* before the entries, which name projects */
	TABLE_ENTRY,
	TABLE_TARGET,
	TABLE_DOCUMENT,
	TABLES
};

/* What a field of ours is in SQL. */
enum journal_column_kind {
	SQL_INT2,
	SQL_INT4,
	SQL_INT8,
	SQL_NEXT,         /* integer: ours and 1 more; ours names what it follows, and counts from 0 */
	SQL_COUNTY,       /* integer: the county of our unit */
	SQL_DATE,         /* date */
	SQL_SECONDS,      /* timestamptz: ours since 1970 UTC */
	SQL_MICROSECONDS, /* likewise */
	SQL_FLAG,         /* boolean */
	SQL_TEXT,         /* text */
	SQL_ID,           /* uuid */
	SQL_DIGEST,       /* bytea */
	SQL_LIST,         /* bigint[], by two functions */
	/* No field of an item's: */
	SQL_PRINCIPAL, /* text: who sent it */
	SQL_SEQ,       /* bigint: of the commit */
	SQL_LINE,      /* integer: place in the submission, from 0 */
};

/* NULL in a list of numbers. */
#define JOURNAL_ABSENT INT64_MIN

/* Greatest length of a row's texts together, each with its NUL. */
enum { JOURNAL_TEXT_BYTES = 3 * NOTE_BYTES_MAX };

/* A row as it is read back, of whichever table. Its texts and lists lie in itself. */
struct journal_row {
	union {
		struct recorded submission;
		struct report report; /* without indicators and values: these are the list */
		struct extension extension;
		struct review review;
		struct fund_entry entry;
		struct target_part target;
		struct document document;
		struct project_row project;
	} of;
	uint64_t seq;
	uint32_t line;
	size_t list_count; /* of a report's values, in the order of its form's fields */
	int64_t list[FORM_FIELDS_MAX];
	struct project_budget budgets[PROJECT_BUDGETS_MAX];
	uint32_t met[ACCEPTANCE_ITEMS_MAX];
	size_t text_used;
	char texts[JOURNAL_TEXT_BYTES];
};

struct journal_column {
	const char *name;
	enum journal_column_kind kind;
	uint16_t ours, size; /* offset and bytes in our item */
	uint16_t limit;      /* of a text, in bytes */
	bool nullable;       /* 0, "" and no text are NULL */
	bool unread;         /* memory does not need it */
	/* Not of every row: only where the enum at offset `by` (a project's step, a review's decision), which
	 * stands before it, is this; else NULL. 0: of every row. */
	uint8_t only;
	uint16_t by;
	/* The list of an item, at most FORM_FIELDS_MAX numbers; and what is read put into the row. */
	size_t (*list)(const struct catalogue *catalogue, const void *item, int64_t out[FORM_FIELDS_MAX]);
	bool (*take)(struct journal_row *row, const int64_t *list, size_t count);
};

struct journal_table_of {
	const char *name, *insert; /* of the table, and of its prepared INSERT */
	const char *order;         /* where the newest row counts: of commits; else "" */
	const struct journal_column *columns;
	size_t column_count, item_size;
	uint16_t items, count; /* where they lie in a submission; of TABLE_SUBMISSION, nowhere */
};
extern const struct journal_table_of journal_tables[TABLES];

/* Statements: COPY … FROM STDIN; the prepared INSERTs of all tables, whose parameters are a row's fields and
 * then the commit and the writer that journal_head has to stand at (else nothing is inserted); COPY … TO
 * STDOUT of what journal_row_read() reads, after a WHERE. */
void journal_add_copy_in(struct sql_text *sql, enum journal_table table);
void journal_add_prepares(struct sql_text *sql);
void journal_add_copy_out(struct sql_text *sql, enum journal_table table, const char *where);

/* Is it a column that rows like this one do not have? */
bool journal_is_elsewhere(const struct journal_column *column, const void *row);

/* Takes the fields that `reader` stands before. False: they are cut off, of a wrong size, or too long. */
bool journal_row_read(enum journal_table table, struct copy_reader *reader, struct journal_row *out)
    __attribute__((warn_unused_result));

#endif
