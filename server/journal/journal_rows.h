/* A batch as rows of the journal's tables, in PostgreSQL's binary COPY format. */
#ifndef FUPIN_SERVER_JOURNAL_ROWS_H
#define FUPIN_SERVER_JOURNAL_ROWS_H

#include "access/admit.h"
#include "journal_tables.h"

/* One submission of a batch. */
struct journal_item {
	const struct office *office;
	const struct submission *submission;
	const struct catalogue *catalogue;
	struct receipt receipt; /* seq, digest, time and counts are set */
};

struct journal_rows {
	struct copy_writer tables[TABLES];
	bool present[TABLES]; /* has rows */
	size_t count;         /* of rows, in all */
	uint64_t seq_first, seq_last;
	struct submission_id id_last; /* of the last submission */
};

enum { ROW_FIELDS_MAX = 32 }; /* with the two parameters after the row */

/* The fields of one encoded row: what libpq calls binary parameters. NULL value: SQL NULL. */
struct row_fields {
	int count;
	const char *values[ROW_FIELDS_MAX];
	int sizes[ROW_FIELDS_MAX], formats[ROW_FIELDS_MAX];
};

/* Takes the row at *at out of an encoded table and moves *at on; *at begins at 0. False: there are no more.
 */
bool journal_rows_next(const struct copy_writer *table, size_t *at, struct row_fields *out);

/* In this order: empty it, add one submission after the other, then end it; after that it can be sent.
 * False: no memory. */
void journal_rows_begin(struct journal_rows *rows);
void journal_rows_add(struct journal_rows *rows, const struct journal_item *item);
bool journal_rows_end(struct journal_rows *rows) __attribute__((warn_unused_result));
void journal_rows_free(struct journal_rows *rows);

#endif
