#include "column_table.h"

#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
reading_init(struct reading *r, const struct catalogue *catalogue, enum language language)
{
	*r = (struct reading){.catalogue = catalogue, .language = language};
	arena_init(&r->arena, SIZE_MAX);
}

void
reading_free(struct reading *r)
{
	arena_free(&r->arena);
}

const char *
reading_chooses(const struct reading *r, const char *en, const char *zh)
{
	return r->language == LANGUAGE_CHINESE ? zh : en;
}

/* ---------------------------------------------------------------- tables of columns */

struct cell
column_cell(struct reading *r, const void *row, const struct column *column)
{
	struct cell cell = column->read(r, row, column);
	return cell_if(!column->when || column->when(row), cell);
}

const char *
column_title(const struct reading *r, const struct column *column, bool csv)
{
	return csv && column->key_in_csv ? column->key : column->titles[r->language == LANGUAGE_CHINESE];
}

bool
column_in_table(const struct column *column, unsigned with)
{
	return column->titles[0] && (!column->only_with || column->only_with & with);
}

struct column *
columns_extend(const struct columns *columns, size_t more, struct columns *out)
{
	struct column *items = calloc(columns->count + more, sizeof *items);
	*out = *columns;
	out->items = items;
	if (!items)
		return NULL;
	memcpy(items, columns->items, columns->count * sizeof *items);
	out->count += more;
	return items + columns->count;
}

void
columns_free(struct columns *columns)
{
	free((void *)columns->items);
	columns->items = NULL;
}

const void *
columns_row(const struct columns *columns, const void *rows, size_t at)
{
	return (const char *)rows + at * columns->row_bytes;
}

const struct column *
columns_find(const struct columns *columns, const char *key)
{
	for (size_t i = 0; i < columns->count; i++)
		if (!strcmp(columns->items[i].key, key))
			return &columns->items[i];
	return NULL;
}

/* ---------------------------------------------------------------- cells */

struct cell
cell_printed(struct reading *r, const char *format, ...)
{
	va_list arguments;
	char *text, *kept = NULL;
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	if (text)
		kept = arena_string(&r->arena, text);
	free(text);
	return cell_text(kept ? kept : "");
}

struct cell
cell_period(struct reading *r, period month)
{
	char text[8];
	period_format(month, text);
	return cell_printed(r, "%s", text);
}

struct cell
cell_day(struct reading *r, date day)
{
	char text[11] = "";
	if (day)
		date_format(day, text);
	return cell_printed(r, "%s", text);
}

struct cell
cell_unit_name(const struct reading *r, unit_code code)
{
	const struct unit *unit = catalogue_unit(r->catalogue, code);
	return cell_text(unit ? unit->name : "");
}

struct cell
cell_named(const struct reading *r, const char *en, const char *zh, const char *code)
{
	return cell_term(reading_chooses(r, en, zh), code);
}

struct cell
cell_fund_term(const struct reading *r, const struct fund_term *terms, size_t count, uint32_t number)
{
	const struct fund_term *term = fund_term_by_number(terms, count, number);
	return term ? cell_named(r, term->name_en, term->name_zh, term->code) : cell_text("");
}

#define ROW struct as_of
static const struct column as_of[] = {
    COUNT("seq", seq, JSON_ONLY),
    COUNT("time_us", time_us, JSON_ONLY),
};
const struct columns as_of_columns = COLUMNS("as_of", as_of);
#undef ROW
