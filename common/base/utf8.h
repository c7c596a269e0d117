/* UTF-8 text as people type it, by utf8proc's tables of Unicode. */
#ifndef FUPIN_COMMON_UTF8_H
#define FUPIN_COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool utf8_valid(const char *text, size_t bytes);
/* Makes it so, in place: a sequence that the end cuts off is taken away, any other byte that is not part of
 * one becomes '?'. */
void utf8_mend(char *text);
/* Well-formed, and without control characters. */
bool utf8_is_plain(const char *text);

/* Bytes of the invisible character at `at` (zero-width and formatting ones, as the byte order mark); 0: it is
 * none. `at` ends with a NUL. */
size_t utf8_invisible(const char *at);
/* The same of such a one, or of any of Unicode's spaces, tabs and line breaks. */
size_t utf8_blank(const char *at);

/* The text without such characters at either end: where it begins, and its bytes. */
const char *utf8_trim(const char *text, size_t *bytes);

/* Bytes of the character at `at`, and which; 0: it is not UTF-8. *shown: it stands for itself (utf8_show()).
 */
size_t utf8_look(const char *at, int32_t *point, bool *shown);

enum { UTF8_KEY_BYTES = 256 };

/* What a text that identifies is compared by: a voucher, a project's code, a document's number, a group. NFKC
 * (full-width letters and figures become narrow ones), every dash is "-", runs of blanks are one blank, none
 * at the ends, and nothing invisible. Case and zeros in front stay. Returns `text` itself if it is its own
 * key, or is not UTF-8, or too long; else what it puts into `room`. */
const char *utf8_key(const char *text, char room[UTF8_KEY_BYTES]);
/* Do two texts identify the same? */
bool utf8_same_key(const char *a, const char *b);

/* How a text is shown to people: SAFE: controls as their pictures (ESC as U+241B), invisible characters, and
 * those that turn the direction of what follows, by their numbers (<U+202E>), what is not UTF-8 as U+FFFD.
 * BLANKS: other blanks than U+0020 and U+3000 by their numbers, too, where a text is shown because something
 * is wrong with it. */
enum utf8_showing { UTF8_SAFE, UTF8_BLANKS };

/* Returns `text` itself if nothing of it has to be changed; else what it puts into `room`, cut between
 * characters. */
const char *utf8_show(const char *text, enum utf8_showing how, char *room, size_t size);

#endif
