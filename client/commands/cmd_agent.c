/* fupin agent [--folder DIR]: keeps the outbox flowing, in the background or under systemd. */
#include "agent/agent.h"
#include "subcommands.h"

#include <stdio.h>

int
cmd_agent(int argc, char **argv)
{
	struct command c = {0};
	const char *folder = NULL;
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&c), {"--folder", &folder, NULL}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (count) {
		fprintf(stderr, _("fupin agent: %s: not expected\n"), argv[0]);
		return EXIT_USAGE;
	}
	int status = command_open_home(&c);
	if (status == EXIT_DONE)
		status = agent_run(&c, folder);
	return command_close(&c, status);
}
