/* fupin check FILE… (.csv, .xlsx): what the centre would find, found here, by its own code, without a
 * network: the units and forms are those that it gave last. */
#include "command.h"
#include "sheet.h"

#include <json.h>
#include <stdio.h>
#include <stdlib.h>

struct checking {
	struct command command;
	struct draft draft;
	struct findings *findings;
};

static void
read_and_check(struct checking *k, char **files, int count)
{
	const struct command *c = &k->command;
	k->draft.office = command_welcome(c)->unit;
	for (int i = 0; i < count; i++)
		draft_read(&k->draft, files[i], &c->catalogue, k->findings);
	/* Rows that could not be read would only bring follow-up problems. */
	if (!k->findings->count)
		draft_check(&k->draft, &c->catalogue, date_of_time(command_centre_time(c)), k->findings);
}

static struct json_object *
finding_json(const struct finding *f, enum language language)
{
	char text[PROBLEM_TEXT_BYTES];
	const char *name = problem_name(f->problem.code);
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "file", json_object_new_string(f->place.file ? f->place.file : ""));
	json_object_object_add(o, "sheet", json_object_new_string(f->place.sheet));
	json_object_object_add(o, "row", json_object_new_int64((int64_t)f->place.line));
	json_object_object_add(o, "column_letters", json_object_new_string(f->letters));
	json_object_object_add(o, "column", json_object_new_string(f->column));
	json_object_object_add(o, "code", json_object_new_string(name ? name : ""));
	json_object_object_add(o, "text", json_object_new_string(problem_text(&f->problem, language, text)));
	return o;
}

static void
print_json(const struct checking *k)
{
	const struct submission *s = &k->draft.submission;
	struct json_object *o = json_object_new_object(), *problems = json_object_new_array();
	for (size_t i = 0; i < k->findings->count; i++)
		json_object_array_add(problems, finding_json(&k->findings->items[i], k->command.language));
	json_object_object_add(o, "reports", json_object_new_int64((int64_t)s->report_count));
	json_object_object_add(o, "fund_entries", json_object_new_int64((int64_t)s->entry_count));
	json_object_object_add(o, "project_steps", json_object_new_int64((int64_t)s->project_count));
	json_object_object_add(o, "rows_left_out", json_object_new_int64((int64_t)k->draft.left_out_count));
	json_object_object_add(o, "more_problems", json_object_new_int64((int64_t)k->findings->more));
	json_object_object_add(o, "problems", problems);
	command_print_json(&k->command, o);
}

static void
print(const struct checking *k)
{
	const struct submission *s = &k->draft.submission;
	if (k->command.format == FORMAT_JSON) {
		print_json(k);
		return;
	}
	for (size_t i = 0; i < k->draft.left_out_count; i++) {
		char name[PLACE_NAME_BYTES];
		const struct place *p = &k->draft.left_out[i];
		printf(in_language(&k->command, "%s, row %zu: nothing of the month is filled in: left out\n",
		                   "%s，第 %zu 行：没有填写本期数，不报\n"),
		       place_name(p, k->command.language, name), p->line);
	}
	findings_print(k->findings, k->command.language);
	if (k->findings->count)
		return;
	printf(in_language(&k->command, "no problems: reports %zu, fund entries %zu, steps of projects %zu\n",
	                   "没有问题：报表 %zu，资金记录 %zu，项目步骤 %zu\n"),
	       s->report_count, s->entry_count, s->project_count);
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
	return k->findings->count ? EXIT_PROBLEMS : EXIT_DONE;
}

int
cmd_check(int argc, char **argv)
{
	struct checking k = {0};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&k.command),
	                                 {"--format", &k.command.format_option, NULL}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (!count) {
		fprintf(stderr, "fupin check: which files? fupin check 2013-06.xlsx\n");
		return EXIT_USAGE;
	}
	draft_init(&k.draft);
	k.findings = calloc(1, sizeof *k.findings);
	int status = k.findings ? run(&k, argv, count) : EXIT_FAILED_INSIDE;
	draft_free(&k.draft);
	free(k.findings);
	/* What was found is printed even if that is why it did not pass. */
	int end = command_close(&k.command, EXIT_DONE);
	return status == EXIT_DONE ? end : status;
}
