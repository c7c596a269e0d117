/* fupin units: the units that this office may read. */
#include "columns/plan_columns.h"
#include "command/command.h"
#include "subcommands.h"

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

static int
show(const struct command *c, const struct wanted *w)
{
	struct reading r;
	command_reading(c, &r);
	struct listing *l = listing_begin(c->output, _("units"), &unit_columns, &r, 0);
	bool good = l;
	for (size_t i = 0; good && i < c->catalogue.unit_count; i++)
		if (wanted(&c->catalogue.units[i], w))
			good = listing_add(l, &c->catalogue.units[i]);
	return command_end_listing(&l, &r, good);
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
		status = show(&c, &w);
	return command_close(&c, status);
}
