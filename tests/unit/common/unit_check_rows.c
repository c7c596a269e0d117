/* Checks of what is no report and no fund entry: more time, decisions of reviewers, targets, documents; from
 * a good row, one change each, to the exact problem. And rows that speak of the same thing twice. */
#include "case.h"
#include "plan.h"

#include "base/utf8.h"
#include "check/check.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TODAY = 20130815 };

#define RENAMED INT64_C(220821103206)

static char long_text[NOTE_BYTES_MAX + 2];
static int64_t due; /* of the villages' form in April */

static const struct deadline_rule rules[] = {
    {FORM_VILLAGE, DEADLINE_DUE, 201301, 201312, 1, 5, MINUTES_PER_DAY, ""},
    {FORM_VILLAGE, DEADLINE_CLOSED, 201301, 201312, 1, 20, MINUTES_PER_DAY, ""},
    {FORM_VILLAGE, DEADLINE_CORRECTIONS, 201301, 201312, 2, 20, MINUTES_PER_DAY, ""},
};

static int
make(void **state)
{
	char error[CATALOGUE_ERROR_BYTES];
	(void)state;
	catalogue_init(&plan, 1024 * 1024);
	plan_fill(&plan);
	plan_put_rules(&plan, rules, COUNT(rules));
	/* The township's other village exists until June, and goes on under another code. */
	struct unit *units = arena_array(&plan.arena, plan.unit_count + 1, sizeof *units);
	assert_non_null(units);
	memcpy(units, plan.units, plan.unit_count * sizeof *units);
	plan.units = units;
	for (size_t i = 0; i < plan.unit_count; i++)
		if (units[i].code == VILLAGE_OTHER) {
			units[i].last = 201306;
			units[i].successor = RENAMED;
		}
	units[plan.unit_count++] = (struct unit){RENAMED, UNIT_VILLAGE, "新村", "test", .first = 201307};
	memset(long_text, 'x', sizeof long_text - 1);
	bool good = catalogue_finish(&plan, error);
	if (!good)
		print_error("%s\n", error);
	due = good ? catalogue_deadlines(&plan, FORM_VILLAGE, 201304)->at[DEADLINE_DUE] : 0;
	return good ? 0 : -1;
}

static int
unmake(void **state)
{
	(void)state;
	catalogue_free(&plan);
	return 0;
}

static void
expect(const struct submission *s, enum problem_code code, enum problem_subject subject, const char *column,
       const char *name)
{
	struct problem_list problems = {0};
	struct submission copy = *s;
	copy.id = submission_id_new(1);
	bool good = check_submission(&plan, TODAY, &copy, &problems);
	EXPECT(good == !code && problems.count == !good, "%s: %zu problems, %s", name, problems.count,
	       problems.count ? problem_name(problems.items[0].code) : "none");
	if (code)
		EXPECT(problems.items[0].code == code && problems.items[0].subject == subject &&
		           !strcmp(problems.items[0].column, column),
		       "%s: %s, column %s", name, problem_name(problems.items[0].code), problems.items[0].column);
}

/* ---------------------------------------------------------------- more time */

static void
test_extensions(void **state)
{
	const struct {
		const char *name;
		struct extension e;
		enum problem_code code;
		const char *column;
	} rows[] = {
	    {"good", {COUNTY, 201304, FORM_VILLAGE, DEADLINE_DUE, due + 1, "水灾", 0}, 0, ""},
	    {"of a village", {VILLAGE, 201304, FORM_VILLAGE, DEADLINE_DUE, due + 1, "x", 0}, 0, ""},
	    {"to the last moment", {COUNTY, 201304, FORM_VILLAGE, DEADLINE_DUE, TIME_MAX, "x", 0}, 0, ""},
	    {"corrections", {COUNTY, 201304, FORM_VILLAGE, DEADLINE_CORRECTIONS, TIME_MAX, "x", 0}, 0, ""},
	    {"no more than the plan",
	     {COUNTY, 201304, FORM_VILLAGE, DEADLINE_DUE, due, "x", 0},
	     PROBLEM_TIME_INVALID,
	     "until"},
	    {"past all times",
	     {COUNTY, 201304, FORM_VILLAGE, DEADLINE_DUE, TIME_MAX + 1, "x", 0},
	     PROBLEM_TIME_INVALID,
	     "until"},
	    {"unit", {220899, 201304, FORM_VILLAGE, DEADLINE_DUE, due + 1, "x", 0}, PROBLEM_UNIT_UNKNOWN, "unit"},
	    {"form", {COUNTY, 201304, 9, DEADLINE_DUE, due + 1, "x", 0}, PROBLEM_FORM_UNKNOWN, "form"},
	    {"a form of above",
	     {VILLAGE, 201304, FORM_COUNTY, DEADLINE_DUE, due + 1, "x", 0},
	     PROBLEM_FORM_LEVEL_WRONG,
	     "form"},
	    {"period",
	     {COUNTY, 201313, FORM_VILLAGE, DEADLINE_DUE, due + 1, "x", 0},
	     PROBLEM_PERIOD_INVALID,
	     "period"},
	    {"the opening",
	     {COUNTY, 201304, FORM_VILLAGE, DEADLINE_OPEN, due + 1, "x", 0},
	     PROBLEM_EVENT_INVALID,
	     "event"},
	    {"no event",
	     {COUNTY, 201304, FORM_VILLAGE, DEADLINE_EVENTS, due + 1, "x", 0},
	     PROBLEM_EVENT_INVALID,
	     "event"},
	    {"no reason",
	     {COUNTY, 201304, FORM_VILLAGE, DEADLINE_DUE, due + 1, "", 0},
	     PROBLEM_REASON_MISSING,
	     "reason"},
	    {"long reason",
	     {COUNTY, 201304, FORM_VILLAGE, DEADLINE_DUE, due + 1, long_text, 0},
	     PROBLEM_TEXT_INVALID,
	     "reason"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct extension e = rows[i].e;
		expect(&(struct submission){.extension_count = 1, .extensions = &e}, rows[i].code, SUBJECT_EXTENSION,
		       rows[i].column, rows[i].name);
	}
}

static void
test_document_extensions(void **state)
{
	const int64_t plan_due = catalogue_document(&plan, DOCUMENT_PLAN)->due;
	const struct {
		const char *name;
		struct extension e;
		enum problem_code code;
		const char *column;
	} rows[] = {
	    {"document", {COUNTY, 0, 0, DEADLINE_DUE, plan_due + 1, "x", DOCUMENT_PLAN}, 0, ""},
	    {"document, not later",
	     {COUNTY, 0, 0, DEADLINE_DUE, plan_due, "x", DOCUMENT_PLAN},
	     PROBLEM_TIME_INVALID,
	     "until"},
	    {"no such document",
	     {COUNTY, 0, 0, DEADLINE_DUE, TIME_MAX, "x", 9},
	     PROBLEM_DOCUMENT_KIND_UNKNOWN,
	     "document"},
	    {"document of above",
	     {VILLAGE, 0, 0, DEADLINE_DUE, TIME_MAX, "x", DOCUMENT_PLAN},
	     PROBLEM_DOCUMENT_LEVEL_WRONG,
	     "document"},
	    {"document closed",
	     {COUNTY, 0, 0, DEADLINE_CLOSED, TIME_MAX, "x", DOCUMENT_PLAN},
	     PROBLEM_EVENT_INVALID,
	     "event"},
	    {"document and form",
	     {COUNTY, 0, FORM_VILLAGE, DEADLINE_DUE, TIME_MAX, "x", DOCUMENT_PLAN},
	     PROBLEM_FORM_UNKNOWN,
	     "form"},
	    {"document and period",
	     {COUNTY, 201304, 0, DEADLINE_DUE, TIME_MAX, "x", DOCUMENT_PLAN},
	     PROBLEM_PERIOD_INVALID,
	     "period"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct extension e = rows[i].e;
		expect(&(struct submission){.extension_count = 1, .extensions = &e}, rows[i].code, SUBJECT_EXTENSION,
		       rows[i].column, rows[i].name);
	}
}

/* ---------------------------------------------------------------- decisions */

static void
test_reviews(void **state)
{
	const struct {
		const char *name;
		struct review r;
		enum problem_code code;
		const char *column;
	} rows[] = {
	    {"pass", {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""}, 0, ""},
	    {"take", {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_TAKE, 0, ""}, 0, ""},
	    {"pass with a word", {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, "好"}, 0, ""},
	    {"return", {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_RETURN, RETURN_WRONG_FIGURE, "错"}, 0, ""},
	    {"return, last reason",
	     {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_RETURN, RETURN_OTHER, "错"},
	     0,
	     ""},
	    {"return without a reason",
	     {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_RETURN, 0, "错"},
	     PROBLEM_REASON_MISSING,
	     "reason"},
	    {"return, no such reason",
	     {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_RETURN, RETURN_REASONS, "错"},
	     PROBLEM_REASON_MISSING,
	     "reason"},
	    {"return without a word",
	     {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_RETURN, RETURN_OTHER, ""},
	     PROBLEM_REASON_MISSING,
	     "reason"},
	    {"unit", {220899, 201304, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""}, PROBLEM_UNIT_UNKNOWN, "unit"},
	    {"form", {VILLAGE, 201304, 9, 1, 0, DECISION_PASS, 0, ""}, PROBLEM_FORM_UNKNOWN, "form"},
	    {"period",
	     {VILLAGE, 201300, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""},
	     PROBLEM_PERIOD_INVALID,
	     "period"},
	    {"unit then", {VILLAGE_OTHER, 201306, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""}, 0, ""},
	    {"unit gone",
	     {VILLAGE_OTHER, 201307, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""},
	     PROBLEM_UNIT_NOT_THEN,
	     "unit"},
	    {"no decision",
	     {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_NONE, 0, ""},
	     PROBLEM_DECISION_UNKNOWN,
	     "decision"},
	    {"no such decision",
	     {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISIONS, 0, ""},
	     PROBLEM_DECISION_UNKNOWN,
	     "decision"},
	    {"long word",
	     {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, long_text},
	     PROBLEM_TEXT_INVALID,
	     "text"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct review r = rows[i].r;
		expect(&(struct submission){.review_count = 1, .reviews = &r}, rows[i].code, SUBJECT_REVIEW,
		       rows[i].column, rows[i].name);
	}
}

/* A report of a unit that is another by then names that one. */
static void
test_unit_then(void **state)
{
	uint32_t indicator = SUBSIDY;
	int64_t value = 1;
	struct report r = {VILLAGE_OTHER, 201306, FORM_VILLAGE, 1, 0, 1, &indicator, &value, 0};
	struct submission s = {.id = submission_id_new(1), .report_count = 1, .reports = &r};
	struct problem_list problems = {0};
	(void)state;
	assert_true(check_submission(&plan, TODAY, &s, &problems));
	r.period = 201307;
	r.form_version = 2;
	assert_false(check_submission(&plan, TODAY, &s, &problems));
	assert_true(problems.count == 1 && problems.items[0].code == PROBLEM_UNIT_NOT_THEN &&
	            problems.items[0].actual == VILLAGE_OTHER);
	assert_true(strstr(problems.items[0].detail, "2013-07") &&
	            strstr(problems.items[0].detail, "220821103206"));
	r.unit = VILLAGE;
	r.reason = long_text;
	expect(&s, PROBLEM_TEXT_INVALID, SUBJECT_REPORT, "reason", "long reason");
}

/* ---------------------------------------------------------------- targets */

static void
test_targets(void **state)
{
	const struct {
		const char *name;
		struct target_part t;
		enum problem_code code;
		const char *column;
		int64_t limit;
		uint32_t decimals;
	} rows[] = {
	    {"indicator", {COUNTY, 2013, HOUSEHOLDS, 0, 5, 0, ""}, 0, "", 0, 0},
	    {"fund", {COUNTY, 2013, 0, FUND_RAISED, 5, 0, ""}, 0, "", 0, 0},
	    {"nothing", {COUNTY, 2013, HOUSEHOLDS, 0, 0, 0, ""}, 0, "", 0, 0},
	    {"most", {COUNTY, 2013, HOUSEHOLDS, 0, VALUE_MAX, 0, ""}, 0, "", 0, 0},
	    {"first year", {COUNTY, 2000, HOUSEHOLDS, 0, 5, 0, ""}, 0, "", 0, 0},
	    {"last year", {COUNTY, 2099, HOUSEHOLDS, 0, 5, 0, ""}, 0, "", 0, 0},
	    {"unit", {220899, 2013, HOUSEHOLDS, 0, 5, 0, ""}, PROBLEM_UNIT_UNKNOWN, "unit", 0, 0},
	    {"too early", {COUNTY, 1999, HOUSEHOLDS, 0, 5, 0, ""}, PROBLEM_YEAR_INVALID, "year", 0, 0},
	    {"too late", {COUNTY, 2100, HOUSEHOLDS, 0, 5, 0, ""}, PROBLEM_YEAR_INVALID, "year", 0, 0},
	    {"no measure", {COUNTY, 2013, 0, 0, 5, 0, ""}, PROBLEM_MEASURE_UNKNOWN, "measure", 0, 0},
	    {"no such indicator", {COUNTY, 2013, 99, 0, 5, 0, ""}, PROBLEM_MEASURE_UNKNOWN, "measure", 0, 0},
	    {"both", {COUNTY, 2013, HOUSEHOLDS, FUND_RAISED, 5, 0, ""}, PROBLEM_MEASURE_UNKNOWN, "measure", 0, 0},
	    {"a kind of each level",
	     {COUNTY, 2013, 0, FUND_SENT_DOWN, 5, 0, ""},
	     PROBLEM_MEASURE_UNKNOWN,
	     "measure",
	     0,
	     0},
	    {"negative", {COUNTY, 2013, SUBSIDY, 0, -1, 0, ""}, PROBLEM_VALUE_TOO_SMALL, "value", 0, 2},
	    {"too large",
	     {COUNTY, 2013, ROADS, 0, VALUE_MAX + 1, 0, ""},
	     PROBLEM_VALUE_TOO_LARGE,
	     "value",
	     VALUE_MAX,
	     1},
	    {"too much money",
	     {COUNTY, 2013, 0, FUND_RAISED, VALUE_MAX + 1, 0, ""},
	     PROBLEM_VALUE_TOO_LARGE,
	     "value",
	     VALUE_MAX,
	     2},
	    {"long note",
	     {COUNTY, 2013, HOUSEHOLDS, 0, 5, 0, long_text},
	     PROBLEM_TEXT_INVALID,
	     "note",
	     NOTE_BYTES_MAX,
	     0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target_part t = rows[i].t;
		struct submission s = {.id = submission_id_new(1), .target_count = 1, .targets = &t};
		struct problem_list problems = {0};
		expect(&s, rows[i].code, SUBJECT_TARGET, rows[i].column, rows[i].name);
		if (rows[i].limit && !check_submission(&plan, TODAY, &s, &problems))
			EXPECT(problems.items[0].limit == rows[i].limit && problems.items[0].decimals == rows[i].decimals,
			       "%s", rows[i].name);
	}
}

/* ---------------------------------------------------------------- the same twice */

/* Of each kind three rows: the first and the last speak of the same thing if nothing is changed; each change
 * makes them two. */
static void
test_repeated(void **state)
{
	(void)state;
	for (int change = 0; change < 5; change++) {
		char name[32];
		struct review reviews[] = {{VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""},
		                           {VILLAGE_OTHER, 201301, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""},
		                           {VILLAGE, 201304, FORM_VILLAGE, 2, 1, DECISION_PASS, 0, ""}};
		struct target_part targets[] = {{COUNTY, 2013, HOUSEHOLDS, 0, 5, 0, ""},
		                                {PREFECTURE, 2014, STAFF, 0, 5, 0, ""},
		                                {COUNTY, 2013, HOUSEHOLDS, 0, 6, 0, ""}};
		struct submission with_reviews = {.review_count = 3, .reviews = reviews};
		struct submission with_targets = {.target_count = 3, .targets = targets};
		bool same_review = !change || change == 4, same_target = !change;
		snprintf(name, sizeof name, "change %d", change);
		if (change == 1) {
			reviews[2].unit = TOWNSHIP;
			targets[2].unit = 220881;
		} else if (change == 2) {
			reviews[2].period = 201305;
			targets[2].year = 2012;
		} else if (change == 3) {
			reviews[2].form = FORM_COUNTY;
			targets[2].indicator = SUBSIDY;
		} else if (change == 4) {
			targets[0] = targets[2] = (struct target_part){COUNTY, 2013, 0, FUND_RAISED, 5, 0, ""};
			targets[2].fund = FUND_SPENT;
		}
		expect(&with_reviews, same_review ? PROBLEM_REPORT_REPEATED : 0, SUBJECT_REVIEW, "unit", name);
		expect(&with_targets, same_target ? PROBLEM_REPORT_REPEATED : 0, SUBJECT_TARGET, "unit", name);
	}
	struct report reports[3];
	uint32_t indicator = SUBSIDY;
	int64_t value = 1;
	for (int i = 0; i < 3; i++)
		reports[i] = (struct report){VILLAGE, 201304, FORM_VILLAGE, 1, 0, 1, &indicator, &value, 0};
	struct submission s = {.id = submission_id_new(1), .report_count = 3, .reports = reports};
	struct problem_list problems = {0};
	assert_false(check_submission(&plan, TODAY, &s, &problems)); /* each that was said before is named */
	assert_true(problems.count == 2 && problems.items[0].index == 1 && problems.items[1].index == 2);
}

/* Each is named by where it stands, whatever the order of the rows. */
static void
test_where(void **state)
{
	struct review reviews[] = {{VILLAGE_OTHER, 201304, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""},
	                           {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""},
	                           {VILLAGE_OTHER, 201304, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""},
	                           {VILLAGE, 201304, FORM_VILLAGE, 1, 0, DECISION_PASS, 0, ""}};
	struct submission s = {.id = submission_id_new(1), .review_count = 4, .reviews = reviews};
	struct problem_list problems = {0};
	(void)state;
	assert_false(check_submission(&plan, TODAY, &s, &problems));
	assert_true(problems.count == 2 && problems.items[0].index + problems.items[1].index == 5);
	assert_true(problems.items[0].index >= 2 && problems.items[1].index >= 2);
}

static double
processor_seconds(void)
{
	struct timespec used;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* Vouchers whose keys grow as they are made (U+FDFA becomes 18 characters): each key is made once or twice,
 * not with each comparison. */
static void
test_many_long_keys(void **state)
{
	static char vouchers[SUBMISSION_ROWS_MAX][VOUCHER_BYTES_MAX + 1];
	static struct fund_entry entries[SUBMISSION_ROWS_MAX];
	struct problem_list problems = {0};
	char room[UTF8_KEY_BYTES];
	size_t bytes = 0;
	(void)state;
	for (int i = 0; i < SUBMISSION_ROWS_MAX; i++) {
		snprintf(vouchers[i], sizeof vouchers[i], "\uFDFA\uFDFA\uFDFA\uFDFA\uFDFA%d",
		         i * 7919 % SUBMISSION_ROWS_MAX);
		entries[i] = (struct fund_entry){
		    FUND_RAISED, COUNTY, vouchers[i], 20130415, SOURCE_CENTRAL, 0, 0, 100, "", "", "", ""};
	}
	double began = processor_seconds();
	for (int i = 0; i < SUBMISSION_ROWS_MAX; i++)
		bytes += strlen(utf8_key(vouchers[i], room));
	double keys = processor_seconds() - began;
	struct submission s = {
	    .id = submission_id_new(1), .entry_count = SUBMISSION_ROWS_MAX, .entries = entries};
	began = processor_seconds();
	assert_true(check_submission(&plan, TODAY, &s, &problems));
	double took = processor_seconds() - began;
	print_message("%zu bytes of keys: %.3f s, checked in %.3f s\n", bytes, keys, took);
	EXPECT(took < 6 * keys + 0.05, "%.3f s, the keys alone %.3f s", took, keys);
	memcpy(vouchers[4999], vouchers[17], sizeof vouchers[17]);
	assert_false(check_submission(&plan, TODAY, &s, &problems));
	assert_true(problems.count == 1 && problems.items[0].code == PROBLEM_VOUCHER_REPEATED &&
	            problems.items[0].index == 4999);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_extensions), cmocka_unit_test(test_document_extensions),
	    cmocka_unit_test(test_reviews),    cmocka_unit_test(test_unit_then),
	    cmocka_unit_test(test_targets),    cmocka_unit_test(test_repeated),
	    cmocka_unit_test(test_where),      cmocka_unit_test(test_many_long_keys),
	};
	return cmocka_run_group_tests(tests, make, unmake);
}
