/* Both sides of every deadline, to the second and to the microsecond: what a new report and a correction are
 * told, what completeness counts, and which month the pace of a target goes by. The moments are written out
 * as a clerk reads them in the calendar, with and without 宽限; what holds on either side of them is a table,
 * too. */
#include "case.h"
#include "plan.h"

#include "check/check.h"
#include "query/completeness.h"
#include "submission/intake.h"

#include <string.h>

#define SECOND INT64_C(1000000)

/* COUNTY has sent its reports, this one of the same prefecture has not. */
#define COUNTY_SILENT INT64_C(220881)

enum { PLAN_BYTES = 1024 * 1024, LATER = 3 * 86400 + 7 };

static const struct special_day days[] = {
    {20130404, false, "清明节"}, {20130405, false, "清明节"}, {20130406, false, "清明节"},
    {20130407, true, "调休"},    {20130430, false, "劳动节"}, {20130501, false, "劳动节"},
    {20130920, false, "中秋节"}, {20130921, false, "中秋节"}, {20130922, true, "调休"},
    {20131001, false, "国庆节"}, {20131002, false, "国庆节"}, {20131003, false, "国庆节"},
    {20131004, false, "国庆节"}, {20131005, false, "国庆节"}, {20131006, false, "国庆节"},
    {20131007, false, "国庆节"},
};

static const struct deadline_rule rules[] = {
    {FORM_COUNTY, DEADLINE_OPEN, 201301, 201312, 0, 25, 9 * 60, ""},
    {FORM_COUNTY, DEADLINE_DUE, 201301, 201312, 1, 5, MINUTES_PER_DAY, ""},
    {FORM_COUNTY, DEADLINE_CLOSED, 201301, 201312, 1, 20, 17 * 60, ""},
    {FORM_COUNTY, DEADLINE_CORRECTIONS, 201301, 201312, 3, 31, MINUTES_PER_DAY, ""},
};

static const struct {
	period when;
	const char *at[DEADLINE_EVENTS];
} months[] = {
    /* The last of April and the first of May are off. */
    {201301, {"", "2013-01-25 09:00", "2013-02-05 24:00", "2013-02-20 17:00", "2013-05-02 24:00"}},
    /* Due: Qingming, then a Sunday that is worked; closed: a Saturday; corrections: a Sunday. */
    {201303, {"", "2013-03-25 09:00", "2013-04-07 24:00", "2013-04-22 17:00", "2013-07-01 24:00"}},
    /* Due: a Sunday. */
    {201304, {"", "2013-04-25 09:00", "2013-05-06 24:00", "2013-05-20 17:00", "2013-07-31 24:00"}},
    /* It opens on a Sunday all the same; closed: two days off, then a Sunday that is worked. */
    {201308, {"", "2013-08-25 09:00", "2013-09-05 24:00", "2013-09-22 17:00", "2013-12-02 24:00"}},
    /* Due: National Day's week. */
    {201309, {"", "2013-09-25 09:00", "2013-10-08 24:00", "2013-10-21 17:00", "2013-12-31 24:00"}},
    /* Over the year's end. */
    {201312, {"", "2013-12-25 09:00", "2014-01-06 24:00", "2014-01-20 17:00", "2014-03-31 24:00"}},
};

static const int64_t sides[] = {-SECOND, -1, 0, 1, SECOND - 1, SECOND};

/* What is told before an event and from it on; 0: accepted. `by`: the event whose moment the refusal names.
 */
struct told {
	enum problem_code code;
	enum deadline_event by;
};

static const struct told closed = {PROBLEM_CLOSED_FOR_REPORTS, DEADLINE_CLOSED};
static const struct told closed_for_corrections = {PROBLEM_CLOSED_FOR_CORRECTIONS, DEADLINE_CORRECTIONS};
static const struct told not_open = {PROBLEM_NOT_OPEN, DEADLINE_OPEN};

static struct told
expected_answer(enum deadline_event event, bool after, bool correction)
{
	const struct told accepted = {0};
	const struct {
		struct told report[2], correction[2]; /* before, from then on */
	} table[DEADLINE_EVENTS] = {
	    [DEADLINE_OPEN] = {{not_open, accepted}, {not_open, accepted}},
	    [DEADLINE_DUE] = {{accepted, accepted}, {accepted, accepted}},
	    [DEADLINE_CLOSED] = {{accepted, closed}, {accepted, accepted}},
	    [DEADLINE_CORRECTIONS] = {{closed, closed}, {accepted, closed_for_corrections}},
	};
	return correction ? table[event].correction[after] : table[event].report[after];
}

/* Of the two counties together. */
struct counts {
	uint32_t due, received, missing, open, open_received;
};

static const struct counts expected_counts[DEADLINE_EVENTS][2] = {
    [DEADLINE_OPEN] = {{0, 0, 0, 0, 0}, {0, 0, 0, 2, 1}},
    [DEADLINE_DUE] = {{0, 0, 0, 2, 1}, {2, 1, 1, 0, 0}},
    [DEADLINE_CLOSED] = {{2, 1, 1, 0, 0}, {2, 1, 1, 0, 0}},
    [DEADLINE_CORRECTIONS] = {{2, 1, 1, 0, 0}, {2, 1, 1, 0, 0}},
};

/* Which events the prefecture was given more time for. */
enum given { GIVEN_NOTHING, GIVEN_THIS, GIVEN_ALL, GIVENS };

struct scene {
	struct catalogue plan;
	struct holdings holdings;
	struct envelope_pool pool;
};

/* ---------------------------------------------------------------- the scene */

static void
plan_with_rules(struct catalogue *c)
{
	char error[CATALOGUE_ERROR_BYTES] = "";
	catalogue_init(c, PLAN_BYTES);
	plan_fill(c);
	c->days = arena_array(&c->arena, COUNT(days), sizeof *days);
	assert_non_null(c->days);
	plan_put_rules(c, rules, COUNT(rules));
	memcpy(c->days, days, sizeof days);
	c->day_count = COUNT(days);
	bool good = catalogue_finish(c, error);
	EXPECT(good, "%s", error);
}

/* The first report of COUNTY for a month. */
static void
hold(struct scene *s, period when, int64_t time_us)
{
	static const uint32_t indicators[] = {STAFF};
	static const int64_t values[] = {1};
	const struct report report = {COUNTY, when, FORM_COUNTY, 1, 0, 1, indicators, values, 0};
	assert_true(totals_add_report(s->holdings.totals, &report, 1, 1, time_us));
}

static int64_t
planned(size_t month, enum deadline_event event)
{
	int64_t at = 0;
	EXPECT(deadline_parse(months[month].at[event], &at), "%s", months[month].at[event]);
	return at;
}

static bool
is_given(enum given given, enum deadline_event what, enum deadline_event event)
{
	return event > DEADLINE_OPEN && (given == GIVEN_ALL || (given == GIVEN_THIS && what == event));
}

/* When `event` is, where `given` was given around `what`. */
static int64_t
moment(size_t month, enum deadline_event event, enum given given, enum deadline_event what)
{
	return planned(month, event) + (is_given(given, what, event) ? LATER : 0);
}

/* The first reports came `came_us` after the moment of this event. */
static void
begin(struct scene *s, enum given given, enum deadline_event what, enum deadline_event came, int64_t came_us)
{
	*s = (struct scene){0};
	plan_with_rules(&s->plan);
	assert_true(holdings_create(&s->plan, &s->holdings));
	for (size_t m = 0; m < COUNT(months); m++) {
		hold(s, months[m].when, moment(m, came, given, what) * SECOND + came_us);
		for (int event = DEADLINE_DUE; event < DEADLINE_EVENTS; event++) {
			const struct extension extension = {PREFECTURE,
			                                    months[m].when,
			                                    FORM_COUNTY,
			                                    (enum deadline_event)event,
			                                    planned(m, (enum deadline_event)event) + LATER,
			                                    "水灾"};
			if (is_given(given, what, (enum deadline_event)event))
				assert_true(extensions_add(s->holdings.extensions, &extension));
		}
	}
}

static void
end(struct scene *s)
{
	holdings_destroy(&s->holdings);
	envelope_pool_free(&s->pool);
	catalogue_free(&s->plan);
}

/* ---------------------------------------------------------------- what is told */

static void
send(struct scene *s, size_t month, int64_t now_us, bool correction, struct problem_list *problems)
{
	const struct frame frame = {.whole = true};
	struct envelope *e = envelope_create(&s->pool, &frame);
	struct report report = {.unit = correction ? COUNTY : COUNTY_SILENT,
	                        .period = months[month].when,
	                        .form = FORM_COUNTY,
	                        .form_version = 1,
	                        .replaces = correction};
	assert_non_null(e);
	e->submission.id = (struct submission_id){{9}};
	e->submission.reports = &report;
	e->submission.report_count = 1;
	enum intake_outcome outcome = intake_compare(&s->holdings, now_us, e, problems);
	assert_int_equal(outcome, problems->count ? INTAKE_REFUSED : INTAKE_ACCEPTED);
	envelope_destroy(&e);
}

static void
expect_told(struct scene *s, size_t month, enum deadline_event event, enum given given, int64_t now_us,
            bool after)
{
	for (int correction = 0; correction < 2; correction++) {
		struct problem_list problems = {0};
		const struct problem *p = &problems.items[0];
		struct told told = expected_answer(event, after, correction);
		send(s, month, now_us, correction, &problems);
		EXPECT(p->code == told.code && problems.count == (told.code != 0),
		       "%d, event %d, given %d, %lld us, correction %d: %d, not %d", months[month].when, (int)event,
		       (int)given, (long long)now_us, correction, (int)p->code, (int)told.code);
		if (!told.code)
			continue;
		EXPECT(p->limit == moment(month, told.by, given, event) && p->actual == now_us / SECOND &&
		           !strcmp(p->column, "period"),
		       "%d, event %d, given %d: limit %lld", months[month].when, (int)event, (int)given,
		       (long long)p->limit);
		EXPECT(!strcmp(p->detail, told.code == PROBLEM_NOT_OPEN ? "" : "白城市 2208"), "%s", p->detail);
	}
}

/* ---------------------------------------------------------------- what is counted */

static void
count(struct scene *s, period when, int64_t now_us, struct arena *arena, struct completeness_answer *out)
{
	static const uint32_t form = FORM_COUNTY;
	struct problem_list problems = {0};
	const struct completeness_query query = {.unit = PREFECTURE,
	                                         .from = when,
	                                         .to = when,
	                                         .form_count = 1,
	                                         .forms = &form,
	                                         .missing = true,
	                                         .late = true};
	arena_init(arena, PLAN_BYTES);
	*out = (struct completeness_answer){0};
	assert_true(completeness_answer(&s->holdings, &query, now_us, arena, out, &problems));
	assert_int_equal(out->row_count, 1);
}

static void
expect_counted(struct scene *s, size_t month, enum deadline_event event, enum given given, int64_t now_us,
               bool after)
{
	struct arena arena;
	struct completeness_answer answer;
	const struct counts *e = &expected_counts[event][after];
	count(s, months[month].when, now_us, &arena, &answer);
	const struct completeness_row *row = answer.rows;
	EXPECT(row->due == e->due && row->received == e->received && row->on_time == e->received &&
	           row->missing == e->missing && row->open == e->open && row->open_received == e->open_received &&
	           !row->late_seconds,
	       "%d, event %d, given %d, %lld us: due %u received %u on time %u missing %u open %u (%u)",
	       months[month].when, (int)event, (int)given, (long long)now_us, row->due, row->received,
	       row->on_time, row->missing, row->open, row->open_received);
	/* The list has what is overdue, and nothing else: all that is there came in time. */
	EXPECT(answer.duty_count == e->missing, "%d, event %d: %zu duties", months[month].when, (int)event,
	       answer.duty_count);
	if (answer.duty_count)
		EXPECT(answer.duties[0].key.unit == COUNTY_SILENT &&
		           answer.duties[0].due == moment(month, DEADLINE_DUE, given, event) &&
		           answer.duties[0].closed == moment(month, DEADLINE_CLOSED, given, event),
		       "%d, event %d", months[month].when, (int)event);
	arena_free(&arena);
}

/* ---------------------------------------------------------------- tests */

static void
expect_both(struct scene *s, size_t month, enum deadline_event event, enum given given, int64_t now_us,
            bool after)
{
	expect_told(s, month, event, given, now_us, after);
	expect_counted(s, month, event, given, now_us, after);
}

static void
test_sides(void **state)
{
	(void)state;
	for (int k = DEADLINE_OPEN * GIVENS; k < DEADLINE_EVENTS * GIVENS; k++) {
		enum deadline_event event = (enum deadline_event)(k / GIVENS);
		enum given given = (enum given)(k % GIVENS);
		struct scene s;
		begin(&s, given, event, DEADLINE_OPEN, 0);
		for (size_t m = 0; m < COUNT(months); m++) {
			int64_t at = moment(m, event, given, event);
			for (size_t i = 0; i < COUNT(sides); i++)
				expect_both(&s, m, event, given, at * SECOND + sides[i], sides[i] >= 0);
			/* The plan's own moment is none any more where there is a later one. */
			for (size_t i = 0; i < COUNT(sides) && is_given(given, event, event); i++)
				expect_both(&s, m, event, given, planned(m, event) * SECOND + sides[i], false);
		}
		end(&s);
	}
}

/* When the first report came, around the moment that it was due, and by how much that is late. */
static const struct {
	int64_t came_us, late;
	bool on_time;
} arrivals[] = {
    {-SECOND, 0, true},     {-1, 0, true},      {0, 0, false},          {1, 0, false},
    {SECOND - 1, 0, false}, {SECOND, 1, false}, {2 * SECOND, 2, false},
};

static void
test_arrivals(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(arrivals) * COUNT(months) * 2; k++) {
		size_t i = k / 2 % COUNT(arrivals), m = k / 2 / COUNT(arrivals);
		enum given given = k % 2 ? GIVEN_THIS : GIVEN_NOTHING;
		struct scene s;
		struct arena arena;
		struct completeness_answer answer;
		int64_t due = moment(m, DEADLINE_DUE, given, DEADLINE_DUE);
		begin(&s, given, DEADLINE_DUE, DEADLINE_DUE, arrivals[i].came_us);
		count(&s, months[m].when, (due + 10) * SECOND, &arena, &answer);
		const struct completeness_row *row = answer.rows;
		EXPECT(row->due == 2 && row->received == 1 && row->on_time == arrivals[i].on_time &&
		           row->late_seconds == arrivals[i].late && row->late_most == arrivals[i].late,
		       "%d, %lld us: on time %u, late %lld", months[m].when, (long long)arrivals[i].came_us,
		       row->on_time, (long long)row->late_seconds);
		/* What is missing, and what came late, with when it came. */
		EXPECT(answer.duty_count == 2 - (size_t)arrivals[i].on_time && !answer.duties[0].first_time &&
		           (arrivals[i].on_time || answer.duties[1].first_time == due + arrivals[i].late),
		       "%d, %lld us: %zu duties", months[m].when, (long long)arrivals[i].came_us, answer.duty_count);
		arena_free(&arena);
		end(&s);
	}
}

/* From when on a month counts for the pace of a target: from the moment that its reports are due, more time
 * or not; for money, which has no deadline, from its end. */
static void
test_pace(void **state)
{
	static const char *const ends[COUNT(months)] = {"2013-01-31", "2013-03-31", "2013-04-30",
	                                                "2013-08-31", "2013-09-30", "2013-12-31"};
	const struct set_target staff = {.unit = PREFECTURE, .year = 2013, .measure = {STAFF}, .value = 100};
	const struct set_target money = {
	    .unit = PREFECTURE, .year = 2013, .measure = {0, FUND_RAISED}, .value = 100};
	struct scene s;
	(void)state;
	begin(&s, GIVEN_ALL, DEADLINE_DUE, DEADLINE_OPEN, 0);
	for (size_t k = 0; k < COUNT(months) * 2 * 3; k++) {
		size_t m = k / 6;
		bool is_money = k / 3 % 2;
		int64_t at = planned(m, DEADLINE_DUE), side = (int64_t)(k % 3) - 1;
		assert_true(!is_money || deadline_parse(ends[m], &at));
		struct target_value v =
		    totals_target_value(s.holdings.totals, is_money ? &money : &staff, at + side, 201312);
		period expected = side >= 0 ? months[m].when : months[m].when - 1;
		EXPECT(v.pace_period == (expected > 201300 ? expected : 0), "%d, money %d, %lld s: %d",
		       months[m].when, (int)is_money, (long long)side, v.pace_period);
	}
	end(&s);
}

/* More time is what ends later than the plan's own, by a second at least. `until`: from the plan's moment on,
 * or from 1970. */
static const struct {
	bool from_plan;
	int64_t until;
	bool good;
} grants[] = {
    {true, -1, false}, {true, 0, false},        {true, 1, true},
    {true, 2, true},   {false, TIME_MAX, true}, {false, TIME_MAX + 1, false},
};

static void
test_grants(void **state)
{
	struct scene s;
	(void)state;
	begin(&s, GIVEN_NOTHING, DEADLINE_DUE, DEADLINE_OPEN, 0);
	for (size_t k = 0; k < COUNT(grants) * COUNT(months) * 3; k++) {
		size_t i = k % COUNT(grants), m = k / COUNT(grants) % COUNT(months);
		enum deadline_event event = (enum deadline_event)(DEADLINE_DUE + k / COUNT(grants) / COUNT(months));
		int64_t until = (grants[i].from_plan ? planned(m, event) : 0) + grants[i].until;
		struct extension extension = {COUNTY, months[m].when, FORM_COUNTY, event, until, "水灾"};
		const struct submission submission = {
		    .id = submission_id_new(SECOND), .extension_count = 1, .extensions = &extension};
		struct problem_list problems = {0};
		bool good = check_submission(&s.plan, 20130601, &submission, &problems);
		EXPECT(good == grants[i].good && (good || problems.items[0].code == PROBLEM_TIME_INVALID),
		       "%d, event %d, row %zu: %d", months[m].when, (int)event, i, (int)problems.items[0].code);
	}
	end(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sides),
	    cmocka_unit_test(test_arrivals),
	    cmocka_unit_test(test_pace),
	    cmocka_unit_test(test_grants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
