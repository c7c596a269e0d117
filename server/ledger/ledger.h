/* The ledger: double entry, whole fen. Each account is a place × fund source × state; an entry moves one
 * amount between accounts, and is never changed. Balances are checked as entries are booked, in the order of
 * commits, so that no account goes below zero, however many offices book at the same time.
 *
 * Booking has two steps, as commits take a while and the next ones build on them. An entry is staged when it
 * was checked and is on its way to the disk: later entries may use the money that it brings, and may not use
 * what it takes. It is taken when it is on disk; only taken entries are shown. What the database refused is
 * unstaged. A refusal that holds only because of something staged is not final (UNSETTLED).
 *
 * Semantics follow TigerBeetle's (pending, posted in part, voided; linked entries): what is sent is in
 * transit, which is an account of the sender's, until the receiver confirms it, in part or whole; nothing
 * times out. The open amount of an entry is what other entries may still draw on it or undo of it.
 *
 * Part of a place's money may belong to a project. That part is tied: it is counted in the project's
 * accounts, too, and only entries of the project move it.
 *
 * A unit that moved or merged is one place with its successor: its money goes on under the new code. Pure:
 * no socket, no SQL, no clock. To add a kind of entry, add its moves to ledger.c and its rule to check.c. */
#ifndef FUPIN_SERVER_LEDGER_H
#define FUPIN_SERVER_LEDGER_H

#include "projects.h"
#include "reply.h"
#include "totals/fund_totals.h"

#include <stdbool.h>

struct ledger;

/* The catalogue and the projects, which its entries may name, must outlive it. NULL: no memory. */
struct ledger *ledger_create(const struct catalogue *catalogue, const struct projects *projects);
void ledger_destroy(struct ledger **ledger);

enum ledger_verdict {
	LEDGER_STAGED,
	LEDGER_REFUSED,   /* `problems` says why, with balances; nothing is booked */
	LEDGER_UNSETTLED, /* the same, but because of entries on their way to the disk: ask again when those are
	                     settled */
	LEDGER_NO_MEMORY,
};

/* To be called before ledger_stage(): an entry that refers to another one by another spelling of its voucher
 * gets the other entry's spelling, by which it is found again in the database. False: no memory. */
bool ledger_name_referred(const struct ledger *ledger, struct submission *submission, struct arena *arena)
    __attribute__((warn_unused_result));

/* Books the entries of a checked submission, all or none, as staged; its memory has to stay until they are
 * taken or unstaged. Its steps of projects must be staged before: what the ledger has against them is
 * reported here. */
enum ledger_verdict ledger_stage(struct ledger *ledger, const struct submission *submission,
                                 struct problem_list *problems) __attribute__((warn_unused_result));
void ledger_unstage(struct ledger *ledger, const struct submission *submission);

/* Takes over a committed entry, row `line` of commit `seq` at `time_us`, staged or not. False: it refers to
 * an entry that does not exist, its unit is not in the plan, or no memory. */
bool ledger_take(struct ledger *ledger, const struct fund_entry *entry, uint64_t seq, uint32_t line,
                 int64_t time_us, struct fund_effect *effect) __attribute__((warn_unused_result));

/* The other unit of a taken entry; 0: it has none, or there is no such entry. */
unit_code ledger_counterparty(const struct ledger *ledger, unit_code unit, const char *voucher);

/* Fill in the answers to questions about money; the arena owns what they hold. The caller sets as_of and
 * label. False: `problems` says why. */
bool ledger_balances(const struct ledger *ledger, const struct balance_query *query, int64_t now_us,
                     struct arena *arena, struct balance_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));
/* What a project was granted, has and has spent, by source; the arena owns it. False: no memory. */
bool ledger_project_money(const struct ledger *ledger, const struct project *project, struct arena *arena,
                          struct project_money **out, size_t *count) __attribute__((warn_unused_result));
/* The same of all sources together; `source` is 0. */
struct project_money ledger_project_sum(const struct ledger *ledger, const struct project *project);
bool ledger_entries(const struct ledger *ledger, const struct entry_query *query, int64_t now_us,
                    struct arena *arena, struct entry_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));
bool ledger_trace(const struct ledger *ledger, const struct trace_query *query, struct arena *arena,
                  struct trace_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));

#endif
