/* CSV as spreadsheets save it: encodings, line ends, quotes, and the line of every row. */
#include "case.h"

#include "base/file_bytes.h"
#include "check/csv_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 4, CELLS = 4, ARENA_BYTES = 1024 * 1024 };

struct expected_row {
	size_t line;
	const char *cells[CELLS];
};

/* Text with its length, so that NUL bytes can stand in it. */
#define BYTES(text) (text), sizeof(text) - 1

static const struct good_case {
	const char *name, *bytes;
	size_t size;
	struct expected_row rows[ROWS];
} good_cases[] = {
    {"empty file", BYTES(""), {{0, {0}}}},
    {"only a BOM", BYTES("\xEF\xBB\xBF"), {{0, {0}}}},
    {"only empty lines", BYTES("\n\r\n\n"), {{0, {0}}}},
    {"LF", BYTES("a,b\n1,2\n"), {{1, {"a", "b"}}, {2, {"1", "2"}}}},
    {"CRLF", BYTES("a,b\r\n1,2\r\n"), {{1, {"a", "b"}}, {2, {"1", "2"}}}},
    {"no last line end", BYTES("a,b\n1,2"), {{1, {"a", "b"}}, {2, {"1", "2"}}}},
    {"BOM", BYTES("\xEF\xBB\xBF单位,期间\n22,x\n"), {{1, {"单位", "期间"}}, {2, {"22", "x"}}}},
    {"BOM and a quote", BYTES("\xEF\xBB\xBF\"单位\",b\n"), {{1, {"单位", "b"}}}},
    {"comma in quotes", BYTES("\"1,234\",b\n"), {{1, {"1,234", "b"}}}},
    {"doubled quotes", BYTES("\"a \"\"b\"\" c\",d\n"), {{1, {"a \"b\" c", "d"}}}},
    {"empty quotes", BYTES("\"\",d\n"), {{1, {"", "d"}}}},
    {"line end in quotes", BYTES("\"a\nb\",c\nd,e\n"), {{1, {"a\nb", "c"}}, {3, {"d", "e"}}}},
    {"line ends in a later cell",
     BYTES("h\nx,\"a\n\nb\",c\nd,e\n"),
     {{1, {"h"}}, {2, {"x", "a\n\nb", "c"}}, {5, {"d", "e"}}}},
    {"CRLF in quotes", BYTES("\"a\r\nb\"\r\nd\r\n"), {{1, {"a\r\nb"}}, {3, {"d"}}}},
    {"blanks at the ends", BYTES("  a b \t, c\n"), {{1, {"a b", "c"}}}},
    {"empty cells", BYTES("a,,c\n,b,\n"), {{1, {"a", "", "c"}}, {2, {"", "b", ""}}}},
    {"empty rows", BYTES("a\n\n,,\n \n\"\"\nb\n"), {{1, {"a"}}, {6, {"b"}}}},
    {"empty rows first", BYTES("\n\n,\na,b\n"), {{4, {"a", "b"}}}},
    {"empty rows, CRLF", BYTES("a\r\n\r\n,,\r\nb\r\n"), {{1, {"a"}}, {4, {"b"}}}},
    {"rows of different length",
     BYTES("a,b,c\n1\n1,2,3,4\n"),
     {{1, {"a", "b", "c"}}, {2, {"1"}}, {3, {"1", "2", "3", "4"}}}},
    {"GB18030 of 单位,期间",
     BYTES("\xB5\xA5\xCE\xBB,\xC6\xDA\xBC\xE4\r\n22,\xD5\xF2\r\n"),
     {{1, {"单位", "期间"}}, {2, {"22", "镇"}}}},
    {"CR", BYTES("a,b\r1,2\r"), {{1, {"a", "b"}}, {2, {"1", "2"}}}},
    {"mixed line ends", BYTES("a\r\nb\rc\n\rd"), {{1, {"a"}}, {2, {"b"}}, {3, {"c"}}, {5, {"d"}}}},
    {"CR in quotes", BYTES("\"a\rb\",c\rd,e\r"), {{1, {"a\rb", "c"}}, {3, {"d", "e"}}}},
    {"rows of blanks",
     BYTES("a,b\n  ,\u3000\u3000,\u00A0\n\u200B,\nc,d\n"),
     {{1, {"a", "b"}}, {4, {"c", "d"}}}},
    {"blanks and invisible characters at the ends",
     BYTES("\u00A0a\u3000b\u3000,\"\u200Bc \",\uFEFFd\u2060\n"),
     {{1, {"a\u3000b", "c", "d"}}}},
    {"another separator is said", BYTES("sep=;\r\na;b,c\r\n"), {{2, {"a", "b,c"}}}},
    {"UTF-16, little end first",
     BYTES("\xFF\xFE"
           "U\x53,\0b\0\n\0"),
     {{1, {"单", "b"}}}},
    {"UTF-16, big end first",
     BYTES("\xFE\xFF"
           "\x53U\0,\0b"),
     {{1, {"单", "b"}}}},
    {"GB18030 of four bytes (赉 and 㐀)", BYTES("\xEA\xE3,\x81\x39\xEE\x39\n"), {{1, {"赉", "㐀"}}}},
};

static size_t
row_count(const struct expected_row *rows)
{
	size_t count = 0;
	while (count < ROWS && rows[count].line)
		count++;
	return count;
}

static void
check_row(const struct good_case *test, size_t at, const struct text_row *row)
{
	const struct expected_row *expected = &test->rows[at];
	size_t cells = 0;
	while (cells < CELLS && expected->cells[cells])
		cells++;
	EXPECT(row->line == expected->line, "%s: row %zu has line %zu", test->name, at, row->line);
	EXPECT(row->cell_count == cells, "%s: row %zu has %zu cells", test->name, at, row->cell_count);
	for (size_t i = 0; i < cells; i++)
		EXPECT(!strcmp(text_cell(row, i), expected->cells[i]), "%s: row %zu cell %zu is \"%s\"", test->name,
		       at, i, text_cell(row, i));
	EXPECT(!*text_cell(row, cells), "%s: past the end of row %zu", test->name, at);
}

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good_cases); i++) {
		const struct good_case *test = &good_cases[i];
		struct arena arena;
		struct text_table table;
		struct text_failure failure;
		arena_init(&arena, ARENA_BYTES);
		EXPECT(csv_read_bytes(test->bytes, test->size, ',', &arena, &table, &failure), "%s", test->name);
		EXPECT(table.row_count == row_count(test->rows), "%s: %zu rows", test->name, table.row_count);
		for (size_t at = 0; at < table.row_count; at++)
			check_row(test, at, &table.rows[at]);
		arena_free(&arena);
	}
}

static const struct {
	const char *name, *bytes;
	size_t size;
	enum problem_code code;
	size_t line;
} bad_cases[] = {
    {"NUL", BYTES("a,b\0c\n"), PROBLEM_FILE_ENCODING, 0},
    {"UTF-16 cut off",
     BYTES("\xFF\xFE"
           "a\0,\0b"),
     PROBLEM_FILE_ENCODING, 0},
    {"UTF-16 without a byte order mark", BYTES("a\0,\0b\0"), PROBLEM_FILE_ENCODING, 0},
    {"neither UTF-8 nor GB18030", BYTES("a,\xFF\xFF\n"), PROBLEM_FILE_ENCODING, 0},
    {"GB18030 cut off", BYTES("\xB5\xA5\xCE"), PROBLEM_FILE_ENCODING, 0},
    {"quote not closed", BYTES("a,b\n\"c,d\n"), PROBLEM_CSV_MALFORMED, 2},
    {"quote not closed, first row", BYTES("\"a,b\n1,2\n3,4\n"), PROBLEM_CSV_MALFORMED, 1},
    {"quote not closed, later cell", BYTES("a,b\n\n1,2\nc,\"d\ne\nf\n"), PROBLEM_CSV_MALFORMED, 4},
    {"quote not closed after a row of three lines", BYTES("\"a\n\n\",b\n\"c"), PROBLEM_CSV_MALFORMED, 4},
    {"quote in a cell", BYTES("a,b\nc\"d,e\n"), PROBLEM_CSV_MALFORMED, 2},
    {"text behind a quoted cell", BYTES("a,b\n1,2\n\"c\"d,e\n"), PROBLEM_CSV_MALFORMED, 3},
    {"quote not closed, CRLF", BYTES("a,b\r\nx,y\r\n\"c,d\r\n"), PROBLEM_CSV_MALFORMED, 3},
};

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_cases); i++) {
		struct arena arena;
		struct text_table table = {.row_count = 77};
		struct text_failure failure = {0};
		arena_init(&arena, ARENA_BYTES);
		EXPECT(!csv_read_bytes(bad_cases[i].bytes, bad_cases[i].size, ',', &arena, &table, &failure), "%s",
		       bad_cases[i].name);
		EXPECT(failure.code == bad_cases[i].code, "%s: code %d", bad_cases[i].name, (int)failure.code);
		EXPECT(failure.line == bad_cases[i].line, "%s: line %zu", bad_cases[i].name, failure.line);
		EXPECT(table.row_count == 77, "%s: *out is set only on success", bad_cases[i].name);
		arena_free(&arena);
	}
}

static void
test_arena_cap(void **state)
{
	struct arena arena;
	struct text_table table;
	struct text_failure failure;
	(void)state;
	arena_init(&arena, 100);
	assert_false(csv_read_bytes(BYTES("a,b\nc,d\ne,f\ng,h\ni,j\nk,l\n"), ',', &arena, &table, &failure));
	assert_int_equal(failure.code, PROBLEM_FILE_UNREADABLE);
	arena_free(&arena);
}

/* As sheets and plans are read. */
static bool
read_file(const char *path, struct arena *arena, struct text_table *out, struct text_failure *failure)
{
	size_t size;
	char *bytes = file_read(path, CSV_BYTES_MAX, &size);
	bool good = bytes ? csv_read_bytes(bytes, size, ',', arena, out, failure)
	                  : text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(errno));
	free(bytes);
	return good;
}

/* All of it, or one byte more than was wanted, and no further. */
static void
test_file_bytes(void **state)
{
	enum { FILE_SIZE = 300000 };
	static const size_t wanted[] = {
	    0, 1, 65535, 65536, FILE_SIZE - 1, FILE_SIZE, FILE_SIZE + 1, 2 * FILE_SIZE};
	static char content[FILE_SIZE];
	char path[] = "unit_csv.XXXXXX";
	(void)state;
	for (size_t i = 0; i < FILE_SIZE; i++)
		content[i] = (char)(i * 7 + i / 251);
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, FILE_SIZE), FILE_SIZE);
	close(fd);
	for (size_t i = 0; i < COUNT(wanted); i++) {
		size_t size = 0, expected = wanted[i] < FILE_SIZE ? wanted[i] + 1 : FILE_SIZE;
		char *bytes = file_read(path, wanted[i], &size);
		EXPECT(bytes && size == expected && !memcmp(bytes, content, size), "at most %zu: %zu", wanted[i],
		       size);
		free(bytes);
	}
	assert_int_equal(truncate(path, 0), 0);
	size_t size = 1;
	char *bytes = file_read(path, 10, &size);
	assert_true(bytes && !size);
	free(bytes);
	assert_int_equal(unlink(path), 0);
	assert_null(file_read(path, 10, &size));
	assert_int_equal(errno, ENOENT);
}

static void
test_file(void **state)
{
	static const char content[] = "\xB5\xA5\xCE\xBB,\xC6\xDA\xBC\xE4\r\n\r\n220821,2013-04\r\n";
	char path[] = "unit_csv.XXXXXX";
	struct arena arena;
	struct text_table table;
	struct text_failure failure;
	(void)state;
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, sizeof content - 1), sizeof content - 1);
	close(fd);
	arena_init(&arena, ARENA_BYTES);
	assert_true(read_file(path, &arena, &table, &failure));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(table.row_count, 2);
	assert_string_equal(text_cell(&table.rows[0], 0), "单位");
	assert_string_equal(text_cell(&table.rows[1], 1), "2013-04");
	assert_int_equal(table.rows[1].line, 3);
	assert_false(read_file(path, &arena, &table, &failure)); /* gone */
	assert_int_equal(failure.code, PROBLEM_FILE_UNREADABLE);
	assert_true(*failure.detail);
	assert_false(read_file(".", &arena, &table, &failure)); /* a directory */
	assert_int_equal(failure.code, PROBLEM_FILE_UNREADABLE);
	arena_free(&arena);
}

/* Many rows: every one keeps its line. */
static void
test_long_file(void **state)
{
	enum { LINES = 5000 };
	static char bytes[LINES * 16];
	size_t size = 0;
	struct arena arena;
	struct text_table table;
	struct text_failure failure;
	(void)state;
	for (int i = 1; i <= LINES; i++)
		size += (size_t)snprintf(bytes + size, sizeof bytes - size, "%d,x\n", i);
	arena_init(&arena, 16 * ARENA_BYTES);
	assert_true(csv_read_bytes(bytes, size, ',', &arena, &table, &failure));
	assert_int_equal(table.row_count, LINES);
	for (size_t i = 0; i < LINES; i++) {
		char text[16];
		snprintf(text, sizeof text, "%zu", i + 1);
		assert_int_equal(table.rows[i].line, i + 1);
		assert_string_equal(text_cell(&table.rows[i], 0), text);
	}
	arena_free(&arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good), cmocka_unit_test(test_bad),        cmocka_unit_test(test_arena_cap),
	    cmocka_unit_test(test_file), cmocka_unit_test(test_file_bytes), cmocka_unit_test(test_long_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
