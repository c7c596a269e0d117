/* What an input method in full-width mode writes instead of figures and their signs. */
#ifndef FUPIN_COMMON_NARROW_H
#define FUPIN_COMMON_NARROW_H

#include <stdbool.h>
#include <stddef.h>

/* ＋ ， － ． ／ ０-９ (U+FF0B to U+FF19) become ASCII; anything else is copied. False: `size` bytes do not
 * hold it with its NUL. */
bool narrow(const char *text, char *out, size_t size) __attribute__((warn_unused_result));

#endif
