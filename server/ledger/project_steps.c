/* The steps of a project: which ones are allowed in each state, and to which state each leads. */
#include "projects_internal.h"

#include <inttypes.h>

static void
go_registered(struct project_way *way, const struct project_row *row)
{
	/* The acceptor that the leader named stays; with a new leader, that one is the acceptor. */
	if (way->leader != row->leader)
		way->acceptor = row->leader;
	way->leader = row->leader;
	way->plan = row;
	way->revision++;
	if (way->state < PROJECT_COMPLETED)
		way->ends = row->ends;
	if (!way->state) {
		way->state = PROJECT_PLANNED;
		way->since = row->occurred;
	}
}

void
projects_go(struct project_way *way, const struct project_row *row)
{
	switch (row->step) {
	case PROJECT_REGISTER:
		go_registered(way, row);
		break;
	case PROJECT_NOTICE:
		way->state = PROJECT_NOTICED;
		way->noticed = row->occurred;
		break;
	case PROJECT_SYSTEM:
		way->systems |= 1U << row->system;
		return;
	case PROJECT_START:
		way->state = PROJECT_UNDER_WAY;
		break;
	case PROJECT_PROGRESS:
		way->percent = row->percent;
		break;
	case PROJECT_FINISH:
		way->state = PROJECT_COMPLETED;
		way->finished = row->occurred;
		way->percent = 100;
		break;
	case PROJECT_NOTICE_AFTER:
		way->noticed_after = true;
		break;
	case PROJECT_NAME_ACCEPTOR:
		way->acceptor = row->acceptor;
		return;
	case PROJECT_ACCEPTANCE:
		way->again_by = row->passed ? 0 : row->again_by;
		if (row->passed)
			way->state = PROJECT_ACCEPTED;
		break;
	default:
		way->state = PROJECT_DROPPED;
	}
	way->moved = row->occurred > way->moved ? row->occurred : way->moved;
}

static struct problem *
refuse(const struct step_trial *t, enum problem_code code, const char *column)
{
	return problem_add(t->problems, code, SUBJECT_PROJECT, t->index, column);
}

/* Refuses a step because of the project's state; `first`: the step that has to come before, NONE: there is
 * none. */
static void
wrong(const struct step_trial *t, enum project_step first)
{
	enum project_state state = t->way->state;
	problem_detail(refuse(t, PROBLEM_STEP_WRONG, "step"), first ? "%s %s → %s %s" : "%s %s%s%s",
	               project_state_name(state), project_state_name_zh(state), project_step_name(first),
	               project_step_name_zh(first));
}

/* The step that leads on from a state. */
static enum project_step
step_after(enum project_state state)
{
	static const enum project_step steps[PROJECT_STATES] = {[PROJECT_NONE] = PROJECT_REGISTER,
	                                                        [PROJECT_PLANNED] = PROJECT_NOTICE,
	                                                        [PROJECT_NOTICED] = PROJECT_START,
	                                                        [PROJECT_UNDER_WAY] = PROJECT_FINISH,
	                                                        [PROJECT_COMPLETED] = PROJECT_NOTICE_AFTER};
	return steps[state];
}

/* Is it in the one state that the step is for? */
static void
try_state(const struct step_trial *t, enum project_state wanted)
{
	if (t->way->state != wanted)
		wrong(t, t->way->state < wanted ? step_after(t->way->state) : PROJECT_STEP_NONE);
}

static void
try_register(const struct step_trial *t)
{
	const struct project_way *way = t->way;
	if (way->revision != t->row->replaces) {
		struct problem *p = refuse(t, PROBLEM_REVISION_CONFLICT, "replaces");
		p->limit = way->revision;
		p->actual = t->row->replaces;
		return;
	}
	if (!way->plan)
		return;
	const struct project_kind *was = catalogue_project_kind(t->catalogue, way->plan->kind);
	const struct project_kind *is = catalogue_project_kind(t->catalogue, t->row->kind);
	if (was && is && (was->use != is->use || was->construction != is->construction))
		problem_detail(refuse(t, PROBLEM_PROJECT_USE_WRONG, "kind"), "%s %s", t->row->code, was->name_zh);
}

/* Does it belong to this unit's office? A unit that became another one counts as that one. */
static bool
is_office_of(const struct step_trial *t, unit_code code)
{
	const struct catalogue *c = t->catalogue;
	const struct unit *office = catalogue_unit(c, t->office), *unit = catalogue_unit(c, code);
	return office && unit &&
	       catalogue_last_of_place(c, (size_t)(office - c->units)) ==
	           catalogue_last_of_place(c, (size_t)(unit - c->units));
}

static bool
is_construction(const struct step_trial *t)
{
	const struct project_kind *kind = catalogue_project_kind(t->catalogue, t->way->plan->kind);
	return kind && kind->construction;
}

static void
try_start(const struct step_trial *t)
{
	if (t->way->state != PROJECT_NOTICED) {
		try_state(t, PROJECT_NOTICED);
		return;
	}
	for (int system = SYSTEM_LEGAL_PERSON; is_construction(t) && system < PROJECT_SYSTEMS; system++)
		if (!(t->way->systems & 1U << system))
			problem_detail(refuse(t, PROBLEM_SYSTEM_MISSING, "step"), "%s %s",
			               project_system_name((enum project_system)system),
			               project_system_name_zh((enum project_system)system));
}

/* All items of the checklist that are for this kind of project. */
static void
try_checklist(const struct step_trial *t)
{
	const struct catalogue *c = t->catalogue;
	for (size_t i = 0; i < c->acceptance_item_count; i++) {
		const struct acceptance_item *item = &c->acceptance_items[i];
		bool met = item->construction && !is_construction(t);
		for (size_t k = 0; !met && k < t->row->met_count; k++)
			met = t->row->met[k] == item->number;
		if (!met)
			problem_detail(refuse(t, PROBLEM_CHECKLIST_OPEN, "met"), "%u %s", item->number, item->name_zh);
	}
}

static void
try_acceptance(const struct step_trial *t)
{
	const struct project_way *way = t->way;
	if (!is_office_of(t, way->acceptor) && !is_office_of(t, way->leader))
		problem_detail(refuse(t, PROBLEM_NOT_ACCEPTOR, "step"), "%" PRId64, way->acceptor);
	else if (way->state != PROJECT_COMPLETED)
		try_state(t, PROJECT_COMPLETED);
	else if (!way->noticed_after)
		wrong(t, PROJECT_NOTICE_AFTER);
	else if (t->row->passed)
		try_checklist(t);
}

static void
try_step(const struct step_trial *t)
{
	enum project_state state = t->way->state;
	switch (t->row->step) {
	case PROJECT_REGISTER:
		try_register(t);
		break;
	case PROJECT_NOTICE:
		try_state(t, PROJECT_PLANNED);
		break;
	case PROJECT_SYSTEM:
		if (state > PROJECT_UNDER_WAY || !is_construction(t))
			wrong(t, PROJECT_STEP_NONE);
		break;
	case PROJECT_START:
		try_start(t);
		break;
	case PROJECT_PROGRESS:
	case PROJECT_FINISH:
		try_state(t, PROJECT_UNDER_WAY);
		break;
	case PROJECT_NOTICE_AFTER:
		try_state(t, PROJECT_COMPLETED);
		break;
	case PROJECT_NAME_ACCEPTOR:
		if (!is_office_of(t, t->way->leader))
			problem_detail(refuse(t, PROBLEM_NOT_ACCEPTOR, "step"), "%" PRId64, t->way->leader);
		break;
	case PROJECT_ACCEPTANCE:
		try_acceptance(t);
		break;
	default:
		if (state > PROJECT_UNDER_WAY)
			wrong(t, PROJECT_STEP_NONE);
	}
}

/* Systems may be put in place, and an acceptor named, at any time of a project's life. */
static void
try_day(const struct step_trial *t)
{
	bool leads_on = t->row->step != PROJECT_SYSTEM && t->row->step != PROJECT_NAME_ACCEPTOR;
	date first = leads_on ? t->way->moved : t->way->since;
	char text[11];
	if (t->row->occurred >= first)
		return;
	date_format(first, text);
	problem_detail(refuse(t, PROBLEM_STEP_TOO_EARLY, "occurred"), "%s %s", t->row->code, text);
}

void
projects_try(const struct step_trial *t)
{
	size_t before = t->problems->count + t->problems->more;
	if (!t->way->plan && t->row->step != PROJECT_REGISTER) {
		problem_detail(refuse(t, PROBLEM_PROJECT_UNKNOWN, "project"), "%s (%" PRId64 ")", t->row->code,
		               t->row->unit);
		return;
	}
	if (project_is_closed(t->way->state)) {
		problem_detail(refuse(t, PROBLEM_PROJECT_CLOSED, "project"), "%s", t->row->code);
		return;
	}
	try_step(t);
	if (t->problems->count + t->problems->more == before)
		try_day(t);
}
