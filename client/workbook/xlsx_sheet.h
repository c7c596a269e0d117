/* A sheet to be filled in: cells with a style (locked, to be filled in, carried forward), limits and
 * drop-downs that the spreadsheet enforces, columns that are hidden. Over libxlsxwriter. Lines and columns
 * count from 0; lines have to be written in order. xlsx_sheet_end() reports whether memory ran out. */
#ifndef FUPIN_CLIENT_XLSX_SHEET_H
#define FUPIN_CLIENT_XLSX_SHEET_H

#include "output/xlsx.h"

enum xlsx_style {
	XLSX_LOCKED,
	XLSX_TITLE,
	XLSX_NOTE,
	XLSX_HEADER,
	XLSX_HEADER_REQUIRED,
	XLSX_REQUIRED,
	XLSX_OPEN,    /* to be filled in; with decimals, like the next */
	XLSX_CARRIED, /* filled in already, to be looked at */
	XLSX_OPEN_TEXT,
	XLSX_OPEN_DATE,
	XLSX_OPEN_MONEY,
	XLSX_OPEN_COUNT,
	XLSX_STYLES,
};

struct xlsx_sheet;
struct sheet_formats;

/* The styles of a workbook, which owns them. NULL: no memory. */
struct sheet_formats *xlsx_sheet_formats(struct xlsx *xlsx);

/* NULL: no memory. Ended by xlsx_sheet_end(). */
struct xlsx_sheet *xlsx_sheet_begin(struct xlsx *xlsx, const struct sheet_formats *formats, const char *name);
/* Ends and frees it. `protect`: locked cells cannot be changed by mistake (there is no password). */
bool xlsx_sheet_end(struct xlsx_sheet *sheet, bool protect) __attribute__((warn_unused_result));

void xlsx_sheet_text(struct xlsx_sheet *sheet, int line, int column, const char *text, enum xlsx_style style);
/* value / 10^decimals. */
void xlsx_sheet_number(struct xlsx_sheet *sheet, int line, int column, int64_t value, int decimals,
                       enum xlsx_style style);
void xlsx_sheet_blank(struct xlsx_sheet *sheet, int line, int column, int decimals, enum xlsx_style style);

/* Sets a whole column's width in characters, and the style of cells that are not written. */
void xlsx_sheet_column(struct xlsx_sheet *sheet, int column, int width, enum xlsx_style style);
void xlsx_sheet_hide_columns(struct xlsx_sheet *sheet, int first, int last);
void xlsx_sheet_hide(struct xlsx_sheet *sheet);
/* What is above `line` and left of `column` stays visible. */
void xlsx_sheet_freeze(struct xlsx_sheet *sheet, int line, int column);

/* Allows numbers from minimum to maximum, times 10^decimals; whole numbers if decimals is 0. */
struct xlsx_limit {
	int64_t minimum, maximum;
	int decimals;
	const char *name, *measure; /* for the message, in Chinese */
};
void xlsx_sheet_limit(struct xlsx_sheet *sheet, int first, int last, int column,
                      const struct xlsx_limit *limit);
void xlsx_sheet_date(struct xlsx_sheet *sheet, int first, int last, int column);
/* Allows one of the first `count` cells of a column of another sheet. */
void xlsx_sheet_choose(struct xlsx_sheet *sheet, int first, int last, int column, const char *from,
                       int from_column, int count);
/* Shows a cell in red if it is more than the one in another column. */
void xlsx_sheet_warn_above(struct xlsx_sheet *sheet, int first, int last, int column, int whole);

#endif
