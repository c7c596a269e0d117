/* The journal's promises, against a database made by hand (fake_pg.h): committed means on disk, exactly once,
 * wherever the line breaks; what is refused is not there. Others' commits are in unit_journal_others. */
#include "case.h"
#include "journalled.h"
#include "plan.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { STEPS_MAX = 20000, ROWS_BY_INSERT = 16 };

/* ---------------------------------------------------------------- connecting */

static void
test_connect(void **state)
{
	(void)state;
	fake.polls = 2;
	assert_true(!journal_is_connected(journal) && !journal_is_idle(journal) && journal_fd(journal) == -1);
	assert_int_equal(journal_wait_ms(journal, now_us), 0); /* the first attempt is due at once */
	assert_int_equal(journal_step(journal, now_us), JOURNAL_NOTHING);
	assert_int_equal(journal_fd(journal), FAKE_SOCKET);
	assert_int_equal(journal_poll_events(journal), POLLOUT);
	assert_int_equal(journal_step(journal, now_us), JOURNAL_NOTHING);
	assert_int_equal(journal_poll_events(journal), POLLIN);
	assert_false(journal_is_connected(journal));
	assert_int_equal(next_event(), JOURNAL_READY);
	assert_true(journal_is_connected(journal) && journal_is_idle(journal) && journal_is_alone(journal));
	assert_int_equal(journal_wait_ms(journal, now_us), -1);
	assert_int_equal(journal_poll_events(journal), POLLIN);
	fake.unsent = true;
	assert_int_equal(journal_poll_events(journal), POLLIN | POLLOUT);
	assert_non_null(strstr(fake.said, "SET synchronous_commit; "));
}

/* Who cannot connect waits longer and longer, up to a second, and then is there in one. */
static void
test_retry(void **state)
{
	static const int waits[] = {50, 100, 200, 400, 800, 1000, 1000};
	static const struct {
		bool unreachable, instance, shared;
		const char *error;
	} rows[] = {
	    {true, true, true, "the line is broken"},
	    {false, false, true, "the last connection's session has not ended yet"},
	    {false, true, false, "another fupind is just starting on this database, or loads a plan"},
	};
	(void)state;
	for (size_t row = 0; row < COUNT(rows); row++) {
		journal_destroy(&journal);
		journal = journal_create(&journal_target);
		fake.unreachable = rows[row].unreachable;
		fake.has_instance = rows[row].instance;
		fake.has_shared = rows[row].shared;
		for (size_t i = 0; i < COUNT(waits); i++) {
			unsigned sessions = fake.sessions;
			for (int k = 0; k < 10 && (fake.sessions == sessions || journal_fd(journal) >= 0); k++)
				EXPECT(journal_step(journal, now_us) == JOURNAL_NOTHING, "row %zu", row);
			EXPECT(fake.sessions == sessions + 1 && !strcmp(journal_error(journal), rows[row].error),
			       "row %zu: %s", row, journal_error(journal));
			EXPECT(journal_wait_ms(journal, now_us) == waits[i] + 1, "row %zu wait %zu: %d", row, i,
			       journal_wait_ms(journal, now_us));
			now_us += waits[i] * 1000 - 1;
			journal_step(journal, now_us); /* too early */
			EXPECT(fake.sessions == sessions + 1, "row %zu wait %zu", row, i);
			now_us++;
		}
		fake.unreachable = false;
		fake.has_instance = fake.has_shared = true;
		assert_int_equal(next_event(), JOURNAL_READY);
		fake_break(); /* from then on it waits shortly again */
		assert_int_equal(next_event(), JOURNAL_LOST);
		assert_int_equal(journal_wait_ms(journal, now_us), waits[0] + 1);
	}
}

/* A server that says nothing is given up: sooner if there is another one to try. */
static void
test_silent(void **state)
{
	static const struct {
		const char *uri;
		int polls;
		size_t answers;
		int seconds;
		const char *hosts[3];
	} rows[] = {
	    {"postgresql:///x?host=a", 1000, SIZE_MAX, 10, {"", "", ""}},
	    {"postgresql:///x?host=a", 0, 0, 10, {"", "", ""}},
	    {"postgresql://a,b/x", 1000, SIZE_MAX, 4, {"a", "b", "a"}},
	    {"postgresql://a,b/x", 0, 0, 4, {"a", "b", "a"}},
	};
	(void)state;
	for (size_t row = 0; row < COUNT(rows); row++) {
		const struct pg_target where = {.uri = rows[row].uri};
		journal_destroy(&journal);
		journal = journal_create(&where);
		fake.polls = rows[row].polls;
		fake.answers = rows[row].answers;
		for (size_t i = 0; i < COUNT(rows[row].hosts); i++) {
			now_us += 2 * SECOND_US;
			journal_step(journal, now_us);
			journal_step(journal, now_us);
			EXPECT(!strcmp(fake.host, rows[row].hosts[i]), "row %zu: %s", row, fake.host);
			EXPECT(journal_wait_ms(journal, now_us) == rows[row].seconds * 1000 + 1, "row %zu", row);
			now_us += rows[row].seconds * SECOND_US - 1;
			EXPECT(!journal_step(journal, now_us) && journal_fd(journal) >= 0, "row %zu", row);
			now_us++;
			EXPECT(!journal_step(journal, now_us) && journal_fd(journal) < 0, "row %zu", row);
			EXPECT(!strcmp(journal_error(journal), "the database does not answer"), "row %zu", row);
		}
	}
}

/* Memory holds commit 2: what if the database, met again, is another one? */
static void
test_expected(void **state)
{
	static const struct {
		uint64_t head;
		bool same_id, same_plan;
		enum journal_event event;
		const char *error;
	} rows[] = {
	    {2, true, true, JOURNAL_READY, ""},
	    {3, true, true, JOURNAL_READY, ""},
	    {1, true, true, JOURNAL_FATAL, "set back behind"},
	    {2, false, true, JOURNAL_FATAL, "set back behind"},
	    {3, false, true, JOURNAL_FATAL, "set back behind"},
	    {2, true, false, JOURNAL_FATAL, "were changed"},
	};
	(void)state;
	for (size_t row = 0; row < COUNT(rows); row++) {
		journal_destroy(&journal);
		journal = journal_create(&journal_target);
		fake_reset();
		assert_int_equal(next_event(), JOURNAL_READY);
		for (uint8_t i = 1; i <= rows[row].head; i++)
			fake_commit_elsewhere(i, COUNTY, moment_us, NULL);
		const struct submission_id id = {{0xEE, rows[row].same_id ? 2 : 9}};
		journal_expect(journal, 2, &id, rows[row].same_plan ? 1 : 2);
		fake_break();
		assert_int_equal(next_event(), JOURNAL_LOST);
		enum journal_event event = next_event();
		EXPECT(event == rows[row].event, "row %zu: %d", row, (int)event);
		EXPECT(event != JOURNAL_FATAL || strstr(journal_error(journal), rows[row].error), "row %zu: %s", row,
		       journal_error(journal));
		EXPECT(event == JOURNAL_FATAL || journal_principals_changed(journal), "row %zu", row);
		EXPECT(event == JOURNAL_FATAL || !journal_principals_changed(journal), "row %zu: told twice", row);
	}
}

/* Alone at the start if nobody else serves, until it shares. */
static void
test_alone(void **state)
{
	(void)state;
	fake.has_alone = false;
	assert_int_equal(next_event(), JOURNAL_READY);
	assert_false(journal_is_alone(journal));
	assert_false(journal_try_alone(journal));
	fake.fault = (struct fake_fault){.statement = "SELECT pg_try", .sqlstate = "57014"};
	assert_false(journal_try_alone(journal));
	assert_string_equal(journal_error(journal), "ERROR:  made to fail with 57014");
	fake.has_alone = true;
	assert_true(journal_try_alone(journal) && journal_is_alone(journal));
	*fake.said = 0;
	assert_true(journal_try_alone(journal) && !*fake.said); /* it is known */
	fake.fault = (struct fake_fault){.statement = "PREPARE", .sqlstate = "42P05"};
	assert_false(journal_share(journal));
	assert_false(journal_is_alone(journal));
	assert_true(journal_share(journal) && !strstr(fake.said, "pg_advisory_unlock"));
}

static void
test_share(void **state)
{
	(void)state;
	assert_int_equal(next_event(), JOURNAL_READY);
	assert_true(journal_is_alone(journal) && journal_share(journal) && !journal_is_alone(journal));
	assert_non_null(strstr(fake.said, "pg_advisory_unlock"));
}

/* ---------------------------------------------------------------- writing */

static const struct {
	size_t rows;
	const char *said;
} ways[] = {
    {1, "BEGIN; fupin_head; fupin_submission; NOTIFY fupin_commit,; COMMIT; "},
    {3, "BEGIN; fupin_head; fupin_submission; fupin_fund_entry; fupin_fund_entry; NOTIFY fupin_commit,; "
        "COMMIT; "},
    {ROWS_BY_INSERT, NULL},
    {ROWS_BY_INSERT + 1,
     "BEGIN; UPDATE journal_head; COPY submission; copied; COPY fund_entry; copied; NOTIFY "
     "fupin_commit,; COMMIT; "},
    {60,
     "BEGIN; UPDATE journal_head; COPY submission; copied; COPY fund_entry; copied; NOTIFY fupin_commit,; "
     "COMMIT; "},
};

/* Few rows by INSERTs in one round trip, more by COPY; the next batch is made while one is written. */
static void
test_write(void **state)
{
	uint64_t seq = 0;
	size_t rows = 0;
	(void)state;
	connect_expecting();
	for (size_t row = 0; row < COUNT(ways); row++) {
		*fake.said = 0;
		write_batch(++seq, ways[row].rows);
		EXPECT(!journal_is_idle(journal) && journal_is_connected(journal), "row %zu", row);
		add_to_batch(seq + 1, 2); /* of the next batch: forgotten, and made anew */
		journal_forget(journal);
		EXPECT(next_event() == JOURNAL_COMMITTED && journal_is_idle(journal), "row %zu", row);
		EXPECT(!ways[row].said || !strcmp(fake.said, ways[row].said), "row %zu: %s", row, fake.said);
		rows += ways[row].rows - 1;
		EXPECT(fake.rows[TABLE_SUBMISSION] == seq && fake.rows[TABLE_ENTRY] == rows, "row %zu: %zu", row,
		       fake.rows[TABLE_ENTRY]);
		EXPECT(fake_find(&(struct submission_id){{7, 0, (uint8_t)seq}}) == seq && fake.notified == seq,
		       "row %zu", row);
		expect_stored(seq, seq, "written");
		EXPECT(!journal_step(journal, now_us), "row %zu", row);
	}
}

/* However the answers come in, nothing is reported before it is on disk. */
static void
test_one_answer_at_a_time(void **state)
{
	(void)state;
	connect_expecting();
	for (uint64_t seq = 1; seq <= COUNT(ways); seq++) {
		enum journal_event event = JOURNAL_NOTHING;
		fake.answers = 0;
		write_batch(seq, ways[seq - 1].rows);
		for (int i = 0; i < 100 && !event; i++) {
			fake.answers = 1;
			event = journal_step(journal, now_us);
			EXPECT(!event || fake.head == seq, "batch %d: told before it is on disk", (int)seq);
		}
		EXPECT(event == JOURNAL_COMMITTED, "batch %d", (int)seq);
		expect_stored(seq, seq, "one at a time");
	}
}

/* ---------------------------------------------------------------- in doubt */

/* The line breaks after any number of answers: the batch is there exactly once. */
static void
test_break_anywhere(void **state)
{
	uint64_t seq = 0;
	(void)state;
	connect_expecting();
	for (size_t way = 0; way < COUNT(ways); way++)
		for (size_t answers = 0; answers < 60; answers++) {
			fake.answers = answers;
			write_batch(++seq, ways[way].rows);
			enum journal_event event = JOURNAL_NOTHING;
			for (int i = 0; i < 20 && !event; i++)
				event = journal_step(journal, now_us);
			if (event != JOURNAL_COMMITTED) {
				fake_break();
				expect_committed_once(seq, "break", answers);
			}
			expect_stored(seq, seq, "break anywhere");
		}
}

static const struct {
	struct fake_fault fault;
	size_t rows;
	bool repeated; /* it has to be written again */
} doubts[] = {
    {{"COMMIT", NULL, true}, 2, false},        {{"COMMIT", NULL, false}, 2, true},
    {{"COMMIT", NULL, true}, 40, false},       {{"COMMIT", NULL, false}, 40, true},
    {{"BEGIN", NULL, false}, 2, true},         {{"copied", NULL, true}, 40, true},
    {{"COMMIT", "57P01", false}, 2, true},     {{"COMMIT", "57P01", true}, 2, false},
    {{"COMMIT", "08006", true}, 40, false},    {{"fupin_fund_entry", "57014", false}, 2, true},
    {{"COMMIT", "40001", false}, 2, true},     {{"copied", "40P01", false}, 40, true},
    {{"fupin_head", "26000", false}, 2, true},
};

/* What broke, or failed for a reason that is not the submission's, is asked for and, if need be, done again.
 */
static void
test_doubt(void **state)
{
	(void)state;
	connect_expecting();
	for (size_t row = 0; row < COUNT(doubts); row++) {
		unsigned sessions = fake.sessions;
		fake.fault = doubts[row].fault;
		*fake.said = 0;
		write_batch(row + 1, doubts[row].rows);
		EXPECT(next_event() == JOURNAL_LOST && !journal_is_connected(journal), "row %zu", row);
		*fake.said = 0;
		expect_committed_once(row + 1, "doubt", row);
		EXPECT(fake.sessions == sessions + 1, "row %zu: %u sessions", row, fake.sessions - sessions);
		EXPECT(doubts[row].repeated == (strstr(fake.said, "NOTIFY") != NULL), "row %zu: %s", row, fake.said);
	}
}

/* A COMMIT whose wait for a standby was cancelled is in doubt: a new session's own COMMIT tells. */
static void
test_standby(void **state)
{
	(void)state;
	connect_expecting();
	for (uint64_t seq = 1; seq <= 2; seq++) {
		fake.warns = true;
		write_batch(seq, seq == 1 ? 2 : 40);
		assert_int_equal(next_event(), JOURNAL_LOST);
		assert_non_null(strstr(journal_error(journal), "canceling the wait for a standby"));
		*fake.said = 0;
		expect_committed_once(seq, "standby", 0);
		assert_non_null(strstr(fake.said, "UPDATE journal_head; "));
	}
	/* The warning was of its own batch: the next one's COMMIT is taken at its word. */
	write_batch(3, 2);
	assert_int_equal(next_event(), JOURNAL_COMMITTED);
	expect_stored(3, 3, "after the standby");
}

/* In doubt, not there, and meanwhile another one committed under the same number. */
static void
test_doubt_and_others(void **state)
{
	(void)state;
	connect_expecting();
	write_batch(1, 2);
	assert_int_equal(next_event(), JOURNAL_COMMITTED);
	as_of.seq = 1;
	fake.fault = (struct fake_fault){.statement = "COMMIT"};
	write_batch(2, 2);
	assert_int_equal(next_event(), JOURNAL_LOST);
	fake_commit_elsewhere(1, 220881, moment_us, NULL);
	assert_int_equal(next_event(), JOURNAL_READY);
	assert_int_equal(next_event(), JOURNAL_NEWS);
	take_news("others");
	assert_true(as_of.seq == 2 && journal_wants_batch(journal));
	write_batch(3, 2);
	assert_int_equal(next_event(), JOURNAL_COMMITTED);
	expect_stored(3, 3, "doubt and others");
}

/* ---------------------------------------------------------------- refused */

static const struct {
	struct fake_fault fault;
	size_t rows;
} refusals[] = {
    {{"fupin_fund_entry", "23505"}, 2}, {{"copied", "23505"}, 40},    {{"COMMIT", "23505"}, 2},
    {{"COMMIT", "XX000"}, 40},          {{"fupin_head", "42501"}, 2}, {{"COPY fund_entry", "53100"}, 40},
    {{"COPY submission", "42P01"}, 40}, {{"NOTIFY", "54000"}, 2},
};

/* What the database refuses is not there, is told with its reason, and the next batch goes its way. */
static void
test_refused(void **state)
{
	(void)state;
	connect_expecting();
	for (size_t row = 0; row < COUNT(refusals); row++) {
		unsigned sessions = fake.sessions;
		char error[64];
		fake.fault = refusals[row].fault;
		write_batch(row + 1, refusals[row].rows);
		EXPECT(next_event() == JOURNAL_REFUSED && journal_is_idle(journal), "row %zu", row);
		snprintf(error, sizeof error, "ERROR:  made to fail with %s", refusals[row].fault.sqlstate);
		EXPECT(!strcmp(journal_sqlstate(journal), refusals[row].fault.sqlstate) &&
		           !strcmp(journal_error(journal), error),
		       "row %zu: %s", row, journal_error(journal));
		expect_stored(row, row, "refused");
		write_batch(row + 1, refusals[row].rows);
		EXPECT(next_event() == JOURNAL_COMMITTED && !*journal_sqlstate(journal), "row %zu", row);
		EXPECT(fake.sessions == sessions, "row %zu: it needed no other session", row);
		expect_stored(row + 1, row + 1, "after a refusal");
	}
}

/* A server that takes no writes any more: refused, and one that does is looked for. */
static void
test_read_only(void **state)
{
	(void)state;
	connect_expecting();
	fake.fault = (struct fake_fault){.statement = "fupin_head", .sqlstate = "25006"};
	write_batch(1, 2);
	assert_int_equal(next_event(), JOURNAL_REFUSED);
	assert_string_equal(journal_sqlstate(journal), "25006");
	assert_string_equal(journal_error(journal), "ERROR:  made to fail with 25006");
	assert_false(journal_is_connected(journal));
	assert_int_equal(next_event(), JOURNAL_READY); /* nothing is in doubt */
	assert_true(journal_is_idle(journal));
	expect_stored(0, 0, "read only");
}

/* libpq could not take the rows. */
static void
test_no_room(void **state)
{
	(void)state;
	connect_expecting();
	fake.no_copy_data = true;
	write_batch(1, 40);
	assert_int_equal(next_event(), JOURNAL_LOST);
	fake.no_copy_data = false;
	expect_committed_once(1, "no room", 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    JOURNAL_TEST(test_connect),        JOURNAL_TEST(test_retry),
	    JOURNAL_TEST(test_silent),         JOURNAL_TEST(test_expected),
	    JOURNAL_TEST(test_alone),          JOURNAL_TEST(test_share),
	    JOURNAL_TEST(test_write),          JOURNAL_TEST(test_one_answer_at_a_time),
	    JOURNAL_TEST(test_break_anywhere), JOURNAL_TEST(test_doubt),
	    JOURNAL_TEST(test_standby),        JOURNAL_TEST(test_doubt_and_others),
	    JOURNAL_TEST(test_refused),        JOURNAL_TEST(test_read_only),
	    JOURNAL_TEST(test_no_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
