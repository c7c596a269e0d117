/* The database of one fupind process: embedded or elsewhere, brought to the right schema and plan. */
#ifndef FUPIN_SERVER_STORE_H
#define FUPIN_SERVER_STORE_H

#include "embedded.h"
#include "home.h"
#include "plan.h"

struct store {
	struct embedded embedded;
	bool is_embedded;
	struct pg_target target;
};

/* Connects the pieces: `serving` starts the embedded server anew; otherwise a running one is used and
 * only started if none answers. */
bool store_open(const struct options *options, const struct home *home, bool serving, struct store *out,
                char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Migrates, saves `files` if not NULL, and fills the (initialised) catalogue. The connection is the
 * caller's: PQfinish. NULL: `error` says why. */
struct pg_conn *store_prepare(const struct store *store, const struct options *options,
                              const struct plan *files, struct plan *catalogue, char error[PG_ERROR_BYTES]);

/* Stops what store_open() started. */
void store_close(struct store *store);

#endif
