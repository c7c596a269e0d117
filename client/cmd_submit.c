/* fupin submit FILE… (.csv, .xlsx): read, check here, save in the outbox, deliver, keep the receipt. Without
 * a network all but the delivery is done by what the centre said last. */
#include "clock.h"
#include "save.h"
#include "sending.h"

#include <stdio.h>
#include <stdlib.h>

struct submitting {
	struct command command;
	struct sending sending;
	struct findings *findings;
	bool each, offline, quiet;
};

static int
save(struct submitting *s, char **files, int count)
{
	/* Today in China by the centre's clock, which alone decides. */
	date today = date_of_time(command_centre_time(&s->command));
	size_t parts;
	if (save_files(s->sending.outbox, (const char *const *)files, (size_t)count, s->each,
	               &s->command.catalogue, today, clock_wall_us(), s->findings, &parts)) {
		if (parts > (s->each ? (size_t)count : 1) && !s->quiet)
			printf(in_language(&s->command,
			                   "more than one submission can hold: goes as %zu, in the order of its rows\n",
			                   "超过一次报送的容量：按行的顺序分 %zu 次报送\n"),
			       parts);
		return EXIT_DONE;
	}
	findings_print(s->findings, s->command.language);
	if (s->findings->count)
		return EXIT_PROBLEMS;
	const char *error = outbox_error(s->sending.outbox);
	fprintf(stderr, "fupin submit: %s\n", *error ? error : "no memory");
	return EXIT_FAILED_INSIDE;
}

/* Who gave a time to wait wants it to be used; anybody else has his prompt back. */
static int
deliver_now(struct submitting *s)
{
	struct command *c = &s->command;
	if (!c->session && (s->offline || !c->timeout_option || command_connect(c, c->timeout_ms)))
		return sending_postpone(&s->sending);
	return sending_deliver(&s->sending, s->quiet);
}

int
cmd_submit(int argc, char **argv)
{
	struct submitting s = {0};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&s.command),
	                                 {"--each", NULL, &s.each},
	                                 {"--quiet", NULL, &s.quiet},
	                                 {"--offline", NULL, &s.offline}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	int status = command_open_home(&s.command);
	s.findings = calloc(1, sizeof *s.findings);
	if (status == EXIT_DONE && !s.findings)
		status = EXIT_FAILED_INSIDE;
	if (status == EXIT_DONE)
		status = s.offline ? command_kept_catalogue(&s.command) : command_catalogue_or_kept(&s.command);
	if (status == EXIT_DONE)
		status = sending_open(&s.sending, &s.command);
	if (status == EXIT_DONE && count)
		status = save(&s, argv, count);
	if (status == EXIT_DONE)
		status = deliver_now(&s);
	sending_close(&s.sending);
	free(s.findings);
	return command_close(&s.command, status);
}
