/* What plan_save() consists of; shared by plan_store.c, principal_store.c and plan_change.c. All return
 * false on failure, and `error` says why. */
#ifndef FUPIN_SERVER_PLAN_STORE_INTERNAL_H
#define FUPIN_SERVER_PLAN_STORE_INTERNAL_H

#include "plan_store.h"
#include "postgres/pg_params.h"

/* Runs a statement that returns no rows. */
bool plan_run(struct pg_conn *connection, const char *sql, const struct pg_params *params, char *error)
    __attribute__((warn_unused_result));

/* `whole`: offices that the plan does not have are removed. */
bool plan_save_principals(struct pg_conn *connection, const struct plan *plan, bool whole, char *error)
    __attribute__((warn_unused_result));

/* Checks that indicators with reported figures keep their scale, kind and name. */
bool plan_keeps_meaning(struct pg_conn *connection, const struct catalogue *old, const struct catalogue *new,
                        char *error) __attribute__((warn_unused_result));
/* Can every stored row be read with what was just saved? */
bool plan_reads_journal(struct pg_conn *connection, char *error) __attribute__((warn_unused_result));
/* Does every unit still exist in the months for which it has reports or fund entries, or in which it
 * registered projects? A unit that follows it may have them instead. */
bool plan_keeps_months(struct pg_conn *connection, char *error) __attribute__((warn_unused_result));

#endif
