/* The ledger in memory: every refusal with its figures, what is staged against what is taken, and ages. The
 * way of money is in unit_ledger_ways. Random histories against an independent model are in
 * tests/system/money/test_ledger.py. */
#include "books.h"
#include "case.h"
#include "dice.h"

#include <stdio.h>
#include <string.h>

static void
test_states(void **state)
{
	static const struct {
		unit_code unit;
		enum fund_state state;
		int64_t fen;
	} expected[] = {
	    {22, FUND_STATE_RAISED, 1000},           {22, FUND_STATE_ON_HAND, 300},
	    {22, FUND_STATE_SET_ASIDE, 100},         {22, FUND_STATE_IN_TRANSIT, 200},
	    {22, FUND_STATE_WENT_OUT, 400},          {COUNTY, FUND_STATE_CAME_IN, 400},
	    {COUNTY, FUND_STATE_ON_HAND, 100},       {COUNTY, FUND_STATE_WENT_OUT, 300},
	    {220821103204, FUND_STATE_CAME_IN, 300}, {220821103204, FUND_STATE_UNDER_GRANT, 100},
	    {220821103204, FUND_STATE_ON_HAND, 50},  {220821103204, FUND_STATE_SPENT, 150},
	    {PREFECTURE, FUND_STATE_ON_HAND, 0},
	};
	(void)state;
	book_year();
	for (size_t i = 0; i < COUNT(expected); i++)
		EXPECT(has(expected[i].unit, expected[i].state) == expected[i].fen, "row %zu", i);
	/* The subtree's sum. */
	const struct balance_query q = {.unit = PROVINCE};
	struct balance_answer whole = {0};
	assert_true(ledger_balances(ledger, &q, 0, &arena, &whole, &problems));
	int64_t came = 0, is = 0;
	for (size_t i = 0; i < whole.units[0].count; i++) {
		const struct balance *b = &whole.units[0].balances[i];
		bool comes = b->state == FUND_STATE_RAISED || b->state == FUND_STATE_CAME_IN;
		came += comes ? b->amount_fen : 0;
		is += comes ? 0 : b->amount_fen;
	}
	assert_int_equal(came, is);
	assert_int_equal(came, 1000 + 400 + 300);
}

static void
test_refusals(void **state)
{
	static const struct {
		enum fund_kind kind;
		unit_code unit;
		const char *voucher;
		int64_t fen;
		unit_code other;
		const char *refers;
		enum problem_code code;
		int64_t limit;
	} cases[] = {
	    {FUND_RAISED, 22, "R", 5, 0, "", PROBLEM_VOUCHER_TAKEN, 0},
	    {FUND_SENT_DOWN, 22, "1", 301, COUNTY, "", PROBLEM_BALANCE_EXCEEDED, 300},
	    {FUND_SENT_DOWN, 22, "1", 101, COUNTY, "A", PROBLEM_ALLOCATION_EXCEEDED, 100},
	    {FUND_SENT_DOWN, 22, "1", 50, PREFECTURE, "A", PROBLEM_REFERRED_WRONG, 0},
	    {FUND_SENT_DOWN, 22, "1", 50, COUNTY, "R", PROBLEM_REFERRED_WRONG, 0},
	    {FUND_SPENT, COUNTY, "1", 101, 0, "", PROBLEM_BALANCE_EXCEEDED, 100},
	    {FUND_RECEIVED, COUNTY, "1", 201, 22, "S", PROBLEM_SENT_EXCEEDED, 200},
	    {FUND_RECEIVED, COUNTY, "1", 1, 22, "none", PROBLEM_REFERRED_UNKNOWN, 0},
	    {FUND_RECEIVED, COUNTY, "1", 1, 2208, "S", PROBLEM_REFERRED_UNKNOWN, 0},
	    {FUND_RECEIVED, PREFECTURE, "1", 1, 22, "S", PROBLEM_REFERRED_WRONG, 0},
	    {FUND_RECEIVED, COUNTY, "1", 1, 22, "R", PROBLEM_REFERRED_WRONG, 0},
	    {FUND_REIMBURSED, 220821103204, "1", 101, 0, "", PROBLEM_GRANT_EXCEEDED, 100},
	    {FUND_WITHDRAWN, COUNTY, "1", 301, 220821103204, "G", PROBLEM_GRANT_EXCEEDED, 300},
	    {FUND_WITHDRAWN, COUNTY, "1", 101, 220821103204, "G", PROBLEM_GRANT_EXCEEDED,
	     100}, /* the rest was claimed */
	    {FUND_WITHDRAWN, COUNTY, "1", 100, 220821103205, "G", PROBLEM_REFERRED_WRONG, 0},
	    {FUND_REVERSED, 22, "1", 600, 0, "S", PROBLEM_REVERSAL_PARTIAL, 200},
	    {FUND_REVERSED, 22, "1", 1000, 0, "R", PROBLEM_BALANCE_EXCEEDED, 300},
	    {FUND_REVERSED, COUNTY, "1", 400, 0, "E", PROBLEM_BALANCE_EXCEEDED, 100},
	    {FUND_REVERSED, COUNTY, "1", 300, 0, "G", PROBLEM_GRANT_EXCEEDED, 100},
	    {FUND_REVERSED, 220821103204, "1", 149, 0, "P", PROBLEM_REVERSAL_PARTIAL, 150},
	    {FUND_REVERSED, COUNTY, "1", 149, 0, "P", PROBLEM_REFERRED_UNKNOWN, 0},
	};
	(void)state;
	book_year();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fund_entry e = entry(cases[i].kind, cases[i].unit, cases[i].voucher, cases[i].fen,
		                            cases[i].other, cases[i].refers);
		enum ledger_verdict verdict = stage(&e, 1);
		EXPECT(verdict == LEDGER_REFUSED && problems.count == 1, "row %zu: %d, %zu", i, verdict,
		       problems.count);
		EXPECT(problems.items[0].code == cases[i].code, "row %zu: %s", i,
		       problem_name(problems.items[0].code));
		if (cases[i].limit)
			EXPECT(problems.items[0].limit == cases[i].limit && problems.items[0].actual == cases[i].fen,
			       "row %zu: %lld", i, (long long)problems.items[0].limit);
	}
	/* Each to the last fen is legal. */
	book(FUND_SENT_DOWN, PROVINCE, "1", 100, COUNTY, "A");
	book(FUND_SENT_DOWN, PROVINCE, "2", 300, COUNTY, "");
	book(FUND_RECEIVED, COUNTY, "3", 200, PROVINCE, "S");
	book(FUND_WITHDRAWN, COUNTY, "4", 100, VILLAGE, "G");
	book(FUND_SPENT, VILLAGE, "5", 50, 0, "");
	struct fund_entry again = entry(FUND_RECEIVED, COUNTY, "6", 1, PROVINCE, "S");
	assert_int_equal(stage(&again, 1), LEDGER_REFUSED);
	assert_int_equal(problems.items[0].code, PROBLEM_CONFIRMED_ALREADY);
}

static void
test_references(void **state)
{
	(void)state;
	book_year();
	/* Another source, and an earlier day. */
	struct fund_entry e = entry(FUND_RECEIVED, COUNTY, "1", 1, PROVINCE, "S");
	e.source = SOURCE_PROVINCE;
	assert_int_equal(stage(&e, 1), LEDGER_REFUSED);
	assert_int_equal(problems.items[0].code, PROBLEM_REFERRED_WRONG);
	assert_string_equal(problems.items[0].column, "source");
	e = entry(FUND_RECEIVED, COUNTY, "1", 1, PROVINCE, "S");
	e.occurred = 20130414;
	assert_int_equal(stage(&e, 1), LEDGER_REFUSED);
	assert_int_equal(problems.items[0].code, PROBLEM_DATE_TOO_EARLY);
	/* A reversal cannot be reversed, nor made twice. */
	book(FUND_REVERSED, VILLAGE, "V", 150, 0, "P");
	assert_int_equal(has(VILLAGE, FUND_STATE_ON_HAND), 200);
	e = entry(FUND_REVERSED, VILLAGE, "W", 150, 0, "V");
	assert_int_equal(stage(&e, 1), LEDGER_REFUSED);
	assert_int_equal(problems.items[0].code, PROBLEM_REVERSAL_OF_REVERSAL);
	e = entry(FUND_REVERSED, VILLAGE, "W", 150, 0, "P");
	assert_int_equal(stage(&e, 1), LEDGER_REFUSED);
	assert_int_equal(problems.items[0].code, PROBLEM_REVERSED_ALREADY);
	/* A confirmation that is undone leaves the money in transit, to be confirmed again. */
	book(FUND_RECEIVED, COUNTY, "E2", 90, PROVINCE, "S");
	book(FUND_REVERSED, COUNTY, "U", 90, 0, "E2");
	assert_int_equal(has(PROVINCE, FUND_STATE_IN_TRANSIT), 200);
	book(FUND_RECEIVED, COUNTY, "E3", 200, PROVINCE, "S");
	book(FUND_REVERSED, COUNTY, "U3", 200, 0, "E3");
	/* What was sent and is not confirmed comes back, and what was confirmed goes on its way again. */
	book(FUND_REVERSED, PROVINCE, "X", 200, 0, "S");
	assert_int_equal(has(PROVINCE, FUND_STATE_ON_HAND), 500);
	assert_int_equal(has(PROVINCE, FUND_STATE_IN_TRANSIT), 0);
	book(FUND_WITHDRAWN, COUNTY, "Y", 100, VILLAGE, "G");
	book(FUND_RETURNED, COUNTY, "B", 200, PREFECTURE, "");
	book(FUND_RECEIVED, PREFECTURE, "Z", 200, COUNTY, "B");
	assert_int_equal(has(PREFECTURE, FUND_STATE_ON_HAND), 200);
}

static void
test_loans(void **state)
{
	struct fund_entry e[] = {
	    entry(FUND_RAISED, COUNTY, "1", 100, 0, ""), entry(FUND_REPAID, COUNTY, "2", 60, 0, ""),
	    entry(FUND_REPAID, COUNTY, "3", 41, 0, ""), entry(FUND_REVERSED, COUNTY, "4", 100, 0, "1")};
	(void)state;
	for (size_t i = 0; i < COUNT(e); i++)
		e[i].source = LOAN;
	assert_int_equal(stage(e, 2), LEDGER_STAGED);
	take(e, 2);
	assert_int_equal(stage(&e[2], 1), LEDGER_REFUSED);
	assert_int_equal(problems.items[0].code, PROBLEM_LOAN_EXCEEDED);
	assert_int_equal(problems.items[0].limit, 40);
	assert_int_equal(stage(&e[3], 1), LEDGER_REFUSED);
	assert_int_equal(problems.items[0].code, PROBLEM_LOAN_EXCEEDED);
}

/* Entries of a submission stand or fall together, and build on each other; all that is wrong is said. */
static void
test_submissions(void **state)
{
	struct fund_entry chain[] = {
	    entry(FUND_RAISED, COUNTY, "1", 100, 0, ""),      entry(FUND_GRANTED, COUNTY, "2", 100, VILLAGE, ""),
	    entry(FUND_REIMBURSED, VILLAGE, "3", 100, 0, ""), entry(FUND_SPENT, VILLAGE, "4", 100, 0, ""),
	    entry(FUND_REVERSED, VILLAGE, "5", 100, 0, "4"),  entry(FUND_SPENT, VILLAGE, "6", 101, 0, ""),
	    entry(FUND_REVERSED, VILLAGE, "7", 100, 0, "5"),
	};
	(void)state;
	assert_int_equal(stage(chain, COUNT(chain)), LEDGER_REFUSED);
	assert_int_equal(problems.count, 2);
	assert_int_equal(problems.items[0].index, 5);
	assert_int_equal(problems.items[1].index, 6);
	assert_int_equal(problems.items[1].code, PROBLEM_REVERSAL_OF_REVERSAL);
	/* What is wrong with an entry of the same submission is wrong for good. */
	struct fund_entry own[] = {entry(FUND_RAISED, PROVINCE, "8", 9, 0, ""),
	                           entry(FUND_ALLOCATED, PROVINCE, "9", 9, COUNTY, ""),
	                           entry(FUND_SENT_DOWN, PROVINCE, "10", 9, PREFECTURE, "9")};
	assert_int_equal(stage(own, COUNT(own)), LEDGER_REFUSED);
	assert_int_equal(problems.items[0].code, PROBLEM_REFERRED_WRONG);
	assert_int_equal(stage(chain, 5), LEDGER_STAGED); /* nothing of it had stayed */
	assert_int_equal(has(VILLAGE, FUND_STATE_ON_HAND), 0);
	take(chain, 5);
	assert_int_equal(has(VILLAGE, FUND_STATE_ON_HAND), 100);
}

/* What is on its way may be used, and what it takes may not; a refusal because of it is none yet. */
static void
test_staged(void **state)
{
	struct fund_entry raised = entry(FUND_RAISED, COUNTY, "1", 100, 0, "");
	struct fund_entry spent = entry(FUND_SPENT, COUNTY, "2", 100, 0, "");
	struct fund_entry more = entry(FUND_SPENT, COUNTY, "3", 1, 0, "");
	struct fund_entry sent = entry(FUND_SENT_DOWN, COUNTY, "4", 100, VILLAGE, "");
	struct fund_entry undone = entry(FUND_REVERSED, COUNTY, "5", 99, 0, "4");
	(void)state;
	assert_int_equal(stage(&more, 1), LEDGER_REFUSED);
	assert_int_equal(stage(&raised, 1), LEDGER_STAGED);
	assert_int_equal(stage(&spent, 1), LEDGER_STAGED);
	assert_int_equal(stage(&more, 1), LEDGER_REFUSED); /* without them there would be nothing, either */
	unstage(&spent, 1);
	take(&raised, 1);
	assert_int_equal(stage(&spent, 1), LEDGER_STAGED);
	assert_int_equal(stage(&more, 1), LEDGER_UNSETTLED); /* if what is on its way fails, there is enough */
	unstage(&spent, 1);
	assert_int_equal(stage(&more, 1), LEDGER_STAGED);
	unstage(&more, 1);
	/* The same of an entry that is referred to. */
	assert_int_equal(stage(&sent, 1), LEDGER_STAGED);
	assert_int_equal(stage(&undone, 1), LEDGER_UNSETTLED);
	assert_int_equal(problems.items[0].code, PROBLEM_REVERSAL_PARTIAL);
	take(&sent, 1);
	assert_int_equal(stage(&undone, 1), LEDGER_REFUSED);
	struct fund_effect effect;
	assert_false(ledger_take(ledger, &sent, 9, 0, 0, &effect)); /* twice */
	assert_false(ledger_take(ledger,
	                         &(struct fund_entry){.kind = FUND_REVERSED,
	                                              .unit = COUNTY,
	                                              .voucher = "x",
	                                              .source = SOURCE_CENTRAL,
	                                              .note = "",
	                                              .refers = "y",
	                                              .document = "",
	                                              .project = ""},
	                         9, 0, 0, &effect));
}

static void
expect_ages(unit_code unit, enum fund_state state, date today, const int64_t expected[FUND_AGES])
{
	/* Noon in China. */
	const struct balance_answer answer =
	    balances_of(unit, true, (date_days(today) + 10957) * INT64_C(86400000000) + INT64_C(14400000000));
	for (size_t i = 0; i < answer.units[0].count; i++)
		if (answer.units[0].balances[i].state == state) {
			for (int age = 0; age < FUND_AGES; age++)
				EXPECT(answer.units[0].balances[i].by_age_fen[age] == expected[age], "%d of %d: %lld", age,
				       today, (long long)answer.units[0].balances[i].by_age_fen[age]);
			return;
		}
	fail();
}

static void
test_ages(void **state)
{
	struct fund_entry first = entry(FUND_RAISED, PROVINCE, "1", 100, 0, "");
	struct fund_entry second = entry(FUND_RAISED, PROVINCE, "2", 50, 0, "");
	struct fund_entry sent = entry(FUND_SENT_DOWN, PROVINCE, "3", 70, COUNTY, "");
	(void)state;
	first.occurred = 20130401;
	second.occurred = 20130430;
	sent.occurred = 20130501;
	take(&first, 1);
	take(&second, 1);
	take(&sent, 1);
	/* 30 of the first are left; both sides of each boundary. */
	expect_ages(PROVINCE, FUND_STATE_ON_HAND, 20130430, (int64_t[]){50, 30, 0, 0});
	expect_ages(PROVINCE, FUND_STATE_ON_HAND, 20130501, (int64_t[]){50, 30, 0, 0});
	expect_ages(PROVINCE, FUND_STATE_ON_HAND, 20130502, (int64_t[]){50, 0, 30, 0});
	expect_ages(PROVINCE, FUND_STATE_ON_HAND, 20130531, (int64_t[]){0, 0, 80, 0});
	expect_ages(PROVINCE, FUND_STATE_ON_HAND, 20130601, (int64_t[]){0, 0, 50, 30});
	expect_ages(PROVINCE, FUND_STATE_IN_TRANSIT, 20130516, (int64_t[]){70, 0, 0, 0});
	expect_ages(PROVINCE, FUND_STATE_IN_TRANSIT, 20130517, (int64_t[]){0, 70, 0, 0});
	expect_ages(PROVINCE, FUND_STATE_IN_TRANSIT, 20130701, (int64_t[]){0, 0, 0, 70});
}

/* Entries leave the stage in any order: what one refers to may go first, and its place be used again. */
static void
test_leaving_the_stage(void **state)
{
	(void)state;
	book(FUND_RAISED, PROVINCE, "r", 1000, 0, "");
	struct fund_entry sent = entry(FUND_SENT_DOWN, PROVINCE, "d", 400, PREFECTURE, "");
	struct fund_entry undone = entry(FUND_REVERSED, PROVINCE, "u", 400, 0, "d");
	assert_int_equal(stage(&sent, 1), LEDGER_STAGED);
	assert_int_equal(stage(&undone, 1), LEDGER_STAGED);
	unstage(&sent, 1);
	unstage(&undone, 1);
	struct fund_entry all[] = {entry(FUND_SENT_DOWN, PROVINCE, "a", 300, PREFECTURE, ""),
	                           entry(FUND_SENT_DOWN, PROVINCE, "b", 300, PREFECTURE, ""),
	                           entry(FUND_SENT_DOWN, PROVINCE, "c", 700, PREFECTURE, "")};
	struct fund_entry more = entry(FUND_SENT_DOWN, PROVINCE, "m", 1, PREFECTURE, "");
	assert_int_equal(stage(&all[0], 1), LEDGER_STAGED);
	assert_int_equal(stage(&all[1], 1), LEDGER_STAGED);
	unstage(&all[1], 1);
	assert_int_equal(stage(&all[2], 1), LEDGER_STAGED); /* where "b" was */
	assert_true(stage(&more, 1) != LEDGER_STAGED);      /* there is not a fen more */
	take(&all[0], 1);
	take(&all[2], 1);
	assert_int_equal(has(PROVINCE, FUND_STATE_ON_HAND), 0);
	assert_true(stage(&all[0], 1) == LEDGER_REFUSED && problems.items[0].code == PROBLEM_VOUCHER_TAKEN);
	assert_true(stage(&more, 1) == LEDGER_REFUSED && problems.items[0].code == PROBLEM_BALANCE_EXCEEDED);
}

/* What is taken next is the entry of that unit and voucher, whatever was staged behind the one before. */
static void
test_taken_out_of_turn(void **state)
{
	(void)state;
	struct fund_entry rows[] = {
	    entry(FUND_RAISED, PROVINCE, "1", 100, 0, ""), entry(FUND_RAISED, PROVINCE, "x", 20, 0, ""),
	    entry(FUND_RAISED, PREFECTURE, "x", 3, 0, ""), entry(FUND_RAISED, PROVINCE, "z", 7, 0, ""),
	    entry(FUND_RAISED, PROVINCE, "a", 600, 0, "")};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(stage(&rows[i], 1), LEDGER_STAGED);
	take(&rows[0], 1);
	take(&rows[2], 1); /* has the voucher of the one that is expected */
	assert_int_equal(has(PROVINCE, FUND_STATE_ON_HAND), 100);
	assert_int_equal(has(PREFECTURE, FUND_STATE_ON_HAND), 3);
	take(&rows[4], 1); /* is of the unit of the one that is expected */
	assert_int_equal(has(PROVINCE, FUND_STATE_ON_HAND), 700);
	take(&rows[1], 1);
	take(&rows[3], 1);
	assert_int_equal(has(PROVINCE, FUND_STATE_ON_HAND), 727);
	assert_int_equal(has(PREFECTURE, FUND_STATE_ON_HAND), 3);
	/* It was unstaged, and another centre has committed it. */
	struct fund_entry more[] = {entry(FUND_RAISED, PROVINCE, "2", 4000, 0, ""),
	                            entry(FUND_RAISED, PROVINCE, "y", 50000, 0, "")};
	for (size_t i = 0; i < COUNT(more); i++)
		assert_int_equal(stage(&more[i], 1), LEDGER_STAGED);
	unstage(&more[1], 1);
	take(more, COUNT(more));
	assert_int_equal(has(PROVINCE, FUND_STATE_ON_HAND), 54727);
	assert_true(stage(&more[1], 1) == LEDGER_REFUSED && problems.items[0].code == PROBLEM_VOUCHER_TAKEN);
}

/* Of many on their way some are refused, in any order: each of the others is still found. */
static void
test_many_on_their_way(void **state)
{
	enum { MANY = 600 };
	static char vouchers[MANY][8];
	static struct fund_entry entries[MANY];
	struct dice dice = {7};
	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		snprintf(vouchers[i], sizeof vouchers[i], "%zu", i);
		entries[i] = entry(FUND_RAISED, COUNTY, vouchers[i], 1, 0, "");
		assert_int_equal(stage(&entries[i], 1), LEDGER_STAGED);
	}
	for (size_t left = MANY; left; left--) {
		size_t which = dice_pick(&dice, left);
		struct fund_entry one = entries[which];
		unstage(&one, 1);
		entries[which] = entries[left - 1];
		if (left % 40 != 1)
			continue;
		for (size_t i = 0; i + 1 < left; i++)
			EXPECT(stage(&entries[i], 1) == LEDGER_REFUSED && problems.items[0].code == PROBLEM_VOUCHER_TAKEN,
			       "%s of %zu", entries[i].voucher, left - 1);
		assert_int_equal(stage(&one, 1), LEDGER_STAGED);
		unstage(&one, 1);
	}
	assert_int_equal(has(COUNTY, FUND_STATE_ON_HAND), 0);
}

#define GROWS(text) text text text

/* A voucher is one in whatever spelling; before it was, two could be booked, and each is found by its own. */
static void
test_spellings(void **state)
{
	static const char *const spellings[] = {"凭－1", "凭—１", "\u200B凭-1 "};
	struct submission s = {.entry_count = 1};
	(void)state;
	book(FUND_RAISED, COUNTY, "凭-1", 100, 0, "");
	for (size_t i = 0; i < COUNT(spellings); i++) {
		struct fund_entry again = entry(FUND_RAISED, COUNTY, spellings[i], 100, 0, "");
		EXPECT(stage(&again, 1) == LEDGER_REFUSED && problems.items[0].code == PROBLEM_VOUCHER_TAKEN, "%s",
		       spellings[i]);
		struct fund_entry undo = entry(FUND_REVERSED, COUNTY, "undo", 100, 0, spellings[i]);
		undo.note = "typing error";
		s.entries = &undo;
		assert_true(ledger_name_referred(ledger, &s, &arena));
		EXPECT(!strcmp(undo.refers, "凭-1"), "%s: %s", spellings[i], undo.refers);
		EXPECT(stage(&undo, 1) == LEDGER_STAGED, "%s", spellings[i]);
		unstage(&undo, 1);
	}
	/* One character that becomes eighteen: whatever comes of it, it is a voucher like others. */
	static const char *const grown[] = {"\uFDFA", GROWS(GROWS("\uFDFA")), GROWS(GROWS("\uFDFA")) "\uFDFA",
	                                    (GROWS(GROWS("\uFDFA")) GROWS(GROWS("\uFDFA")) GROWS("\uFDFA"))};
	for (size_t i = 0; i < COUNT(grown); i++) {
		struct fund_entry again = entry(FUND_RAISED, COUNTY, grown[i], 1, 0, "");
		book(FUND_RAISED, COUNTY, grown[i], 1, 0, "");
		EXPECT(stage(&again, 1) == LEDGER_REFUSED, "grown %zu", i);
	}
	struct fund_entry other = entry(FUND_RAISED, COUNTY, "pz-1", 1, 0, "");
	book(FUND_RAISED, COUNTY, "PZ-1", 1, 0, "");
	assert_int_equal(stage(&other, 1), LEDGER_STAGED); /* case makes a difference */
	unstage(&other, 1);
	struct fund_entry old = entry(FUND_RAISED, COUNTY, "凭－1", 7, 0, "");
	take(&old, 1);
	struct fund_entry both[] = {entry(FUND_REVERSED, COUNTY, "a", 7, 0, "凭－1"),
	                            entry(FUND_REVERSED, COUNTY, "b", 100, 0, "凭-1")};
	both[0].note = both[1].note = "typing error";
	assert_int_equal(stage(both, 2), LEDGER_STAGED);
}

/* Staging and unstaging in any order leaves no trace. */
static void
test_noise(void **state)
{
	struct dice dice = {7};
	static struct fund_entry rows[64];
	static char names[64][8];
	bool staged[64] = {false};
	(void)state;
	book_year();
	const struct balance_answer before = balances_of(COUNTY, false, 0);
	int64_t was[16];
	size_t count = before.units[0].count;
	for (size_t i = 0; i < count; i++)
		was[i] = before.units[0].balances[i].amount_fen;
	for (int step = 0; step < 20000; step++) {
		size_t at = (size_t)dice_pick(&dice, 64);
		if (staged[at]) {
			unstage(&rows[at], 1);
			staged[at] = false;
			continue;
		}
		snprintf(names[at], sizeof names[at], "n%zu", at);
		enum fund_kind kinds[] = {FUND_RAISED, FUND_SPENT, FUND_GRANTED, FUND_RECEIVED};
		enum fund_kind kind = kinds[dice_pick(&dice, 4)];
		rows[at] = entry(kind, COUNTY, names[at], (int64_t)dice_pick(&dice, 60) + 1,
		                 kind == FUND_GRANTED    ? VILLAGE
		                 : kind == FUND_RECEIVED ? PROVINCE
		                                         : 0,
		                 kind == FUND_RECEIVED ? "S" : "");
		staged[at] = stage(&rows[at], 1) == LEDGER_STAGED;
	}
	for (size_t at = 0; at < 64; at++)
		if (staged[at])
			unstage(&rows[at], 1);
	const struct balance_answer after = balances_of(COUNTY, false, 0);
	assert_int_equal(after.units[0].count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(after.units[0].balances[i].amount_fen, was[i]);
	struct fund_entry all = entry(FUND_SPENT, COUNTY, "last", 100, 0, "");
	assert_int_equal(stage(&all, 1), LEDGER_STAGED); /* to the last fen: nothing staged is left */
}

/* What is left of a sending, to the last fen: so much is confirmed, one more is too much, and nothing is
 * nothing. */
static void
test_last_fen(void **state)
{
	(void)state;
	for (int64_t left = 0; left <= 2; left++) {
		char sent[8], got[8];
		snprintf(sent, sizeof sent, "S%d", (int)left);
		snprintf(got, sizeof got, "E%d", (int)left);
		book(FUND_RAISED, PROVINCE, left ? left == 1 ? "R1" : "R2" : "R0", 600, 0, "");
		book(FUND_SENT_DOWN, PROVINCE, sent, 600, COUNTY, "");
		book(FUND_RECEIVED, COUNTY, got, 600 - left, PROVINCE, sent);
		struct fund_entry more = entry(FUND_RECEIVED, COUNTY, "M", left + 1, PROVINCE, sent);
		enum problem_code code = left ? PROBLEM_SENT_EXCEEDED : PROBLEM_CONFIRMED_ALREADY;
		EXPECT(stage(&more, 1) == LEDGER_REFUSED && problems.items[0].code == code &&
		           problems.items[0].limit == left,
		       "left %d: %s", (int)left, problem_name(problems.items[0].code));
		struct fund_entry undone = entry(FUND_REVERSED, PROVINCE, "U", left + 1, 0, sent);
		code = left ? PROBLEM_REVERSAL_PARTIAL : PROBLEM_REVERSED_ALREADY;
		undone.note = "x";
		EXPECT(stage(&undone, 1) == LEDGER_REFUSED && problems.items[0].code == code, "left %d: %s",
		       (int)left, problem_name(problems.items[0].code));
		more.amount_fen = left;
		if (left) {
			EXPECT(stage(&more, 1) == LEDGER_STAGED, "left %d", (int)left);
			unstage(&more, 1);
		}
	}
}

/* Rows of an answer stand beside each other: each has its own sources and states, the first and the last
 * ones, too. */
static void
test_rows_apart(void **state)
{
	static const struct {
		unit_code unit;
		uint32_t source;
		int64_t fen;
	} raised[] = {{COUNTY, SOURCE_CENTRAL, 1},
	              {COUNTY, SOURCE_PROVINCE, 2},
	              {COUNTY, SOURCE_SOCIAL, 4},
	              {220881, SOURCE_CENTRAL, 8},
	              {220881, SOURCE_LOAN, 16}};
	const struct balance_query q = {.unit = PREFECTURE, .by = UNIT_COUNTY, .whole = true};
	struct balance_answer out = {0};
	char voucher[8];
	(void)state;
	for (size_t i = 0; i < COUNT(raised); i++) {
		snprintf(voucher, sizeof voucher, "R%zu", i);
		struct fund_entry e = entry(FUND_RAISED, raised[i].unit, voucher, raised[i].fen, 0, "");
		e.source = raised[i].source;
		e.voucher = voucher;
		take(&e, 1);
	}
	assert_true(ledger_balances(ledger, &q, 0, &arena, &out, &problems));
	assert_int_equal(out.unit_count, 3);
	for (size_t row = 0; row < out.unit_count; row++) {
		const struct unit_balance *u = &out.units[row];
		size_t found = 0;
		for (size_t i = 0; i < COUNT(raised); i++) {
			int64_t fen = 0;
			bool mine = u->unit == raised[i].unit || u->unit == PREFECTURE;
			for (size_t k = 0; k < COUNT(raised); k++)
				fen += raised[k].source == raised[i].source &&
				               (u->unit == raised[k].unit || u->unit == PREFECTURE)
				           ? raised[k].fen
				           : 0;
			for (size_t k = 0; mine && k < u->count; k++)
				if (u->balances[k].source == raised[i].source && u->balances[k].state == FUND_STATE_ON_HAND) {
					EXPECT(u->balances[k].amount_fen == fen, "row %zu source %u: %d", row, raised[i].source,
					       (int)u->balances[k].amount_fen);
					found++;
				}
		}
		EXPECT(found == (row == 0 ? 3U : row == 1 ? 2U : 5U), "row %zu: %zu", row, found);
		for (size_t k = 1; k < u->count; k++)
			EXPECT(u->balances[k].source >= u->balances[k - 1].source, "row %zu: order", row);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    BOOKS_TEST(test_states),
	    BOOKS_TEST(test_refusals),
	    BOOKS_TEST(test_references),
	    BOOKS_TEST(test_loans),
	    BOOKS_TEST(test_submissions),
	    BOOKS_TEST(test_staged),
	    BOOKS_TEST(test_ages),
	    BOOKS_TEST(test_many_on_their_way),
	    BOOKS_TEST(test_leaving_the_stage),
	    BOOKS_TEST(test_taken_out_of_turn),
	    BOOKS_TEST(test_spellings),
	    BOOKS_TEST(test_noise),
	    BOOKS_TEST(test_last_fen),
	    BOOKS_TEST(test_rows_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
