/* fupin history UNIT PERIOD FORM: everything that happened to one report, in the order of commits; of each
 * revision what it changed against the one before. For people as a text; in CSV and workbooks a row for each
 * change. */
#include "base/decimal.h"
#include "command/command.h"
#include "subcommands.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <string.h>

/* The figure of an indicator in an event's report. */
static bool
find_figure(const struct history_event *event, uint32_t indicator, int64_t *value)
{
	for (size_t i = 0; event && i < event->value_count; i++)
		if (event->indicators[i] == indicator) {
			*value = event->values[i];
			return true;
		}
	return false;
}

/* The report before this one; NULL: it is the first. */
static const struct history_event *
report_before(const struct history_answer *h, size_t at)
{
	while (at--)
		if (h->events[at].version)
			return &h->events[at];
	return NULL;
}

/* What became of an indicator in a report; false: nothing new. */
static bool
find_change(const struct indicator *i, const struct history_event *before, const struct history_event *after,
            struct cell *old, struct cell *new)
{
	int64_t a = 0, b = 0;
	bool had = find_figure(before, i->number, &a), has = find_figure(after, i->number, &b);
	*old = cell_figure(had, a, i->decimals);
	*new = cell_figure(has, b, i->decimals);
	return had != has || a != b;
}

static void
print_report(const struct command *c, const struct history_answer *h, size_t at)
{
	FILE *out = c->output->stream;
	const struct history_event *event = &h->events[at], *before = report_before(h, at);
	struct cell old, new;
	char rooms[2][CELL_TEXT_BYTES];
	fprintf(out, _("revision %u (form version %u)"), event->revision, event->version);
	if (*event->text)
		fprintf(out, _(", because: %s"), event->text);
	fprintf(out, "\n");
	for (size_t at_indicator = 0; before && at_indicator < c->catalogue.indicator_count; at_indicator++) {
		const struct indicator *i = &c->catalogue.indicators[at_indicator];
		if (i->form == h->key.form && find_change(i, before, event, &old, &new))
			fprintf(out, "    %s (%s): %s → %s\n", in_language(c, i->name_en, i->name_zh), i->code,
			        cell_show(&old, false, rooms[0]), cell_show(&new, false, rooms[1]));
	}
	if (!before)
		fprintf(out, _("    %zu figures\n"), event->value_count);
}

static const char *
decision_text(const struct command *c, enum decision decision)
{
	static const char *const decisions[DECISIONS] = {"", "passed", "returned", "taken over"};
	static const char *const decisions_zh[DECISIONS] = {"", "审核通过", "退回", "省级接收"};
	return in_language(c, decisions[decision], decisions_zh[decision]);
}

static void
print_event(const struct command *c, const struct history_answer *h, size_t at)
{
	FILE *out = c->output->stream;
	const struct history_event *event = &h->events[at];
	char time[20], until[DEADLINE_TEXT_BYTES];
	time_format(event->time_us, time);
	fprintf(out, _("%s  seq %" PRIu64 "  %s  "), time, event->seq, event->principal);
	if (event->version) {
		print_report(c, h, at);
	} else if (event->decision) {
		fprintf(out, _("revision %u %s"), event->revision, decision_text(c, event->decision));
		if (event->decision == DECISION_RETURN)
			fprintf(out, _(": %s, %s"),
			        in_language(c, return_reason_name(event->reason), return_reason_name_zh(event->reason)),
			        event->text);
		fprintf(out, "\n");
	} else {
		fprintf(out, _("%s of %" PRId64 " %s extended to %s, because: %s\n"),
		        in_language(c, deadline_event_name(event->event), deadline_event_name_zh(event->event)),
		        event->unit, command_unit_name(c, event->unit), deadline_format(event->until, until),
		        event->text);
	}
}

static void
print_text(const struct command *c, const struct history_answer *h, const char *form)
{
	char when[8];
	period_format(h->key.period, when);
	output_line(c->output, "%" PRId64 " %s %s %s", h->key.unit, command_unit_name(c, h->key.unit), when,
	            form);
	for (size_t i = 0; i < h->count; i++)
		print_event(c, h, i);
	if (!h->count)
		output_line(c->output, "%s", _("nothing yet"));
	if (*h->label)
		output_line(c->output, "%s", h->label);
}

/* ---------------------------------------------------------------- a row for each change */

/* `indicator` NULL: the event itself. */
static bool
add_row(const struct command *c, struct table *table, const struct history_event *event,
        const struct indicator *indicator, struct cell old, struct cell new)
{
	char until[DEADLINE_TEXT_BYTES], what[64];
	if (event->version)
		snprintf(what, sizeof what, "%s", _("report"));
	else if (event->decision)
		snprintf(what, sizeof what, "%s", decision_text(c, event->decision));
	else
		snprintf(what, sizeof what, _("%s until %s"),
		         in_language(c, deadline_event_name(event->event), deadline_event_name_zh(event->event)),
		         deadline_format(event->until, until));
	const struct cell cells[] = {
	    cell_number((int64_t)event->seq, 0),
	    cell_time(event->time_us / 1000000),
	    cell_text(event->principal),
	    cell_text(what),
	    cell_figure(!event->event, event->revision, 0),
	    cell_text(event->decision == DECISION_RETURN ? in_language(c, return_reason_name(event->reason),
	                                                               return_reason_name_zh(event->reason))
	                                                 : ""),
	    cell_text(event->text),
	    cell_text(indicator ? indicator->code : ""),
	    cell_text(indicator ? in_language(c, indicator->name_en, indicator->name_zh) : ""),
	    old,
	    new};
	return table_add(table, cells);
}

static bool
add_event(const struct command *c, struct table *table, const struct history_answer *h, size_t at)
{
	const struct history_event *event = &h->events[at], *before = report_before(h, at);
	struct cell old = {.kind = CELL_NONE}, new = {.kind = CELL_NONE};
	size_t rows = 0;
	bool good = true;
	for (size_t i = 0; good && event->version && i < c->catalogue.indicator_count; i++) {
		const struct indicator *indicator = &c->catalogue.indicators[i];
		if (indicator->form != h->key.form || !find_change(indicator, before, event, &old, &new))
			continue;
		good = add_row(c, table, event, indicator, old, new);
		rows++;
	}
	return good && (rows || add_row(c, table, event, NULL, (struct cell){0}, (struct cell){0}));
}

static int
print_table(const struct command *c, const struct history_answer *h)
{
	const struct table_column columns[] = {{_("commit"), true}, {_("time"), false},      {_("office"), false},
	                                       {_("what"), false},  {_("revision"), true},   {_("reason"), false},
	                                       {_("text"), false},  {_("indicator"), false}, {_("name"), false},
	                                       {_("before"), true}, {_("after"), true}};
	struct table *table = table_create(c->output, _("history"), columns, sizeof columns / sizeof *columns);
	bool good = table;
	for (size_t i = 0; good && i < h->count; i++)
		good = add_event(c, table, h, i);
	good = good && table_end(table);
	table_destroy(&table);
	if (good)
		command_footer(c, &h->as_of, h->label);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

/* ---------------------------------------------------------------- JSON */

static struct json_object *
event_json(const struct command *c, const struct history_event *event)
{
	struct json_object *o = json_object_new_object(), *values = json_object_new_object();
	char text[DECIMAL_TEXT_BYTES];
	json_object_object_add(o, "seq", json_object_new_int64((int64_t)event->seq));
	json_object_object_add(o, "time_us", json_object_new_int64(event->time_us));
	json_object_object_add(o, "principal", json_object_new_string(event->principal));
	json_object_object_add(o, "text", json_object_new_string(event->text));
	if (event->event) {
		json_object_object_add(o, "event", json_object_new_string(deadline_event_name(event->event)));
		json_object_object_add(o, "until", json_object_new_int64(event->until));
		json_object_object_add(o, "unit", json_object_new_int64(event->unit));
	} else {
		json_object_object_add(o, "revision", json_object_new_int64(event->revision));
	}
	if (event->decision)
		json_object_object_add(o, "decision", json_object_new_string(decision_name(event->decision)));
	if (event->decision == DECISION_RETURN)
		json_object_object_add(o, "reason", json_object_new_string(return_reason_name(event->reason)));
	for (size_t i = 0; i < event->value_count; i++) {
		const struct indicator *indicator = catalogue_indicator(&c->catalogue, event->indicators[i]);
		if (indicator)
			json_object_object_add(
			    values, indicator->code,
			    json_object_new_string(decimal_plain(event->values[i], indicator->decimals, text)));
	}
	if (event->version) {
		json_object_object_add(o, "version", json_object_new_int64(event->version));
		json_object_object_add(o, "values", values);
	} else {
		json_object_put(values);
	}
	return o;
}

static void
print_json(const struct command *c, const struct history_answer *h)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < h->count; i++)
		json_object_array_add(list, event_json(c, &h->events[i]));
	command_print_json(c, list);
}

int
cmd_history(int argc, char **argv)
{
	struct command c = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&c)};
	struct command_scope scope;
	struct reply reply;
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (count != 3) {
		fprintf(stderr, _("fupin history: a unit, a period and a form; see fupin help\n"));
		return EXIT_USAGE;
	}
	int status = command_open(&c);
	if (status == EXIT_DONE)
		status = command_catalogue(&c, true, true);
	if (status == EXIT_DONE)
		status = command_read_scope(&c, count, argv, &scope);
	if (status == EXIT_DONE) {
		struct request request = {.kind = REQUEST_HISTORY, .history = {scope.unit, scope.form, scope.from}};
		status = command_ask(&c, &request, REPLY_HISTORY, &reply);
	}
	if (status == EXIT_DONE && c.format == FORMAT_JSON)
		print_json(&c, &reply.history);
	else if (status == EXIT_DONE && c.format == FORMAT_TABLE)
		print_text(&c, &reply.history, argv[2]);
	else if (status == EXIT_DONE)
		status = print_table(&c, &reply.history);
	return command_close(&c, status);
}
