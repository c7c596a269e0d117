#include "utf8.h"

#include <stdint.h>
#include <string.h>

/* Length of the sequence at `at` (1..4), 0 if it is not well-formed. */
static size_t
sequence(const unsigned char *at, size_t left)
{
	if (at[0] < 0x80)
		return 1;
	size_t size = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
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

bool
utf8_is_plain(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at < 0x20 || *at == 0x7F || (*at == 0xC2 && at[1] >= 0x80 && at[1] < 0xA0))
			return false;
	return utf8_valid(text, strlen(text));
}
