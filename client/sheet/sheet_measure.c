#include "sheet_measure.h"

#include "base/decimal.h"
#include "sheet_file.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *zh, *en;
	int zeros;
} money[] = {
    {"元", "yuan", 0},
    {"千元", "1,000 yuan", 3},
    {"万元", "10,000 yuan", 4},
    {"百万元", "million yuan", 6},
    {"亿元", "100 million yuan", 8},
};

static const char *
trim(const char *from, const char *end, size_t *size)
{
	while (from < end && *from == ' ')
		from++;
	while (end > from && end[-1] == ' ')
		end--;
	*size = (size_t)(end - from);
	return from;
}

bool
measure_of_header(const char *header, size_t *name_size, char out[MEASURE_BYTES])
{
	const char *open = strrchr(header, '('), *wide = NULL;
	for (const char *at = strstr(header, "（"); at; at = strstr(at + 1, "（"))
		wide = at;
	size_t bracket = wide > open ? strlen("（") : 1, size;
	open = wide > open ? wide : open;
	if (!open)
		return false;
	const char *end = open + bracket + strcspn(open + bracket, ")");
	const char *wide_end = strstr(open + bracket, "）");
	const char *text = trim(open + bracket, wide_end && wide_end < end ? wide_end : end, &size);
	if (size >= MEASURE_BYTES)
		return false;
	snprintf(out, MEASURE_BYTES, "%.*s", (int)size, text);
	trim(header, open, name_size);
	return true;
}

/* Whatever blanks are in it. */
static bool
is_called(const char *text, const char *name)
{
	char a[UTF8_KEY_BYTES], b[UTF8_KEY_BYTES];
	return !strcmp(sheet_column_key(text, a), sheet_column_key(name, b));
}

static bool
is_either(const char *text, const char *zh, const char *en, struct measure *out)
{
	const char *name = is_called(text, zh) ? zh : is_called(text, en) ? en : NULL;
	if (name)
		snprintf(out->text, sizeof out->text, "%s", name);
	return name;
}

bool
measure_read(const char *text, const char *zh, const char *en, struct measure *out)
{
	struct measure measure = {0};
	bool good = is_either(text, zh, en, &measure);
	for (size_t i = 0; !good && !strcmp(zh, "元") && i < sizeof money / sizeof *money; i++) {
		good = is_either(text, money[i].zh, money[i].en, &measure);
		measure.zeros = good ? money[i].zeros : 0;
	}
	if (good)
		*out = measure;
	return good;
}

bool
measure_parse(const struct measure *measure, const char *text, int decimals, int64_t *out)
{
	char number[64];
	size_t size = strlen(text), own = strlen(measure->text);
	if (own && size > own && !strcmp(text + size - own, measure->text))
		trim(text, text + size - own, &size);
	if (size >= sizeof number)
		return false;
	memcpy(number, text, size);
	number[size] = 0;
	return decimal_parse(number, decimals + measure->zeros, out);
}
