/* Shared by `fupin total` and `fupin watch`: making the question, and showing its answer. */
#ifndef FUPIN_CLIENT_TOTALLING_H
#define FUPIN_CLIENT_TOTALLING_H

#include "command.h"
#include "session/follow.h"

enum { TOTALLING_INDICATORS_MAX = 64 };

struct totalling {
	struct command *command;
	const char *by, *group, *period_text, *indicator_list, *project; /* options */
	bool funds;
	struct total_query query;
	uint32_t indicators[TOTALLING_INDICATORS_MAX];
	struct follow follow; /* the state: rows, then the unit itself */
};

#define TOTALLING_OPTIONS(t)                                                                                 \
	TABLE_OPTIONS((t)->command), {"--by", &(t)->by, NULL}, {"--period", &(t)->period_text, NULL},            \
	    {"--indicator", &(t)->indicator_list, NULL}, {"--project", &(t)->project, NULL},                     \
	    {"--group", &(t)->group, NULL},                                                                      \
	{                                                                                                        \
		"--funds", NULL, &(t)->funds                                                                         \
	}

/* After args_parse(): connects, fetches the catalogue, and makes the query. EXIT_DONE, or the exit status (a
 * message was printed). Call totalling_close() in any case, and then command_close(). */
int totalling_open(struct totalling *t, int argument_count, char **arguments);
void totalling_close(struct totalling *t);

/* Asks for the total and takes it as the state. */
int totalling_ask(struct totalling *t);

/* Shows the state in the command's format: a table, or a sheet called `name`. */
int totalling_print(const struct totalling *t, const char *name);

/* Rows of the state as one line of JSON on standard output. */
int totalling_print_line(const struct totalling *t, const struct unit_total *units, size_t count);

#endif
