/* The measure in which a column's figures are written: its header may name one ("产业资金（万元）"). The plan
 * counts in its own measure (元); money in a larger one is converted exactly. A cell may repeat its column's
 * measure
 * ("12万元"), but not name another one: a figure that is ten thousand times too large looks like any other.
 */
#ifndef FUPIN_CLIENT_SHEET_MEASURE_H
#define FUPIN_CLIENT_SHEET_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MEASURE_BYTES = 64 };

struct measure {
	int zeros;                /* one of this measure is 10^zeros of the plan's */
	char text[MEASURE_BYTES]; /* as the cells may repeat it; "": the header names none */
};

/* The text within the last parentheses of a header, of either width, and where the name before it ends;
 * false: there is none. */
bool measure_of_header(const char *header, size_t *name_size, char out[MEASURE_BYTES]);

/* Reads `text` as a measure for something that the plan counts in its own measure (whose name is given in
 * both languages); false: it is none. */
bool measure_read(const char *text, const char *zh, const char *en, struct measure *out);

/* A cell's number, times 10^decimals in the plan's measure. False: it is no number, has more decimals than
 * the plan, or names another measure than the column's. */
bool measure_parse(const struct measure *measure, const char *text, int decimals, int64_t *out)
    __attribute__((warn_unused_result));

#endif
