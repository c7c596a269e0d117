/* Does the centre still have what it receipted? A real outbox, and a centre that answers from an array. */
#include "case.h"

#include "outbox/recheck.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ITEMS_MAX = 1000 };

static char directory[32], path[64];
static struct outbox *box;
static const char old_history[] = "5e2bb7c0-8d1c-4d6b-9a53-6c3f5e0c9f01",
                  new_history[] = "c1a5ad1f-13a3-4a8e-8c1f-3b7f1a2b4c5d";

/* What the centre has, and what it says of itself. */
static struct {
	struct submission_id ids[ITEMS_MAX];
	uint64_t seqs[ITEMS_MAX];
	size_t count;
	const char *history, *key;
	bool away;              /* its database */
	uint64_t seq, seq_soon; /* seq_soon: what it says when it is asked again; 0: the same */
	size_t questions;
} centre;

static int
set_up(void **state)
{
	char error[OUTBOX_ERROR_BYTES] = "";
	(void)state;
	memset(&centre, 0, sizeof centre);
	centre.history = old_history;
	centre.key = "one";
	strcpy(directory, "unit_recheck.XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/outbox.db", directory);
	box = outbox_open(path, error);
	EXPECT(box, "%s", error);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	outbox_close(&box);
	unlink(path);
	return rmdir(directory);
}

/* Saved here, and receipted as commit `seq`, which the centre has. */
static int64_t
receipted(uint64_t seq)
{
	char content[32];
	snprintf(content, sizeof content, "%llu %zu", (unsigned long long)seq, centre.count);
	struct outbox_item item = {.id = submission_id_new(INT64_C(1365955200000000)),
	                           .digest = digest_of(content, strlen(content)),
	                           .files = "a.csv",
	                           .places = "",
	                           .bytes = (const uint8_t *)content,
	                           .size = strlen(content)};
	struct receipt receipt = {item.id, item.digest, seq, 1, 0, 1};
	int64_t position = 0;
	assert_true(outbox_add(box, &item, &item.digest, &position));
	assert_true(outbox_set_receipt(box, position, &receipt));
	centre.ids[centre.count] = item.id;
	centre.seqs[centre.count++] = seq;
	centre.seq = seq;
	return position;
}

static void
answer(const struct request *request, struct reply *out)
{
	centre.questions++;
	if (request->kind == REQUEST_PING) {
		centre.seq = centre.seq_soon ? centre.seq_soon : centre.seq;
		*out = (struct reply){.kind = REPLY_PONG,
		                      .pong = {.as_of = {.seq = centre.seq}, .store_ready = !centre.away}};
		return;
	}
	*out = (struct reply){.kind = REPLY_STATUS, .status = {.id = request->status}};
	for (size_t i = 0; i < centre.count; i++)
		if (submission_id_equal(&centre.ids[i], &request->status)) {
			out->status.state = SUBMISSION_COMMITTED;
			out->status.receipt = (struct receipt){.id = centre.ids[i], .seq = centre.seqs[i]};
		}
}

/* Says hello; returns how many are lost then. */
static size_t
greet(void)
{
	const struct welcome welcome = {.history = centre.history, .as_of = {.seq = centre.seq}};
	struct recheck r;
	struct request request;
	struct reply reply;
	enum reply_kind kind;
	struct outbox_kept kept;
	centre.questions = 0;
	assert_true(recheck_begin(&r, box, &welcome, centre.key));
	/* Instead of two seconds. */
	r.until_us = 0;
	while (recheck_next(&r, &request, &kind)) {
		answer(&request, &reply);
		assert_int_equal(reply.kind, kind);
		assert_true(recheck_take(&r, &reply));
	}
	assert_true(outbox_get_kept(box, &kept));
	return kept.lost;
}

static enum outbox_state
state_of(int64_t position)
{
	struct outbox_item item;
	assert_true(outbox_get(box, position, &item));
	return item.state;
}

static void
test_all_is_there(void **state)
{
	(void)state;
	assert_int_equal(greet(), 0);
	assert_int_equal(centre.questions, 0);
	receipted(4);
	receipted(9);
	assert_int_equal(greet(), 0);
	assert_int_equal(centre.questions, 0);
	/* Others commit, too. */
	centre.seq = 100;
	assert_int_equal(greet(), 0);
	assert_int_equal(centre.questions, 0);
}

/* A home of before this was known asks once for the newest. */
static void
test_first_time(void **state)
{
	(void)state;
	receipted(4);
	receipted(9);
	assert_int_equal(greet(), 0);
	assert_int_equal(centre.questions, 2);
	assert_int_equal(greet(), 0);
	assert_int_equal(centre.questions, 0);
}

/* Of a drill, then of the real centre: nothing of the former is lost to the latter, or may be sent to it. */
static void
test_another_centre(void **state)
{
	size_t count;
	(void)state;
	greet();
	int64_t practice = receipted(4);
	receipted(6);
	centre.key = "two";
	centre.history = new_history;
	centre.count = 0;
	centre.seq = 0;
	assert_int_equal(greet(), 0);
	assert_int_equal(centre.questions, 0);
	assert_true(outbox_retry_lost(box, &count) && !count);
	assert_int_equal(state_of(practice), OUTBOX_RECEIPTED);
	/* What it receipts itself is another matter. */
	int64_t real = receipted(1);
	centre.count = 0;
	centre.seq = 0;
	assert_int_equal(greet(), 1);
	assert_int_equal(state_of(real), OUTBOX_LOST);
	assert_int_equal(state_of(practice), OUTBOX_RECEIPTED);
}

/* Before that was known: a centre that has none of them is another one. */
static void
test_another_centre_at_first(void **state)
{
	(void)state;
	receipted(4);
	centre.count = 0;
	assert_int_equal(greet(), 0);
	assert_int_equal(greet(), 0);
}

/* It has no line to the database: what it does not know says nothing. */
static void
test_centre_without_database(void **state)
{
	(void)state;
	greet();
	int64_t position = receipted(9);
	centre.count = 0;
	centre.seq = 3;
	centre.away = true;
	assert_int_equal(greet(), 0);
	assert_int_equal(state_of(position), OUTBOX_RECEIPTED);
	centre.away = false;
	assert_int_equal(greet(), 1);
}

static void
test_set_back(void **state)
{
	(void)state;
	greet();
	int64_t kept = receipted(4), lost = receipted(6), lost_too = receipted(9);
	centre.count = 1;
	centre.seq = 5;
	assert_int_equal(greet(), 2);
	assert_int_equal(state_of(kept), OUTBOX_RECEIPTED);
	assert_int_equal(state_of(lost), OUTBOX_LOST);
	assert_int_equal(state_of(lost_too), OUTBOX_LOST);
	/* It is told each time, for one question. */
	assert_int_equal(greet(), 2);
	assert_int_equal(centre.questions, 1);
}

/* As many commits as were lost, under the same numbers. */
static void
test_went_on(void **state)
{
	(void)state;
	greet();
	int64_t kept = receipted(4), lost = receipted(6);
	centre.count = 1;
	centre.history = new_history;
	centre.seq = 50;
	assert_int_equal(greet(), 1);
	assert_int_equal(state_of(lost), OUTBOX_LOST);
	int64_t after = receipted(51);
	assert_int_equal(greet(), 1);
	assert_int_equal(state_of(kept), OUTBOX_RECEIPTED);
	assert_int_equal(state_of(after), OUTBOX_RECEIPTED);
	assert_int_equal(centre.questions, 1);
}

static void
test_everything_is_lost(void **state)
{
	(void)state;
	greet();
	receipted(1);
	receipted(2);
	centre.count = 0;
	centre.history = new_history;
	assert_int_equal(greet(), 2);
}

/* One of two centres on one database, which knows of a commit a moment later. */
static void
test_only_behind(void **state)
{
	(void)state;
	greet();
	int64_t position = receipted(9);
	centre.seq = 8;
	centre.seq_soon = 9;
	assert_int_equal(greet(), 0);
	assert_int_equal(centre.questions, 1);
	assert_int_equal(state_of(position), OUTBOX_RECEIPTED);
}

/* The newer database is brought back. */
static void
test_brought_back(void **state)
{
	(void)state;
	greet();
	receipted(4);
	int64_t lost = receipted(6), lost_too = receipted(9);
	centre.count = 1;
	centre.history = new_history;
	assert_int_equal(greet(), 2);
	centre.count = 3;
	centre.history = old_history;
	assert_int_equal(greet(), 0);
	assert_int_equal(state_of(lost), OUTBOX_RECEIPTED);
	assert_int_equal(state_of(lost_too), OUTBOX_RECEIPTED);
}

/* Its id is there, under another number: it was sent again from a copy of this home. */
static void
test_another_number(void **state)
{
	struct outbox_item item;
	(void)state;
	greet();
	int64_t position = receipted(6);
	centre.count = 0;
	centre.seq = 3;
	assert_int_equal(greet(), 1);
	centre.count = 1;
	centre.seqs[0] = 5;
	centre.seq = 5;
	assert_int_equal(greet(), 0);
	assert_true(outbox_get(box, position, &item));
	assert_int_equal(item.receipt.seq, 5);
}

static void
test_centre_that_tells_no_history(void **state)
{
	(void)state;
	centre.history = "";
	receipted(4);
	receipted(6);
	assert_int_equal(greet(), 0);
	assert_int_equal(centre.questions, 0);
	centre.count = 1;
	centre.seq = 4;
	assert_int_equal(greet(), 1);
}

/* However many there are: few questions, and the right ones are lost. */
static void
test_where_it_ends(void **state)
{
	int64_t positions[ITEMS_MAX];
	(void)state;
	greet();
	assert_true(outbox_begin(box));
	for (size_t i = 0; i < ITEMS_MAX; i++)
		positions[i] = receipted(2 * i + 1);
	assert_true(outbox_commit(box));
	for (size_t end = 0; end <= ITEMS_MAX; end += 37) {
		/* Each time another database, which has less. */
		size_t kept = ITEMS_MAX - end;
		char history[HISTORY_BYTES];
		snprintf(history, sizeof history, "%zu", kept);
		centre.history = history;
		centre.count = kept;
		centre.seq = ITEMS_MAX * 3;
		EXPECT(greet() == end, "%zu kept", kept);
		EXPECT(centre.questions < 14, "%zu kept: %zu questions", kept, centre.questions);
		if (kept < ITEMS_MAX)
			assert_int_equal(state_of(positions[kept]), OUTBOX_LOST);
		if (kept)
			assert_int_equal(state_of(positions[kept - 1]), OUTBOX_RECEIPTED);
	}
}

struct order {
	int64_t positions[8];
	size_t count;
};

static void
note_order(void *context, const struct outbox_item *item)
{
	struct order *order = context;
	order->positions[order->count++] = item->position;
}

/* In the order of their commits, and before what was saved since. */
static void
test_sent_again(void **state)
{
	static const char content[] = "new";
	struct order order = {0};
	size_t count = 0;
	(void)state;
	greet();
	int64_t second = receipted(8), first = receipted(7), third = receipted(9), position;
	struct outbox_item item = {
	    .id = submission_id_new(1), .files = "", .places = "", .bytes = (const uint8_t *)content};
	item.digest = digest_of(content, sizeof content);
	assert_true(outbox_add(box, &item, &item.digest, &position));
	centre.count = 0;
	centre.seq = 0;
	assert_int_equal(greet(), 3);
	assert_true(outbox_retry_lost(box, &count));
	assert_int_equal(count, 3);
	assert_true(outbox_each(box, OUTBOX_WAITING, INT64_MAX, note_order, &order));
	const int64_t wanted[] = {first, second, third, position};
	assert_int_equal(order.count, COUNT(wanted));
	assert_memory_equal(order.positions, wanted, sizeof wanted);
	assert_int_equal(greet(), 0);
	assert_true(outbox_retry_lost(box, &count));
	assert_int_equal(count, 0);
}

/* A lost one may be given up; the same content again is the same submission. */
static void
test_given_up(void **state)
{
	struct outbox_item item;
	int64_t position;
	(void)state;
	greet();
	int64_t dropped = receipted(7), again = receipted(8);
	centre.count = 0;
	centre.seq = 0;
	assert_int_equal(greet(), 2);
	assert_true(outbox_set_dropped(box, dropped));
	assert_int_equal(state_of(dropped), OUTBOX_DROPPED);
	assert_true(outbox_get(box, again, &item));
	struct digest content = item.digest;
	assert_true(outbox_add(box, &item, &content, &position));
	assert_int_equal(position, again);
	assert_int_equal(state_of(again), OUTBOX_WAITING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_all_is_there, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_first_time, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_another_centre, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_another_centre_at_first, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_centre_without_database, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_set_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_went_on, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_everything_is_lost, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_only_behind, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_brought_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_another_number, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_centre_that_tells_no_history, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_where_it_ends, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_sent_again, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_given_up, set_up, tear_down),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
