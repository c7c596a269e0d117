#include "sheet_book.h"

#include "sheet/book_mark.h"

#include "base/bounds.h"
#include "base/decimal.h"
#include "field/calendar.h"
#include "field/project.h"
#include "xlsx_sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- forms */

/* Before the figures: the first two are hidden. */
enum {
	COLUMN_FORM,
	COLUMN_VERSION,
	COLUMN_UNIT,
	COLUMN_NAME,
	COLUMN_PERIOD,
	COLUMN_REPLACES,
	COLUMN_REASON,
	FIGURES
};
enum { LINE_TITLE, LINE_HOW, LINE_REQUIRED, LINE_HEADER, LINE_FIRST };

static void
put_header(struct xlsx_sheet *sheet, const struct form_version *version)
{
	static const char *const fixed[FIGURES] = {"表",   "表版本",   "单位",    "单位名称",
	                                           "期间", "替换版本", "更正原因"};
	char title[2 * NAME_BYTES_MAX];
	for (size_t at = 0; at < version->field_count; at++)
		if (version->fields[at].required)
			xlsx_sheet_text(sheet, LINE_REQUIRED, FIGURES + (int)at, "必填", XLSX_REQUIRED);
	for (int at = 0; at < FIGURES; at++)
		xlsx_sheet_text(sheet, LINE_HEADER, at, fixed[at], XLSX_HEADER);
	for (size_t at = 0; at < version->field_count; at++) {
		const struct form_field *field = &version->fields[at];
		snprintf(title, sizeof title, "%s（%s）", field->definition->name_zh, field->definition->measure_zh);
		xlsx_sheet_text(sheet, LINE_HEADER, FIGURES + (int)at, title,
		                field->required ? XLSX_HEADER_REQUIRED : XLSX_HEADER);
	}
}

static void
put_row(struct xlsx_sheet *sheet, const struct sheet_book *book, const struct form *form,
        const struct form_version *version, const struct sheet_row *row, int line)
{
	char code[24], month[8];
	snprintf(code, sizeof code, "%" PRId64, row->unit->code);
	period_format(book->month, month);
	xlsx_sheet_text(sheet, line, COLUMN_FORM, form->code, XLSX_LOCKED);
	xlsx_sheet_number(sheet, line, COLUMN_VERSION, version->version, 0, XLSX_LOCKED);
	xlsx_sheet_text(sheet, line, COLUMN_UNIT, code, XLSX_LOCKED);
	xlsx_sheet_text(sheet, line, COLUMN_NAME, row->unit->name, XLSX_LOCKED);
	xlsx_sheet_text(sheet, line, COLUMN_PERIOD, month, XLSX_LOCKED);
	xlsx_sheet_number(sheet, line, COLUMN_REPLACES, row->revision, 0, XLSX_LOCKED);
	xlsx_sheet_text(sheet, line, COLUMN_REASON, "", row->revision ? XLSX_OPEN_TEXT : XLSX_LOCKED);
	for (size_t at = 0; at < version->field_count; at++) {
		int decimals = version->fields[at].definition->decimals;
		if (row->cells[at].kind == CELL_NUMBER)
			xlsx_sheet_number(sheet, line, FIGURES + (int)at, row->cells[at].value, decimals, XLSX_CARRIED);
		else
			xlsx_sheet_blank(sheet, line, FIGURES + (int)at, decimals, XLSX_OPEN);
	}
}

static void
limit_columns(struct xlsx_sheet *sheet, const struct form_version *version, int last)
{
	for (size_t at = 0; at < version->field_count; at++) {
		const struct form_field *field = &version->fields[at];
		const struct indicator *what = field->definition;
		xlsx_sheet_limit(sheet, LINE_FIRST, last, FIGURES + (int)at,
		                 &(struct xlsx_limit){.minimum = field->minimum,
		                                      .maximum = field->maximum,
		                                      .decimals = what->decimals,
		                                      .name = what->name_zh,
		                                      .measure = what->measure_zh});
		/* A part that is more than its whole turns red while it is typed. */
		if (field->whole >= 0)
			xlsx_sheet_warn_above(sheet, LINE_FIRST, last, FIGURES + (int)at, FIGURES + field->whole);
	}
}

bool
sheet_book_form(struct sheet_book *book, const struct form *form, const struct form_version *version,
                const struct sheet_row *rows, size_t count, size_t left_out)
{
	char text[3 * NAME_BYTES_MAX];
	struct xlsx_sheet *sheet = xlsx_sheet_begin(book->xlsx, book->formats, form->name_zh);
	if (!sheet)
		return false;
	snprintf(text, sizeof text, "%d年%d月　%s　%s", book->month / 100, book->month % 100, form->name_zh,
	         book->catalogue->title_zh);
	xlsx_sheet_text(sheet, LINE_TITLE, COLUMN_UNIT, text, XLSX_TITLE);
	snprintf(text, sizeof text,
	         "黄色格填写，蓝色格是上期结转的时点数，请核对；没有的留空，0 表示确实为零。填好后保存，运行 "
	         "fupin submit。");
	if (left_out)
		snprintf(text + strlen(text), sizeof text - strlen(text),
		         "已上报的 %zu 个单位不在此表，更正请用 fupin sheet --corrections。", left_out);
	xlsx_sheet_text(sheet, LINE_HOW, COLUMN_UNIT, text, XLSX_NOTE);
	put_header(sheet, version);
	for (size_t i = 0; i < count; i++)
		put_row(sheet, book, form, version, &rows[i], LINE_FIRST + (int)i);
	if (count)
		limit_columns(sheet, version, LINE_FIRST + (int)count - 1);
	xlsx_sheet_hide_columns(sheet, COLUMN_FORM, COLUMN_VERSION);
	xlsx_sheet_freeze(sheet, LINE_FIRST, COLUMN_PERIOD);
	book->forms++;
	return xlsx_sheet_end(sheet, true);
}

/* ---------------------------------------------------------------- lists */

/* The hidden sheet of what drop-downs offer: a column each. */
enum list {
	LIST_UNITS,
	LIST_KINDS,
	LIST_SOURCES,
	LIST_USES,
	LIST_STEPS,
	LIST_PROJECT_KINDS,
	LIST_SYSTEMS,
	LIST_YES,
	LISTS
};
#define LISTS_NAME "选项"

/* The text of an item of a list; NULL: it has no more. */
static const char *
list_item(const struct catalogue *c, enum list list, size_t at, char room[NAME_BYTES_MAX + 32])
{
	static const char *const yes[] = {"是", "否"};
	switch (list) {
	case LIST_UNITS:
		if (at >= c->unit_count)
			return NULL;
		snprintf(room, NAME_BYTES_MAX + 32, "%" PRId64 " %s", c->units[at].code, c->units[at].name);
		return room;
	case LIST_KINDS:
		return at + 1 < FUND_KINDS ? fund_kind_name_zh((enum fund_kind)(at + 1)) : NULL;
	case LIST_SOURCES:
		return at < c->source_count ? c->sources[at].name_zh : NULL;
	case LIST_USES:
		return at < c->use_count ? c->uses[at].name_zh : NULL;
	case LIST_STEPS:
		return at + 1 < PROJECT_STEPS ? project_step_name_zh((enum project_step)(at + 1)) : NULL;
	case LIST_PROJECT_KINDS:
		return at < c->project_kind_count ? c->project_kinds[at].name_zh : NULL;
	case LIST_SYSTEMS:
		return at + 1 < PROJECT_SYSTEMS ? project_system_name_zh((enum project_system)(at + 1)) : NULL;
	case LIST_YES:
		return at < 2 ? yes[at] : NULL;
	default:
		return NULL;
	}
}

static size_t
list_size(const struct catalogue *c, enum list list)
{
	char room[NAME_BYTES_MAX + 32];
	size_t count = 0;
	while (list_item(c, list, count, room))
		count++;
	return count;
}

static bool
put_lists(struct sheet_book *book)
{
	char room[NAME_BYTES_MAX + 32];
	struct xlsx_sheet *sheet = xlsx_sheet_begin(book->xlsx, book->formats, LISTS_NAME);
	size_t most = 0;
	for (int list = 0; list < LISTS; list++) {
		size_t size = list_size(book->catalogue, (enum list)list);
		most = size > most ? size : most;
	}
	for (size_t at = 0; sheet && at < most; at++)
		for (int list = 0; list < LISTS; list++) {
			const char *text = list_item(book->catalogue, (enum list)list, at, room);
			if (text)
				xlsx_sheet_text(sheet, (int)at, list, text, XLSX_LOCKED);
		}
	if (sheet)
		xlsx_sheet_hide(sheet);
	return sheet && xlsx_sheet_end(sheet, true);
}

/* ---------------------------------------------------------------- funds, projects */

enum entry_kind { ENTRY_TEXT, ENTRY_DATE, ENTRY_MONEY, ENTRY_PERCENT, ENTRY_LIST };

struct entry_column {
	const char *title;
	enum entry_kind kind;
	enum list list;
	bool required;
	int width;
};

static void
put_column(const struct sheet_book *book, struct xlsx_sheet *sheet, int at, const struct entry_column *column)
{
	enum { HEADER = 1, FIRST = 2, LAST = 4999 };
	static const enum xlsx_style styles[] = {XLSX_OPEN_TEXT, XLSX_OPEN_DATE, XLSX_OPEN_MONEY, XLSX_OPEN_COUNT,
	                                         XLSX_OPEN_TEXT};
	xlsx_sheet_column(sheet, at, column->width, styles[column->kind]);
	xlsx_sheet_text(sheet, HEADER, at, column->title, column->required ? XLSX_HEADER_REQUIRED : XLSX_HEADER);
	if (column->kind == ENTRY_LIST)
		xlsx_sheet_choose(sheet, FIRST, LAST, at, LISTS_NAME, (int)column->list,
		                  (int)list_size(book->catalogue, column->list));
	else if (column->kind == ENTRY_MONEY)
		xlsx_sheet_limit(
		    sheet, FIRST, LAST, at,
		    &(struct xlsx_limit){
		        .maximum = VALUE_MAX, .decimals = MONEY_DECIMALS, .name = column->title, .measure = "元"});
	else if (column->kind == ENTRY_PERCENT)
		xlsx_sheet_limit(sheet, FIRST, LAST, at,
		                 &(struct xlsx_limit){.maximum = 100, .name = column->title, .measure = "%"});
	else if (column->kind == ENTRY_DATE)
		xlsx_sheet_date(sheet, FIRST, LAST, at);
}

static bool
put_entries(struct sheet_book *book, const char *name, const char *how, const struct entry_column *columns,
            size_t count)
{
	struct xlsx_sheet *sheet = xlsx_sheet_begin(book->xlsx, book->formats, name);
	if (!sheet)
		return false;
	xlsx_sheet_text(sheet, 0, 0, how, XLSX_NOTE);
	for (size_t i = 0; i < count; i++)
		put_column(book, sheet, (int)i, &columns[i]);
	xlsx_sheet_freeze(sheet, 2, 0);
	return xlsx_sheet_end(sheet, true);
}

static bool
put_funds(struct sheet_book *book)
{
	static const struct entry_column columns[] = {
	    {"类别", ENTRY_LIST, LIST_KINDS, true, 10},
	    {"单位", ENTRY_LIST, LIST_UNITS, true, 24},
	    {"凭证号", ENTRY_TEXT, 0, true, 18},
	    {"日期", ENTRY_DATE, 0, true, 12},
	    {"来源", ENTRY_LIST, LIST_SOURCES, true, 20},
	    {"用途", ENTRY_LIST, LIST_USES, false, 20},
	    {"对方单位", ENTRY_LIST, LIST_UNITS, false, 24},
	    {"金额（元）", ENTRY_MONEY, 0, true, 18},
	    {"摘要", ENTRY_TEXT, 0, false, 30},
	    {"所指凭证号", ENTRY_TEXT, 0, false, 18},
	    {"文件依据", ENTRY_TEXT, 0, false, 24},
	    {"项目编号", ENTRY_TEXT, 0, false, 18},
	};
	return put_entries(
	    book, "资金",
	    "资金记录，一行一笔，红色列必填；金额以元计，保留两位小数。没有发生的不必填写，空表不会上报。",
	    columns, sizeof columns / sizeof *columns);
}

static bool
put_projects(struct sheet_book *book)
{
	static const struct entry_column fixed[] = {
	    {"单位", ENTRY_LIST, LIST_UNITS, true, 24},
	    {"项目编号", ENTRY_TEXT, 0, true, 18},
	    {"步骤", ENTRY_LIST, LIST_STEPS, true, 14},
	    {"日期", ENTRY_DATE, 0, true, 12},
	    {"项目名称", ENTRY_TEXT, 0, false, 30},
	    {"类别", ENTRY_LIST, LIST_PROJECT_KINDS, false, 18},
	    {"牵头单位", ENTRY_LIST, LIST_UNITS, false, 24},
	    {"计划开工", ENTRY_DATE, 0, false, 12},
	    {"计划竣工", ENTRY_DATE, 0, false, 12},
	    {"四制", ENTRY_LIST, LIST_SYSTEMS, false, 14},
	    {"进度", ENTRY_PERCENT, 0, false, 8},
	    {"验收单位", ENTRY_LIST, LIST_UNITS, false, 24},
	    {"验收合格", ENTRY_LIST, LIST_YES, false, 10},
	    {"达标项", ENTRY_TEXT, 0, false, 14},
	    {"整改期限", ENTRY_DATE, 0, false, 12},
	    {"文件依据", ENTRY_TEXT, 0, false, 24},
	    {"备注", ENTRY_TEXT, 0, false, 30},
	};
	enum { FIXED = sizeof fixed / sizeof *fixed };
	const struct catalogue *c = book->catalogue;
	struct entry_column columns[FIXED + PROJECT_BUDGETS_MAX];
	char titles[PROJECT_BUDGETS_MAX][NAME_BYTES_MAX + 16];
	size_t count = FIXED;
	memcpy(columns, fixed, sizeof fixed);
	for (size_t i = 0; i < c->source_count && i < PROJECT_BUDGETS_MAX; i++) {
		snprintf(titles[i], sizeof titles[i], "%s（元）", c->sources[i].name_zh);
		columns[count++] = (struct entry_column){titles[i], ENTRY_MONEY, 0, false, 18};
	}
	return put_entries(
	    book, "项目",
	    "项目各步骤，一行一步，红色列必填；立项时填写名称、类别、牵头单位、计划和各来源的预算（元）。",
	    columns, count);
}

/* ---------------------------------------------------------------- the whole */

static bool
put_mark(struct sheet_book *book)
{
	char office[24], month[8];
	const char *const rows[][2] = {{SHEET_BOOK_MARK, "1"},
	                               {"office", office},
	                               {"principal", book->office->principal},
	                               {"plan", book->catalogue->plan},
	                               {"period", month}};
	struct xlsx_sheet *sheet = xlsx_sheet_begin(book->xlsx, book->formats, SHEET_BOOK_NAME);
	snprintf(office, sizeof office, "%" PRId64, book->office->unit);
	period_format(book->month, month);
	for (size_t i = 0; sheet && i < sizeof rows / sizeof *rows; i++) {
		xlsx_sheet_text(sheet, (int)i, 0, rows[i][0], XLSX_LOCKED);
		xlsx_sheet_text(sheet, (int)i, 1, rows[i][1], XLSX_LOCKED);
	}
	if (sheet)
		xlsx_sheet_hide(sheet);
	return sheet && xlsx_sheet_end(sheet, true);
}

bool
sheet_book_begin(struct sheet_book *book)
{
	book->formats = xlsx_sheet_formats(book->xlsx);
	return book->formats;
}

bool
sheet_book_end(struct sheet_book *book)
{
	return put_funds(book) && put_projects(book) && put_lists(book) && put_mark(book);
}
