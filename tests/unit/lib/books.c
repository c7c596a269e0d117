#include "books.h"

#include "case.h"

static struct projects *projects;
struct ledger *ledger;
struct problem_list problems;
struct arena arena;
uint64_t commits;

int
books_make(void **state)
{
	(void)state;
	plan_make(&plan);
	for (size_t i = 0; i < plan.source_count; i++)
		plan.sources[i].loan = plan.sources[i].number == LOAN;
	projects = projects_create(&plan);
	ledger = projects ? ledger_create(&plan, projects) : NULL;
	arena_init(&arena, 64 * 1024 * 1024);
	commits = 0;
	return ledger ? 0 : 1;
}

int
books_unmake(void **state)
{
	(void)state;
	ledger_destroy(&ledger);
	ledger_destroy(&ledger); /* twice is fine */
	projects_destroy(&projects);
	arena_free(&arena);
	catalogue_free(&plan);
	return 0;
}

struct fund_entry
entry(enum fund_kind kind, unit_code unit, const char *voucher, int64_t fen, unit_code other,
      const char *refers)
{
	bool use = kind == FUND_GRANTED || kind == FUND_SPENT;
	return (struct fund_entry){
	    kind, unit,   voucher, 20130415, SOURCE_CENTRAL, use ? USE_INDUSTRY : 0, other, fen,
	    "",   refers, "",      ""};
}

enum ledger_verdict
stage(struct fund_entry *entries, size_t count)
{
	const struct submission s = {.entry_count = count, .entries = entries};
	problem_list_init(&problems);
	return ledger_stage(ledger, &s, &problems);
}

void
unstage(struct fund_entry *entries, size_t count)
{
	const struct submission s = {.entry_count = count, .entries = entries};
	ledger_unstage(ledger, &s);
}

void
take(struct fund_entry *entries, size_t count)
{
	struct fund_effect effect;
	commits++;
	for (size_t i = 0; i < count; i++)
		assert_true(ledger_take(ledger, &entries[i], commits, (uint32_t)i, 0, &effect));
}

void
book(enum fund_kind kind, unit_code unit, const char *voucher, int64_t fen, unit_code other,
     const char *refers)
{
	struct fund_entry e = entry(kind, unit, voucher, fen, other, refers);
	enum ledger_verdict verdict = stage(&e, 1);
	EXPECT(verdict == LEDGER_STAGED, "%s: %s", voucher, problem_name(problems.items[0].code));
	take(&e, 1);
}

struct balance_answer
balances_of(unit_code unit, bool ages, int64_t now_us)
{
	const struct balance_query q = {.unit = unit, .own = true, .ages = ages};
	struct balance_answer out = {0};
	arena_reset(&arena);
	assert_true(ledger_balances(ledger, &q, now_us, &arena, &out, &problems));
	assert_int_equal(out.unit_count, 1);
	return out;
}

int64_t
has(unit_code unit, enum fund_state state)
{
	const struct balance_answer answer = balances_of(unit, false, 0);
	for (size_t i = 0; i < answer.units[0].count; i++)
		if (answer.units[0].balances[i].state == state &&
		    answer.units[0].balances[i].source == SOURCE_CENTRAL)
			return answer.units[0].balances[i].amount_fen;
	return 0;
}

void
book_year(void)
{
	book(FUND_RAISED, PROVINCE, "R", 1000, 0, "");
	book(FUND_ALLOCATED, PROVINCE, "A", 100, COUNTY, "");
	book(FUND_SENT_DOWN, PROVINCE, "S", 600, COUNTY, "");
	book(FUND_RECEIVED, COUNTY, "E", 400, PROVINCE, "S");
	book(FUND_GRANTED, COUNTY, "G", 300, VILLAGE, "");
	book(FUND_REIMBURSED, VILLAGE, "C", 200, 0, "");
	book(FUND_SPENT, VILLAGE, "P", 150, 0, "");
}
