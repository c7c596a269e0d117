/* A workbook (.xlsx), written row by row in constant memory: sheets of tables with typed cells, and lines of
 * text. Written by libxlsxwriter. A sheet that is full (1,048,576 rows) continues in another one. */
#ifndef FUPIN_CLIENT_XLSX_H
#define FUPIN_CLIENT_XLSX_H

#include "columns/cell.h"
#include "table.h"

struct xlsx;

enum { XLSX_ERROR_BYTES = 256 };

/* `path` is written by xlsx_close(); until then the content is in unnamed files in `directory`. NULL: no
 * memory. */
struct xlsx *xlsx_create(const char *path, const char *directory);

/* Rows go into a new sheet from here on. Its name is shortened and changed to one that a sheet may have. */
bool xlsx_sheet(struct xlsx *xlsx, const char *name) __attribute__((warn_unused_result));
/* The same, to be printed on one page (A4). */
bool xlsx_page(struct xlsx *xlsx, const char *name) __attribute__((warn_unused_result));
/* A table begins: its column titles, which stay visible if they are the sheet's first row. The titles are
 * copied. */
bool xlsx_header(struct xlsx *xlsx, const struct table_column *columns, size_t count)
    __attribute__((warn_unused_result));
/* As many cells as there are columns. */
bool xlsx_row(struct xlsx *xlsx, const struct cell *cells) __attribute__((warn_unused_result));
/* A line of text; "": an empty one. */
bool xlsx_line(struct xlsx *xlsx, const char *text, bool heading) __attribute__((warn_unused_result));

/* For sheets that are not tables (xlsx_sheet.h): libxlsxwriter's workbook, and zeroed memory that lives as
 * long as the workbook (to be called once; NULL: none). */
struct lxw_workbook *xlsx_workbook(struct xlsx *xlsx);
/* Adds a sheet to it; NULL: no memory. Its name is shortened and changed as xlsx_sheet() does. */
struct lxw_worksheet *xlsx_worksheet(struct xlsx *xlsx, const char *name);
void *xlsx_keep(struct xlsx *xlsx, size_t bytes);

/* Writes the file and frees. `made_us` is the time in its properties, so that the same content gives the
 * same bytes. False: `error` says why (a full disk, for instance), and the file is useless. */
bool xlsx_close(struct xlsx **xlsx, int64_t made_us, char error[XLSX_ERROR_BYTES])
    __attribute__((warn_unused_result));
/* Frees; nothing is written. */
void xlsx_discard(struct xlsx **xlsx);

#endif
