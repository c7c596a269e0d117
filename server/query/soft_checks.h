/* Soft checks: they warn a reviewer and refuse nothing. Pure. */
#ifndef FUPIN_SERVER_SOFT_CHECKS_H
#define FUPIN_SERVER_SOFT_CHECKS_H

#include "reply.h"
#include "totals/report_store.h"

/* What the plan's soft checks find in the current report of a month (its index from the plan's first on); the
 * arena owns the list. False: the arena is full. */
bool soft_checks_find(const struct report_store *store, size_t unit, size_t form, int at, struct arena *arena,
                      struct warning **out, size_t *count) __attribute__((warn_unused_result));

#endif
