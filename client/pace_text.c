#include "pace_text.h"

#include <json.h>
#include <stdio.h>
#include <string.h>

/* Whole and rest apart: value * 1000 could pass 64 bits. */
static int64_t
tenths_of(int64_t value, int64_t target)
{
	return target > 0 ? value / target * 1000 + value % target * 1000 / target : 0;
}

const char *
pace_share(int64_t value, int64_t target, struct pace_texts *texts)
{
	char text[DECIMAL_TEXT_BYTES];
	snprintf(texts->room, sizeof texts->room, "%s%%", decimal_plain(tenths_of(value, target), 1, text));
	return texts->room;
}

static void
figure(char out[DECIMAL_TEXT_BYTES], bool present, int64_t value, int decimals, bool for_program)
{
	if (!present)
		snprintf(out, DECIMAL_TEXT_BYTES, "%s", for_program ? "" : "–");
	else if (for_program)
		decimal_plain(value, decimals, out);
	else
		decimal_format(value, decimals, out);
}

void
pace_texts_make(const struct target_value *t, int decimals, bool for_program, struct pace_texts *out)
{
	bool paced = t->pace_period != 0;
	*out = (struct pace_texts){0};
	if (paced)
		period_format(t->pace_period, out->until);
	figure(out->reached, paced, t->reached, decimals, for_program);
	figure(out->expected, paced, t->pace.expected, decimals, for_program);
	figure(out->gap, paced, t->reached - t->pace.expected, decimals, for_program);
	figure(out->forecast, paced && t->pace.method, t->pace.forecast, decimals, for_program);
	if (paced && t->value)
		snprintf(out->share, sizeof out->share, "%s", pace_share(t->reached, t->value, out));
	else
		figure(out->share, false, 0, 0, for_program);
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
		printf(in_language(c, "%s, %s: forecast %s = %s by %s / %s %% of the year expected by then\n",
		                   "%s %s：全年预计 %s = %s（截至 %s）÷ 应完成比例 %s%%\n"),
		       unit, measure, forecast, reached, until, share);
		return;
	}
	decimal_format(t->pace.trend, decimals, trend);
	printf(in_language(
	           c,
	           "%s, %s: forecast %s = %s by %s + %d months to go × %s / %u (added in the last %u months)\n",
	           "%s %s：全年预计 %s = %s（截至 %s）+ 剩余 %d 个月 × %s ÷ %u（近 %u 个月新增）\n"),
	       unit, measure, forecast, reached, until, 12 - t->pace_period % 100, trend, t->pace.trend_months,
	       t->pace.trend_months);
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
	json_object_object_add(
	    o, "gap", json_object_new_string(decimal_plain(t->reached - t->pace.expected, decimals, text)));
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
