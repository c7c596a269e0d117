/* fupin export: many tables of one moment, each a sheet of a workbook; or one as CSV or JSON. All are as of
 * one commit. To add a table: a line in `tables` and what it plans and shows. */
#include "command/showing.h"
#include "command/totalling.h"
#include "subcommands.h"

#include <stdio.h>
#include <string.h>

/* Of a kind there is one table, or one a level, or one a form: so many at most. */
enum { JOBS_MAX = 64 };

struct exporting;

/* One table. */
struct job {
	int (*show)(struct exporting *x, const struct job *job);
	const char *name_en, *name_zh;
	enum unit_level by;
	uint32_t form;
};

struct exporting {
	struct command command;
	const char *unit_option, *period_option, *form_option, *by_option;
	unit_code unit;
	period from, to;
	uint32_t form;      /* 0: all */
	enum unit_level by; /* UNIT_NONE: not said */
	size_t job_count;
	struct job jobs[JOBS_MAX];
};

/* ---------------------------------------------------------------- tables */

static void
name_sheet(const struct exporting *x, const struct job *job, char out[CODE_BYTES_MAX + 64])
{
	const struct command *c = &x->command;
	const struct form *form = catalogue_form(&c->catalogue, job->form);
	const char *level = in_language(c, unit_level_name(job->by), unit_level_name_zh(job->by));
	snprintf(out, CODE_BYTES_MAX + 64, "%s%s%s", in_language(c, job->name_en, job->name_zh),
	         form || *level ? " " : "", form ? form->code : level);
}

static int
show_total(struct exporting *x, const struct job *job, bool funds)
{
	struct totalling t = {.command = &x->command, .funds = funds};
	char name[CODE_BYTES_MAX + 64];
	name_sheet(x, job, name);
	t.query = (struct total_query){.unit = x->unit,
	                               .from = x->from,
	                               .to = x->to,
	                               .by = job->by,
	                               .funds = true,
	                               .whole = true,
	                               .as_of = x->command.as_of};
	follow_init(&t.follow);
	int status = totalling_ask(&t);
	if (status == EXIT_DONE)
		status = command_hold_as_of(&x->command, &t.follow.state.as_of);
	if (status == EXIT_DONE)
		status = totalling_print(&t, name);
	totalling_close(&t);
	return status;
}

static int
show_totals(struct exporting *x, const struct job *job)
{
	return show_total(x, job, false);
}

static int
show_funds(struct exporting *x, const struct job *job)
{
	return show_total(x, job, true);
}

static int
ask_targets(struct exporting *x, const struct job *job)
{
	struct request request = {.kind = REQUEST_TARGETS,
	                          .targets = {.unit = x->unit, .year = x->to / 100, .as_of = x->command.as_of}};
	struct reply reply;
	char name[CODE_BYTES_MAX + 64];
	name_sheet(x, job, name);
	int status = command_ask(&x->command, &request, REPLY_TARGETS, &reply);
	if (status == EXIT_DONE)
		status = command_hold_as_of(&x->command, &reply.targets.as_of);
	return status == EXIT_DONE ? show_targets(&x->command, name, &reply.targets) : status;
}

static int
ask_completeness(struct exporting *x, const struct job *job, bool list)
{
	struct request request = {.kind = REQUEST_COMPLETENESS};
	struct completeness_query *q = &request.completeness;
	struct reply reply;
	char name[CODE_BYTES_MAX + 64];
	name_sheet(x, job, name);
	*q = (struct completeness_query){.unit = x->unit,
	                                 .from = x->from,
	                                 .to = x->to,
	                                 .forms = &x->form,
	                                 .form_count = x->form != 0,
	                                 .by = job->by,
	                                 .whole = true,
	                                 .missing = list,
	                                 .late = list,
	                                 .as_of = x->command.as_of};
	int status = command_ask(&x->command, &request, REPLY_COMPLETENESS, &reply);
	if (status == EXIT_DONE)
		status = command_hold_as_of(&x->command, &reply.completeness.as_of);
	if (status != EXIT_DONE)
		return status;
	return list ? show_late(&x->command, name, &reply.completeness)
	            : show_completeness(&x->command, name, q, &reply.completeness);
}

static int
ask_rates(struct exporting *x, const struct job *job)
{
	return ask_completeness(x, job, false);
}

static int
ask_late(struct exporting *x, const struct job *job)
{
	return ask_completeness(x, job, true);
}

static int
ask_reports(struct exporting *x, const struct job *job)
{
	struct report_query query = {.unit = x->unit, .from = x->from, .to = x->to};
	char name[CODE_BYTES_MAX + 64];
	name_sheet(x, job, name);
	return show_reports(&x->command, name, job->form, &query);
}

/* ---------------------------------------------------------------- what is asked for */

enum spread { ONCE, BY_LEVEL, RIGHT_BELOW, BY_COUNTY, BY_FORM };

static const struct {
	const char *word, *name_en, *name_zh;
	enum spread spread;
	int (*show)(struct exporting *x, const struct job *job);
} tables[] = {
    {"totals", "totals", "汇总", BY_LEVEL, show_totals},
    {"indicators", "indicators", "指标", ONCE, show_totals},
    {"targets", "targets", "目标", ONCE, ask_targets},
    {"funds", "funds", "资金", RIGHT_BELOW, show_funds},
    {"completeness", "completeness", "完整率", BY_COUNTY, ask_rates},
    {"late", "late", "迟报", ONCE, ask_late},
    {"reports", "reports", "报表", BY_FORM, ask_reports},
};

enum { TABLES_COUNT = sizeof tables / sizeof *tables };

static void
add_job(struct exporting *x, size_t table, enum unit_level by, uint32_t form)
{
	if (x->job_count < JOBS_MAX)
		x->jobs[x->job_count++] =
		    (struct job){tables[table].show, tables[table].name_en, tables[table].name_zh, by, form};
}

static void
add_jobs(struct exporting *x, size_t table)
{
	const struct catalogue *c = &x->command.catalogue;
	enum unit_level own = unit_level_of(x->unit);
	enum unit_level below = own < UNIT_COUNTY ? (enum unit_level)(own + 1) : own;
	switch (tables[table].spread) {
	case ONCE:
		add_job(x, table, UNIT_NONE, 0);
		break;
	case BY_LEVEL:
		for (enum unit_level level = below; !x->by && level <= UNIT_COUNTY; level++)
			add_job(x, table, level, 0);
		if (x->by)
			add_job(x, table, x->by, 0);
		break;
	case RIGHT_BELOW:
		add_job(x, table, x->by ? x->by : below, 0);
		break;
	case BY_COUNTY:
		add_job(x, table, x->by ? x->by : UNIT_COUNTY, 0);
		break;
	case BY_FORM:
		for (size_t i = 0; i < c->form_count; i++)
			if (!x->form || c->forms[i].number == x->form)
				add_job(x, table, UNIT_NONE, c->forms[i].number);
	}
}

static bool
read_tables(struct exporting *x, int count, char **words)
{
	for (size_t at = 0; !count && at < TABLES_COUNT; at++)
		add_jobs(x, at);
	for (int i = 0; i < count; i++) {
		size_t at = 0;
		while (at < TABLES_COUNT && strcmp(words[i], tables[at].word))
			at++;
		if (at == TABLES_COUNT) {
			fprintf(stderr, _("fupin export: %s: not a table; see fupin help\n"), words[i]);
			return false;
		}
		add_jobs(x, at);
	}
	if (x->command.format == FORMAT_XLSX || x->job_count == 1)
		return true;
	fprintf(stderr,
	        _("fupin export: %zu tables, but CSV and JSON hold one: name one, with --by or --form, or "
	          "take .xlsx\n"),
	        x->job_count);
	return false;
}

static bool
read_scope(struct exporting *x)
{
	const struct command *c = &x->command;
	const struct form *form = NULL;
	x->unit = session_welcome(c->session)->unit;
	command_plan_periods(c, &x->from, &x->to);
	if (x->unit_option && !command_find_unit(c, x->unit_option, &x->unit))
		return false;
	if (x->period_option && !period_range_parse(x->period_option, &x->from, &x->to)) {
		fprintf(stderr, _("fupin export: --period %s: write 2013-04, 2013-01..2013-06 or 2013\n"),
		        x->period_option);
		return false;
	}
	if (x->form_option && !(form = catalogue_form_by_code(&c->catalogue, x->form_option))) {
		fprintf(stderr, _("fupin export: --form %s: no such form; fupin forms lists them\n"), x->form_option);
		return false;
	}
	if (x->by_option && !unit_level_parse(x->by_option, &x->by)) {
		fprintf(stderr, _("fupin export: --by %s: not a level\n"), x->by_option);
		return false;
	}
	x->form = form ? form->number : 0;
	return true;
}

static int
run(struct exporting *x, int count, char **words)
{
	int status = command_open(&x->command);
	if (status == EXIT_DONE)
		command_pin_as_of(&x->command);
	if (status == EXIT_DONE)
		status = command_catalogue(&x->command, true, true);
	if (status != EXIT_DONE)
		return status;
	if (x->command.format == FORMAT_TABLE) {
		fprintf(stderr, _("fupin export: to which file? --output FILE.xlsx, FILE.csv or FILE.json\n"));
		return EXIT_USAGE;
	}
	if (!read_scope(x) || !read_tables(x, count, words))
		return EXIT_USAGE;
	for (size_t i = 0; status == EXIT_DONE && i < x->job_count; i++)
		status = x->jobs[i].show(x, &x->jobs[i]);
	return status;
}

int
cmd_export(int argc, char **argv)
{
	struct exporting x = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&x.command),
	                                 {"--unit", &x.unit_option, NULL},
	                                 {"--period", &x.period_option, NULL},
	                                 {"--form", &x.form_option, NULL},
	                                 {"--by", &x.by_option, NULL},
	                                 AS_OF_OPTION(&x.command)};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	int status = run(&x, count, argv);
	return command_close(&x.command, status);
}
