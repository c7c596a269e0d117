/* Stages a submission's entries (booked, but not on disk yet), and unstages them. */
#include "ledger_internal.h"

#include "base/grow.h"

#include <assert.h>
#include <stdlib.h>

/* Each entry touches at most three amounts a move, its own open amount, and two more. */
static bool
make_room(struct ledger *l, size_t entries)
{
	size_t room = entries * (3 * MOVES_MAX + 3);
	l->touched_count = 0;
	return grow((void *)&l->touched, &l->touched_room, room, sizeof *l->touched);
}

/* Undoes rows of a submission from `count` - 1 on down to the first; those that were refused are not there.
 * `is_now`: only what this very ledger_stage() booked: a voucher that was refused may be on its way in
 * another submission.
 */
static void
unstage_rows(struct ledger *l, const struct submission *s, size_t count, bool is_now)
{
	while (count--) {
		const struct fund_entry *e = &s->entries[count];
		struct booked *b = ledger_find_spelling(l, e->unit, e->voucher);
		if (!b || b->seq || (is_now && b->stage != l->stage))
			continue;
		bool good = ledger_book(l, b, STEP_UNSTAGE);
		assert(good); /* its accounts are there */
		ledger_take_out(l, b);
	}
}

/* Checks one row, and books it if it is right. False: no memory. */
static bool
stage_row(struct ledger *l, const struct submission *s, size_t row, struct problem_list *problems,
          bool *settled)
{
	const struct fund_entry *e = &s->entries[row];
	struct booked on_trial = {.entry = *e, .refers = ledger_referred(l, e)};
	on_trial.project = ledger_project_moved(l, &on_trial);
	const struct entry_trial trial = {l, s, &on_trial, row, problems, settled};
	size_t before = problems->count + problems->more;
	uint64_t hash = ledger_hash(e->unit, e->voucher);
	if (ledger_find_hashed(l, hash, e->unit, e->voucher)) {
		*settled = true;
		problem_detail(problem_add(problems, PROBLEM_VOUCHER_TAKEN, SUBJECT_ENTRY, row, "voucher"), "%s",
		               e->voucher);
		return true;
	}
	ledger_try(&trial);
	if (problems->count + problems->more > before)
		return true;
	struct booked *b = ledger_add(l, hash, e);
	if (!b)
		return false;
	b->refers = on_trial.refers;
	b->project = on_trial.project;
	b->stage = l->stage;
	if (ledger_book(l, b, STEP_STAGE)) {
		if (l->staged_last)
			l->staged_last->older = b;
		l->staged_last = b;
		return true;
	}
	ledger_take_out(l, b);
	return false;
}

enum ledger_verdict
ledger_stage(struct ledger *l, const struct submission *s, struct problem_list *problems)
{
	size_t before = problems->count + problems->more, rows = 0;
	bool settled = false, good = make_room(l, s->entry_count);
	l->stage++;
	for (; good && rows < s->entry_count; rows++)
		good = stage_row(l, s, rows, problems, &settled);
	if (good && problems->count + problems->more == before)
		ledger_try_steps(l, s, problems, &settled);
	for (size_t i = 0; i < l->touched_count; i++)
		l->touched[i]->own = 0;
	l->touched_count = 0;
	if (good && problems->count + problems->more == before)
		return LEDGER_STAGED;
	unstage_rows(l, s, rows, true);
	return !good ? LEDGER_NO_MEMORY : settled ? LEDGER_REFUSED : LEDGER_UNSETTLED;
}

void
ledger_unstage(struct ledger *l, const struct submission *s)
{
	unstage_rows(l, s, s->entry_count, false);
}
