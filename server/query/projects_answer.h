/* Questions about projects, from memory. Pure. */
#ifndef FUPIN_SERVER_PROJECTS_ANSWER_H
#define FUPIN_SERVER_PROJECTS_ANSWER_H

#include "state/holdings.h"

/* Fills in out->items; what is overdue is judged at out->time_us. The arena owns them, but steps are the
 * holdings': they live until the next one is taken. False: `problems` says why. */
bool projects_list(const struct holdings *holdings, const struct project_query *query, struct arena *arena,
                   struct project_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));

#endif
