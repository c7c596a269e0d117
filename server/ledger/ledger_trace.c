/* The way of money through the ledger, one entry after the other: where it came from, or where it went.
 *
 * Money of one source in one place, or in one of its projects, is one pool: what came first goes out first.
 * So each fen that an entry moves has a place in the row of all that went out of its pool, and the same place
 * in the row of all that came in. What was undone counts as if it had never been. Where an entry names
 * another one (a confirmation what was sent, a sending what was set aside, a withdrawal a grant) its fen are
 * that one's, likewise in a row. */
#include "base/query_check.h"
#include "ledger_internal.h"

#include <inttypes.h>
#include <string.h>

/* Steps in one answer, and entries that are looked at to find them. */
enum { TRACE_STEPS_MAX = 500, TRACE_SCANNED_MAX = 200000 };

/* A part of an entry: `size` of its fen from `from` on. */
struct part {
	const struct booked *booked;
	int64_t from, size;
};

struct trace {
	const struct ledger *ledger;
	struct arena *arena;
	bool forward, full, no_memory;
	size_t scanned, count;
	struct part parts[TRACE_STEPS_MAX];
	uint32_t from[TRACE_STEPS_MAX];
};

/* A row of entries, the newest first, that pass money on one after the other. */
struct row {
	size_t count;
	const struct booked **items;
};

typedef bool (*belongs)(const struct booked *booked, const struct booked *to);

/* The pool whose money an entry brings or takes: a project's, or its place's own. */
static const struct project *
pool_of(const struct booked *b)
{
	return b->entry.kind == FUND_REIMBURSED || b->entry.kind == FUND_SPENT ? b->project : NULL;
}

/* So many fen of it count: not what was undone, and of a grant not what was withdrawn. */
static int64_t
size_of(const struct booked *b)
{
	return b->entry.kind == FUND_GRANTED ? b->open.taken : b->entry.amount_fen - b->undone;
}

static bool
comes_on_hand(const struct booked *b, const struct booked *to)
{
	enum fund_kind kind = b->entry.kind;
	return pool_of(b) == pool_of(to) && (kind == FUND_RAISED || kind == FUND_RECEIVED ||
	                                     kind == FUND_REIMBURSED || kind == FUND_WITHDRAWN);
}

static bool
report_store_hand(const struct booked *b, const struct booked *to)
{
	enum fund_kind kind = b->entry.kind;
	return pool_of(b) == pool_of(to) &&
	       (kind == FUND_ALLOCATED || kind == FUND_RETURNED || kind == FUND_GRANTED || kind == FUND_SPENT ||
	        (kind == FUND_SENT_DOWN && !b->refers));
}

static bool
is_claim(const struct booked *b, const struct booked *to)
{
	return b->entry.kind == FUND_REIMBURSED && b->project == to->project;
}

static bool
is_for_the_same(const struct booked *b, const struct booked *to)
{
	return b->project == to->project;
}

static bool
draws_on(const struct booked *b, const struct booked *to)
{
	return b->refers == to && b->entry.kind != FUND_REVERSED;
}

enum chain { CHAIN_OF_PLACE, CHAIN_OF_GRANTS };

static const struct booked *
newest_of(const struct holder *h, enum chain chain)
{
	return chain == CHAIN_OF_GRANTS ? h->newest_grant : h->newest;
}

static const struct booked *
older_of(const struct booked *b, enum chain chain)
{
	return chain == CHAIN_OF_GRANTS ? b->older_grant : b->older;
}

/* The entries of a place and source that belong. */
static struct row
row_of(struct trace *t, unit_code place, uint32_t source, enum chain chain, belongs test,
       const struct booked *to)
{
	struct row row = {0};
	const struct holder *h = ledger_holder(t->ledger, place);
	size_t count = 0;
	for (const struct booked *b = h ? newest_of(h, chain) : NULL; b; b = older_of(b, chain)) {
		count += b->entry.source == source && test(b, to);
		t->scanned++;
	}
	row.items = arena_array(t->arena, count, sizeof *row.items);
	t->no_memory = t->no_memory || !row.items;
	for (const struct booked *b = row.items && h ? newest_of(h, chain) : NULL; b; b = older_of(b, chain))
		if (b->entry.source == source && test(b, to))
			row.items[row.count++] = b;
	return row;
}

/* Where a part of an entry lies in a row that it belongs to. */
static int64_t
place_in(const struct row *row, const struct part *part)
{
	int64_t at = part->from;
	for (size_t i = row->count; i-- && row->items[i] != part->booked;)
		at += size_of(row->items[i]);
	return at;
}

static void
add_part(struct trace *t, uint32_t from, struct part part)
{
	if (part.size <= 0)
		return;
	if (t->count == TRACE_STEPS_MAX || t->scanned > TRACE_SCANNED_MAX) {
		t->full = true;
		return;
	}
	t->parts[t->count] = part;
	t->from[t->count++] = from;
}

/* Adds what lies at these fen of a row. */
static void
add_parts(struct trace *t, uint32_t from, const struct row *row, int64_t at, int64_t size)
{
	for (size_t i = row->count; i-- && size > 0;) {
		int64_t whole = size_of(row->items[i]);
		if (at >= whole) {
			at -= whole;
			continue;
		}
		int64_t part = whole - at < size ? whole - at : size;
		add_part(t, from, (struct part){row->items[i], at, part});
		size -= part;
		at = 0;
	}
}

/* The entries that draw on this one: the receiver's, or those of the unit that booked it. */
static struct row
draws_of(struct trace *t, const struct booked *b)
{
	bool sent = b->entry.kind == FUND_SENT_DOWN || b->entry.kind == FUND_RETURNED;
	return row_of(t, sent ? b->entry.counterparty : b->entry.unit, b->entry.source, CHAIN_OF_PLACE, draws_on,
	              b);
}

static void
step_back(struct trace *t, uint32_t at)
{
	const struct part part = t->parts[at];
	const struct fund_entry *e = &part.booked->entry;
	struct row out, in;
	if (part.booked->refers) {
		/* What is withdrawn is the unclaimed rest: the grant's last fen. */
		int64_t first = e->kind == FUND_WITHDRAWN ? size_of(part.booked->refers) : 0;
		out = draws_of(t, part.booked->refers);
		add_part(t, at, (struct part){part.booked->refers, first + place_in(&out, &part), part.size});
		return;
	}
	if (report_store_hand(part.booked, part.booked)) {
		out = row_of(t, e->unit, e->source, CHAIN_OF_PLACE, report_store_hand, part.booked);
		in = row_of(t, e->unit, e->source, CHAIN_OF_PLACE, comes_on_hand, part.booked);
	} else if (e->kind == FUND_REIMBURSED) {
		out = row_of(t, e->unit, e->source, CHAIN_OF_PLACE, is_claim, part.booked);
		in = row_of(t, e->unit, e->source, CHAIN_OF_GRANTS, is_for_the_same, part.booked);
	} else {
		return; /* raised */
	}
	add_parts(t, at, &in, place_in(&out, &part), part.size);
}

static void
step_forward(struct trace *t, uint32_t at)
{
	const struct part part = t->parts[at];
	const struct fund_entry *e = &part.booked->entry;
	struct row in, out;
	if (comes_on_hand(part.booked, part.booked)) {
		in = row_of(t, e->unit, e->source, CHAIN_OF_PLACE, comes_on_hand, part.booked);
		out = row_of(t, e->unit, e->source, CHAIN_OF_PLACE, report_store_hand, part.booked);
		add_parts(t, at, &out, place_in(&in, &part), part.size);
		return;
	}
	if (e->kind == FUND_GRANTED) {
		int64_t kept = size_of(part.booked), claimed = kept - part.from;
		in = row_of(t, e->counterparty, e->source, CHAIN_OF_GRANTS, is_for_the_same, part.booked);
		out = row_of(t, e->counterparty, e->source, CHAIN_OF_PLACE, is_claim, part.booked);
		if (claimed > 0)
			add_parts(t, at, &out, place_in(&in, &part), claimed < part.size ? claimed : part.size);
		out = draws_of(t, part.booked);
		claimed = claimed > 0 ? claimed : 0;
		add_parts(t, at, &out, part.from > kept ? part.from - kept : 0, part.size - claimed);
		return;
	}
	out = draws_of(t, part.booked);
	add_parts(t, at, &out, part.from, part.size);
}

static bool
fill_in(const struct trace *t, struct trace_answer *out)
{
	out->steps = arena_array(t->arena, t->count, sizeof *out->steps);
	for (; out->steps && out->count < t->count; out->count++) {
		struct trace_step *step = &out->steps[out->count];
		const struct booked *b = t->parts[out->count].booked;
		ledger_item(b, 0, &step->item);
		step->from = t->from[out->count];
		step->amount_fen = t->parts[out->count].size;
	}
	out->more = t->full;
	return out->steps;
}

bool
ledger_trace(const struct ledger *l, const struct trace_query *q, struct arena *arena,
             struct trace_answer *out, struct problem_list *problems)
{
	if (!query_unit(l->catalogue, q->unit, problems))
		return false;
	const struct booked *b = ledger_find(l, q->unit, q->voucher);
	if (!b) {
		problem_detail(problem_add(problems, PROBLEM_REFERRED_UNKNOWN, SUBJECT_REQUEST, 0, "voucher"),
		               "%s (%" PRId64 ")", q->voucher, q->unit);
		return false;
	}
	/* A reversal moved no money of its own: what it undid is what is asked about. */
	b = b->entry.kind == FUND_REVERSED ? b->refers : b;
	struct trace *t = arena_alloc(arena, sizeof *t);
	if (!t) {
		problem_only(problems, PROBLEM_TOO_LARGE);
		return false;
	}
	t->ledger = l;
	t->arena = arena;
	t->forward = q->forward;
	t->parts[t->count++] = (struct part){b, 0, b->entry.amount_fen - b->undone};
	for (uint32_t at = 0; at < t->count && !t->no_memory; at++) {
		if (t->forward)
			step_forward(t, at);
		else
			step_back(t, at);
	}
	if (!t->no_memory && fill_in(t, out))
		return true;
	problem_only(problems, PROBLEM_TOO_LARGE);
	return false;
}
