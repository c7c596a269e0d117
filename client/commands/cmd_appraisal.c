/* fupin appraisal: scores of units from the plan's weighted items (绩效考评), best first; --explain: the
 * figures behind each point, and the question that brings them. */
#include "base/decimal.h"
#include "command/command.h"
#include "subcommands.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct appraising {
	struct command command;
	const char *by_option;
	bool explain;
	struct request request;
	struct reply reply;
};

static const struct appraisal_item *
item_of(const struct command *c, uint32_t number)
{
	for (size_t i = 0; i < c->catalogue.appraisal_count; i++)
		if (c->catalogue.appraisal[i].number == number)
			return &c->catalogue.appraisal[i];
	return NULL;
}

static int
item_decimals(const struct command *c, const struct appraisal_item *item)
{
	const struct indicator *indicator = catalogue_indicator(&c->catalogue, item->indicator);
	return indicator ? indicator->decimals : item->fund ? MONEY_DECIMALS : 0;
}

static int
by_score(const void *a, const void *b)
{
	const struct appraisal_row *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Where the figures of an item can be seen. */
static void
write_source(const struct appraising *a, const struct appraisal_item *item, unit_code unit, char *out,
             size_t size)
{
	const struct command *c = &a->command;
	const struct indicator *what = catalogue_indicator(&c->catalogue, item->indicator);
	period to = a->request.appraisal.to;
	char first[8], last[8];
	period_format(to / 100 * 100 + 1, first);
	period_format(to, last);
	if (item->kind >= APPRAISE_ON_TIME)
		snprintf(out, size, "fupin completeness %" PRId64 " %s..%s", unit, first, last);
	else
		snprintf(out, size, "fupin total %" PRId64 " --period %s..%s%s%s", unit, first, last,
		         what ? " --indicator " : " --funds", what ? what->code : "");
}

/* ---------------------------------------------------------------- tables */

static bool
add_score(const struct command *c, struct table *table, const struct appraisal_row *row, size_t rank)
{
	struct cell *cells = calloc(5 + row->count, sizeof *cells);
	char code[24];
	if (!cells)
		return false;
	snprintf(code, sizeof code, "%" PRId64, row->unit);
	cells[0] = cell_figure(rank, (int64_t)rank, 0);
	cells[1] = cell_text(code);
	cells[2] = cell_text(command_unit_name(c, row->unit));
	cells[3] = cell_figure(row->weight, row->score, 2);
	cells[4] = cell_number(row->weight, 0);
	for (size_t i = 0; i < row->count; i++)
		cells[5 + i] = cell_figure(row->parts[i].denominator > 0, row->parts[i].points, 2);
	bool good = table_add(table, cells);
	free(cells);
	return good;
}

/* A column for each item; the whole comes last and has no rank. */
static int
print_scores(const struct appraising *a, const struct appraisal_row *rows, size_t count, bool whole)
{
	const struct command *c = &a->command;
	size_t items = c->catalogue.appraisal_count;
	struct table_column *columns = calloc(5 + items, sizeof *columns);
	struct table *table = NULL;
	if (columns) {
		columns[0] = (struct table_column){_("rank"), true};
		columns[1] = (struct table_column){_("code"), false};
		columns[2] = (struct table_column){_("unit"), false};
		columns[3] = (struct table_column){_("score"), true};
		columns[4] = (struct table_column){C_("of the score", "weight"), true};
		for (size_t i = 0; i < items; i++)
			columns[5 + i] = (struct table_column){
			    in_language(c, c->catalogue.appraisal[i].code, c->catalogue.appraisal[i].name_zh), true};
		table = table_create(c->output, _("appraisal"), columns, 5 + items);
	}
	bool good = table;
	for (size_t i = 0; good && i < count; i++)
		good = add_score(c, table, &rows[i], whole && i + 1 == count ? 0 : i + 1);
	good = good && table_end(table);
	table_destroy(&table);
	free(columns);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

static bool
add_part(const struct appraising *a, struct table *table, unit_code unit, const struct appraisal_part *part)
{
	const struct command *c = &a->command;
	const struct appraisal_item *item = item_of(c, part->item);
	char code[24], source[160];
	if (!item)
		return true;
	bool counts = part->denominator > 0;
	int decimals = item_decimals(c, item);
	snprintf(code, sizeof code, "%" PRId64, unit);
	write_source(a, item, unit, source, sizeof source);
	const struct cell cells[] = {cell_text(code),
	                             cell_text(command_unit_name(c, unit)),
	                             cell_text(in_language(c, item->name_en, item->name_zh)),
	                             cell_text(item->approved ? _("approved") : _("submitted")),
	                             cell_figure(counts, part->numerator, decimals),
	                             cell_figure(counts, part->denominator, decimals),
	                             cell_share(counts, part->numerator, part->denominator),
	                             cell_number(item->weight, 0),
	                             cell_figure(counts, part->points, 2),
	                             cell_text(source)};
	return table_add(table, cells);
}

static int
print_parts(const struct appraising *a, const struct appraisal_row *rows, size_t count)
{
	const struct command *c = &a->command;
	const struct table_column columns[] = {{_("code"), false},
	                                       {_("unit"), false},
	                                       {_("item"), false},
	                                       {_("figures"), false},
	                                       {C_("amount", "reached"), true},
	                                       {_("of"), true},
	                                       {_("share"), true},
	                                       {_("weight"), true},
	                                       {_("points"), true},
	                                       {_("to be seen by"), false}};
	struct table *table = table_create(c->output, _("appraisal"), columns, sizeof columns / sizeof *columns);
	bool good = table;
	for (size_t i = 0; good && i < count; i++)
		for (size_t p = 0; good && p < rows[i].count; p++)
			good = add_part(a, table, rows[i].unit, &rows[i].parts[p]);
	good = good && table_end(table);
	for (size_t i = 0; good && i < count; i++) {
		char score[DECIMAL_TEXT_BYTES];
		output_line(c->output, _("%s: %s of 100 points, from items of weight %u together"),
		            command_unit_name(c, rows[i].unit), decimal_format(rows[i].score, 2, score),
		            rows[i].weight);
	}
	table_destroy(&table);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

/* ---------------------------------------------------------------- JSON */

static struct json_object *
row_json(const struct command *c, const struct appraisal_row *row)
{
	struct json_object *o = json_object_new_object(), *parts = json_object_new_object();
	char text[DECIMAL_TEXT_BYTES];
	json_object_object_add(o, "unit", json_object_new_int64(row->unit));
	json_object_object_add(o, "name", json_object_new_string(command_unit_name(c, row->unit)));
	json_object_object_add(o, "score", json_object_new_string(decimal_plain(row->score, 2, text)));
	json_object_object_add(o, "weight", json_object_new_int64(row->weight));
	for (size_t i = 0; i < row->count; i++) {
		const struct appraisal_item *item = item_of(c, row->parts[i].item);
		struct json_object *part = json_object_new_object();
		if (!item) {
			json_object_put(part);
			continue;
		}
		int decimals = item_decimals(c, item);
		json_object_object_add(
		    part, "reached", json_object_new_string(decimal_plain(row->parts[i].numerator, decimals, text)));
		json_object_object_add(
		    part, "of", json_object_new_string(decimal_plain(row->parts[i].denominator, decimals, text)));
		json_object_object_add(part, "weight", json_object_new_int64(item->weight));
		json_object_object_add(part, "points",
		                       json_object_new_string(decimal_plain(row->parts[i].points, 2, text)));
		json_object_object_add(parts, item->code, part);
	}
	json_object_object_add(o, "items", parts);
	return o;
}

static int
print_json(const struct appraising *a)
{
	const struct appraisal_answer *answer = &a->reply.appraisal;
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	json_object_object_add(o, "seq", json_object_new_int64((int64_t)answer->as_of.seq));
	json_object_object_add(o, "time_us", json_object_new_int64(answer->time_us));
	json_object_object_add(o, "label", json_object_new_string(answer->label));
	for (size_t i = 0; i < answer->count; i++)
		json_object_array_add(list, row_json(&a->command, &answer->rows[i]));
	json_object_object_add(o, "rows", list);
	command_print_json(&a->command, o);
	return EXIT_DONE;
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
		return print_json(a);
	status = a->explain ? print_parts(a, answer->rows, answer->count)
	                    : print_scores(a, answer->rows, answer->count, whole);
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
