/* What a rule's SQL may not do: refused with the reason when the plan is read, or given up when it is judged.
 */
#include "case.h"
#include "plan.h"

#include "plan/plan_files.h"
#include "rules/rules.h"
#include "state/holdings.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static struct plan shipped;
static const struct catalogue *catalogue;
static struct holdings holdings;

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
	return good && holdings_create(catalogue, &holdings) ? 0 : 1;
}

static int
free_plan(void **state)
{
	(void)state;
	holdings_destroy(&holdings);
	plan_free(&shipped);
	return 0;
}

static void
raise_money(unit_code unit, const char *voucher, int64_t fen)
{
	const struct fund_entry e = {FUND_RAISED, unit, voucher, 20130415, 1, 0, 0, fen, "", "", "", ""};
	static uint64_t seq;
	assert_true(holdings_take_entry(&holdings, &e, ++seq, 0, INT64_C(1365998400000000)));
}

static void
refused(const char *sql, const char *reason)
{
	struct catalogue c;
	struct plan_rule rule = {.number = 1,
	                         .code = "r",
	                         .name_zh = "规则",
	                         .name_en = "rule",
	                         .notice = "",
	                         .sql = sql,
	                         .levels = 1U << UNIT_COUNTY | 1U << UNIT_VILLAGE,
	                         .severity = RULE_RED,
	                         .measure = RULE_COUNT};
	plan_make(&c);
	c.plan_rules = &rule;
	c.plan_rule_count = 1;
	struct rules *rules = rules_create(&c, NULL);
	assert_non_null(rules);
	EXPECT(*reason ? strstr(rules_reason(rules, 0), reason) != NULL : !*rules_reason(rules, 0), "%s: \"%s\"",
	       sql, rules_reason(rules, 0));
	rules_destroy(&rules);
	catalogue_free(&c);
}

static void
bad_sql(void **state)
{
	static const struct {
		const char *sql, *reason;
	} cases[] = {
	    {"SELECT p.unit, 1 AS measured, 1 AS required FROM place p", ""},
	    {"SELECT p.unit, 1 AS measured, 1 AS required FROM place p; \n", ""},
	    {"SELECT p.unit, foo AS measured, 1 AS required FROM place p", "no such column: foo"},
	    {"SELECT p.unit, 1 AS measured, 1 AS required FROM places p", "no such table: places"},
	    {"SELECT p.unit, 1 AS measured FROM place p", "it has no column required"},
	    {"SELECT p.unit, 1 AS required FROM place p", "it has no column measured"},
	    {"SELECT 1 AS measured, 1 AS required FROM place p", "it has no column unit"},
	    {"SELECT p.unit, 1 AS measured, 1 AS required FROM place p; SELECT 2", "it is not one SELECT"},
	    {"", "it is not one SELECT"},
	    {"SELECT p.unit, ?1 AS measured, 1 AS required FROM place p", "it has a parameter"},
	    {"SELECT p.unit, :tomorrow AS measured, 1 AS required FROM place p", ":tomorrow"},
	    {"INSERT INTO place VALUES (1, '', '', 2)", "it does what no rule may"},
	    {"DELETE FROM money", "may not be modified"},
	    {"CREATE TABLE x (unit, measured, required)", "it does what no rule may"},
	    {"ATTACH '/tmp/x.db' AS x", "it does what no rule may"},
	    {"PRAGMA writable_schema = 1", "it does what no rule may"},
	    {"SELECT unit, 1 AS measured, 1 AS required FROM place, sqlite_master", "it does what no rule may"},
	    {"SELECT unit, 1 AS measured, 1 AS required FROM place, json_each('[1]')", "json_each"},
	    {"SELECT unit, load_extension('x') AS measured, 1 AS required FROM place",
	     "not authorized to use function"},
	    {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT p.unit, max(i) AS measured, "
	     "1 AS required FROM place p, n",
	     "it does what no rule may"},
	    {"SELECT m.unit, m.spent AS measured, 1 AS required FROM money m", "more than one unit"},
	    {"SELECT p.unit, f.value AS measured, 1 AS required FROM place p JOIN figure f ON f.unit = p.unit",
	     "more than one unit"},
	    {"SELECT p.unit, f.value AS measured, 1 AS required FROM place p JOIN figure f ON f.unit = p.unit "
	     "AND "
	     "f.indicator = 'hosueholds'",
	     "the plan has no indicator \"hosueholds\""},
	    {"SELECT p.unit, d.sent AS measured, 1 AS required FROM place p JOIN document d ON d.unit = p.unit "
	     "AND d.document = 'x'",
	     "the plan has no document \"x\""},
	    {"SELECT p.unit, t.value AS measured, 1 AS required FROM place p JOIN target t ON t.unit = p.unit "
	     "AND "
	     "t.measure = 'fund:x'",
	     "fund:KIND"},
	    {"SELECT p.unit, 1.5 AS measured, 1 AS required FROM place p", "measured is not a whole number"},
	    {"SELECT p.unit, 1 AS measured, 'x' AS required FROM place p", "required is not a whole number"},
	    {"SELECT p.unit, 1 AS measured, 1 AS required, 'soon' AS due FROM place p", "due is not a date"},
	    {"SELECT 99 AS unit, 1 AS measured, 1 AS required FROM place p", "it says something twice"},
	    {"SELECT p.unit, 1 AS measured, 1 AS required FROM place p, (SELECT 1 UNION SELECT 2)",
	     "it says something twice"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		refused(cases[i].sql, cases[i].reason);
}

struct told {
	size_t count, not_judged;
	char reason[128];
};

static void
take_told(void *context, size_t at, const struct judgement *j)
{
	struct told *t = context;
	(void)at;
	t->count++;
	t->not_judged += j->state == RULE_NOT_JUDGED;
	snprintf(t->reason, sizeof t->reason, "%s", j->reason);
}

/* Several times what it may take: sanitizers take longer for each call. */
enum { LONG_US_MAX = 3000000 };

static int64_t
processor_us(void)
{
	struct timespec used;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * INT64_C(1000000) + used.tv_nsec / 1000;
}

/* As long as one call can be: it tries each of 331 characters at each of 4,000 places. */
#define LONG_TRIM "length(trim(printf('%.*c', 4000 + p.level, 'a'), printf('%.*c', 330, 'b') || 'a'))"

/* Rules that only go wrong with what is there: one that never ends is given up, one unit's overflow is its
 * own. */
static void
bad_at_work(void **state)
{
	struct plan_rule rules_of[] = {
	    {.code = "endless",
	     .sql = "SELECT p.unit, count(*) AS measured, 1 AS required FROM place p, place a, place b, place c, "
	            "place d GROUP BY p.unit"},
	    {.code = "long_function",
	     .sql = "SELECT p.unit, " LONG_TRIM " + " LONG_TRIM " + " LONG_TRIM " + " LONG_TRIM " + " LONG_TRIM
	            " + " LONG_TRIM " + " LONG_TRIM " + " LONG_TRIM " AS measured, 1 AS required FROM place p"},
	    {.code = "long_text",
	     .sql = "SELECT p.unit, length(printf('%.*c', 3000 + p.level, 'a') || printf('%.*c', 3000, 'b')) AS "
	            "measured, 1 AS required FROM place p"},
	    {.code = "overflow",
	     .sql = "SELECT p.unit, iif(sum(m.raised) > 5, abs(-9223372036854775807 - 1), 1) AS measured, 1 AS "
	            "required FROM place p JOIN money m ON m.unit = p.unit GROUP BY p.unit"},
	};
	struct catalogue c = *catalogue;
	struct holdings h = holdings;
	uint32_t units[RULE_UNITS_MAX];
	size_t first, count = catalogue_units_below(catalogue, PROVINCE, UNIT_VILLAGE, &first);
	(void)state;
	for (size_t i = 0; i < COUNT(rules_of); i++) {
		rules_of[i].number = (uint32_t)i + 1;
		rules_of[i].name_zh = rules_of[i].name_en = rules_of[i].notice = "";
		rules_of[i].levels = 1U << UNIT_VILLAGE;
		rules_of[i].severity = RULE_RED;
		rules_of[i].measure = RULE_COUNT;
	}
	c.plan_rules = rules_of;
	c.plan_rule_count = COUNT(rules_of);
	h.catalogue = &c;
	assert_true(count >= RULE_UNITS_MAX);
	for (size_t i = 0; i < RULE_UNITS_MAX; i++)
		units[i] = (uint32_t)(first + i);
	struct rules *rules = rules_create(&c, &h);
	assert_non_null(rules);
	struct told told = {0};
	rules_judge(rules, 0, units, RULE_UNITS_MAX, 20130501, take_told, &told);
	assert_int_equal(told.count, RULE_UNITS_MAX);
	assert_int_equal(told.not_judged, RULE_UNITS_MAX);
	assert_string_equal(told.reason, "it takes too long");
	assert_string_equal(rules_reason(rules, 0), "it takes too long"); /* and is not tried again */
	/* Inside a function nothing stops it: so each is short, and all of them are timed. */
	int64_t before_us = processor_us();
	told = (struct told){0};
	rules_judge(rules, 1, units, RULE_UNITS_MAX, 20130501, take_told, &told);
	int64_t took_us = processor_us() - before_us;
	assert_string_equal(told.reason, "it takes too long");
	EXPECT(took_us < LONG_US_MAX, "it took %d ms", (int)(took_us / 1000));
	told = (struct told){0};
	rules_judge(rules, 2, units, RULE_UNITS_MAX, 20130501, take_told, &told);
	assert_string_equal(told.reason, "string or blob too big");
	/* Two villages have money, one of them too much for the rule. */
	raise_money(catalogue->units[units[0]].code, "V1", 1);
	raise_money(catalogue->units[units[1]].code, "V2", 6);
	told = (struct told){0};
	rules_judge(rules, 3, units, RULE_UNITS_MAX, 20130501, take_told, &told);
	assert_int_equal(told.not_judged, 1);
	assert_string_equal(rules_reason(rules, 3), "");
	rules_destroy(&rules);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bad_sql),
	    cmocka_unit_test(bad_at_work),
	};
	return cmocka_run_group_tests(tests, read_plan, free_plan);
}
