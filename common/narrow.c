#include "narrow.h"

bool
narrow(const char *text, char *out, size_t size)
{
	size_t used = 0;
	for (const unsigned char *at = (const unsigned char *)text; *at; used++) {
		if (used + 1 >= size)
			return false;
		if (at[0] == 0xEF && at[1] == 0xBC && at[2] >= 0x8B && at[2] <= 0x99) {
			out[used] = (char)(at[2] - 0x90 + '0');
			at += 3;
		} else {
			out[used] = (char)*at++;
		}
	}
	out[used] = 0;
	return true;
}
