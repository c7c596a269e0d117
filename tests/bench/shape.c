#include "shape.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* The first province's code; townships of so many villages (the code has three digits for each). */
enum { PROVINCE_FIRST = 11, TOWNSHIP_VILLAGES = 20, VALUE_RANGE = 1000 };

static const char shape_line[] =
    "provinces %d prefectures %d counties %d villages %d first %" PRId32 " last %" PRId32 "\n";
static const char shape_scan[] =
    "provinces %d prefectures %d counties %d villages %d first %" SCNd32 " last %" SCNd32;

static FILE *
open_file(const char *directory, const char *how)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/shape", directory);
	return fopen(path, how);
}

bool
shape_read(const char *directory, struct shape *out)
{
	FILE *file = open_file(directory, "re");
	bool good = file && fscanf(file, shape_scan, &out->provinces, &out->prefectures, &out->counties,
	                           &out->villages, &out->first, &out->last) == 6;
	if (file)
		fclose(file);
	return good && out->provinces > 0 && out->prefectures >= out->provinces &&
	       out->counties >= out->prefectures && period_valid(out->first) && period_valid(out->last);
}

bool
shape_write(const char *directory, const struct shape *shape)
{
	FILE *file = open_file(directory, "we");
	bool good = file && fprintf(file, shape_line, shape->provinces, shape->prefectures, shape->counties,
	                            shape->villages, shape->first, shape->last) > 0;
	return (file ? !fclose(file) : false) && good;
}

int
shape_months(const struct shape *shape)
{
	return period_index(shape->last) - period_index(shape->first) + 1;
}

/* `child` of `children` belongs to which of `parents`; and the first child of a parent. */
static int
parent_of(int child, int children, int parents)
{
	return (int)((int64_t)child * parents / children);
}

static int
first_child(int parent, int children, int parents)
{
	return (int)(((int64_t)parent * children + parents - 1) / parents);
}

unit_code
shape_province(const struct shape *shape, int province)
{
	(void)shape;
	return PROVINCE_FIRST + province;
}

unit_code
shape_prefecture(const struct shape *shape, int prefecture)
{
	int province = parent_of(prefecture, shape->prefectures, shape->provinces);
	return shape_province(shape, province) * 100 + 1 + prefecture -
	       first_child(province, shape->prefectures, shape->provinces);
}

unit_code
shape_county(const struct shape *shape, int county)
{
	int prefecture = parent_of(county, shape->counties, shape->prefectures);
	return shape_prefecture(shape, prefecture) * 100 + 1 + county -
	       first_child(prefecture, shape->counties, shape->prefectures);
}

int
shape_village_first(const struct shape *shape, int county)
{
	return first_child(county, shape->villages, shape->counties);
}

int
shape_village_count(const struct shape *shape, int county)
{
	return shape_village_first(shape, county + 1) - shape_village_first(shape, county);
}

unit_code
shape_village(const struct shape *shape, int county, int village)
{
	unit_code township = shape_county(shape, county) * 1000 + 1 + village / TOWNSHIP_VILLAGES;
	return township * 1000 + 1 + village % TOWNSHIP_VILLAGES;
}

static int
reporting_units(const struct shape *shape, int office)
{
	return shape->villages ? shape_village_count(shape, office) : 1;
}

int64_t
shape_reports(const struct shape *shape, int office)
{
	return (int64_t)reporting_units(shape, office) * shape_months(shape);
}

/* splitmix64's mixer: evenly spread, the same everywhere. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static void
make_values(unit_code unit, period when, int64_t *values)
{
	uint64_t seed = mix((uint64_t)unit * 1000003 + (uint64_t)when);
	for (int i = 0; i < SHAPE_VALUES; i++)
		values[i] = (int64_t)(mix(seed + (uint64_t)i) % VALUE_RANGE);
	/* The second is a part of the first, the last of the one before (plan.c). */
	values[1] = values[0] / 2;
	values[SHAPE_VALUES - 1] = values[SHAPE_VALUES - 2] / 2;
}

static const uint32_t county_indicators[SHAPE_VALUES] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
static const uint32_t village_indicators[SHAPE_VALUES] = {101, 102, 103, 104, 105, 106, 107, 108, 109, 110};

struct report
shape_report(const struct shape *shape, int office, int64_t number, int64_t *values)
{
	int units = reporting_units(shape, office);
	struct report report = {
	    .unit = shape->villages ? shape_village(shape, office, (int)(number % units))
	                            : shape_county(shape, office),
	    .period = period_from_index(period_index(shape->first) + (int)(number / units)),
	    .form = shape->villages ? FORM_VILLAGE : FORM_COUNTY,
	    .form_version = 1,
	    .value_count = SHAPE_VALUES,
	    .indicators = shape->villages ? village_indicators : county_indicators,
	    .values = values,
	};
	make_values(report.unit, report.period, values);
	return report;
}

/* Flows add up over all reports; a stock is what each unit reported last. */
void
shape_total(const struct shape *shape, int office, int64_t first, int64_t end, struct shape_total *out)
{
	int units = reporting_units(shape, office);
	*out = (struct shape_total){0};
	for (int64_t number = first; number < end; number++) {
		int64_t values[SHAPE_VALUES];
		shape_report(shape, office, number, values);
		int kept = number + units >= end ? SHAPE_VALUES : SHAPE_FLOWS;
		for (int i = 0; i < kept; i++) {
			out->values[i] += values[i];
			out->reported[i]++;
		}
	}
}
