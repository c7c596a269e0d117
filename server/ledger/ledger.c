#include "ledger_internal.h"

#include "base/decimal.h"
#include "base/key_set.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 256 };

/* More than this no account may hold: sums of accounts stay within 64 bits. */
static const int64_t balance_max = INT64_C(1000000000000000000);

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

/* Of a grant it is the receiver's side that is the project's. */
bool
ledger_move_is_tied(enum fund_kind kind, const struct move *m)
{
	return (kind != FUND_GRANTED && kind != FUND_WITHDRAWN) || m->other;
}

/* ---------------------------------------------------------------- places and accounts */

static size_t
place_index(const struct ledger *l, unit_code code)
{
	const struct unit *unit = catalogue_unit(l->catalogue, code);
	return unit ? l->place_of[unit - l->catalogue->units] : SIZE_MAX;
}

struct holder *
ledger_holder(const struct ledger *l, unit_code unit)
{
	size_t at = place_index(l, unit);
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
	size_t at = place_index(l, unit);
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

static struct account *
account_of(struct ledger *l, unit_code unit, uint32_t source, enum fund_state state)
{
	struct holder *h = holder_of(l, unit);
	return h ? account_in(l, &h->accounts, source, state) : NULL;
}

/* Of a project. NULL: no memory. */
static struct account *
purse_of(struct ledger *l, const struct project *project, uint32_t source, enum fund_state state)
{
	if (project->index >= l->purse_room) {
		size_t room = l->purse_room ? l->purse_room : ROOM_FIRST;
		while (room <= project->index)
			room *= 2;
		struct account **more = realloc(l->purses, room * sizeof(struct account *));
		if (!more)
			return NULL;
		memset(more + l->purse_room, 0, (room - l->purse_room) * sizeof(struct account *));
		l->purses = more;
		l->purse_room = room;
	}
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

static const struct project *
project_moved(const struct ledger *l, const struct booked *b)
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

/* Of all its spellings. */
static uint64_t
hash_of(unit_code unit, const char *voucher)
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

static struct booked *
find_spelling(const struct ledger *l, unit_code unit, const char *voucher)
{
	return l->slots[slot_of(l, hash_of(unit, voucher), unit, voucher, NULL)].booked;
}

/* In whatever spelling. Before vouchers were compared by their keys, several could be booked: the very one
 * comes first. */
static struct booked *
find(const struct ledger *l, unit_code unit, const char *voucher)
{
	struct booked *other = NULL, *b;
	b = l->slots[slot_of(l, hash_of(unit, voucher), unit, voucher, &other)].booked;
	return b ? b : other;
}

const struct booked *
ledger_find(const struct ledger *l, unit_code unit, const char *voucher)
{
	const struct booked *b = find(l, unit, voucher);
	return b && b->seq ? b : NULL;
}

unit_code
ledger_counterparty(const struct ledger *l, unit_code unit, const char *voucher)
{
	const struct booked *b = ledger_find(l, unit, voucher);
	return b ? b->entry.counterparty : 0;
}

static bool
grow(struct ledger *l)
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

static struct booked *
add(struct ledger *l, const struct fund_entry *entry)
{
	if (4 * (l->count + 1) > 3 * l->room && !grow(l))
		return NULL;
	struct booked *b = l->spare;
	if (b)
		l->spare = b->older;
	else
		b = arena_alloc(&l->memory, sizeof *b);
	if (!b)
		return NULL;
	*b = (struct booked){.entry = *entry};
	uint64_t hash = hash_of(entry->unit, entry->voucher);
	size_t at = slot_of(l, hash, entry->unit, entry->voucher, NULL);
	assert(!l->slots[at].booked);
	l->slots[at] = (struct slot){hash, b};
	l->count++;
	return b;
}

/* The slots behind it move up, so that none of them is lost to a search. */
static void
take_out(struct ledger *l, struct booked *b)
{
	uint64_t hash = hash_of(b->entry.unit, b->entry.voucher);
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
	l->spare = b;
}

/* ---------------------------------------------------------------- the steps */

enum step { STEP_STAGE, STEP_UNSTAGE, STEP_TAKE_STAGED, STEP_TAKE };

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

/* Books an entry, which was found to be right, or unbooks it. False: no memory, nothing is changed. */
static bool
book(struct ledger *l, struct booked *b, enum step step)
{
	const struct booked *of;
	struct move moves[MOVES_MAX];
	struct account *accounts[MOVES_MAX], *purses[MOVES_MAX] = {0};
	size_t count = ledger_moves(b, &of, moves);
	for (size_t i = 0; i < count; i++) {
		unit_code unit = moves[i].other ? of->entry.counterparty : of->entry.unit;
		bool tied = b->project && ledger_move_is_tied(of->entry.kind, &moves[i]);
		accounts[i] = account_of(l, unit, b->entry.source, moves[i].state);
		if (tied)
			purses[i] = purse_of(l, b->project, b->entry.source, moves[i].state);
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

/* ---------------------------------------------------------------- what must hold */

/* One entry on trial. */
struct trial {
	struct ledger *ledger;
	const struct submission *submission;
	const struct booked *booked;
	size_t row;
	struct problem_list *problems;
	bool *settled; /* becomes true: it is wrong whatever becomes of what is on its way */
};

static struct problem *
refuse(const struct trial *t, enum problem_code code, const char *column, bool settled)
{
	struct problem *p = problem_add(t->problems, code, SUBJECT_ENTRY, t->row, column);
	p->decimals = MONEY_DECIMALS;
	p->actual = t->booked->entry.amount_fen;
	*t->settled = *t->settled || settled;
	return p;
}

static int64_t
now_in(const struct amount *a)
{
	return a->taken + a->staged;
}

/* Is there as much in it as wanted? `settled`: also if nothing of what is on its way comes about. */
static bool
holds(const struct amount *a, int64_t wanted, bool *settled)
{
	*settled = a->taken + a->own < wanted;
	return now_in(a) >= wanted;
}

/* The account from which an entry takes, and what is said if it has not enough. */
static enum problem_code
shortage(enum fund_state state)
{
	return state == FUND_STATE_UNDER_GRANT ? PROBLEM_GRANT_EXCEEDED : PROBLEM_BALANCE_EXCEEDED;
}

static const char *
source_name(const struct trial *t)
{
	const struct catalogue *c = t->ledger->catalogue;
	const struct fund_term *source =
	    fund_term_by_number(c->sources, c->source_count, t->booked->entry.source);
	return source ? source->name_zh : "";
}

/* What an entry may take of an account: its project's money, or what is no project's. */
static struct amount
at_hand(const struct trial *t, const struct account *a, bool tied)
{
	const struct booked *b = t->booked;
	const struct account *purse = tied ? purse_of(t->ledger, b->project, b->entry.source, a->state) : NULL;
	if (tied)
		return purse ? purse->amount : (struct amount){0}; /* no memory: booking it says so */
	return (struct amount){a->amount.taken - a->tied.taken, a->amount.staged - a->tied.staged,
	                       a->amount.own - a->tied.own};
}

/* All that would go below zero, or become too large to count. */
static void
try_accounts(const struct trial *t)
{
	const struct booked *of;
	struct move moves[MOVES_MAX];
	size_t count = ledger_moves(t->booked, &of, moves);
	for (size_t i = 0; i < count; i++) {
		unit_code unit = moves[i].other ? of->entry.counterparty : of->entry.unit;
		const struct account *a = account_of(t->ledger, unit, t->booked->entry.source, moves[i].state);
		int64_t amount = t->booked->entry.amount_fen;
		bool settled;
		if (!a)
			continue; /* no memory: booking it says so */
		if (moves[i].sign > 0 && now_in(&a->amount) > balance_max - amount)
			refuse(t, PROBLEM_AMOUNT_TOO_LARGE, "amount",
			       a->amount.taken + a->amount.own > balance_max - amount)
			    ->limit = balance_max;
		bool tied = t->booked->project && ledger_move_is_tied(of->entry.kind, &moves[i]);
		struct amount free = at_hand(t, a, tied);
		if (moves[i].sign > 0 || holds(&free, amount, &settled))
			continue;
		struct problem *p = refuse(t, shortage(moves[i].state), "amount", settled);
		p->limit = now_in(&free);
		problem_detail(p, "%" PRId64 " %s%s%s", unit, source_name(t), tied ? " " : "",
		               tied ? t->booked->project->code : "");
		return;
	}
}

/* What is owed: drawn and not repaid. A loan's drawing is undone only as far as it was not repaid. */
static void
try_loan(const struct trial *t)
{
	const struct fund_entry *e = &t->booked->entry;
	bool undoes_drawing = e->kind == FUND_REVERSED && t->booked->refers->entry.kind == FUND_RAISED;
	if (e->kind != FUND_REPAID && !undoes_drawing)
		return;
	const struct account *drawn = account_of(t->ledger, e->unit, e->source, FUND_STATE_RAISED);
	const struct account *repaid = account_of(t->ledger, e->unit, e->source, FUND_STATE_REPAID);
	if (!drawn || !repaid)
		return;
	struct amount owed = {drawn->amount.taken - repaid->amount.taken,
	                      drawn->amount.staged - repaid->amount.staged,
	                      drawn->amount.own - repaid->amount.own};
	bool settled;
	if (holds(&owed, e->amount_fen, &settled))
		return;
	struct problem *p = refuse(t, PROBLEM_LOAN_EXCEEDED, "amount", settled);
	p->limit = now_in(&owed);
	problem_detail(p, "%" PRId64 " %s", e->unit, source_name(t));
}

/* Which kinds an entry may refer to, and what is said if too little of that is open. */
static bool
may_refer(enum fund_kind kind, enum fund_kind to)
{
	switch (kind) {
	case FUND_RECEIVED:
		return to == FUND_SENT_DOWN || to == FUND_RETURNED;
	case FUND_SENT_DOWN:
		return to == FUND_ALLOCATED;
	case FUND_WITHDRAWN:
		return to == FUND_GRANTED;
	default:
		return true;
	}
}

static enum problem_code
too_little_open(enum fund_kind kind)
{
	return kind == FUND_RECEIVED    ? PROBLEM_SENT_EXCEEDED
	       : kind == FUND_SENT_DOWN ? PROBLEM_ALLOCATION_EXCEEDED
	                                : PROBLEM_GRANT_EXCEEDED;
}

/* Who the entry and the one that it refers to are between: a confirmation turns the two round. */
static bool
same_sides(const struct trial *t)
{
	const struct fund_entry *e = &t->booked->entry, *of = &t->booked->refers->entry;
	unit_code mine = e->kind == FUND_RECEIVED ? e->unit : e->counterparty;
	return e->kind == FUND_REVERSED ||
	       place_index(t->ledger, of->counterparty) == place_index(t->ledger, mine);
}

/* What the entry says of the one that it refers to. False: it does not fit. */
static bool
try_reference(const struct trial *t)
{
	const struct fund_entry *e = &t->booked->entry;
	const struct booked *refers = t->booked->refers;
	char text[11];
	if (!refers) {
		unit_code whose = e->kind == FUND_RECEIVED ? e->counterparty : e->unit;
		problem_detail(refuse(t, PROBLEM_REFERRED_UNKNOWN, "refers", true), "%s (%" PRId64 ")", e->refers,
		               whose);
		return false;
	}
	bool settled = refers->seq || refers->stage == t->ledger->stage;
	const struct fund_entry *of = &refers->entry;
	if (e->kind == FUND_REVERSED && of->kind == FUND_REVERSED) {
		problem_detail(refuse(t, PROBLEM_REVERSAL_OF_REVERSAL, "refers", settled), "%s", e->refers);
	} else if (!may_refer(e->kind, of->kind)) {
		problem_detail(refuse(t, PROBLEM_REFERRED_WRONG, "refers", settled), "%s %s, %s", e->refers,
		               fund_kind_name(of->kind), fund_kind_name_zh(of->kind));
	} else if (!same_sides(t)) {
		problem_detail(refuse(t, PROBLEM_REFERRED_WRONG, "counterparty", settled),
		               "%s: %" PRId64 " → %" PRId64, e->refers, of->unit, of->counterparty);
	} else if (e->source != of->source) {
		const struct catalogue *c = t->ledger->catalogue;
		const struct fund_term *source = fund_term_by_number(c->sources, c->source_count, of->source);
		problem_detail(refuse(t, PROBLEM_REFERRED_WRONG, "source", settled), "%s: %s %s", e->refers,
		               source ? source->name_zh : "", source ? source->code : "");
	} else if (e->occurred < of->occurred) {
		date_format(of->occurred, text);
		problem_detail(refuse(t, PROBLEM_DATE_TOO_EARLY, "occurred", settled), "%s %s", e->refers, text);
	} else {
		return true;
	}
	return false;
}

/* A claim of which a part was paid can be undone for the rest. */
static bool
may_undo_part(const struct trial *t)
{
	return t->booked->refers->entry.kind == FUND_REIMBURSED &&
	       t->booked->entry.amount_fen < now_in(&t->booked->refers->open);
}

/* Is so much of it open? */
static bool
try_open(const struct trial *t)
{
	const struct fund_entry *e = &t->booked->entry;
	const struct amount *open = &t->booked->refers->open;
	bool undoes = e->kind == FUND_REVERSED, settled, nothing = now_in(open) <= 0;
	bool good = holds(open, undoes ? 1 : e->amount_fen, &settled);
	enum problem_code code;
	if (!good && nothing && (undoes || e->kind == FUND_RECEIVED))
		code = undoes ? PROBLEM_REVERSED_ALREADY : PROBLEM_CONFIRMED_ALREADY;
	else if (!good)
		code = too_little_open(e->kind);
	else if (undoes && now_in(open) != e->amount_fen && !may_undo_part(t))
		code = PROBLEM_REVERSAL_PARTIAL;
	else
		return true;
	/* How much is open may change either way by what is on its way. */
	if (code == PROBLEM_REVERSAL_PARTIAL)
		settled = open->staged == open->own;
	struct problem *p = refuse(t, code, "refers", settled);
	p->limit = now_in(open);
	problem_detail(p, "%s", e->refers);
	return false;
}

/* Are its steps on their way in another submission? Then what they lead to may not come about. */
static bool
is_sure(const struct trial *t, const struct project *project)
{
	return !project->by || project->by == t->submission;
}

/* Of one source, as the project is registered now. */
static int64_t
budget_of(const struct project *project, uint32_t source)
{
	const struct project_row *plan = project->staged.plan;
	for (size_t i = 0; i < plan->budget_count; i++)
		if (plan->budgets[i].source == source)
			return plan->budgets[i].amount_fen;
	return 0;
}

/* What is left of a project's budget. */
static int64_t
budget_left(const struct trial *t, const struct project *project, bool *settled)
{
	const struct fund_entry *e = &t->booked->entry;
	const struct account *granted = purse_of(t->ledger, project, e->source, FUND_STATE_CAME_IN);
	int64_t budget = budget_of(project, e->source);
	if (!granted)
		return budget;
	/* Of a withdrawal on its way, which this undoes, the grants taken know nothing yet. */
	const struct booked *refers = t->booked->refers;
	bool known = !refers || refers->seq || refers->stage == t->ledger->stage;
	*settled =
	    known && is_sure(t, project) && granted->amount.taken + granted->amount.own + e->amount_fen > budget;
	return budget - now_in(&granted->amount);
}

/* Is it dated before the project's registration, or a claim before its notice? False: it is, and is refused.
 */
static bool
try_project_day(const struct trial *t, const struct project *project)
{
	const struct fund_entry *e = &t->booked->entry;
	const struct project_way *way = &project->staged;
	enum project_step first = e->kind == FUND_REIMBURSED ? PROJECT_NOTICE : PROJECT_REGISTER;
	date day = e->kind == FUND_REIMBURSED ? way->noticed : way->since;
	char text[11];
	if (e->occurred >= day)
		return true;
	date_format(day, text);
	problem_detail(refuse(t, PROBLEM_STEP_TOO_EARLY, "occurred", is_sure(t, project)), "%s %s %s %s",
	               project->code, project_step_name(first), project_step_name_zh(first), text);
	return false;
}

/* Does it bring money to a project? */
static bool
brings(const struct booked *b)
{
	return b->entry.kind == FUND_GRANTED ||
	       (b->entry.kind == FUND_REVERSED && b->refers && b->refers->entry.kind == FUND_WITHDRAWN);
}

/* What the project of an entry has to say. False: it refuses. */
static bool
try_project(const struct trial *t)
{
	const struct fund_entry *e = &t->booked->entry;
	const struct project *project = t->booked->project;
	if (!project && *e->project)
		problem_detail(refuse(t, PROBLEM_PROJECT_UNKNOWN, "project", true), "%s", e->project);
	if (!project)
		return !*e->project;
	const struct project_way *way = &project->staged;
	/* What closes it in the same submission comes after its entries. */
	enum project_state before = project->by == t->submission ? project->taken.state : way->state;
	const struct project_kind *kind = catalogue_project_kind(t->ledger->catalogue, way->plan->kind);
	bool settled = is_sure(t, project);
	if (project_is_closed(before)) {
		problem_detail(refuse(t, PROBLEM_PROJECT_CLOSED, "project", settled), "%s", project->code);
		return false;
	}
	if (e->use && kind && e->use != kind->use) {
		problem_detail(refuse(t, PROBLEM_PROJECT_USE_WRONG, "use", settled), "%s %s", project->code,
		               kind->name_zh);
		return false;
	}
	if (e->kind == FUND_REIMBURSED && !way->noticed) {
		problem_detail(refuse(t, PROBLEM_PROJECT_NOT_NOTICED, "project", settled), "%s", project->code);
		return false;
	}
	if (!try_project_day(t, project))
		return false;
	int64_t left = brings(t->booked) ? budget_left(t, project, &settled) : e->amount_fen;
	if (left >= e->amount_fen)
		return true;
	struct problem *p = refuse(t, PROBLEM_BUDGET_EXCEEDED, "amount", settled);
	p->limit = left;
	problem_detail(p, "%s", project->code);
	return false;
}

static void
try(const struct trial *t)
{
	if (!try_project(t))
		return;
	if (*t->booked->entry.refers && (!try_reference(t) || !try_open(t)))
		return;
	size_t before = t->problems->count + t->problems->more;
	try_accounts(t);
	if (t->problems->count + t->problems->more == before)
		try_loan(t);
}

/* ---------------------------------------------------------------- submissions */

static struct booked *
referred(const struct ledger *l, const struct fund_entry *e)
{
	unit_code whose = e->kind == FUND_RECEIVED ? e->counterparty : e->unit;
	return *e->refers ? find(l, whose, e->refers) : NULL;
}

bool
ledger_name_referred(const struct ledger *l, struct submission *s, struct arena *arena)
{
	for (size_t i = 0; i < s->entry_count; i++) {
		struct fund_entry *e = &s->entries[i];
		const struct booked *b = referred(l, e);
		if (!b || !strcmp(b->entry.voucher, e->refers))
			continue;
		e->refers = arena_string(arena, b->entry.voucher);
		if (!e->refers)
			return false;
	}
	return true;
}

/* Each entry touches at most three amounts a move, its own open amount, and two more. */
static bool
make_room(struct ledger *l, size_t entries)
{
	size_t room = entries * (3 * MOVES_MAX + 3);
	l->touched_count = 0;
	if (room <= l->touched_room)
		return true;
	struct amount **more = realloc(l->touched, room * sizeof *more);
	if (!more)
		return false;
	l->touched = more;
	l->touched_room = room;
	return true;
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
		struct booked *b = find_spelling(l, e->unit, e->voucher);
		if (!b || b->seq || (is_now && b->stage != l->stage))
			continue;
		bool good = book(l, b, STEP_UNSTAGE);
		assert(good); /* its accounts are there */
		take_out(l, b);
	}
}

/* One row on trial, and booked if it is right. False: no memory. */
static bool
stage_row(struct ledger *l, const struct submission *s, size_t row, struct problem_list *problems,
          bool *settled)
{
	const struct fund_entry *e = &s->entries[row];
	struct booked on_trial = {.entry = *e, .refers = referred(l, e)};
	on_trial.project = project_moved(l, &on_trial);
	const struct trial trial = {l, s, &on_trial, row, problems, settled};
	size_t before = problems->count + problems->more;
	if (find(l, e->unit, e->voucher)) {
		*settled = true;
		problem_detail(problem_add(problems, PROBLEM_VOUCHER_TAKEN, SUBJECT_ENTRY, row, "voucher"), "%s",
		               e->voucher);
		return true;
	}
	try(&trial);
	if (problems->count + problems->more > before)
		return true;
	struct booked *b = add(l, e);
	if (!b)
		return false;
	b->refers = on_trial.refers;
	b->project = on_trial.project;
	b->stage = l->stage;
	if (book(l, b, STEP_STAGE))
		return true;
	take_out(l, b);
	return false;
}

/* Does a project hold nothing in these states? `settled`: and whatever becomes of what is on its way. */
static int64_t
held(const struct ledger *l, const struct project *project, unsigned states, bool *settled)
{
	int64_t sum = 0;
	bool moving = false;
	for (const struct account *a = ledger_purses(l, project); a; a = a->next) {
		if (!(states & 1U << a->state))
			continue;
		sum += now_in(&a->amount);
		moving = moving || a->amount.staged != a->amount.own;
	}
	*settled = !moving;
	return sum;
}

/* A changed budget may not be less than what was granted. */
static void
try_budgets(const struct ledger *l, const struct project *project, size_t row, struct problem_list *problems,
            bool *settled)
{
	for (const struct account *a = ledger_purses(l, project); a; a = a->next) {
		int64_t budget = budget_of(project, a->source);
		if (a->state != FUND_STATE_CAME_IN || now_in(&a->amount) <= budget)
			continue;
		const struct fund_term *source =
		    fund_term_by_number(l->catalogue->sources, l->catalogue->source_count, a->source);
		struct problem *p = problem_add(problems, PROBLEM_BUDGET_BELOW_GRANTED, SUBJECT_PROJECT, row,
		                                source ? source->code : "budget");
		p->decimals = MONEY_DECIMALS;
		p->actual = now_in(&a->amount);
		p->limit = budget;
		problem_detail(p, "%s", project->code);
		*settled = *settled || a->amount.staged == a->amount.own;
	}
}

/* What the ledger says against the steps of projects, after the entries beside them. */
static void
try_steps(const struct ledger *l, const struct submission *s, struct problem_list *problems, bool *settled)
{
	const unsigned unspent = 1U << FUND_STATE_UNDER_GRANT | 1U << FUND_STATE_ON_HAND;
	for (size_t i = 0; i < s->project_count; i++) {
		const struct project_row *row = &s->projects[i];
		const struct project *project = projects_find(l->projects, row->unit, row->code);
		bool closes = row->step == PROJECT_DROP || (row->step == PROJECT_ACCEPTANCE && row->passed);
		bool sure = true;
		int64_t left = 0;
		if (project && row->step == PROJECT_REGISTER)
			try_budgets(l, project, i, problems, settled);
		if (project && closes)
			left = held(l, project, unspent, &sure);
		if (!left)
			continue;
		struct problem *p = problem_add(problems, PROBLEM_PROJECT_MONEY_LEFT, SUBJECT_PROJECT, i, "step");
		p->decimals = MONEY_DECIMALS;
		p->actual = left;
		problem_detail(p, "%s", row->code);
		*settled = *settled || sure;
	}
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
		try_steps(l, s, problems, &settled);
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

/* Room for one more in the list of all. */
static bool
list_room(struct ledger *l)
{
	if (l->taken_count < l->taken_room)
		return true;
	size_t room = l->taken_room ? l->taken_room * 2 : ROOM_FIRST;
	struct booked **more = realloc(l->taken, room * sizeof *more);
	if (!more)
		return false;
	l->taken = more;
	l->taken_room = room;
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

bool
ledger_take(struct ledger *l, const struct fund_entry *e, uint64_t seq, uint32_t line, int64_t time_us,
            struct fund_effect *effect)
{
	struct booked *b = find_spelling(l, e->unit, e->voucher);
	struct holder *h = holder_of(l, e->unit);
	bool was_staged = b;
	if ((b && b->seq) || !h || !list_room(l))
		return false;
	if (!b)
		b = add(l, e);
	if (!b || !keep_texts(l, &b->entry))
		return false;
	if (!was_staged) {
		b->refers = referred(l, e);
		b->project = project_moved(l, b);
	}
	if ((*e->refers && !b->refers) || (*e->project && !b->project) ||
	    !book(l, b, was_staged ? STEP_TAKE_STAGED : STEP_TAKE))
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
