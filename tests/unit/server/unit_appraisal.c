/* Points of the appraisal: both sides of every edge, halves, and the ends of 64 bits; what each kind of item
 * compares; and the counts of what is owed that it builds on. tests/system/plan/test_appraisal.py has it
 * against plain SQL. */
#include "case.h"
#include "plan.h"

#include "field/deadline.h"
#include "query/appraisal.h"
#include "query/completeness.h"

#include <string.h>

enum { ARENA_BYTES = 1024 * 1024 };

static void
test_points(void **state)
{
	static const struct {
		uint32_t weight;
		int64_t numerator, denominator;
		uint32_t points;
	} cases[] = {
	    {30, 0, 100, 0},
	    {30, 50, 100, 1500},
	    {30, 100, 100, 3000},
	    {30, 101, 100, 3000},
	    {30, 1, 0, 0},
	    {30, 0, 0, 0},
	    {30, -1, 100, 0},
	    {30, 5, -1, 0},
	    {1, 1, 200, 1},
	    {1, 1, 201, 0},
	    {1, 199, 200, 100},
	    {1, 398, 400, 100},
	    {1, 397, 400, 99},
	    {10, 1, 3, 333},
	    {10, 2, 3, 667},
	    {100, 99999, 100000, 10000},
	    {100, INT64_MAX - 1, INT64_MAX, 10000},
	    {100, 1, INT64_MAX, 0},
	    {100, INT64_MAX / 2, INT64_MAX, 5000},
	    {100, INT64_MAX, 1, 10000},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t points = appraisal_points(cases[i].weight, cases[i].numerator, cases[i].denominator);
		EXPECT(points == cases[i].points, "row %zu: %u", i, points);
	}
}

/* ---------------------------------------------------------------- what items compare */

/* Two counties of one prefecture: COUNTY has sent January in time, February late and not March; the other one
 * nothing. Now it is after March was due, and before April is. */
static const struct deadline_rule rules[] = {
    {FORM_COUNTY, DEADLINE_DUE, 201301, 201304, 1, 5, MINUTES_PER_DAY, ""},
};

static const struct appraisal_item items[] = {
    {1, "target", "", "", "", APPRAISE_TARGET, STAFF, 0, 0, 0, false, 10},
    {2, "approved", "", "", "", APPRAISE_TARGET, STAFF, 0, 0, 0, true, 10},
    {3, "money", "", "", "", APPRAISE_TARGET, 0, 0, FUND_RAISED, 0, false, 10},
    {4, "pace", "", "", "", APPRAISE_PACE, 0, 0, FUND_RAISED, 0, false, 10},
    {5, "share", "", "", "", APPRAISE_SHARE, BALANCE, STAFF, 0, 0, false, 10},
    {6, "spent", "", "", "", APPRAISE_FUNDS, 0, 0, FUND_SPENT, FUND_RAISED, false, 10},
    {7, "sent", "", "", "", APPRAISE_FUNDS, 0, 0, FUND_SENT_DOWN, FUND_RECEIVED, false, 10},
    {8, "on_time", "", "", "", APPRAISE_ON_TIME, 0, 0, 0, 0, false, 10},
    {9, "complete", "", "", "", APPRAISE_COMPLETE, 0, 0, 0, 0, false, 10},
    {10, "passed", "", "", "", APPRAISE_APPROVED, 0, 0, 0, 0, false, 10},
};

static const struct target set_targets[] = {
    {COUNTY, 2013, STAFF, FUND_KIND_NONE, 40, ""},
    {COUNTY, 2014, STAFF, FUND_KIND_NONE, 1, ""}, /* another year's */
    {COUNTY, 2013, 0, FUND_RAISED, 1200, ""},
};

/* As it comes out, COUNTY and the one that is silent. */
static const struct {
	int64_t numerator, denominator;
} expected[][2] = {
    {{8, 40}, {0, 0}},    {{6, 40}, {0, 0}},  {{900, 1200}, {0, 0}}, {{900, 300}, {0, 0}}, {{3, 8}, {0, 0}},
    {{450, 900}, {0, 0}}, {{70, 30}, {0, 0}}, {{1, 3}, {0, 3}},      {{2, 3}, {0, 3}},     {{1, 2}, {0, 0}},
};

static struct holdings holdings;

static int64_t
moment(const char *text)
{
	int64_t at;
	assert_true(deadline_parse(text, &at));
	return at * 1000000;
}

static void
send(period when, int64_t staff, int64_t balance, const char *at)
{
	static const uint32_t indicators[] = {STAFF, BALANCE};
	const int64_t values[] = {staff, balance};
	const struct report r = {COUNTY, when, FORM_COUNTY, 1, 0, 2, indicators, values, 0};
	assert_true(holdings_take_report(&holdings, &r, 1, 1, moment(at)));
}

static void
book(enum fund_kind kind, unit_code unit, uint32_t source, int64_t fen, const char *voucher)
{
	const struct fund_entry e = {kind, unit, voucher, 20130201, source, 0, 0, fen, "", "", "", ""};
	assert_true(totals_add_entry(holdings.totals, &e, (struct fund_effect){kind, 0}, 1));
}

static int
make(void **state)
{
	char error[CATALOGUE_ERROR_BYTES] = "";
	(void)state;
	catalogue_init(&plan, ARENA_BYTES);
	plan_fill(&plan);
	plan_put_rules(&plan, rules, COUNT(rules));
	plan.appraisal = arena_array(&plan.arena, COUNT(items), sizeof *items);
	plan.targets = arena_array(&plan.arena, COUNT(set_targets), sizeof *set_targets);
	assert_true(plan.appraisal && plan.targets);
	memcpy(plan.appraisal, items, sizeof items);
	memcpy(plan.targets, set_targets, sizeof set_targets);
	plan.appraisal_count = COUNT(items);
	plan.target_count = COUNT(set_targets);
	bool good = catalogue_finish(&plan, error) && holdings_create(&plan, &holdings);
	EXPECT(good, "%s", error);
	send(201301, 6, 1, "2013-02-05 12:00");
	send(201302, 8, 2, "2013-03-08 12:00");
	const struct review pass = {COUNTY, 201301, FORM_COUNTY, 1, 0, DECISION_PASS, 0, ""};
	assert_true(holdings_take_review(&holdings, &pass, 1));
	book(FUND_RAISED, COUNTY, SOURCE_CENTRAL, 500, "a");
	book(FUND_RAISED, COUNTY, SOURCE_PROVINCE, 400, "b");
	book(FUND_RAISED, COUNTY, SOURCE_SOCIAL, 9000, "c"); /* no special source */
	book(FUND_SPENT, COUNTY, SOURCE_CENTRAL, 450, "d");
	book(FUND_SENT_DOWN, COUNTY, SOURCE_CENTRAL, 70, "e");
	book(FUND_RECEIVED, COUNTY, SOURCE_CENTRAL, 30, "f");
	book(FUND_RECEIVED, PREFECTURE, SOURCE_CENTRAL, 5000, "g");
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	holdings_destroy(&holdings);
	catalogue_free(&plan);
	return 0;
}

static void
test_items(void **state)
{
	const struct appraisal_query query = {.unit = PREFECTURE, .to = 201303, .by = UNIT_COUNTY, .whole = true};
	struct appraisal_answer answer = {0};
	struct problem_list problems = {0};
	struct arena arena;
	(void)state;
	arena_init(&arena, ARENA_BYTES);
	assert_true(appraisal_answer(&holdings, &query, moment("2013-04-20 12:00"), &arena, &answer, &problems));
	assert_true(answer.count == 3 && answer.rows[0].unit == COUNTY && answer.rows[2].unit == PREFECTURE);
	for (size_t row = 0; row < 2; row++) {
		uint32_t points = 0, weight = 0;
		for (size_t i = 0; i < COUNT(items); i++) {
			const struct appraisal_part *part = &answer.rows[row].parts[i];
			EXPECT(part->item == i + 1 && part->numerator == expected[i][row].numerator &&
			           part->denominator == expected[i][row].denominator,
			       "row %zu item %zu: %d of %d", row, i, (int)part->numerator, (int)part->denominator);
			EXPECT(part->points == appraisal_points(10, part->numerator, part->denominator),
			       "row %zu item %zu", row, i);
			points += part->points;
			weight += part->denominator > 0 ? 10 : 0;
		}
		EXPECT(answer.rows[row].weight == weight &&
		           answer.rows[row].score == (points * 200 + weight) / (2 * weight),
		       "row %zu: %u of %u", row, answer.rows[row].score, answer.rows[row].weight);
	}
	/* Money that is recorded at each level counts once in the prefecture: as counties recorded it. */
	assert_true(answer.rows[2].parts[6].denominator == 30 && answer.rows[2].parts[6].numerator == 70);
	arena_free(&arena);
}

static void
test_refused(void **state)
{
	static const struct {
		unit_code unit;
		period to;
		size_t bytes;
		enum problem_code code;
	} rows[] = {{220899, 201303, ARENA_BYTES, PROBLEM_UNIT_UNKNOWN},
	            {COUNTY, 201313, ARENA_BYTES, PROBLEM_PERIOD_INVALID},
	            {COUNTY, 201303, 100, PROBLEM_TOO_LARGE}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct appraisal_query query = {.unit = rows[i].unit, .to = rows[i].to};
		struct appraisal_answer answer = {0};
		struct problem_list problems = {0};
		struct arena arena;
		arena_init(&arena, rows[i].bytes);
		EXPECT(!appraisal_answer(&holdings, &query, 0, &arena, &answer, &problems) &&
		           problems.items[0].code == rows[i].code,
		       "row %zu: %d", i, (int)problems.items[0].code);
		arena_free(&arena);
	}
}

/* ---------------------------------------------------------------- what is owed */

/* What is missing longest comes first, then what came latest; so many as were asked for. */
static void
test_owed(void **state)
{
	static const struct {
		unit_code unit;
		period when;
		bool came;
	} duties[] = {{220881, 201301, false},
	              {220881, 201302, false},
	              {COUNTY, 201303, false},
	              {220881, 201303, false},
	              {COUNTY, 201302, true}};
	(void)state;
	for (uint32_t limit = 0; limit <= COUNT(duties); limit++) {
		const struct completeness_query query = {.unit = PREFECTURE,
		                                         .from = 201301,
		                                         .to = 201304,
		                                         .by = UNIT_COUNTY,
		                                         .missing = true,
		                                         .late = true,
		                                         .whole = true,
		                                         .limit = limit};
		struct completeness_answer a = {0};
		struct problem_list problems = {0};
		struct arena arena;
		size_t listed = limit ? limit : COUNT(duties);
		arena_init(&arena, ARENA_BYTES);
		assert_true(
		    completeness_answer(&holdings, &query, moment("2013-04-20 12:00"), &arena, &a, &problems));
		EXPECT(a.row_count == 3 && a.duty_count == listed && a.more == COUNT(duties) - listed,
		       "limit %u: %zu", limit, a.duty_count);
		for (size_t i = 0; i < listed; i++)
			EXPECT(a.duties[i].key.unit == duties[i].unit && a.duties[i].key.period == duties[i].when &&
			           !a.duties[i].first_time == !duties[i].came,
			       "limit %u duty %zu: %d", limit, i, a.duties[i].key.period);
		const struct completeness_row *own = &a.rows[0], *whole = &a.rows[2];
		EXPECT(own->unit == COUNTY && own->due == 3 && own->received == 2 && own->on_time == 1 &&
		           own->missing == 1 && own->approved == 1 && own->open == 1 && !own->open_received &&
		           !own->returned,
		       "limit %u", limit);
		int64_t late = (moment("2013-03-08 12:00") - moment("2013-03-05")) / 1000000;
		EXPECT(own->late_seconds == late && own->late_most == late, "limit %u: %d", limit,
		       (int)own->late_seconds);
		EXPECT(whole->unit == PREFECTURE && whole->due == 6 && whole->received == 2 && whole->missing == 4 &&
		           whole->open == 2 && whole->late_most == late,
		       "limit %u", limit);
		arena_free(&arena);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_points),
	    cmocka_unit_test_setup_teardown(test_items, make, unmake),
	    cmocka_unit_test_setup_teardown(test_refused, make, unmake),
	    cmocka_unit_test_setup_teardown(test_owed, make, unmake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
