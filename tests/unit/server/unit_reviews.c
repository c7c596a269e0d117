/* What reviewers may decide, and when: every state of a report, every role, every decision; and what a
 * correction is told in each state. */
#include "case.h"
#include "plan.h"

#include "submission/intake.h"

#include <stdio.h>
#include <string.h>

static struct holdings holdings;

static const uint32_t staff[] = {STAFF};
static const int64_t four[] = {4};

static int
make(void **state)
{
	(void)state;
	plan_make(&plan);
	return holdings_create(&plan, &holdings) ? 0 : -1;
}

static int
unmake(void **state)
{
	(void)state;
	holdings_destroy(&holdings);
	catalogue_free(&plan);
	return 0;
}

/* Ways of a report, each in a month of its own, and how it stands then. */
enum { WAY_MAX = 6 };
static const struct {
	enum review_state state;
	enum decision way[WAY_MAX]; /* 0: no more */
	bool approved;
	/* By role, prefecture and province: may it pass, return, take? */
	bool may[2][DECISIONS];
} states[] = {
    {REVIEW_SENT, {0}, false, {{false, true, true, false}, {false, false, false, false}}},
    {REVIEW_PASSED, {DECISION_PASS}, true, {{false, false, true, false}, {false, false, true, true}}},
    {REVIEW_RETURNED, {DECISION_RETURN}, false, {{false, false, false, false}, {false, false, false, false}}},
    {REVIEW_RETURNED,
     {DECISION_PASS, DECISION_RETURN},
     false,
     {{false, false, false, false}, {false, false, false, false}}},
    {REVIEW_TAKEN,
     {DECISION_PASS, DECISION_TAKE},
     true,
     {{false, false, false, false}, {false, false, true, false}}},
    {REVIEW_RETURNED,
     {DECISION_PASS, DECISION_TAKE, DECISION_RETURN},
     false,
     {{false, false, false, false}, {false, false, false, false}}},
};

static period
month_of(size_t row)
{
	return 201301 + (period)row;
}

/* The report of this row, as far as its way goes. Returns how many decisions there were. */
static uint32_t
walk(size_t row)
{
	struct report report = {COUNTY, month_of(row), FORM_COUNTY, 1, 0, 1, staff, four, 0};
	uint32_t step = 0;
	assert_true(holdings_take_report(&holdings, &report, 1, row + 1, 0));
	for (; step < WAY_MAX && states[row].way[step]; step++) {
		struct review review = {COUNTY, month_of(row),         FORM_COUNTY,  1,
		                        step,   states[row].way[step], RETURN_OTHER, ""};
		assert_true(holdings_take_review(&holdings, &review, row + 1));
	}
	return step;
}

static enum problem_code
told(enum role role, const struct review *review, struct problem_list *problems)
{
	struct review copy = *review;
	struct envelope e = {.office = {"office", role, role == ROLE_PROVINCE ? PROVINCE : PREFECTURE},
	                     .submission = {.reviews = &copy, .review_count = 1}};
	problem_list_init(problems);
	bool good = intake_compare(&holdings, 0, &e, problems) == INTAKE_ACCEPTED;
	EXPECT(good == !problems->count, "accepted, with problems");
	return good ? 0 : problems->items[0].code;
}

static void
test_states(void **state)
{
	static const enum role roles[] = {ROLE_PREFECTURE, ROLE_PROVINCE};
	(void)state;
	for (size_t row = 0; row < COUNT(states); row++) {
		uint32_t step = walk(row);
		struct report_standing standing =
		    totals_standing(holdings.totals, COUNTY, FORM_COUNTY, month_of(row));
		EXPECT(standing.state == states[row].state && standing.step == step, "row %zu: state %d", row,
		       (int)standing.state);
		for (size_t role = 0; role < COUNT(roles); role++)
			for (int decision = DECISION_NONE; decision < DECISIONS; decision++) {
				struct problem_list problems;
				const struct review review = {COUNTY, month_of(row),           FORM_COUNTY,  1,
				                              step,   (enum decision)decision, RETURN_OTHER, ""};
				enum problem_code code = told(roles[role], &review, &problems);
				EXPECT(code == (states[row].may[role][decision] ? 0 : PROBLEM_REVIEW_STATE_WRONG),
				       "row %zu role %zu decision %d: %d", row, role, decision, (int)code);
				EXPECT(!code || (strstr(problems.items[0].detail, review_state_name(states[row].state)) &&
				                 !strcmp(problems.items[0].column, "decision")),
				       "row %zu: %s", row, problems.items[0].detail);
			}
	}
}

/* A decision is about a revision, after so many decisions: what became of it meanwhile makes it void. */
static void
test_outdated(void **state)
{
	static const struct {
		uint32_t revision, step;
		enum problem_code code;
	} rows[] = {{1, 0, 0},
	            {2, 0, PROBLEM_REVIEW_OUTDATED},
	            {0, 0, PROBLEM_REVIEW_OUTDATED},
	            {1, 1, PROBLEM_REVIEW_OUTDATED},
	            {2, 1, PROBLEM_REVIEW_OUTDATED}};
	(void)state;
	walk(0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem_list problems;
		const struct review review = {COUNTY,       month_of(0),   FORM_COUNTY,  rows[i].revision,
		                              rows[i].step, DECISION_PASS, RETURN_OTHER, ""};
		EXPECT(told(ROLE_PREFECTURE, &review, &problems) == rows[i].code, "row %zu", i);
		EXPECT(!rows[i].code || strstr(problems.items[0].detail, "revision 1, 0 decisions"), "row %zu: %s", i,
		       problems.items[0].detail);
	}
}

/* What was taken is locked; what was passed once is corrected only with a reason, also after it was returned.
 */
static void
test_corrections(void **state)
{
	static const char *const reasons[] = {NULL, "", "算错了"};
	(void)state;
	for (size_t row = 0; row < COUNT(states); row++) {
		walk(row);
		for (size_t i = 0; i < COUNT(reasons); i++) {
			struct problem_list problems;
			struct report report = {COUNTY, month_of(row), FORM_COUNTY, 1, 1, 1, staff, four, 0, reasons[i]};
			struct envelope e = {.submission = {.reports = &report, .report_count = 1}};
			problem_list_init(&problems);
			report.place = (uint32_t)(catalogue_unit(&plan, COUNTY) - plan.units) + 1;
			bool taken = states[row].state == REVIEW_TAKEN,
			     unsaid = states[row].way[0] == DECISION_PASS && i < 2;
			enum problem_code code = taken ? PROBLEM_REPORT_LOCKED : unsaid ? PROBLEM_REASON_MISSING : 0;
			bool good = intake_compare(&holdings, 0, &e, &problems) == INTAKE_ACCEPTED;
			EXPECT(good == !code && (good || problems.items[0].code == code), "row %zu reason %zu: %d", row,
			       i, problems.count ? (int)problems.items[0].code : 0);
			EXPECT(!taken || problems.items[0].limit == 1, "row %zu", row);
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_states, make, unmake),
	    cmocka_unit_test_setup_teardown(test_outdated, make, unmake),
	    cmocka_unit_test_setup_teardown(test_corrections, make, unmake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
