/* Lists of reports as they stand: for a reviewer's work, for sheets, for export. In the order of unit, form
 * and period, a page at a time. Pure. */
#ifndef FUPIN_SERVER_REPORT_LIST_H
#define FUPIN_SERVER_REPORT_LIST_H

#include "totals/totals.h"

/* Fills out->items and out->next; the arena owns them. The caller sets as_of and label. False: the query
 * asks for something that does not exist (`problems` says what), or the arena is full. */
bool report_list(const struct totals *totals, const struct catalogue *catalogue,
                 const struct report_query *query, struct arena *arena, struct report_answer *out,
                 struct problem_list *problems) __attribute__((warn_unused_result));

#endif
