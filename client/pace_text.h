/* How a target is kept pace with, in words and figures: shared by total and target. */
#ifndef FUPIN_CLIENT_PACE_TEXT_H
#define FUPIN_CLIENT_PACE_TEXT_H

#include "command.h"
#include "decimal.h"

struct json_object;

/* "–" (in CSV nothing) where there is nothing to tell yet. */
struct pace_texts {
	char until[8], reached[DECIMAL_TEXT_BYTES], share[DECIMAL_TEXT_BYTES], expected[DECIMAL_TEXT_BYTES],
	    gap[DECIMAL_TEXT_BYTES], forecast[DECIMAL_TEXT_BYTES], room[DECIMAL_TEXT_BYTES];
};

void pace_texts_make(const struct target_value *target, int decimals, bool for_program,
                     struct pace_texts *out);

/* In per cent, one decimal, rounded down: 99.9 is not yet reached. In texts->room. */
const char *pace_share(int64_t value, int64_t target, struct pace_texts *texts);

/* Prints how the forecast came about: "… forecast 302,000 = 151,000 / 50.0 % (2013-06)". */
void pace_explain(const struct command *command, const char *unit, const char *measure,
                  const struct target_value *target, int decimals);

struct json_object *pace_json(const struct target_value *target, int decimals);

#endif
