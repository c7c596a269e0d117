/* The plan as the centre tells it: units, forms, and the indicators of a form. */
#ifndef FUPIN_CLIENT_PLAN_COLUMNS_H
#define FUPIN_CLIENT_PLAN_COLUMNS_H

#include "column.h"

/* A struct unit. */
extern const struct columns unit_columns;

/* A version of a form; in JSON with its indicators. */
struct form_row {
	struct form form;
	struct form_version version;
};
extern const struct columns form_columns;

/* An indicator in a version of a form. */
struct field_row {
	uint32_t version;
	struct indicator indicator;
	struct form_field field;
	const char *part_of, *base, *step_after; /* codes; "": none */
};
struct field_row field_row_make(const struct catalogue *catalogue, const struct form_version *version,
                                size_t at);
extern const struct columns field_columns;

#endif
