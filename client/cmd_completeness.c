/* fupin completeness: how many of the reports that are due came, came in time, are missing, by unit.
 * fupin late: which ones are owed, worst first. */
#include "command.h"
#include "decimal.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct counting {
	struct command command;
	const char *by_option, *limit_option, *as_of_option;
	bool all, list; /* list: fupin late */
	struct command_scope scope;
	struct request request;
	struct reply reply;
};

/* "3 d 4 h": nobody is late by the second. */
static char *
format_lateness(int64_t seconds, enum language language, char out[32])
{
	int64_t hours = (seconds + 3599) / 3600;
	const char *day = language == LANGUAGE_CHINESE ? "天" : " d",
	           *hour = language == LANGUAGE_CHINESE ? "小时" : " h";
	if (hours < 24)
		snprintf(out, 32, "%" PRId64 "%s", hours, hour);
	else
		snprintf(out, 32, "%" PRId64 "%s %" PRId64 "%s", hours / 24, day, hours % 24, hour);
	return out;
}

/* In per cent, one decimal, rounded down: 99.9 is not yet all. */
static void
format_share(uint32_t part, uint32_t whole, char out[16])
{
	char text[DECIMAL_TEXT_BYTES];
	if (whole)
		snprintf(out, 16, "%s%%", decimal_plain((int64_t)part * 1000 / whole, 1, text));
	else
		snprintf(out, 16, "–");
}

/* ---------------------------------------------------------------- by unit */

static bool
add_row(const struct counting *c, struct table *table, const struct completeness_row *row, bool last)
{
	char code[24], name[NAME_BYTES_MAX + 16], numbers[9][16], shares[2][16], late[32] = "";
	const uint32_t counts[] = {row->due,      row->received, row->on_time, row->missing,
	                           row->returned, row->approved, row->open,    row->open_received};
	const struct completeness_query *q = &c->request.completeness;
	snprintf(code, sizeof code, "%" PRId64, row->unit);
	snprintf(name, sizeof name, "%s%s", command_unit_name(&c->command, row->unit),
	         last && q->by ? in_language(&c->command, " total", " 合计") : "");
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		snprintf(numbers[i], sizeof numbers[i], "%u", counts[i]);
	format_share(row->received, row->due, shares[0]);
	format_share(row->on_time, row->due, shares[1]);
	if (row->late_most)
		format_lateness(row->late_most, c->command.language, late);
	const char *cells[] = {code, name,       numbers[0], numbers[1], shares[0],  numbers[2], shares[1],
	                       late, numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]};
	return table_add(table, cells);
}

static struct table *
create_rows(const struct command *c)
{
	const struct table_column columns[] = {{in_language(c, "code", "代码"), false},
	                                       {in_language(c, "unit", "单位"), false},
	                                       {in_language(c, "due", "应报"), true},
	                                       {in_language(c, "received", "已报"), true},
	                                       {in_language(c, "complete", "完整率"), true},
	                                       {in_language(c, "on time", "按时"), true},
	                                       {in_language(c, "timely", "及时率"), true},
	                                       {in_language(c, "latest by", "最长迟报"), true},
	                                       {in_language(c, "missing", "未报"), true},
	                                       {in_language(c, "returned", "退回"), true},
	                                       {in_language(c, "approved", "已审核"), true},
	                                       {in_language(c, "not due yet", "未到期"), true},
	                                       {in_language(c, "of these received", "其中已报"), true}};
	return table_create(columns, sizeof columns / sizeof *columns);
}

/* ---------------------------------------------------------------- the list */

static bool
add_duty(const struct counting *c, struct table *table, const struct duty *duty)
{
	const struct command *k = &c->command;
	const struct form *form = catalogue_form(&k->catalogue, duty->key.form);
	int64_t now = c->reply.completeness.time_us / 1000000;
	char code[24], county[NAME_BYTES_MAX + 8], when[8], due[DEADLINE_TEXT_BYTES],
	    closed[DEADLINE_TEXT_BYTES] = "";
	char came[20] = "", late[32];
	snprintf(code, sizeof code, "%" PRId64, duty->key.unit);
	snprintf(county, sizeof county, "%s", command_unit_name(k, unit_county(duty->key.unit)));
	period_format(duty->key.period, when);
	deadline_format(duty->due, due);
	if (duty->closed)
		deadline_format(duty->closed, closed);
	if (duty->first_time)
		time_format(duty->first_time * 1000000, came);
	format_lateness((duty->first_time ? duty->first_time : now) - duty->due, k->language, late);
	const char *state = duty->first_time ? in_language(k, "came late", "迟报")
	                    : duty->closed && duty->closed <= now
	                        ? in_language(k, "missing, closed", "未报，已截止")
	                        : in_language(k, "missing", "未报");
	const char *cells[] = {code,   command_unit_name(k, duty->key.unit),
	                       county, form ? form->code : "",
	                       when,   state,
	                       late,   due,
	                       closed, came};
	return table_add(table, cells);
}

static struct table *
create_list(const struct command *c)
{
	const struct table_column columns[] = {
	    {in_language(c, "code", "代码"), false},   {in_language(c, "unit", "单位"), false},
	    {in_language(c, "county", "县"), false},   {in_language(c, "form", "表"), false},
	    {in_language(c, "period", "期间"), false}, {in_language(c, "state", "状态"), false},
	    {in_language(c, "late by", "迟"), true},   {in_language(c, "due", "应报"), false},
	    {in_language(c, "closed", "截止"), false}, {in_language(c, "came", "报送"), false}};
	return table_create(columns, sizeof columns / sizeof *columns);
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
print_json(const struct counting *c)
{
	const struct completeness_answer *a = &c->reply.completeness;
	struct json_object *o = json_object_new_object(), *rows = json_object_new_array(),
	                   *duties = json_object_new_array();
	json_object_object_add(o, "seq", json_object_new_int64((int64_t)a->as_of.seq));
	json_object_object_add(o, "time_us", json_object_new_int64(a->time_us));
	json_object_object_add(o, "label", json_object_new_string(a->label));
	for (size_t i = 0; i < a->row_count; i++)
		json_object_array_add(rows, row_json(&c->command, &a->rows[i]));
	for (size_t i = 0; i < a->duty_count; i++)
		json_object_array_add(duties, duty_json(&c->command, &a->duties[i]));
	json_object_object_add(o, "rows", rows);
	json_object_object_add(o, "duties", duties);
	json_object_object_add(o, "more", json_object_new_int64(a->more));
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED));
	json_object_put(o);
	return EXIT_DONE;
}

static int
print_table(const struct counting *c)
{
	const struct command *k = &c->command;
	const struct completeness_answer *a = &c->reply.completeness;
	struct table *table = c->list ? create_list(k) : create_rows(k);
	bool good = table;
	for (size_t i = 0; good && c->list && i < a->duty_count; i++)
		good = add_duty(c, table, &a->duties[i]);
	for (size_t i = 0; good && !c->list && i < a->row_count; i++)
		good = add_row(c, table, &a->rows[i], i + 1 == a->row_count);
	if (good)
		table_print(table, k->format);
	table_destroy(&table);
	if (!good)
		return EXIT_FAILED_INSIDE;
	if (c->list && a->more)
		fprintf(stderr, in_language(k, "… and %u more (--limit)\n", "……另有 %u 份（--limit）\n"), a->more);
	if (k->format == FORMAT_TABLE) {
		char time[20];
		time_format(a->time_us, time);
		printf(in_language(k, "by %s; ", "到 %s 为止；"), time);
		command_footer(k, &a->as_of, a->label);
	} else if (*a->label) {
		fprintf(stderr, "%s\n", a->label);
	}
	return EXIT_DONE;
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
	                                 .late = c->list && c->all};
	if (c->by_option && !unit_level_parse(c->by_option, &q->by)) {
		fprintf(stderr, "fupin: --by %s: not a level\n", c->by_option);
		return EXIT_USAGE;
	}
	if (c->limit_option && (!decimal_parse(c->limit_option, 0, &limit) || limit < 1 || limit > INT32_MAX)) {
		fprintf(stderr, "fupin: --limit %s: not a number\n", c->limit_option);
		return EXIT_USAGE;
	}
	q->limit = (uint32_t)limit;
	if (!command_read_as_of(c->as_of_option, &q->as_of))
		return EXIT_USAGE;
	return command_ask(&c->command, &c->request, REPLY_COMPLETENESS, &c->reply);
}

static int
run(struct counting *c, int count, char **words)
{
	int status = ask(c, count, words);
	if (status == EXIT_DONE)
		status = c->command.format == FORMAT_JSON ? print_json(c) : print_table(c);
	command_close(&c->command);
	return status;
}

int
cmd_completeness(int argc, char **argv)
{
	struct counting c = {0};
	const struct arg_kind kinds[] = {
	    COMMAND_OPTIONS(&c.command), {"--by", &c.by_option, NULL}, {"--as-of", &c.as_of_option, NULL}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	return run(&c, count, argv);
}

int
cmd_late(int argc, char **argv)
{
	struct counting c = {.list = true};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&c.command),
	                                 {"--limit", &c.limit_option, NULL},
	                                 {"--as-of", &c.as_of_option, NULL},
	                                 {"--all", NULL, &c.all}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	return run(&c, count, argv);
}
