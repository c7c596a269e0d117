/* What the ledger is made of; shared by ledger.c, which books, ledger_check.c, which checks, ledger_stage.c,
 * which does both for a submission, and ledger_answer.c and ledger_trace.c, which read. */
#ifndef FUPIN_SERVER_LEDGER_INTERNAL_H
#define FUPIN_SERVER_LEDGER_INTERNAL_H

#include "bookings.h"

/* A booking with its hash, so that a search looks only at bookings that may match. */
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
	struct booked *spare; /* unstaged, to be used again */
	/* Entries are mostly taken in the order in which they were staged: the one that was staged last, and the
	 * one that is probably taken next. Of a staged entry `older` is the one that was staged after it. */
	struct booked *staged_last, *taken_next;
	struct booked **taken; /* in the order of commits */
	size_t taken_count, taken_room;
	uint32_t stage; /* counts calls of ledger_stage() */
	/* Of the submission that is being staged: amounts whose `own` has to be cleared. */
	struct amount **touched;
	size_t touched_count, touched_room;
};

/* Money that moves when an entry is booked, with the sign of each account. */
struct move {
	bool other; /* the account is the counterparty's */
	enum fund_state state;
	int sign;
};

enum { MOVES_MAX = 4 };

/* The moves of an entry; returns how many. For a reversal they are those of the entry that it undoes, with
 * opposite signs, and `of` becomes that entry, whose units they are about. */
size_t ledger_moves(const struct booked *booked, const struct booked **of, struct move moves[MOVES_MAX]);

/* The accounts of a project, one for each source and state; NULL: nothing was booked on it. */
struct account *ledger_purses(const struct ledger *ledger, const struct project *project);

/* Does the move of an entry on a project move the project's own money? */
bool ledger_move_is_tied(enum fund_kind kind, const struct move *move);

/* The place that a unit is or became; NULL: the unit is not in the plan, or has no money yet. */
struct holder *ledger_holder(const struct ledger *ledger, unit_code unit);

/* An entry that is taken; NULL: there is none. */
const struct booked *ledger_find(const struct ledger *ledger, unit_code unit, const char *voucher);
/* An entry in the form that an answer has; ages count up to `now_us`. */
void ledger_item(const struct booked *booked, int64_t now_us, struct entry_item *out);

/* The entries of one place, of q->source or of all sources, that took money before it was there; at most
 * `limit` of them go into out->items. False: the place has too many, or no memory. */
bool ledger_early(const struct ledger *ledger, const struct entry_query *query, int64_t now_us, size_t limit,
                  struct entry_answer *out) __attribute__((warn_unused_result));

int64_t ledger_taken(const struct holder *holder, uint32_t source, enum fund_state state);

/* ---------------------------------------------------------------- for the files that book */

/* Index of a unit's place: of its last unit in the catalogue. SIZE_MAX: the unit is not in the plan. */
size_t ledger_place_index(const struct ledger *ledger, unit_code unit);

/* An account of a unit, or of a project; makes it if there is none yet. NULL: the unit is not in the plan, or
 * no memory. */
struct account *ledger_account_of(struct ledger *ledger, unit_code unit, uint32_t source,
                                  enum fund_state state);
struct account *ledger_purse_of(struct ledger *ledger, const struct project *project, uint32_t source,
                                enum fund_state state);

/* Of a voucher, the same for all of its spellings. */
uint64_t ledger_hash(unit_code unit, const char *voucher);
/* An entry, taken or staged, by any spelling of its voucher; or by exactly this one. NULL: none. */
struct booked *ledger_find_staged(const struct ledger *ledger, unit_code unit, const char *voucher);
struct booked *ledger_find_hashed(const struct ledger *ledger, uint64_t hash, unit_code unit,
                                  const char *voucher);
struct booked *ledger_find_spelling(const struct ledger *ledger, unit_code unit, const char *voucher);

/* The entry that an entry refers to; NULL: none. The project whose money it moves; NULL: no project's. */
struct booked *ledger_referred(const struct ledger *ledger, const struct fund_entry *entry);
const struct project *ledger_project_moved(const struct ledger *ledger, const struct booked *booked);

/* Adds an entry to the index of entries (NULL: no memory), and removes it again. */
struct booked *ledger_add(struct ledger *ledger, uint64_t hash, const struct fund_entry *entry);
void ledger_take_out(struct ledger *ledger, struct booked *booked);

enum step { STEP_STAGE, STEP_UNSTAGE, STEP_TAKE_STAGED, STEP_TAKE };

/* Books an entry that passed its checks, or unbooks it. False: no memory, nothing is changed. */
bool ledger_book(struct ledger *ledger, struct booked *booked, enum step step)
    __attribute__((warn_unused_result));

/* One entry being checked. */
struct entry_trial {
	struct ledger *ledger;
	const struct submission *submission;
	const struct booked *booked;
	size_t row;
	struct problem_list *problems;
	bool *settled; /* becomes true: it is wrong, whether staged entries are committed or not */
};

/* Checks an entry; what is wrong with it goes into the list of problems. */
void ledger_try(const struct entry_trial *trial);
/* What the ledger has against the steps of projects, once the entries of the same submission are staged. */
void ledger_try_steps(const struct ledger *ledger, const struct submission *submission,
                      struct problem_list *problems, bool *settled);

#endif
