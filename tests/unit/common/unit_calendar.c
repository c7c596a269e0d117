/* Periods and dates: as numbers, as text, as people write them. */
#include "case.h"

#include "base/bounds.h"
#include "field/calendar.h"

static void
test_periods(void **state)
{
	static const struct {
		period p;
		bool valid;
	} cases[] = {
	    {PERIOD_FIRST, true}, {PERIOD_FIRST - 1, false}, {199912, false}, {PERIOD_LAST, true},
	    {209913, false},      {210001, false},           {201300, false}, {201301, true},
	    {201312, true},       {201313, false},           {0, false},      {-201304, false},
	    {INT32_MIN, false},   {INT32_MAX, false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		EXPECT(period_valid(cases[i].p) == cases[i].valid, "%d", cases[i].p);
	assert_int_equal(period_index(200001), 0);
	assert_int_equal(period_index(200012), 11);
	assert_int_equal(period_index(200101), 12);
	assert_int_equal(period_index(201304), 159);
	int index = 0;
	for (period p = PERIOD_FIRST; p <= PERIOD_LAST; p++)
		if (period_valid(p)) {
			assert_int_equal(period_index(p), index);
			assert_int_equal(period_from_index(index), p);
			index++;
		}
	assert_int_equal(index, 1200);
}

static void
test_period_text(void **state)
{
	static const struct {
		const char *text;
		period p; /* 0: refused */
	} cases[] = {
	    {"2013-04", 201304},
	    {"201304", 201304},
	    {"2000-01", 200001},
	    {"2099-12", 209912},
	    {"1999-12", 0},
	    {"2100-01", 0},
	    {"2013-00", 0},
	    {"2013-13", 0},
	    {"2013-4", 201304},
	    {"2013/04", 201304},
	    {"2013/4", 201304},
	    {"2013年4月", 201304},
	    {"2013年04月", 201304},
	    {"2013年12月", 201312},
	    {"２０１３年４月", 201304},
	    {"２０１３－０４", 201304},
	    {"2013", 0},
	    {"2013年", 0},
	    {"2013年4", 0},
	    {"2013年13月", 0},
	    {"2013年004月", 0},
	    {"2013年4月5日", 0},
	    {"年4月", 0},
	    {"2013.4", 0}, /* of a spreadsheet, October may be 2013.1 */
	    {"2013.04", 0},
	    {"2013-004", 0},
	    {"2013/", 0},
	    {"2013-04-2013-04-2013-04-2013-04-2013-04-2013-04-2013-04-2013-04-2013-04", 0},
	    {"2013-04-", 0},
	    {"2013-04 ", 201304},
	    {"\u00A02013-04\u200B", 201304},
	    {"2013 -04", 0},
	    {"2013--04", 0},
	    {"13-04", 0},
	    {"", 0},
	    {"abcd-04", 0},
	    {"20130415", 0},
	    {"２０１３-04", 201304},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		period p = -1;
		bool good = period_parse(cases[i].text, &p);
		EXPECT(good == (cases[i].p != 0), "\"%s\"", cases[i].text);
		EXPECT(p == (good ? cases[i].p : -1), "\"%s\" gave %d", cases[i].text, p);
	}
	char text[8];
	period_format(201304, text);
	assert_string_equal(text, "2013-04");
}

static void
test_period_ranges(void **state)
{
	static const struct {
		const char *text;
		period from, to; /* 0: refused */
	} cases[] = {
	    {"2013", 201301, 201312},
	    {"2013年", 201301, 201312},
	    {"２０１３", 201301, 201312},
	    {"2013年1月..2013年6月", 201301, 201306},
	    {"2013年4月", 201304, 201304},
	    {"2013年..2014年", 0, 0},
	    {"2013年年", 0, 0},
	    {"2000", 200001, 200012},
	    {"2099", 209901, 209912},
	    {"1999", 0, 0},
	    {"2100", 0, 0},
	    {"2013-04", 201304, 201304},
	    {"201304", 201304, 201304},
	    {"2013-01..2013-06", 201301, 201306},
	    {"201301..2013-06", 201301, 201306},
	    {"2012-11..2013-02", 201211, 201302},
	    {"2013-06..2013-06", 201306, 201306},
	    {"2013-06..2013-05", 0, 0},
	    {"2013-01..", 0, 0},
	    {"..2013-01", 0, 0},
	    {"2013..2014", 0, 0},
	    {"2013-01.2013-02", 0, 0},
	    {"2013-01..2013-02x", 0, 0},
	    {"2013-01..2013-13", 0, 0},
	    {"2013-01...2013-02", 0, 0},
	    {"20x3", 0, 0},
	    {"", 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		period from = -1, to = -1;
		bool good = period_range_parse(cases[i].text, &from, &to);
		EXPECT(good == (cases[i].from != 0), "\"%s\"", cases[i].text);
		EXPECT(from == (good ? cases[i].from : -1), "\"%s\" from %d", cases[i].text, from);
		EXPECT(to == (good ? cases[i].to : -1), "\"%s\" to %d", cases[i].text, to);
	}
}

static void
test_date_text(void **state)
{
	static const struct {
		const char *text;
		date d; /* 0: refused */
	} cases[] = {
	    {"2013-04-15", 20130415},
	    {"2013/4/15", 20130415},
	    {"2013/04/15", 20130415},
	    {"20130415", 20130415},
	    {"2013-4-5", 20130405},
	    {"2012-02-29", 20120229},
	    {"2013-02-29", 0},
	    {"2000-02-29", 20000229},
	    {"2100-02-29", 0},
	    {"2013-04-31", 0},
	    {"2013-04-30", 20130430},
	    {"2013-12-31", 20131231},
	    {"2013-12-32", 0},
	    {"2013-00-15", 0},
	    {"2013-13-01", 0},
	    {"2013-04-00", 0},
	    {"2013-04/15", 0},
	    {"2013.04.15", 20130415},
	    {"2013.4.5", 20130405},
	    {"2013年4月15日", 20130415},
	    {"2013年04月05日", 20130405},
	    {"2013年4月5号", 20130405},
	    {"２０１３／４／１５", 20130415},
	    {"２０１３．４．１５", 20130415},
	    {"2013年4月", 0},
	    {"2013年4月15", 0},
	    {"2013年4月31日", 0},
	    {"2013年4-15", 0},
	    {"2013.4-15", 0},
	    {"2013.4", 0},
	    {"2013年4月15日日", 0},
	    {"13-04-15", 0},
	    {"2013-04", 0},
	    {"2013-04-15x", 0},
	    {"2013-04-15 ", 20130415},
	    {"\u30002013-04-15", 20130415},
	    {"2013-04-15 00:00:00", 20130415},
	    {"2013/4/15 0:00:00", 20130415},
	    {"2013-04-15T00:00:00", 20130415},
	    {"2013-04-15 09:00:00", 0},
	    {"2013-+4-15", 0},
	    {"2013- 4-15", 0},
	    {"2013-04--5", 0},
	    {"-2013-04-15", 0},
	    {"201304155", 0},
	    {"2013041", 0},
	    {"1999-12-31", 0},
	    {"2000-01-01", 20000101},
	    {"2099-12-31", 20991231},
	    {"2100-01-01", 0},
	    {"", 0},
	    {"-", 0},
	    {"2013-104-15", 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		date d = -1;
		bool good = date_parse(cases[i].text, &d);
		EXPECT(good == (cases[i].d != 0), "\"%s\"", cases[i].text);
		EXPECT(d == (good ? cases[i].d : -1), "\"%s\" gave %d", cases[i].text, d);
	}
	char text[11];
	date_format(20130405, text);
	assert_string_equal(text, "2013-04-05");
}

static bool
leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Walks a whole century by hand and compares every day. */
static void
test_date_days(void **state)
{
	static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int32_t days = 0;
	(void)state;
	for (int year = 2000; year <= 2099; year++)
		for (int month = 1; month <= 12; month++) {
			int last = month_days[month - 1] + (month == 2 && leap(year));
			for (int day = 1; day <= last; day++, days++) {
				date d = (year * 100 + month) * 100 + day;
				EXPECT(date_valid(d), "%d", d);
				EXPECT(date_days(d) == days, "%d is day %d", d, date_days(d));
				EXPECT(date_from_days(days) == d, "day %d is %d", days, date_from_days(days));
				EXPECT(date_period(d) == year * 100 + month, "%d", d);
			}
			EXPECT(!date_valid((year * 100 + month) * 100 + last + 1), "%d-%d", year, month);
			EXPECT(!date_valid((year * 100 + month) * 100), "%d-%d", year, month);
		}
	assert_int_equal(date_days(20130415), 4853);
	assert_false(date_valid(-20130415));
	assert_false(date_valid(0));
	assert_false(date_valid(INT32_MAX));
	assert_false(date_valid(INT32_MIN));
}

static void
test_date_of_time(void **state)
{
	/* 2013-04-15 00:00:00 in China is 2013-04-14 16:00:00 UTC. */
	static const int64_t midnight = INT64_C(1365955200000000);
	char text[20];
	(void)state;
	assert_int_equal(date_of_time(midnight - 1), 20130414);
	assert_int_equal(date_of_time(midnight), 20130415);
	assert_int_equal(date_of_time(midnight + INT64_C(86399999999)), 20130415);
	assert_int_equal(date_of_time(midnight + INT64_C(86400000000)), 20130416);
	assert_int_equal(date_of_time(0), 19700101);
	time_format(midnight - 1, text);
	assert_string_equal(text, "2013-04-14 23:59:59");
	time_format(midnight, text);
	assert_string_equal(text, "2013-04-15 00:00:00");
	/* The month turns with the Chinese day: 2013-04-30 16:00 UTC is in May. */
	assert_int_equal(date_period(date_of_time(INT64_C(1367337600000000) - 1)), 201304);
	assert_int_equal(date_period(date_of_time(INT64_C(1367337600000000))), 201305);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_periods),       cmocka_unit_test(test_period_text),
	    cmocka_unit_test(test_period_ranges), cmocka_unit_test(test_date_text),
	    cmocka_unit_test(test_date_days),     cmocka_unit_test(test_date_of_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
