/* The pace of a target: what is expected by now, and what the year will reach if things go on as before.
 * Pure, in whole numbers. */
#ifndef FUPIN_COMMON_PACE_H
#define FUPIN_COMMON_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum forecast_method {
	FORECAST_NONE = 0,
	FORECAST_BY_SHARE = 1, /* what was reached, divided by the share expected by then */
	FORECAST_BY_TREND = 2, /* the level, and for each month left the average of the last months' additions */
};

struct pace {
	int64_t expected, forecast;
	enum forecast_method method;
	uint32_t trend_months;
	int64_t trend; /* the sum that the last months added */
};

/* Shares of a year: a twelfth is exact in them, and so is 1/1000. */
enum { PACE_WHOLE = 12000 };

/* The course of a year: what a measure had reached by each month's end. */
struct course {
	int64_t by_end[13]; /* of month m of the year; 0: before it */
	int first, last;    /* the months that are known: of a stock `first` is the first one with a report */
};

/* `share`: of the target expected by the end of course->last (1..12), in 1/PACE_WHOLE. The forecast of a
 * stock follows its trend, which needs two known months; that of a flow follows the share. Fractions are
 * rounded to the nearest whole, halves up; a result beyond 64 bits becomes the largest number. */
struct pace pace_of(int64_t target, const struct course *course, uint32_t share, bool stock);

#endif
