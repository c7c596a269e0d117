#include "xlsx_read.h"

#include "base/grow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FORMATS_MAX = 65536, /* styles of cells: Excel has 65,490 */
	CODES_MAX = 1024,    /* formats of one's own: Excel has 250 */
};

/* ---------------------------------------------------------------- texts */

void
cell_text_begin(struct workbook *w)
{
	w->text.size = 0;
	w->text.ruby = 0;
	w->text.taking = false;
}

/* Room for so many bytes more: hardly a cell is as long as one may be. False: no memory. */
static bool
make_room(struct cell_text *t, size_t size)
{
	return grow(&t->bytes, &t->room, t->size + size + 1, 1);
}

void
cell_text_add(struct workbook *w, const char *text, size_t size)
{
	struct cell_text *t = &w->text;
	if (!t->taking || t->ruby)
		return;
	if (size > CELL_BYTES_MAX - t->size || !make_room(t, size)) {
		package_fail(w->package, PROBLEM_WORKBOOK_TOO_LARGE, 0, 0, "a cell of 32767 characters");
		return;
	}
	memcpy(t->bytes + t->size, text, size);
	t->size += size;
}

const char *
cell_text_end(struct workbook *w)
{
	static const char blanks[] = " \t\r\n";
	struct cell_text *t = &w->text;
	while (t->size && strchr(blanks, t->bytes[t->size - 1]))
		t->size--;
	t->bytes[t->size] = 0;
	return t->bytes + strspn(t->bytes, blanks);
}

/* "_x000D_": the number; 0 if it is none, or none that a text has by itself. */
static unsigned
escaped(const char *at)
{
	char digits[5] = "";
	if (strncmp(at, "_x", 2) || strnlen(at, 7) < 7 || at[6] != '_')
		return 0;
	memcpy(digits, at + 2, 4);
	unsigned point = strspn(digits, "0123456789abcdefABCDEF") == 4 ? (unsigned)strtoul(digits, NULL, 16) : 0;
	return point >= 0xD800 && point <= 0xDFFF ? 0 : point;
}

const char *
cell_text_end_escaped(struct workbook *w)
{
	struct cell_text *t = &w->text;
	t->bytes[t->size] = 0;
	char *to = t->bytes;
	for (const char *at = t->bytes; *at;) {
		unsigned point = escaped(at);
		if (!point) {
			*to++ = *at++;
			continue;
		}
		if (point >= 0x800)
			*to++ = (char)(0xE0 | point >> 12);
		if (point >= 0x80)
			*to++ = (char)(point >= 0x800 ? 0x80 | (point >> 6 & 0x3F) : 0xC0 | point >> 6);
		*to++ = (char)(point >= 0x80 ? 0x80 | (point & 0x3F) : point);
		at += 7;
	}
	t->size = (size_t)(to - t->bytes);
	return cell_text_end(w);
}

/* ---------------------------------------------------------------- the texts that sheets share */

static void
on_string_start(void *context, const char *name, const char **attributes)
{
	struct workbook *w = context;
	(void)attributes;
	if (!strcmp(name, "si"))
		cell_text_begin(w);
	w->text.ruby += !strcmp(name, "rPh");
	w->text.taking = !strcmp(name, "t");
}

static void
on_string_end(void *context, const char *name)
{
	struct workbook *w = context;
	w->text.taking = false;
	w->text.ruby -= !strcmp(name, "rPh");
	if (strcmp(name, "si") != 0)
		return;
	const char **strings =
	    arena_grow(&w->arena, w->strings, w->string_count, &w->string_room, sizeof *strings);
	const char *text = arena_string(&w->arena, cell_text_end_escaped(w));
	if (!strings || !text) {
		package_fail(w->package, PROBLEM_WORKBOOK_TOO_LARGE, 0, 0, "256 MiB of texts");
		return;
	}
	w->strings = strings;
	strings[w->string_count++] = text;
}

static void
on_string_text(void *context, const char *text, size_t size)
{
	cell_text_add(context, text, size);
}

/* ---------------------------------------------------------------- styles */

/* Which format each style has: cellXfs, whose formats of one's own stand before in numFmts. */
struct styling {
	struct workbook *workbook;
	bool in_codes, in_cells;
	size_t code_count;
	struct {
		unsigned id;
		struct number_format format;
	} codes[CODES_MAX];
};

static unsigned
number_of(const char *text)
{
	return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static void
add_code(struct styling *s, const char **attributes)
{
	const char *code = attribute_of(attributes, "formatCode");
	if (!code)
		return;
	if (s->code_count == CODES_MAX) {
		package_fail(s->workbook->package, PROBLEM_WORKBOOK_TOO_LARGE, 0, 0, "1024 number formats");
		return;
	}
	s->codes[s->code_count].id = number_of(attribute_of(attributes, "numFmtId"));
	s->codes[s->code_count++].format = number_format_of_code(code);
}

static void
add_format(struct styling *s, const char **attributes)
{
	struct workbook *w = s->workbook;
	unsigned id = number_of(attribute_of(attributes, "numFmtId"));
	struct number_format *formats =
	    arena_grow(&w->arena, w->formats, w->format_count, &w->format_room, sizeof *formats);
	if (!formats || w->format_count == FORMATS_MAX) {
		package_fail(w->package, PROBLEM_WORKBOOK_TOO_LARGE, 0, 0, "65536 styles");
		return;
	}
	w->formats = formats;
	formats[w->format_count] = number_format_of_id(id);
	for (size_t i = 0; i < s->code_count; i++)
		if (s->codes[i].id == id)
			formats[w->format_count] = s->codes[i].format;
	w->format_count++;
}

static void
on_style_start(void *context, const char *name, const char **attributes)
{
	struct styling *s = context;
	s->in_codes |= !strcmp(name, "numFmts");
	s->in_cells |= !strcmp(name, "cellXfs");
	if (s->in_codes && !strcmp(name, "numFmt"))
		add_code(s, attributes);
	if (s->in_cells && !strcmp(name, "xf"))
		add_format(s, attributes);
}

static void
on_style_end(void *context, const char *name)
{
	struct styling *s = context;
	if (!strcmp(name, "numFmts"))
		s->in_codes = false;
	if (!strcmp(name, "cellXfs"))
		s->in_cells = false;
}

/* ---------------------------------------------------------------- the list of sheets */

static void
on_workbook_start(void *context, const char *name, const char **attributes)
{
	struct workbook *w = context;
	const char *since = attribute_of(attributes, "date1904");
	if (!strcmp(name, "workbookPr"))
		w->since_1904 = since && (!strcmp(since, "1") || !strcmp(since, "true"));
	const char *title = attribute_of(attributes, "name"), *id = attribute_of(attributes, "id");
	if (strcmp(name, "sheet") != 0 || !title || !id)
		return;
	if (w->sheet_count == WORKBOOK_SHEETS_MAX) {
		package_fail(w->package, PROBLEM_SHEETS_TOO_MANY, 0, WORKBOOK_SHEETS_MAX, "");
		return;
	}
	struct workbook_sheet *sheet = &w->sheets[w->sheet_count++];
	size_t used = 0;
	for (; title[used] && used < SHEET_NAME_BYTES - 1; used++)
		sheet->name[used] = (unsigned char)title[used] < ' ' ? ' ' : title[used];
	while (title[used] && used && ((unsigned char)title[used] & 0xC0) == 0x80)
		used--; /* no half of a character */
	sheet->name[used] = 0;
	snprintf(sheet->id, sizeof sheet->id, "%s", id);
	const char *state = attribute_of(attributes, "state");
	sheet->hidden = state && strcmp(state, "visible") != 0;
}

/* Charts and dialogues are named as sheets too, and have no rows: they are left out. */
static void
take_parts(struct workbook *w, const struct part_link *links, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < w->sheet_count; i++)
		for (size_t k = 0; k < count; k++)
			if (!strcmp(links[k].id, w->sheets[i].id)) {
				struct workbook_sheet sheet = w->sheets[i];
				memcpy(sheet.part, links[k].part, sizeof sheet.part);
				w->sheets[kept++] = sheet;
				break;
			}
	w->sheet_count = kept;
}

/* ---------------------------------------------------------------- opening */

static bool
read_sheets(struct workbook *w, const char *part, struct text_failure *failure)
{
	const struct part_reader reader = {.context = w, .start = on_workbook_start};
	struct part_link *links = calloc(WORKBOOK_SHEETS_MAX, sizeof *links);
	size_t count = 0;
	bool good = links || text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
	good = good && package_read(w->package, part, &reader, failure) &&
	       package_links(w->package, part, "/worksheet", links, WORKBOOK_SHEETS_MAX, &count, failure);
	if (good && count > WORKBOOK_SHEETS_MAX) {
		good = text_fail(failure, PROBLEM_SHEETS_TOO_MANY, 0, "");
		failure->limit = WORKBOOK_SHEETS_MAX;
	}
	if (good)
		take_parts(w, links, count);
	if (good && !w->sheet_count)
		good = text_fail(failure, PROBLEM_WORKBOOK_PART_MISSING, 0, "worksheet");
	free(links);
	return good;
}

/* A part that a workbook may do without. */
static bool
read_other(struct workbook *w, const char *part, const char *type, const struct part_reader *reader,
           struct text_failure *failure)
{
	struct part_link link;
	size_t count;
	if (!package_links(w->package, part, type, &link, 1, &count, failure))
		return false;
	return !count || package_read(w->package, link.part, reader, failure);
}

/* Some programs name the part even if there is none, as every text is in its cell. A cell that needs one says
 * so. */
static bool
read_strings(struct workbook *w, const char *part, struct text_failure *failure)
{
	const struct part_reader reader = {w, on_string_start, on_string_end, on_string_text};
	bool good = read_other(w, part, "/sharedStrings", &reader, failure);
	bool missing = !good && failure->code == PROBLEM_WORKBOOK_PART_MISSING;
	if (missing)
		*failure = (struct text_failure){0};
	return good || missing;
}

static bool
read_styles(struct workbook *w, const char *part, struct text_failure *failure)
{
	struct styling *styling = calloc(1, sizeof *styling);
	if (!styling)
		return text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
	styling->workbook = w;
	const struct part_reader reader = {.context = styling, .start = on_style_start, .end = on_style_end};
	bool good = read_other(w, part, "/styles", &reader, failure);
	free(styling);
	return good;
}

static bool
read_parts(struct workbook *w, struct text_failure *failure)
{
	struct part_link main, macros;
	size_t count;
	if (!package_links(w->package, "", "/officeDocument", &main, 1, &count, failure))
		return false;
	if (!count)
		return text_fail(failure, PROBLEM_WORKBOOK_PART_MISSING, 0, "xl/workbook.xml");
	if (!read_sheets(w, main.part, failure) ||
	    !package_links(w->package, main.part, "/vbaProject", &macros, 1, &count, failure))
		return false;
	if (count)
		return text_fail(failure, PROBLEM_WORKBOOK_MACROS, 0, "");
	return read_styles(w, main.part, failure) && read_strings(w, main.part, failure);
}

struct workbook *
book_open(const void *bytes, size_t size, struct text_failure *failure)
{
	struct workbook *w = calloc(1, sizeof *w);
	if (!w) {
		text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
		return NULL;
	}
	arena_init(&w->arena, WORKBOOK_STRINGS_BYTES);
	if (!make_room(&w->text, 0))
		text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
	else
		w->package = package_open(bytes, size, failure);
	if (!w->package || !read_parts(w, failure))
		book_close(&w);
	return w;
}

void
book_close(struct workbook **workbook)
{
	struct workbook *w = *workbook;
	if (!w)
		return;
	package_close(&w->package);
	arena_free(&w->arena);
	free(w->text.bytes);
	free(w);
	*workbook = NULL;
}
