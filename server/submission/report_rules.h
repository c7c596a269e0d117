/* Rules that compare the months of one place: a year's sum stays within its base, steps go forward one after
 * the other. They look at what is recorded and at what the same submission changes, so several months can be
 * corrected at once. Pure. */
#ifndef FUPIN_SERVER_REPORT_RULES_H
#define FUPIN_SERVER_REPORT_RULES_H

#include "state/holdings.h"

/* Marks the reports whose place no other submission may write at the same time (report.family). */
void report_rules_mark(const struct catalogue *catalogue, struct submission *submission);

/* Appends a problem for each rule that the reports of a submission would break; report_rules_mark() comes
 * before. False: no memory. */
bool report_rules_check(const struct holdings *holdings, const struct submission *submission,
                        struct problem_list *problems) __attribute__((warn_unused_result));

#endif
