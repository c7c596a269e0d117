/* fupin submit FILE… (.csv, .xlsx): read, check here, save in the outbox, deliver, keep the receipt. */
#include "clock.h"
#include "save.h"
#include "sending.h"

#include <stdio.h>
#include <stdlib.h>

struct submitting {
	struct command command;
	struct sending sending;
	struct findings *findings;
	bool each;
};

static void
print_findings(const struct submitting *s)
{
	for (size_t i = 0; i < s->findings->count; i++)
		finding_print(&s->findings->items[i], s->command.language);
	if (s->findings->more)
		fprintf(stderr, in_language(&s->command, "… and %zu more problems\n", "……另有 %zu 个问题\n"),
		        s->findings->more);
}

static int
save(struct submitting *s, char **files, int count)
{
	/* Today in China by the centre's clock, which alone decides. */
	date today = date_of_time(session_welcome(s->command.session)->time_us);
	if (save_files(s->sending.outbox, (const char *const *)files, (size_t)count, s->each,
	               &s->command.catalogue, today, clock_wall_us(), s->findings))
		return EXIT_DONE;
	print_findings(s);
	if (s->findings->count)
		return EXIT_PROBLEMS;
	const char *error = outbox_error(s->sending.outbox);
	fprintf(stderr, "fupin submit: %s\n", *error ? error : "no memory");
	return EXIT_FAILED_INSIDE;
}

int
cmd_submit(int argc, char **argv)
{
	struct submitting s = {0};
	bool quiet = false;
	const struct arg_kind kinds[] = {
	    COMMAND_OPTIONS(&s.command), {"--each", NULL, &s.each}, {"--quiet", NULL, &quiet}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	int status = command_open(&s.command);
	s.findings = calloc(1, sizeof *s.findings);
	if (status == EXIT_DONE)
		status = s.findings ? command_catalogue(&s.command, true, true) : EXIT_FAILED_INSIDE;
	if (status == EXIT_DONE)
		status = sending_open(&s.sending, &s.command);
	if (status == EXIT_DONE && count)
		status = save(&s, argv, count);
	if (status == EXIT_DONE)
		status = sending_deliver(&s.sending, quiet);
	sending_close(&s.sending);
	free(s.findings);
	return command_close(&s.command, status);
}
