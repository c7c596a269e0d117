/* Marking a workbook's cells: what becomes of a sheet, of styles, of comments and their boxes, text by text;
 * and of a whole workbook, which stays as it was but for the marks, and loses them again when there are none.
 */
#include "book.h"

#include "marking/xlsx_marking.h"
#include "xlsx/splice.h"
#include "xlsx/xlsx_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MARKS_MAX = 4, PARTS_MAX = 32 };

static struct part_text
text_of(const char *text)
{
	return (struct part_text){(char *)(uintptr_t)text, strlen(text)};
}

/* Compares, and frees what came of it; `expected` NULL: nothing should. */
static void
expect_text(char *bytes, size_t size, const char *expected, const char *what, size_t row)
{
	EXPECT(!bytes == !expected, "%s row %zu: %s", what, row, bytes ? bytes : "nothing");
	EXPECT(!bytes || (size == strlen(expected) && !memcmp(bytes, expected, size)), "%s row %zu: %.*s", what,
	       row, (int)size, bytes);
	free(bytes);
}

/* ---------------------------------------------------------------- places in a text */

static void
test_splice(void **state)
{
	static const struct {
		size_t at[2], removed[2];
		const char *expected;
	} rows[] = {
	    {{0, 6}, {0, 0}, "<1>abcdef<2>"}, {{1, 3}, {2, 1}, "a<1><2>ef"}, {{2, 2}, {0, 0}, "ab<1><2>cdef"},
	    {{0, 3}, {3, 3}, "<1><2>"},       {{3, 2}, {0, 0}, NULL},        {{1, 2}, {3, 0}, NULL},
	    {{5, 6}, {2, 0}, NULL},           {{6, 7}, {0, 0}, NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct splice s;
		size_t size;
		splice_begin(&s, "abcdef", 6);
		for (int k = 0; k < 2; k++)
			splice_put(&s, rows[i].at[k], rows[i].removed[k], "<%d>", k + 1);
		char *out = splice_end(&s, &size);
		expect_text(out, size, rows[i].expected, "splice", i);
	}
}

static void
test_attribute(void **state)
{
	static const struct {
		const char *tag, *expected;
	} rows[] = {
	    {"<c/>", "<c s=\"9\"/>"},
	    {"<c>", "<c s=\"9\">"},
	    {"<c r=\"A1\"/>", "<c r=\"A1\" s=\"9\"/>"},
	    {"<c s=\"3\"/>", "<c s=\"9\"/>"},
	    {"<c r=\"A1\" s=\"31\" t=\"s\">", "<c r=\"A1\" s=\"9\" t=\"s\">"},
	    {"<c s='3'>", "<c s='9'>"},
	    {"<c ss=\"3\">", "<c ss=\"3\" s=\"9\">"},
	    {"<c x:s=\"3\">", "<c x:s=\"3\" s=\"9\">"},
	    {"<c t=\" s='1' \">", "<c t=\" s='1' \" s=\"9\">"},
	    {"<c\n\ts = \"3\" >", "<c\n\ts = \"9\" >"},
	    {"<c s=\"\"/>", "<c s=\"9\"/>"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *out = NULL;
		size_t size;
		FILE *file = open_memstream(&out, &size);
		tag_with_attribute(file, rows[i].tag, strlen(rows[i].tag), "s", "9");
		fclose(file);
		expect_text(out, size, rows[i].expected, "attribute", i);
	}
	char *out = NULL;
	size_t size;
	FILE *file = open_memstream(&out, &size);
	xml_escape(file, "a<b> & \"c\"\t\x01\n中");
	fclose(file);
	expect_text(out, size, "a&lt;b&gt; &amp; &quot;c&quot;  \n中", "escape", 0);
}

static void
test_before_end(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
	    {"<Types></Types>", "<Types>+</Types>"},
	    {"<x:Types><a></a></x:Types >\n", "<x:Types><a></a>+</x:Types >\n"},
	    {"<Types><Types></Types></Types>", "<Types><Types></Types>+</Types>"},
	    {"<MyTypes></MyTypes>", NULL},
	    {"<Types/>", NULL},
	    {"<Types></Type", NULL},
	    {"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct part_text part = text_of(rows[i].text);
		size_t size = 0;
		char *out = mark_before_end(&part, "Types", "+", &size);
		expect_text(out, size, rows[i].expected, "before end", i);
	}
}

/* ---------------------------------------------------------------- a sheet */

#define BOOK(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define LEGACY                                                                                               \
	"legacyDrawing xmlns:fupin=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" "     \
	"fupin:id=\"rIdX\"/>"

static const struct {
	const char *sheet, *expected;
	struct xlsx_mark marks[MARKS_MAX]; /* text "": it takes the red away; sheet NULL: no more */
	const char *link;
} sheets[] = {
    {BOOK("<row r=\"1\"><c r=\"A1\"/></row>"),
     BOOK("<row r=\"1\"><c r=\"A1\" s=\"5\"/></row>"),
     {{"s", 1, 0, "x"}}},
    {BOOK("<row r=\"1\"><c r=\"C1\" s=\"2\"><v>1</v></c></row>"),
     BOOK("<row r=\"1\"><c r=\"C1\" s=\"5\"><v>1</v></c></row>"),
     {{"s", 1, 2, "x"}}},
    /* One that is not there yet: before the next, at the row's end. */
    {BOOK("<row r=\"1\"><c r=\"A1\"/><c r=\"C1\"/></row>"),
     BOOK("<row r=\"1\"><c r=\"A1\"/><c r=\"B1\" s=\"5\"/><c r=\"C1\"/></row>"),
     {{"s", 1, 1, "x"}}},
    {BOOK("<row r=\"2\"><c r=\"A2\"/></row><row r=\"3\"></row>"),
     BOOK("<row r=\"2\"><c r=\"A2\"/><c r=\"AA2\" s=\"5\"/></row><row r=\"3\"><c r=\"B3\" s=\"5\"/></row>"),
     {{"s", 2, 26, "x"}, {"s", 3, 1, "y"}}},
    /* Two marks of one cell; cells of one style get one. */
    {BOOK("<row r=\"1\"><c r=\"A1\"/><c r=\"B1\" s=\"1\"/></row>"),
     BOOK("<row r=\"1\"><c r=\"A1\" s=\"5\"/><c r=\"B1\" s=\"6\"/><c r=\"C1\" s=\"5\"/></row>"),
     {{"s", 1, 0, "x"}, {"s", 1, 0, "y"}, {"s", 1, 1, "z"}, {"s", 1, 2, "z"}}},
    /* The red is taken away; where nothing is, nothing comes. */
    {BOOK("<row r=\"1\"><c r=\"A1\" s=\"3\"/></row>"),
     BOOK("<row r=\"1\"><c r=\"A1\" s=\"5\"/><c r=\"D1\" s=\"6\"/></row>"),
     {{"s", 1, 0, ""}, {"s", 1, 2, ""}, {"s", 1, 3, "x"}}},
    /* Lines that the sheet does not have; a row that is an empty tag. */
    {BOOK("<row r=\"2\"/><row r=\"4\"><c r=\"A4\"/></row>"),
     BOOK("<row r=\"2\"><c r=\"A2\" s=\"5\"/></row><row r=\"4\"><c r=\"A4\" s=\"5\"/></row>"),
     {{"s", 1, 0, "x"}, {"s", 2, 0, "x"}, {"s", 3, 0, "x"}, {"s", 4, 0, "x"}}},
    /* Rows and cells that do not say where they are. */
    {BOOK("<row><c/></row><row><c/><c><v>1</v></c></row>"),
     BOOK("<row><c/></row><row><c/><c s=\"5\"><v>1</v></c></row>"),
     {{"s", 2, 1, "x"}}},
    {BOOK("<row r=\"7\"><c r=\"C7\"/><c/></row><row><c/></row>"),
     BOOK("<row r=\"7\"><c r=\"C7\"/><c s=\"5\"/></row><row><c s=\"5\"/></row>"),
     {{"s", 7, 3, "x"}, {"s", 8, 0, "x"}}},
    /* Another prefix. */
    {"<x:worksheet><x:sheetData><x:row r=\"1\"></x:row></x:sheetData></x:worksheet>",
     "<x:worksheet><x:sheetData><x:row r=\"1\"><x:c r=\"A1\" s=\"5\"/></x:row></x:sheetData><x:" LEGACY
     "</x:worksheet>",
     {{"s", 1, 0, "x"}},
     "rIdX"},
    /* What comes behind the link stays behind it. */
    {"<worksheet><sheetData/><pageMargins/><tableParts/><extLst/></worksheet>",
     "<worksheet><sheetData/><pageMargins/><" LEGACY "<tableParts/><extLst/></worksheet>",
     {{0}},
     "rIdX"},
    {"<worksheet><sheetData/><legacyDrawingHF/></worksheet>",
     "<worksheet><sheetData/><" LEGACY "<legacyDrawingHF/></worksheet>",
     {{0}},
     "rIdX"},
    {"<worksheet><sheetData></worksheet>", NULL, {{"s", 1, 0, "x"}}},
};

static size_t
list_marks(const struct xlsx_mark *marks, struct xlsx_mark *room, const struct xlsx_mark **out)
{
	size_t count = 0;
	for (; count < MARKS_MAX && marks[count].sheet; count++) {
		room[count] = marks[count];
		if (!*marks[count].text)
			room[count].text = NULL;
		out[count] = &room[count];
	}
	return count;
}

static void
test_sheets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sheets); i++) {
		struct xlsx_mark room[MARKS_MAX];
		const struct xlsx_mark *marks[MARKS_MAX];
		struct part_text sheet = text_of(sheets[i].sheet);
		struct red_styles red = {.first = 5};
		size_t size = 0, count = list_marks(sheets[i].marks, room, marks);
		char *out = mark_sheet(&sheet, marks, count, &red, sheets[i].link, &size);
		expect_text(out, size, sheets[i].expected, "sheet", i);
		free(red.made);
	}
}

/* ---------------------------------------------------------------- styles */

#define STYLES(fills, xfs) "<styleSheet>" fills xfs "</styleSheet>"
#define RED                                                                                                  \
	"<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFFF9C9C\"/><bgColor indexed=\"64\"/>"          \
	"</patternFill></fill>"

static const struct {
	const char *styles, *expected;
	unsigned count;
} style_rows[] = {
    {STYLES("<fills count=\"2\"><fill/><fill><a/></fill></fills>",
            "<cellXfs count=\"3\"><xf a=\"0\"/><xf fillId=\"1\" applyFill=\"0\"><al/></xf><xf/></cellXfs>"),
     STYLES(
         "<fills count=\"3\"><fill/><fill><a/></fill>" RED "</fills>",
         "<cellXfs count=\"5\"><xf a=\"0\"/><xf fillId=\"1\" applyFill=\"0\"><al/></xf><xf/>"
         "<xf fillId=\"2\" applyFill=\"1\"><al/></xf><xf a=\"0\" fillId=\"0\" applyFill=\"1\"/></cellXfs>"),
     3},
    /* In the other order, with a prefix and without counts. */
    {"<x:styleSheet><x:cellXfs><x:xf/><x:xf b=\"1\"/></x:cellXfs><x:fills><x:fill/></x:fills></x:styleSheet>",
     "<x:styleSheet><x:cellXfs count=\"4\"><x:xf/><x:xf b=\"1\"/><x:xf b=\"1\" fillId=\"1\" applyFill=\"1\"/>"
     "<x:xf fillId=\"0\" applyFill=\"1\"/></x:cellXfs><x:fills count=\"2\"><x:fill/><x:fill><x:patternFill "
     "patternType=\"solid\"><x:fgColor rgb=\"FFFF9C9C\"/><x:bgColor indexed=\"64\"/></x:patternFill></x:fill>"
     "</x:fills></x:styleSheet>",
     2},
    /* What has nothing to copy is not marked. */
    {STYLES("<fills/>", "<cellXfs><xf/></cellXfs>"), NULL, 1},
    {STYLES("<fills><fill/></fills>", "<cellXfs/>"), NULL, 0},
    {STYLES("<fills><fill/></fills>", "<cellXfs></cellXfs>"), NULL, 0},
    {STYLES("<fills><fill/></fills>", ""), NULL, 0},
    {"<styleSheet>", NULL, 0},
};

/* Style 1 in red, style 0 without a colour. */
static void
test_styles(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(style_rows); i++) {
		struct part_text styles = text_of(style_rows[i].styles);
		struct red_styles red = {.first = style_rows[i].count};
		unsigned count, first, again, second;
		size_t size = 0;
		EXPECT(mark_count_styles(&styles, &count) == (style_rows[i].expected != NULL), "row %zu", i);
		EXPECT(count == style_rows[i].count, "row %zu: %u", i, count);
		assert_true(red_style_of(&red, 1, true, &first) && red_style_of(&red, 0, false, &second) &&
		            red_style_of(&red, 1, true, &again));
		EXPECT(first == count && second == count + 1 && again == first, "row %zu", i);
		char *out = mark_styles(&styles, &red, &size);
		expect_text(out, size, style_rows[i].expected, "styles", i);
		free(red.made);
	}
}

/* ---------------------------------------------------------------- comments */

#define NOTE(place, text)                                                                                    \
	"<comment ref=\"" place "\" authorId=\"0\"><text><r><t xml:space=\"preserve\">fupin: " text              \
	"</t></r></text></comment>"
#define THEIRS "<comment ref=\"B2\" authorId=\"0\"><text><t>mine</t></text></comment>"
#define SHAPE(number, row, column)                                                                           \
	"<v:shape id=\"_x0000_s" number "\"><x:Row>" row "</x:Row><x:Column>" column "</x:Column></v:shape>"

/* Ours beside theirs, one a cell, none where there is one already; a box for each. */
static void
test_comments(void **state)
{
	static const struct xlsx_mark all[] = {{"s", 2, 0, "a<b"},
	                                       {"s", 2, 0, "c"},
	                                       {"s", 2, 1, "theirs is there"},
	                                       {"s", 3, 27, "d"},
	                                       {"s", 4, 0, NULL}};
	const struct xlsx_mark *marks[] = {&all[0], &all[1], &all[2], &all[3], &all[4]};
	struct part_text theirs = text_of("<comments><commentList>" THEIRS "</commentList></comments>");
	struct part_text boxes = text_of("<xml>" SHAPE("1025", "1", "1") SHAPE("921601", "8", "8") "</xml>");
	size_t size = 0;
	(void)state;
	char *out = mark_comments(&theirs, marks, COUNT(marks), &size);
	expect_text(out, size,
	            "<comments><commentList>" THEIRS NOTE("A2", "a&lt;b\nc")
	                NOTE("AB3", "d") "</commentList></comments>",
	            "comments", 0);
	out = mark_comments(NULL, marks, COUNT(marks), &size);
	assert_non_null(strstr(out, "<commentList>" NOTE("A2", "a&lt;b\nc") NOTE("B2", "theirs is there")
	                                NOTE("AB3", "d") "</commentList></comments>"));
	free(out);
	out = mark_boxes(&boxes, &theirs, marks, COUNT(marks), &size);
	assert_non_null(out);
	EXPECT(strstr(out, "id=\"_x0000_s921602\"") && strstr(out, "id=\"_x0000_s921605\""), "%s", out);
	EXPECT(!strstr(out, "id=\"_x0000_s921603\"") && !strstr(out, "id=\"_x0000_s921604\""), "%s", out);
	EXPECT(strstr(out, "<x:Row>1</x:Row><x:Column>0</x:Column>") &&
	           strstr(out, "<x:Row>2</x:Row><x:Column>27</x:Column>") &&
	           strstr(out, "<x:Anchor>28, 15, 2, 2, 32, 15, 6, 4</x:Anchor>"),
	       "%s", out);
	EXPECT(!strncmp(out + size - 6, "</xml>", 6), "%s", out);
	free(out);
	out = mark_boxes(NULL, NULL, marks, 1, &size);
	EXPECT(strstr(out, "id=\"_x0000_s921601\"") && strstr(out, "data=\"900\""), "%s", out);
	free(out);
}

/* Ours go, whatever program saved them; theirs stay, byte for byte. */
static void
test_unmark(void **state)
{
	struct part_text comments = text_of(
	    "<x:comments><x:commentList>" NOTE("AB3", "d") THEIRS
	    "<x:comment ref=\"C9\"><x:text><x:t>fu</x:t><x:t>pin: e</x:t></x:text></x:comment>"
	    "<comment ref=\"D9\"><text><t>fupin</t></text></comment><comment ref=\"D\"><t>fupin: f</t></comment>"
	    "</x:commentList></x:comments>");
	struct part_text boxes = text_of("<xml>" SHAPE("1025", "1", "1") SHAPE("7", "2", "27") SHAPE(
	    "8", "8", "2") SHAPE("9", "2", "26") SHAPE("10", "3", "27") "</xml>");
	struct part_text broken = text_of("<comments>");
	struct old_marks old = {0};
	size_t size = 0;
	(void)state;
	char *out = unmark_comments(&comments, &old, &size);
	expect_text(out, size,
	            "<x:comments><x:commentList>" THEIRS "<comment ref=\"D9\"><text><t>fupin</t></text></comment>"
	            "<comment ref=\"D\"><t>fupin: f</t></comment></x:commentList></x:comments>",
	            "unmarked", 0);
	assert_int_equal(old.count, 2);
	assert_true(old.marks[0].line == 3 && old.marks[0].column == 27 && !old.marks[0].text);
	assert_true(old.marks[1].line == 9 && old.marks[1].column == 2);
	out = unmark_boxes(&boxes, &old, &size);
	expect_text(out, size,
	            "<xml>" SHAPE("1025", "1", "1") SHAPE("9", "2", "26") SHAPE("10", "3", "27") "</xml>",
	            "boxes", 0);
	assert_null(unmark_comments(&broken, &old, &size));
	free(old.marks);
}

/* ---------------------------------------------------------------- a whole workbook */

/* A part of the workbook; to be freed. NULL: there is none. */
static char *
part_of(const char *name, const char *part)
{
	zip_stat_t stat;
	zip_t *zip = zip_open(name, ZIP_RDONLY, NULL);
	assert_non_null(zip);
	char *bytes = NULL;
	zip_file_t *file = zip_stat(zip, part, 0, &stat) ? NULL : zip_fopen(zip, part, 0);
	if (file) {
		bytes = calloc(1, stat.size + 1);
		assert_true(bytes && zip_fread(file, bytes, stat.size) == (zip_int64_t)stat.size);
		zip_fclose(file);
	}
	zip_discard(zip);
	return bytes;
}

static void
expect_part(const char *name, const char *part, const char *has, bool there)
{
	char *bytes = part_of(name, part);
	EXPECT((bytes && strstr(bytes, has)) == there, "%s %s: %s", name, part, bytes ? bytes : "none");
	free(bytes);
}

static void
expect_same_part(const char *part)
{
	char *before = part_of(book_name, part), *after = part_of("copy.xlsx", part);
	EXPECT(before && after && !strcmp(before, after), "%s", part);
	free(before);
	free(after);
}

static void
make_book(void)
{
	lxw_workbook *book = workbook_new(book_name);
	write_funds(book);
	write_reports(book);
	assert_int_equal(workbook_close(book), LXW_NO_ERROR);
}

static void
test_book(void **state)
{
	static const struct xlsx_mark marks[] = {{"village", 2, 2, "two"},
	                                         {"资金", 4, 7, "one"},
	                                         {"elsewhere", 1, 1, "no"},
	                                         {"资金", 99, 1, "no row"},
	                                         {"资金", 4, 12, "empty"}};
	char error[MARK_ERROR_BYTES];
	(void)state;
	make_book();
	EXPECT(xlsx_mark(book_name, "copy.xlsx", marks, COUNT(marks), error), "%s", error);
	expect_part("copy.xlsx", "xl/fupin-comments1.xml", NOTE("H4", "one"), true);
	expect_part("copy.xlsx", "xl/fupin-comments1.xml", NOTE("M4", "empty"), true);
	expect_part("copy.xlsx", "xl/fupin-comments2.xml", NOTE("C2", "two"), true);
	expect_part("copy.xlsx", "xl/fupin-comments2.xml", "fupin: one", false);
	expect_part("copy.xlsx", "xl/drawings/fupin-marks2.vml", "<x:Row>1</x:Row><x:Column>2</x:Column>", true);
	expect_part("copy.xlsx", "xl/worksheets/_rels/sheet1.xml.rels", "/xl/fupin-comments1.xml", true);
	expect_part("copy.xlsx", "xl/worksheets/sheet1.xml", "fupin:id=\"rIdFupinMarks\"", true);
	expect_part("copy.xlsx", "[Content_Types].xml", "/xl/drawings/fupin-marks1.vml", true);
	expect_part("copy.xlsx", "xl/styles.xml", "FFFF9C9C", true);
	expect_same_part("xl/workbook.xml");
	expect_same_part("xl/sharedStrings.xml");
	/* It still reads as before. */
	assert_int_equal(rename("copy.xlsx", "marked.xlsx"), 0);
	/* Marked again with other marks: the old ones go. */
	const struct xlsx_mark other[] = {{"village", 2, 3, "three"}};
	EXPECT(xlsx_mark("marked.xlsx", "copy.xlsx", other, 1, error), "%s", error);
	expect_part("copy.xlsx", "xl/fupin-comments2.xml", NOTE("D2", "three"), true);
	expect_part("copy.xlsx", "xl/fupin-comments2.xml", "fupin: two", false);
	expect_part("copy.xlsx", "xl/fupin-comments1.xml", "fupin: ", false);
	expect_part("copy.xlsx", "xl/drawings/fupin-marks1.vml", "<v:shape ", false);
	/* And with none: no comment is left. */
	EXPECT(xlsx_mark("copy.xlsx", "bare.xlsx", NULL, 0, error), "%s", error);
	expect_part("bare.xlsx", "xl/fupin-comments2.xml", "fupin: ", false);
	read_file("bare.xlsx");
	EXPECT(!findings.count && draft.submission.report_count == 1, "%s", printed);
	draft_free(&draft);
	unlink("copy.xlsx");
	unlink("marked.xlsx");
	unlink(book_name);
}

/* Without marks nothing changes; and what cannot be marked leaves no copy. */
static void
test_refused(void **state)
{
	static const struct xlsx_mark mark = {"资金", 1, 0, "x"};
	static const struct part no_styles[] = {{"xl/styles.xml", PART_HEAD "<styleSheet xmlns=\"" MAIN "\"/>"}};
	char error[MARK_ERROR_BYTES];
	(void)state;
	make_book();
	assert_true(xlsx_mark(book_name, "copy.xlsx", NULL, 0, error));
	expect_same_part("xl/worksheets/sheet1.xml");
	unlink("copy.xlsx");
	assert_false(xlsx_mark(book_name, book_name, &mark, 1, error));
	assert_non_null(strstr(error, "the workbook itself"));
	expect_part(book_name, "xl/worksheets/sheet1.xml", "<worksheet", true);
	assert_false(xlsx_mark(book_name, "none/copy.xlsx", &mark, 1, error));
	assert_true(*error);
	write_parts(no_styles, COUNT(no_styles));
	assert_false(xlsx_mark(book_name, "copy.xlsx", &mark, 1, error));
	assert_non_null(strstr(error, "no styles"));
	write_bytes(book_name, "a,b\n", 4);
	assert_false(xlsx_mark(book_name, "copy.xlsx", &mark, 1, error));
	assert_non_null(strstr(error, "only a workbook"));
	assert_int_equal(access("copy.xlsx", F_OK), -1);
	unlink(book_name);
}

/* What a check found: at its cell, or at the row's beginning; what has no row has no mark. */
static void
test_findings(void **state)
{
	static struct findings found;
	char error[MARK_ERROR_BYTES];
	(void)state;
	make_book();
	found = (struct findings){0};
	struct finding *f = finding_add(&found);
	f->place = place_make(book_name, "资金", 4);
	strcpy(f->letters, "AB");
	f->problem.code = PROBLEM_SOURCE_UNKNOWN;
	f = finding_add(&found);
	f->place = place_make(book_name, "资金", 3);
	f->problem.code = PROBLEM_SOURCE_UNKNOWN;
	f = finding_add(&found);
	f->place = place_make(book_name, "village", 0);
	f->problem.code = PROBLEM_SOURCE_UNKNOWN;
	EXPECT(xlsx_mark_findings(book_name, "copy.xlsx", &found, LANGUAGE_ENGLISH, error), "%s", error);
	expect_part("copy.xlsx", "xl/fupin-comments1.xml", "ref=\"AB4\"", true);
	expect_part("copy.xlsx", "xl/fupin-comments1.xml", "ref=\"A3\"", true);
	expect_part("copy.xlsx", "xl/fupin-comments2.xml", "", false);
	unlink("copy.xlsx");
	unlink(book_name);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_splice),   cmocka_unit_test(test_attribute), cmocka_unit_test(test_before_end),
	    cmocka_unit_test(test_sheets),   cmocka_unit_test(test_styles),    cmocka_unit_test(test_comments),
	    cmocka_unit_test(test_unmark),   cmocka_unit_test(test_book),      cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_findings),
	};
	return cmocka_run_group_tests(tests, book_begin, book_end);
}
