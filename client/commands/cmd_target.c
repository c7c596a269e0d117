/* fupin target show UNIT: a unit's targets, how far they are reached, and how they are broken down.
 * fupin target split UNIT MEASURE PART=VALUE…: hands a target down to the units right below.
 * fupin target load FILE (.csv, .xlsx): any targets that this office sets (unit, year, measure, value, note).
 */
#include "base/decimal.h"
#include "command/pace_text.h"
#include "command/sending.h"
#include "command/showing.h"
#include "sheet/finding.h"
#include "sheet/sheet_file.h"
#include "subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct targeting {
	struct command command;
	struct sending sending;
	const char *year_option, *note_option;
	int year;
	struct arena arena;
	struct target_part *parts;
	size_t count;
};

/* ---------------------------------------------------------------- measures */

static bool
find_measure(const struct command *c, const char *text, struct target_part *out)
{
	const struct indicator *indicator = catalogue_indicator_by_name(&c->catalogue, text);
	out->indicator = indicator ? indicator->number : 0;
	out->fund = FUND_KIND_NONE;
	if (indicator || (!strncmp(text, "fund:", 5) && fund_kind_parse(text + 5, &out->fund)))
		return true;
	fprintf(stderr, _("fupin target: %s: neither an indicator (fupin forms FORM) nor fund:raised\n"), text);
	return false;
}

/* ---------------------------------------------------------------- asking */

static int
ask_targets(struct targeting *t, unit_code unit, struct target_answer *out)
{
	struct request request = {.kind = REQUEST_TARGETS,
	                          .targets = {.unit = unit, .year = t->year, .as_of = t->command.as_of}};
	struct reply reply;
	int status = command_ask(&t->command, &request, REPLY_TARGETS, &reply);
	if (status == EXIT_DONE)
		*out = reply.targets;
	return status;
}

/* The present revision of the target that a part replaces, from the answer for the unit above it. */
static int
find_revision(struct targeting *t, struct target_part *part)
{
	struct target_answer answer;
	enum unit_level level = unit_level_of(part->unit);
	bool own = part->unit == session_welcome(t->command.session)->unit || level == UNIT_PROVINCE;
	int year = t->year;
	t->year = part->year;
	int status =
	    ask_targets(t, own ? part->unit : unit_ancestor(part->unit, (enum unit_level)(level - 1)), &answer);
	t->year = year;
	for (size_t i = 0; status == EXIT_DONE && i < answer.count; i++) {
		const struct target_item *item = &answer.items[i];
		if (item->unit == part->unit && item->target.indicator == part->indicator &&
		    item->target.fund == part->fund)
			part->replaces = item->target.revision;
	}
	return status;
}

/* ---------------------------------------------------------------- sending */

static int
send_parts(struct targeting *t, const char *what)
{
	struct submission s = {.target_count = t->count, .targets = t->parts};
	int status = EXIT_DONE;
	for (size_t i = 0; status == EXIT_DONE && i < t->count; i++)
		status = find_revision(t, &t->parts[i]);
	if (status == EXIT_DONE)
		status = sending_open(&t->sending, &t->command);
	if (status == EXIT_DONE)
		status = sending_save(&t->sending, &s, what);
	if (status == EXIT_DONE)
		status = sending_deliver(&t->sending, false);
	sending_close(&t->sending);
	return status;
}

/* "2201=32000", by code or name. */
static bool
read_part(struct targeting *t, const char *text, const struct target_part *like)
{
	char name[NAME_BYTES_MAX];
	const char *equals = strchr(text, '=');
	struct target_part *part = &t->parts[t->count];
	*part = *like;
	if (!equals || (size_t)(equals - text) >= sizeof name) {
		fprintf(stderr, _("fupin target split: %s: write UNIT=VALUE\n"), text);
		return false;
	}
	snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
	if (!command_find_unit(&t->command, name, &part->unit))
		return false;
	if (!decimal_parse(equals + 1, measure_decimals(&t->command.catalogue, part->indicator), &part->value)) {
		fprintf(stderr, _("fupin target split: %s: not a figure of this measure\n"), equals + 1);
		return false;
	}
	t->count++;
	return true;
}

static int
split(struct targeting *t, int count, char **words)
{
	struct target_part like = {.year = t->year, .note = t->note_option ? t->note_option : ""};
	unit_code unit;
	char what[128];
	if (count < 3) {
		fprintf(stderr, _("fupin target split: a unit, a measure and its parts; see fupin help\n"));
		return EXIT_USAGE;
	}
	if (!command_find_unit(&t->command, words[0], &unit) || !find_measure(&t->command, words[1], &like))
		return EXIT_USAGE;
	t->parts = arena_array(&t->arena, (size_t)count, sizeof *t->parts);
	if (!t->parts)
		return EXIT_FAILED_INSIDE;
	for (int i = 2; i < count; i++) {
		if (!read_part(t, words[i], &like))
			return EXIT_USAGE;
		const struct target_part *part = &t->parts[t->count - 1];
		if (unit_ancestor(part->unit, unit_level_of(unit)) != unit ||
		    unit_level_of(part->unit) != unit_level_of(unit) + 1) {
			fprintf(stderr, _("fupin target split: %s: not right below %s\n"), words[i], words[0]);
			return EXIT_USAGE;
		}
	}
	snprintf(what, sizeof what, "target split %.40s %.60s", words[0], words[1]);
	return send_parts(t, what);
}

/* ---------------------------------------------------------------- a file */

enum { COLUMN_UNIT, COLUMN_YEAR, COLUMN_MEASURE, COLUMN_VALUE, COLUMN_NOTE, COLUMNS };

static const char *const column_names[COLUMNS][2] = {
    {"unit", "单位"}, {"year", "年度"}, {"measure", "指标"}, {"value", "目标"}, {"note", "摘要"}};

/* Blanks and stars in a name are nothing. */
static bool
is_named(const char *header, int column)
{
	char key[UTF8_KEY_BYTES];
	sheet_column_key(header, key);
	return !strcmp(key, column_names[column][0]) || !strcmp(key, column_names[column][1]);
}

static bool
find_columns(const char *file, const struct text_row *header, size_t columns[COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++) {
		columns[i] = SIZE_MAX;
		for (size_t at = 0; at < header->cell_count; at++)
			if (is_named(header->cells[at], i))
				columns[i] = at;
		if (columns[i] == SIZE_MAX && i != COLUMN_YEAR && i != COLUMN_NOTE) {
			fprintf(stderr, _("%s: no column %s %s\n"), file, column_names[i][0], column_names[i][1]);
			return false;
		}
	}
	return true;
}

static const char *
cell_of(const struct text_row *row, const size_t columns[COLUMNS], int column)
{
	return columns[column] == SIZE_MAX ? "" : text_cell(row, columns[column]);
}

/* Is every cell what was meant, and under a name? */
static bool
check_row(const struct targeting *t, const char *file, const struct text_row *header,
          const struct text_row *row)
{
	char text[PROBLEM_TEXT_BYTES];
	for (size_t at = 0; at < row->cell_count; at++) {
		struct problem problem = {.code = text_mark_problem(text_mark(row, at))};
		if (*row->cells[at] && !*text_cell(header, at))
			problem.code = PROBLEM_CELL_SURPLUS;
		if (!problem.code)
			continue;
		problem_detail(&problem, "%s", row->cells[at]);
		fprintf(stderr, _("%s: row %zu: %s\n"), file, row->line,
		        problem_text(&problem, t->command.language, text));
		return false;
	}
	return true;
}

static bool
read_row(struct targeting *t, const char *file, const struct text_row *row, const size_t columns[COLUMNS])
{
	struct target_part *part = &t->parts[t->count];
	const char *year = cell_of(row, columns, COLUMN_YEAR), *value = cell_of(row, columns, COLUMN_VALUE);
	int64_t number = t->year;
	*part = (struct target_part){.note = cell_of(row, columns, COLUMN_NOTE)};
	bool good = command_find_unit(&t->command, cell_of(row, columns, COLUMN_UNIT), &part->unit) &&
	            find_measure(&t->command, cell_of(row, columns, COLUMN_MEASURE), part);
	if (good && *year && !decimal_parse(year, 0, &number)) {
		fprintf(stderr, _("fupin target load: %s: not a year\n"), year);
		good = false;
	}
	if (good &&
	    !decimal_parse(value, measure_decimals(&t->command.catalogue, part->indicator), &part->value)) {
		fprintf(stderr, _("fupin target load: %s: not a figure of this measure\n"), value);
		good = false;
	}
	if (!good)
		fprintf(stderr, _("%s: row %zu\n"), file, row->line);
	part->year = (int)number;
	t->count++;
	return good;
}

static enum header_kind
target_header_kind(const void *context, const struct text_row *row)
{
	(void)context;
	for (size_t at = 0; at < row->cell_count; at++)
		if (is_named(row->cells[at], COLUMN_MEASURE))
			return HEADER_KNOWN;
	return HEADER_NONE;
}

static bool
read_table(struct targeting *t, const char *path, const struct text_table *table)
{
	size_t columns[COLUMNS];
	char file[PLACE_NAME_BYTES];
	const struct place place = place_make(path, table->sheet, 0);
	place_name(&place, t->command.language, file);
	if (!table->row_count || !find_columns(file, &table->rows[0], columns))
		return false;
	bool good = true;
	for (size_t i = 1; i < table->row_count; i++)
		good = check_row(t, file, &table->rows[0], &table->rows[i]) &&
		       read_row(t, file, &table->rows[i], columns) && good;
	return good;
}

static int
load(struct targeting *t, const char *file)
{
	struct text_table *tables;
	struct text_failure failure;
	size_t count, rows = 0;
	char what[160], text[PROBLEM_TEXT_BYTES];
	if (!sheet_file_read(file, target_header_kind, NULL, &t->arena, &tables, &count,
	                     &(struct sheet_origin){0}, &failure)) {
		struct problem problem = text_failure_problem(&failure);
		fprintf(stderr, "%s: %s\n", file, problem_text(&problem, t->command.language, text));
		return EXIT_PROBLEMS;
	}
	for (size_t i = 0; i < count; i++)
		rows += tables[i].row_count;
	t->parts = arena_array(&t->arena, rows, sizeof *t->parts);
	if (!t->parts)
		return EXIT_FAILED_INSIDE;
	bool good = true;
	for (size_t i = 0; i < count; i++)
		good = read_table(t, file, &tables[i]) && good;
	if (!good || !t->count)
		return EXIT_PROBLEMS;
	snprintf(what, sizeof what, "target load %.120s", file);
	return send_parts(t, what);
}

/* ---------------------------------------------------------------- showing */

/* How each forecast came about. */
static void
explain(const struct command *c, const struct target_answer *answer)
{
	const struct column *measure = columns_find(&target_columns, "measure");
	struct reading r;
	command_reading(c, &r);
	for (size_t i = 0; i < answer->count; i++) {
		const struct target_item *item = &answer->items[i];
		pace_explain(c, command_unit_name(c, item->unit), column_cell(&r, item, measure).text, &item->target,
		             measure_decimals(&c->catalogue, item->target.indicator));
	}
	reading_free(&r);
}

int
show_targets(const struct command *c, const char *sheet, const struct target_answer *answer)
{
	struct reading r;
	command_reading(c, &r);
	int status = command_show_rows(c, sheet, &target_columns, &r, answer->items, answer->count);
	if (status == EXIT_DONE && c->format != FORMAT_CSV)
		explain(c, answer);
	if (status == EXIT_DONE)
		command_footer(c, &answer->as_of, answer->label);
	return status;
}

static int
show(struct targeting *t, int count, char **words)
{
	struct target_answer answer;
	unit_code unit = session_welcome(t->command.session)->unit;
	if (count > 1 || (count && !command_find_unit(&t->command, words[0], &unit)))
		return EXIT_USAGE;
	int status = ask_targets(t, unit, &answer);
	if (status != EXIT_DONE)
		return status;
	return show_targets(&t->command, _("targets"), &answer);
}

/* ---------------------------------------------------------------- the command line */

/* Without --year: that of the plan's forms. */
static bool
find_year(struct targeting *t)
{
	int64_t year = 0;
	const struct catalogue *c = &t->command.catalogue;
	if (t->year_option && !decimal_parse(t->year_option, 0, &year)) {
		fprintf(stderr, _("fupin target: --year %s: not a year\n"), t->year_option);
		return false;
	}
	for (size_t i = 0; !t->year_option && i < c->version_count; i++)
		if (c->versions[i].last / 100 > year)
			year = c->versions[i].last / 100;
	t->year = (int)year;
	return true;
}

static int
run(struct targeting *t, const char *verb, int count, char **words)
{
	if (strcmp(verb, "show") && !command_shows_no_table(&t->command))
		return EXIT_USAGE;
	int status = command_open(&t->command);
	if (status == EXIT_DONE)
		status = command_catalogue(&t->command, true, true);
	if (status != EXIT_DONE)
		return status;
	if (!find_year(t))
		return EXIT_USAGE;
	if (!strcmp(verb, "show"))
		return show(t, count, words);
	if (!strcmp(verb, "split"))
		return split(t, count, words);
	if (!strcmp(verb, "load") && count == 1)
		return load(t, words[0]);
	fprintf(stderr, _("fupin target: show [UNIT], split UNIT MEASURE PART=VALUE… or load FILE\n"));
	return EXIT_USAGE;
}

int
cmd_target(int argc, char **argv)
{
	struct targeting t = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&t.command),
	                                 {"--year", &t.year_option, NULL},
	                                 {"--note", &t.note_option, NULL},
	                                 AS_OF_OPTION(&t.command)};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	arena_init(&t.arena, DECODE_BYTES_MAX);
	int status = run(&t, count ? argv[0] : "", count - 1, argv + 1);
	arena_free(&t.arena);
	return command_close(&t.command, status);
}
