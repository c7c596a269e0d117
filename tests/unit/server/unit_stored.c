/* Reports as the totals keep them, seen through corrections: a form as wide as one may be, in twelve
 * versions with other indicators in another order, the largest and smallest values, and what was not
 * reported. The model is an array: unit × month × indicator. */
#include "case.h"
#include "dice.h"
#include "plan.h"

#include "totals/totals.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORM = 1, MONTHS = 12, FIELDS = FORM_FIELDS_MAX, STEPS = 1200, ARENA_BYTES = 1024 * 1024 };

static const unit_code units[] = {220101, 220102, 220201};
static const unit_code tops[] = {220101, 2201, 22};
static const int64_t not_reported = INT64_MIN;

/* ---------------------------------------------------------------- the plan */

static void
make_indicators(struct catalogue *c)
{
	static char codes[FIELDS][8];
	c->indicators = arena_array(&c->arena, FIELDS, sizeof *c->indicators);
	assert_non_null(c->indicators);
	c->indicator_count = FIELDS;
	for (uint32_t i = 0; i < FIELDS; i++) {
		snprintf(codes[i], sizeof codes[i], "i%u", i + 1);
		c->indicators[i] = (struct indicator){i + 1,
		                                      FORM,
		                                      codes[i],
		                                      codes[i],
		                                      codes[i],
		                                      "",
		                                      "",
		                                      "T1",
		                                      "",
		                                      0,
		                                      i % 3 ? INDICATOR_FLOW : INDICATOR_STOCK};
	}
}

/* Version v has its own month: all indicators, one, or every v-th, from another one on. */
static void
make_version(struct catalogue *c, uint32_t v)
{
	struct form_version *version = &c->versions[v - 1];
	struct form_field *fields = arena_array(&c->arena, FIELDS, sizeof *fields);
	assert_non_null(fields);
	uint32_t count = v == 1 || v == 12 ? FIELDS : v == 2 ? 1 : FIELDS / (v % 3 + 1);
	for (uint32_t i = 0; i < count; i++) /* 7 and 64 have no common factor: all are different */
		fields[i] = (struct form_field){
		    .indicator = (v * 5 + i * 7) % FIELDS + 1, .minimum = -VALUE_MAX, .maximum = VALUE_MAX};
	*version = (struct form_version){FORM, v, (period)(201300 + v), (period)(201300 + v), count, fields};
}

static int
make_plan(void **state)
{
	static struct form form = {FORM, UNIT_COUNTY, "wide", "宽表", "Wide form"};
	static struct unit all[] = {
	    {22, UNIT_PROVINCE, "", ""},   {2201, UNIT_PREFECTURE, "", ""}, {2202, UNIT_PREFECTURE, "", ""},
	    {220101, UNIT_COUNTY, "", ""}, {220102, UNIT_COUNTY, "", ""},   {220201, UNIT_COUNTY, "", ""},
	};
	char error[CATALOGUE_ERROR_BYTES] = "";
	(void)state;
	catalogue_init(&plan, ARENA_BYTES);
	plan.forms = &form;
	plan.form_count = 1;
	plan.units = all;
	plan.unit_count = COUNT(all);
	make_indicators(&plan);
	plan.versions = arena_array(&plan.arena, MONTHS, sizeof *plan.versions);
	plan.version_count = MONTHS;
	for (uint32_t v = 1; v <= MONTHS; v++)
		make_version(&plan, v);
	bool good = catalogue_finish(&plan, error);
	if (!good)
		print_error("%s\n", error);
	return good ? 0 : -1;
}

/* ---------------------------------------------------------------- the model */

struct model {
	struct dice dice;
	struct totals *totals;
	uint32_t revisions[COUNT(units)][MONTHS];
	int64_t values[COUNT(units)][MONTHS][FIELDS]; /* not_reported: no value */
};

/* Both sides of where one more byte, or the sign, makes a difference. */
static int64_t
random_value(struct dice *dice)
{
	static const int64_t some[] = {0, 1, -1, VALUE_MAX, -VALUE_MAX, VALUE_MAX - 1, -VALUE_MAX + 1};
	if (dice_pick(dice, 2))
		return some[dice_pick(dice, COUNT(some))];
	int64_t value = (INT64_C(1) << dice_pick(dice, 39)) + (int64_t)dice_pick(dice, 3) - 1;
	return dice_pick(dice, 2) ? value : -value;
}

/* A report of all, none or some of a version's indicators. */
static void
step(struct model *m, int at)
{
	size_t unit = dice_pick(&m->dice, COUNT(units)), month = dice_pick(&m->dice, MONTHS);
	const struct form_version *version = &plan.versions[month];
	uint32_t indicators[FIELDS];
	int64_t values[FIELDS];
	struct report r = {units[unit], version->first, FORM, version->version, m->revisions[unit][month], 0,
	                   indicators,  values,         0};
	size_t density = dice_pick(&m->dice, 5); /* of 4 */
	for (size_t i = 0; i < version->field_count; i++) {
		uint32_t indicator = version->fields[i].indicator;
		int64_t value = random_value(&m->dice);
		bool is_there = dice_pick(&m->dice, 4) < density;
		m->values[unit][month][indicator - 1] = is_there ? value : not_reported;
		indicators[r.value_count] = indicator;
		values[r.value_count] = value;
		r.value_count += is_there;
	}
	EXPECT(totals_add_report(m->totals, &r, ++m->revisions[unit][month], (uint64_t)at + 1, 0), "step %d", at);
}

static bool
figure_agrees(const struct model *m, unit_code top, size_t from, size_t to, const struct unit_total *row,
              size_t indicator)
{
	int64_t sum = 0;
	uint32_t reported = 0;
	bool is_stock = plan.indicators[indicator].kind == INDICATOR_STOCK;
	for (size_t u = 0; u < COUNT(units); u++) {
		int64_t standing = not_reported;
		for (size_t month = is_stock ? 0 : from; unit_within(units[u], top) && month <= to; month++) {
			int64_t value = m->values[u][month][indicator];
			if (value == not_reported)
				continue;
			standing = value;
			sum += is_stock ? 0 : value;
			reported += !is_stock;
		}
		if (is_stock && standing != not_reported) {
			sum += standing;
			reported++;
		}
	}
	return row->values[indicator] == sum && row->reported[indicator] == reported;
}

static void
check(struct model *m, int at, unit_code top, size_t from, size_t to)
{
	struct total_query q = {.unit = top, .from = (period)(201301 + from), .to = (period)(201301 + to)};
	struct total_answer answer;
	struct problem_list problems;
	struct arena arena;
	problem_list_init(&problems);
	arena_init(&arena, ARENA_BYTES);
	assert_true(totals_answer(m->totals, &q, &arena, &answer, &problems));
	assert_int_equal(answer.units[0].indicator_count, FIELDS);
	for (size_t i = 0; i < FIELDS; i++)
		EXPECT(figure_agrees(m, top, from, to, &answer.units[0], i),
		       "step %d unit %" PRId64 " months %zu..%zu indicator %zu: %" PRId64 " of %u", at, top, from + 1,
		       to + 1, i + 1, answer.units[0].values[i], answer.units[0].reported[i]);
	arena_free(&arena);
}

static void
test_history(void **state)
{
	struct model *m = calloc(1, sizeof *m);
	(void)state;
	assert_non_null(m);
	m->dice.state = 1;
	m->totals = totals_create(&plan);
	assert_non_null(m->totals);
	for (size_t i = 0; i < COUNT(units) * MONTHS * FIELDS; i++)
		(&m->values[0][0][0])[i] = not_reported;
	for (int at = 0; at < STEPS; at++) {
		step(m, at);
		size_t from = dice_pick(&m->dice, MONTHS);
		check(m, at, tops[dice_pick(&m->dice, COUNT(tops))], from, from + dice_pick(&m->dice, MONTHS - from));
	}
	for (size_t i = 0; i < COUNT(tops); i++)
		for (size_t from = 0; from < MONTHS; from++)
			for (size_t to = from; to < MONTHS; to++)
				check(m, STEPS, tops[i], from, to);
	totals_destroy(&m->totals);
	free(m);
}

/* All 64 at their ends, and then withdrawn. */
static void
test_widest(void **state)
{
	struct totals *t = totals_create(&plan);
	uint32_t indicators[FIELDS];
	int64_t values[FIELDS];
	struct report r = {units[0], 201301, FORM, 1, 0, FIELDS, indicators, values, 0};
	struct model *m = calloc(1, sizeof *m);
	(void)state;
	assert_true(t && m);
	m->totals = t;
	for (uint32_t revision = 1; revision <= 5; revision++) {
		for (size_t i = 0; i < COUNT(units) * MONTHS * FIELDS; i++)
			(&m->values[0][0][0])[i] = not_reported;
		r.value_count = revision == 4 ? 0 : FIELDS;
		for (uint32_t i = 0; i < r.value_count; i++) {
			indicators[i] = i + 1;
			values[i] = (revision + i) % 2 ? VALUE_MAX : -VALUE_MAX;
			m->values[0][0][i] = values[i];
		}
		assert_true(totals_add_report(t, &r, revision, revision, 0));
		check(m, (int)revision, 22, 0, 11);
		check(m, (int)revision, 220101, 0, 0);
	}
	totals_destroy(&t);
	free(m);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_widest), cmocka_unit_test(test_history)};
	return cmocka_run_group_tests(tests, make_plan, plan_teardown);
}
