/* How an office stands: the questions that it asks, one after the other, what it takes from their answers,
 * and the days that are left as a calendar has them. */
#include "case.h"
#include "plan.h"

#include "session/standing.h"

#include "field/deadline.h"

#include <string.h>

static const struct deadline_rule rules[] = {
    {FORM_COUNTY, DEADLINE_DUE, 201304, 201312, 1, 5, MINUTES_PER_DAY, ""},
    {FORM_VILLAGE, DEADLINE_DUE, 201304, 201312, 1, 3, MINUTES_PER_DAY, ""},
};

static struct standing standing;
static struct standing_steps steps;

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

static struct request
next(enum reply_kind expected)
{
	struct request request = {0};
	enum reply_kind kind = REPLY_NONE;
	assert_true(standing_next(&steps, &request, &kind));
	assert_int_equal(kind, expected);
	return request;
}

static void
take_rows(const struct completeness_row *rows, size_t count)
{
	struct reply reply = {.kind = REPLY_COMPLETENESS};
	reply.completeness.row_count = count;
	reply.completeness.rows = (struct completeness_row *)(uintptr_t)rows;
	standing_take(&steps, &reply);
}

static int64_t
moment(const char *text)
{
	int64_t at = 0;
	assert_true(deadline_parse(text, &at));
	return at;
}

/* First the time, then what was returned, what is overdue, and each form's months that are not due yet. */
static void
test_questions(void **state)
{
	struct report_item items[] = {
	    {.key = {VILLAGE, FORM_VILLAGE, 201304}, .text = "缺验收单"},
	    {.key = {220899, 99, 201305}, .text = ""},
	};
	struct completeness_row overdue[] = {{.missing = 3, .open = 1}, {.missing = 4}};
	(void)state;
	standing_begin(&steps, &plan, COUNTY, &standing);
	assert_int_equal(next(REPLY_PONG).kind, REQUEST_PING);
	struct reply reply = {.kind = REPLY_PONG,
	                      .pong = {.time_us = moment("2013-05-20") * 1000000, .store_ready = true}};
	standing_take(&steps, &reply);
	assert_true(standing.store_ready && standing.time_us == reply.pong.time_us);

	struct request request = next(REPLY_REPORTS);
	assert_true(request.kind == REQUEST_REPORTS && request.reports.unit == COUNTY);
	assert_true(request.reports.state_count == 1 && request.reports.states[0] == REVIEW_RETURNED);
	reply = (struct reply){.kind = REPLY_REPORTS};
	reply.reports.count = COUNT(items);
	reply.reports.items = items;
	reply.reports.next.unit = COUNTY;
	standing_take(&steps, &reply);
	assert_true(standing.returned_count == 2 && standing.returned_more);
	const struct standing_report *r = standing.returned;
	assert_true(r[0].unit == VILLAGE && r[0].period == 201304 && !strcmp(r[0].form, "village") &&
	            !strcmp(r[0].name, "西明嘎村") && !strcmp(r[0].text, "缺验收单"));
	assert_true(!*r[1].form && !*r[1].name && r[1].period == 201305);

	request = next(REPLY_COMPLETENESS);
	assert_true(request.kind == REQUEST_COMPLETENESS && request.completeness.unit == COUNTY &&
	            !request.completeness.form_count);
	take_rows(overdue, COUNT(overdue));
	assert_int_equal(standing.overdue, 7);
}

/* Deadlines ahead: of each form the months that are open, sorted by when they are due. */
static void
test_deadlines(void **state)
{
	enum reply_kind kind;
	struct request request;
	size_t asked = 0;
	int64_t last = 0;
	(void)state;
	test_questions(state);
	while (standing_next(&steps, &request, &kind)) {
		const struct completeness_query *q = &request.completeness;
		assert_true(request.kind == REQUEST_COMPLETENESS && q->form_count == 1 && q->from == q->to);
		EXPECT(catalogue_deadlines(&plan, q->forms[0], q->from)->at[DEADLINE_DUE] >
		           standing.time_us / 1000000,
		       "%u %d is due already", q->forms[0], q->from);
		/* Of the county's form in July nothing is owed. */
		struct completeness_row row = {.open = 5, .open_received = 2};
		if (q->forms[0] == FORM_COUNTY && q->from == 201307)
			row.open = 0;
		take_rows(&row, 1);
		assert_true(++asked <= 24);
	}
	EXPECT(standing.deadline_count == asked - 1 && asked > 2, "%zu of %zu", standing.deadline_count, asked);
	for (size_t i = 0; i < standing.deadline_count; i++) {
		const struct standing_deadline *d = &standing.deadlines[i];
		EXPECT(d->due >= last && d->units == 5 && d->missing == 3, "deadline %zu", i);
		EXPECT(!strcmp(d->form, "county") || !strcmp(d->form, "village"), "deadline %zu: %s", i, d->form);
		EXPECT(strcmp(d->form, "county") || d->period != 201307, "deadline %zu", i);
		last = d->due;
	}
	assert_true(!strcmp(standing.deadlines[0].form, "village")); /* the third of the month comes first */
}

static void
test_days(void **state)
{
	static const struct {
		const char *due, *now;
		int64_t days;
	} rows[] = {
	    {"2013-06-05", "2013-06-05 00:00", 0},       {"2013-06-05", "2013-06-05 23:59", 0},
	    {"2013-06-05", "2013-06-04 23:59", 1},       {"2013-06-05", "2013-06-05", -1},
	    {"2013-06-05 17:00", "2013-06-05 09:00", 0}, {"2013-06-05 17:00", "2013-06-04 09:00", 1},
	    {"2013-06-05", "2013-05-06 12:00", 30},      {"2013-06-05 00:00", "2013-06-04 12:00", 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t days = standing_days_left(moment(rows[i].due), moment(rows[i].now) * 1000000);
		EXPECT(days == rows[i].days, "row %zu: %d", i, (int)days);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_questions),
	                                          cmocka_unit_test(test_deadlines), cmocka_unit_test(test_days)};
	return cmocka_run_group_tests(tests, make, unmake);
}
