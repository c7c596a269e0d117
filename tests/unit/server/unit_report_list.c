/* Lists of reports, against a plain model: what a query wants of a random history, in order, and the same
 * list again when it is taken a page at a time. */
#include "case.h"
#include "dice.h"
#include "plan.h"

#include "query/report_list.h"

#include <string.h>

enum { HISTORIES = 6, REPORTS = 150, QUERIES = 120, KEPT_MAX = 400, ARENA_BYTES = 8 * 1024 * 1024 };

static int
make(void **state)
{
	(void)state;
	plan_make(&plan);
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	catalogue_free(&plan);
	return 0;
}

/* ---------------------------------------------------------------- a history */

struct kept {
	struct report_key key;
	uint32_t version, revision, step, approved;
	enum review_state state;
	const char *text;
	int64_t first, value;
};

struct model {
	struct dice dice;
	struct totals *totals;
	size_t count;
	struct kept kept[KEPT_MAX];
};

static const struct {
	unit_code unit;
	uint32_t form, indicator;
} places[] = {
    {VILLAGE, FORM_VILLAGE, SUBSIDY},
    {VILLAGE_OTHER, FORM_VILLAGE, SUBSIDY},
    {220881101201, FORM_VILLAGE, SUBSIDY},
    {COUNTY, FORM_COUNTY, STAFF},
    {220881, FORM_COUNTY, STAFF},
    {222401, FORM_COUNTY, STAFF},
    {COUNTY, FORM_OLD, OLD},
};

static struct kept *
find(struct model *m, const struct report_key *key)
{
	for (size_t i = 0; i < m->count; i++)
		if (!memcmp(&m->kept[i].key, key, sizeof *key))
			return &m->kept[i];
	return NULL;
}

static void
add_report(struct model *m, int64_t at)
{
	size_t place = dice_pick(&m->dice, COUNT(places));
	struct report_key key;
	memset(&key, 0, sizeof key);
	key.unit = places[place].unit;
	key.form = places[place].form;
	key.period = (key.form == FORM_OLD ? 201101 : 201301) + (period)dice_pick(&m->dice, 12);
	struct kept *k = find(m, &key);
	if (!k) {
		k = &m->kept[m->count++];
		*k = (struct kept){.key = key, .first = at, .state = REVIEW_SENT, .text = ""};
	}
	k->revision++;
	k->version = key.form == FORM_VILLAGE && key.period > 201306 ? 2 : 1;
	k->value = (int64_t)dice_pick(&m->dice, 10);
	k->state = REVIEW_SENT;
	k->text = "";
	const struct report r = {
	    key.unit,  key.period, key.form, k->version, k->revision - 1, 1, &places[place].indicator,
	    &k->value, 0};
	assert_true(totals_add_report(m->totals, &r, k->revision, 1, at * 1000000));
}

static void
decide(struct model *m)
{
	static const char *const texts[] = {"缺验收单", "数字不符"};
	struct kept *k = &m->kept[dice_pick(&m->dice, m->count)];
	bool pass = dice_pick(&m->dice, 2);
	if (k->state != REVIEW_SENT)
		return;
	const char *text = texts[dice_pick(&m->dice, COUNT(texts))];
	const struct review r = {k->key.unit,
	                         k->key.period,
	                         k->key.form,
	                         k->revision,
	                         k->step,
	                         pass ? DECISION_PASS : DECISION_RETURN,
	                         pass ? RETURN_REASON_NONE : RETURN_NO_EVIDENCE,
	                         pass ? "" : text};
	assert_true(totals_add_review(m->totals, &r, 1));
	k->step++;
	k->state = pass ? REVIEW_PASSED : REVIEW_RETURNED;
	k->text = pass ? "" : text;
	k->approved = pass ? k->revision : k->approved;
}

/* ---------------------------------------------------------------- a query */

struct query {
	struct report_query q;
	uint32_t forms[2];
	enum review_state states[2];
};

static void
roll_query(struct dice *dice, struct query *out)
{
	static const unit_code units[] = {PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE, 2224, 222401, 220881};
	int from = period_index(201012) + (int)dice_pick(dice, 40);
	*out = (struct query){.forms = {1 + (uint32_t)dice_pick(dice, 3), 1 + (uint32_t)dice_pick(dice, 3)},
	                      .states = {REVIEW_SENT, dice_pick(dice, 2) ? REVIEW_PASSED : REVIEW_RETURNED}};
	out->q = (struct report_query){.unit = units[dice_pick(dice, COUNT(units))],
	                               .from = period_from_index(from),
	                               .to = period_from_index(from + (int)dice_pick(dice, 20)),
	                               .form_count = dice_pick(dice, 3),
	                               .state_count = dice_pick(dice, 3),
	                               .values = dice_pick(dice, 2)};
}

static bool
is_wanted(const struct query *query, const struct kept *k)
{
	const struct report_query *q = &query->q;
	bool form = !q->form_count, state = !q->state_count;
	for (size_t i = 0; i < q->form_count; i++)
		form |= query->forms[i] == k->key.form;
	for (size_t i = 0; i < q->state_count; i++)
		state |= query->states[i] == k->state;
	return form && state && unit_within(k->key.unit, q->unit) && k->key.period >= q->from &&
	       k->key.period <= q->to;
}

static bool
comes_before(const struct kept *a, const struct kept *b)
{
	if (a->key.unit != b->key.unit)
		return a->key.unit < b->key.unit;
	return a->key.form != b->key.form ? a->key.form < b->key.form : a->key.period < b->key.period;
}

/* All that are wanted, in order. */
static size_t
model_list(const struct model *m, const struct query *query, const struct kept *out[KEPT_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < m->count; i++) {
		size_t at = count;
		if (!is_wanted(query, &m->kept[i]))
			continue;
		for (; at && comes_before(&m->kept[i], out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = &m->kept[i];
		count++;
	}
	return count;
}

static void
expect_item(const struct report_item *item, const struct kept *k, bool values, size_t row)
{
	EXPECT(item->key.unit == k->key.unit && item->key.form == k->key.form &&
	           item->key.period == k->key.period,
	       "row %zu: %d %u", row, item->key.period, item->key.form);
	EXPECT(item->version == k->version && item->revision == k->revision && item->state == k->state &&
	           item->step == k->step && item->first_time == k->first,
	       "row %zu: revision %u step %u", row, item->revision, item->step);
	EXPECT(k->state == REVIEW_RETURNED || item->approved == k->approved, "row %zu", row);
	EXPECT(!strcmp(item->text, k->text), "row %zu: %s", row, item->text);
	EXPECT((item->reason == RETURN_NO_EVIDENCE) == (k->state == REVIEW_RETURNED), "row %zu", row);
	EXPECT(item->value_count == values, "row %zu: %zu values", row, item->value_count);
	EXPECT(!values || item->values[0] == k->value, "row %zu", row);
}

/* A page at a time until there is no more; each page begins where the last one said. */
static void
expect_list(const struct model *m, struct query *query, uint32_t limit)
{
	const struct kept *expected[KEPT_MAX];
	size_t count = model_list(m, query, expected), seen = 0;
	struct report_key after = {0};
	query->q.forms = query->forms;
	query->q.states = query->states;
	query->q.limit = limit;
	for (;;) {
		struct arena arena;
		struct problem_list problems = {0};
		struct report_answer answer = {0};
		arena_init(&arena, ARENA_BYTES);
		query->q.after = after;
		assert_true(report_list(m->totals, &plan, &query->q, &arena, &answer, &problems));
		EXPECT(answer.count <= limit && seen + answer.count <= count, "%zu of %zu", seen + answer.count,
		       count);
		for (size_t i = 0; i < answer.count; i++)
			expect_item(&answer.items[i], expected[seen + i], query->q.values, seen + i);
		seen += answer.count;
		after = answer.next;
		EXPECT(!after.unit || answer.count == limit, "a page of %zu, and more", answer.count);
		arena_free(&arena);
		if (!after.unit)
			break;
	}
	EXPECT(seen == count, "%zu of %zu", seen, count);
}

static void
test_lists(void **state)
{
	static struct model m;
	(void)state;
	for (size_t history = 0; history < HISTORIES; history++) {
		m = (struct model){.dice = {history + 1}, .totals = totals_create(&plan)};
		for (int i = 0; i < REPORTS; i++) {
			add_report(&m, 1000 + i);
			decide(&m);
		}
		for (int i = 0; i < QUERIES; i++) {
			struct query query;
			roll_query(&m.dice, &query);
			expect_list(&m, &query, i % 3 ? 1000 : 1 + (uint32_t)dice_pick(&m.dice, 9));
		}
		totals_destroy(&m.totals);
	}
}

static void
test_refused(void **state)
{
	static const uint32_t unknown[] = {77};
	static const struct {
		struct report_query q;
		enum problem_code code;
	} rows[] = {
	    {{.unit = PROVINCE, .from = 201301, .to = 201312}, 0},
	    {{.unit = 220899, .from = 201301, .to = 201312}, PROBLEM_UNIT_UNKNOWN},
	    {{.unit = PROVINCE, .from = 201301, .to = 201312, .after = {.unit = 220899}}, PROBLEM_UNIT_UNKNOWN},
	    {{.unit = PROVINCE, .from = 201313, .to = 201312}, PROBLEM_PERIOD_INVALID},
	    {{.unit = PROVINCE, .from = 201301, .to = 201312, .form_count = 1, .forms = unknown},
	     PROBLEM_FORM_UNKNOWN},
	};
	struct totals *totals = totals_create(&plan);
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena arena;
		struct problem_list problems = {0};
		struct report_answer answer = {0};
		arena_init(&arena, ARENA_BYTES);
		bool good = report_list(totals, &plan, &rows[i].q, &arena, &answer, &problems);
		EXPECT(good == !rows[i].code && problems.items[0].code == rows[i].code, "row %zu: %d", i,
		       (int)problems.items[0].code);
		arena_free(&arena);
	}
	struct arena small;
	struct problem_list problems = {0};
	struct report_answer answer = {0};
	arena_init(&small, 100);
	assert_false(report_list(totals, &plan, &rows[0].q, &small, &answer, &problems));
	assert_int_equal(problems.items[0].code, PROBLEM_TOO_LARGE);
	arena_free(&small);
	totals_destroy(&totals);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_lists, make, unmake),
	                                          cmocka_unit_test_setup_teardown(test_refused, make, unmake)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
