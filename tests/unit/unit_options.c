/* fupind's command line: words, their values in both ways of writing, defaults, and what is refused. */
#include "case.h"

#include "options.h"

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
	const char *data, *db; /* NULL: the default */
	const char *error;     /* the word that is complained of; NULL: it is good */
} rows[] = {
    {{NULL}, COMMAND_SERVE, NULL, NULL, NULL},
    {{"serve"}, COMMAND_SERVE, NULL, NULL, NULL},
    {{"load"}, COMMAND_LOAD, NULL, NULL, NULL},
    {{"verify"}, COMMAND_VERIFY, NULL, NULL, NULL},
    {{"keygen"}, COMMAND_KEYGEN, NULL, NULL, NULL},
    {{"help"}, COMMAND_HELP, NULL, NULL, NULL},
    {{"--help"}, COMMAND_HELP, NULL, NULL, NULL},
    {{"-h"}, COMMAND_HELP, NULL, NULL, NULL},
    {{"version"}, COMMAND_VERSION, NULL, NULL, NULL},
    {{"--version"}, COMMAND_VERSION, NULL, NULL, NULL},
    {{"--data", "/d"}, COMMAND_SERVE, "/d", NULL, NULL},
    {{"--data=/d"}, COMMAND_SERVE, "/d", NULL, NULL},
    {{"--data="}, COMMAND_SERVE, "", NULL, NULL},
    {{"load", "--db", "postgresql:///x", "--data=/d"}, COMMAND_LOAD, "/d", "postgresql:///x", NULL},
    {{"--db", "load", "verify"}, COMMAND_VERIFY, NULL, "load", NULL},
    {{"--data", "--db"}, COMMAND_SERVE, "--db", NULL, NULL},
    {{"--data"}, COMMAND_SERVE, NULL, NULL, "--data"},
    {{"--database", "x"}, COMMAND_SERVE, NULL, NULL, "--database"},
    {{"--dat=x"}, COMMAND_SERVE, NULL, NULL, "--dat=x"},
    {{"serv"}, COMMAND_SERVE, NULL, NULL, "serv"},
    {{"load", "x"}, COMMAND_SERVE, NULL, NULL, "x"},
    {{"--patience", "10"}, COMMAND_SERVE, NULL, NULL, NULL},
    {{"--patience=3600"}, COMMAND_SERVE, NULL, NULL, NULL},
    {{"--patience", "9"}, COMMAND_SERVE, NULL, NULL, "--patience 9: not 10 to 3600 seconds"},
    {{"--patience", "3601"}, COMMAND_SERVE, NULL, NULL, "--patience 3601: not 10 to 3600 seconds"},
    {{"--patience", "12s"}, COMMAND_SERVE, NULL, NULL, "--patience 12s: not 10 to 3600 seconds"},
    {{"--patience="}, COMMAND_SERVE, NULL, NULL, "--patience : not 10 to 3600 seconds"},
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
		EXPECT(!strcmp(o.data, rows[i].data ? rows[i].data : "fupin-data"), "row %zu: %s", i, o.data);
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
