#include "sheet_file.h"

#include "base/file_bytes.h"
#include "book_mark.h"
#include "check/csv_table.h"
#include "xlsx/xlsx_rows.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)SHEET_FILE_BYTES_MAX == (int)CSV_BYTES_MAX &&
                  (int)SHEET_FILE_BYTES_MAX == (int)PACKAGE_BYTES_MAX,
              "what is too large is told by the one or the other");

const char *
sheet_column_key(const char *text, char room[UTF8_KEY_BYTES])
{
	/* Headers and measures in traditional characters. */
	static const struct {
		const char *traditional, *simplified;
	} pairs[] = {{"單", "单"}, {"萬", "万"}, {"億", "亿"}, {"額", "额"},
	             {"計", "计"}, {"貨", "货"}, {"幣", "币"}};
	enum { WIDE = sizeof "單" - 1 };
	char other[UTF8_KEY_BYTES];
	const char *key = utf8_key(text, other);
	size_t used = 0;
	for (; *key && used < UTF8_KEY_BYTES - WIDE; key++) {
		const char *found = NULL;
		for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
			if (!strncmp(key, pairs[i].traditional, WIDE))
				found = pairs[i].simplified;
		if (found) {
			memcpy(room + used, found, WIDE);
			used += WIDE;
			key += WIDE - 1;
		} else if (*key != ' ' && *key != '*') {
			room[used++] = *key;
		}
	}
	room[used] = 0;
	return room;
}

struct filing {
	struct workbook *workbook;
	header_kind_of *known;
	const void *context;
	struct arena *arena;
	struct text_table *tables;
	size_t count;
	struct sheet_origin *origin;
};

/* The hidden sheet says whose workbook it is. */
static bool
read_origin(struct filing *f, size_t at, struct text_failure *failure)
{
	struct text_table table;
	struct arena arena;
	arena_init(&arena, f->arena->bytes_max);
	bool good = book_read_rows(f->workbook, at, HEADER_ROWS_MAX, &arena, &table, failure);
	f->origin->ours = good && table.row_count && !strcmp(text_cell(&table.rows[0], 0), SHEET_BOOK_MARK);
	for (size_t i = 0; f->origin->ours && i < table.row_count; i++)
		if (!strcmp(text_cell(&table.rows[i], 0), "office") &&
		    !unit_parse(text_cell(&table.rows[i], 1), &f->origin->office))
			f->origin->office = 0;
	arena_free(&arena);
	return good;
}

/* The table's rows from its header on: the first that is known, else one like it. False: it has none. */
static bool
find_header(const struct filing *f, struct text_table *table)
{
	size_t like = SIZE_MAX, at = SIZE_MAX;
	for (size_t i = 0; i < table->row_count && i < HEADER_ROWS_MAX && at == SIZE_MAX; i++) {
		enum header_kind kind = f->known(f->context, &table->rows[i]);
		if (kind == HEADER_KNOWN)
			at = i;
		else if (kind == HEADER_LIKE && like == SIZE_MAX)
			like = i;
	}
	at = at == SIZE_MAX ? like : at;
	if (at == SIZE_MAX)
		return false;
	table->rows += at;
	table->row_count -= at;
	table->above_count = at;
	return true;
}

/* ---------------------------------------------------------------- headers of several rows */

/* Does a heading that was merged over several columns stand above the cell? */
static bool
is_below_group(const struct text_table *table, size_t line, size_t column)
{
	for (size_t i = 0; i < table->merged_count; i++) {
		const struct text_area *a = &table->merged[i];
		if (a->line >= table->rows[0].line && a->line_last < line && a->column < a->column_last &&
		    a->column <= column && column <= a->column_last)
			return true;
	}
	return false;
}

/* How many rows more the header has: cells of it are merged downwards, and what stands in these rows stands
 * below headings that are merged sideways. Else they are data, and merged by mistake. */
static size_t
header_more_rows(const struct text_table *table)
{
	size_t first = table->rows[0].line, last = first, more = 0;
	for (size_t i = 0; i < table->merged_count; i++) {
		const struct text_area *a = &table->merged[i];
		if (a->line == first && a->column == a->column_last && a->line_last > last)
			last = a->line_last;
	}
	for (size_t i = 1; i < table->row_count && table->rows[i].line <= last; i++, more++)
		for (size_t at = 0; at < table->rows[i].cell_count; at++)
			if (*table->rows[i].cells[at] && !is_below_group(table, table->rows[i].line, at))
				return 0;
	return more;
}

/* Makes one row of them: of each column the lowest text. */
static bool
join_header(struct arena *arena, struct text_table *table)
{
	size_t more = header_more_rows(table), width = 0;
	if (!more)
		return true;
	for (size_t i = 0; i <= more; i++)
		width = table->rows[i].cell_count > width ? table->rows[i].cell_count : width;
	const char **cells = arena_array(arena, width, sizeof *cells);
	if (!cells)
		return false;
	for (size_t at = 0; at < width; at++) {
		cells[at] = "";
		for (size_t i = 0; i <= more; i++)
			if (*text_cell(&table->rows[i], at))
				cells[at] = text_cell(&table->rows[i], at);
	}
	table->rows += more;
	table->row_count -= more;
	table->above_count += more;
	table->rows[0].cells = cells;
	table->rows[0].cell_count = width;
	table->rows[0].marks = NULL;
	return true;
}

/* A sheet that is not read is named, as somebody may have filled it in. */
static bool
pass_over(struct filing *f, size_t at, struct text_failure *failure)
{
	const struct workbook_sheet *sheet = &f->workbook->sheets[at];
	if (sheet->hidden)
		return true;
	const char *name = arena_string(f->arena, sheet->name);
	if (!name)
		return text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
	f->origin->passed_over[f->origin->passed_over_count++] = name;
	return true;
}

/* The first rows say whether the whole is wanted: a register of all households may stand beside the report.
 */
static bool
read_sheet(struct filing *f, size_t at, struct text_failure *failure)
{
	struct text_table table;
	struct arena first;
	arena_init(&first, f->arena->bytes_max);
	bool good = book_read_rows(f->workbook, at, HEADER_ROWS_MAX, &first, &table, failure);
	bool wanted = good && find_header(f, &table);
	arena_free(&first);
	if (!wanted)
		return good && pass_over(f, at, failure);
	if (!book_read_rows(f->workbook, at, 0, f->arena, &table, failure))
		return false;
	table.sheet = arena_string(f->arena, table.sheet);
	if (!table.sheet)
		return text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
	if (!find_header(f, &table))
		return true;
	f->tables[f->count++] = table;
	return join_header(f->arena, &f->tables[f->count - 1]) ||
	       text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
}

/* Names the sheets of a workbook of which none is read. */
static bool
none_known(const struct workbook *w, struct text_failure *failure)
{
	char names[2 * PROBLEM_DETAIL_BYTES] = "";
	size_t used = 0;
	for (size_t i = 0; i < w->sheet_count && used < sizeof names; i++)
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", w->sheets[i].name);
	return text_fail(failure, PROBLEM_SHEETS_UNKNOWN, 0, names);
}

/* Leaves out sheets without rows if there are several; one stays, to be named in the failure. */
static void
drop_empty(struct filing *f)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->count; i++)
		if (f->tables[i].row_count > 1)
			f->tables[kept++] = f->tables[i];
	f->count = kept ? kept : 1;
}

static bool
read_workbook(struct filing *f, struct text_failure *failure)
{
	for (size_t i = 0; i < f->workbook->sheet_count; i++) {
		bool mark = !strcmp(f->workbook->sheets[i].name, SHEET_BOOK_NAME);
		if ((mark && !read_origin(f, i, failure)) || !read_sheet(f, i, failure))
			return false;
	}
	if (!f->count)
		return none_known(f->workbook, failure);
	drop_empty(f);
	return true;
}

/* With each separator in turn, until a header is found; of none, what commas say. */
static bool
read_csv(struct filing *f, const char *bytes, size_t size, struct text_failure *failure)
{
	struct text_table *table = &f->tables[f->count++];
	bool by_commas = false;
	for (const char *separator = ",;\t"; *separator; separator++) {
		struct text_failure other;
		struct text_table found;
		bool comma = *separator == ',';
		bool good = csv_read_bytes(bytes, size, *separator, f->arena, &found, comma ? failure : &other);
		bool known = good && find_header(f, &found);
		by_commas |= comma && good;
		if (known || (comma && good))
			*table = found;
		if (known)
			return true;
	}
	return by_commas;
}

bool
sheet_bytes_read(const char *name, const void *bytes, size_t size, header_kind_of *known, const void *context,
                 struct arena *arena, struct text_table **tables, size_t *count, struct sheet_origin *origin,
                 struct text_failure *failure)
{
	struct filing f = {.known = known, .context = context, .arena = arena, .origin = origin};
	*origin = (struct sheet_origin){0};
	bool packed = package_looks_like(name, bytes, size), good = false;
	if (packed && !(f.workbook = book_open(bytes, size, failure)))
		return false;
	size_t most = packed ? f.workbook->sheet_count : 1;
	f.tables = arena_array(arena, most, sizeof *f.tables);
	origin->passed_over = arena_array(arena, most, sizeof *origin->passed_over);
	if (!f.tables || !origin->passed_over)
		text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
	else if (packed)
		good = read_workbook(&f, failure);
	else
		good = read_csv(&f, bytes, size, failure);
	book_close(&f.workbook);
	*tables = f.tables;
	*count = f.count;
	return good;
}

bool
sheet_file_read(const char *path, header_kind_of *known, const void *context, struct arena *arena,
                struct text_table **tables, size_t *count, struct sheet_origin *origin,
                struct text_failure *failure)
{
	size_t size;
	char *bytes = file_read(path, SHEET_FILE_BYTES_MAX, &size);
	bool good =
	    bytes ? sheet_bytes_read(path, bytes, size, known, context, arena, tables, count, origin, failure)
	          : text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(errno));
	free(bytes);
	return good;
}
