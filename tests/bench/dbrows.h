/* Rows of the journal as fupind writes them: binary COPY into submission and report. */
#ifndef FUPIN_BENCH_DBROWS_H
#define FUPIN_BENCH_DBROWS_H

#include "postgres/pgcopy.h"
#include "shape.h"

enum { DB_SUBMISSION, DB_REPORT, DB_TABLES };

/* One transaction. */
struct db_rows {
	struct copy_writer tables[DB_TABLES];
	int64_t submissions, reports;
};

void db_rows_begin(struct db_rows *rows);
/* One submission: reports `from` … of an office. */
void db_rows_add(struct db_rows *rows, const struct shape *shape, int office, int64_t from, int64_t count,
                 int64_t seq, int64_t time_us);
/* False: no memory. */
bool db_rows_end(struct db_rows *rows) __attribute__((warn_unused_result));
void db_rows_free(struct db_rows *rows);

struct pg_conn;
/* BEGIN; COPY; COPY; COMMIT in one string, as the journal does. */
bool db_rows_write(struct pg_conn *connection, const struct db_rows *rows)
    __attribute__((warn_unused_result));

struct pg_conn *db_connect(const char *uri);
/* Rows put in behind fupind's back: the journal's own note of its last number is set, if there is one. */
bool db_note_head(struct pg_conn *connection) __attribute__((warn_unused_result));

#endif
