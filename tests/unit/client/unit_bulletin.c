/* The bulletin's choices: who is late, worst first, and no more than fit; the largest changes. */
#include "case.h"

#include "commands/bulletin.h"

enum { PEOPLE = 1, COUNTIES = 14 };

static void
test_late(void **state)
{
	struct completeness_row month[COUNTIES], year[COUNTIES];
	struct bulletin b = {.county_count = COUNTIES, .counties = month, .counties_year = year};
	struct late_office late[BULLETIN_LATE];
	(void)state;
	for (uint32_t i = 0; i < COUNTIES; i++) {
		month[i] =
		    (struct completeness_row){.unit = 220100 + i, .received = 9, .on_time = 9, .missing = i % 2};
		year[i] = (struct completeness_row){.unit = 220100 + i, .missing = i};
	}
	month[0].on_time = 7; /* owes nothing, but came late with two */
	month[3].missing = 9; /* a tie in the year is decided by the month, then by lateness, then by the code */
	year[3].missing = year[4].missing = year[5].missing = year[6].missing = 20;
	month[5].missing = month[4].missing = month[6].missing = 0;
	month[5].on_time = 8;
	assert_int_equal(bulletin_late(&b, late), COUNTIES);
	static const unit_code expected[BULLETIN_LATE] = {220103, 220105, 220104, 220106, 220113,
	                                                  220112, 220111, 220110, 220109, 220108};
	for (size_t i = 0; i < BULLETIN_LATE; i++)
		EXPECT(late[i].unit == expected[i], "place %zu: %lld", i, (long long)late[i].unit);
	assert_int_equal(late[0].missing_month, 9);
	b.county_count = 1;
	assert_int_equal(bulletin_late(&b, late), 1);
	assert_int_equal(late[0].late_month, 2);
	month[0].on_time = 9;
	assert_int_equal(bulletin_late(&b, late), 0);
}

static void
test_changes(void **state)
{
	enum { ROWS = 9 };
	/* Before and after; -1: not reported. The last is the whole, which is no county. */
	static const int64_t figures[ROWS][2] = {{10, 15}, {10, 2}, {10, 10}, {-1, 500}, {500, -1},
	                                         {0, 7},   {9, 1},  {3, 4},   {0, 9999}};
	static uint32_t indicator[1] = {PEOPLE};
	uint32_t reported[2][ROWS];
	int64_t values[2][ROWS];
	struct unit_total rows[2][ROWS];
	struct bulletin b = {.unit = 2201};
	(void)state;
	for (int t = 0; t < 2; t++)
		for (int i = 0; i < ROWS; i++) {
			values[t][i] = figures[i][t] < 0 ? 0 : figures[i][t];
			reported[t][i] = figures[i][t] >= 0;
			rows[t][i] = (struct unit_total){.unit = i + 1 == ROWS ? 2201 : 220101 + i,
			                                 .indicator_count = 1,
			                                 .indicators = indicator,
			                                 .values = &values[t][i],
			                                 .reported = &reported[t][i],
			                                 .approved = &values[t][i],
			                                 .approved_reported = &reported[t][i]};
		}
	b.totals[TOTAL_BEFORE].state = (struct total_answer){.unit_count = ROWS, .units = rows[0]};
	b.totals[TOTAL_MONTH].state = (struct total_answer){.unit_count = ROWS, .units = rows[1]};
	struct county_change changes[BULLETIN_CHANGES];
	static const struct county_change expected[] = {
	    {220102, 10, 2}, {220107, 9, 1}, {220106, 0, 7}, {220101, 10, 15}, {220108, 3, 4}};
	assert_int_equal(bulletin_changes(&b, PEOPLE, changes), COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++)
		EXPECT(changes[i].unit == expected[i].unit && changes[i].before == expected[i].before &&
		           changes[i].after == expected[i].after,
		       "place %zu: %lld", i, (long long)changes[i].unit);
}

static void
test_levels(void **state)
{
	(void)state;
	assert_int_equal(bulletin_parts_level(22), UNIT_PREFECTURE);
	assert_int_equal(bulletin_parts_level(2201), UNIT_COUNTY);
	assert_int_equal(bulletin_parts_level(220122), UNIT_NONE);
}

/* What a centre sent may be any number. */
static void
test_figures_at_the_edge(void **state)
{
	struct fund_total funds[] = {{.kind = FUND_SPENT, .amount_fen = INT64_MAX, .entries = 1},
	                             {.kind = FUND_SPENT, .amount_fen = 1, .entries = 1}};
	const struct unit_total unit = {.unit = 22, .fund_count = 2, .funds = funds};
	struct catalogue none = {0};
	(void)state;
	assert_true(figure_funds(&none, &unit, FUND_SPENT, UNIT_NONE, false).value == INT64_MAX);
	assert_true(figure_change((struct figure){true, INT64_MIN}, (struct figure){true, 1}).value == INT64_MAX);
	assert_true(figure_change((struct figure){true, INT64_MAX}, (struct figure){true, -2}).value ==
	            INT64_MIN);
	assert_true(figure_change((struct figure){true, 7}, (struct figure){true, 5}).value == -2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_late), cmocka_unit_test(test_changes),
	                                          cmocka_unit_test(test_levels),
	                                          cmocka_unit_test(test_figures_at_the_edge)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
