/* What is booked, for those who read it: the accounts of a place, and its entries from the newest to the
 * oldest. */
#ifndef FUPIN_SERVER_BOOKINGS_H
#define FUPIN_SERVER_BOOKINGS_H

#include "ledger.h"

/* A sum that several steps see differently. */
struct amount {
	int64_t taken;  /* by what is on disk */
	int64_t staged; /* and so much more by what is on its way */
	int64_t own;    /* of that, by the submission that is being staged just now */
};

/* An account of a place. */
struct account {
	struct account *next;
	uint32_t source;
	enum fund_state state;
	struct amount amount;
	struct amount tied; /* of that, in projects */
};

/* An entry in the ledger. */
struct booked {
	struct fund_entry entry;
	struct booked *refers;         /* NULL: none */
	const struct project *project; /* whose money it moves; NULL: none's */
	/* The one that was taken before it: of the same place; of what that put on its way; of what was granted
	 * to the same place. */
	struct booked *older, *older_sent, *older_grant;
	struct amount open;  /* what others may still draw on it or undo of it */
	int64_t undone;      /* by reversals that are taken */
	uint64_t seq;        /* 0: not taken yet */
	uint32_t line, time; /* when it was recorded: seconds since 1970 UTC */
	uint32_t stage;      /* by which ledger_stage() */
};

/* A place with money. */
struct holder {
	struct account *accounts;
	struct booked *newest;       /* of what its units booked, and is taken */
	struct booked *newest_sent;  /* of those the ones that put money on its way: sent down, or returned */
	struct booked *newest_grant; /* of what others granted to it */
};

/* The money of a place that has an age: on hand, or on its way from there; lot by lot, each as much of the
 * entry that brought it or sent it. What came first goes out first: what is on hand is what came last. */
typedef void (*ledger_take_lot)(void *context, const struct booked *booked, enum fund_state state,
                                int64_t amount_fen);
void ledger_lots(const struct holder *holder, ledger_take_lot take, void *context);
/* Days since it occurred, never below 0. */
int64_t ledger_age(const struct booked *booked, int64_t today);

/* Of the place whose last unit has this index in the catalogue; NULL: no money there yet. */
const struct holder *ledger_holder_at(const struct ledger *ledger, size_t unit);

#endif
