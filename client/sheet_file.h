/* A file that a clerk keeps sheets in, as tables of text cells: one table of a CSV file; of a workbook, every
 * sheet that has a header which is known. Behind this nobody asks which of the two it was. */
#ifndef FUPIN_CLIENT_SHEET_FILE_H
#define FUPIN_CLIENT_SHEET_FILE_H

#include "text_table.h"
#include "unit.h"

/* In a workbook a title or two may stand above the header. */
enum { HEADER_ROWS_MAX = 10 };

/* Is this row the header of a sheet that is to be read? */
typedef bool is_header(const void *context, const struct text_row *row);

/* Whose workbook it is, if fupin made it (sheet_book.h). */
struct sheet_origin {
	bool ours;
	unit_code office;
};

/* The most of a file that is read: a workbook, or a CSV file. */
enum { SHEET_FILE_BYTES_MAX = 64 * 1024 * 1024 };

/* Reads the file's tables; row 0 of each is its header. A CSV file's first row is, whatever it says; of a
 * workbook the sheets without a header that `known` knows are passed over, and (if another has some) those
 * without rows. If none is left, that is the failure. `arena` owns the tables. */
bool sheet_file_read(const char *path, is_header *known, const void *context, struct arena *arena,
                     struct text_table **tables, size_t *count, struct sheet_origin *origin,
                     struct text_failure *failure) __attribute__((warn_unused_result));

/* The same of a file's bytes; `name` is what it is called. */
bool sheet_bytes_read(const char *name, const void *bytes, size_t size, is_header *known, const void *context,
                      struct arena *arena, struct text_table **tables, size_t *count,
                      struct sheet_origin *origin, struct text_failure *failure)
    __attribute__((warn_unused_result));

#endif
