#include "csv_table.h"

#include "utf8.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct arena *arena;
	struct text_table *table;
	struct text_row row; /* being filled */
	size_t row_room, cell_room, line;
	bool out_of_memory;
};

static void
take_cell(void *bytes, size_t size, void *data)
{
	struct reader *r = data;
	if (r->out_of_memory)
		return;
	const char **cells = arena_grow(r->arena, r->row.cells, r->row.cell_count, &r->cell_room, sizeof *cells);
	char *text = arena_text(r->arena, bytes, size);
	if (!cells || !text) {
		r->out_of_memory = true;
		return;
	}
	r->row.cells = cells;
	cells[r->row.cell_count++] = text;
}

static void
take_row(int terminator, void *data)
{
	(void)terminator;
	struct reader *r = data;
	if (!r->out_of_memory && !text_row_is_empty(&r->row)) {
		struct text_row *rows =
		    arena_grow(r->arena, r->table->rows, r->table->row_count, &r->row_room, sizeof *rows);
		if (rows) {
			r->table->rows = rows;
			rows[r->table->row_count++] = r->row;
		}
		r->out_of_memory = !rows;
	}
	r->row = (struct text_row){.line = r->line + 1};
	r->cell_room = 0;
}

/* Feeds line by line, so that each row knows its first line in the file. */
static bool
parse(const char *bytes, size_t size, struct reader *r, struct text_failure *failure)
{
	struct csv_parser parser;
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
		return text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, "no memory");
	bool good = true;
	for (size_t used = 0; good && used < size;) {
		const char *newline = memchr(bytes + used, '\n', size - used);
		size_t length = newline ? (size_t)(newline - bytes) + 1 - used : size - used;
		r->line++;
		if (!r->row.cell_count && !r->row.line)
			r->row.line = r->line;
		good = csv_parse(&parser, bytes + used, length, take_cell, take_row, r) == length;
		if (!r->row.cell_count && good && parser.quoted == 0)
			r->row.line = r->line + 1;
		used += length;
	}
	if (good)
		good = !csv_fini(&parser, take_cell, take_row, r);
	csv_free(&parser);
	if (!good)
		return text_fail(failure, PROBLEM_CSV_MALFORMED, r->row.line ? r->row.line : r->line, "");
	if (r->out_of_memory)
		return text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, "too large");
	return true;
}

/* GB18030 to UTF-8 (GBK and GB2312 are subsets); NULL if it is not that either. */
static char *
from_gb18030(const char *bytes, size_t size, struct arena *arena, size_t *size_out)
{
	iconv_t converter = iconv_open("UTF-8", "GB18030");
	if (converter == (iconv_t)-1)
		return NULL;
	size_t room = size * 2 + 16, left = room;
	char *text = arena_alloc(arena, room), *to = text;
	char *from = (char *)(uintptr_t)bytes;
	bool good = text && iconv(converter, &from, &size, &to, &left) != (size_t)-1 && !size;
	iconv_close(converter);
	*size_out = room - left;
	return good ? text : NULL;
}

bool
csv_read_bytes(const char *bytes, size_t size, struct arena *arena, struct text_table *out,
               struct text_failure *failure)
{
	struct text_table table = {0};
	if (size > CSV_BYTES_MAX)
		return text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(EFBIG));
	if (size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) {
		bytes += 3;
		size -= 3;
	}
	if (memchr(bytes, 0, size))
		return text_fail(failure, PROBLEM_FILE_ENCODING, 0, "");
	if (!utf8_valid(bytes, size)) {
		bytes = from_gb18030(bytes, size, arena, &size);
		if (!bytes)
			return text_fail(failure, PROBLEM_FILE_ENCODING, 0, "");
	}
	struct reader reader = {.arena = arena, .table = &table};
	if (!parse(bytes, size, &reader, failure))
		return false;
	*out = table;
	return true;
}
