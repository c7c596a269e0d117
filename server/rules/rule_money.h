/* Sums of money for the plan's rules: of a unit and all below it, by source and by use. Those of counties
 * and above are kept until something below them changes; the others have few entries and are added up when
 * they are needed. Made from the ledger's places, so that every level gives the same figures for the same
 * money. Pure. */
#ifndef FUPIN_SERVER_RULE_MONEY_H
#define FUPIN_SERVER_RULE_MONEY_H

#include "state/holdings.h"

/* Sums that pass 64 bits become the largest or smallest number instead of wrapping round. */
struct source_money {
	int64_t states[FUND_STATES];
	int64_t booked[FUND_KINDS]; /* by the units, in the plan's months; less what was reversed */
	int64_t granted;            /* to the units, in the plan's months; less what was withdrawn */
};

struct use_money {
	int64_t granted, spent;          /* in the plan's months, net */
	date granted_first, spent_first; /* 0: never */
};

struct unit_money {
	struct source_money *sources; /* as in the catalogue */
	struct use_money *uses;       /* source × use, likewise */
	uint32_t number;              /* number of the last change that is included (changes.h) */
};

struct rule_money;

/* The holdings must outlive it. NULL: no memory. */
struct rule_money *rule_money_create(const struct holdings *holdings);
void rule_money_destroy(struct rule_money **money);

/* The sums of the unit with this index and all below it; valid until the next call. NULL: no memory. */
const struct unit_money *rule_money_of(struct rule_money *money, size_t unit);

#endif
