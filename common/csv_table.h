/* Reading CSV (RFC 4180) as spreadsheets save it: UTF-8 with or without BOM, or GB18030 (GBK) as Excel
 * in China writes it; LF or CRLF; quotes. The cells come as UTF-8, blanks at the ends trimmed; empty
 * rows are left out. Parsing is libcsv's. */
#ifndef FUPIN_COMMON_CSV_TABLE_H
#define FUPIN_COMMON_CSV_TABLE_H

#include "arena.h"
#include "problem.h"

#include <stdbool.h>
#include <stddef.h>

struct csv_row {
	size_t line; /* first line of the row in the file, from 1 */
	size_t cell_count;
	const char **cells;
};

struct csv_table {
	size_t row_count; /* the header is row 0 */
	struct csv_row *rows;
};

enum { CSV_BYTES_MAX = 64 * 1024 * 1024 };

/* Where a table could not be read. */
struct csv_failure {
	enum problem_code code; /* FILE_UNREADABLE, FILE_ENCODING, CSV_MALFORMED */
	size_t line;            /* 0: the file as a whole */
	char detail[PROBLEM_DETAIL_BYTES];
};

/* Reads a whole file; the arena owns the table. */
bool csv_read_file(const char *path, struct arena *arena, struct csv_table *out, struct csv_failure *failure)
    __attribute__((warn_unused_result));

/* The same from memory. */
bool csv_read_bytes(const char *bytes, size_t size, struct arena *arena, struct csv_table *out,
                    struct csv_failure *failure) __attribute__((warn_unused_result));

/* The cell, "" past the row's end. */
const char *csv_cell(const struct csv_row *row, size_t column);

#endif
