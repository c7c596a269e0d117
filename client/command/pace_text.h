/* The progress towards a target in words; shared by `fupin total` and `fupin target`. */
#ifndef FUPIN_CLIENT_PACE_TEXT_H
#define FUPIN_CLIENT_PACE_TEXT_H

#include "columns/target_columns.h"
#include "command.h"

/* A line that tells how the forecast came about: "… forecast 302,000 = 151,000 / 50.0 % (2013-06)". */
void pace_explain(const struct command *command, const char *unit, const char *measure,
                  const struct target_value *target, int decimals);

#endif
