#include "journalled.h"

#include "case.h"
#include "plan.h"

const struct pg_target journal_target = {.uri = "postgresql:///test"};
static const struct office office = {.name = "county-220821", .role = ROLE_COUNTY, .unit = COUNTY};
const int64_t moment_us = INT64_C(1365955200000000);

struct journal *journal;
int64_t now_us;
struct holdings holdings;
struct as_of as_of;

int
journal_begin(void **state)
{
	(void)state;
	fake_reset();
	now_us = 1000 * SECOND_US;
	as_of = (struct as_of){0};
	plan_make(&plan);
	journal = journal_create(&journal_target);
	return journal && holdings_create(&plan, &holdings) ? 0 : -1;
}

int
journal_end(void **state)
{
	(void)state;
	journal_destroy(&journal);
	holdings_destroy(&holdings);
	catalogue_free(&plan);
	return 0;
}

enum journal_event
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

void
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

void
add_to_batch(uint64_t seq, size_t rows)
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

void
write_batch(uint64_t seq, size_t rows)
{
	add_to_batch(seq, rows);
	assert_true(journal_write(journal, now_us));
}

void
expect_stored(uint64_t head, size_t commits, const char *what)
{
	EXPECT(fake.head == head && fake.commit_count == commits, "%s: head %d, %zu commits", what,
	       (int)fake.head, fake.commit_count);
	for (size_t i = 0; i < fake.commit_count; i++)
		EXPECT(fake.commits[i].seq == i + 1, "%s: commit %zu", what, i);
}

void
take_news(const char *what)
{
	struct replay replay = {.holdings = &holdings, .as_of = as_of, .time_base = as_of.seq};
	EXPECT(journal_news(journal, &replay), "%s: %s", what, replay.error);
	as_of = replay.as_of;
	replay_free(&replay);
}

void
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
