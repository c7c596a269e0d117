/* Checks entries before they are booked, and the steps of projects beside them, and says why they are
 * refused. */
#include "ledger_internal.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <string.h>

/* More than this no account may hold: sums of accounts stay within 64 bits. */
static const int64_t balance_max = INT64_C(1000000000000000000);

static struct problem *
refuse(const struct entry_trial *t, enum problem_code code, const char *column, bool settled)
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

/* Does the account hold as much as wanted? `settled`: even if nothing that is staged is committed. */
static bool
holds(const struct amount *a, int64_t wanted, bool *settled)
{
	*settled = a->taken + a->own < wanted;
	return now_in(a) >= wanted;
}

/* The account from which an entry takes, and the problem if it does not have enough. */
static enum problem_code
shortage(enum fund_state state)
{
	return state == FUND_STATE_UNDER_GRANT ? PROBLEM_GRANT_EXCEEDED : PROBLEM_BALANCE_EXCEEDED;
}

static const char *
source_name(const struct entry_trial *t)
{
	const struct catalogue *c = t->ledger->catalogue;
	const struct fund_term *source =
	    fund_term_by_number(c->sources, c->source_count, t->booked->entry.source);
	return source ? source->name_zh : "";
}

/* What an entry may take of an account: its project's money, or what is no project's. */
static struct amount
at_hand(const struct entry_trial *t, const struct account *a, bool tied)
{
	const struct booked *b = t->booked;
	const struct account *purse =
	    tied ? ledger_purse_of(t->ledger, b->project, b->entry.source, a->state) : NULL;
	if (tied)
		return purse ? purse->amount : (struct amount){0}; /* no memory: booking it says so */
	return (struct amount){a->amount.taken - a->tied.taken, a->amount.staged - a->tied.staged,
	                       a->amount.own - a->tied.own};
}

/* Finds accounts that would go below zero, or become too large. */
static void
try_accounts(const struct entry_trial *t)
{
	const struct booked *of;
	struct move moves[MOVES_MAX];
	size_t count = ledger_moves(t->booked, &of, moves);
	for (size_t i = 0; i < count; i++) {
		unit_code unit = moves[i].other ? of->entry.counterparty : of->entry.unit;
		const struct account *a = ledger_account_of(t->ledger, unit, t->booked->entry.source, moves[i].state);
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
try_loan(const struct entry_trial *t)
{
	const struct fund_entry *e = &t->booked->entry;
	bool undoes_drawing = e->kind == FUND_REVERSED && t->booked->refers->entry.kind == FUND_RAISED;
	if (e->kind != FUND_REPAID && !undoes_drawing)
		return;
	const struct account *drawn = ledger_account_of(t->ledger, e->unit, e->source, FUND_STATE_RAISED);
	const struct account *repaid = ledger_account_of(t->ledger, e->unit, e->source, FUND_STATE_REPAID);
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

/* The kinds that an entry may refer to, and the problem if too little of that is open. */
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

/* Do the entry and the one that it refers to have the same two units? In a confirmation they are the other
 * way round. */
static bool
same_sides(const struct entry_trial *t)
{
	const struct fund_entry *e = &t->booked->entry, *of = &t->booked->refers->entry;
	unit_code mine = e->kind == FUND_RECEIVED ? e->unit : e->counterparty;
	return e->kind == FUND_REVERSED ||
	       ledger_place_index(t->ledger, of->counterparty) == ledger_place_index(t->ledger, mine);
}

/* Compares the entry with the one that it refers to. False: it does not fit. */
static bool
try_reference(const struct entry_trial *t)
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
may_undo_part(const struct entry_trial *t)
{
	return t->booked->refers->entry.kind == FUND_REIMBURSED &&
	       t->booked->entry.amount_fen < now_in(&t->booked->refers->open);
}

/* Is so much of it open? */
static bool
try_open(const struct entry_trial *t)
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
	/* The open amount may grow or shrink by entries that are staged. */
	if (code == PROBLEM_REVERSAL_PARTIAL)
		settled = open->staged == open->own;
	struct problem *p = refuse(t, code, "refers", settled);
	p->limit = now_in(open);
	problem_detail(p, "%s", e->refers);
	return false;
}

/* Are its steps staged by another submission? Then they may not be committed. */
static bool
is_sure(const struct entry_trial *t, const struct project *project)
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
budget_left(const struct entry_trial *t, const struct project *project, bool *settled)
{
	const struct fund_entry *e = &t->booked->entry;
	const struct account *granted = ledger_purse_of(t->ledger, project, e->source, FUND_STATE_CAME_IN);
	int64_t budget = budget_of(project, e->source);
	if (!granted)
		return budget;
	/* This undoes a withdrawal that is only staged, of which the grants that are taken know nothing yet. */
	const struct booked *refers = t->booked->refers;
	bool known = !refers || refers->seq || refers->stage == t->ledger->stage;
	*settled =
	    known && is_sure(t, project) && granted->amount.taken + granted->amount.own + e->amount_fen > budget;
	return budget - now_in(&granted->amount);
}

/* Is it dated before the project's registration, or a claim before its notice? False: it is, and is refused.
 */
static bool
try_project_day(const struct entry_trial *t, const struct project *project)
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

/* Checks an entry against its project. False: it is refused. */
static bool
try_project(const struct entry_trial *t)
{
	const struct fund_entry *e = &t->booked->entry;
	const struct project *project = t->booked->project;
	if (!project && *e->project)
		problem_detail(refuse(t, PROBLEM_PROJECT_UNKNOWN, "project", true), "%s", e->project);
	if (!project)
		return !*e->project;
	const struct project_way *way = &project->staged;
	/* Steps of the same submission that close the project come after its entries. */
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

void
ledger_try(const struct entry_trial *t)
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

/* Does a project have nothing in these states? `settled`: even whatever becomes of staged entries. */
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

void
ledger_try_steps(const struct ledger *l, const struct submission *s, struct problem_list *problems,
                 bool *settled)
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
