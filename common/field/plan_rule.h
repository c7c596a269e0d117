/* A rule of the plan that is checked as figures come in (the notice's 1,000,000 yuan a village, 2:1, 70 %,
 * …): what is measured, what it has to reach and by when. What it measures is SQL over the centre's tables,
 * part of the plan (db/plan-2013/RULES.md); clients get everything except the SQL. */
#ifndef FUPIN_COMMON_PLAN_RULE_H
#define FUPIN_COMMON_PLAN_RULE_H

#include "calendar.h"
#include "unit.h"

#include <stdbool.h>
#include <stdint.h>

/* How a unit stands to a rule. */
enum rule_state {
	RULE_SILENT = 0, /* the rule says nothing about the unit */
	RULE_GREEN = 1,
	RULE_AMBER = 2,      /* not reached, but not due yet; or the rule only warns */
	RULE_RED = 3,        /* not reached, and due */
	RULE_NOT_JUDGED = 4, /* the rule failed here: its reason says why */
	RULE_STATES = 5,
};

/* What its figures are of; whole numbers times 10^decimals. */
enum rule_measure {
	RULE_MEASURE_NONE = 0,
	RULE_YUAN = 1,    /* fen */
	RULE_PERCENT = 2, /* hundredths of a per cent */
	RULE_RATIO = 3,   /* hundredths: 2:1 is 200 */
	RULE_DAYS = 4,
	RULE_COUNT = 5,
	RULE_MEASURES = 6,
};

struct plan_rule {
	uint32_t number;
	const char *code, *name_zh, *name_en, *notice;
	const char *sql;          /* "" at a client */
	unsigned levels;          /* of the units that it judges: 1 << level each */
	enum rule_state severity; /* RED or AMBER: what a miss is when it is due */
	enum rule_measure measure;
	bool at_most;      /* the measured may not exceed the threshold; else it has to reach it */
	int64_t threshold; /* times 10^decimals */
	date due;          /* by which it counts; 0: at all times */
};

/* "yuan", …; NULL: no such measure. */
const char *rule_measure_name(enum rule_measure measure);
int rule_measure_decimals(enum rule_measure measure);
bool rule_measure_parse(const char *text, enum rule_measure *out);
/* "green", …; in Chinese; "": there is no such state. */
const char *rule_state_name(enum rule_state state);
const char *rule_state_name_zh(enum rule_state state);
bool rule_state_parse(const char *text, enum rule_state *out);

#endif
