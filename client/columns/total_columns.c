#include "total_columns.h"

#include "column_table.h"

#include "base/decimal.h"
#include "figures.h"
#include "target_columns.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- figures */

static struct cell
cell_of(struct figure figure, int decimals)
{
	return cell_figure(figure.known, figure.value, decimals);
}

/* The target over the years asked for. */
static struct figure
target_of(const struct unit_total *u, uint32_t indicator, enum fund_kind fund)
{
	struct figure sum = {false, 0};
	for (size_t i = 0; i < u->target_count; i++)
		if (u->targets[i].indicator == indicator && u->targets[i].fund == fund)
			sum = (struct figure){true, decimal_add(sum.value, u->targets[i].value)};
	return sum;
}

/* Which share of the year's target is reached: `figure`, unless that is of some months only. Then it is what
 * was reached from January on. */
static struct cell
share_of(const struct reading *r, const struct unit_total *u, struct figure figure,
         const struct indicator *indicator, enum fund_kind fund)
{
	const struct total_query *query = r->more;
	uint32_t number = indicator ? indicator->number : 0;
	const struct target_value *of_year = figure_target(u, number, fund);
	struct figure target = target_of(u, number, fund);
	if (query && query->from % 100 != 1 && !(indicator && indicator->kind == INDICATOR_STOCK))
		figure = (struct figure){of_year && of_year->pace_period, of_year ? of_year->reached : 0};
	return cell_share(figure.known && target.known, figure.value, target.value);
}

/* Without its `until`. */
static struct pace_cells
progress_of(const struct unit_total *u, const struct indicator *indicator)
{
	struct pace_cells pace;
	pace_cells_make(figure_target(u, indicator->number, FUND_KIND_NONE), indicator->decimals, &pace);
	return pace;
}

/* ---------------------------------------------------------------- one unit, by indicator */

#define ROW struct total_indicator
#define NUMBER row->indicator->number
#define DECIMALS row->indicator->decimals
/* What has no name is left out. */
READ_AS(code, cell_text(row->indicator ? row->indicator->code : ""))
READ_AS(name, cell_text(reading_chooses(r, row->indicator->name_en, row->indicator->name_zh)))
READ_AS(measure, cell_text(reading_chooses(r, row->indicator->measure_en, row->indicator->measure_zh)))
READ_AS(kind, cell_text(row->indicator->kind == INDICATOR_FLOW ? reading_chooses(r, "flow", "流量")
                                                               : reading_chooses(r, "stock", "存量")))
READ_AS(total, cell_of(figure_submitted(row->unit, NUMBER), DECIMALS))
READ_AS(total_value, cell_number(row->unit->values[row->at], DECIMALS))
READ_AS(reported, cell_count(row->unit->reported[row->at]))
READ_AS(approved, cell_of(figure_approved(row->unit, NUMBER), DECIMALS))
READ_AS(approved_value, cell_number(row->unit->approved[row->at], DECIMALS))
READ_AS(approved_reported, cell_count(row->unit->approved_reported[row->at]))
READ_AS(target, cell_of(target_of(row->unit, NUMBER, FUND_KIND_NONE), DECIMALS))
READ_AS(reached, share_of(r, row->unit, figure_submitted(row->unit, NUMBER), row->indicator, FUND_KIND_NONE))
READ_AS(expected, progress_of(row->unit, row->indicator).expected)
READ_AS(gap, progress_of(row->unit, row->indicator).gap)
READ_AS(forecast, progress_of(row->unit, row->indicator).forecast)

READER(until)
{
	const struct total_indicator *of = row;
	const struct target_value *t = figure_target(of->unit, of->indicator->number, FUND_KIND_NONE);
	return t && t->pace_period ? cell_period(r, t->pace_period) : cell_text("");
}

READER(pace)
{
	const struct total_indicator *of = row;
	const struct target_value *t = figure_target(of->unit, of->indicator->number, FUND_KIND_NONE);
	return cell_if(t, cell_rows(CELL_RECORD, &pace_columns, t, 1));
}

static const struct column indicators[] = {
    MADE("indicator", code, TITLE("indicator", "指标代码")),
    MADE("name", name, TABLE_ONLY, TITLE("name", "名称")),
    MADE("measure", measure, TABLE_ONLY, TITLE("measure", "计量单位")),
    MADE("kind", kind, TABLE_ONLY, TITLE("kind", "类型")),
    MADE("submitted", total, RIGHT, TABLE_ONLY, TITLE("total", "合计")),
    MADE("submitted_approved", approved, RIGHT, TABLE_ONLY, TITLE("approved", "已审核")),
    MADE("target_value", target, RIGHT, TABLE_ONLY, TITLE("target", "目标")),
    MADE("reached", reached, RIGHT, TABLE_ONLY, TITLE("reached", "完成率")),
    MADE("until", until, TABLE_ONLY, TITLE("until", "截至")),
    MADE("expected", expected, RIGHT, TABLE_ONLY, TITLE("expected", "应完成")),
    MADE("gap", gap, RIGHT, TABLE_ONLY, TITLE("gap", "差额")),
    MADE("forecast", forecast, RIGHT, TABLE_ONLY, TITLE("forecast", "全年预计")),
    MADE("total", total_value, JSON_ONLY),
    MADE("reported", reported, RIGHT, TITLE("values behind", "填报数")),
    MADE("approved", approved_value, JSON_ONLY),
    MADE("approved_reported", approved_reported, JSON_ONLY),
    MADE("target", pace, JSON_ONLY),
};
const struct columns total_indicator_columns = COLUMNS("indicators", indicators);
#undef ROW

/* ---------------------------------------------------------------- funds */

#define ROW struct total_fund
static const struct column funds[] = {
    UNIT("unit", unit, TABLE_ONLY, TITLE("code", "代码")),
    UNIT_NAME("name", unit, TABLE_ONLY, TITLE("unit", "单位")),
    ENUM("kind", fund.kind, fund_kind_name, fund_kind_name_zh, TITLE("kind", "类别")),
    SOURCE("source", fund.source, TITLE("source", "来源")),
    USE("use", fund.use, TITLE("use", "用途")),
    ENUM("level", fund.level, unit_level_name, unit_level_name_zh, TITLE("recorded at", "记账级别")),
    FEN("yuan", fund.amount_fen, TITLE("yuan", "金额(元)")),
    COUNT("entries", fund.entries, TITLE("entries", "笔数")),
};
const struct columns total_fund_columns = COLUMNS("funds", funds);
#undef ROW

/* ---------------------------------------------------------------- by unit */

#define ROW struct unit_total
/* The indicator that a column is about. */
#define OF ((const struct indicator *)column->of)
READ_AS(of_submitted, cell_of(figure_submitted(row, OF->number), OF->decimals))
READ_AS(of_approved, cell_of(figure_approved(row, OF->number), OF->decimals))
READ_AS(of_target, cell_of(target_of(row, OF->number, FUND_KIND_NONE), OF->decimals))
READ_AS(of_share, share_of(r, row, figure_submitted(row, OF->number), OF, FUND_KIND_NONE))
READ_AS(of_expected, progress_of(row, OF).expected)
READ_AS(of_gap, progress_of(row, OF).gap)
READ_AS(of_forecast, progress_of(row, OF).forecast)

static const struct column of_unit[] = {
    UNIT("unit", unit, TITLE("code", "代码")),
    UNIT_NAME("name", unit, TITLE("unit", "单位")),
};

/* Of each indicator; the keys follow its code. */
static const struct column of_indicator[] = {
    MADE("", of_submitted, RIGHT, TITLE("", "")),
    MADE("_approved", of_approved, RIGHT, TITLE("approved", "已审核")),
    MADE("_target", of_target, RIGHT, TITLE("target", "目标")),
    MADE("_reached", of_share, RIGHT, TITLE("reached", "完成率")),
    MADE("_expected", of_expected, RIGHT, .only_with = TOTAL_WITH_PACE, TITLE("expected", "应完成")),
    MADE("_gap", of_gap, RIGHT, TITLE("to pace", "与进度差")),
    MADE("_forecast", of_forecast, RIGHT, .only_with = TOTAL_WITH_PACE, TITLE("forecast", "全年预计")),
};
enum { WITHOUT_TARGET = 2 };

#define FUNDS(kind, level, special) figure_funds(r->catalogue, row, kind, level, special)
READ_AS(raised, cell_of(FUNDS(FUND_RAISED, UNIT_NONE, true), MONEY_DECIMALS))
READ_AS(raised_target, cell_of(target_of(row, 0, FUND_RAISED), MONEY_DECIMALS))
READ_AS(raised_share, share_of(r, row, FUNDS(FUND_RAISED, UNIT_NONE, true), NULL, FUND_RAISED))
READ_AS(received, cell_of(FUNDS(FUND_RECEIVED, UNIT_COUNTY, false), MONEY_DECIMALS))
READ_AS(spent, cell_of(FUNDS(FUND_SPENT, UNIT_NONE, false), MONEY_DECIMALS))

static const struct column of_funds[] = {
    MADE("raised", raised, RIGHT, TITLE("special funds raised", "筹措专项资金(元)")),
    MADE("raised_target", raised_target, RIGHT, TITLE("target", "目标")),
    MADE("raised_reached", raised_share, RIGHT, TITLE("reached", "完成率")),
    MADE("received", received, RIGHT, TITLE("money in", "资金到县(元)")),
    MADE("spent", spent, RIGHT, TITLE("spent", "支出(元)")),
};

#define SIZE(columns) (sizeof(columns) / sizeof *(columns))

static void
put(struct column **next, const struct column *columns, size_t count)
{
	memcpy(*next, columns, count * sizeof **next);
	*next += count;
}

static void
put_indicator(struct arena *arena, struct column **next, const struct indicator *of, size_t count)
{
	struct column *column = *next;
	put(next, of_indicator, count);
	for (size_t i = 0; i < count; i++) {
		char key[CODE_BYTES_MAX + 16];
		snprintf(key, sizeof key, "%s%s", of->code, column[i].key);
		column[i].key = arena_string(arena, key);
		column[i].of = of;
		column[i].key_in_csv = true;
	}
	column->titles[0] = of->name_en;
	column->titles[1] = of->name_zh;
}

static void
put_headline(const struct catalogue *c, struct column **next, size_t headline)
{
	static const struct indicator unknown = {.code = ""};
	const struct indicator *of = catalogue_indicator_by_name(c, headline_indicators[headline]);
	struct column *column = *next;
	put(next, of_indicator, SIZE(of_indicator));
	for (size_t i = 0; i < SIZE(of_indicator); i++)
		column[i].of = of ? of : &unknown;
	memcpy(column->titles, headline_names[headline], sizeof column->titles);
}

/* Has any of the units that are shown a target for it? */
static bool
has_target(const struct total_answer *answer, uint32_t indicator)
{
	bool found = false;
	for (size_t i = 0; !found && i < answer->unit_count; i++)
		found = figure_target(&answer->units[i], indicator, FUND_KIND_NONE);
	return found;
}

bool
total_columns_by_unit(struct arena *arena, const struct catalogue *c, const struct total_query *query,
                      const struct total_answer *answer, struct columns *out)
{
	size_t count = query->indicator_count + HEADLINES;
	struct column *items =
	    arena_array(arena, SIZE(of_unit) + count * SIZE(of_indicator) + SIZE(of_funds), sizeof *items);
	struct column *next = items;
	if (!items)
		return false;
	put(&next, of_unit, SIZE(of_unit));
	for (size_t i = 0; i < query->indicator_count; i++) {
		const struct indicator *of = catalogue_indicator(c, query->indicators[i]);
		put_indicator(arena, &next, of,
		              has_target(answer, of->number) ? SIZE(of_indicator) : (size_t)WITHOUT_TARGET);
	}
	for (size_t i = 0; !query->indicator_count && i < HEADLINES; i++)
		put_headline(c, &next, i);
	if (!query->indicator_count)
		put(&next, of_funds, SIZE(of_funds));
	*out = (struct columns){"total", items, (size_t)(next - items), sizeof(ROW)};
	return !arena->exhausted;
}
#undef ROW

/* ---------------------------------------------------------------- for programs */

#define ROW struct target_value
READ_AS(fund_name, cell_text(row->indicator ? "" : fund_kind_name(row->fund)))
static const struct column fund_targets[] = {
    MADE("fund", fund_name, JSON_ONLY),
    MADE("target", column_record, .nested = &pace_columns),
};
static const struct columns fund_target_columns = COLUMNS("fund_targets", fund_targets);
#undef ROW

READER(indicators_of)
{
	const struct unit_total *u = row;
	struct total_indicator *rows = arena_array(&r->arena, u->indicator_count, sizeof *rows);
	for (size_t i = 0; rows && i < u->indicator_count; i++)
		rows[i] = (struct total_indicator){u, i, catalogue_indicator(r->catalogue, u->indicators[i])};
	return cell_rows(CELL_NAMED, &total_indicator_columns, rows, rows ? u->indicator_count : 0);
}

READER(funds_of)
{
	const struct unit_total *u = row;
	struct total_fund *rows = arena_array(&r->arena, u->fund_count, sizeof *rows);
	for (size_t i = 0; rows && i < u->fund_count; i++)
		rows[i] = (struct total_fund){u->unit, u->funds[i]};
	return cell_rows(CELL_ROWS, &total_fund_columns, rows, rows ? u->fund_count : 0);
}

READER(fund_targets_of)
{
	const struct unit_total *u = row;
	size_t i = 0;
	while (i < u->target_count && u->targets[i].indicator)
		i++;
	return cell_if(i < u->target_count,
	               cell_rows(CELL_NAMED, &fund_target_columns, u->targets, u->target_count));
}

#define ROW struct unit_total
static const struct column unit[] = {
    UNIT("unit", unit, JSON_ONLY),
    UNIT_NAME("name", unit, JSON_ONLY),
    MADE("indicators", indicators_of, JSON_ONLY),
    MADE("funds", funds_of, JSON_ONLY),
    MADE("fund_targets", fund_targets_of, JSON_ONLY),
};
static const struct columns unit_columns = COLUMNS("units", unit);
#undef ROW

#define ROW struct total_shown
READ_AS(whole, cell_if(row->whole, cell_rows(CELL_RECORD, &unit_columns, row->whole, 1)))
static const struct column shown[] = {
    RECORD("as_of", as_of, &as_of_columns),
    TEXT("label", label, JSON_ONLY),
    PERIOD("from", from, JSON_ONLY),
    PERIOD("to", to, JSON_ONLY),
    ROWS("units", units, unit_count, &unit_columns),
    MADE("whole", whole, JSON_ONLY),
};
const struct columns total_columns = COLUMNS("total", shown);
#undef ROW
