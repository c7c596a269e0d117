/* Rules over months, by tables: what stands, what a submission changes, and what is said of it. Soft checks.
 */
#include "case.h"
#include "plan.h"

#include "query/soft_checks.h"
#include "submission/report_rules.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 4 * 1024 * 1024, MONTHS_MAX = 4 };

enum { STEP_ONE = 11, STEP_TWO = 12, STEP_THREE = 13, LIFTED = 14, BASE = 15 };

#define STOCK(number, code)                                                                                  \
	{                                                                                                        \
		(number), FORM_VILLAGE, (code), (code), (code), "", "", "", "", 0, INDICATOR_STOCK                   \
	}

static int
make_plan(void **state)
{
	static const struct indicator indicators[] = {
	    STOCK(STEP_ONE, "one"),
	    STOCK(STEP_TWO, "two"),
	    STOCK(STEP_THREE, "three"),
	    {LIFTED, FORM_VILLAGE, "lifted", "lifted", "lifted", "", "", "", "", 0, INDICATOR_FLOW},
	    STOCK(BASE, "base")};
	static const struct form_field fields[] = {
	    {.indicator = STEP_ONE, .maximum = 1},
	    {.indicator = STEP_TWO, .maximum = 1, .step_after = STEP_ONE},
	    {.indicator = STEP_THREE, .maximum = 1, .step_after = STEP_TWO},
	    {.indicator = LIFTED, .maximum = 1000000, .base = BASE},
	    {.indicator = BASE, .maximum = 1000000},
	};
	static const struct soft_check checks[] = {
	    {1, FORM_VILLAGE, SOFT_JUMP, LIFTED, 0, 50, "跳", "jump", ""},
	    {2, FORM_VILLAGE, SOFT_NEEDS, LIFTED, STEP_ONE, 0, "需", "needs", ""},
	    {3, FORM_VILLAGE, SOFT_EXCEEDS, LIFTED, BASE, 0, "超", "exceeds", ""},
	};
	char error[CATALOGUE_ERROR_BYTES] = "";
	(void)state;
	catalogue_init(&plan, ARENA_BYTES);
	plan_fill(&plan);
	plan.indicators = memcpy(arena_alloc(&plan.arena, sizeof indicators), indicators, sizeof indicators);
	plan.indicator_count = COUNT(indicators);
	plan.target_count = 0;
	plan.version_count = 1;
	plan.versions[0] =
	    (struct form_version){.form = FORM_VILLAGE, .version = 1, .first = 201301, .last = 201412};
	plan.versions[0].fields = memcpy(arena_alloc(&plan.arena, sizeof fields), fields, sizeof fields);
	plan.versions[0].field_count = COUNT(fields);
	plan.checks = memcpy(arena_alloc(&plan.arena, sizeof checks), checks, sizeof checks);
	plan.check_count = COUNT(checks);
	EXPECT(catalogue_finish(&plan, error), "%s", error);
	return 0;
}

/* One month: -1 is "not reported". */
struct month {
	period when; /* 0: none */
	int64_t one, two, three, lifted, base;
};

struct room {
	uint32_t indicators[5];
	int64_t values[5];
};

static struct report
report_of(const struct month *m, struct room *room)
{
	const int64_t given[] = {m->one, m->two, m->three, m->lifted, m->base};
	struct report r = {.unit = VILLAGE, .period = m->when, .form = FORM_VILLAGE, .form_version = 1};
	r.place = (uint32_t)(catalogue_unit(&plan, VILLAGE) - plan.units) + 1;
	for (uint32_t i = 0; i < COUNT(given); i++)
		if (given[i] >= 0) {
			room->indicators[r.value_count] = STEP_ONE + i;
			room->values[r.value_count++] = given[i];
		}
	r.indicators = room->indicators;
	r.values = room->values;
	return r;
}

static void
record(struct holdings *h, const struct month *months)
{
	struct room room;
	for (size_t i = 0; i < MONTHS_MAX && months[i].when; i++) {
		struct report r = report_of(&months[i], &room);
		assert_true(totals_add_report(h->totals, &r, 1, i + 1, 0));
	}
}

static void
test_rules(void **state)
{
	static const struct {
		struct month recorded[MONTHS_MAX], sent[MONTHS_MAX];
		enum problem_code code; /* of the only problem; 0: none */
		uint32_t row;
		const char *column;
		int64_t actual, limit;
	} cases[] = {
	    /* steps, one month after the other */
	    {{{0}}, {{201301, 1, 0, 0, 0, -1}}, 0},
	    {{{0}}, {{201301, 1, 1, 0, 0, -1}}, PROBLEM_STEP_SKIPPED, 0, "two"},
	    {{{0}}, {{201301, -1, -1, -1, 0, -1}}, 0},
	    {{{201301, 1, 0, 0, 0, -1}}, {{201302, 1, 1, 0, 0, -1}}, 0},
	    {{{201301, 1, 0, 0, 0, -1}}, {{201307, 1, 1, 0, 0, -1}}, 0}, /* months between were not reported */
	    {{{201301, 1, 1, 0, 0, -1}}, {{201302, 1, 1, 1, 0, -1}}, 0},
	    {{{201301, 1, 0, 0, 0, -1}}, {{201302, 1, 1, 1, 0, -1}}, PROBLEM_STEP_SKIPPED, 0, "three"},
	    {{{201302, 1, 0, 0, 0, -1}}, {{201301, 0, 0, 0, 0, -1}}, 0},
	    {{{201301, 1, 0, 0, 0, -1}}, {{201302, 0, 0, 0, 0, -1}}, PROBLEM_STEP_BACK, 0, "one", 0, 201301},
	    {{{201301, 1, 0, 0, 0, -1}}, {{201302, -1, 0, 0, 0, -1}}, PROBLEM_STEP_BACK, 0, "one", 0, 201301},
	    /* a correction that a later month does not fit any more is blamed itself */
	    {{{201301, 1, 0, 0, 0, -1}, {201302, 1, 1, 0, 0, -1}},
	     {{201301, 0, 0, 0, 0, -1}},
	     PROBLEM_STEP_SKIPPED,
	     0,
	     "two"},
	    {{{201301, 1, 0, 0, 0, -1}, {201302, 1, 0, 0, 0, -1}}, {{201301, 0, 0, 0, 0, -1}}, 0},
	    /* both months mended together; in any order */
	    {{{201301, 1, 0, 0, 0, -1}, {201302, 1, 1, 0, 0, -1}},
	     {{201302, 1, 0, 0, 0, -1}, {201301, 0, 0, 0, 0, -1}},
	     0},
	    {{{0}}, {{201303, 1, 1, 1, 0, -1}, {201301, 1, 0, 0, 0, -1}, {201302, 1, 1, 0, 0, -1}}, 0},
	    {{{0}}, {{201303, 1, 1, 1, 0, -1}, {201301, 1, 0, 0, 0, -1}}, PROBLEM_STEP_SKIPPED, 0, "three"},
	    /* what was recorded wrongly long ago is nobody's fault who reports another month */
	    {{{201301, 1, 1, 1, 0, -1}}, {{201302, 1, 1, 1, 0, -1}}, 0},
	    /* the base: both sides */
	    {{{0}}, {{201301, 1, 0, 0, 10, 10}}, 0},
	    {{{0}}, {{201301, 1, 0, 0, 11, 10}}, PROBLEM_BASE_EXCEEDED, 0, "lifted", 11, 10},
	    {{{0}}, {{201301, 1, 0, 0, 999999, -1}}, 0}, /* without a base there is no limit */
	    {{{201301, 1, 0, 0, 6, 10}}, {{201302, 1, 0, 0, 4, -1}}, 0},
	    {{{201301, 1, 0, 0, 6, 10}}, {{201302, 1, 0, 0, 5, -1}}, PROBLEM_BASE_EXCEEDED, 0, "lifted", 11, 10},
	    {{{201301, 1, 0, 0, 6, 10}}, {{201302, 1, 0, 0, 5, 11}}, 0}, /* it grew */
	    {{{201301, 1, 0, 0, 6, 10}, {201303, 1, 0, 0, 4, -1}},
	     {{201302, 1, 0, 0, 1, -1}},
	     PROBLEM_BASE_EXCEEDED,
	     0,
	     "lifted",
	     11,
	     10},
	    {{{201301, 1, 0, 0, 6, 10}},
	     {{201302, 1, 0, 0, 0, 5}},
	     PROBLEM_BASE_EXCEEDED,
	     0,
	     "lifted",
	     6,
	     5},                                                                                   /* it shrank */
	    {{{201301, 1, 0, 0, 6, 10}}, {{201301, 1, 0, 0, 2, 10}, {201302, 1, 0, 0, 8, 10}}, 0}, /* corrected */
	    {{{201301, 1, 0, 0, 6, 10}},
	     {{201302, 1, 0, 0, 1, -1}, {201303, 1, 0, 0, 4, -1}},
	     PROBLEM_BASE_EXCEEDED,
	     1,
	     "lifted",
	     11,
	     10},
	    /* another year begins at nothing, and its base still stands */
	    {{{201312, 1, 0, 0, 10, 10}}, {{201401, 1, 0, 0, 10, -1}}, 0},
	    {{{201312, 1, 0, 0, 10, 10}},
	     {{201401, 1, 0, 0, 11, -1}},
	     PROBLEM_BASE_EXCEEDED,
	     0,
	     "lifted",
	     11,
	     10},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct holdings h;
		struct room rooms[MONTHS_MAX];
		struct report reports[MONTHS_MAX];
		struct submission s = {.reports = reports};
		struct problem_list problems = {0};
		assert_true(holdings_create(&plan, &h));
		record(&h, cases[i].recorded);
		while (s.report_count < MONTHS_MAX && cases[i].sent[s.report_count].when) {
			reports[s.report_count] = report_of(&cases[i].sent[s.report_count], &rooms[s.report_count]);
			s.report_count++;
		}
		report_rules_mark(&plan, &s);
		size_t leads = 0;
		for (size_t r = 0; r < s.report_count; r++)
			leads += reports[r].leads && reports[r].family == VILLAGE;
		EXPECT(leads == 1, "row %zu: %zu first reports", i, leads);
		assert_true(report_rules_check(&h, &s, &problems));
		const struct problem *p = &problems.items[0];
		EXPECT(problems.count == (cases[i].code != 0), "row %zu: %zu problems, the first is %s", i,
		       problems.count, problem_name(p->code));
		EXPECT(!cases[i].code || (p->code == cases[i].code && p->index == cases[i].row &&
		                          !strcmp(p->column, cases[i].column) && p->actual == cases[i].actual &&
		                          p->limit == cases[i].limit),
		       "row %zu: %s of row %u, %s: %lld, %lld", i, problem_name(p->code), p->index, p->column,
		       (long long)p->actual, (long long)p->limit);
		holdings_destroy(&h);
	}
}

static void
test_soft_checks(void **state)
{
	static const struct {
		struct month recorded[MONTHS_MAX];
		int count; /* of what is found in the last one */
		struct warning found[2];
	} cases[] = {
	    {{{201301, 1, 0, 0, 10, -1}}, 0},
	    {{{201301, 1, 0, 0, 10, -1}, {201302, 1, 0, 0, 15, -1}}, 0},
	    {{{201301, 1, 0, 0, 10, -1}, {201302, 1, 0, 0, 16, -1}}, 1, {{1, 16, 10}}},
	    {{{201301, 1, 0, 0, 10, -1}, {201302, 1, 0, 0, 5, -1}}, 0},
	    {{{201301, 1, 0, 0, 10, -1}, {201302, 1, 0, 0, 4, -1}}, 1, {{1, 4, 10}}},
	    {{{201301, 1, 0, 0, 0, -1}, {201302, 1, 0, 0, 4, -1}}, 0},    /* from nothing: no measure */
	    {{{201301, 1, 0, 0, 10, -1}, {201303, 1, 0, 0, 400, -1}}, 0}, /* the month before is missing */
	    {{{201301, 0, 0, 0, 1, -1}}, 1, {{2, 1, 0}}},
	    {{{201301, -1, 0, 0, 1, -1}}, 1, {{2, 1, 0}}},
	    {{{201301, 0, 0, 0, 0, -1}}, 0},
	    {{{201301, 1, 0, 0, 10, 10}, {201303, 1, 0, 0, 10, 3}}, 0}, /* what stood before counts */
	    {{{201301, 1, 0, 0, 10, 10}, {201303, 1, 0, 0, 11, 99}}, 1, {{3, 11, 10}}},
	    {{{201301, 1, 0, 0, 5, 9}, {201302, 0, 0, 0, 10, -1}}, 2, {{1, 10, 5}, {2, 10, 0}}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct holdings h;
		struct arena arena;
		struct warning *found;
		size_t count, last = 0;
		arena_init(&arena, ARENA_BYTES);
		assert_true(holdings_create(&plan, &h));
		record(&h, cases[i].recorded);
		while (last + 1 < MONTHS_MAX && cases[i].recorded[last + 1].when)
			last++;
		assert_true(soft_checks_find(
		    totals_leaves(h.totals), (size_t)(catalogue_unit(&plan, VILLAGE) - plan.units),
		    (size_t)plan.form_at[FORM_VILLAGE],
		    period_index(cases[i].recorded[last].when) - plan.period_first, &arena, &found, &count));
		size_t expected = (size_t)cases[i].count < 2 ? (size_t)cases[i].count : 2;
		EXPECT(count >= expected && (cases[i].count >= 2 || count == expected), "row %zu: %zu found", i,
		       count);
		for (size_t w = 0; w < expected; w++)
			EXPECT(found[w].check == cases[i].found[w].check && found[w].actual == cases[i].found[w].actual &&
			           found[w].limit == cases[i].found[w].limit,
			       "row %zu: check %u, %lld, %lld", i, found[w].check, (long long)found[w].actual,
			       (long long)found[w].limit);
		holdings_destroy(&h);
		arena_free(&arena);
	}
}

/* Silence is no state that anybody asks for. */
static void
test_states(void **state)
{
	enum rule_state parsed;
	(void)state;
	for (int i = 0; i < RULE_STATES; i++) {
		bool is_asked = i != RULE_SILENT;
		assert_int_equal(rule_state_parse(rule_state_name((enum rule_state)i), &parsed), is_asked);
		assert_true(!is_asked || (int)parsed == i);
		assert_int_equal(rule_state_parse(rule_state_name_zh((enum rule_state)i), &parsed), is_asked);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rules), cmocka_unit_test(test_soft_checks), cmocka_unit_test(test_states)};
	return cmocka_run_group_tests(tests, make_plan, plan_teardown);
}
