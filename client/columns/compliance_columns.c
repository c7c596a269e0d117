#include "compliance_columns.h"

#include "column_table.h"

#include "base/decimal.h"
#include "reply.h"

#include <string.h>

struct cell
cell_rule(const struct reading *r, uint32_t number)
{
	const struct plan_rule *rule = catalogue_plan_rule(r->catalogue, number);
	return rule ? cell_named(r, rule->name_en, rule->name_zh, rule->code) : cell_text("");
}

struct cell
cell_rule_state(const struct reading *r, enum rule_state state)
{
	static const char *const colours[RULE_STATES] = {
	    [RULE_GREEN] = "green", [RULE_AMBER] = "yellow", [RULE_RED] = "red", [RULE_NOT_JUDGED] = "magenta"};
	const char *name = rule_state_name(state);
	if (state == RULE_SILENT)
		return cell_named(r, "none", "无", name);
	struct cell cell = cell_named(r, name, rule_state_name_zh(state), name);
	cell.colour = colours[state];
	return cell;
}

/* ---------------------------------------------------------------- the figures behind a finding */

#define ROW struct rule_figure
static bool
is_money(const struct rule_figure *figure)
{
	size_t size = strlen(figure->name);
	return size > 4 && !strcmp(figure->name + size - 4, "_fen");
}

/* Without its _fen, if it is money. */
READ_AS(figure_name, cell_printed(r, "%.*s", (int)strlen(row->name) - (is_money(row) ? 4 : 0), row->name))
READ_AS(figure_value, row->known && * row->text
                          ? cell_text(row->text)
                          : cell_figure(row->known, row->number, is_money(row) ? MONEY_DECIMALS : 0))

static const struct column figures[] = {
    MADE("name", figure_name, JSON_ONLY),
    MADE("value", figure_value, JSON_ONLY),
};
static const struct columns figure_columns = COLUMNS("figures", figures);
#undef ROW

/* ---------------------------------------------------------------- findings */

static const struct plan_rule *
rule_of(const struct reading *r, const struct finding_item *item)
{
	static const struct plan_rule none = {.notice = ""};
	const struct plan_rule *rule = catalogue_plan_rule(r->catalogue, item->key.rule);
	return rule ? rule : &none;
}

static int
decimals_of(const struct reading *r, const struct finding_item *item)
{
	return rule_measure_decimals(rule_of(r, item)->measure);
}

#define ROW struct finding_item
READ_AS(state, cell_rule_state(r, row->state))
READ_AS(finding_rule, cell_rule(r, row->key.rule))
READ_AS(rule_name, cell_text(cell_rule(r, row->key.rule).text))
READ_AS(notice, cell_text(rule_of(r, row)->notice))
READ_AS(measured, cell_figure(row->state != RULE_NOT_JUDGED, row->measured, decimals_of(r, row)))
READ_AS(bound, rule_of(r, row)->at_most ? cell_term("≤", "at_most") : cell_term("≥", "at_least"))
READ_AS(required, cell_number(row->required, decimals_of(r, row)))
/* For programs: null, if it counts at all times. */
READ_AS(due, row->due ? cell_day(r, row->due) : (struct cell){.kind = CELL_NONE})
READ_AS(figures_by_name, cell_rows(CELL_NAMED, &figure_columns, row->figures, row->figure_count))
READ_AS(reason, cell_if(row->state == RULE_NOT_JUDGED, cell_text(row->reason)))

READER(measure)
{
	static const char *const units[RULE_MEASURES][2] = {[RULE_YUAN] = {"yuan", "元"},
	                                                    [RULE_PERCENT] = {"%", "%"},
	                                                    [RULE_RATIO] = {": 1", ": 1"},
	                                                    [RULE_DAYS] = {"days", "天"},
	                                                    [RULE_COUNT] = {"", ""}};
	enum rule_measure of = rule_of(r, row)->measure;
	const char *name = rule_measure_name(of);
	return name ? cell_named(r, units[of][0], units[of][1], name) : cell_text("");
}

/* "granted 1,234.00, villages_started 3" */
READER(figures_text)
{
	const struct finding_item *item = row;
	struct cell text = cell_text("");
	char room[CELL_TEXT_BYTES];
	for (size_t i = 0; i < item->figure_count; i++) {
		struct cell value = figure_value(r, &item->figures[i], column);
		text = cell_printed(r, "%s%s%s %s", text.text, i ? ", " : "",
		                    figure_name(r, &item->figures[i], column).text,
		                    value.kind == CELL_TEXT ? value.text : cell_show(&value, false, room));
	}
	return cell_printed(r, "%s%s%s", text.text, item->figure_count && *item->reason ? ", " : "",
	                    item->reason);
}

static const struct column findings[] = {
    MADE("state", state, TITLE("state", "状态")),
    MADE("rule", finding_rule, TITLE("rule", "规则")),
    MADE("rule_name", rule_name, JSON_ONLY),
    MADE("notice", notice, TITLE("section", "条款")),
    UNIT("unit", key.unit, TITLE("code", "代码")),
    UNIT_NAME("name", key.unit, TITLE("unit", "单位")),
    MADE("measured", measured, RIGHT, TITLE("measured", "实际")),
    MADE("bound", bound, TITLE("", "")),
    MADE("required", required, RIGHT, TITLE("required", "要求")),
    MADE("measure", measure, TITLE("measure", "计量")),
    FEN("shortfall_yuan", shortfall_fen, DASH, TITLE("short by (yuan)", "差额(元)")),
    MADE("due", due, JSON_ONLY),
    DAY("due_day", due, TABLE_ONLY, TITLE("counts by", "截止")),
    MADE("figures", figures_by_name, JSON_ONLY),
    MADE("figures_text", figures_text, TABLE_ONLY, TITLE("figures", "依据")),
    MADE("reason", reason, JSON_ONLY),
};
static const struct columns finding_columns = COLUMNS("findings", findings);
#undef ROW

/* ---------------------------------------------------------------- what turned */

#define ROW struct rule_turn
READ_AS(turned_rule, cell_rule(r, row->key.rule))
static const struct column turns[] = {
    MADE("rule", turned_rule, JSON_ONLY),
    UNIT("unit", key.unit, JSON_ONLY),
    UNIT_NAME("name", key.unit, JSON_ONLY),
    ENUM("from", from, rule_state_name, rule_state_name_zh, JSON_ONLY),
    ENUM("to", to, rule_state_name, rule_state_name_zh, JSON_ONLY),
};
static const struct columns turn_columns = COLUMNS("turns", turns);
#undef ROW

/* ---------------------------------------------------------------- answers */

#define ROW uint32_t
#define STATE(key_, state) MADE(key_, column_u32, .offset = (state) * sizeof(ROW), JSON_ONLY)
static const struct column counts[] = {
    STATE("not_judged", RULE_NOT_JUDGED),
    STATE("red", RULE_RED),
    STATE("amber", RULE_AMBER),
    STATE("green", RULE_GREEN),
};
static const struct columns count_columns = COLUMNS("counts", counts);
#undef STATE
#undef ROW

#define ROW struct compliance_answer
#define ANSWER                                                                                               \
	RECORD("as_of", as_of, &as_of_columns), TEXT("label", label, JSON_ONLY),                                 \
	    RECORD("counts", states, &count_columns), ROWS("findings", items, count, &finding_columns)
static const struct column watched[] = {ANSWER};
static const struct column answer[] = {ANSWER, MICROSECONDS("time_us", time_us, JSON_ONLY)};
const struct columns compliance_watch_columns = COLUMNS("compliance", watched);
const struct columns compliance_columns = COLUMNS("compliance", answer);
#undef ANSWER
#undef ROW

#define ROW struct push
static const struct column push[] = {
    RECORD("as_of", as_of, &as_of_columns),
    RECORD("counts", states, &count_columns),
    ROWS("turns", turns, turn_count, &turn_columns),
    COUNT("more", more_turns, JSON_ONLY),
};
const struct columns compliance_push_columns = COLUMNS("turns", push);
#undef ROW
