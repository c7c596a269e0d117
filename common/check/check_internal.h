/* Shared by the checks' files only. */
#ifndef FUPIN_COMMON_CHECK_INTERNAL_H
#define FUPIN_COMMON_CHECK_INTERNAL_H

#include "check.h"

/* A text of at most so many bytes without control characters. */
void check_text(const char *text, size_t bytes_max, const char *column, enum problem_subject subject,
                size_t row, struct problem_list *problems);

/* A unit that moved has another code by then; `unit` is in the plan. */
bool check_unit_then(const struct catalogue *c, unit_code unit, period when, enum problem_subject subject,
                     size_t row, struct problem_list *problems);

/* Rows that speak of the same thing; `room` is for as many rows as there are. */
void check_repeated(const struct submission *submission, struct check_row *room,
                    struct problem_list *problems);

#endif
