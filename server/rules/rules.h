/* The plan's rules (rules.csv and rules/NAME.sql), evaluated: SQL over the holdings, a set of units at a
 * time. Every statement is one SELECT that only reads the tables of rule_tables.h and stops after so many
 * steps, so that a rule that is wrong can neither change nor stop anything: its units are "not judged", and
 * the reason is kept.
 *
 * Not pure in one way: it logs a rule that fails. Otherwise no socket, no database, no clock. */
#ifndef FUPIN_SERVER_RULES_H
#define FUPIN_SERVER_RULES_H

#include "state/holdings.h"

struct rules;

/* Columns of a rule's row that may be figures. */
enum { RULE_FIGURES_MAX = 16 };

struct judgement {
	enum rule_state state;
	int64_t measured, required; /* times 10^decimals of the rule's measure */
	int64_t shortfall_fen;      /* money that is missing, or where it should not be; 0: none, or not money */
	date due;                   /* 0: it counts at all times */
	size_t figure_count;
	const struct rule_figure *figures; /* further columns of the rule's row */
	const char *reason;                /* why it is not judged; "" */
};

/* Prepares all rules of the catalogue; those that cannot be prepared have a reason. With holdings NULL they
 * are only tried. Both must outlive it. NULL: no memory. */
struct rules *rules_create(const struct catalogue *catalogue, const struct holdings *holdings);
void rules_destroy(struct rules **rules);

/* Why the rule (its index in the catalogue) cannot be used at all; "": it can. */
const char *rules_reason(const struct rules *rules, size_t rule);
/* How many rules were given up, as they took too long: none of their units is judged any more. */
size_t rules_given_up(const struct rules *rules);
/* May what the rule says change as days pass, without a commit? */
bool rules_by_day(const struct rules *rules, size_t rule);

/* Units that are judged at once. */
enum { RULE_UNITS_MAX = 64 };

/* Called for each unit that the rule says something about, in no order; `at`: which of the units. What the
 * judgement points to is good during the call alone. */
typedef void (*rules_take)(void *context, size_t at, const struct judgement *judgement);

/* Judges units (indexes in order, all of one level that the rule is for, at most RULE_UNITS_MAX). Units that
 * `take` is not called for: the rule is silent about them. */
void rules_judge(struct rules *rules, size_t rule, const uint32_t *units, size_t count, date today,
                 rules_take take, void *context);

#endif
