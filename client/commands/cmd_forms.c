/* fupin forms [FORM]: the forms, or one form with its indicators and rules. */
#include "command/command.h"

#include "base/decimal.h"
#include "columns/plan_columns.h"
#include "subcommands.h"

#include <stdio.h>
#include <string.h>

/* The versions of one form, or of all. */
static int
show_forms(const struct command *c, const struct form *only)
{
	struct reading r;
	command_reading(c, &r);
	struct listing *l = listing_begin(c->output, _("forms"), &form_columns, &r, 0);
	bool good = l;
	for (size_t i = 0; good && i < c->catalogue.version_count; i++) {
		const struct form_version *version = &c->catalogue.versions[i];
		const struct form *form = catalogue_form(&c->catalogue, version->form);
		const struct form_row row = {*form, *version};
		if (!only || form == only)
			good = listing_add(l, &row);
	}
	return command_end_listing(&l, &r, good);
}

/* What is no field of a form: indicators that the centre counts, and checks that warn. */
static void
print_beside(const struct command *c, const struct form *form)
{
	for (size_t i = 0; i < c->catalogue.indicator_count; i++) {
		const struct indicator *counted = &c->catalogue.indicators[i];
		char least[DECIMAL_TEXT_BYTES];
		const struct indicator *of = catalogue_indicator(&c->catalogue, counted->counts);
		if (of && counted->form == form->number)
			output_line(c->output, _("counted, not reported: %s %s (%s at least %s)"), counted->code,
			            in_language(c, counted->name_en, counted->name_zh), of->code,
			            decimal_format(counted->at_least, of->decimals, least));
	}
	for (size_t i = 0; i < c->catalogue.check_count; i++)
		if (c->catalogue.checks[i].form == form->number)
			output_line(c->output, _("warning %u: %s"), c->catalogue.checks[i].number,
			            in_language(c, c->catalogue.checks[i].text_en, c->catalogue.checks[i].text_zh));
}

static int
show_form(const struct command *c, const struct form *form)
{
	struct reading r;
	command_reading(c, &r);
	struct listing *l = listing_begin(c->output, form->code, &field_columns, &r, 0);
	bool good = l;
	for (size_t i = 0; good && i < c->catalogue.version_count; i++) {
		const struct form_version *version = &c->catalogue.versions[i];
		for (size_t at = 0; good && version->form == form->number && at < version->field_count; at++) {
			const struct field_row row = field_row_make(&c->catalogue, version, at);
			good = listing_add(l, &row);
		}
	}
	int status = command_end_listing(&l, &r, good);
	if (status == EXIT_DONE)
		print_beside(c, form);
	return status;
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
		status = form && c.format != FORMAT_JSON ? show_form(&c, form) : show_forms(&c, form);
	return command_close(&c, status);
}
