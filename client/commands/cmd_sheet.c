/* fupin sheet MONTH [UNIT]: the workbook that an office fills in, all its forms in it. fupin sheet FORM
 * MONTH [UNIT]: one form as a plain table. It has a row for each own unit; stocks are carried forward from
 * the unit's last report, flows are left empty. Where a report is there already, its figures and its
 * revision are in the row, for a correction: in a table beside the others, in a workbook with --corrections,
 * and then only those. */
#include "command/command.h"
#include "subcommands.h"
#include "workbook/sheet_book.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sheeting {
	struct command command;
	const struct form *form;
	const struct form_version *version;
	period month;
	unit_code unit;
	size_t count;
	struct sheet_row *rows;
	bool corrections, json;
	char path[16]; /* of a workbook that was given no name; "": it was given one */
};

static struct sheet_row *
find_row(struct sheeting *s, const struct unit *unit)
{
	for (size_t i = 0; unit && i < s->count; i++)
		if (s->rows[i].unit == unit)
			return &s->rows[i];
	return NULL;
}

static bool
make_rows(struct sheeting *s)
{
	const struct catalogue *c = &s->command.catalogue;
	s->rows = calloc(c->unit_count + 1, sizeof *s->rows);
	for (size_t i = 0; s->rows && i < c->unit_count; i++) {
		const struct unit *unit = &c->units[i];
		if (unit->level != s->form->level || !unit_within(unit->code, s->unit) ||
		    !unit_in_period(unit, s->month))
			continue;
		struct sheet_row *row = &s->rows[s->count++];
		row->unit = unit;
		row->cells = calloc(s->version->field_count, sizeof *row->cells);
		if (!row->cells)
			return false;
	}
	return s->rows;
}

static void
free_rows(struct sheeting *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->rows[i].cells);
	free(s->rows);
	s->rows = NULL;
	s->count = 0;
}

/* Reports come by unit, then month, so that a later one replaces an earlier one. A place that has another
 * code now has its row under that one. */
static void
take_report(struct sheeting *s, const struct report_item *item)
{
	const struct catalogue *c = &s->command.catalogue;
	const struct unit *unit = catalogue_unit(c, item->key.unit);
	struct sheet_row *row = unit ? find_row(s, catalogue_unit_then(c, unit, s->month)) : NULL;
	bool now = item->key.period == s->month;
	if (!row)
		return;
	for (size_t at = 0; now && at < s->version->field_count; at++)
		row->cells[at] = (struct cell){0};
	if (now)
		row->revision = item->revision;
	for (size_t i = 0; i < item->value_count; i++) {
		int at = form_version_position(s->version, item->indicators[i], i);
		const struct indicator *indicator = at < 0 ? NULL : s->version->fields[at].definition;
		if (indicator && (now || indicator->kind == INDICATOR_STOCK))
			row->cells[at] = cell_number(item->values[i], indicator->decimals);
	}
}

/* A place that moved has its earlier reports under its old code, perhaps outside of `unit`: those of the
 * whole scope are asked for. */
static int
carry_forward(struct sheeting *s)
{
	struct command *c = &s->command;
	struct request request = {.kind = REQUEST_REPORTS};
	struct reply reply;
	period first, last;
	if (!c->session)
		return EXIT_DONE;
	command_plan_periods(c, &first, &last);
	for (period month = first; month <= s->month; month = period_from_index(period_index(month) + 1)) {
		request.reports = (struct report_query){.unit = session_welcome(c->session)->unit,
		                                        .from = month,
		                                        .to = month,
		                                        .forms = &s->form->number,
		                                        .form_count = 1,
		                                        .values = true};
		do {
			int status = command_ask(c, &request, REPLY_REPORTS, &reply);
			if (status != EXIT_DONE)
				return status;
			for (size_t i = 0; i < reply.reports.count; i++)
				take_report(s, &reply.reports.items[i]);
			request.reports.after = reply.reports.next;
		} while (request.reports.after.unit);
	}
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- writing */

enum { FIXED_COLUMNS = 5 };

static int
write_sheet(const struct sheeting *s)
{
	const struct command *c = &s->command;
	size_t fields = s->version->field_count;
	struct table_column columns[FIXED_COLUMNS + FORM_FIELDS_MAX] = {{_("form"), false},
	                                                                {_("unit"), false},
	                                                                {_("unit_name"), false},
	                                                                {_("period"), false},
	                                                                {_("replaces"), true}};
	struct cell cells[FIXED_COLUMNS + FORM_FIELDS_MAX];
	for (size_t at = 0; at < fields; at++) {
		const struct indicator *indicator = s->version->fields[at].definition;
		columns[FIXED_COLUMNS + at] =
		    (struct table_column){in_language(c, indicator->code, indicator->name_zh), true};
	}
	struct table *table = table_create(c->output, s->form->code, columns, FIXED_COLUMNS + fields);
	bool good = table, workbook = c->format == FORMAT_XLSX;
	for (size_t i = 0; good && i < s->count; i++) {
		char code[24], month[8];
		snprintf(code, sizeof code, "%" PRId64, s->rows[i].unit->code);
		period_format(s->month, month);
		cells[0] = cell_text(s->form->code);
		cells[1] = cell_text(code);
		cells[2] = cell_text(s->rows[i].unit->name);
		cells[3] = cell_text(month);
		cells[4] = cell_number(s->rows[i].revision, 0);
		memcpy(cells + FIXED_COLUMNS, s->rows[i].cells, fields * sizeof *cells);
		/* The table is filled in and sent, so it has no dash where nothing is known yet. */
		for (size_t at = FIXED_COLUMNS; workbook && at < FIXED_COLUMNS + fields; at++)
			if (cells[at].kind == CELL_NONE)
				cells[at] = cell_text("");
		good = table_add(table, cells);
	}
	good = good && table_end(table);
	table_destroy(&table);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

/* ---------------------------------------------------------------- a workbook */

/* Of an office's workbook the rows that are to be filled in come first; how many they are. */
static size_t
choose_rows(struct sheeting *s)
{
	size_t chosen = 0;
	for (size_t i = 0; i < s->count; i++)
		if (s->corrections == (s->rows[i].revision > 0)) {
			struct sheet_row row = s->rows[i];
			memmove(&s->rows[chosen + 1], &s->rows[chosen], (i - chosen) * sizeof row);
			s->rows[chosen++] = row;
		}
	return chosen;
}

static int
write_form(struct sheeting *s, struct sheet_book *book, const struct form *form)
{
	s->form = form;
	s->version = catalogue_version_for(&s->command.catalogue, form->number, s->month);
	if (!s->version)
		return EXIT_DONE;
	bool good = make_rows(s);
	int status = good && s->count ? carry_forward(s) : EXIT_DONE;
	size_t chosen = choose_rows(s);
	if (good && status == EXIT_DONE && chosen)
		good =
		    sheet_book_form(book, form, s->version, s->rows, chosen, s->corrections ? 0 : s->count - chosen);
	free_rows(s);
	return good ? status : EXIT_FAILED_INSIDE;
}

static int
write_book(struct sheeting *s)
{
	struct command *c = &s->command;
	struct sheet_book book = {
	    .xlsx = c->output->xlsx, .catalogue = &c->catalogue, .office = command_welcome(c), .month = s->month};
	if (!sheet_book_begin(&book))
		return EXIT_FAILED_INSIDE;
	c->output->made_us = command_centre_time(c);
	for (size_t i = 0; i < c->catalogue.form_count; i++) {
		int status = write_form(s, &book, &c->catalogue.forms[i]);
		if (status != EXIT_DONE)
			return status;
	}
	if (!sheet_book_end(&book))
		return EXIT_FAILED_INSIDE;
	if (s->json) {
		const struct json_member members[] = {{"file", cell_text(c->output_option)},
		                                      {"forms", cell_count((int64_t)book.forms)}};
		command_print_members_line(c, members, sizeof members / sizeof *members);
		return EXIT_DONE;
	}
	fprintf(stderr, _("%s: forms %zu; fill it in, then: fupin submit %s\n"), c->output_option, book.forms,
	        c->output_option);
	if (!c->session)
		fprintf(stderr, "%s\n",
		        _("without the centre nothing is carried forward, and what was sent is not known"));
	return EXIT_DONE;
}

static void
name_book(struct sheeting *s)
{
	char month[8];
	period_format(s->month, month);
	snprintf(s->path, sizeof s->path, "%s.xlsx", month);
	s->command.output_option = s->path;
}

/* A workbook that may be filled in already is never written over. */
static bool
is_free(const struct sheeting *s)
{
	if (!*s->path || access(s->path, F_OK))
		return true;
	fprintf(stderr,
	        _("fupin sheet: %s is there already, perhaps filled in: name another one with --output\n"),
	        s->path);
	return false;
}

static int
run_book(struct sheeting *s, int count, char **words)
{
	struct command *c = &s->command;
	s->json = c->json;
	c->json = false; /* the workbook is no JSON; the message about it may be */
	c->format_option = "xlsx";
	if (!c->output_option)
		name_book(s);
	int status = command_open_home(c);
	if (status == EXIT_DONE && !is_free(s))
		status = EXIT_USAGE;
	if (status == EXIT_DONE)
		status = command_catalogue_or_kept(c);
	if (status != EXIT_DONE)
		return status;
	s->unit = command_welcome(c)->unit;
	if (count > 1 && !command_find_unit(c, words[1], &s->unit))
		return EXIT_USAGE;
	period first, last;
	command_plan_periods(c, &first, &last);
	if (s->month >= first && s->month <= last)
		return write_book(s);
	fprintf(stderr, _("fupin sheet: %s: the plan has no forms for this month\n"), words[0]);
	return EXIT_USAGE;
}

static int
run(struct sheeting *s, int count, char **words)
{
	struct command *c = &s->command;
	int status = command_open(c);
	if (status == EXIT_DONE)
		status = command_catalogue(c, true, true);
	if (status != EXIT_DONE)
		return status;
	s->unit = session_welcome(c->session)->unit;
	s->form = count ? catalogue_form_by_code(&c->catalogue, words[0]) : NULL;
	if (count < 2 || count > 3 || !s->form || !period_parse(words[1], &s->month) ||
	    (count > 2 && !command_find_unit(c, words[2], &s->unit))) {
		fprintf(
		    stderr,
		    _("fupin sheet: a month: fupin sheet 2013-06; or a form (fupin forms), a month, perhaps a unit: "
		      "fupin sheet village 2013-06\n"));
		return EXIT_USAGE;
	}
	s->version = catalogue_version_for(&c->catalogue, s->form->number, s->month);
	if (!s->version) {
		fprintf(stderr, _("fupin sheet: %s: the form is not for this month\n"), words[1]);
		return EXIT_USAGE;
	}
	if (!make_rows(s))
		return EXIT_FAILED_INSIDE;
	status = carry_forward(s);
	return status == EXIT_DONE ? write_sheet(s) : status;
}

int
cmd_sheet(int argc, char **argv)
{
	struct sheeting s = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&s.command), {"--corrections", NULL, &s.corrections}};
	int count, status;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	bool book = count && count < 3 && period_parse(argv[0], &s.month);
	/* A table is a file for a spreadsheet, unless something else is asked for. */
	if (!book && !s.command.format_option && !s.command.output_option)
		s.command.format_option = "csv";
	status = book ? run_book(&s, count, argv) : run(&s, count, argv);
	free_rows(&s);
	return command_close(&s.command, status);
}
