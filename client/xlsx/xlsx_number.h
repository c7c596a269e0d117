/* A workbook's numbers as the texts that a clerk would have typed: the decimal figure as it is in the file,
 * dates and percentages according to the cell's number format. No figure goes through a double. Pure. */
#ifndef FUPIN_CLIENT_XLSX_NUMBER_H
#define FUPIN_CLIENT_XLSX_NUMBER_H

#include "base/arena.h"
#include "check/text_table.h"

#include <stdbool.h>

enum number_kind {
	NUMBER_PLAIN = 0, /* the figure itself, however it is rounded or coloured on the screen */
	NUMBER_DATE,      /* days since an epoch: "2013-04-15"; the time of day is left out */
	NUMBER_TIME,      /* 0.5: "12:00:00" */
	NUMBER_PERCENT,   /* 0.25: "25%", which no column reads as 0.25 */
	NUMBER_PADDED,    /* 12 with the format 0000: "0012" */
	NUMBER_PATTERN,   /* 20130405 with the format 0000-00-00: "2013-04-05" */
	NUMBER_SCALED,    /* 120000 with the format 0!.0,"万元": shown as 12.0万元 */
};

enum { LITERAL_BYTES = 32, PATTERN_BYTES = 64 };

struct number_sections;

struct number_format {
	enum number_kind kind;
	bool has_figure, is_signed; /* a place of a digit; a bare "-" or "(" before it */
	/* Of a code with parts ("positive;negative;zero", or by conditions): the figure says which. NULL: none.
	 */
	const struct number_sections *sections;
	int width; /* NUMBER_PADDED: digits */
	/* The texts that the format writes before and after the figure ("万元"), without the yuan sign. */
	char before[LITERAL_BYTES], after[LITERAL_BYTES];
	char pattern[PATTERN_BYTES]; /* NUMBER_PATTERN: places of digits, and the characters between them */
};

/* By a format's code ("yyyy-mm-dd"), or by its number (ECMA-376 part 1, 18.8.30, and what the Chinese
 * editions add: 27-36, 50-58). False: no memory. */
bool number_format_of_code(const char *code, struct arena *arena, struct number_format *out)
    __attribute__((warn_unused_result));
struct number_format number_format_of_id(unsigned id);

enum { NUMBER_TEXT_BYTES = 64 + 2 * LITERAL_BYTES };

/* The text of a number as it is in the file ("1234.1", "2.5E-2"), with the texts of its format; anything
 * that is no number stays as it is. More than 15 digits are rounded to 15, as Excel shows them: adding up
 * fen in doubles can turn 1000 into 1000.0000000000001. TEXT_INEXACT (and the text unchanged) where rounding
 * would be a guess: with more digits than a double has, half-way between two figures, or from 10^15 on,
 * where a number cell loses whole units. TEXT_SCALED (and the actual figure) where the format shows another
 * one: divided by a thousand or more, rounded into a pattern, with the sign of a negative
 * one, or not at all. TEXT_SHOWN where the format adds a text. */
enum text_mark number_text(const char *raw, struct number_format format, bool since_1904,
                           char out[NUMBER_TEXT_BYTES]);

#endif
