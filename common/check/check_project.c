/* Steps of projects, by themselves: whether a step can be taken now is a matter of what is recorded
 * (server/ledger/project_steps.c). */
#include "check.h"
#include "check_internal.h"

#include <inttypes.h>
#include <string.h>

/* What each step has to tell, beside its day. */
static const struct {
	bool document, note;
} step_rules[PROJECT_STEPS] = {
    [PROJECT_REGISTER] = {.document = true}, /* the approval */
    [PROJECT_NOTICE] = {.document = true},   /* where it was made public */
    [PROJECT_SYSTEM] = {.document = true},   /* the appointment, tender, contract */
    [PROJECT_START] = {0},
    [PROJECT_PROGRESS] = {0},
    [PROJECT_FINISH] = {0},
    [PROJECT_NOTICE_AFTER] = {.document = true},
    [PROJECT_NAME_ACCEPTOR] = {.document = true},
    [PROJECT_ACCEPTANCE] = {.document = true}, /* the report */
    [PROJECT_DROP] = {.note = true},           /* why */
};

static void
incomplete(struct problem_list *problems, size_t row, const char *column, const char *what)
{
	problem_detail(problem_add(problems, PROBLEM_STEP_INCOMPLETE, SUBJECT_PROJECT, row, column), "%s", what);
}

/* An office is of county level or above: could the one of this unit lead or accept? */
static void
check_office(const struct project_row *p, unit_code office, const char *column, size_t row,
             struct problem_list *problems)
{
	enum unit_level level = unit_level_of(office);
	/* What the code of a unit begins with are the units above it: an office's catalogue need not have them.
	 */
	if (level >= UNIT_PROVINCE && level <= UNIT_COUNTY && unit_within(p->unit, office))
		return;
	struct problem *problem = problem_add(problems, PROBLEM_LEADER_WRONG, SUBJECT_PROJECT, row, column);
	problem->actual = office;
	problem_detail(problem, "%" PRId64, p->unit);
}

static void
check_budgets(const struct catalogue *c, const struct project_row *p, size_t row,
              struct problem_list *problems)
{
	if (!p->budget_count)
		problem_detail(problem_add(problems, PROBLEM_BUDGET_INVALID, SUBJECT_PROJECT, row, "budget"),
		               "no source (无资金来源)");
	for (size_t i = 0; i < p->budget_count; i++) {
		const struct project_budget *budget = &p->budgets[i];
		const struct fund_term *source = fund_term_by_number(c->sources, c->source_count, budget->source);
		const char *column = source ? source->code : "budget";
		const struct project_kind *kind = catalogue_project_kind(c, p->kind);
		const char *wrong = NULL;
		if (!source)
			wrong = "no such source (无此来源)";
		else if (budget->amount_fen < 1 || budget->amount_fen > VALUE_MAX)
			wrong = "amount (金额)";
		else if (kind && !fund_source_permits(source, kind->use))
			wrong = "this source is not for such projects (该来源不得用于此类项目)";
		for (size_t j = 0; j < i; j++)
			if (p->budgets[j].source == budget->source)
				wrong = "a source stands twice (来源重复)";
		if (wrong)
			problem_detail(problem_add(problems, PROBLEM_BUDGET_INVALID, SUBJECT_PROJECT, row, column), "%s",
			               wrong);
	}
}

static void
check_plan(const struct catalogue *c, const struct project_row *p, size_t row, struct problem_list *problems)
{
	if (!*p->name)
		incomplete(problems, row, "name", "name 名称");
	check_text(p->name, NAME_BYTES_MAX, "name", SUBJECT_PROJECT, row, problems);
	if (!catalogue_project_kind(c, p->kind))
		problem_detail(problem_add(problems, PROBLEM_PROJECT_KIND_UNKNOWN, SUBJECT_PROJECT, row, "kind"),
		               "%u", p->kind);
	check_office(p, p->leader, "leader", row, problems);
	check_budgets(c, p, row, problems);
	if (!date_valid(p->begins) || !date_valid(p->ends) || p->ends < p->begins)
		problem_detail(problem_add(problems, PROBLEM_DATE_INVALID, SUBJECT_PROJECT, row,
		                           date_valid(p->begins) ? "ends" : "begins"),
		               "%d", date_valid(p->begins) ? p->ends : p->begins);
}

/* The checklist's items for a kind of project; met ones have to be among them, each once. */
static void
check_met(const struct catalogue *c, const struct project_row *p, size_t row, struct problem_list *problems)
{
	uint32_t seen = 0;
	for (size_t i = 0; i < p->met_count; i++) {
		bool known = false;
		for (size_t k = 0; k < c->acceptance_item_count; k++)
			known = known || c->acceptance_items[k].number == p->met[i];
		uint32_t bit = known ? 1U << (p->met[i] - 1) : 0;
		if (!known || seen & bit)
			problem_add(problems, PROBLEM_CHECKLIST_UNKNOWN, SUBJECT_PROJECT, row, "met")->actual = p->met[i];
		seen |= bit;
	}
}

static void
check_acceptance(const struct catalogue *c, const struct project_row *p, size_t row,
                 struct problem_list *problems)
{
	check_met(c, p, row, problems);
	if (p->passed)
		return;
	if (!*p->note)
		incomplete(problems, row, "note", "the defects 存在问题");
	if (!date_valid(p->again_by) || p->again_by < p->occurred)
		incomplete(problems, row, "again_by", "until when they are mended 整改期限");
}

/* What belongs to other steps has no place here. */
static void
check_fields(const struct project_row *p, size_t row, struct problem_list *problems)
{
	bool registers = p->step == PROJECT_REGISTER, accepts = p->step == PROJECT_ACCEPTANCE;
	const struct {
		bool there, may;
		const char *column;
	} fields[] = {
	    {*p->name || p->kind || p->leader || p->budget_count || p->begins || p->ends || p->replaces,
	     registers, "name"},
	    {p->system, p->step == PROJECT_SYSTEM, "system"},
	    {p->percent, p->step == PROJECT_PROGRESS, "percent"},
	    {p->acceptor, p->step == PROJECT_NAME_ACCEPTOR, "acceptor"},
	    {p->met_count || p->passed, accepts, "met"},
	    {p->again_by, accepts && !p->passed, "again_by"},
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].there && !fields[i].may)
			problem_detail(
			    problem_add(problems, PROBLEM_STEP_FIELD_WRONG, SUBJECT_PROJECT, row, fields[i].column),
			    "%s %s", project_step_name(p->step), project_step_name_zh(p->step));
}

static void
check_day(const struct catalogue *c, date today, const struct project_row *p, size_t row,
          struct problem_list *problems)
{
	char text[11];
	if (!date_valid(p->occurred)) {
		problem_detail(problem_add(problems, PROBLEM_DATE_INVALID, SUBJECT_PROJECT, row, "occurred"), "%d",
		               p->occurred);
	} else if (p->occurred > today) {
		date_format(p->occurred, text);
		problem_detail(problem_add(problems, PROBLEM_DATE_FUTURE, SUBJECT_PROJECT, row, "occurred"), "%s",
		               text);
	} else if (p->occurred < c->projects_since) {
		date_format(c->projects_since, text);
		problem_detail(problem_add(problems, PROBLEM_STEP_TOO_EARLY, SUBJECT_PROJECT, row, "occurred"), "%s",
		               text);
	}
}

static void
check_step(const struct catalogue *c, const struct project_row *p, size_t row, struct problem_list *problems)
{
	if (step_rules[p->step].document && !*p->document)
		incomplete(problems, row, "document", "the paper that it rests on 文件依据");
	if (step_rules[p->step].note && !*p->note)
		incomplete(problems, row, "note", "why 原因");
	check_fields(p, row, problems);
	if (p->step == PROJECT_REGISTER)
		check_plan(c, p, row, problems);
	if (p->step == PROJECT_SYSTEM && (p->system <= SYSTEM_NONE || p->system >= PROJECT_SYSTEMS))
		incomplete(problems, row, "system", "legal_person, tendering, supervision or contract 四制");
	if (p->step == PROJECT_PROGRESS && p->percent > 100)
		problem_add(problems, PROBLEM_PERCENT_INVALID, SUBJECT_PROJECT, row, "percent")->actual = p->percent;
	if (p->step == PROJECT_NAME_ACCEPTOR)
		check_office(p, p->acceptor, "acceptor", row, problems);
	if (p->step == PROJECT_ACCEPTANCE)
		check_acceptance(c, p, row, problems);
}

static void
check_code(const struct project_row *p, size_t row, struct problem_list *problems)
{
	struct project_name name = project_name_of(p->code);
	if (!*p->code)
		incomplete(problems, row, "project", "the project's code 项目编号");
	check_text(p->code, VOUCHER_BYTES_MAX, "project", SUBJECT_PROJECT, row, problems);
	if (p->step != PROJECT_REGISTER || p->replaces || (!name.owner && name.length <= PROJECT_CODE_BYTES_MAX))
		return;
	struct problem *problem =
	    problem_add(problems, PROBLEM_PROJECT_CODE_INVALID, SUBJECT_PROJECT, row, "project");
	problem->limit = PROJECT_CODE_BYTES_MAX;
	problem_detail(problem, "%s", p->code);
}

bool
check_project(const struct catalogue *c, date today, const struct project_row *p, size_t row,
              struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	if (!catalogue_unit(c, p->unit)) {
		problem_detail(problem_add(problems, PROBLEM_UNIT_UNKNOWN, SUBJECT_PROJECT, row, "unit"), "%" PRId64,
		               p->unit);
		return false;
	}
	check_code(p, row, problems);
	check_text(p->document, NAME_BYTES_MAX, "document", SUBJECT_PROJECT, row, problems);
	check_text(p->note, NOTE_BYTES_MAX, "note", SUBJECT_PROJECT, row, problems);
	check_day(c, today, p, row, problems);
	if (date_valid(p->occurred))
		check_unit_then(c, p->unit, date_period(p->occurred), SUBJECT_PROJECT, row, problems);
	if (p->step <= PROJECT_STEP_NONE || p->step >= PROJECT_STEPS)
		problem_add(problems, PROBLEM_STEP_UNKNOWN, SUBJECT_PROJECT, row, "step")->actual = (int64_t)p->step;
	else
		check_step(c, p, row, problems);
	return problems->count + problems->more == before;
}
