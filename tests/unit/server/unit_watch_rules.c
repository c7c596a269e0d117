/* Watches of the plan's rules: what turned since the push before is told once, to whom it concerns, and
 * nothing that turned before the watch began. Money that the prefecture keeps longer than thirty days is red,
 * and nothing is once it is sent on; both whatever today is. */
#include "case.h"
#include "plan.h"

#include "base/clock.h"
#include "plan/plan_files.h"
#include "service/watches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEVELOPMENT = 1, ARENA_BYTES = 16 * 1024 * 1024 };

#define BAICHENG INT64_C(2208)
#define SONGYUAN INT64_C(2207)

static const int64_t second_us = 1000000, no_budget = INT64_MAX / 4;
static struct plan shipped;
static struct holdings holdings;
static struct compliance *compliance;
static struct watches *watches;
static struct as_of as_of;
static int64_t now_us;
static uint32_t kept_back;
static size_t pushes;
static struct push last; /* without its lists */
static struct rule_turn turns[8];
static enum watch_sent answer;

static int
read_plan(void **state)
{
	static struct plan_errors errors;
	(void)state;
	plan_init(&shipped);
	if (!plan_read(PLAN, NULL, &shipped, &errors))
		return 1;
	kept_back = catalogue_plan_rule_by_name(&shipped.catalogue, "kept_back")->number;
	return 0;
}

static int
free_plan(void **state)
{
	(void)state;
	plan_free(&shipped);
	return 0;
}

static int
make(void **state)
{
	(void)state;
	if (!holdings_create(&shipped.catalogue, &holdings))
		return 1;
	compliance = compliance_create(&holdings);
	watches = watches_create();
	as_of = (struct as_of){0};
	now_us = 1000 * second_us;
	pushes = 0;
	answer = WATCH_SENT;
	if (compliance && watches)
		watches_follow_rules(watches, compliance);
	return compliance && watches ? 0 : 1;
}

static int
unmake(void **state)
{
	(void)state;
	watches_destroy(&watches);
	compliance_destroy(&compliance);
	holdings_destroy(&holdings);
	return 0;
}

static void
book(enum fund_kind kind, unit_code unit, const char *voucher, const char *refers)
{
	const struct fund_entry e = {kind, unit, voucher, 20130301, DEVELOPMENT, 0, 0, 100, "", refers, "", ""};
	as_of.seq++;
	assert_true(holdings_take_entry(&holdings, &e, as_of.seq, 0, clock_wall_us()));
}

/* Money of March 2013, which the unit has had since then. */
static void
raise_money(unit_code unit, const char *voucher)
{
	book(FUND_RAISED, unit, voucher, "");
}

static void
take_back(unit_code unit, const char *voucher)
{
	book(FUND_REVERSED, unit, "back", voucher);
}

static char key[KEY_TEXT_BYTES] = "key";
static const struct sender sender = {5, {9, 9, 9, 9, 1}};

/* Watches these rules and states of a unit's prefectures; what the request holds is used for others
 * afterwards. */
static void
watch(unit_code unit, size_t rule_count, size_t state_count)
{
	struct envelope_pool pool = {0};
	struct problem_list problems = {0};
	const struct frame frame = {.sender = sender};
	struct envelope *e = envelope_create(&pool, &frame);
	uint32_t rules[] = {kept_back};
	enum rule_state states[] = {RULE_RED};
	assert_non_null(e);
	e->request = (struct request){.id = 7, .kind = REQUEST_WATCH_COMPLIANCE};
	e->request.compliance = (struct compliance_query){.unit = unit,
	                                                  .by = UNIT_PREFECTURE,
	                                                  .rule_count = rule_count,
	                                                  .rules = rules,
	                                                  .state_count = state_count,
	                                                  .states = states};
	/* As a question that was answered just now. */
	assert_true(compliance_refresh(compliance, &e->request.compliance, clock_wall_us(), 0));
	assert_true(watches_add(watches, e, key, &as_of, now_us, &problems));
	memset(rules, 0xA5, sizeof rules);
	memset(states, 0xA5, sizeof states);
	envelope_destroy(&e);
	envelope_pool_free(&pool);
}

static enum watch_sent
take(void *context, const struct sender *to, const char *public_key, unit_code unit,
     const struct reply *reply)
{
	(void)context;
	assert_true(to->size == 5 && !strcmp(public_key, key) && unit > 0 && reply->kind == REPLY_PUSH);
	assert_int_equal(reply->request_id, 7);
	last = reply->push;
	pushes++;
	for (size_t i = 0; i < last.turn_count && i < 8; i++)
		turns[i] = last.turns[i];
	return answer;
}

/* All that may be told is told; so many pushes since the last time. */
static size_t
push(void)
{
	size_t before = pushes;
	/* Judging has little time in one turn, and goes on in the next. */
	for (int turns_left = 10000;
	     !watches_push(watches, holdings.totals, &as_of, now_us, no_budget, take, NULL);)
		assert_true(turns_left-- > 0);
	return pushes - before;
}

static void
ack(void)
{
	assert_true(watches_ack(watches, &sender, &(struct ack){.watch = 7, .seq = as_of.seq}));
}

static void
expect_turn(unit_code unit, enum rule_state from, enum rule_state to, const char *when)
{
	EXPECT(last.of_rules && last.turn_count == 1, "%s: %zu turns", when, last.turn_count);
	EXPECT(turns[0].key.rule == kept_back && turns[0].key.unit == unit, "%s: of %lld", when,
	       (long long)turns[0].key.unit);
	EXPECT(turns[0].from == from && turns[0].to == to, "%s: from %s to %s", when,
	       rule_state_name(turns[0].from), rule_state_name(turns[0].to));
}

/* ---------------------------------------------------------------- tests */

static void
test_turns(void **state)
{
	(void)state;
	raise_money(SONGYUAN, "before");
	watch(PROVINCE, 1, 0);
	assert_int_equal(push(), 0); /* Songyuan's was red before it was watched */
	raise_money(BAICHENG, "kept");
	assert_int_equal(push(), 1);
	expect_turn(BAICHENG, RULE_SILENT, RULE_RED, "money that is kept");
	assert_true(last.since_seq == 1 && last.as_of.seq == 2 && !last.more_turns);
	assert_int_equal(last.states[RULE_RED], 2);
	take_back(BAICHENG, "kept");
	assert_int_equal(push(), 0); /* until the push before is acknowledged */
	ack();
	assert_int_equal(push(), 1);
	expect_turn(BAICHENG, RULE_RED, RULE_SILENT, "none left");
	assert_true(last.since_seq == 2 && last.as_of.seq == 3);
	assert_int_equal(last.states[RULE_RED], 1);
	ack();
	assert_int_equal(push(), 0); /* told once */
}

/* Only of the unit, the rules and the states that were asked for; a change that turns nothing is not told. */
static void
test_only_what_was_asked(void **state)
{
	(void)state;
	watch(BAICHENG, 1, 0);
	raise_money(SONGYUAN, "elsewhere");
	assert_int_equal(push(), 0);
	raise_money(BAICHENG, "one");
	assert_int_equal(push(), 1);
	ack();
	raise_money(BAICHENG, "two"); /* red as before */
	assert_int_equal(push(), 0);
	assert_true(watches_remove(watches, &sender, 7));
	assert_int_equal(watches_count(watches), 0);
	take_back(BAICHENG, "two");
	assert_int_equal(push(), 0);
}

static void
test_all_rules_in_one_state(void **state)
{
	(void)state;
	watch(PROVINCE, 0, 1);
	raise_money(BAICHENG, "red");
	assert_int_equal(push(), 1);
	expect_turn(BAICHENG, RULE_SILENT, RULE_RED, "one state of all rules");
	ack();
	take_back(BAICHENG, "red"); /* it was red: that it no longer is concerns who watches red */
	assert_int_equal(push(), 1);
	expect_turn(BAICHENG, RULE_RED, RULE_SILENT, "back");
}

/* What could not be sent now is told later, whole; without news a sign of life comes after twenty seconds. */
static void
test_later_and_quiet(void **state)
{
	(void)state;
	watch(PROVINCE, 1, 1);
	raise_money(BAICHENG, "kept");
	answer = WATCH_LATER;
	assert_int_equal(push(), 1);
	answer = WATCH_SENT;
	now_us += second_us;
	assert_int_equal(push(), 1);
	expect_turn(BAICHENG, RULE_SILENT, RULE_RED, "after LATER");
	assert_int_equal(last.since_seq, 0);
	ack();
	now_us += 20 * second_us - 1;
	assert_int_equal(push(), 0);
	now_us += second_us;
	assert_int_equal(push(), 1);
	assert_true(last.of_rules && !last.turn_count && last.states[RULE_RED] == 1);
	answer = WATCH_GONE;
	ack();
	raise_money(SONGYUAN, "more");
	assert_int_equal(push(), 1);
	assert_int_equal(watches_count(watches), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_turns),
	    TEST(test_only_what_was_asked),
	    TEST(test_all_rules_in_one_state),
	    TEST(test_later_and_quiet),
	};
	return cmocka_run_group_tests(tests, read_plan, free_plan);
}
