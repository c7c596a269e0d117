/* A file that a clerk keeps sheets in, as tables of text cells: one table of a CSV file; of a workbook, every
 * sheet that has a header which is known. Behind this nobody asks which of the two it was. */
#ifndef FUPIN_CLIENT_SHEET_FILE_H
#define FUPIN_CLIENT_SHEET_FILE_H

#include "base/utf8.h"
#include "check/text_table.h"
#include "field/unit.h"

/* Titles and notes may stand above the header. */
enum { HEADER_ROWS_MAX = 50 };

/* Is this row the header of a sheet that is to be read? LIKE: some of its names are ours but for what stands
 * in brackets behind them. Such a sheet is read, so that the names that are wrong are told. */
enum header_kind { HEADER_NONE, HEADER_LIKE, HEADER_KNOWN };
typedef enum header_kind header_kind_of(const void *context, const struct text_row *row);

/* What a header's name is compared by: utf8_key without blanks and stars. */
const char *sheet_column_key(const char *text, char room[UTF8_KEY_BYTES]);

/* Whose workbook it is, if fupin made it (sheet_book.h), and which of its sheets that can be seen are not
 * read. */
struct sheet_origin {
	bool ours;
	unit_code office;
	size_t passed_over_count;
	const char **passed_over;
};

/* The most of a file that is read: a workbook, or a CSV file. */
enum { SHEET_FILE_BYTES_MAX = 64 * 1024 * 1024 };

/* Reads the file's tables; row 0 of each is its header. A CSV file's cells stand apart by commas, semicolons
 * or tabs, with which `known` knows a header; if it knows none, the first row is. Of a workbook the sheets
 * without a header are passed over, and (if another has some) those without rows. If none is left, that is
 * the failure. `arena` owns the tables. */
bool sheet_file_read(const char *path, header_kind_of *known, const void *context, struct arena *arena,
                     struct text_table **tables, size_t *count, struct sheet_origin *origin,
                     struct text_failure *failure) __attribute__((warn_unused_result));

/* The same of a file's bytes; `name` is what it is called. */
bool sheet_bytes_read(const char *name, const void *bytes, size_t size, header_kind_of *known,
                      const void *context, struct arena *arena, struct text_table **tables, size_t *count,
                      struct sheet_origin *origin, struct text_failure *failure)
    __attribute__((warn_unused_result));

#endif
