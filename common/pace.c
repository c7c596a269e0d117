#include "pace.h"

typedef __int128 wide;

enum { TREND_MONTHS = 3, MONTHS = 12, WHOLE = 1000 };

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

struct pace
pace_of(int64_t target, const int64_t standing[13], int month, uint32_t share, bool stock)
{
	struct pace pace = {.expected = divide((wide)target * share, WHOLE)};
	if (stock) {
		pace.trend_months = (uint32_t)(month < TREND_MONTHS ? month : TREND_MONTHS);
		pace.trend = standing[month] - standing[month - (int)pace.trend_months];
		pace.method = FORECAST_BY_TREND;
		pace.forecast =
		    divide((wide)standing[month] * pace.trend_months + (wide)pace.trend * (MONTHS - month),
		           pace.trend_months);
	} else if (share) {
		pace.method = FORECAST_BY_SHARE;
		pace.forecast = divide((wide)standing[month] * WHOLE, share);
	}
	return pace;
}
