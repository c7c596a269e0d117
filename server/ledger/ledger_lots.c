/* The age of money: its lots, first in, first out. */
#include "ledger_internal.h"

/* How many sources one walk along a place's entries looks for; for more of them there are several walks. */
enum { SOURCES_AT_ONCE = 32 };

struct rest {
	uint32_t source;
	int64_t fen; /* on hand, and not found yet how old it is */
};

int64_t
ledger_age(const struct booked *b, int64_t today)
{
	int64_t days = today - date_days(b->entry.occurred);
	return days > 0 ? days : 0;
}

/* How much of an entry came on hand at the place that booked it. */
static int64_t
came_on_hand(const struct booked *b)
{
	const struct booked *of;
	struct move moves[MOVES_MAX];
	size_t count = ledger_moves(b, &of, moves);
	for (size_t i = 0; i < count; i++)
		if (!moves[i].other && moves[i].state == FUND_STATE_ON_HAND && moves[i].sign > 0)
			return b->entry.amount_fen;
	return 0;
}

static struct rest *
rest_of(struct rest *rests, size_t count, uint32_t source)
{
	for (size_t i = 0; i < count; i++)
		if (rests[i].source == source)
			return &rests[i];
	return NULL;
}

static void
walk(const struct holder *h, struct rest *rests, size_t count, ledger_take_lot take, void *context)
{
	size_t open = count;
	for (const struct booked *b = h->newest; b && open; b = b->older) {
		struct rest *rest = rest_of(rests, count, b->entry.source);
		int64_t came = rest && rest->fen ? came_on_hand(b) : 0;
		int64_t part = came && rest->fen < came ? rest->fen : came;
		if (!part)
			continue;
		take(context, b, FUND_STATE_ON_HAND, part);
		rest->fen -= part;
		open -= !rest->fen;
	}
}

static void
lots_on_hand(const struct holder *h, ledger_take_lot take, void *context)
{
	const struct account *a = h->accounts;
	while (a) {
		struct rest rests[SOURCES_AT_ONCE];
		size_t count = 0;
		for (; a && count < SOURCES_AT_ONCE; a = a->next)
			if (a->state == FUND_STATE_ON_HAND && a->amount.taken > 0)
				rests[count++] = (struct rest){a->source, a->amount.taken};
		walk(h, rests, count, take, context);
	}
}

void
ledger_lots(const struct holder *h, ledger_take_lot take, void *context)
{
	lots_on_hand(h, take, context);
	for (const struct booked *b = h->newest_sent; b; b = b->older_sent)
		if (b->open.taken > 0)
			take(context, b, FUND_STATE_IN_TRANSIT, b->open.taken);
}
