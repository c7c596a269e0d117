/* What a catalogue must be before anything is checked against it: one thing wrong each, refused by name. */
#include "case.h"
#include "plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PLAN_BYTES = 1024 * 1024 };

/* Positions in the lists as plan_fill() leaves them, out of order. */
enum { UNIT_TAONAN = 8, FIRST_OLD = 0, SECOND_VILLAGE = 1, FIRST_VILLAGE = 3 };

static void
nothing(struct catalogue *c)
{
	(void)c;
}

static void
unit_twice(struct catalogue *c)
{
	c->units[UNIT_TAONAN].code = COUNTY;
}

static void
unit_level(struct catalogue *c)
{
	c->units[UNIT_TAONAN].level = UNIT_TOWNSHIP;
}

static void
unit_no_level(struct catalogue *c)
{
	c->units[UNIT_TAONAN].code = 22088;
	c->units[UNIT_TAONAN].level = UNIT_NONE;
}

static void
form_zero(struct catalogue *c)
{
	c->forms[0].number = 0;
}

static void
form_most(struct catalogue *c)
{
	c->forms[0].number = CATALOGUE_NUMBER_MAX + 1;
}

static void
form_twice(struct catalogue *c)
{
	c->forms[0].number = FORM_COUNTY;
}

static void
form_level(struct catalogue *c)
{
	c->forms[0].level = UNIT_NONE;
}

static void
form_code_twice(struct catalogue *c)
{
	c->forms[0].code = "county";
}

static void
indicator_zero(struct catalogue *c)
{
	c->indicators[0].number = 0;
}

static void
indicator_most(struct catalogue *c)
{
	c->indicators[0].number = CATALOGUE_NUMBER_MAX + 1;
}

static void
indicator_twice(struct catalogue *c)
{
	c->indicators[0].number = STAFF;
}

static void
indicator_code_twice(struct catalogue *c)
{
	c->indicators[0].code = "staff";
}

static void
indicator_form(struct catalogue *c)
{
	c->indicators[0].form = 77;
}

static void
indicator_decimals_less(struct catalogue *c)
{
	c->indicators[0].decimals = -1;
}

static void
indicator_decimals_more(struct catalogue *c)
{
	c->indicators[0].decimals = 5;
}

static void
indicator_kind(struct catalogue *c)
{
	c->indicators[0].kind = (enum indicator_kind)3;
}

static void
version_form(struct catalogue *c)
{
	c->versions[FIRST_OLD].form = 77;
}

static void
version_zero(struct catalogue *c)
{
	c->versions[FIRST_OLD].version = 0;
}

static void
version_twice(struct catalogue *c)
{
	c->versions[SECOND_VILLAGE].version = 1;
}

static void
version_overlap(struct catalogue *c)
{
	c->versions[SECOND_VILLAGE].first = 201306;
}

static void
version_gap(struct catalogue *c)
{
	c->versions[SECOND_VILLAGE].first = 201308;
}

static void
version_backwards(struct catalogue *c)
{
	c->versions[FIRST_OLD].last = 201012;
}

static void
version_period(struct catalogue *c)
{
	c->versions[FIRST_OLD].last = 201113;
}

static void
version_empty(struct catalogue *c)
{
	c->versions[FIRST_OLD].field_count = 0;
}

static void
field_unknown(struct catalogue *c)
{
	c->versions[FIRST_OLD].fields[0].indicator = 77;
}

static void
field_other_form(struct catalogue *c)
{
	c->versions[FIRST_OLD].fields[0].indicator = STAFF;
}

static void
field_twice(struct catalogue *c)
{
	c->versions[FIRST_VILLAGE].fields[3].indicator = HOUSEHOLDS;
}

static void
field_limits(struct catalogue *c)
{
	c->versions[FIRST_OLD].fields[0].minimum = 11;
}

static void
field_limits_equal(struct catalogue *c)
{
	c->versions[FIRST_OLD].fields[0].minimum = 10;
}

static void
field_maximum(struct catalogue *c)
{
	c->versions[FIRST_OLD].fields[0].maximum = VALUE_MAX + 1;
}

static void
field_minimum(struct catalogue *c)
{
	c->versions[FIRST_OLD].fields[0].minimum = -VALUE_MAX - 1;
}

static void
part_unknown(struct catalogue *c)
{
	c->versions[FIRST_VILLAGE].fields[0].part_of = 77;
}

/* The whole stands in the form, behind its part, but is no indicator. */
static void
part_of_unknown_field(struct catalogue *c)
{
	c->versions[FIRST_VILLAGE].fields[0].part_of = 77;
	c->versions[FIRST_VILLAGE].fields[1].indicator = 77;
}

static void
part_elsewhere(struct catalogue *c)
{
	c->versions[FIRST_VILLAGE].fields[0].part_of = ROADS; /* stands in version 2 only */
}

static void
part_of_itself(struct catalogue *c)
{
	c->versions[FIRST_VILLAGE].fields[0].part_of = FUND;
}

static void
part_decimals(struct catalogue *c)
{
	c->versions[FIRST_VILLAGE].fields[0].part_of = HOUSEHOLDS;
}

static void
source_twice(struct catalogue *c)
{
	c->sources[0].number = SOURCE_CENTRAL;
}

static void
source_zero(struct catalogue *c)
{
	c->sources[0].number = 0;
}

static void
use_most(struct catalogue *c)
{
	c->uses[0].number = CATALOGUE_NUMBER_MAX + 1;
}

static void
source_code_twice(struct catalogue *c)
{
	c->sources[0].code = "central";
}

static void
permits_two(struct catalogue *c)
{
	c->sources[0].uses = "training industry";
}

static void
permits_unknown(struct catalogue *c)
{
	c->sources[0].uses = "training fun";
}

static void
permits_by_name(struct catalogue *c)
{
	c->sources[0].uses = "培训";
}

static void
target_of_nothing(struct catalogue *c)
{
	c->targets[0].indicator = 0;
}

static void
target_of_both(struct catalogue *c)
{
	c->targets[0].fund = FUND_RAISED;
}

static void
target_indicator(struct catalogue *c)
{
	c->targets[0].indicator = 77;
}

static void
target_fund(struct catalogue *c)
{
	c->targets[2].fund = FUND_KINDS;
}

static void
target_negative(struct catalogue *c)
{
	c->targets[0].value = -1;
}

static void
target_most(struct catalogue *c)
{
	c->targets[0].value = VALUE_MAX + 1;
}

static const struct {
	const char *name;
	void (*change)(struct catalogue *catalogue);
	const char *error; /* part of it; NULL: the catalogue is good */
} cases[] = {
    {"nothing", nothing, NULL},
    {"unit twice", unit_twice, "unit 220821 (镇赉县) stands twice"},
    {"unit's level", unit_level, "does not fit its level"},
    {"unit without a level", unit_no_level, "does not fit its level"},
    {"form 0", form_zero, "number 0"},
    {"form 10000", form_most, "number 10000"},
    {"form twice", form_twice, "form number 2 stands twice"},
    {"form without level", form_level, "has no level"},
    {"form code twice", form_code_twice, "county"},
    {"indicator 0", indicator_zero, "number 0"},
    {"indicator 10000", indicator_most, "number 10000"},
    {"indicator twice", indicator_twice, "indicator number 7 stands twice"},
    {"indicator code twice", indicator_code_twice, "indicator code staff stands twice"},
    {"indicator's form", indicator_form, "form 77 is not in the plan"},
    {"decimals -1", indicator_decimals_less, "decimals -1"},
    {"decimals 5", indicator_decimals_more, "decimals 5"},
    {"indicator's kind", indicator_kind, "neither flow nor stock"},
    {"version's form", version_form, "form 77 is not in the plan"},
    {"version 0", version_zero, "not in order"},
    {"version twice", version_twice, "overlap"},
    {"versions overlap", version_overlap, "form 1: versions 1 and 2 overlap"},
    {"versions with a gap", version_gap, NULL},
    {"version backwards", version_backwards, "not in order"},
    {"version's month 13", version_period, "not in order"},
    {"version without indicators", version_empty, "0 indicators"},
    {"field of nobody", field_unknown, "indicator 77 is not of this form"},
    {"field of another form", field_other_form, "indicator 7 is not of this form"},
    {"field twice", field_twice, "indicator households stands twice"},
    {"minimum above maximum", field_limits, "not sane"},
    {"minimum is maximum", field_limits_equal, NULL},
    {"maximum too large", field_maximum, "not sane"},
    {"minimum too small", field_minimum, "not sane"},
    {"part of nobody", part_unknown, "is not in the form"},
    {"part of an unknown field", part_of_unknown_field, "is not"},
    {"part of another version's", part_elsewhere, "is not in the form"},
    {"part of itself", part_of_itself, "is not in the form"},
    {"part with other decimals", part_decimals, "different decimals"},
    {"source twice", source_twice, "source number 1 stands twice"},
    {"source 0", source_zero, "number 0"},
    {"use 10000", use_most, "number 10000"},
    {"source code twice", source_code_twice, "central"},
    {"a source's uses", permits_two, NULL},
    {"a source's unknown use", permits_unknown,
     "fund source social: its permitted use 'fun' is none of the uses"},
    {"a source's use by name", permits_by_name, NULL},
    {"target of nothing", target_of_nothing, "no measure"},
    {"target of both", target_of_both, "no measure"},
    {"target's indicator", target_indicator, "unknown indicator"},
    {"target's fund kind", target_fund, "target"},
    {"target below 0", target_negative, "out of range"},
    {"target too large", target_most, "out of range"},
};

static void
test_finish(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct catalogue c;
		char error[CATALOGUE_ERROR_BYTES] = "";
		catalogue_init(&c, PLAN_BYTES);
		plan_fill(&c);
		cases[i].change(&c);
		bool good = catalogue_finish(&c, error);
		if (good != !cases[i].error || (!good && !strstr(error, cases[i].error))) {
			print_error("case: %s: %s, \"%s\"\n", cases[i].name, good ? "taken" : "refused", error);
			wrong++;
		}
		catalogue_free(&c);
		catalogue_free(&c); /* twice is fine */
	}
	assert_int_equal(wrong, 0);
}

/* A form with as many fields as there may be, and with one more. */
static void
test_fields_most(void **state)
{
	(void)state;
	for (size_t count = FORM_FIELDS_MAX; count <= FORM_FIELDS_MAX + 1; count++) {
		struct catalogue c;
		char error[CATALOGUE_ERROR_BYTES] = "", codes[FORM_FIELDS_MAX + 1][8];
		struct indicator indicators[FORM_FIELDS_MAX + 1];
		struct form_field fields[FORM_FIELDS_MAX + 1] = {0};
		struct form form = {1, UNIT_COUNTY, "f", "表", "Form"};
		struct form_version version = {1, 1, 201301, 201312, count, fields};
		for (size_t i = 0; i < count; i++) {
			snprintf(codes[i], sizeof codes[i], "i%zu", i);
			indicators[i] = (struct indicator){.number = (uint32_t)(i + 1),
			                                   .form = 1,
			                                   .code = codes[i],
			                                   .name_zh = "",
			                                   .name_en = "",
			                                   .kind = INDICATOR_FLOW};
			fields[i].indicator = (uint32_t)(i + 1);
		}
		catalogue_init(&c, PLAN_BYTES);
		c.form_count = c.version_count = 1;
		c.indicator_count = count;
		c.forms = &form;
		c.versions = &version;
		c.indicators = indicators;
		EXPECT(catalogue_finish(&c, error) == (count == FORM_FIELDS_MAX), "%zu fields: %s", count, error);
		EXPECT(count == FORM_FIELDS_MAX || strstr(error, "65 indicators, not 1..64"), "%s", error);
		catalogue_free(&c);
	}
}

static void
test_empty(void **state)
{
	struct catalogue c;
	char error[CATALOGUE_ERROR_BYTES] = "";
	(void)state;
	catalogue_init(&c, PLAN_BYTES);
	assert_true(catalogue_finish(&c, error));
	assert_null(catalogue_unit(&c, 22));
	assert_int_equal(catalogue_first_unit(&c, 0), 0);
	assert_int_equal(catalogue_first_unit(&c, INT64_MAX), 0);
	assert_null(catalogue_form(&c, 1));
	assert_null(catalogue_indicator(&c, 1));
	assert_null(fund_term_by_number(c.sources, c.source_count, 1));
	catalogue_free(&c);
	for (size_t room = 100; room <= 200; room += 100) { /* no room for its tables, the first or the next */
		catalogue_init(&c, room);
		assert_false(catalogue_finish(&c, error));
		EXPECT(!strcmp(error, "the catalogue is too large"), "%zu bytes: %s", room, error);
		catalogue_free(&c);
	}
}

static void
test_find(void **state)
{
	struct catalogue c;
	(void)state;
	plan_make(&c);
	for (size_t i = 1; i < c.unit_count; i++)
		assert_true(c.units[i - 1].code < c.units[i].code);
	for (size_t i = 0; i < c.unit_count; i++)
		assert_true(catalogue_unit(&c, c.units[i].code) == &c.units[i]);
	assert_null(catalogue_unit(&c, 0));
	assert_null(catalogue_unit(&c, 220822));
	assert_int_equal(catalogue_form(&c, FORM_COUNTY)->number, FORM_COUNTY);
	assert_null(catalogue_form(&c, UINT32_MAX));
	assert_int_equal(catalogue_form_by_code(&c, "village")->number, FORM_VILLAGE);
	assert_int_equal(catalogue_form_by_code(&c, "县月报")->number, FORM_COUNTY);
	assert_null(catalogue_form_by_code(&c, "nothing"));
	for (uint32_t i = 1; i <= INDICATORS; i++) {
		const struct indicator *indicator = catalogue_indicator(&c, i);
		assert_int_equal(indicator->number, i);
		assert_true(catalogue_indicator_by_name(&c, indicator->code) == indicator);
		assert_true(catalogue_indicator_by_name(&c, indicator->name_zh) == indicator);
		assert_true(catalogue_indicator_by_name(&c, indicator->name_en) == indicator);
	}
	assert_null(catalogue_indicator(&c, 0));
	assert_null(catalogue_indicator(&c, INDICATORS + 1));
	assert_null(catalogue_indicator(&c, UINT32_MAX));
	assert_null(catalogue_indicator_by_name(&c, "nothing"));
	assert_int_equal(catalogue_version_for(&c, FORM_VILLAGE, 201306)->version, 1);
	assert_int_equal(catalogue_version_for(&c, FORM_VILLAGE, 201307)->version, 2);
	assert_null(catalogue_version_for(&c, FORM_VILLAGE, 201212));
	assert_null(catalogue_version_for(&c, FORM_VILLAGE, 201401));
	assert_null(catalogue_version(&c, FORM_VILLAGE, 3));
	const struct form_version *version = catalogue_version(&c, FORM_VILLAGE, 2);
	assert_int_equal(form_version_position(version, ROADS, 0), 0);
	assert_int_equal(form_version_position(version, TRAINED, 0), -1);
	for (uint32_t i = 1; i <= INDICATORS; i++)
		for (size_t guess = 0; guess < 6; guess++) /* right, wrong, and not in the form at all */
			assert_int_equal(form_version_position(version, i, guess),
			                 form_version_position(version, i, SIZE_MAX));
	assert_int_equal(form_version_position(version, FUND, 1), 3);
	assert_int_equal(version->fields[3].whole, 2);
	assert_int_equal(version->fields[2].whole, -1);
	assert_int_equal(fund_term_by_number(c.sources, c.source_count, SOURCE_SOCIAL)->number, SOURCE_SOCIAL);
	assert_null(fund_term_by_number(c.sources, c.source_count, 0));
	assert_int_equal(fund_term_by_name(c.uses, c.use_count, "培训")->number, USE_TRAINING);
	assert_null(fund_term_by_name(c.uses, c.use_count, "central"));
	catalogue_free(&c);
}

static const struct fund_term *
source_of(const struct catalogue *c, uint32_t number)
{
	return fund_term_by_number(c->sources, c->source_count, number);
}

/* What a source permits: all uses, unless some are named. */
static void
test_permits(void **state)
{
	struct catalogue c;
	char error[CATALOGUE_ERROR_BYTES] = "";
	(void)state;
	catalogue_init(&c, PLAN_BYTES);
	plan_fill(&c);
	permits_two(&c);
	assert_true(catalogue_finish(&c, error));
	for (uint32_t use = USE_INDUSTRY; use <= USE_TRAINING; use++) {
		assert_true(fund_source_permits(source_of(&c, SOURCE_CENTRAL), use));
		assert_true(fund_source_permits(source_of(&c, SOURCE_SOCIAL), use));
		assert_true(fund_source_permits(source_of(&c, SOURCE_LOAN), use) == (use == USE_INDUSTRY));
	}
	assert_int_equal(source_of(&c, SOURCE_CENTRAL)->permitted_count, 0);
	assert_int_equal(source_of(&c, SOURCE_SOCIAL)->permitted_count, 2);
	assert_int_equal(source_of(&c, SOURCE_LOAN)->permitted_count, 1);
	assert_false(fund_source_permits(source_of(&c, SOURCE_SOCIAL), USE_TRAINING + 1));
	for (size_t i = 0; i < c.source_count; i++)
		assert_true(c.sources[i].loan == (c.sources[i].number == SOURCE_LOAN));
	catalogue_free(&c);
}

static void
loan_no_more(struct catalogue *c)
{
	c->sources[c->source_count - 1].loan = false;
}

static void
permits_more(struct catalogue *c)
{
	c->sources[c->source_count - 1].uses = "industry training";
}

static void
permits_another(struct catalogue *c)
{
	c->sources[c->source_count - 1].uses = "training";
}

static void
permits_all(struct catalogue *c)
{
	c->sources[c->source_count - 1].uses = "";
}

static void
version_ends(struct catalogue *c)
{
	for (size_t i = 0; i < c->version_count; i++)
		if (c->versions[i].form == FORM_OLD)
			c->versions[i].last--;
}

static void
books_close(struct catalogue *c)
{
	c->books_closed = 20121231;
}

/* What makes another plan of it; the books close without one. */
static void
test_same(void **state)
{
	static const struct {
		void (*change)(struct catalogue *catalogue);
		bool same;
	} changes[] = {
	    {nothing, true},      {loan_no_more, false}, {permits_more, false}, {permits_another, false},
	    {permits_all, false}, {books_close, true},   {version_ends, false},
	};
	struct catalogue c;
	(void)state;
	plan_make(&c);
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct catalogue other;
		char error[CATALOGUE_ERROR_BYTES] = "";
		catalogue_init(&other, PLAN_BYTES);
		plan_fill(&other);
		changes[i].change(&other);
		assert_true(catalogue_finish(&other, error));
		EXPECT(catalogue_same(&c, &other) == changes[i].same, "row %zu", i);
		catalogue_free(&other);
	}
	catalogue_free(&c);
}

/* By looking at all units, one by one. */
static bool
finds(const struct catalogue *c, unit_code code)
{
	size_t at = 0;
	while (at < c->unit_count && c->units[at].code < code)
		at++;
	const struct unit *unit = at < c->unit_count && c->units[at].code == code ? &c->units[at] : NULL;
	return catalogue_first_unit(c, code) == at && catalogue_unit(c, code) == unit;
}

static void
test_find_units(void **state)
{
	static const unit_code codes[] = {0, INT64_MIN, INT64_MAX, -1, 1, 999999999999, 220899, 220900, 2208999};
	(void)state;
	for (size_t counties = 0; counties < 200; counties++) {
		struct catalogue c;
		plan_make_wide(&c, counties);
		for (size_t i = 0; i < c.unit_count; i++)
			for (unit_code code = c.units[i].code - 1; code <= c.units[i].code + 1; code++)
				EXPECT(finds(&c, code), "%zu counties, %" PRId64, counties, code);
		for (size_t i = 0; i < COUNT(codes); i++)
			EXPECT(finds(&c, codes[i]), "%zu counties, %" PRId64, counties, codes[i]);
		catalogue_free(&c);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_finish), cmocka_unit_test(test_fields_most), cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_find),   cmocka_unit_test(test_find_units),  cmocka_unit_test(test_permits),
	    cmocka_unit_test(test_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
