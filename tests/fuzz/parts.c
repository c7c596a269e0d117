#include "parts.h"

#include <string.h>

void
parts_split(const uint8_t *bytes, size_t size, const char *letters, struct part_text *texts)
{
	while (size) {
		const uint8_t *end = memchr(bytes, PART_END, size);
		size_t length = end ? (size_t)(end - bytes) : size;
		const char *letter = length && bytes[0] ? strchr(letters, bytes[0]) : NULL;
		if (letter)
			texts[letter - letters] = (struct part_text){bytes + 1, length - 1};
		bytes += end ? length + 1 : length;
		size -= end ? length + 1 : length;
	}
}
