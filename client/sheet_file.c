#include "sheet_file.h"

#include "csv_table.h"
#include "sheet_book.h"
#include "xlsx_rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
	if (find_header(f, &table))
		f->tables[f->count++] = table;
	return true;
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
sheet_file_read(const char *path, is_header *known, const void *context, struct arena *arena,
                struct text_table **tables, size_t *count, struct sheet_origin *origin,
                struct text_failure *failure)
{
	struct filing f = {.known = known, .context = context, .arena = arena, .origin = origin};
	*origin = (struct sheet_origin){0};
	bool packed = package_looks_like(path), good = false;
	if (packed && !(f.workbook = book_open(path, failure)))
		return false;
	f.tables = arena_array(arena, packed ? f.workbook->sheet_count : 1, sizeof *f.tables);
	if (!f.tables)
		text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
	else if (packed)
		good = read_workbook(&f, failure);
	else
		good = csv_read_file(path, arena, &f.tables[f.count++], failure);
	book_close(&f.workbook);
	*tables = f.tables;
	*count = f.count;
	return good;
}
