/* Who may do what: every role with every action and request, and the edges of every scope. */
#include "case.h"

#include "access/admit.h"
#include "service/question_kinds.h"

#include <inttypes.h>

static bool
admit_request(const struct office *office, const struct request *request, struct problem_list *problems)
{
	return question_admit(handling_of(request->kind), office, request, problems);
}

static void
test_roles(void **state)
{
	static const bool expected[ROLES][ACTIONS] = {
	    [ROLE_NONE] = {false},
	    [ROLE_COUNTY] = {[ACTION_SUBMIT] = true,
	                     [ACTION_SUBMIT_REPORT] = true,
	                     [ACTION_SUBMIT_FUNDS] = true,
	                     [ACTION_READ] = true,
	                     [ACTION_SET_TARGET] = true,
	                     [ACTION_SEND_DOCUMENT] = true},
	    [ROLE_PREFECTURE] = {[ACTION_SUBMIT] = true,
	                         [ACTION_SUBMIT_FUNDS] = true,
	                         [ACTION_READ] = true,
	                         [ACTION_EXTEND] = true,
	                         [ACTION_SET_TARGET] = true,
	                         [ACTION_PASS] = true,
	                         [ACTION_RETURN] = true},
	    [ROLE_PROVINCE] = {[ACTION_SUBMIT] = true,
	                       [ACTION_SUBMIT_FUNDS] = true,
	                       [ACTION_READ] = true,
	                       [ACTION_EXTEND] = true,
	                       [ACTION_SET_TARGET] = true,
	                       [ACTION_TAKE] = true,
	                       [ACTION_RETURN] = true},
	    [ROLE_ADMIN] = {[ACTION_READ] = true,
	                    [ACTION_RELOAD] = true,
	                    [ACTION_SET_CLOCK] = true,
	                    [ACTION_ADMIT_OFFICES] = true},
	};
	(void)state;
	for (int role = 0; role < ROLES; role++)
		for (int action = 0; action < ACTIONS; action++)
			EXPECT(role_may((enum role)role, (enum action)action) == expected[role][action],
			       "role %d action %d", role, action);
	/* What does not exist may nothing. */
	for (int action = 0; action <= ACTIONS; action++) {
		assert_false(role_may((enum role)ROLES, (enum action)action));
		assert_false(role_may((enum role) - 1, (enum action)action));
		assert_false(role_may((enum role)INT32_MAX, (enum action)action));
	}
	for (int role = 0; role < ROLES; role++)
		assert_false(role_may((enum role)role, ACTIONS));
}

/* Each kind of request for an office at its own unit. */
static void
test_requests(void **state)
{
	static const bool expected[REQUEST_KINDS + 1][ROLES] = {
	    /*                   none, county, prefecture, province, admin */
	    [REQUEST_NONE] = {false, false, false, false, false},
	    [REQUEST_HELLO] = {false, true, true, true, true},
	    [REQUEST_SUBMIT] = {false, true, true, true, false},
	    [REQUEST_TOTAL] = {false, true, true, true, true},
	    [REQUEST_STATUS] = {false, true, true, true, true},
	    [REQUEST_CATALOGUE] = {false, true, true, true, true},
	    [REQUEST_PING] = {false, true, true, true, true},
	    [REQUEST_RELOAD] = {false, false, false, false, true},
	    [REQUEST_WATCH] = {false, true, true, true, true},
	    [REQUEST_ACK] = {false, true, true, true, true},
	    [REQUEST_UNWATCH] = {false, true, true, true, true},
	    [REQUEST_SET_CLOCK] = {false, false, false, false, true},
	    [REQUEST_REPORTS] = {false, true, true, true, true},
	    [REQUEST_COMPLETENESS] = {false, true, true, true, true},
	    [REQUEST_TARGETS] = {false, true, true, true, true},
	    [REQUEST_APPRAISAL] = {false, true, true, true, true},
	    [REQUEST_HISTORY] = {false, true, true, true, true},
	    [REQUEST_UPLOAD] = {false, true, false, false, false},
	    [REQUEST_DOCUMENTS] = {false, true, true, true, true},
	    [REQUEST_FILE] = {false, true, true, true, true},
	    [REQUEST_BALANCES] = {false, true, true, true, true},
	    [REQUEST_ENTRIES] = {false, true, true, true, true},
	    [REQUEST_TRACE] = {false, true, true, true, true},
	    [REQUEST_COMPLIANCE] = {false, true, true, true, true},
	    [REQUEST_WATCH_COMPLIANCE] = {false, true, true, true, true},
	    [REQUEST_PROJECTS] = {false, true, true, true, true},
	    [REQUEST_CARRY] = {false, true, true, true, true},
	    [REQUEST_ENROL] = {false, true, true, true, true},
	    [REQUEST_INVITE] = {false, false, false, false, true},
	    [REQUEST_ENROLMENTS] = {false, false, false, false, true},
	    [REQUEST_DECIDE] = {false, false, false, false, true},
	    [REQUEST_OFFICES] = {false, false, false, false, true},
	    [REQUEST_KEYS] = {false, true, true, true, true},
	    [REQUEST_KINDS] = {false, false, false, false, false}, /* no such kind */
	};
	static const unit_code units[ROLES] = {220821, 220821, 2208, 22, 22};
	(void)state;
	for (int kind = 0; kind <= REQUEST_KINDS; kind++)
		for (int role = 0; role < ROLES; role++) {
			struct office office = {"office", (enum role)role, units[role]};
			struct request request = {.kind = (enum request_kind)kind};
			struct problem_list problems = {0};
			request.total.unit = kind == REQUEST_TOTAL || kind == REQUEST_WATCH ? units[role] : 0;
			if (kind == REQUEST_REPORTS)
				request.reports.unit = units[role];
			if (kind == REQUEST_COMPLETENESS)
				request.completeness.unit = units[role];
			if (kind == REQUEST_TARGETS)
				request.targets.unit = units[role];
			if (kind == REQUEST_APPRAISAL)
				request.appraisal.unit = units[role];
			if (kind == REQUEST_UPLOAD)
				request.upload.unit = units[role];
			if (kind == REQUEST_DOCUMENTS)
				request.documents.unit = units[role];
			if (kind == REQUEST_FILE)
				request.file.key.unit = units[role];
			if (kind == REQUEST_BALANCES)
				request.balances.unit = units[role];
			if (kind == REQUEST_ENTRIES)
				request.entries.unit = units[role];
			if (kind == REQUEST_TRACE)
				request.trace.unit = units[role];
			if (kind == REQUEST_COMPLIANCE || kind == REQUEST_WATCH_COMPLIANCE)
				request.compliance.unit = units[role];
			if (kind == REQUEST_PROJECTS)
				request.projects.unit = units[role];
			if (kind == REQUEST_INVITE)
				request.invite.unit = units[role];
			if (kind == REQUEST_HISTORY)
				request.history.unit = units[role];
			bool good = admit_request(&office, &request, &problems);
			EXPECT(good == expected[kind][role], "kind %d role %d", kind, role);
			EXPECT(problems.count == !good, "kind %d role %d: %zu problems", kind, role, problems.count);
			EXPECT(good || problems.items[0].code == PROBLEM_NOT_PERMITTED, "kind %d role %d", kind, role);
		}
}

static void
test_total_scope(void **state)
{
	static const struct {
		enum role role;
		unit_code office, asked;
		bool good;
	} cases[] = {
	    {ROLE_COUNTY, 220821, 220821, true},
	    {ROLE_COUNTY, 220821, 220821103, true},
	    {ROLE_COUNTY, 220821, 220821103204, true},
	    {ROLE_COUNTY, 220821, 220822, false},
	    {ROLE_COUNTY, 220821, 220820, false},
	    {ROLE_COUNTY, 220821, 2208, false},
	    {ROLE_COUNTY, 220821, 22, false},
	    {ROLE_COUNTY, 220821, 0, false},
	    {ROLE_COUNTY, 220821, -220821, false},
	    {ROLE_PREFECTURE, 2208, 2208, true},
	    {ROLE_PREFECTURE, 2208, 220821, true},
	    {ROLE_PREFECTURE, 2208, 2207, false},
	    {ROLE_PREFECTURE, 2208, 220721, false},
	    {ROLE_PREFECTURE, 2208, 22, false},
	    {ROLE_PROVINCE, 22, 22, true},
	    {ROLE_PROVINCE, 22, 220821, true},
	    {ROLE_PROVINCE, 22, 23, false},
	    {ROLE_PROVINCE, 22, 0, false},
	    {ROLE_ADMIN, 22, 2208, true},
	    {ROLE_ADMIN, 22, 23, false},
	    {ROLE_NONE, 22, 22, false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct office office = {"office", cases[i].role, cases[i].office};
		struct request request = {.kind = REQUEST_TOTAL, .total = {.unit = cases[i].asked}};
		struct problem_list problems = {0};
		bool good = admit_request(&office, &request, &problems);
		EXPECT(good == cases[i].good, "row %zu", i);
		if (good || cases[i].role == ROLE_NONE)
			continue;
		EXPECT(problems.count == 1, "row %zu", i);
		EXPECT(problems.items[0].code == PROBLEM_UNIT_OUT_OF_SCOPE, "row %zu", i);
		EXPECT(problems.items[0].actual == cases[i].asked, "row %zu", i);
		EXPECT(problems.items[0].limit == cases[i].office, "row %zu", i);
	}
}

/* Whose reports and entries an office may send: a county all below it, the others their own unit's. */
static void
test_submission_scope(void **state)
{
	static const struct {
		enum role role;
		unit_code office, unit;
		enum problem_code report, entry;
	} cases[] = {
	    {ROLE_COUNTY, 220821, 220821, 0, 0},
	    {ROLE_COUNTY, 220821, 220821103, 0, 0},
	    {ROLE_COUNTY, 220821, 220821103204, 0, 0},
	    {ROLE_COUNTY, 220821, 220822, PROBLEM_UNIT_OUT_OF_SCOPE, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_COUNTY, 220821, 220822101201, PROBLEM_UNIT_OUT_OF_SCOPE, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_COUNTY, 220821, 2208, PROBLEM_UNIT_OUT_OF_SCOPE, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_COUNTY, 220821, 0, PROBLEM_UNIT_OUT_OF_SCOPE, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 2208, PROBLEM_NOT_PERMITTED, 0},
	    {ROLE_PREFECTURE, 2208, 220821, PROBLEM_NOT_PERMITTED, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 22, PROBLEM_NOT_PERMITTED, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PROVINCE, 22, 22, PROBLEM_NOT_PERMITTED, 0},
	    {ROLE_PROVINCE, 22, 2208, PROBLEM_NOT_PERMITTED, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PROVINCE, 22, 220821103204, PROBLEM_NOT_PERMITTED, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_ADMIN, 22, 22, PROBLEM_NOT_PERMITTED, PROBLEM_NOT_PERMITTED},
	    {ROLE_NONE, 220821, 220821, PROBLEM_NOT_PERMITTED, PROBLEM_NOT_PERMITTED},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct office office = {"office", cases[i].role, cases[i].office};
		struct report report = {.unit = cases[i].unit};
		struct fund_entry entry = {.unit = cases[i].unit};
		struct submission reports = {.report_count = 1, .reports = &report};
		struct submission entries = {.entry_count = 1, .entries = &entry};
		struct problem_list problems = {0};
		EXPECT(admit_submission(&office, &reports, &problems) == !cases[i].report, "row %zu, report", i);
		EXPECT(problems.items[0].code == cases[i].report, "row %zu, report", i);
		problems = (struct problem_list){0};
		EXPECT(admit_submission(&office, &entries, &problems) == !cases[i].entry, "row %zu, entry", i);
		EXPECT(problems.items[0].code == cases[i].entry, "row %zu, entry", i);
	}
}

/* Steps are an office's own, but who accepts, or names who does, may sit above. */
static void
test_steps(void **state)
{
	static const struct {
		enum role role;
		unit_code office, unit;
		enum project_step step;
		enum problem_code code;
	} cases[] = {
	    {ROLE_COUNTY, 220821, 220821103204, PROJECT_REGISTER, PROBLEM_NONE},
	    {ROLE_COUNTY, 220821, 220822, PROJECT_REGISTER, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_COUNTY, 220821, 220822, PROJECT_ACCEPTANCE, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 220821103204, PROJECT_NOTICE, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 220821103204, PROJECT_ACCEPTANCE, PROBLEM_NONE},
	    {ROLE_PREFECTURE, 2208, 220821103204, PROJECT_NAME_ACCEPTOR, PROBLEM_NONE},
	    {ROLE_PREFECTURE, 2208, 2208, PROJECT_NOTICE, PROBLEM_NONE},
	    {ROLE_PREFECTURE, 2224, 220821103204, PROJECT_ACCEPTANCE, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PROVINCE, 22, 220821103204, PROJECT_ACCEPTANCE, PROBLEM_NONE},
	    {ROLE_ADMIN, 22, 22, PROJECT_ACCEPTANCE, PROBLEM_NOT_PERMITTED},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct office office = {"office", cases[i].role, cases[i].office};
		struct project_row row = {.unit = cases[i].unit, .step = cases[i].step};
		struct submission s = {.project_count = 1, .projects = &row};
		struct problem_list problems = {0};
		EXPECT(admit_submission(&office, &s, &problems) == !cases[i].code, "row %zu", i);
		EXPECT(problems.items[0].code == cases[i].code, "row %zu", i);
	}
}

/* One row out of scope refuses the whole, and every such row is named. */
static void
test_each_row(void **state)
{
	struct office office = {"镇赉县", ROLE_COUNTY, 220821};
	struct report reports[] = {{.unit = 220821}, {.unit = 220822}, {.unit = 220821103}};
	struct fund_entry entries[] = {{.unit = 220821}, {.unit = 22}};
	struct submission submission = {.report_count = COUNT(reports),
	                                .entry_count = COUNT(entries),
	                                .reports = reports,
	                                .entries = entries};
	struct problem_list problems = {0};
	(void)state;
	assert_false(admit_submission(&office, &submission, &problems));
	assert_int_equal(problems.count, 2);
	assert_int_equal(problems.items[0].subject, SUBJECT_REPORT);
	assert_int_equal(problems.items[0].index, 1);
	assert_string_equal(problems.items[0].column, "unit");
	assert_int_equal(problems.items[1].subject, SUBJECT_ENTRY);
	assert_int_equal(problems.items[1].index, 1);
	reports[1].unit = entries[1].unit = 220821;
	problems = (struct problem_list){.count = 1, .more = 2}; /* what was said before is not its own */
	assert_true(admit_submission(&office, &submission, &problems));
	assert_true(problems.count == 1 && problems.more == 2);
	/* Funds alone may pass where reports may not: mixed, nothing does. */
	office = (struct office){"白城市", ROLE_PREFECTURE, 2208};
	entries[0].unit = entries[1].unit = reports[0].unit = reports[1].unit = reports[2].unit = 2208;
	assert_false(admit_submission(&office, &submission, &problems));
	submission.report_count = 0;
	assert_true(admit_submission(&office, &submission, &(struct problem_list){0}));
}

/* Whose deadlines, reports under review, targets and documents are an office's business; `code` 0: they are.
 */
struct scope_case {
	enum role role;
	unit_code office, unit;
	enum problem_code code;
};

static void
expect_scope(const struct scope_case *cases, size_t count, const struct submission *s, unit_code *unit,
             enum problem_subject subject)
{
	for (size_t i = 0; i < count; i++) {
		struct office office = {"office", cases[i].role, cases[i].office};
		struct problem_list problems = {0};
		*unit = cases[i].unit;
		EXPECT(admit_submission(&office, s, &problems) == !cases[i].code, "row %zu", i);
		EXPECT(problems.items[0].code == cases[i].code, "row %zu", i);
		if (cases[i].code == PROBLEM_UNIT_OUT_OF_SCOPE)
			EXPECT(problems.items[0].subject == subject && problems.items[0].actual == cases[i].unit &&
			           problems.items[0].limit == cases[i].office,
			       "row %zu", i);
	}
}

/* An office lets those below it come later; the province, with nobody above it, itself, too. */
static void
test_extensions(void **state)
{
	static const struct scope_case cases[] = {
	    {ROLE_PREFECTURE, 2208, 220821, 0},
	    {ROLE_PREFECTURE, 2208, 220821103204, 0},
	    {ROLE_PREFECTURE, 2208, 2208, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 22, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 222401, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PROVINCE, 22, 22, 0},
	    {ROLE_PROVINCE, 22, 2208, 0},
	    {ROLE_PROVINCE, 22, 23, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_COUNTY, 220821, 220821103, PROBLEM_NOT_PERMITTED},
	    {ROLE_ADMIN, 22, 2208, PROBLEM_NOT_PERMITTED},
	};
	struct extension extension = {.event = DEADLINE_CLOSED};
	const struct submission s = {.extension_count = 1, .extensions = &extension};
	(void)state;
	expect_scope(cases, COUNT(cases), &s, &extension.unit, SUBJECT_EXTENSION);
}

/* An office sets the targets of those right below it; a county, as townships have no office, of all its own.
 */
static void
test_targets(void **state)
{
	static const struct scope_case cases[] = {
	    {ROLE_PROVINCE, 22, 22, 0},
	    {ROLE_PROVINCE, 22, 2208, 0},
	    {ROLE_PROVINCE, 22, 220821, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PROVINCE, 22, 23, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 2208, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 220821, 0},
	    {ROLE_PREFECTURE, 2208, 220821103, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 222401, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 22, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_COUNTY, 220821, 220821, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_COUNTY, 220821, 220821103, 0},
	    {ROLE_COUNTY, 220821, 220821103204, 0},
	    {ROLE_COUNTY, 220821, 220881101, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_ADMIN, 22, 2208, PROBLEM_NOT_PERMITTED},
	};
	struct target_part part = {.year = 2013};
	const struct submission s = {.target_count = 1, .targets = &part};
	(void)state;
	expect_scope(cases, COUNT(cases), &s, &part.unit, SUBJECT_TARGET);
}

static void
test_documents(void **state)
{
	static const struct scope_case cases[] = {
	    {ROLE_COUNTY, 220821, 220821, 0},
	    {ROLE_COUNTY, 220821, 220821103204, 0},
	    {ROLE_COUNTY, 220821, 220881, PROBLEM_UNIT_OUT_OF_SCOPE},
	    {ROLE_PREFECTURE, 2208, 2208, PROBLEM_NOT_PERMITTED},
	};
	struct document document = {.kind = 1};
	const struct submission s = {.document_count = 1, .documents = &document};
	(void)state;
	expect_scope(cases, COUNT(cases), &s, &document.unit, SUBJECT_DOCUMENT);
	for (size_t i = 0; i < COUNT(cases); i++) { /* and their bytes, before */
		struct office office = {"office", cases[i].role, cases[i].office};
		struct request request = {.kind = REQUEST_UPLOAD, .upload = {.unit = cases[i].unit}};
		struct problem_list problems = {0};
		EXPECT(admit_request(&office, &request, &problems) == !cases[i].code, "row %zu", i);
		EXPECT(problems.items[0].code == cases[i].code, "row %zu", i);
		if (cases[i].code == PROBLEM_UNIT_OUT_OF_SCOPE)
			EXPECT(problems.items[0].actual == cases[i].unit && problems.items[0].limit == cases[i].office,
			       "row %zu", i);
	}
}

/* Each decision is one level's, about reports below it. */
static void
test_reviews(void **state)
{
	static const struct {
		enum role role;
		unit_code office, unit;
		enum problem_code codes[DECISIONS + 1]; /* by decision; what does not exist goes to the check */
	} cases[] = {
	    {ROLE_PREFECTURE, 2208, 220821, {0, 0, 0, PROBLEM_NOT_PERMITTED, 0}},
	    {ROLE_PREFECTURE,
	     2208,
	     222401,
	     {PROBLEM_UNIT_OUT_OF_SCOPE, PROBLEM_UNIT_OUT_OF_SCOPE, PROBLEM_UNIT_OUT_OF_SCOPE,
	      PROBLEM_NOT_PERMITTED, PROBLEM_UNIT_OUT_OF_SCOPE}},
	    {ROLE_PROVINCE, 22, 220821103204, {0, PROBLEM_NOT_PERMITTED, 0, 0, 0}},
	    {ROLE_COUNTY,
	     220821,
	     220821,
	     {PROBLEM_NOT_PERMITTED, PROBLEM_NOT_PERMITTED, PROBLEM_NOT_PERMITTED, PROBLEM_NOT_PERMITTED,
	      PROBLEM_NOT_PERMITTED}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (int decision = DECISION_NONE; decision <= DECISIONS; decision++) {
			struct office office = {"office", cases[i].role, cases[i].office};
			struct review reviews[] = {{.unit = cases[i].office, .decision = DECISION_RETURN},
			                           {.unit = cases[i].unit, .decision = (enum decision)decision}};
			struct submission s = {.review_count = COUNT(reviews), .reviews = reviews};
			struct problem_list problems = {0};
			enum problem_code code = cases[i].codes[decision];
			EXPECT(admit_submission(&office, &s, &problems) == !code, "row %zu decision %d", i, decision);
			EXPECT(problems.items[0].code == code, "row %zu decision %d", i, decision);
			EXPECT(code != PROBLEM_UNIT_OUT_OF_SCOPE || problems.items[0].index == 1, "row %zu", i);
		}
}

/* An administrator invites to units of his own scope; the rest he asks about his own. */
static void
test_invitations(void **state)
{
	static const struct {
		enum request_kind kind;
		unit_code unit;
		bool good;
	} cases[] = {{REQUEST_INVITE, 2208, true},   {REQUEST_INVITE, 220821, true},
	             {REQUEST_INVITE, 22, false},    {REQUEST_INVITE, 222401, false},
	             {REQUEST_ENROLMENTS, 22, true}, {REQUEST_DECIDE, 222401, true}};
	const struct office office = {"admin-2208", ROLE_ADMIN, 2208};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request request = {.kind = cases[i].kind};
		struct problem_list problems = {0};
		if (cases[i].kind == REQUEST_INVITE)
			request.invite.unit = cases[i].unit;
		EXPECT(admit_request(&office, &request, &problems) == cases[i].good, "row %zu", i);
		EXPECT(cases[i].good ||
		           (problems.items[0].code == PROBLEM_UNIT_OUT_OF_SCOPE &&
		            problems.items[0].actual == cases[i].unit && problems.items[0].limit == 2208),
		       "row %zu", i);
	}
}

static void
test_role_names(void **state)
{
	enum role role = ROLE_NONE;
	(void)state;
	for (int i = ROLE_COUNTY; i < ROLES; i++) {
		assert_true(role_parse(role_name((enum role)i), &role));
		assert_int_equal(role, i);
	}
	assert_false(role_parse("none", &role)); /* no principal can have it */
	assert_false(role_parse("", &role));
	assert_false(role_parse("root", &role));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_roles),       cmocka_unit_test(test_requests),
	    cmocka_unit_test(test_total_scope), cmocka_unit_test(test_submission_scope),
	    cmocka_unit_test(test_steps),       cmocka_unit_test(test_each_row),
	    cmocka_unit_test(test_role_names),  cmocka_unit_test(test_extensions),
	    cmocka_unit_test(test_targets),     cmocka_unit_test(test_documents),
	    cmocka_unit_test(test_reviews),     cmocka_unit_test(test_invitations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
