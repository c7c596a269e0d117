#include "listing.h"

#include "json.h"
#include "table.h"

#include <json.h>
#include <stdlib.h>

struct listing {
	struct output *output;
	const struct columns *columns;
	struct reading *reading;
	struct json_object *list; /* FORMAT_JSON */
	struct table *table;      /* any other */
	struct cell *cells;
	const struct column **shown; /* the columns that are in the table */
	size_t count;
};

static bool
begin_table(struct listing *l, const char *sheet, unsigned with)
{
	struct table_column *titles = calloc(l->columns->count, sizeof *titles);
	l->shown = calloc(l->columns->count, sizeof *l->shown);
	l->cells = calloc(l->columns->count, sizeof *l->cells);
	for (size_t i = 0; titles && l->shown && i < l->columns->count; i++) {
		const struct column *column = &l->columns->items[i];
		if (!column_in_table(column, with))
			continue;
		titles[l->count] = (struct table_column){
		    column_title(l->reading, column, l->output->format == FORMAT_CSV), column->right};
		l->shown[l->count++] = column;
	}
	if (titles && l->shown && l->cells)
		l->table = table_create(l->output, sheet, titles, l->count);
	free(titles);
	return l->table;
}

struct listing *
listing_begin(struct output *output, const char *sheet, const struct columns *columns,
              struct reading *reading, unsigned with)
{
	struct listing *l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->output = output;
	l->columns = columns;
	l->reading = reading;
	if (output->format == FORMAT_JSON)
		l->list = json_object_new_array();
	else
		begin_table(l, sheet, with);
	if (!l->list && !l->table)
		listing_discard(&l);
	return l;
}

bool
listing_add(struct listing *l, const void *row)
{
	struct reading *r = l->reading;
	arena_reset(&r->arena);
	if (l->list)
		return !json_object_array_add(l->list, json_record(r, l->columns, row)) && !r->arena.exhausted;
	for (size_t i = 0; i < l->count; i++) {
		l->cells[i] = column_cell(r, row, l->shown[i]);
		if (l->shown[i]->dash && !l->cells[i].value)
			l->cells[i].kind = CELL_NONE;
	}
	return table_add(l->table, l->cells) && !r->arena.exhausted;
}

void
listing_discard(struct listing **listing)
{
	struct listing *l = *listing;
	if (!l)
		return;
	json_object_put(l->list);
	table_destroy(&l->table);
	free(l->cells);
	free(l->shown);
	free(l);
	*listing = NULL;
}

bool
listing_end(struct listing **listing)
{
	struct listing *l = *listing;
	bool good = l->list || table_end(l->table);
	if (l->list)
		output_json(l->output, json_object_get(l->list));
	listing_discard(listing);
	return good;
}

bool
show_rows(struct output *output, const char *sheet, const struct columns *columns, struct reading *r,
          const void *rows, size_t count)
{
	struct listing *l = listing_begin(output, sheet, columns, r, 0);
	bool good = l;
	for (size_t i = 0; good && i < count; i++)
		good = listing_add(l, columns_row(columns, rows, i));
	if (good)
		return listing_end(&l);
	listing_discard(&l);
	return false;
}

bool
show_answer(struct output *output, const char *sheet, const struct columns *columns, const char *key,
            struct reading *r, const void *answer)
{
	arena_reset(&r->arena);
	if (output->format == FORMAT_JSON) {
		output_json(output, json_record(r, columns, answer));
		return !r->arena.exhausted;
	}
	struct cell rows = column_cell(r, answer, columns_find(columns, key));
	return show_rows(output, sheet, rows.columns, r, rows.rows, (size_t)rows.value);
}

void
output_json(struct output *output, struct json_object *json)
{
	json_print(output->stream, json, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
	putc('\n', output->stream);
	json_object_put(json);
}
