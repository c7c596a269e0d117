/* Workbooks that clerks keep: each cell's text, each problem with its place, and how long it takes. */
#include "book.h"
#include "plan.h"

#include "xlsx/xlsx_rows.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TODAY = 20130815 };

/* ---------------------------------------------------------------- cells */

/* The rows of a sheet, and its cells as they are read: "line: A|B…", one mark behind a cell that has one. */
static const struct {
	const char *name, *rows, *expected;
} cell_cases[] = {
    {"nothing", "", ""},
    {"numbers",
     "<row r=\"1\"><c r=\"A1\"><v>1234.10</v></c><c r=\"B1\" t=\"n\"><v> 7 "
     "</v></c><c><v>0.30000000000000004</v></c></row>",
     "1: 1234.1|7|0.3\n"},
    {"gaps",
     "<row r=\"3\"><c r=\"B3\"><v>1</v></c><c r=\"D3\"><v>2</v></c><c r=\"E3\"/></row><row r=\"4\"/><row "
     "r=\"9\"><c r=\"A9\"><v>3</v></c></row>",
     "3: |1||2\n9: 3\n"},
    {"no places", "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>",
     "1: 1|2\n3: 3\n"},
    {"shared texts",
     "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c><c "
     "t=\"s\"><v>4</v></c></row>",
     "1: plain|two runs|漢字\n"},
    {"escapes", "<row><c t=\"s\"><v>3</v></c></row>", "1: a\rb_c_x0000__xD800_中\n"},
    {"inline texts",
     "<row>" TEXT("A1", "  x &amp; y ") "<c "
                                        "t=\"inlineStr\"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>c</t></"
                                        "rPh></is></c></row>",
     "1: x & y|ab\n"},
    {"booleans", "<row><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c></row>", "1: TRUE{5}|FALSE{5}\n"},
    {"errors", "<row><c t=\"e\"><v>#REF!</v></c><c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>",
     "1: #REF!{2}|#DIV/0!{2}\n"},
    {"formulas",
     "<row><c><f>1+1</f><v>2</v></c><c t=\"str\"><f>A1&amp;\"x\"</f><v>2x</v></c><c "
     "t=\"str\"><f>\"\"</f><v></v></c></row>",
     "1: 2|2x\n"},
    {"formulas without values",
     "<row><c><f>SUM(A1:A9)</f></c><c><f>1+1</f><v/></c><c t=\"str\"><f>X</f></c></row>",
     "1: =SUM(A1:A9){3}|=1+1{3}|=X{3}\n"},
    {"dates",
     "<row><c s=\"1\"><v>41379</v></c><c s=\"2\"><v>41365</v></c><c t=\"d\"><v>2013-04-15T00:00:00</v></c><c "
     "t=\"d\"><v>soon</v></c></row>",
     "1: 2013-04-15{1}|2013-04-01{1}|2013-04-15{1}|soon\n"},
    {"formats",
     "<row><c s=\"3\"><v>7</v></c><c s=\"4\"><v>0.5</v></c><c s=\"0\"><v>41379</v></c><c "
     "s=\"99\"><v>1</v></c></row>",
     "1: 007|50%{5}|41379|1\n"},
    {"inexact", "<row><c><v>20130415000000012</v></c></row>", "1: 20130415000000012{4}\n"},
    {"prefixes", "<x:row xmlns:x=\"" MAIN "\"><x:c><x:v>5</x:v></x:c></x:row>", "1: 5\n"},
    {"hidden", "<row r=\"1\" hidden=\"1\"><c><v>5</v></c></row>", "1: 5\n"},
    {"comments and CDATA", "<row><!-- <c/> --><c><v><![CDATA[5]]></v></c><?pi?></row>", "1: 5\n"},
};

static void
cells_text(const struct text_table *table, char out[PRINTED_BYTES])
{
	size_t used = 0;
	*out = 0;
	for (size_t i = 0; i < table->row_count; i++) {
		const struct text_row *row = &table->rows[i];
		used += (size_t)snprintf(out + used, PRINTED_BYTES - used, "%zu:", row->line);
		for (size_t at = 0; at < row->cell_count; at++) {
			used +=
			    (size_t)snprintf(out + used, PRINTED_BYTES - used, "%s%s", at ? "|" : " ", row->cells[at]);
			if (text_mark(row, at))
				used += (size_t)snprintf(out + used, PRINTED_BYTES - used, "{%d}", (int)text_mark(row, at));
		}
		used += (size_t)snprintf(out + used, PRINTED_BYTES - used, "\n");
	}
}

static void
test_cells(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cell_cases); i++) {
		char sheet[4096], got[PRINTED_BYTES] = "";
		struct text_table table = {0};
		struct text_failure failure = {0};
		struct arena arena;
		snprintf(sheet, sizeof sheet, ROWS("%s"), cell_cases[i].rows);
		const struct part parts[] = {{"xl/worksheets/sheet1.xml", sheet},
		                             {"xl/styles.xml", book_styles},
		                             {"xl/sharedStrings.xml", book_strings}};
		write_parts(parts, COUNT(parts));
		arena_init(&arena, MEBIBYTE);
		size_t size;
		char *bytes = file_bytes(book_name, &size);
		struct workbook *workbook = book_open(bytes, size, &failure);
		EXPECT(workbook, "%s: problem %d %s", cell_cases[i].name, (int)failure.code, failure.detail);
		EXPECT(workbook->sheet_count == 1 && !strcmp(workbook->sheets[0].name, "资金"), "%s",
		       cell_cases[i].name);
		EXPECT(book_read_rows(workbook, 0, 0, &arena, &table, &failure), "%s: problem %d %s",
		       cell_cases[i].name, (int)failure.code, failure.detail);
		cells_text(&table, got);
		EXPECT(!strcmp(got, cell_cases[i].expected), "%s: %s", cell_cases[i].name, got);
		book_close(&workbook);
		book_close(&workbook);
		free(bytes);
		arena_free(&arena);
		unlink(book_name);
	}
}

static void
test_since_1904(void **state)
{
	static const struct part parts[] = {
	    {"xl/workbook.xml", WORKBOOK("<workbookPr date1904=\"1\"/>" SHEETS)},
	    {"xl/styles.xml", book_styles},
	    {"xl/worksheets/sheet1.xml",
	     ROWS(REPORT_HEADER "<row r=\"2\"><c r=\"A2\"><v>220821103204</v></c><c r=\"B2\" "
	                        "s=\"2\"><v>39917</v></c><c r=\"C2\"><v>1</v></c></row>")}};
	(void)state;
	write_parts(parts, COUNT(parts));
	read_file(book_name);
	assert_string_equal(printed, "");
	assert_int_equal(draft.submission.reports[0].period, 201304);
	draft_free(&draft);
}

/* ---------------------------------------------------------------- workbooks as counties keep them */

static void
test_county_workbook(void **state)
{
	static const char *const units[] = {"单位代码", "单位名称", NULL}, *const empty[] = {"单位", "期间",
	                                                                                     "户数", NULL};
	(void)state;
	lxw_workbook *book = workbook_new(book_name);
	worksheet_write_string(workbook_add_worksheet(book, "说明"), 0, 0, "请填写各表", NULL);
	write_words(workbook_add_worksheet(book, "单位表"), 0, units, NULL);
	write_words(workbook_add_worksheet(book, "空表"), 0, empty, NULL);
	write_funds(book);
	workbook_add_chartsheet(book, "图");
	write_reports(book);
	assert_int_equal(workbook_close(book), 0);
	read_file(book_name);
	assert_string_equal(printed, "");
	assert_int_equal(draft.submission.entry_count, 2);
	assert_int_equal(draft.submission.report_count, 1);
	const struct fund_entry *e = draft.submission.entries;
	assert_true(e[0].kind == FUND_RAISED && e[0].unit == COUNTY && e[0].occurred == 20130415 &&
	            e[0].amount_fen == 30);
	assert_true(e[1].kind == FUND_GRANTED && e[1].occurred == 20130815 && e[1].amount_fen == 100050);
	assert_true(e[1].use == USE_INDUSTRY && e[1].counterparty == VILLAGE && !strcmp(e[1].voucher, "V-2"));
	const struct report *r = draft.submission.reports;
	assert_true(r->unit == VILLAGE && r->period == 201304 && r->value_count == 2);
	assert_true(r->values[0] == 75000010 && r->values[1] == 40);
	assert_int_equal(draft.entry_places[1].line, 5);
	assert_string_equal(draft.entry_places[1].sheet, "资金");
	draft_check(&draft, &plan, TODAY, &findings);
	assert_int_equal(findings.count, 0);
	draft_free(&draft);
}

/* Each problem names the sheet, the row, and the column by letter and name. */
#define TEN(text) text text text text text text text text text text

static const struct {
	const char *name, *sheet, *en, *zh;
} place_cases[] = {
    {"a text that is no amount", ROWS(FUND_HEADER FUND_ROW("2", TEXT("F2", "1,000.5万元"))),
     "county.xlsx: sheet 资金, row 2, column F (金额): 1,000.5万元 is not a number with at most 2 decimals\n",
     "county.xlsx: 工作表“资金”，第 2 行，F 列（金额）：1,000.5万元 不是最多 2 位小数的数字\n"},
    {"an error", ROWS(FUND_HEADER FUND_ROW("14", "<c r=\"F14\" t=\"e\"><f>X1</f><v>#REF!</v></c>")),
     "county.xlsx: sheet 资金, row 14, column F (金额): the cell has the error #REF!\n",
     "county.xlsx: 工作表“资金”，第 14 行，F 列（金额）：单元格为错误值 #REF!\n"},
    {"a formula without a value", ROWS(FUND_HEADER FUND_ROW("2", "<c r=\"F2\"><f>SUM(F3:F9)</f></c>")),
     "county.xlsx: sheet 资金, row 2, column F (金额): the value of the formula =SUM(F3:F9) was not saved: "
     "open the "
     "workbook, calculate, save\n"},
    {"a long formula without a value",
     ROWS(FUND_HEADER FUND_ROW("2", "<c r=\"F2\"><f>" TEN(TEN("F3+&quot;x&quot;+")) "</f></c>")),
     "county.xlsx: sheet 资金, row 2, column F (金额): the value of the formula =" TEN(
         "F3+\"x\"+") "F3+\"x\"+F3+\"x\"+F3+\"x\"+F3+ was not saved: open the workbook, calculate, save\n"},
    {"a column that is not read",
     ROWS(FUND_HEADER FUND_ROW("2", "<c r=\"F2\"><v>1</v></c><c r=\"G2\" t=\"e\"><v>#N/A</v></c>")), ""},
    {"too many digits", ROWS(FUND_HEADER FUND_ROW("2", "<c r=\"F2\"><v>1234567890123456</v></c>")),
     "county.xlsx: sheet 资金, row 2, column F (金额): 1234567890123456 has more digits than a spreadsheet's "
     "number holds "
     "(15): round it, or write it as text\n"},
    {"three decimals", ROWS(FUND_HEADER FUND_ROW("2", "<c r=\"F2\"><v>10.005</v></c>")),
     "county.xlsx: sheet 资金, row 2, column F (金额): 10.005 is not a number with at most 2 decimals\n"},
    {"an amount with a date's format", ROWS(FUND_HEADER FUND_ROW("2", "<c r=\"F2\" s=\"1\"><v>1000</v></c>")),
     "county.xlsx: sheet 资金, row 2, column F (金额): 1902-09-26 is not a number with at most 2 decimals\n"},
    {"a percentage", ROWS(FUND_HEADER FUND_ROW("2", "<c r=\"F2\" s=\"4\"><v>0.25</v></c>")),
     "county.xlsx: sheet 资金, row 2, column F (金额): 25% is not a number with at most 2 decimals\n"},
    {"a date that is a number",
     ROWS(FUND_HEADER FUND_START("2") "<c r=\"D2\"><v>41379</v></c>" TEXT(
         "E2", "中央资金") "<c r=\"F2\"><v>1</v></c></row>"),
     "county.xlsx: sheet 资金, row 2, column D (日期): 41379 is not a date: write 2013-04-15\n"},
    {"merged",
     SHEET("<sheetData>" FUND_HEADER FUND_ROW("2", "<c r=\"F2\"><v>1</v></c>") FUND_ROW("3", "")
               FUND_ROW("4", "") "</sheetData><mergeCells><mergeCell ref=\"F2:F4\"/><mergeCell "
                                 "ref=\"A8:C9\"/><mergeCell ref=\"J2:K4\"/></mergeCells>"),
     "county.xlsx: sheet 资金, row 2, column F (金额): the cells F2:F4 are merged, only the first of them "
     "has a value: "
     "take them apart\n"},
    {"merged further down, told once",
     SHEET("<sheetData>" FUND_HEADER FUND_ROW("2", "<c r=\"F2\"><v>1</v></c>")
               FUND_ROW("3", "<c r=\"F3\"><v>1</v></c>") FUND_ROW("4", "")
                   FUND_ROW("5", "") "</sheetData><mergeCells><mergeCell ref=\"F3:F5\"/></mergeCells>"),
     "county.xlsx: sheet 资金, row 3, column F (金额): the cells F3:F5 are merged, only the first of them "
     "has a value: "
     "take them apart\n"},
    {"a header of two rows",
     SHEET("<sheetData>" FUND_HEADER FUND_ROW(
         "3", "<c r=\"F3\"><v>1</v></c>") "</sheetData><mergeCells><mergeCell ref=\"A1:A3\"/></mergeCells>"),
     "county.xlsx: sheet 资金, row 1, column A (类别): the cells A1:A3 are merged, only the first of them "
     "has a value: take "
     "them apart\n"},
    {"an empty cell", ROWS(REPORT_HEADER "<row r=\"2\"><c r=\"A2\"><v>220821103204</v></c></row>"),
     "county.xlsx: sheet 资金, row 2, column B (期间): the cell is empty\n"},
    {"missing columns",
     ROWS("<row r=\"3\">" TEXT("B3", "凭证号")
              TEXT("C3", "金额") "</row><row r=\"4\"><c r=\"B4\"><v>1</v></c></row>"),
     "county.xlsx: sheet 资金, row 3: the sheet has no column kind 类别\n"
     "county.xlsx: sheet 资金, row 3: the sheet has no column unit 单位\n"
     "county.xlsx: sheet 资金, row 3: the sheet has no column occurred 日期\n"
     "county.xlsx: sheet 资金, row 3: the sheet has no column source 来源\n"},
    {"no rows", ROWS(FUND_HEADER), "county.xlsx: sheet 资金: the sheet has no rows\n",
     "county.xlsx: 工作表“资金”：表中没有数据行\n"},
    {"no header that is known", ROWS("<row r=\"1\">" TEXT("A1", "姓名") "</row>"),
     "county.xlsx: no sheet of the workbook has a row of column names that is known (unit 单位, …); there "
     "are: 资金\n"},
    {"far to the right", ROWS(FUND_HEADER "<row r=\"2\"><c r=\"IW2\"><v>1</v></c></row>"),
     "county.xlsx: sheet 资金, row 2: the sheet has values behind column 256\n"},
    {"far to the right, not read", ROWS("<row r=\"1\"><c r=\"IW1\"><v>1</v></c></row>"),
     "county.xlsx: no sheet of the workbook has a row of column names that is known (unit 单位, …); there "
     "are: 资金\n"},
};

static void
test_places(void **state)
{
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(place_cases); i++) {
		const struct part parts[] = {{"xl/worksheets/sheet1.xml", place_cases[i].sheet},
		                             {"xl/styles.xml", book_styles}};
		write_parts(parts, COUNT(parts));
		read_file(book_name);
		bool good = !strcmp(printed, place_cases[i].en);
		if (!good)
			print_error("case: %s\n%s---\n%s", place_cases[i].name, printed, place_cases[i].en);
		if (place_cases[i].zh) {
			print_findings(printed, &findings, LANGUAGE_CHINESE);
			if (strcmp(printed, place_cases[i].zh) != 0)
				print_error("case: %s\n%s---\n%s", place_cases[i].name, printed, place_cases[i].zh);
			good = good && !strcmp(printed, place_cases[i].zh);
		}
		wrong += !good;
		draft_free(&draft);
	}
	assert_int_equal(wrong, 0);
}

/* What the common checks find has its place too, by the sheet of the workbook. */
static void
test_checked_places(void **state)
{
	(void)state;
	lxw_workbook *book = workbook_new(book_name);
	lxw_worksheet *sheet = workbook_add_worksheet(book, "一月");
	static const char *const header[] = {"单位", "期间", "产业资金", "village_subsidy", NULL};
	write_words(sheet, 0, header, NULL);
	worksheet_write_number(sheet, 1, 0, 220821103204, NULL);
	worksheet_write_string(sheet, 1, 1, "2013-01", NULL);
	worksheet_write_number(sheet, 1, 2, 800000, NULL);
	worksheet_write_number(sheet, 1, 3, 750000, NULL);
	assert_int_equal(workbook_close(book), 0);
	read_file(book_name);
	assert_string_equal(printed, "");
	draft_check(&draft, &plan, TODAY, &findings);
	print_findings(printed, &findings, LANGUAGE_ENGLISH);
	assert_string_equal(
	    printed, "county.xlsx: sheet 一月, row 2, column C (产业资金): 800,000.00 exceeds 补助到村资金 "
	             "Village subsidy 750,000.00\n");
	draft_free(&draft);
}

static void
test_letters(void **state)
{
	static const struct {
		size_t column;
		const char *letters;
	} cases[] = {{0, "A"},   {25, "Z"},   {26, "AA"},   {51, "AZ"},
	             {52, "BA"}, {701, "ZZ"}, {702, "AAA"}, {16383, "XFD"}};
	char out[LETTERS_BYTES];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(column_letters(cases[i].column, out), cases[i].letters);
}

/* ---------------------------------------------------------------- time */

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { SLOW = 20 };
#elif defined __has_feature
enum { SLOW = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ? 20 : 1 };
#else
enum { SLOW = 1 };
#endif

static double
processor_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
write_many_rows(lxw_row_t count)
{
	static const char *const header[] = {"类别",     "单位",     "凭证号", "日期", "来源",
	                                     "用途",     "对方单位", "金额",   "摘要", "所指凭证号",
	                                     "文件依据", "单位名称", NULL};
	lxw_workbook *book = workbook_new(book_name);
	lxw_worksheet *sheet = workbook_add_worksheet(book, "资金");
	write_words(sheet, 0, header, NULL);
	for (lxw_row_t i = 1; i <= count; i++) {
		char voucher[32];
		const char *const words[] = {
		    "安排", "220821", voucher, "2013-04-15",           "社会帮扶资金", "产业", "220821103204",
		    "",     "摘要",   "",      "吉财农指〔2013〕12号", "镇赉县",       NULL};
		snprintf(voucher, sizeof voucher, "V-%u", i);
		write_words(sheet, i, words, NULL);
		worksheet_write_number(sheet, i, 7, (double)i / 100, NULL);
	}
	assert_int_equal(workbook_close(book), 0);
}

static void
test_20000_rows(void **state)
{
	enum { ROWS_COUNT = 20000 };
	(void)state;
	write_many_rows(ROWS_COUNT);
	double began = processor_seconds();
	read_file(book_name);
	double took = processor_seconds() - began;
	print_message("20,000 rows of 12 columns: %.3f s, %zu KiB\n", took, draft.arena.bytes_used / 1024);
	assert_string_equal(printed, "");
	assert_int_equal(draft.submission.entry_count, ROWS_COUNT);
	for (size_t i = 0; i < ROWS_COUNT; i++)
		assert_int_equal(draft.submission.entries[i].amount_fen, i + 1);
	EXPECT(took < SLOW, "it took %.3f s", took);
	draft_free(&draft);
}

/* Reads a sheet of so many rows, all but two of them empty; returns the seconds of a processor. */
static double
read_empty_rows(int rows)
{
	static char text[64 * MEBIBYTE];
	size_t used =
	    (size_t)snprintf(text, sizeof text, "<worksheet><sheetData>%s%s", REPORT_HEADER, REPORT_ROW);
	for (int i = 3; i <= rows; i++)
		used += (size_t)snprintf(text + used, sizeof text - used,
		                         "<row r=\"%d\"><c r=\"A%d\" s=\"1\"/></row>", i, i);
	used += (size_t)snprintf(text + used, sizeof text - used, "</sheetData></worksheet>");
	write_large(text, "", 0, "");
	double began = processor_seconds();
	read_file(book_name);
	double took = processor_seconds() - began;
	print_message("%d rows, all but two of them empty: %.3f s, %zu KiB\n", rows, took,
	              draft.arena.bytes_used / 1024);
	assert_string_equal(printed, "");
	assert_int_equal(draft.submission.report_count, 1);
	draft_free(&draft);
	return took;
}

/* Each costs as much as any other: four times as many take four times as long, however fast the machine is.
 */
static void
test_empty_rows(void **state)
{
	(void)state;
	double quarter = read_empty_rows(SHEET_ROWS_MAX / 4), all = read_empty_rows(SHEET_ROWS_MAX);
	EXPECT(all < 8 * quarter, "%.3f s, and a quarter of it %.3f s", all, quarter);
	EXPECT(all < 10 * SLOW, "it took %.3f s", all);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cells),           cmocka_unit_test(test_since_1904),
	    cmocka_unit_test(test_county_workbook), cmocka_unit_test(test_places),
	    cmocka_unit_test(test_checked_places),  cmocka_unit_test(test_letters),
	    cmocka_unit_test(test_20000_rows),      cmocka_unit_test(test_empty_rows)};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, book_begin, book_end);
}
