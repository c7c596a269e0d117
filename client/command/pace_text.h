/* The progress towards a target in words and figures; shared by `fupin total` and `fupin target`. */
#ifndef FUPIN_CLIENT_PACE_TEXT_H
#define FUPIN_CLIENT_PACE_TEXT_H

#include "command.h"

struct json_object;

/* Cells are CELL_NONE where nothing is known yet. */
struct pace_cells {
	struct cell until, reached, share, expected, gap, forecast;
	char period[8]; /* the text of `until` */
};

/* `target` NULL: none is set. The cells point into *out. */
void pace_cells_make(const struct target_value *target, int decimals, struct pace_cells *out);

/* A line that tells how the forecast came about: "… forecast 302,000 = 151,000 / 50.0 % (2013-06)". */
void pace_explain(const struct command *command, const char *unit, const char *measure,
                  const struct target_value *target, int decimals);

struct json_object *pace_json(const struct target_value *target, int decimals);

#endif
