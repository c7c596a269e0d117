/* A plan into the database, in one transaction, and the catalogue and principals out of it. */
#ifndef FUPIN_SERVER_PLAN_STORE_H
#define FUPIN_SERVER_PLAN_STORE_H

#include "pg.h"
#include "plan.h"

/* Loads the plan; doing it again changes nothing. What reports already use must stay as it is: a unit
 * with reports may not vanish, and the indicators of a form version in use may not change (add a
 * version instead). `label` is shown with every table; NULL leaves the present one. */
bool plan_save(struct pg_conn *connection, const struct plan *plan, const char *label,
               char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Replaces the principals alone. */
bool principals_save(struct pg_conn *connection, const struct plan *plan, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Fills an initialised plan with the catalogue; groups stay in the database. */
bool catalogue_load(struct pg_conn *connection, struct plan *out, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* The principals that have a key, sorted by it, into `arena`. */
bool principals_load(struct pg_conn *connection, struct arena *arena, struct principal **out, size_t *count,
                     char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
