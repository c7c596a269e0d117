#include "xlsx_rows.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum cell_type {
	TYPE_NUMBER,
	TYPE_SHARED,
	TYPE_INLINE,
	TYPE_FORMULA_TEXT,
	TYPE_BOOLEAN,
	TYPE_ERROR,
	TYPE_DATE
};

static const char *const type_names[] = {[TYPE_NUMBER] = "n",
                                         [TYPE_SHARED] = "s",
                                         [TYPE_INLINE] = "inlineStr",
                                         [TYPE_FORMULA_TEXT] = "str",
                                         [TYPE_BOOLEAN] = "b",
                                         [TYPE_ERROR] = "e",
                                         [TYPE_DATE] = "d"};

/* A formula's text is wanted for a problem only: as much as one shows. */
enum { FORMULA_BYTES = 2 * PROBLEM_DETAIL_BYTES };

struct rows {
	struct workbook *workbook;
	struct arena *arena;
	size_t rows_max;
	struct text_table *table;
	size_t row_room, merged_room;
	struct text_area *merged;
	bool in_data;
	/* The row. */
	size_t line, cell_count;
	const char *cells[ROW_CELLS_MAX];
	uint8_t marks[ROW_CELLS_MAX];
	bool marked;
	/* The cell. */
	bool in_cell, has_value, has_formula, in_formula;
	size_t column, next_column;
	enum cell_type type;
	struct number_format format;
	size_t formula_size;
	char formula[FORMULA_BYTES];
};

static void
fail(struct rows *r, const char *what)
{
	char detail[PROBLEM_DETAIL_BYTES];
	snprintf(detail, sizeof detail, "%s", what);
	package_fail(r->workbook->package, PROBLEM_WORKBOOK_DAMAGED, r->line, 0, detail);
}

static void
no_memory(struct rows *r)
{
	package_fail(r->workbook->package, PROBLEM_WORKBOOK_TOO_LARGE, r->line, 0, "512 MiB of cells");
}

/* ---------------------------------------------------------------- places */

/* "F14": column 5 of line 14, and what stands behind; NULL: it is none. */
static const char *
read_place(const char *at, size_t *column, size_t *line)
{
	size_t letters = 0;
	*column = *line = 0;
	at += *at == '$';
	for (; *at >= 'A' && *at <= 'Z' && letters < 4; at++, letters++)
		*column = *column * 26 + (size_t)(*at - 'A') + 1;
	at += *at == '$';
	for (; *at >= '0' && *at <= '9' && *line <= SHEET_ROWS_MAX; at++)
		*line = *line * 10 + (size_t)(*at - '0');
	if (!*column || *column > SHEET_COLUMNS_MAX || !*line || *line > SHEET_ROWS_MAX)
		return NULL;
	--*column;
	return at;
}

static void
take_merged(struct rows *r, const char *place)
{
	struct text_area area;
	const char *at = place ? read_place(place, &area.column, &area.line) : NULL;
	if (!at || *at != ':' || !(at = read_place(at + 1, &area.column_last, &area.line_last)) || *at ||
	    area.column_last < area.column || area.line_last < area.line) {
		fail(r, place ? place : "mergeCell");
		return;
	}
	if (r->table->merged_count == MERGED_MAX) {
		package_fail(r->workbook->package, PROBLEM_WORKBOOK_TOO_LARGE, 0, 0, "1000 merged areas");
		return;
	}
	struct text_area *merged =
	    arena_grow(r->arena, r->merged, r->table->merged_count, &r->merged_room, sizeof *merged);
	if (!merged) {
		no_memory(r);
		return;
	}
	r->merged = merged;
	merged[r->table->merged_count++] = area;
	r->table->merged = merged;
}

/* ---------------------------------------------------------------- a cell */

static void
begin_cell(struct rows *r, const char **attributes)
{
	const char *place = attribute_of(attributes, "r"), *type = attribute_of(attributes, "t");
	const char *style = attribute_of(attributes, "s");
	size_t line = r->line, known = sizeof type_names / sizeof *type_names, at = 0;
	r->column = r->next_column;
	if (place && (!(place = read_place(place, &r->column, &line)) || *place || line != r->line ||
	              r->column < r->next_column)) {
		fail(r, "cells in disorder");
		return;
	}
	while (type && at < known && strcmp(type, type_names[at]) != 0)
		at++;
	if (at == known || r->column >= SHEET_COLUMNS_MAX) {
		fail(r, "a cell of no known type");
		return;
	}
	size_t format = style ? strtoul(style, NULL, 10) : 0;
	r->type = (enum cell_type)at;
	r->format = format < r->workbook->format_count ? r->workbook->formats[format] : (struct number_format){0};
	r->next_column = r->column + 1;
	r->in_cell = true;
	r->has_value = r->has_formula = false;
	r->formula_size = 0;
	cell_text_begin(r->workbook);
}

static const char *
shared_text(struct rows *r, const char *index)
{
	char *end;
	unsigned long at = strtoul(index, &end, 10);
	if (!*index || *index == '-' || *end || at >= r->workbook->string_count) {
		fail(r, "a text that is not there");
		return "";
	}
	return r->workbook->strings[at];
}

/* "2013-04-15T00:00:00" (strict workbooks). */
static const char *
iso_date(char *text, enum text_mark *mark)
{
	if (strlen(text) < 10 || text[4] != '-' || text[7] != '-' || (text[10] && text[10] != 'T'))
		return text;
	text[10] = 0;
	*mark = TEXT_DATE;
	return text;
}

/* What the cell says; `room` is for what does not stand in the file as it is. */
static const char *
cell_says(struct rows *r, char room[FORMULA_BYTES + 1], enum text_mark *mark)
{
	struct workbook *w = r->workbook;
	bool texts = r->type == TYPE_INLINE || r->type == TYPE_FORMULA_TEXT;
	const char *text = texts ? cell_text_end_escaped(w) : cell_text_end(w);
	if (r->has_formula && (!r->has_value || (!*text && r->type != TYPE_FORMULA_TEXT))) {
		*mark = TEXT_NOTHING;
		snprintf(room, FORMULA_BYTES + 1, "=%.*s", (int)r->formula_size, r->formula);
		return room;
	}
	if (!*text || texts)
		return text;
	if (r->type == TYPE_SHARED)
		return shared_text(r, text);
	if (r->type == TYPE_BOOLEAN) {
		*mark = TEXT_TYPED;
		return strcmp(text, "0") && strcmp(text, "false") ? "TRUE" : "FALSE";
	}
	if (r->type == TYPE_ERROR)
		*mark = TEXT_ERROR;
	else if (r->type == TYPE_NUMBER)
		*mark = number_text(text, r->format, w->since_1904, room);
	else {
		snprintf(room, NUMBER_TEXT_BYTES, "%s", text);
		return iso_date(room, mark);
	}
	return r->type == TYPE_NUMBER ? room : text;
}

static void
end_cell(struct rows *r)
{
	char room[FORMULA_BYTES + 1];
	enum text_mark mark = TEXT_PLAIN;
	r->in_cell = false;
	size_t size;
	const char *text = utf8_trim(cell_says(r, room, &mark), &size);
	if (!size)
		return;
	if (r->column >= ROW_CELLS_MAX) {
		if (!r->rows_max)
			package_fail(r->workbook->package, PROBLEM_COLUMNS_TOO_MANY, r->line, ROW_CELLS_MAX, "");
		return;
	}
	for (; r->cell_count < r->column; r->cell_count++) {
		r->cells[r->cell_count] = "";
		r->marks[r->cell_count] = TEXT_PLAIN;
	}
	const char *copy = arena_text(r->arena, text, size);
	if (!copy) {
		no_memory(r);
		return;
	}
	r->cells[r->cell_count] = copy;
	r->marks[r->cell_count++] = (uint8_t)mark;
	r->marked |= mark != TEXT_PLAIN;
}

/* ---------------------------------------------------------------- a row */

static void
begin_row(struct rows *r, const char **attributes)
{
	const char *number = attribute_of(attributes, "r");
	size_t line = number ? strtoul(number, NULL, 10) : r->line + 1;
	if (line <= r->line || line > SHEET_ROWS_MAX) {
		fail(r, "rows in disorder");
		return;
	}
	r->line = line;
	r->cell_count = r->next_column = 0;
	r->marked = false;
}

static void
end_row(struct rows *r)
{
	if (!r->cell_count)
		return;
	struct text_table *table = r->table;
	struct text_row *rows = arena_grow(r->arena, table->rows, table->row_count, &r->row_room, sizeof *rows);
	const char **cells = arena_array(r->arena, r->cell_count, sizeof *cells);
	uint8_t *marks = r->marked ? arena_array(r->arena, r->cell_count, sizeof *marks) : NULL;
	if (!rows || !cells || (r->marked && !marks)) {
		no_memory(r);
		return;
	}
	memcpy(cells, r->cells, r->cell_count * sizeof *cells);
	if (marks)
		memcpy(marks, r->marks, r->cell_count * sizeof *marks);
	table->rows = rows;
	rows[table->row_count++] = (struct text_row){r->line, r->cell_count, cells, marks};
	if (table->row_count == r->rows_max)
		package_enough(r->workbook->package);
}

/* ---------------------------------------------------------------- the part */

static void
on_start(void *context, const char *name, const char **attributes)
{
	struct rows *r = context;
	struct cell_text *text = &r->workbook->text;
	if (r->in_cell) {
		r->in_formula = !strcmp(name, "f");
		r->has_formula |= r->in_formula;
		r->has_value |= !strcmp(name, "v");
		text->ruby += !strcmp(name, "rPh");
		text->taking = !strcmp(name, r->type == TYPE_INLINE ? "t" : "v");
	} else if (r->in_data && !strcmp(name, "c")) {
		begin_cell(r, attributes);
	} else if (r->in_data && !strcmp(name, "row")) {
		begin_row(r, attributes);
	} else if (!strcmp(name, "sheetData")) {
		r->in_data = true;
	} else if (!strcmp(name, "mergeCell")) {
		take_merged(r, attribute_of(attributes, "ref"));
	}
}

static void
on_end(void *context, const char *name)
{
	struct rows *r = context;
	r->in_formula = r->workbook->text.taking = false;
	if (r->in_cell) {
		r->workbook->text.ruby -= !strcmp(name, "rPh");
		if (!strcmp(name, "c"))
			end_cell(r);
	} else if (r->in_data && !strcmp(name, "row")) {
		end_row(r);
	} else if (!strcmp(name, "sheetData")) {
		r->in_data = false;
	}
}

static void
on_text(void *context, const char *text, size_t size)
{
	struct rows *r = context;
	if (r->in_formula) {
		size = size > FORMULA_BYTES - r->formula_size ? FORMULA_BYTES - r->formula_size : size;
		memcpy(r->formula + r->formula_size, text, size);
		r->formula_size += size;
	} else {
		cell_text_add(r->workbook, text, size);
	}
}

bool
book_read_rows(struct workbook *w, size_t sheet, size_t rows_max, struct arena *arena, struct text_table *out,
               struct text_failure *failure)
{
	struct text_table table = {.sheet = w->sheets[sheet].name};
	struct rows *r = calloc(1, sizeof *r);
	if (!r)
		return text_fail(failure, PROBLEM_WORKBOOK_TOO_LARGE, 0, "no memory");
	r->workbook = w;
	r->arena = arena;
	r->rows_max = rows_max;
	r->table = &table;
	const struct part_reader reader = {r, on_start, on_end, on_text};
	bool good = package_read(w->package, w->sheets[sheet].part, &reader, failure);
	free(r);
	if (good)
		*out = table;
	else
		memcpy(failure->sheet, table.sheet, sizeof failure->sheet);
	return good;
}
