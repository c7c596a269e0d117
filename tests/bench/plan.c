/* A plan of a given shape as the CSV files that fupind loads, with a key pair for every office. */
#include "bench.h"
#include "shape.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zmq.h>

static FILE *
create(const char *directory, const char *name, const char *header)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "we");
	if (file)
		fputs(header, file);
	return file;
}

/* A file whose content does not depend on the shape. */
static bool
write_fixed(const char *directory, const char *name, const char *content)
{
	FILE *file = create(directory, name, content);
	return file && !fclose(file);
}

static void
put_unit(FILE *file, unit_code code)
{
	enum unit_level level = unit_level_of(code);
	char parent[24] = "";
	if (level > UNIT_PROVINCE)
		snprintf(parent, sizeof parent, "%" PRId64, unit_ancestor(code, (enum unit_level)(level - 1)));
	fprintf(file, "%" PRId64 ",%s,%s,Unit %" PRId64 ",bench\n", code, parent, unit_level_name(level), code);
}

static void
put_villages(FILE *file, const struct shape *shape, int county)
{
	unit_code township = 0;
	for (int i = 0; i < shape_village_count(shape, county); i++) {
		unit_code village = shape_village(shape, county, i);
		if (unit_ancestor(village, UNIT_TOWNSHIP) != township)
			put_unit(file, township = unit_ancestor(village, UNIT_TOWNSHIP));
		put_unit(file, village);
	}
}

static bool
write_units(const char *directory, const struct shape *shape)
{
	FILE *file = create(directory, "units.csv", "code,parent,level,name,code_basis\n");
	if (!file)
		return false;
	for (int i = 0; i < shape->provinces; i++)
		put_unit(file, shape_province(shape, i));
	for (int i = 0; i < shape->prefectures; i++)
		put_unit(file, shape_prefecture(shape, i));
	for (int i = 0; i < shape->counties; i++) {
		put_unit(file, shape_county(shape, i));
		if (shape->villages)
			put_villages(file, shape, i);
	}
	return !fclose(file);
}

static bool
write_forms(const char *directory, const struct shape *shape)
{
	char first[8], last[8];
	FILE *file = create(directory, "forms.csv",
	                    "number,form,version,level,name_zh,name_en,first_period,last_period\n");
	if (!file)
		return false;
	period_format(shape->first, first);
	period_format(shape->last, last);
	fprintf(file, "%d,county,1,county,县月报,County report,%s,%s\n", FORM_COUNTY, first, last);
	fprintf(file, "%d,village,1,village,村月报,Village report,%s,%s\n", FORM_VILLAGE, first, last);
	return !fclose(file);
}

/* Seven flows and three stocks; two are parts of the one before. */
static bool
write_indicators(const char *directory)
{
	FILE *file = create(directory, "indicators.csv",
	                    "form,version,number,indicator,name_zh,name_en,measure_zh,measure_en,decimals,kind,"
	                    "required,minimum,maximum,part_of,project,notice\n");
	static const char *const forms[] = {"county", "village"};
	for (int form = 0; file && form < 2; form++)
		for (int i = 1; i <= SHAPE_VALUES; i++) {
			char whole[24] = "";
			if (i == 2 || i == SHAPE_VALUES)
				snprintf(whole, sizeof whole, "%s_%d", forms[form], i - 1);
			fprintf(file, "%s,1,%d,%s_%d,%s%d,%s %d,个,units,0,%s,yes,0,1000000,%s,,\n", forms[form],
			        form * VILLAGE_INDICATORS + i, forms[form], i, forms[form], i, forms[form], i,
			        i <= SHAPE_FLOWS ? "flow" : "stock", whole);
		}
	return file && !fclose(file);
}

/* principals.csv for the centre, keys for the generator: the same offices in both. */
static void
put_principal(FILE *principals, FILE *keys, const char *role, unit_code unit)
{
	char public_key[KEY_TEXT_BYTES], secret_key[KEY_TEXT_BYTES];
	zmq_curve_keypair(public_key, secret_key);
	/* Z85 has no comma and no quotation mark. */
	fprintf(principals, "%s-%" PRId64 ",%s,%" PRId64 ",%s\n", role, unit, role, unit, public_key);
	fprintf(keys, "%" PRId64 " %s %s\n", unit, public_key, secret_key);
}

static bool
write_principals(const char *directory, const struct shape *shape)
{
	FILE *principals = create(directory, "principals.csv", "name,role,unit,public_key\n");
	FILE *keys = create(directory, "keys", "");
	bool open = principals && keys;
	if (open && !fchmod(fileno(keys), 0600)) {
		for (int i = 0; i < shape->provinces; i++)
			put_principal(principals, keys, "province", shape_province(shape, i));
		for (int i = 0; i < shape->counties; i++)
			put_principal(principals, keys, "county", shape_county(shape, i));
	}
	bool good = principals && !fclose(principals);
	return (keys ? !fclose(keys) : false) && good && open;
}

static bool
write_all(const char *directory, const struct shape *shape)
{
	return write_units(directory, shape) && write_forms(directory, shape) && write_indicators(directory) &&
	       write_principals(directory, shape) && shape_write(directory, shape) &&
	       write_fixed(
	           directory, "plan.csv",
	           "key,value\ncode,bench\ntitle_zh,测试\ntitle_en,Benchmark\nsource,made up\nyear,2013\n") &&
	       write_fixed(directory, "groups.csv", "group,name,unit,basis\n") &&
	       write_fixed(directory, "targets.csv", "unit,year,measure,value,notice\n") &&
	       write_fixed(directory, "fund_sources.csv",
	                   "number,source,name_zh,name_en,notice,special\n1,source,来源,Source,,yes\n") &&
	       write_fixed(directory, "fund_uses.csv", "number,use,name_zh,name_en,notice\n1,use,用途,Use,\n");
}

bool
bench_plan(const struct arguments *arguments, struct json_object *out)
{
	struct shape shape = {(int)arguments->provinces, (int)arguments->prefectures, (int)arguments->counties,
	                      (int)arguments->villages,  (period)arguments->first,    (period)arguments->last};
	if (!arguments->plan || (mkdir(arguments->plan, 0755) && errno != EEXIST))
		return bench_fail("plan: the directory cannot be made");
	if (!write_all(arguments->plan, &shape) || !shape_read(arguments->plan, &shape))
		return bench_fail("plan: the files cannot be written, or the shape is impossible");
	bench_number(out, "offices", shape.counties);
	bench_number(out, "villages", shape.villages);
	return true;
}
