/* Reading the journal back into memory at start (and for verify). */
#ifndef FUPIN_SERVER_REPLAY_H
#define FUPIN_SERVER_REPLAY_H

#include "message.h"
#include "pg.h"
#include "records.h"
#include "totals.h"

struct replayed {
	struct as_of as_of;
	uint64_t submissions, reports, entries;
};

/* Streams the journal through totals_add_… and records_add_… . */
bool replay(struct pg_conn *connection, const struct catalogue *catalogue, struct totals *totals,
            struct records *records, struct replayed *out, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
