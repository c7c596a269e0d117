#include "table.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct table {
	size_t columns, rows;
	struct libscols_table *scols;
	char **titles;
};

struct table *
table_create(const struct table_column *columns, size_t count)
{
	struct table *t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->columns = count;
	t->titles = calloc(count, sizeof *t->titles);
	t->scols = scols_new_table();
	bool good = t->titles && t->scols;
	for (size_t i = 0; good && i < count; i++) {
		t->titles[i] = strdup(columns[i].title);
		good = t->titles[i] &&
		       scols_table_new_column(t->scols, columns[i].title, 0, columns[i].number ? SCOLS_FL_RIGHT : 0);
	}
	if (!good)
		table_destroy(&t);
	return t;
}

void
table_destroy(struct table **table)
{
	struct table *t = *table;
	if (!t)
		return;
	for (size_t i = 0; t->titles && i < t->columns; i++)
		free(t->titles[i]);
	free(t->titles);
	scols_unref_table(t->scols);
	free(t);
	*table = NULL;
}

bool
table_add(struct table *t, const char *const *cells)
{
	struct libscols_line *line = scols_table_new_line(t->scols, NULL);
	for (size_t i = 0; line && i < t->columns; i++)
		if (scols_line_set_data(line, i, cells[i]))
			return false;
	t->rows++;
	return line;
}

/* RFC 4180. */
static void
print_csv_cell(const char *text, bool last)
{
	bool quote = strpbrk(text, ",\"\n\r");
	if (quote)
		putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	fputs(quote ? "\"" : "", stdout);
	putchar(last ? '\n' : ',');
}

static void
print_csv(const struct table *t)
{
	for (size_t i = 0; i < t->columns; i++)
		print_csv_cell(t->titles[i], i + 1 == t->columns);
	for (size_t row = 0; row < t->rows; row++)
		for (size_t i = 0; i < t->columns; i++) {
			struct libscols_line *line = scols_table_get_line(t->scols, row);
			const char *text = scols_cell_get_data(scols_line_get_cell(line, i));
			print_csv_cell(text ? text : "", i + 1 == t->columns);
		}
}

void
table_print(const struct table *t, enum format format)
{
	if (format == FORMAT_CSV) {
		print_csv(t);
		return;
	}
	/* Never cut cells to the terminal's width: figures must be whole. */
	scols_table_enable_nolinesep(t->scols, 0);
	scols_table_set_termforce(t->scols, SCOLS_TERMFORCE_NEVER);
	scols_print_table(t->scols);
}

bool
format_parse(const char *text, enum format *out)
{
	static const char *const names[] = {"table", "csv", "json"};
	for (int i = 0; i < 3; i++)
		if (!strcmp(text, names[i])) {
			*out = (enum format)i;
			return true;
		}
	return false;
}
