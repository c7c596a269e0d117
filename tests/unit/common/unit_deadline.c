/* Deadlines: the working days of 2013 as the State Council's office set them (国办发明电〔2012〕33号), every
 * rule that the plan uses, the notice's two dates, and times as they are written and read. */
#include "case.h"

#include "field/calendar.h"
#include "field/deadline.h"

#include <string.h>

static const struct special_day days[] = {
    {20130105, true, "元旦调休"},   {20130216, true, "春节调休"}, {20130404, false, "清明节"},
    {20130405, false, "清明节"},    {20130406, false, "清明节"},  {20130407, true, "清明节调休"},
    {20130427, true, "劳动节调休"}, {20131001, false, "国庆节"},  {20131002, false, "国庆节"},
    {20131003, false, "国庆节"},    {20131004, false, "国庆节"},  {20131005, false, "国庆节"},
    {20131006, false, "国庆节"},    {20131007, false, "国庆节"},  {20131012, true, "国庆节调休"},
};

static void
test_working_days(void **state)
{
	static const struct {
		date date;
		bool works;
		date next;
	} cases[] = {
	    {20130104, true, 20130104},  {20130105, true, 20130105},  /* a Saturday that is worked */
	    {20130112, false, 20130114}, {20130113, false, 20130114}, /* an ordinary weekend */
	    {20130405, false, 20130407},                              /* over a Saturday off to a Sunday worked */
	    {20130407, true, 20130407},  {20130420, false, 20130422}, {20130427, true, 20130427},
	    {20131001, false, 20131008}, {20131130, false, 20131202}, {20131231, true, 20131231},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		EXPECT(is_working_day(days, COUNT(days), cases[i].date) == cases[i].works, "%d", cases[i].date);
		date next = next_working_day(days, COUNT(days), cases[i].date);
		EXPECT(next == cases[i].next, "%d: %d", cases[i].date, next);
	}
	/* Without a calendar only weekends are off. */
	assert_true(is_working_day(NULL, 0, 20131001) && !is_working_day(NULL, 0, 20130105));
}

static void
test_rules(void **state)
{
	static const struct {
		enum deadline_event event;
		int months, day, minute;
		period period;
		const char *expected;
	} cases[] = {
	    {DEADLINE_DUE, 1, 5, 1440, 201212, "2013-01-05 24:00"}, /* a Saturday that is worked */
	    {DEADLINE_DUE, 1, 5, 1440, 201301, "2013-02-05 24:00"},
	    {DEADLINE_DUE, 1, 5, 1440, 201303, "2013-04-07 24:00"}, /* Qingming, then a Sunday that is worked */
	    {DEADLINE_DUE, 1, 5, 1440, 201304, "2013-05-06 24:00"}, /* a Sunday */
	    {DEADLINE_DUE, 1, 5, 1440, 201309, "2013-10-08 24:00"}, /* National Day */
	    {DEADLINE_DUE, 1, 5, 1440, 201312, "2014-01-06 24:00"}, /* over the year's end */
	    {DEADLINE_DUE, 1, 5, 17 * 60, 201304, "2013-05-06 17:00"},
	    {DEADLINE_DUE, 0, 20, 1440, 201304,
	     "2013-04-22 24:00"}, /* the notice: implementation plans by 20 April */
	    {DEADLINE_DUE, 0, 30, 1440, 201311, "2013-12-02 24:00"}, /* acceptance reports by 30 November */
	    {DEADLINE_CORRECTIONS, 1, 31, 1440, 201301, "2013-02-28 24:00"},
	    {DEADLINE_CLOSED, -1, 15, 1440, 201301, "2012-12-17 24:00"},
	    {DEADLINE_OPEN, 0, 1, 60, 201306, "2013-06-01 01:00"}, /* a Saturday: opening waits for nobody */
	    {DEADLINE_OPEN, 0, 1, 0, 201306, "2013-05-31 24:00"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[DEADLINE_TEXT_BYTES];
		const struct deadline_rule rule = {1,
		                                   cases[i].event,
		                                   cases[i].period,
		                                   cases[i].period,
		                                   cases[i].months,
		                                   cases[i].day,
		                                   cases[i].minute,
		                                   ""};
		deadline_format(deadline_at(&rule, cases[i].period, days, COUNT(days)), text);
		EXPECT(!strcmp(text, cases[i].expected), "row %zu: %s, not %s", i, text, cases[i].expected);
	}
}

static void
test_texts(void **state)
{
	static const struct {
		const char *text;
		int64_t expected; /* -1: refused */
	} cases[] = {
	    {"2013-05-05", 1367769600}, /* the end of that day in China: 16:00 UTC */
	    {"2013-05-05 24:00", 1367769600},
	    {"2013-05-06T00:00", 1367769600},
	    {"2013-05-05T17:30", 1367746200},
	    {"1970-01-01", -1},
	    {"2013-05-05T24:01", -1},
	    {"2013-05-05T17:60", -1},
	    {"2013-05-05T7:30", -1},
	    {"2013-05-05Tab:cd", -1},
	    {"2013-02-29", -1},
	    {"2013-05-05 ", -1},
	    {"", -1},
	    {"17:00", -1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t at = -1;
		bool good = deadline_parse(cases[i].text, &at);
		EXPECT(good == (cases[i].expected >= 0) && (!good || at == cases[i].expected), "\"%s\": %lld",
		       cases[i].text, (long long)at);
	}
	for (int minute = 0; minute <= MINUTES_PER_DAY; minute += 7) {
		char text[DEADLINE_TEXT_BYTES];
		int64_t at = 1367683200 + minute * 60, again;
		EXPECT(deadline_parse(deadline_format(at, text), &again) && again == at, "minute %d: %s", minute,
		       text);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_working_days),
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
