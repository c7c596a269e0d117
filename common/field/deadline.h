/* Deadlines: moments that follow from the plan's rules and the working days of China. Pure.
 *
 * A moment is in whole seconds since 1970-01-01 UTC. All intervals are half-open: the moment itself belongs
 * to the time after it. A date that falls on a day off moves to the next working day, except for `open`, for
 * which that is not needed. */
#ifndef FUPIN_COMMON_DEADLINE_H
#define FUPIN_COMMON_DEADLINE_H

#include "calendar.h"
#include "submission.h"

#include <stddef.h>

/* A day that is an exception to its weekday. */
struct special_day {
	date date;
	bool works; /* a Saturday or Sunday that is worked */
	const char *name;
};

/* "reports of these periods are due on day `day` of the month `months` after, at `minute`". */
struct deadline_rule {
	uint32_t form;
	enum deadline_event event;
	period first, last;
	int months, day; /* day past the month's end: its last day */
	int minute;      /* of the day: 0..1440, which is 24:00 */
	const char *notice;
};

/* By event; 0: the plan has no rule for it. */
struct deadlines {
	int64_t at[DEADLINE_EVENTS];
};

enum { MINUTES_PER_DAY = 1440 };

/* `days` are sorted by date. */
bool is_working_day(const struct special_day *days, size_t count, date d);
date next_working_day(const struct special_day *days, size_t count, date d); /* d itself, if it is one */

/* Minute 0..1440 of a day of China, in seconds since 1970 UTC. */
int64_t moment_of_day(date d, int minute);

/* The moment that a rule gives for one of its periods. */
int64_t deadline_at(const struct deadline_rule *rule, period p, const struct special_day *days, size_t count);

/* "2013-05-05", which is 24:00 of that day, "2013-05-05 17:00" or "2013-05-05T17:00", in UTC+08:00. */
bool deadline_parse(const char *text, int64_t *out);
/* Writes "2013-05-05 24:00" (17 bytes with the NUL): the end of a day is written as clerks write it. */
enum { DEADLINE_TEXT_BYTES = 17 };
char *deadline_format(int64_t at, char out[DEADLINE_TEXT_BYTES]);

/* "17:00" … "24:00". */
bool minute_parse(const char *text, int *out);

#endif
