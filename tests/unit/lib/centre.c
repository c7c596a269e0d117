#include "centre.h"

#include "base/clock.h"
#include "codec.h"

#include <stdio.h>
#include <string.h>

static const struct pg_target target = {.uri = "postgresql:///test"};
const int64_t start_us = INT64_C(1375315200) * SECOND_US;

struct pipeline p;
static struct envelope_pool pool;
struct answer answers[REPLIES_MAX];
size_t answer_count;
static int64_t later_us; /* how much later it is than the clock says */
bool asks;
struct envelope *asked[ASKED_MAX];
size_t asked_count;
unsigned revoked;

struct submission_id
id_of(unsigned number)
{
	struct submission_id id = {{1, 2, 3}};
	id.bytes[6] = 0x70; /* version 7 */
	id.bytes[8] = 0x80;
	id.bytes[14] = (uint8_t)(number >> 8);
	id.bytes[15] = (uint8_t)number;
	return id;
}

/* ---------------------------------------------------------------- what the pipeline calls */

static void
note_answer(void *context, const struct envelope *e, const struct reply *reply)
{
	struct answer *a = &answers[answer_count++];
	(void)context;
	assert_true(answer_count <= REPLIES_MAX);
	*a = (struct answer){.number = (unsigned)e->request.id, .kind = reply->kind, .again = e->again};
	assert_int_equal(reply->request_id, e->request.id);
	if (reply->kind == REPLY_RECEIPT) {
		a->seq = reply->receipt.seq;
		a->time_us = reply->receipt.time_us;
		EXPECT(submission_id_equal(&reply->receipt.id, &e->submission.id) &&
		           digest_equal(&reply->receipt.digest, &e->digest),
		       "submission %u: another one's receipt", a->number);
		/* Acknowledged means committed, and in the totals. */
		EXPECT(e->again || fake_find(&e->submission.id) == a->seq, "submission %u: not on disk", a->number);
		for (size_t i = 0; !e->again && i < e->submission.report_count; i++) {
			const struct report *r = &e->submission.reports[i];
			EXPECT(totals_standing(p.holdings.totals, r->unit, r->form, r->period).revision > r->replaces,
			       "submission %u: not in the totals", a->number);
		}
	} else {
		const struct problem_list *problems = reply->refusal.problems;
		a->code = problems->items[0].code;
		snprintf(a->detail, sizeof a->detail, "%.63s", problems->items[0].detail);
		a->retry_ms = reply->refusal.retry_after_ms;
		EXPECT(e->again || a->code == PROBLEM_ID_REUSED || !fake_find(&e->submission.id),
		       "submission %u: refused, but there", a->number);
	}
}

static bool
ask(void *context, struct envelope *e)
{
	(void)context;
	if (asks)
		asked[asked_count++] = e;
	return asks;
}

static bool
admits(void *context, const struct envelope *e, struct problem_list *problems)
{
	(void)context;
	if (e->request.id != revoked)
		return true;
	problem_only(problems, PROBLEM_NOT_PERMITTED);
	return false;
}

/* ---------------------------------------------------------------- going on */

/* As the centre's loop does, until nothing moves: what the journal says, totals and receipts, the next batch.
 */
void
go_on(void)
{
	for (int quiet = 0; quiet < 3;) {
		size_t before = answer_count;
		int64_t now_us = clock_steady_us() + later_us;
		enum journal_event event = journal_step(p.journal, now_us);
		assert_true(event != JOURNAL_FATAL && pipeline_event(&p, event));
		assert_true(pipeline_settle(&p, SETTLE_ROWS) && pipeline_write(&p));
		if (journal_fd(p.journal) < 0)
			later_us += journal_wait_ms(p.journal, now_us) * 1000;
		quiet = event || before != answer_count || journal_fd(p.journal) < 0 ? 0 : quiet + 1;
	}
}

int
centre_begin(void **state)
{
	struct submission_id none = {{0}};
	(void)state;
	fake_reset();
	clock_set_wall_us(start_us);
	answer_count = asked_count = 0;
	later_us = 0;
	revoked = 0;
	asks = true;
	plan_make(&plan);
	pipeline_init(&p);
	p.reply = note_answer;
	p.ask_database = p.find_files = ask;
	p.admits = admits;
	p.journal = journal_create(&target);
	assert_true(p.journal && holdings_create(&plan, &p.holdings));
	for (int i = 0; i < 10 && !journal_is_connected(p.journal); i++)
		journal_step(p.journal, clock_steady_us());
	journal_expect(p.journal, 0, &none, fake.generation);
	return journal_share(p.journal) ? 0 : -1;
}

int
centre_end(void **state)
{
	(void)state;
	pipeline_free(&p);
	journal_destroy(&p.journal);
	holdings_destroy(&p.holdings);
	envelope_pool_free(&pool);
	catalogue_free(&plan);
	return 0;
}

/* ---------------------------------------------------------------- submissions */

const char *
office_name(unit_code unit)
{
	return unit == COUNTY ? "zhenlai" : unit == OTHER ? "taonan" : "yanji";
}

void
take(unsigned number, unit_code office, const struct submission *s)
{
	const struct frame frame = {.sender = {5, {1}}, .whole = true};
	struct envelope *e = envelope_create(&pool, &frame);
	struct submission made = *s;
	uint8_t *bytes;
	size_t size;
	made.id = id_of(number);
	assert_true(codec_encode_submission(&e->arena, &made, &bytes, &size));
	e->office = (struct office){.name = office_name(office), .role = ROLE_COUNTY, .unit = office};
	e->request = (struct request){.id = number, .kind = REQUEST_SUBMIT};
	e->request.submit.bytes = bytes;
	e->request.submit.size = size;
	pipeline_take(&p, e, clock_wall_us());
}

static const uint32_t staff[] = {STAFF};
static const int64_t four[] = {4};

/* The county's own report of 2013 month `month`. */
void
send_report(unsigned number, unit_code office, int month, uint32_t replaces)
{
	struct report r = {office, 201300 + month, FORM_COUNTY, 1, replaces, 1, staff, four, 0};
	r.reason = replaces ? "again" : NULL;
	take(number, office, &(struct submission){.report_count = 1, .reports = &r});
}

struct fund_entry
entry(enum fund_kind kind, unit_code unit, const char *voucher, int64_t fen)
{
	uint32_t use = kind == FUND_SPENT ? USE_INDUSTRY : 0;
	return (struct fund_entry){kind, unit, voucher, 20130701, SOURCE_CENTRAL, use, 0, fen, "", "", "", ""};
}

void
send_entries(unsigned number, unit_code office, struct fund_entry *entries, size_t count)
{
	take(number, office, &(struct submission){.entry_count = count, .entries = entries});
}

void
send_entry(unsigned number, unit_code office, enum fund_kind kind, const char *voucher, int64_t fen)
{
	struct fund_entry one = entry(kind, office, voucher, fen);
	send_entries(number, office, &one, 1);
}

/* So many vouchers, each of its own submission, from `number` on. */
void
send_many(unsigned number, unit_code office, unsigned count)
{
	char voucher[16];
	for (unsigned i = 0; i < count; i++) {
		snprintf(voucher, sizeof voucher, "m-%u", number + i);
		send_entry(number + i, office, FUND_RAISED, voucher, 1);
	}
}

/* ---------------------------------------------------------------- what came of it */

/* The one answer about this submission. */
const struct answer *
answer_of(unsigned number)
{
	const struct answer *found = NULL;
	for (size_t i = 0; i < answer_count; i++)
		if (answers[i].number == number) {
			EXPECT(!found, "submission %u: answered twice", number);
			found = &answers[i];
		}
	EXPECT(found, "submission %u: not answered", number);
	return found;
}

void
expect_receipt(unsigned number, uint64_t seq)
{
	const struct answer *a = answer_of(number);
	EXPECT(a->kind == REPLY_RECEIPT, "submission %u: %s", number, problem_name(a->code));
	EXPECT(a->seq == seq, "submission %u: commit %d", number, (int)a->seq);
}

void
expect_refusal(unsigned number, enum problem_code code, uint32_t retry_ms)
{
	const struct answer *a = answer_of(number);
	EXPECT(a->kind == REPLY_REFUSAL && a->code == code, "submission %u: %s", number, problem_name(a->code));
	EXPECT(a->retry_ms == retry_ms, "submission %u: again after %u ms", number, a->retry_ms);
}
