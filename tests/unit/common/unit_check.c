/* The checks of a submission: from a good one, one mutation each, to the exact problem; and the checks of
 * the catalogue itself. */
#include "case.h"
#include "plan.h"

#include "check/check.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_ROOM = 6, TODAY = 20130815 };

static bool
is_only(const struct problem_list *list, enum problem_code code, enum problem_subject subject, size_t index,
        const char *column)
{
	if (code == PROBLEM_NONE)
		return !list->count && !list->more;
	const struct problem *p = &list->items[0];
	return list->count == 1 && !list->more && p->code == code && p->subject == subject && p->index == index &&
	       !strcmp(p->column, column);
}

static void
print_problems(const struct problem_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		print_error("  %s, row %u, column \"%s\"\n", problem_name(list->items[i].code), list->items[i].index,
		            list->items[i].column);
}

/* ---------------------------------------------------------------- reports */

struct value {
	uint32_t indicator;
	int64_t value;
};

struct report_case {
	const char *name;
	unit_code unit;
	period period;
	uint32_t form, version;
	struct value values[VALUES_ROOM]; /* up to indicator 0 */
	enum problem_code code;
	const char *column;
	int64_t limit, actual;
};

#define GOOD                                                                                                 \
	{                                                                                                        \
		{                                                                                                    \
			SUBSIDY, 75000000                                                                                \
		}                                                                                                    \
	}

static const struct report_case report_cases[] = {
    {"good", VILLAGE, 201304, FORM_VILLAGE, 1, GOOD, 0, "", 0, 0},
    {"unit unknown", VILLAGE + 2, 201304, FORM_VILLAGE, 1, GOOD, PROBLEM_UNIT_UNKNOWN, "unit", 0, 0},
    {"unit 0", 0, 201304, FORM_VILLAGE, 1, GOOD, PROBLEM_UNIT_UNKNOWN, "unit", 0, 0},
    {"unit negative", -VILLAGE, 201304, FORM_VILLAGE, 1, GOOD, PROBLEM_UNIT_UNKNOWN, "unit", 0, 0},
    {"form unknown", VILLAGE, 201304, 4, 1, GOOD, PROBLEM_FORM_UNKNOWN, "form", 0, 0},
    {"form 0", VILLAGE, 201304, 0, 1, GOOD, PROBLEM_FORM_UNKNOWN, "form", 0, 0},
    {"form past all numbers", VILLAGE, 201304, UINT32_MAX, 1, GOOD, PROBLEM_FORM_UNKNOWN, "form", 0, 0},
    {"village form for a county", COUNTY, 201304, FORM_VILLAGE, 1, GOOD, PROBLEM_FORM_LEVEL_WRONG, "form", 0,
     0},
    {"village form for a township", TOWNSHIP, 201304, FORM_VILLAGE, 1, GOOD, PROBLEM_FORM_LEVEL_WRONG, "form",
     0, 0},
    {"county form for a village", VILLAGE, 201304, FORM_COUNTY, 1, GOOD, PROBLEM_FORM_LEVEL_WRONG, "form", 0,
     0},
    {"county form for a prefecture", PREFECTURE, 201304, FORM_COUNTY, 1, GOOD, PROBLEM_FORM_LEVEL_WRONG,
     "form", 0, 0},
    {"month 0", VILLAGE, 201300, FORM_VILLAGE, 1, GOOD, PROBLEM_PERIOD_INVALID, "period", 0, 0},
    {"month 13", VILLAGE, 201313, FORM_VILLAGE, 1, GOOD, PROBLEM_PERIOD_INVALID, "period", 0, 0},
    {"before all periods", VILLAGE, 199912, FORM_VILLAGE, 1, GOOD, PROBLEM_PERIOD_INVALID, "period", 0, 0},
    {"period negative", VILLAGE, -1, FORM_VILLAGE, 1, GOOD, PROBLEM_PERIOD_INVALID, "period", 0, 0},
    {"the month in progress", VILLAGE, 201308, FORM_VILLAGE, 2, GOOD, 0, "", 0, 0},
    {"the next month", VILLAGE, 201309, FORM_VILLAGE, 2, GOOD, PROBLEM_PERIOD_FUTURE, "period", 201308, 0},
    {"next year", VILLAGE, 201401, FORM_VILLAGE, 2, GOOD, PROBLEM_PERIOD_FUTURE, "period", 201308, 0},
    {"version 0", VILLAGE, 201304, FORM_VILLAGE, 0, GOOD, PROBLEM_FORM_VERSION_UNKNOWN, "version", 0, 0},
    {"version unknown", VILLAGE, 201304, FORM_VILLAGE, 3, GOOD, PROBLEM_FORM_VERSION_UNKNOWN, "version", 0,
     3},
    {"version 1, its last month", VILLAGE, 201306, FORM_VILLAGE, 1, GOOD, 0, "", 0, 0},
    {"version 1, a month late", VILLAGE, 201307, FORM_VILLAGE, 1, GOOD, PROBLEM_FORM_VERSION_CLOSED,
     "version", 0, 1},
    {"version 2, its first month", VILLAGE, 201307, FORM_VILLAGE, 2, GOOD, 0, "", 0, 0},
    {"version 2, a month early", VILLAGE, 201306, FORM_VILLAGE, 2, GOOD, PROBLEM_FORM_VERSION_CLOSED,
     "version", 0, 2},
    {"a month before any version", VILLAGE, 201212, FORM_VILLAGE, 1, GOOD, PROBLEM_FORM_VERSION_CLOSED,
     "version", 0, 1},
    {"a form that has ended",
     COUNTY,
     201304,
     FORM_OLD,
     1,
     {{OLD, 1}},
     PROBLEM_FORM_VERSION_CLOSED,
     "version",
     0,
     1},
    {"the same while it lasted", COUNTY, 201112, FORM_OLD, 1, {{OLD, 1}}, 0, "", 0, 0},
    {"indicator of nobody",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{SUBSIDY, 1}, {99, 1}},
     PROBLEM_INDICATOR_UNKNOWN,
     "indicators",
     0,
     0},
    {"indicator of another form",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{SUBSIDY, 1}, {STAFF, 1}},
     PROBLEM_INDICATOR_UNKNOWN,
     "indicators",
     0,
     0},
    {"indicator of the next version",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{SUBSIDY, 1}, {ROADS, 1}},
     PROBLEM_INDICATOR_UNKNOWN,
     "indicators",
     0,
     0},
    {"indicator of the last version",
     VILLAGE,
     201307,
     FORM_VILLAGE,
     2,
     {{SUBSIDY, 1}, {TRAINED, 1}},
     PROBLEM_INDICATOR_UNKNOWN,
     "indicators",
     0,
     0},
    {"indicator twice",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{SUBSIDY, 1}, {TRAINED, 1}, {TRAINED, 1}},
     PROBLEM_INDICATOR_REPEATED,
     "trained",
     0,
     0},
    {"at the minimum", COUNTY, 201304, FORM_COUNTY, 1, {{BALANCE, -100}}, 0, "", 0, 0},
    {"below the minimum",
     COUNTY,
     201304,
     FORM_COUNTY,
     1,
     {{BALANCE, -101}},
     PROBLEM_VALUE_TOO_SMALL,
     "balance",
     -100,
     -101},
    {"at the maximum", COUNTY, 201304, FORM_COUNTY, 1, {{BALANCE, 100}}, 0, "", 0, 0},
    {"above the maximum",
     COUNTY,
     201304,
     FORM_COUNTY,
     1,
     {{BALANCE, 101}},
     PROBLEM_VALUE_TOO_LARGE,
     "balance",
     100,
     101},
    {"least of 64 bits",
     COUNTY,
     201304,
     FORM_COUNTY,
     1,
     {{BALANCE, INT64_MIN}},
     PROBLEM_VALUE_TOO_SMALL,
     "balance",
     -100,
     INT64_MIN},
    {"largest figure", VILLAGE, 201304, FORM_VILLAGE, 1, {{SUBSIDY, VALUE_MAX}}, 0, "", 0, 0},
    {"one more",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{SUBSIDY, VALUE_MAX + 1}},
     PROBLEM_VALUE_TOO_LARGE,
     "village_subsidy",
     VALUE_MAX,
     VALUE_MAX + 1},
    {"zero", VILLAGE, 201304, FORM_VILLAGE, 1, {{SUBSIDY, 0}}, 0, "", 0, 0},
    {"below zero",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{SUBSIDY, -1}},
     PROBLEM_VALUE_TOO_SMALL,
     "village_subsidy",
     0,
     -1},
    {"required missing",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{TRAINED, 1}},
     PROBLEM_VALUE_MISSING,
     "village_subsidy",
     0,
     0},
    {"no value at all",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{0, 0}},
     PROBLEM_VALUE_MISSING,
     "village_subsidy",
     0,
     0},
    {"none required, none given", COUNTY, 201304, FORM_COUNTY, 1, {{0, 0}}, 0, "", 0, 0},
    {"part is the whole",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{FUND, 75000000}, {SUBSIDY, 75000000}},
     0,
     "",
     0,
     0},
    {"part exceeds whole by a fen",
     VILLAGE,
     201304,
     FORM_VILLAGE,
     1,
     {{FUND, 75000001}, {SUBSIDY, 75000000}},
     PROBLEM_PART_EXCEEDS_WHOLE,
     "industry_fund",
     75000000,
     75000001},
    {"the same in version 2",
     VILLAGE,
     201307,
     FORM_VILLAGE,
     2,
     {{SUBSIDY, 75000000}, {FUND, 75000001}},
     PROBLEM_PART_EXCEEDS_WHOLE,
     "industry_fund",
     75000000,
     75000001},
    {"part alone is not reported", VILLAGE, 201304, FORM_VILLAGE, 1, {{SUBSIDY, 0}}, 0, "", 0, 0},
};

static void
test_reports(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(report_cases); i++) {
		const struct report_case *test = &report_cases[i];
		uint32_t indicators[VALUES_ROOM];
		int64_t values[VALUES_ROOM];
		struct report r = {test->unit, test->period, test->form, test->version, 0, 0, indicators, values, 0};
		for (; test->values[r.value_count].indicator; r.value_count++) {
			indicators[r.value_count] = test->values[r.value_count].indicator;
			values[r.value_count] = test->values[r.value_count].value;
		}
		struct problem_list list = {0};
		bool good = check_report(&plan, TODAY, &r, 7, &list);
		if (!is_only(&list, test->code, SUBJECT_REPORT, 7, test->column))
			print_problems(&list);
		EXPECT(good == !test->code, "%s", test->name);
		EXPECT(is_only(&list, test->code, SUBJECT_REPORT, 7, test->column), "%s", test->name);
		EXPECT(list.items[0].limit == test->limit, "%s: limit %" PRId64, test->name, list.items[0].limit);
		EXPECT(list.items[0].actual == test->actual, "%s: actual %" PRId64, test->name, list.items[0].actual);
	}
}

/* A part whose whole was not reported exceeds it, unless it is 0; and the missing whole is named, too. */
static void
test_whole_not_reported(void **state)
{
	static const uint32_t indicators[] = {FUND};
	(void)state;
	for (int64_t value = 0; value <= 1; value++) {
		struct problem_list list = {0};
		struct report r = {VILLAGE, 201304, FORM_VILLAGE, 1, 0, 1, indicators, &value, 0};
		assert_false(check_report(&plan, TODAY, &r, 0, &list));
		assert_int_equal(list.count, 1 + value);
		assert_int_equal(list.items[0].code, PROBLEM_VALUE_MISSING);
		if (value) {
			assert_int_equal(list.items[1].code, PROBLEM_PART_EXCEEDS_WHOLE);
			assert_int_equal(list.items[1].actual, 1);
			assert_int_equal(list.items[1].limit, 0);
		}
	}
}

static void
test_text_of_part(void **state)
{
	static const uint32_t indicators[] = {FUND, SUBSIDY};
	static const int64_t values[] = {80000000, 75000000};
	struct problem_list list = {0};
	struct report r = {VILLAGE, 201304, FORM_VILLAGE, 1, 0, 2, indicators, values, 0};
	char text[PROBLEM_TEXT_BYTES];
	(void)state;
	assert_false(check_report(&plan, TODAY, &r, 0, &list));
	assert_string_equal(problem_text(&list.items[0], LANGUAGE_ENGLISH, text),
	                    "800,000.00 exceeds 补助到村资金 Village subsidy 750,000.00");
}

/* All causes of one report at once, each with its own code. */
static void
test_several(void **state)
{
	static const uint32_t indicators[] = {HOUSEHOLDS, 99, TRAINED, HOUSEHOLDS};
	static const int64_t values[] = {1001, 1, -1, 5};
	static const enum problem_code codes[] = {PROBLEM_INDICATOR_UNKNOWN, PROBLEM_INDICATOR_REPEATED,
	                                          PROBLEM_VALUE_MISSING, PROBLEM_VALUE_TOO_LARGE,
	                                          PROBLEM_VALUE_TOO_SMALL};
	struct problem_list list = {0};
	struct report r = {VILLAGE, 201304, FORM_VILLAGE, 1, 0, 4, indicators, values, 0};
	(void)state;
	assert_false(check_report(&plan, TODAY, &r, 0, &list));
	assert_int_equal(list.count, COUNT(codes));
	for (size_t i = 0; i < COUNT(codes); i++)
		assert_int_equal(list.items[i].code, codes[i]);
}

/* ---------------------------------------------------------------- fund entries */

/* Every kind with and without use, counterparty and the voucher that it refers to. */
static void
test_entry_kinds(void **state)
{
	static const struct {
		enum fund_kind kind;
		uint32_t use;
		unit_code unit, other;
		const char *refers;
		enum problem_code code;
		const char *column;
	} cases[] = {
	    {FUND_RAISED, 0, COUNTY, 0, "", 0, ""},
	    {FUND_RAISED, USE_INDUSTRY, COUNTY, 0, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_RAISED, 0, COUNTY, PREFECTURE, "", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_RAISED, 0, COUNTY, 0, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_SENT_DOWN, 0, COUNTY, TOWNSHIP, "", 0, ""},
	    {FUND_SENT_DOWN, 0, COUNTY, TOWNSHIP, "V-0", 0, ""}, /* draws on an allocation */
	    {FUND_SENT_DOWN, 0, COUNTY, VILLAGE, "", 0, ""},
	    {FUND_SENT_DOWN, 0, PROVINCE, COUNTY, "", 0, ""},
	    {FUND_SENT_DOWN, 0, COUNTY, 0, "", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_SENT_DOWN, 0, COUNTY, COUNTY, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_SENT_DOWN, 0, COUNTY, PREFECTURE, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_SENT_DOWN, 0, COUNTY, 220881, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_SENT_DOWN, 0, COUNTY, 220821999, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"}, /* unknown */
	    {FUND_SENT_DOWN, USE_INDUSTRY, COUNTY, TOWNSHIP, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_RECEIVED, 0, COUNTY, PREFECTURE, "V-0", 0, ""},
	    {FUND_RECEIVED, 0, COUNTY, PROVINCE, "V-0", 0, ""},
	    {FUND_RECEIVED, 0, COUNTY, TOWNSHIP, "V-0", 0, ""}, /* what was returned */
	    {FUND_RECEIVED, 0, COUNTY, PREFECTURE, "", PROBLEM_REFERRED_MISSING, "refers"},
	    {FUND_RECEIVED, 0, COUNTY, 0, "V-0", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_RECEIVED, 0, COUNTY, COUNTY, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RECEIVED, 0, COUNTY, 220881, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RECEIVED, 0, COUNTY, 220821999, "V-0", PROBLEM_COUNTERPARTY_WRONG,
	     "counterparty"}, /* unknown */
	    {FUND_RECEIVED, 0, COUNTY, 2224, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RECEIVED, 0, COUNTY, -1, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RECEIVED, USE_TRAINING, COUNTY, PROVINCE, "V-0", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, TOWNSHIP, "", 0, ""},
	    {FUND_GRANTED, USE_TRAINING, COUNTY, VILLAGE, "", 0, ""},
	    {FUND_GRANTED, USE_TRAINING, COUNTY, VILLAGE, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_GRANTED, 0, COUNTY, VILLAGE, "", PROBLEM_USE_MISSING, "use"},
	    {FUND_GRANTED, 3, COUNTY, VILLAGE, "", PROBLEM_USE_UNKNOWN, "use"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, 0, "", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, COUNTY, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, PROVINCE, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, 220881101201, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_SPENT, USE_INDUSTRY, VILLAGE, 0, "", 0, ""},
	    {FUND_SPENT, USE_INDUSTRY, VILLAGE, 0, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_SPENT, 0, COUNTY, 0, "", PROBLEM_USE_MISSING, "use"},
	    {FUND_SPENT, 3, COUNTY, 0, "", PROBLEM_USE_UNKNOWN, "use"},
	    {FUND_SPENT, USE_INDUSTRY, COUNTY, VILLAGE, "", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_ALLOCATED, 0, PROVINCE, PREFECTURE, "", 0, ""},
	    {FUND_ALLOCATED, 0, COUNTY, VILLAGE, "", 0, ""},
	    {FUND_ALLOCATED, 0, COUNTY, VILLAGE, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_ALLOCATED, USE_INDUSTRY, COUNTY, VILLAGE, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_ALLOCATED, 0, COUNTY, 0, "", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_ALLOCATED, 0, COUNTY, COUNTY, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_ALLOCATED, 0, COUNTY, PREFECTURE, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_REIMBURSED, 0, VILLAGE, 0, "", 0, ""},
	    {FUND_REIMBURSED, 0, VILLAGE, 0, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_REIMBURSED, USE_INDUSTRY, VILLAGE, 0, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_REIMBURSED, 0, VILLAGE, COUNTY, "", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_RETURNED, 0, VILLAGE, COUNTY, "", 0, ""},
	    {FUND_RETURNED, 0, COUNTY, PROVINCE, "", 0, ""},
	    {FUND_RETURNED, 0, COUNTY, PROVINCE, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_RETURNED, USE_INDUSTRY, COUNTY, PROVINCE, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_RETURNED, 0, COUNTY, 0, "", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_RETURNED, 0, COUNTY, COUNTY, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RETURNED, 0, COUNTY, VILLAGE, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RETURNED, 0, COUNTY, 2224, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_WITHDRAWN, 0, COUNTY, VILLAGE, "V-0", 0, ""},
	    {FUND_WITHDRAWN, 0, COUNTY, VILLAGE, "", PROBLEM_REFERRED_MISSING, "refers"},
	    {FUND_WITHDRAWN, USE_INDUSTRY, COUNTY, VILLAGE, "V-0", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_WITHDRAWN, 0, COUNTY, 0, "V-0", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_WITHDRAWN, 0, COUNTY, COUNTY, "V-0", 0, ""},
	    {FUND_WITHDRAWN, 0, COUNTY, PROVINCE, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_REVERSED, 0, COUNTY, 0, "V-0", 0, ""},
	    {FUND_REVERSED, 0, COUNTY, 0, "", PROBLEM_REFERRED_MISSING, "refers"},
	    {FUND_REVERSED, USE_INDUSTRY, COUNTY, 0, "V-0", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_REVERSED, 0, COUNTY, VILLAGE, "V-0", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_REPAID, 0, COUNTY, 0, "", 0, ""},
	    {FUND_REPAID, 0, COUNTY, 0, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_REPAID, USE_INDUSTRY, COUNTY, 0, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_REPAID, 0, COUNTY, VILLAGE, "", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_KIND_NONE, 0, COUNTY, 0, "", PROBLEM_KIND_UNKNOWN, "kind"},
	    {FUND_KINDS, 0, COUNTY, 0, "", PROBLEM_KIND_UNKNOWN, "kind"},
	    {(enum fund_kind) - 1, 0, COUNTY, 0, "", PROBLEM_KIND_UNKNOWN, "kind"},
	};
	bool good_once[FUND_KINDS] = {false};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fund_entry e = {.kind = cases[i].kind,
		                       .unit = cases[i].unit,
		                       .voucher = "V-1",
		                       .occurred = TODAY,
		                       .source = cases[i].kind == FUND_REPAID ? SOURCE_LOAN : SOURCE_CENTRAL,
		                       .use = cases[i].use,
		                       .counterparty = cases[i].other,
		                       .amount_fen = 100,
		                       .note = cases[i].kind == FUND_REVERSED ? "why" : "",
		                       .refers = cases[i].refers,
		                       .document = "",
		                       .project = ""};
		struct problem_list list = {0};
		bool good = check_entry(&plan, TODAY, &e, 3, &list);
		if (!is_only(&list, cases[i].code, SUBJECT_ENTRY, 3, cases[i].column))
			print_problems(&list);
		EXPECT(good == !cases[i].code, "row %zu", i);
		EXPECT(is_only(&list, cases[i].code, SUBJECT_ENTRY, 3, cases[i].column), "row %zu", i);
		if (!cases[i].code)
			good_once[cases[i].kind] = true;
	}
	for (size_t kind = FUND_KIND_NONE + 1; kind < FUND_KINDS; kind++)
		EXPECT(good_once[kind], "no good entry of kind %zu", kind);
}

/* What a source permits: the loan is for industry only, and only it is repaid. */
static void
test_entry_sources(void **state)
{
	static const struct {
		enum fund_kind kind;
		uint32_t source, use;
		enum problem_code code;
		const char *column, *detail;
	} cases[] = {
	    {FUND_SPENT, SOURCE_CENTRAL, USE_INDUSTRY, 0, "", ""},
	    {FUND_SPENT, SOURCE_CENTRAL, USE_TRAINING, 0, "", ""},
	    {FUND_SPENT, SOURCE_LOAN, USE_INDUSTRY, 0, "", ""},
	    {FUND_SPENT, SOURCE_LOAN, USE_TRAINING, PROBLEM_USE_NOT_PERMITTED, "use", "贴息贷款 培训"},
	    {FUND_SPENT, SOURCE_LOAN, 3, PROBLEM_USE_UNKNOWN, "use", "3"},
	    {FUND_GRANTED, SOURCE_LOAN, USE_INDUSTRY, 0, "", ""},
	    {FUND_GRANTED, SOURCE_LOAN, USE_TRAINING, PROBLEM_USE_NOT_PERMITTED, "use", "贴息贷款 培训"},
	    {FUND_RAISED, SOURCE_LOAN, 0, 0, "", ""},
	    {FUND_REPAID, SOURCE_LOAN, 0, 0, "", ""},
	    {FUND_REPAID, SOURCE_CENTRAL, 0, PROBLEM_SOURCE_NOT_LOAN, "source", "中央资金 central"},
	    {FUND_REPAID, SOURCE_SOCIAL, 0, PROBLEM_SOURCE_NOT_LOAN, "source", "社会帮扶资金 social"},
	    {FUND_REPAID, 99, 0, PROBLEM_SOURCE_UNKNOWN, "source", "99"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unit_code other = cases[i].kind == FUND_GRANTED ? VILLAGE : 0;
		struct fund_entry e = {
		    cases[i].kind, COUNTY, "V-1", TODAY, cases[i].source, cases[i].use, other, 100, "", "", "", ""};
		struct problem_list list = {0};
		bool good = check_entry(&plan, TODAY, &e, 0, &list);
		if (!is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column))
			print_problems(&list);
		EXPECT(good == !cases[i].code && is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column) &&
		           !strcmp(list.items[0].detail, cases[i].detail),
		       "row %zu: %s", i, list.items[0].detail);
	}
}

/* Books that are closed: the day up to which they are and the one after it. */
static void
test_books_closed(void **state)
{
	static const struct {
		date closed, occurred;
		enum problem_code code;
	} cases[] = {
	    {0, 20000101, 0},
	    {20121231, 20121231, PROBLEM_YEAR_CLOSED},
	    {20121231, 20121230, PROBLEM_YEAR_CLOSED},
	    {20121231, 20000101, PROBLEM_YEAR_CLOSED},
	    {20121231, 20130101, 0},
	    {20121231, TODAY, 0},
	    {TODAY, TODAY, PROBLEM_YEAR_CLOSED},
	    {TODAY, TODAY + 1, PROBLEM_DATE_FUTURE}, /* one cause, one code */
	    {20121231, 20120230, PROBLEM_DATE_INVALID},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fund_entry e = {FUND_RAISED, COUNTY, "V-1", cases[i].occurred, SOURCE_CENTRAL, 0, 0, 100, "",
		                       "",          "",     ""};
		struct problem_list list = {0};
		plan.books_closed = cases[i].closed;
		bool good = check_entry(&plan, TODAY, &e, 0, &list);
		plan.books_closed = 0;
		EXPECT(good == !cases[i].code && is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, "occurred"),
		       "row %zu", i);
		if (cases[i].code == PROBLEM_YEAR_CLOSED)
			EXPECT(!strcmp(list.items[0].detail, cases[i].closed == TODAY ? "2013-08-15" : "2012-12-31"),
			       "row %zu: %s", i, list.items[0].detail);
	}
}

enum entry_field { NOTHING, UNIT, SOURCE, OCCURRED, AMOUNT, VOUCHER, NOTE, REFERS, PAPER };

static void
set_field(struct fund_entry *e, enum entry_field field, int64_t number, const char *text)
{
	switch (field) {
	case UNIT:
		e->unit = number;
		break;
	case SOURCE:
		e->source = (uint32_t)number;
		break;
	case OCCURRED:
		e->occurred = (date)number;
		break;
	case AMOUNT:
		e->amount_fen = number;
		break;
	case VOUCHER:
		e->voucher = text;
		break;
	case NOTE:
		e->note = text;
		break;
	case REFERS:
		e->refers = text;
		break;
	case PAPER:
		e->document = text;
		break;
	case NOTHING:
		break;
	}
}

static const char *
letters(size_t count)
{
	static char text[4][NOTE_BYTES_MAX + 2];
	static size_t next;
	char *out = text[next++ % 4];
	memset(out, 'x', count);
	out[count] = 0;
	return out;
}

static void
test_entry_fields(void **state)
{
	const struct {
		enum entry_field field;
		int64_t number;
		const char *text;
		enum problem_code code;
		const char *column;
	} cases[] = {
	    {NOTHING, 0, NULL, 0, ""},
	    {UNIT, 220822, NULL, PROBLEM_UNIT_UNKNOWN, "unit"},
	    {UNIT, 0, NULL, PROBLEM_UNIT_UNKNOWN, "unit"},
	    {SOURCE, 0, NULL, PROBLEM_SOURCE_UNKNOWN, "source"},
	    {SOURCE, SOURCE_SOCIAL, NULL, 0, ""},
	    {SOURCE, SOURCE_LOAN + 1, NULL, PROBLEM_SOURCE_UNKNOWN, "source"},
	    {AMOUNT, INT64_MIN, NULL, PROBLEM_AMOUNT_NEGATIVE, "amount"},
	    {AMOUNT, -1, NULL, PROBLEM_AMOUNT_NEGATIVE, "amount"},
	    {AMOUNT, 0, NULL, PROBLEM_AMOUNT_ZERO, "amount"},
	    {AMOUNT, 1, NULL, 0, ""},
	    {AMOUNT, INT64_C(1000000000000), NULL, 0, ""},
	    {AMOUNT, INT64_C(1000000000001), NULL, PROBLEM_AMOUNT_TOO_LARGE, "amount"},
	    {AMOUNT, INT64_MAX, NULL, PROBLEM_AMOUNT_TOO_LARGE, "amount"},
	    {OCCURRED, TODAY, NULL, 0, ""},
	    {OCCURRED, TODAY + 1, NULL, PROBLEM_DATE_FUTURE, "occurred"},
	    {OCCURRED, 20130228, NULL, 0, ""},
	    {OCCURRED, 20130229, NULL, PROBLEM_DATE_INVALID, "occurred"},
	    {OCCURRED, 20120229, NULL, 0, ""},
	    {OCCURRED, 20130832, NULL, PROBLEM_DATE_INVALID, "occurred"},
	    {OCCURRED, 0, NULL, PROBLEM_DATE_INVALID, "occurred"},
	    {OCCURRED, -20130415, NULL, PROBLEM_DATE_INVALID, "occurred"},
	    {VOUCHER, 0, "", PROBLEM_VOUCHER_MISSING, "voucher"},
	    {VOUCHER, 0, letters(VOUCHER_BYTES_MAX), 0, ""},
	    {VOUCHER, 0, letters(VOUCHER_BYTES_MAX + 1), PROBLEM_TEXT_INVALID, "voucher"},
	    {VOUCHER, 0, "凭证-1", 0, ""},
	    {VOUCHER, 0, "a\nb", PROBLEM_TEXT_INVALID, "voucher"},
	    {VOUCHER, 0, "a\tb", PROBLEM_TEXT_INVALID, "voucher"},
	    {VOUCHER, 0, "a\x7F", PROBLEM_TEXT_INVALID, "voucher"},
	    {VOUCHER, 0, "a\xC3", PROBLEM_TEXT_INVALID, "voucher"},
	    {NOTE, 0, "拨付产业资金", 0, ""},
	    {NOTE, 0, "a\x1B[2J", PROBLEM_TEXT_INVALID, "note"},
	    {NOTE, 0, "\xFF", PROBLEM_TEXT_INVALID, "note"},
	    {PAPER, 0, "吉财农〔2013〕12号", 0, ""},
	    {PAPER, 0, letters(NAME_BYTES_MAX), 0, ""},
	    {PAPER, 0, "a\nb", PROBLEM_TEXT_INVALID, "document"},
	    {PAPER, 0, "\xFF", PROBLEM_TEXT_INVALID, "document"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fund_entry e = {FUND_RAISED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, 0, 100, "", "", "", ""};
		struct problem_list list = {0};
		set_field(&e, cases[i].field, cases[i].number, cases[i].text);
		bool good = check_entry(&plan, TODAY, &e, 0, &list);
		if (!is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column))
			print_problems(&list);
		EXPECT(good == !cases[i].code, "row %zu", i);
		EXPECT(is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column), "row %zu", i);
	}
}

static void
test_note_length(void **state)
{
	struct fund_entry e = {FUND_RAISED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, 0, 100, "", "", "", ""};
	struct problem_list list = {0};
	(void)state;
	e.note = letters(NOTE_BYTES_MAX);
	assert_true(check_entry(&plan, TODAY, &e, 0, &list));
	e.note = letters(NOTE_BYTES_MAX + 1);
	assert_false(check_entry(&plan, TODAY, &e, 0, &list));
	assert_true(is_only(&list, PROBLEM_TEXT_INVALID, SUBJECT_ENTRY, 0, "note"));
	assert_int_equal(list.items[0].limit, NOTE_BYTES_MAX);
}

/* Each of the texts that an entry may have, both sides of its length; and why it was undone. */
static void
test_entry_texts(void **state)
{
	struct fund_entry e = {FUND_REVERSED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, 0, 100,
	                       "why",         "V-0",  "",    ""};
	const struct {
		enum entry_field field;
		const char *text;
		enum problem_code code;
		const char *column;
	} cases[] = {
	    {NOTE, "", PROBLEM_REASON_MISSING, "note"},
	    {NOTE, "x", 0, ""},
	    {REFERS, "凭证-0", 0, ""},
	    {REFERS, "a\nb", PROBLEM_TEXT_INVALID, "refers"},
	    {REFERS, "a\xC3", PROBLEM_TEXT_INVALID, "refers"},
	};
	static const struct {
		enum entry_field field;
		size_t most;
		const char *column;
	} lengths[] = {{REFERS, VOUCHER_BYTES_MAX, "refers"}, {PAPER, NAME_BYTES_MAX, "document"}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fund_entry changed = e;
		struct problem_list list = {0};
		set_field(&changed, cases[i].field, 0, cases[i].text);
		bool good = check_entry(&plan, TODAY, &changed, 0, &list);
		EXPECT(good == !cases[i].code && is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column),
		       "row %zu", i);
	}
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct fund_entry changed = e;
		struct problem_list list = {0};
		set_field(&changed, lengths[i].field, 0, letters(lengths[i].most));
		assert_true(check_entry(&plan, TODAY, &changed, 0, &list));
		set_field(&changed, lengths[i].field, 0, letters(lengths[i].most + 1));
		assert_false(check_entry(&plan, TODAY, &changed, 0, &list));
		assert_true(is_only(&list, PROBLEM_TEXT_INVALID, SUBJECT_ENTRY, 0, lengths[i].column));
		assert_int_equal(list.items[0].limit, lengths[i].most);
	}
}

/* An amount's problem says which amount, and the largest that there is. */
static void
test_amounts(void **state)
{
	static const int64_t amounts[] = {INT64_MIN, -1, 0, VALUE_MAX + 1, INT64_MAX};
	(void)state;
	for (size_t i = 0; i < COUNT(amounts); i++) {
		struct fund_entry e = {FUND_RAISED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, 0, amounts[i],
		                       "",          "",     "",    ""};
		struct problem_list list = {0};
		assert_false(check_entry(&plan, TODAY, &e, 0, &list));
		EXPECT(list.items[0].actual == amounts[i] && list.items[0].limit == VALUE_MAX &&
		           list.items[0].decimals == 2,
		       "row %zu", i);
	}
}

/* An office's catalogue holds its own scope: the units above are checked by their code. */
static void
test_counterparty_above_scope(void **state)
{
	struct catalogue own;
	char error[CATALOGUE_ERROR_BYTES];
	struct fund_entry e = {FUND_RECEIVED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, PREFECTURE, 100, "",
	                       "V-0",         "",     ""};
	struct problem_list list = {0};
	(void)state;
	catalogue_init(&own, 1024 * 1024);
	plan_fill(&own);
	own.units[0] = (struct unit){COUNTY, UNIT_COUNTY, "镇赉县", "test"};
	own.unit_count = 1;
	assert_true(catalogue_finish(&own, error));
	assert_true(check_entry(&own, TODAY, &e, 0, &list));
	e.counterparty = 2224;
	assert_false(check_entry(&own, TODAY, &e, 0, &list));
	assert_int_equal(list.items[0].code, PROBLEM_COUNTERPARTY_WRONG);
	catalogue_free(&own);
}

/* ---------------------------------------------------------------- submissions */

static const uint32_t one_indicator[] = {SUBSIDY};
static const int64_t one_value[] = {100};

static struct report
a_report(unit_code unit, period when)
{
	return (struct report){unit, when, FORM_VILLAGE, 1, 0, 1, one_indicator, one_value, 0};
}

static struct fund_entry
an_entry(unit_code unit, const char *voucher)
{
	return (struct fund_entry){FUND_RAISED, unit, voucher, TODAY, SOURCE_CENTRAL, 0, 0, 100, "", "", "", ""};
}

static void
test_whole_submission(void **state)
{
	struct report reports[] = {a_report(VILLAGE, 201304), a_report(VILLAGE_OTHER, 201304),
	                           a_report(VILLAGE, 201305)};
	struct fund_entry entries[] = {an_entry(COUNTY, "1"), an_entry(COUNTY, "2"), an_entry(TOWNSHIP, "1")};
	struct submission s = {submission_id_new(1), COUNT(reports), COUNT(entries), reports, entries};
	struct problem_list list = {0};
	(void)state;
	assert_true(check_submission(&plan, TODAY, &s, &list));
	assert_int_equal(list.count, 0);
	s.id.bytes[6] = 0x40; /* a UUIDv4 */
	assert_false(check_submission(&plan, TODAY, &s, &list));
	assert_true(is_only(&list, PROBLEM_ID_INVALID, SUBJECT_REQUEST, 0, ""));
	s.id = submission_id_new(1);
	s.report_count = s.entry_count = 0;
	list = (struct problem_list){0};
	assert_false(check_submission(&plan, TODAY, &s, &list));
	assert_true(is_only(&list, PROBLEM_SUBMISSION_EMPTY, SUBJECT_REQUEST, 0, ""));
	/* The row that is wrong is the one that is named. */
	s.report_count = COUNT(reports);
	s.entry_count = COUNT(entries);
	reports[2].period = 201313;
	entries[1].amount_fen = 0;
	list = (struct problem_list){0};
	assert_false(check_submission(&plan, TODAY, &s, &list));
	assert_int_equal(list.count, 2);
	assert_int_equal(list.items[0].index, 2);
	assert_int_equal(list.items[0].subject, SUBJECT_REPORT);
	assert_int_equal(list.items[1].index, 1);
	assert_int_equal(list.items[1].subject, SUBJECT_ENTRY);
}

static void
test_repeated(void **state)
{
	struct report reports[] = {a_report(VILLAGE, 201304), a_report(VILLAGE_OTHER, 201304),
	                           a_report(VILLAGE, 201304)};
	struct fund_entry entries[] = {an_entry(COUNTY, "x"), an_entry(COUNTY, "y"), an_entry(COUNTY, "x"),
	                               an_entry(COUNTY, "x")};
	struct submission s = {submission_id_new(1), COUNT(reports), 0, reports, entries};
	struct problem_list list = {0};
	(void)state;
	assert_false(check_submission(&plan, TODAY, &s, &list));
	assert_true(is_only(&list, PROBLEM_REPORT_REPEATED, SUBJECT_REPORT, 2, "unit"));
	s.report_count = 2;
	s.entry_count = COUNT(entries);
	list = (struct problem_list){0};
	assert_false(check_submission(&plan, TODAY, &s, &list));
	assert_int_equal(list.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(list.items[i].code, PROBLEM_VOUCHER_REPEATED);
		assert_int_equal(list.items[i].index, 2 + i);
		assert_string_equal(list.items[i].column, "voucher");
		assert_string_equal(list.items[i].detail, "x");
	}
}

/* One cause, one code: vouchers that are missing are not repeated, too. */
static void
test_missing_vouchers(void **state)
{
	struct fund_entry entries[] = {an_entry(COUNTY, ""), an_entry(COUNTY, "")};
	struct submission s = {submission_id_new(1), 0, COUNT(entries), NULL, entries};
	struct problem_list list = {0};
	(void)state;
	assert_false(check_submission(&plan, TODAY, &s, &list));
	print_problems(&list);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.items[0].code, PROBLEM_VOUCHER_MISSING);
	assert_int_equal(list.items[1].code, PROBLEM_VOUCHER_MISSING);
}

/* Each field of a document, both sides of its limits. */
static void
test_documents(void **state)
{
	static char long_name[NAME_BYTES_MAX + 2], long_note[NOTE_BYTES_MAX + 2];
	memset(long_name, 'n', NAME_BYTES_MAX + 1);
	memset(long_note, 'n', NOTE_BYTES_MAX + 1);
	const struct {
		struct document document;
		enum problem_code code;
		const char *column;
	} cases[] = {
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{0}}, "方案.pdf", ""}, PROBLEM_NONE, ""},
	    {{COUNTY, DOCUMENT_PLAN, 9, FILE_TIFF, DOCUMENT_BYTES_MAX, {{0}}, long_name + 1, long_note + 1},
	     PROBLEM_NONE,
	     ""},
	    {{VILLAGE, DOCUMENT_PHOTO, 0, FILE_JPEG, 1, {{0}}, "x", ""}, PROBLEM_NONE, ""},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 0, {{0}}, "x", ""}, PROBLEM_VALUE_TOO_SMALL, "size"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, DOCUMENT_BYTES_MAX + 1, {{0}}, "x", ""},
	     PROBLEM_VALUE_TOO_LARGE,
	     "size"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, UINT64_MAX, {{0}}, "x", ""}, PROBLEM_VALUE_TOO_LARGE, "size"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_TYPE_NONE, 1, {{0}}, "x", ""}, PROBLEM_FILE_TYPE_UNKNOWN, "type"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_TYPES, 1, {{0}}, "x", ""}, PROBLEM_FILE_TYPE_UNKNOWN, "type"},
	    {{COUNTY, 0, 0, FILE_PDF, 1, {{0}}, "x", ""}, PROBLEM_DOCUMENT_KIND_UNKNOWN, "kind"},
	    {{VILLAGE, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{0}}, "x", ""}, PROBLEM_DOCUMENT_LEVEL_WRONG, "kind"},
	    {{COUNTY, DOCUMENT_PHOTO, 0, FILE_PDF, 1, {{0}}, "x", ""}, PROBLEM_DOCUMENT_LEVEL_WRONG, "kind"},
	    {{220899, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{0}}, "x", ""}, PROBLEM_UNIT_UNKNOWN, "unit"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{0}}, "", ""}, PROBLEM_TEXT_INVALID, "name"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{0}}, long_name, ""}, PROBLEM_TEXT_INVALID, "name"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{0}}, "a/b", ""}, PROBLEM_TEXT_INVALID, "name"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{0}}, "..", ""}, PROBLEM_TEXT_INVALID, "name"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{0}}, "a\nb", ""}, PROBLEM_TEXT_INVALID, "name"},
	    {{COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{0}}, "x", long_note}, PROBLEM_TEXT_INVALID, "note"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct problem_list list = {0};
		bool good = check_document(&plan, &cases[i].document, 3, &list);
		EXPECT(good == !cases[i].code, "row %zu", i);
		EXPECT(good || is_only(&list, cases[i].code, SUBJECT_DOCUMENT, 3, cases[i].column), "row %zu", i);
	}
	struct document twice[] = {cases[2].document, cases[0].document, cases[2].document};
	struct submission s = {.id = submission_id_new(1), .document_count = COUNT(twice), .documents = twice};
	struct problem_list list = {0};
	assert_false(check_submission(&plan, TODAY, &s, &list));
	assert_true(is_only(&list, PROBLEM_REPORT_REPEATED, SUBJECT_DOCUMENT, 2, "kind"));
	s.document_count = 2;
	assert_true(check_submission(&plan, TODAY, &s, &list));
}

static void
check_rows(size_t report_count, size_t entry_count, enum problem_code code)
{
	struct report *reports = calloc(report_count + 1, sizeof *reports);
	struct fund_entry *entries = calloc(entry_count + 1, sizeof *entries);
	char(*vouchers)[24] = calloc(entry_count + 1, sizeof *vouchers);
	static struct problem_list list;
	assert_true(reports && entries && vouchers);
	/* Keys that differ: the period goes by the month over centuries, of which all but a few are wrong. */
	for (size_t i = 0; i < report_count; i++)
		reports[i] = a_report(VILLAGE, (period)i);
	for (size_t i = 0; i < entry_count; i++) {
		snprintf(vouchers[i], sizeof vouchers[i], "%zu", i);
		entries[i] = an_entry(COUNTY, vouchers[i]);
	}
	struct submission s = {submission_id_new(1), report_count, entry_count, reports, entries};
	list = (struct problem_list){0};
	bool good = check_submission(&plan, TODAY, &s, &list);
	if (code == PROBLEM_ROWS_TOO_MANY) {
		assert_true(is_only(&list, code, SUBJECT_REQUEST, 0, ""));
		assert_int_equal(list.items[0].actual, report_count + entry_count);
		assert_int_equal(list.items[0].limit, 5000);
	} else if (code == PROBLEM_PERIOD_INVALID) { /* the list is full, the rest counted */
		assert_int_equal(list.items[0].code, code);
		assert_int_equal(list.count, PROBLEMS_MAX);
		assert_int_equal(list.count + list.more, report_count);
	}
	EXPECT(good == !code, "%zu reports, %zu entries", report_count, entry_count);
	free(reports);
	free(entries);
	free(vouchers);
}

static void
test_rows(void **state)
{
	(void)state;
	check_rows(0, 5000, PROBLEM_NONE);
	check_rows(0, 5001, PROBLEM_ROWS_TOO_MANY);
	check_rows(5000, 0, PROBLEM_PERIOD_INVALID);
	check_rows(5001, 0, PROBLEM_ROWS_TOO_MANY);
	check_rows(2500, 2500, PROBLEM_PERIOD_INVALID);
	check_rows(2500, 2501, PROBLEM_ROWS_TOO_MANY);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reports),
	    cmocka_unit_test(test_whole_not_reported),
	    cmocka_unit_test(test_text_of_part),
	    cmocka_unit_test(test_several),
	    cmocka_unit_test(test_entry_kinds),
	    cmocka_unit_test(test_entry_fields),
	    cmocka_unit_test(test_entry_sources),
	    cmocka_unit_test(test_books_closed),
	    cmocka_unit_test(test_note_length),
	    cmocka_unit_test(test_entry_texts),
	    cmocka_unit_test(test_amounts),
	    cmocka_unit_test(test_counterparty_above_scope),
	    cmocka_unit_test(test_whole_submission),
	    cmocka_unit_test(test_repeated),
	    cmocka_unit_test(test_missing_vouchers),
	    cmocka_unit_test(test_documents),
	    cmocka_unit_test(test_rows),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, plan_setup, plan_teardown);
}
