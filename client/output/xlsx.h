/* A workbook (.xlsx), written row by row in constant memory: sheets of tables with typed cells, and lines of
 * text. Writing is libxlsxwriter's. A sheet that is full (1,048,576 rows) goes on in a next one. */
#ifndef FUPIN_CLIENT_XLSX_H
#define FUPIN_CLIENT_XLSX_H

#include "cell.h"
#include "table.h"

struct xlsx;

enum { XLSX_ERROR_BYTES = 256 };

/* `path` is written by xlsx_close(); what comes before lies in unnamed files in `directory`. NULL: no
 * memory. */
struct xlsx *xlsx_create(const char *path, const char *directory);

/* Rows go into a new sheet from here on. Its name is shortened and changed as far as sheets' names have to.
 */
bool xlsx_sheet(struct xlsx *xlsx, const char *name) __attribute__((warn_unused_result));
/* The same, to be printed on one page (A4). */
bool xlsx_page(struct xlsx *xlsx, const char *name) __attribute__((warn_unused_result));
/* A table begins: its column titles, which stay in sight if they are the sheet's first row. Copied. */
bool xlsx_header(struct xlsx *xlsx, const struct table_column *columns, size_t count)
    __attribute__((warn_unused_result));
/* As many cells as there are columns. */
bool xlsx_row(struct xlsx *xlsx, const struct cell *cells) __attribute__((warn_unused_result));
/* A line of text; "": an empty one. */
bool xlsx_line(struct xlsx *xlsx, const char *text, bool heading) __attribute__((warn_unused_result));

/* For sheets of another make (xlsx_sheet.h): libxlsxwriter's workbook, and memory that lives as long as it
 * (once; zeroed; NULL: none). */
struct lxw_workbook *xlsx_workbook(struct xlsx *xlsx);
/* A sheet of it; NULL: no memory. Its name is shortened and changed as xlsx_sheet() does. */
struct lxw_worksheet *xlsx_worksheet(struct xlsx *xlsx, const char *name);
void *xlsx_keep(struct xlsx *xlsx, size_t bytes);

/* Writes the file and frees. `made_us` is the time that its properties tell, so that the same content gives
 * the same bytes. False: `error` says why (a full disk, for instance); the file is then worth nothing. */
bool xlsx_close(struct xlsx **xlsx, int64_t made_us, char error[XLSX_ERROR_BYTES])
    __attribute__((warn_unused_result));
/* Frees; nothing is written. */
void xlsx_discard(struct xlsx **xlsx);

#endif
