/* fupin bulletin MONTH [UNIT]: a month on a page, all of it as of one commit. */
#include "bulletin.h"
#include "subcommands.h"

#include <stdio.h>
#include <string.h>

static int
ask_total(struct bulletin *b, struct command *c, enum bulletin_total which, period from, period to,
          enum unit_level by)
{
	uint32_t indicators[HEADLINES];
	struct request request = {.kind = REQUEST_TOTAL,
	                          .total = {.unit = b->unit,
	                                    .from = from,
	                                    .to = to,
	                                    .by = by,
	                                    .indicators = indicators,
	                                    .funds = true,
	                                    .whole = true,
	                                    .as_of = c->as_of}};
	struct reply reply;
	for (size_t i = 0; i < HEADLINES; i++) {
		const struct indicator *known = catalogue_indicator_by_name(&c->catalogue, headline_indicators[i]);
		if (known)
			indicators[request.total.indicator_count++] = known->number;
	}
	int status = command_ask(c, &request, REPLY_TOTAL, &reply);
	if (status == EXIT_DONE)
		status = command_hold_as_of(c, &reply.total.as_of);
	if (status != EXIT_DONE)
		return status;
	b->as_answered = reply.total.as_of;
	return reply.total.unit_count && follow_begin(&b->totals[which], &reply.total) ? EXIT_DONE
	                                                                               : EXIT_FAILED_INSIDE;
}

static int
ask_totals(struct bulletin *b, struct command *c)
{
	enum unit_level by = bulletin_parts_level(b->unit);
	int status = ask_total(b, c, TOTAL_MONTH, b->month, b->month, by);
	if (status == EXIT_DONE)
		status = ask_total(b, c, TOTAL_BEFORE, b->before, b->before, by);
	if (status == EXIT_DONE)
		status = ask_total(b, c, TOTAL_YEAR, b->january, b->month, by);
	if (by == UNIT_COUNTY || !by)
		return status;
	if (status == EXIT_DONE)
		status = ask_total(b, c, TOTAL_COUNTIES, b->month, b->month, UNIT_COUNTY);
	if (status == EXIT_DONE)
		status = ask_total(b, c, TOTAL_COUNTIES_BEFORE, b->before, b->before, UNIT_COUNTY);
	return status;
}

/* Rows are copied: an answer lives until the next one. */
static int
ask_completeness(struct bulletin *b, struct command *c, period from, enum unit_level by, bool whole,
                 struct completeness_row **rows, size_t *count)
{
	struct request request = {
	    .kind = REQUEST_COMPLETENESS,
	    .completeness = {
	        .unit = b->unit, .from = from, .to = b->month, .by = by, .whole = whole, .as_of = c->as_of}};
	struct reply reply;
	int status = command_ask(c, &request, REPLY_COMPLETENESS, &reply);
	if (status == EXIT_DONE)
		status = command_hold_as_of(c, &reply.completeness.as_of);
	if (status != EXIT_DONE)
		return status;
	*count = reply.completeness.row_count;
	*rows = arena_array(&b->arena, *count, sizeof **rows);
	if (!*rows || !*count)
		return EXIT_FAILED_INSIDE;
	memcpy(*rows, reply.completeness.rows, *count * sizeof **rows);
	return EXIT_DONE;
}

static int
ask_reports(struct bulletin *b, struct command *c)
{
	size_t same;
	int status =
	    ask_completeness(b, c, b->month, bulletin_parts_level(b->unit), true, &b->parts, &b->part_count);
	if (status == EXIT_DONE)
		status = ask_completeness(b, c, b->month, UNIT_COUNTY, false, &b->counties, &b->county_count);
	if (status == EXIT_DONE)
		status = ask_completeness(b, c, b->january, UNIT_COUNTY, false, &b->counties_year, &same);
	return status;
}

/* MONTH [UNIT]. */
static bool
read_words(struct bulletin *b, struct command *c, int count, char **words)
{
	b->unit = session_welcome(c->session)->unit;
	if (count > 1 && !command_find_unit(c, words[1], &b->unit))
		return false;
	if (unit_level_of(b->unit) > UNIT_COUNTY) {
		fprintf(stderr, _("fupin bulletin: a county, or a unit above it\n"));
		return false;
	}
	b->before = period_from_index(period_index(b->month) - 1);
	b->january = b->month / 100 * 100 + 1;
	b->label = c->catalogue.label;
	return true;
}

static int
run(struct bulletin *b, struct command *c, int count, char **words)
{
	if (count < 1 || count > 2 || !period_parse(words[0], &b->month) || b->month == PERIOD_FIRST) {
		fprintf(stderr, _("fupin bulletin: which month? for example: fupin bulletin 2013-06\n"));
		return EXIT_USAGE;
	}
	int status = command_open(c);
	if (status == EXIT_DONE)
		command_pin_as_of(c);
	if (status == EXIT_DONE)
		status = command_catalogue(c, true, true);
	if (status != EXIT_DONE)
		return status;
	if (c->format != FORMAT_TABLE && c->format != FORMAT_XLSX) {
		fprintf(stderr, _("fupin bulletin: a page to read: table or xlsx; fupin export has the figures\n"));
		return EXIT_USAGE;
	}
	if (!read_words(b, c, count, words))
		return EXIT_USAGE;
	status = ask_totals(b, c);
	if (status == EXIT_DONE)
		status = ask_reports(b, c);
	if (status == EXIT_DONE && !bulletin_page(b))
		status = EXIT_FAILED_INSIDE;
	return status;
}

int
cmd_bulletin(int argc, char **argv)
{
	struct command c = {0};
	struct bulletin b = {.command = &c};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&c), AS_OF_OPTION(&c)};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	arena_init(&b.arena, ANSWER_BYTES_MAX);
	for (int i = 0; i < TOTALS; i++)
		follow_init(&b.totals[i]);
	int status = run(&b, &c, count, argv);
	for (int i = 0; i < TOTALS; i++)
		follow_free(&b.totals[i]);
	arena_free(&b.arena);
	return command_close(&c, status);
}
