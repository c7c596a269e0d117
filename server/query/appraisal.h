/* The appraisal (绩效考评): a score for each unit from the plan's weighted items, each with the figures
 * behind it. Pure. */
#ifndef FUPIN_SERVER_APPRAISAL_H
#define FUPIN_SERVER_APPRAISAL_H

#include "state/holdings.h"

/* Fills out->rows as of `now_us`, for the year of query->to up to that month; the arena owns them. The
 * caller sets the rest. False: the query asks for something that does not exist (`problems` says what), or
 * the arena is full. */
bool appraisal_answer(const struct holdings *holdings, const struct appraisal_query *query, int64_t now_us,
                      struct arena *arena, struct appraisal_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* Points of an item in 1/100: weight × numerator / denominator, halves rounded up, at least 0 and at most
 * the weight; 0 if the denominator is 0. */
uint32_t appraisal_points(uint32_t weight, int64_t numerator, int64_t denominator);

#endif
