#include "plan_rule.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	int decimals;
} measures[RULE_MEASURES] = {
    [RULE_YUAN] = {"yuan", 2}, [RULE_PERCENT] = {"percent", 2}, [RULE_RATIO] = {"ratio", 2},
    [RULE_DAYS] = {"days", 0}, [RULE_COUNT] = {"count", 0},
};

static const struct {
	const char *name, *name_zh;
} states[RULE_STATES] = {
    [RULE_SILENT] = {"", ""},
    [RULE_GREEN] = {"green", "达标"},
    [RULE_AMBER] = {"amber", "预警"},
    [RULE_RED] = {"red", "不达标"},
    [RULE_NOT_JUDGED] = {"not_judged", "无法判定"},
};

const char *
rule_measure_name(enum rule_measure measure)
{
	return (unsigned)measure < RULE_MEASURES ? measures[measure].name : NULL;
}

int
rule_measure_decimals(enum rule_measure measure)
{
	return (unsigned)measure < RULE_MEASURES ? measures[measure].decimals : 0;
}

bool
rule_measure_parse(const char *text, enum rule_measure *out)
{
	for (int i = 1; i < RULE_MEASURES; i++)
		if (!strcmp(text, measures[i].name)) {
			*out = (enum rule_measure)i;
			return true;
		}
	return false;
}

const char *
rule_state_name(enum rule_state state)
{
	return (unsigned)state < RULE_STATES ? states[state].name : "";
}

const char *
rule_state_name_zh(enum rule_state state)
{
	return (unsigned)state < RULE_STATES ? states[state].name_zh : "";
}

bool
rule_state_parse(const char *text, enum rule_state *out)
{
	for (int i = 1; i < RULE_STATES; i++)
		if (!strcmp(text, states[i].name) || !strcmp(text, states[i].name_zh)) {
			*out = (enum rule_state)i;
			return true;
		}
	return false;
}
