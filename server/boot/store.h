/* The database of one fupind process, embedded or external, with the right schema and plan. */
#ifndef FUPIN_SERVER_STORE_H
#define FUPIN_SERVER_STORE_H

#include "home.h"
#include "plan/plan_store.h"
#include "postgres/embedded.h"

struct store {
	struct embedded embedded;
	bool is_embedded;
	struct pg_target target; /* for serving */
	/* for migrating and loading; the same as `target` unless the database is embedded */
	struct pg_target owner;
};

/* Finds the database, and starts an embedded one. Only the process that holds the data directory's lock
 * (home->lock) starts or stops the embedded server; others wait until it answers. */
bool store_open(const struct options *options, const struct home *home, struct store *out,
                char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Takes the serve lock for this connection if nobody holds it; *is_free says whether it did. */
bool store_lock(struct pg_conn *connection, bool *is_free, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Migrates and saves the plan. */
bool store_save(struct pg_conn *connection, const struct plan *files, const struct plan_saving *how,
                char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* The connection to go on with after store_save(). For an external database it is `owner`. The embedded
 * database is served under a role that cannot change what is in the journal; its rights are granted here.
 * NULL: `error` says why. `owner` is closed unless it is returned. */
struct pg_conn *store_hand_over(const struct store *store, struct pg_conn *owner, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Stops what store_open() started. */
void store_close(struct store *store);

#endif
