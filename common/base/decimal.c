#include "decimal.h"

#include "narrow.h"

#include <stdio.h>
#include <string.h>

static bool
push_digit(int64_t *value, int digit)
{
	return !__builtin_mul_overflow(*value, 10, value) && !__builtin_add_overflow(*value, digit, value);
}

/* The digits before the point, with separators either nowhere or at every third place. */
static const char *
read_whole(const char *at, int64_t *value)
{
	int group = 0, digits = 0;
	bool separated = false;
	for (;; at++) {
		if (*at >= '0' && *at <= '9') {
			if (!push_digit(value, *at - '0'))
				return NULL;
			group++;
			digits++;
			if (separated && group > 3)
				return NULL;
		} else if (*at == ',' && digits && (separated ? group == 3 : group <= 3)) {
			separated = true;
			group = 0;
		} else {
			break;
		}
	}
	return digits && !(separated && group != 3) ? at : NULL;
}

bool
decimal_parse(const char *text, int decimals, int64_t *out)
{
	char buffer[64];
	if (!narrow(text, buffer, sizeof buffer))
		return false;
	const char *at = buffer;
	bool negative = *at == '-';
	if (*at == '-' || *at == '+')
		at++;
	int64_t value = 0;
	at = read_whole(at, &value);
	if (!at)
		return false;
	int places = 0;
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9'; at++, places++) {
			bool beyond = places >= decimals;
			if (beyond && *at != '0')
				return false;
			if (!beyond && !push_digit(&value, *at - '0'))
				return false;
		}
	if (*at)
		return false;
	for (; places < decimals; places++)
		if (!push_digit(&value, 0))
			return false;
	*out = negative ? -value : value;
	return true;
}

static char *
format(int64_t value, int decimals, bool separators, char out[DECIMAL_TEXT_BYTES])
{
	char reversed[DECIMAL_TEXT_BYTES];
	size_t used = 0;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	for (int place = 0; rest || place <= decimals; place++) {
		int whole = place - decimals;
		if (decimals && whole == 0)
			reversed[used++] = '.';
		else if (separators && whole > 0 && whole % 3 == 0)
			reversed[used++] = ',';
		reversed[used++] = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (value < 0)
		reversed[used++] = '-';
	for (size_t i = 0; i < used; i++)
		out[i] = reversed[used - 1 - i];
	out[used] = 0;
	return out;
}

char *
decimal_format(int64_t value, int decimals, char out[DECIMAL_TEXT_BYTES])
{
	return format(value, decimals, true, out);
}

char *
decimal_plain(int64_t value, int decimals, char out[DECIMAL_TEXT_BYTES])
{
	return format(value, decimals, false, out);
}

int64_t
decimal_add(int64_t a, int64_t b)
{
	int64_t sum;
	if (__builtin_add_overflow(a, b, &sum))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

int64_t
decimal_subtract(int64_t a, int64_t b)
{
	int64_t difference;
	if (__builtin_sub_overflow(a, b, &difference))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return difference;
}
