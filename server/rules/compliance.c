#include "compliance.h"

#include "base/clock.h"
#include "base/query_check.h"
#include "rules.h"

#include <stdlib.h>
#include <string.h>

enum { LEVELS = UNIT_VILLAGE + 1 };

/* What is kept of a judgement. */
struct finding {
	uint32_t turn;         /* the last one that was its; 0: none since it was first judged */
	uint32_t number;       /* of the unit's changes that are in it; 0: not judged yet */
	date day;              /* it was judged on */
	uint8_t state, before; /* enum rule_state */
};

/* All units of one level. */
struct level {
	size_t first, count;
};

struct compliance {
	const struct holdings *holdings;
	const struct catalogue *catalogue;
	struct rules *rules;
	struct level levels[LEVELS];
	struct finding **findings; /* rule × level; NULL: the rule is not for it */
	uint32_t turn;
	/* The sweep over everything: where it is. */
	date swept; /* the day that it is for, or was done for */
	size_t rule, at;
	int level;
};

static struct finding **
findings_at(const struct compliance *c, size_t rule, int level)
{
	return &c->findings[rule * LEVELS + (size_t)level];
}

static void
find_levels(struct compliance *c)
{
	const struct catalogue *cat = c->catalogue;
	for (size_t i = 0; i < cat->unit_count; i++) {
		struct level *level = &c->levels[cat->units[i].level];
		if (!level->count++)
			level->first = i;
	}
}

static bool
make_findings(struct compliance *c)
{
	bool good = c->findings;
	for (size_t rule = 0; good && rule < c->catalogue->plan_rule_count; rule++)
		for (int level = UNIT_PROVINCE; good && level < LEVELS; level++) {
			struct finding **to = findings_at(c, rule, level);
			if (!(c->catalogue->plan_rules[rule].levels & 1U << level))
				continue;
			*to = calloc(c->levels[level].count + 1, sizeof **to);
			good = *to;
		}
	return good;
}

struct compliance *
compliance_create(const struct holdings *h)
{
	struct compliance *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	c->holdings = h;
	c->catalogue = h->catalogue;
	c->rules = rules_create(h->catalogue, h);
	c->findings = calloc(h->catalogue->plan_rule_count * LEVELS + 1, sizeof(struct finding *));
	find_levels(c);
	if (!c->rules || !make_findings(c))
		compliance_destroy(&c);
	return c;
}

void
compliance_destroy(struct compliance **compliance)
{
	struct compliance *c = *compliance;
	if (!c)
		return;
	for (size_t i = 0; c->findings && i < c->catalogue->plan_rule_count * LEVELS; i++)
		free(c->findings[i]);
	free(c->findings);
	rules_destroy(&c->rules);
	free(c);
	*compliance = NULL;
}

/* ---------------------------------------------------------------- what a query is about */

/* Units of one level that one rule judges. */
struct range {
	size_t rule;
	int level;
	size_t first, count;      /* indexes of units */
	struct finding *findings; /* of the first one and those behind it */
};

/* Goes through the ranges of a query, in the order of findings. False: that was the last. */
struct ranges {
	const struct compliance *compliance;
	const struct compliance_query *query;
	enum unit_level top;
	size_t rule;
	int level;
};

static struct ranges
ranges_of(const struct compliance *c, const struct compliance_query *q)
{
	return (struct ranges){.compliance = c, .query = q, .top = unit_level_of(q->unit)};
}

static bool
wants_rule(const struct compliance_query *q, uint32_t number)
{
	bool wanted = !q->rule_count;
	for (size_t i = 0; !wanted && i < q->rule_count; i++)
		wanted = q->rules[i] == number;
	return wanted;
}

static bool
ranges_next(struct ranges *r, struct range *out)
{
	const struct compliance *c = r->compliance;
	for (; r->rule < c->catalogue->plan_rule_count; r->rule++, r->level = 0) {
		bool wanted = wants_rule(r->query, c->catalogue->plan_rules[r->rule].number);
		while (wanted && ++r->level < LEVELS) {
			struct finding *findings = *findings_at(c, r->rule, r->level);
			size_t first;
			if (!findings || r->level < (int)r->top || (r->query->by && r->level != (int)r->query->by))
				continue;
			size_t count =
			    catalogue_units_below(c->catalogue, r->query->unit, (enum unit_level)r->level, &first);
			if (!count)
				continue;
			*out = (struct range){r->rule, r->level, first, count,
			                      findings + (first - c->levels[r->level].first)};
			return true;
		}
	}
	return false;
}

/* ---------------------------------------------------------------- judging */

static bool
is_stale(const struct compliance *c, size_t rule, const struct finding *f, size_t unit, date today)
{
	if (f->number != c->holdings->changes.numbers[unit])
		return true;
	/* A rule that was given up meanwhile. */
	if (*rules_reason(c->rules, rule) && f->state != RULE_NOT_JUDGED)
		return true;
	bool settled = f->state == RULE_SILENT || f->state == RULE_GREEN;
	return f->day != today && (!settled || rules_by_day(c->rules, rule));
}

/* Some units of a range, and what is found of them. */
struct some {
	struct range range;
	size_t count;
	uint32_t units[RULE_UNITS_MAX];
	enum rule_state states[RULE_UNITS_MAX];
};

static void
take_state(void *context, size_t at, const struct judgement *judgement)
{
	struct some *s = context;
	s->states[at] = judgement->state;
}

static void
judge_some(struct compliance *c, struct some *s, date today)
{
	memset(s->states, 0, sizeof s->states); /* silent */
	rules_judge(c->rules, s->range.rule, s->units, s->count, today, take_state, s);
	for (size_t i = 0; i < s->count; i++) {
		struct finding *f = &s->range.findings[s->units[i] - s->range.first];
		if (f->number && f->state != s->states[i]) {
			f->before = f->state;
			f->turn = ++c->turn;
		}
		f->state = (uint8_t)s->states[i];
		f->number = c->holdings->changes.numbers[s->units[i]];
		f->day = today;
	}
	s->count = 0;
}

/* From unit *at of the range on; false: the time is up, and *at says where to go on. */
static bool
refresh_range(struct compliance *c, const struct range *range, size_t *at, date today, int64_t until_us)
{
	struct some s = {.range = *range};
	for (; *at < range->count; (*at)++) {
		if (!is_stale(c, range->rule, &range->findings[*at], range->first + *at, today))
			continue;
		s.units[s.count++] = (uint32_t)(range->first + *at);
		if (s.count < RULE_UNITS_MAX)
			continue;
		judge_some(c, &s, today);
		if (until_us && clock_steady_us() >= until_us) {
			(*at)++;
			return false;
		}
	}
	if (s.count)
		judge_some(c, &s, today);
	return !until_us || clock_steady_us() < until_us;
}

static bool
refresh_all(struct compliance *c, const struct compliance_query *q, int64_t now_us, int64_t until_us)
{
	struct ranges ranges = ranges_of(c, q);
	struct range range;
	bool good = true;
	while (good && ranges_next(&ranges, &range)) {
		size_t at = 0;
		good = refresh_range(c, &range, &at, date_of_time(now_us), until_us);
	}
	return good;
}

bool
compliance_refresh(struct compliance *c, const struct compliance_query *q, int64_t now_us, int64_t budget_us)
{
	int64_t until_us = budget_us ? clock_steady_us() + budget_us : 0;
	size_t given_up;
	bool good;
	/* A rule that is given up on the way was thought right before. */
	do {
		given_up = rules_given_up(c->rules);
		good = refresh_all(c, q, now_us, until_us);
	} while (good && rules_given_up(c->rules) != given_up);
	return good;
}

bool
compliance_step(struct compliance *c, int64_t now_us, int64_t budget_us)
{
	date today = date_of_time(now_us);
	int64_t until_us = clock_steady_us() + budget_us;
	if (c->swept != today) {
		c->swept = today;
		c->rule = c->at = 0;
		c->level = UNIT_PROVINCE;
	}
	for (; c->rule < c->catalogue->plan_rule_count; c->rule++, c->level = UNIT_PROVINCE)
		for (; c->level < LEVELS; c->level++, c->at = 0) {
			const struct range range = {c->rule, c->level, c->levels[c->level].first,
			                            c->levels[c->level].count, *findings_at(c, c->rule, c->level)};
			if (range.findings && !refresh_range(c, &range, &c->at, today, until_us))
				return false;
		}
	return true;
}

/* ---------------------------------------------------------------- the answer */

static bool
check_query(const struct catalogue *c, const struct compliance_query *q, struct problem_list *problems)
{
	const struct unit *unit = query_unit(c, q->unit, problems);
	if (!unit)
		return false;
	if (q->by && q->by < unit->level) {
		problem_add(problems, PROBLEM_LEVEL_INVALID, SUBJECT_REQUEST, 0, "by");
		return false;
	}
	for (size_t i = 0; i < q->rule_count; i++)
		if (!catalogue_plan_rule(c, q->rules[i])) {
			problem_detail(problem_only(problems, PROBLEM_RULE_UNKNOWN), "%u", q->rules[i]);
			return false;
		}
	return true;
}

static bool
wants_state(const struct compliance_query *q, enum rule_state state)
{
	bool wanted = !q->state_count;
	for (size_t i = 0; !wanted && i < q->state_count; i++)
		wanted = q->states[i] == state;
	return wanted && state != RULE_SILENT;
}

static bool
is_after(const struct compliance *c, const struct finding_key *after, size_t rule, size_t unit)
{
	uint32_t number = c->catalogue->plan_rules[rule].number;
	return number > after->rule || (number == after->rule && c->catalogue->units[unit].code > after->unit);
}

/* The list as it is made. */
struct listing {
	struct compliance *compliance;
	const struct compliance_query *query;
	date today;
	struct arena *arena;
	struct compliance_answer *out;
	size_t room;
	bool good, full;
	struct some some;   /* those whose figures are still to be had */
	size_t first_index; /* of them in the answer */
};

/* The figures are not kept, but computed again. Everything that is pointed to is copied. */
static void
take_item(void *context, size_t at, const struct judgement *j)
{
	struct listing *l = context;
	struct finding_item *item = &l->out->items[l->first_index + at];
	item->state = j->state;
	item->measured = j->measured;
	item->required = j->required;
	item->shortfall_fen = j->shortfall_fen;
	item->due = j->due;
	item->reason = arena_string(l->arena, j->reason);
	item->figures = arena_array(l->arena, j->figure_count, sizeof *item->figures);
	l->good = l->good && item->reason && item->figures;
	for (size_t i = 0; l->good && i < j->figure_count; i++) {
		struct rule_figure *figure = &item->figures[item->figure_count++];
		*figure = j->figures[i];
		figure->name = arena_string(l->arena, j->figures[i].name);
		figure->text = arena_string(l->arena, j->figures[i].text);
		l->good = figure->name && figure->text;
	}
}

static void
fill_items(struct listing *l)
{
	if (l->some.count)
		rules_judge(l->compliance->rules, l->some.range.rule, l->some.units, l->some.count, l->today,
		            take_item, l);
	l->some.count = 0;
	l->first_index = l->out->count;
}

static void
put_item(struct listing *l, const struct range *range, size_t unit, enum rule_state state)
{
	const struct catalogue *c = l->compliance->catalogue;
	if (l->out->count == l->room) {
		l->full = true;
		l->out->next = l->out->items[l->room - 1].key;
		return;
	}
	struct finding_item *item = &l->out->items[l->out->count++];
	item->key = (struct finding_key){c->plan_rules[range->rule].number, c->units[unit].code};
	item->state = state;
	item->reason = "";
	l->some.range = *range;
	l->some.units[l->some.count++] = (uint32_t)unit;
	if (l->some.count == RULE_UNITS_MAX)
		fill_items(l);
}

static void
list_range(struct listing *l, const struct range *range)
{
	const struct compliance_query *q = l->query;
	for (size_t i = 0; i < range->count && l->good; i++) {
		enum rule_state state = (enum rule_state)range->findings[i].state;
		if (state != RULE_SILENT)
			l->out->states[state]++;
		if (!l->full && wants_state(q, state) &&
		    is_after(l->compliance, &q->after, range->rule, range->first + i))
			put_item(l, range, range->first + i, state);
	}
	fill_items(l);
}

bool
compliance_answer(struct compliance *c, const struct compliance_query *q, int64_t now_us, struct arena *arena,
                  struct compliance_answer *out, struct problem_list *problems)
{
	struct ranges ranges = ranges_of(c, q);
	struct range range;
	struct listing l = {
	    .compliance = c, .query = q, .today = date_of_time(now_us), .arena = arena, .out = out, .good = true};
	if (!check_query(c->catalogue, q, problems))
		return false;
	bool fresh = compliance_refresh(c, q, now_us, 0);
	(void)fresh; /* there was no end to its time */
	l.room = q->limit && q->limit < FINDINGS_LISTED_MAX ? q->limit : FINDINGS_LISTED_MAX;
	out->time_us = now_us;
	out->items = arena_array(arena, l.room, sizeof *out->items);
	l.good = out->items;
	while (l.good && ranges_next(&ranges, &range))
		list_range(&l, &range);
	if (!l.good)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return l.good;
}

/* ---------------------------------------------------------------- what turned */

uint32_t
compliance_turn(const struct compliance *c)
{
	return c->turn;
}

uint32_t
compliance_number(const struct compliance *c, const struct compliance_query *q)
{
	const struct unit *unit = catalogue_unit(c->catalogue, q->unit);
	return unit ? c->holdings->changes.numbers[unit - c->catalogue->units] : 0;
}

bool
compliance_turns(const struct compliance *c, const struct compliance_query *q, uint32_t since,
                 struct arena *arena, struct push *out)
{
	struct ranges ranges = ranges_of(c, q);
	struct range range;
	out->of_rules = true;
	out->turns = arena_array(arena, PUSH_ROWS_MAX, sizeof *out->turns);
	while (out->turns && ranges_next(&ranges, &range))
		for (size_t i = 0; i < range.count; i++) {
			const struct finding *f = &range.findings[i];
			out->states[f->state] += f->state != RULE_SILENT;
			if (f->turn <= since ||
			    (!wants_state(q, (enum rule_state)f->state) && !wants_state(q, (enum rule_state)f->before)))
				continue;
			if (out->turn_count == PUSH_ROWS_MAX) {
				out->more_turns++;
				continue;
			}
			out->turns[out->turn_count++] = (struct rule_turn){
			    {c->catalogue->plan_rules[range.rule].number, c->catalogue->units[range.first + i].code},
			    (enum rule_state)f->before,
			    (enum rule_state)f->state};
		}
	return out->turns;
}
