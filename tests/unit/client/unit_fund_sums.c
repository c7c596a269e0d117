/* Sums over accounts, and what is said of books that are not right: what a right centre never shows. */
#include "case.h"

#include "columns/fund_sums.h"

enum { SOURCE = 1, OTHER = 2 };

static void
test_check(void **state)
{
	static const struct {
		struct balance balances[4];
		enum fund_fault fault;
	} cases[] = {
	    {{{SOURCE, FUND_STATE_RAISED, 100, false, {0}}, {SOURCE, FUND_STATE_ON_HAND, 100, false, {0}}},
	     FUND_RIGHT},
	    {{{SOURCE, FUND_STATE_RAISED, 100, false, {0}}, {SOURCE, FUND_STATE_ON_HAND, 99, false, {0}}},
	     FUND_UNBALANCED},
	    {{{SOURCE, FUND_STATE_CAME_IN, 100, false, {0}}, {SOURCE, FUND_STATE_WENT_OUT, 100, false, {0}}},
	     FUND_RIGHT},
	    {{{SOURCE, FUND_STATE_RAISED, 100, false, {0}},
	      {SOURCE, FUND_STATE_ON_HAND, 101, false, {0}},
	      {SOURCE, FUND_STATE_SET_ASIDE, -1, false, {0}}},
	     FUND_BELOW_ZERO},
	    {{{SOURCE, FUND_STATE_RAISED, 9, false, {0}},
	      {SOURCE, FUND_STATE_SPENT, 4, false, {0}},
	      {SOURCE, FUND_STATE_IN_TRANSIT, 3, false, {0}},
	      {SOURCE, FUND_STATE_UNDER_GRANT, 2, false, {0}}},
	     FUND_RIGHT},
	    /* What was repaid of a loan is beside the books. */
	    {{{SOURCE, FUND_STATE_RAISED, 9, false, {0}},
	      {SOURCE, FUND_STATE_SPENT, 9, false, {0}},
	      {SOURCE, FUND_STATE_REPAID, 5, false, {0}}},
	     FUND_RIGHT},
	    /* Another source is another book. */
	    {{{SOURCE, FUND_STATE_RAISED, 9, false, {0}}, {OTHER, FUND_STATE_SPENT, 9, false, {0}}},
	     FUND_UNBALANCED},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct balance balances[4];
		struct unit_balance unit = {22, 0, balances};
		struct fund_sums sums = {0};
		for (; unit.count < 4 && cases[i].balances[unit.count].source; unit.count++)
			balances[unit.count] = cases[i].balances[unit.count];
		fund_sums_add(&sums, &unit, SOURCE);
		EXPECT(fund_sums_check(&sums) == cases[i].fault, "row %zu", i);
		EXPECT(fund_sums_any(&sums), "row %zu", i);
	}
}

static void
test_ages(void **state)
{
	struct balance balances[] = {{SOURCE, FUND_STATE_ON_HAND, 10, true, {1, 2, 3, 4}},
	                             {SOURCE, FUND_STATE_IN_TRANSIT, 5, true, {5, 0, 0, 0}},
	                             {OTHER, FUND_STATE_ON_HAND, 7, true, {0, 0, 0, 7}}};
	const struct unit_balance unit = {22, COUNT(balances), balances};
	struct fund_sums sums = {0}, none = {0};
	(void)state;
	fund_sums_add(&sums, &unit, 0);
	assert_int_equal(sums.states[FUND_STATE_ON_HAND], 17);
	assert_int_equal(sums.ages[0][3], 11);
	assert_int_equal(sums.ages[1][0], 5);
	assert_true(fund_sums_any(&sums) && !fund_sums_any(&none));
}

/* Of a province as a whole; a part of one gets money from outside. */
static void
test_whole(void **state)
{
	struct fund_sums sums = {.states = {[FUND_STATE_RAISED] = 1000,
	                                    [FUND_STATE_CAME_IN] = 700,
	                                    [FUND_STATE_ON_HAND] = 550,
	                                    [FUND_STATE_SET_ASIDE] = 60,
	                                    [FUND_STATE_IN_TRANSIT] = 200,
	                                    [FUND_STATE_UNDER_GRANT] = 70,
	                                    [FUND_STATE_SPENT] = 120,
	                                    [FUND_STATE_WENT_OUT] = 700,
	                                    [FUND_STATE_REPAID] = 5}};
	(void)state;
	assert_int_equal(fund_sums_check_whole(&sums), FUND_RIGHT);
	sums.states[FUND_STATE_CAME_IN]++;
	assert_int_equal(fund_sums_check_whole(&sums), FUND_UNBALANCED);
	sums.states[FUND_STATE_ON_HAND]++;
	assert_int_equal(fund_sums_check(&sums), FUND_RIGHT);
	assert_int_equal(fund_sums_check_whole(&sums), FUND_ON_THE_WAY);
}

/* Sums beyond 64 bits are exact: two that wrapped, or were cut off, could seem equal. */
static void
test_large(void **state)
{
	struct balance balances[] = {{SOURCE, FUND_STATE_RAISED, INT64_MAX, false, {0}},
	                             {SOURCE, FUND_STATE_CAME_IN, INT64_MAX, false, {0}},
	                             {SOURCE, FUND_STATE_ON_HAND, INT64_MAX, false, {0}},
	                             {SOURCE, FUND_STATE_WENT_OUT, INT64_MAX, false, {0}}};
	const struct unit_balance unit = {22, COUNT(balances), balances}, first = {22, 1, balances};
	struct fund_sums sums = {0};
	(void)state;
	fund_sums_add(&sums, &unit, SOURCE);
	fund_sums_add(&sums, &unit, SOURCE);
	assert_int_equal(fund_sums_check_whole(&sums), FUND_RIGHT);
	assert_true(fund_amount_shown(sums.states[FUND_STATE_RAISED]) == INT64_MAX);
	assert_true(fund_amount_shown(-sums.states[FUND_STATE_RAISED]) == INT64_MIN);
	fund_sums_add(&sums, &first, SOURCE);
	assert_int_equal(fund_sums_check_whole(&sums), FUND_UNBALANCED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_check), cmocka_unit_test(test_ages),
	                                          cmocka_unit_test(test_whole), cmocka_unit_test(test_large)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
