#include "xlsx_mark.h"

#include "base/file_bytes.h"
#include "base/whole_file.h"
#include "xlsx/splice.h"
#include "xlsx/xlsx_read.h"
#include "xlsx_marking.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

/* A part that is written in the place of an old one, or beside all of them. */
struct new_part {
	char name[PART_NAME_BYTES];
	struct part_text text;
};

/* Of each sheet itself, its relations, comments and drawing; and the styles and the types. */
enum { NEW_PARTS_SHEET = 4, NEW_PARTS_BOOK = 2 };

struct marking {
	struct workbook *book;
	zip_t *from;                    /* the book's */
	const struct xlsx_mark **marks; /* by sheet, line, column */
	size_t count;
	struct red_styles red;
	char styles[PART_NAME_BYTES];
	size_t new_count, new_room;
	struct new_part *parts;
	FILE *types; /* what [Content_Types].xml gets */
	char *error;
};

static bool
fail(struct marking *m, const char *what)
{
	if (!*m->error)
		snprintf(m->error, MARK_ERROR_BYTES, "%.200s", what);
	return false;
}

/* ---------------------------------------------------------------- parts */

/* UTF-8, as every program writes it; in another encoding nothing could be put between. */
static bool
is_utf8(const char *bytes, size_t size)
{
	return size && (bytes[0] == '<' || (size > 3 && !memcmp(bytes, "\xEF\xBB\xBF<", 4)));
}

/* The new text of a part, if it has one already; else the old. NULL: it is not there, or unlike what we know.
 */
static struct part_text *
find_new(struct marking *m, const char *name)
{
	for (size_t i = 0; i < m->new_count; i++)
		if (!strcmp(m->parts[i].name, name))
			return &m->parts[i].text;
	return NULL;
}

static bool
load(struct marking *m, const char *name, struct part_text *out)
{
	zip_stat_t stat;
	*out = (struct part_text){0};
	zip_file_t *file = zip_stat(m->from, name, 0, &stat) ? NULL : zip_fopen(m->from, name, 0);
	if (!file)
		return false;
	if (stat.size < INT_MAX && (out->bytes = malloc(stat.size + 1))) {
		zip_int64_t got = zip_fread(file, out->bytes, stat.size);
		out->size = got > 0 ? (size_t)got : 0;
		out->bytes[out->size] = 0;
	}
	zip_fclose(file);
	if (out->bytes && is_utf8(out->bytes, out->size))
		return true;
	free(out->bytes);
	*out = (struct part_text){0};
	return false;
}

/* Takes `bytes` over. */
static bool
put_part(struct marking *m, const char *name, char *bytes, size_t size)
{
	if (!bytes || m->new_count == m->new_room) {
		free(bytes);
		return fail(m, bytes ? "too many sheets"
		                     : "the workbook is put together in a way that cannot be marked");
	}
	struct part_text *old = find_new(m, name);
	if (old) {
		free(old->bytes);
		*old = (struct part_text){bytes, size};
		return true;
	}
	struct new_part *part = &m->parts[m->new_count++];
	snprintf(part->name, sizeof part->name, "%s", name);
	part->text = (struct part_text){bytes, size};
	return true;
}

/* ---------------------------------------------------------------- a sheet */

/* "xl/worksheets/sheet1.xml": "xl/worksheets/_rels/sheet1.xml.rels". */
static void
relations_of(const char *part, char out[PART_NAME_BYTES])
{
	const char *slash = strrchr(part, '/');
	size_t folder = slash ? (size_t)(slash - part) + 1 : 0;
	snprintf(out, PART_NAME_BYTES, "%.*s_rels/%.100s.rels", (int)folder, part, part + folder);
}

static bool
add_relations(struct marking *m, const char *part, const char *text)
{
	static const char none[] =
	    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://"
	    "schemas.openxmlformats.org/package/2006/relationships\"></Relationships>";
	char name[PART_NAME_BYTES];
	struct part_text old;
	size_t size;
	relations_of(part, name);
	bool there = load(m, name, &old);
	const struct part_text empty = {(char *)(uintptr_t)none, sizeof none - 1};
	char *bytes = mark_before_end(there ? &old : &empty, "Relationships", text, &size);
	free(old.bytes);
	return put_part(m, name, bytes, size);
}

/* The sheet has comments: ours of an earlier time go, and those of now come beside the others. Where there
 * are neither, it stays as it is, whatever it has. */
static bool
renew_comments(struct marking *m, const char *comments, const char *drawing, struct old_marks *old,
               const struct xlsx_mark *const *marks, size_t count)
{
	struct part_text texts = {0}, boxes = {0}, others = {0}, rest = {0};
	size_t size = 0;
	bool good = load(m, comments, &texts) && load(m, drawing, &boxes) &&
	            (others.bytes = unmark_comments(&texts, old, &others.size)) &&
	            (rest.bytes = unmark_boxes(&boxes, old, &rest.size));
	bool ours = count || (good && old->count);
	if (good && ours) {
		char *bytes = mark_comments(&others, marks, count, &size);
		good = put_part(m, comments, bytes, size);
	}
	if (good && ours) {
		char *bytes = mark_boxes(&rest, &others, marks, count, &size);
		good = put_part(m, drawing, bytes, size);
	}
	free(texts.bytes);
	free(boxes.bytes);
	free(others.bytes);
	free(rest.bytes);
	return good || !ours || fail(m, "its comments are kept in a way that cannot be marked");
}

/* New parts, and where they are named. */
static bool
make_comments(struct marking *m, const char *part, size_t number, const struct xlsx_mark *const *marks,
              size_t count)
{
	char comments[64], drawing[64], relations[600];
	size_t size = 0;
	snprintf(comments, sizeof comments, "xl/fupin-comments%zu.xml", number);
	snprintf(drawing, sizeof drawing, "xl/drawings/fupin-marks%zu.vml", number);
	snprintf(
	    relations, sizeof relations,
	    "<Relationship Id=\"rIdFupinComments\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/"
	    "relationships/comments\" Target=\"/%s\"/><Relationship Id=\"rIdFupinMarks\" Type=\"http://"
	    "schemas.openxmlformats.org/officeDocument/2006/relationships/vmlDrawing\" Target=\"/%s\"/>",
	    comments, drawing);
	fprintf(m->types,
	        "<Override PartName=\"/%s\" "
	        "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml."
	        "comments+xml\"/><Override PartName=\"/%s\" "
	        "ContentType=\"application/vnd.openxmlformats-officedocument."
	        "vmlDrawing\"/>",
	        comments, drawing);
	char *texts = mark_comments(NULL, marks, count, &size);
	if (!put_part(m, comments, texts, size))
		return false;
	char *boxes = mark_boxes(NULL, NULL, marks, count, &size);
	return put_part(m, drawing, boxes, size) && add_relations(m, part, relations);
}

/* The parts that a sheet names, if any: usually a sheet has no relationships. */
static bool
find_link(struct marking *m, const char *part, const char *type, struct part_link *out, bool *found)
{
	struct text_failure failure = {0};
	size_t count;
	bool good = package_links(m->book->package, part, type, out, 1, &count, &failure);
	*found = good && count;
	return good || failure.code == PROBLEM_WORKBOOK_PART_MISSING;
}

static int
by_cell(const void *a, const void *b)
{
	const struct xlsx_mark *x = *(const void *const *)a, *y = *(const void *const *)b;
	return x->line != y->line ? (x->line > y->line) - (x->line < y->line)
	                          : (x->column > y->column) - (x->column < y->column);
}

/* Marks of now and cells that were marked before, in order; of a cell that is both, the former. */
static const struct xlsx_mark **
join(const struct xlsx_mark *const *marks, size_t count, const struct old_marks *old, size_t *joined)
{
	const struct xlsx_mark **all = calloc(count + old->count + 1, sizeof(const struct xlsx_mark *));
	*joined = 0;
	for (size_t i = 0; all && i < count; i++)
		all[(*joined)++] = marks[i];
	for (size_t i = 0; all && i < old->count; i++) {
		bool again = false;
		for (size_t k = 0; k < count && !again; k++)
			again = marks[k]->line == old->marks[i].line && marks[k]->column == old->marks[i].column;
		if (!again)
			all[(*joined)++] = &old->marks[i];
	}
	if (all && *joined)
		qsort(all, *joined, sizeof(const struct xlsx_mark *), by_cell);
	return all;
}

static bool
mark_cells(struct marking *m, const char *part, const struct xlsx_mark *const *marks, size_t count,
           const struct old_marks *old, const char *link)
{
	struct part_text text;
	size_t joined, size = 0;
	if (!load(m, part, &text))
		return fail(m, "a sheet that cannot be marked");
	const struct xlsx_mark **all = join(marks, count, old, &joined);
	char *bytes = all ? mark_sheet(&text, all, joined, &m->red, link, &size) : NULL;
	free(all);
	free(text.bytes);
	return put_part(m, part, bytes, size);
}

static bool
mark_one(struct marking *m, size_t sheet, const struct xlsx_mark *const *marks, size_t count)
{
	const char *part = m->book->sheets[sheet].part;
	struct part_link comments, drawing;
	struct old_marks old = {0};
	bool commented, drawn, good = true;
	if (!find_link(m, part, "/comments", &comments, &commented) ||
	    !find_link(m, part, "/vmlDrawing", &drawing, &drawn))
		return !count || fail(m, "a sheet that cannot be marked");
	/* A drawing without comments (of buttons, say) keeps its place: then there are red cells only. */
	if (commented && drawn)
		good = renew_comments(m, comments.part, drawing.part, &old, marks, count);
	else if (!drawn && count)
		good = make_comments(m, part, sheet + 1, marks, count);
	if (good && (count || old.count))
		good = mark_cells(m, part, marks, count, &old, drawn ? NULL : "rIdFupinMarks");
	free(old.marks);
	return good;
}

static bool
mark_sheets(struct marking *m)
{
	for (size_t sheet = 0; sheet < m->book->sheet_count; sheet++) {
		size_t first = 0, count = 0;
		while (first < m->count && strcmp(m->marks[first]->sheet, m->book->sheets[sheet].name) != 0)
			first++;
		while (first + count < m->count &&
		       !strcmp(m->marks[first + count]->sheet, m->book->sheets[sheet].name))
			count++;
		if (!mark_one(m, sheet, &m->marks[first], count))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- the copy */

static bool
find_styles(struct marking *m, struct part_text *out)
{
	struct part_link main, styles;
	struct text_failure failure;
	size_t count;
	bool good = package_links(m->book->package, "", "/officeDocument", &main, 1, &count, &failure) && count &&
	            package_links(m->book->package, main.part, "/styles", &styles, 1, &count, &failure) && count;
	if (!good || !load(m, styles.part, out))
		return fail(m, "the workbook has no styles that could be marked in");
	memcpy(m->styles, styles.part, sizeof m->styles);
	return mark_count_styles(out, &m->red.first) ||
	       fail(m, "the workbook has no styles that could be marked in");
}

static bool
mark_book(struct marking *m)
{
	static const char types_name[] = "[Content_Types].xml";
	struct part_text styles = {0}, types = {0};
	char *added = NULL;
	size_t added_size, size = 0;
	m->types = open_memstream(&added, &added_size);
	bool good = m->types && find_styles(m, &styles) && mark_sheets(m);
	if (m->types && fclose(m->types))
		good = false;
	char *bytes = good ? mark_styles(&styles, &m->red, &size) : NULL;
	good = good && put_part(m, m->styles, bytes, size);
	if (good && *added) {
		bytes = load(m, types_name, &types) ? mark_before_end(&types, "Types", added, &size) : NULL;
		good = put_part(m, types_name, bytes, size);
	}
	free(styles.bytes);
	free(types.bytes);
	free(added);
	return good;
}

/* Old parts are copied as they are packed; new ones come in their place or behind them. */
static bool
write_parts(struct marking *m, zip_t *to)
{
	zip_int64_t count = zip_get_num_entries(m->from, 0);
	for (zip_int64_t i = 0; i < count; i++) {
		const char *name = zip_get_name(m->from, (zip_uint64_t)i, 0);
		if (!name || find_new(m, name))
			continue;
		zip_source_t *source = zip_source_zip(to, m->from, (zip_uint64_t)i, ZIP_FL_COMPRESSED, 0, -1);
		if (!source || zip_file_add(to, name, source, ZIP_FL_ENC_UTF_8) < 0)
			return fail(m, zip_strerror(to));
	}
	for (size_t i = 0; i < m->new_count; i++) {
		const struct new_part *part = &m->parts[i];
		zip_source_t *source = zip_source_buffer(to, part->text.bytes, part->text.size, 0);
		if (!source || zip_file_add(to, part->name, source, ZIP_FL_ENC_UTF_8) < 0)
			return fail(m, zip_strerror(to));
	}
	return true;
}

/* Writes it to `to`, which stays the caller's. */
static bool
write_copy(struct marking *m, zip_source_t *to)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_keep(to);
	zip_t *zip = zip_open_from_source(to, ZIP_CREATE | ZIP_TRUNCATE, &error);
	if (!zip) {
		zip_source_free(to);
		fail(m, zip_error_strerror(&error));
		zip_error_fini(&error);
		return false;
	}
	zip_error_fini(&error);
	if (!write_parts(m, zip)) {
		zip_discard(zip);
		return false;
	}
	if (!zip_close(zip))
		return true;
	fail(m, zip_strerror(zip));
	zip_discard(zip);
	return false;
}

static int
by_place(const void *a, const void *b)
{
	const struct xlsx_mark *x = *(const void *const *)a, *y = *(const void *const *)b;
	int sheets = strcmp(x->sheet, y->sheet);
	return sheets ? sheets : by_cell(a, b);
}

static bool
open_book(struct marking *m, const void *bytes, size_t size)
{
	struct text_failure failure;
	m->book = book_open(bytes, size, &failure);
	if (!m->book)
		return fail(m, "only a workbook (.xlsx) can be marked");
	m->from = package_zip(m->book->package);
	m->new_room = NEW_PARTS_SHEET * m->book->sheet_count + NEW_PARTS_BOOK;
	m->parts = calloc(m->new_room, sizeof *m->parts);
	return m->parts;
}

/* The marks in any order; several of one cell become one comment. Those of sheets or lines that the workbook
 * does not have are passed over. */
static bool
mark_bytes(const void *bytes, size_t size, zip_source_t *to, const struct xlsx_mark *marks, size_t count,
           char error[MARK_ERROR_BYTES])
{
	struct marking m = {.count = count, .error = error};
	*error = 0;
	m.marks = calloc(count + 1, sizeof(const struct xlsx_mark *));
	bool good = m.marks;
	for (size_t i = 0; good && i < count; i++)
		m.marks[i] = &marks[i];
	if (good && count)
		qsort(m.marks, count, sizeof(const struct xlsx_mark *), by_place);
	good = good && open_book(&m, bytes, size) && mark_book(&m) && write_copy(&m, to);
	for (size_t i = 0; i < m.new_count; i++)
		free(m.parts[i].text.bytes);
	book_close(&m.book);
	free(m.red.made);
	free(m.marks);
	free(m.parts);
	if (!good && !*error)
		snprintf(error, MARK_ERROR_BYTES, "%s", strerror(ENOMEM));
	return good;
}

/* By its letters; where it has none, the first, where the row begins. */
static size_t
column_of(const struct finding *f)
{
	size_t column = 0;
	for (const char *at = f->letters; *at; at++)
		column = column * 26 + (size_t)(*at - 'A') + 1;
	return column ? column - 1 : 0;
}

/* The marks of what was found, and their texts. False: no memory; free_marks() in any case. */
struct marks {
	struct xlsx_mark *items;
	char (*texts)[PROBLEM_TEXT_BYTES];
	size_t count;
};

static bool
make_marks(struct marks *m, const struct findings *findings, enum language language,
           char error[MARK_ERROR_BYTES])
{
	*m = (struct marks){.items = calloc(findings->count + 1, sizeof *m->items),
	                    .texts = calloc(findings->count + 1, sizeof *m->texts)};
	if (!m->items || !m->texts) {
		snprintf(error, MARK_ERROR_BYTES, "%s", strerror(ENOMEM));
		return false;
	}
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *f = &findings->items[i];
		if (*f->place.sheet && f->place.line)
			m->items[m->count++] = (struct xlsx_mark){f->place.sheet, f->place.line, column_of(f),
			                                          problem_text(&f->problem, language, m->texts[i])};
	}
	return true;
}

static void
free_marks(struct marks *m)
{
	free(m->items);
	free(m->texts);
}

/* What libzip wrote to memory, to be freed. */
static uint8_t *
take_bytes(zip_source_t *from, size_t *size)
{
	zip_stat_t stat;
	if (zip_source_stat(from, &stat) || zip_source_open(from))
		return NULL;
	uint8_t *bytes = malloc(stat.size + 1);
	bool good = bytes && zip_source_read(from, bytes, stat.size) == (zip_int64_t)stat.size;
	zip_source_close(from);
	*size = stat.size;
	if (good)
		return bytes;
	free(bytes);
	return NULL;
}

static uint8_t *
make_copy(const void *bytes, size_t size, const struct xlsx_mark *marks, size_t count, size_t *copy_size,
          char error[MARK_ERROR_BYTES])
{
	zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, NULL);
	*error = 0;
	uint8_t *copy = to && mark_bytes(bytes, size, to, marks, count, error) ? take_bytes(to, copy_size) : NULL;
	if (!copy && !*error)
		snprintf(error, MARK_ERROR_BYTES, "%s", strerror(ENOMEM));
	zip_source_free(to);
	return copy;
}

uint8_t *
xlsx_mark_bytes(const void *bytes, size_t size, const struct findings *findings, enum language language,
                size_t *copy_size, char error[MARK_ERROR_BYTES])
{
	struct marks marks;
	uint8_t *copy = make_marks(&marks, findings, language, error)
	                    ? make_copy(bytes, size, marks.items, marks.count, copy_size, error)
	                    : NULL;
	free_marks(&marks);
	return copy;
}

static bool
is_same_file(const char *a, const char *b)
{
	struct stat x, y;
	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool
xlsx_mark(const char *path, const char *copy, const struct xlsx_mark *marks, size_t count,
          char error[MARK_ERROR_BYTES])
{
	if (is_same_file(path, copy)) {
		snprintf(error, MARK_ERROR_BYTES, "the copy would be the workbook itself");
		return false;
	}
	size_t size = 0, copy_size = 0;
	char *bytes = file_read(path, PACKAGE_BYTES_MAX, &size);
	uint8_t *marked = NULL;
	bool good = bytes && (marked = make_copy(bytes, size, marks, count, &copy_size, error));
	if (!bytes || (good && !whole_file_write(AT_FDCWD, copy, 0666, marked, copy_size, true))) {
		snprintf(error, MARK_ERROR_BYTES, "%s", strerror(errno));
		good = false;
	}
	free(marked);
	free(bytes);
	return good;
}

bool
xlsx_mark_findings(const char *path, const char *copy, const struct findings *findings,
                   enum language language, char error[MARK_ERROR_BYTES])
{
	struct marks marks;
	bool good = make_marks(&marks, findings, language, error) &&
	            xlsx_mark(path, copy, marks.items, marks.count, error);
	free_marks(&marks);
	return good;
}
