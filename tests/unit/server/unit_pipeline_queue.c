/* Whose turn it is, what is too much, what waits for an answer of the database, and the end (centre.h). */
#include "centre.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- whose turn */

/* Who floods waits behind himself: of the next batch he has his share, and all others theirs. */
static void
test_shares(void **state)
{
	(void)state;
	fake.answers = 0;
	send_many(1, COUNTY, 100);
	go_on();
	size_t first = p.batch.rows;
	send_many(200, OTHER, 1);
	go_on();
	fake.answers = SIZE_MAX;
	go_on();
	assert_true(first == QUEUE_ROWS_FEW && p.next.rows == 0);
	expect_receipt(1, 1);
	EXPECT(answer_of(200)->kind == REPLY_RECEIPT && answer_of(200)->seq > first &&
	           answer_of(200)->seq <= 2 * (uint64_t)QUEUE_ROWS_FEW + 1,
	       "commit %d", (int)answer_of(200)->seq);
	for (unsigned i = 1; i < 100; i++)
		EXPECT(answer_of(i)->seq < answer_of(i + 1)->seq, "order of %u", i);
	assert_int_equal(fake.head, 101);
}

/* A submission larger than a share goes alone, and does not wait for ever. */
static void
test_large(void **state)
{
	enum { ROWS = 300 };
	static struct fund_entry entries[ROWS];
	static char vouchers[ROWS][8];
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		snprintf(vouchers[i], sizeof vouchers[i], "%zu", i);
		entries[i] = entry(FUND_RAISED, COUNTY, vouchers[i], 1);
	}
	send_many(1, COUNTY, 1);
	send_entries(2, COUNTY, entries, ROWS);
	send_many(3, COUNTY, 1);
	go_on();
	expect_receipt(1, 1);
	expect_receipt(2, 2);
	expect_receipt(3, 3);
	assert_int_equal(fake.rows[TABLE_ENTRY], ROWS + 2);
}

/* What touches something that is on its way keeps its place, and so does all behind it; others go on. */
static void
test_touches(void **state)
{
	(void)state;
	fake.answers = 0;
	send_report(1, COUNTY, 1, 0);
	go_on();
	send_report(2, COUNTY, 1, 1); /* corrects it */
	send_report(3, COUNTY, 2, 0);
	send_report(4, OTHER, 1, 0);
	go_on();
	assert_true(p.next.count == 1 && p.queues.count == 2);
	fake.answers = SIZE_MAX;
	go_on();
	expect_receipt(1, 1);
	expect_receipt(4, 2);
	expect_receipt(2, 3);
	expect_receipt(3, 4);
}

/* A key that was revoked while its submission waited: nothing of it is written, nothing stays claimed. */
static void
test_revoked(void **state)
{
	(void)state;
	revoked = 2;
	send_report(1, COUNTY, 1, 0);
	send_report(2, COUNTY, 2, 0);
	go_on();
	expect_receipt(1, 1);
	expect_refusal(2, PROBLEM_NOT_PERMITTED, 0);
	send_report(3, COUNTY, 2, 0);
	go_on();
	expect_receipt(3, 2);
}

/* ---------------------------------------------------------------- too much */

/* BUSY says when to come again: when what waits should be written. */
static void
test_busy(void **state)
{
	static const struct {
		double rows_per_ms;
		uint32_t retry_ms;
	} rows[] = {{0, 1000},
	            {1e9, 50},
	            {1e-9, 10000},
	            {0.5, 2 * (QUEUE_OFFICE_MAX + 2 * QUEUE_ROWS_FEW)},
	            {1.0, QUEUE_OFFICE_MAX + 2 * QUEUE_ROWS_FEW}};
	unsigned number = 1;
	(void)state;
	fake.answers = 0;
	send_many(number, COUNTY, QUEUE_ROWS_FEW);
	go_on();
	number += QUEUE_ROWS_FEW;
	send_many(number, COUNTY, QUEUE_ROWS_FEW);
	go_on();
	number += QUEUE_ROWS_FEW;
	send_many(number, COUNTY, QUEUE_OFFICE_MAX);
	number += QUEUE_OFFICE_MAX;
	assert_true(p.batch.rows == QUEUE_ROWS_FEW && p.next.rows == QUEUE_ROWS_FEW && !answer_count);
	for (size_t i = 0; i < COUNT(rows); i++) {
		p.rows_per_ms = rows[i].rows_per_ms;
		send_many(number, COUNTY, 1);
		expect_refusal(number++, PROBLEM_BUSY, rows[i].retry_ms);
	}
	assert_int_equal(p.counters.busy, COUNT(rows));
	send_many(number, OTHER, 1); /* another office has room */
	fake.answers = SIZE_MAX;
	p.rows_per_ms = 0;
	go_on();
	assert_true(p.rows_per_ms > 0);
	assert_int_equal(answer_of(number)->kind, REPLY_RECEIPT);
	assert_int_equal(fake.commit_count, QUEUE_OFFICE_MAX + 2 * QUEUE_ROWS_FEW + 1);
}

/* ---------------------------------------------------------------- the end */

/* What is on its way to the disk is not refused; all else is, and may come again. */
static void
test_stop(void **state)
{
	const struct office office = {.name = office_name(COUNTY), .role = ROLE_COUNTY, .unit = COUNTY};
	(void)state;
	fake.answers = 0;
	send_report(1, COUNTY, 1, 0);
	go_on();
	send_report(2, COUNTY, 2, 0); /* encoded */
	go_on();
	send_report(3, COUNTY, 3, 7); /* doubtful */
	go_on();
	send_report(4, COUNTY, 4, 0); /* in its queue */
	assert_true(p.batch.count == 1 && p.next.count == 1 && p.doubtful.count == 1 && p.queues.count == 1);
	assert_int_equal(pipeline_waiting(&p), 4);
	for (unsigned i = 1; i <= 5; i++) {
		const struct submission_id id = id_of(i);
		EXPECT(pipeline_holds(&p, &office, &id) == (i < 5), "submission %u", i);
		const struct office other = {.name = office_name(OTHER), .role = ROLE_COUNTY, .unit = OTHER};
		EXPECT(!pipeline_holds(&p, &other, &id), "submission %u", i);
	}
	pipeline_refuse_all(&p, PROBLEM_STOPPING);
	for (unsigned i = 2; i <= 4; i++)
		expect_refusal(i, PROBLEM_STOPPING, 1000);
	assert_int_equal(pipeline_waiting(&p), 1);
	fake.answers = SIZE_MAX;
	journal_forget(p.journal);
	go_on();
	expect_receipt(1, 1);
	assert_int_equal(fake.head, 1);
}

/* A batch that was refused, and the centre stops before it is written one by one: nothing of its money stays
 * staged. */
static void
test_stop_carefully(void **state)
{
	(void)state;
	fake.fault = (struct fake_fault){.statement = "COMMIT", .sqlstate = "23505"};
	send_entry(1, COUNTY, FUND_RAISED, "r", 100);
	send_entry(2, COUNTY, FUND_RAISED, "s", 50);
	assert_true(pipeline_write(&p));
	for (int i = 0; i < 10 && !p.careful.count; i++)
		assert_true(pipeline_event(&p, journal_step(p.journal, clock_steady_us())));
	assert_true(p.careful.count == 2 && pipeline_has_work(&p) && pipeline_waiting(&p) == 2);
	pipeline_refuse_all(&p, PROBLEM_STOPPING);
	expect_refusal(1, PROBLEM_STOPPING, 1000);
	expect_refusal(2, PROBLEM_STOPPING, 1000);
	answer_count = 0;
	send_entry(1, COUNTY, FUND_RAISED, "r", 100);
	send_entry(3, COUNTY, FUND_SPENT, "t", 101);
	send_entry(4, COUNTY, FUND_SPENT, "u", 100);
	go_on();
	expect_receipt(1, 1);
	expect_refusal(3, PROBLEM_BALANCE_EXCEEDED, 0);
	expect_receipt(4, 2);
}

/* ---------------------------------------------------------------- asking the database */

/* An id that memory knows only by its number: the database has the receipt. */
static void
test_older(void **state)
{
	static const struct {
		bool failed, found, same_id, same_digest;
		enum problem_code code; /* 0: a receipt */
	} rows[] = {
	    {false, true, true, true, 0},
	    {false, true, true, false, PROBLEM_ID_REUSED},
	    {false, true, false, true, PROBLEM_STORE_UNAVAILABLE},
	    {false, false, true, true, PROBLEM_STORE_UNAVAILABLE},
	    {true, true, true, true, PROBLEM_STORE_UNAVAILABLE},
	};
	struct receipt old = {.id = id_of(1), .seq = 1},
	               newer = {.id = id_of(900), .seq = RECORDS_RECENT_MAX + 1};
	(void)state;
	assert_true(records_add(p.holdings.records, &old, COUNTY));
	assert_true(records_add(p.holdings.records, &newer, COUNTY));
	for (size_t i = 0; i < COUNT(rows); i++) {
		answer_count = asked_count = 0;
		send_report(1, COUNTY, 1, 0);
		go_on();
		EXPECT(asked_count == 1 && !answer_count && p.asked_bytes, "row %zu", i);
		struct envelope *e = asked[0];
		struct recorded found = {.receipt = {.id = id_of(rows[i].same_id ? 1 : 2), .seq = 1, .time_us = 5},
		                         .office = COUNTY};
		EXPECT(e->receipt.seq == 1, "row %zu", i);
		found.receipt.digest = rows[i].same_digest ? e->digest : digest_of("x", 1);
		e->again = true; /* it is not on this disk */
		pipeline_looked_up(&p, e, rows[i].found ? &found : NULL, rows[i].failed);
		EXPECT(answer_count == 1 && answers[0].code == rows[i].code && !p.asked_bytes, "row %zu", i);
		EXPECT(rows[i].code || (answers[0].seq == 1 && answers[0].time_us == 5), "row %zu", i);
	}
	asks = false;
	answer_count = 0;
	send_report(1, COUNTY, 1, 0);
	go_on();
	expect_refusal(1, PROBLEM_BUSY, 1000);
	assert_int_equal(p.asked_bytes, 0);
}

/* What waits for an answer is held whole: only so much of it. */
static void
test_asking_bounded(void **state)
{
	struct document d = {COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{1}}, "x.pdf", ""};
	const struct submission s = {.document_count = 1, .documents = &d};
	struct problem_list none;
	problem_list_init(&none);
	(void)state;
	take(1, COUNTY, &s);
	assert_int_equal(asked_count, 1);
	size_t bytes = p.asked_bytes;
	assert_true(bytes == asked[0]->arena.bytes_used && bytes);
	p.asked_bytes = LOOK_UP_BYTES_MAX - bytes; /* just room */
	take(2, COUNTY, &s);
	assert_true(asked_count == 2 && p.asked_bytes == LOOK_UP_BYTES_MAX);
	p.asked_bytes = LOOK_UP_BYTES_MAX - bytes + 1;
	take(3, COUNTY, &s);
	expect_refusal(3, PROBLEM_BUSY, 1000);
	p.asked_bytes = 2 * bytes;
	pipeline_found_files(&p, asked[0], &none);
	pipeline_found_files(&p, asked[1], &none);
	assert_int_equal(p.asked_bytes, 0);
	go_on();
	expect_receipt(1, 1);
	EXPECT(answer_of(2)->code == PROBLEM_DOCUMENT_SAME, "the same file: %d", (int)answer_of(2)->code);
}

/* A submission of a document waits until its file was looked for. */
static void
test_files(void **state)
{
	struct document d = {COUNTY, DOCUMENT_PLAN, 0, FILE_PDF, 1, {{1}}, "x.pdf", ""};
	const struct submission s = {.document_count = 1, .documents = &d};
	struct problem_list problems;
	(void)state;
	take(1, COUNTY, &s);
	go_on();
	assert_true(asked_count == 1 && !answer_count);
	problem_list_init(&problems);
	problem_only(&problems, PROBLEM_DOCUMENT_UNKNOWN);
	pipeline_found_files(&p, asked[0], &problems);
	expect_refusal(1, PROBLEM_DOCUMENT_UNKNOWN, 0);
	problem_list_init(&problems);
	take(2, COUNTY, &s);
	pipeline_found_files(&p, asked[1], &problems);
	go_on();
	expect_receipt(2, 1);
	take(2, COUNTY, &s); /* known: nothing to look for */
	assert_int_equal(asked_count, 2);
	assert_true(answer_count == 3 && answers[2].kind == REPLY_RECEIPT && answers[2].again);
	d.replaces = 1;
	d.digest.bytes[0] = 2;
	take(3, COUNTY, &s);
	fake_break(); /* while the file was looked for */
	assert_true(pipeline_event(&p, journal_step(p.journal, clock_steady_us())));
	pipeline_found_files(&p, asked[2], &problems);
	expect_refusal(3, PROBLEM_STORE_UNAVAILABLE, 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, centre_begin, centre_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_shares),         TEST(test_large), TEST(test_touches),        TEST(test_revoked),
	    TEST(test_busy),           TEST(test_stop),  TEST(test_stop_carefully), TEST(test_older),
	    TEST(test_asking_bounded), TEST(test_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
