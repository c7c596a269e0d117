/* Exceptions to deadlines: the later one of the plan's and of what the unit, or one above it, was given; the
 * last word counts; and nobody who may come later finds the door closed. Against a plain list of what was
 * given. */
#include "case.h"
#include "dice.h"
#include "plan.h"

#include "state/extensions.h"

#include <string.h>

enum { ROUNDS = 40, GIVEN_MAX = 150, DAY = 86400 };

static const unit_code units[] = {PROVINCE, PREFECTURE,    COUNTY, TOWNSHIP,
                                  VILLAGE,  VILLAGE_OTHER, 220881, 222401};
static const period months[] = {201303, 201304};

static const struct deadline_rule rules[] = {
    {FORM_VILLAGE, DEADLINE_OPEN, 201301, 201312, 0, 25, 0, ""},
    {FORM_VILLAGE, DEADLINE_DUE, 201301, 201312, 1, 5, MINUTES_PER_DAY, ""},
    {FORM_VILLAGE, DEADLINE_CLOSED, 201301, 201312, 1, 20, MINUTES_PER_DAY, ""},
    {FORM_VILLAGE, DEADLINE_CORRECTIONS, 201301, 201312, 3, 20, MINUTES_PER_DAY, ""},
    {FORM_COUNTY, DEADLINE_DUE, 201301, 201312, 1, 5, MINUTES_PER_DAY, ""},
};

static int
make(void **state)
{
	char error[CATALOGUE_ERROR_BYTES];
	(void)state;
	catalogue_init(&plan, 1024 * 1024);
	plan_fill(&plan);
	plan_put_rules(&plan, rules, COUNT(rules));
	return catalogue_finish(&plan, error) ? 0 : -1;
}

static int
unmake(void **state)
{
	(void)state;
	catalogue_free(&plan);
	return 0;
}

/* ---------------------------------------------------------------- the model */

struct given {
	size_t count;
	struct extension all[GIVEN_MAX];
};

/* What was said last about exactly this; 0: nothing. */
static int64_t
last_word(const struct given *g, unit_code unit, const struct extension *like)
{
	for (size_t i = g->count; i--;) {
		const struct extension *e = &g->all[i];
		if (e->unit == unit && e->period == like->period && e->form == like->form &&
		    e->document == like->document && e->event == like->event)
			return e->until;
	}
	return 0;
}

static int64_t
model_until(const struct given *g, unit_code unit, const struct extension *like, int64_t planned)
{
	for (unit_code at = unit; at; at /= 10) /* whichever of them is a unit */
		for (size_t i = 0; i < COUNT(units); i++)
			if (units[i] == at && last_word(g, at, like) > planned)
				planned = last_word(g, at, like);
	return planned;
}

static struct extension
roll(struct dice *dice, int64_t base)
{
	struct extension e = {.unit = units[dice_pick(dice, COUNT(units))],
	                      .event = (enum deadline_event)(DEADLINE_DUE + dice_pick(dice, 3)),
	                      .until = base + (int64_t)dice_pick(dice, 120) * DAY,
	                      .reason = "x"};
	if (dice_pick(dice, 5)) {
		e.period = months[dice_pick(dice, COUNT(months))];
		e.form = dice_pick(dice, 3) ? FORM_VILLAGE : FORM_COUNTY;
	} else {
		e.event = DEADLINE_DUE;
		e.document = dice_pick(dice, 2) ? DOCUMENT_PLAN : DOCUMENT_PHOTO;
	}
	return e;
}

static void
expect_as_model(const struct extensions *x, const struct given *g, size_t round)
{
	for (size_t u = 0; u < COUNT(units); u++)
		for (size_t m = 0; m < COUNT(months); m++)
			for (uint32_t form = FORM_VILLAGE; form <= FORM_COUNTY; form++) {
				const struct deadlines *planned = catalogue_deadlines(&plan, form, months[m]);
				struct deadlines d = extensions_deadlines(x, &plan, units[u], form, months[m]);
				int64_t before = 0;
				for (int event = DEADLINE_OPEN; event < DEADLINE_EVENTS; event++) {
					const struct extension like = {
					    .period = months[m], .form = form, .event = (enum deadline_event)event};
					int64_t at = planned->at[event];
					if (at && event > DEADLINE_OPEN)
						at = model_until(g, units[u], &like, at);
					if (at && event > DEADLINE_DUE && at < before)
						at = before;
					EXPECT(d.at[event] == at, "round %zu unit %d form %u event %d", round, (int)u, form,
					       event);
					before = at;
				}
			}
	for (size_t u = 0; u < COUNT(units); u++)
		for (uint32_t number = DOCUMENT_PLAN; number <= DOCUMENT_PHOTO; number++) {
			const struct document_kind *kind = catalogue_document(&plan, number);
			const struct extension like = {.document = number, .event = DEADLINE_DUE};
			EXPECT(extensions_due(x, kind, units[u]) == model_until(g, units[u], &like, kind->due),
			       "round %zu unit %zu document %u", round, u, number);
		}
}

static void
test_histories(void **state)
{
	static struct given g;
	int64_t base = catalogue_deadlines(&plan, FORM_VILLAGE, 201303)->at[DEADLINE_OPEN];
	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		struct dice dice = {round + 1};
		struct extensions *x = extensions_create();
		g.count = 0;
		for (size_t i = 0; i < GIVEN_MAX; i++) {
			g.all[g.count] = roll(&dice, base);
			assert_true(extensions_add(x, &g.all[g.count++]));
			if (i % 30 == 0)
				expect_as_model(x, &g, round);
		}
		expect_as_model(x, &g, round);
		extensions_destroy(&x);
		assert_null(x);
		extensions_destroy(&x); /* twice is fine */
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_histories, make, unmake)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
