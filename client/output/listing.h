/* Rows of columns, shown in the output's format: a table, CSV, a sheet, or a JSON array. */
#ifndef FUPIN_CLIENT_LISTING_H
#define FUPIN_CLIENT_LISTING_H

#include "columns/column.h"
#include "output.h"

struct json_object;
struct listing;

/* Begins a list; `sheet`: its name in a workbook, NULL: further down in the sheet. `with`: the bits of the
 * columns that are shown on request. `columns` and `reading` live until its end. NULL: no memory. */
struct listing *listing_begin(struct output *output, const char *sheet, const struct columns *columns,
                              struct reading *reading, unsigned with);
/* Frees what the reading made for the row before. */
bool listing_add(struct listing *listing, const void *row) __attribute__((warn_unused_result));
/* Writes what is not written yet, and frees. False: not all of it is written. */
bool listing_end(struct listing **listing) __attribute__((warn_unused_result));
/* Frees; may be called with NULL in *listing. */
void listing_discard(struct listing **listing);

/* A whole list. */
bool show_rows(struct output *output, const char *sheet, const struct columns *columns,
               struct reading *reading, const void *rows, size_t count) __attribute__((warn_unused_result));
/* An answer: in JSON as the object that it is, else those rows in it that `key` names. */
bool show_answer(struct output *output, const char *sheet, const struct columns *columns, const char *key,
                 struct reading *reading, const void *answer) __attribute__((warn_unused_result));
/* Prints an object as JSON, and frees it. */
void output_json(struct output *output, struct json_object *json);

#endif
