/* Random histories of commits, watches and lines that are slow, break or fall silent. Each watcher keeps
 * the rows that it was told, as a client does; after every push they must be what the same query answers
 * now, and whoever may get a change has got it. */
#include "case.h"
#include "dice.h"
#include "plan.h"

#include "service/watches.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS = 6, STEPS = 5000, COUNTIES = 215, ROWS_MAX = COUNTIES + 1, WATCHERS = 12, FIGURES = 2 };
enum { ARENA_BYTES = 1024 * 1024 };

static const int64_t heartbeat_us = 20 * 1000000, abandoned_us = 120 * 1000000;
static const uint32_t indicators[FIGURES] = {STAFF, BALANCE};

static int
make_plan(void **state)
{
	(void)state;
	plan_make_wide(&plan, COUNTIES);
	return 0;
}

struct row {
	unit_code unit;
	int64_t values[FIGURES];
	uint32_t reported[FIGURES];
};

enum line { LINE_GOOD, LINE_SLOW, LINE_BROKEN };

/* One watch, from the watcher's side. Its number is its sender, request id and key. */
struct watcher {
	bool watches;
	enum line line;
	struct total_query query;
	uint64_t told_seq, sent_seq; /* what its rows are as of; what the last push said */
	bool owes;                   /* an acknowledgement */
	bool refused;                /* in the present call */
	int64_t sent_us;
	size_t row_count;
	struct row rows[ROWS_MAX];
};

struct world {
	uint64_t seed;
	int step;
	struct dice dice;
	struct totals *totals;
	struct watches *watches;
	struct as_of as_of;
	int64_t now_us;
	struct envelope_pool pool;
	struct arena arena;
	uint64_t pushes, gaps, abandoned, broken; /* so many were there */
	struct watcher watchers[WATCHERS];
};

#define CHECK(w, number, condition)                                                                          \
	EXPECT(condition, "seed %" PRIu64 " step %d watcher %zu", (w)->seed, (w)->step, (size_t)(number))

/* ---------------------------------------------------------------- the watcher */

static struct row
row_of(const struct unit_total *unit)
{
	struct row row = {.unit = unit->unit};
	assert_int_equal(unit->indicator_count, FIGURES);
	for (size_t i = 0; i < FIGURES; i++) {
		row.values[i] = unit->values[i];
		row.reported[i] = unit->reported[i];
	}
	return row;
}

static void
ask(struct world *w, const struct watcher *watcher, struct total_answer *answer)
{
	struct problem_list problems = {0};
	arena_reset(&w->arena);
	assert_true(totals_answer(w->totals, &watcher->query, &w->arena, answer, &problems));
}

static void
take_answer(struct world *w, struct watcher *watcher)
{
	struct total_answer answer;
	ask(w, watcher, &answer);
	watcher->row_count = answer.unit_count;
	for (size_t i = 0; i < answer.unit_count; i++)
		watcher->rows[i] = row_of(&answer.units[i]);
	watcher->told_seq = w->as_of.seq;
}

static bool
is_told(struct world *w, const struct watcher *watcher)
{
	struct total_answer answer;
	ask(w, watcher, &answer);
	bool good = answer.unit_count == watcher->row_count;
	for (size_t i = 0; good && i < answer.unit_count; i++) {
		struct row row = row_of(&answer.units[i]);
		good = row.unit == watcher->rows[i].unit &&
		       !memcmp(row.values, watcher->rows[i].values, sizeof row.values) &&
		       !memcmp(row.reported, watcher->rows[i].reported, sizeof row.reported);
	}
	return good;
}

/* How many of its rows a watcher has not seen the newest state of. */
static size_t
changed_rows(const struct world *w, const struct watcher *watcher)
{
	size_t count = 0;
	for (size_t i = 0; i < watcher->row_count; i++)
		count += totals_changed(w->totals, watcher->rows[i].unit) > watcher->sent_seq;
	return count;
}

static void
take_push(struct world *w, struct watcher *watcher, const struct push *push)
{
	size_t number = (size_t)(watcher - w->watchers);
	if (push->since_seq > watcher->told_seq) {
		w->gaps++;
		CHECK(w, number, !push->unit_count && push->since_seq == push->as_of.seq);
		take_answer(w, watcher);
		return;
	}
	CHECK(w, number, push->unit_count <= PUSH_ROWS_MAX);
	for (size_t i = 0; i < push->unit_count; i++) {
		size_t found = 0;
		for (size_t k = 0; k < watcher->row_count; k++)
			if (watcher->rows[k].unit == push->units[i].unit) {
				watcher->rows[k] = row_of(&push->units[i]);
				found++;
			}
		CHECK(w, number, found);
	}
	watcher->told_seq = push->as_of.seq;
	CHECK(w, number, is_told(w, watcher));
}

/* ---------------------------------------------------------------- the gate */

static enum watch_sent
gate(void *context, const struct sender *to, const char *public_key, unit_code unit,
     const struct reply *reply)
{
	assert_true(unit > 0);
	struct world *w = context;
	size_t number = to->id[0];
	struct watcher *watcher = &w->watchers[number];
	const struct push *push = &reply->push;
	CHECK(w, number, watcher->watches && !watcher->owes && !watcher->refused);
	CHECK(w, number,
	      reply->kind == REPLY_PUSH && reply->request_id == number && atoi(public_key) == (int)number);
	CHECK(w, number, push->as_of.seq == w->as_of.seq && push->as_of.time_us == w->as_of.time_us);
	size_t changed = changed_rows(w, watcher);
	CHECK(w, number, push->unit_count == (changed > PUSH_ROWS_MAX ? 0 : changed));
	CHECK(w, number, push->since_seq == (changed > PUSH_ROWS_MAX ? push->as_of.seq : watcher->sent_seq));
	switch (watcher->line) {
	case LINE_BROKEN:
		watcher->watches = false;
		w->broken++;
		return WATCH_GONE;
	case LINE_SLOW:
		watcher->refused = true;
		return WATCH_LATER;
	default:
		watcher->owes = true;
		watcher->sent_us = w->now_us;
		watcher->sent_seq = push->as_of.seq;
		w->pushes++;
		take_push(w, watcher, push);
		return WATCH_SENT;
	}
}

/* ---------------------------------------------------------------- steps */

static void
report(struct world *w, size_t county)
{
	int64_t values[FIGURES];
	for (size_t i = 0; i < FIGURES; i++)
		values[i] = (int64_t)dice_pick(&w->dice, 100);
	struct report r = {.unit = plan_wide_county(county),
	                   .period = 201301 + (period)dice_pick(&w->dice, 12),
	                   .form = FORM_COUNTY,
	                   .form_version = 1,
	                   .value_count = 1 + (uint32_t)dice_pick(&w->dice, FIGURES),
	                   .indicators = indicators,
	                   .values = values};
	uint32_t revision = totals_revision(w->totals, &r);
	assert_true(totals_add_report(w->totals, &r, revision + 1, w->as_of.seq, 0));
}

/* A few reports, or once in a while so many that no push holds them. */
static void
commit(struct world *w)
{
	bool is_flood = !dice_pick(&w->dice, 25);
	size_t count = is_flood ? COUNTIES : dice_pick(&w->dice, 4);
	w->as_of.seq++;
	w->as_of.time_us = (int64_t)w->as_of.seq * 7;
	for (size_t i = 0; i < count; i++)
		report(w, is_flood ? i : dice_pick(&w->dice, COUNTIES));
}

static void
random_query(struct world *w, struct total_query *q)
{
	static const unit_code units[] = {PROVINCE, 2201, 2203, 2208, 220101, 220305};
	*q = (struct total_query){.from = 201301, .to = 201301 + (period)dice_pick(&w->dice, 12)};
	q->unit = units[dice_pick(&w->dice, COUNT(units))];
	q->whole = dice_pick(&w->dice, 2) != 0;
	if (dice_pick(&w->dice, 4))
		q->by = UNIT_COUNTY;
	q->indicator_count = FIGURES;
	q->indicators = indicators;
}

static struct sender
sender_of(const struct world *w, const struct watcher *watcher)
{
	return (struct sender){5, {(uint8_t)(watcher - w->watchers), 1, 2, 3, 4}};
}

/* Also again, while it watches. */
static void
begin(struct world *w, struct watcher *watcher)
{
	struct problem_list problems = {0};
	const struct frame frame = {.sender = sender_of(w, watcher)};
	struct envelope *e = envelope_create(&w->pool, &frame);
	char key[KEY_TEXT_BYTES] = {(char)('0' + (watcher - w->watchers) / 10),
	                            (char)('0' + (watcher - w->watchers) % 10)};
	assert_non_null(e);
	random_query(w, &watcher->query);
	e->request =
	    (struct request){(uint64_t)(watcher - w->watchers), REQUEST_WATCH, {.total = watcher->query}};
	assert_true(watches_add(w->watches, e, key, &w->as_of, w->now_us, &problems));
	envelope_destroy(&e);
	watcher->watches = true;
	watcher->owes = false;
	watcher->line = LINE_GOOD;
	watcher->sent_us = w->now_us;
	watcher->sent_seq = w->as_of.seq;
	take_answer(w, watcher);
}

static void
end(struct world *w, struct watcher *watcher)
{
	struct sender sender = sender_of(w, watcher);
	CHECK(w, watcher - w->watchers,
	      watches_remove(w->watches, &sender, (uint64_t)(watcher - w->watchers)) == watcher->watches);
	watcher->watches = watcher->owes = false;
}

static void
acknowledge(struct world *w, struct watcher *watcher)
{
	struct sender sender = sender_of(w, watcher);
	struct ack ack = {(uint64_t)(watcher - w->watchers), watcher->told_seq};
	CHECK(w, watcher - w->watchers, watches_ack(w->watches, &sender, &ack) == watcher->watches);
	watcher->owes = false;
}

static void
act(struct world *w)
{
	struct watcher *watcher = &w->watchers[dice_pick(&w->dice, WATCHERS)];
	switch (dice_pick(&w->dice, 20)) {
	case 0:
	case 1:
		begin(w, watcher);
		break;
	case 2:
		end(w, watcher);
		break;
	case 3:
		watcher->line = (enum line)dice_pick(&w->dice, 3);
		w->now_us += 1000000; /* who was slow is looked at again after a second */
		break;
	case 4:
	case 5:
	case 6:
		w->now_us += (int64_t)(1 + dice_pick(&w->dice, 30)) * 1000000;
		break;
	case 7:
	case 8:
	case 9:
	case 10:
	case 11:
		commit(w);
		break;
	default:
		if (watcher->watches && watcher->owes)
			acknowledge(w, watcher);
	}
}

/* ---------------------------------------------------------------- after each step */

static size_t
drop_abandoned(struct world *w)
{
	size_t count = 0;
	for (size_t i = 0; i < WATCHERS; i++) {
		struct watcher *watcher = &w->watchers[i];
		if (watcher->watches && watcher->owes && w->now_us - watcher->sent_us >= abandoned_us) {
			watcher->watches = watcher->owes = false;
			w->abandoned++;
		}
		count += watcher->watches;
		watcher->refused = false;
	}
	return count;
}

static void
push_and_check(struct world *w)
{
	drop_abandoned(w);
	assert_true(watches_push(w->watches, w->totals, &w->as_of, w->now_us, INT64_MAX / 4, gate, w));
	for (size_t i = 0; i < WATCHERS; i++) {
		const struct watcher *watcher = &w->watchers[i];
		if (!watcher->watches || watcher->owes || watcher->line == LINE_SLOW)
			continue;
		CHECK(w, i, totals_changed(w->totals, watcher->query.unit) <= watcher->sent_seq);
		CHECK(w, i, w->now_us - watcher->sent_us < heartbeat_us);
		CHECK(w, i, is_told(w, watcher));
	}
	CHECK(w, WATCHERS, watches_count(w->watches) == drop_abandoned(w));
}

static void
run_history(uint64_t seed)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->seed = w->dice.state = seed;
	w->now_us = INT64_C(1000000000);
	w->totals = totals_create(&plan);
	w->watches = watches_create();
	assert_true(w->totals && w->watches);
	arena_init(&w->arena, ARENA_BYTES);
	for (w->step = 0; w->step < STEPS; w->step++) {
		act(w);
		push_and_check(w);
	}
	/* All that can happen did. */
	CHECK(w, WATCHERS, w->pushes > STEPS / 10 && w->gaps && w->abandoned && w->broken);
	watches_destroy(&w->watches);
	totals_destroy(&w->totals);
	arena_free(&w->arena);
	envelope_pool_free(&w->pool);
	free(w);
}

static void
test_histories(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run_history(seed);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_histories)};
	return cmocka_run_group_tests(tests, make_plan, plan_teardown);
}
