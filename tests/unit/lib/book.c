#include "book.h"

#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char book_name[] = "county.xlsx";
struct draft draft;
struct findings findings;
char printed[PRINTED_BYTES];

static char directory[] = "/tmp/fupin-book-XXXXXX";

int
book_begin(void **state)
{
	(void)state;
	plan_make(&plan);
	return mkdtemp(directory) && !chdir(directory) ? 0 : -1;
}

int
book_end(void **state)
{
	(void)state;
	catalogue_free(&plan);
	return chdir("/") || rmdir(directory);
}

void
read_file(const char *name)
{
	findings = (struct findings){0};
	draft_init(&draft);
	draft_read(&draft, name, &plan, &findings);
	print_findings(printed, &findings, LANGUAGE_ENGLISH);
	assert_int_equal(unlink(name), 0);
}

void
write_bytes(const char *name, const void *bytes, size_t size)
{
	FILE *file = fopen(name, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

char *
file_bytes(const char *name, size_t *size)
{
	FILE *file = fopen(name, "re");
	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	*size = (size_t)ftell(file);
	rewind(file);
	char *bytes = malloc(*size + 1);
	assert_true(bytes && fread(bytes, 1, *size, file) == *size);
	fclose(file);
	return bytes;
}

/* ---------------------------------------------------------------- by hand */

static const struct part usual[] = {
    {"[Content_Types].xml", PART_HEAD "<Types/>"},
    {"_rels/.rels", RELATIONS(LINK("rId1", "officeDocument", "xl/workbook.xml"))},
    {"xl/workbook.xml", WORKBOOK(SHEETS)},
    {"xl/_rels/workbook.xml.rels", RELATIONS(LINK("rId1", "worksheet", "worksheets/sheet1.xml")
                                                 LINK("rId2", "sharedStrings", "sharedStrings.xml")
                                                     LINK("rId3", "styles", "/xl/styles.xml"))},
    {"xl/worksheets/sheet1.xml", ROWS(REPORT_HEADER REPORT_ROW)},
    {"xl/sharedStrings.xml", PART_HEAD "<sst xmlns=\"" MAIN "\"></sst>"},
    {"xl/styles.xml", PART_HEAD "<styleSheet xmlns=\"" MAIN "\"></styleSheet>"},
};

void
add_part(zip_t *zip, const char *name, const char *text, size_t size)
{
	zip_source_t *source = zip_source_buffer(zip, text, size, 0);
	assert_true(source && zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0);
}

static void
add_text(zip_t *zip, const struct part *part)
{
	if (part->text)
		add_part(zip, part->name, part->text, strlen(part->text));
}

zip_t *
begin_zip(void)
{
	zip_t *zip = zip_open(book_name, ZIP_CREATE | ZIP_TRUNCATE, NULL);
	assert_non_null(zip);
	return zip;
}

void
add_usual(zip_t *zip, const char *without)
{
	for (size_t i = 0; i < COUNT(usual); i++)
		if (!without || strcmp(usual[i].name, without) != 0)
			add_text(zip, &usual[i]);
}

void
write_parts(const struct part *parts, size_t count)
{
	zip_t *zip = begin_zip();
	for (size_t i = 0; i < COUNT(usual); i++) {
		size_t k = 0;
		while (k < count && (!parts[k].name || strcmp(parts[k].name, usual[i].name) != 0))
			k++;
		if (k == count)
			add_text(zip, &usual[i]);
	}
	for (size_t k = 0; k < count && parts[k].name; k++)
		add_text(zip, &parts[k]);
	assert_int_equal(zip_close(zip), 0);
}

void
write_large(const char *head, const char *filling, size_t times, const char *tail)
{
	size_t size = strlen(filling), used = strlen(head), room = used + size * times + strlen(tail);
	char *text = malloc(room + 1);
	assert_non_null(text);
	memcpy(text, head, used);
	for (size_t i = 0; i < times; i++, used += size)
		memcpy(text + used, filling, size);
	strcpy(text + used, tail);
	zip_t *zip = begin_zip();
	add_usual(zip, SHEET_PART);
	add_part(zip, SHEET_PART, text, room);
	assert_int_equal(zip_close(zip), 0);
	free(text);
}

const char book_styles[] =
    PART_HEAD "<styleSheet xmlns=\"" MAIN "\"><numFmts count=\"2\"><numFmt numFmtId=\"164\" "
              "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/><numFmt numFmtId=\"165\" "
              "formatCode=\"000\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
              "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>"
              "<xf numFmtId=\"10\"/></cellXfs><dxfs><dxf><numFmt numFmtId=\"0\" "
              "formatCode=\"yyyy\"/></dxf></dxfs></styleSheet>";

const char book_strings[] = PART_HEAD
    "<sst xmlns=\"" MAIN "\"><si><t>plain</t></si><si><r><rPr><b/></rPr><t xml:space=\"preserve\">two </t>"
    "</r><r><t>runs</t></r></si><si><t>漢字</t><rPh sb=\"0\" eb=\"2\"><t>かんじ</t></rPh></si>"
    "<si><t xml:space=\"preserve\"> a_x000D_b_x005F_c_x0000__xD800__x4E2D_ </t></si><si/></sst>";

/* ---------------------------------------------------------------- with libxlsxwriter */

void
write_words(lxw_worksheet *sheet, lxw_row_t row, const char *const *words, lxw_format *format)
{
	for (lxw_col_t i = 0; words[i]; i++)
		worksheet_write_string(sheet, row, i, words[i], format);
}

void
write_funds(lxw_workbook *book)
{
	static const char *const header[] = {"类别", "单位",     "凭证号", "日期", "来源",
	                                     "用途", "对方单位", "金额",   "摘要", NULL};
	static const char *const second[] = {"granted",  "220821",       "V-2",      "2013/8/15", "social",
	                                     "industry", "220821103204", "1,000.50", NULL};
	lxw_worksheet *sheet = workbook_add_worksheet(book, "资金");
	lxw_format *bold = workbook_add_format(book), *day = workbook_add_format(book);
	lxw_datetime when = {.year = 2013, .month = 4, .day = 15};
	lxw_row_col_options hidden = {.hidden = 1};
	format_set_bold(bold);
	format_set_num_format(day, "yyyy\"年\"m\"月\"d\"日\"");
	worksheet_merge_range(sheet, 0, 0, 0, 8, "镇赉县2013年扶贫资金", bold);
	write_words(sheet, 2, header, bold);
	worksheet_write_string(sheet, 3, 0, "筹措", NULL);
	worksheet_write_number(sheet, 3, 1, 220821, NULL);
	worksheet_write_string(sheet, 3, 2, "V-1", NULL);
	worksheet_write_datetime(sheet, 3, 3, &when, day);
	worksheet_write_string(sheet, 3, 4, "中央资金", NULL);
	worksheet_write_formula_num(sheet, 3, 7, "=0.1+0.2", NULL, 0.1 + 0.2);
	write_words(sheet, 4, second, NULL);
	worksheet_set_row_opt(sheet, 4, LXW_DEF_ROW_HEIGHT, NULL, &hidden);
}

void
write_reports(lxw_workbook *book)
{
	static const char *const header[] = {"unit", "period", "village_subsidy", "households", NULL};
	lxw_worksheet *sheet = workbook_add_worksheet(book, "village");
	lxw_format *month = workbook_add_format(book);
	lxw_datetime when = {.year = 2013, .month = 4, .day = 1};
	format_set_num_format(month, "yyyy-mm");
	write_words(sheet, 0, header, NULL);
	worksheet_write_number(sheet, 1, 0, 220821103204, NULL);
	worksheet_write_datetime(sheet, 1, 1, &when, month);
	worksheet_write_number(sheet, 1, 2, 750000.10, NULL);
	worksheet_write_number(sheet, 1, 3, 40, NULL);
}
