/* Cells of tables: a value with its type, so that each output format shows it in its own way. A number stays
 * a number in a spreadsheet, and a text that looks like a formula stays a text. */
#ifndef FUPIN_CLIENT_CELL_H
#define FUPIN_CLIENT_CELL_H

#include "base/bounds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cell_kind {
	CELL_NONE,   /* not known, not reported: "–", never 0 */
	CELL_TEXT,   /* text; lives as long as the cell */
	CELL_NUMBER, /* value / 10^decimals */
	CELL_CHANGE, /* the same, with its sign: +3 */
	CELL_SHARE,  /* value in 1/1000: 50.0% */
	CELL_TIME,   /* value in seconds since 1970 UTC, shown in UTC+08:00 */
};

struct cell {
	enum cell_kind kind;
	int decimals;
	int64_t value;
	const char *text;
	const char *colour; /* on a terminal; NULL: none */
};

enum { CELL_TEXT_BYTES = 4 * NOTE_BYTES_MAX };

struct cell cell_text(const char *text);
struct cell cell_number(int64_t value, int decimals);
/* CELL_NONE unless `present`. */
struct cell cell_figure(bool present, int64_t value, int decimals);
struct cell cell_change(bool present, int64_t value, int decimals);
/* Rounded down, so that 99.99 % is not shown as reached. CELL_NONE unless `present` and the whole is above
 * 0. */
struct cell cell_share(bool present, int64_t value, int64_t whole);
/* 0: CELL_NONE. */
struct cell cell_time(int64_t seconds);

/* The text of a cell, for people ("–", "800,000.00") or for programs ("", "800000.00"). For a CELL_TEXT its
 * own text, for any other written into `room`. */
const char *cell_show(const struct cell *cell, bool for_program, char room[CELL_TEXT_BYTES]);

/* Can a double (15 decimal digits) hold the number exactly? Spreadsheets have no other numbers. */
bool cell_fits_double(const struct cell *cell);
/* Would a spreadsheet that opens a CSV file take the text for a formula? */
bool cell_is_formula_like(const char *text);

/* The columns that a text takes on a terminal (and roughly in a spreadsheet); wide characters take two. */
size_t text_width(const char *text);

#endif
