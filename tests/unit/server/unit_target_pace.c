/* What a target's measure had reached, month by month, and how its pace is told: of money by its own months
 * and kinds, of a flow and of a stock by reports. */
#include "case.h"
#include "plan.h"

#include "totals/totals.h"

#include <string.h>

static struct totals *totals;

static int
make(void **state)
{
	(void)state;
	plan_make(&plan);
	totals = totals_create(&plan);
	return totals ? 0 : -1;
}

static int
unmake(void **state)
{
	(void)state;
	totals_destroy(&totals);
	catalogue_free(&plan);
	return 0;
}

static void
book(enum fund_kind kind, unit_code unit, uint32_t source, date occurred, int64_t fen)
{
	const struct fund_entry e = {kind, unit, "v", occurred, source, 0, 0, fen, "", "", "", ""};
	assert_true(totals_add_entry(totals, &e, (struct fund_effect){kind, 0}, 1));
}

static void
report(unit_code unit, uint32_t indicator, period when, int64_t value)
{
	uint32_t version = when > 201306 ? 2 : 1;
	const struct report r = {unit, when, FORM_VILLAGE, version, 0, 1, &indicator, &value, 0};
	assert_true(totals_add_report(totals, &r, 1, 1, 0));
}

/* What is told of the target at the end of each month. `reached`: by month, 0 before January. */
static void
expect_course(const struct set_target *target, const int64_t reached[13], int first, bool stock)
{
	for (int m = 1; m <= 12; m++) {
		struct target_value v = totals_target_value(totals, target, TIME_MAX, 201300 + m);
		struct course course = {.first = first && first < m ? first : stock ? m : 0, .last = m};
		memcpy(course.by_end, reached, (size_t)(m + 1) * sizeof *reached);
		struct pace pace = pace_of(target->value, &course, (uint32_t)m * PACE_WHOLE / 12, stock);
		EXPECT(v.pace_period == 201300 + m && v.reached == reached[m], "month %d: %d", m, (int)v.reached);
		EXPECT((int)v.expected_share == (m * 1000 + 6) / 12, "month %d: %u", m, v.expected_share);
		EXPECT(v.pace.expected == pace.expected && v.pace.forecast == pace.forecast &&
		           v.pace.method == pace.method && v.pace.trend == pace.trend &&
		           v.pace.trend_months == pace.trend_months,
		       "month %d: expected %d, forecast %d", m, (int)v.pace.expected, (int)v.pace.forecast);
		EXPECT(v.value == target->value && v.year == 2013 && v.revision == 3, "month %d", m);
	}
}

/* Special sources of its kind, of the year alone, of the unit and all below it. */
static void
test_money(void **state)
{
	static const int64_t reached[13] = {0, 100, 100, 300, 300, 300, 300, 370, 370, 370, 370, 370, 770};
	const struct set_target target = {
	    .unit = PREFECTURE, .year = 2013, .measure = {0, FUND_RAISED}, .value = 1200, .revision = 3};
	(void)state;
	book(FUND_RAISED, COUNTY, SOURCE_CENTRAL, 20121231, 9000); /* the year before */
	book(FUND_RAISED, COUNTY, SOURCE_CENTRAL, 20130101, 100);
	book(FUND_RAISED, 220881, SOURCE_PROVINCE, 20130331, 200);
	book(FUND_RAISED, COUNTY, SOURCE_SOCIAL, 20130331, 5000); /* not a special source */
	book(FUND_SENT_DOWN, COUNTY, SOURCE_CENTRAL, 20130401, 6000);
	book(FUND_RAISED, 222401, SOURCE_CENTRAL, 20130501, 7000); /* another prefecture */
	book(FUND_RAISED, PREFECTURE, SOURCE_CENTRAL, 20130701, 70);
	book(FUND_RAISED, COUNTY, SOURCE_CENTRAL, 20131231, 400);
	book(FUND_RAISED, COUNTY, SOURCE_CENTRAL, 20140101, 8000); /* the year after */
	expect_course(&target, reached, 0, false);
}

static void
test_flow(void **state)
{
	static const int64_t reached[13] = {0, 0, 30, 30, 35, 35, 35, 35, 35, 35, 35, 135, 135};
	const struct set_target target = {
	    .unit = COUNTY, .year = 2013, .measure = {SUBSIDY}, .value = 600, .revision = 3};
	(void)state;
	report(VILLAGE, SUBSIDY, 201302, 30);
	report(VILLAGE_OTHER, SUBSIDY, 201304, 5);
	report(220881101201, SUBSIDY, 201305, 1000); /* another county's */
	report(VILLAGE, SUBSIDY, 201311, 100);
	expect_course(&target, reached, 0, false);
}

/* A stock stands until something else is said; its trend begins where it is first known. */
static void
test_stock(void **state)
{
	static const int64_t reached[13] = {0, 0, 0, 40, 40, 47, 47, 47, 47, 47, 60, 60, 60};
	const struct set_target target = {
	    .unit = PROVINCE, .year = 2013, .measure = {HOUSEHOLDS}, .value = 100, .revision = 3};
	(void)state;
	report(VILLAGE, HOUSEHOLDS, 201303, 40);
	report(VILLAGE_OTHER, HOUSEHOLDS, 201305, 7);
	report(VILLAGE, HOUSEHOLDS, 201310, 53);
	expect_course(&target, reached, 3, true);
}

/* Without a month that is due there is nothing to measure by; nor for money below the counties. */
static void
test_none(void **state)
{
	const struct set_target early = {.unit = COUNTY, .year = 2013, .measure = {SUBSIDY}, .value = 600};
	const struct set_target below = {.unit = TOWNSHIP, .year = 2013, .measure = {0, FUND_RAISED}, .value = 6};
	(void)state;
	struct target_value v = totals_target_value(totals, &early, 0, 201312);
	assert_true(!v.pace_period && !v.reached && !v.pace.expected && v.value == 600);
	v = totals_target_value(totals, &early, TIME_MAX, 201212);
	assert_int_equal(v.pace_period, 0);
	v = totals_target_value(totals, &below, TIME_MAX, 201312);
	assert_true(!v.pace_period && v.value == 6);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	static const struct CMUnitTest tests[] = {TEST(test_money), TEST(test_flow), TEST(test_stock),
	                                          TEST(test_none)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
