/* The contents of the tables that the plan's rules read. */
#include "rule_tables.h"

#include "base/grow.h"
#include "ledger/bookings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- rows */

static bool fail(struct rule_rows *rows, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool
fail(struct rule_rows *rows, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(rows->error, sizeof rows->error, format, args);
	va_end(args);
	return false;
}

static struct rule_value
number(int64_t value)
{
	return (struct rule_value){.kind = VALUE_NUMBER, .number = value};
}

static struct rule_value
number_if(bool known, int64_t value)
{
	return (struct rule_value){.kind = known ? VALUE_NUMBER : VALUE_NULL, .number = value};
}

static struct rule_value
text(const char *value)
{
	return (struct rule_value){.kind = VALUE_TEXT, .text = value};
}

static struct rule_value
day(date value)
{
	return (struct rule_value){.kind = value ? VALUE_DATE : VALUE_NULL, .number = value};
}

/* As many values as the table has columns. */
static bool
put(struct rule_rows *rows, const struct rule_value *values)
{
	if (!grow(&rows->values, &rows->room, rows->count + 1, rows->columns * sizeof *rows->values))
		return fail(rows, "out of memory");
	memcpy(rows->values + rows->count++ * rows->columns, values, rows->columns * sizeof *values);
	return true;
}

static int64_t
code_of(const struct rule_scope *s, size_t unit)
{
	return s->catalogue->units[unit].code;
}

/* ---------------------------------------------------------------- place, below */

static bool
put_place(const struct rule_scope *s, size_t at, struct rule_rows *rows)
{
	const struct unit *unit = &s->catalogue->units[at];
	enum unit_level above = (enum unit_level)(unit->level - 1);
	bool top = unit->level == UNIT_PROVINCE;
	const struct rule_value values[] = {number(unit->code), text(unit->name),
	                                    text(unit_level_name(unit->level)),
	                                    number_if(!top, top ? 0 : unit_ancestor(unit->code, above))};
	return put(rows, values);
}

static int
by_index(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static bool
is_judged(const struct rule_scope *s, size_t unit)
{
	uint32_t index = (uint32_t)unit;
	return s->count && bsearch(&index, s->units, s->count, sizeof index, by_index);
}

bool
rule_scope_has(const struct rule_scope *s, size_t unit)
{
	const struct catalogue *c = s->catalogue;
	if (!s->count)
		return false;
	enum unit_level level = c->units[s->units[0]].level;
	if (c->units[unit].level <= level)
		return is_judged(s, unit);
	const struct unit *above = catalogue_unit(c, unit_ancestor(c->units[unit].code, level));
	return above && is_judged(s, (size_t)(above - c->units));
}

static bool
fill_place(const struct rule_scope *s, size_t unit, const char *key, struct rule_rows *rows)
{
	bool good = true;
	(void)key;
	if (unit != SIZE_MAX)
		return !is_judged(s, unit) || put_place(s, unit, rows);
	for (size_t i = 0; good && i < s->count; i++)
		good = put_place(s, s->units[i], rows);
	return good;
}

static bool
fill_below(const struct rule_scope *s, size_t unit, const char *key, struct rule_rows *rows)
{
	enum unit_level level;
	size_t first, count;
	bool good = true;
	if (!unit_level_parse(key, &level))
		return fail(rows, "below: \"%.40s\" is no level", key);
	count = level >= s->catalogue->units[unit].level
	            ? catalogue_units_below(s->catalogue, code_of(s, unit), level, &first)
	            : 0;
	for (size_t i = 0; good && i < count; i++) {
		const struct unit *below = &s->catalogue->units[first + i];
		const struct rule_value values[] = {number(code_of(s, unit)), text(unit_level_name(level)),
		                                    number(below->code), text(below->name)};
		good = put(rows, values);
	}
	return good;
}

/* ---------------------------------------------------------------- money, spending, kept */

static const struct unit_money *
money_of(const struct rule_scope *s, size_t unit, struct rule_rows *rows)
{
	const struct unit_money *m = rule_money_of(s->money, unit);
	if (!m)
		fail(rows, "out of memory");
	return m;
}

static bool
is_all_zero(const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	return !*at && !memcmp(at, at + 1, size - 1);
}

static bool
fill_money(const struct rule_scope *s, size_t unit, const char *key, struct rule_rows *rows)
{
	const struct unit_money *m = s->holdings ? money_of(s, unit, rows) : NULL;
	bool good = m || !s->holdings;
	(void)key;
	for (size_t i = 0; m && good && i < s->catalogue->source_count; i++) {
		const struct fund_term *source = &s->catalogue->sources[i];
		const struct source_money *of = &m->sources[i];
		const int64_t *booked = of->booked, *states = of->states;
		const struct rule_value values[] = {
		    number(code_of(s, unit)),
		    text(source->code),
		    number(source->special),
		    number(source->loan),
		    number(booked[FUND_RAISED]),
		    number(booked[FUND_RECEIVED]),
		    number(of->granted),
		    number(booked[FUND_SPENT]),
		    number(booked[FUND_SENT_DOWN]),
		    number(booked[FUND_RETURNED]),
		    number(booked[FUND_REIMBURSED]),
		    number(booked[FUND_REPAID]),
		    number(wide_sum_clamp((wide_sum)states[FUND_STATE_RAISED] + states[FUND_STATE_CAME_IN] -
		                          states[FUND_STATE_WENT_OUT])),
		    number(states[FUND_STATE_ON_HAND]),
		    number(states[FUND_STATE_SET_ASIDE]),
		    number(states[FUND_STATE_IN_TRANSIT]),
		    number(states[FUND_STATE_UNDER_GRANT]),
		};
		good = is_all_zero(of, sizeof *of) || put(rows, values);
	}
	return good;
}

static bool
fill_spending(const struct rule_scope *s, size_t unit, const char *key, struct rule_rows *rows)
{
	const struct catalogue *c = s->catalogue;
	const struct unit_money *m = s->holdings ? money_of(s, unit, rows) : NULL;
	bool good = m || !s->holdings;
	(void)key;
	for (size_t i = 0; m && good && i < c->source_count * c->use_count; i++) {
		const struct fund_term *source = &c->sources[i / c->use_count], *use = &c->uses[i % c->use_count];
		const struct use_money *of = &m->uses[i];
		const struct rule_value values[] = {number(code_of(s, unit)),
		                                    text(source->code),
		                                    text(use->code),
		                                    number(source->special),
		                                    number(fund_source_permits(source, use->number)),
		                                    number(of->granted),
		                                    number(of->spent),
		                                    day(of->granted_first),
		                                    day(of->spent_first)};
		good = is_all_zero(of, sizeof *of) || put(rows, values);
	}
	return good;
}

struct lots {
	const struct rule_scope *scope;
	struct rule_rows *rows;
	size_t unit;
	bool good;
};

static void
put_lot(void *context, const struct booked *b, enum fund_state state, int64_t amount_fen)
{
	struct lots *l = context;
	const struct catalogue *c = l->scope->catalogue;
	const struct fund_term *source = fund_term_by_number(c->sources, c->source_count, b->entry.source);
	if (!source || !l->good)
		return;
	const struct rule_value values[] = {number(code_of(l->scope, l->unit)),
	                                    text(source->code),
	                                    number(source->special),
	                                    text(fund_state_name(state)),
	                                    number(ledger_age(b, date_days(l->scope->today))),
	                                    number(amount_fen)};
	l->good = put(l->rows, values);
}

/* Of the unit alone, without those below it. */
static bool
fill_kept(const struct rule_scope *s, size_t unit, const char *key, struct rule_rows *rows)
{
	struct lots l = {s, rows, unit, true};
	const struct holder *h = s->holdings ? ledger_holder_at(s->holdings->ledger, unit) : NULL;
	(void)key;
	if (h)
		ledger_lots(h, put_lot, &l);
	return l.good;
}

/* ---------------------------------------------------------------- figure, target, document */

static bool
fill_figure(const struct rule_scope *s, size_t unit, const char *key, struct rule_rows *rows)
{
	const struct indicator *indicator = rows->indicator;
	int64_t value = 0, approved = 0;
	if (!indicator || strcmp(indicator->code, key) != 0)
		rows->indicator = indicator = catalogue_indicator_by_name(s->catalogue, key);
	if (!indicator)
		return fail(rows, "figure: the plan has no indicator \"%.60s\"", key);
	if (!s->holdings || !totals_figure(s->holdings->totals, unit, indicator, BOOK_SUBMITTED, &value))
		return true;
	bool has_approved = rows->wanted & 1U << 3 &&
	                    totals_figure(s->holdings->totals, unit, indicator, BOOK_APPROVED, &approved);
	const struct rule_value values[] = {number(code_of(s, unit)), text(indicator->code), number(value),
	                                    number_if(has_approved, approved)};
	return put(rows, values);
}

/* An indicator, or fund:KIND. */
static bool
find_measure(const struct catalogue *c, const char *key, struct measure *out)
{
	*out = (struct measure){0};
	if (!strncmp(key, "fund:", 5))
		return fund_kind_parse(key + 5, &out->fund);
	const struct indicator *indicator = catalogue_indicator_by_name(c, key);
	out->indicator = indicator ? indicator->number : 0;
	return indicator;
}

static bool
fill_target(const struct rule_scope *s, size_t unit, const char *key, struct rule_rows *rows)
{
	const struct catalogue *c = s->catalogue;
	struct measure measure;
	int year = period_from_index(c->period_first + c->period_count - 1) / 100;
	if (!find_measure(c, key, &measure))
		return fail(rows, "target: \"%.60s\" is neither an indicator nor fund:KIND", key);
	const struct set_target *target =
	    s->holdings ? targets_find(totals_targets(s->holdings->totals), code_of(s, unit), year, measure)
	                : NULL;
	const struct rule_value values[] = {number(code_of(s, unit)),
	                                    text(measure.indicator
	                                             ? catalogue_indicator(c, measure.indicator)->code
	                                             : fund_kind_name(measure.fund)),
	                                    number(target ? target->value : 0)};
	return !target || put(rows, values);
}

struct owing {
	int64_t owed, sent, late, overdue;
	date due;
};

/* A document is due until the end of its last day. */
static void
count_document(const struct rule_scope *s, const struct document_kind *kind, unit_code unit, struct owing *o)
{
	const struct holdings *h = s->holdings;
	int64_t due = extensions_due(h->extensions, kind, unit);
	date last = date_of_time((due - 1) * 1000000);
	const struct document_item *first =
	    documents_find(h->documents, (struct document_key){unit, kind->number, 1});
	o->owed++;
	o->sent += first != NULL;
	o->late += first && first->time >= due;
	o->overdue += !first && s->today > last;
	if (last > o->due)
		o->due = last;
}

static bool
fill_document(const struct rule_scope *s, size_t unit, const char *key, struct rule_rows *rows)
{
	const struct catalogue *c = s->catalogue;
	const struct document_kind *kind = catalogue_document_by_name(c, key);
	struct owing o = {0};
	size_t first, count;
	if (!kind)
		return fail(rows, "document: the plan has no document \"%.60s\"", key);
	count = s->holdings && kind->level >= c->units[unit].level
	            ? catalogue_units_below(c, code_of(s, unit), kind->level, &first)
	            : 0;
	for (size_t i = 0; i < count; i++)
		count_document(s, kind, code_of(s, first + i), &o);
	const struct rule_value values[] = {
	    number(code_of(s, unit)), text(kind->code),  number(o.owed), number(o.sent),
	    number(o.late),           number(o.overdue), day(o.due)};
	return !count || put(rows, values);
}

/* ---------------------------------------------------------------- project */

/* The day of the newest step of a kind; 0: there is none. */
static date
step_day(const struct project *p, enum project_step step)
{
	date last = 0;
	for (const struct project_moment *m = p->first; m; m = m->next)
		if (m->row.step == step && m->row.occurred > last)
			last = m->row.occurred;
	return last;
}

static bool
put_project(const struct rule_scope *s, size_t unit, size_t owner, const struct project *p,
            struct rule_rows *rows)
{
	const struct project_way *way = &p->taken;
	const struct project_kind *kind = catalogue_project_kind(s->catalogue, way->plan->kind);
	date due = project_is_closed(way->state) ? 0 : project_due(s->catalogue, way);
	const struct project_money m = ledger_project_sum(s->holdings->ledger, p);
	char called[VOUCHER_BYTES_MAX + 1];
	const struct rule_value values[] = {
	    number(code_of(s, unit)),
	    number(code_of(s, owner)),
	    text(projects_name(s->holdings->projects, p, called)),
	    text(way->plan->name),
	    text(kind ? kind->code : ""),
	    text(project_state_name(way->state)),
	    number(way->percent),
	    day(way->since),
	    day(way->noticed),
	    day(step_day(p, PROJECT_START)),
	    day(way->finished),
	    day(step_day(p, PROJECT_NOTICE_AFTER)),
	    day(due),
	    number(due && s->today > due),
	    number(m.budget_fen),
	    number(m.granted_fen),
	    number(m.granted_fen - m.under_grant_fen),
	    number(m.spent_fen),
	};
	return put(rows, values);
}

static bool
put_projects_of(const struct rule_scope *s, size_t unit, size_t place, struct rule_rows *rows)
{
	struct project *const *projects;
	size_t count = projects_of_place(s->holdings->projects, place, &projects);
	bool good = true;
	for (size_t i = 0; good && i < count; i++)
		if (projects[i]->taken.revision && projects[i]->taken.state != PROJECT_DROPPED)
			good = put_project(s, unit, place, projects[i], rows);
	return good;
}

static bool
fill_project(const struct rule_scope *s, size_t unit, const char *key, struct rule_rows *rows)
{
	bool good = !s->holdings || put_projects_of(s, unit, unit, rows);
	(void)key;
	for (int level = (int)s->catalogue->units[unit].level + 1;
	     s->holdings && good && level <= (int)UNIT_VILLAGE; level++) {
		size_t first,
		    count = catalogue_units_below(s->catalogue, code_of(s, unit), (enum unit_level)level, &first);
		for (size_t i = first; good && i < first + count; i++)
			good = put_projects_of(s, unit, i, rows);
	}
	return good;
}

/* ---------------------------------------------------------------- the tables */

const struct rule_table rule_tables[] = {
    {"place", "unit INTEGER, name TEXT, level TEXT, parent INTEGER", 4, 0, false, fill_place},
    {"below", "unit INTEGER, level TEXT, below INTEGER, name TEXT", 4, 2, false, fill_below},
    {"money",
     "unit INTEGER, source TEXT, special INTEGER, loan INTEGER, raised INTEGER, received INTEGER, "
     "granted INTEGER, spent INTEGER, sent_down INTEGER, returned INTEGER, reimbursed INTEGER, "
     "repaid INTEGER, put_in INTEGER, on_hand INTEGER, set_aside INTEGER, in_transit INTEGER, "
     "under_grant INTEGER",
     17, 1, false, fill_money},
    {"spending",
     "unit INTEGER, source TEXT, use TEXT, special INTEGER, permitted INTEGER, granted INTEGER, "
     "spent INTEGER, granted_first TEXT, spent_first TEXT",
     9, 1, false, fill_spending},
    {"kept", "unit INTEGER, source TEXT, special INTEGER, state TEXT, days INTEGER, amount INTEGER", 6, 1,
     true, fill_kept},
    {"figure", "unit INTEGER, indicator TEXT, value INTEGER, approved INTEGER", 4, 2, false, fill_figure},
    {"target", "unit INTEGER, measure TEXT, value INTEGER", 3, 2, false, fill_target},
    {"document",
     "unit INTEGER, document TEXT, owed INTEGER, sent INTEGER, late INTEGER, overdue INTEGER, due TEXT", 7, 2,
     true, fill_document},
    {"project",
     "unit INTEGER, owner INTEGER, project TEXT, name TEXT, kind TEXT, state TEXT, percent INTEGER, "
     "registered TEXT, noticed TEXT, started TEXT, finished TEXT, noticed_after TEXT, due TEXT, overdue "
     "INTEGER, "
     "budget INTEGER, granted INTEGER, claimed INTEGER, spent INTEGER",
     18, 1, true, fill_project},
};
const size_t rule_table_count = sizeof rule_tables / sizeof *rule_tables;

const struct rule_table *
rule_table_find(const char *name)
{
	for (size_t i = 0; i < rule_table_count; i++)
		if (!sqlite3_stricmp(name, rule_tables[i].name))
			return &rule_tables[i];
	return NULL;
}
