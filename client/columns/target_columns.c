#include "target_columns.h"

#include "column_table.h"

#include "base/decimal.h"

#include <stdio.h>

int
measure_decimals(const struct catalogue *c, uint32_t indicator)
{
	const struct indicator *known = catalogue_indicator(c, indicator);
	return known ? known->decimals : MONEY_DECIMALS;
}

/* ---------------------------------------------------------------- pace */

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

/* The struct target_value of a row, where the column says that it is. */
#define VALUE ((const struct target_value *)((const char *)row + column->offset))

/* One of the cells. */
#define PACE_READER(name)                                                                                    \
	READER(read_##name)                                                                                      \
	{                                                                                                        \
		struct pace_cells pace;                                                                              \
		pace_cells_make(VALUE, measure_decimals(r->catalogue, VALUE->indicator), &pace);                     \
		return cell_if(pace.name.kind != CELL_NONE, pace.name);                                              \
	}
PACE_READER(reached)
PACE_READER(share)
PACE_READER(expected)
PACE_READER(gap)
PACE_READER(forecast)

READER(read_until)
{
	period until = VALUE->pace_period;
	return until ? cell_period(r, until) : cell_text("");
}

READER(read_target)
{
	return cell_number(VALUE->value, measure_decimals(r->catalogue, VALUE->indicator));
}

READER(read_expected_share)
{
	return cell_if(VALUE->pace_period, cell_number(VALUE->expected_share, 1));
}

READER(read_method)
{
	static const char *const methods[] = {"none", "by_share", "by_trend"};
	return cell_if(VALUE->pace_period, cell_text(methods[VALUE->pace.method]));
}

static bool
has_trend(const struct target_value *t)
{
	return t->pace_period && t->pace.method == FORECAST_BY_TREND;
}

READER(read_trend)
{
	return cell_if(has_trend(VALUE),
	               cell_number(VALUE->pace.trend, measure_decimals(r->catalogue, VALUE->indicator)));
}

READER(read_trend_months)
{
	return cell_if(has_trend(VALUE), cell_count(VALUE->pace.trend_months));
}

/* What is known of a target's pace; `at`: where in the row the struct target_value is. */
#define PACE(key, name, at, ...) MADE(key, read_##name, .offset = (at), __VA_ARGS__)
#define PACE_COLUMNS(at)                                                                                     \
	PACE("until", until, at, MAYBE, TITLE("until", "截至")),                                                 \
	    PACE("reached", reached, at, RIGHT, TITLE("reached", "完成")),                                       \
	    PACE("share", share, at, RIGHT, TABLE_ONLY, TITLE("share", "完成率")),                               \
	    PACE("expected_share", expected_share, at, JSON_ONLY),                                               \
	    PACE("expected", expected, at, RIGHT, TITLE("expected", "应完成")),                                  \
	    PACE("gap", gap, at, RIGHT, TITLE("gap", "差额")), PACE("method", method, at, JSON_ONLY),            \
	    PACE("forecast", forecast, at, RIGHT, TITLE("forecast", "全年预计")),                                \
	    PACE("trend", trend, at, JSON_ONLY), PACE("trend_months", trend_months, at, JSON_ONLY)

#define ROW struct target_value
static const struct column pace[] = {COUNT("year", year, JSON_ONLY), PACE("target", target, 0, JSON_ONLY),
                                     PACE_COLUMNS(0)};
const struct columns pace_columns = COLUMNS("pace", pace);
#undef ROW

/* ---------------------------------------------------------------- targets */

/* Its name; for programs its code. */
READER(measure)
{
	const struct indicator *indicator = catalogue_indicator(r->catalogue, VALUE->indicator);
	if (indicator)
		return cell_named(r, indicator->name_en, indicator->name_zh, indicator->code);
	enum fund_kind fund = VALUE->fund;
	const char *code = cell_printed(r, "fund:%s", fund_kind_name(fund)).text;
	struct cell name = cell_printed(r, "%s%s", reading_chooses(r, "special funds ", "专项资金"),
	                                reading_chooses(r, fund_kind_name(fund), fund_kind_name_zh(fund)));
	return cell_term(name.text, code);
}

READER(parts)
{
	return cell_number(VALUE->parts, measure_decimals(r->catalogue, VALUE->indicator));
}

static bool
is_broken_down(const void *row)
{
	return ((const struct target_item *)row)->target.part_count;
}

/* The share of it; of what is broken down in part, what is missing. */
READER(broken_down)
{
	const struct target_value *t = VALUE;
	char text[DECIMAL_TEXT_BYTES];
	if (!t->part_count || t->parts >= t->value)
		return cell_share(t->part_count, t->parts, t->value);
	decimal_format(t->value - t->parts, measure_decimals(r->catalogue, t->indicator), text);
	return r->language == LANGUAGE_CHINESE ? cell_printed(r, "缺 %s", text)
	                                       : cell_printed(r, "%s missing", text);
}

#define ROW struct target_item
#define AT offsetof(ROW, target)
static const struct column targets[] = {
    UNIT("unit", unit, TITLE("code", "代码")),
    UNIT_NAME("name", unit, TITLE("unit", "单位")),
    MADE("measure", measure, .offset = AT, TITLE("measure", "指标")),
    COUNT("year", target.year, JSON_ONLY),
    PACE("target", target, AT, RIGHT, TITLE("target", "目标")),
    COUNT("revision", target.revision, TITLE("revision", "版次")),
    PACE_COLUMNS(AT),
    COUNT("part_count", target.part_count, JSON_ONLY),
    MADE("parts", parts, .offset = AT, JSON_ONLY),
    MADE("broken_down", parts, .offset = AT, WHEN(is_broken_down), RIGHT, TABLE_ONLY,
         TITLE("broken down", "已分解")),
    MADE("of_it", broken_down, .offset = AT, RIGHT, TABLE_ONLY, TITLE("of it", "分解情况")),
    TEXT("note", note, TITLE("note", "摘要")),
};
const struct columns target_columns = COLUMNS("targets", targets);
#undef ROW
