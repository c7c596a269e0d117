/* UTF-8 text as people type it. */
#ifndef FUPIN_COMMON_UTF8_H
#define FUPIN_COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool utf8_valid(const char *text, size_t bytes);
/* Well-formed, and without control characters. */
bool utf8_is_plain(const char *text);

#endif
