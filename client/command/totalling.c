#include "totalling.h"

#include "base/decimal.h"
#include "columns/figures.h"
#include "columns/total_columns.h"
#include "pace_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The unit itself is the last row of an answer. */
static const struct unit_total *
whole_of(const struct totalling *t)
{
	return &t->follow.state.units[t->follow.state.unit_count - 1];
}

/* ---------------------------------------------------------------- tables */

/* How the forecasts of the whole are computed. */
static void
explain_whole(const struct totalling *t)
{
	const struct command *c = t->command;
	const struct unit_total *u = whole_of(t);
	for (size_t i = 0; i < u->target_count; i++) {
		const struct target_value *target = &u->targets[i];
		const struct indicator *indicator = catalogue_indicator(&c->catalogue, target->indicator);
		bool shown = indicator ? figure_submitted(u, indicator->number).known : t->query.funds;
		if (shown)
			pace_explain(c, command_unit_name(c, u->unit),
			             indicator
			                 ? in_language(c, indicator->name_en, indicator->name_zh)
			                 : in_language(c, fund_kind_name(target->fund), fund_kind_name_zh(target->fund)),
			             target, indicator ? indicator->decimals : MONEY_DECIMALS);
	}
}

static void
print_title(const struct totalling *t)
{
	const struct command *c = t->command;
	const struct welcome *w = session_welcome(c->session);
	char from[8], to[8];
	period_format(t->query.from, from);
	period_format(t->query.to, to);
	output_line(c->output, "%s", in_language(c, w->title_en, w->title_zh));
	output_line(c->output, "%s %s..%s", command_unit_name(c, t->query.unit), from, to);
}

/* One unit, by indicator; but none of a newer plan than the one that was fetched before. */
static bool
fill_indicators(const struct totalling *t, struct listing *listing)
{
	const struct unit_total *u = whole_of(t);
	bool good = true;
	for (size_t i = 0; good && i < u->indicator_count; i++) {
		const struct indicator *indicator = catalogue_indicator(&t->command->catalogue, u->indicators[i]);
		good = !indicator || listing_add(listing, &(struct total_indicator){u, i, indicator});
	}
	return good;
}

static bool
fill(const struct totalling *t, struct listing *listing)
{
	const struct total_answer *state = &t->follow.state;
	bool good = true;
	if (!t->funds && !t->query.by)
		return fill_indicators(t, listing);
	for (size_t i = 0; good && i < state->unit_count; i++) {
		const struct unit_total *u = &state->units[i];
		if (!t->funds)
			good = listing_add(listing, u);
		for (size_t k = 0; t->funds && good && k < u->fund_count; k++)
			good = listing_add(listing, &(struct total_fund){u->unit, u->funds[k]});
	}
	return good;
}

/* Prints the table, and in one for people its title. */
static int
print_rows(const struct totalling *t, const char *sheet, const struct columns *columns)
{
	const struct command *c = t->command;
	struct reading r;
	command_reading(c, &r);
	r.more = &t->query;
	r.whole = t->query.by && !t->funds ? whole_of(t) : NULL;
	struct listing *listing =
	    listing_begin(c->output, sheet, columns, &r, t->query.indicator_count ? TOTAL_WITH_PACE : 0);
	bool good = listing && fill(t, listing);
	if (good && c->format == FORMAT_TABLE)
		print_title(t);
	return command_end_listing(&listing, &r, good);
}

static int
print_table(const struct totalling *t, const char *sheet)
{
	const struct command *c = t->command;
	const struct total_answer *state = &t->follow.state;
	struct columns columns = t->funds ? total_fund_columns : total_indicator_columns;
	struct arena arena;
	arena_init(&arena, SIZE_MAX);
	bool fixed = t->funds || !t->query.by;
	bool good = fixed || total_columns_by_unit(&arena, &c->catalogue, &t->query, state, &columns);
	int status = good ? print_rows(t, sheet, &columns) : EXIT_FAILED_INSIDE;
	arena_free(&arena);
	if (status != EXIT_DONE)
		return status;
	/* A sheet begins with its column titles. */
	if (c->format == FORMAT_XLSX)
		print_title(t);
	if (!t->funds)
		explain_whole(t);
	command_footer(c, &state->as_of, state->label);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- JSON */

static struct total_shown
shown(const struct totalling *t, const struct unit_total *units, size_t count)
{
	const struct total_answer *state = &t->follow.state;
	return (struct total_shown){.as_of = state->as_of,
	                            .label = state->label,
	                            .from = t->query.from,
	                            .to = t->query.to,
	                            .units = units,
	                            .unit_count = count};
}

int
totalling_print_line(const struct totalling *t, const struct unit_total *units, size_t count)
{
	const struct total_shown changed = shown(t, units, count);
	return command_print_record_line(t->command, &total_columns, &changed);
}

int
totalling_print(const struct totalling *t, const char *name)
{
	const struct total_answer *state = &t->follow.state;
	struct total_shown all = shown(t, state->units, state->unit_count - 1);
	if (t->command->format != FORMAT_JSON)
		return print_table(t, name);
	all.whole = whole_of(t);
	command_print_record(t->command, &total_columns, &all);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the command line */

static bool
read_indicators(struct totalling *t, const char *list)
{
	char copy[4096], *rest = copy;
	if (!list)
		return true;
	snprintf(copy, sizeof copy, "%s", list);
	for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		const struct indicator *indicator = catalogue_indicator_by_name(&t->command->catalogue, name);
		if (!indicator) {
			fprintf(stderr, _("fupin: %s: not an indicator; fupin forms FORM lists them\n"), name);
			return false;
		}
		if (t->query.indicator_count == TOTALLING_INDICATORS_MAX) {
			fprintf(stderr, _("fupin: more than %d indicators\n"), TOTALLING_INDICATORS_MAX);
			return false;
		}
		t->indicators[t->query.indicator_count++] = indicator->number;
	}
	t->query.indicators = t->indicators;
	return true;
}

/* Without --period: all that the forms of the plan cover. */
static bool
read_period(struct totalling *t, const char *text)
{
	command_plan_periods(t->command, &t->query.from, &t->query.to);
	if (!text || period_range_parse(text, &t->query.from, &t->query.to))
		return true;
	fprintf(stderr, _("fupin: --period %s: write 2013-04, 2013-01..2013-06 or 2013\n"), text);
	return false;
}

/* All indicators of one of the plan's projects: P1 … P6, T1, … */
static bool
read_project(struct totalling *t)
{
	const struct catalogue *c = &t->command->catalogue;
	t->query.indicators = t->indicators;
	for (size_t i = 0; i < c->indicator_count; i++)
		if (!strcmp(c->indicators[i].project, t->project) &&
		    t->query.indicator_count < TOTALLING_INDICATORS_MAX)
			t->indicators[t->query.indicator_count++] = c->indicators[i].number;
	if (!t->query.indicator_count)
		fprintf(stderr, _("fupin: --project %s: no indicator answers to it (P1 to P6, T1, T2, …)\n"),
		        t->project);
	return t->query.indicator_count;
}

static int
connect_and_resolve(struct totalling *t, const char *unit)
{
	int status = command_open(t->command);
	if (status == EXIT_DONE)
		status = command_catalogue(t->command, true, true);
	if (status != EXIT_DONE)
		return status;
	snprintf(t->query.group, sizeof t->query.group, "%s", t->group ? t->group : "");
	if (!command_find_unit(t->command, unit, &t->query.unit) ||
	    !(t->project ? read_project(t) : read_indicators(t, t->indicator_list)) ||
	    !read_period(t, t->period_text))
		return EXIT_USAGE;
	t->query.funds = t->funds || !t->query.indicator_count;
	t->query.whole = true;
	t->query.as_of = t->command->as_of;
	return EXIT_DONE;
}

int
totalling_open(struct totalling *t, int argument_count, char **arguments)
{
	follow_init(&t->follow);
	if (argument_count != 1) {
		fprintf(stderr, _("fupin: name one unit, for example: fupin total 22 --by prefecture\n"));
		return EXIT_USAGE;
	}
	if (t->by && !unit_level_parse(t->by, &t->query.by)) {
		fprintf(stderr, _("fupin: --by %s: not province, prefecture, county, township or village\n"), t->by);
		return EXIT_USAGE;
	}
	return connect_and_resolve(t, arguments[0]);
}

void
totalling_close(struct totalling *t)
{
	follow_free(&t->follow);
}

int
totalling_ask(struct totalling *t)
{
	struct request request = {.kind = REQUEST_TOTAL, .total = t->query};
	struct reply reply;
	int status = command_ask(t->command, &request, REPLY_TOTAL, &reply);
	if (status != EXIT_DONE)
		return status;
	return reply.total.unit_count && follow_begin(&t->follow, &reply.total) ? EXIT_DONE : EXIT_FAILED_INSIDE;
}
