#include "calendar.h"

#include "base/bounds.h"
#include "base/narrow.h"

#include <stdio.h>
#include <string.h>

/* Longer than any text of a period or a date. */
enum { FIGURES_BYTES = 64 };
enum { SECONDS_PER_DAY = 86400, CHINA_OFFSET_SECONDS = 8 * 3600, DAYS_1970_TO_2000 = 10957 };
/* 0001-01-01 08:00:00 and 9999-12-31 23:59:59, in seconds since 1970. */
#define MOMENT_FIRST INT64_C(-62135596800)
#define MOMENT_LAST INT64_C(253402271999)

bool
period_valid(period p)
{
	return p >= PERIOD_FIRST && p <= PERIOD_LAST && p % 100 >= 1 && p % 100 <= 12;
}

int
period_index(period p)
{
	return (p / 100 - 2000) * 12 + p % 100 - 1;
}

period
period_from_index(int index)
{
	return (index / 12 + 2000) * 100 + index % 12 + 1;
}

/* Reads exactly `count` digits and moves the text on. */
static bool
digits(const char **text, int count, int *out)
{
	*out = 0;
	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*out = *out * 10 + (**text - '0');
	}
	return true;
}

/* One or two digits. */
static bool
short_number(const char **text, int *out)
{
	const char *at = *text;
	if (digits(&at, 2, out)) {
		*text = at;
		return true;
	}
	return digits(text, 1, out);
}

static bool
skip(const char **text, const char *word)
{
	size_t size = strlen(word);
	bool there = !strncmp(*text, word, size);
	*text += there ? size : 0;
	return there;
}

static bool
period_read(const char **text, period *out)
{
	int year, month;
	bool good = digits(text, 4, &year);
	if (good && skip(text, "年"))
		good = short_number(text, &month) && skip(text, "月");
	else if (good)
		good = skip(text, "-") || skip(text, "/") ? short_number(text, &month) : digits(text, 2, &month);
	if (!good)
		return false;
	*out = year * 100 + month;
	return period_valid(*out);
}

bool
period_parse(const char *text, period *out)
{
	char buffer[FIGURES_BYTES];
	const char *at = buffer;
	period p;
	if (!narrow(text, buffer, sizeof buffer) || !period_read(&at, &p) || *at)
		return false;
	*out = p;
	return true;
}

static bool
year_read(const char *text, period *from, period *to)
{
	int year;
	if (!digits(&text, 4, &year) || (*text && !skip(&text, "年")) || *text)
		return false;
	period first = year * 100 + 1;
	if (!period_valid(first))
		return false;
	*from = first;
	*to = year * 100 + 12;
	return true;
}

bool
period_range_parse(const char *text, period *from, period *to)
{
	char buffer[FIGURES_BYTES];
	const char *at = buffer;
	period a, b;
	if (!narrow(text, buffer, sizeof buffer))
		return false;
	if (year_read(buffer, from, to))
		return true;
	if (!period_read(&at, &a))
		return false;
	b = a;
	if ((skip(&at, "..") && !period_read(&at, &b)) || *at || a > b)
		return false;
	*from = a;
	*to = b;
	return true;
}

void
period_format(period p, char out[8])
{
	snprintf(out, 8, "%04u-%02u", (unsigned)p / 100 % 10000, (unsigned)p % 100);
}

/* Days from civil, Howard Hinnant's algorithm, counted from 1970-01-01. */
static int32_t
days_from_civil(int year, int month, int day)
{
	year -= month <= 2;
	int era = year / 400;
	int year_of_era = year - era * 400;
	int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static date
civil_from_days(int32_t days)
{
	days += 719468;
	int era = days / 146097;
	int day_of_era = days - era * 146097;
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int shifted = (5 * day_of_year + 2) / 153;
	int day = day_of_year - (153 * shifted + 2) / 5 + 1;
	int month = shifted < 10 ? shifted + 3 : shifted - 9;
	int year = year_of_era + era * 400 + (month <= 2);
	return (year * 100 + month) * 100 + day;
}

bool
date_valid(date d)
{
	return period_valid(d / 100) && d % 100 >= 1 &&
	       civil_from_days(days_from_civil(d / 10000, d / 100 % 100, d % 100)) == d;
}

/* Month and day behind a year, by what stands between them. */
static bool
read_day(const char **text, int *month, int *day)
{
	char between = **text;
	if (skip(text, "年"))
		return short_number(text, month) && skip(text, "月") && short_number(text, day) &&
		       (skip(text, "日") || skip(text, "号"));
	if (between == '-' || between == '/' || between == '.')
		return (*text)++, short_number(text, month) && *(*text)++ == between && short_number(text, day);
	return digits(text, 2, month) && digits(text, 2, day);
}

/* What programs write behind a day that has no time; or nothing. */
static bool
is_midnight(const char *at)
{
	static const char *const times[] = {"", " 00:00:00", "T00:00:00", " 0:00:00", " 00:00", " 0:00"};
	bool found = false;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		found |= !strcmp(at, times[i]);
	return found;
}

bool
date_parse(const char *text, date *out)
{
	char buffer[FIGURES_BYTES];
	const char *at = buffer;
	int year, month, day;
	if (!narrow(text, buffer, sizeof buffer) || !digits(&at, 4, &year) || !read_day(&at, &month, &day) ||
	    !is_midnight(at) || month > 12 || day > 31)
		return false;
	date d = (year * 100 + month) * 100 + day;
	if (!date_valid(d))
		return false;
	*out = d;
	return true;
}

void
date_format(date d, char out[11])
{
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)d / 10000 % 10000, (unsigned)d / 100 % 100,
	         (unsigned)d % 100);
}

period
date_period(date d)
{
	return d / 100;
}

int32_t
date_days(date d)
{
	return days_from_civil(d / 10000, d / 100 % 100, d % 100) - DAYS_1970_TO_2000;
}

date
date_from_days(int32_t days)
{
	return civil_from_days(days + DAYS_1970_TO_2000);
}

/* Seconds since 1970-01-01 in China. What others sent may be any number: it stays within the years of four
 * digits. */
static int64_t
china_seconds(int64_t seconds)
{
	seconds = seconds < MOMENT_FIRST ? MOMENT_FIRST : seconds > MOMENT_LAST ? MOMENT_LAST : seconds;
	return seconds + CHINA_OFFSET_SECONDS;
}

/* Whole days before it, also before 1970. */
static int32_t
china_days(int64_t seconds)
{
	int64_t in_china = china_seconds(seconds);
	return (int32_t)((in_china - (in_china < 0 ? SECONDS_PER_DAY - 1 : 0)) / SECONDS_PER_DAY);
}

static int64_t
whole_seconds(int64_t time_us)
{
	return time_us / 1000000 - (time_us % 1000000 < 0);
}

date
date_of_time(int64_t time_us)
{
	return civil_from_days(china_days(whole_seconds(time_us)));
}

void
seconds_format(int64_t seconds, char out[20])
{
	char day[11];
	date_format(civil_from_days(china_days(seconds)), day);
	int64_t rest = china_seconds(seconds) - (int64_t)china_days(seconds) * SECONDS_PER_DAY;
	snprintf(out, 20, "%s %02u:%02u:%02u", day, (unsigned)rest / 3600 % 24, (unsigned)rest / 60 % 60,
	         (unsigned)rest % 60);
}

void
time_format(int64_t time_us, char out[20])
{
	seconds_format(whole_seconds(time_us), out);
}
