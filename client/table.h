/* Tables for people (lined up with wide characters) and for spreadsheets (CSV). Drawing is
 * libsmartcols'. */
#ifndef FUPIN_CLIENT_TABLE_H
#define FUPIN_CLIENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };

struct table;

struct table_column {
	const char *title;
	bool number; /* right-aligned */
};

/* NULL: no memory. */
struct table *table_create(const struct table_column *columns, size_t count);
void table_destroy(struct table **table);

/* Copies one row of texts, as many as columns. */
bool table_add(struct table *table, const char *const *cells) __attribute__((warn_unused_result));

/* Prints to standard output, as a table or CSV. */
void table_print(const struct table *table, enum format format);

bool format_parse(const char *text, enum format *out);

#endif
