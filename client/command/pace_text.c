#include "pace_text.h"

#include "base/decimal.h"

#include <json.h>
#include <stdio.h>

void
pace_cells_make(const struct target_value *t, int decimals, struct pace_cells *out)
{
	static const struct target_value none;
	*out = (struct pace_cells){0};
	if (!t)
		t = &none;
	bool paced = t->pace_period != 0;
	if (paced)
		period_format(t->pace_period, out->period);
	out->until = cell_text(out->period);
	out->reached = cell_figure(paced, t->reached, decimals);
	out->share = cell_share(paced, t->reached, t->value);
	out->expected = cell_figure(paced, t->pace.expected, decimals);
	out->gap = cell_figure(paced, decimal_subtract(t->reached, t->pace.expected), decimals);
	out->forecast = cell_figure(paced && t->pace.method, t->pace.forecast, decimals);
}

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

struct json_object *
pace_json(const struct target_value *t, int decimals)
{
	static const char *const methods[] = {"none", "by_share", "by_trend"};
	struct json_object *o = json_object_new_object();
	char text[DECIMAL_TEXT_BYTES], until[8];
	json_object_object_add(o, "year", json_object_new_int(t->year));
	json_object_object_add(o, "target", json_object_new_string(decimal_plain(t->value, decimals, text)));
	if (!t->pace_period)
		return o;
	period_format(t->pace_period, until);
	json_object_object_add(o, "until", json_object_new_string(until));
	json_object_object_add(o, "reached", json_object_new_string(decimal_plain(t->reached, decimals, text)));
	json_object_object_add(o, "expected_share",
	                       json_object_new_string(decimal_plain(t->expected_share, 1, text)));
	json_object_object_add(o, "expected",
	                       json_object_new_string(decimal_plain(t->pace.expected, decimals, text)));
	json_object_object_add(o, "gap",
	                       json_object_new_string(decimal_plain(
	                           decimal_subtract(t->reached, t->pace.expected), decimals, text)));
	json_object_object_add(o, "method", json_object_new_string(methods[t->pace.method]));
	if (t->pace.method)
		json_object_object_add(o, "forecast",
		                       json_object_new_string(decimal_plain(t->pace.forecast, decimals, text)));
	if (t->pace.method == FORECAST_BY_TREND) {
		json_object_object_add(o, "trend",
		                       json_object_new_string(decimal_plain(t->pace.trend, decimals, text)));
		json_object_object_add(o, "trend_months", json_object_new_int64(t->pace.trend_months));
	}
	return o;
}
