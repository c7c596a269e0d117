/* fupin completeness: by unit, how many of the reports that are due were received, were in time, or are
 * missing. fupin late: the reports that are owed, worst first. */
#include "base/decimal.h"
#include "columns/completeness_columns.h"
#include "command/showing.h"
#include "subcommands.h"

#include <stdio.h>

struct counting {
	struct command command;
	const char *by_option, *group_option, *limit_option;
	bool all, list; /* list: fupin late */
	struct command_scope scope;
	struct request request;
	struct reply reply;
};

/* ---------------------------------------------------------------- printing */

static int
show(const struct command *c, const char *sheet, const char *key, const void *whole,
     const struct completeness_answer *a)
{
	struct reading r;
	char time[20];
	command_reading(c, &r);
	r.time_us = a->time_us;
	r.whole = whole;
	int status = command_show_answer(c, sheet, &completeness_columns, key, &r, a);
	if (status != EXIT_DONE)
		return status;
	time_format(a->time_us, time);
	output_line(c->output, _("by %s (UTC+08:00)"), time);
	command_footer(c, &a->as_of, a->label);
	return EXIT_DONE;
}

int
show_completeness(const struct command *c, const char *sheet, const struct completeness_query *q,
                  const struct completeness_answer *a)
{
	bool has_whole = q->by && q->whole && a->row_count;
	return show(c, sheet, "rows", has_whole ? &a->rows[a->row_count - 1] : NULL, a);
}

int
show_late(const struct command *c, const char *sheet, const struct completeness_answer *a)
{
	int status = show(c, sheet, "duties", NULL, a);
	if (status == EXIT_DONE && a->more)
		output_line(c->output, _("… and %u more (--limit)"), a->more);
	return status;
}

/* ---------------------------------------------------------------- the command line */

static int
ask(struct counting *c, int count, char **words)
{
	struct completeness_query *q = &c->request.completeness;
	int64_t limit = 0;
	int status = command_open(&c->command);
	if (status == EXIT_DONE)
		status = command_catalogue(&c->command, true, true);
	if (status == EXIT_DONE)
		status = command_read_scope(&c->command, count, words, &c->scope);
	if (status != EXIT_DONE)
		return status;
	c->request.kind = REQUEST_COMPLETENESS;
	*q = (struct completeness_query){.unit = c->scope.unit,
	                                 .from = c->scope.from,
	                                 .to = c->scope.to,
	                                 .forms = &c->scope.form,
	                                 .form_count = c->scope.form != 0,
	                                 .whole = true,
	                                 .missing = c->list,
	                                 .late = c->list && c->all,
	                                 .as_of = c->command.as_of};
	snprintf(q->group, sizeof q->group, "%s", c->group_option ? c->group_option : "");
	if (c->by_option && !unit_level_parse(c->by_option, &q->by)) {
		fprintf(stderr, _("fupin: --by %s: not a level\n"), c->by_option);
		return EXIT_USAGE;
	}
	if (c->limit_option && (!decimal_parse(c->limit_option, 0, &limit) || limit < 1 || limit > INT32_MAX)) {
		fprintf(stderr, _("fupin: --limit %s: not a number\n"), c->limit_option);
		return EXIT_USAGE;
	}
	q->limit = (uint32_t)limit;
	return command_ask(&c->command, &c->request, REPLY_COMPLETENESS, &c->reply);
}

static int
run(struct counting *c, int count, char **words)
{
	int status = ask(c, count, words);
	const struct completeness_answer *a = &c->reply.completeness;
	if (status == EXIT_DONE && c->list)
		status = show_late(&c->command, _("late"), a);
	else if (status == EXIT_DONE)
		status = show_completeness(&c->command, _("completeness"), &c->request.completeness, a);
	return command_close(&c->command, status);
}

int
cmd_completeness(int argc, char **argv)
{
	struct counting c = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&c.command),
	                                 {"--by", &c.by_option, NULL},
	                                 {"--group", &c.group_option, NULL},
	                                 AS_OF_OPTION(&c.command)};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	return run(&c, count, argv);
}

int
cmd_late(int argc, char **argv)
{
	struct counting c = {.list = true};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&c.command),
	                                 {"--limit", &c.limit_option, NULL},
	                                 AS_OF_OPTION(&c.command),
	                                 {"--all", NULL, &c.all}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	return run(&c, count, argv);
}
