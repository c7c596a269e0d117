/* Points of the appraisal: both sides of every edge, halves, and the ends of 64 bits. The rest is in
 * tests/system/test_appraisal.py, against plain SQL. */
#include "case.h"

#include "appraisal.h"

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

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_points)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
