/* The catalogue: units, forms, indicators, fund sources and uses, and targets of one plan, in memory.
 * The centre fills it from its database, the client from the centre's answer, the plan loader from CSV
 * files; all three then call catalogue_finish(), which checks it and makes it searchable.
 *
 * An indicator belongs to one form and may stand in several of its versions. A form version lists its
 * fields in order: the values of a stored report are aligned with that order. */
#ifndef FUPIN_COMMON_CATALOGUE_H
#define FUPIN_COMMON_CATALOGUE_H

#include "base/arena.h"
#include "base/bounds.h"
#include "calendar.h"
#include "deadline.h"
#include "plan_rule.h"
#include "submission.h"
#include "unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum indicator_kind {
	INDICATOR_FLOW = 1,  /* this month's amount: adds up over months */
	INDICATOR_STOCK = 2, /* standing at the month's end: the latest counts */
};

/* Highest number of a form, indicator, source or use. */
enum { CATALOGUE_NUMBER_MAX = 9999 };

/* A unit that moves, merges or is renamed gets a new code from a month on: the old one's `last` is the month
 * before, its `successor` the new one. */
struct unit {
	unit_code code;
	enum unit_level level;
	const char *name, *basis;
	period first, last;  /* months that it exists in; 0: no limit */
	unit_code successor; /* 0: none */
	/* Filled in by catalogue_finish(). If a unit has exactly one forerunner, it is the same place under
	 * another code, and its stocks go on under the new code. If several units became one, their stocks end
	 * with them. */
	uint32_t root; /* index of the first unit of this place; its own if it has no single forerunner */
	uint32_t next; /* 1 + index of the unit that continues it; 0: none */
};

/* 片区, 重点县, 边境县: a unit's membership of a group that cuts across the hierarchy. */
struct unit_group {
	const char *code, *name, *basis;
	unit_code unit;
};

struct indicator {
	uint32_t number, form; /* form: its number */
	const char *code, *name_zh, *name_en, *measure_zh, *measure_en;
	const char *project, *notice; /* the project (T1…M7) and the section of the notice that it belongs to */
	int decimals;
	enum indicator_kind kind;
	/* For an indicator that is computed: it counts the units whose value of another indicator is at least a
	 * given number. 0: it is reported. */
	uint32_t counts;
	int64_t at_least;
};

struct form_field {
	uint32_t indicator; /* number */
	bool required;
	int64_t minimum, maximum; /* times 10^decimals */
	uint32_t part_of;         /* indicator number of the whole; 0: none */
	uint32_t base;            /* a stock that the year's sum of this flow may not exceed; 0: none */
	uint32_t step_after;      /* a 0/1 stock that must have stood at 1 in a month before; 0: none */
	/* Filled in by catalogue_finish(): */
	const struct indicator *definition;
	int whole; /* position of part_of; -1: none */
	bool step; /* it is part of a sequence of steps, which only goes forward */
};

struct form_version {
	uint32_t form, version;
	period first, last; /* reports of these periods use this version */
	size_t field_count;
	struct form_field *fields;
	bool looks_back; /* filled in: has rules that compare with other months of the unit */
};

struct form {
	uint32_t number;
	enum unit_level level;
	const char *code, *name_zh, *name_en;
};

/* A fund source or a use of funds. */
struct fund_term {
	uint32_t number;
	const char *code, *name_zh, *name_en, *notice;
	/* For sources: whether it is one of the four kinds of 财政专项扶贫资金; whether it is a loan, which is
	 * repaid (for uses: whether it subsidises loans); the permitted uses, by number (none: all). */
	bool special, loan;
	const char *uses; /* their codes, with spaces between; filled in from them by catalogue_finish(): */
	size_t permitted_count;
	uint32_t *permitted;
};

/* A target for an indicator, or for a kind of fund entry (special sources together). */
struct target {
	unit_code unit;
	int year;
	uint32_t indicator;  /* number; 0: it is for a fund kind */
	enum fund_kind fund; /* FUND_KIND_NONE: it is for an indicator */
	int64_t value;       /* times 10^decimals */
	const char *notice;
};

/* Which share of a year's target is expected by the end of each month, in 1/1000. */
struct profile {
	uint32_t indicator; /* number; 0: it is for a fund kind */
	enum fund_kind fund;
	uint16_t shares[12];
};

/* A soft check, which warns a reviewer and refuses nothing. */
enum soft_kind {
	SOFT_JUMP = 1,   /* differs from the month before by more than `bound` per cent of it */
	SOFT_NEEDS = 2,  /* is above 0 while `other` is 0 or not reported */
	SOFT_EXCEEDS = 3 /* is above the value of `other` a month before */
};

struct soft_check {
	uint32_t number, form;
	enum soft_kind kind;
	uint32_t indicator, other; /* numbers; 0: none */
	int64_t bound;
	const char *text_zh, *text_en, *notice;
};

/* What an item of the appraisal (绩效考评) compares. */
enum appraisal_kind {
	APPRAISE_TARGET = 1,   /* the value reached, with the year's target */
	APPRAISE_PACE = 2,     /* the same, with the part of the target that is expected by then */
	APPRAISE_SHARE = 3,    /* one indicator with another */
	APPRAISE_FUNDS = 4,    /* one kind of fund entry with another, special sources together */
	APPRAISE_ON_TIME = 5,  /* reports on time with reports due */
	APPRAISE_COMPLETE = 6, /* reports there with reports due */
	APPRAISE_APPROVED = 7, /* reports approved with reports there */
	APPRAISE_KINDS = 8,
};

struct appraisal_item {
	uint32_t number;
	const char *code, *name_zh, *name_en, *notice;
	enum appraisal_kind kind;
	uint32_t indicator, other; /* numbers; 0: none, or a fund kind */
	enum fund_kind fund, other_fund;
	bool approved;   /* approved figures, not submitted ones */
	uint32_t weight; /* per cent of the score; all of them together: 100 */
};

/* A document that every unit of a level owes once. */
struct document_kind {
	uint32_t number;
	enum unit_level level;
	const char *code, *name_zh, *name_en, *notice;
	date due_date; /* as the notice has it */
	int minute;    /* of that day: 0..1440 */
	int64_t due;   /* filled in by catalogue_finish(): the moment, on a working day; half-open */
};

/* A kind of project (三(一)–(六)). */
struct project_kind {
	uint32_t number;
	const char *code, *name_zh, *name_en, *notice;
	uint32_t use;      /* number of the use that its money is for */
	bool construction; /* it cannot start before the four systems are in place */
};

/* What an acceptance looks at. */
struct acceptance_item {
	uint32_t number; /* 1..ACCEPTANCE_ITEMS_MAX */
	const char *name_zh, *name_en;
	bool construction; /* of construction only */
};

struct catalogue {
	struct arena arena; /* owns all below */
	const char *plan, *title_zh, *title_en, *source;
	const char *label; /* shown with every table; "" if none (demonstration data) */
	date books_closed; /* no entry is booked for this day or an earlier one; 0: no day is closed */
	/* Projects are registered from this day on, and accepted until that one (四(三)); 0: no limit. */
	date projects_since, acceptance_due;
	size_t unit_count, form_count, version_count, indicator_count, source_count, use_count, target_count,
	    day_count, rule_count, profile_count, group_count, check_count, appraisal_count, document_kind_count,
	    project_kind_count, acceptance_item_count, plan_rule_count;
	struct unit *units;               /* by code */
	struct form *forms;               /* by number */
	struct form_version *versions;    /* by form, version */
	struct indicator *indicators;     /* by number */
	struct fund_term *sources, *uses; /* by number */
	struct target *targets;
	struct special_day *days;    /* by date */
	struct deadline_rule *rules; /* by form, event, first period */
	struct profile *profiles;
	struct unit_group *groups; /* by code, unit */
	struct soft_check *checks; /* by number */
	struct appraisal_item *appraisal;
	struct document_kind *document_kinds; /* by number */
	struct plan_rule *plan_rules;         /* by number */
	struct project_kind *project_kinds;   /* by number */
	struct acceptance_item *acceptance_items;
	/* Filled in by catalogue_finish(): the months of all form versions, and each form's deadlines in each. */
	int period_first, period_count; /* period_index() */
	bool looks_back;                /* some form has rules that compare with other months */
	struct deadlines *schedule;     /* form × month */
	/* Position of a number, -1: none. */
	int *form_at, *indicator_at;
	/* Hash table of units' codes, open addressing: code × 2^24 + 1 + the unit's index; 0: free. */
	uint64_t *unit_slots;
	unsigned unit_bits; /* of the number of slots */
};

enum { CATALOGUE_ERROR_BYTES = 256 };

/* Initialises an empty catalogue that may grow to `bytes_max`. */
void catalogue_init(struct catalogue *catalogue, size_t bytes_max);
void catalogue_free(struct catalogue *catalogue);

/* Sorts and checks all lists (numbers and codes unique, references known, limits sane, codes nested);
 * on failure says in `error` what is wrong. */
bool catalogue_finish(struct catalogue *catalogue, char error[CATALOGUE_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Do two finished catalogues give every stored report and entry the same meaning? Units, forms, indicators,
 * sources, uses and kinds of documents and projects are compared; targets and the label are not. */
bool catalogue_same(const struct catalogue *a, const struct catalogue *b);

/* Each returns NULL where there is none. */
/* The months that the forms of the plan cover; from > to: it has no form. */
void catalogue_periods(const struct catalogue *catalogue, period *from, period *to);
const struct unit *catalogue_unit(const struct catalogue *catalogue, unit_code code);
/* The index of the first unit whose code is not less. */
size_t catalogue_first_unit(const struct catalogue *catalogue, unit_code code);
/* The units of one level at or below a unit lie side by side: their codes have the same number of digits and
 * begin alike. Returns how many, *first is the index of the first. */
size_t catalogue_units_below(const struct catalogue *catalogue, unit_code unit, enum unit_level level,
                             size_t *first);
/* Does the unit exist in this month? */
bool unit_in_period(const struct unit *unit, period when);
/* The unit of the same place in this month, NULL: none. */
const struct unit *catalogue_unit_then(const struct catalogue *catalogue, const struct unit *unit,
                                       period when);
/* The members of a group, by its code as it is or by its key; *first is the first of them; 0: there is no
 * such group. */
size_t catalogue_group(const struct catalogue *catalogue, const char *code, const struct unit_group **first);
/* Is the unit a member of the group, or below one? */
bool unit_group_has(const struct unit_group *members, size_t count, unit_code unit);
/* "target", "on_time", …; NULL: no such kind. */
const char *appraisal_kind_name(enum appraisal_kind kind);
const struct soft_check *catalogue_check(const struct catalogue *catalogue, uint32_t number);
const struct form *catalogue_form(const struct catalogue *catalogue, uint32_t number);
const struct form *catalogue_form_by_code(const struct catalogue *catalogue, const char *code);
const struct form_version *catalogue_version(const struct catalogue *catalogue, uint32_t form,
                                             uint32_t version);
/* The version that reports of this period use. */
const struct form_version *catalogue_version_for(const struct catalogue *catalogue, uint32_t form,
                                                 period when);
/* The share of a year's target that is expected by the end of a month (1..12), in 1/PACE_WHOLE: the measure's
 * profile, or a twelfth a month. */
uint32_t catalogue_expected_share(const struct catalogue *catalogue, uint32_t indicator, enum fund_kind fund,
                                  int month);
/* By number; by code, Chinese or English name. */
const struct document_kind *catalogue_document(const struct catalogue *catalogue, uint32_t number);
const struct document_kind *catalogue_document_by_name(const struct catalogue *catalogue, const char *name);
const struct project_kind *catalogue_project_kind(const struct catalogue *catalogue, uint32_t number);
const struct project_kind *catalogue_project_kind_by_name(const struct catalogue *catalogue,
                                                          const char *name);
/* Index of the last unit of a unit's place: follows successors, also where units were merged. */
size_t catalogue_last_of_place(const struct catalogue *catalogue, size_t unit);
/* Deadlines of a form for a period, without exceptions; all 0 where the plan has no rule. Never NULL. */
const struct deadlines *catalogue_deadlines(const struct catalogue *catalogue, uint32_t form, period when);
/* By number; by code, Chinese or English name. */
const struct plan_rule *catalogue_plan_rule(const struct catalogue *catalogue, uint32_t number);
const struct plan_rule *catalogue_plan_rule_by_name(const struct catalogue *catalogue, const char *name);
const struct indicator *catalogue_indicator(const struct catalogue *catalogue, uint32_t number);
/* By code, Chinese or English name. */
const struct indicator *catalogue_indicator_by_name(const struct catalogue *catalogue, const char *name);
const struct fund_term *fund_term_by_number(const struct fund_term *terms, size_t count, uint32_t number);
bool fund_source_permits(const struct fund_term *source, uint32_t use);
const struct fund_term *fund_term_by_name(const struct fund_term *terms, size_t count, const char *name);
/* Do both indicators give a stored value the same meaning? (number, code, form, decimals, flow or stock) */
bool indicator_same(const struct indicator *a, const struct indicator *b);
/* Do both versions have the same periods, the same indicators in the same order, and the same rules? */
bool form_version_same(const struct form_version *a, const struct form_version *b);
/* Position of an indicator in a form version, -1: not in it. `guess`: the position to try first, as most
 * reports keep the form's order. */
int form_version_position(const struct form_version *version, uint32_t indicator, size_t guess);

#endif
