#include "unit.h"

#include "base/narrow.h"

#include <string.h>

static const unit_code level_min[] = {0, 10, 1000, 100000, 100000000, 100000000000};
static const unit_code level_max[] = {0, 99, 9999, 999999, 999999999, 999999999999};

static const struct {
	const char *en, *zh;
} level_names[] = {
    {"", ""},         {"province", "省"},   {"prefecture", "市州"},
    {"county", "县"}, {"township", "乡镇"}, {"village", "村"},
};

enum unit_level
unit_level_of(unit_code code)
{
	for (int level = UNIT_PROVINCE; level <= UNIT_VILLAGE; level++)
		if (code >= level_min[level] && code <= level_max[level])
			return (enum unit_level)level;
	return UNIT_NONE;
}

unit_code
unit_ancestor(unit_code code, enum unit_level level)
{
	if (level == UNIT_NONE || unit_level_of(code) < level)
		return 0;
	while (code > level_max[level])
		code /= 10;
	return code;
}

bool
unit_within(unit_code code, unit_code top)
{
	enum unit_level level = unit_level_of(top);
	return !top || (level != UNIT_NONE && unit_ancestor(code, level) == top);
}

unit_code
unit_county(unit_code code)
{
	unit_code county = unit_ancestor(code, UNIT_COUNTY);
	return county ? county : code;
}

bool
unit_parse(const char *text, unit_code *out)
{
	char buffer[32];
	if (!narrow(text, buffer, sizeof buffer))
		return false;
	size_t digits = strspn(buffer, "0123456789");
	if (!digits || buffer[digits] || digits > 12 || buffer[0] == '0')
		return false;
	unit_code code = 0;
	for (size_t i = 0; i < digits; i++)
		code = code * 10 + (buffer[i] - '0');
	if (unit_level_of(code) == UNIT_NONE)
		return false;
	*out = code;
	return true;
}

const char *
unit_level_name(enum unit_level level)
{
	return level_names[level].en;
}

const char *
unit_level_name_zh(enum unit_level level)
{
	return level_names[level].zh;
}

bool
unit_level_parse(const char *text, enum unit_level *out)
{
	for (int level = UNIT_PROVINCE; level <= UNIT_VILLAGE; level++)
		if (!strcmp(text, level_names[level].en) || !strcmp(text, level_names[level].zh)) {
			*out = (enum unit_level)level;
			return true;
		}
	return false;
}
