/* Findings as JSON, for programs. */
#ifndef FUPIN_CLIENT_FINDING_JSON_H
#define FUPIN_CLIENT_FINDING_JSON_H

#include "sheet/finding.h"

struct json_object;

/* {"file", "sheet", "row", "column_letters", "column", "code", "text"}. */
struct json_object *finding_json(const struct finding *finding, enum language language);
/* An array of them. */
struct json_object *findings_json(const struct findings *findings, enum language language);

#endif
