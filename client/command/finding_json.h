/* Findings as JSON, for programs. */
#ifndef FUPIN_CLIENT_FINDING_JSON_H
#define FUPIN_CLIENT_FINDING_JSON_H

#include "sheet/finding.h"

#include <stdio.h>

struct json_object;

/* {"file", "sheet", "row", "column_letters", "column", "code", "text"}. */
struct json_object *finding_json(const struct finding *finding, enum language language);
/* An array of them. */
struct json_object *findings_json(const struct findings *findings, enum language language);

/* Prints an object with json-c's flags. Characters that are not shown as themselves (utf8.h) are escaped:
 * programs get them unchanged, and no terminal acts on them. */
void json_print(FILE *out, struct json_object *object, int flags);
/* Prints an object as one line on standard output, flushes it, and frees the object. */
void json_line(struct json_object *object);

#endif
