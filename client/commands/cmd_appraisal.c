/* fupin appraisal: scores of units from the plan's weighted items (绩效考评), best first; --explain: the
 * figures behind each point, and the question that brings them. */
#include "base/decimal.h"
#include "columns/appraisal_columns.h"
#include "command/command.h"
#include "subcommands.h"

#include <stdio.h>
#include <stdlib.h>

struct appraising {
	struct command command;
	const char *by_option;
	bool explain;
	struct request request;
	struct reply reply;
};

static int
by_score(const void *a, const void *b)
{
	const struct appraisal_row *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

/* ---------------------------------------------------------------- showing */

/* The whole comes last and has no rank. */
static int
show_scores(const struct command *c, const struct appraisal_answer *answer, bool whole)
{
	const struct appraisal_ranks ranks = {answer->rows, answer->count - whole};
	struct columns table;
	struct reading r;
	command_reading(c, &r);
	r.more = &ranks;
	int status = appraisal_table(&c->catalogue, &table)
	                 ? command_show_rows(c, _("appraisal"), &table, &r, answer->rows, answer->count)
	                 : EXIT_FAILED_INSIDE;
	columns_free(&table);
	return status;
}

static int
explain(const struct command *c, const struct appraisal_answer *answer, period to)
{
	struct reading r;
	command_reading(c, &r);
	struct listing *listing = listing_begin(c->output, _("appraisal"), &appraisal_line_columns, &r, 0);
	bool good = listing;
	for (size_t i = 0; good && i < answer->count; i++)
		for (size_t p = 0; good && p < answer->rows[i].count; p++) {
			const struct appraisal_line line = {answer->rows[i].parts[p], answer->rows[i].unit, to};
			good = listing_add(listing, &line);
		}
	int status = command_end_listing(&listing, &r, good);
	for (size_t i = 0; status == EXIT_DONE && i < answer->count; i++) {
		char score[DECIMAL_TEXT_BYTES];
		output_line(c->output, _("%s: %s of 100 points, from items of weight %u together"),
		            command_unit_name(c, answer->rows[i].unit),
		            decimal_format(answer->rows[i].score, 2, score), answer->rows[i].weight);
	}
	return status;
}

/* ---------------------------------------------------------------- the command line */

static int
run(struct appraising *a, int count, char **words)
{
	struct command *c = &a->command;
	struct appraisal_query *q = &a->request.appraisal;
	struct command_scope scope;
	int status = command_open(c);
	if (status == EXIT_DONE)
		status = command_catalogue(c, true, true);
	if (status == EXIT_DONE)
		status = command_read_scope(c, count, words, &scope);
	if (status != EXIT_DONE)
		return status;
	a->request.kind = REQUEST_APPRAISAL;
	*q = (struct appraisal_query){.unit = scope.unit, .to = scope.to, .whole = true, .as_of = c->as_of};
	if (count > 2 || (a->by_option && !unit_level_parse(a->by_option, &q->by))) {
		fprintf(stderr, _("fupin appraisal: a unit, the last month, --by prefecture or county\n"));
		return EXIT_USAGE;
	}
	if (!c->catalogue.appraisal_count) {
		fprintf(stderr, _("fupin appraisal: the plan has no appraisal.csv\n"));
		return EXIT_PROBLEMS;
	}
	status = command_ask(c, &a->request, REPLY_APPRAISAL, &a->reply);
	if (status != EXIT_DONE)
		return status;
	struct appraisal_answer *answer = &a->reply.appraisal;
	bool whole = q->by != UNIT_NONE;
	if (answer->count > whole)
		qsort(answer->rows, answer->count - whole, sizeof *answer->rows, by_score);
	if (c->format == FORMAT_JSON)
		command_print_record(c, &appraisal_columns, answer);
	else
		status = a->explain ? explain(c, answer, q->to) : show_scores(c, answer, whole);
	if (status == EXIT_DONE)
		command_footer(c, &answer->as_of, answer->label);
	return status;
}

int
cmd_appraisal(int argc, char **argv)
{
	struct appraising a = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&a.command),
	                                 {"--by", &a.by_option, NULL},
	                                 AS_OF_OPTION(&a.command),
	                                 {"--explain", NULL, &a.explain}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	return command_close(&a.command, run(&a, count, argv));
}
