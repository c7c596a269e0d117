/* Reading the principals again without holding up the loop: a short-lived thread with a connection of
 * its own; when it is done, its file descriptor becomes readable. */
#ifndef FUPIN_SERVER_RELOAD_H
#define FUPIN_SERVER_RELOAD_H

#include "pg.h"
#include "plan.h"

struct reload;

/* NULL: no thread or no memory. `target` must outlive it. */
struct reload *reload_begin(const struct pg_target *target);
int reload_fd(const struct reload *reload);

/* Waits for the thread's end. True: the principals are in `arena`, both now the caller's. Frees the
 * reload. */
bool reload_end(struct reload **reload, struct arena *arena, struct principal **principals, size_t *count,
                char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
