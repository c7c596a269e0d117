#include "pace_text.h"

#include "base/decimal.h"

void
pace_explain(const struct command *c, const char *unit, const char *measure, const struct target_value *t,
             int decimals)
{
	char forecast[DECIMAL_TEXT_BYTES], reached[DECIMAL_TEXT_BYTES], trend[DECIMAL_TEXT_BYTES];
	char share[DECIMAL_TEXT_BYTES], until[8];
	if (!t->pace_period || !t->pace.method || t->pace_period % 100 == 12)
		return; /* nothing to foretell (any more) */
	period_format(t->pace_period, until);
	decimal_format(t->pace.forecast, decimals, forecast);
	decimal_format(t->reached, decimals, reached);
	if (t->pace.method == FORECAST_BY_SHARE) {
		decimal_plain(t->expected_share, 1, share);
		output_line(c->output, _("%s, %s: forecast %s = %s by %s / %s %% of the year expected by then"), unit,
		            measure, forecast, reached, until, share);
		return;
	}
	decimal_format(t->pace.trend, decimals, trend);
	output_line(c->output,
	            _("%s, %s: forecast %s = %s by %s + %d months to go × %s / %u (added in the last %u months)"),
	            unit, measure, forecast, reached, until, 12 - t->pace_period % 100, trend,
	            t->pace.trend_months, t->pace.trend_months);
}
