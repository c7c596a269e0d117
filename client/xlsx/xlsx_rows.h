/* The rows of one sheet of a workbook. */
#ifndef FUPIN_CLIENT_XLSX_ROWS_H
#define FUPIN_CLIENT_XLSX_ROWS_H

#include "xlsx_read.h"

enum {
	SHEET_ROWS_MAX = 1048576, /* the format's own limits */
	SHEET_COLUMNS_MAX = 16384,
	/* A form has 64 fields; cells far to the right are out of sight. */
	ROW_CELLS_MAX = 256,
	/* Areas of merged cells. Even one within the data is a mistake. */
	MERGED_MAX = 1000,
};

/* Reads the rows that have any text, at most `rows_max`; 0: all, and only then merged cells are known, and
 * cells beyond ROW_CELLS_MAX are a failure. `arena` owns the table, but the sheet's name belongs to the
 * workbook. */
bool book_read_rows(struct workbook *workbook, size_t sheet, size_t rows_max, struct arena *arena,
                    struct text_table *out, struct text_failure *failure) __attribute__((warn_unused_result));

#endif
