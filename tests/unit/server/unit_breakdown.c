/* Targets that are broken down (逐级分解): what a submission of them is refused for, against a plain model
 * that looks at every row for every row. */
#include "case.h"
#include "dice.h"
#include "plan.h"

#include "submission/intake.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNTIES = 60, HELD = 40, YEARS = 2, ROUNDS = 3000 };

struct row {
	struct target_part part;
	uint32_t revision; /* of one that is held */
};

static const struct measure measures[] = {{HOUSEHOLDS, 0}, {SUBSIDY, 0}, {0, FUND_RAISED}};

/* ---------------------------------------------------------------- the model */

static bool
is_same(const struct target_part *a, unit_code unit, const struct target_part *like)
{
	return a->unit == unit && a->year == like->year && a->indicator == like->indicator &&
	       a->fund == like->fund;
}

static const struct row *
model_find(const struct row *held, size_t count, unit_code unit, const struct target_part *like)
{
	for (size_t i = 0; i < count; i++)
		if (is_same(&held[i].part, unit, like))
			return &held[i];
	return NULL;
}

struct model {
	const struct catalogue *catalogue;
	const struct row *held;
	size_t held_count;
	const struct submission *submission;
};

static int64_t
model_after(const struct model *m, unit_code unit, const struct target_part *like)
{
	const struct submission *s = m->submission;
	for (size_t i = 0; i < s->target_count; i++)
		if (is_same(&s->targets[i], unit, like))
			return s->targets[i].value;
	const struct row *now = model_find(m->held, m->held_count, unit, like);
	return now ? now->part.value : -1;
}

/* A whole is looked at by the first row that is a part of it. */
static bool
is_first_part(const struct submission *s, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (s->targets[i].unit / 100 == s->targets[row].unit / 100 &&
		    is_same(&s->targets[i], s->targets[i].unit, &s->targets[row]))
			return false;
	return true;
}

static void
model_parts(const struct model *m, size_t row, struct problem_list *out)
{
	const struct target_part *part = &m->submission->targets[row];
	unit_code above = part->unit / 100;
	int64_t whole = model_after(m, above, part), sum = 0, decimals = part->indicator == HOUSEHOLDS ? 0 : 2;
	for (size_t i = 0; i < m->catalogue->unit_count; i++) {
		unit_code unit = m->catalogue->units[i].code;
		int64_t value = unit / 100 == above ? model_after(m, unit, part) : 0;
		sum += value > 0 ? value : 0;
	}
	if (whole < 0)
		problem_detail(problem_add(out, PROBLEM_TARGET_WHOLE_MISSING, SUBJECT_TARGET, row, "unit"),
		               "%" PRId64, above);
	if (sum >= whole)
		return;
	struct problem *p = problem_add(out, PROBLEM_TARGET_SHORT, SUBJECT_TARGET, row, "value");
	p->limit = whole;
	p->actual = sum;
	p->decimals = (uint32_t)decimals;
	if (decimals)
		problem_detail(p, "0.%02" PRId64, whole - sum);
	else
		problem_detail(p, "%" PRId64, whole - sum);
}

static void
model_compare(const struct model *m, struct problem_list *out)
{
	for (size_t i = 0; i < m->submission->target_count; i++) {
		const struct target_part *part = &m->submission->targets[i];
		const struct row *now = model_find(m->held, m->held_count, part->unit, part);
		if (part->replaces != (now ? now->revision : 0)) {
			struct problem *p = problem_add(out, PROBLEM_REVISION_CONFLICT, SUBJECT_TARGET, i, "replaces");
			p->limit = now ? now->revision : 0;
			p->actual = part->replaces;
		} else if (part->unit != PROVINCE && is_first_part(m->submission, i)) {
			model_parts(m, i, out);
		}
	}
}

/* ---------------------------------------------------------------- at random */

static struct target_part
roll_part(struct dice *dice, const struct catalogue *c)
{
	const struct measure measure = measures[dice_pick(dice, COUNT(measures))];
	const unit_code units[] = {PROVINCE,
	                           2201,
	                           2202,
	                           plan_wide_county(dice_pick(dice, 3)),
	                           plan_wide_county(COUNTIES / 2 + dice_pick(dice, 3)),
	                           c->units[dice_pick(dice, c->unit_count)].code};
	return (struct target_part){.unit = units[dice_pick(dice, COUNT(units))],
	                            .year = 2013 + (int)dice_pick(dice, YEARS),
	                            .indicator = measure.indicator,
	                            .fund = measure.fund,
	                            .value = (int64_t)dice_pick(dice, 20),
	                            .note = ""};
}

static size_t
roll_held(struct dice *dice, const struct catalogue *c, struct totals *totals, struct row held[HELD])
{
	size_t count = 0, wanted = dice_pick(dice, HELD + 1);
	for (size_t i = 0; i < wanted; i++) {
		struct row row = {roll_part(dice, c), 1 + (uint32_t)dice_pick(dice, 3)};
		if (model_find(held, count, row.part.unit, &row.part))
			continue;
		held[count++] = row;
		assert_true(totals_add_target(totals, &row.part, row.revision, 1));
	}
	return count;
}

static void
roll_rows(struct dice *dice, const struct model *m, struct submission *s)
{
	size_t wanted = 1 + dice_pick(dice, dice_pick(dice, 8) ? 30 : 400);
	s->target_count = 0;
	for (size_t i = 0; i < wanted; i++) {
		struct target_part part = roll_part(dice, m->catalogue);
		bool repeated = false;
		for (size_t k = 0; k < s->target_count; k++)
			repeated = repeated || is_same(&s->targets[k], part.unit, &part);
		const struct row *now = model_find(m->held, m->held_count, part.unit, &part);
		part.replaces = (now ? now->revision : 0) + !dice_pick(dice, 8);
		if (!repeated)
			s->targets[s->target_count++] = part;
	}
}

static void
expect_same(const struct problem_list *found, const struct problem_list *expected, int round)
{
	EXPECT(found->count == expected->count && found->more == expected->more, "round %d: %zu and %zu problems",
	       round, found->count, expected->count);
	for (size_t i = 0; i < found->count; i++) {
		const struct problem *a = &found->items[i], *b = &expected->items[i];
		EXPECT(a->code == b->code && a->subject == b->subject && a->index == b->index &&
		           !strcmp(a->column, b->column) && a->limit == b->limit && a->actual == b->actual &&
		           a->decimals == b->decimals && !strcmp(a->detail, b->detail),
		       "round %d problem %zu: %d row %u \"%s\", not %d row %u \"%s\"", round, i, (int)a->code,
		       a->index, a->detail, (int)b->code, b->index, b->detail);
	}
}

static void
test_random(void **state)
{
	static struct target_part parts[SUBMISSION_ROWS_MAX];
	struct dice dice = {20130420};
	size_t refused = 0;
	(void)state;
	plan_make_wide(&plan, COUNTIES);
	for (int round = 0; round < ROUNDS; round++) {
		struct holdings holdings;
		struct row held[HELD];
		struct problem_list found = {0}, expected = {0};
		struct envelope e = {.submission = {.id = {{1}}, .targets = parts}};
		assert_true(holdings_create(&plan, &holdings));
		size_t count = roll_held(&dice, &plan, holdings.totals, held);
		const struct model model = {&plan, held, count, &e.submission};
		roll_rows(&dice, &model, &e.submission);
		model_compare(&model, &expected);
		bool good = intake_compare(&holdings, 0, &e, &found) == INTAKE_ACCEPTED;
		EXPECT(good == !expected.count, "round %d", round);
		expect_same(&found, &expected, round);
		refused += !good;
		holdings_destroy(&holdings);
	}
	assert_true(refused > ROUNDS / 10 && refused < ROUNDS);
	catalogue_free(&plan);
}

/* ---------------------------------------------------------------- as many as may come */

/* Each prefecture has 30 counties, one of which takes the whole of it: so there are thousands of wholes. */
enum { PREFECTURES = 48, MANY_YEARS = 51, MANY = MANY_YEARS * (1 + 2 * PREFECTURES), MANY_ROUNDS = 20 };

static void
fill_many(struct target_part *parts)
{
	size_t count = 0;
	for (int year = 0; year < MANY_YEARS; year++) {
		struct target_part part = {.year = 2000 + year, .indicator = HOUSEHOLDS, .note = ""};
		part.unit = PROVINCE;
		part.value = 10 * PREFECTURES;
		parts[count++] = part;
		part.value = 10;
		for (size_t i = 0; i < PREFECTURES; i++) {
			part.unit = plan_wide_county(30 * i);
			parts[count++] = part;
			part.unit /= 100;
			parts[count++] = part;
		}
	}
	assert_int_equal(count, MANY);
}

static void
shuffle(struct dice *dice, struct target_part *parts)
{
	for (size_t i = MANY; i > 1; i--) {
		size_t other = dice_pick(dice, i);
		struct target_part part = parts[i - 1];
		parts[i - 1] = parts[other];
		parts[other] = part;
	}
}

static void
test_many(void **state)
{
	static struct target_part parts[MANY];
	struct holdings holdings;
	struct dice dice = {1};
	(void)state;
	plan_make_wide(&plan, 30 * PREFECTURES);
	assert_true(holdings_create(&plan, &holdings));
	fill_many(parts);
	for (int round = 0; round < MANY_ROUNDS; round++) {
		struct problem_list problems = {0};
		struct envelope e = {.submission = {.id = {{1}}, .targets = parts, .target_count = MANY}};
		size_t row = dice_pick(&dice, MANY);
		shuffle(&dice, parts);
		EXPECT(intake_compare(&holdings, 0, &e, &problems) == INTAKE_ACCEPTED, "round %d", round);
		while (unit_level_of(parts[row].unit) != UNIT_COUNTY)
			row = (row + 1) % MANY;
		parts[row].value--;
		assert_int_equal(intake_compare(&holdings, 0, &e, &problems), INTAKE_REFUSED);
		EXPECT(problems.count == 1 && problems.items[0].code == PROBLEM_TARGET_SHORT &&
		           problems.items[0].index == row && problems.items[0].actual == 9 &&
		           problems.items[0].limit == 10,
		       "round %d", round);
		parts[row].value++;
	}
	holdings_destroy(&holdings);
	catalogue_free(&plan);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_many)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
