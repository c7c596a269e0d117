/* One CSV file of a plan and the cells of its rows: what plan_files.c reads them with. Every mistake becomes
 * an error with file, line and column; reading goes on with a harmless value. */
#ifndef FUPIN_SERVER_PLAN_SHEET_H
#define FUPIN_SERVER_PLAN_SHEET_H

#include "check/csv_table.h"
#include "plan_files.h"

enum { COLUMNS_MAX = 20 };

/* One file with its columns found. */
struct sheet {
	const char *file; /* its name, for errors */
	struct text_table table;
	const char *const *names;
	size_t column_count;
	size_t columns[COLUMNS_MAX]; /* place of names[i] in the file */
	const struct text_row *row;  /* the row being read */
	struct plan *plan;
	struct plan_errors *errors;
};

/* Reports a mistake in `file` (line 0: in the file as a whole). */
void plan_error(struct plan_errors *errors, const char *file, size_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Reports a mistake in a cell of the current row. */
void sheet_error(const struct sheet *sheet, size_t column, const char *what);

const char *sheet_cell(const struct sheet *sheet, size_t column);
const char *take_text(const struct sheet *sheet, size_t column, bool required);
int64_t take_number(const struct sheet *sheet, size_t column, int decimals, int64_t least, int64_t most);
unit_code take_unit(const struct sheet *sheet, size_t column);
/* Reads a unit, which has to be in units.csv; that file is read before. */
unit_code take_known_unit(const struct sheet *sheet, size_t column);
enum unit_level take_level(const struct sheet *sheet, size_t column);
bool take_yes_no(const struct sheet *sheet, size_t column);

/* Reads every row of a file into an array of `size`-byte items that `take` fills; NULL: it cannot be read. A
 * column whose name begins with ? may be missing: its cells are empty then. */
void *plan_rows(struct plan *plan, const struct plan_source *source, const char *file,
                const char *const *names, size_t column_count, size_t size,
                void (*take)(struct sheet *, void *), struct plan_errors *errors, size_t *count);

#endif
