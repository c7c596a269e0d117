/* The outbox, further: what is dropped or waits again, what went into sealed files, clocks that are wrong, a
 * disk that is full. */
#include "case.h"

#include "outbox/outbox.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_ROOM = 64 };

static char directory[PATH_ROOM / 2], path[PATH_ROOM];
static struct outbox *box;

static struct outbox *
open_box(void)
{
	char error[OUTBOX_ERROR_BYTES] = "";
	struct outbox *outbox = outbox_open(path, error);
	EXPECT(outbox, "%s", error);
	return outbox;
}

static int
set_up(void **state)
{
	(void)state;
	strcpy(directory, "unit_outbox_states.XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/outbox.db", directory);
	box = open_box();
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

static struct outbox_item
an_item(const char *content, int64_t time_us)
{
	return (struct outbox_item){.id = submission_id_new(time_us),
	                            .digest = digest_of(content, strlen(content)),
	                            .created_us = time_us,
	                            .files = "a.csv",
	                            .places = "a.csv:2\n",
	                            .bytes = (const uint8_t *)content,
	                            .size = strlen(content)};
}

static int64_t
add(const char *content)
{
	struct outbox_item item = an_item(content, INT64_C(1365955200000000));
	int64_t position = 0;
	EXPECT(outbox_add(box, &item, &item.digest, &position), "%s", outbox_error(box));
	return position;
}

static enum outbox_state
state_of(int64_t position)
{
	struct outbox_item item;
	assert_true(outbox_get(box, position, &item));
	return item.state;
}

static void
receive(int64_t position)
{
	struct outbox_item item;
	assert_true(outbox_get(box, position, &item));
	struct receipt receipt = {item.id, item.digest, 17, 1, 2, 1};
	assert_true(outbox_set_receipt(box, position, &receipt));
}

/* ---------------------------------------------------------------- states */

static void
test_dropped(void **state)
{
	int64_t refused = add("a"), waiting = add("b"), received = add("c");
	(void)state;
	assert_true(outbox_set_refused(box, refused, "no"));
	receive(received);
	assert_true(outbox_set_dropped(box, refused));
	assert_true(outbox_set_dropped(box, waiting));
	assert_true(outbox_set_dropped(box, received)); /* which changes nothing */
	assert_int_equal(state_of(refused), OUTBOX_DROPPED);
	assert_int_equal(state_of(waiting), OUTBOX_DROPPED);
	assert_int_equal(state_of(received), OUTBOX_RECEIPTED);
	/* Its problems stay as a record, a refusal that comes late changes nothing, and its content may come
	 * again. */
	struct outbox_item item;
	assert_true(outbox_get(box, refused, &item));
	assert_string_equal(item.problems, "no");
	assert_true(outbox_set_refused(box, waiting, "late"));
	assert_true(outbox_wait_again(box, refused));
	assert_int_equal(state_of(waiting), OUTBOX_DROPPED);
	assert_int_equal(state_of(refused), OUTBOX_DROPPED);
	assert_true(add("a") > received && add("b") > received);
	assert_int_equal(add("c"), received);
	/* A receipt that was on its way is taken all the same: it is on disk there. */
	receive(waiting);
	assert_int_equal(state_of(waiting), OUTBOX_RECEIPTED);
}

static void
test_waits_again(void **state)
{
	int64_t refused = add("a"), received = add("b");
	struct outbox_item before, after;
	(void)state;
	assert_true(outbox_get(box, refused, &before));
	struct submission_id id = before.id;
	assert_true(outbox_set_refused(box, refused, "no" OUTBOX_LANGUAGES "不"));
	assert_true(outbox_get(box, refused, &after));
	assert_string_equal(after.problems, "no");
	assert_string_equal(after.problems_zh, "不");
	receive(received);
	assert_true(outbox_wait_again(box, refused) && outbox_wait_again(box, received));
	assert_int_equal(state_of(received), OUTBOX_RECEIPTED);
	assert_true(outbox_get(box, refused, &after));
	assert_true(after.state == OUTBOX_WAITING && submission_id_equal(&after.id, &id) && after.size == 1);
	assert_string_equal(after.problems, "");
	/* The same content, saved again meanwhile. */
	assert_int_equal(outbox_same_content(box, refused), 0);
	assert_true(outbox_set_refused(box, refused, "no"));
	int64_t second = add("a");
	assert_int_equal(outbox_same_content(box, refused), second);
	assert_true(outbox_set_dropped(box, second));
	assert_int_equal(outbox_same_content(box, refused), 0);
}

static void
test_cancel(void **state)
{
	(void)state;
	outbox_cancel(box); /* nothing begun */
	assert_true(outbox_begin(box));
	int64_t position = add("a");
	outbox_cancel(box);
	struct outbox_item item;
	assert_false(outbox_get(box, position, &item));
	assert_true(outbox_begin(box) && outbox_commit(box));
}

static void
test_letters(void **state)
{
	struct submission_id one = submission_id_new(1), two = submission_id_new(1);
	struct outbox_letter found;
	(void)state;
	const struct outbox_letter fifth = {5, true, false, digest_of("5", 1)},
	                           sixth = {6, false, false, digest_of("6", 1)};
	assert_true(outbox_add_letter(box, &one, 0, &fifth) && outbox_add_letter(box, &one, 1, &sixth));
	assert_true(outbox_add_letter(box, &two, 0, &sixth));
	assert_false(outbox_add_letter(box, &two, 0, &fifth));
	assert_true(outbox_set_answered(box, &one, 1));
	assert_true(outbox_find_letter(box, &one, 0, &found) && found.position == 5 && found.of_file &&
	            !found.answered);
	assert_true(digest_equal(&found.digest, &fifth.digest));
	assert_true(outbox_find_letter(box, &one, 1, &found) && found.position == 6 && !found.of_file &&
	            found.answered);
	assert_true(digest_equal(&found.digest, &sixth.digest));
	assert_true(outbox_find_letter(box, &two, 0, &found) && found.position == 6 && !found.answered);
	assert_true(outbox_find_letter(box, &two, 1, &found) && !found.position);
}

/* ---------------------------------------------------------------- clocks */

struct order {
	size_t count;
	int64_t times[8];
	struct submission_id ids[8];
};

static void
take(void *context, const struct outbox_item *item)
{
	struct order *o = context;
	assert_true(o->count < COUNT(o->times));
	o->times[o->count] = item->created_us;
	o->ids[o->count++] = item->id;
}

/* Order is that of saving, ids differ, whatever the clock said. */
static void
test_clocks(void **state)
{
	static const int64_t times[] = {INT64_C(1365955200000000),  0, INT64_C(4102444800000000), -1, 1,
	                                INT64_C(281474976710655999)};
	struct order order = {0};
	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		char content[16];
		int64_t position;
		snprintf(content, sizeof content, "%zu", i);
		struct outbox_item item = an_item(content, times[i]);
		assert_true(submission_id_valid(&item.id));
		assert_true(outbox_add(box, &item, &item.digest, &position));
	}
	assert_true(outbox_each(box, OUTBOX_WAITING, 100, take, &order));
	assert_int_equal(order.count, COUNT(times));
	for (size_t i = 0; i < COUNT(times); i++) {
		assert_true(order.times[i] == times[i]);
		for (size_t k = 0; k < i; k++)
			assert_false(submission_id_equal(&order.ids[i], &order.ids[k]));
	}
}

/* ---------------------------------------------------------------- a full disk */

enum { FULL_BYTES = 5000, FULL_TRIES = 400 };

static void
fill(uint8_t bytes[FULL_BYTES], int number)
{
	memset(bytes, number, FULL_BYTES);
	memcpy(bytes, &number, sizeof number);
}

static struct outbox_item
full_item(const uint8_t bytes[FULL_BYTES])
{
	return (struct outbox_item){.id = submission_id_new(1),
	                            .digest = digest_of(bytes, FULL_BYTES),
	                            .created_us = 1,
	                            .files = "a.csv",
	                            .places = "a.csv:2\n",
	                            .bytes = bytes,
	                            .size = FULL_BYTES};
}

/* No file may grow beyond `limit`: saves, two at a time, and says so of each pair that was saved. */
static int
save_until_full(rlim_t limit, int said)
{
	const struct rlimit most = {limit, limit};
	uint8_t bytes[2][FULL_BYTES];
	char error[OUTBOX_ERROR_BYTES];
	signal(SIGXFSZ, SIG_IGN);
	struct outbox *o = outbox_open(path, error);
	if (!o || setrlimit(RLIMIT_FSIZE, &most))
		return 2;
	int failures = 0;
	for (int i = 0; i < FULL_TRIES; i += 2) {
		bool good = outbox_begin(o);
		for (int k = 0; k < 2 && good; k++) {
			int64_t position;
			fill(bytes[k], i + k);
			struct outbox_item item = full_item(bytes[k]);
			good = outbox_add(o, &item, &item.digest, &position);
		}
		good = good && outbox_commit(o);
		if (good && write(said, &i, sizeof i) != sizeof i)
			return 3;
		if (!good) {
			failures++;
			outbox_cancel(o);
		}
	}
	outbox_close(&o);
	return failures ? 0 : 4;
}

struct whole {
	bool there[FULL_TRIES];
	size_t count, half;
};

static void
find_whole(void *context, const struct outbox_item *item)
{
	struct whole *w = context;
	uint8_t bytes[FULL_BYTES];
	w->count++;
	for (int i = 0; i < FULL_TRIES; i++) {
		fill(bytes, i);
		if (item->size == FULL_BYTES && !memcmp(item->bytes, bytes, FULL_BYTES) && !w->there[i]) {
			w->there[i] = true;
			return;
		}
	}
	w->half++;
}

static void
fill_disk(rlim_t limit)
{
	int said[2], pair, status = -1;
	size_t pairs = 0;
	struct whole w = {0};
	outbox_close(&box);
	unlink(path);
	assert_return_code(pipe(said), 0);
	pid_t child = fork();
	assert_return_code(child, 0);
	if (child == 0) {
		close(said[0]);
		_exit(save_until_full(limit, said[1]));
	}
	close(said[1]);
	bool known[FULL_TRIES] = {false};
	while (read(said[0], &pair, sizeof pair) == sizeof pair) {
		known[pair] = known[pair + 1] = true;
		pairs++;
	}
	close(said[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	EXPECT(WIFEXITED(status) && !WEXITSTATUS(status), "%lu: status %d", (unsigned long)limit, status);
	box = open_box();
	assert_true(outbox_each(box, -1, 10000, find_whole, &w));
	EXPECT(pairs || limit < 200000, "%lu: nothing was saved", (unsigned long)limit);
	EXPECT(!w.half && w.count == 2 * pairs, "%lu: %zu there, %zu pairs saved, %zu half", (unsigned long)limit,
	       w.count, pairs, w.half);
	/* There is room again. */
	assert_true(outbox_begin(box));
	add("afterwards");
	assert_true(outbox_commit(box));
}

/* Nothing that was reported saved is lost, and nothing is half saved; nor what was not reported. */
static void
test_full_disk(void **state)
{
	(void)state;
	for (rlim_t limit = 64 * 1024; limit <= 512 * 1024; limit += 36 * 1024 + 512)
		fill_disk(limit);
}

#define BOX_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    BOX_TEST(test_dropped), BOX_TEST(test_waits_again), BOX_TEST(test_cancel),
	    BOX_TEST(test_letters), BOX_TEST(test_clocks),      BOX_TEST(test_full_disk),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
