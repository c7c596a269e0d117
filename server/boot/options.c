#include "options.h"

#include "base/endpoint.h"
#include "postgres/pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_kind {
	const char *name, *value, *help;
	size_t place;
} option_kinds[] = {
    {"--data", "DIR", "keys, sockets and the embedded database; serve, load and keygen make it",
     offsetof(struct options, data)},
    {"--db", "URI", "a PostgreSQL elsewhere (libpq URI; passwords and certificates as libpq has them)",
     offsetof(struct options, db)},
    {"--endpoint", "ENDPOINT", "where offices connect (default: tcp://127.0.0.1:7513; all addresses: *)",
     offsetof(struct options, endpoint)},
    {"--plan", "DIR", "load the plan from these CSV files first", offsetof(struct options, plan)},
    {"--principals", "FILE", "the offices and their keys, instead of the plan's principals.csv",
     offsetof(struct options, principals)},
    {"--label", "TEXT", "shown with every table, e.g. demonstration data", offsetof(struct options, label)},
    {"--user", "NAME", "who to become when started as root (default: postgres)",
     offsetof(struct options, user)},
    {"--pg-bin", "DIR", "where postgres and initdb are (default: the newest installed)",
     offsetof(struct options, pg_bin)},
    {"--log-level", "LEVEL", "debug, info, warning or error (default: info)",
     offsetof(struct options, log_level)},
    {"--clock", "TIME", "a drill: the centre's clock begins at this time (2013-05-03T09:00, UTC+08:00)",
     offsetof(struct options, clock)},
    {"--with-parent", "yes|no", "stop when the process that started it ends (default: no)",
     offsetof(struct options, with_parent)},
    {"--accept-set-back", "yes|no",
     "serve a database that has less than was acknowledged, or another one (default: no)",
     offsetof(struct options, accept_set_back)},
    {"--patience", "SECONDS",
     "a database that says nothing for so long is given up and connected to anew (default: 60)",
     offsetof(struct options, patience)},
    {"--ready-file", "FILE", "written with the bound endpoint once the centre serves",
     offsetof(struct options, ready_file)},
};

static const struct {
	const char *name;
	enum command command;
	const char *help;
} commands[] = {
    {"serve", COMMAND_SERVE, "run the centre"},
    {"load", COMMAND_LOAD, "load a plan and its principals; tell a running centre with SIGHUP"},
    {"verify", COMMAND_VERIFY, "recompute all totals from the journal; exit 1 on drift"},
    {"keygen", COMMAND_KEYGEN, "make the centre's key pair, if there is none"},
    {"help", COMMAND_HELP, "show this text"},
    {"version", COMMAND_VERSION, "show the version"},
};

#define COUNT(items) (sizeof(items) / sizeof *(items))

/* There is one command on a line. Next to another command, help wins, in either order, so that asking for
 * help starts nothing. */
static bool
take_command(const char *word, struct options *out)
{
	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		word = "help";
	if (!strcmp(word, "--version"))
		word = "version";
	for (size_t i = 0; i < COUNT(commands); i++)
		if (!strcmp(word, commands[i].name)) {
			bool helps = commands[i].command == COMMAND_HELP;
			if (out->command != COMMAND_NONE && out->command != COMMAND_HELP && !helps)
				return false;
			if (out->command != COMMAND_HELP)
				out->command = commands[i].command;
			return true;
		}
	return false;
}

/* Nothing is started without a command, and nothing is made in a directory that was not named. */
static bool
is_whole(const struct options *o, char *error, size_t error_size)
{
	if (o->command == COMMAND_NONE) {
		snprintf(error, error_size, "say what to do, for example fupind serve; see fupind help");
		return false;
	}
	if (o->command == COMMAND_HELP || o->command == COMMAND_VERSION || (o->data && *o->data))
		return true;
	snprintf(error, error_size, "say where the centre's data is with --data DIR; see fupind help");
	return false;
}

/* "--name value" or "--name=value"; returns how many words were used, 0: none. */
static int
take_option(char **words, int left, struct options *out)
{
	for (size_t i = 0; i < COUNT(option_kinds); i++) {
		size_t size = strlen(option_kinds[i].name);
		const char **place = (const char **)(void *)((char *)out + option_kinds[i].place);
		if (strncmp(words[0], option_kinds[i].name, size))
			continue;
		if (words[0][size] == '=') {
			*place = words[0] + size + 1;
			return 1;
		}
		if (!words[0][size] && left > 1) {
			*place = words[1];
			return 2;
		}
	}
	return 0;
}

bool
options_parse(int argc, char **argv, struct options *out, char *error, size_t error_size)
{
	*out = (struct options){
	    .endpoint = "tcp://127.0.0.1:7513",
	    .user = "postgres",
	    .log_level = "info",
	};
	for (int i = 1; i < argc;) {
		int used = take_option(argv + i, argc - i, out);
		if (!used && take_command(argv[i], out))
			used = 1;
		if (!used) {
			snprintf(error, error_size, "%s: unknown, or its value is missing; see fupind help", argv[i]);
			return false;
		}
		i += used;
	}
	char why[ENDPOINT_ERROR_BYTES], complete[ENDPOINT_BYTES];
	if (!endpoint_complete(out->endpoint, ENDPOINT_BIND, complete, why)) {
		snprintf(error, error_size, "--%s", why);
		return false;
	}
	if (out->patience && !pg_patience_parse(out->patience, &out->patience_s)) {
		snprintf(error, error_size, "--patience %s: not %d to %d seconds; see fupind help", out->patience,
		         PG_PATIENCE_LEAST, PG_PATIENCE_MOST);
		return false;
	}
	return is_whole(out, error, error_size);
}

void
options_help(void)
{
	printf("fupind - the centre of the fupin reporting network\n\n  fupind COMMAND [OPTION…]\n\nCommands\n");
	for (size_t i = 0; i < COUNT(commands); i++)
		printf("  %-24s%s\n", commands[i].name, commands[i].help);
	printf("\nOptions\n");
	for (size_t i = 0; i < COUNT(option_kinds); i++) {
		char head[64];
		snprintf(head, sizeof head, "%s %s", option_kinds[i].name, option_kinds[i].value);
		printf("  %-24s%s\n", head, option_kinds[i].help);
	}
	printf("\nExit status: 0 done, 1 verify found drift, 2 wrong usage, 3 the plan has errors, 4 failed.\n");
}
