/* Questions about projects, from memory. Pure. */
#ifndef FUPIN_SERVER_PROJECTS_ANSWER_H
#define FUPIN_SERVER_PROJECTS_ANSWER_H

#include "state/holdings.h"

/* Fills in out->items; whether a project is overdue is judged at out->time_us. The arena owns the items, but
 * their steps belong to the holdings, and are valid until the next step is taken over. False: `problems`
 * says why. */
bool projects_list(const struct holdings *holdings, const struct project_query *query, struct arena *arena,
                   struct project_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));

#endif
