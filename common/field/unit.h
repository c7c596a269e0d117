/* Units: places in the hierarchy 省 / 市州 / 县 / 乡镇 / 村.
 *
 * A code nests by prefix (22, 2208, 220821, 220821103, 220821103204), so its level is its number of
 * digits and its ancestors are computed, never looked up. Codes: GB/T 2260 down to the county,
 * statistics-bureau codes below. */
#ifndef FUPIN_COMMON_UNIT_H
#define FUPIN_COMMON_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t unit_code;

enum unit_level {
	UNIT_NONE = 0,
	UNIT_PROVINCE = 1,
	UNIT_PREFECTURE = 2,
	UNIT_COUNTY = 3,
	UNIT_TOWNSHIP = 4,
	UNIT_VILLAGE = 5,
};

enum { UNIT_LEVELS = 5 };

/* The level given by a code's number of digits; UNIT_NONE if no unit can have this code. */
enum unit_level unit_level_of(unit_code code);

/* The ancestor (or the unit itself) at `level`; 0 if the unit stands above that level. */
unit_code unit_ancestor(unit_code code, enum unit_level level);

/* Is `code` the unit `top` or below it? All units lie within 0, the whole nation, which is no unit. */
bool unit_within(unit_code code, unit_code top);

/* The key by which big tables are sharded: the county, or the unit itself if it stands above. */
unit_code unit_county(unit_code code);

/* Exactly the digits of a code, nothing else. */
bool unit_parse(const char *text, unit_code *out);

/* "county", or its Chinese name 县; UNIT_NONE is "". */
const char *unit_level_name(enum unit_level level);
const char *unit_level_name_zh(enum unit_level level);
bool unit_level_parse(const char *text, enum unit_level *out);

#endif
