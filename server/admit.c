#include "admit.h"

/* The notice, 四(一): 省负总责、市（州）推进、县抓落实. Counties report; every level records its own money;
 * each reads what lies below it. The administrator runs the centre and reads, but reports nothing. */
static const bool permissions[ROLES][ACTIONS] = {
    [ROLE_COUNTY] = {[ACTION_SUBMIT_REPORT] = true, [ACTION_SUBMIT_FUNDS] = true, [ACTION_READ] = true},
    [ROLE_PREFECTURE] = {[ACTION_SUBMIT_FUNDS] = true, [ACTION_READ] = true},
    [ROLE_PROVINCE] = {[ACTION_SUBMIT_FUNDS] = true, [ACTION_READ] = true},
    [ROLE_ADMIN] = {[ACTION_READ] = true, [ACTION_RELOAD] = true},
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

bool
admit_request(const struct office *office, const struct request *request, struct problem_list *problems)
{
	switch (request->kind) {
	case REQUEST_HELLO:
	case REQUEST_PING:
		return office->role != ROLE_NONE || deny(office, problems);
	case REQUEST_SUBMIT:
		return role_may(office->role, ACTION_SUBMIT_REPORT) || role_may(office->role, ACTION_SUBMIT_FUNDS) ||
		       deny(office, problems);
	case REQUEST_TOTAL:
	case REQUEST_WATCH:
		if (!role_may(office->role, ACTION_READ))
			return deny(office, problems);
		if (unit_within(request->total.unit, office->unit))
			return true;
		struct problem *p = problem_add(problems, PROBLEM_UNIT_OUT_OF_SCOPE, SUBJECT_REQUEST, 0, "unit");
		p->actual = request->total.unit;
		p->limit = office->unit;
		return false;
	case REQUEST_STATUS:
	case REQUEST_CATALOGUE:
	case REQUEST_ACK:
	case REQUEST_UNWATCH:
		return role_may(office->role, ACTION_READ) || deny(office, problems);
	case REQUEST_RELOAD:
		return role_may(office->role, ACTION_RELOAD) || deny(office, problems);
	default:
		return deny(office, problems);
	}
}

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
admit_submission(const struct office *office, const struct submission *s, struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	if ((s->report_count && !role_may(office->role, ACTION_SUBMIT_REPORT)) ||
	    (s->entry_count && !role_may(office->role, ACTION_SUBMIT_FUNDS)))
		return deny(office, problems);
	for (size_t i = 0; i < s->report_count; i++)
		if (!in_scope(office, s->reports[i].unit))
			out_of_scope(office, s->reports[i].unit, SUBJECT_REPORT, i, problems);
	for (size_t i = 0; i < s->entry_count; i++)
		if (!in_scope(office, s->entries[i].unit))
			out_of_scope(office, s->entries[i].unit, SUBJECT_ENTRY, i, problems);
	return problems->count + problems->more == before;
}
