/* The way of money through the ledger: traced forward and back, in pages, and what was spent before it came.
 */
#include "books.h"
#include "case.h"

#include <stdio.h>
#include <string.h>

static void
expect_way(unit_code unit, const char *voucher, bool forward, const char *expected)
{
	struct trace_query q = {.unit = unit, .forward = forward};
	struct trace_answer out = {0};
	char text[512] = "";
	snprintf(q.voucher, sizeof q.voucher, "%s", voucher);
	problem_list_init(&problems);
	assert_true(ledger_trace(ledger, &q, &arena, &out, &problems));
	for (size_t i = 0; i < out.count; i++) {
		size_t used = strlen(text);
		snprintf(text + used, sizeof text - used, "%s%s<%u:%lld", i ? " " : "",
		         out.steps[i].item.entry.voucher, out.steps[i].from, (long long)out.steps[i].amount_fen);
	}
	assert_string_equal(text, expected);
	assert_false(out.more);
}

/* First in, first out, through every kind of entry. */
static void
test_way(void **state)
{
	(void)state;
	book(FUND_RAISED, PROVINCE, "R1", 100, 0, "");
	book(FUND_RAISED, PROVINCE, "R2", 100, 0, "");
	book(FUND_SPENT, PROVINCE, "P0", 30, 0, "");
	book(FUND_ALLOCATED, PROVINCE, "A", 100, COUNTY, "");
	book(FUND_SENT_DOWN, PROVINCE, "S1", 60, COUNTY, "A");
	book(FUND_SENT_DOWN, PROVINCE, "S2", 50, COUNTY, "");
	book(FUND_RECEIVED, COUNTY, "E1", 50, PROVINCE, "S1");
	book(FUND_RECEIVED, COUNTY, "E2", 10, PROVINCE, "S1");
	book(FUND_RECEIVED, COUNTY, "E3", 50, PROVINCE, "S2");
	book(FUND_GRANTED, COUNTY, "G1", 80, VILLAGE, "");
	book(FUND_GRANTED, COUNTY, "G2", 20, VILLAGE, "");
	book(FUND_WITHDRAWN, COUNTY, "W", 10, VILLAGE, "G1");
	book(FUND_REIMBURSED, VILLAGE, "C1", 75, 0, "");
	book(FUND_SPENT, VILLAGE, "P1", 72, 0, "");
	/* Of the village's 72, 70 are of G1 and 2 of G2; G1's are of E1, E2, E3. */
	expect_way(
	    VILLAGE, "P1", false,
	    "P1<0:72 C1<0:72 G1<1:70 G2<1:2 E1<2:50 E2<2:10 E3<2:10 E3<3:2 S1<4:50 S1<5:10 S2<6:10 S2<7:2 A<8:50 "
	    "A<9:10 R2<10:10 R2<11:2 R1<12:50 R1<13:10");
	expect_way(
	    PROVINCE, "R1", true,
	    "R1<0:100 P0<0:30 A<0:70 S1<2:60 E1<3:50 E2<3:10 G1<4:50 G1<5:10 C1<6:50 C1<7:10 P1<8:50 P1<9:10");
	expect_way(COUNTY, "G1", true, "G1<0:80 C1<0:70 W<0:10 P1<1:70");
	expect_way(COUNTY, "W", false, "W<0:10 G1<0:10 E3<1:10 S2<2:10 R2<3:10");
	/* What is undone never was. */
	book(FUND_REVERSED, VILLAGE, "V", 72, 0, "P1");
	expect_way(COUNTY, "G1", true, "G1<0:80 C1<0:70 W<0:10");
	struct trace_query q = {.unit = VILLAGE_OTHER, .voucher = "P1"};
	struct trace_answer out;
	assert_false(ledger_trace(ledger, &q, &arena, &out, &problems));
	assert_int_equal(problems.items[0].code, PROBLEM_REFERRED_UNKNOWN);
}

static void
test_pages(void **state)
{
	char voucher[16];
	(void)state;
	for (int i = 0; i < 2500; i++) {
		snprintf(voucher, sizeof voucher, "%d", i);
		book(FUND_RAISED, i % 5 ? COUNTY : VILLAGE, voucher, 1, 0, "");
	}
	struct entry_query q = {.unit = COUNTY, .own = true};
	size_t seen = 0, pages = 0;
	do {
		struct entry_answer out = {0};
		arena_reset(&arena);
		assert_true(ledger_entries(ledger, &q, 0, &arena, &out, &problems));
		for (size_t i = 0; i < out.count; i++)
			EXPECT(out.items[i].seq > q.after_seq && out.items[i].entry.unit == COUNTY, "%zu", i);
		seen += out.count;
		pages++;
		q.after_seq = out.next_seq;
		q.after_line = out.next_line;
	} while (q.after_seq);
	assert_int_equal(seen, 2000);
	assert_in_range(pages, 2, 3);
	/* One commit's rows are cut at any place. */
	q = (struct entry_query){.unit = PROVINCE, .limit = 1, .voucher = "7"};
	struct entry_answer out = {0};
	assert_true(ledger_entries(ledger, &q, 0, &arena, &out, &problems));
	assert_int_equal(out.count, 1);
	assert_string_equal(out.items[0].entry.voucher, "7");
}

/* What has more steps than an answer holds is told in part, and that it is. */
static void
test_long_way(void **state)
{
	enum { MANY = 520, STEPS = 500 };
	static char vouchers[MANY][8];
	struct trace_query q = {.unit = PROVINCE};
	struct trace_answer out = {0};
	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		snprintf(vouchers[i], sizeof vouchers[i], "%zu", i);
		book(FUND_RAISED, PROVINCE, vouchers[i], 1, 0, "");
		if (i + 2 == STEPS)
			book(FUND_SENT_DOWN, PROVINCE, "T", STEPS - 1, COUNTY, ""); /* with its own step: all of them */
	}
	expect_way(PROVINCE, "1", true, "1<0:1 T<0:1");
	snprintf(q.voucher, sizeof q.voucher, "T");
	assert_true(ledger_trace(ledger, &q, &arena, &out, &problems));
	assert_true(out.count == STEPS && !out.more);
	book(FUND_REVERSED, PROVINCE, "V", STEPS - 1, 0, "T");
	book(FUND_SENT_DOWN, PROVINCE, "S", MANY, COUNTY, "");
	snprintf(q.voucher, sizeof q.voucher, "S");
	assert_true(ledger_trace(ledger, &q, &arena, &out, &problems));
	assert_true(out.count == STEPS && out.more);
}

/* An entry of its own day. */
static void
book_on(date day, enum fund_kind kind, unit_code unit, const char *voucher, int64_t fen, const char *refers)
{
	struct fund_entry e = entry(kind, unit, voucher, fen, 0, refers);
	e.occurred = day;
	EXPECT(stage(&e, 1) == LEDGER_STAGED, "%s: %s", voucher, problem_name(problems.items[0].code));
	take(&e, 1);
}

static void
expect_early(unit_code unit, uint32_t source, const char *wanted)
{
	struct entry_query q = {.unit = unit, .early = true, .source = source, .limit = 1};
	char text[256] = "";
	do { /* page by page */
		struct entry_answer out = {0};
		assert_true(ledger_entries(ledger, &q, 0, &arena, &out, &problems));
		assert_true(out.count <= 1);
		for (size_t i = 0; i < out.count; i++)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s %lld ", out.items[i].entry.voucher,
			         (long long)out.items[i].early_fen);
		q.after_seq = out.next_seq;
		q.after_line = out.next_line;
	} while (q.after_seq);
	EXPECT(!strcmp(text, wanted), "%s is not %s", text, wanted);
}

/* Booked in the order of commits, dated before the money came: nothing refuses it, and it is found. */
static void
test_early(void **state)
{
	(void)state;
	expect_early(COUNTY, 0, "");
	book_on(20130601, FUND_RAISED, COUNTY, "june", 500, "");
	book_on(20130601, FUND_SPENT, COUNTY, "same day", 100, "");
	expect_early(COUNTY, 0, "");
	book_on(20130115, FUND_SPENT, COUNTY, "january", 150, "");
	book_on(20130116, FUND_SPENT, COUNTY, "next day", 50, "");
	expect_early(COUNTY, 0, "january 150 next day 50 ");
	expect_early(COUNTY, SOURCE_CENTRAL, "january 150 next day 50 ");
	expect_early(COUNTY, SOURCE_SOCIAL, "");
	expect_early(PROVINCE, 0, "");
	/* It came late to the books, not to the office. */
	book_on(20130110, FUND_RAISED, COUNTY, "in time", 120, "");
	expect_early(COUNTY, 0, "january 30 next day 50 ");
	/* What is undone was never there, on either side. */
	book_on(20130701, FUND_REVERSED, COUNTY, "undo", 150, "january");
	expect_early(COUNTY, 0, "");
	book_on(20130701, FUND_REVERSED, COUNTY, "undo too", 120, "in time");
	expect_early(COUNTY, 0, "next day 50 ");
}

/* A page looks at so many entries and no more; who asks on comes to what lies behind them. */
static void
test_far_pages(void **state)
{
	enum { MANY = 120000 };
	char voucher[16];
	struct fund_effect effect;
	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(voucher, sizeof voucher, "%d", i);
		const struct fund_entry e = entry(FUND_RAISED, i + 1 < MANY ? COUNTY : VILLAGE, voucher, 1, 0, "");
		assert_true(ledger_take(ledger, &e, ++commits, 0, 0, &effect));
	}
	struct entry_query q = {.unit = VILLAGE, .own = true};
	size_t seen = 0, pages = 0;
	do {
		struct entry_answer out = {0};
		arena_reset(&arena);
		assert_true(ledger_entries(ledger, &q, 0, &arena, &out, &problems));
		seen += out.count;
		pages++;
		assert_true(!out.next_seq || out.next_seq > q.after_seq);
		q.after_seq = out.next_seq;
		q.after_line = out.next_line;
	} while (q.after_seq);
	assert_int_equal(seen, 1);
	assert_int_equal(pages, 3);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    BOOKS_TEST(test_way),   BOOKS_TEST(test_pages),     BOOKS_TEST(test_long_way),
	    BOOKS_TEST(test_early), BOOKS_TEST(test_far_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
