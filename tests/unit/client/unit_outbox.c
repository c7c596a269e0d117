/* The outbox: what is in it stays, once, in order, with what became of it. */
#include "case.h"

#include "outbox/outbox.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_ROOM = 64 };

/* Each test has a directory of its own. */
struct box {
	char directory[PATH_ROOM / 2], path[PATH_ROOM];
	struct outbox *outbox;
};

static struct outbox *
open_box(const struct box *box)
{
	char error[OUTBOX_ERROR_BYTES] = "";
	struct outbox *outbox = outbox_open(box->path, error);
	EXPECT(outbox, "%s", error);
	return outbox;
}

static int
set_up(void **state)
{
	struct box *box = calloc(1, sizeof *box);
	if (!box)
		return -1;
	strcpy(box->directory, "unit_outbox.XXXXXX");
	if (!mkdtemp(box->directory))
		return -1;
	snprintf(box->path, sizeof box->path, "%s/outbox.db", box->directory);
	box->outbox = open_box(box);
	*state = box;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	struct box *box = *state;
	outbox_close(&box->outbox);
	outbox_close(&box->outbox); /* twice is fine */
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		char path[PATH_ROOM + 8];
		snprintf(path, sizeof path, "%s%s", box->path, suffixes[i]);
		unlink(path);
	}
	int result = rmdir(box->directory);
	free(box);
	return result;
}

static struct outbox_item
an_item(const char *content)
{
	return (struct outbox_item){
	    .id = submission_id_new(INT64_C(1365955200000000)),
	    .digest = digest_of(content, strlen(content)),
	    .created_us = INT64_C(1365955200000000),
	    .files = "county.csv funds.csv",
	    .places = "county.csv:2\nfunds.csv:3\n",
	    .bytes = (const uint8_t *)content,
	    .size = strlen(content),
	};
}

/* Adds with a fresh id; returns the position. */
static int64_t
add(struct outbox *outbox, const char *content)
{
	struct outbox_item item = an_item(content);
	int64_t position = 0;
	EXPECT(outbox_add(outbox, &item, &item.digest, &position), "%s", outbox_error(outbox));
	return position;
}

static struct receipt
receipt_for(const struct outbox_item *item, uint64_t seq)
{
	return (struct receipt){item->id, item->digest, seq, INT64_C(1365955300000001), 2, 1};
}

struct seen {
	size_t count;
	int64_t positions[8];
	enum outbox_state states[8];
};

static void
take(void *context, const struct outbox_item *item)
{
	struct seen *seen = context;
	assert_true(seen->count < COUNT(seen->positions));
	seen->states[seen->count] = item->state;
	seen->positions[seen->count++] = item->position;
}

static size_t
count_of(struct outbox *outbox, int state)
{
	struct seen seen = {0};
	assert_true(outbox_each(outbox, state, 100, take, &seen));
	return seen.count;
}

static void
test_add(void **state)
{
	struct outbox *o = ((struct box *)*state)->outbox;
	struct outbox_item item = an_item("a"), out;
	int64_t position = 0;
	item.bytes = (const uint8_t *)"a\0b"; /* bytes, not text */
	item.size = 3;
	assert_true(outbox_add(o, &item, &item.digest, &position));
	assert_true(position > 0);
	assert_true(outbox_get(o, position, &out));
	assert_int_equal(out.position, position);
	assert_true(submission_id_equal(&out.id, &item.id));
	assert_true(digest_equal(&out.digest, &item.digest));
	assert_int_equal(out.created_us, item.created_us);
	assert_int_equal(out.state, OUTBOX_WAITING);
	assert_string_equal(out.files, item.files);
	assert_string_equal(out.places, item.places);
	assert_int_equal(out.size, 3);
	assert_memory_equal(out.bytes, "a\0b", 3);
	assert_string_equal(out.problems, "");
	assert_false(outbox_get(o, position + 1, &out));
	/* The same id with other content is a mistake of ours, never two rows. */
	struct digest other = digest_of("other", 5);
	assert_false(outbox_add(o, &item, &other, &position));
	assert_true(*outbox_error(o));
	assert_int_equal(count_of(o, -1), 1);
}

static void
test_not_twice(void **state)
{
	struct outbox *o = ((struct box *)*state)->outbox;
	int64_t first = add(o, "a"), second = add(o, "b");
	assert_true(second > first);
	assert_int_equal(add(o, "a"), first);
	assert_int_equal(add(o, "b"), second);
	assert_int_equal(count_of(o, -1), 2);
	/* What has its receipt goes again under its first id: the centre answers with the first receipt. */
	struct outbox_item item;
	assert_true(outbox_get(o, first, &item));
	struct receipt receipt = receipt_for(&item, 1);
	assert_true(outbox_set_receipt(o, first, &receipt));
	assert_int_equal(count_of(o, OUTBOX_WAITING), 1);
	assert_int_equal(add(o, "a"), first);
	/* What was refused is a new submission when it comes again. */
	assert_true(outbox_set_refused(o, second, "a reason"));
	assert_true(add(o, "b") > second);
	assert_int_equal(count_of(o, -1), 3);
	assert_int_equal(count_of(o, OUTBOX_WAITING), 2);
}

static void
check_receipt(struct outbox *o, int64_t position)
{
	struct outbox_item item;
	assert_true(outbox_get(o, position, &item));
	assert_int_equal(item.state, OUTBOX_RECEIPTED);
	assert_true(submission_id_equal(&item.receipt.id, &item.id));
	assert_true(digest_equal(&item.receipt.digest, &item.digest));
	assert_int_equal(item.receipt.seq, 17);
	assert_int_equal(item.receipt.time_us, INT64_C(1365955300000001));
	assert_int_equal(item.receipt.report_count, 2);
	assert_int_equal(item.receipt.entry_count, 1);
	assert_string_equal(item.problems, "");
}

static void
test_receipt_is_final(void **state)
{
	struct outbox *o = ((struct box *)*state)->outbox;
	struct outbox_item item;
	int64_t position = add(o, "a"), other = add(o, "b");
	assert_true(outbox_get(o, position, &item));
	struct receipt receipt = receipt_for(&item, 17);
	assert_true(outbox_set_receipt(o, position, &receipt));
	check_receipt(o, position);
	assert_true(outbox_set_refused(o, position, "late"));
	check_receipt(o, position);
	assert_true(outbox_get(o, other, &item));
	assert_int_equal(item.state, OUTBOX_WAITING); /* only the one meant has changed */
}

static void
test_refused(void **state)
{
	struct outbox *o = ((struct box *)*state)->outbox;
	struct outbox_item item;
	int64_t position = add(o, "a");
	assert_true(outbox_set_refused(o, position, "county.csv: row 2: 800,000.00 exceeds …\nanother"));
	assert_true(outbox_get(o, position, &item));
	assert_int_equal(item.state, OUTBOX_REFUSED);
	assert_string_equal(item.problems, "county.csv: row 2: 800,000.00 exceeds …\nanother");
	/* A receipt that was on its way wins: it means "on disk". */
	struct receipt receipt = receipt_for(&item, 17);
	assert_true(outbox_set_receipt(o, position, &receipt));
	check_receipt(o, position);
}

static void
test_each(void **state)
{
	struct outbox *o = ((struct box *)*state)->outbox;
	static const char *const contents[] = {"a", "b", "c", "d", "e"};
	int64_t positions[COUNT(contents)];
	struct seen seen = {0};
	for (size_t i = 0; i < COUNT(contents); i++)
		positions[i] = add(o, contents[i]);
	assert_true(outbox_set_refused(o, positions[1], "no"));
	assert_true(outbox_each(o, -1, 100, take, &seen));
	assert_int_equal(seen.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(seen.positions[i], positions[i]);
	seen.count = 0;
	assert_true(outbox_each(o, OUTBOX_WAITING, 2, take, &seen)); /* the two newest, newest last */
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.positions[0], positions[3]);
	assert_int_equal(seen.positions[1], positions[4]);
	seen.count = 0;
	assert_true(outbox_each(o, OUTBOX_REFUSED, 100, take, &seen));
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.positions[0], positions[1]);
	assert_int_equal(seen.states[0], OUTBOX_REFUSED);
	assert_int_equal(count_of(o, OUTBOX_RECEIPTED), 0);
}

static void
test_reopen(void **state)
{
	struct box *box = *state;
	struct outbox_item item;
	int64_t first = add(box->outbox, "a"), second = add(box->outbox, "b");
	assert_true(outbox_get(box->outbox, first, &item));
	struct receipt receipt = receipt_for(&item, 17);
	assert_true(outbox_set_receipt(box->outbox, first, &receipt));
	outbox_close(&box->outbox);
	assert_null(box->outbox);
	box->outbox = open_box(box);
	check_receipt(box->outbox, first);
	assert_int_equal(count_of(box->outbox, -1), 2);
	assert_int_equal(count_of(box->outbox, OUTBOX_WAITING), 1);
	assert_int_equal(add(box->outbox, "b"), second);
	assert_true(add(box->outbox, "c") > second);
}

/* What was begun and not committed was never there. */
static void
test_transaction(void **state)
{
	struct box *box = *state;
	assert_true(outbox_begin(box->outbox));
	add(box->outbox, "a");
	add(box->outbox, "b");
	outbox_close(&box->outbox);
	box->outbox = open_box(box);
	assert_int_equal(count_of(box->outbox, -1), 0);
	assert_true(outbox_begin(box->outbox));
	int64_t a = add(box->outbox, "a");
	assert_int_equal(add(box->outbox, "a"), a);
	assert_true(outbox_commit(box->outbox));
	assert_false(outbox_commit(box->outbox)); /* nothing begun */
	outbox_close(&box->outbox);
	box->outbox = open_box(box);
	assert_int_equal(count_of(box->outbox, -1), 1);
}

/* Two clients on one outbox see the same. */
static void
test_two_handles(void **state)
{
	struct box *box = *state;
	struct outbox *other = open_box(box);
	struct outbox_item item;
	int64_t position = add(box->outbox, "a");
	assert_int_equal(add(other, "a"), position);
	int64_t next = add(other, "b");
	assert_int_equal(count_of(box->outbox, OUTBOX_WAITING), 2);
	assert_true(outbox_get(other, position, &item));
	struct receipt receipt = receipt_for(&item, 17);
	assert_true(outbox_set_receipt(box->outbox, position, &receipt));
	assert_true(outbox_set_refused(other, position, "late"));
	check_receipt(other, position);
	/* What one holds open in a transaction, the other does not see. */
	assert_true(outbox_begin(box->outbox));
	assert_true(add(box->outbox, "c") > next);
	assert_int_equal(count_of(other, -1), 2);
	assert_true(outbox_commit(box->outbox));
	assert_int_equal(count_of(other, -1), 3);
	outbox_close(&other);
}

/* What one read does not keep it from writing after the other wrote: an item that was got holds no
 * transaction open. */
static void
test_get_holds_nothing(void **state)
{
	struct box *box = *state;
	struct outbox *other = open_box(box);
	struct outbox_item item;
	int64_t position = add(box->outbox, "a");
	assert_true(outbox_get(box->outbox, position, &item));
	struct receipt receipt = receipt_for(&item, 17);
	add(other, "b");
	assert_int_equal(count_of(box->outbox, -1), 2);
	bool good = outbox_set_receipt(box->outbox, position, &receipt);
	EXPECT(good, "%s", outbox_error(box->outbox));
	check_receipt(other, position);
	outbox_close(&other);
}

static void
test_no_file(void **state)
{
	struct box *box = *state;
	char error[OUTBOX_ERROR_BYTES] = "", path[2 * PATH_ROOM];
	snprintf(path, sizeof path, "%s/none/outbox.db", box->directory);
	assert_null(outbox_open(path, error));
	assert_true(*error);
	assert_null(outbox_open(box->directory, error)); /* a directory */
}

/* What a child of test_opened_at_once() does when `start` closes; its exit status. */
static int
open_when_told(const char *path, int start)
{
	char error[OUTBOX_ERROR_BYTES] = "", byte;
	if (read(start, &byte, 1) != 0)
		return 2;
	struct outbox *outbox = outbox_open(path, error);
	if (!outbox) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	bool good = outbox_begin(outbox) && outbox_commit(outbox);
	if (!good)
		fprintf(stderr, "%s\n", outbox_error(outbox));
	outbox_close(&outbox);
	return good ? 0 : 1;
}

/* Programs that make the same outbox at the same moment wait for each other: none is turned away. */
static void
test_opened_at_once(void **state)
{
	enum { ROUNDS = 25, PROGRAMS = 6 };
	struct box *box = *state;
	for (int round = 0; round < ROUNDS; round++) {
		int start[2];
		pid_t programs[PROGRAMS];
		outbox_close(&box->outbox);
		assert_return_code(unlink(box->path), 0);
		assert_return_code(pipe(start), 0);
		for (size_t i = 0; i < PROGRAMS; i++) {
			programs[i] = fork();
			assert_return_code(programs[i], 0);
			if (programs[i] == 0) {
				close(start[1]);
				_exit(open_when_told(box->path, start[0]));
			}
		}
		close(start[0]);
		close(start[1]);
		for (size_t i = 0; i < PROGRAMS; i++) {
			int status = -1;
			assert_int_equal(waitpid(programs[i], &status, 0), programs[i]);
			assert_int_equal(status, 0);
		}
		box->outbox = open_box(box);
	}
}

#define BOX_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    BOX_TEST(test_add),         BOX_TEST(test_not_twice),      BOX_TEST(test_receipt_is_final),
	    BOX_TEST(test_refused),     BOX_TEST(test_each),           BOX_TEST(test_reopen),
	    BOX_TEST(test_transaction), BOX_TEST(test_two_handles),    BOX_TEST(test_get_holds_nothing),
	    BOX_TEST(test_no_file),     BOX_TEST(test_opened_at_once),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
