/* Fixed-point numbers in 64-bit integers: a figure of an indicator with `decimals` digits after the
 * point is stored times 10^decimals. Money has two decimals: whole fen, never floating point. */
#ifndef FUPIN_COMMON_DECIMAL_H
#define FUPIN_COMMON_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

enum { DECIMAL_DIGITS_MAX = 4, DECIMAL_TEXT_BYTES = 40, MONEY_DECIMALS = 2 };

/* "800,000.00", "-12", "３５" (full-width digits as input methods leave them). Thousands separators only
 * where they belong. False: not a number, too many decimals, or beyond 64 bits. */
bool decimal_parse(const char *text, int decimals, int64_t *out);

/* With separators: 80000000, 2 decimals -> "800,000.00". Returns out. */
char *decimal_format(int64_t value, int decimals, char out[DECIMAL_TEXT_BYTES]);
/* Without separators, for programs: "800000.00". */
char *decimal_plain(int64_t value, int decimals, char out[DECIMAL_TEXT_BYTES]);

/* Sum and difference of figures from outside: a result beyond 64 bits becomes the largest or the least
 * number. */
int64_t decimal_add(int64_t a, int64_t b);
int64_t decimal_subtract(int64_t a, int64_t b);

#endif
