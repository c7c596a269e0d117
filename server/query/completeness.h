/* Completeness and timeliness: which reports the units of a subtree owe at a moment, which are there, which
 * came late and by how much. What is expected comes from the plan (forms, units, deadlines and exceptions to
 * them), so that no rate can pass 100 per cent. A report that is there has all its required values;
 * otherwise it would have been refused. Pure. */
#ifndef FUPIN_SERVER_COMPLETENESS_H
#define FUPIN_SERVER_COMPLETENESS_H

#include "state/holdings.h"

/* Fills out->rows, out->duties and out->more as of `now_us`; the arena owns them. The caller sets the rest.
 * False: the query asks for something that does not exist (`problems` says what), or the arena is full. */
bool completeness_answer(const struct holdings *holdings, const struct completeness_query *query,
                         int64_t now_us, struct arena *arena, struct completeness_answer *out,
                         struct problem_list *problems) __attribute__((warn_unused_result));

#endif
