/* fupin total UNIT: totals of a unit, or of the units below it, against the targets. */
#include "command/totalling.h"
#include "subcommands.h"

int
cmd_total(int argc, char **argv)
{
	struct command c = {0};
	struct totalling t = {.command = &c};
	const struct arg_kind kinds[] = {TOTALLING_OPTIONS(&t), AS_OF_OPTION(t.command)};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	int status = totalling_open(&t, count, argv);
	if (status == EXIT_DONE)
		status = totalling_ask(&t);
	if (status == EXIT_DONE)
		status = totalling_print(&t, C_("command", "total"));
	totalling_close(&t);
	return command_close(&c, status);
}
