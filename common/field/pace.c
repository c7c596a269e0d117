#include "pace.h"

typedef __int128 wide;

enum { TREND_MONTHS = 3, MONTHS = 12 };

/* numerator / denominator, which is positive. */
static int64_t
divide(wide numerator, int64_t denominator)
{
	wide doubled = 2 * numerator + denominator, by = 2 * (wide)denominator;
	wide quotient = doubled / by;
	if (doubled % by < 0)
		quotient--;
	return quotient > INT64_MAX ? INT64_MAX : quotient < -INT64_MAX ? -INT64_MAX : (int64_t)quotient;
}

/* What stands goes on as in the last months that are known. */
static void
follow_trend(const struct course *course, struct pace *pace)
{
	int known = course->last - course->first;
	int months = known < TREND_MONTHS ? known : TREND_MONTHS;
	int64_t stands = course->by_end[course->last];
	if (months <= 0)
		return;
	pace->method = FORECAST_BY_TREND;
	pace->trend_months = (uint32_t)months;
	pace->trend = stands - course->by_end[course->last - months];
	pace->forecast = divide((wide)stands * months + (wide)pace->trend * (MONTHS - course->last), months);
}

struct pace
pace_of(int64_t target, const struct course *course, uint32_t share, bool stock)
{
	struct pace pace = {.expected = divide((wide)target * share, PACE_WHOLE)};
	if (stock) {
		follow_trend(course, &pace);
	} else if (share) {
		pace.method = FORECAST_BY_SHARE;
		pace.forecast = divide((wide)course->by_end[course->last] * PACE_WHOLE, share);
	}
	return pace;
}
