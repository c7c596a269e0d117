/* Totals in memory: for every unit at county level and above, per period and indicator, and for fund entries
 * per kind, source, use and level. Built from the journal at start, then changed by the difference that each
 * committed report makes.
 *
 * A flow's total over several periods is the sum; a stock's is its level at the end of the last one: for
 * each reporting unit the latest value that it reported up to then. So a stock's cell for a month holds the
 * level carried forward, and a report changes the months from its own up to the unit's next report. Pure: no
 * socket, no SQL, no clock. */
#ifndef FUPIN_SERVER_TOTALS_H
#define FUPIN_SERVER_TOTALS_H

#include "fund_totals.h"
#include "reply.h"
#include "report_store.h"
#include "targets.h"

#include <stdbool.h>

struct totals;

/* The catalogue must outlive the totals. NULL: no memory. */
struct totals *totals_create(const struct catalogue *catalogue);
void totals_destroy(struct totals **totals);

/* The current revision of a report (its unit, period and form), 0 if there is none. */
uint32_t totals_revision(const struct totals *totals, const struct report *report);

/* Takes over one report of commit `seq`, at `time_us`; a revision older than the current one changes no
 * total. False: no memory, or the report does not fit the catalogue. */
bool totals_add_report(struct totals *totals, const struct report *report, uint32_t revision, uint64_t seq,
                       int64_t time_us) __attribute__((warn_unused_result));

/* Takes over one decision of a reviewer, in the order of steps. */
bool totals_add_review(struct totals *totals, const struct review *review, uint64_t seq)
    __attribute__((warn_unused_result));

/* Where a report stands. */
struct report_standing {
	uint32_t revision; /* the current one; 0: there is no report */
	uint32_t approved; /* 0: none */
	bool passed;       /* a revision was, at some time */
	uint32_t step;     /* decisions so far */
	enum review_state state;
};
struct report_standing totals_standing(const struct totals *totals, unit_code unit, uint32_t form,
                                       period when);

/* The reports themselves. */
const struct report_store *totals_leaves(const struct totals *totals);

/* Takes over one target of commit `seq`. */
bool totals_add_target(struct totals *totals, const struct target_part *part, uint32_t revision, uint64_t seq)
    __attribute__((warn_unused_result));
const struct targets *totals_targets(const struct totals *totals);

/* One target, with the progress towards it by `now` (seconds since 1970 UTC) and up to the month `to`, and
 * how it is broken down. */
struct target_value totals_target_value(const struct totals *totals, const struct set_target *target,
                                        int64_t now, period to);

/* One indicator of a unit (by its index) and all below it, over all months of the plan: a flow's sum, a
 * stock's level. False: no unit has reported it. */
bool totals_figure(const struct totals *totals, size_t unit, const struct indicator *indicator,
                   enum book book, int64_t *out) __attribute__((warn_unused_result));

/* Takes over one fund entry of commit `seq`. */
bool totals_add_entry(struct totals *totals, const struct fund_entry *entry, struct fund_effect effect,
                      uint64_t seq) __attribute__((warn_unused_result));

/* Fills out->units for a query; the arena owns them. The caller sets as_of and label. False: the query asks
 * for something that does not exist (`problems` says what), or the arena is full. */
bool totals_answer(const struct totals *totals, const struct total_query *query, struct arena *arena,
                   struct total_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* The last commit that changed a unit's subtree; 0: none yet. */
uint64_t totals_changed(const struct totals *totals, unit_code unit);

/* The rows of a query (which totals_answer() has answered before) that were changed by commits after
 * `since`; the arena owns them. False: there are more than `rows_max`, or the arena is full. */
bool totals_changes(const struct totals *totals, const struct total_query *query, uint64_t since,
                    size_t rows_max, struct arena *arena, struct unit_total **rows, size_t *count)
    __attribute__((warn_unused_result));

#endif
