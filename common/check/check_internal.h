/* Helpers of the checks, shared by their files only. */
#ifndef FUPIN_COMMON_CHECK_INTERNAL_H
#define FUPIN_COMMON_CHECK_INTERNAL_H

#include "check.h"

/* Checks a text: at most so many bytes, no control characters. */
void check_text(const char *text, size_t bytes_max, const char *column, enum problem_subject subject,
                size_t row, struct problem_list *problems);

/* Checks that the unit has this code at that time: a unit that moved has another one later. `unit` is in the
 * plan. */
bool check_unit_then(const struct catalogue *c, unit_code unit, period when, enum problem_subject subject,
                     size_t row, struct problem_list *problems);

/* Finds rows that are about the same thing; `room` has space for as many rows as there are. */
void check_repeated(const struct submission *submission, struct check_row *room,
                    struct problem_list *problems);

#endif
