/* fuzz_sheet_seeds DIR: good workbooks and sheets, and the bad ones of the unit tests, for fuzz_sheet to
 * begin with. */
#include "bad_books.h"
#include "sheet_parts.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PARTS_BYTES = 8192 };

static char directory[PATH_MAX];

static void
write_seed(const char *name, size_t number, int kind, const void *bytes, size_t size)
{
	char path[2 * PATH_MAX];
	snprintf(path, sizeof path, "%s/%s-%zu", directory, name, number);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fputc(kind, file), kind);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* The file that book.c wrote. */
static void
take_package(const char *name, size_t number)
{
	size_t size;
	char *bytes = file_bytes(book_name, &size);
	write_seed(name, number, SHEET_PACKAGE, bytes, size);
	assert_int_equal(unlink(book_name), 0);
	free(bytes);
}

static void
write_parts_seed(const char *name, size_t number, const struct part *some, size_t count)
{
	char text[PARTS_BYTES];
	size_t size = 0;
	for (size_t i = 0; i < count && some[i].name; i++)
		if (some[i].text && part_letter(some[i].name)) {
			int used = snprintf(text + size, sizeof text - size, "%c%s%c", part_letter(some[i].name),
			                    some[i].text, PART_END);
			size += (size_t)used;
			assert_true(size < sizeof text);
		}
	if (size)
		write_seed(name, number, number % 2 ? SHEET_PARTS_MARKED : SHEET_PARTS, text, size);
}

static void
write_bad(void)
{
	for (size_t i = 0; i < bad_book_count; i++) {
		write_parts(bad_books[i].parts, BAD_PARTS_MAX);
		take_package("bad", i);
		write_parts_seed("bad-parts", i, bad_books[i].parts, BAD_PARTS_MAX);
	}
}

static void
write_good(void)
{
	lxw_workbook *book = workbook_new(book_name);
	assert_non_null(book);
	write_funds(book);
	write_reports(book);
	assert_int_equal(workbook_close(book), LXW_NO_ERROR);
	take_package("book", 0);
	write_parts(NULL, 0);
	take_package("book", 1);
	const struct part sets[][3] = {
	    {{SHEET_PART, ROWS(REPORT_HEADER REPORT_ROW)}, {NULL, NULL}},
	    {{SHEET_PART, ROWS(REPORT_HEADER
	                       "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\" s=\"2\"><v>41365</v></c>"
	                       "<c r=\"C2\" t=\"b\"><f>A1+1</f><v>1</v></c></row>")},
	     {"xl/styles.xml", book_styles},
	     {STRINGS_PART, book_strings}},
	    {{SHEET_PART, ROWS(FUND_HEADER FUND_ROW("2", "<c r=\"F2\" s=\"4\"><v>1.5E3</v></c>")
	                           FUND_ROW("3", "<c r=\"F3\" t=\"e\"><v>#REF!</v></c>"))},
	     {"xl/styles.xml", book_styles},
	     {NULL, NULL}},
	    {{SHEET_PART, SHEET("<sheetData>" REPORT_HEADER REPORT_ROW
	                        "</sheetData><mergeCells><mergeCell ref=\"A2:B3\"/></mergeCells>")},
	     {"xl/worksheets/sheet2.xml", ROWS("<row>" TEXT("A1", "fupin-sheet") "</row><row r=\"2\">" TEXT(
	                                      "A2", "office") TEXT("B2", "220821") "</row>")},
	     {NULL, NULL}},
	};
	for (size_t i = 0; i < COUNT(sets); i++)
		write_parts_seed("parts", i, sets[i], 3);
}

static void
write_text(void)
{
	static const char *const texts[] = {
	    "unit,period,replaces,households\n220821103204,2013-04,1,40\n",
	    "\xEF\xBB\xBF单位,期间,补助到村资金（元）,产业资金\r\n220821103204,2013年4月,\"750,000.10\","
	    "１２．５\r\n",
	    "\xB5\xA5\xCE\xBB,\xC6\xDA\xBC\xE4,\xBB\xA7\xCA\xFD\n220821103204,201304,40\n",
	    "类别,单位,凭证号,日期,来源,用途,对方单位,金额,所指凭证号,文件依据,摘要,项目编号\n"
	    "筹措,220821,V-1,2013-04-15,中央资金,,,\"1,000.50\",,农发〔2013〕7号,\"两\n行\",\n",
	    "单位,项目编号,步骤,日期,项目名称,类别,牵头单位,计划开工,计划竣工,中央资金,四制,进度,验收合格,达标项,"
	    "整改期限\n"
	    "220821103204,路-1,立项,2013-03-01,通村水泥路,1,220821,2013-05-01,2013-10-31,600000,,,,,\n"
	    "220821103204,路-1,验收,2013/11/1,,,,,,,,,是,1 2,2013-12-01\n",
	    "unit,period\n\"220821103204,2013-04\n",
	};
	for (size_t i = 0; i < COUNT(texts); i++)
		write_seed("text", i, SHEET_TEXT, texts[i], strlen(texts[i]));
}

int
main(int argc, char **argv)
{
	if (argc != 2 || sodium_init() < 0)
		return 2;
	mkdir(argv[1], 0755);
	if (!realpath(argv[1], directory) || book_begin(NULL)) {
		perror(argv[1]);
		return 1;
	}
	write_good();
	write_bad();
	write_text();
	return book_end(NULL) ? 1 : 0;
}
