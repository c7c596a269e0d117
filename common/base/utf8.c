#include "utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

/* Bytes of the sequence that begins so. */
static size_t
announced(unsigned char first)
{
	return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
}

/* Length of the sequence at `at` (1..4), 0 if it is not well-formed. */
static size_t
sequence(const unsigned char *at, size_t left)
{
	if (at[0] < 0x80)
		return 1;
	size_t size = announced(at[0]);
	if (at[0] < 0xC2 || at[0] > 0xF4 || left < size)
		return 0;
	uint32_t point = at[0] & (0xFFU >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
		point = point << 6 | (at[i] & 0x3FU);
	}
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	bool good = point >= least[size] && point <= 0x10FFFF && !(point >= 0xD800 && point <= 0xDFFF);
	return good ? size : 0;
}

bool
utf8_valid(const char *text, size_t bytes)
{
	const unsigned char *at = (const unsigned char *)text;
	for (size_t used = 0, size; used < bytes; used += size) {
		size = sequence(at + used, bytes - used);
		if (!size)
			return false;
	}
	return true;
}

/* Is all that is left the beginning of a sequence? */
static bool
is_cut_off(const unsigned char *at, size_t left)
{
	bool begins = at[0] >= 0xC2 && at[0] <= 0xF4 && left < announced(at[0]);
	for (size_t i = 1; i < left; i++)
		begins = begins && (at[i] & 0xC0) == 0x80;
	return begins;
}

void
utf8_mend(char *text)
{
	unsigned char *at = (unsigned char *)text;
	for (size_t left = strlen(text), size; left; at += size, left -= size) {
		size = sequence(at, left);
		if (!size && is_cut_off(at, left)) {
			*at = 0;
			return;
		}
		if (!size)
			*at = '?';
		size = size ? size : 1;
	}
}

bool
utf8_is_plain(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at < 0x20 || *at == 0x7F || (*at == 0xC2 && at[1] >= 0x80 && at[1] < 0xA0))
			return false;
	return utf8_valid(text, strlen(text));
}

/* ---------------------------------------------------------------- blanks */

static bool
is_invisible(utf8proc_int32_t point)
{
	bool selects_variation = point >= 0xFE00 && point <= 0xFE0F;
	return selects_variation || utf8proc_category(point) == UTF8PROC_CATEGORY_CF;
}

static bool
is_blank(utf8proc_int32_t point)
{
	enum { NEXT_LINE = 0x85 };
	utf8proc_category_t category = utf8proc_category(point);
	bool space = category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
	             category == UTF8PROC_CATEGORY_ZP;
	return space || (point >= '\t' && point <= '\r') || point == NEXT_LINE || is_invisible(point);
}

/* Bytes of the character at `at`, which is not the end; 0: not UTF-8. */
static size_t
next(const char *at, utf8proc_int32_t *point)
{
	utf8proc_ssize_t size =
	    utf8proc_iterate((const utf8proc_uint8_t *)at, (utf8proc_ssize_t)strnlen(at, 4), point);
	return size > 0 ? (size_t)size : 0;
}

size_t
utf8_invisible(const char *at)
{
	utf8proc_int32_t point;
	size_t size = (unsigned char)*at >= 0x80 ? next(at, &point) : 0;
	return size && is_invisible(point) ? size : 0;
}

size_t
utf8_blank(const char *at)
{
	utf8proc_int32_t point;
	if ((unsigned char)*at > ' ' && (unsigned char)*at < 0x7F)
		return 0;
	size_t size = *at ? next(at, &point) : 0;
	return size && is_blank(point) ? size : 0;
}

const char *
utf8_trim(const char *text, size_t *bytes)
{
	const char *end;
	for (size_t size; (size = utf8_blank(text));)
		text += size;
	end = text;
	for (const char *at = text; *at;) {
		size_t blank = utf8_blank(at);
		at += blank ? blank : 1;
		if (!blank)
			end = at;
	}
	*bytes = (size_t)(end - text);
	return text;
}

/* ---------------------------------------------------------------- keys */

/* Of ASCII and Chinese characters (U+4000 to U+9FFF, which NFKC leaves alone), with single blanks inside
 * alone: as most are. */
static bool
is_own_key(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	for (bool blank = true; *at;) {
		bool space = *at == ' ';
		if (space && (blank || !at[1]))
			return false;
		blank = space;
		if (*at >= ' ' && *at < 0x7F)
			at++;
		else if (*at >= 0xE4 && *at <= 0xE9 && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80)
			at += 3;
		else
			return false;
	}
	return true;
}

static size_t
put_point(utf8proc_int32_t point, char *out, size_t used)
{
	return used + 4 < UTF8_KEY_BYTES
	           ? used + (size_t)utf8proc_encode_char(point, (utf8proc_uint8_t *)out + used)
	           : UTF8_KEY_BYTES;
}

const char *
utf8_key(const char *text, char room[UTF8_KEY_BYTES])
{
	enum { MINUS = 0x2212 };
	const utf8proc_option_t nfkc = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
	utf8proc_int32_t points[UTF8_KEY_BYTES];
	if (is_own_key(text))
		return text;
	utf8proc_ssize_t count = utf8proc_decompose((const utf8proc_uint8_t *)text,
	                                            (utf8proc_ssize_t)strlen(text), points, UTF8_KEY_BYTES, nfkc);
	if (count < 0 || count > UTF8_KEY_BYTES)
		return text;
	count = utf8proc_normalize_utf32(points, count, nfkc);
	size_t used = 0;
	bool blank = false;
	for (utf8proc_ssize_t i = 0; i < count; i++) {
		utf8proc_category_t category = utf8proc_category(points[i]);
		if (is_blank(points[i])) {
			blank |= !is_invisible(points[i]);
			continue;
		}
		if (blank && used)
			used = put_point(' ', room, used);
		blank = false;
		used =
		    put_point(category == UTF8PROC_CATEGORY_PD || points[i] == MINUS ? '-' : points[i], room, used);
		if (used >= UTF8_KEY_BYTES)
			return text;
	}
	room[used] = 0;
	return room;
}

bool
utf8_same_key(const char *a, const char *b)
{
	char room_a[UTF8_KEY_BYTES], room_b[UTF8_KEY_BYTES];
	return !strcmp(a, b) || !strcmp(utf8_key(a, room_a), utf8_key(b, room_b));
}

/* ---------------------------------------------------------------- showing */

/* Does the character stand for itself? */
static bool
is_shown(utf8proc_int32_t point, enum utf8_showing how)
{
	utf8proc_category_t category = utf8proc_category(point);
	if (category == UTF8PROC_CATEGORY_ZS)
		return how == UTF8_SAFE || point == ' ' || point == 0x3000;
	return category != UTF8PROC_CATEGORY_CC && !is_blank(point);
}

size_t
utf8_look(const char *at, int32_t *point, bool *shown)
{
	utf8proc_int32_t found = -1;
	size_t bytes = next(at, &found);
	*point = found;
	*shown = bytes && is_shown(found, UTF8_SAFE);
	return bytes;
}

/* Bytes of what stands from here on that stands for itself. */
static size_t
clean_size(const char *text, enum utf8_showing how)
{
	const char *at = text;
	while (*at) {
		utf8proc_int32_t point;
		bool plain = *at >= ' ' && *at < 0x7F;
		size_t bytes = plain ? 1 : next(at, &point);
		if (!bytes || (!plain && !is_shown(point, how)))
			break;
		at += bytes;
	}
	return (size_t)(at - text);
}

/* What stands for the character at `text`; returns how many bytes of it that is. */
static size_t
replace(const char *text, char out[16])
{
	enum { PICTURES = 0x2400, PICTURE_DELETE = 0x2421, REPLACEMENT = 0xFFFD };
	utf8proc_int32_t point;
	size_t bytes = next(text, &point);
	utf8proc_int32_t picture = !bytes          ? REPLACEMENT
	                           : point == 0x7F ? PICTURE_DELETE
	                           : point < ' '   ? PICTURES + point
	                                           : 0;
	if (picture)
		out[utf8proc_encode_char(picture, (utf8proc_uint8_t *)out)] = 0;
	else
		snprintf(out, 16, "<U+%04X>", (unsigned)point);
	return bytes ? bytes : 1;
}

const char *
utf8_show(const char *text, enum utf8_showing how, char *room, size_t size)
{
	size_t used = 0;
	if (!text[clean_size(text, how)])
		return text;
	while (*text) {
		char other[16];
		size_t bytes = clean_size(text, how), clean = bytes;
		if (!clean)
			bytes = replace(text, other);
		size_t wanted = clean ? clean : strlen(other), left = size - 1 - used,
		       put = wanted < left ? wanted : left;
		/* No part of a character or of its number. */
		while (put < wanted && clean && put && ((unsigned char)text[put] & 0xC0) == 0x80)
			put--;
		put = put < wanted && !clean ? 0 : put;
		memcpy(room + used, clean ? text : other, put);
		used += put;
		if (put < wanted)
			break;
		text += bytes;
	}
	room[used] = 0;
	return room;
}
