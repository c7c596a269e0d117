#include "admit.h"

/* The notice, 四(一): 省负总责、市（州）推进、县抓落实. Counties report; every level records its own money;
 * each reads what lies below it. The administrator runs the centre and reads, but reports nothing. */
static const bool permissions[ROLES][ACTIONS] = {
    [ROLE_COUNTY] = {[ACTION_SUBMIT] = true,
                     [ACTION_SUBMIT_REPORT] = true,
                     [ACTION_SUBMIT_FUNDS] = true,
                     [ACTION_READ] = true,
                     [ACTION_SET_TARGET] = true,
                     [ACTION_SEND_DOCUMENT] = true},
    [ROLE_PREFECTURE] = {[ACTION_SUBMIT] = true,
                         [ACTION_SUBMIT_FUNDS] = true,
                         [ACTION_READ] = true,
                         [ACTION_EXTEND] = true,
                         [ACTION_SET_TARGET] = true,
                         [ACTION_PASS] = true,
                         [ACTION_RETURN] = true},
    [ROLE_PROVINCE] = {[ACTION_SUBMIT] = true,
                       [ACTION_SUBMIT_FUNDS] = true,
                       [ACTION_READ] = true,
                       [ACTION_EXTEND] = true,
                       [ACTION_SET_TARGET] = true,
                       [ACTION_TAKE] = true,
                       [ACTION_RETURN] = true},
    [ROLE_ADMIN] = {[ACTION_READ] = true,
                    [ACTION_RELOAD] = true,
                    [ACTION_SET_CLOCK] = true,
                    [ACTION_ADMIT_OFFICES] = true},
};

bool
role_may(enum role role, enum action action)
{
	return role > ROLE_NONE && (unsigned)role < (unsigned)ROLES && action < ACTIONS &&
	       permissions[role][action];
}

static bool
deny(const struct office *office, struct problem_list *problems)
{
	problem_detail(problem_only(problems, PROBLEM_NOT_PERMITTED), "%s (%s)", office->name,
	               role_name(office->role));
	return false;
}

/* What an office speaks for: a county for all below it, an office above for its own unit alone. */
static bool
in_scope(const struct office *office, unit_code unit)
{
	return office->role == ROLE_COUNTY ? unit_within(unit, office->unit) : unit == office->unit;
}

static void
out_of_scope(const struct office *office, unit_code unit, enum problem_subject subject, size_t row,
             struct problem_list *problems)
{
	struct problem *p = problem_add(problems, PROBLEM_UNIT_OUT_OF_SCOPE, subject, row, "unit");
	p->actual = unit;
	p->limit = office->unit;
}

bool
admit_action(const struct office *office, enum action action, const unit_code *unit, bool own_unit,
             struct problem_list *problems)
{
	bool may = action == ACTION_NONE ? office->role != ROLE_NONE : role_may(office->role, action);
	if (!may)
		return deny(office, problems);
	bool good = !unit || (own_unit ? in_scope(office, *unit) : unit_within(*unit, office->unit));
	if (!good)
		out_of_scope(office, *unit, SUBJECT_REQUEST, 0, problems);
	return good;
}

/* The units whose deadlines an office may move: those below it, and for the province its own, too, as no
 * office is above it. */
static bool
is_below(const struct office *office, unit_code unit)
{
	return unit_within(unit, office->unit) && (unit != office->unit || office->role == ROLE_PROVINCE);
}

/* Whose targets an office sets: those of the units right below its own (a county also those of its townships'
 * villages, as townships have no office), and the province its own. */
static bool
hands_down_to(const struct office *office, unit_code unit)
{
	enum unit_level level = unit_level_of(unit), own = unit_level_of(office->unit);
	if (!unit_within(unit, office->unit))
		return false;
	if (office->role == ROLE_PROVINCE && unit == office->unit)
		return true;
	return level == own + 1 || (office->role == ROLE_COUNTY && level > own);
}

static bool
may_decide(const struct office *office, const struct submission *s)
{
	static const enum action actions[DECISIONS] = {
	    [DECISION_PASS] = ACTION_PASS, [DECISION_RETURN] = ACTION_RETURN, [DECISION_TAKE] = ACTION_TAKE};
	for (size_t i = 0; i < s->review_count; i++) {
		enum decision decision = s->reviews[i].decision;
		bool known = decision > DECISION_NONE && decision < DECISIONS; /* else the check says so */
		if (!role_may(office->role, known ? actions[decision] : ACTION_RETURN))
			return false;
	}
	return true;
}

/* The office that accepts a project, or names the acceptor, may be above the project's unit. Whether it is
 * the right one is checked later. */
static bool
may_take_step(const struct office *office, const struct project_row *row)
{
	bool accepts = row->step == PROJECT_ACCEPTANCE || row->step == PROJECT_NAME_ACCEPTOR;
	return accepts ? unit_within(row->unit, office->unit) : in_scope(office, row->unit);
}

bool
admit_submission(const struct office *office, const struct submission *s, struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	if ((s->report_count && !role_may(office->role, ACTION_SUBMIT_REPORT)) ||
	    ((s->entry_count || s->project_count) && !role_may(office->role, ACTION_SUBMIT_FUNDS)) ||
	    (s->target_count && !role_may(office->role, ACTION_SET_TARGET)) ||
	    (s->document_count && !role_may(office->role, ACTION_SEND_DOCUMENT)) ||
	    (s->extension_count && !role_may(office->role, ACTION_EXTEND)) || !may_decide(office, s))
		return deny(office, problems);
	for (size_t i = 0; i < s->report_count; i++)
		if (!in_scope(office, s->reports[i].unit))
			out_of_scope(office, s->reports[i].unit, SUBJECT_REPORT, i, problems);
	for (size_t i = 0; i < s->entry_count; i++)
		if (!in_scope(office, s->entries[i].unit))
			out_of_scope(office, s->entries[i].unit, SUBJECT_ENTRY, i, problems);
	for (size_t i = 0; i < s->extension_count; i++)
		if (!is_below(office, s->extensions[i].unit))
			out_of_scope(office, s->extensions[i].unit, SUBJECT_EXTENSION, i, problems);
	for (size_t i = 0; i < s->review_count; i++)
		if (!unit_within(s->reviews[i].unit, office->unit))
			out_of_scope(office, s->reviews[i].unit, SUBJECT_REVIEW, i, problems);
	for (size_t i = 0; i < s->target_count; i++)
		if (!hands_down_to(office, s->targets[i].unit))
			out_of_scope(office, s->targets[i].unit, SUBJECT_TARGET, i, problems);
	for (size_t i = 0; i < s->document_count; i++)
		if (!in_scope(office, s->documents[i].unit))
			out_of_scope(office, s->documents[i].unit, SUBJECT_DOCUMENT, i, problems);
	for (size_t i = 0; i < s->project_count; i++)
		if (!may_take_step(office, &s->projects[i]))
			out_of_scope(office, s->projects[i].unit, SUBJECT_PROJECT, i, problems);
	return problems->count + problems->more == before;
}
