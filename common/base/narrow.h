/* Figures and signs as an input method in full-width mode writes them, or as they are copied from a web
 * page. */
#ifndef FUPIN_COMMON_NARROW_H
#define FUPIN_COMMON_NARROW_H

#include <stdbool.h>
#include <stddef.h>

/* ＋ ， － ． ／ ０-９ ： (U+FF0B to U+FF1A) become ASCII; invisible characters, and blanks at the ends, are
 * left out; anything else is copied. False: `size` bytes do not hold it with its NUL. */
bool narrow(const char *text, char *out, size_t size) __attribute__((warn_unused_result));

#endif
