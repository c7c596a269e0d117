/* Compliance of units with the plan's rules: a finding for each rule and unit is kept, and judged anew only
 * where a commit changed something (changes.h), or where the day matters. Nothing is done at a commit; what
 * is out of date is judged when a question needs it, and in small slices for watches. */
#ifndef FUPIN_SERVER_COMPLIANCE_H
#define FUPIN_SERVER_COMPLIANCE_H

#include "state/holdings.h"

struct compliance;

/* The holdings must outlive it. NULL: no memory. */
struct compliance *compliance_create(const struct holdings *holdings);
void compliance_destroy(struct compliance **compliance);

/* Judges all that is out of date in what the query is about, for at most `budget_us` (0: to the end). False:
 * there is more to do. */
bool compliance_refresh(struct compliance *compliance, const struct compliance_query *query, int64_t now_us,
                        int64_t budget_us);

/* The same for everything, once at start and once a day, so that no question waits for it. */
bool compliance_step(struct compliance *compliance, int64_t now_us, int64_t budget_us);

/* Fills in the answer; the arena owns what it holds. The caller sets as_of and label. False: `problems` says
 * why. */
bool compliance_answer(struct compliance *compliance, const struct compliance_query *query, int64_t now_us,
                       struct arena *arena, struct compliance_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* The number of turns (changes of a finding's state) so far. */
uint32_t compliance_turn(const struct compliance *compliance);

/* Fills in the findings of the query, which was refreshed, that turned after `since`; the arena owns them.
 * False: no memory. */
bool compliance_turns(const struct compliance *compliance, const struct compliance_query *query,
                      uint32_t since, struct arena *arena, struct push *out)
    __attribute__((warn_unused_result));

/* A number that changes whenever a commit changes something that the query is about. */
uint32_t compliance_number(const struct compliance *compliance, const struct compliance_query *query);

#endif
