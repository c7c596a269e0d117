/* Pace: what is expected, and the two forecasts, by hand-worked figures; rounding, and the ends of 64 bits.
 */
#include "case.h"

#include "field/pace.h"

#include <string.h>

static void
test_cases(void **state)
{
	static const struct {
		int64_t target, standing[13];
		int month;
		uint32_t share; /* in 1/1000 */
		bool stock;
		struct pace expected;
		int first;
	} cases[] = {
	    /* 300,000 people, half a year, 151,000 lifted: 302,000 at this rate */
	    {300000, {0, 0, 0, 0, 0, 0, 151000}, 6, 500, false, {150000, 302000, FORECAST_BY_SHARE, 0, 0}, 0},
	    /* a profile that expects a third by then: the same figure is well ahead */
	    {300000, {0, 0, 0, 0, 0, 0, 151000}, 6, 333, false, {99900, 453453, FORECAST_BY_SHARE, 0, 0}, 0},
	    {100, {0, 10}, 1, 83, false, {8, 120, FORECAST_BY_SHARE, 0, 0}, 0}, /* 8.3; 120.48 */
	    {100, {0, 10}, 1, 85, false, {9, 118, FORECAST_BY_SHARE, 0, 0}, 0}, /* 8.5 up; 117.6 */
	    {100, {0, 10}, 1, 0, false, {0, 0, FORECAST_NONE, 0, 0}, 0},        /* nothing is expected yet */
	    {100,
	     {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 90},
	     12,
	     1000,
	     false,
	     {100, 90, FORECAST_BY_SHARE, 0, 0},
	     0},
	    {0, {0, 5}, 1, 83, false, {0, 60, FORECAST_BY_SHARE, 0, 0}, 0},
	    /* 200 villages: 120 stand in June, 30 came in three months: 60 more in six */
	    {200, {0, 10, 50, 90, 100, 110, 120}, 6, 500, true, {100, 180, FORECAST_BY_TREND, 3, 30}, 0},
	    {210, {0, 210, 210, 210}, 3, 250, true, {53, 840, FORECAST_BY_TREND, 3, 210}, 0}, /* began in January
	                                                                                       */
	    {210, {210, 210, 210, 210}, 3, 250, true, {53, 210, FORECAST_BY_TREND, 3, 0}, 0},
	    {200, {4, 7}, 1, 83, true, {17, 40, FORECAST_BY_TREND, 1, 3}, 0},
	    {200, {0, 100, 90}, 2, 166, true, {33, 540, FORECAST_BY_TREND, 2, 90}, 0},
	    {9000, {900, 890, 880, 870}, 3, 250, true, {2250, 780, FORECAST_BY_TREND, 3, -30}, 0}, /* it shrinks
	                                                                                            */
	    {1, {0, 0, 0, 10, 10, 10, 11}, 6, 500, true, {1, 13, FORECAST_BY_TREND, 3, 1}, 0},
	    {INT64_MAX, {0, INT64_MAX}, 1, 1, false, {9223372036854776, INT64_MAX, FORECAST_BY_SHARE, 0, 0}, 0},
	    {1, {0, INT64_MIN / 2}, 1, 1, false, {0, -INT64_MAX, FORECAST_BY_SHARE, 0, 0}, 0},
	    /* it stood there when reporting began: nothing was added */
	    {210, {0, 210, 210, 210}, 3, 250, true, {53, 210, FORECAST_BY_TREND, 2, 0}, 1},
	    {210, {0, 0, 200, 210}, 3, 250, true, {53, 300, FORECAST_BY_TREND, 1, 10}, 2},
	    {210, {0, 210}, 1, 250, true, {53, 0, FORECAST_NONE, 0, 0}, 1}, /* one month makes no trend */
	    {210, {0, 0, 0, 0}, 3, 250, true, {53, 0, FORECAST_NONE, 0, 0}, 3},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct course standing = {.first = cases[i].first, .last = cases[i].month};
		memcpy(standing.by_end, cases[i].standing, sizeof standing.by_end);
		struct pace p = pace_of(cases[i].target, &standing, 12 * cases[i].share, cases[i].stock);
		const struct pace *e = &cases[i].expected;
		EXPECT(p.expected == e->expected && p.forecast == e->forecast, "row %zu: %lld, %lld", i,
		       (long long)p.expected, (long long)p.forecast);
		EXPECT(p.method == e->method && p.trend_months == e->trend_months && p.trend == e->trend, "row %zu",
		       i);
	}
}

/* Exactly on a linear course, in every month. */
static void
test_twelfths(void **state)
{
	(void)state;
	for (int month = 1; month <= 12; month++) {
		struct course standing = {.last = month};
		standing.by_end[month] = 25000 * month;
		struct pace p = pace_of(300000, &standing, (uint32_t)(PACE_WHOLE / 12 * month), false);
		EXPECT(p.expected == 25000 * month && p.forecast == 300000, "month %d", month);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_twelfths)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
