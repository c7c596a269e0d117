/* The plan's rules (rules.csv and rules/NAME.sql), evaluated: SQL over the holdings, a set of units at a
 * time. Every statement is one SELECT that only reads the tables of rule_tables.h and stops after so many
 * steps, so that a faulty rule can neither change nor stop anything: its units are "not judged", and the
 * reason is kept.
 *
 * Pure (no socket, no database, no clock), except that a rule that fails is logged. */
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

/* Prepares all rules of the catalogue; those that cannot be prepared have a reason. With holdings NULL the
 * rules are only checked. Both must outlive it. NULL: no memory. */
struct rules *rules_create(const struct catalogue *catalogue, const struct holdings *holdings);
void rules_destroy(struct rules **rules);

/* Why the rule (its index in the catalogue) cannot be used at all; "": it can. */
const char *rules_reason(const struct rules *rules, size_t rule);
/* How many rules were given up because they took too long: none of their units is judged any more. */
size_t rules_given_up(const struct rules *rules);
/* May the rule's result change as days pass, without a commit? */
bool rules_by_day(const struct rules *rules, size_t rule);

/* The most units that are judged by one call. */
enum { RULE_UNITS_MAX = 64 };

/* Called for each unit that the rule has a result for, in no order; `at` is the unit's index among those
 * given. What the judgement points to is valid during the call only. */
typedef void (*rules_take)(void *context, size_t at, const struct judgement *judgement);

/* Judges units (indexes in order, all of one level that the rule is for, at most RULE_UNITS_MAX). The rule
 * is silent about units for which `take` is not called. */
void rules_judge(struct rules *rules, size_t rule, const uint32_t *units, size_t count, date today,
                 rules_take take, void *context);

#endif
