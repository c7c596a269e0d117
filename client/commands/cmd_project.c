/* fupin project list [UNIT]: projects of a unit and all below it, how far they are, and their money.
 * fupin project show UNIT CODE: one of them, with its steps and its money by source.
 * Steps are sent as a sheet: fupin submit. */
#include "columns/project_columns.h"
#include "command/command.h"
#include "subcommands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct projecting {
	struct command command;
	const char *state_option;
	bool open, overdue, own;
	struct reading reading;
	struct listing *listing;
	size_t shown;
};

static bool
read_states(const struct projecting *p, uint32_t *states)
{
	enum project_state state;
	*states = 0;
	for (int s = PROJECT_PLANNED; p->open && s < PROJECT_STATES; s++)
		if (!project_is_closed((enum project_state)s))
			*states |= 1U << s;
	if (!p->state_option)
		return true;
	if (!project_state_parse(p->state_option, &state)) {
		fprintf(stderr,
		        _("fupin project: --state is planned, noticed, under_way, complete, accepted or "
		          "dropped, not %s\n"),
		        p->state_option);
		return false;
	}
	*states = 1U << state;
	return true;
}

/* All pages are as of the first one's commit. */
static int
fetch(struct projecting *p, struct project_query *query, struct as_of *as_of, char label[NAME_BYTES_MAX + 1])
{
	struct request request = {.kind = REQUEST_PROJECTS, .projects = *query};
	bool good = true;
	do {
		struct reply reply;
		request.projects.as_of = p->command.as_of;
		int status = command_ask(&p->command, &request, REPLY_PROJECTS, &reply);
		if (status == EXIT_DONE)
			status = command_hold_as_of(&p->command, &reply.projects.as_of);
		if (status != EXIT_DONE)
			return status;
		*as_of = reply.projects.as_of;
		snprintf(label, NAME_BYTES_MAX + 1, "%s", reply.projects.label);
		for (size_t i = 0; good && i < reply.projects.count; i++)
			if (!p->overdue || reply.projects.items[i].overdue) {
				good = listing_add(p->listing, &reply.projects.items[i]);
				p->shown++;
			}
		request.projects.after = reply.projects.next;
	} while (good && request.projects.after.unit);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

static int
list(struct projecting *p, const char *unit)
{
	struct command *c = &p->command;
	struct project_query query = {.unit = session_welcome(c->session)->unit, .own = p->own};
	struct as_of as_of = {0};
	char label[NAME_BYTES_MAX + 1] = "";
	if (!read_states(p, &query.states) || (unit && !command_find_unit(c, unit, &query.unit)))
		return EXIT_USAGE;
	command_reading(c, &p->reading);
	p->listing = listing_begin(c->output, "projects", &project_columns, &p->reading, 0);
	int status = p->listing ? fetch(p, &query, &as_of, label) : EXIT_FAILED_INSIDE;
	int ended = command_end_listing(&p->listing, &p->reading, status == EXIT_DONE);
	status = status == EXIT_DONE ? ended : status;
	if (status == EXIT_DONE) {
		output_line(c->output, _("%zu projects"), p->shown);
		command_footer(c, &as_of, label);
	}
	return status;
}

/* Of projects of one code: the only one, or the unit's own. NULL: it has to be said which one. */
static const struct project_item *
the_one(const struct project_answer *answer, unit_code unit)
{
	for (size_t i = 0; i < answer->count; i++)
		if (answer->count == 1 || answer->items[i].owner == unit)
			return &answer->items[i];
	return NULL;
}

/* The text of a column. */
static const char *
text_of(struct reading *r, const struct project_item *item, const char *key)
{
	return column_cell(r, item, columns_find(&project_columns, key)).text;
}

/* By source, and all together. */
static int
show_money(const struct command *c, const struct project_item *item)
{
	const struct project_money sum = project_sum(item);
	struct reading r;
	command_reading(c, &r);
	struct listing *listing = listing_begin(c->output, "money", &money_columns, &r, 0);
	bool good = listing;
	for (size_t i = 0; good && i < item->money_count; i++)
		good = listing_add(listing, &item->money[i]);
	good = good && listing_add(listing, &sum);
	return command_end_listing(&listing, &r, good);
}

/* One, whole: what it is, then its steps and its money. */
static int
show(const struct command *c, const struct project_item *item)
{
	const struct project_row *plan = project_plan(item);
	struct reading r;
	char begins[11], ends[11];
	date_format(plan->begins, begins);
	date_format(plan->ends, ends);
	command_reading(c, &r);
	const char *next = text_of(&r, item, "next");
	output_line(c->output, _("%s %s, %s %" PRId64), item->code, plan->name, command_unit_name(c, item->unit),
	            item->unit);
	output_line(c->output, _("%s, planned %s to %s, led by %s"), text_of(&r, item, "kind"), begins, ends,
	            command_unit_name(c, plan->leader));
	output_line(c->output, _("%s, %u%% of the work; next: %s"), text_of(&r, item, "state"), item->percent,
	            *next ? next : "–");
	if (item->due)
		output_line(c->output, _("to be accepted by %s"), text_of(&r, item, "due"));
	int status = command_show_rows(c, "steps", &step_columns, &r, item->steps, item->step_count);
	return status == EXIT_DONE ? show_money(c, item) : status;
}

static int
show_one(struct projecting *p, const char *unit, const char *code)
{
	struct command *c = &p->command;
	struct request request = {.kind = REQUEST_PROJECTS, .projects = {.own = true, .as_of = c->as_of}};
	struct reply reply;
	if (!command_find_unit(c, unit, &request.projects.unit))
		return EXIT_USAGE;
	snprintf(request.projects.code, sizeof request.projects.code, "%s", code);
	int status = command_ask(c, &request, REPLY_PROJECTS, &reply);
	if (status != EXIT_DONE)
		return status;
	if (!reply.projects.count || !project_plan(&reply.projects.items[0])) {
		fprintf(stderr, _("fupin project: %s has no project %s\n"), unit, code);
		return EXIT_PROBLEMS;
	}
	const struct project_item *item = the_one(&reply.projects, request.projects.unit);
	if (!item) {
		fprintf(stderr, _("fupin project: %s has several, say which one:"), unit);
		for (size_t i = 0; i < reply.projects.count; i++)
			fprintf(stderr, " %s", reply.projects.items[i].code);
		fputc('\n', stderr);
		return EXIT_PROBLEMS;
	}
	if (c->format == FORMAT_JSON) {
		command_print_record(c, &project_columns, item);
		return EXIT_DONE;
	}
	status = show(c, item);
	if (status == EXIT_DONE)
		command_footer(c, &reply.projects.as_of, reply.projects.label);
	return status;
}

static int
run(struct projecting *p, int count, char **words)
{
	const char *verb = count ? words[0] : "";
	bool lists = !strcmp(verb, "list") && count <= 2, shows = !strcmp(verb, "show") && count == 3;
	if (!lists && !shows) {
		fprintf(stderr, _("fupin project: list [UNIT] or show UNIT CODE; see fupin help\n"));
		return EXIT_USAGE;
	}
	int status = command_open(&p->command);
	if (status == EXIT_DONE)
		status = command_catalogue(&p->command, true, true);
	if (status != EXIT_DONE)
		return status;
	return lists ? list(p, count > 1 ? words[1] : NULL) : show_one(p, words[1], words[2]);
}

int
cmd_project(int argc, char **argv)
{
	struct projecting p = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&p.command),          AS_OF_OPTION(&p.command),
	                                 {"--state", &p.state_option, NULL}, {"--open", NULL, &p.open},
	                                 {"--overdue", NULL, &p.overdue},    {"--own", NULL, &p.own}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	int status = run(&p, count, argv);
	return command_close(&p.command, status);
}
