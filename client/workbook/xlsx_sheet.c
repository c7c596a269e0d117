#include "xlsx_sheet.h"

#include "base/decimal.h"
#include "base/utf8.h"
#include "columns/cell.h"
#include "sheet/finding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

struct sheet_formats {
	lxw_format *styles[XLSX_STYLES];
	lxw_format *open[DECIMAL_DIGITS_MAX + 1], *carried[DECIMAL_DIGITS_MAX + 1], *above;
};

struct xlsx_sheet {
	lxw_worksheet *file;
	const struct sheet_formats *formats;
	bool failed;
};

enum { YELLOW = 0xFFF9DB, BLUE = 0xDDEBF7, GREY = 0xF2F2F2, RED = 0xC00000, PINK = 0xFFC7CE };

/* ---------------------------------------------------------------- styles */

static lxw_format *
open_cell(lxw_workbook *file, lxw_color_t colour, const char *number)
{
	lxw_format *format = workbook_add_format(file);
	if (!format)
		return NULL;
	format_set_unlocked(format);
	format_set_bg_color(format, colour);
	format_set_border(format, LXW_BORDER_HAIR);
	format_set_num_format(format, number);
	return format;
}

static void
style_headings(struct sheet_formats *f)
{
	static const enum xlsx_style headers[] = {XLSX_HEADER, XLSX_HEADER_REQUIRED};
	for (size_t i = 0; i < 2; i++) {
		lxw_format *header = f->styles[headers[i]];
		format_set_bold(header);
		format_set_text_wrap(header);
		format_set_align(header, LXW_ALIGN_CENTER);
		format_set_align(header, LXW_ALIGN_VERTICAL_CENTER);
		format_set_bg_color(header, GREY);
		format_set_border(header, LXW_BORDER_THIN);
	}
	format_set_font_color(f->styles[XLSX_HEADER_REQUIRED], RED);
	format_set_font_color(f->styles[XLSX_REQUIRED], RED);
	format_set_align(f->styles[XLSX_REQUIRED], LXW_ALIGN_CENTER);
	format_set_bold(f->styles[XLSX_TITLE]);
	format_set_font_size(f->styles[XLSX_TITLE], 14);
	format_set_italic(f->styles[XLSX_NOTE]);
}

struct sheet_formats *
xlsx_sheet_formats(struct xlsx *xlsx)
{
	static const char *const points[] = {"#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "#,##0.0000"};
	lxw_workbook *file = xlsx_workbook(xlsx);
	struct sheet_formats *f = xlsx_keep(xlsx, sizeof *f);
	bool good = f;
	for (int i = 0; good && i < XLSX_OPEN; i++)
		good = (f->styles[i] = workbook_add_format(file));
	if (!good)
		return NULL;
	style_headings(f);
	for (int i = 0; good && i <= DECIMAL_DIGITS_MAX; i++) {
		f->open[i] = open_cell(file, YELLOW, points[i]);
		f->carried[i] = open_cell(file, BLUE, points[i]);
		good = f->open[i] && f->carried[i];
	}
	f->styles[XLSX_OPEN_TEXT] = open_cell(file, YELLOW, "@");
	f->styles[XLSX_OPEN_DATE] = open_cell(file, YELLOW, "yyyy-mm-dd");
	f->styles[XLSX_OPEN_MONEY] = f->open[MONEY_DECIMALS];
	f->styles[XLSX_OPEN_COUNT] = f->open[0];
	f->above = workbook_add_format(file);
	good = good && f->styles[XLSX_OPEN_TEXT] && f->styles[XLSX_OPEN_DATE] && f->above;
	if (!good)
		return NULL;
	format_set_bg_color(f->above, PINK);
	format_set_font_color(f->above, RED);
	return f;
}

static lxw_format *
format_of(const struct xlsx_sheet *sheet, enum xlsx_style style, int decimals)
{
	const struct sheet_formats *f = sheet->formats;
	return style == XLSX_OPEN      ? f->open[decimals]
	       : style == XLSX_CARRIED ? f->carried[decimals]
	                               : f->styles[style];
}

/* ---------------------------------------------------------------- cells */

enum { WIDTH = 12, HEADER_HEIGHT = 48, DATA_COLUMNS = 256 };

struct xlsx_sheet *
xlsx_sheet_begin(struct xlsx *xlsx, const struct sheet_formats *formats, const char *name)
{
	struct xlsx_sheet *sheet = calloc(1, sizeof *sheet);
	if (!sheet)
		return NULL;
	sheet->formats = formats;
	sheet->file = xlsx_worksheet(xlsx, name);
	if (!sheet->file) {
		free(sheet);
		return NULL;
	}
	worksheet_set_column(sheet->file, 0, DATA_COLUMNS, WIDTH, NULL);
	return sheet;
}

bool
xlsx_sheet_end(struct xlsx_sheet *sheet, bool protect)
{
	lxw_protection options = {.format_columns = LXW_TRUE, .format_rows = LXW_TRUE, .sort = LXW_TRUE};
	bool good = !sheet->failed;
	if (protect)
		worksheet_protect(sheet->file, NULL, &options);
	free(sheet);
	return good;
}

void
xlsx_sheet_text(struct xlsx_sheet *sheet, int line, int column, const char *text, enum xlsx_style style)
{
	lxw_format *format = format_of(sheet, style, 0);
	char room[CELL_TEXT_BYTES];
	/* It comes back as it is, but XML has to be UTF-8. */
	text = utf8_valid(text, strlen(text)) ? text : utf8_show(text, UTF8_SAFE, room, sizeof room);
	lxw_error error =
	    *text ? worksheet_write_string(sheet->file, (lxw_row_t)line, (lxw_col_t)column, text, format)
	          : worksheet_write_blank(sheet->file, (lxw_row_t)line, (lxw_col_t)column, format);
	if (style == XLSX_HEADER || style == XLSX_HEADER_REQUIRED)
		worksheet_set_row(sheet->file, (lxw_row_t)line, HEADER_HEIGHT, NULL);
	sheet->failed |= error != LXW_NO_ERROR;
}

static double
scaled(int64_t value, int decimals)
{
	double power = 1;
	for (; decimals; decimals--)
		power *= 10;
	return (double)value / power;
}

void
xlsx_sheet_number(struct xlsx_sheet *sheet, int line, int column, int64_t value, int decimals,
                  enum xlsx_style style)
{
	sheet->failed |=
	    worksheet_write_number(sheet->file, (lxw_row_t)line, (lxw_col_t)column, scaled(value, decimals),
	                           format_of(sheet, style, decimals)) != LXW_NO_ERROR;
}

void
xlsx_sheet_blank(struct xlsx_sheet *sheet, int line, int column, int decimals, enum xlsx_style style)
{
	sheet->failed |= worksheet_write_blank(sheet->file, (lxw_row_t)line, (lxw_col_t)column,
	                                       format_of(sheet, style, decimals)) != LXW_NO_ERROR;
}

/* ---------------------------------------------------------------- columns */

void
xlsx_sheet_column(struct xlsx_sheet *sheet, int column, int width, enum xlsx_style style)
{
	worksheet_set_column(sheet->file, (lxw_col_t)column, (lxw_col_t)column, width,
	                     format_of(sheet, style, 0));
}

void
xlsx_sheet_hide_columns(struct xlsx_sheet *sheet, int first, int last)
{
	lxw_row_col_options hidden = {.hidden = LXW_TRUE};
	worksheet_set_column_opt(sheet->file, (lxw_col_t)first, (lxw_col_t)last, WIDTH, NULL, &hidden);
}

void
xlsx_sheet_hide(struct xlsx_sheet *sheet)
{
	worksheet_hide(sheet->file);
}

void
xlsx_sheet_freeze(struct xlsx_sheet *sheet, int line, int column)
{
	worksheet_freeze_panes(sheet->file, (lxw_row_t)line, (lxw_col_t)column);
}

/* ---------------------------------------------------------------- what may be typed */

static void
validate(struct xlsx_sheet *sheet, int first, int last, int column, lxw_data_validation *rule)
{
	rule->ignore_blank = LXW_VALIDATION_ON;
	rule->show_error = LXW_VALIDATION_ON;
	rule->error_title = "数据有误";
	sheet->failed |=
	    worksheet_data_validation_range(sheet->file, (lxw_row_t)first, (lxw_col_t)column, (lxw_row_t)last,
	                                    (lxw_col_t)column, rule) != LXW_NO_ERROR;
}

void
xlsx_sheet_limit(struct xlsx_sheet *sheet, int first, int last, int column, const struct xlsx_limit *limit)
{
	char from[CELL_TEXT_BYTES], to[CELL_TEXT_BYTES], message[512];
	struct cell minimum = cell_number(limit->minimum, limit->decimals),
	            maximum = cell_number(limit->maximum, limit->decimals);
	lxw_data_validation rule = {
	    .validate = limit->decimals ? LXW_VALIDATION_TYPE_DECIMAL : LXW_VALIDATION_TYPE_INTEGER,
	    .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
	    .minimum_number = scaled(limit->minimum, limit->decimals),
	    .maximum_number = scaled(limit->maximum, limit->decimals),
	    .error_message = message,
	};
	snprintf(message, sizeof message, "“%s”应为%s %s 到 %s（%s）。", limit->name,
	         limit->decimals ? "数字" : "整数", cell_show(&minimum, false, from),
	         cell_show(&maximum, false, to), limit->measure);
	validate(sheet, first, last, column, &rule);
}

void
xlsx_sheet_date(struct xlsx_sheet *sheet, int first, int last, int column)
{
	lxw_data_validation rule = {
	    .validate = LXW_VALIDATION_TYPE_DATE,
	    .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
	    .minimum_datetime = {2000, 1, 1, 0, 0, 0},
	    .maximum_datetime = {2099, 12, 31, 0, 0, 0},
	    .error_message = "应为日期，如 2013-06-15。",
	};
	validate(sheet, first, last, column, &rule);
}

void
xlsx_sheet_choose(struct xlsx_sheet *sheet, int first, int last, int column, const char *from,
                  int from_column, int count)
{
	char letters[LETTERS_BYTES], formula[128];
	lxw_data_validation rule = {
	    .validate = LXW_VALIDATION_TYPE_LIST_FORMULA,
	    .value_formula = formula,
	    .error_message = "请从下拉列表中选择。",
	};
	column_letters((size_t)from_column, letters);
	snprintf(formula, sizeof formula, "='%s'!$%s$1:$%s$%d", from, letters, letters, count);
	if (count)
		validate(sheet, first, last, column, &rule);
}

void
xlsx_sheet_warn_above(struct xlsx_sheet *sheet, int first, int last, int column, int whole)
{
	char part_letters[LETTERS_BYTES], whole_letters[LETTERS_BYTES], formula[128];
	lxw_conditional_format rule = {
	    .type = LXW_CONDITIONAL_TYPE_FORMULA, .value_string = formula, .format = sheet->formats->above};
	column_letters((size_t)column, part_letters);
	column_letters((size_t)whole, whole_letters);
	snprintf(formula, sizeof formula, "=AND(ISNUMBER($%s%d),ISNUMBER($%s%d),$%s%d>$%s%d)", part_letters,
	         first + 1, whole_letters, first + 1, part_letters, first + 1, whole_letters, first + 1);
	sheet->failed |=
	    worksheet_conditional_format_range(sheet->file, (lxw_row_t)first, (lxw_col_t)column, (lxw_row_t)last,
	                                       (lxw_col_t)column, &rule) != LXW_NO_ERROR;
}
