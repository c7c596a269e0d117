/* The journal's promises, against a database made by hand (fake_pg.h): committed means on disk, exactly once,
 * wherever the line breaks; what is refused is not there; others' commits are read without a gap, before
 * ours. */
#include "case.h"
#include "fake_pg.h"
#include "plan.h"

#include "journal/journal.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { STEPS_MAX = 20000, SECOND_US = 1000000, ROWS_BY_INSERT = 16 };

static const struct pg_target target = {.uri = "postgresql:///test"};
static const struct office office = {.name = "county-220821", .role = ROLE_COUNTY, .unit = COUNTY};
static const int64_t moment_us = INT64_C(1365955200000000);

static struct journal *journal;
static int64_t now_us;
static struct holdings holdings;
static struct as_of as_of; /* of what memory holds */

static int
begin(void **state)
{
	(void)state;
	fake_reset();
	now_us = 1000 * SECOND_US;
	as_of = (struct as_of){0};
	plan_make(&plan);
	journal = journal_create(&target);
	return journal && holdings_create(&plan, &holdings) ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	journal_destroy(&journal);
	holdings_destroy(&holdings);
	catalogue_free(&plan);
	return 0;
}

/* ---------------------------------------------------------------- going on */

/* The next event; time goes on only when the journal waits for that. NOTHING: it waits for an answer. */
static enum journal_event
next_event(void)
{
	for (int i = 0; i < 200; i++) {
		enum journal_event event = journal_step(journal, now_us);
		if (event)
			return event;
		int wait_ms = journal_wait_ms(journal, now_us);
		bool away = !journal_is_connected(journal) && journal_fd(journal) < 0;
		/* What is not shown yet is waited for. */
		if (away || (fake.hidden_seq && wait_ms > 0 && wait_ms < 1000))
			now_us += wait_ms * 1000;
	}
	return JOURNAL_NOTHING;
}

static void
connect_expecting(void)
{
	struct submission_id none = {{0}};
	assert_int_equal(next_event(), JOURNAL_READY);
	journal_expect(journal, as_of.seq, &none, fake.generation);
	assert_true(journal_share(journal));
	*fake.said = 0;
}

static struct submission_id
id_of(uint64_t seq)
{
	return (struct submission_id){{7, (uint8_t)(seq >> 8), (uint8_t)seq}};
}

/* One submission of so many rows, itself counted. */
static void
add(uint64_t seq, size_t rows)
{
	static struct fund_entry entries[100];
	struct submission s = {.id = id_of(seq), .entry_count = rows - 1, .entries = entries};
	for (size_t i = 0; i < COUNT(entries); i++)
		entries[i] =
		    (struct fund_entry){FUND_RAISED, COUNTY, "v", 20130401, SOURCE_CENTRAL, 0, 0, 1, "", "", "", ""};
	const struct journal_item item = {
	    &office,
	    &s,
	    &plan,
	    {.id = s.id, .seq = seq, .time_us = moment_us, .entry_count = (uint32_t)rows - 1}};
	journal_add(journal, &item);
}

static void
write_batch(uint64_t seq, size_t rows)
{
	add(seq, rows);
	assert_true(journal_write(journal, now_us));
}

/* Each of the batch is there once, and nothing else. */
static void
expect_stored(uint64_t head, size_t commits, const char *what)
{
	EXPECT(fake.head == head && fake.commit_count == commits, "%s: head %d, %zu commits", what,
	       (int)fake.head, fake.commit_count);
	for (size_t i = 0; i < fake.commit_count; i++)
		EXPECT(fake.commits[i].seq == i + 1, "%s: commit %zu", what, i);
}

static void
take_news(const char *what)
{
	struct replay replay = {.holdings = &holdings, .as_of = as_of, .time_base = as_of.seq};
	EXPECT(journal_news(journal, &replay), "%s: %s", what, replay.error);
	as_of = replay.as_of;
	replay_free(&replay);
}

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
		journal = journal_create(&target);
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
		journal = journal_create(&target);
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
		add(seq + 1, 2); /* of the next batch: forgotten, and made anew */
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

/* Brings the batch to its end, whatever happens on the way. */
static void
expect_committed_once(uint64_t seq, const char *what, size_t row)
{
	enum journal_event event = JOURNAL_NOTHING;
	fake.answers = SIZE_MAX;
	for (int i = 0; i < 10 && event != JOURNAL_COMMITTED; i++) {
		event = next_event();
		EXPECT(event == JOURNAL_LOST || event == JOURNAL_READY || event == JOURNAL_COMMITTED, "%s %zu: %d",
		       what, row, (int)event);
	}
	EXPECT(event == JOURNAL_COMMITTED && journal_is_idle(journal), "%s %zu", what, row);
	expect_stored(seq, seq, what);
}

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

/* ---------------------------------------------------------------- others */

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
		end(NULL);
		begin(NULL);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_connect),
	    TEST(test_retry),
	    TEST(test_silent),
	    TEST(test_expected),
	    TEST(test_alone),
	    TEST(test_share),
	    TEST(test_write),
	    TEST(test_one_answer_at_a_time),
	    TEST(test_break_anywhere),
	    TEST(test_doubt),
	    TEST(test_standby),
	    TEST(test_doubt_and_others),
	    TEST(test_refused),
	    TEST(test_read_only),
	    TEST(test_no_room),
	    TEST(test_behind),
	    TEST(test_give_up),
	    TEST(test_hears),
	    TEST(test_not_all_is_shown),
	    TEST(test_never_all_is_shown),
	    TEST(test_behind_by_many),
	    TEST(test_refresh),
	    TEST(test_slow),
	    TEST(test_slow_news),
	    TEST(test_idle_break),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
