/* fupin units: the units that this office may read. */
#include "command.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>

static bool
wanted(const struct unit *unit, unit_code under, enum unit_level level)
{
	return unit_within(unit->code, under) && (!level || unit->level == level);
}

static int
print_json(const struct command *c, unit_code under, enum unit_level level)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < c->catalogue.unit_count; i++) {
		const struct unit *unit = &c->catalogue.units[i];
		if (!wanted(unit, under, level))
			continue;
		struct json_object *item = json_object_new_object();
		json_object_object_add(item, "code", json_object_new_int64(unit->code));
		json_object_object_add(item, "level", json_object_new_string(unit_level_name(unit->level)));
		json_object_object_add(item, "name", json_object_new_string(unit->name));
		json_object_object_add(item, "basis", json_object_new_string(unit->basis));
		json_object_array_add(list, item);
	}
	command_print_json(c, list);
	return EXIT_DONE;
}

static int
print_table(const struct command *c, unit_code under, enum unit_level level)
{
	const struct table_column columns[] = {{in_language(c, "code", "代码"), false},
	                                       {in_language(c, "level", "级别"), false},
	                                       {in_language(c, "name", "名称"), false},
	                                       {in_language(c, "basis", "代码依据"), false}};
	struct table *table = table_create(c->output, in_language(c, "units", "单位"), columns, 4);
	bool good = table;
	for (size_t i = 0; good && i < c->catalogue.unit_count; i++) {
		const struct unit *unit = &c->catalogue.units[i];
		char code[24];
		snprintf(code, sizeof code, "%" PRId64, unit->code);
		const struct cell cells[] = {
		    cell_text(code),
		    cell_text(in_language(c, unit_level_name(unit->level), unit_level_name_zh(unit->level))),
		    cell_text(unit->name), cell_text(unit->basis)};
		if (wanted(unit, under, level))
			good = table_add(table, cells);
	}
	good = good && table_end(table);
	table_destroy(&table);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

int
cmd_units(int argc, char **argv)
{
	struct command c = {0};
	const char *level_option = NULL;
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&c), {"--level", &level_option, NULL}};
	enum unit_level level = UNIT_NONE;
	unit_code under = 0;
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count) || count > 1)
		return EXIT_USAGE;
	if (level_option && !unit_level_parse(level_option, &level)) {
		fprintf(stderr, "fupin units: --level %s: not province, prefecture, county, township or village\n",
		        level_option);
		return EXIT_USAGE;
	}
	int status = command_open(&c);
	if (status == EXIT_DONE)
		status = command_catalogue(&c, true, false);
	if (status == EXIT_DONE && count && !command_find_unit(&c, argv[0], &under))
		status = EXIT_USAGE;
	if (status == EXIT_DONE)
		status = c.format == FORMAT_JSON ? print_json(&c, under, level) : print_table(&c, under, level);
	return command_close(&c, status);
}
