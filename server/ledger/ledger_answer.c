/* Answers, from memory, to questions about the ledger: where money is, and what was booked. */
#include "base/query_check.h"
#include "base/sorted.h"
#include "base/utf8.h"
#include "ledger_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Entries that one answer holds, and that it looks at to find them: what one turn of the centre's loop can
 * spare. An answer that stops early says where to go on. */
enum { ENTRIES_LISTED_MAX = 1000, ENTRIES_SCANNED_MAX = 50000 };

static int64_t
day_of(int64_t now_us)
{
	return date_days(date_of_time(now_us));
}

/* ---------------------------------------------------------------- sums of a subtree */

/* What has ages: money on hand, and in transit. */
enum aged { AGED_ON_HAND, AGED_IN_TRANSIT, AGED };

struct source_sum {
	wide_sum states[FUND_STATES];
	wide_sum ages[AGED][FUND_AGES];
};

struct sums {
	const struct ledger *ledger;
	const struct balance_query *query;
	int64_t today;
	struct source_sum *sources; /* as in the catalogue */
};

static struct source_sum *
sum_of(const struct sums *sums, uint32_t source)
{
	const struct catalogue *c = sums->ledger->catalogue;
	const struct fund_term *term = fund_term_by_number(c->sources, c->source_count, source);
	return term ? &sums->sources[term - c->sources] : NULL;
}

static enum aged
has_ages(enum fund_state state)
{
	return state == FUND_STATE_ON_HAND      ? AGED_ON_HAND
	       : state == FUND_STATE_IN_TRANSIT ? AGED_IN_TRANSIT
	                                        : AGED;
}

static wide_sum *
age_cell(struct source_sum *sum, enum aged what, int64_t days)
{
	static const int64_t limits[FUND_AGES - 1] = {15, 30, 60};
	int at = 0;
	while (at < FUND_AGES - 1 && days > limits[at])
		at++;
	return &sum->ages[what][at];
}

static void
add_lot(void *context, const struct booked *b, enum fund_state state, int64_t amount_fen)
{
	const struct sums *sums = context;
	struct source_sum *sum = sum_of(sums, b->entry.source);
	if (sum)
		*age_cell(sum, has_ages(state), ledger_age(b, sums->today)) += amount_fen;
}

static void
add_holder(const struct sums *sums, const struct holder *h)
{
	for (const struct account *a = h->accounts; a; a = a->next) {
		struct source_sum *sum = sum_of(sums, a->source);
		if (sum)
			sum->states[a->state] += a->amount.taken;
	}
	if (sums->query->ages)
		ledger_lots(h, add_lot, (void *)(uintptr_t)sums);
}

/* Places `first`.. of the catalogue; where a place has several codes it is at the last one. */
static void
add_places(const struct sums *sums, size_t first, size_t count)
{
	const struct ledger *l = sums->ledger;
	for (size_t i = first; i < first + count; i++)
		if (l->holders[i])
			add_holder(sums, l->holders[i]);
}

static void
add_subtree(const struct sums *sums, const struct unit *unit)
{
	const struct catalogue *c = sums->ledger->catalogue;
	add_places(sums, (size_t)(unit - c->units), 1);
	for (int level = (int)unit->level + 1; !sums->query->own && level <= (int)UNIT_VILLAGE; level++) {
		size_t first, count = catalogue_units_below(c, unit->code, (enum unit_level)level, &first);
		add_places(sums, first, count);
	}
}

static bool
make_row(const struct sums *sums, const struct unit *unit, struct arena *arena, struct unit_balance *out)
{
	const struct catalogue *c = sums->ledger->catalogue;
	memset(sums->sources, 0, c->source_count * sizeof *sums->sources);
	add_subtree(sums, unit);
	size_t count = 0;
	for (size_t s = 0; s < c->source_count; s++)
		for (int state = 0; state < FUND_STATES; state++)
			count += sums->sources[s].states[state] != 0;
	*out = (struct unit_balance){unit->code, 0, arena_array(arena, count, sizeof *out->balances)};
	for (size_t s = 0; out->balances && s < c->source_count; s++)
		for (int state = 0; state < FUND_STATES; state++) {
			if (!sums->sources[s].states[state])
				continue;
			struct balance *to = &out->balances[out->count++];
			enum aged aged = has_ages((enum fund_state)state);
			*to = (struct balance){.source = c->sources[s].number,
			                       .state = (enum fund_state)state,
			                       .amount_fen = wide_sum_clamp(sums->sources[s].states[state]),
			                       .has_ages = sums->query->ages && aged < AGED};
			for (int i = 0; to->has_ages && i < FUND_AGES; i++)
				to->by_age_fen[i] = wide_sum_clamp(sums->sources[s].ages[aged][i]);
		}
	return out->balances;
}

bool
ledger_balances(const struct ledger *l, const struct balance_query *q, int64_t now_us, struct arena *arena,
                struct balance_answer *out, struct problem_list *problems)
{
	const struct catalogue *c = l->catalogue;
	const struct unit *unit = query_unit(c, q->unit, problems);
	size_t first = 0, count = 0;
	if (!unit)
		return false;
	if (q->by && q->by < unit->level) {
		problem_add(problems, PROBLEM_LEVEL_INVALID, SUBJECT_REQUEST, 0, "by");
		return false;
	}
	if (q->by)
		count = catalogue_units_below(c, q->unit, q->by, &first);
	bool whole = !q->by || q->whole;
	struct sums sums = {l, q, day_of(now_us), arena_array(arena, c->source_count, sizeof *sums.sources)};
	out->units = arena_array(arena, count + whole, sizeof *out->units);
	bool good = sums.sources && out->units;
	for (size_t i = 0; good && i < count; i++)
		good = make_row(&sums, &c->units[first + i], arena, &out->units[out->unit_count++]);
	if (good && whole)
		good = make_row(&sums, unit, arena, &out->units[out->unit_count++]);
	out->time_us = now_us;
	if (!good)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return good;
}

/* ---------------------------------------------------------------- projects */

/* Adds what it has of a source (0: of all) to a sum. False: nothing. */
static bool
add_project_money(const struct ledger *l, const struct project *project, uint32_t source,
                  struct project_money *sum)
{
	const struct project_row *plan = project->taken.plan;
	bool any = false;
	for (size_t i = 0; i < plan->budget_count; i++)
		if (!source || plan->budgets[i].source == source) {
			sum->budget_fen += plan->budgets[i].amount_fen;
			any = true;
		}
	const struct account *a = ledger_purses(l, project);
	for (; a; a = a->next) {
		if ((source && a->source != source) || !a->amount.taken)
			continue;
		any = true;
		sum->granted_fen += a->state == FUND_STATE_CAME_IN ? a->amount.taken : 0;
		sum->under_grant_fen += a->state == FUND_STATE_UNDER_GRANT ? a->amount.taken : 0;
		sum->on_hand_fen += a->state == FUND_STATE_ON_HAND ? a->amount.taken : 0;
		sum->spent_fen += a->state == FUND_STATE_SPENT ? a->amount.taken : 0;
	}
	return any;
}

struct project_money
ledger_project_sum(const struct ledger *l, const struct project *project)
{
	struct project_money sum = {0};
	add_project_money(l, project, 0, &sum);
	return sum;
}

bool
ledger_project_money(const struct ledger *l, const struct project *project, struct arena *arena,
                     struct project_money **out, size_t *count)
{
	const struct catalogue *c = l->catalogue;
	struct project_money *all = arena_array(arena, c->source_count, sizeof *all);
	*out = all;
	*count = 0;
	for (size_t s = 0; all && s < c->source_count; s++) {
		struct project_money money = {.source = c->sources[s].number};
		if (add_project_money(l, project, money.source, &money))
			all[(*count)++] = money;
	}
	return all;
}

/* ---------------------------------------------------------------- entries */

/* A unit's entries are its own and those that name it: what was sent to it, or granted. */
static bool
concerns(const struct entry_query *q, const struct fund_entry *e)
{
	if (q->own)
		return e->unit == q->unit || e->counterparty == q->unit;
	return unit_within(e->unit, q->unit) || (e->counterparty && unit_within(e->counterparty, q->unit));
}

static bool
is_sent(enum fund_kind kind)
{
	return kind == FUND_SENT_DOWN || kind == FUND_RETURNED;
}

static bool
is_wanted(const struct entry_query *q, const struct booked *b)
{
	const struct fund_entry *e = &b->entry;
	return (!q->source || e->source == q->source) &&
	       (!q->in_transit || (is_sent(e->kind) && b->open.taken > 0)) &&
	       (!*q->voucher || utf8_same_key(q->voucher, e->voucher)) && concerns(q, e);
}

struct row_place {
	uint64_t seq;
	uint32_t line;
};

/* What is at that place comes before it, too. */
static int
by_place(const void *item, const void *key)
{
	const struct booked *b = *(struct booked *const *)item;
	const struct row_place *last = key;
	return b->seq < last->seq || (b->seq == last->seq && b->line <= last->line) ? -1 : 1;
}

/* The first entry behind the one that the last answer ended with. */
static size_t
find_after(const struct ledger *l, uint64_t seq, uint32_t line)
{
	const struct row_place last = {seq, line};
	return sorted_place(l->taken, l->taken_count, sizeof(struct booked *), by_place, &last);
}

void
ledger_item(const struct booked *b, int64_t now_us, struct entry_item *out)
{
	*out = (struct entry_item){
	    .entry = b->entry,
	    .seq = b->seq,
	    .line = b->line,
	    .recorded = b->time,
	    .open_fen = b->open.taken,
	    .age_days = (uint32_t)ledger_age(b, day_of(now_us)),
	};
}

bool
ledger_entries(const struct ledger *l, const struct entry_query *q, int64_t now_us, struct arena *arena,
               struct entry_answer *out, struct problem_list *problems)
{
	if (!query_unit(l->catalogue, q->unit, problems))
		return false;
	if (q->source && !fund_term_by_number(l->catalogue->sources, l->catalogue->source_count, q->source)) {
		problem_detail(problem_add(problems, PROBLEM_SOURCE_UNKNOWN, SUBJECT_REQUEST, 0, "source"), "%u",
		               q->source);
		return false;
	}
	size_t limit = q->limit && q->limit < ENTRIES_LISTED_MAX ? q->limit : ENTRIES_LISTED_MAX;
	size_t at = q->after_seq ? find_after(l, q->after_seq, q->after_line) : 0;
	size_t end = l->taken_count - at > ENTRIES_SCANNED_MAX ? at + ENTRIES_SCANNED_MAX : l->taken_count;
	out->items = arena_array(arena, limit, sizeof *out->items);
	out->time_us = now_us;
	if (!out->items || (q->early && !ledger_early(l, q, now_us, limit, out))) {
		problem_only(problems, PROBLEM_TOO_LARGE);
		return false;
	}
	if (q->early)
		return true;
	for (; at < end && out->count < limit; at++)
		if (is_wanted(q, l->taken[at]))
			ledger_item(l->taken[at], now_us, &out->items[out->count++]);
	if (at && at < l->taken_count) {
		out->next_seq = l->taken[at - 1]->seq;
		out->next_line = l->taken[at - 1]->line;
	}
	return true;
}
