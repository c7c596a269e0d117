/* fupin check FILE… (.csv, .xlsx): the centre's checks, made here by the same code, without a network, with
 * the units and forms that the centre gave last. */
#include "columns/finding_columns.h"
#include "command/command.h"
#include "marking/xlsx_mark.h"
#include "outbox/save.h"
#include "subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct checking {
	struct command command;
	struct draft draft;
	struct saving *saving;
	struct findings *findings; /* its */
	const char *mark;          /* where the copy with red cells goes */
};

static void
read_and_check(struct checking *k, char **files, int count)
{
	const struct command *c = &k->command;
	k->saving->files = (const char *const *)files;
	k->saving->count = (size_t)count;
	k->saving->catalogue = &c->catalogue;
	k->saving->office = command_welcome(c)->unit;
	k->saving->today = date_of_time(command_centre_time(c));
	check_files(k->saving, &k->draft);
}

static void
print_json(const struct checking *k)
{
	const struct submission *s = &k->draft.submission;
	const struct json_member members[] = {
	    {"reports", cell_count((int64_t)s->report_count)},
	    {"fund_entries", cell_count((int64_t)s->entry_count)},
	    {"project_steps", cell_count((int64_t)s->project_count)},
	    {"rows_left_out", cell_count((int64_t)k->draft.left_out_count)},
	    {"sheets_not_read",
	     cell_rows(CELL_ROWS, &sheet_name_columns, k->draft.passed_over, k->draft.passed_over_count)},
	    {"more_problems", cell_count((int64_t)k->findings->more)},
	    {"problems", cell_rows(CELL_ROWS, &finding_columns, k->findings->items, k->findings->count)},
	};
	command_print_members(&k->command, members, sizeof members / sizeof *members);
}

/* "2013-06.xlsx: sheet 村月报, rows 7-18: …", a line for rows in a row. */
static void
print_left_out(const struct checking *k)
{
	const struct place *p = k->draft.left_out;
	size_t count = k->draft.left_out_count;
	for (size_t i = 0; i < count; i++) {
		char name[PLACE_NAME_BYTES], rows[64];
		size_t first = i;
		while (i + 1 < count && p[i + 1].line == p[i].line + 1 && !strcmp(p[i + 1].sheet, p[i].sheet))
			i++;
		if (first == i)
			snprintf(rows, sizeof rows, "%zu", p[i].line);
		else
			snprintf(rows, sizeof rows, "%zu-%zu", p[first].line, p[i].line);
		printf(_("%s, rows %s: nothing of the month is filled in: left out\n"),
		       place_name(&p[i], k->command.language, name), rows);
	}
}

static void
print(const struct checking *k)
{
	const struct submission *s = &k->draft.submission;
	if (k->command.format == FORMAT_JSON) {
		print_json(k);
		return;
	}
	saving_tell(k->saving, k->command.language, stdout);
	print_left_out(k);
	findings_write(k->findings, k->command.language, stderr);
	if (k->findings->count)
		return;
	printf(_("no problems: reports %zu, fund entries %zu, steps of projects %zu\n"), s->report_count,
	       s->entry_count, s->project_count);
}

/* A copy of the workbook that shows where the problems are. */
static bool
mark(const struct checking *k, const char *file)
{
	char error[MARK_ERROR_BYTES];
	bool good = xlsx_mark_findings(file, k->mark, k->findings, k->command.language, error);
	if (good && k->command.format == FORMAT_JSON)
		return true;
	if (good)
		printf(_("%s: the red cells say what to mend\n"), k->mark);
	else
		fprintf(stderr, "fupin check: %s: %s\n", k->mark, error);
	return good;
}

static int
run(struct checking *k, char **files, int count)
{
	int status = command_open_home(&k->command);
	if (status == EXIT_DONE)
		status = command_kept_catalogue(&k->command);
	if (status != EXIT_DONE)
		return status;
	read_and_check(k, files, count);
	print(k);
	if (k->mark && k->findings->count && !mark(k, files[0]))
		return EXIT_FAILED_INSIDE;
	return k->findings->count ? EXIT_PROBLEMS : EXIT_DONE;
}

int
cmd_check(int argc, char **argv)
{
	struct checking k = {0};
	const struct arg_kind kinds[] = {
	    COMMAND_OPTIONS(&k.command), {"--format", &k.command.format_option, NULL}, {"--mark", &k.mark, NULL}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (!count || (k.mark && count > 1)) {
		fprintf(stderr, _("fupin check: which files? With --mark one workbook: fupin check 2013-06.xlsx "
		                  "--mark red.xlsx\n"));
		return EXIT_USAGE;
	}
	draft_init(&k.draft);
	k.saving = calloc(1, sizeof *k.saving);
	k.findings = k.saving ? &k.saving->findings : NULL;
	int status = k.saving ? run(&k, argv, count) : EXIT_FAILED_INSIDE;
	draft_free(&k.draft);
	free(k.saving);
	/* Findings are printed even if they are the reason for the exit status. */
	int end = command_close(&k.command, EXIT_DONE);
	return status == EXIT_DONE ? end : status;
}
