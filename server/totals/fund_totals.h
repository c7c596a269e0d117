/* Sums of fund entries for one unit's subtree: period × kind × source × use × level of the unit that
 * recorded them. Sparse: most combinations never occur. */
#ifndef FUPIN_SERVER_FUND_TOTALS_H
#define FUPIN_SERVER_FUND_TOTALS_H

#include "reply.h"

#include <stdbool.h>

/* Wider than any sum of 64-bit amounts. */
__extension__ typedef __int128 wide_sum;

struct fund_cell {
	uint64_t key; /* packed, orders by period first */
	uint32_t entries;
	wide_sum amount_fen;
};

struct fund_totals {
	size_t count, room;
	struct fund_cell *cells; /* by key */
};

/* How an entry counts: under its own kind and use. A reversal is subtracted under the kind and use of the
 * entry that it undoes. */
struct fund_effect {
	enum fund_kind kind;
	uint32_t use;
};

bool fund_totals_add(struct fund_totals *totals, const struct fund_entry *entry, struct fund_effect effect)
    __attribute__((warn_unused_result));

/* Sums of `how_many` totals over periods from..to, one item for each combination; the arena owns them. */
bool fund_totals_sum(const struct fund_totals *const *totals, size_t how_many, period from, period to,
                     struct arena *arena, struct fund_total **out, size_t *count)
    __attribute__((warn_unused_result));

/* Of one kind over periods from..to, special sources together. */
int64_t fund_totals_special(const struct fund_totals *totals, const struct catalogue *catalogue,
                            enum fund_kind kind, period from, period to);

void fund_totals_free(struct fund_totals *totals);

/* A sum in 64 bits, as sent in answers: what does not fit becomes the largest or smallest number. */
int64_t wide_sum_clamp(wide_sum sum);

#endif
