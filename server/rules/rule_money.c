#include "rule_money.h"

#include "ledger/bookings.h"

#include <stdlib.h>
#include <string.h>

struct rule_money {
	const struct holdings *holdings;
	const struct catalogue *catalogue;
	period first, last;        /* the plan's months */
	struct unit_money **nodes; /* by index of a unit; NULL: not asked for yet */
	struct unit_money *other;  /* the last one below county level */
	size_t other_unit;
};

struct rule_money *
rule_money_create(const struct holdings *h)
{
	const struct catalogue *c = h->catalogue;
	struct rule_money *m = calloc(1, sizeof *m);
	if (!m)
		return NULL;
	*m = (struct rule_money){.holdings = h,
	                         .catalogue = c,
	                         .first = period_from_index(c->period_first),
	                         .last = period_from_index(c->period_first + c->period_count - 1),
	                         .nodes = calloc(c->unit_count + 1, sizeof(struct unit_money *)),
	                         .other_unit = SIZE_MAX};
	if (!m->nodes)
		rule_money_destroy(&m);
	return m;
}

void
rule_money_destroy(struct rule_money **money)
{
	struct rule_money *m = *money;
	if (!m)
		return;
	for (size_t i = 0; m->nodes && i < m->catalogue->unit_count; i++)
		free(m->nodes[i]);
	free(m->nodes);
	free(m->other);
	free(m);
	*money = NULL;
}

/* ---------------------------------------------------------------- sums */

static void
add(int64_t *to, int64_t by)
{
	if (__builtin_add_overflow(*to, by, to))
		*to = by > 0 ? INT64_MAX : INT64_MIN;
}

static void
earlier(date *to, date other)
{
	if (other && (!*to || other < *to))
		*to = other;
}

/* The sums of all zero, in one block. */
static struct unit_money *
make(const struct catalogue *c)
{
	size_t sources = c->source_count, uses = sources * c->use_count;
	struct unit_money *u = calloc(1, sizeof *u + sources * sizeof *u->sources + uses * sizeof *u->uses);
	if (!u)
		return NULL;
	u->sources = (struct source_money *)(u + 1);
	u->uses = (struct use_money *)(u->sources + sources);
	return u;
}

static void
clear(const struct catalogue *c, struct unit_money *u)
{
	memset(u->sources, 0, c->source_count * sizeof *u->sources);
	memset(u->uses, 0, c->source_count * c->use_count * sizeof *u->uses);
}

static void
add_unit(const struct catalogue *c, const struct unit_money *from, struct unit_money *to)
{
	for (size_t s = 0; s < c->source_count; s++) {
		for (int state = 0; state < FUND_STATES; state++)
			add(&to->sources[s].states[state], from->sources[s].states[state]);
		for (int kind = 0; kind < FUND_KINDS; kind++)
			add(&to->sources[s].booked[kind], from->sources[s].booked[kind]);
		add(&to->sources[s].granted, from->sources[s].granted);
	}
	for (size_t i = 0; i < c->source_count * c->use_count; i++) {
		add(&to->uses[i].granted, from->uses[i].granted);
		add(&to->uses[i].spent, from->uses[i].spent);
		earlier(&to->uses[i].granted_first, from->uses[i].granted_first);
		earlier(&to->uses[i].spent_first, from->uses[i].spent_first);
	}
}

/* ---------------------------------------------------------------- one place */

static size_t
term_at(const struct fund_term *terms, size_t count, uint32_t number)
{
	const struct fund_term *term = fund_term_by_number(terms, count, number);
	return term ? (size_t)(term - terms) : SIZE_MAX;
}

/* NULL: the entry names no use, or is not of the plan's months. */
static struct use_money *
use_of(const struct rule_money *m, struct unit_money *u, const struct fund_entry *e)
{
	const struct catalogue *c = m->catalogue;
	size_t source = term_at(c->sources, c->source_count, e->source);
	size_t use = e->use ? term_at(c->uses, c->use_count, e->use) : SIZE_MAX;
	return source == SIZE_MAX || use == SIZE_MAX ? NULL : &u->uses[source * c->use_count + use];
}

static bool
in_plan(const struct rule_money *m, const struct fund_entry *e)
{
	period when = date_period(e->occurred);
	return when >= m->first && when <= m->last;
}

/* A reversal counts in the month of what it undoes. */
static void
add_booked(const struct rule_money *m, const struct booked *b, struct unit_money *u)
{
	const struct catalogue *c = m->catalogue;
	const struct booked *of = b->entry.kind == FUND_REVERSED ? b->refers : b;
	size_t source = term_at(c->sources, c->source_count, of->entry.source);
	int64_t amount = of == b ? b->entry.amount_fen : -b->entry.amount_fen;
	struct use_money *use = of->entry.kind == FUND_SPENT ? use_of(m, u, &of->entry) : NULL;
	if (source == SIZE_MAX || !in_plan(m, &of->entry))
		return;
	add(&u->sources[source].booked[of->entry.kind], amount);
	if (!use)
		return;
	add(&use->spent, amount);
	if (of == b && b->open.taken > 0)
		earlier(&use->spent_first, b->entry.occurred);
}

/* What is withdrawn of a grant, or undone, is no longer open. */
static void
add_grant(const struct rule_money *m, const struct booked *grant, struct unit_money *u)
{
	const struct catalogue *c = m->catalogue;
	size_t source = term_at(c->sources, c->source_count, grant->entry.source);
	struct use_money *use = use_of(m, u, &grant->entry);
	if (source == SIZE_MAX || !in_plan(m, &grant->entry) || grant->open.taken <= 0)
		return;
	add(&u->sources[source].granted, grant->open.taken);
	if (!use)
		return;
	add(&use->granted, grant->open.taken);
	earlier(&use->granted_first, grant->entry.occurred);
}

static void
add_place(const struct rule_money *m, size_t place, struct unit_money *u)
{
	const struct catalogue *c = m->catalogue;
	const struct holder *h = ledger_holder_at(m->holdings->ledger, place);
	if (!h)
		return;
	for (const struct account *a = h->accounts; a; a = a->next) {
		size_t source = term_at(c->sources, c->source_count, a->source);
		if (source != SIZE_MAX)
			add(&u->sources[source].states[a->state], a->amount.taken);
	}
	for (const struct booked *b = h->newest; b; b = b->older)
		add_booked(m, b, u);
	for (const struct booked *b = h->newest_grant; b; b = b->older_grant)
		add_grant(m, b, u);
}

/* ---------------------------------------------------------------- a unit and all below it */

static void
add_places_below(const struct rule_money *m, const struct unit *unit, struct unit_money *u)
{
	for (int level = (int)unit->level + 1; level <= (int)UNIT_VILLAGE; level++) {
		size_t first, count = catalogue_units_below(m->catalogue, unit->code, (enum unit_level)level, &first);
		for (size_t i = first; i < first + count; i++)
			add_place(m, i, u);
	}
}

static bool
add_units_below(struct rule_money *m, const struct unit *unit, struct unit_money *u)
{
	size_t first,
	    count = catalogue_units_below(m->catalogue, unit->code, (enum unit_level)(unit->level + 1), &first);
	for (size_t i = first; i < first + count; i++) {
		const struct unit_money *below = rule_money_of(m, i);
		if (!below)
			return false;
		add_unit(m->catalogue, below, u);
	}
	return true;
}

const struct unit_money *
rule_money_of(struct rule_money *m, size_t at)
{
	const struct unit *unit = &m->catalogue->units[at];
	bool is_node = unit->level <= UNIT_COUNTY;
	struct unit_money **slot = is_node ? &m->nodes[at] : &m->other;
	uint32_t number = m->holdings->changes.numbers[at];
	if (!*slot)
		*slot = make(m->catalogue);
	if (!*slot || ((*slot)->number == number && (is_node || m->other_unit == at)))
		return *slot;
	struct unit_money *u = *slot;
	clear(m->catalogue, u);
	add_place(m, at, u);
	if (unit->level >= UNIT_COUNTY)
		add_places_below(m, unit, u);
	else if (!add_units_below(m, unit, u))
		return NULL;
	u->number = number;
	if (!is_node)
		m->other_unit = at;
	return u;
}
