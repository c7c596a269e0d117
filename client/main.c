/* fupin: the office's program. Each subcommand is a file cmd_NAME.c, a row here, and one in help.c. */
#include "base/shown.h"
#include "command/command.h"
#include "command/help.h"
#include "version.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
    {"submit", cmd_submit},
    {"check", cmd_check},
    {"sheet", cmd_sheet},
    {"total", cmd_total},
    {"watch", cmd_watch},
    {"status", cmd_status},
    {"outbox", cmd_outbox},
    {"carry", cmd_carry},
    {"agent", cmd_agent},
    {"units", cmd_units},
    {"forms", cmd_forms},
    {"target", cmd_target},
    {"review", cmd_review},
    {"document", cmd_document},
    {"fund", cmd_fund},
    {"project", cmd_project},
    {"completeness", cmd_completeness},
    {"late", cmd_late},
    {"appraisal", cmd_appraisal},
    {"compliance", cmd_compliance},
    {"history", cmd_history},
    {"extend", cmd_extend},
    {"export", cmd_export},
    {"bulletin", cmd_bulletin},
    {"enroll", cmd_enroll},
    {"admin", cmd_admin},
    {"keygen", cmd_keygen},
    {"reload", cmd_reload},
    {"clock", cmd_clock},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static bool
is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static bool
asks_for_help(int argc, char **argv)
{
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (is_help(argv[i]))
			return true;
	return false;
}

static int
unknown(const char *name)
{
	fprintf(stderr, _("fupin: %s: no such command; see fupin help\n"), name);
	return EXIT_USAGE;
}

static int
help(int argc, char **argv)
{
	if (argc < 3)
		help_all(stdout);
	else if (!help_command(stdout, argv[2]))
		return unknown(argv[2]);
	return EXIT_DONE;
}

int
main(int argc, char **argv)
{
	text_open();
	shown_open();
	if (sodium_init() < 0)
		return EXIT_FAILED_INSIDE;
	if (argc < 2) {
		help_all(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "help") || is_help(argv[1]))
		return help(argc, argv);
	if (!strcmp(argv[1], "version") || !strcmp(argv[1], "--version")) {
		printf("fupin %s\n", FUPIN_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name)) {
			if (!asks_for_help(argc, argv))
				return commands[i].run(argc - 2, argv + 2);
			help_command(stdout, argv[1]);
			return EXIT_DONE;
		}
	return unknown(argv[1]);
}
