/* Command-line words of one subcommand, by a table. */
#ifndef FUPIN_CLIENT_ARGS_H
#define FUPIN_CLIENT_ARGS_H

#include <stdbool.h>
#include <stddef.h>

struct arg_kind {
	const char *name;   /* "--period" */
	const char **value; /* gets the value; NULL: a switch */
	bool *given;        /* for a switch */
};

/* Options may stand anywhere, as "--name value" or "--name=value"; "--" ends them. The other words are
 * moved to the front of argv, *count says how many. False: a message was printed. */
bool args_parse(int argc, char **argv, const struct arg_kind *kinds, size_t kind_count, int *count)
    __attribute__((warn_unused_result));

#endif
