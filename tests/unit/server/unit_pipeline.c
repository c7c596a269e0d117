/* The way of a submission from its arrival to its receipt (centre.h): what is known is told so; one bad
 * submission does not take others with it; a refusal is final only when memory is as new as the disk. */
#include "centre.h"

#include "base/clock.h"

#include <inttypes.h>
#include <string.h>

/* ---------------------------------------------------------------- receipts */

/* While one batch is being written the next one gathers; none is acknowledged before it is on disk. */
static void
test_receipts(void **state)
{
	(void)state;
	send_report(1, COUNTY, 1, 0);
	send_report(2, OTHER, 1, 0);
	fake.answers = 0;
	go_on();
	assert_int_equal(p.batch.count, 2);
	send_report(3, COUNTY, 2, 0);
	send_report(4, CITY, 1, 0);
	go_on();
	assert_int_equal(p.next.count, 2);
	assert_int_equal(answer_count, 0);
	assert_int_equal(pipeline_waiting(&p), 4);
	assert_int_equal(fake.head, 0);
	fake.answers = SIZE_MAX;
	go_on();
	assert_int_equal(answer_count, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(answers[i].number, i + 1);
		expect_receipt(i + 1, i + 1);
		EXPECT(answers[i].time_us >= start_us && answers[i].time_us < start_us + 600 * (int64_t)SECOND_US,
		       "receipt %u", i);
	}
	assert_true(p.counters.batches == 2 && p.counters.submissions == 4 && p.counters.reports == 4);
	assert_true(p.as_of.seq == 4 && p.written.seq == 4 && p.as_of.time_us == answers[3].time_us);
	assert_true(!pipeline_waiting(&p) && !pipeline_has_work(&p));
}

/* Totals and receipts come in slices, so that the loop looks at frames in between: at least one each time. */
static void
test_slices(void **state)
{
	static const struct {
		size_t rows, receipts;
	} rows[] = {{1, 1}, {2, 2}, {0, 1}, {3, 3}, {SETTLE_ROWS, 3}};
	size_t told = 0;
	(void)state;
	for (unsigned i = 0; i < 10; i++)
		send_many(i + 1, i % 2 ? COUNTY : OTHER, 1);
	assert_true(pipeline_write(&p));
	for (int i = 0; i < 10 && p.batch.count; i++)
		assert_true(pipeline_event(&p, journal_step(p.journal, clock_steady_us())));
	assert_int_equal(p.done.count, 10);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(pipeline_has_work(&p));
		assert_true(pipeline_settle(&p, rows[i].rows));
		told += rows[i].receipts;
		EXPECT(answer_count == told && p.as_of.seq == told, "slice %zu: %zu", i, answer_count);
	}
	assert_true(!pipeline_has_work(&p));
}

/* The same again: while it waits, while it is written, when it is on disk, and while the database is away. */
static void
test_duplicates(void **state)
{
	(void)state;
	send_report(1, COUNTY, 1, 0);
	send_report(1, COUNTY, 1, 0);
	fake.answers = 0;
	go_on();
	send_report(1, COUNTY, 1, 0);
	go_on();
	assert_int_equal(answer_count, 0);
	fake.answers = SIZE_MAX;
	go_on();
	send_report(1, COUNTY, 1, 0);
	go_on();
	fake_break();
	assert_true(pipeline_event(&p, journal_step(p.journal, clock_steady_us())));
	send_report(1, COUNTY, 1, 0);
	assert_int_equal(answer_count, 5);
	for (unsigned i = 0; i < 5; i++)
		EXPECT(answers[i].kind == REPLY_RECEIPT && answers[i].seq == 1 && answers[i].again == (i > 0) &&
		           answers[i].time_us == answers[0].time_us,
		       "answer %u", i);
	assert_true(p.counters.duplicates == 4 && fake.commit_count == 1);
	send_report(2, COUNTY, 2, 0); /* a new one cannot be taken now */
	expect_refusal(2, PROBLEM_STORE_UNAVAILABLE, 1000);
	send_report(1, OTHER, 1, 0); /* the id is another office's */
	assert_true(answers[6].kind == REPLY_REFUSAL && answers[6].code == PROBLEM_ID_REUSED);
	assert_int_equal(answers[6].retry_ms, 0);
}

/* A submission that is bad by itself never waits. */
static void
test_bad(void **state)
{
	(void)state;
	send_report(1, COUNTY, 13, 0);
	expect_refusal(1, PROBLEM_PERIOD_INVALID, 0);
	assert_true(!pipeline_waiting(&p) && p.counters.refused == 1);
}

/* ---------------------------------------------------------------- refused by the database */

/* What was refused together is written one by one: the bad one alone is refused, and may come again. */
static void
test_one_by_one(void **state)
{
	const struct submission_id bad = id_of(2);
	(void)state;
	send_report(1, COUNTY, 1, 0);
	send_report(2, OTHER, 1, 0);
	send_report(3, CITY, 1, 0);
	fake.unwanted = &bad;
	fake.answers = 0;
	go_on();
	send_report(4, CITY, 2, 0); /* it was about to be written next */
	go_on();
	fake.answers = SIZE_MAX;
	go_on();
	expect_receipt(1, 1);
	expect_refusal(2, PROBLEM_STORE_CONFLICT, 0);
	assert_string_equal(answer_of(2)->detail, "23505");
	expect_receipt(3, 2);
	expect_receipt(4, 3);
	assert_int_equal(fake.commit_count, 3);
	assert_int_equal(p.counters.batches, 3);
	fake.unwanted = NULL;
	answer_count = 0;
	send_report(2, OTHER, 1, 0); /* its claim was given back */
	go_on();
	expect_receipt(2, 4);
}

/* Money that a refused submission would have brought is not there, and what built on it is refused, too. */
static void
test_money_refused(void **state)
{
	const struct submission_id bad = id_of(1);
	(void)state;
	fake.unwanted = &bad;
	send_entry(1, COUNTY, FUND_RAISED, "r", 100);
	send_entry(2, COUNTY, FUND_SPENT, "s", 60);
	fake.answers = 0;
	go_on();
	send_entry(3, COUNTY, FUND_SPENT, "t", 40);
	go_on();
	fake.answers = SIZE_MAX;
	go_on();
	expect_refusal(1, PROBLEM_STORE_CONFLICT, 0);
	expect_refusal(2, PROBLEM_BALANCE_EXCEEDED, 0);
	expect_refusal(3, PROBLEM_BALANCE_EXCEEDED, 0);
	fake.unwanted = NULL;
	answer_count = 0;
	send_entry(1, COUNTY, FUND_RAISED, "r", 100);
	send_entry(2, COUNTY, FUND_SPENT, "s", 60);
	send_entry(3, COUNTY, FUND_SPENT, "t", 41); /* one too much */
	send_entry(4, COUNTY, FUND_SPENT, "u", 40);
	go_on();
	expect_receipt(1, 1);
	expect_receipt(2, 2);
	expect_refusal(3, PROBLEM_BALANCE_EXCEEDED, 0);
	expect_receipt(4, 3);
	assert_true(p.counters.entries == 3);
}

static const struct {
	const char *sqlstate;
	enum problem_code code;
	uint32_t retry_ms;
	const char *detail;
	bool together; /* all of the batch are refused with it */
} refusals[] = {
    {"53100", PROBLEM_STORE_FULL, 5000, "53100", false},
    {"42P01", PROBLEM_STORE_FAILED, 1000, "42P01", false},
    {"23505", PROBLEM_STORE_CONFLICT, 0, "23505", false},
    {"22P05", PROBLEM_STORE_VALUE_REFUSED, 0, "22P05", false},
    {"25006", PROBLEM_STORE_UNAVAILABLE, 1000, "", true},
};

/* What the database's reasons mean to who sent it. Two are written together, then, if that may help, alone:
 * the fault comes once, so the two are written then. */
static void
test_refusals(void **state)
{
	unsigned number = 1;
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		const char *sqlstate = refusals[i].sqlstate;
		fake.fault = (struct fake_fault){.statement = "fupin_head", .sqlstate = sqlstate};
		send_many(number, COUNTY, 1);
		go_on();
		expect_refusal(number, refusals[i].code, refusals[i].retry_ms);
		EXPECT(!strcmp(answer_of(number)->detail, refusals[i].detail), "row %zu", i);
		fake.fault = (struct fake_fault){.statement = "fupin_head", .sqlstate = sqlstate};
		uint64_t head = fake.head;
		send_many(number + 1, COUNTY, 1);
		send_many(number + 2, OTHER, 1);
		go_on();
		for (unsigned k = 1; k <= 2; k++)
			if (refusals[i].together)
				expect_refusal(number + k, refusals[i].code, refusals[i].retry_ms);
			else
				expect_receipt(number + k, head + k);
		number += 3;
	}
}

/* ---------------------------------------------------------------- in doubt */

/* The line breaks while a batch is written, before or after it is on disk, with another one behind it. */
static void
test_doubt(void **state)
{
	unsigned number = 1;
	uint64_t seq = 0;
	(void)state;
	for (int done = 0; done < 2; done++) {
		fake.answers = 0;
		send_many(number, COUNTY, 2);
		go_on();
		send_many(number + 2, COUNTY, 2);
		go_on();
		fake.fault = (struct fake_fault){.statement = "COMMIT", .done = done};
		fake.answers = SIZE_MAX;
		go_on();
		for (unsigned i = 0; i < 4; i++)
			expect_receipt(number + i, ++seq);
		number += 4;
		EXPECT(fake.commit_count == seq, "done %d: %zu commits", done, fake.commit_count);
	}
}

/* ---------------------------------------------------------------- time */

/* Set back by less than a minute the clock is waited for: no receipt is older than one before it. Set back
 * further it was wrong before: a receipt, and what it is late for, is of now. */
static void
test_time(void **state)
{
	static const struct {
		int64_t clock_s, time_s; /* of the receipt */
	} steps[] = {{0, 0},   {100, 100},     {41, 100},      {99, 100},      {101, 101},
	             {40, 40}, {-7200, -7200}, {-7200, -7200}, {-3600, -3600}, {1000, 1000}};
	(void)state;
	for (unsigned i = 0; i < COUNT(steps); i++) {
		clock_set_wall_us(start_us + steps[i].clock_s * SECOND_US);
		send_many(i + 1, COUNTY, 1);
		go_on();
		expect_receipt(i + 1, i + 1);
		int64_t after_us = answer_of(i + 1)->time_us - (start_us + steps[i].time_s * SECOND_US);
		EXPECT(after_us >= 0 && after_us < 900000, "receipt %u: %" PRId64 " us after", i, after_us);
	}
}

/* A clock that jumped far ahead of the last commit and of the database's clock commits nothing. */
static void
test_clock_ahead(void **state)
{
	const int64_t day_us = INT64_C(86400) * SECOND_US;
	(void)state;
	send_many(1, COUNTY, 1);
	go_on();
	expect_receipt(1, 1);
	/* The database's clock was read at the connection, and goes on by itself. */
	clock_set_wall_us(start_us + 20 * 365 * day_us);
	send_many(2, COUNTY, 3);
	go_on();
	for (unsigned i = 2; i < 5; i++) {
		EXPECT(answer_of(i)->kind == REPLY_REFUSAL && answer_of(i)->code == PROBLEM_CLOCK_WRONG, "%u: %s", i,
		       problem_name(answer_of(i)->code));
		EXPECT(answer_of(i)->retry_ms > 0, "%u", i);
	}
	clock_set_wall_us(start_us + day_us - 2 * SECOND_US); /* a day: nobody reported */
	send_many(5, COUNTY, 1);
	go_on();
	expect_receipt(5, 2);
	/* So far ahead of the database's alone, but not of the last commit: that one's clock is the wrong one. */
	clock_set_wall_us(start_us + 2 * day_us - 10 * (int64_t)SECOND_US);
	send_many(6, COUNTY, 1);
	go_on();
	expect_receipt(6, 3);
	/* What was refused left nothing behind: the same comes again. */
	send_entry(7, COUNTY, FUND_RAISED, "m-2", 1);
	go_on();
	expect_receipt(7, 4);
}

/* A drill's clock is set, and goes where it likes. */
static void
test_clock_of_a_drill(void **state)
{
	(void)state;
	p.is_drill = true;
	clock_set_wall_us(start_us + INT64_C(20 * 365) * 86400 * SECOND_US);
	send_many(1, COUNTY, 1);
	go_on();
	expect_receipt(1, 1);
}

/* ---------------------------------------------------------------- others */

/* Another fupind committed a first report of the same place. */
static const int64_t county_values[] = {INT64_MIN, 4, INT64_MIN};
static const struct report theirs = {COUNTY, 201301, FORM_COUNTY, 1, 0, 3, NULL, county_values, 0};

/* What builds on what others committed is refused by memory alone; the disk knows better. */
static void
test_news(void **state)
{
	static const struct {
		bool notified;
		uint32_t replaces;
		enum problem_code code; /* 0: accepted */
	} rows[] = {{false, 1, 0},
	            {true, 1, 0},
	            {false, 0, PROBLEM_REVISION_CONFLICT},
	            {true, 0, PROBLEM_REVISION_CONFLICT},
	            {false, 2, PROBLEM_REVISION_CONFLICT}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (i) {
			centre_end(state);
			centre_begin(state);
		}
		fake_commit_elsewhere(1, COUNTY, start_us, &theirs);
		fake.notification = rows[i].notified ? fake.head : 0;
		send_report(1, COUNTY, 1, rows[i].replaces);
		send_report(2, OTHER, 1, 0);
		go_on();
		if (rows[i].code)
			expect_refusal(1, rows[i].code, 0);
		else
			EXPECT(answer_of(1)->kind == REPLY_RECEIPT, "row %zu", i);
		EXPECT(answer_of(2)->kind == REPLY_RECEIPT && answer_of(2)->seq >= 2, "row %zu", i);
		EXPECT(p.as_of.seq == fake.head && fake.head == 3 - (rows[i].code != 0), "row %zu: %d", i,
		       (int)fake.head);
		for (size_t k = 0; k < fake.commit_count; k++)
			EXPECT(fake.commits[k].seq == k + 1, "row %zu: a gap", i);
	}
}

/* Nobody else is there: the refusal comes, but only when the disk has said so. */
static void
test_final(void **state)
{
	(void)state;
	send_report(1, COUNTY, 1, 7);
	fake.answers = 0;
	go_on();
	assert_int_equal(answer_count, 0); /* memory alone refuses nothing */
	assert_int_equal(pipeline_waiting(&p), 1);
	send_report(2, COUNTY, 2, 7);
	go_on();
	fake.answers = SIZE_MAX;
	go_on();
	expect_refusal(1, PROBLEM_REVISION_CONFLICT, 0);
	expect_refusal(2, PROBLEM_REVISION_CONFLICT, 0);
	assert_int_equal(fake.head, 0);
	send_report(3, COUNTY, 1, 0); /* nothing is claimed any more */
	send_report(4, COUNTY, 2, 0);
	go_on();
	expect_receipt(3, 1);
	expect_receipt(4, 2);
}

/* The commit that comes through right after what memory holds proves that memory was fresh; for what was sent
 * before it was begun. */
static void
test_final_by_commit(void **state)
{
	(void)state;
	send_report(1, COUNTY, 1, 7);
	send_report(2, OTHER, 1, 0);
	fake.answers = 0;
	go_on();
	send_report(3, CITY, 1, 7); /* the database is at work already: it may not know what this builds on */
	go_on();
	fake.answers = SIZE_MAX;
	*fake.said = 0;
	enum journal_event event = JOURNAL_NOTHING;
	for (int i = 0; i < 10 && event != JOURNAL_COMMITTED; i++)
		event = journal_step(p.journal, clock_steady_us());
	assert_int_equal(event, JOURNAL_COMMITTED);
	assert_true(pipeline_event(&p, event));
	expect_refusal(1, PROBLEM_REVISION_CONFLICT, 0);
	assert_int_equal(answer_count, 1);
	assert_null(strstr(fake.said, "SELECT seq"));
	go_on();
	expect_receipt(2, 1);
	expect_refusal(3, PROBLEM_REVISION_CONFLICT, 0);
	assert_non_null(strstr(fake.said, "SELECT seq")); /* it was asked for */
}

/* All of ours turn out to be refused when others' commits are known: the lock is given back. */
static void
test_nothing_left(void **state)
{
	(void)state;
	fake_commit_elsewhere(1, COUNTY, start_us, &theirs);
	send_report(1, COUNTY, 1, 0);
	go_on();
	expect_refusal(1, PROBLEM_REVISION_CONFLICT, 0);
	assert_true(journal_is_idle(p.journal) && strstr(fake.said, "ROLLBACK; "));
	send_report(2, COUNTY, 1, 1);
	go_on();
	expect_receipt(2, 2);
}

/* So many commits of others that they are read in parts: until then all stays as it is. */
static void
test_many_news(void **state)
{
	(void)state;
	for (int i = 0; i < 700; i++)
		fake_commit_elsewhere((uint8_t)i, OTHER, start_us + i, NULL);
	send_report(1, COUNTY, 1, 0);
	send_report(2, COUNTY, 2, 7);
	go_on();
	expect_receipt(1, 701);
	expect_refusal(2, PROBLEM_REVISION_CONFLICT, 0);
	assert_true(p.as_of.seq == 701 && p.written.seq == 701 && fake.commit_count == 701);
}

/* Staged money of a batch that has to be decided anew is staged once. */
static void
test_money_and_news(void **state)
{
	(void)state;
	fake_commit_elsewhere(1, OTHER, start_us, NULL);
	send_entry(1, COUNTY, FUND_RAISED, "r", 100);
	send_entry(2, COUNTY, FUND_SPENT, "s", 100);
	send_entry(3, COUNTY, FUND_SPENT, "t", 1);
	fake.answers = 0;
	go_on();
	send_entry(4, COUNTY, FUND_RAISED, "u", 1);
	go_on();
	fake.answers = SIZE_MAX;
	go_on();
	expect_receipt(1, 2);
	expect_receipt(2, 3);
	EXPECT(answer_of(4)->kind == REPLY_RECEIPT, "raised later");
	assert_int_equal(p.as_of.seq, fake.head);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, centre_begin, centre_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_receipts),
	    TEST(test_slices),
	    TEST(test_duplicates),
	    TEST(test_bad),
	    TEST(test_one_by_one),
	    TEST(test_money_refused),
	    TEST(test_refusals),
	    TEST(test_doubt),
	    TEST(test_time),
	    TEST(test_clock_ahead),
	    TEST(test_clock_of_a_drill),
	    TEST(test_news),
	    TEST(test_final),
	    TEST(test_final_by_commit),
	    TEST(test_nothing_left),
	    TEST(test_many_news),
	    TEST(test_money_and_news),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
