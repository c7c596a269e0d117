#include "narrow.h"

#include "utf8.h"

bool
narrow(const char *text, char *out, size_t size)
{
	size_t used = 0, bytes;
	text = utf8_trim(text, &bytes);
	for (const char *at = text, *end = text + bytes; at < end;) {
		const unsigned char *wide = (const unsigned char *)at;
		size_t invisible = utf8_invisible(at), blank = utf8_blank(at);
		if (used + 1 >= size)
			return false;
		if (wide[0] == 0xEF && wide[1] == 0xBC && wide[2] >= 0x8B && wide[2] <= 0x9A) {
			out[used++] = (char)(wide[2] - 0x90 + '0');
			at += 3;
		} else if (invisible) {
			at += invisible;
		} else if (blank) {
			out[used++] = ' ';
			at += blank;
		} else {
			out[used++] = *at++;
		}
	}
	out[used] = 0;
	return true;
}
