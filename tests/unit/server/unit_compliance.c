/* The rules of the plan of 2013, judged: each turns at its threshold, to the fen, and at its date; and what
 * is kept is always what judging everything anew gives. What a rule may not do is in unit_rule_sql. */
#include "case.h"
#include "dice.h"
#include "plan.h"

#include "plan/plan_files.h"
#include "rules/compliance.h"

#include <stdio.h>
#include <string.h>

enum {
	ARENA_BYTES = 64 * 1024 * 1024,
	DEVELOPMENT = 1, /* fund sources and uses of the plan */
	SECTOR = 5,
	SOCIAL = 6,
	INDUSTRY = 1,
	ROADWORK = 2,
};

#define TONGYU INT64_C(220822)
#define BAICHENG INT64_C(2208)

static struct plan shipped;
static const struct catalogue *catalogue;
static struct holdings holdings;
static struct compliance *compliance;
static struct arena arena;
static struct problem_list problems;
static unit_code villages[2]; /* two of Tongyu */
static uint64_t commits;

static int
read_plan(void **state)
{
	static struct plan_errors errors;
	(void)state;
	plan_init(&shipped);
	bool good = plan_read(PLAN, NULL, &shipped, &errors);
	for (size_t i = 0; i < errors.count; i++)
		print_error("%s\n", errors.items[i]);
	catalogue = &shipped.catalogue;
	size_t first, count = good ? catalogue_units_below(catalogue, TONGYU, UNIT_VILLAGE, &first) : 0;
	for (size_t i = 0; i < 2 && i < count; i++)
		villages[i] = catalogue->units[first + i].code;
	arena_init(&arena, ARENA_BYTES);
	return good ? 0 : 1;
}

static int
free_plan(void **state)
{
	(void)state;
	arena_free(&arena);
	plan_free(&shipped);
	return 0;
}

static int
make(void **state)
{
	(void)state;
	commits = 0;
	if (!holdings_create(catalogue, &holdings))
		return 1;
	compliance = compliance_create(&holdings);
	return compliance ? 0 : 1;
}

static int
unmake(void **state)
{
	(void)state;
	compliance_destroy(&compliance);
	compliance_destroy(&compliance); /* twice is fine */
	holdings_destroy(&holdings);
	return 0;
}

/* ---------------------------------------------------------------- what happens */

/* Noon of a day. */
static int64_t
noon(date day)
{
	return (INT64_C(946684800) + date_days(day) * INT64_C(86400) + 4 * 3600) * 1000000;
}

/* Vouchers and notes must stay where they are until they are taken. */
static const char *
book_for(const char *project, date occurred, enum fund_kind kind, unit_code unit, uint32_t source,
         uint32_t use, unit_code other, int64_t fen, const char *refers)
{
	static char vouchers[64][24];
	char *voucher = vouchers[commits % 64];
	snprintf(voucher, sizeof vouchers[0], "V%u", (unsigned)++commits);
	const struct fund_entry e = {kind,  unit, voucher, occurred, source, use,
	                             other, fen,  "",      refers,   "",     project};
	assert_true(holdings_take_entry(&holdings, &e, commits, 0, noon(occurred)));
	return voucher;
}

static const char *
book_on(date occurred, enum fund_kind kind, unit_code unit, uint32_t source, uint32_t use, unit_code other,
        int64_t fen, const char *refers)
{
	return book_for("", occurred, kind, unit, source, use, other, fen, refers);
}

/* A step of a village's project; registered, it is of construction, with a budget of 10,000 yuan. */
static void
take_project_step(unit_code unit, const char *code, enum project_step step, date day, uint32_t percent)
{
	static const struct project_budget budget = {DEVELOPMENT, 1000000};
	struct project_row row = {.unit = unit,
	                          .code = code,
	                          .step = step,
	                          .occurred = day,
	                          .document = "文",
	                          .note = "",
	                          .name = "",
	                          .percent = percent};
	if (step == PROJECT_REGISTER) {
		row.name = "村道";
		row.kind = 2;
		row.leader = unit_county(unit);
		row.begins = day;
		row.ends = 20131031;
		row.budget_count = 1;
		row.budgets = &budget;
	}
	row.passed = step == PROJECT_ACCEPTANCE;
	assert_true(holdings_take_project(&holdings, &row));
}

static const char *
book(enum fund_kind kind, unit_code unit, uint32_t source, uint32_t use, unit_code other, int64_t fen)
{
	return book_on(20130415, kind, unit, source, use, other, fen, "");
}

static void
report(unit_code unit, period when, uint32_t replaces, const char *indicator, int64_t value)
{
	const struct indicator *what = catalogue_indicator_by_name(catalogue, indicator);
	assert_non_null(what);
	const struct report r = {.unit = unit,
	                         .period = when,
	                         .form = what->form,
	                         .form_version = 1,
	                         .reason = "",
	                         .value_count = 1,
	                         .indicators = &what->number,
	                         .values = &value};
	assert_true(holdings_take_report(&holdings, &r, replaces + 1, ++commits, noon(20130501)));
}

/* ---------------------------------------------------------------- what is found */

static struct finding_item
find(struct compliance *c, date day, const char *rule, unit_code unit)
{
	const struct plan_rule *which = catalogue_plan_rule_by_name(catalogue, rule);
	struct compliance_answer answer = {0};
	assert_non_null(which);
	const struct compliance_query q = {
	    .unit = unit, .by = unit_level_of(unit), .rule_count = 1, .rules = &which->number};
	arena_reset(&arena);
	assert_true(compliance_answer(c, &q, noon(day), &arena, &answer, &problems));
	assert_true(answer.count <= 1);
	return answer.count ? answer.items[0] : (struct finding_item){.reason = ""};
}

static void
expect(date day, const char *rule, unit_code unit, enum rule_state state, int64_t measured,
       int64_t shortfall_fen)
{
	const struct finding_item item = find(compliance, day, rule, unit);
	EXPECT(item.state == state, "%s of %lld on %d: %s, not %s %s", rule, (long long)unit, day,
	       rule_state_name(item.state), rule_state_name(state), item.reason);
	if (state == RULE_SILENT)
		return;
	EXPECT(item.measured == measured, "%s on %d: measured %lld, not %lld", rule, day,
	       (long long)item.measured, (long long)measured);
	EXPECT(item.shortfall_fen == shortfall_fen, "%s on %d: short by %lld, not %lld", rule, day,
	       (long long)item.shortfall_fen, (long long)shortfall_fen);
}

static int64_t
figure(const struct finding_item *item, const char *name)
{
	for (size_t i = 0; i < item->figure_count; i++)
		if (!strcmp(item->figures[i].name, name))
			return item->figures[i].number;
	fail_msg("no figure %s", name);
	return 0;
}

/* ---------------------------------------------------------------- each rule */

static void
special_per_village(void **state)
{
	static const char rule[] = "special_per_village";
	(void)state;
	expect(20130501, rule, TONGYU, RULE_SILENT, 0, 0); /* no village has started: nothing to divide by */
	report(villages[0], 201301, 0, "village_started", 1);
	report(villages[1], 201301, 0, "village_started", 1);
	expect(20130501, rule, TONGYU, RULE_AMBER, 0, 200000000); /* and no money yet */
	book(FUND_GRANTED, TONGYU, DEVELOPMENT, INDUSTRY, villages[0], 150000000);
	book(FUND_GRANTED, TONGYU, SECTOR, INDUSTRY, villages[0], 900000000); /* not special */
	const char *last = book(FUND_GRANTED, TONGYU, DEVELOPMENT, ROADWORK, villages[1], 49999999);
	expect(20131231, rule, TONGYU, RULE_AMBER, 99999999, 1);
	expect(20140101, rule, TONGYU, RULE_RED, 99999999, 1);
	expect(20140101, rule, BAICHENG, RULE_RED, 99999999, 1);
	expect(20140101, rule, PROVINCE, RULE_RED, 99999999, 1);
	book(FUND_GRANTED, TONGYU, DEVELOPMENT, ROADWORK, villages[1], 1);
	expect(20140101, rule, PROVINCE, RULE_GREEN, 100000000, 0);
	book_on(20130416, FUND_WITHDRAWN, TONGYU, DEVELOPMENT, 0, villages[1], 49999999, last);
	expect(20140101, rule, TONGYU, RULE_RED, 75000000, 49999999);
	const struct finding_item item = find(compliance, 20140101, rule, TONGYU);
	assert_int_equal(figure(&item, "villages_started"), 2);
	assert_int_equal(figure(&item, "granted_fen"), 150000001);
	/* Of each village alone it is a warning, whatever the date. */
	expect(20140101, "special_of_village", villages[0], RULE_GREEN, 150000000, 0);
	expect(20140101, "special_of_village", villages[1], RULE_AMBER, 1, 99999999);
}

static void
other_to_special(void **state)
{
	static const char rule[] = "other_to_special";
	(void)state;
	book(FUND_RAISED, TONGYU, SECTOR, 0, 0, 150000000);
	expect(20130501, rule, TONGYU, RULE_SILENT, 0, 0); /* no special money: no ratio */
	const char *sent = book(FUND_SENT_DOWN, BAICHENG, DEVELOPMENT, 0, TONGYU, 100000000);
	expect(20130501, rule, TONGYU, RULE_SILENT, 0, 0); /* on its way is not here */
	book_on(20130420, FUND_RECEIVED, TONGYU, DEVELOPMENT, 0, BAICHENG, 100000000, sent);
	book(FUND_RAISED, TONGYU, SOCIAL, 0, 0, 49999999);
	expect(20131231, rule, TONGYU, RULE_AMBER, 199, 1);
	expect(20140101, rule, TONGYU, RULE_RED, 199, 1);
	book(FUND_RAISED, TONGYU, SOCIAL, 0, 0, 1);
	expect(20140101, rule, TONGYU, RULE_GREEN, 200, 0);
}

static void
industry_share(void **state)
{
	static const char rule[] = "industry_share_of_grants";
	(void)state;
	expect(20130501, rule, TONGYU, RULE_SILENT, 0, 0); /* nothing was granted: nothing to divide by */
	book(FUND_GRANTED, TONGYU, DEVELOPMENT, ROADWORK, villages[0], 30000000);
	book(FUND_GRANTED, TONGYU, DEVELOPMENT, INDUSTRY, villages[0], 69999999);
	expect(20131231, rule, TONGYU, RULE_AMBER, 6999, 1);
	expect(20140101, rule, PROVINCE, RULE_RED, 6999, 1);
	expect(20140101, "industry_share", villages[0], RULE_AMBER, 6999, 1);
	expect(20140101, "industry_share", villages[1], RULE_SILENT, 0, 0);
	book(FUND_GRANTED, TONGYU, DEVELOPMENT, INDUSTRY, villages[1], 1);
	expect(20140101, rule, TONGYU, RULE_GREEN, 7000, 0);
	expect(20140101, "industry_share", villages[1], RULE_GREEN, 10000, 0);
}

static void
raised_and_loans(void **state)
{
	(void)state;
	/* What came before the plan's year is not of it. */
	book_on(20121231, FUND_RAISED, PROVINCE, DEVELOPMENT, 0, 0, 100, "");
	expect(20130501, "special_raised", PROVINCE, RULE_AMBER, 0, 57000000000);
	book(FUND_RAISED, PROVINCE, DEVELOPMENT, 0, 0, 56999999998);
	book(FUND_RAISED, TONGYU, DEVELOPMENT, 0, 0, 1); /* at any level */
	expect(20131231, "special_raised", PROVINCE, RULE_AMBER, 56999999999, 1);
	expect(20140101, "special_raised", PROVINCE, RULE_RED, 56999999999, 1);
	const char *last = book(FUND_RAISED, TONGYU, DEVELOPMENT, 0, 0, 1);
	expect(20140101, "special_raised", PROVINCE, RULE_GREEN, 57000000000, 0);
	book_on(20130420, FUND_REVERSED, TONGYU, DEVELOPMENT, 0, 0, 1, last);
	expect(20140101, "special_raised", PROVINCE, RULE_RED, 56999999999, 1);
	/* The target is the office's to change. */
	const struct target_part less = {
	    .unit = PROVINCE, .year = 2013, .fund = FUND_RAISED, .value = 56999999999, .note = ""};
	assert_true(holdings_take_target(&holdings, &less, 1, ++commits));
	expect(20140101, "special_raised", PROVINCE, RULE_GREEN, 56999999999, 0);

	report(TONGYU, 201305, 0, "loans_issued", 24999999999);
	expect(20131231, "loans_issued", PROVINCE, RULE_AMBER, 24999999999, 1);
	report(TONGYU, 201305, 1, "loans_issued", 25000000000);
	expect(20140101, "loans_issued", PROVINCE, RULE_GREEN, 25000000000, 0);
}

static void
kept_back(void **state)
{
	static const char rule[] = "kept_back";
	(void)state;
	expect(20130501, rule, BAICHENG, RULE_SILENT, 0, 0);
	book_on(20130301, FUND_RAISED, BAICHENG, DEVELOPMENT, 0, 0, 100, "");
	book_on(20130301, FUND_RAISED, BAICHENG, SECTOR, 0, 0, 900, ""); /* not special */
	expect(20130331, rule, BAICHENG, RULE_GREEN, 30, 0);
	expect(20130401, rule, BAICHENG, RULE_RED, 31, 100);
	/* What is on its way and not confirmed counts, from the day that it was sent. */
	const char *sent = book_on(20130401, FUND_SENT_DOWN, BAICHENG, DEVELOPMENT, 0, TONGYU, 100, "");
	expect(20130401, rule, BAICHENG, RULE_GREEN, 0, 0);
	expect(20130502, rule, BAICHENG, RULE_RED, 31, 100);
	book_on(20130502, FUND_RECEIVED, TONGYU, DEVELOPMENT, 0, BAICHENG, 60, sent);
	expect(20130502, rule, BAICHENG, RULE_RED, 31, 40);
	expect(20130502, rule, TONGYU, RULE_GREEN, 0, 0);
	/* The county sends its part back upward: it is the county's until the prefecture has it. */
	const char *back = book_on(20130503, FUND_RETURNED, TONGYU, DEVELOPMENT, 0, BAICHENG, 60, "");
	expect(20130610, rule, TONGYU, RULE_RED, 38, 60);
	book_on(20130610, FUND_RECEIVED, BAICHENG, DEVELOPMENT, 0, TONGYU, 60, back);
	expect(20130610, rule, TONGYU, RULE_SILENT, 0, 0);
}

static void
uses(void **state)
{
	(void)state;
	expect(20130501, "use_as_granted", villages[0], RULE_SILENT, 0, 0);
	book(FUND_GRANTED, TONGYU, DEVELOPMENT, INDUSTRY, villages[0], 1000);
	book(FUND_REIMBURSED, villages[0], DEVELOPMENT, 0, 0, 1000);
	book(FUND_SPENT, villages[0], DEVELOPMENT, INDUSTRY, 0, 999);
	expect(20130501, "use_as_granted", villages[0], RULE_GREEN, 0, 0);
	book(FUND_SPENT, villages[0], DEVELOPMENT, ROADWORK, 0, 1);
	expect(20130501, "use_as_granted", villages[0], RULE_RED, 1, 1);
	expect(20130501, "use_as_granted", TONGYU, RULE_RED, 1, 1);
	expect(20130501, "use_permitted", PROVINCE, RULE_GREEN, 0, 0);
	/* Social money may not be spent on mutual aid. */
	book(FUND_RAISED, TONGYU, SOCIAL, 0, 0, 5);
	book(FUND_SPENT, TONGYU, SOCIAL, 6, 0, 5);
	expect(20130501, "use_permitted", TONGYU, RULE_RED, 5, 5);
	expect(20130501, "use_permitted", PROVINCE, RULE_RED, 5, 5);
	expect(20130501, "use_permitted", villages[0], RULE_GREEN, 0, 0);
}

static void
households_and_notices(void **state)
{
	(void)state;
	report(villages[0], 201304, 0, "village_registered_households", 10);
	expect(20130501, "registered_first", villages[0], RULE_AMBER, 0, 0);
	report(villages[0], 201305, 0, "village_registered_supported", 7);
	expect(20130501, "registered_first", TONGYU, RULE_AMBER, 7000, 0);
	report(villages[0], 201306, 0, "village_registered_supported", 8);
	expect(20130501, "registered_first", villages[0], RULE_GREEN, 8000, 0);

	expect(20130501, "funds_announced", villages[0], RULE_SILENT, 0, 0);
	book_on(20130401, FUND_GRANTED, TONGYU, DEVELOPMENT, INDUSTRY, villages[0], 1, "");
	expect(20130501, "funds_announced", villages[0], RULE_AMBER, 0, 0); /* 30 days */
	expect(20130502, "funds_announced", villages[0], RULE_RED, 0, 0);
	report(villages[0], 201307, 0, "village_public_notices", 1);
	expect(20130502, "funds_announced", villages[0], RULE_GREEN, 1, 0);
}

static void
send_document(unit_code unit, uint32_t kind, date day)
{
	const struct document d = {.unit = unit, .kind = kind, .size = 1, .name = "a.pdf", .note = ""};
	assert_true(holdings_take_document(&holdings, &d, 1, ++commits, noon(day)));
}

static void
documents(void **state)
{
	(void)state;
	expect(20130422, "plan_missing", TONGYU, RULE_AMBER, 1, 0); /* the 20th was a Saturday */
	expect(20130423, "plan_missing", TONGYU, RULE_RED, 1, 0);
	expect(20130423, "plan_missing", PROVINCE, RULE_RED, 61, 0);
	send_document(TONGYU, 1, 20130424);
	expect(20130424, "plan_missing", TONGYU, RULE_GREEN, 0, 0);
	expect(20130424, "plan_missing", PROVINCE, RULE_RED, 60, 0);
	const struct finding_item item = find(compliance, 20130424, "plan_missing", TONGYU);
	assert_int_equal(figure(&item, "late"), 1);
	/* More time for the province: amber again. */
	const struct extension more = {.unit = PROVINCE,
	                               .document = 2,
	                               .event = DEADLINE_DUE,
	                               .until = noon(20131210) / 1000000,
	                               .reason = ""};
	expect(20131203, "acceptance_missing", TONGYU, RULE_RED, 1, 0);
	assert_true(holdings_take_extension(&holdings, &more));
	expect(20131203, "acceptance_missing", TONGYU, RULE_AMBER, 1, 0);
	expect(20131211, "acceptance_missing", TONGYU, RULE_RED, 1, 0);

	report(villages[0], 201311, 0, "village_completed", 1);
	expect(20131130, "villages_accepted", TONGYU, RULE_AMBER, 0, 0);
	expect(20131201, "villages_accepted", TONGYU, RULE_RED, 0, 0);
	report(villages[0], 201312, 0, "village_accepted", 1);
	expect(20131201, "villages_accepted", TONGYU, RULE_GREEN, 10000, 0);
}

static void
progress(void **state)
{
	(void)state;
	book(FUND_GRANTED, TONGYU, DEVELOPMENT, INDUSTRY, villages[0], 1000);
	book(FUND_REIMBURSED, villages[0], DEVELOPMENT, 0, 0, 1000);
	expect(20130501, "spent_without_progress", villages[0], RULE_SILENT, 0, 0);
	book_on(20130501, FUND_SPENT, villages[0], DEVELOPMENT, INDUSTRY, 0, 499, "");
	expect(20130630, "spent_without_progress", villages[0], RULE_GREEN, 60, 0);
	expect(20130701, "spent_without_progress", villages[0], RULE_AMBER, 61, 499);
	report(villages[0], 201306, 0, "village_under_way", 1);
	expect(20130701, "spent_without_progress", villages[0], RULE_GREEN, 0, 0);

	expect(20130701, "progress_without_spending", villages[0], RULE_SILENT, 0, 0);
	report(villages[0], 201307, 0, "village_completed", 1);
	expect(20130801, "progress_without_spending", villages[0], RULE_AMBER, 4990, 1);
	book_on(20130801, FUND_SPENT, villages[0], DEVELOPMENT, INDUSTRY, 0, 1, "");
	expect(20130801, "progress_without_spending", villages[0], RULE_GREEN, 5000, 0);
}

/* ---------------------------------------------------------------- lists and turns */

static void
pages(void **state)
{
	struct compliance_query q = {.unit = PROVINCE, .limit = 100};
	struct compliance_answer answer;
	struct finding_key last = {0};
	size_t count = 0, all = 0;
	(void)state;
	do {
		answer = (struct compliance_answer){0};
		arena_reset(&arena);
		assert_true(compliance_answer(compliance, &q, noon(20130601), &arena, &answer, &problems));
		for (size_t i = 0; i < answer.count; i++, count++) {
			struct finding_key key = answer.items[i].key;
			assert_true(key.rule > last.rule || (key.rule == last.rule && key.unit > last.unit));
			last = key;
		}
		q.after = answer.next;
	} while (answer.next.rule);
	for (int s = RULE_GREEN; s < RULE_STATES; s++)
		all += answer.states[s];
	assert_true(count > 100);
	assert_int_equal(count, all);
	assert_int_equal(answer.states[RULE_NOT_JUDGED], 0);
	/* Those of some states alone, of one level alone: as many as were counted. */
	for (int s = RULE_GREEN; s < RULE_STATES; s++) {
		const enum rule_state states[] = {(enum rule_state)s};
		const struct compliance_query some = {
		    .unit = BAICHENG, .by = UNIT_COUNTY, .state_count = 1, .states = states};
		struct compliance_answer of_all = {0}, of_some = {0};
		struct compliance_query every = some;
		size_t wanted = 0;
		every.state_count = 0;
		arena_reset(&arena);
		assert_true(compliance_answer(compliance, &every, noon(20130601), &arena, &of_all, &problems));
		assert_true(compliance_answer(compliance, &some, noon(20130601), &arena, &of_some, &problems));
		for (size_t i = 0; i < of_all.count; i++) {
			wanted += of_all.items[i].state == states[0];
			assert_int_equal(unit_level_of(of_all.items[i].key.unit), UNIT_COUNTY);
		}
		EXPECT(of_some.count == wanted && !of_all.next.rule, "state %d: %zu of %zu", s, of_some.count,
		       wanted);
		for (size_t i = 0; i < of_some.count; i++)
			assert_int_equal(of_some.items[i].state, states[0]);
	}
	/* What there is not is said. */
	const uint32_t unknown = 999;
	const struct compliance_query bad[] = {{.unit = 99},
	                                       {.unit = TONGYU, .by = UNIT_PREFECTURE},
	                                       {.unit = TONGYU, .rule_count = 1, .rules = &unknown}};
	static const enum problem_code codes[] = {PROBLEM_UNIT_UNKNOWN, PROBLEM_LEVEL_INVALID,
	                                          PROBLEM_RULE_UNKNOWN};
	for (size_t i = 0; i < COUNT(bad); i++) {
		problem_list_init(&problems);
		assert_false(compliance_answer(compliance, &bad[i], noon(20130601), &arena, &answer, &problems));
		assert_int_equal(problems.items[0].code, codes[i]);
	}
}

static void
turns(void **state)
{
	const struct compliance_query q = {.unit = BAICHENG}, beside = {.unit = 2201};
	struct push push = {0};
	(void)state;
	book_on(20130301, FUND_RAISED, BAICHENG, DEVELOPMENT, 0, 0, 100, "");
	assert_true(compliance_refresh(compliance, &q, noon(20130310), 0));
	assert_true(compliance_refresh(compliance, &beside, noon(20130310), 0));
	uint32_t since = compliance_turn(compliance);
	uint32_t number = compliance_number(compliance, &q), quiet = compliance_number(compliance, &beside);
	assert_int_equal(since, 0); /* what is judged for the first time has not turned */
	/* A day that passes turns a finding without a commit. */
	assert_true(compliance_refresh(compliance, &q, noon(20130401), 0));
	assert_int_equal(compliance_number(compliance, &q), number);
	arena_reset(&arena);
	assert_true(compliance_turns(compliance, &q, since, &arena, &push));
	assert_int_equal(push.turn_count, 1);
	assert_int_equal(push.turns[0].key.unit, BAICHENG);
	assert_int_equal(push.turns[0].from, RULE_GREEN);
	assert_int_equal(push.turns[0].to, RULE_RED);
	assert_int_equal(push.states[RULE_RED], 1);
	/* And an entry turns it back; beside it nothing changed. */
	since = compliance_turn(compliance);
	book_on(20130401, FUND_SENT_DOWN, BAICHENG, DEVELOPMENT, 0, TONGYU, 100, "");
	assert_int_not_equal(compliance_number(compliance, &q), number);
	assert_int_equal(compliance_number(compliance, &beside), quiet);
	assert_true(compliance_refresh(compliance, &q, noon(20130401), 0));
	push = (struct push){0};
	assert_true(compliance_turns(compliance, &q, since, &arena, &push));
	assert_int_equal(push.turn_count, 1);
	assert_int_equal(push.turns[0].to, RULE_GREEN);
}

/* ---------------------------------------------------------------- kept = judged anew */

static void
compare(date day, unsigned seed, int step)
{
	struct compliance *fresh = compliance_create(&holdings);
	struct compliance_query q = {.unit = PROVINCE};
	assert_non_null(fresh);
	do {
		struct compliance_answer kept = {0}, anew = {0};
		arena_reset(&arena);
		assert_true(compliance_answer(compliance, &q, noon(day), &arena, &kept, &problems));
		assert_true(compliance_answer(fresh, &q, noon(day), &arena, &anew, &problems));
		EXPECT(kept.count == anew.count && !memcmp(kept.states, anew.states, sizeof kept.states),
		       "seed %u step %d: %zu findings, not %zu", seed, step, kept.count, anew.count);
		for (size_t i = 0; i < kept.count; i++)
			EXPECT(kept.items[i].state == anew.items[i].state &&
			           kept.items[i].key.unit == anew.items[i].key.unit &&
			           kept.items[i].measured == anew.items[i].measured,
			       "seed %u step %d: rule %u of %lld", seed, step, kept.items[i].key.rule,
			       (long long)kept.items[i].key.unit);
		q.after = kept.next;
	} while (q.after.rule);
	compliance_destroy(&fresh);
}

static const char *const steps_of_reports[] = {"village_started",
                                               "village_under_way",
                                               "village_completed",
                                               "village_accepted",
                                               "village_public_notices",
                                               "village_registered_households",
                                               "village_registered_supported"};

/* A sent voucher, to be received; its texts live in the ledger. */
static void
take_step(struct dice *dice, date day)
{
	size_t first, count = catalogue_units_below(catalogue, PROVINCE, UNIT_VILLAGE, &first);
	unit_code village = catalogue->units[first + dice_pick(dice, count)].code;
	unit_code county = unit_county(village), prefecture = county / 100;
	int64_t fen = (int64_t)dice_pick(dice, 3000000) + 1;
	uint32_t source = (uint32_t)dice_pick(dice, 6) + 1, use = (uint32_t)dice_pick(dice, 2) + 1;
	const char *sent;
	struct project *project = projects_find(holdings.projects, village, "p");
	switch (dice_pick(dice, 8)) {
	case 0:
		book_on(day, FUND_RAISED, prefecture, source, 0, 0, 3 * fen, "");
		sent = book_on(day, FUND_SENT_DOWN, prefecture, source, 0, county, 2 * fen, "");
		book_on(day, FUND_RECEIVED, county, source, 0, prefecture, fen, sent);
		break;
	case 1:
		book_on(day, FUND_RAISED, county, source, 0, 0, 2 * fen, "");
		sent = book_on(day, FUND_RETURNED, county, source, 0, prefecture, fen, "");
		book_on(day, FUND_RECEIVED, prefecture, source, 0, county, fen, sent);
		break;
	case 2:
		book_on(day, FUND_RAISED, county, source, 0, 0, fen, "");
		sent = book_on(day, FUND_GRANTED, county, source, use, village, fen, "");
		if (dice_pick(dice, 3) == 0)
			book_on(day, FUND_WITHDRAWN, county, source, 0, village, fen, sent);
		break;
	case 3:
		book_on(day, FUND_RAISED, village, source, 0, 0, fen, "");
		sent = book_on(day, FUND_SPENT, village, source, use, 0, fen, "");
		if (dice_pick(dice, 3) == 0)
			book_on(day, FUND_REVERSED, village, source, 0, 0, fen, sent);
		break;
	case 6:
	case 7:
		if (project && !project_is_closed(project->taken.state))
			take_project_step(village, "p", (enum project_step)(PROJECT_NOTICE + dice_pick(dice, 9)), day,
			                  (uint32_t)dice_pick(dice, 101));
		else if (!project)
			take_project_step(village, "p", PROJECT_REGISTER, day, 0);
		else
			break;
		book_on(day, FUND_RAISED, county, DEVELOPMENT, 0, 0, 100, "");
		book_for("p", day, FUND_GRANTED, county, DEVELOPMENT, ROADWORK, village, 100, "");
		book_for("p", day, FUND_REIMBURSED, village, DEVELOPMENT, 0, 0, 60, "");
		book_for("p", day, FUND_SPENT, village, DEVELOPMENT, ROADWORK, 0, (int64_t)dice_pick(dice, 60) + 1,
		         "");
		break;
	case 4:
		if (!documents_find(holdings.documents, (struct document_key){county, 1, 1}))
			send_document(county, 1, day);
		break;
	default: {
		const char *what = steps_of_reports[dice_pick(dice, COUNT(steps_of_reports))];
		const struct report r = {.unit = village, .period = date_period(day), .form = 2};
		report(village, r.period, totals_revision(holdings.totals, &r), what, (int64_t)dice_pick(dice, 3));
	}
	}
}

/* Announced before and after, accepted in time, money and work side by side: to the day and to the point. */
static void
projects(void **state)
{
	const unit_code v = villages[0];
	(void)state;
	expect(20130501, "projects_announced", TONGYU, RULE_SILENT, 0, 0);
	take_project_step(v, "r", PROJECT_REGISTER, 20130401, 0);
	expect(20130801, "projects_announced", v, RULE_SILENT, 0, 0); /* no money yet: nothing to make public */
	book_on(20130401, FUND_RAISED, TONGYU, DEVELOPMENT, 0, 0, 1000000, "");
	book_for("r", 20130401, FUND_GRANTED, TONGYU, DEVELOPMENT, ROADWORK, v, 800000, "");
	expect(20130501, "projects_announced", v, RULE_GREEN, 30, 0);
	expect(20130502, "projects_announced", v, RULE_RED, 31, 800000);
	expect(20130502, "projects_announced", TONGYU, RULE_RED, 31, 800000);
	expect(20130502, "projects_announced", PROVINCE, RULE_RED, 31, 800000);
	expect(20130502, "projects_announced", villages[1], RULE_SILENT, 0, 0);
	take_project_step(v, "r", PROJECT_NOTICE, 20130502, 0);
	expect(20130502, "projects_announced", v, RULE_SILENT, 0, 0);
	/* Half of the budget is paid before any work: 50 points ahead is what is allowed. */
	book_for("r", 20130503, FUND_REIMBURSED, v, DEVELOPMENT, 0, 0, 800000, "");
	book_for("r", 20130503, FUND_SPENT, v, DEVELOPMENT, ROADWORK, 0, 500000, "");
	expect(20130503, "project_money_ahead", v, RULE_GREEN, 5000, 0);
	book_for("r", 20130503, FUND_SPENT, v, DEVELOPMENT, ROADWORK, 0, 100, "");
	expect(20130503, "project_money_ahead", v, RULE_AMBER, 5001, 100);
	take_project_step(v, "r", PROJECT_START, 20130504, 0);
	take_project_step(v, "r", PROJECT_PROGRESS, 20130505, 1);
	expect(20130505, "project_money_ahead", v, RULE_GREEN, 4901, 0);
	expect(20130505, "project_money_ahead", TONGYU, RULE_GREEN, 4901, 0);
	/* The work done and 50.01 % of the budget paid: 49.99 points behind; then nothing was paid at all. */
	take_project_step(v, "r", PROJECT_FINISH, 20131001, 0);
	expect(20131001, "project_work_ahead", v, RULE_GREEN, 4999, 0);
	take_project_step(villages[1], "r", PROJECT_REGISTER, 20130401, 0);
	book_for("r", 20130401, FUND_GRANTED, TONGYU, DEVELOPMENT, ROADWORK, villages[1], 1000, "");
	take_project_step(villages[1], "r", PROJECT_NOTICE, 20130402, 0);
	take_project_step(villages[1], "r", PROJECT_START, 20130402, 0);
	take_project_step(villages[1], "r", PROJECT_PROGRESS, 20130505, 60);
	expect(20130505, "project_work_ahead", villages[1], RULE_GREEN, 6000, 0);
	take_project_step(villages[1], "r", PROJECT_PROGRESS, 20130505, 61);
	expect(20130505, "project_work_ahead", villages[1], RULE_AMBER, 6100, 10000);
	/* After the work, too, it is made public. */
	expect(20131031, "projects_announced", v, RULE_GREEN, 30, 0);
	expect(20131101, "projects_announced", v, RULE_RED, 31, 0);
	take_project_step(v, "r", PROJECT_NOTICE_AFTER, 20131101, 0);
	expect(20131101, "projects_announced", v, RULE_SILENT, 0, 0);
	/* And accepted by the day that the notice names. */
	expect(20131130, "projects_accepted", TONGYU, RULE_GREEN, 0, 0);
	expect(20131201, "projects_accepted", TONGYU, RULE_RED, 2, 801000);
	expect(20131201, "projects_accepted", BAICHENG, RULE_RED, 2, 801000);
	take_project_step(v, "r", PROJECT_ACCEPTANCE, 20131201, 0);
	expect(20131201, "projects_accepted", TONGYU, RULE_RED, 1, 1000);
	take_project_step(villages[1], "r", PROJECT_DROP, 20131201, 0);
	expect(20131201, "projects_accepted", TONGYU, RULE_SILENT, 0, 0);
}

static void
kept_is_judged_anew(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 3; seed++) {
		struct dice dice = {seed};
		date day = 20130301;
		if (seed > 1) {
			unmake(NULL);
			assert_int_equal(make(NULL), 0);
		}
		for (int step = 0; step < 25; step++) {
			for (size_t n = dice_pick(&dice, 12); n; n--)
				take_step(&dice, day);
			compare(day, seed, step);
			if (dice_pick(&dice, 2))
				day = date_from_days(date_days(day) + (int32_t)dice_pick(&dice, 20));
		}
	}
}

/* In slices it comes to the same, and each is short. */
static void
sweep(void **state)
{
	struct dice dice = {7};
	int slices = 0;
	(void)state;
	for (int i = 0; i < 100; i++)
		take_step(&dice, 20130401);
	while (!compliance_step(compliance, noon(20130601), 1))
		slices++;
	assert_true(slices > 10);
	assert_true(compliance_step(compliance, noon(20130601), 1)); /* once a day */
	compare(20130601, 7, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(special_per_village, make, unmake),
	    cmocka_unit_test_setup_teardown(other_to_special, make, unmake),
	    cmocka_unit_test_setup_teardown(industry_share, make, unmake),
	    cmocka_unit_test_setup_teardown(raised_and_loans, make, unmake),
	    cmocka_unit_test_setup_teardown(kept_back, make, unmake),
	    cmocka_unit_test_setup_teardown(uses, make, unmake),
	    cmocka_unit_test_setup_teardown(households_and_notices, make, unmake),
	    cmocka_unit_test_setup_teardown(documents, make, unmake),
	    cmocka_unit_test_setup_teardown(progress, make, unmake),
	    cmocka_unit_test_setup_teardown(projects, make, unmake),
	    cmocka_unit_test_setup_teardown(pages, make, unmake),
	    cmocka_unit_test_setup_teardown(turns, make, unmake),
	    cmocka_unit_test_setup_teardown(kept_is_judged_anew, make, unmake),
	    cmocka_unit_test_setup_teardown(sweep, make, unmake),
	};
	return cmocka_run_group_tests(tests, read_plan, free_plan);
}
