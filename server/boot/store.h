/* The database of one fupind process: embedded or elsewhere, brought to the right schema and plan. */
#ifndef FUPIN_SERVER_STORE_H
#define FUPIN_SERVER_STORE_H

#include "home.h"
#include "plan/plan_store.h"
#include "postgres/embedded.h"

struct store {
	struct embedded embedded;
	bool is_embedded;
	struct pg_target target; /* who serves connects so */
	struct pg_target owner;  /* who migrates and loads; elsewhere the same */
};

/* Connects the pieces. Only who holds the data directory's lock (home->lock) starts or stops the embedded
 * server; others wait until it answers. */
bool store_open(const struct options *options, const struct home *home, struct store *out,
                char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Takes the serve lock for this connection, if nobody holds it: *free says so. */
bool store_lock(struct pg_conn *connection, bool *is_free, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Migrates and saves the plan. */
bool store_save(struct pg_conn *connection, const struct plan *files, const struct plan_saving *how,
                char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* The connection to go on with after store_save(): elsewhere the same; the embedded database is served as a
 * role that can change nothing in the journal, which is granted what it may. NULL: `error` says why. `owner`
 * is closed unless it is what comes back. */
struct pg_conn *store_hand_over(const struct store *store, struct pg_conn *owner, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Stops what store_open() started. */
void store_close(struct store *store);

#endif
