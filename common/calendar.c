#include "calendar.h"

#include "bounds.h"

#include <stdio.h>
#include <string.h>

enum { SECONDS_PER_DAY = 86400, CHINA_OFFSET_SECONDS = 8 * 3600, DAYS_1970_TO_2000 = 10957 };

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

static bool
period_read(const char **text, period *out)
{
	int year, month;
	if (!digits(text, 4, &year))
		return false;
	if (**text == '-')
		(*text)++;
	if (!digits(text, 2, &month))
		return false;
	*out = year * 100 + month;
	return period_valid(*out);
}

bool
period_parse(const char *text, period *out)
{
	period p;
	if (!period_read(&text, &p) || *text)
		return false;
	*out = p;
	return true;
}

bool
period_range_parse(const char *text, period *from, period *to)
{
	period a, b;
	int year;
	const char *rest = text;
	if (strlen(text) == 4 && digits(&rest, 4, &year)) {
		a = year * 100 + 1;
		b = year * 100 + 12;
		if (!period_valid(a))
			return false;
	} else {
		rest = text;
		if (!period_read(&rest, &a))
			return false;
		b = a;
		if (!strncmp(rest, "..", 2)) {
			rest += 2;
			if (!period_read(&rest, &b))
				return false;
		}
		if (*rest || a > b)
			return false;
	}
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

bool
date_parse(const char *text, date *out)
{
	int year, month, day;
	if (!digits(&text, 4, &year))
		return false;
	char separator = *text;
	bool separated = separator == '-' || separator == '/';
	bool good;
	if (separated)
		good = (text++, short_number(&text, &month)) && *text++ == separator && short_number(&text, &day);
	else
		good = digits(&text, 2, &month) && digits(&text, 2, &day);
	if (!good || *text || month > 12 || day > 31)
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

date
date_of_time(int64_t time_us)
{
	int64_t seconds = time_us / 1000000 + CHINA_OFFSET_SECONDS;
	return civil_from_days((int32_t)(seconds / SECONDS_PER_DAY));
}

void
time_format(int64_t time_us, char out[20])
{
	int64_t seconds = time_us / 1000000 + CHINA_OFFSET_SECONDS;
	char day[11];
	date_format(date_of_time(time_us), day);
	unsigned rest = (unsigned)(seconds % SECONDS_PER_DAY);
	snprintf(out, 20, "%s %02u:%02u:%02u", day, rest / 3600 % 24, rest / 60 % 60, rest % 60);
}
