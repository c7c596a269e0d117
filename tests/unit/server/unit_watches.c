/* Watches, with a gate that only writes down what it is given: when is a push sent, to whom, and what does
 * it build on? Whether its rows are right, whatever is sent late or not at all, is unit_watching.c. The
 * time is the tests' own. */
#include "case.h"
#include "plan.h"

#include "base/clock.h"
#include "service/watches.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNTIES = 240, SENT_MAX = 5000, ARENA_BYTES = 1024 * 1024 };

static const int64_t second_us = 1000000, heartbeat_us = 20 * 1000000, abandoned_us = 120 * 1000000;
static const int64_t no_budget = INT64_MAX / 4;

static int
make_plan(void **state)
{
	(void)state;
	plan_make_wide(&plan, COUNTIES);
	return 0;
}

/* ---------------------------------------------------------------- a centre to watch */

/* What was given to the gate. */
struct sent {
	uint8_t sender; /* the last byte of its id */
	int key;        /* its key's number */
	uint64_t request_id, seq, since;
	int64_t time_us;
	size_t rows;
	unit_code first; /* row's unit */
};

struct centre {
	struct totals *totals;
	struct watches *watches;
	struct as_of as_of;
	int64_t now_us;
	struct envelope_pool pool;
	enum watch_sent answer; /* of the gate */
	uint8_t answer_for;     /* to this sender only; 0: to all */
	size_t count;           /* of pushes since expect_sent() */
	struct sent sent[SENT_MAX];
};

static enum watch_sent
take(void *context, const struct sender *to, const char *public_key, unit_code unit,
     const struct reply *reply)
{
	struct centre *c = context;
	assert_true(unit > 0);
	const struct push *push = &reply->push;
	assert_true(reply->kind == REPLY_PUSH && to->size == 5 && c->count < SENT_MAX);
	c->sent[c->count++] = (struct sent){
	    .sender = to->id[4],
	    .key = atoi(public_key),
	    .request_id = reply->request_id,
	    .seq = push->as_of.seq,
	    .since = push->since_seq,
	    .time_us = push->as_of.time_us,
	    .rows = push->unit_count,
	    .first = push->unit_count ? push->units[0].unit : 0,
	};
	return !c->answer_for || c->answer_for == to->id[4] ? c->answer : WATCH_SENT;
}

static struct centre *
centre_make(void)
{
	struct centre *c = calloc(1, sizeof *c);
	assert_non_null(c);
	c->totals = totals_create(&plan);
	c->watches = watches_create();
	c->now_us = 1000 * second_us;
	assert_true(c->totals && c->watches);
	return c;
}

static void
centre_free(struct centre *c)
{
	watches_destroy(&c->watches);
	watches_destroy(&c->watches); /* twice is fine */
	totals_destroy(&c->totals);
	envelope_pool_free(&c->pool);
	free(c);
}

/* One report of the i-th county in a commit of its own. */
static void
commit(struct centre *c, size_t county)
{
	uint32_t indicator = STAFF;
	int64_t value = 7;
	struct report report = {plan_wide_county(county), 201304, FORM_COUNTY, 1, 0, 1, &indicator, &value, 0};
	report.replaces = totals_revision(c->totals, &report);
	c->as_of.seq++;
	c->as_of.time_us = (int64_t)c->as_of.seq * 1000;
	assert_true(totals_add_report(c->totals, &report, report.replaces + 1, c->as_of.seq, 0));
}

static struct sender
sender_of(uint8_t number)
{
	return (struct sender){5, {9, 9, 9, 9, number}};
}

static void
key_text(int key, char out[KEY_TEXT_BYTES])
{
	snprintf(out, KEY_TEXT_BYTES, "%0*d", KEY_TEXT_BYTES - 1, key);
}

/* As the request of this sender, whose memory is used for others afterwards. */
static bool
add_query(struct centre *c, uint8_t sender, int key, uint64_t id, const struct total_query *query,
          struct problem_list *problems)
{
	static const uint32_t indicators[] = {STAFF, BALANCE};
	char text[KEY_TEXT_BYTES];
	const struct frame frame = {.sender = sender_of(sender)};
	struct envelope *e = envelope_create(&c->pool, &frame);
	assert_non_null(e);
	e->request = (struct request){.id = id, .kind = REQUEST_WATCH, .total = *query};
	uint32_t *own = arena_array(&e->arena, 2, sizeof *own);
	memcpy(own, indicators, sizeof indicators);
	e->request.total.indicators = own;
	e->request.total.indicator_count = 2;
	key_text(key, text);
	bool good = watches_add(c->watches, e, text, &c->as_of, c->now_us, problems);
	memset(own, 0xA5, sizeof indicators);
	envelope_destroy(&e);
	return good;
}

/* Watches a unit's counties. */
static bool
add(struct centre *c, uint8_t sender, uint64_t id, unit_code unit)
{
	struct problem_list problems = {0};
	struct total_query query = {.unit = unit, .from = 201301, .to = 201312, .by = UNIT_COUNTY};
	return add_query(c, sender, 1, id, &query, &problems);
}

static bool
push(struct centre *c)
{
	return watches_push(c->watches, c->totals, &c->as_of, c->now_us, no_budget, take, c);
}

static bool
ack(struct centre *c, uint8_t sender, uint64_t id, uint64_t seq)
{
	struct sender from = sender_of(sender);
	return watches_ack(c->watches, &from, &(struct ack){.watch = id, .seq = seq});
}

/* Exactly this was sent since the last time; looks at the newest only if several were. */
static void
expect_sent(struct centre *c, size_t count, uint64_t id, uint64_t since, uint64_t seq, size_t rows,
            const char *when)
{
	EXPECT(c->count == count, "%s: %zu pushes", when, c->count);
	const struct sent *s = count ? &c->sent[count - 1] : NULL;
	if (s)
		EXPECT(s->request_id == id && s->since == since && s->seq == seq && s->rows == rows,
		       "%s: watch %" PRIu64 " since %" PRIu64 " seq %" PRIu64 " rows %zu", when, s->request_id,
		       s->since, s->seq, s->rows);
	c->count = 0;
}

static void
expect_nothing(struct centre *c, const char *when)
{
	expect_sent(c, 0, 0, 0, 0, 0, when);
}

/* ---------------------------------------------------------------- changes and acknowledgements */

static void
test_changes_below(void **state)
{
	struct centre *c = centre_make();
	(void)state;
	commit(c, 0);
	assert_true(add(c, 1, 10, 2201)); /* of county 0 … 29 */
	assert_true(push(c));
	expect_nothing(c, "what is known already");
	commit(c, 30);
	assert_true(push(c));
	expect_nothing(c, "another prefecture");
	commit(c, 3);
	assert_true(push(c));
	assert_true(c->sent[0].first == plan_wide_county(3) && c->sent[0].sender == 1 && c->sent[0].key == 1);
	assert_true(c->sent[0].time_us == c->as_of.time_us);
	expect_sent(c, 1, 10, 1, 3, 1, "its county");
	assert_true(push(c));
	expect_nothing(c, "the same again");
	centre_free(c);
}

/* Until the last one is acknowledged nothing is sent; then one push has all that changed, since the last. */
static void
test_one_until_acknowledged(void **state)
{
	struct centre *c = centre_make();
	(void)state;
	assert_true(add(c, 1, 10, PROVINCE));
	commit(c, 0);
	assert_true(push(c));
	expect_sent(c, 1, 10, 0, 1, 1, "first");
	for (size_t i = 1; i <= 5; i++) {
		commit(c, i % 3);
		c->now_us += 2 * second_us;
		assert_true(push(c));
	}
	expect_nothing(c, "not acknowledged");
	assert_true(ack(c, 1, 10, 0)); /* an old one */
	assert_true(push(c));
	expect_nothing(c, "an older push acknowledged");
	assert_true(ack(c, 1, 10, 1));
	assert_true(push(c));
	expect_sent(c, 1, 10, 1, 6, 3, "three counties in five commits");
	assert_true(ack(c, 1, 10, 6));
	assert_true(push(c));
	expect_nothing(c, "all is known");
	commit(c, 1);
	assert_true(push(c));
	expect_sent(c, 1, 10, 6, 7, 1, "since the last");
	centre_free(c);
}

static void
test_unknown_watches(void **state)
{
	struct centre *c = centre_make();
	struct sender one = sender_of(1), two = sender_of(2);
	(void)state;
	assert_true(add(c, 1, 10, PROVINCE));
	assert_false(ack(c, 1, 11, 1) || ack(c, 2, 10, 1));
	assert_false(watches_remove(c->watches, &one, 11) || watches_remove(c->watches, &two, 10));
	assert_int_equal(watches_count(c->watches), 1);
	assert_true(watches_remove(c->watches, &one, 10));
	assert_false(watches_remove(c->watches, &one, 10) || ack(c, 1, 10, 1));
	assert_int_equal(watches_count(c->watches), 0);
	commit(c, 0);
	assert_true(push(c));
	expect_nothing(c, "nobody watches");
	centre_free(c);
}

/* The same request id of the same connection is the same watch; of another connection it is another. */
static void
test_replace(void **state)
{
	struct centre *c = centre_make();
	(void)state;
	assert_true(add(c, 1, 10, 2201) && add(c, 2, 10, 2201));
	commit(c, 0);
	assert_true(add(c, 1, 10, 2202)); /* as of commit 1 */
	assert_int_equal(watches_count(c->watches), 2);
	assert_true(push(c));
	assert_int_equal(c->sent[0].sender, 2);
	expect_sent(c, 1, 10, 0, 1, 1, "the other connection's");
	commit(c, 30);
	assert_true(push(c));
	assert_true(c->sent[0].sender == 1 && c->sent[0].first == plan_wide_county(30));
	expect_sent(c, 1, 10, 1, 2, 1, "its new unit");
	assert_true(add(c, 1, 10, 2202)); /* and it owes no acknowledgement */
	commit(c, 31);
	assert_true(push(c));
	expect_sent(c, 1, 10, 2, 3, 1, "replaced while unacknowledged");
	for (uint64_t id = 11; id < 10 + WATCHES_OFFICE_MAX - 1; id++)
		assert_true(add(c, 1, id, 2201));
	assert_true(add(c, 1, 10, 2201)); /* there is always room for the same one */
	assert_int_equal(watches_count(c->watches), WATCHES_OFFICE_MAX);
	centre_free(c);
}

/* ---------------------------------------------------------------- time */

static void
test_heartbeat(void **state)
{
	struct centre *c = centre_make();
	(void)state;
	commit(c, 0);
	assert_true(add(c, 1, 10, 2201));
	int64_t began_us = c->now_us;
	for (; c->now_us < began_us + heartbeat_us; c->now_us += second_us)
		assert_true(push(c));
	expect_nothing(c, "not yet 20 s");
	commit(c, 30);
	assert_true(push(c));
	expect_sent(c, 1, 10, 1, 2, 0, "20 s of silence");
	assert_true(ack(c, 1, 10, 2));
	c->now_us += heartbeat_us / 2;
	commit(c, 1);
	assert_true(push(c));
	expect_sent(c, 1, 10, 2, 3, 1, "a change");
	assert_true(ack(c, 1, 10, 3));
	c->now_us += heartbeat_us - second_us;
	assert_true(push(c));
	expect_nothing(c, "the change was a sign of life");
	c->now_us += second_us;
	assert_true(push(c));
	expect_sent(c, 1, 10, 3, 3, 0, "20 s after the change");
	centre_free(c);
}

static void
test_abandoned(void **state)
{
	struct centre *c = centre_make();
	(void)state;
	assert_true(add(c, 1, 10, 2201) && add(c, 2, 20, 2201));
	commit(c, 0);
	assert_true(push(c));
	assert_int_equal(c->count, 2);
	c->count = 0;
	c->now_us += abandoned_us - second_us;
	assert_true(push(c));
	assert_int_equal(watches_count(c->watches), 2);
	assert_true(ack(c, 2, 20, 1));
	c->now_us += second_us;
	commit(c, 1);
	assert_true(push(c));
	assert_int_equal(watches_count(c->watches), 1);
	expect_sent(c, 1, 20, 1, 2, 1, "who acknowledged after 119 s");
	assert_false(ack(c, 1, 10, 1));
	centre_free(c);
}

/* ---------------------------------------------------------------- a gate that takes nothing */

static void
test_later(void **state)
{
	struct centre *c = centre_make();
	(void)state;
	assert_true(add(c, 1, 10, PROVINCE) && add(c, 2, 20, PROVINCE));
	commit(c, 0);
	c->answer = WATCH_LATER;
	c->answer_for = 1;
	push(c);
	assert_int_equal(c->count, 2); /* both were tried */
	c->count = 0;
	c->now_us += second_us;
	push(c);
	expect_sent(c, 1, 10, 0, 1, 1, "tried again");
	commit(c, 1);
	push(c);
	expect_sent(c, 1, 10, 0, 2, 2, "with what came since");
	c->answer = WATCH_SENT;
	c->now_us += second_us;
	assert_true(push(c));
	expect_sent(c, 1, 10, 0, 2, 2, "taken at last");
	c->now_us += second_us;
	assert_true(push(c));
	expect_nothing(c, "once");
	assert_int_equal(watches_count(c->watches), 2);
	centre_free(c);
}

static void
test_gone(void **state)
{
	struct centre *c = centre_make();
	(void)state;
	for (uint8_t i = 1; i <= 5; i++)
		assert_true(add(c, i, i, PROVINCE));
	c->answer = WATCH_GONE;
	for (uint8_t gone = 1; gone <= 5; gone += 2) {
		c->answer_for = gone;
		commit(c, gone);
		assert_true(push(c));
		assert_int_equal(c->count, watches_count(c->watches) + 1); /* the others were all served */
		assert_false(ack(c, gone, gone, c->as_of.seq));
		for (uint8_t i = 1; i <= 5; i++)
			ack(c, i, i, c->as_of.seq);
		c->count = 0;
	}
	assert_int_equal(watches_count(c->watches), 2);
	c->answer_for = 0;
	commit(c, 0);
	assert_true(push(c));
	assert_int_equal(watches_count(c->watches), 0);
	centre_free(c);
}

/* ---------------------------------------------------------------- limits */

static void
expect_full(struct centre *c, uint8_t sender, int key, int64_t limit)
{
	struct problem_list problems = {0};
	struct total_query query = {.unit = PROVINCE, .from = 201301, .to = 201312};
	size_t before = watches_count(c->watches);
	assert_false(add_query(c, sender, key, 9999, &query, &problems));
	EXPECT(problems.count == 1 && problems.items[0].code == PROBLEM_WATCHES_TOO_MANY &&
	           problems.items[0].limit == limit,
	       "limit %d", (int)limit);
	assert_int_equal(watches_count(c->watches), before);
}

/* 16 of a key, over all its connections; 4,096 of all. */
static void
test_limits(void **state)
{
	enum { KEYS = WATCHES_MAX / WATCHES_OFFICE_MAX };
	struct centre *c = centre_make();
	struct problem_list problems = {0};
	struct total_query query = {.unit = PROVINCE, .from = 201301, .to = 201312};
	struct sender first = sender_of(1);
	(void)state;
	for (int i = 0; i < WATCHES_MAX; i++) {
		int key = i / WATCHES_OFFICE_MAX;
		assert_true(add_query(c, (uint8_t)(i % 2 + 1), key, (uint64_t)i, &query, &problems));
		if (i % WATCHES_OFFICE_MAX == WATCHES_OFFICE_MAX - 1)
			expect_full(c, 3, key, WATCHES_OFFICE_MAX);
	}
	assert_int_equal(watches_count(c->watches), WATCHES_MAX);
	expect_full(c, 3, KEYS, WATCHES_MAX);
	assert_true(watches_remove(c->watches, &first, 0));
	assert_true(add_query(c, 3, KEYS, 0, &query, &problems)); /* whose ever it was */
	expect_full(c, 1, 0, WATCHES_MAX);
	assert_true(watches_remove(c->watches, &(struct sender){5, {9, 9, 9, 9, 3}}, 0));
	assert_true(add_query(c, 3, 0, 0, &query, &problems)); /* of another connection of the key */
	expect_full(c, 3, 0, WATCHES_OFFICE_MAX);
	assert_int_equal(problems.count, 0);
	centre_free(c);
}

/* A push has 200 rows and no more: more are asked for, which a gap tells. */
static void
test_rows(void **state)
{
	static const struct {
		size_t changed, rows;
	} cases[] = {{1, 1}, {PUSH_ROWS_MAX, PUSH_ROWS_MAX}, {PUSH_ROWS_MAX + 1, 0}, {COUNTIES, 0}, {2, 2}};
	struct centre *c = centre_make();
	(void)state;
	assert_true(add(c, 1, 10, PROVINCE));
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t before = c->as_of.seq;
		for (size_t k = 0; k < cases[i].changed; k++)
			commit(c, k);
		assert_true(push(c));
		uint64_t since = cases[i].rows ? before : c->as_of.seq;
		expect_sent(c, 1, 10, since, c->as_of.seq, cases[i].rows, "rows");
		assert_true(ack(c, 1, 10, c->as_of.seq));
	}
	centre_free(c);
}

/* The two thousandth is as good as the first one. */
static void
test_many_pushes(void **state)
{
	enum { PUSHES = 2000 };
	struct centre *c = centre_make();
	(void)state;
	assert_true(add(c, 1, 10, PROVINCE));
	for (int i = 0; i < PUSHES; i++) {
		uint64_t before = c->as_of.seq;
		for (size_t k = 0; k < PUSH_ROWS_MAX; k++)
			commit(c, k);
		assert_true(push(c));
		expect_sent(c, 1, 10, before, c->as_of.seq, PUSH_ROWS_MAX, "many rows");
		assert_true(ack(c, 1, 10, c->as_of.seq));
	}
	centre_free(c);
}

/* ---------------------------------------------------------------- lines that are gone */

static bool
all_but_line_2(void *context, const struct sender *sender, const char *public_key)
{
	size_t *asked = context;
	(void)public_key;
	++*asked;
	return sender->id[4] != 2;
}

/* Nobody is sent anything: a push that is on its way has not been acknowledged. */
static void
test_drop_gone(void **state)
{
	struct centre *c = centre_make();
	struct problem_list problems = {0};
	struct total_query query = {.unit = PROVINCE, .from = 201301, .to = 201312};
	char key[KEY_TEXT_BYTES];
	size_t asked = 0;
	(void)state;
	commit(c, 0);
	for (uint8_t i = 1; i <= 4; i++)
		assert_true(add_query(c, i, i < 4 ? 1 : 2, i, &query, &problems));
	commit(c, 1);
	key_text(1, key);
	watches_drop_gone(c->watches, key, all_but_line_2, &asked);
	expect_nothing(c, "those that stand");
	assert_true(asked == 3 && watches_count(c->watches) == 3);
	assert_false(ack(c, 2, 2, 1));
	assert_true(push(c)); /* the others go on */
	assert_int_equal(c->count, 3);
	key_text(3, key);
	watches_drop_gone(c->watches, key, all_but_line_2, &asked);
	assert_true(asked == 3 && watches_count(c->watches) == 3);
	centre_free(c);
}

static bool
only_key_2(void *context, const char *public_key)
{
	char key[KEY_TEXT_BYTES];
	(void)context;
	key_text(2, key);
	return !strcmp(public_key, key);
}

static void
note_told(void *context, const struct sender *to, const char *public_key, uint64_t request_id)
{
	struct centre *c = context;
	assert_false(only_key_2(NULL, public_key));
	c->sent[c->count++] = (struct sent){.sender = to->id[4], .request_id = request_id};
}

/* A key is revoked: each of its watches is told once and gets no push; the others go on. */
static void
test_expel(void **state)
{
	struct centre *c = centre_make();
	struct problem_list problems = {0};
	struct total_query query = {.unit = PROVINCE, .from = 201301, .to = 201312};
	(void)state;
	commit(c, 0);
	for (uint8_t i = 1; i <= 4; i++)
		assert_true(add_query(c, i, i < 4 ? 1 : 2, i, &query, &problems));
	watches_expel(c->watches, only_key_2, note_told, c);
	assert_int_equal(c->count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(c->sent[i].request_id == c->sent[i].sender && c->sent[i].sender < 4);
	assert_int_equal(watches_count(c->watches), 1);
	c->count = 0;
	commit(c, 1);
	assert_true(push(c));
	assert_true(c->count == 1 && c->sent[0].sender == 4);
	c->count = 0;
	watches_expel(c->watches, only_key_2, note_told, c);
	assert_int_equal(c->count, 0);
	centre_free(c);
}

/* ---------------------------------------------------------------- turns */

/* Without any time, each call still serves one; all are served before one is served twice. */
static void
test_budget(void **state)
{
	enum { WATCHES = 100, ROUNDS = 4 };
	struct centre *c = centre_make();
	(void)state;
	c->now_us = clock_steady_us() - 3600 * second_us;
	for (uint8_t i = 1; i <= WATCHES; i++) {
		struct problem_list problems = {0};
		struct total_query query = {.unit = PROVINCE, .from = 201301, .to = 201312};
		assert_true(add_query(c, i, i % 10, i, &query, &problems));
	}
	for (int round = 0; round < ROUNDS; round++) {
		int served[WATCHES + 1] = {0};
		commit(c, (size_t)round);
		for (int call = 1; call <= WATCHES; call++) {
			bool all = watches_push(c->watches, c->totals, &c->as_of, c->now_us, 0, take, c);
			EXPECT(c->count == (size_t)call && (!all || call == WATCHES), "round %d call %d", round, call);
			served[c->sent[c->count - 1].sender]++;
		}
		c->count = 0;
		assert_true(push(c));
		expect_nothing(c, "all have it");
		for (uint8_t i = 1; i <= WATCHES; i++)
			EXPECT(served[i] == 1 && ack(c, i, i, c->as_of.seq), "round %d watch %d: %d", round, i,
			       served[i]);
	}
	centre_free(c);
}

/* Those whose turn it is may go or be taken away; the others still get theirs. */
static void
test_budget_and_gone(void **state)
{
	enum { WATCHES = 60 };
	struct centre *c = centre_make();
	struct problem_list problems = {0};
	struct total_query query = {.unit = PROVINCE, .from = 201301, .to = 201312};
	size_t gone = 0, served = 0;
	(void)state;
	c->now_us = clock_steady_us() - 3600 * second_us;
	for (uint8_t i = 1; i <= WATCHES; i++)
		assert_true(add_query(c, i, i % 10, i, &query, &problems));
	commit(c, 0);
	for (int call = 0; call < WATCHES && served + gone < WATCHES; call++) {
		c->answer = call % 3 == 1 ? WATCH_GONE : WATCH_SENT;
		c->count = 0;
		watches_push(c->watches, c->totals, &c->as_of, c->now_us, 0, take, c);
		assert_int_equal(c->count, 1);
		gone += call % 3 == 1;
		served += call % 3 != 1;
		uint8_t last = c->sent[0].sender;
		struct sender sender = sender_of(last);
		/* The one that was just served goes by itself, and another one comes. */
		if (call % 3 == 2) {
			assert_true(watches_remove(c->watches, &sender, last));
			assert_true(add_query(c, last, last % 10, last + 100U, &query, &problems));
		}
	}
	assert_true(gone == WATCHES / 3 && served == WATCHES - gone);
	assert_int_equal(watches_count(c->watches), served);
	c->count = 0;
	assert_true(push(c));
	expect_nothing(c, "all have it");
	centre_free(c);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_changes_below),   cmocka_unit_test(test_one_until_acknowledged),
	    cmocka_unit_test(test_unknown_watches), cmocka_unit_test(test_replace),
	    cmocka_unit_test(test_heartbeat),       cmocka_unit_test(test_abandoned),
	    cmocka_unit_test(test_later),           cmocka_unit_test(test_gone),
	    cmocka_unit_test(test_limits),          cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_many_pushes),     cmocka_unit_test(test_drop_gone),
	    cmocka_unit_test(test_expel),           cmocka_unit_test(test_budget),
	    cmocka_unit_test(test_budget_and_gone),
	};
	return cmocka_run_group_tests(tests, make_plan, plan_teardown);
}
