/* The checks of a submission, its reports and documents: from a good one, one mutation each, to the exact
 * problem. Fund entries are in unit_check_entries. */
#include "case.h"
#include "only.h"
#include "plan.h"

#include "check/check.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_ROOM = 6, TODAY = 20130815 };

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
	    cmocka_unit_test(test_whole_submission),
	    cmocka_unit_test(test_repeated),
	    cmocka_unit_test(test_missing_vouchers),
	    cmocka_unit_test(test_documents),
	    cmocka_unit_test(test_rows),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, plan_setup, plan_teardown);
}
