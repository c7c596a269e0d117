/* What plan_save() consists of; shared by plan_store.c, principal_store.c and plan_change.c. All are false
 * where `error` says why. */
#ifndef FUPIN_SERVER_PLAN_STORE_INTERNAL_H
#define FUPIN_SERVER_PLAN_STORE_INTERNAL_H

#include "plan_store.h"
#include "postgres/pg_params.h"

/* A statement without rows. */
bool plan_run(struct pg_conn *connection, const char *sql, const struct pg_params *params, char *error)
    __attribute__((warn_unused_result));

/* `whole`: offices that the plan does not have go. */
bool plan_save_principals(struct pg_conn *connection, const struct plan *plan, bool whole, char *error)
    __attribute__((warn_unused_result));

/* What was reported must not change its scale, kind or name afterwards. */
bool plan_keeps_meaning(struct pg_conn *connection, const struct catalogue *old, const struct catalogue *new,
                        char *error) __attribute__((warn_unused_result));
/* Can every stored row be read with what was just saved? */
bool plan_reads_journal(struct pg_conn *connection, char *error) __attribute__((warn_unused_result));
/* Does every unit still exist in the months that it has reports and fund entries for, and registered projects
 * in? What became of it may go on with these. */
bool plan_keeps_months(struct pg_conn *connection, char *error) __attribute__((warn_unused_result));

#endif
