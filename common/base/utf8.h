/* UTF-8 text as people type it, by utf8proc's tables of Unicode. */
#ifndef FUPIN_COMMON_UTF8_H
#define FUPIN_COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool utf8_valid(const char *text, size_t bytes);
/* Makes a text well-formed, in place: a sequence that is cut off at the end is removed, and any other byte
 * that is not part of a sequence becomes '?'. */
void utf8_mend(char *text);
/* Well-formed, and without control characters. */
bool utf8_is_plain(const char *text);

/* The number of bytes of the invisible character at `at` (a zero-width or formatting one, like the byte
 * order mark); 0: there is none. `at` ends with a NUL. */
size_t utf8_invisible(const char *at);
/* The same, also for any of Unicode's spaces, tabs and line breaks. */
size_t utf8_blank(const char *at);

/* The text without such characters at either end: where it begins, and its bytes. */
const char *utf8_trim(const char *text, size_t *bytes);

/* The number of bytes of the character at `at`, and its code point; 0: it is not UTF-8. *shown: is it shown
 * as itself (utf8_show())? */
size_t utf8_look(const char *at, int32_t *point, bool *shown);

enum { UTF8_KEY_BYTES = 256 };

/* The key by which identifying texts are compared: vouchers, codes of projects, numbers of documents,
 * groups. NFKC (full-width letters and figures become narrow ones), every dash is "-", runs of blanks are
 * one blank, none at the ends, and nothing invisible. Case and zeros in front stay. Returns `text` itself if
 * it is its own key, or is not UTF-8, or too long; else what it puts into `room`. */
const char *utf8_key(const char *text, char room[UTF8_KEY_BYTES]);
/* Do two texts have the same key? */
bool utf8_same_key(const char *a, const char *b);

/* How a text is shown to people. SAFE: control characters as their pictures (ESC as U+241B); invisible
 * characters, and those that change the direction of text, as their numbers (<U+202E>); bytes that are not
 * UTF-8 as U+FFFD. BLANKS: also blanks other than U+0020 and U+3000 as their numbers, for texts that are
 * shown because something is wrong with them. */
enum utf8_showing { UTF8_SAFE, UTF8_BLANKS };

/* Returns `text` itself if nothing of it has to be changed; else what it puts into `room`, cut between
 * characters. */
const char *utf8_show(const char *text, enum utf8_showing how, char *room, size_t size);

#endif
