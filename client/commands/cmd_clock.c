/* fupin clock [TIME]: the centre's clock, which alone decides deadlines; in a drill the administrator moves
 * it. */
#include "command/command.h"
#include "subcommands.h"

#include <stdio.h>

int
cmd_clock(int argc, char **argv)
{
	struct command c = {0};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&c)};
	struct request request = {.kind = REQUEST_PING};
	struct reply reply;
	char text[20];
	int64_t time;
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count) || count > 1)
		return EXIT_USAGE;
	if (count && !deadline_parse(argv[0], &time)) {
		fprintf(stderr, _("fupin clock: %s: not a time: write 2013-08-20T09:00\n"), argv[0]);
		return EXIT_USAGE;
	}
	if (count)
		request = (struct request){.kind = REQUEST_SET_CLOCK, .clock_us = time * 1000000};
	int status = command_open(&c);
	if (status == EXIT_DONE)
		status = command_ask(&c, &request, REPLY_PONG, &reply);
	if (status == EXIT_DONE) {
		time_format(reply.pong.time_us, text);
		if (c.format == FORMAT_JSON)
			command_print_text(&c, "time", text);
		else
			printf("%s (UTC+08:00)\n", text);
	}
	return command_close(&c, status);
}
