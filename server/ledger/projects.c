#include "projects_internal.h"

#include "base/grow.h"
#include "base/key_set.h"
#include "base/sorted.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The projects of a place, by code and unit. */
struct shelf {
	size_t count, room;
	bool is_odd; /* some code is not its own key */
	struct project **items;
};

struct projects {
	const struct catalogue *catalogue;
	struct arena memory;
	struct shelf *shelves; /* by index of a place's last unit */
	uint32_t count;        /* indices given */
	struct project *spare; /* with indices that are free again */
};

/* ---------------------------------------------------------------- finding */

static struct shelf *
shelf_of(const struct projects *p, unit_code code)
{
	const struct unit *unit = catalogue_unit(p->catalogue, code);
	return unit ? &p->shelves[catalogue_last_of_place(p->catalogue, (size_t)(unit - p->catalogue->units))]
	            : NULL;
}

struct shelf_key {
	const struct project_name *name;
	unit_code unit;
};

static int
by_name(const void *item, const void *key)
{
	const struct shelf_key *k = key;
	return project_compare(*(struct project *const *)item, k->name, k->unit);
}

/* Where the project is, or would be. */
static size_t
place_on(const struct shelf *shelf, const struct project_name *name, unit_code unit)
{
	const struct shelf_key key = {name, unit};
	return sorted_place(shelf->items, shelf->count, sizeof(struct project *), by_name, &key);
}

int
project_compare(const struct project *project, const struct project_name *name, unit_code unit)
{
	int order = strncmp(project->code, name->code, name->length);
	if (!order && project->code[name->length])
		order = 1;
	return order ? order : (project->unit > unit) - (project->unit < unit);
}

struct project *
projects_find(const struct projects *p, unit_code unit, const char *text)
{
	const struct project_name name = project_name_of(text);
	const struct shelf *shelf = shelf_of(p, unit);
	unit_code owner = name.owner ? name.owner : unit;
	if (!shelf)
		return NULL;
	size_t at = place_on(shelf, &name, owner);
	return at < shelf->count && !project_compare(shelf->items[at], &name, owner) ? shelf->items[at] : NULL;
}

/* Those of a code at the place of a unit; they lie side by side. */
static size_t
find_all(const struct projects *p, unit_code unit, const struct project_name *name, struct project ***first)
{
	struct shelf *shelf = shelf_of(p, unit);
	if (!shelf || !shelf->count)
		return 0;
	size_t from = place_on(shelf, name, 0), to = place_on(shelf, name, INT64_MAX);
	*first = shelf->items + from;
	return to - from;
}

const char *
projects_name(const struct projects *p, const struct project *project, char out[VOUCHER_BYTES_MAX + 1])
{
	const struct project_name name = project_name_of(project->code);
	struct project **all;
	if (find_all(p, project->unit, &name, &all) > 1)
		snprintf(out, VOUCHER_BYTES_MAX + 1, "%s@%" PRId64, project->code, project->unit);
	else
		snprintf(out, VOUCHER_BYTES_MAX + 1, "%s", project->code);
	return out;
}

size_t
projects_of_place(const struct projects *p, size_t place, struct project *const **first)
{
	*first = p->shelves[place].items;
	return p->shelves[place].count;
}

size_t
projects_count(const struct projects *p)
{
	return p->count;
}

/* One that is free again, or a new one. NULL: no memory. */
static struct project *
project_new(struct projects *p)
{
	struct project *project = p->spare;
	uint32_t index = project ? project->index : p->count;
	if (project)
		p->spare = project->spare;
	else
		project = arena_alloc(&p->memory, sizeof *project);
	if (!project)
		return NULL;
	p->count += index == p->count;
	*project = (struct project){.index = index, .end = &project->first};
	return project;
}

/* A number of a code's key. */
static uint64_t
key_of(const char *code)
{
	char room[UTF8_KEY_BYTES];
	const char *key = utf8_key(code, room);
	return key_make('k', "", 0, key, strnlen(key, UTF8_KEY_BYTES)).words[0];
}

static bool
is_own_key(const char *code)
{
	char room[UTF8_KEY_BYTES];
	return !strcmp(utf8_key(code, room), code);
}

/* Its code is checked: it fits. */
static struct project *
add(struct projects *p, unit_code unit, const char *code)
{
	struct shelf *shelf = shelf_of(p, unit);
	if (!shelf)
		return NULL;
	if (!grow((void *)&shelf->items, &shelf->room, shelf->count + 1, sizeof *shelf->items))
		return NULL;
	const struct project_name name = project_name_of(code);
	struct project *project = project_new(p);
	if (!project)
		return NULL;
	project->unit = unit;
	snprintf(project->code, sizeof project->code, "%.*s", (int)name.length, code);
	project->key = key_of(project->code);
	shelf->is_odd |= !is_own_key(project->code);
	size_t at = place_on(shelf, &name, unit);
	if (!sorted_open(&shelf->items, &shelf->room, &shelf->count, sizeof(struct project *), at))
		return NULL; /* there is room: it was made before the project */
	shelf->items[at] = project;
	return project;
}

/* One that was never taken goes; its index is given again. */
static void
take_out(struct projects *p, struct project *project)
{
	struct shelf *shelf = shelf_of(p, project->unit);
	const struct project_name name = project_name_of(project->code);
	size_t at = place_on(shelf, &name, project->unit);
	shelf->count--;
	memmove(shelf->items + at, shelf->items + at + 1, (shelf->count - at) * sizeof(struct project *));
	project->spare = p->spare;
	p->spare = project;
}

/* ---------------------------------------------------------------- submissions */

/* Is the project on disk, or registered by this submission itself? What another submission registers may
 * still be refused. */
static bool
is_there(const struct project *project, const struct submission *s)
{
	return project->taken.revision || project->by == s;
}

/* Which project of the unit's place is meant: its own, the one that is named, the only one of this code?
 * NULL: none, or *several. */
static struct project *
find_meant(const struct projects *p, const struct submission *s, unit_code unit, const char *text,
           bool *several)
{
	const struct project_name name = project_name_of(text);
	struct project *found = projects_find(p, unit, text), **all;
	*several = false;
	if (found || name.owner)
		return found;
	size_t count = find_all(p, unit, &name, &all), there = 0;
	for (size_t i = 0; i < count; i++)
		if (is_there(all[i], s)) {
			found = all[i];
			there++;
		}
	*several = there > 1;
	return there == 1 ? found : NULL;
}

/* Names the units of these projects, as many as there is room for. */
static void
ambiguous(const struct projects *p, unit_code unit, const char *code, struct problem *problem)
{
	const struct project_name name = project_name_of(code);
	char text[sizeof problem->detail] = "";
	struct project **all;
	size_t count = find_all(p, unit, &name, &all), length = 0, owner_bytes = 24;
	for (size_t i = 0; i < count && length + owner_bytes < sizeof text; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, i ? ", @%" PRId64 : "@%" PRId64,
		                           all[i]->unit);
	problem_detail(problem, "%s", text);
}

/* Makes a step one of the unit that registered its project. False: no memory. */
static bool
name_step(const struct projects *p, struct submission *s, size_t index, struct arena *arena,
          struct problem_list *problems)
{
	struct project_row *row = &s->projects[index];
	bool several;
	const struct project_name name = project_name_of(row->code);
	const struct project *meant = find_meant(p, s, row->unit, row->code, &several);
	if (several)
		ambiguous(p, row->unit, row->code,
		          problem_add(problems, PROBLEM_PROJECT_AMBIGUOUS, SUBJECT_PROJECT, index, "project"));
	if (!meant)
		return true;
	const char *bare = name.owner ? arena_text(arena, name.code, name.length) : row->code;
	if (!bare)
		return false;
	row->unit = meant->unit;
	row->code = bare;
	return true;
}

/* A code that exists in another spelling gets that spelling, as rows are found by the stored text. False: no
 * memory. */
static bool
spell(const struct projects *p, unit_code unit, const char **text, struct arena *arena)
{
	const struct project_name name = project_name_of(*text);
	const struct shelf *shelf = shelf_of(p, unit);
	struct project **same;
	char code[VOUCHER_BYTES_MAX + 1], spelt[2 * VOUCHER_BYTES_MAX];
	snprintf(code, sizeof code, "%.*s", (int)name.length, *text);
	if (!shelf || (!shelf->is_odd && is_own_key(code)) || find_all(p, unit, &name, &same))
		return true;
	uint64_t key = key_of(code);
	for (uint32_t i = 0; i < shelf->count; i++) {
		if (shelf->items[i]->key != key || !utf8_same_key(shelf->items[i]->code, code))
			continue;
		snprintf(spelt, sizeof spelt, "%s%s", shelf->items[i]->code, *text + name.length);
		*text = arena_string(arena, spelt);
		return *text;
	}
	return true;
}

/* False: no memory. */
static bool
stage_row(struct projects *p, struct submission *s, size_t index, struct arena *arena, unit_code office,
          struct problem_list *problems)
{
	struct project_row *row = &s->projects[index];
	size_t before = problems->count + problems->more;
	if (!spell(p, row->unit, &row->code, arena) || !name_step(p, s, index, arena, problems))
		return false;
	if (problems->count + problems->more > before)
		return true;
	struct project *project = projects_find(p, row->unit, row->code);
	const struct project_way none = {0};
	const struct step_trial trial = {p->catalogue, project ? &project->staged : &none, row, office, index,
	                                 problems};
	projects_try(&trial);
	if (problems->count + problems->more > before)
		return true;
	if (!project)
		project = add(p, row->unit, row->code);
	if (!project)
		return false;
	project->by = s;
	projects_go(&project->staged, row);
	return true;
}

bool
projects_stage(struct projects *p, struct submission *s, struct arena *arena, unit_code office,
               struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	bool good = true;
	for (size_t i = 0; good && i < s->project_count; i++)
		good = stage_row(p, s, i, arena, office, problems);
	if (!good)
		problem_only(problems, PROBLEM_BUSY);
	if (good && problems->count + problems->more == before)
		return true;
	projects_unstage(p, s);
	return false;
}

/* False: no memory. */
static bool
name_entry(const struct projects *p, struct submission *s, size_t index, struct arena *arena,
           struct problem_list *problems)
{
	struct fund_entry *e = &s->entries[index];
	bool several;
	const unit_code whose = fund_entry_whose(e);
	if (!spell(p, whose, &e->project, arena))
		return false;
	const struct project_name name = project_name_of(e->project);
	const struct project *meant = find_meant(p, s, whose, e->project, &several);
	char text[VOUCHER_BYTES_MAX + 1];
	if (several)
		ambiguous(p, whose, e->project,
		          problem_add(problems, PROBLEM_PROJECT_AMBIGUOUS, SUBJECT_ENTRY, index, "project"));
	if (!meant || meant->unit == (name.owner ? name.owner : whose))
		return true;
	snprintf(text, sizeof text, "%s@%" PRId64, meant->code, meant->unit);
	const char *called = arena_string(arena, text);
	if (!called)
		return false;
	e->project = called;
	return true;
}

bool
projects_name_entries(const struct projects *p, struct submission *s, struct arena *arena,
                      struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	for (size_t i = 0; i < s->entry_count; i++)
		if (*s->entries[i].project && !name_entry(p, s, i, arena, problems)) {
			problem_only(problems, PROBLEM_BUSY);
			return false;
		}
	return problems->count + problems->more == before;
}

void
projects_unstage(struct projects *p, const struct submission *s)
{
	for (size_t i = 0; i < s->project_count; i++) {
		struct project *project = projects_find(p, s->projects[i].unit, s->projects[i].code);
		if (!project || project->by != s)
			continue;
		project->by = NULL;
		project->staged = project->taken;
		if (!project->taken.revision)
			take_out(p, project);
	}
}

/* ---------------------------------------------------------------- what is on disk */

/* Its texts and lists were the envelope's. What the moment had of the step before is used again. */
static bool
keep(struct arena *memory, const struct project *project, const struct project_row *from,
     struct project_row *to)
{
	struct project_budget *budgets = arena_array(memory, from->budget_count, sizeof *budgets);
	uint32_t *met = arena_array(memory, from->met_count, sizeof *met);
	const struct project_row was = *to;
	*to = *from;
	to->code = project->code;
	const char **texts[] = {&to->document, &to->note, &to->name};
	const char *before[] = {was.document, was.note, was.name};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		bool same = before[i] && !strcmp(before[i], *texts[i]);
		*texts[i] = same ? before[i] : **texts[i] ? arena_string(memory, *texts[i]) : "";
		if (!*texts[i])
			return false;
	}
	if (!budgets || !met)
		return false;
	if (from->budget_count)
		memcpy(budgets, from->budgets, from->budget_count * sizeof *budgets);
	if (from->met_count)
		memcpy(met, from->met, from->met_count * sizeof *met);
	to->budgets = budgets;
	to->met = met;
	return true;
}

/* A newer step of the same kind takes the place of the older; each acceptance stays. */
static struct project_moment *
moment_for(struct arena *memory, struct project *project, const struct project_row *row)
{
	struct project_moment **at = &project->first, *found = NULL;
	while (row->step != PROJECT_ACCEPTANCE && *at &&
	       ((*at)->row.step != row->step || (*at)->row.system != row->system))
		at = &(*at)->next;
	if (row->step != PROJECT_ACCEPTANCE && *at) {
		found = *at;
		*at = found->next;
		if (!found->next)
			project->end = at;
		found->next = NULL;
	}
	return found ? found : arena_alloc(memory, sizeof *found);
}

bool
projects_take(struct projects *p, const struct project_row *row)
{
	struct project *project = projects_find(p, row->unit, row->code);
	if (!project && row->step == PROJECT_REGISTER)
		project = add(p, row->unit, row->code);
	if (!project || (row->step != PROJECT_REGISTER && !project->taken.revision))
		return false;
	struct project_moment *moment = moment_for(&p->memory, project, row);
	if (!moment || !keep(&p->memory, project, row, &moment->row))
		return false;
	moment->next = NULL;
	*project->end = moment;
	project->end = &moment->next;
	projects_go(&project->taken, &moment->row);
	/* With the last of a submission's steps, the taken and the staged state are the same again. */
	project->staged = project->taken;
	project->by = NULL;
	return true;
}

date
project_due(const struct catalogue *c, const struct project_way *way)
{
	const struct project_kind *kind = catalogue_project_kind(c, way->plan->kind);
	if (way->again_by)
		return way->again_by;
	return kind && kind->construction && way->ends <= c->acceptance_due ? c->acceptance_due : 0;
}

struct projects *
projects_create(const struct catalogue *c)
{
	struct projects *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->catalogue = c;
	arena_init(&p->memory, SIZE_MAX);
	p->shelves = calloc(c->unit_count + 1, sizeof *p->shelves);
	if (!p->shelves)
		projects_destroy(&p);
	return p;
}

void
projects_destroy(struct projects **projects)
{
	struct projects *p = *projects;
	if (!p)
		return;
	for (size_t i = 0; p->shelves && i < p->catalogue->unit_count; i++)
		free(p->shelves[i].items);
	free(p->shelves);
	arena_free(&p->memory);
	free(p);
	*projects = NULL;
}
