/* Workbooks that nobody should have made, and files that only say they are workbooks: each is told what it
 * is, and nothing crashes or goes on for ever. */
#include "bad_books.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- what is no good workbook */

static void
check_printed(const char *name, const char *expected, size_t *wrong)
{
	char whole[PRINTED_BYTES];
	snprintf(whole, sizeof whole, "%s: %s\n", book_name, expected);
	if (!strcmp(printed, whole))
		return;
	print_error("case: %s\n%s---\n%s", name, printed, whole);
	++*wrong;
}

static void
test_bad_parts(void **state)
{
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < bad_book_count; i++) {
		write_parts(bad_books[i].parts, BAD_PARTS_MAX);
		read_file(book_name);
		check_printed(bad_books[i].name, bad_books[i].en, &wrong);
		draft_free(&draft);
	}
	assert_int_equal(wrong, 0);
}

/* Files that are no ZIP at all, whatever their names say. */
static void
test_other_files(void **state)
{
	static const char ole[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
	static unsigned char bytes[2048];
	size_t wrong = 0, size;
	(void)state;
	write_bytes(book_name, "unit,period\n1,2\n", 16);
	read_file(book_name);
	check_printed("a CSV file", "the file is no workbook, whatever its name says: save it as .xlsx (or .csv)",
	              &wrong);
	draft_free(&draft);
	write_bytes(book_name, "", 0);
	read_file(book_name);
	check_printed("empty", "the file is no workbook, whatever its name says: save it as .xlsx (or .csv)",
	              &wrong);
	draft_free(&draft);
	memcpy(bytes, ole, 8);
	write_bytes(book_name, bytes, sizeof bytes);
	read_file(book_name);
	check_printed("the old format", "the file is of another format, .xls: save it as .xlsx", &wrong);
	draft_free(&draft);
	for (size_t i = 0; i < 16; i++)
		bytes[1024 + 2 * i] = (unsigned char)"EncryptedPackage"[i];
	write_bytes(book_name, bytes, sizeof bytes);
	read_file(book_name);
	check_printed("encrypted", "the workbook opens with a password: save it without one", &wrong);
	draft_free(&draft);
	write_parts(NULL, 0);
	char *whole = file_bytes(book_name, &size);
	write_bytes(book_name, whole, size / 2);
	free(whole);
	read_file(book_name);
	check_printed("cut off", "the workbook is cut off, its end is missing: copy it again", &wrong);
	draft_free(&draft);
	assert_int_equal(wrong, 0);
}

/* A workbook is known by its bytes too. */
static void
test_other_name(void **state)
{
	(void)state;
	write_parts(NULL, 0);
	assert_int_equal(rename(book_name, "county.csv"), 0);
	read_file("county.csv");
	assert_string_equal(printed, "");
	assert_int_equal(draft.submission.report_count, 1);
	draft_free(&draft);
}

static void
test_password_of_zip(void **state)
{
	size_t wrong = 0;
	(void)state;
	zip_t *zip = begin_zip();
	add_usual(zip, NULL);
	for (zip_uint64_t i = 0; (zip_int64_t)i < zip_get_num_entries(zip, 0); i++)
		assert_int_equal(zip_file_set_encryption(zip, i, ZIP_EM_AES_256, "secret"), 0);
	assert_int_equal(zip_close(zip), 0);
	read_file(book_name);
	check_printed("ZIP with a password", "the workbook opens with a password: save it without one", &wrong);
	draft_free(&draft);
	assert_int_equal(wrong, 0);
}

/* ---------------------------------------------------------------- large ones */

static void
test_bombs(void **state)
{
	size_t wrong = 0;
	(void)state;
	write_large("<worksheet>", "          ", 4 * MEBIBYTE, "</worksheet>");
	read_file(book_name);
	check_printed("a bomb",
	              "sheet 资金: the workbook unpacks to more than 200 times its size, as no real one does: "
	              "refused, in xl/worksheets/sheet1.xml",
	              &wrong);
	draft_free(&draft);
	write_large("<worksheet><sheetData a=\"", "          ", MEBIBYTE / 4, "\"/></worksheet>");
	read_file(book_name);
	check_printed("an endless attribute",
	              "sheet 资金: the workbook is damaged: xl/worksheets/sheet1.xml: an endless tag", &wrong);
	draft_free(&draft);
	write_large("<worksheet>", "<a>", 65, "</worksheet>");
	read_file(book_name);
	check_printed("depth", "sheet 资金: the workbook is damaged: xl/worksheets/sheet1.xml", &wrong);
	draft_free(&draft);
	write_large("<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>", "abcdefghij", 13107,
	            "</t></is></c></row></sheetData></worksheet>");
	read_file(book_name);
	check_printed("a long cell",
	              "sheet 资金: the workbook is larger than is read (a cell of 32767 characters): delete what "
	              "is not to be reported",
	              &wrong);
	draft_free(&draft);
	assert_int_equal(wrong, 0);
}

#define TOO_LARGE(what) "the workbook is larger than is read (" what "): delete what is not to be reported"

/* More than is looked at, each by the first that is too many; and as much as that is read. */
static void
test_limits(void **state)
{
	size_t wrong = 0;
	(void)state;
	write_parts(NULL, 0);
	assert_int_equal(truncate(book_name, 64 * MEBIBYTE + 1), 0);
	read_file(book_name);
	check_printed("a large file", TOO_LARGE("64 MiB"), &wrong);
	draft_free(&draft);
	for (int extra = 0; extra < 2; extra++) {
		zip_t *zip = begin_zip();
		char name[24];
		add_usual(zip, NULL);
		for (int i = (int)zip_get_num_entries(zip, 0); i < 65536 + extra; i++) {
			snprintf(name, sizeof name, "x/%d", i);
			add_part(zip, name, "", 0);
			/* Nothing is not worth compressing, 131,072 times. */
			assert_int_equal(zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_STORE, 0), 0);
		}
		assert_int_equal(zip_close(zip), 0);
		read_file(book_name);
		assert_int_equal(strstr(printed, TOO_LARGE("65536 parts")) != NULL, extra);
		draft_free(&draft);
	}
	for (size_t areas = 1000; areas < 1002; areas++) {
		write_large("<worksheet><sheetData>" REPORT_HEADER REPORT_ROW "</sheetData>",
		            "<mergeCell ref=\"H9:I9\"/>", areas, "</worksheet>");
		read_file(book_name);
		assert_int_equal(strstr(printed, TOO_LARGE("1000 merged areas")) != NULL, areas > 1000);
		draft_free(&draft);
	}
	assert_int_equal(wrong, 0);
}

/* Many sheets, all of which are one large part: none of them is too large by itself. */
static void
write_sheets(size_t count, size_t filling)
{
	static char workbook[64 * 1024], links[128 * 1024];
	size_t used = (size_t)snprintf(workbook, sizeof workbook, "<workbook><sheets>");
	size_t linked = (size_t)snprintf(links, sizeof links, "<Relationships>");
	for (size_t i = 0; i < count; i++) {
		used += (size_t)snprintf(workbook + used, sizeof workbook - used,
		                         "<sheet name=\"s%zu\" id=\"r%zu\"/>", i, i);
		linked += (size_t)snprintf(
		    links + linked, sizeof links - linked,
		    "<Relationship Id=\"r%zu\" Type=\"/worksheet\" Target=\"worksheets/sheet1.xml\"/>", i);
	}
	snprintf(workbook + used, sizeof workbook - used, "</sheets></workbook>");
	snprintf(links + linked, sizeof links - linked, "</Relationships>");
	write_large("<worksheet>", "          ", filling, "</worksheet>");
	zip_t *zip = zip_open(book_name, 0, NULL);
	const struct part parts[] = {{"xl/workbook.xml", workbook}, {REL_PART, links}};
	for (size_t i = 0; i < COUNT(parts); i++) {
		zip_source_t *source = zip_source_buffer(zip, parts[i].text, strlen(parts[i].text), 0);
		assert_true(zip_file_add(zip, parts[i].name, source, ZIP_FL_OVERWRITE) >= 0);
	}
	assert_int_equal(zip_close(zip), 0);
}

static void
test_many_sheets(void **state)
{
	size_t wrong = 0;
	(void)state;
	write_sheets(257, 0);
	read_file(book_name);
	check_printed("257 sheets", "the workbook has more than 256 sheets", &wrong);
	draft_free(&draft);
	write_sheets(256, 0);
	read_file(book_name);
	assert_true(strstr(printed, "there are: s0, s1, s2"));
	draft_free(&draft);
	write_sheets(60, MEBIBYTE);
	read_file(book_name);
	check_printed(
	    "512 MiB in all",
	    "sheet s51: the workbook is larger than is read (512 MiB): delete what is not to be reported",
	    &wrong);
	draft_free(&draft);
	assert_int_equal(wrong, 0);
}

/* ---------------------------------------------------------------- chance */

/* Cut anywhere and with any byte changed, a workbook is read or refused; nothing else happens. */
static void
test_broken_anywhere(void **state)
{
	enum { ROUNDS = 1500 };
	size_t size;
	(void)state;
	lxw_workbook *book = workbook_new(book_name);
	write_funds(book);
	write_reports(book);
	assert_int_equal(workbook_close(book), 0);
	char *whole = file_bytes(book_name, &size), *copy = malloc(size);
	assert_non_null(copy);
	uint64_t chance = 2013;
	for (size_t i = 0; i < ROUNDS; i++) {
		memcpy(copy, whole, size);
		chance = chance * 6364136223846793005U + 1442695040888963407U;
		size_t at = (size_t)(chance >> 33) % size;
		copy[at] ^= (char)(1U << (chance >> 60 & 7));
		write_bytes(book_name, copy, i % 3 ? size : at);
		read_file(book_name);
		EXPECT(findings.count || draft.submission.entry_count + draft.submission.report_count, "byte %zu",
		       at);
		draft_free(&draft);
	}
	free(copy);
	free(whole);
}

/* Any change of the XML itself, which no checksum of the ZIP catches. */
static void
test_broken_xml(void **state)
{
	enum { ROUNDS = 1500 };
	static const char xml[] = ROWS(FUND_HEADER FUND_ROW(
	    "2", "<c r=\"F2\" s=\"1\"><f>A1</f><v>1000.5</v></c>") "<row r=\"3\"><c t=\"s\"><v>1</v></c></row>");
	static const char bytes[] = "<>/\"=&;rcvtsf019.-#\x80 ";
	char copy[sizeof xml];
	uint64_t chance = 300000;
	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		memcpy(copy, xml, sizeof xml);
		for (int k = 0; k < 3; k++) {
			chance = chance * 6364136223846793005U + 1442695040888963407U;
			copy[(chance >> 33) % (sizeof xml - 1)] = bytes[(chance >> 20) % (sizeof bytes - 1)];
		}
		const struct part parts[] = {
		    {SHEET_PART, copy}, {"xl/styles.xml", book_styles}, {STRINGS_PART, book_strings}};
		write_parts(parts, COUNT(parts));
		read_file(book_name);
		draft_free(&draft);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bad_parts),  cmocka_unit_test(test_other_files),
	    cmocka_unit_test(test_other_name), cmocka_unit_test(test_password_of_zip),
	    cmocka_unit_test(test_bombs),      cmocka_unit_test(test_many_sheets),
	    cmocka_unit_test(test_limits),     cmocka_unit_test(test_broken_anywhere),
	    cmocka_unit_test(test_broken_xml)};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, book_begin, book_end);
}
