#include "table.h"

#include "base/utf8.h"
#include "columns/cell.h"
#include "xlsx.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct table {
	struct output *output;
	size_t columns;
	struct libscols_table *scols; /* FORMAT_TABLE */
	bool colours;
};

/* ---------------------------------------------------------------- CSV: RFC 4180 */

static void
print_csv_cell(FILE *out, const char *text, bool guard, bool last)
{
	bool quote = strpbrk(text, ",\"\n\r");
	fputs(quote ? "\"" : "", out);
	fputs(guard ? "'" : "", out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	fputs(quote ? "\"" : "", out);
	putc(last ? '\n' : ',', out);
}

static void
print_csv_row(const struct table *t, const struct cell *cells)
{
	char room[CELL_TEXT_BYTES];
	for (size_t i = 0; i < t->columns; i++) {
		const char *text = cell_show(&cells[i], true, room);
		bool guard = cells[i].kind == CELL_TEXT && cell_is_formula_like(text);
		print_csv_cell(t->output->stream, text, guard, i + 1 == t->columns);
	}
}

/* ---------------------------------------------------------------- any format */

static bool
begin(struct table *t, const char *name, const struct table_column *columns)
{
	struct output *o = t->output;
	if (o->format == FORMAT_XLSX)
		return (!name || xlsx_sheet(o->xlsx, name)) && xlsx_header(o->xlsx, columns, t->columns);
	char room[CELL_TEXT_BYTES];
	for (size_t i = 0; o->format == FORMAT_CSV && i < t->columns; i++) {
		const char *title = utf8_show(columns[i].title, UTF8_SAFE, room, sizeof room);
		print_csv_cell(o->stream, title, cell_is_formula_like(title), i + 1 == t->columns);
	}
	if (o->format == FORMAT_CSV)
		return true;
	t->scols = scols_new_table();
	/* no-color.org: any value but none */
	const char *plain = getenv("NO_COLOR");
	t->colours = t->scols && !o->to_file && isatty(STDOUT_FILENO) && !(plain && *plain);
	for (size_t i = 0; t->scols && i < t->columns; i++)
		if (!scols_table_new_column(t->scols, utf8_show(columns[i].title, UTF8_SAFE, room, sizeof room), 0,
		                            columns[i].number ? SCOLS_FL_RIGHT : 0))
			return false;
	return t->scols;
}

struct table *
table_create(struct output *output, const char *name, const struct table_column *columns, size_t count)
{
	struct table *t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->output = output;
	t->columns = count;
	if (!begin(t, name, columns))
		table_destroy(&t);
	return t;
}

void
table_destroy(struct table **table)
{
	struct table *t = *table;
	if (!t)
		return;
	scols_unref_table(t->scols);
	free(t);
	*table = NULL;
}

bool
table_add(struct table *t, const struct cell *cells)
{
	char room[CELL_TEXT_BYTES];
	if (t->output->format == FORMAT_XLSX)
		return xlsx_row(t->output->xlsx, cells);
	if (t->output->format == FORMAT_CSV) {
		print_csv_row(t, cells);
		return true;
	}
	struct libscols_line *line = scols_table_new_line(t->scols, NULL);
	for (size_t i = 0; line && i < t->columns; i++)
		if (scols_line_set_data(line, i, cell_show(&cells[i], false, room)) ||
		    (t->colours && cells[i].colour &&
		     scols_cell_set_color(scols_line_get_cell(line, i), cells[i].colour)))
			return false;
	return line;
}

bool
table_end(struct table *t)
{
	if (!t->scols)
		return true;
	/* Never cut cells to the terminal's width: figures must be whole. */
	scols_table_enable_nolinesep(t->scols, 0);
	scols_table_set_termforce(t->scols, SCOLS_TERMFORCE_NEVER);
	scols_table_enable_colors(t->scols, t->colours);
	scols_table_set_stream(t->scols, t->output->stream);
	return !scols_print_table(t->scols);
}
