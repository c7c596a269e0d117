/* fupin forms [FORM]: the forms, or one form with its indicators and rules. */
#include "command/command.h"

#include "base/decimal.h"
#include "subcommands.h"

#include <json.h>
#include <stdio.h>
#include <string.h>

static void
format_periods(const struct form_version *version, char out[24])
{
	char first[8], last[8];
	period_format(version->first, first);
	period_format(version->last, last);
	snprintf(out, 24, "%s..%s", first, last);
}

static int
print_forms(const struct command *c)
{
	const struct table_column columns[] = {{_("form"), false},      {_("version"), true},
	                                       {_("level"), false},     {_("periods"), false},
	                                       {_("indicators"), true}, {_("name"), false}};
	struct table *table = table_create(c->output, _("forms"), columns, 6);
	bool good = table;
	for (size_t i = 0; good && i < c->catalogue.version_count; i++) {
		const struct form_version *version = &c->catalogue.versions[i];
		const struct form *form = catalogue_form(&c->catalogue, version->form);
		char periods[24];
		format_periods(version, periods);
		const struct cell cells[] = {
		    cell_text(form->code),
		    cell_number(version->version, 0),
		    cell_text(in_language(c, unit_level_name(form->level), unit_level_name_zh(form->level))),
		    cell_text(periods),
		    cell_number((int64_t)version->field_count, 0),
		    cell_text(in_language(c, form->name_en, form->name_zh))};
		good = table_add(table, cells);
	}
	good = good && table_end(table);
	table_destroy(&table);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

static const char *
indicator_code(const struct command *c, uint32_t number)
{
	const struct indicator *indicator = catalogue_indicator(&c->catalogue, number);
	return indicator ? indicator->code : "";
}

static bool
add_field(const struct command *c, struct table *table, const struct form_version *version,
          const struct form_field *field)
{
	const struct indicator *i = field->definition;
	bool flow = i->kind == INDICATOR_FLOW;
	const struct cell cells[] = {
	    cell_number(version->version, 0),
	    cell_text(i->code),
	    cell_text(i->name_zh),
	    cell_text(i->name_en),
	    cell_text(in_language(c, i->measure_en, i->measure_zh)),
	    cell_text(flow ? _("flow") : _("stock")),
	    cell_text(field->required ? C_("field", "required") : ""),
	    cell_number(field->minimum, i->decimals),
	    cell_number(field->maximum, i->decimals),
	    cell_text(field->whole >= 0 ? version->fields[field->whole].definition->code : ""),
	    cell_text(indicator_code(c, field->base)),
	    cell_text(indicator_code(c, field->step_after)),
	    cell_text(i->project),
	    cell_text(i->notice),
	};
	return table_add(table, cells);
}

static int
print_form(const struct command *c, const struct form *form)
{
	const struct table_column columns[] = {{_("version"), true},
	                                       {_("indicator"), false},
	                                       {"名称", false},
	                                       {"name", false},
	                                       {_("measure"), false},
	                                       {_("kind"), false},
	                                       {C_("field", "required"), false},
	                                       {_("least"), true},
	                                       {_("most"), true},
	                                       {_("part of"), false},
	                                       {_("year within"), false},
	                                       {_("step after"), false},
	                                       {C_("of the plan", "project"), false},
	                                       {_("notice"), false}};
	struct table *table = table_create(c->output, form->code, columns, sizeof columns / sizeof *columns);
	bool good = table;
	for (size_t i = 0; good && i < c->catalogue.version_count; i++) {
		const struct form_version *version = &c->catalogue.versions[i];
		for (size_t at = 0; good && version->form == form->number && at < version->field_count; at++)
			good = add_field(c, table, version, &version->fields[at]);
	}
	good = good && table_end(table);
	for (size_t i = 0; good && i < c->catalogue.indicator_count; i++) {
		const struct indicator *counted = &c->catalogue.indicators[i];
		char least[DECIMAL_TEXT_BYTES];
		const struct indicator *of = catalogue_indicator(&c->catalogue, counted->counts);
		if (of && counted->form == form->number)
			output_line(c->output, _("counted, not reported: %s %s (%s at least %s)"), counted->code,
			            in_language(c, counted->name_en, counted->name_zh), of->code,
			            decimal_format(counted->at_least, of->decimals, least));
	}
	for (size_t i = 0; good && i < c->catalogue.check_count; i++)
		if (c->catalogue.checks[i].form == form->number)
			output_line(c->output, _("warning %u: %s"), c->catalogue.checks[i].number,
			            in_language(c, c->catalogue.checks[i].text_en, c->catalogue.checks[i].text_zh));
	table_destroy(&table);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

static struct json_object *
field_json(const struct command *c, const struct form_version *version, const struct form_field *field)
{
	const struct indicator *i = field->definition;
	char text[DECIMAL_TEXT_BYTES];
	struct json_object *item = json_object_new_object();
	json_object_object_add(item, "number", json_object_new_int64(i->number));
	json_object_object_add(item, "indicator", json_object_new_string(i->code));
	json_object_object_add(item, "name_zh", json_object_new_string(i->name_zh));
	json_object_object_add(item, "name_en", json_object_new_string(i->name_en));
	json_object_object_add(item, "measure_zh", json_object_new_string(i->measure_zh));
	json_object_object_add(item, "measure_en", json_object_new_string(i->measure_en));
	json_object_object_add(item, "decimals", json_object_new_int(i->decimals));
	json_object_object_add(item, "kind",
	                       json_object_new_string(i->kind == INDICATOR_FLOW ? "flow" : "stock"));
	json_object_object_add(item, "required", json_object_new_boolean(field->required));
	json_object_object_add(item, "minimum",
	                       json_object_new_string(decimal_plain(field->minimum, i->decimals, text)));
	json_object_object_add(item, "maximum",
	                       json_object_new_string(decimal_plain(field->maximum, i->decimals, text)));
	if (field->whole >= 0)
		json_object_object_add(item, "part_of",
		                       json_object_new_string(version->fields[field->whole].definition->code));
	if (field->base)
		json_object_object_add(item, "base", json_object_new_string(indicator_code(c, field->base)));
	if (field->step_after)
		json_object_object_add(item, "step_after",
		                       json_object_new_string(indicator_code(c, field->step_after)));
	json_object_object_add(item, "project", json_object_new_string(i->project));
	json_object_object_add(item, "notice", json_object_new_string(i->notice));
	return item;
}

static int
print_json(const struct command *c, const struct form *only)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < c->catalogue.version_count; i++) {
		const struct form_version *version = &c->catalogue.versions[i];
		const struct form *form = catalogue_form(&c->catalogue, version->form);
		if (only && form != only)
			continue;
		char periods[24];
		struct json_object *item = json_object_new_object(), *fields = json_object_new_array();
		format_periods(version, periods);
		json_object_object_add(item, "form", json_object_new_string(form->code));
		json_object_object_add(item, "version", json_object_new_int64(version->version));
		json_object_object_add(item, "level", json_object_new_string(unit_level_name(form->level)));
		json_object_object_add(item, "periods", json_object_new_string(periods));
		json_object_object_add(item, "name_zh", json_object_new_string(form->name_zh));
		json_object_object_add(item, "name_en", json_object_new_string(form->name_en));
		for (size_t at = 0; at < version->field_count; at++)
			json_object_array_add(fields, field_json(c, version, &version->fields[at]));
		json_object_object_add(item, "indicators", fields);
		json_object_array_add(list, item);
	}
	command_print_json(c, list);
	return EXIT_DONE;
}

int
cmd_forms(int argc, char **argv)
{
	struct command c = {0};
	bool kept = false;
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&c), AS_OF_OPTION(&c), {"--kept", NULL, &kept}};
	const struct form *form = NULL;
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count) || count > 1)
		return EXIT_USAGE;
	if (kept && c.as_of_option) {
		fprintf(stderr, _("fupin forms: --kept is what the centre said last: no --as-of\n"));
		return EXIT_USAGE;
	}
	int status = kept ? command_open_kept(&c) : command_open(&c);
	if (status == EXIT_DONE && !kept)
		status = command_catalogue(&c, true, true); /* both: so that they are kept */
	if (status == EXIT_DONE && count) {
		form = catalogue_form_by_code(&c.catalogue, argv[0]);
		if (!form) {
			fprintf(stderr, _("fupin forms: %s: no such form; fupin forms lists them\n"), argv[0]);
			status = EXIT_USAGE;
		}
	}
	if (status == EXIT_DONE)
		status = c.format == FORMAT_JSON ? print_json(&c, form)
		         : form                  ? print_form(&c, form)
		                                 : print_forms(&c);
	return command_close(&c, status);
}
