/* fupin units: the units that this office may read. */
#include "command/command.h"
#include "subcommands.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>

struct wanted {
	unit_code under;
	enum unit_level level; /* UNIT_NONE: all */
	size_t member_count;
	const struct unit_group *members; /* NULL: not a group's only */
};

static bool
wanted(const struct unit *unit, const struct wanted *w)
{
	return unit_within(unit->code, w->under) && (!w->level || unit->level == w->level) &&
	       (!w->members || unit_group_has(w->members, w->member_count, unit->code));
}

/* "2013-09.." and the like; "": always. */
static void
format_months(const struct unit *unit, char out[24])
{
	char first[8] = "", last[8] = "";
	if (unit->first)
		period_format(unit->first, first);
	if (unit->last)
		period_format(unit->last, last);
	snprintf(out, 24, "%s%s%s", first, unit->first || unit->last ? ".." : "", last);
}

static int
print_json(const struct command *c, const struct wanted *w)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < c->catalogue.unit_count; i++) {
		const struct unit *unit = &c->catalogue.units[i];
		if (!wanted(unit, w))
			continue;
		struct json_object *item = json_object_new_object();
		json_object_object_add(item, "code", json_object_new_int64(unit->code));
		json_object_object_add(item, "level", json_object_new_string(unit_level_name(unit->level)));
		json_object_object_add(item, "name", json_object_new_string(unit->name));
		json_object_object_add(item, "basis", json_object_new_string(unit->basis));
		if (unit->first || unit->last) {
			char months[24];
			format_months(unit, months);
			json_object_object_add(item, "months", json_object_new_string(months));
		}
		if (unit->successor)
			json_object_object_add(item, "successor", json_object_new_int64(unit->successor));
		json_object_array_add(list, item);
	}
	command_print_json(c, list);
	return EXIT_DONE;
}

static int
print_table(const struct command *c, const struct wanted *w)
{
	const struct table_column columns[] = {{_("code"), false},  {_("level"), false},  {_("name"), false},
	                                       {_("basis"), false}, {_("months"), false}, {_("then"), false}};
	struct table *table = table_create(c->output, _("units"), columns, 6);
	bool good = table;
	for (size_t i = 0; good && i < c->catalogue.unit_count; i++) {
		const struct unit *unit = &c->catalogue.units[i];
		char code[24], months[24], then[24] = "";
		snprintf(code, sizeof code, "%" PRId64, unit->code);
		format_months(unit, months);
		if (unit->successor)
			snprintf(then, sizeof then, "%" PRId64, unit->successor);
		const struct cell cells[] = {
		    cell_text(code),
		    cell_text(in_language(c, unit_level_name(unit->level), unit_level_name_zh(unit->level))),
		    cell_text(unit->name),
		    cell_text(unit->basis),
		    cell_text(months),
		    cell_text(then)};
		if (wanted(unit, w))
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
	const char *level_option = NULL, *group_option = NULL;
	bool kept = false;
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&c),
	                                 AS_OF_OPTION(&c),
	                                 {"--level", &level_option, NULL},
	                                 {"--group", &group_option, NULL},
	                                 {"--kept", NULL, &kept}};
	struct wanted w = {0};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count) || count > 1)
		return EXIT_USAGE;
	if (level_option && !unit_level_parse(level_option, &w.level)) {
		fprintf(stderr, _("fupin units: --level %s: not province, prefecture, county, township or village\n"),
		        level_option);
		return EXIT_USAGE;
	}
	if (kept && c.as_of_option) {
		fprintf(stderr, _("fupin units: --kept is what the centre said last: no --as-of\n"));
		return EXIT_USAGE;
	}
	int status = kept ? command_open_kept(&c) : command_open(&c);
	if (status == EXIT_DONE && !kept)
		status = command_catalogue(&c, true, true); /* both: so that they are kept */
	if (status == EXIT_DONE && count && !command_find_unit(&c, argv[0], &w.under))
		status = EXIT_USAGE;
	if (status == EXIT_DONE && group_option) {
		w.member_count = catalogue_group(&c.catalogue, group_option, &w.members);
		if (!w.member_count) {
			fprintf(stderr, _("fupin units: --group %s: no such group of units in this office's scope\n"),
			        group_option);
			status = EXIT_USAGE;
		}
	}
	if (status == EXIT_DONE)
		status = c.format == FORMAT_JSON ? print_json(&c, &w) : print_table(&c, &w);
	return command_close(&c, status);
}
