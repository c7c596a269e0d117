/* A batch as rows of the journal's three tables, in PostgreSQL's binary COPY format. */
#ifndef FUPIN_SERVER_JOURNAL_ROWS_H
#define FUPIN_SERVER_JOURNAL_ROWS_H

#include "admit.h"
#include "pgcopy.h"
#include "replay.h"

/* One submission of a batch. All pointers must stay valid until the batch is decided. */
struct journal_item {
	const struct office *office;
	const struct submission *submission;
	const struct catalogue *catalogue;
	struct receipt receipt; /* seq, digest, time and counts are set */
};

struct journal_rows {
	struct copy_writer tables[TABLES];
	bool present[TABLES]; /* has rows */
};

/* COPY … FROM STDIN for each table. */
extern const char *const journal_copy_statements[TABLES];

/* Replaces the content. False: no memory. */
bool journal_rows_encode(struct journal_rows *rows, const struct journal_item *items, size_t count)
    __attribute__((warn_unused_result));
void journal_rows_free(struct journal_rows *rows);

#endif
