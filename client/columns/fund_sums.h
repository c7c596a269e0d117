/* Sums over accounts, and what must hold of them. Pure. */
#ifndef FUPIN_CLIENT_FUND_SUMS_H
#define FUPIN_CLIENT_FUND_SUMS_H

#include "reply.h"

/* The amount of one account fits into 64 bits. A sum of many may not, and a sum that wrapped round would
 * prove nothing. */
__extension__ typedef __int128 fund_amount;

/* Amounts of one row of a table: by state, and by age of what is on hand and in transit. */
struct fund_sums {
	fund_amount states[FUND_STATES];
	fund_amount ages[2][FUND_AGES];
};

/* Adds a unit's balances of one source (0: of all sources). */
void fund_sums_add(struct fund_sums *sums, const struct unit_balance *unit, uint32_t source);
bool fund_sums_any(const struct fund_sums *sums);

/* What is wrong with a unit's books of one source. They are right if nothing is below zero, and everything
 * that came in is there, spent, or went out. */
enum fund_fault { FUND_RIGHT, FUND_BELOW_ZERO, FUND_UNBALANCED, FUND_ON_THE_WAY };
enum fund_fault fund_sums_check(const struct fund_sums *sums);
/* The same for all units of a province together. In addition, what came into units must equal what went out
 * of others, and everything that was raised must be there or spent. */
enum fund_fault fund_sums_check_whole(const struct fund_sums *sums);

/* The two sides: what was raised or came in; and what is there, was spent, or went out. */
fund_amount fund_sums_came(const struct fund_sums *sums);
fund_amount fund_sums_is(const struct fund_sums *sums);
/* The sum cut to 64 bits, to be shown. */
int64_t fund_amount_shown(fund_amount amount);

#endif
