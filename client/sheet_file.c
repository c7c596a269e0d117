#include "sheet_file.h"

#include "csv_table.h"
#include "file_bytes.h"
#include "sheet_book.h"
#include "xlsx_rows.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)SHEET_FILE_BYTES_MAX == (int)CSV_BYTES_MAX &&
                  (int)SHEET_FILE_BYTES_MAX == (int)PACKAGE_BYTES_MAX,
              "what is too large is told by the one or the other");

struct filing {
	struct workbook *workbook;
	is_header *known;
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

/* The table's rows from its header on; false: it has none that is known. */
static bool
find_header(const struct filing *f, struct text_table *table)
{
	for (size_t i = 0; i < table->row_count && i < HEADER_ROWS_MAX; i++)
		if (f->known(f->context, &table->rows[i])) {
			table->rows += i;
			table->row_count -= i;
			return true;
		}
	return false;
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
	table->rows[0].cells = cells;
	table->rows[0].cell_count = width;
	table->rows[0].marks = NULL;
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
		return good;
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

/* Which sheets there are, for whoever expected one to be read. */
static bool
none_known(const struct workbook *w, struct text_failure *failure)
{
	char names[2 * PROBLEM_DETAIL_BYTES] = "";
	size_t used = 0;
	for (size_t i = 0; i < w->sheet_count && used < sizeof names; i++)
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", w->sheets[i].name);
	return text_fail(failure, PROBLEM_SHEETS_UNKNOWN, 0, names);
}

/* Of several sheets, those that nobody filled in; one stays to be spoken of. */
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

bool
sheet_bytes_read(const char *name, const void *bytes, size_t size, is_header *known, const void *context,
                 struct arena *arena, struct text_table **tables, size_t *count, struct sheet_origin *origin,
                 struct text_failure *failure)
{
	struct filing f = {.known = known, .context = context, .arena = arena, .origin = origin};
	*origin = (struct sheet_origin){0};
	bool packed = package_looks_like(name, bytes, size), good = false;
	if (packed && !(f.workbook = book_open(bytes, size, failure)))
		return false;
	f.tables = arena_array(arena, packed ? f.workbook->sheet_count : 1, sizeof *f.tables);
	if (!f.tables)
		text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
	else if (packed)
		good = read_workbook(&f, failure);
	else
		good = csv_read_bytes(bytes, size, arena, &f.tables[f.count++], failure);
	book_close(&f.workbook);
	*tables = f.tables;
	*count = f.count;
	return good;
}

bool
sheet_file_read(const char *path, is_header *known, const void *context, struct arena *arena,
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
