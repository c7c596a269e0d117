/* fupin completeness: by unit, how many of the reports that are due were received, were in time, or are
 * missing. fupin late: the reports that are owed, worst first. */
#include "base/decimal.h"
#include "command/showing.h"
#include "subcommands.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct counting {
	struct command command;
	const char *by_option, *group_option, *limit_option;
	bool all, list; /* list: fupin late */
	struct command_scope scope;
	struct request request;
	struct reply reply;
};

/* "3 d 4 h": seconds do not matter. */
static char *
format_lateness(int64_t seconds, enum language language, char out[32])
{
	int64_t hours = decimal_add(seconds, 3599) / 3600;
	const char *day = language == LANGUAGE_CHINESE ? "天" : " d",
	           *hour = language == LANGUAGE_CHINESE ? "小时" : " h";
	if (hours < 24)
		snprintf(out, 32, "%" PRId64 "%s", hours, hour);
	else
		snprintf(out, 32, "%" PRId64 "%s %" PRId64 "%s", hours / 24, day, hours % 24, hour);
	return out;
}

/* ---------------------------------------------------------------- by unit */

static bool
add_row(const struct command *c, struct table *table, const struct completeness_row *row, bool whole)
{
	char code[24], name[NAME_BYTES_MAX + 16], late[32] = "";
	snprintf(code, sizeof code, "%" PRId64, row->unit);
	snprintf(name, sizeof name, "%s%s", command_unit_name(c, row->unit), whole ? _(" total") : "");
	if (row->late_most)
		format_lateness(row->late_most, c->language, late);
	const struct cell cells[] = {cell_text(code),
	                             cell_text(name),
	                             cell_number(row->due, 0),
	                             cell_number(row->received, 0),
	                             cell_share(true, row->received, row->due),
	                             cell_number(row->on_time, 0),
	                             cell_share(true, row->on_time, row->due),
	                             cell_text(late),
	                             cell_number(row->missing, 0),
	                             cell_number(row->returned, 0),
	                             cell_number(row->approved, 0),
	                             cell_number(row->open, 0),
	                             cell_number(row->open_received, 0)};
	return table_add(table, cells);
}

static struct table *
create_rows(const struct command *c, const char *sheet)
{
	const struct table_column columns[] = {{_("code"), false},
	                                       {_("unit"), false},
	                                       {_("due"), true},
	                                       {_("received"), true},
	                                       {_("complete"), true},
	                                       {_("on time"), true},
	                                       {_("timely"), true},
	                                       {_("latest by"), true},
	                                       {_("missing"), true},
	                                       {_("returned"), true},
	                                       {_("approved"), true},
	                                       {_("not due yet"), true},
	                                       {_("of these received"), true}};
	return table_create(c->output, sheet, columns, sizeof columns / sizeof *columns);
}

/* ---------------------------------------------------------------- the list */

static bool
add_duty(const struct command *k, struct table *table, const struct duty *duty, int64_t now)
{
	const struct form *form = catalogue_form(&k->catalogue, duty->key.form);
	char code[24], county[NAME_BYTES_MAX + 8], when[8], due[DEADLINE_TEXT_BYTES],
	    closed[DEADLINE_TEXT_BYTES] = "";
	char late[32];
	snprintf(code, sizeof code, "%" PRId64, duty->key.unit);
	snprintf(county, sizeof county, "%s", command_unit_name(k, unit_county(duty->key.unit)));
	period_format(duty->key.period, when);
	deadline_format(duty->due, due);
	if (duty->closed)
		deadline_format(duty->closed, closed);
	format_lateness(decimal_subtract(duty->first_time ? duty->first_time : now, duty->due), k->language,
	                late);
	const char *state = duty->first_time                      ? _("came late")
	                    : duty->closed && duty->closed <= now ? _("missing, closed")
	                                                          : _("missing");
	const struct cell cells[] = {cell_text(code),   cell_text(command_unit_name(k, duty->key.unit)),
	                             cell_text(county), cell_text(form ? form->code : ""),
	                             cell_text(when),   cell_text(state),
	                             cell_text(late),   cell_text(due),
	                             cell_text(closed), cell_time(duty->first_time)};
	return table_add(table, cells);
}

static struct table *
create_list(const struct command *c, const char *sheet)
{
	const struct table_column columns[] = {{_("code"), false},   {_("unit"), false},   {_("county"), false},
	                                       {_("form"), false},   {_("period"), false}, {_("state"), false},
	                                       {_("late by"), true}, {_("due"), false},    {_("closed"), false},
	                                       {_("came"), false}};
	return table_create(c->output, sheet, columns, sizeof columns / sizeof *columns);
}

/* ---------------------------------------------------------------- printing */

static struct json_object *
row_json(const struct command *c, const struct completeness_row *row)
{
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "unit", json_object_new_int64(row->unit));
	json_object_object_add(o, "name", json_object_new_string(command_unit_name(c, row->unit)));
	json_object_object_add(o, "due", json_object_new_int64(row->due));
	json_object_object_add(o, "received", json_object_new_int64(row->received));
	json_object_object_add(o, "on_time", json_object_new_int64(row->on_time));
	json_object_object_add(o, "missing", json_object_new_int64(row->missing));
	json_object_object_add(o, "returned", json_object_new_int64(row->returned));
	json_object_object_add(o, "approved", json_object_new_int64(row->approved));
	json_object_object_add(o, "open", json_object_new_int64(row->open));
	json_object_object_add(o, "open_received", json_object_new_int64(row->open_received));
	json_object_object_add(o, "late_seconds", json_object_new_int64(row->late_seconds));
	json_object_object_add(o, "late_most", json_object_new_int64(row->late_most));
	return o;
}

static struct json_object *
duty_json(const struct command *c, const struct duty *duty)
{
	const struct form *form = catalogue_form(&c->catalogue, duty->key.form);
	struct json_object *o = json_object_new_object();
	char when[8];
	period_format(duty->key.period, when);
	json_object_object_add(o, "unit", json_object_new_int64(duty->key.unit));
	json_object_object_add(o, "name", json_object_new_string(command_unit_name(c, duty->key.unit)));
	json_object_object_add(o, "form", json_object_new_string(form ? form->code : ""));
	json_object_object_add(o, "period", json_object_new_string(when));
	json_object_object_add(o, "due", json_object_new_int64(duty->due));
	json_object_object_add(o, "closed", json_object_new_int64(duty->closed));
	json_object_object_add(o, "first_time", json_object_new_int64(duty->first_time));
	return o;
}

static int
print_json(const struct command *c, const struct completeness_answer *a)
{
	struct json_object *o = json_object_new_object(), *rows = json_object_new_array(),
	                   *duties = json_object_new_array();
	json_object_object_add(o, "seq", json_object_new_int64((int64_t)a->as_of.seq));
	json_object_object_add(o, "time_us", json_object_new_int64(a->time_us));
	json_object_object_add(o, "label", json_object_new_string(a->label));
	for (size_t i = 0; i < a->row_count; i++)
		json_object_array_add(rows, row_json(c, &a->rows[i]));
	for (size_t i = 0; i < a->duty_count; i++)
		json_object_array_add(duties, duty_json(c, &a->duties[i]));
	json_object_object_add(o, "rows", rows);
	json_object_object_add(o, "duties", duties);
	json_object_object_add(o, "more", json_object_new_int64(a->more));
	command_print_json(c, o);
	return EXIT_DONE;
}

static int
end_table(const struct command *c, struct table *table, const struct completeness_answer *a, bool good)
{
	char time[20];
	good = good && table_end(table);
	table_destroy(&table);
	if (!good)
		return EXIT_FAILED_INSIDE;
	time_format(a->time_us, time);
	output_line(c->output, _("by %s (UTC+08:00)"), time);
	command_footer(c, &a->as_of, a->label);
	return EXIT_DONE;
}

int
show_completeness(const struct command *c, const char *sheet, const struct completeness_query *q,
                  const struct completeness_answer *a)
{
	if (c->format == FORMAT_JSON)
		return print_json(c, a);
	struct table *table = create_rows(c, sheet);
	bool good = table;
	for (size_t i = 0; good && i < a->row_count; i++)
		good = add_row(c, table, &a->rows[i], q->by && q->whole && i + 1 == a->row_count);
	return end_table(c, table, a, good);
}

int
show_late(const struct command *c, const char *sheet, const struct completeness_answer *a)
{
	if (c->format == FORMAT_JSON)
		return print_json(c, a);
	struct table *table = create_list(c, sheet);
	bool good = table;
	for (size_t i = 0; good && i < a->duty_count; i++)
		good = add_duty(c, table, &a->duties[i], a->time_us / 1000000);
	int status = end_table(c, table, a, good);
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
