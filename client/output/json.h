/* Rows of columns as JSON, and how JSON is printed. */
#ifndef FUPIN_CLIENT_JSON_H
#define FUPIN_CLIENT_JSON_H

#include "columns/column.h"

#include <stdio.h>

struct json_object;

/* The caller's, to be freed with json_object_put(). The reading's arena is not reset. */
struct json_object *json_record(struct reading *reading, const struct columns *columns, const void *row);
struct json_object *json_rows(struct reading *reading, const struct columns *columns, const void *rows,
                              size_t count);

/* A fact that belongs to no table. */
struct json_member {
	const char *key;
	struct cell cell;
};
struct json_object *json_members(struct reading *reading, const struct json_member *members, size_t count);
/* Adds them to an object. */
void json_add_members(struct json_object *object, struct reading *reading, const struct json_member *members,
                      size_t count);

/* Prints an object with json-c's flags. Characters that are not shown as themselves (utf8.h) are escaped:
 * programs get them unchanged, and no terminal acts on them. */
void json_print(FILE *out, struct json_object *object, int flags);
/* Prints an object as one line on standard output, flushes it, and frees the object. False: nobody reads it
 * any more. */
bool json_line(struct json_object *object);

#endif
