/* Money that was spent before it was there: entries are booked in the order of commits, late and out of
 * order, so no balance of a day refuses one. This file finds the entries that took more than their place had
 * of the source by the days that the entries name; reversed entries count as if they had never been. */
#include "ledger_internal.h"

#include <stdlib.h>

/* Of one place: more than any office books in ten years, and what one turn of the centre's loop can spare. */
enum { EARLY_ENTRIES_MAX = 200000 };

struct dated {
	const struct booked *booked;
	int64_t fen; /* comes on hand; below 0: goes */
};

/* How much of it came on hand at its place, or went; 0: none, or it is undone. */
static int64_t
moved_on_hand(const struct booked *b)
{
	const struct booked *of;
	struct move moves[MOVES_MAX];
	size_t count = ledger_moves(b, &of, moves);
	if (of != b)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (!moves[i].other && moves[i].state == FUND_STATE_ON_HAND)
			return moves[i].sign * (b->entry.amount_fen - b->undone);
	return 0;
}

static int
by_commit(const struct booked *x, const struct booked *y)
{
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* By source, then day; what came on a day could be spent on it. */
static int
by_day(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;
	const struct fund_entry *e = &x->booked->entry, *f = &y->booked->entry;
	if (e->source != f->source)
		return e->source < f->source ? -1 : 1;
	if (e->occurred != f->occurred)
		return e->occurred < f->occurred ? -1 : 1;
	if ((x->fen < 0) != (y->fen < 0))
		return x->fen < 0 ? 1 : -1;
	return by_commit(x->booked, y->booked);
}

static int
in_order(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;
	return by_commit(x->booked, y->booked);
}

/* Leaves those that took what was not there, `fen` how much of it, in the order of commits; returns how many.
 */
static size_t
keep_early(struct dated *all, size_t count)
{
	int64_t there = 0;
	size_t kept = 0;
	uint32_t source = 0;
	qsort(all, count, sizeof *all, by_day);
	for (size_t i = 0; i < count; i++) {
		const struct dated d = all[i];
		if (d.booked->entry.source != source)
			there = 0;
		source = d.booked->entry.source;
		there += d.fen;
		if (d.fen < 0 && there < 0)
			all[kept++] = (struct dated){d.booked, there < d.fen ? -d.fen : -there};
	}
	qsort(all, kept, sizeof *all, in_order);
	return kept;
}

/* What moved money on hand there; *out is from malloc. False: too much of it, or no memory. */
static bool
collect(const struct holder *h, uint32_t source, struct dated **out, size_t *count)
{
	size_t most = 0;
	for (const struct booked *b = h->newest; b; b = b->older)
		most++;
	*count = 0;
	*out = most <= EARLY_ENTRIES_MAX ? calloc(most + 1, sizeof **out) : NULL;
	for (const struct booked *b = h->newest; *out && b; b = b->older) {
		int64_t fen = !source || b->entry.source == source ? moved_on_hand(b) : 0;
		if (fen)
			(*out)[(*count)++] = (struct dated){b, fen};
	}
	return *out;
}

bool
ledger_early(const struct ledger *l, const struct entry_query *q, int64_t now_us, size_t limit,
             struct entry_answer *out)
{
	const struct holder *h = ledger_holder(l, q->unit);
	struct dated *all = NULL;
	size_t count = 0;
	if (!h)
		return true;
	if (!collect(h, q->source, &all, &count))
		return false;
	count = keep_early(all, count);
	for (size_t i = 0; i < count; i++) {
		const struct booked *b = all[i].booked;
		if (b->seq < q->after_seq || (b->seq == q->after_seq && q->after_seq && b->line <= q->after_line))
			continue;
		if (out->count == limit) {
			out->next_seq = out->items[limit - 1].seq;
			out->next_line = out->items[limit - 1].line;
			break;
		}
		ledger_item(b, now_us, &out->items[out->count]);
		out->items[out->count++].early_fen = all[i].fen;
	}
	free(all);
	return true;
}
