/* Shared by fupin compliance and fupin watch --compliance: the question's options. */
#ifndef FUPIN_CLIENT_RULE_OPTIONS_H
#define FUPIN_CLIENT_RULE_OPTIONS_H

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

#endif
