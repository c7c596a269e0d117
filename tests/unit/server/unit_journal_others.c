/* The journal and other centres' commits: read without a gap, before ours, however slowly the database
 * answers; and when it is silent. The rest of its promises is in unit_journal. */
#include "case.h"
#include "journalled.h"
#include "plan.h"

#include <string.h>

/* As version 1 of the form has them. */
static const int64_t subsidy_value[] = {INT64_MIN, 500, INT64_MIN, INT64_MIN};

/* Others were faster: their commits come first, under the lock, and then ours, in the same transaction. */
static void
test_behind(void **state)
{
	static const size_t rows[] = {2, 40};
	const struct report report = {VILLAGE, 201304, FORM_VILLAGE, 1, 0, 4, NULL, subsidy_value, 0};
	uint64_t seq = 0;
	(void)state;
	connect_expecting();
	for (size_t row = 0; row < COUNT(rows); row++) {
		fake_commit_elsewhere((uint8_t)(2 * row + 1), 220881, moment_us, row ? NULL : &report);
		fake_commit_elsewhere((uint8_t)(2 * row + 2), 220881, moment_us + 1, NULL);
		write_batch(seq + 1, rows[row]);
		EXPECT(next_event() == JOURNAL_NEWS && journal_wants_batch(journal), "row %zu", row);
		EXPECT(!journal_is_idle(journal) && journal_is_connected(journal), "row %zu", row);
		take_news("behind");
		EXPECT(as_of.seq == seq + 2 && as_of.time_us == moment_us + 1 && !journal_has_more_news(journal),
		       "row %zu: %d", row, (int)as_of.seq);
		*fake.said = 0;
		seq += 3;
		write_batch(seq, rows[row]);
		EXPECT(next_event() == JOURNAL_COMMITTED, "row %zu", row);
		EXPECT(!strstr(fake.said, "BEGIN") && !strstr(fake.said, "ROLLBACK"), "row %zu: %s", row, fake.said);
		as_of.seq = seq;
		expect_stored(seq, seq, "behind");
	}
	assert_int_equal(totals_standing(holdings.totals, VILLAGE, FORM_VILLAGE, 201304).revision, 1);
}

/* The batch may come to nothing meanwhile: the lock is given back. */
static void
test_give_up(void **state)
{
	(void)state;
	connect_expecting();
	fake_commit_elsewhere(1, 220881, moment_us, NULL);
	write_batch(1, 2);
	assert_int_equal(next_event(), JOURNAL_NEWS);
	take_news("give up");
	*fake.said = 0;
	journal_give_up(journal, now_us);
	assert_false(journal_wants_batch(journal));
	assert_int_equal(next_event(), JOURNAL_READY);
	assert_true(journal_is_idle(journal));
	assert_string_equal(fake.said, "ROLLBACK; ");
	write_batch(2, 2);
	assert_int_equal(next_event(), JOURNAL_COMMITTED);
	expect_stored(2, 2, "give up");
}

/* An idle one hears of others, reads what they wrote, 500 at a time, and only that. */
static void
test_hears(void **state)
{
	static const size_t batches[] = {1, 499, 500, 501, 1001};
	(void)state;
	connect_expecting();
	for (size_t row = 0; row < COUNT(batches); row++) {
		uint64_t before = as_of.seq;
		for (size_t i = 0; i < batches[row]; i++)
			fake_commit_elsewhere((uint8_t)i, 220881, moment_us, NULL);
		fake.notification = fake.head;
		for (uint64_t read = 0; read < batches[row]; read += 500) {
			EXPECT(next_event() == JOURNAL_NEWS && !journal_wants_batch(journal), "row %zu", row);
			bool more = read + 500 < batches[row];
			EXPECT(journal_has_more_news(journal) == more, "row %zu at %d", row, (int)read);
			take_news("hears");
			EXPECT(as_of.seq == (more ? before + read + 500 : fake.head), "row %zu: %d", row, (int)as_of.seq);
		}
		EXPECT(journal_is_idle(journal) && next_event() == JOURNAL_NOTHING, "row %zu", row);
	}
	assert_non_null(strstr(fake.said, "BEGIN ISOLATION; SELECT seq; COPY ; copied; "));
	fake.notification = fake.head; /* known: nothing to read */
	assert_int_equal(next_event(), JOURNAL_NOTHING);
	assert_true(journal_is_idle(journal));
}

/* The head is seen before all of the rows are: nothing is taken over before they are there. */
static void
test_not_all_is_shown(void **state)
{
	static const int64_t values[] = {INT64_MIN, 500, 12, INT64_MIN};
	static const struct report report = {.unit = VILLAGE,
	                                     .period = 201304,
	                                     .form = FORM_VILLAGE,
	                                     .form_version = 1,
	                                     .value_count = COUNT(values),
	                                     .values = values};
	static const struct {
		enum journal_table table;
		uint64_t seq; /* of three */
	} rows[] = {{TABLE_SUBMISSION, 1}, {TABLE_SUBMISSION, 2}, {TABLE_SUBMISSION, 3}, {TABLE_REPORT, 2}};
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		bool locked = i % 2;
		journal_end(NULL);
		journal_begin(NULL);
		connect_expecting();
		for (uint8_t id = 1; id <= 3; id++)
			fake_commit_elsewhere(id, 220881, moment_us, id == 2 ? &report : NULL);
		fake.hidden_table = rows[i / 2].table;
		fake.hidden_seq = rows[i / 2].seq;
		fake.hidden_reads = 5;
		if (locked)
			write_batch(1, 2);
		else
			fake.notification = fake.head;
		int64_t before_us = now_us;
		EXPECT(next_event() == JOURNAL_NEWS && journal_wants_batch(journal) == locked, "row %zu", i);
		EXPECT(!fake.hidden_reads && now_us - before_us >= 4 * 100000, "row %zu: %d left after %d us", i,
		       (int)fake.hidden_reads, (int)(now_us - before_us));
		take_news("not all");
		EXPECT(as_of.seq == 3 &&
		           totals_standing(holdings.totals, VILLAGE, FORM_VILLAGE, 201304).revision == 1,
		       "row %zu", i);
		if (!locked)
			continue;
		write_batch(4, 2);
		EXPECT(next_event() == JOURNAL_COMMITTED, "row %zu", i);
		expect_stored(4, 4, "not all");
	}
}

/* Where it stays so another connection is made, with the reason; memory keeps what it had. */
static void
test_never_all_is_shown(void **state)
{
	(void)state;
	connect_expecting();
	fake_commit_elsewhere(1, 220881, moment_us, NULL);
	fake.hidden_seq = 1;
	fake.hidden_reads = 1000;
	fake.notification = fake.head;
	int64_t before_us = now_us;
	assert_int_equal(next_event(), JOURNAL_LOST);
	assert_true(now_us - before_us >= 5 * SECOND_US && fake.hidden_reads > 900);
	assert_non_null(
	    strstr(journal_error(journal), "of commits 1 to 1 the database shows 0 submissions, 0 of 0 reports"));
	assert_int_equal(next_event(), JOURNAL_READY);
	fake.hidden_reads = 0;
	assert_int_equal(next_event(), JOURNAL_NEWS);
	take_news("at last");
	assert_true(as_of.seq == 1);
}

/* Many commits of others while ours waits: all of them are read, the last under the lock. */
static void
test_behind_by_many(void **state)
{
	(void)state;
	connect_expecting();
	for (size_t i = 0; i < 700; i++)
		fake_commit_elsewhere((uint8_t)i, 220881, moment_us, NULL);
	write_batch(1, 2);
	assert_int_equal(next_event(), JOURNAL_NEWS);
	assert_true(journal_has_more_news(journal) && !journal_wants_batch(journal) && !journal_is_idle(journal));
	take_news("many");
	assert_int_equal(as_of.seq, 500);
	assert_int_equal(next_event(), JOURNAL_NEWS);
	assert_true(!journal_has_more_news(journal) && journal_wants_batch(journal));
	take_news("many");
	assert_int_equal(as_of.seq, 700);
	write_batch(701, 2);
	assert_int_equal(next_event(), JOURNAL_COMMITTED);
	expect_stored(701, 701, "many");
}

/* Asked to look, it tells also that there is nothing. */
static void
test_refresh(void **state)
{
	(void)state;
	connect_expecting();
	assert_true(journal_refresh(journal, now_us));
	assert_false(journal_is_idle(journal));
	assert_int_equal(next_event(), JOURNAL_NEWS);
	take_news("refresh");
	assert_true(!as_of.seq && journal_is_idle(journal));
	fake_commit_elsewhere(1, 220881, moment_us, NULL);
	assert_true(journal_refresh(journal, now_us));
	assert_int_equal(next_event(), JOURNAL_NEWS);
	take_news("refresh");
	assert_int_equal(as_of.seq, 1);
	fake.principals = true;
	assert_int_equal(next_event(), JOURNAL_NOTHING);
	assert_true(journal_principals_changed(journal) && !journal_principals_changed(journal));
	fake.fault = (struct fake_fault){.statement = "COPY", .sqlstate = "57014"};
	assert_true(journal_refresh(journal, now_us)); /* what could not be read to its end is not taken */
	assert_int_equal(next_event(), JOURNAL_LOST);
	assert_int_equal(next_event(), JOURNAL_READY);
}

/* ---------------------------------------------------------------- silence */

/* Told after five seconds, with the session to be looked at, once; given up after a minute. */
static void
test_slow(void **state)
{
	(void)state;
	connect_expecting();
	fake.answers = 0;
	write_batch(1, 2);
	assert_int_equal(journal_wait_ms(journal, now_us), 5001);
	int64_t began_us = now_us;
	now_us = began_us + 5 * SECOND_US - 1;
	assert_int_equal(journal_step(journal, now_us), JOURNAL_NOTHING);
	assert_int_equal(journal_slow_session(journal), 0);
	now_us++;
	assert_int_equal(journal_step(journal, now_us), JOURNAL_NOTHING);
	assert_int_equal(journal_slow_session(journal), (int)fake.sessions);
	assert_int_equal(journal_slow_session(journal), 0);
	assert_int_equal(journal_wait_ms(journal, now_us), 55001);
	now_us = began_us + 60 * SECOND_US - 1;
	assert_int_equal(journal_step(journal, now_us), JOURNAL_NOTHING);
	assert_true(journal_is_connected(journal));
	now_us++;
	assert_int_equal(journal_step(journal, now_us), JOURNAL_LOST);
	assert_int_equal(journal_slow_session(journal), 0);
	expect_committed_once(1, "slow", 0);
}

/* While others' commits come in, however slowly, it is not given up. */
static void
test_slow_news(void **state)
{
	(void)state;
	connect_expecting();
	for (uint8_t i = 0; i < 20; i++)
		fake_commit_elsewhere(i, 220881, moment_us, NULL);
	fake.notification = fake.head;
	fake.answers = 0;
	enum journal_event event = JOURNAL_NOTHING;
	for (int i = 0; i < 100 && !event; i++) {
		fake.answers = 1;
		event = journal_step(journal, now_us);
		now_us += 4 * SECOND_US;
	}
	assert_int_equal(event, JOURNAL_NEWS);
	assert_int_equal(journal_slow_session(journal), 0);
	take_news("slow");
	assert_int_equal(as_of.seq, 20);
}

/* An idle connection that ends is told at once. */
static void
test_idle_break(void **state)
{
	(void)state;
	connect_expecting();
	fake_break();
	assert_int_equal(journal_step(journal, now_us), JOURNAL_LOST);
	assert_true(!journal_is_connected(journal) && journal_fd(journal) == -1);
	assert_string_equal(journal_sqlstate(journal), "08006");
	assert_int_equal(next_event(), JOURNAL_READY);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    JOURNAL_TEST(test_behind),
	    JOURNAL_TEST(test_give_up),
	    JOURNAL_TEST(test_hears),
	    JOURNAL_TEST(test_not_all_is_shown),
	    JOURNAL_TEST(test_never_all_is_shown),
	    JOURNAL_TEST(test_behind_by_many),
	    JOURNAL_TEST(test_refresh),
	    JOURNAL_TEST(test_slow),
	    JOURNAL_TEST(test_slow_news),
	    JOURNAL_TEST(test_idle_break),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
