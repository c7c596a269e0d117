#include "plan_sheet.h"

#include "base/decimal.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
plan_error(struct plan_errors *errors, const char *file, size_t line, const char *format, ...)
{
	if (errors->count == PLAN_ERRORS_MAX) {
		errors->more++;
		return;
	}
	char *to = errors->items[errors->count++];
	int head = line ? snprintf(to, PLAN_ERROR_BYTES, "%s:%zu: ", file, line)
	                : snprintf(to, PLAN_ERROR_BYTES, "%s: ", file);
	va_list args;
	va_start(args, format);
	vsnprintf(to + head, PLAN_ERROR_BYTES - (size_t)head, format, args);
	va_end(args);
}

const char *
sheet_cell(const struct sheet *s, size_t column)
{
	return s->columns[column] == SIZE_MAX ? "" : text_cell(s->row, s->columns[column]);
}

static const char *
column_name(const struct sheet *s, size_t column)
{
	return s->names[column] + (*s->names[column] == '?');
}

void
sheet_error(const struct sheet *s, size_t column, const char *what)
{
	plan_error(s->errors, s->file, s->row->line, "column %s: \"%.80s\" %s", column_name(s, column),
	           sheet_cell(s, column), what);
}

const char *
take_text(const struct sheet *s, size_t column, bool required)
{
	const char *text = sheet_cell(s, column);
	if (required && !*text)
		sheet_error(s, column, "must not be empty");
	if (strlen(text) > NAME_BYTES_MAX)
		sheet_error(s, column, "is too long");
	return text;
}

int64_t
take_number(const struct sheet *s, size_t column, int decimals, int64_t least, int64_t most)
{
	int64_t value = 0;
	if (!decimal_parse(sheet_cell(s, column), decimals, &value))
		sheet_error(s, column, "is not a number");
	else if (value < least || value > most)
		sheet_error(s, column, "is out of range");
	else
		return value;
	return least;
}

unit_code
take_unit(const struct sheet *s, size_t column)
{
	unit_code code = 0;
	if (!unit_parse(sheet_cell(s, column), &code))
		sheet_error(s, column, "is not a unit code (2, 4, 6, 9 or 12 digits)");
	return code;
}

/* A unit that has to be in units.csv, which is read before. */
unit_code
take_known_unit(const struct sheet *s, size_t column)
{
	unit_code code = take_unit(s, column);
	if (code && !catalogue_unit(&s->plan->catalogue, code))
		sheet_error(s, column, "is not in units.csv");
	return code;
}

enum unit_level
take_level(const struct sheet *s, size_t column)
{
	enum unit_level level = UNIT_NONE;
	if (!unit_level_parse(sheet_cell(s, column), &level))
		sheet_error(s, column, "is not a level (province, prefecture, county, township, village)");
	return level;
}

bool
take_yes_no(const struct sheet *s, size_t column)
{
	bool yes = !strcmp(sheet_cell(s, column), "yes");
	if (!yes && strcmp(sheet_cell(s, column), "no"))
		sheet_error(s, column, "is neither yes nor no");
	return yes;
}

static bool
find_columns(struct sheet *s)
{
	size_t before = s->errors->count;
	if (!s->table.row_count) {
		plan_error(s->errors, s->file, 0, "the file is empty: a header row is missing");
		return false;
	}
	const struct text_row *header = &s->table.rows[0];
	for (size_t i = 0; i < s->column_count; i++) {
		size_t at = 0;
		while (at < header->cell_count && strcmp(header->cells[at], column_name(s, i)))
			at++;
		s->columns[i] = at < header->cell_count ? at : SIZE_MAX;
		if (at == header->cell_count && *s->names[i] != '?')
			plan_error(s->errors, s->file, header->line, "column %s is missing", s->names[i]);
	}
	return s->errors->count == before;
}

/* Opens one file of the plan; false if it cannot be used at all. */
static bool
sheet_open(struct sheet *s, struct plan *plan, const struct plan_source *source, const char *file,
           const char *const *names, size_t column_count, struct plan_errors *errors)
{
	struct text_failure failure;
	size_t size = 0;
	*s = (struct sheet){
	    .file = file, .names = names, .column_count = column_count, .plan = plan, .errors = errors};
	char *bytes = source->read(source, file, CSV_BYTES_MAX, &size);
	bool good = bytes ? csv_read_bytes(bytes, size, ',', &plan->catalogue.arena, &s->table, &failure)
	                  : text_fail(&failure, PROBLEM_FILE_UNREADABLE, 0, strerror(errno));
	free(bytes);
	if (!good) {
		char text[PROBLEM_TEXT_BYTES], path[PATH_MAX];
		const struct problem problem = text_failure_problem(&failure);
		bool apart = file == source->principals;
		snprintf(path, sizeof path, "%s%s%s", apart ? "" : source->name, apart ? "" : "/", file);
		plan_error(errors, path, failure.line, "%.200s", problem_text(&problem, LANGUAGE_ENGLISH, text));
		return false;
	}
	return find_columns(s);
}

/* A figure with separators that is not quoted ends up so, with what is left of it taken for the whole. */
static void
refuse_surplus(const struct sheet *s)
{
	const struct text_row *header = &s->table.rows[0];
	for (size_t at = 0; at < s->row->cell_count; at++) {
		const char *cell = s->row->cells[at];
		if (*text_cell(header, at) || (!*cell && at < header->cell_count))
			continue;
		if (at < header->cell_count)
			plan_error(s->errors, s->file, s->row->line, "\"%.80s\" stands under no column name", cell);
		else
			plan_error(
			    s->errors, s->file, s->row->line,
			    "more cells than the header: is \"%.80s\" the rest of a figure with separators? put that in "
			    "quotes",
			    cell);
		return;
	}
}

/* Reads every row of a file into an array of `size`-byte items that `take` fills. */
void *
plan_rows(struct plan *plan, const struct plan_source *source, const char *file, const char *const *names,
          size_t column_count, size_t size, void (*take)(struct sheet *, void *), struct plan_errors *errors,
          size_t *count)
{
	struct sheet s;
	*count = 0;
	if (!sheet_open(&s, plan, source, file, names, column_count, errors))
		return NULL;
	unsigned char *items = arena_array(&plan->catalogue.arena, s.table.row_count, size);
	if (!items) {
		plan_error(errors, file, 0, "too large");
		return NULL;
	}
	for (size_t i = 1; i < s.table.row_count; i++) {
		s.row = &s.table.rows[i];
		refuse_surplus(&s);
		take(&s, items + (i - 1) * size);
	}
	*count = s.table.row_count - 1;
	return items;
}
