/* A table of text cells: a sheet that was read from a CSV file (csv_table.h) or a workbook. The meaning of
 * its columns is read from this table, in the same way for both. */
#ifndef FUPIN_COMMON_TEXT_TABLE_H
#define FUPIN_COMMON_TEXT_TABLE_H

#include "base/arena.h"
#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of a cell beside its text. */
enum text_mark {
	TEXT_PLAIN = 0,
	TEXT_DATE,    /* "2013-04-15", by the cell's format: a month can be read from it */
	TEXT_ERROR,   /* "#REF!": the result of a formula */
	TEXT_NOTHING, /* the formula "=SUM(F2:F13)", whose value was not saved */
	TEXT_INEXACT, /* a number with more digits than a spreadsheet holds, so that its exact value is not known
	               */
	TEXT_TYPED,   /* "80%", "12:30", "TRUE": the spreadsheet has converted what was typed */
	TEXT_SCALED,  /* a number that its format shows as another one: divided by a thousand or more */
	TEXT_SHOWN,   /* "12万元", "12-34": a number, with what its format writes beside it */
};

struct text_row {
	size_t line; /* first line of the row in the file, or the row of the sheet, from 1 */
	size_t cell_count;
	const char **cells;
	const uint8_t *marks; /* an enum text_mark for each cell; NULL: all plain */
};

/* Merged cells: only the first has a value. */
struct text_area {
	size_t line, line_last;
	size_t column, column_last; /* from 0 */
};

struct text_table {
	const char *sheet; /* of the workbook; NULL: the file is the table */
	size_t row_count;  /* the header is row 0 */
	struct text_row *rows;
	size_t above_count; /* rows before the header, in front of `rows` */
	size_t merged_count;
	const struct text_area *merged;
};

/* 31 characters, in UTF-8. */
enum { SHEET_NAME_BYTES = 128 };

/* A failure to read a file, and its place. */
struct text_failure {
	enum problem_code code;
	char sheet[SHEET_NAME_BYTES]; /* "": the file as a whole */
	size_t line;                  /* 0: as a whole */
	int64_t limit;
	char detail[PROBLEM_DETAIL_BYTES];
};

/* The cell, "" past the row's end. */
const char *text_cell(const struct text_row *row, size_t column);
enum text_mark text_mark(const struct text_row *row, size_t column);
/* The problem of a cell with this mark; PROBLEM_NONE: its text can be used. */
enum problem_code text_mark_problem(enum text_mark mark);
bool text_row_is_empty(const struct text_row *row);

/* Fills in a failure. Always false, for the caller to return. */
bool text_fail(struct text_failure *failure, enum problem_code code, size_t line, const char *detail);
/* The failure as a problem. */
struct problem text_failure_problem(const struct text_failure *failure);

#endif
