/* The plans that were served, in order: which one was in force at a moment, and its catalogue. */
#ifndef FUPIN_SERVER_PLAN_HISTORY_H
#define FUPIN_SERVER_PLAN_HISTORY_H

#include "postgres/pg.h"
#include "request.h"

/* A plan in force: after which commit it began to be served, and when. */
struct plan_since {
	int64_t number; /* from 1 */
	struct as_of as_of;
};

/* Notes that the database's plan is served from now on (after commit now->seq, at now->time_us), unless it is
 * the one that was served last. Gives the one that is in force. */
bool plan_history_note(struct pg_conn *connection, const struct as_of *now, struct plan_since *out,
                       char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Was this plan in force when commit `found` was the last one, at the time that was asked for
 * (asked->time_us)? If that is 0, or before the commit, the time of the commit counts, as its reports need
 * the plan of that time. A time that is asked for means its whole minute, as people write it. */
bool plan_since_covers(const struct plan_since *plan, const struct as_of *asked, const struct as_of *found);

/* The number of the plan that was in force then; for a time before all plans, the first one's. */
bool plan_history_find(struct pg_conn *connection, const struct as_of *asked, const struct as_of *found,
                       int64_t *number, char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
