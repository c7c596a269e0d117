#include "json.h"

#include "base/decimal.h"
#include "base/shown.h"
#include "base/utf8.h"

#include <json.h>

/* ---------------------------------------------------------------- cells */

/* {name: the rest}: of one column its value, of several an object; what has no name is left out. */
static struct json_object *
named_json(struct reading *r, const struct cell *cell)
{
	const struct columns *all = cell->columns;
	const struct columns rest = {all->name, all->items + 1, all->count - 1, all->row_bytes};
	struct json_object *o = json_object_new_object();
	for (size_t i = 0; i < (size_t)cell->value; i++) {
		const void *row = columns_row(all, cell->rows, i);
		struct cell name = column_cell(r, row, &all->items[0]);
		if (!*name.text)
			continue;
		struct json_object *item = json_record(r, &rest, row);
		if (rest.count == 1) {
			struct json_object *only = json_object_get(json_object_object_get(item, rest.items[0].key));
			json_object_put(item);
			item = only;
		}
		json_object_object_add(o, name.code ? name.code : name.text, item);
	}
	return o;
}

static struct json_object *
cell_json(struct reading *r, const struct cell *cell)
{
	char text[DECIMAL_TEXT_BYTES];
	switch (cell->kind) {
	case CELL_NONE:
		return NULL;
	case CELL_TEXT:
		return json_object_new_string(cell->code ? cell->code : cell->text);
	case CELL_CODE:
	case CELL_COUNT:
	case CELL_TIME:
	case CELL_DEADLINE:
		return json_object_new_int64(cell->value);
	case CELL_FLAG:
		return json_object_new_boolean((json_bool)cell->value);
	case CELL_NUMBER:
	case CELL_CHANGE:
		return json_object_new_string(decimal_plain(cell->value, cell->decimals, text));
	case CELL_SHARE:
		return json_object_new_string(decimal_plain(cell->value, 1, text));
	case CELL_ROWS:
		return json_rows(r, cell->columns, cell->rows, (size_t)cell->value);
	case CELL_RECORD:
		return json_record(r, cell->columns, cell->rows);
	case CELL_NAMED:
		return named_json(r, cell);
	}
	return NULL;
}

static bool
is_nothing(const struct cell *cell)
{
	return cell->kind == CELL_TEXT ? !*(cell->code ? cell->code : cell->text)
	                               : cell->kind == CELL_NONE || (!cell->value && cell->kind != CELL_FLAG);
}

struct json_object *
json_record(struct reading *r, const struct columns *columns, const void *row)
{
	struct json_object *o = json_object_new_object();
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = &columns->items[i];
		if (column->table_only)
			continue;
		struct cell cell = column_cell(r, row, column);
		if (!cell.absent && (!column->maybe || !is_nothing(&cell)))
			json_object_object_add(o, column->key, cell_json(r, &cell));
	}
	return o;
}

struct json_object *
json_rows(struct reading *r, const struct columns *columns, const void *rows, size_t count)
{
	struct json_object *list = json_object_new_array();
	const struct column *only = columns->items[0].key ? NULL : &columns->items[0];
	for (size_t i = 0; i < count; i++) {
		const void *row = columns_row(columns, rows, i);
		struct cell cell = only ? column_cell(r, row, only) : (struct cell){0};
		json_object_array_add(list, only ? cell_json(r, &cell) : json_record(r, columns, row));
	}
	return list;
}

void
json_add_members(struct json_object *o, struct reading *r, const struct json_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!members[i].cell.absent)
			json_object_object_add(o, members[i].key, cell_json(r, &members[i].cell));
}

struct json_object *
json_members(struct reading *r, const struct json_member *members, size_t count)
{
	struct json_object *o = json_object_new_object();
	json_add_members(o, r, members, count);
	return o;
}

/* ---------------------------------------------------------------- printing */

/* U+FFFD for what is not UTF-8; in JSON all others keep their value. */
static size_t
put_escaped(FILE *out, const char *at)
{
	enum { REPLACEMENT = 0xFFFD, PLANE = 0x10000, HIGH = 0xD800, LOW = 0xDC00, HALF = 10, MASK = 0x3FF };
	int32_t point;
	bool shown;
	size_t bytes = utf8_look(at, &point, &shown);
	char room[16];
	if (bytes && point >= PLANE)
		snprintf(room, sizeof room, "\\u%04x\\u%04x", (unsigned)(HIGH + ((point - PLANE) >> HALF)),
		         (unsigned)(LOW + ((point - PLANE) & MASK)));
	else
		snprintf(room, sizeof room, "\\u%04x", bytes ? (unsigned)point : REPLACEMENT);
	if (shown)
		fwrite(at, 1, bytes, out);
	else
		fputs(room, out);
	return bytes ? bytes : 1;
}

void
json_print(FILE *out, struct json_object *object, int flags)
{
	const char *text = json_object_to_json_string_ext(object, flags);
	while (*text) {
		size_t plain = 0;
		while (text[plain] && (unsigned char)text[plain] < 0x7F)
			plain++;
		fwrite(text, 1, plain, out);
		text += plain;
		if (*text)
			text += put_escaped(out, text);
	}
}

bool
json_line(struct json_object *object)
{
	FILE *out = shown_below(stdout);
	json_print(out, object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	putc('\n', out);
	json_object_put(object);
	return !fflush(out);
}
