/* fupin history UNIT PERIOD FORM: everything that happened to one report, in the order of commits; of each
 * revision what it changed against the one before. For people as a text; in CSV and workbooks a row for each
 * change. */
#include "columns/history_columns.h"
#include "command/command.h"
#include "subcommands.h"

#include <inttypes.h>
#include <stdio.h>

/* The report before this one; NULL: it is the first. */
static const struct history_event *
report_before(const struct history_answer *h, size_t at)
{
	while (at--)
		if (h->events[at].version)
			return &h->events[at];
	return NULL;
}

/* An indicator of the form that became another one from one report to the next; NULL: no more of them. */
static const struct indicator *
next_change(const struct command *c, const struct history_answer *h, const struct history_change *of,
            size_t *at)
{
	while (*at < c->catalogue.indicator_count) {
		const struct indicator *i = &c->catalogue.indicators[(*at)++];
		struct cell old = history_value(of->before, i), new = history_value(of->event, i);
		if (i->form == h->key.form && (old.kind != new.kind || old.value != new.value))
			return i;
	}
	return NULL;
}

static void
print_report(const struct command *c, const struct history_answer *h, size_t at)
{
	FILE *out = c->output->stream;
	const struct history_event *event = &h->events[at];
	const struct history_change change = {.event = event, .before = report_before(h, at)};
	const struct indicator *i;
	char rooms[2][CELL_TEXT_BYTES];
	fprintf(out, _("revision %u (form version %u)"), event->revision, event->version);
	if (*event->text)
		fprintf(out, _(", because: %s"), event->text);
	fprintf(out, "\n");
	for (size_t at_indicator = 0; change.before && (i = next_change(c, h, &change, &at_indicator));) {
		struct cell old = history_value(change.before, i), new = history_value(event, i);
		fprintf(out, "    %s (%s): %s → %s\n", in_language(c, i->name_en, i->name_zh), i->code,
		        cell_show(&old, false, rooms[0]), cell_show(&new, false, rooms[1]));
	}
	if (!change.before)
		fprintf(out, _("    %zu figures\n"), event->value_count);
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
		fprintf(out, _("revision %u %s"), event->revision,
		        in_language(c, history_decision_name(event->decision),
		                    history_decision_name_zh(event->decision)));
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

static bool
add_event(const struct command *c, struct listing *listing, const struct history_answer *h, size_t at)
{
	struct history_change change = {.event = &h->events[at], .before = report_before(h, at)};
	size_t at_indicator = 0, rows = 0;
	bool good = true;
	while (good && change.event->version && (change.indicator = next_change(c, h, &change, &at_indicator))) {
		good = listing_add(listing, &change);
		rows++;
	}
	return good && (rows || listing_add(listing, &change));
}

static int
print_changes(const struct command *c, const struct history_answer *h)
{
	struct reading r;
	command_reading(c, &r);
	struct listing *listing = listing_begin(c->output, _("history"), &history_change_columns, &r, 0);
	bool good = listing;
	for (size_t i = 0; good && i < h->count; i++)
		good = add_event(c, listing, h, i);
	int status = command_end_listing(&listing, &r, good);
	if (status == EXIT_DONE)
		command_footer(c, &h->as_of, h->label);
	return status;
}

static int
show(const struct command *c, const struct history_answer *h, const char *form)
{
	struct reading r;
	if (c->format == FORMAT_TABLE)
		print_text(c, h, form);
	if (c->format != FORMAT_JSON)
		return c->format == FORMAT_TABLE ? EXIT_DONE : print_changes(c, h);
	command_reading(c, &r);
	return command_show_rows(c, NULL, &history_event_columns, &r, h->events, h->count);
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
	if (status == EXIT_DONE)
		status = show(&c, &reply.history, argv[2]);
	return command_close(&c, status);
}
