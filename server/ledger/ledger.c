#include "ledger_internal.h"

#include "base/grow.h"
#include "base/key_set.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 256 };

/* ---------------------------------------------------------------- what moves */

static const struct move moves_of[FUND_KINDS][MOVES_MAX] = {
    [FUND_RAISED] = {{false, FUND_STATE_RAISED, 1}, {false, FUND_STATE_ON_HAND, 1}},
    [FUND_ALLOCATED] = {{false, FUND_STATE_ON_HAND, -1}, {false, FUND_STATE_SET_ASIDE, 1}},
    [FUND_SENT_DOWN] = {{false, FUND_STATE_ON_HAND, -1}, {false, FUND_STATE_IN_TRANSIT, 1}},
    [FUND_RETURNED] = {{false, FUND_STATE_ON_HAND, -1}, {false, FUND_STATE_IN_TRANSIT, 1}},
    [FUND_RECEIVED] = {{true, FUND_STATE_IN_TRANSIT, -1},
                       {true, FUND_STATE_WENT_OUT, 1},
                       {false, FUND_STATE_CAME_IN, 1},
                       {false, FUND_STATE_ON_HAND, 1}},
    [FUND_GRANTED] = {{false, FUND_STATE_ON_HAND, -1},
                      {false, FUND_STATE_WENT_OUT, 1},
                      {true, FUND_STATE_CAME_IN, 1},
                      {true, FUND_STATE_UNDER_GRANT, 1}},
    [FUND_WITHDRAWN] = {{true, FUND_STATE_UNDER_GRANT, -1},
                        {true, FUND_STATE_CAME_IN, -1},
                        {false, FUND_STATE_WENT_OUT, -1},
                        {false, FUND_STATE_ON_HAND, 1}},
    [FUND_REIMBURSED] = {{false, FUND_STATE_UNDER_GRANT, -1}, {false, FUND_STATE_ON_HAND, 1}},
    [FUND_SPENT] = {{false, FUND_STATE_ON_HAND, -1}, {false, FUND_STATE_SPENT, 1}},
    [FUND_REPAID] = {{false, FUND_STATE_REPAID, 1}},
};

size_t
ledger_moves(const struct booked *b, const struct booked **of, struct move moves[MOVES_MAX])
{
	bool undoes = b->entry.kind == FUND_REVERSED;
	size_t count = 0;
	*of = undoes ? b->refers : b;
	const struct fund_entry *e = &(*of)->entry;
	for (; count < MOVES_MAX && moves_of[e->kind][count].state; count++) {
		moves[count] = moves_of[e->kind][count];
		/* What was set aside for it goes on its way. */
		if (e->kind == FUND_SENT_DOWN && *e->refers && moves[count].state == FUND_STATE_ON_HAND)
			moves[count].state = FUND_STATE_SET_ASIDE;
		if (undoes)
			moves[count].sign = -moves[count].sign;
	}
	return count;
}

/* In a grant, the receiver's side belongs to the project. */
bool
ledger_move_is_tied(enum fund_kind kind, const struct move *m)
{
	return (kind != FUND_GRANTED && kind != FUND_WITHDRAWN) || m->other;
}

/* ---------------------------------------------------------------- places and accounts */

size_t
ledger_place_index(const struct ledger *l, unit_code code)
{
	const struct unit *unit = catalogue_unit(l->catalogue, code);
	return unit ? l->place_of[unit - l->catalogue->units] : SIZE_MAX;
}

struct holder *
ledger_holder(const struct ledger *l, unit_code unit)
{
	size_t at = ledger_place_index(l, unit);
	return at == SIZE_MAX ? NULL : l->holders[at];
}

const struct holder *
ledger_holder_at(const struct ledger *l, size_t unit)
{
	return l->holders[unit];
}

/* Makes it if there is none yet. NULL: the unit is not in the plan, or no memory. */
static struct holder *
holder_of(struct ledger *l, unit_code unit)
{
	size_t at = ledger_place_index(l, unit);
	if (at == SIZE_MAX)
		return NULL;
	if (!l->holders[at])
		l->holders[at] = arena_alloc(&l->memory, sizeof **l->holders);
	return l->holders[at];
}

/* Makes it if there is none yet. NULL: no memory. */
static struct account *
account_in(struct ledger *l, struct account **at, uint32_t source, enum fund_state state)
{
	while (*at && ((*at)->source != source || (*at)->state != state))
		at = &(*at)->next;
	if (!*at) {
		*at = arena_alloc(&l->memory, sizeof **at);
		if (*at) {
			(*at)->source = source;
			(*at)->state = state;
		}
	}
	return *at;
}

struct account *
ledger_account_of(struct ledger *l, unit_code unit, uint32_t source, enum fund_state state)
{
	struct holder *h = holder_of(l, unit);
	return h ? account_in(l, &h->accounts, source, state) : NULL;
}

struct account *
ledger_purse_of(struct ledger *l, const struct project *project, uint32_t source, enum fund_state state)
{
	size_t before = l->purse_room;
	if (!grow((void *)&l->purses, &l->purse_room, project->index + 1, sizeof *l->purses))
		return NULL;
	memset((void *)(l->purses + before), 0, (l->purse_room - before) * sizeof *l->purses);
	return account_in(l, &l->purses[project->index], source, state);
}

struct account *
ledger_purses(const struct ledger *l, const struct project *project)
{
	return project->index < l->purse_room ? l->purses[project->index] : NULL;
}

/* Whose money an entry moves. */
static struct project *
project_of(const struct ledger *l, const struct fund_entry *e)
{
	return *e->project ? projects_find(l->projects, fund_entry_whose(e), e->project) : NULL;
}

const struct project *
ledger_project_moved(const struct ledger *l, const struct booked *b)
{
	bool inherits = b->entry.kind == FUND_WITHDRAWN || b->entry.kind == FUND_REVERSED;
	return !inherits ? project_of(l, &b->entry) : b->refers ? b->refers->project : NULL;
}

int64_t
ledger_taken(const struct holder *h, uint32_t source, enum fund_state state)
{
	for (const struct account *a = h ? h->accounts : NULL; a; a = a->next)
		if (a->source == source && a->state == state)
			return a->amount.taken;
	return 0;
}

/* ---------------------------------------------------------------- vouchers */

uint64_t
ledger_hash(unit_code unit, const char *voucher)
{
	char room[UTF8_KEY_BYTES];
	const char *key = utf8_key(voucher, room);
	return key_make('v', &unit, sizeof unit, key, strnlen(key, UTF8_KEY_BYTES)).words[0];
}

/* Where this spelling of it is, or the free slot behind where it would be. *other: one in another spelling.
 */
static size_t
slot_of(const struct ledger *l, uint64_t hash, unit_code unit, const char *voucher, struct booked **other)
{
	size_t at = hash & (l->room - 1);
	for (struct booked *b; (b = l->slots[at].booked); at = (at + 1) & (l->room - 1)) {
		if (l->slots[at].hash != hash || b->entry.unit != unit)
			continue;
		if (!strcmp(b->entry.voucher, voucher))
			break;
		if (other && !*other && utf8_same_key(b->entry.voucher, voucher))
			*other = b;
	}
	return at;
}

struct booked *
ledger_find_spelling(const struct ledger *l, unit_code unit, const char *voucher)
{
	return l->slots[slot_of(l, ledger_hash(unit, voucher), unit, voucher, NULL)].booked;
}

/* Before vouchers were compared by their keys, several could be booked: the very one comes first. */
struct booked *
ledger_find_hashed(const struct ledger *l, uint64_t hash, unit_code unit, const char *voucher)
{
	struct booked *other = NULL, *b = l->slots[slot_of(l, hash, unit, voucher, &other)].booked;
	return b ? b : other;
}

struct booked *
ledger_find_staged(const struct ledger *l, unit_code unit, const char *voucher)
{
	return ledger_find_hashed(l, ledger_hash(unit, voucher), unit, voucher);
}

const struct booked *
ledger_find(const struct ledger *l, unit_code unit, const char *voucher)
{
	const struct booked *b = ledger_find_staged(l, unit, voucher);
	return b && b->seq ? b : NULL;
}

unit_code
ledger_counterparty(const struct ledger *l, unit_code unit, const char *voucher)
{
	const struct booked *b = ledger_find(l, unit, voucher);
	return b ? b->entry.counterparty : 0;
}

static bool
double_slots(struct ledger *l)
{
	size_t old_room = l->room, mask = old_room * 2 - 1;
	struct slot *old = l->slots, *slots = calloc(old_room * 2, sizeof *slots);
	if (!slots)
		return false;
	for (size_t i = 0; i < old_room; i++)
		if (old[i].booked) {
			size_t at = old[i].hash & mask;
			while (slots[at].booked)
				at = (at + 1) & mask;
			slots[at] = old[i];
		}
	l->slots = slots;
	l->room = old_room * 2;
	free(old);
	return true;
}

struct booked *
ledger_add(struct ledger *l, uint64_t hash, const struct fund_entry *entry)
{
	if (4 * (l->count + 1) > 3 * l->room && !double_slots(l))
		return NULL;
	struct booked *b = l->spare;
	if (b)
		l->spare = b->older;
	else
		b = arena_alloc(&l->memory, sizeof *b);
	if (!b)
		return NULL;
	*b = (struct booked){.entry = *entry};
	size_t at = slot_of(l, hash, entry->unit, entry->voucher, NULL);
	assert(!l->slots[at].booked);
	l->slots[at] = (struct slot){hash, b};
	l->count++;
	return b;
}

/* The slots behind it move up, so that none of them is lost to a search. */
void
ledger_take_out(struct ledger *l, struct booked *b)
{
	uint64_t hash = ledger_hash(b->entry.unit, b->entry.voucher);
	size_t mask = l->room - 1, hole = slot_of(l, hash, b->entry.unit, b->entry.voucher, NULL);
	assert(l->slots[hole].booked == b);
	for (size_t at = (hole + 1) & mask; l->slots[at].booked; at = (at + 1) & mask) {
		size_t home = l->slots[at].hash & mask;
		if (((at - home) & mask) >= ((at - hole) & mask)) {
			l->slots[hole] = l->slots[at];
			hole = at;
		}
	}
	l->slots[hole] = (struct slot){0};
	l->count--;
	b->older = l->spare;
	/* It is not expected any more. What it says stays: an entry that refers to it may be unstaged after it.
	 */
	b->stage = 0;
	l->spare = b;
	l->staged_last = l->staged_last == b ? NULL : l->staged_last;
}

/* ---------------------------------------------------------------- the steps */

/* Remembers what has to forget its own part; room was made before. */
static void
touch(struct ledger *l, struct amount *a)
{
	if (!a->own)
		l->touched[l->touched_count++] = a;
}

static void
change(struct ledger *l, struct amount *a, int64_t by, enum step step)
{
	if (step == STEP_STAGE)
		touch(l, a);
	a->own += step == STEP_STAGE ? by : 0;
	a->staged += step == STEP_STAGE ? by : step == STEP_TAKE ? 0 : -by;
	a->taken += step == STEP_TAKE || step == STEP_TAKE_STAGED ? by : 0;
}

/* What an entry draws on: the one that it confirms, or that set the money aside, or granted it. */
static bool
draws(const struct booked *b)
{
	return b->refers && b->entry.kind != FUND_REVERSED;
}

bool
ledger_book(struct ledger *l, struct booked *b, enum step step)
{
	const struct booked *of;
	struct move moves[MOVES_MAX];
	struct account *accounts[MOVES_MAX], *purses[MOVES_MAX] = {0};
	size_t count = ledger_moves(b, &of, moves);
	for (size_t i = 0; i < count; i++) {
		unit_code unit = moves[i].other ? of->entry.counterparty : of->entry.unit;
		bool tied = b->project && ledger_move_is_tied(of->entry.kind, &moves[i]);
		accounts[i] = ledger_account_of(l, unit, b->entry.source, moves[i].state);
		if (tied)
			purses[i] = ledger_purse_of(l, b->project, b->entry.source, moves[i].state);
		if (!accounts[i] || (tied && !purses[i]))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		int64_t by = moves[i].sign * b->entry.amount_fen;
		change(l, &accounts[i]->amount, by, step);
		if (!purses[i])
			continue;
		change(l, &accounts[i]->tied, by, step);
		change(l, &purses[i]->amount, by, step);
	}
	if (b->entry.kind != FUND_REVERSED)
		change(l, &b->open, b->entry.amount_fen, step);
	if (b->refers)
		change(l, &b->refers->open, -b->entry.amount_fen, step);
	/* What was drawn on may be drawn on again. */
	if (b->entry.kind == FUND_REVERSED && draws(b->refers))
		change(l, &b->refers->refers->open, b->entry.amount_fen, step);
	return true;
}

/* ---------------------------------------------------------------- submissions */

struct booked *
ledger_referred(const struct ledger *l, const struct fund_entry *e)
{
	unit_code whose = e->kind == FUND_RECEIVED ? e->counterparty : e->unit;
	return *e->refers ? ledger_find_staged(l, whose, e->refers) : NULL;
}

bool
ledger_name_referred(const struct ledger *l, struct submission *s, struct arena *arena)
{
	for (size_t i = 0; i < s->entry_count; i++) {
		struct fund_entry *e = &s->entries[i];
		const struct booked *b = ledger_referred(l, e);
		if (!b || !strcmp(b->entry.voucher, e->refers))
			continue;
		e->refers = arena_string(arena, b->entry.voucher);
		if (!e->refers)
			return false;
	}
	return true;
}

/* Its texts were the envelope's. */
static bool
keep_texts(struct ledger *l, struct fund_entry *e)
{
	const char **texts[] = {&e->voucher, &e->note, &e->refers, &e->document, &e->project};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		*texts[i] = **texts[i] ? arena_string(&l->memory, *texts[i]) : "";
		if (!*texts[i])
			return false;
	}
	return true;
}

static void
link_taken(struct ledger *l, struct holder *h, struct booked *b)
{
	l->taken[l->taken_count++] = b;
	b->older = h->newest;
	h->newest = b;
	if (b->entry.kind == FUND_SENT_DOWN || b->entry.kind == FUND_RETURNED) {
		b->older_sent = h->newest_sent;
		h->newest_sent = b;
	}
	if (b->entry.kind == FUND_GRANTED) {
		struct holder *to = ledger_holder(l, b->entry.counterparty); /* booking made it */
		b->older_grant = to->newest_grant;
		to->newest_grant = b;
	}
}

/* What is withdrawn is of the grant's use. */
static struct fund_effect
effect_of(const struct booked *b)
{
	const struct booked *of = b->entry.kind == FUND_REVERSED ? b->refers : b;
	const struct booked *named = of->entry.kind == FUND_WITHDRAWN ? of->refers : of;
	return (struct fund_effect){of->entry.kind, named->entry.use};
}

/* A staged entry that is on disk now; NULL: it was not staged. The next one is read into the cache. */
static struct booked *
staged_of(struct ledger *l, const struct fund_entry *e)
{
	struct booked *b = l->taken_next;
	if (!b || b->seq || !b->stage || b->entry.unit != e->unit || strcmp(b->entry.voucher, e->voucher) != 0)
		b = ledger_find_spelling(l, e->unit, e->voucher);
	l->taken_next = b && !b->seq ? b->older : NULL;
	l->staged_last = l->staged_last == b ? NULL : l->staged_last;
	if (l->taken_next)
		__builtin_prefetch(l->taken_next);
	return b;
}

bool
ledger_take(struct ledger *l, const struct fund_entry *e, uint64_t seq, uint32_t line, int64_t time_us,
            struct fund_effect *effect)
{
	struct booked *b = staged_of(l, e);
	struct holder *h = holder_of(l, e->unit);
	bool was_staged = b;
	if ((b && b->seq) || !h || !grow((void *)&l->taken, &l->taken_room, l->taken_count + 1, sizeof *l->taken))
		return false;
	if (!b)
		b = ledger_add(l, ledger_hash(e->unit, e->voucher), e);
	if (!b || !keep_texts(l, &b->entry))
		return false;
	if (!was_staged) {
		b->refers = ledger_referred(l, e);
		b->project = ledger_project_moved(l, b);
	}
	if ((*e->refers && !b->refers) || (*e->project && !b->project) ||
	    !ledger_book(l, b, was_staged ? STEP_TAKE_STAGED : STEP_TAKE))
		return false;
	b->seq = seq;
	b->line = line;
	b->time = (uint32_t)(time_us / 1000000);
	if (e->kind == FUND_REVERSED)
		b->refers->undone += e->amount_fen;
	link_taken(l, h, b);
	*effect = effect_of(b);
	return true;
}

/* ---------------------------------------------------------------- making */

struct ledger *
ledger_create(const struct catalogue *c, const struct projects *projects)
{
	struct ledger *l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->catalogue = c;
	l->projects = projects;
	l->room = ROOM_FIRST;
	arena_init(&l->memory, SIZE_MAX);
	l->slots = calloc(l->room, sizeof *l->slots);
	l->holders = calloc(c->unit_count + 1, sizeof(struct holder *));
	l->place_of = calloc(c->unit_count + 1, sizeof *l->place_of);
	if (!l->slots || !l->holders || !l->place_of) {
		ledger_destroy(&l);
		return NULL;
	}
	for (size_t i = 0; i < c->unit_count; i++)
		l->place_of[i] = (uint32_t)catalogue_last_of_place(c, i);
	return l;
}

void
ledger_destroy(struct ledger **ledger)
{
	struct ledger *l = *ledger;
	if (!l)
		return;
	arena_free(&l->memory);
	free(l->slots);
	free(l->holders);
	free(l->place_of);
	free(l->purses);
	free(l->touched);
	free(l->taken);
	free(l);
	*ledger = NULL;
}
