/* What is booked, for the files that read it: the accounts of a place, and its entries from the newest to
 * the oldest. */
#ifndef FUPIN_SERVER_BOOKINGS_H
#define FUPIN_SERVER_BOOKINGS_H

#include "ledger.h"

/* A sum with its parts that are not on disk yet. */
struct amount {
	int64_t taken;  /* by entries on disk */
	int64_t staged; /* added by entries that are on their way to the disk */
	int64_t own;    /* the part of `staged` that comes from the submission being staged just now */
};

/* An account of a place. */
struct account {
	struct account *next;
	uint32_t source;
	enum fund_state state;
	struct amount amount;
	struct amount tied; /* the part that belongs to projects */
};

/* An entry in the ledger. */
struct booked {
	struct fund_entry entry;
	struct booked *refers;         /* NULL: none */
	const struct project *project; /* whose money it moves; NULL: none's */
	/* The entry that was taken before it: of the same place; of those by which the place sent money; of
	 * grants to the same place. */
	struct booked *older, *older_sent, *older_grant;
	struct amount open;  /* how much other entries may still draw on it or undo of it */
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

/* The money of a place that has an age (on hand, or in transit from there), lot by lot; each lot is a part
 * of the entry that brought or sent it. What came first goes out first, so what is on hand is what came
 * last. */
typedef void (*ledger_take_lot)(void *context, const struct booked *booked, enum fund_state state,
                                int64_t amount_fen);
void ledger_lots(const struct holder *holder, ledger_take_lot take, void *context);
/* Days since it occurred, never below 0. */
int64_t ledger_age(const struct booked *booked, int64_t today);

/* The holder of the place whose last unit has this index in the catalogue; NULL: no money there yet. */
const struct holder *ledger_holder_at(const struct ledger *ledger, size_t unit);

#endif
