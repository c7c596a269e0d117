#include "deadline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS_PER_DAY = 86400, CHINA_OFFSET_SECONDS = 8 * 3600, DAYS_1970_TO_2000 = 10957 };

/* 2000-01-01 was a Saturday. */
static bool
is_weekend(int32_t days)
{
	int weekday = days % 7;
	return weekday == 0 || weekday == 1;
}

static int
by_date(const void *a, const void *b)
{
	const struct special_day *x = a, *y = b;
	return (x->date > y->date) - (x->date < y->date);
}

bool
is_working_day(const struct special_day *days, size_t count, date d)
{
	const struct special_day key = {.date = d};
	const struct special_day *found = count ? bsearch(&key, days, count, sizeof key, by_date) : NULL;
	return found ? found->works : !is_weekend(date_days(d));
}

date
next_working_day(const struct special_day *days, size_t count, date d)
{
	/* A calendar of days off only would never end. */
	for (int tries = 0; tries < 366 && !is_working_day(days, count, d); tries++)
		d = date_from_days(date_days(d) + 1);
	return d;
}

int64_t
moment_of_day(date d, int minute)
{
	return ((int64_t)date_days(d) + DAYS_1970_TO_2000) * SECONDS_PER_DAY - CHINA_OFFSET_SECONDS +
	       (int64_t)minute * 60;
}

int64_t
deadline_at(const struct deadline_rule *rule, period p, const struct special_day *days, size_t count)
{
	period month = period_from_index(period_index(p) + rule->months);
	date d = month * 100 + rule->day;
	while (!date_valid(d) && d % 100 > 1)
		d--;
	if (rule->event != DEADLINE_OPEN)
		d = next_working_day(days, count, d);
	return moment_of_day(d, rule->minute);
}

bool
minute_parse(const char *text, int *out)
{
	if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5)
		return false;
	int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
	if (text[0] == ':' || text[1] == ':' || text[3] == ':' || text[4] == ':' || minute > 59 ||
	    hour * 60 + minute > MINUTES_PER_DAY)
		return false;
	*out = hour * 60 + minute;
	return true;
}

bool
deadline_parse(const char *text, int64_t *out)
{
	char day[64]; /* longer than any date */
	int minute = MINUTES_PER_DAY;
	date d;
	size_t size = strcspn(text, " T");
	if (size >= sizeof day)
		return false;
	memcpy(day, text, size);
	day[size] = 0;
	if (!date_parse(day, &d) || (text[size] && !minute_parse(text + size + 1, &minute)))
		return false;
	*out = moment_of_day(d, minute);
	return true;
}

char *
deadline_format(int64_t at, char out[DEADLINE_TEXT_BYTES])
{
	char whole[20];
	seconds_format(at, whole);
	/* The end of a day belongs to that day. The first and the last moment that are shown are none. */
	bool midnight = !strncmp(whole + 11, "00:00:00", 8);
	if (midnight)
		seconds_format(at - 1, whole);
	snprintf(out, DEADLINE_TEXT_BYTES, "%.10s %.5s", whole, midnight ? "24:00" : whole + 11);
	return out;
}
