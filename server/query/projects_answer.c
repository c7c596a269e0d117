#include "projects_answer.h"

#include "base/query_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Projects that one answer holds: what one turn of the centre's loop can spare. */
enum { PROJECTS_LISTED_MAX = 500 };

struct listing {
	const struct holdings *holdings;
	const struct project_query *query;
	size_t limit;
	date today;
	struct arena *arena;
	struct project_answer *out;
	bool no_memory, full;
};

static bool
is_wanted(const struct project_query *q, unit_code unit, const struct project *project)
{
	const struct project_name wanted = project_name_of(q->code), after = project_name_of(q->after.code);
	unit_code owner = wanted.owner ? wanted.owner : project->unit;
	if (!project->taken.revision || (*q->code && project_compare(project, &wanted, owner)))
		return false;
	/* Behind the one that the last answer ended with, or (without its `@unit`) all of that code. */
	unit_code last = after.owner ? after.owner : INT64_MAX;
	if (unit == q->after.unit && project_compare(project, &after, last) <= 0)
		return false;
	return !q->states || (q->states & 1U << project->taken.state);
}

/* Its steps, as they came. */
static bool
list_steps(struct arena *arena, const struct project *project, struct project_item *out)
{
	size_t count = 0;
	for (const struct project_moment *m = project->first; m; m = m->next)
		count++;
	struct project_row *steps = arena_array(arena, count, sizeof *steps);
	for (const struct project_moment *m = project->first; steps && m; m = m->next)
		steps[out->step_count++] = m->row;
	out->steps = steps;
	return steps;
}

static void
add(struct listing *l, unit_code unit, const struct project *project)
{
	const struct project_way *way = &project->taken;
	if (l->out->count == l->limit) {
		const struct project_item *last = &l->out->items[l->limit - 1];
		size_t length = project_name_of(last->code).length;
		l->full = true;
		l->out->next.unit = last->unit;
		snprintf(l->out->next.code, sizeof l->out->next.code, "%.*s@%" PRId64, (int)length, last->code,
		         last->owner);
		return;
	}
	char called[VOUCHER_BYTES_MAX + 1];
	struct project_item *item = &l->out->items[l->out->count++];
	*item = (struct project_item){
	    .unit = unit,
	    .owner = project->unit,
	    .code = arena_string(l->arena, projects_name(l->holdings->projects, project, called)),
	    .state = way->state,
	    .revision = way->revision,
	    .acceptor = way->acceptor,
	    .percent = way->percent,
	    .due = project_is_closed(way->state) ? 0 : project_due(l->holdings->catalogue, way),
	};
	item->overdue = item->due && l->today > item->due;
	if (!item->code || !list_steps(l->arena, project, item) ||
	    !ledger_project_money(l->holdings->ledger, project, l->arena, &item->money, &item->money_count))
		l->no_memory = true;
}

static void
add_places(struct listing *l, size_t first, size_t count)
{
	const struct catalogue *c = l->holdings->catalogue;
	for (size_t i = first; i < first + count && !l->full && !l->no_memory; i++) {
		struct project *const *projects;
		/* Places before the one to go on with are done. */
		size_t found = projects_of_place(l->holdings->projects, i, &projects);
		if (!found || (l->query->after.unit && l->query->after.unit > c->units[i].code))
			continue;
		for (size_t k = 0; k < found && !l->full && !l->no_memory; k++)
			if (is_wanted(l->query, c->units[i].code, projects[k]))
				add(l, c->units[i].code, projects[k]);
	}
}

bool
projects_list(const struct holdings *h, const struct project_query *q, struct arena *arena,
              struct project_answer *out, struct problem_list *problems)
{
	const struct catalogue *c = h->catalogue;
	const struct unit *unit = query_unit(c, q->unit, problems);
	if (!unit)
		return false;
	struct listing l = {.holdings = h, .query = q, .arena = arena, .out = out};
	l.limit = q->limit && q->limit < PROJECTS_LISTED_MAX ? q->limit : PROJECTS_LISTED_MAX;
	l.today = date_of_time(out->time_us);
	out->items = arena_array(arena, l.limit, sizeof *out->items);
	l.no_memory = !out->items;
	add_places(&l, (size_t)(unit - c->units), 1);
	for (int level = (int)unit->level + 1; !q->own && level <= (int)UNIT_VILLAGE; level++) {
		size_t first, count = catalogue_units_below(c, unit->code, (enum unit_level)level, &first);
		add_places(&l, first, count);
	}
	if (l.no_memory)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return !l.no_memory;
}
