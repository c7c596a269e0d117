/* Cells of tables: a value with its type, so that each output format shows it in its own way. A number stays
 * a number in a spreadsheet, and a text that looks like a formula stays a text. */
#ifndef FUPIN_CLIENT_CELL_H
#define FUPIN_CLIENT_CELL_H

#include "base/bounds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cell_kind {
	CELL_NONE,     /* not known, not reported: "–", never 0; in JSON null */
	CELL_TEXT,     /* text; lives as long as the cell */
	CELL_CODE,     /* value identifies something, such as a unit; it is not to be reckoned with */
	CELL_COUNT,    /* value: so many, or the so-manieth */
	CELL_NUMBER,   /* value / 10^decimals; in JSON a text, so that it stays exact */
	CELL_CHANGE,   /* the same, with its sign: +3 */
	CELL_SHARE,    /* value in 1/1000: 50.0% */
	CELL_FLAG,     /* value 1 or 0; in JSON alone */
	CELL_TIME,     /* value / 10^decimals: seconds since 1970 UTC, shown in UTC+08:00; 0: none */
	CELL_DEADLINE, /* value in seconds since 1970 UTC, the end of a day: 2013-07-05 24:00; 0: nothing */
	CELL_ROWS,     /* rows of other columns; in JSON alone: an array */
	CELL_RECORD,   /* one such row: an object */
	CELL_NAMED,    /* rows of which the first column is the name, in JSON: {name: the rest} */
};

struct columns;

struct cell {
	enum cell_kind kind;
	int decimals;
	int64_t value; /* of rows: how many */
	const char *text;
	const char *code;              /* CELL_TEXT: what programs get in JSON; NULL: the text */
	const char *colour;            /* on a terminal; NULL: none */
	bool absent;                   /* the row has no such thing: left out of JSON */
	const struct columns *columns; /* of rows, or a record */
	const void *rows;
};

enum {
	CELL_TEXT_BYTES = 4 * NOTE_BYTES_MAX,
	CELL_TIME_US = 6 /* the decimals of a CELL_TIME in microseconds */
};

struct cell cell_text(const char *text);
/* `code`: what it is for programs, in whatever language `text` is. */
struct cell cell_term(const char *text, const char *code);
struct cell cell_code(int64_t value);
struct cell cell_count(int64_t value);
struct cell cell_number(int64_t value, int decimals);
/* CELL_NONE unless `present`. */
struct cell cell_figure(bool present, int64_t value, int decimals);
struct cell cell_change(bool present, int64_t value, int decimals);
/* Rounded down, so that 99.99 % is not shown as reached. CELL_NONE unless `present` and the whole is above
 * 0. */
struct cell cell_share(bool present, int64_t value, int64_t whole);
struct cell cell_flag(bool value);
/* The cell, if the row has such a thing. */
struct cell cell_if(bool present, struct cell cell);
struct cell cell_time(int64_t seconds);
struct cell cell_deadline(int64_t seconds);
/* `kind`: CELL_ROWS, CELL_NAMED, or CELL_RECORD with one. */
struct cell cell_rows(enum cell_kind kind, const struct columns *columns, const void *rows, size_t count);

/* Is there nothing to be shown? */
bool cell_is_none(const struct cell *cell);
/* The seconds of a CELL_TIME. */
int64_t cell_seconds(const struct cell *cell);

/* The text of a cell, for people ("–", "800,000.00") or for the programs that read CSV ("", "800000.00").
 * For a CELL_TEXT its own text, for any other written into `room`. */
const char *cell_show(const struct cell *cell, bool for_program, char room[CELL_TEXT_BYTES]);

/* Can a double (15 decimal digits) hold the number exactly? Spreadsheets have no other numbers. */
bool cell_fits_double(const struct cell *cell);
/* Would a spreadsheet that opens a CSV file take the text for a formula? */
bool cell_is_formula_like(const char *text);

/* The columns that a text takes on a terminal (and roughly in a spreadsheet); wide characters take two. */
size_t text_width(const char *text);

#endif
