/* What the ledger is made of; shared by ledger.c, which books, and ledger_answer.c and ledger_trace.c, which
 * read. */
#ifndef FUPIN_SERVER_LEDGER_INTERNAL_H
#define FUPIN_SERVER_LEDGER_INTERNAL_H

#include "bookings.h"

/* With its hash, so that a search looks at no booking but those that it may mean. */
struct slot {
	uint64_t hash;
	struct booked *booked; /* NULL: free */
};

struct ledger {
	const struct catalogue *catalogue;
	const struct projects *projects;
	struct arena memory;
	struct holder **holders; /* by index of a place's last unit; NULL: no money there yet */
	uint32_t *place_of;      /* by index of a unit: index of its place's last unit */
	struct account **purses; /* by index of a project: its accounts */
	size_t purse_room;
	struct slot *slots; /* by hash of unit and voucher, open addressing */
	size_t count, room;
	struct booked *spare;  /* unstaged, to be used again */
	struct booked **taken; /* in the order of commits */
	size_t taken_count, taken_room;
	uint32_t stage; /* counts calls of ledger_stage() */
	/* Of the submission that is being staged: amounts whose `own` has to be cleared. */
	struct amount **touched;
	size_t touched_count, touched_room;
};

/* Money that moves when an entry is booked, with the sign of each account. */
struct move {
	bool other; /* at the other unit of the entry */
	enum fund_state state;
	int sign;
};

enum { MOVES_MAX = 4 };

/* The moves of an entry; returns how many. Of a reversal: those of what it undoes, turned round, and `of`
 * becomes that entry, whose units they are about. */
size_t ledger_moves(const struct booked *booked, const struct booked **of, struct move moves[MOVES_MAX]);

/* What a project has, an account a source and state; NULL: nothing was booked on it. */
struct account *ledger_purses(const struct ledger *ledger, const struct project *project);

/* Does the move of an entry on a project move the project's own money? */
bool ledger_move_is_tied(enum fund_kind kind, const struct move *move);

/* The place that a unit is or became; NULL: the unit is not in the plan, or has no money yet. */
struct holder *ledger_holder(const struct ledger *ledger, unit_code unit);

/* An entry that is taken; NULL: there is none. */
const struct booked *ledger_find(const struct ledger *ledger, unit_code unit, const char *voucher);
/* As an answer has it; ages count up to `now_us`. */
void ledger_item(const struct booked *booked, int64_t now_us, struct entry_item *out);

/* The entries of one place, of q->source or all, that took money before it was there; at most `limit` of them
 * go into out->items. False: the place has too many, or no memory. */
bool ledger_early(const struct ledger *ledger, const struct entry_query *query, int64_t now_us, size_t limit,
                  struct entry_answer *out) __attribute__((warn_unused_result));

int64_t ledger_taken(const struct holder *holder, uint32_t source, enum fund_state state);

#endif
