/* fupin: the office's program. */
#include "base/shown.h"
#include "command/command.h"
#include "commands/subcommands.h"
#include "version.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

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
	const struct subcommand *about = argc < 3 ? NULL : subcommand_find(argv[2]);
	if (argc >= 3 && !about)
		return unknown(argv[2]);
	if (about)
		help_subcommand(stdout, about);
	else
		help_all(stdout);
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
	const struct subcommand *subcommand = subcommand_find(argv[1]);
	if (!subcommand)
		return unknown(argv[1]);
	if (!asks_for_help(argc, argv))
		return subcommand->run(argc - 2, argv + 2);
	help_subcommand(stdout, subcommand);
	return EXIT_DONE;
}
