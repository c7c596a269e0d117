/* fupind's command line: words, their values in both ways of writing, defaults, and what is refused. */
#include "case.h"

#include "boot/options.h"

#include <string.h>

enum { WORDS_MAX = 6 };

static bool
parse(const char *const *words, struct options *out, char error[128])
{
	char *argv[WORDS_MAX + 2] = {(char *)(uintptr_t) "fupind"};
	int argc = 1;
	for (; words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	*error = 0;
	return options_parse(argc, argv, out, error, 128);
}

static const struct {
	const char *words[WORDS_MAX + 1];
	enum command command;
	const char *data, *db; /* NULL: not said */
	const char *error;     /* the word that is complained of; NULL: it is good */
} rows[] = {
    {{"serve", "--data", "/d"}, COMMAND_SERVE, "/d", NULL, NULL},
    {{"load", "--data", "/d"}, COMMAND_LOAD, "/d", NULL, NULL},
    {{"verify", "--data", "/d"}, COMMAND_VERIFY, "/d", NULL, NULL},
    {{"keygen", "--data", "/d"}, COMMAND_KEYGEN, "/d", NULL, NULL},
    {{"--data=/d", "serve"}, COMMAND_SERVE, "/d", NULL, NULL},
    {{"help"}, COMMAND_HELP, NULL, NULL, NULL},
    {{"--help"}, COMMAND_HELP, NULL, NULL, NULL},
    {{"-h"}, COMMAND_HELP, NULL, NULL, NULL},
    {{"version"}, COMMAND_VERSION, NULL, NULL, NULL},
    {{"--version"}, COMMAND_VERSION, NULL, NULL, NULL},
    /* Who asks gets nothing started. */
    {{"help", "serve"}, COMMAND_HELP, NULL, NULL, NULL},
    {{"serve", "--help", "--data", "/d"}, COMMAND_HELP, "/d", NULL, NULL},
    {{"help", "serve", "load"}, COMMAND_HELP, NULL, NULL, NULL},
    {{"load", "verify", "--data", "/d"}, COMMAND_NONE, NULL, NULL, "verify"},
    {{"serve", "version", "--data", "/d"}, COMMAND_NONE, NULL, NULL, "version"},
    /* Nothing begins by itself, nor in a place that nobody named. */
    {{NULL}, COMMAND_NONE, NULL, NULL, "say what to do"},
    {{"--data", "/d"}, COMMAND_NONE, NULL, NULL, "say what to do"},
    {{"serve"}, COMMAND_NONE, NULL, NULL, "say where"},
    {{"load", "--plan", "/p"}, COMMAND_NONE, NULL, NULL, "say where"},
    {{"verify", "--db", "postgresql:///x"}, COMMAND_NONE, NULL, NULL, "say where"},
    {{"keygen"}, COMMAND_NONE, NULL, NULL, "say where"},
    {{"serve", "--data="}, COMMAND_NONE, NULL, NULL, "say where"},
    {{"load", "--db", "postgresql:///x", "--data=/d"}, COMMAND_LOAD, "/d", "postgresql:///x", NULL},
    {{"--db", "load", "verify", "--data=/d"}, COMMAND_VERIFY, "/d", "load", NULL},
    {{"serve", "--data", "--db"}, COMMAND_SERVE, "--db", NULL, NULL},
    {{"serve", "--data"}, COMMAND_NONE, NULL, NULL, "--data"},
    {{"serve", "--database", "x"}, COMMAND_NONE, NULL, NULL, "--database"},
    {{"serve", "--dat=x"}, COMMAND_NONE, NULL, NULL, "--dat=x"},
    {{"serv"}, COMMAND_NONE, NULL, NULL, "serv"},
    {{"load", "x"}, COMMAND_NONE, NULL, NULL, "x"},
    {{"serve", "--data=/d", "--patience", "10"}, COMMAND_SERVE, "/d", NULL, NULL},
    {{"serve", "--data=/d", "--patience=3600"}, COMMAND_SERVE, "/d", NULL, NULL},
    {{"--patience", "9"}, COMMAND_NONE, NULL, NULL, "--patience 9: not 10 to 3600 seconds"},
    {{"--patience", "3601"}, COMMAND_NONE, NULL, NULL, "--patience 3601: not 10 to 3600 seconds"},
    {{"--patience", "12s"}, COMMAND_NONE, NULL, NULL, "--patience 12s: not 10 to 3600 seconds"},
    {{"--patience="}, COMMAND_NONE, NULL, NULL, "--patience : not 10 to 3600 seconds"},
};

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct options o;
		char error[128];
		bool good = parse(rows[i].words, &o, error);
		EXPECT(good == !rows[i].error, "row %zu: %s", i, error);
		if (!good) {
			EXPECT(!strncmp(error, rows[i].error, strlen(rows[i].error)) && strstr(error, "fupind help"),
			       "row %zu: %s", i, error);
			continue;
		}
		EXPECT(o.command == rows[i].command, "row %zu: %d", i, (int)o.command);
		EXPECT(rows[i].data ? o.data && !strcmp(o.data, rows[i].data) : !o.data, "row %zu", i);
		EXPECT(rows[i].db ? o.db && !strcmp(o.db, rows[i].db) : !o.db, "row %zu", i);
		EXPECT(!strcmp(o.endpoint, "tcp://127.0.0.1:7513") && !strcmp(o.user, "postgres") &&
		           !strcmp(o.log_level, "info") && !o.plan && !o.clock,
		       "row %zu", i);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
