/* What was found, for programs. */
#ifndef FUPIN_CLIENT_FINDING_JSON_H
#define FUPIN_CLIENT_FINDING_JSON_H

#include "sheet/finding.h"

#include <stdio.h>

struct json_object;

/* {"file", "sheet", "row", "column_letters", "column", "code", "text"}. */
struct json_object *finding_json(const struct finding *finding, enum language language);
/* An array of them. */
struct json_object *findings_json(const struct findings *findings, enum language language);

/* Prints it with json-c's flags; what is not shown to people as itself (utf8.h) is escaped, so nothing that
 * reads JSON loses it, and no terminal sees it. */
void json_print(FILE *out, struct json_object *object, int flags);
/* One object on a line of standard output, at once; frees it. */
void json_line(struct json_object *object);

#endif
