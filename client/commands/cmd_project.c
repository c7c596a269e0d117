/* fupin project list [UNIT]: projects of a unit and all below it, how far they are, and their money.
 * fupin project show UNIT CODE: one of them, with its steps and its money by source.
 * Steps are sent as a sheet: fupin submit. */
#include "project_show.h"
#include "subcommands.h"

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct projecting {
	struct command command;
	const char *state_option;
	bool open, overdue, own;
	struct table *table;      /* of a table, CSV or workbook */
	struct json_object *list; /* of JSON */
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

static bool
show(struct projecting *p, const struct project_item *item)
{
	if (p->overdue && !item->overdue)
		return true;
	p->shown++;
	return p->table ? project_row_add(&p->command, p->table, item)
	                : !json_object_array_add(p->list, project_json(&p->command, item));
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
			good = show(p, &reply.projects.items[i]);
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
	if (c->format == FORMAT_JSON)
		p->list = json_object_new_array();
	else
		p->table = project_table(c);
	int status = p->list || p->table ? fetch(p, &query, &as_of, label) : EXIT_FAILED_INSIDE;
	if (status == EXIT_DONE && p->list)
		command_print_json(c, json_object_get(p->list));
	else if (status == EXIT_DONE && !table_end(p->table))
		status = EXIT_FAILED_INSIDE;
	else if (status == EXIT_DONE) {
		output_line(c->output, _("%zu projects"), p->shown);
		command_footer(c, &as_of, label);
	}
	table_destroy(&p->table);
	json_object_put(p->list);
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
		command_print_json(c, project_json(c, item));
		return EXIT_DONE;
	}
	if (!project_show(c, item))
		return EXIT_FAILED_INSIDE;
	command_footer(c, &reply.projects.as_of, reply.projects.label);
	return EXIT_DONE;
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
