/* Periods (months) and dates of China (UTC+08:00, no daylight saving since 1991).
 *
 * A period is the number yyyymm (201304), a date the number yyyymmdd (20130415): readable on the wire
 * and in SQL. All arithmetic goes through period_index(), months since 2000-01. */
#ifndef FUPIN_COMMON_CALENDAR_H
#define FUPIN_COMMON_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

typedef int32_t period;
typedef int32_t date;

bool period_valid(period p);
/* Months since 2000-01; the period must be valid. */
int period_index(period p);
period period_from_index(int index);

/* "2013-04"; also "201304", "2013-4", "2013/4", "2013年4月", in full-width figures too. Not with a point
 * ("2013.4"): a spreadsheet turns October, 2013.10, into 2013.1. */
bool period_parse(const char *text, period *out);
/* "2013-04", "2013-01..2013-06" or "2013" (also "2013年": the whole year); from <= to. */
bool period_range_parse(const char *text, period *from, period *to);
/* Writes "2013-04" (8 bytes with the NUL). */
void period_format(period p, char out[8]);

bool date_valid(date d);
/* "2013-04-15", "2013/4/15" or "20130415". */
bool date_parse(const char *text, date *out);
/* Writes "2013-04-15" (11 bytes with the NUL). */
void date_format(date d, char out[11]);
period date_period(date d);
/* Days since 2000-01-01, PostgreSQL's epoch. */
int32_t date_days(date d);
date date_from_days(int32_t days);

/* The Chinese date of a moment in microseconds since 1970-01-01 UTC. */
date date_of_time(int64_t time_us);
/* Writes "2013-04-15 09:30:00" in UTC+08:00 (20 bytes with the NUL); any number is allowed: moments outside
 * the years 1 to 9999 are shown as their first or last second. */
void time_format(int64_t time_us, char out[20]);
/* The same for seconds since 1970 UTC. */
void seconds_format(int64_t seconds, char out[20]);

#endif
