/* A clerk's file as tables of text cells: one table from a CSV file; from a workbook, every sheet with a
 * header that is known. The code that uses the tables does not depend on which of the two it was. */
#ifndef FUPIN_CLIENT_SHEET_FILE_H
#define FUPIN_CLIENT_SHEET_FILE_H

#include "base/utf8.h"
#include "check/text_table.h"
#include "field/unit.h"

/* Titles and notes may stand above the header. */
enum { HEADER_ROWS_MAX = 50 };

/* Is this row the header of a sheet that is to be read? LIKE: some of its names are known except for what
 * follows in brackets. Such a sheet is read, so that the wrong names are reported. */
enum header_kind { HEADER_NONE, HEADER_LIKE, HEADER_KNOWN };
typedef enum header_kind header_kind_of(const void *context, const struct text_row *row);

/* The form in which names in headers are compared: utf8_key without blanks and stars. */
const char *sheet_column_key(const char *text, char room[UTF8_KEY_BYTES]);

/* What is known of the file beside its tables: for a workbook that fupin made (sheet_book.h), the office it
 * was made for; and the visible sheets that are not read. */
struct sheet_origin {
	bool ours;
	unit_code office;
	size_t passed_over_count;
	const char **passed_over;
};

/* The largest file that is read, workbook or CSV file. */
enum { SHEET_FILE_BYTES_MAX = 64 * 1024 * 1024 };

/* Reads the file's tables; row 0 of each is its header. The cells of a CSV file are separated by commas,
 * semicolons or tabs: by whichever makes `known` recognise a header. If it recognises none, the first row is
 * the header. In a workbook, sheets without a header are skipped and, if another sheet has rows, so are
 * those without rows. It is a failure if none is left. `arena` owns the tables. */
bool sheet_file_read(const char *path, header_kind_of *known, const void *context, struct arena *arena,
                     struct text_table **tables, size_t *count, struct sheet_origin *origin,
                     struct text_failure *failure) __attribute__((warn_unused_result));

/* The same of a file's bytes; `name` is the file's name. */
bool sheet_bytes_read(const char *name, const void *bytes, size_t size, header_kind_of *known,
                      const void *context, struct arena *arena, struct text_table **tables, size_t *count,
                      struct sheet_origin *origin, struct text_failure *failure)
    __attribute__((warn_unused_result));

#endif
