/* A sheet that is full goes on in a next one; names that sheets may not have; the same content gives the same
 * bytes. What is in the cells is compared by tests/system/submission/test_export.py. */
#include "case.h"

#include "output/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[] = "/tmp/fupin-xlsx-XXXXXX";
static const struct table_column columns[] = {{"row", true}};

static void
path_of(const char *name, char out[64])
{
	snprintf(out, 64, "%s/%s", directory, name);
}

/* Runs Python on a file; is its last line `expected`? */
static bool
python_says(const char *script, const char *path, const char *expected)
{
	char command[1024], line[256] = "";
	snprintf(command, sizeof command, "/usr/bin/python3 -c \"%s\" %s", script, path);
	FILE *pipe = popen(command, "r");
	while (pipe && fgets(line, sizeof line, pipe))
		;
	bool good = pipe && !pclose(pipe);
	line[strcspn(line, "\n")] = 0;
	if (strcmp(line, expected))
		print_error("%s\n", line);
	return good && !strcmp(line, expected);
}

static void
test_full_sheet(void **state)
{
	enum { ROWS = 1048580 }; /* five more than a sheet holds under its titles */
	char path[64], error[XLSX_ERROR_BYTES];
	(void)state;
	path_of("full.xlsx", path);
	struct xlsx *xlsx = xlsx_create(path, directory);
	assert_non_null(xlsx);
	assert_true(xlsx_sheet(xlsx, "rows") && xlsx_header(xlsx, columns, 1));
	for (int64_t i = 1; i <= ROWS; i++) {
		const struct cell cell = cell_number(i, 0);
		if (!xlsx_row(xlsx, &cell))
			fail_msg("row %lld", (long long)i);
	}
	assert_true(xlsx_line(xlsx, "the end", false));
	assert_true(xlsx_close(&xlsx, 0, error));
	assert_null(xlsx);
	/* Of each sheet the last number, and how many rows there are. */
	assert_true(
	    python_says("import sys,zipfile,re;z=zipfile.ZipFile(sys.argv[1]);"
	                "s=[z.read('xl/worksheets/sheet%d.xml'%i).decode() for i in (1,2)];"
	                "print([(len(re.findall('<row ',t)),re.findall('<v>([0-9.]+)</v>',t)[-1]) for t in s],"
	                "re.findall('<sheet name=.([^/]*?). sheetId',z.read('xl/workbook.xml').decode()))",
	                path, "[(1048576, '1048575'), (7, '1048580')] ['rows', 'rows (2)']"));
	unlink(path);
}

static void
test_names(void **state)
{
	static const char *const names[] = {
	    "a[b]:c*?/d", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十", "same", "SAME", "'q'"};
	char path[64], error[XLSX_ERROR_BYTES];
	(void)state;
	path_of("names.xlsx", path);
	struct xlsx *xlsx = xlsx_create(path, directory);
	assert_non_null(xlsx);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_true(xlsx_sheet(xlsx, names[i]) && xlsx_header(xlsx, columns, 1));
	/* Sheets of another make. */
	assert_non_null(xlsx_worksheet(xlsx, "f/1"));
	assert_non_null(xlsx_worksheet(xlsx, "f 1"));
	assert_true(xlsx_close(&xlsx, 0, error));
	assert_true(python_says(
	    "import sys,zipfile,re;z=zipfile.ZipFile(sys.argv[1]);"
	    "print('|'.join(re.findall('<sheet name=.([^/]*?). sheetId',z.read('xl/workbook.xml').decode())))",
	    path, "a b  c   d|一二三四五六七八九十一二三四五六七八九十一二三四|same|SAME (2)| q |f 1|f 1 (2)"));
	unlink(path);
}

static void
write_small(const char *name, int64_t made_us)
{
	char path[64], error[XLSX_ERROR_BYTES];
	path_of(name, path);
	struct xlsx *xlsx = xlsx_create(path, directory);
	const struct cell cell = cell_time(1372608000);
	assert_non_null(xlsx);
	assert_true(xlsx_page(xlsx, "p") && xlsx_line(xlsx, "=not a formula", true) &&
	            xlsx_header(xlsx, columns, 1) && xlsx_row(xlsx, &cell));
	assert_true(xlsx_close(&xlsx, made_us, error));
}

static void
test_same_bytes(void **state)
{
	char command[256];
	(void)state;
	write_small("a.xlsx", 1372608000000000);
	write_small("b.xlsx", 1372608000000000);
	snprintf(command, sizeof command, "cmp %s/a.xlsx %s/b.xlsx && rm %s/a.xlsx %s/b.xlsx", directory,
	         directory, directory, directory);
	assert_int_equal(system(command), 0);
}

static void
test_nothing_is_written(void **state)
{
	char path[64], error[XLSX_ERROR_BYTES] = "";
	(void)state;
	path_of("none/x.xlsx", path);
	struct xlsx *xlsx = xlsx_create(path, directory);
	assert_non_null(xlsx);
	assert_true(xlsx_sheet(xlsx, "s") && xlsx_header(xlsx, columns, 1));
	assert_false(xlsx_close(&xlsx, 0, error));
	assert_non_null(strstr(error, "No such file"));
	assert_null(xlsx);
	xlsx = xlsx_create(path, directory);
	assert_true(xlsx_sheet(xlsx, "s") && xlsx_header(xlsx, columns, 1));
	xlsx_discard(&xlsx);
	assert_null(xlsx);
	xlsx_discard(&xlsx);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_full_sheet), cmocka_unit_test(test_names),
	                                          cmocka_unit_test(test_same_bytes),
	                                          cmocka_unit_test(test_nothing_is_written)};
	if (!mkdtemp(directory))
		return 1;
	int status = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(directory);
	return status;
}
