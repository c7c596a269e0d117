/* Saves a plan in the database, in one transaction, and reads the catalogue and the principals from it. */
#ifndef FUPIN_SERVER_PLAN_STORE_H
#define FUPIN_SERVER_PLAN_STORE_H

#include "plan.h"
#include "postgres/pg.h"

/* Loads the plan in one transaction; doing it again changes nothing. `label` is shown with every table; NULL
 * leaves the present one. `principals_whole`: offices that the plan does not have are removed, and so are
 * keys that are empty in it; otherwise they stay.
 *
 * What the journal holds must keep its meaning: the new catalogue is compared with the old one and the whole
 * journal is read with it before the commit. A caller that does not hold the serve lock (another process
 * does, `serving`) may change only targets, groups, label and principals. */
struct plan_saving {
	const char *label;
	bool principals_whole;
	bool may_change_catalogue;
};

bool plan_save(struct pg_conn *connection, const struct plan *plan, const struct plan_saving *how,
               char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Fills an initialised plan with the catalogue: with number 0 the current one, else one of the history. */
bool catalogue_load(struct pg_conn *connection, int64_t number, struct plan *out, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* The principals that have a key, sorted by it, into `arena`. */
bool principals_load(struct pg_conn *connection, struct arena *arena, struct principal **out, size_t *count,
                     char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
