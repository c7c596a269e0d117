/* fupin submit FILE… (.csv, .xlsx): read, check here, save in the outbox, deliver, keep the receipt. Without
 * a network all but the delivery is done by what the centre said last. */
#include "base/clock.h"
#include "cleared.h"
#include "columns/finding_columns.h"
#include "command/sending.h"
#include "outbox/save.h"
#include "subcommands.h"

#include <stdio.h>
#include <stdlib.h>

struct submitting {
	struct command command;
	struct sending sending;
	struct saving *saving;
	bool each, offline, quiet, clear;
};

static void
say_saved(const struct submitting *s)
{
	const struct saving *v = s->saving;
	if (v->parts > (s->each ? v->count : 1))
		printf(_("more than one submission can hold: goes as %zu, in the order of its rows\n"), v->parts);
	saving_tell(v, s->command.language, stdout);
	if (v->left_out)
		printf(_("left out: %zu rows in which nothing of the month is filled in (fupin check lists them)\n"),
		       v->left_out);
}

static bool
look_for_cleared(void *context, const struct draft *draft, struct findings *findings)
{
	return cleared_look(context, draft, findings);
}

static int
save(struct submitting *s, char **files, int count)
{
	struct saving *v = s->saving;
	v->files = (const char *const *)files;
	v->count = (size_t)count;
	v->each = s->each;
	/* --clear: it is meant so, and only told. */
	v->look = s->command.session && !s->clear ? look_for_cleared : NULL;
	v->look_context = &s->command;
	v->catalogue = &s->command.catalogue;
	v->office = command_welcome(&s->command)->unit;
	/* Today in China by the centre's clock, which alone decides. */
	v->today = date_of_time(command_centre_time(&s->command));
	if (save_files(s->sending.outbox, clock_wall_us(), v)) {
		if (!s->quiet && s->command.format != FORMAT_JSON)
			say_saved(s);
		return EXIT_DONE;
	}
	if (s->command.format == FORMAT_JSON && v->findings.count) {
		const struct json_member members[] = {
		    {"problems", cell_rows(CELL_ROWS, &finding_columns, v->findings.items, v->findings.count)},
		    {"more_problems", cell_count((int64_t)v->findings.more)}};
		command_print_members_line(&s->command, members, sizeof members / sizeof *members);
	} else {
		findings_write(&v->findings, s->command.language, stderr);
	}
	if (v->findings.count)
		return EXIT_PROBLEMS;
	const char *error = outbox_error(s->sending.outbox);
	fprintf(stderr, "fupin submit: %s\n", *error ? error : "no memory");
	return EXIT_FAILED_INSIDE;
}

/* With --timeout all of that time is used; without it the prompt comes back soon. */
static int
deliver_now(struct submitting *s)
{
	struct command *c = &s->command;
	if (s->offline || (!c->session && (!c->timeout_option || command_connect(c, c->timeout_ms))))
		return sending_postpone(&s->sending);
	return sending_deliver(&s->sending, s->quiet);
}

int
cmd_submit(int argc, char **argv)
{
	struct submitting s = {0};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&s.command),
	                                 {"--each", NULL, &s.each},
	                                 {"--clear", NULL, &s.clear},
	                                 {"--quiet", NULL, &s.quiet},
	                                 {"--offline", NULL, &s.offline}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	int status = command_open_home(&s.command);
	s.saving = calloc(1, sizeof *s.saving);
	if (status == EXIT_DONE && !s.saving)
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
	free(s.saving);
	return command_close(&s.command, status);
}
