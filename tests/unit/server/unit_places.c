/* Places that move, groups of units, rows below the county, and what is counted instead of reported. Where
 * sums that stand ready and sums made from the reports speak of the same, they have to agree after every step
 * of a random history. */
#include "case.h"
#include "dice.h"
#include "plan.h"

#include "query/projects_answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ARENA_BYTES = 4 * 1024 * 1024,
	LARGE = 10, /* villages of at least 41 households */
	OTHER_COUNTY = 220881,
	STEPS = 400,
};

#define MOVED INT64_C(220881101205)  /* what VILLAGE is from September on */
#define MERGED INT64_C(220821103206) /* what VILLAGE_OTHER and LEFT became in July */
#define LEFT INT64_C(220821103207)

static const struct indicator large = {.number = LARGE,
                                       .form = FORM_VILLAGE,
                                       .code = "large_villages",
                                       .name_zh = "大村",
                                       .name_en = "Large villages",
                                       .measure_zh = "村",
                                       .measure_en = "villages",
                                       .project = "",
                                       .notice = "",
                                       .kind = INDICATOR_STOCK,
                                       .counts = HOUSEHOLDS,
                                       .at_least = 41};

static void *
with_room(const void *items, size_t bytes, size_t more)
{
	unsigned char *copy = arena_alloc(&plan.arena, bytes + more);
	assert_non_null(copy);
	return memcpy(copy, items, bytes);
}

static void
move_unit(unit_code from, unit_code to, period month)
{
	for (size_t i = 0; i < plan.unit_count; i++)
		if (plan.units[i].code == from) {
			plan.units[i].last = month - 1;
			plan.units[i].successor = to;
		}
}

static int
make_plan(void **state)
{
	static const struct unit more[] = {{MOVED, UNIT_VILLAGE, "西明嘎村", "test", 201309},
	                                   {MERGED, UNIT_VILLAGE, "合并村", "test", 201307},
	                                   {LEFT, UNIT_VILLAGE, "左村", "test"}};
	static const struct unit_group groups[] = {{"border", "边境", "test", 222401},
	                                           {"border", "边境", "test", TOWNSHIP},
	                                           {"whole", "全部", "test", PROVINCE}};
	char error[CATALOGUE_ERROR_BYTES] = "";
	(void)state;
	catalogue_init(&plan, ARENA_BYTES);
	plan_fill(&plan);
	plan.units = with_room(plan.units, plan.unit_count * sizeof *plan.units, sizeof more);
	memcpy(plan.units + plan.unit_count, more, sizeof more);
	plan.unit_count += COUNT(more);
	move_unit(VILLAGE, MOVED, 201309);
	move_unit(VILLAGE_OTHER, MERGED, 201307);
	move_unit(LEFT, MERGED, 201307);
	plan.groups = with_room(groups, sizeof groups, 0);
	plan.group_count = COUNT(groups);
	plan.indicators = with_room(plan.indicators, plan.indicator_count * sizeof large, sizeof large);
	plan.indicators[plan.indicator_count++] = large;
	EXPECT(catalogue_finish(&plan, error), "%s", error);
	return 0;
}

/* ---------------------------------------------------------------- reporting */

static uint64_t seq;

static uint32_t
add(struct totals *t, unit_code unit, period when, uint32_t indicator, int64_t value)
{
	const struct form_version *version = catalogue_version_for(&plan, FORM_VILLAGE, when);
	struct report r = {.unit = unit,
	                   .period = when,
	                   .form = FORM_VILLAGE,
	                   .form_version = version->version,
	                   .value_count = 1,
	                   .indicators = &indicator,
	                   .values = &value};
	uint32_t revision = totals_revision(t, &r) + 1;
	assert_true(totals_add_report(t, &r, revision, ++seq, 0));
	return revision;
}

/* One indicator of one unit. */
static void
expect(const struct totals *t, unit_code unit, const char *group, period from, period to, uint32_t indicator,
       int64_t value, uint32_t reported)
{
	struct total_query q = {
	    .unit = unit, .from = from, .to = to, .indicator_count = 1, .indicators = &indicator};
	struct problem_list problems = {0};
	struct total_answer answer;
	struct arena arena;
	arena_init(&arena, ARENA_BYTES);
	strcpy(q.group, group);
	assert_true(totals_answer(t, &q, &arena, &answer, &problems));
	EXPECT(answer.units[0].values[0] == value && answer.units[0].reported[0] == reported,
	       "%lld %s %d..%d: %lld from %u", (long long)unit, group, from, to,
	       (long long)answer.units[0].values[0], answer.units[0].reported[0]);
	arena_free(&arena);
}

static void
test_village_that_moves(void **state)
{
	struct totals *t = totals_create(&plan);
	(void)state;
	add(t, VILLAGE, 201303, HOUSEHOLDS, 40);
	expect(t, COUNTY, "", 201308, 201308, HOUSEHOLDS, 40, 1);
	expect(t, COUNTY, "", 201309, 201309, HOUSEHOLDS, 0, 0);
	expect(t, OTHER_COUNTY, "", 201308, 201308, HOUSEHOLDS, 0, 0);
	expect(t, OTHER_COUNTY, "", 201309, 201312, HOUSEHOLDS, 40, 1);
	expect(t, MOVED, "", 201309, 201309, HOUSEHOLDS, 40, 1);
	expect(t, VILLAGE, "", 201309, 201309, HOUSEHOLDS, 0, 0);
	for (period p = 201303; p <= 201312; p++)
		expect(t, PREFECTURE, "", p, p, HOUSEHOLDS, 40, 1);
	/* Its first report under the new code, then a correction of a month before. */
	add(t, MOVED, 201310, HOUSEHOLDS, 50);
	add(t, VILLAGE, 201305, HOUSEHOLDS, 45);
	expect(t, COUNTY, "", 201304, 201304, HOUSEHOLDS, 40, 1);
	expect(t, TOWNSHIP, "", 201308, 201308, HOUSEHOLDS, 45, 1);
	expect(t, OTHER_COUNTY, "", 201309, 201309, HOUSEHOLDS, 45, 1);
	expect(t, OTHER_COUNTY, "", 201310, 201310, HOUSEHOLDS, 50, 1);
	/* A flow stays where it was. */
	add(t, VILLAGE, 201308, SUBSIDY, 700);
	add(t, MOVED, 201311, SUBSIDY, 30);
	expect(t, COUNTY, "", 201301, 201312, SUBSIDY, 700, 1);
	expect(t, OTHER_COUNTY, "", 201301, 201312, SUBSIDY, 30, 1);
	expect(t, VILLAGE, "", 201301, 201312, SUBSIDY, 700, 1);
	expect(t, PROVINCE, "", 201301, 201312, SUBSIDY, 730, 2);
	totals_destroy(&t);
}

static void
test_villages_that_merge(void **state)
{
	struct totals *t = totals_create(&plan);
	(void)state;
	add(t, VILLAGE_OTHER, 201302, HOUSEHOLDS, 30);
	add(t, LEFT, 201303, HOUSEHOLDS, 20);
	expect(t, COUNTY, "", 201306, 201306, HOUSEHOLDS, 50, 2);
	expect(t, COUNTY, "", 201307, 201307, HOUSEHOLDS, 0, 0); /* what stood ended with them */
	add(t, MERGED, 201308, HOUSEHOLDS, 49);
	expect(t, COUNTY, "", 201307, 201307, HOUSEHOLDS, 0, 0);
	expect(t, COUNTY, "", 201308, 201312, HOUSEHOLDS, 49, 1);
	totals_destroy(&t);
}

static void
test_counted(void **state)
{
	struct totals *t = totals_create(&plan);
	(void)state;
	add(t, VILLAGE, 201302, HOUSEHOLDS, 40);
	expect(t, COUNTY, "", 201302, 201302, LARGE, 0, 1);
	add(t, VILLAGE_OTHER, 201302, HOUSEHOLDS, 41);
	expect(t, COUNTY, "", 201302, 201302, LARGE, 1, 2);
	add(t, VILLAGE, 201303, HOUSEHOLDS, 100);
	expect(t, PROVINCE, "", 201302, 201302, LARGE, 1, 2);
	expect(t, PROVINCE, "", 201303, 201303, LARGE, 2, 2);
	expect(t, VILLAGE, "", 201303, 201303, LARGE, 1, 1);
	add(t, VILLAGE, 201303, SUBSIDY, 1); /* corrected: the households were not reported */
	expect(t, PROVINCE, "", 201303, 201303, LARGE, 1, 2);
	totals_destroy(&t);
}

static void
test_groups(void **state)
{
	struct totals *t = totals_create(&plan);
	(void)state;
	add(t, VILLAGE, 201302, HOUSEHOLDS, 40);
	add(t, 220881101201, 201302, HOUSEHOLDS, 7);
	expect(t, PROVINCE, "border", 201302, 201302, HOUSEHOLDS, 40, 1);
	expect(t, PREFECTURE, "border", 201302, 201302, HOUSEHOLDS, 40, 1);
	expect(t, OTHER_COUNTY, "border", 201302, 201302, HOUSEHOLDS, 0, 0);
	expect(t, VILLAGE, "border", 201302, 201302, HOUSEHOLDS, 40, 1);
	expect(t, OTHER_COUNTY, "whole", 201302, 201302, HOUSEHOLDS, 7, 1);
	expect(t, PROVINCE, "border", 201309, 201309, HOUSEHOLDS, 0, 0); /* it moved out of it */
	struct total_query q = {.unit = PROVINCE, .from = 201301, .to = 201301, .group = "none"};
	struct problem_list problems = {0};
	struct total_answer answer;
	struct arena arena;
	arena_init(&arena, ARENA_BYTES);
	assert_false(totals_answer(t, &q, &arena, &answer, &problems));
	assert_int_equal(problems.items[0].code, PROBLEM_GROUP_UNKNOWN);
	arena_free(&arena);
	totals_destroy(&t);
}

/* ---------------------------------------------------------------- two ways to one sum */

struct row {
	int64_t values[2][LARGE + 1];
	uint32_t reported[2][LARGE + 1];
};

static void
add_rows(const struct totals *t, unit_code unit, enum unit_level by, period from, period to, struct row *out)
{
	struct total_query q = {.unit = unit, .from = from, .to = to, .by = by};
	struct problem_list problems = {0};
	struct total_answer answer;
	struct arena arena;
	arena_init(&arena, ARENA_BYTES);
	assert_true(totals_answer(t, &q, &arena, &answer, &problems));
	for (size_t u = 0; u < answer.unit_count; u++)
		for (size_t i = 0; i < answer.units[u].indicator_count; i++) {
			uint32_t number = answer.units[u].indicators[i];
			out->values[0][number] += answer.units[u].values[i];
			out->values[1][number] += answer.units[u].approved[i];
			out->reported[0][number] += answer.units[u].reported[i];
			out->reported[1][number] += answer.units[u].approved_reported[i];
		}
	arena_free(&arena);
}

static void
compare_ways(const struct totals *t, struct dice *dice)
{
	period from = 201301 + (period)dice_pick(dice, 12),
	       to = from + (period)dice_pick(dice, (size_t)(201313 - from));
	for (int i = 0; i < 2; i++) {
		unit_code county = i ? OTHER_COUNTY : COUNTY;
		struct row ready = {0}, villages = {0}, townships = {0};
		add_rows(t, county, UNIT_COUNTY, from, to, &ready);
		add_rows(t, county, UNIT_VILLAGE, from, to, &villages);
		add_rows(t, county, UNIT_TOWNSHIP, from, to, &townships);
		EXPECT(!memcmp(&ready, &villages, sizeof ready), "villages of %d, %d..%d", (int)county, from, to);
		EXPECT(!memcmp(&ready, &townships, sizeof ready), "townships of %d, %d..%d", (int)county, from, to);
	}
}

static void
test_two_ways(void **state)
{
	static const unit_code villages[] = {VILLAGE, VILLAGE_OTHER, LEFT, MERGED, MOVED, 220881101201};
	struct totals *t = totals_create(&plan);
	struct dice dice = {.state = 42};
	(void)state;
	for (int step = 0; step < STEPS; step++) {
		period when = 201301 + (period)dice_pick(&dice, 12);
		const struct unit *unit = catalogue_unit(&plan, villages[dice_pick(&dice, COUNT(villages))]);
		const struct form_version *version = catalogue_version_for(&plan, FORM_VILLAGE, when);
		if (!unit_in_period(unit, when))
			continue;
		uint32_t indicator = version->fields[dice_pick(&dice, version->field_count)].indicator;
		uint32_t revision = add(t, unit->code, when, indicator, (int64_t)dice_pick(&dice, 90));
		struct report_standing standing = totals_standing(t, unit->code, FORM_VILLAGE, when);
		struct review review = {.unit = unit->code,
		                        .period = when,
		                        .form = FORM_VILLAGE,
		                        .revision = revision,
		                        .step = standing.step,
		                        .decision = dice_pick(&dice, 3) ? DECISION_PASS : DECISION_RETURN,
		                        .reason = RETURN_OTHER,
		                        .text = "x"};
		if (dice_pick(&dice, 2))
			assert_true(totals_add_review(t, &review, ++seq));
		compare_ways(t, &dice);
	}
	totals_destroy(&t);
}

/* ---------------------------------------------------------------- money of places that became one */

static struct holdings merged;
static struct problem_list said;
static uint64_t taken;

static struct fund_entry
money(enum fund_kind kind, unit_code unit, const char *voucher, int64_t fen, date day, const char *project)
{
	bool use = kind == FUND_GRANTED || kind == FUND_SPENT;
	return (struct fund_entry){.kind = kind,
	                           .unit = unit,
	                           .voucher = voucher,
	                           .occurred = day,
	                           .source = SOURCE_CENTRAL,
	                           .use = use ? USE_INDUSTRY : 0,
	                           .amount_fen = fen,
	                           .note = "",
	                           .refers = "",
	                           .document = "",
	                           .project = project};
}

static struct fund_entry
grant_to(unit_code to, const char *voucher, int64_t fen, const char *project)
{
	struct fund_entry e = money(FUND_GRANTED, COUNTY, voucher, fen, 20130401, project);
	e.counterparty = to;
	return e;
}

/* LEDGER_STAGED, and it is taken; or what is said against it. */
static enum problem_code
enter(struct fund_entry entry)
{
	struct submission s = {.entry_count = 1, .entries = &entry};
	static struct arena texts; /* what is staged points into it */
	problem_list_init(&said);
	arena_free(&texts);
	arena_init(&texts, ARENA_BYTES);
	if (!projects_name_entries(merged.projects, &s, &texts, &said))
		return said.items[0].code;
	if (ledger_stage(merged.ledger, &s, &said) != LEDGER_STAGED)
		return said.items[0].code;
	assert_true(holdings_take_entry(&merged, &entry, ++taken, 0, 1));
	return PROBLEM_NONE;
}

static void
begin_project(unit_code unit, const char *code, int64_t fen)
{
	const struct project_budget budget = {SOURCE_CENTRAL, fen};
	struct project_row row = {.unit = unit,
	                          .code = code,
	                          .step = PROJECT_REGISTER,
	                          .occurred = 20130401,
	                          .document = "文",
	                          .note = "",
	                          .name = "养殖",
	                          .kind = KIND_FARM,
	                          .leader = COUNTY,
	                          .begins = 20130401,
	                          .ends = 20131231,
	                          .budget_count = 1,
	                          .budgets = &budget};
	assert_true(projects_take(merged.projects, &row));
	row = (struct project_row){.unit = unit,
	                           .code = code,
	                           .step = PROJECT_NOTICE,
	                           .occurred = 20130402,
	                           .document = "栏",
	                           .note = "",
	                           .name = ""};
	assert_true(projects_take(merged.projects, &row));
}

static int64_t
holds_now(unit_code unit, enum fund_state state)
{
	struct arena arena;
	struct balance_answer out = {0};
	const struct balance_query q = {.unit = unit, .own = true};
	int64_t fen = 0;
	arena_init(&arena, ARENA_BYTES);
	assert_true(ledger_balances(merged.ledger, &q, 1, &arena, &out, &said));
	for (size_t i = 0; i < out.units[0].count; i++)
		fen += out.units[0].balances[i].state == state ? out.units[0].balances[i].amount_fen : 0;
	arena_free(&arena);
	return fen;
}

static enum problem_code
take_step_of(struct project_row row)
{
	struct submission s = {.project_count = 1, .projects = &row};
	struct arena texts;
	enum problem_code code = PROBLEM_NONE;
	arena_init(&texts, ARENA_BYTES);
	problem_list_init(&said);
	if (!projects_stage(merged.projects, &s, &texts, COUNTY, &said))
		code = said.items[0].code;
	else
		assert_true(projects_take(merged.projects, &row));
	arena_free(&texts);
	return code;
}

/* Which of two projects of one code is meant has to be said, unless a unit means its own; and what goes to
 * the journal says whose it is. */
static void
same_codes(void)
{
	char left[32], other[32];
	snprintf(left, sizeof left, "same@%" PRId64, LEFT);
	snprintf(other, sizeof other, "same@%" PRId64, VILLAGE_OTHER);
	assert_int_equal(enter(grant_to(MERGED, "S", 100, "same")), PROBLEM_PROJECT_AMBIGUOUS);
	assert_true(strstr(said.items[0].detail, strchr(left, '@')));
	assert_true(strstr(said.items[0].detail, strchr(other, '@')));
	assert_int_equal(enter(grant_to(MERGED, "S", 100, "same@1")), PROBLEM_PROJECT_UNKNOWN);
	assert_int_equal(enter(grant_to(MERGED, "S", 100, "same@x")), PROBLEM_PROJECT_UNKNOWN);
	assert_int_equal(enter(grant_to(MERGED, "S1", 100, left)), 0);
	assert_int_equal(enter(grant_to(VILLAGE_OTHER, "S2", 70, "same")), 0);
	const struct project *of_left = projects_find(merged.projects, LEFT, "same");
	const struct project *of_other = projects_find(merged.projects, VILLAGE_OTHER, "same");
	assert_int_equal(ledger_project_sum(merged.ledger, of_left).granted_fen, 100);
	assert_int_equal(ledger_project_sum(merged.ledger, of_other).granted_fen, 70);
	struct project_row row = {.unit = MERGED,
	                          .code = "same",
	                          .step = PROJECT_START,
	                          .occurred = 20130801,
	                          .document = "",
	                          .note = "",
	                          .name = ""};
	assert_int_equal(take_step_of(row), PROBLEM_PROJECT_AMBIGUOUS);
	row.code = left;
	assert_int_equal(take_step_of(row), 0);
	assert_true(of_left->taken.state == PROJECT_UNDER_WAY && of_other->taken.state == PROJECT_NOTICED);
	row.code = "first"; /* the only one: it stays the one of who registered it */
	assert_int_equal(take_step_of(row), 0);
	assert_int_equal(projects_find(merged.projects, VILLAGE_OTHER, "first")->end ? 1 : 0, 1);
	assert_null(projects_find(merged.projects, MERGED, "first"));
	/* What another submission registers and is not on disk yet may come to nothing: no name is made of it. */
	struct project_row begins = {.unit = LEFT,
	                             .code = "new",
	                             .step = PROJECT_REGISTER,
	                             .occurred = 20130401,
	                             .document = "文",
	                             .note = "",
	                             .name = "养殖",
	                             .kind = KIND_FARM,
	                             .leader = COUNTY};
	struct submission first = {.project_count = 1, .projects = &begins};
	struct arena texts;
	arena_init(&texts, ARENA_BYTES);
	problem_list_init(&said);
	assert_true(projects_stage(merged.projects, &first, &texts, COUNTY, &said));
	assert_int_equal(enter(grant_to(MERGED, "S3", 1, "new")), PROBLEM_PROJECT_UNKNOWN);
	projects_unstage(merged.projects, &first);
	arena_free(&texts);
	/* Each by its name; pages of one have all of them. */
	struct project_query q = {.unit = COUNTY, .limit = 1};
	const char *names[] = {"first", left, other, "second"};
	unit_code owners[] = {VILLAGE_OTHER, LEFT, VILLAGE_OTHER, LEFT};
	if (LEFT > VILLAGE_OTHER) {
		names[1] = other, names[2] = left;
		owners[1] = VILLAGE_OTHER, owners[2] = LEFT;
	}
	struct arena arena;
	arena_init(&arena, ARENA_BYTES);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct project_answer out = {.time_us = 1};
		assert_true(projects_list(&merged, &q, &arena, &out, &said));
		assert_string_equal(out.items[0].code, names[i]);
		assert_int_equal(out.items[0].owner, owners[i]);
		assert_int_equal(out.next.unit != 0, i + 1 < COUNT(names));
		q.after = out.next;
	}
	const struct {
		const char *code;
		size_t found;
	} asked[] = {{"same", 2}, {left, 1}, {"first", 1}, {"same@1", 0}};
	for (size_t i = 0; i < COUNT(asked); i++) {
		struct project_answer out = {.time_us = 1};
		struct project_query one = {.unit = MERGED};
		snprintf(one.code, sizeof one.code, "%s", asked[i].code);
		assert_true(projects_list(&merged, &one, &arena, &out, &said));
		assert_int_equal(out.count, asked[i].found);
	}
	arena_free(&arena);
}

/* Two villages had grants and projects, one even of the same code, before they became one: all of it goes on
 * under the new code, and none of it is taken twice. */
static void
test_merged_money(void **state)
{
	(void)state;
	assert_true(holdings_create(&plan, &merged));
	begin_project(VILLAGE_OTHER, "first", 500);
	begin_project(LEFT, "second", 500);
	begin_project(VILLAGE_OTHER, "same", 500);
	begin_project(LEFT, "same", 500); /* each is there */
	assert_true(projects_find(merged.projects, LEFT, "same") !=
	            projects_find(merged.projects, VILLAGE_OTHER, "same"));
	assert_int_equal(enter(money(FUND_RAISED, COUNTY, "R", 10000, 20130301, "")), 0);
	assert_int_equal(enter(grant_to(VILLAGE_OTHER, "G1", 300, "first")), 0);
	assert_int_equal(enter(grant_to(LEFT, "G2", 200, "second")), 0);
	assert_int_equal(enter(grant_to(LEFT, "G3", 100, "")), 0);
	assert_int_equal(holds_now(MERGED, FUND_STATE_UNDER_GRANT), 600);
	assert_int_equal(holds_now(LEFT, FUND_STATE_UNDER_GRANT), 0); /* it is counted at one place */
	assert_int_equal(enter(money(FUND_REIMBURSED, MERGED, "C1", 301, 20130801, "first")),
	                 PROBLEM_GRANT_EXCEEDED);
	assert_int_equal(enter(money(FUND_REIMBURSED, MERGED, "C1", 300, 20130801, "first")), 0);
	assert_int_equal(enter(money(FUND_REIMBURSED, MERGED, "C2", 200, 20130801, "second")), 0);
	assert_int_equal(enter(money(FUND_REIMBURSED, MERGED, "C3", 101, 20130801, "")), PROBLEM_GRANT_EXCEEDED);
	assert_int_equal(enter(money(FUND_REIMBURSED, MERGED, "C3", 100, 20130801, "")), 0);
	assert_int_equal(enter(money(FUND_SPENT, MERGED, "P1", 300, 20130801, "first")), 0);
	assert_int_equal(enter(money(FUND_SPENT, MERGED, "P2", 201, 20130801, "second")),
	                 PROBLEM_BALANCE_EXCEEDED);
	assert_int_equal(enter(money(FUND_SPENT, MERGED, "P2", 200, 20130801, "second")), 0);
	assert_int_equal(holds_now(MERGED, FUND_STATE_SPENT), 500);
	assert_int_equal(holds_now(MERGED, FUND_STATE_ON_HAND), 100);
	same_codes();
	/* They are listed under the code that the place has now. */
	struct arena arena;
	const struct project_query q = {.unit = COUNTY};
	struct project_answer out = {.time_us = 1};
	arena_init(&arena, ARENA_BYTES);
	assert_true(projects_list(&merged, &q, &arena, &out, &said));
	assert_int_equal(out.count, 4);
	for (size_t i = 0; i < out.count; i++)
		assert_int_equal(out.items[i].unit, MERGED);
	arena_free(&arena);
	holdings_destroy(&merged);
}

static uint32_t
change_of(const struct changes *x, unit_code code)
{
	return x->numbers[catalogue_unit(&plan, code) - plan.units];
}

/* What is booked under a code of before changes the place that it became, and all above both. */
static void
test_changes(void **state)
{
	struct changes x;
	(void)state;
	assert_true(changes_create(&plan, &x));
	changes_mark(&x, LEFT);
	assert_int_equal(change_of(&x, LEFT), 2);
	assert_int_equal(change_of(&x, MERGED), 2);
	assert_int_equal(change_of(&x, VILLAGE_OTHER), 1);
	assert_true(change_of(&x, unit_county(LEFT)) > 1 && change_of(&x, unit_county(MERGED)) > 1);
	assert_true(change_of(&x, PROVINCE) > 1);
	changes_mark(&x, 0);
	changes_mark(&x, 99);
	assert_int_equal(change_of(&x, MERGED), 2);
	changes_destroy(&x);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_village_that_moves),
	    cmocka_unit_test(test_villages_that_merge),
	    cmocka_unit_test(test_counted),
	    cmocka_unit_test(test_groups),
	    cmocka_unit_test(test_two_ways),
	    cmocka_unit_test(test_merged_money),
	    cmocka_unit_test(test_changes),
	};
	return cmocka_run_group_tests(tests, make_plan, plan_teardown);
}
