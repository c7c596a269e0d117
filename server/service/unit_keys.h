/* Which other keys speak, or spoke, for an office's unit, and what they sent, so that reports in the
 * office's name cannot go unseen. Read from the database when an office asks, and kept nowhere else. */
#ifndef FUPIN_SERVER_UNIT_KEYS_H
#define FUPIN_SERVER_UNIT_KEYS_H

#include "access/admit.h"
#include "base/arena.h"
#include "postgres/pg.h"
#include "reply.h"

/* The newest of these keys, without `public_key`, which asks; their content is in `arena`. False: the
 * database failed, or there is no memory. */
bool unit_keys_list(struct pg_conn *connection, const struct office *office, const char *public_key,
                    struct arena *arena, struct key_list *out, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
