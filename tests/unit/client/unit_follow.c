/* A total that is followed, against a plain model: an array of figures. Every answer and push lies in memory
 * that is overwritten and freed as soon as it was handed over. */
#include "case.h"
#include "dice.h"

#include "session/follow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 7, FIGURES = 3, STEPS = 20000, ARENA_BYTES = 1024 * 1024 };

static const unit_code first_unit = 220801;

/* ---------------------------------------------------------------- rows made of one number each */

/* All that a row says of a unit follows from its value; lists get longer and shorter with it. */
static struct unit_total
row_make(struct arena *arena, unit_code unit, int64_t value)
{
	struct unit_total row = {
	    .unit = unit,
	    .indicator_count = FIGURES,
	    .indicators = arena_array(arena, FIGURES, sizeof *row.indicators),
	    .values = arena_array(arena, FIGURES, sizeof *row.values),
	    .reported = arena_array(arena, FIGURES, sizeof *row.reported),
	    .approved = arena_array(arena, FIGURES, sizeof *row.approved),
	    .approved_reported = arena_array(arena, FIGURES, sizeof *row.approved_reported),
	    .fund_count = (size_t)(value % 4),
	    .target_count = (size_t)(value % 3),
	};
	row.funds = arena_array(arena, row.fund_count, sizeof *row.funds);
	row.targets = arena_array(arena, row.target_count, sizeof *row.targets);
	assert_true(row.indicators && row.values && row.reported && row.funds && row.targets);
	assert_true(row.approved && row.approved_reported);
	for (uint32_t i = 0; i < FIGURES; i++) {
		row.indicators[i] = i + 1;
		row.values[i] = value * 10 + i;
		row.reported[i] = (uint32_t)value + i;
		row.approved[i] = -value - i;
		row.approved_reported[i] = (uint32_t)value * 3 + i;
	}
	for (size_t i = 0; i < row.fund_count; i++)
		row.funds[i] = (struct fund_total){.kind = FUND_SPENT, .source = (uint32_t)i, .amount_fen = value};
	for (size_t i = 0; i < row.target_count; i++)
		row.targets[i] = (struct target_value){.year = 2013, .indicator = (uint32_t)i, .value = value};
	return row;
}

static bool
row_agrees(const struct unit_total *row, unit_code unit, int64_t value)
{
	bool good = row->unit == unit && row->indicator_count == FIGURES &&
	            row->fund_count == (size_t)(value % 4) && row->target_count == (size_t)(value % 3);
	for (uint32_t i = 0; good && i < FIGURES; i++)
		good = row->indicators[i] == i + 1 && row->values[i] == value * 10 + i &&
		       row->reported[i] == (uint32_t)value + i && row->approved[i] == -value - i &&
		       row->approved_reported[i] == (uint32_t)value * 3 + i;
	for (size_t i = 0; good && i < row->fund_count; i++)
		good = row->funds[i].kind == FUND_SPENT && row->funds[i].source == i &&
		       row->funds[i].amount_fen == value;
	for (size_t i = 0; good && i < row->target_count; i++)
		good =
		    row->targets[i].year == 2013 && row->targets[i].indicator == i && row->targets[i].value == value;
	return good;
}

/* ---------------------------------------------------------------- the model */

struct model {
	struct dice dice;
	struct follow follow;
	struct arena source; /* of answers and pushes */
	uint64_t seq;
	size_t count; /* of rows; the last one, of unit 22, is the whole */
	int64_t values[UNITS];
};

static unit_code
unit_at(const struct model *m, size_t i)
{
	return i + 1 == m->count ? 22 : first_unit + (unit_code)i;
}

/* What was handed over is no more. */
static void
forget_source(struct model *m)
{
	arena_free(&m->source);
	arena_init(&m->source, ARENA_BYTES);
}

static bool
agrees(const struct model *m)
{
	const struct total_answer *s = &m->follow.state;
	bool good = s->as_of.seq == m->seq && s->as_of.time_us == (int64_t)m->seq * 3 &&
	            s->unit_count == m->count && !strcmp(s->label, "演示数据");
	for (size_t i = 0; good && i < m->count; i++)
		good = row_agrees(&s->units[i], unit_at(m, i), m->values[i]);
	return good;
}

static void
begin(struct model *m, uint64_t seq, size_t count)
{
	m->seq = seq;
	m->count = count;
	struct total_answer answer = {
	    .as_of = {seq, (int64_t)seq * 3},
	    .label = arena_string(&m->source, "演示数据"),
	    .unit_count = count,
	    .units = arena_array(&m->source, count, sizeof *answer.units),
	};
	for (size_t i = 0; i < count; i++) {
		m->values[i] = (int64_t)dice_pick(&m->dice, 1000);
		answer.units[i] = row_make(&m->source, unit_at(m, i), m->values[i]);
	}
	assert_true(follow_begin(&m->follow, &answer));
	memset(answer.units, 0xA5, count * sizeof *answer.units);
	forget_source(m);
}

/* A push of some rows. `seq` and `since`: what it says; a push that is taken over moves the model. */
static enum follow_result
push(struct model *m, uint64_t since, uint64_t seq, bool is_taken)
{
	struct push push = {.as_of = {seq, (int64_t)seq * 3}, .since_seq = since};
	push.units = arena_array(&m->source, m->count, sizeof *push.units);
	for (size_t i = 0; i < m->count; i++) {
		size_t at = m->count - 1 - i; /* in another order than the state's */
		if (dice_pick(&m->dice, 3))
			continue;
		int64_t value = (int64_t)dice_pick(&m->dice, 1000);
		push.units[push.unit_count++] = row_make(&m->source, unit_at(m, at), value);
		if (is_taken)
			m->values[at] = value;
	}
	enum follow_result result = follow_push(&m->follow, &push);
	memset(push.units, 0xA5, m->count * sizeof *push.units);
	forget_source(m);
	if (is_taken)
		m->seq = seq;
	return result;
}

static struct model *
model_make(uint64_t seed)
{
	struct model *m = calloc(1, sizeof *m);
	assert_non_null(m);
	m->dice.state = seed;
	arena_init(&m->source, ARENA_BYTES);
	follow_init(&m->follow);
	return m;
}

static void
model_free(struct model *m)
{
	follow_free(&m->follow);
	follow_free(&m->follow); /* twice is fine */
	arena_free(&m->source);
	free(m);
}

/* ---------------------------------------------------------------- what a push does */

/* The state is as of commit 100. */
static const struct {
	uint64_t since, seq;
	enum follow_result result;
	bool is_taken;
} cases[] = {
    {100, 101, FOLLOW_MOVED, true},  {100, 500, FOLLOW_MOVED, true},
    {99, 101, FOLLOW_MOVED, true},   {0, 101, FOLLOW_MOVED, true},
    {100, 100, FOLLOW_MOVED, true}, /* a heartbeat, or an answer that was as new */
    {99, 100, FOLLOW_MOVED, true},   {101, 102, FOLLOW_GAP, false},
    {101, 101, FOLLOW_GAP, false},                                  /* more rows than a push holds */
    {5000, 9000, FOLLOW_GAP, false}, {98, 99, FOLLOW_MOVED, false}, /* an answer overtook it */
    {0, 1, FOLLOW_MOVED, false},     {0, 0, FOLLOW_MOVED, false},
};

static void
test_pushes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (uint64_t seed = 1; seed <= 10; seed++) {
			struct model *m = model_make(seed);
			begin(m, 100, UNITS);
			EXPECT(push(m, cases[i].since, cases[i].seq, cases[i].is_taken) == cases[i].result, "row %zu", i);
			EXPECT(agrees(m), "row %zu seed %" PRIu64, i, seed);
			model_free(m);
		}
}

static void
test_history(void **state)
{
	struct model *m = model_make(1);
	(void)state;
	begin(m, 1, UNITS);
	for (int step = 0; step < STEPS; step++) {
		uint64_t seq = m->seq + dice_pick(&m->dice, 3);
		enum follow_result result = FOLLOW_MOVED, expected = FOLLOW_MOVED;
		switch (dice_pick(&m->dice, 8)) {
		case 0: /* asked anew */
			begin(m, seq, 1 + dice_pick(&m->dice, UNITS));
			break;
		case 1:
			result = push(m, m->seq + 1 + dice_pick(&m->dice, 3), m->seq + 5, false);
			expected = FOLLOW_GAP;
			break;
		case 2:
			if (m->seq)
				result = push(m, 0, dice_pick(&m->dice, m->seq), false);
			break;
		default:
			result = push(m, m->seq - dice_pick(&m->dice, m->seq + 1), seq, true);
		}
		EXPECT(result == expected && agrees(m), "step %d", step);
	}
	model_free(m);
}

/* ---------------------------------------------------------------- at the edges */

static void
test_no_rows(void **state)
{
	struct model *m = model_make(2);
	struct push heartbeat = {.as_of = {101, 303}, .since_seq = 100};
	(void)state;
	begin(m, 100, UNITS);
	assert_int_equal(follow_push(&m->follow, &heartbeat), FOLLOW_MOVED);
	m->seq = 101;
	assert_true(agrees(m));
	begin(m, 102, 0); /* a total without rows */
	assert_true(agrees(m));
	heartbeat = (struct push){.as_of = {103, 309}, .since_seq = 102};
	assert_int_equal(follow_push(&m->follow, &heartbeat), FOLLOW_MOVED);
	m->seq = 103;
	assert_true(agrees(m));
	model_free(m);
}

/* A row of a unit that the total has not is nothing to us. */
static void
test_strange_row(void **state)
{
	struct model *m = model_make(3);
	(void)state;
	begin(m, 100, UNITS);
	struct unit_total row = row_make(&m->source, 990000, 5);
	struct push strange = {.as_of = {101, 303}, .since_seq = 100, .unit_count = 1, .units = &row};
	assert_int_equal(follow_push(&m->follow, &strange), FOLLOW_MOVED);
	m->seq = 101;
	assert_true(agrees(m));
	model_free(m);
}

/* Without memory the state stays what it was, and may be asked anew. */
static void
test_no_memory(void **state)
{
	struct model *m = model_make(4);
	size_t most[2];
	(void)state;
	begin(m, 100, UNITS);
	for (int i = 0; i < 2; i++) {
		most[i] = m->follow.arenas[i].bytes_max;
		m->follow.arenas[i].bytes_max = i == m->follow.present ? most[i] : 300;
	}
	struct unit_total row = row_make(&m->source, first_unit, 5);
	struct push p = {.as_of = {101, 303}, .since_seq = 100, .unit_count = 1, .units = &row};
	assert_int_equal(follow_push(&m->follow, &p), FOLLOW_NO_MEMORY);
	assert_true(agrees(m));
	struct total_answer answer = {.as_of = {101, 303}, .label = "演示数据", .unit_count = 1, .units = &row};
	m->follow.arenas[!m->follow.present].bytes_max = 10;
	assert_false(follow_begin(&m->follow, &answer));
	assert_true(agrees(m));
	for (int i = 0; i < 2; i++)
		m->follow.arenas[i].bytes_max = most[i];
	assert_int_equal(push(m, 100, 101, true), FOLLOW_MOVED);
	assert_true(agrees(m));
	model_free(m);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pushes),      cmocka_unit_test(test_history),   cmocka_unit_test(test_no_rows),
	    cmocka_unit_test(test_strange_row), cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
