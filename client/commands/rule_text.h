/* Shared by fupin compliance and fupin watch --compliance: the question's options, and a finding in words. */
#ifndef FUPIN_CLIENT_RULE_TEXT_H
#define FUPIN_CLIENT_RULE_TEXT_H

#include "command/command.h"

enum { RULES_ASKED_MAX = 64 };

struct rule_options {
	const char *by, *rules, *states; /* as given; NULL: not given */
	uint32_t numbers[RULES_ASKED_MAX];
	enum rule_state wanted[RULE_STATES];
};

#define RULE_OPTIONS(options)                                                                                \
	{"--by", &(options)->by, NULL}, {"--rule", &(options)->rules, NULL},                                     \
	{                                                                                                        \
		"--state", &(options)->states, NULL                                                                  \
	}

/* Opens the command, with its catalogue, and reads UNIT and the options into a query, which points into them.
 * EXIT_DONE, or a message was printed. */
int rule_options_read(struct command *command, struct rule_options *options, int count, char **words,
                      struct compliance_query *out);

const char *rule_name(const struct command *command, uint32_t rule);
const char *rule_state_text(const struct command *command, enum rule_state state);

/* The figures behind a finding: "granted 1,234.00, villages_started 3"; from malloc, NULL: no memory. */
char *rule_figures_text(const struct finding_item *item);

struct json_object;
struct json_object *rule_finding_json(const struct command *command, const struct finding_item *item);
/* {"red":1,"amber":0,…} */
struct json_object *rule_counts_json(const uint32_t states[RULE_STATES]);
struct json_object *rule_as_of_json(const struct as_of *as_of);

#endif
