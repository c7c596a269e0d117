/* libfupin: tables of columns as an event has them. */
#include "office_parts.h"

#include <stdio.h>
#include <string.h>

/* The public structure, with the columns and cells behind it, row by row. */
struct table_cells {
	struct fupin_table table;
	struct fupin_column *columns;
	struct fupin_cell *cells;
};

const struct fupin_column *
fupin_column(const struct fupin_table *table, size_t column)
{
	return column < table->column_count ? &((const struct table_cells *)table)->columns[column] : NULL;
}

const struct fupin_cell *
fupin_cell(const struct fupin_table *table, size_t row, size_t column)
{
	if (row >= table->row_count || column >= table->column_count)
		return NULL;
	return &((const struct table_cells *)table)->cells[row * table->column_count + column];
}

const struct fupin_cell *
fupin_cell_of(const struct fupin_table *table, size_t row, const char *key)
{
	const struct table_cells *t = (const struct table_cells *)table;
	for (size_t i = 0; i < table->column_count; i++)
		if (!strcmp(t->columns[i].key, key))
			return fupin_cell(table, row, i);
	return NULL;
}

/* ---------------------------------------------------------------- filling */

static const enum fupin_cell_kind kinds[] = {
    [CELL_NONE] = FUPIN_CELL_NONE,     [CELL_TEXT] = FUPIN_CELL_TEXT,
    [CELL_CODE] = FUPIN_CELL_CODE,     [CELL_COUNT] = FUPIN_CELL_COUNT,
    [CELL_NUMBER] = FUPIN_CELL_NUMBER, [CELL_CHANGE] = FUPIN_CELL_CHANGE,
    [CELL_SHARE] = FUPIN_CELL_SHARE,   [CELL_FLAG] = FUPIN_CELL_FLAG,
    [CELL_TIME] = FUPIN_CELL_TIME,     [CELL_DEADLINE] = FUPIN_CELL_DEADLINE,
    [CELL_ROWS] = FUPIN_CELL_TABLE,    [CELL_RECORD] = FUPIN_CELL_TABLE,
    [CELL_NAMED] = FUPIN_CELL_TABLE,
};

static const struct fupin_table *make_table(struct letter *letter, struct reading *r,
                                            const struct columns *columns, const void *rows, size_t count);

static struct fupin_cell
make_cell(struct letter *letter, struct reading *r, const void *row, const struct column *column)
{
	const struct cell cell = column_cell(r, row, column);
	struct fupin_cell out = {.kind = kinds[cell.kind],
	                         .decimals = cell.decimals,
	                         .value = cell.value,
	                         .text = letter_keep(letter, cell.text),
	                         .code = letter_keep(letter, cell.code)};
	if (out.kind == FUPIN_CELL_TABLE)
		out.table = make_table(letter, r, cell.columns, cell.rows, (size_t)cell.value);
	return out;
}

/* A column's title may be made of the plan, whose next edition may replace it. */
static void
make_columns(struct letter *letter, const struct reading *r, const struct columns *columns,
             struct fupin_column *out)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = &columns->items[i];
		out[i] = (struct fupin_column){
		    .key = letter_keep(letter, column->key),
		    .title = column->titles[0] ? letter_keep(letter, column_title(r, column, false)) : "",
		    .right = column->right};
	}
}

/* NULL: no room, and the letter is not sent. */
static const struct fupin_table *
make_table(struct letter *letter, struct reading *r, const struct columns *columns, const void *rows,
           size_t count)
{
	struct table_cells *t = arena_alloc(&letter->arena, sizeof *t);
	if (!t)
		return NULL;
	t->table = (struct fupin_table){
	    .name = letter_keep(letter, columns->name), .column_count = columns->count, .row_count = count};
	t->columns = arena_array(&letter->arena, columns->count + 1, sizeof *t->columns);
	t->cells = arena_array(&letter->arena, columns->count * count + 1, sizeof *t->cells);
	if (!t->columns || !t->cells)
		return NULL;
	make_columns(letter, r, columns, t->columns);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < columns->count; k++)
			t->cells[i * columns->count + k] =
			    make_cell(letter, r, columns_row(columns, rows, i), &columns->items[k]);
	return &t->table;
}

void
tell_answer(struct fupin_office *o, struct operation *operation, const struct page *page)
{
	struct letter *letter = letter_new(operation, FUPIN_ANSWER);
	struct fupin_answer *answer = letter ? arena_alloc(&letter->arena, sizeof *answer) : NULL;
	struct reading r;
	reading_init(&r, &o->work.catalogue, o->language);
	r.time_us = page->time_us;
	r.whole = page->whole;
	r.more = page->query;
	if (answer) {
		*answer =
		    (struct fupin_answer){.seq = page->as_of.seq,
		                          .time_us = page->time_us,
		                          .label = letter_keep(letter, page->label),
		                          .last = !page->more,
		                          .cut_off = page->cut_off,
		                          .table = make_table(letter, &r, page->columns, page->rows, page->count)};
		letter->event.answer = answer;
		letter->arena.exhausted |= r.arena.exhausted;
	}
	reading_free(&r);
	if (letter)
		letter_put(o, operation, letter);
}
