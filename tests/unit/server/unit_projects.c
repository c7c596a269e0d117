/* Projects: which step may be taken in which state, and what money has to say, staged and taken. */
#include "case.h"
#include "plan.h"

#include "check/check.h"
#include "query/projects_answer.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { TODAY = 20131201, DAY = 20130610 };

static struct holdings now;
static struct problem_list problems;
static struct arena arena;
static uint64_t commits;
static const struct project_budget farm_budget[] = {{SOURCE_CENTRAL, 1000}, {SOURCE_SOCIAL, 50}};
static const uint32_t item_1[] = {1}, item_2[] = {1, 2};

static int
make(void **state)
{
	(void)state;
	plan_make(&plan);
	arena_init(&arena, 64 * 1024 * 1024);
	commits = 0;
	return holdings_create(&plan, &now) ? 0 : 1;
}

static int
unmake(void **state)
{
	(void)state;
	holdings_destroy(&now);
	arena_free(&arena);
	catalogue_free(&plan);
	return 0;
}

/* A step with all that it needs. */
static struct project_row
step_of(const char *code, enum project_step step)
{
	struct project_row row = {.unit = VILLAGE,
	                          .code = code,
	                          .step = step,
	                          .occurred = DAY,
	                          .document = "文",
	                          .note = "",
	                          .name = ""};
	if (step == PROJECT_REGISTER) {
		row.name = "养殖小区";
		row.kind = KIND_FARM;
		row.leader = COUNTY;
		row.begins = DAY;
		row.ends = 20131031;
		row.budgets = farm_budget;
		row.budget_count = COUNT(farm_budget);
	}
	if (step == PROJECT_SYSTEM)
		row.system = SYSTEM_CONTRACT;
	if (step == PROJECT_NAME_ACCEPTOR)
		row.acceptor = PREFECTURE;
	if (step == PROJECT_DROP)
		row.note = "停建";
	if (step == PROJECT_ACCEPTANCE) {
		row.passed = true;
		row.met = item_1;
		row.met_count = 1;
	}
	return row;
}

static struct project_row
hall_of(const char *code)
{
	struct project_row row = step_of(code, PROJECT_REGISTER);
	row.kind = KIND_HALL;
	return row;
}

static struct fund_entry
entry_of(enum fund_kind kind, unit_code unit, const char *voucher, int64_t fen, const char *project)
{
	bool use = kind == FUND_GRANTED || kind == FUND_SPENT;
	return (struct fund_entry){.kind = kind,
	                           .unit = unit,
	                           .voucher = voucher,
	                           .occurred = DAY,
	                           .source = SOURCE_CENTRAL,
	                           .use = use ? USE_INDUSTRY : 0,
	                           .counterparty = kind == FUND_GRANTED ? VILLAGE : 0,
	                           .amount_fen = fen,
	                           .note = "",
	                           .refers = "",
	                           .document = "",
	                           .project = project};
}

/* What the centre says of a submission of the county's office (or another one's); staged if it is nothing. */
static enum problem_code
stage(unit_code office, struct submission *s)
{
	problem_list_init(&problems);
	if (!check_submission(&plan, TODAY, s, &problems))
		return problems.items[0].code;
	if (!projects_stage(now.projects, s, &arena, office, &problems))
		return problems.items[0].code;
	if (!projects_name_entries(now.projects, s, &arena, &problems)) {
		projects_unstage(now.projects, s);
		return problems.items[0].code;
	}
	enum ledger_verdict verdict = ledger_stage(now.ledger, s, &problems);
	if (verdict == LEDGER_STAGED)
		return PROBLEM_NONE;
	projects_unstage(now.projects, s);
	assert_int_not_equal(verdict, LEDGER_NO_MEMORY);
	return verdict == LEDGER_UNSETTLED ? (enum problem_code) - problems.items[0].code
	                                   : problems.items[0].code;
}

static void
unstage(struct submission *s)
{
	ledger_unstage(now.ledger, s);
	projects_unstage(now.projects, s);
}

static void
take(struct submission *s)
{
	struct receipt receipt = {.id = s->id, .seq = ++commits, .time_us = 1};
	assert_true(holdings_take(&now, s, &receipt, COUNTY));
}

static struct submission
submission_of(struct project_row *rows, size_t row_count, struct fund_entry *entries, size_t entry_count)
{
	return (struct submission){.id = submission_id_new(1),
	                           .projects = rows,
	                           .project_count = row_count,
	                           .entries = entries,
	                           .entry_count = entry_count};
}

/* One submission, taken if it is right. */
static enum problem_code
send(unit_code office, struct project_row *rows, size_t row_count, struct fund_entry *entries,
     size_t entry_count)
{
	struct submission s = submission_of(rows, row_count, entries, entry_count);
	enum problem_code code = stage(office, &s);
	if (!code)
		take(&s);
	return code;
}

static enum problem_code
go(struct project_row row)
{
	return send(COUNTY, &row, 1, NULL, 0);
}

static enum problem_code
pay(struct fund_entry entry)
{
	return send(COUNTY, NULL, 0, &entry, 1);
}

static struct project_item
item_of(const char *code)
{
	struct project_query q = {.unit = PROVINCE};
	struct project_answer out = {.time_us = INT64_C(1386561600000000)}; /* 2013-12-09 */
	snprintf(q.code, sizeof q.code, "%s", code);
	arena_reset(&arena);
	assert_true(projects_list(&now, &q, &arena, &out, &problems));
	assert_int_equal(out.count, 1);
	return out.items[0];
}

/* Leads a project of its own, named by the state, there. */
static const char *
lead_to(enum project_state state, bool construction)
{
	static char codes[2][PROJECT_STATES][24];
	static const enum project_step way[] = {PROJECT_NOTICE, PROJECT_START, PROJECT_FINISH};
	char *code = codes[construction][state];
	snprintf(code, sizeof codes[0][0], "%s-%d", construction ? "hall" : "farm", (int)state);
	if (state == PROJECT_NONE)
		return code;
	assert_int_equal(go(construction ? hall_of(code) : step_of(code, PROJECT_REGISTER)), 0);
	for (int system = SYSTEM_LEGAL_PERSON; construction && system < PROJECT_SYSTEMS; system++) {
		struct project_row row = step_of(code, PROJECT_SYSTEM);
		row.system = (enum project_system)system;
		assert_int_equal(go(row), 0);
	}
	for (size_t i = 0; i < COUNT(way) && state <= PROJECT_ACCEPTED && i + 1 < (size_t)state; i++)
		assert_int_equal(go(step_of(code, way[i])), 0);
	if (state == PROJECT_DROPPED)
		assert_int_equal(go(step_of(code, PROJECT_DROP)), 0);
	if (state >= PROJECT_COMPLETED && state != PROJECT_DROPPED)
		assert_int_equal(go(step_of(code, PROJECT_NOTICE_AFTER)), 0);
	if (state == PROJECT_ACCEPTED) {
		struct project_row row = step_of(code, PROJECT_ACCEPTANCE);
		row.met = item_2;
		row.met_count = 2;
		assert_int_equal(go(row), 0);
	}
	return code;
}

/* Each step in each state: what is said, and where it leads. */
static void
test_machine(void **state)
{
	enum {
		OK = 0,
		NO = PROBLEM_STEP_WRONG,
		UNKNOWN = PROBLEM_PROJECT_UNKNOWN,
		SHUT = PROBLEM_PROJECT_CLOSED
	};
	enum { AGAIN = PROBLEM_REVISION_CONFLICT };
	static const int expected[PROJECT_STEPS][PROJECT_STATES] = {
	    /*                       none     planned noticed under way completed accepted dropped */
	    [PROJECT_REGISTER] = {OK, AGAIN, AGAIN, AGAIN, AGAIN, SHUT, SHUT},
	    [PROJECT_NOTICE] = {UNKNOWN, OK, NO, NO, NO, SHUT, SHUT},
	    [PROJECT_SYSTEM] = {UNKNOWN, OK, OK, OK, NO, SHUT, SHUT},
	    [PROJECT_START] = {UNKNOWN, NO, OK, NO, NO, SHUT, SHUT},
	    [PROJECT_PROGRESS] = {UNKNOWN, NO, NO, OK, NO, SHUT, SHUT},
	    [PROJECT_FINISH] = {UNKNOWN, NO, NO, OK, NO, SHUT, SHUT},
	    [PROJECT_NOTICE_AFTER] = {UNKNOWN, NO, NO, NO, OK, SHUT, SHUT},
	    [PROJECT_NAME_ACCEPTOR] = {UNKNOWN, OK, OK, OK, OK, SHUT, SHUT},
	    [PROJECT_ACCEPTANCE] = {UNKNOWN, NO, NO, NO, OK, SHUT, SHUT},
	    [PROJECT_DROP] = {UNKNOWN, OK, OK, OK, NO, SHUT, SHUT},
	};
	static const enum project_state leads[PROJECT_STEPS] = {
	    [PROJECT_REGISTER] = PROJECT_PLANNED,    [PROJECT_NOTICE] = PROJECT_NOTICED,
	    [PROJECT_START] = PROJECT_UNDER_WAY,     [PROJECT_FINISH] = PROJECT_COMPLETED,
	    [PROJECT_ACCEPTANCE] = PROJECT_ACCEPTED, [PROJECT_DROP] = PROJECT_DROPPED};
	(void)state;
	for (int step = PROJECT_REGISTER; step < PROJECT_STEPS; step++)
		for (int from = PROJECT_NONE; from < PROJECT_STATES; from++) {
			unmake(NULL);
			make(NULL);
			const char *code = lead_to((enum project_state)from, true);
			struct project_row row =
			    step == PROJECT_REGISTER ? hall_of(code) : step_of(code, (enum project_step)step);
			row.met = step == PROJECT_ACCEPTANCE ? item_2 : NULL;
			row.met_count = step == PROJECT_ACCEPTANCE ? 2 : 0;
			enum problem_code said = go(row);
			EXPECT(said == (enum problem_code)expected[step][from], "%s in state %d: %s",
			       project_step_name(row.step), from, problem_name(said));
			if (!said)
				EXPECT(item_of(code).state == (leads[step] ? leads[step] : (enum project_state)from),
				       "%s in state %d", project_step_name(row.step), from);
		}
}

/* Construction does not begin before all four systems are in place; other projects have none. */
static void
test_systems(void **state)
{
	(void)state;
	assert_int_equal(go(hall_of("h")), 0);
	assert_int_equal(go(step_of("h", PROJECT_NOTICE)), 0);
	for (int system = SYSTEM_LEGAL_PERSON; system < PROJECT_SYSTEMS; system++) {
		assert_int_equal(go(step_of("h", PROJECT_START)), PROBLEM_SYSTEM_MISSING);
		assert_int_equal(problems.count, PROJECT_SYSTEMS - system);
		struct project_row row = step_of("h", PROJECT_SYSTEM);
		row.system = (enum project_system)system;
		assert_int_equal(go(row), 0);
	}
	assert_int_equal(go(step_of("h", PROJECT_START)), 0);
	const char *farm = lead_to(PROJECT_NOTICED, false);
	assert_int_equal(go(step_of(farm, PROJECT_SYSTEM)), PROBLEM_STEP_WRONG);
	assert_int_equal(go(step_of(farm, PROJECT_START)), 0);
}

/* By the leader, or whom it names, and nobody else; with all items met. */
static void
test_acceptance(void **state)
{
	(void)state;
	const char *code = lead_to(PROJECT_COMPLETED, true);
	struct project_row row = step_of(code, PROJECT_ACCEPTANCE);
	assert_int_equal(send(PREFECTURE, &row, 1, NULL, 0), PROBLEM_NOT_ACCEPTOR);
	struct project_row named = step_of(code, PROJECT_NAME_ACCEPTOR);
	assert_int_equal(send(PREFECTURE, &named, 1, NULL, 0), PROBLEM_NOT_ACCEPTOR);
	assert_int_equal(go(named), 0);
	assert_int_equal(send(PROVINCE, &row, 1, NULL, 0), PROBLEM_NOT_ACCEPTOR);
	assert_int_equal(send(PREFECTURE, &row, 1, NULL, 0), PROBLEM_CHECKLIST_OPEN);
	assert_true(problems.count == 1 && strstr(problems.items[0].detail, "四制记录"));
	/* With defects: it comes again. */
	row.passed = false;
	row.note = "路基沉降";
	row.again_by = 20131208;
	assert_int_equal(send(PREFECTURE, &row, 1, NULL, 0), 0);
	struct project_item item = item_of(code);
	assert_true(item.state == PROJECT_COMPLETED && item.due == 20131208 && item.overdue);
	row.passed = true;
	row.note = "";
	row.again_by = 0;
	row.met = item_2;
	row.met_count = 2;
	row.occurred = DAY - 1;
	assert_int_equal(send(PREFECTURE, &row, 1, NULL, 0), PROBLEM_STEP_TOO_EARLY);
	row.occurred = DAY;
	assert_int_equal(send(PREFECTURE, &row, 1, NULL, 0), 0);
	item = item_of(code);
	assert_true(item.state == PROJECT_ACCEPTED && !item.due && !item.overdue && item.acceptor == PREFECTURE);
	size_t acceptances = 0;
	for (size_t i = 0; i < item.step_count; i++)
		acceptances += item.steps[i].step == PROJECT_ACCEPTANCE;
	assert_int_equal(acceptances, 2); /* each stays */
	/* Of a project that needs no systems, their item is none of its own. */
	code = lead_to(PROJECT_COMPLETED, false);
	assert_true(item_of(code).due == 0);
	assert_int_equal(go(step_of(code, PROJECT_ACCEPTANCE)), 0);
}

/* Not before it was made public after the work. */
static void
test_notice_after(void **state)
{
	(void)state;
	const char *code = lead_to(PROJECT_UNDER_WAY, false);
	assert_int_equal(go(step_of(code, PROJECT_FINISH)), 0);
	assert_int_equal(go(step_of(code, PROJECT_ACCEPTANCE)), PROBLEM_STEP_WRONG);
	assert_true(strstr(problems.items[0].detail, "notice_after"));
	assert_int_equal(go(step_of(code, PROJECT_NOTICE_AFTER)), 0);
	assert_int_equal(go(step_of(code, PROJECT_ACCEPTANCE)), 0);
}

/* A changed plan: by its revision, with its use, and a new leader accepts. */
static void
test_changed(void **state)
{
	(void)state;
	const char *code = lead_to(PROJECT_COMPLETED, false);
	assert_int_equal(go(step_of(code, PROJECT_NAME_ACCEPTOR)), 0);
	struct project_row row = step_of(code, PROJECT_REGISTER);
	row.replaces = 1;
	assert_int_equal(go(row), 0);
	assert_int_equal(item_of(code).acceptor, PREFECTURE); /* it stays */
	row.replaces = 2;
	row.kind = KIND_HALL;
	assert_int_equal(go(row), PROBLEM_PROJECT_USE_WRONG);
	row.kind = KIND_FARM;
	row.leader = PROVINCE;
	assert_int_equal(go(row), 0);
	struct project_item item = item_of(code);
	assert_true(item.acceptor == PROVINCE && item.revision == 3 && project_plan(&item)->leader == PROVINCE);
	assert_int_equal(go(step_of(code, PROJECT_ACCEPTANCE)), PROBLEM_NOT_ACCEPTOR);
}

/* Construction that is to end by the day that the notice names is accepted by then; once it is finished no
 * new plan moves that. */
static void
test_due(void **state)
{
	(void)state;
	const char *code = lead_to(PROJECT_UNDER_WAY, true);
	struct project_row row = hall_of(code);
	date due = plan.acceptance_due;
	assert_true(due && row.ends < due && item_of(code).due == due);
	row.replaces = 1;
	row.ends = 20141231;
	assert_int_equal(go(row), 0);
	assert_int_equal(item_of(code).due, 0);
	row.replaces = 2;
	row.ends = due;
	assert_int_equal(go(row), 0);
	assert_int_equal(item_of(code).due, due);
	assert_int_equal(go(step_of(code, PROJECT_FINISH)), 0);
	row.replaces = 3;
	row.ends = 20141231;
	assert_int_equal(go(row), 0);
	struct project_item item = item_of(code);
	assert_true(item.due == due && item.overdue && project_plan(&item)->ends == 20141231);
}

/* What a step says is checked by itself: table of one wrong field each. */
static void
test_fields(void **state)
{
	static const struct project_budget twice[] = {{SOURCE_CENTRAL, 1}, {SOURCE_CENTRAL, 1}},
	                                   none[] = {{99, 1}};
	static const struct project_budget nothing[] = {{SOURCE_CENTRAL, 0}}, loan[] = {{SOURCE_LOAN, 1}};
	static const uint32_t doubled[] = {1, 1}, unknown[] = {3};
	struct project_row bad[28];
	enum problem_code codes[COUNT(bad)];
	size_t count = 0;
	(void)state;
#define BAD(wanted, from, change)                                                                            \
	do {                                                                                                     \
		struct project_row r = (from);                                                                       \
		change;                                                                                              \
		codes[count] = (wanted);                                                                             \
		bad[count++] = r;                                                                                    \
	} while (0)
	const struct project_row plan_row = step_of("x", PROJECT_REGISTER);
	BAD(PROBLEM_UNIT_UNKNOWN, plan_row, r.unit = 99);
	BAD(PROBLEM_STEP_INCOMPLETE, plan_row, r.code = "");
	BAD(PROBLEM_TEXT_INVALID, plan_row, r.code = "a\nb");
	BAD(PROBLEM_STEP_INCOMPLETE, plan_row, r.document = "");
	BAD(PROBLEM_STEP_INCOMPLETE, plan_row, r.name = "");
	BAD(PROBLEM_PROJECT_KIND_UNKNOWN, plan_row, r.kind = 9);
	BAD(PROBLEM_LEADER_WRONG, plan_row, r.leader = VILLAGE);
	BAD(PROBLEM_LEADER_WRONG, plan_row, r.leader = 2);
	BAD(PROBLEM_LEADER_WRONG, plan_row, r.leader = 0);
	BAD(PROBLEM_LEADER_WRONG, plan_row, r.leader = 220881);
	BAD(PROBLEM_DATE_INVALID, plan_row, r.ends = DAY - 1);
	BAD(PROBLEM_DATE_FUTURE, plan_row, r.occurred = TODAY + 1);
	BAD(PROBLEM_STEP_TOO_EARLY, plan_row, r.occurred = 20101231);
	BAD(PROBLEM_PROJECT_CODE_INVALID, plan_row, r.code = "x@220122101901");
	BAD(PROBLEM_PROJECT_CODE_INVALID, plan_row, r.code = "1234567890123456789012345678901234567890123456789");
	BAD(PROBLEM_BUDGET_INVALID, plan_row, r.budget_count = 0);
	BAD(PROBLEM_BUDGET_INVALID, plan_row, (r.budgets = twice, r.budget_count = 2));
	BAD(PROBLEM_BUDGET_INVALID, plan_row, (r.budgets = none, r.budget_count = 1));
	BAD(PROBLEM_BUDGET_INVALID, plan_row, (r.budgets = nothing, r.budget_count = 1));
	BAD(PROBLEM_BUDGET_INVALID, plan_row, (r.budgets = loan, r.budget_count = 1, r.kind = KIND_HALL));
	BAD(PROBLEM_STEP_UNKNOWN, plan_row, r.step = PROJECT_STEPS);
	BAD(PROBLEM_STEP_INCOMPLETE, step_of("x", PROJECT_SYSTEM), r.system = PROJECT_SYSTEMS);
	BAD(PROBLEM_STEP_INCOMPLETE, step_of("x", PROJECT_DROP), r.note = "");
	BAD(PROBLEM_STEP_FIELD_WRONG, step_of("x", PROJECT_NOTICE), r.percent = 3);
	BAD(PROBLEM_PERCENT_INVALID, step_of("x", PROJECT_PROGRESS), r.percent = 101);
	BAD(PROBLEM_STEP_INCOMPLETE, step_of("x", PROJECT_ACCEPTANCE), r.passed = false);
	BAD(PROBLEM_CHECKLIST_UNKNOWN, step_of("x", PROJECT_ACCEPTANCE), (r.met = doubled, r.met_count = 2));
	BAD(PROBLEM_CHECKLIST_UNKNOWN, step_of("x", PROJECT_ACCEPTANCE), (r.met = unknown, r.met_count = 1));
	assert_int_equal(count, COUNT(bad));
	for (size_t i = 0; i < count; i++) {
		struct problem_list list = {0};
		EXPECT(!check_project(&plan, TODAY, &bad[i], 5, &list), "case %zu", i);
		EXPECT(list.items[0].code == codes[i] && list.items[0].subject == SUBJECT_PROJECT &&
		           list.items[0].index == 5,
		       "case %zu: %s", i, problem_name(list.items[0].code));
	}
}

/* ---------------------------------------------------------------- money */

/* 5,000 with the county. */
static void
raise(void)
{
	assert_int_equal(pay(entry_of(FUND_RAISED, COUNTY, "R", 5000, "")), 0);
}

static void
test_money(void **state)
{
	(void)state;
	raise();
	const char *code = lead_to(PROJECT_PLANNED, false);
	assert_int_equal(pay(entry_of(FUND_GRANTED, COUNTY, "G0", 1, "nowhere")), PROBLEM_PROJECT_UNKNOWN);
	assert_int_equal(pay(entry_of(FUND_GRANTED, COUNTY, "G0", 1001, code)), PROBLEM_BUDGET_EXCEEDED);
	assert_true(problems.items[0].limit == 1000 && problems.items[0].actual == 1001);
	assert_int_equal(pay(entry_of(FUND_GRANTED, COUNTY, "G", 600, code)), 0);
	assert_int_equal(pay(entry_of(FUND_GRANTED, COUNTY, "G0", 401, code)), PROBLEM_BUDGET_EXCEEDED);
	assert_true(problems.items[0].limit == 400);
	/* To the village itself as well: two kinds of money in one till. */
	assert_int_equal(pay(entry_of(FUND_GRANTED, COUNTY, "V", 300, "")), 0);
	struct fund_entry wrong = entry_of(FUND_GRANTED, COUNTY, "G0", 1, code);
	wrong.use = USE_TRAINING;
	assert_int_equal(pay(wrong), PROBLEM_PROJECT_USE_WRONG);
	assert_int_equal(pay(entry_of(FUND_REIMBURSED, VILLAGE, "C", 1, code)), PROBLEM_PROJECT_NOT_NOTICED);
	assert_int_equal(pay(entry_of(FUND_RAISED, VILLAGE, "C", 1, code)), PROBLEM_PROJECT_NOT_ALLOWED);
	assert_int_equal(go(step_of(code, PROJECT_NOTICE)), 0);
	assert_int_equal(pay(entry_of(FUND_REIMBURSED, VILLAGE, "C", 601, code)), PROBLEM_GRANT_EXCEEDED);
	assert_int_equal(problems.items[0].limit, 600);
	assert_int_equal(pay(entry_of(FUND_REIMBURSED, VILLAGE, "C", 301, "")), PROBLEM_GRANT_EXCEEDED);
	assert_int_equal(problems.items[0].limit, 300); /* the project's is not the village's */
	assert_int_equal(pay(entry_of(FUND_REIMBURSED, VILLAGE, "C", 500, code)), 0);
	assert_int_equal(pay(entry_of(FUND_REIMBURSED, VILLAGE, "C2", 200, "")), 0);
	assert_int_equal(pay(entry_of(FUND_SPENT, VILLAGE, "P", 201, "")), PROBLEM_BALANCE_EXCEEDED);
	assert_int_equal(problems.items[0].limit, 200);
	assert_int_equal(pay(entry_of(FUND_SPENT, VILLAGE, "P", 501, code)), PROBLEM_BALANCE_EXCEEDED);
	assert_int_equal(problems.items[0].limit, 500);
	assert_int_equal(pay(entry_of(FUND_SPENT, VILLAGE, "P", 450, code)), 0);
	const struct project_item item = item_of(code);
	assert_int_equal(item.money_count, 2);
	for (size_t i = 0; i < item.money_count; i++) {
		const struct project_money *m = &item.money[i];
		if (m->source != SOURCE_CENTRAL)
			continue;
		assert_true(m->budget_fen == 1000 && m->granted_fen == 600 && m->under_grant_fen == 100);
		assert_true(m->on_hand_fen == 50 && m->spent_fen == 450);
	}
	/* A budget is not cut below what was granted. */
	static const struct project_budget less[] = {{SOURCE_CENTRAL, 599}}, cut[] = {{SOURCE_CENTRAL, 450}};
	struct project_row row = step_of(code, PROJECT_REGISTER);
	row.replaces = 1;
	row.budgets = less;
	row.budget_count = 1;
	assert_int_equal(go(row), PROBLEM_BUDGET_BELOW_GRANTED);
	assert_true(problems.items[0].actual == 600 && problems.items[0].limit == 599);
	/* What is withdrawn or undone comes back to the project. */
	struct fund_entry back = entry_of(FUND_REVERSED, VILLAGE, "X", 450, "");
	back.refers = "P";
	back.note = "错记";
	assert_int_equal(pay(back), 0);
	struct fund_entry rest = entry_of(FUND_WITHDRAWN, COUNTY, "W", 100, "");
	rest.counterparty = VILLAGE;
	rest.refers = "G";
	assert_int_equal(pay(rest), 0);
	assert_true(item_of(code).money[1].source == SOURCE_CENTRAL || item_of(code).money_count == 2);
	assert_int_equal(pay(entry_of(FUND_SPENT, VILLAGE, "P2", 501, code)), PROBLEM_BALANCE_EXCEEDED);
	assert_int_equal(pay(entry_of(FUND_SPENT, VILLAGE, "P2", 400, code)), 0);
	/* Of a claim what was not paid can be undone, not more and not nothing; the grant has it again. */
	struct fund_entry part = entry_of(FUND_REVERSED, VILLAGE, "Y", 101, "");
	part.refers = "C";
	part.note = "多报";
	assert_int_equal(pay(part), PROBLEM_BALANCE_EXCEEDED);
	part.amount_fen = 100;
	assert_int_equal(pay(part), 0);
	rest = entry_of(FUND_WITHDRAWN, COUNTY, "W2", 100, "");
	rest.counterparty = VILLAGE;
	rest.refers = "G";
	assert_int_equal(pay(rest), 0);
	/* A withdrawal undone is a grant again: the budget may have been cut meanwhile. */
	row.budgets = cut;
	assert_int_equal(go(row), 0);
	back = entry_of(FUND_REVERSED, COUNTY, "Z", 100, "");
	back.refers = "W2";
	back.note = "误收回";
	assert_int_equal(pay(back), PROBLEM_BUDGET_EXCEEDED);
	assert_int_equal(problems.items[0].limit, 50);
	row.replaces = 2;
	row.budgets = farm_budget;
	assert_int_equal(go(row), 0);
	assert_int_equal(pay(back), 0);
}

/* What is booked on a project is not older than it, and no claim older than its notice. */
static void
test_days(void **state)
{
	(void)state;
	raise();
	struct project_row row = step_of("d", PROJECT_REGISTER), notice = step_of("d", PROJECT_NOTICE);
	struct fund_entry grant = entry_of(FUND_GRANTED, COUNTY, "G", 10, "d");
	struct fund_entry claim = entry_of(FUND_REIMBURSED, VILLAGE, "C", 10, "d");
	assert_int_equal(go(row), 0);
	grant.occurred = DAY - 1;
	assert_int_equal(pay(grant), PROBLEM_STEP_TOO_EARLY);
	grant.occurred = DAY;
	assert_int_equal(pay(grant), 0);
	notice.occurred = DAY + 5;
	assert_int_equal(go(notice), 0);
	claim.occurred = DAY + 4;
	assert_int_equal(pay(claim), PROBLEM_STEP_TOO_EARLY);
	assert_non_null(strstr(problems.items[0].detail, "2013-06-15"));
	claim.occurred = DAY + 5;
	assert_int_equal(pay(claim), 0);
	/* Who drops it in the same submission has not made it public, either. */
	struct project_row two[] = {step_of("e", PROJECT_REGISTER), step_of("e", PROJECT_DROP)};
	struct fund_entry all[] = {entry_of(FUND_GRANTED, COUNTY, "GE", 10, "e"),
	                           entry_of(FUND_REIMBURSED, VILLAGE, "CE", 10, "e"),
	                           entry_of(FUND_SPENT, VILLAGE, "PE", 10, "e")};
	assert_int_equal(send(COUNTY, two, 2, all, 3), PROBLEM_PROJECT_NOT_NOTICED);
	/* A paper about the systems, or about who accepts, may be older than the notice, not than the project. */
	struct project_row named = step_of("d", PROJECT_NAME_ACCEPTOR);
	assert_int_equal(go(named), 0);
	named.occurred = DAY - 1;
	assert_int_equal(go(named), PROBLEM_STEP_TOO_EARLY);
}

/* Refused registrations leave nothing behind: the next one has their index. */
static void
test_spare(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		struct project_row rows[] = {step_of("a", PROJECT_REGISTER), step_of("a", PROJECT_START)};
		assert_int_equal(send(COUNTY, rows, 2, NULL, 0), PROBLEM_STEP_WRONG);
	}
	assert_int_equal(go(step_of("b", PROJECT_REGISTER)), 0);
	assert_int_equal(projects_count(now.projects), 1);
	assert_int_equal(projects_find(now.projects, VILLAGE, "b")->index, 0);
}

/* Nothing is closed with money in it, and nothing is booked on what is closed. */
static void
test_closing(void **state)
{
	(void)state;
	raise();
	const char *code = lead_to(PROJECT_UNDER_WAY, false);
	assert_int_equal(pay(entry_of(FUND_GRANTED, COUNTY, "G", 600, code)), 0);
	assert_int_equal(go(step_of(code, PROJECT_DROP)), PROBLEM_PROJECT_MONEY_LEFT);
	assert_int_equal(problems.items[0].actual, 600);
	assert_int_equal(pay(entry_of(FUND_REIMBURSED, VILLAGE, "C", 600, code)), 0);
	assert_int_equal(go(step_of(code, PROJECT_FINISH)), 0);
	assert_int_equal(go(step_of(code, PROJECT_NOTICE_AFTER)), 0);
	assert_int_equal(go(step_of(code, PROJECT_ACCEPTANCE)), PROBLEM_PROJECT_MONEY_LEFT);
	/* The last payment and the acceptance may go together, whatever their order on paper. */
	struct project_row row = step_of(code, PROJECT_ACCEPTANCE);
	struct fund_entry last[] = {entry_of(FUND_SPENT, VILLAGE, "P", 599, code),
	                            entry_of(FUND_SPENT, VILLAGE, "P2", 1, code)};
	assert_int_equal(send(COUNTY, &row, 1, last, 1), PROBLEM_PROJECT_MONEY_LEFT);
	assert_int_equal(problems.items[0].actual, 1);
	assert_int_equal(send(COUNTY, &row, 1, last, 2), 0);
	assert_int_equal(item_of(code).state, PROJECT_ACCEPTED);
	assert_int_equal(pay(entry_of(FUND_GRANTED, COUNTY, "G2", 1, code)), PROBLEM_PROJECT_CLOSED);
	assert_int_equal(pay(entry_of(FUND_SPENT, VILLAGE, "P3", 1, code)), PROBLEM_PROJECT_CLOSED);
	struct fund_entry back = entry_of(FUND_REVERSED, VILLAGE, "X", 1, "");
	back.refers = "P2";
	back.note = "错记";
	assert_int_equal(pay(back), PROBLEM_PROJECT_CLOSED);
	assert_int_equal(go(step_of(code, PROJECT_PROGRESS)), PROBLEM_PROJECT_CLOSED);
}

/* A grant to a unit's own project needs the project. */
static void
test_own(void **state)
{
	(void)state;
	raise();
	struct project_row row = step_of("county-1", PROJECT_REGISTER);
	row.unit = COUNTY;
	assert_int_equal(go(row), 0);
	struct fund_entry own = entry_of(FUND_GRANTED, COUNTY, "G", 100, "");
	own.counterparty = COUNTY;
	assert_int_equal(pay(own), PROBLEM_COUNTERPARTY_WRONG);
	own.project = "county-1";
	assert_int_equal(pay(own), 0);
	/* What the county has free is less by that. */
	assert_int_equal(pay(entry_of(FUND_SPENT, COUNTY, "P", 4901, "")), PROBLEM_BALANCE_EXCEEDED);
	assert_int_equal(problems.items[0].limit, 4900);
	/* And what is left of it comes back. */
	struct fund_entry back = entry_of(FUND_WITHDRAWN, COUNTY, "W", 100, "");
	back.counterparty = COUNTY;
	back.refers = "G";
	assert_int_equal(pay(back), 0);
	assert_int_equal(pay(entry_of(FUND_SPENT, COUNTY, "P", 5000, "")), 0);
	assert_int_equal(item_of("county-1").money[0].granted_fen, 0);
}

/* ---------------------------------------------------------------- staged and taken */

static void
test_staged(void **state)
{
	struct project_row plan_row = step_of("s", PROJECT_REGISTER), notice = step_of("s", PROJECT_NOTICE);
	struct fund_entry grant = entry_of(FUND_GRANTED, COUNTY, "G", 700, "s");
	struct fund_entry claim = entry_of(FUND_REIMBURSED, VILLAGE, "C", 700, "s");
	struct project_query all = {.unit = VILLAGE};
	struct project_answer out = {.time_us = 1};
	(void)state;
	raise();
	/* All in one, on its way: nobody sees it yet, and others build on it. */
	struct project_row rows[] = {plan_row, notice};
	struct fund_entry more[] = {grant, claim};
	struct submission first = submission_of(rows, 2, more, 2);
	assert_int_equal(stage(COUNTY, &first), 0);
	assert_true(projects_list(&now, &all, &arena, &out, &problems));
	assert_int_equal(out.count, 0);
	struct fund_entry spent = entry_of(FUND_SPENT, VILLAGE, "P", 700, "s");
	struct submission second = submission_of(NULL, 0, &spent, 1);
	assert_int_equal(stage(COUNTY, &second), 0);
	unstage(&second);
	/* The first did not come about: nothing is left of it. */
	unstage(&first);
	assert_int_equal(stage(COUNTY, &second), PROBLEM_PROJECT_UNKNOWN);
	assert_null(projects_find(now.projects, VILLAGE, "s"));
	assert_int_equal(stage(COUNTY, &first), 0);
	take(&first);
	out = (struct project_answer){.time_us = 1};
	assert_true(projects_list(&now, &all, &arena, &out, &problems));
	assert_int_equal(out.count, 1);
	/* What is refused for a step that is on its way is not final. */
	struct project_row way[] = {step_of("s", PROJECT_START), step_of("s", PROJECT_FINISH),
	                            step_of("s", PROJECT_NOTICE_AFTER), step_of("s", PROJECT_ACCEPTANCE)};
	struct submission closing = submission_of(way, 4, &spent, 1);
	assert_int_equal(stage(COUNTY, &closing), 0);
	struct fund_entry late = entry_of(FUND_GRANTED, COUNTY, "G2", 1, "s");
	struct submission third = submission_of(NULL, 0, &late, 1);
	assert_true((int)stage(COUNTY, &third) == -(int)PROBLEM_PROJECT_CLOSED);
	unstage(&closing);
	assert_int_equal(stage(COUNTY, &third), 0);
	/* And the other way round: money on its way, that may not come about. */
	assert_true((int)stage(COUNTY, &closing) == -(int)PROBLEM_PROJECT_MONEY_LEFT);
	unstage(&third);
	assert_int_equal(stage(COUNTY, &closing), 0);
	take(&closing);
	assert_int_equal(stage(COUNTY, &third), PROBLEM_PROJECT_CLOSED);
}

/* A code is one in whatever spelling, and is stored as it came first: steps, and money for it. */
static void
test_spellings(void **state)
{
	static const char *const first[] = {"路-1", "路－2"}, *const other[] = {"路－１", "路-2"};
	(void)state;
	raise();
	for (size_t i = 0; i < 2; i++) {
		char voucher[8], claimed[32];
		snprintf(voucher, sizeof voucher, "S%zu", i);
		assert_int_equal(go(step_of(first[i], PROJECT_REGISTER)), 0);
		assert_int_equal(go(step_of(other[i], PROJECT_REGISTER)), PROBLEM_REVISION_CONFLICT);
		struct project_row notice = step_of(other[i], PROJECT_NOTICE);
		assert_int_equal(send(COUNTY, &notice, 1, NULL, 0), 0);
		EXPECT(!strcmp(notice.code, first[i]), "%s: %s", other[i], notice.code);
		struct fund_entry grant = entry_of(FUND_GRANTED, COUNTY, voucher, 10, other[i]);
		assert_int_equal(send(COUNTY, NULL, 0, &grant, 1), 0);
		EXPECT(!strcmp(grant.project, first[i]), "%s: %s", other[i], grant.project);
		/* The same by the unit that registered it. */
		snprintf(voucher, sizeof voucher, "T%zu", i);
		snprintf(claimed, sizeof claimed, "%s@%lld", other[i], (long long)VILLAGE);
		grant = entry_of(FUND_GRANTED, COUNTY, voucher, 10, claimed);
		assert_int_equal(send(COUNTY, NULL, 0, &grant, 1), 0);
	}
	assert_int_equal(go(step_of("路-3", PROJECT_NOTICE)), PROBLEM_PROJECT_UNKNOWN);
}

/* What another centre committed comes without having been staged. */
static void
test_taken(void **state)
{
	struct project_row row = step_of("t", PROJECT_NOTICE);
	(void)state;
	assert_false(projects_take(now.projects, &row)); /* never registered */
	row = step_of("t", PROJECT_REGISTER);
	assert_true(projects_take(now.projects, &row));
	for (uint32_t percent = 0; percent <= 100; percent += 50) {
		row = step_of("t", PROJECT_PROGRESS);
		row.percent = percent;
		assert_true(projects_take(now.projects, &row));
	}
	const struct project_item item = item_of("t");
	assert_true(item.percent == 100 && item.step_count == 2); /* of progress the newest */
	assert_int_equal(item.steps[1].percent, 100);
	row.unit = 99;
	assert_false(projects_take(now.projects, &row));
}

/* Pages, states, scope. */
static void
test_pages(void **state)
{
	static const char *const codes[] = {"b", "a", "c"};
	struct project_query q = {.unit = PROVINCE, .limit = 2};
	size_t seen = 0;
	(void)state;
	for (size_t u = 0; u < 2; u++)
		for (size_t i = 0; i < COUNT(codes); i++) {
			struct project_row row = step_of(codes[i], PROJECT_REGISTER);
			row.unit = u ? VILLAGE : COUNTY;
			assert_int_equal(go(row), 0);
		}
	for (bool more = true; more;) {
		struct project_answer out = {.time_us = 1};
		assert_true(projects_list(&now, &q, &arena, &out, &problems));
		for (size_t i = 0; i < out.count; i++, seen++) {
			assert_int_equal(out.items[i].unit, seen < 3 ? COUNTY : VILLAGE);
			assert_true(*out.items[i].code == "abc"[seen % 3]);
		}
		q.after = out.next;
		more = out.next.unit;
	}
	assert_int_equal(seen, 6);
	struct project_answer out = {.time_us = 1};
	q = (struct project_query){.unit = COUNTY, .own = true, .states = 1U << PROJECT_PLANNED};
	assert_true(projects_list(&now, &q, &arena, &out, &problems));
	assert_int_equal(out.count, 3);
	/* As an item says it, without whose it is. */
	q.after = (struct project_key){COUNTY, "b"};
	out = (struct project_answer){.time_us = 1};
	assert_true(projects_list(&now, &q, &arena, &out, &problems));
	assert_true(out.count == 1 && !strcmp(out.items[0].code, "c"));
	q.after = (struct project_key){0};
	out = (struct project_answer){.time_us = 1};
	q.states = 1U << PROJECT_NOTICED;
	assert_true(projects_list(&now, &q, &arena, &out, &problems));
	assert_int_equal(out.count, 0);
	q.unit = 99;
	assert_false(projects_list(&now, &q, &arena, &out, &problems));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    CASE(test_machine), CASE(test_systems),   CASE(test_acceptance), CASE(test_notice_after),
	    CASE(test_changed), CASE(test_due),       CASE(test_fields),     CASE(test_money),
	    CASE(test_days),    CASE(test_spare),     CASE(test_closing),    CASE(test_own),
	    CASE(test_staged),  CASE(test_spellings), CASE(test_taken),      CASE(test_pages),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
