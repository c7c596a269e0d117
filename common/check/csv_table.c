#include "csv_table.h"

#include "base/utf8.h"

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
	text = (char *)(uintptr_t)utf8_trim(text, &size);
	text[size] = 0;
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

/* Bytes of a line with its end: LF, CRLF or CR. */
static size_t
line_size(const char *line, size_t left)
{
	size_t size = 0;
	while (size < left && line[size] != '\n' && line[size] != '\r')
		size++;
	if (size + 1 < left && line[size] == '\r' && line[size + 1] == '\n')
		return size + 2;
	return size < left ? size + 1 : size;
}

/* Feeds line by line, so that each row knows its first line in the file. */
static bool
parse(const char *bytes, size_t size, char separator, struct reader *r, struct text_failure *failure)
{
	struct csv_parser parser;
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
		return text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, "no memory");
	bool good = true;
	size_t used = 0;
	if (size > 4 && !memcmp(bytes, "sep=", 4) && bytes[4] != '\n' && bytes[4] != '\r') {
		separator = bytes[4];
		used = line_size(bytes, size);
		r->line = 1;
	}
	csv_set_delim(&parser, (unsigned char)separator);
	while (good && used < size) {
		size_t length = line_size(bytes + used, size - used);
		r->line++;
		if (!r->row.cell_count && !r->row.line)
			r->row.line = r->line;
		good = csv_parse(&parser, bytes + used, length, take_cell, take_row, r) == length;
		used += length;
		bool ended = bytes[used - 1] == '\n' || bytes[used - 1] == '\r';
		if (!r->row.cell_count && good && ended && parser.quoted == 0)
			r->row.line = r->line + 1;
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

/* To UTF-8; NULL if it is not in that encoding. */
static char *
convert(const char *encoding, const char *bytes, size_t size, struct arena *arena, size_t *size_out)
{
	iconv_t converter = iconv_open("UTF-8", encoding);
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

/* The file's text as UTF-8, without a byte order mark; NULL: it is none. GBK and GB2312 are subsets of
 * GB18030. */
static const char *
as_utf8(const char *bytes, size_t size, struct arena *arena, size_t *size_out)
{
	if (size >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2)))
		bytes = convert(bytes[0] == '\xFF' ? "UTF-16LE" : "UTF-16BE", bytes + 2, size - 2, arena, &size);
	else if (size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3))
		bytes += 3, size -= 3;
	if (!bytes || memchr(bytes, 0, size))
		return NULL;
	if (!utf8_valid(bytes, size))
		bytes = convert("GB18030", bytes, size, arena, &size);
	*size_out = size;
	return bytes;
}

bool
csv_read_bytes(const char *bytes, size_t size, char separator, struct arena *arena, struct text_table *out,
               struct text_failure *failure)
{
	struct text_table table = {0};
	if (size > CSV_BYTES_MAX)
		return text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(EFBIG));
	const char *text = as_utf8(bytes, size, arena, &size);
	if (!text)
		return text_fail(failure, PROBLEM_FILE_ENCODING, 0, "");
	struct reader reader = {.arena = arena, .table = &table};
	if (!parse(text, size, separator, &reader, failure))
		return false;
	*out = table;
	return true;
}
