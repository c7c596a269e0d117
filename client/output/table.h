/* Tables of typed cells: as text for people (wide characters are aligned; drawn by libsmartcols), as CSV, or
 * as a sheet of a workbook. CSV and sheets are written row by row. */
#ifndef FUPIN_CLIENT_TABLE_H
#define FUPIN_CLIENT_TABLE_H

#include "columns/cell.h"
#include "output.h"

struct table;

struct table_column {
	const char *title;
	bool number; /* right-aligned */
};

/* Begins a table; in a workbook, in a new sheet with this name (NULL: further down in the current sheet).
 * NULL: no memory. */
struct table *table_create(struct output *output, const char *name, const struct table_column *columns,
                           size_t count);
void table_destroy(struct table **table);

/* Adds one row, as many cells as columns. In CSV a text that a spreadsheet would take for a formula gets an
 * apostrophe before it. */
bool table_add(struct table *table, const struct cell *cells) __attribute__((warn_unused_result));

/* Ends the table, and writes what is not written yet. */
bool table_end(struct table *table) __attribute__((warn_unused_result));

#endif
