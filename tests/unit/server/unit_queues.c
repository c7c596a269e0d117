/* The queues against a plain model: a queue for each office and a list of whose turn comes when. Every
 * envelope carries a number; each must come out once, in its office's order. */
#include "case.h"
#include "dice.h"

#include "base/bounds.h"
#include "requests/queues.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OFFICES = 9, WAITING_MAX = 24, STEPS = 60000 };

static struct submission_id
id_of(uint64_t number)
{
	struct submission_id id = {{7}};
	memcpy(id.bytes + 8, &number, sizeof number);
	return id;
}

/* The office's name lies in the envelope, as it does for a request. */
static struct envelope *
make(struct envelope_pool *pool, size_t office, uint64_t number, size_t bytes)
{
	const struct frame frame = {.whole = true};
	char name[32];
	struct envelope *e = envelope_create(pool, &frame);
	assert_non_null(e);
	snprintf(name, sizeof name, "office-%zu", office);
	e->office = (struct office){.name = arena_string(&e->arena, name), .unit = 220800 + (unit_code)office};
	e->submission.id = id_of(number);
	assert_true(e->office.name && arena_alloc(&e->arena, bytes));
	return e;
}

static bool
has_room_for(struct queues *queues, const struct envelope *e)
{
	const struct queue *queue = queues_of(queues, &e->office);
	assert_non_null(queue);
	return queues_have_room(queues, queue, e);
}

static void
put_in(struct queues *queues, struct envelope *e)
{
	struct queue *queue = queues_of(queues, &e->office);
	assert_non_null(queue);
	queues_put(queues, queue, e);
}

static void
drop(struct envelope *e)
{
	envelope_destroy(&e);
}

/* ---------------------------------------------------------------- random histories */

struct model {
	struct dice dice;
	struct queues queues;
	struct envelope_pool pool;
	uint64_t made, waiting, out;
	size_t counts[OFFICES];
	uint64_t expected[OFFICES][WAITING_MAX]; /* numbers, the first one first */
	size_t ring[OFFICES], active;            /* offices, the one whose turn it is first */
	uint64_t batch;                          /* that is being gathered */
	size_t given[OFFICES];                   /* to it */
};

static void
put(struct model *m)
{
	size_t office = dice_pick(&m->dice, OFFICES);
	if (m->counts[office] == WAITING_MAX)
		return;
	struct envelope *e = make(&m->pool, office, ++m->made, dice_pick(&m->dice, 3000));
	assert_true(has_room_for(&m->queues, e));
	put_in(&m->queues, e);
	if (!m->counts[office])
		m->ring[m->active++] = office;
	m->expected[office][m->counts[office]++] = m->made;
	m->waiting++;
}

/* The first in the ring goes; if `back`, to its end. */
static void
rotate(struct model *m, bool back)
{
	size_t office = m->ring[0];
	m->active--;
	memmove(m->ring, m->ring + 1, m->active * sizeof *m->ring);
	if (back)
		m->ring[m->active++] = office;
}

static void
pop(struct model *m, int at)
{
	if (!m->active)
		return;
	size_t office = m->ring[0];
	const struct envelope *first = queues_first(&m->queues);
	struct envelope *e = queues_pop(&m->queues);
	struct submission_id expected = id_of(m->expected[office][0]);
	EXPECT(e == first && e->office.unit == 220800 + (unit_code)office &&
	           submission_id_equal(&e->submission.id, &expected),
	       "step %d office %zu", at, office);
	drop(e);
	m->counts[office]--;
	memmove(m->expected[office], m->expected[office] + 1, m->counts[office] * sizeof *m->expected[office]);
	if (!m->counts[office])
		rotate(m, false);
	m->waiting--;
	m->out++;
}

static void
turn(struct model *m)
{
	if (!m->active)
		return;
	queues_turn(&m->queues);
	rotate(m, true);
}

/* What an office gave to a batch is remembered while others have their turns, also when its queue was empty
 * meanwhile; for the next batch it begins with nothing. */
static void
give(struct model *m)
{
	size_t rows = dice_pick(&m->dice, 100);
	if (m->active && dice_pick(&m->dice, 10)) {
		queues_give(&m->queues, m->batch, rows);
		m->given[m->ring[0]] += rows;
		return;
	}
	m->batch++;
	memset(m->given, 0, sizeof m->given);
}

static bool
given_agrees(const struct model *m)
{
	return !m->active || (queues_given(&m->queues, m->batch) == m->given[m->ring[0]] &&
	                      !queues_given(&m->queues, m->batch + 1));
}

static bool
first_agrees(const struct model *m)
{
	const struct envelope *first = queues_first(&m->queues);
	if (!m->active)
		return !first && !m->queues.bytes;
	struct submission_id id = id_of(m->expected[m->ring[0]][0]);
	return first && submission_id_equal(&first->submission.id, &id) && m->queues.bytes;
}

/* Is the id of any envelope ever made said to wait with this office if it does, and only then? */
static bool
hold_agrees(struct model *m)
{
	size_t asked = dice_pick(&m->dice, OFFICES);
	uint64_t recent = m->made > 200 ? m->made - 200 : 0;
	uint64_t number = recent + dice_pick(&m->dice, 210);
	char name[32];
	bool waits = false;
	for (size_t i = 0; i < m->counts[asked]; i++)
		waits |= m->expected[asked][i] == number;
	snprintf(name, sizeof name, "office-%zu", asked);
	struct office office = {.name = name, .unit = 220800 + (unit_code)asked};
	struct submission_id id = id_of(number);
	return queues_hold(&m->queues, &office, &id) == waits;
}

static void
step(struct model *m, int at)
{
	/* In phases the queues rather fill, then rather drain to the last. */
	size_t puts = at / 500 % 2 ? 2 : 5;
	size_t what = dice_pick(&m->dice, 11);
	if (what < puts)
		put(m);
	else if (what < 7)
		pop(m, at);
	else if (what < 10)
		turn(m);
	else
		give(m);
	EXPECT(m->queues.count == m->waiting && m->queues.active == m->active && first_agrees(m) &&
	           hold_agrees(m) && given_agrees(m),
	       "step %d: %zu waiting of %zu offices", at, m->queues.count, m->queues.active);
}

static void
test_history(void **state)
{
	struct model *m = calloc(1, sizeof *m);
	(void)state;
	assert_non_null(m);
	m->dice.state = 1;
	m->batch = 1;
	for (int at = 0; at < STEPS; at++)
		step(m, at);
	while (m->active)
		pop(m, STEPS);
	assert_true(m->out == m->made && m->out > STEPS / 10);
	assert_true(!m->queues.count && !m->queues.bytes && !queues_first(&m->queues));
	queues_free(&m->queues);
	envelope_pool_free(&m->pool);
	free(m);
}

/* ---------------------------------------------------------------- turns */

/* Three offices with 3, 1 and 2 envelopes (11 12 13, 21, 31 32); P: pop, T: turn. */
static const struct {
	const char *steps;
	uint64_t popped[6];
} turns[] = {
    {"PPPPPP", {11, 12, 13, 21, 31, 32}},   /* a queue that is empty gives its turn to the next */
    {"PTPPTPPP", {11, 21, 31, 12, 13, 32}}, /* after 21 it is the third one's turn already */
    {"TPPPTPPP", {21, 31, 32, 11, 12, 13}}, /* alone, a turn changes nothing */
    {"TTPTPTPPPP", {31, 11, 21, 32, 12, 13}}, {"TTTPPPPPP", {11, 12, 13, 21, 31, 32}}, /* once around */
};

static void
test_turns(void **state)
{
	static const uint64_t numbers[] = {11, 21, 31, 12, 32, 13};
	(void)state;
	for (size_t i = 0; i < COUNT(turns); i++) {
		struct envelope_pool pool = {0};
		struct queues queues = {0};
		size_t popped = 0;
		for (size_t k = 0; k < COUNT(numbers); k++)
			put_in(&queues, make(&pool, numbers[k] / 10, numbers[k], 0));
		for (const char *at = turns[i].steps; *at; at++) {
			if (*at == 'T') {
				queues_turn(&queues);
				continue;
			}
			struct envelope *e = queues_pop(&queues);
			struct submission_id id = id_of(turns[i].popped[popped++]);
			EXPECT(submission_id_equal(&id, &e->submission.id), "row %zu, pop %zu", i, popped);
			drop(e);
		}
		EXPECT(popped == COUNT(numbers) && !queues.count, "row %zu", i);
		queues_free(&queues);
		envelope_pool_free(&pool);
	}
}

/* Who comes while others wait comes last; who was empty comes last again. */
static void
test_who_comes_later(void **state)
{
	static const struct {
		uint64_t put, expected; /* 0: nothing is put; nothing is popped */
	} steps[] = {{11, 0}, {21, 0}, {12, 11}, {31, 12}, {13, 21}, {0, 31}, {22, 13}, {0, 22}};
	struct envelope_pool pool = {0};
	struct queues queues = {0};
	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		if (steps[i].put)
			put_in(&queues, make(&pool, steps[i].put / 10, steps[i].put, 0));
		if (!steps[i].expected)
			continue;
		struct envelope *e = queues_pop(&queues);
		struct submission_id id = id_of(steps[i].expected);
		EXPECT(submission_id_equal(&id, &e->submission.id), "row %zu", i);
		drop(e);
	}
	assert_null(queues_first(&queues));
	queues_free(&queues);
	envelope_pool_free(&pool);
}

/* One office alone, or one that floods beside few, gives few rows to a commit; where many wait, more. */
static void
test_share(void **state)
{
	static const struct {
		size_t offices, rows;
	} cases[] = {{0, QUEUE_ROWS_FEW}, {1, QUEUE_ROWS_FEW}, {3, QUEUE_ROWS_FEW}, {4, 16}, {5, 20},
	             {49, 196},           {50, QUEUE_ROWS},    {60, QUEUE_ROWS}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct envelope_pool pool = {0};
		struct queues queues = {0};
		for (size_t office = 0; office < cases[i].offices; office++)
			put_in(&queues, make(&pool, office, 1, 0));
		EXPECT(queues_share(&queues) == cases[i].rows, "%zu offices", cases[i].offices);
		while (queues_first(&queues))
			drop(queues_pop(&queues));
		EXPECT(queues_share(&queues) == QUEUE_ROWS_FEW, "%zu offices that are gone", cases[i].offices);
		queues_free(&queues);
		envelope_pool_free(&pool);
	}
}

/* ---------------------------------------------------------------- limits */

/* Puts in as long as there is room; returns how many. */
static size_t
fill(struct queues *queues, struct envelope_pool *pool, size_t office, size_t bytes)
{
	for (size_t count = 0;; count++) {
		struct envelope *e = make(pool, office, count + 1, bytes);
		if (!has_room_for(queues, e)) {
			drop(e);
			return count;
		}
		put_in(queues, e);
	}
}

static bool
has_room(struct queues *queues, struct envelope_pool *pool, size_t office)
{
	struct envelope *e = make(pool, office, 1, 0);
	bool room = has_room_for(queues, e);
	drop(e);
	return room;
}

static void
test_room(void **state)
{
	struct envelope_pool pool = {0};
	struct queues queues = {0};
	size_t office = 0;
	(void)state;
	for (; queues.count + QUEUE_OFFICE_MAX <= QUEUE_SUBMISSIONS_MAX; office++)
		assert_int_equal(fill(&queues, &pool, office, 0), QUEUE_OFFICE_MAX);
	assert_true(has_room(&queues, &pool, office));
	assert_false(has_room(&queues, &pool, 0));
	assert_int_equal(fill(&queues, &pool, office, 0), QUEUE_SUBMISSIONS_MAX % QUEUE_OFFICE_MAX);
	assert_int_equal(queues.count, QUEUE_SUBMISSIONS_MAX);
	assert_false(has_room(&queues, &pool, office) || has_room(&queues, &pool, office + 1));
	drop(queues_pop(&queues)); /* the first one's */
	assert_true(has_room(&queues, &pool, 0) && has_room(&queues, &pool, office));
	assert_false(has_room(&queues, &pool, 1));
	queues_free(&queues); /* with all that waits */
	assert_true(!queues.count && !queues.by_office && pool.count);
	envelope_pool_free(&pool);
}

/* Envelopes of 16 MiB and a little each. */
static void
test_room_in_bytes(void **state)
{
	enum { EACH = 16 * 1024 * 1024, FIT = QUEUE_BYTES_MAX / EACH - 1 };
	struct envelope_pool pool = {0};
	struct queues queues = {0};
	(void)state;
	assert_int_equal(fill(&queues, &pool, 0, EACH), FIT);
	assert_int_equal(fill(&queues, &pool, 1, EACH), 0); /* whoever's they are */
	assert_true(has_room(&queues, &pool, 1));
	assert_true(queues.bytes > FIT * (size_t)EACH && queues.bytes <= QUEUE_BYTES_MAX);
	drop(queues_pop(&queues));
	assert_int_equal(fill(&queues, &pool, 1, EACH), 1);
	queues_free(&queues);
	envelope_pool_free(&pool);
}

static void
test_empty(void **state)
{
	struct queues queues = {0};
	const struct office office = {.name = "nobody"};
	const struct submission_id id = id_of(1);
	(void)state;
	assert_null(queues_first(&queues));
	assert_false(queues_hold(&queues, &office, &id));
	queues_free(&queues);
	queues_free(&queues); /* twice is fine */
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),           cmocka_unit_test(test_turns),
	    cmocka_unit_test(test_who_comes_later), cmocka_unit_test(test_room),
	    cmocka_unit_test(test_room_in_bytes),   cmocka_unit_test(test_history),
	    cmocka_unit_test(test_share),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
