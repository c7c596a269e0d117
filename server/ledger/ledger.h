/* The ledger: double entry, whole fen. Each account is a place × fund source × state; an entry moves one
 * amount between accounts, and is never changed. Balances are checked as entries are booked, in the order of
 * commits, so that no account goes below zero, whoever books at the same time.
 *
 * Booking has two steps, as commits take a while and the next ones build on them. Staged is what was checked
 * and is on its way to the disk: later entries may use the money that it brings, and may not use what it
 * takes. Taken is what is on disk; only that is shown. What the disk refused is unstaged. A refusal that
 * holds only because of something staged is none yet (UNSETTLED).
 *
 * Semantics follow TigerBeetle's (pending, posted in part, voided; linked entries): what is sent is in
 * transit, which is an account of the sender's, until the receiver confirms it, in part or whole; nothing
 * times out. Each entry is open for so much as others may still draw on it or undo of it.
 *
 * Of a place's money a part may belong to a project: that part is counted in the project's accounts, too, as
 * tied, and only its own entries move it.
 *
 * A unit that moved or merged is one place with its successor: its money goes on under the new code. Pure: no
 * socket, no SQL, no clock. To add a kind of entry, add its moves to ledger.c and its rule to check.c. */
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
	LEDGER_UNSETTLED, /* the same, but it hangs on what is on its way: ask again when that is settled */
	LEDGER_NO_MEMORY,
};

/* Before that: an entry that refers to another one in another spelling of its voucher gets the other's, by
 * which it is found again in the database. False: no memory. */
bool ledger_name_referred(const struct ledger *ledger, struct submission *submission, struct arena *arena)
    __attribute__((warn_unused_result));

/* Books the entries of a checked submission, all or none, as staged; its memory has to stay until they are
 * taken or unstaged. Its steps of projects are staged before: what money says against them is said here. */
enum ledger_verdict ledger_stage(struct ledger *ledger, const struct submission *submission,
                                 struct problem_list *problems) __attribute__((warn_unused_result));
void ledger_unstage(struct ledger *ledger, const struct submission *submission);

/* Takes over a committed entry, row `line` of commit `seq` at `time_us`, staged or not. False: it refers to
 * what is not there, its unit is not in the plan, or no memory. */
bool ledger_take(struct ledger *ledger, const struct fund_entry *entry, uint64_t seq, uint32_t line,
                 int64_t time_us, struct fund_effect *effect) __attribute__((warn_unused_result));

/* The other unit of a taken entry; 0: it has none, or there is no such entry. */
unit_code ledger_counterparty(const struct ledger *ledger, unit_code unit, const char *voucher);

/* Fill in the answers to questions about money; the arena owns what they hold. The caller sets as_of and
 * label. False: `problems` says why. */
bool ledger_balances(const struct ledger *ledger, const struct balance_query *query, int64_t now_us,
                     struct arena *arena, struct balance_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));
/* What a project was granted, has and spent, by source; the arena owns it. False: no memory. */
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
