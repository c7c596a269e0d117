#include "xlsx.h"

#include "base/decimal.h"
#include "base/utf8.h"
#include "columns/cell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

enum {
	ROWS_MAX = 1048576,   /* of a sheet: the format's own limit */
	WIDTH_MAX = 60,       /* of a column in characters: a long note must not push figures out of sight */
	NAME_CHARACTERS = 24, /* of 31 that a sheet's name may have: room for " (12)" */
	ZONE_SECONDS = 28800, /* UTC+08:00 */
	FORMATS = DECIMAL_DIGITS_MAX + 1,
};

struct xlsx {
	lxw_workbook *file;
	lxw_worksheet *sheet;
	char name[4 * NAME_CHARACTERS + 1]; /* the sheet's, without the number of its part */
	int part;                           /* a sheet that was full goes on as part 2 */
	lxw_row_t row;
	/* The table that is being written. */
	size_t columns;
	char **titles;
	double *widths; /* of the sheet's columns so far */
	size_t width_count;
	lxw_format *bold, *title, *share, *time, *none;
	lxw_format *number[FORMATS], *change[FORMATS]; /* by decimals */
	void *kept;
	int failed; /* errno of what could not be written, or -1: no memory */
};

/* ---------------------------------------------------------------- formats */

static lxw_format *
add_format(struct xlsx *w, const char *number)
{
	lxw_format *format = workbook_add_format(w->file);
	if (format && number)
		format_set_num_format(format, number);
	if (!format)
		w->failed = -1;
	return format;
}

static void
add_formats(struct xlsx *w)
{
	static const char *const points[FORMATS] = {"#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "#,##0.0000"};
	for (int i = 0; i < FORMATS; i++) {
		char change[64];
		snprintf(change, sizeof change, "+%s;-%s;%s", points[i], points[i], points[i]);
		w->number[i] = add_format(w, points[i]);
		w->change[i] = add_format(w, change);
	}
	w->share = add_format(w, "0.0%");
	w->time = add_format(w, "yyyy-mm-dd hh:mm:ss");
	w->none = add_format(w, NULL);
	w->bold = add_format(w, NULL);
	w->title = add_format(w, NULL);
	if (w->failed)
		return;
	format_set_align(w->none, LXW_ALIGN_RIGHT);
	format_set_bold(w->bold);
	format_set_bold(w->title);
	format_set_bottom(w->title, LXW_BORDER_THIN);
}

struct xlsx *
xlsx_create(const char *path, const char *directory)
{
	struct xlsx *w = calloc(1, sizeof *w);
	char *room = strdup(directory);
	lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = room, .use_zip64 = LXW_TRUE};
	if (w && room)
		w->file = workbook_new_opt(path, &options);
	free(room);
	if (w && w->file)
		add_formats(w);
	if (w && (!w->file || w->failed))
		xlsx_discard(&w);
	return w;
}

/* ---------------------------------------------------------------- sheets */

static void
forget_titles(struct xlsx *w)
{
	for (size_t i = 0; w->titles && i < w->columns; i++)
		free(w->titles[i]);
	free(w->titles);
	w->titles = NULL;
	w->columns = 0;
}

/* At most so many characters, without those that a name may not have. */
static void
take_name(const char *name, char out[4 * NAME_CHARACTERS + 1])
{
	size_t used = 0;
	int characters = 0;
	for (; *name; name++) {
		bool begins = ((unsigned char)*name & 0xC0) != 0x80;
		if (begins && characters++ == NAME_CHARACTERS)
			break;
		out[used++] = strchr("[]:*?/\\'", *name) ? ' ' : *name;
	}
	out[used] = 0;
}

/* Widths are set when the sheet is full of what they are of. */
static void
end_sheet(struct xlsx *w)
{
	for (size_t i = 0; w->sheet && i < w->width_count; i++)
		worksheet_set_column(w->sheet, (lxw_col_t)i, (lxw_col_t)i, w->widths[i] + 2, NULL);
	for (size_t i = 0; i < w->width_count; i++)
		w->widths[i] = 0;
}

/* The next sheet of this name, which is fit: a part of what is too long for one, or another table of the same
 * name. */
static lxw_worksheet *
next_sheet(const struct xlsx *w, const char *fit, int *part)
{
	char name[sizeof w->name + 16];
	do {
		++*part;
		if (*part == 1)
			snprintf(name, sizeof name, "%s", fit);
		else
			snprintf(name, sizeof name, "%s (%d)", fit, *part);
	} while (workbook_get_worksheet_by_name(w->file, name));
	lxw_worksheet *sheet = workbook_add_worksheet(w->file, name);
	if (sheet)
		worksheet_ignore_errors(sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576"); /* codes */
	return sheet;
}

struct lxw_worksheet *
xlsx_worksheet(struct xlsx *w, const char *name)
{
	char fit[sizeof w->name];
	int part = 0;
	take_name(name, fit);
	return next_sheet(w, fit, &part);
}

static bool
begin_sheet(struct xlsx *w)
{
	end_sheet(w);
	w->sheet = next_sheet(w, w->name, &w->part);
	w->row = 0;
	return w->sheet;
}

bool
xlsx_sheet(struct xlsx *w, const char *name)
{
	take_name(name, w->name);
	w->part = 0;
	forget_titles(w);
	return begin_sheet(w);
}

bool
xlsx_page(struct xlsx *w, const char *name)
{
	enum { A4 = 9 };
	if (!xlsx_sheet(w, name))
		return false;
	worksheet_set_paper(w->sheet, A4);
	worksheet_fit_to_pages(w->sheet, 1, 1);
	return true;
}

/* ---------------------------------------------------------------- rows */

static void
widen(struct xlsx *w, size_t column, const char *text)
{
	double width = (double)text_width(text);
	if (width > WIDTH_MAX)
		width = WIDTH_MAX;
	if (column < w->width_count && width > w->widths[column])
		w->widths[column] = width;
}

static bool
write_titles(struct xlsx *w)
{
	if (w->row == 0)
		worksheet_freeze_panes(w->sheet, 1, 0);
	for (size_t i = 0; i < w->columns; i++) {
		char room[CELL_TEXT_BYTES];
		const char *title = utf8_show(w->titles[i], UTF8_SAFE, room, sizeof room);
		widen(w, i, title);
		if (worksheet_write_string(w->sheet, w->row, (lxw_col_t)i, title, w->title))
			return false;
	}
	w->row++;
	return true;
}

bool
xlsx_header(struct xlsx *w, const struct table_column *columns, size_t count)
{
	forget_titles(w);
	w->titles = calloc(count, sizeof *w->titles);
	if (count > w->width_count) {
		double *more = realloc(w->widths, count * sizeof *more);
		if (!more || !w->titles)
			return false;
		memset(more + w->width_count, 0, (count - w->width_count) * sizeof *more);
		w->widths = more;
		w->width_count = count;
	}
	for (w->columns = 0; w->titles && w->columns < count; w->columns++) {
		w->titles[w->columns] = strdup(columns[w->columns].title);
		if (!w->titles[w->columns])
			return false;
	}
	return w->titles && write_titles(w);
}

static double
power_of_ten(int decimals)
{
	static const double powers[FORMATS] = {1, 10, 100, 1000, 10000};
	return powers[decimals];
}

/* Division of two whole numbers that a double holds gives the double nearest to the decimal figure. What is
 * beyond 15 digits is written as text: exact, if not a number. */
static lxw_error
write_cell(struct xlsx *w, lxw_col_t column, const struct cell *cell)
{
	char room[CELL_TEXT_BYTES];
	const char *text = cell_show(cell, false, room);
	widen(w, column, text);
	if (cell->kind == CELL_TEXT || cell->kind == CELL_CODE || cell->kind == CELL_DEADLINE)
		return *text ? worksheet_write_string(w->sheet, w->row, column, text, NULL) : LXW_NO_ERROR;
	if (!cell_is_none(cell) && cell->kind == CELL_TIME)
		return worksheet_write_unixtime(w->sheet, w->row, column, cell_seconds(cell) + ZONE_SECONDS, w->time);
	if (cell_is_none(cell) || !cell_fits_double(cell))
		return worksheet_write_string(w->sheet, w->row, column, text, w->none);
	lxw_format *format = cell->kind == CELL_SHARE    ? w->share
	                     : cell->kind == CELL_CHANGE ? w->change[cell->decimals]
	                                                 : w->number[cell->decimals];
	double scale = cell->kind == CELL_SHARE ? 1000 : power_of_ten(cell->decimals);
	return worksheet_write_number(w->sheet, w->row, column, (double)cell->value / scale, format);
}

bool
xlsx_row(struct xlsx *w, const struct cell *cells)
{
	if (w->row == ROWS_MAX && (!begin_sheet(w) || !write_titles(w)))
		return false;
	for (size_t i = 0; i < w->columns; i++)
		if (write_cell(w, (lxw_col_t)i, &cells[i]))
			return false;
	w->row++;
	return true;
}

bool
xlsx_line(struct xlsx *w, const char *text, bool heading)
{
	if ((!w->sheet || w->row == ROWS_MAX) && !begin_sheet(w))
		return false;
	lxw_error error = LXW_NO_ERROR;
	/* An empty row separates the lines from the table above, so that sorting or filtering leaves them alone.
	 */
	if (w->columns && w->row < ROWS_MAX - 1)
		w->row++;
	forget_titles(w);
	if (*text)
		error = worksheet_write_string(w->sheet, w->row, 0, text, heading ? w->bold : NULL);
	w->row++;
	return !error;
}

/* ---------------------------------------------------------------- sheets of another make */

struct lxw_workbook *
xlsx_workbook(struct xlsx *w)
{
	return w->file;
}

void *
xlsx_keep(struct xlsx *w, size_t bytes)
{
	return w->kept = calloc(1, bytes);
}

/* ---------------------------------------------------------------- the end */

/* libxlsxwriter does not look whether the rows that it wrote on the way arrived. */
static bool
rows_arrived(struct xlsx *w)
{
	for (lxw_sheet *s = STAILQ_FIRST(w->file->sheets); s; s = STAILQ_NEXT(s, list_pointers)) {
		FILE *rows = s->u.worksheet->optimize_tmpfile;
		errno = 0;
		if (rows && (fflush(rows) || ferror(rows))) {
			w->failed = errno ? errno : EIO;
			return false;
		}
	}
	return true;
}

bool
xlsx_close(struct xlsx **xlsx, int64_t made_us, char error[XLSX_ERROR_BYTES])
{
	struct xlsx *w = *xlsx;
	lxw_doc_properties properties = {.created = (time_t)(made_us / 1000000)};
	end_sheet(w);
	workbook_set_properties(w->file, &properties);
	if (!rows_arrived(w)) {
		snprintf(error, XLSX_ERROR_BYTES, "%s", strerror(w->failed));
		xlsx_discard(xlsx);
		return false;
	}
	errno = 0;
	lxw_error failed = workbook_close(w->file);
	if (failed)
		snprintf(error, XLSX_ERROR_BYTES, "%s", errno ? strerror(errno) : lxw_strerror(failed));
	w->file = NULL;
	xlsx_discard(xlsx);
	return !failed;
}

void
xlsx_discard(struct xlsx **xlsx)
{
	struct xlsx *w = *xlsx;
	if (!w)
		return;
	if (w->file)
		lxw_workbook_free(w->file);
	forget_titles(w);
	free(w->widths);
	free(w->kept);
	free(w);
	*xlsx = NULL;
}
