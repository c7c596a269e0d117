/* Workbooks for tests: put together by hand from XML, or with libxlsxwriter as a county keeps them; and what
 * comes of reading them. */
#ifndef FUPIN_TESTS_BOOK_H
#define FUPIN_TESTS_BOOK_H

#include "case.h"
#include "printed.h"

#include "sheet/sheet.h"

#include <xlsxwriter.h>
#include <zip.h>

enum { MEBIBYTE = 1024 * 1024 };

/* The file that all of these write. */
extern const char book_name[];

/* Of the group: the plan, and a directory that the test runs in. */
int book_begin(void **state);
int book_end(void **state);

/* What came of the last file that was read; the test frees the draft. */
extern struct draft draft;
extern struct findings findings;
extern char printed[PRINTED_BYTES];

/* Reads a file into `draft`, prints the findings in English, and removes the file. */
void read_file(const char *name);
void write_bytes(const char *name, const void *bytes, size_t size);
/* To be freed. */
char *file_bytes(const char *name, size_t *size);

/* ---------------------------------------------------------------- by hand */

struct part {
	const char *name, *text; /* text NULL: there is no such part */
};

#define PART_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define LINKS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE_LINKS "http://schemas.openxmlformats.org/package/2006/relationships"
#define LINK(id, type, target)                                                                               \
	"<Relationship Id=\"" id "\" Type=\"" LINKS "/" type "\" Target=\"" target "\"/>"
#define RELATIONS(links) PART_HEAD "<Relationships xmlns=\"" PACKAGE_LINKS "\">" links "</Relationships>"
#define WORKBOOK(inside) PART_HEAD "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" LINKS "\">" inside "</workbook>"
#define SHEET(inside) PART_HEAD "<worksheet xmlns=\"" MAIN "\">" inside "</worksheet>"
#define ROWS(inside) SHEET("<sheetData>" inside "</sheetData>")
#define SHEETS "<sheets><sheet name=\"资金\" sheetId=\"1\" r:id=\"rId1\"/></sheets>"
#define TEXT(place, text) "<c r=\"" place "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"
/* A sheet of reports, one of them good. */
#define REPORT_HEADER                                                                                        \
	"<row r=\"1\">" TEXT("A1", "单位") TEXT("B1", "期间") TEXT("C1", "补助到村资金") "</row>"
#define REPORT_ROW                                                                                           \
	"<row r=\"2\"><c r=\"A2\"><v>220821103204</v></c>" TEXT("B2",                                            \
	                                                        "2013-04") "<c r=\"C2\"><v>1.5</v></c></row>"

#define REL_PART "xl/_rels/workbook.xml.rels"
#define SHEET_PART "xl/worksheets/sheet1.xml"
#define STRINGS_PART "xl/sharedStrings.xml"

/* Styles 0 (a number), 1 and 2 (dates), 3 (000), 4 (%); texts. */
extern const char book_styles[], book_strings[];

/* A sheet of fund entries. */
#define FUND_HEADER                                                                                          \
	"<row r=\"1\">" TEXT("A1", "类别") TEXT("B1", "单位") TEXT("C1", "凭证号") TEXT("D1", "日期")            \
	    TEXT("E1", "来源") TEXT("F1", "金额") TEXT("G1", "单位名称") "</row>"
#define FUND_START(row)                                                                                      \
	"<row r=\"" row "\">" TEXT("A" row, "筹措") TEXT("B" row, "220821") TEXT("C" row, "V-" row)
#define FUND_ROW(row, amount)                                                                                \
	FUND_START(row) TEXT("D" row, "2013-04-15") TEXT("E" row, "中央资金") amount "</row>"

zip_t *begin_zip(void);
void add_part(zip_t *zip, const char *name, const char *text, size_t size);
/* The usual parts of a workbook, but for the one of that name (NULL: all). */
void add_usual(zip_t *zip, const char *without);
/* The usual parts, some of them replaced, and others. */
void write_parts(const struct part *parts, size_t count);
/* The sheet is `head`, `times` times `filling`, and `tail`. */
void write_large(const char *head, const char *filling, size_t times, const char *tail);

/* ---------------------------------------------------------------- with libxlsxwriter */

void write_words(lxw_worksheet *sheet, lxw_row_t row, const char *const *words, lxw_format *format);
/* A title above the header, dates as dates, an amount by a formula, a row that is hidden. */
void write_funds(lxw_workbook *book);
void write_reports(lxw_workbook *book);

#endif
