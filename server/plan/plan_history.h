/* The plans that were served, one after the other: which one was in force at a moment, and its catalogue. */
#ifndef FUPIN_SERVER_PLAN_HISTORY_H
#define FUPIN_SERVER_PLAN_HISTORY_H

#include "postgres/pg.h"
#include "request.h"

/* A plan in force: since after which commit, and when. */
struct plan_since {
	int64_t number; /* from 1 */
	struct as_of as_of;
};

/* Notes that the database's plan is served from now on (after commit now->seq, at now->time_us), unless it is
 * the one that was served last. Gives the one that is in force. */
bool plan_history_note(struct pg_conn *connection, const struct as_of *now, struct plan_since *out,
                       char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Was this plan in force when commit `found` was the last one, at the time that was asked for
 * (asked->time_us; 0, or one before the commit: that of the commit, whose reports need the plan of then)? A
 * time that is asked for means its whole minute, as people write it. */
bool plan_since_covers(const struct plan_since *plan, const struct as_of *asked, const struct as_of *found);

/* The number of the plan that was in force then; of what was before all plans, the first. */
bool plan_history_find(struct pg_conn *connection, const struct as_of *asked, const struct as_of *found,
                       int64_t *number, char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
