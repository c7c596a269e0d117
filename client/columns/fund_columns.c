#include "fund_columns.h"

#include "column_table.h"

#include "base/decimal.h"
#include "reply.h"

#include <inttypes.h>
#include <stdio.h>

/* ---------------------------------------------------------------- entries */

/* What is open of an entry means something only where others wait for it. */
static bool
shows_open(const void *row)
{
	enum fund_kind kind = ((const struct entry_item *)row)->entry.kind;
	return kind == FUND_SENT_DOWN || kind == FUND_RETURNED || kind == FUND_ALLOCATED || kind == FUND_GRANTED;
}

READER(days_on_the_way)
{
	const struct entry_query *query = r->more;
	return cell_figure(query && query->in_transit, ((const struct entry_item *)row)->age_days, 0);
}

/* `at`: where in the row the entry is, at its beginning. `T`: TITLE; NO_TITLE if the table has others. */
#define ENTRY_COLUMNS(at, T)                                                                                 \
	DAY("occurred", at entry.occurred, T("date", "日期")), UNIT("unit", at entry.unit, T("code", "代码")),   \
	    UNIT_OR_CODE("name", at entry.unit, TABLE_ONLY, T("unit", "单位")),                                  \
	    ENUM("kind", at entry.kind, fund_kind_name, fund_kind_name_zh, T("kind", "类别")),                   \
	    TEXT("voucher", at entry.voucher, T("voucher", "凭证号")),                                           \
	    TEXT("refers", at entry.refers, T("refers", "所指凭证号")),                                          \
	    SOURCE("source", at entry.source, T("source", "来源")), USE("use", at entry.use, T("use", "用途")),  \
	    TEXT("project", at entry.project, T("project", "项目编号")),                                         \
	    UNIT("counterparty", at entry.counterparty, JSON_ONLY),                                              \
	    UNIT_OR_CODE("other", at entry.counterparty, TABLE_ONLY, T("other unit", "对方单位")),               \
	    FEN("yuan", at entry.amount_fen, T("yuan", "金额(元)")), FEN("open", at open_fen, JSON_ONLY),        \
	    FEN("waits", at open_fen, WHEN(shows_open), TABLE_ONLY, T("open", "未了(元)")),                      \
	    COUNT("age_days", at age_days, JSON_ONLY),                                                           \
	    MADE("days", days_on_the_way, RIGHT, TABLE_ONLY, T("days", "天数")),                                 \
	    TEXT("document", at entry.document, T("document", "文件依据")),                                      \
	    TEXT("note", at entry.note, T("note", "摘要")),                                                      \
	    ENUM("iati", at entry.kind, fund_kind_iati, fund_kind_iati, T("IATI type", "IATI类型")),             \
	    SECONDS("recorded", at recorded, T("recorded", "入账")), COUNT("seq", at seq, T("commit", "提交")),  \
	    COUNT("line", at line, JSON_ONLY),                                                                   \
	    FEN("early", at early_fen, MAYBE, .only_with = ENTRY_EARLY, T("not there yet", "当时未到"))
#define NO_TITLE(en, zh) JSON_ONLY

#define ROW struct entry_item
static const struct column entries[] = {ENTRY_COLUMNS(, TITLE)};
const struct columns entry_columns = COLUMNS("entries", entries);
#undef ROW

/* ---------------------------------------------------------------- the way of an entry's money */

READER(indented_kind)
{
	const int *depth = r->more;
	struct cell kind = column_enum(r, row, column);
	return cell_printed(r, "%*s%s", depth ? 2 * *depth : 0, "", kind.text);
}

#define ROW struct trace_step
static const struct column steps[] = {
    ENTRY_COLUMNS(item., NO_TITLE),
    COUNT("from", from, JSON_ONLY),
    MADE("way", indented_kind, COLUMN_AT(item.entry.kind, enum fund_kind),
         .names = {fund_kind_name, fund_kind_name_zh}, TABLE_ONLY, TITLE("way", "去向")),
    FEN("part", amount_fen, TITLE("yuan", "金额(元)")),
    UNIT_OR_CODE("way_name", item.entry.unit, TABLE_ONLY, TITLE("unit", "单位")),
    TEXT("way_voucher", item.entry.voucher, TABLE_ONLY, TITLE("voucher", "凭证号")),
    DAY("way_occurred", item.entry.occurred, TABLE_ONLY, TITLE("date", "日期")),
    USE("way_use", item.entry.use, TABLE_ONLY, TITLE("use", "用途")),
    UNIT_OR_CODE("way_other", item.entry.counterparty, TABLE_ONLY, TITLE("other unit", "对方单位")),
    FEN("way_yuan", item.entry.amount_fen, TABLE_ONLY, TITLE("of yuan", "该笔(元)")),
};
static const struct columns step_columns = COLUMNS("steps", steps);
#undef ROW

#define ROW struct trace_answer
static const struct column trace[] = {
    ROWS("steps", steps, count, &step_columns),
    FLAG("more", more, JSON_ONLY),
};
const struct columns trace_columns = COLUMNS("trace", trace);
#undef ROW

/* ---------------------------------------------------------------- sums over accounts */

READER(amount)
{
	fund_amount amount = *(const fund_amount *)((const char *)row + column->offset);
	return cell_number(fund_amount_shown(amount), MONEY_DECIMALS);
}

static bool
has_ages(const void *row)
{
	return ((const struct fund_row *)row)->has_ages;
}

/* In tables the name of the whole says so. */
READER(fund_row_name)
{
	const struct fund_row *of = row;
	if (row != r->whole)
		return cell_text(of->name);
	return cell_term(cell_printed(r, "%s%s", of->name, reading_chooses(r, " total", " 合计")).text, of->name);
}

#define AMOUNT(key, field, ...) COLUMN_OF(key, amount, field, fund_amount, RIGHT, DASH, __VA_ARGS__)

#define ROW fund_amount
#define AGE(key_, age)                                                                                       \
	{                                                                                                        \
		.key = (key_), .read = amount, .offset = (age) * sizeof(fund_amount)                                 \
	}
static const struct column ages[] = {AGE("15", 0), AGE("30", 1), AGE("60", 2), AGE("more", 3)};
static const struct columns age_columns = COLUMNS("by_days", ages);
#undef ROW

#define ROW struct fund_row
#define IN_STATE(key, which, ...)                                                                            \
	AMOUNT(key, sums.states[FUND_STATE_##which], .only_with = FUNDS_BY_STATE, __VA_ARGS__)
#define OF_AGE(key, which, age, ...)                                                                         \
	AMOUNT(key, sums.ages[which][age], .only_with = FUNDS_BY_AGE, TABLE_ONLY, __VA_ARGS__)
#define FUND_TABLE(of, of_zh)                                                                                \
	{                                                                                                        \
		TEXT(of, code, TITLE("code", "代码")), MADE("name", fund_row_name, TITLE(of, of_zh)),                \
		    IN_STATE("raised", RAISED, TITLE("raised", "筹措")),                                             \
		    IN_STATE("came_in", CAME_IN, TITLE("came in", "转入")),                                          \
		    IN_STATE("on_hand", ON_HAND, TITLE("on hand", "在手")),                                          \
		    IN_STATE("set_aside", SET_ASIDE, TITLE("set aside", "已分配待拨")),                              \
		    IN_STATE("in_transit", IN_TRANSIT, TITLE("in transit", "在途")),                                 \
		    IN_STATE("under_grant", UNDER_GRANT, TITLE("under grant", "已安排待报账")),                      \
		    IN_STATE("spent", SPENT, TITLE("spent", "支出")),                                                \
		    IN_STATE("went_out", WENT_OUT, TITLE("went out", "转出")),                                       \
		    IN_STATE("repaid", REPAID, TITLE("repaid", "已还")),                                             \
		    OF_AGE("on_hand_15", 0, 0, TITLE("on_hand ≤15 days", "在手 ≤15天")),                             \
		    OF_AGE("on_hand_30", 0, 1, TITLE("on_hand ≤30 days", "在手 ≤30天")),                             \
		    OF_AGE("on_hand_60", 0, 2, TITLE("on_hand ≤60 days", "在手 ≤60天")),                             \
		    OF_AGE("on_hand_more", 0, 3, TITLE("on_hand >60 days", "在手 >60天")),                           \
		    OF_AGE("in_transit_15", 1, 0, TITLE("in_transit ≤15 days", "在途 ≤15天")),                       \
		    OF_AGE("in_transit_30", 1, 1, TITLE("in_transit ≤30 days", "在途 ≤30天")),                       \
		    OF_AGE("in_transit_60", 1, 2, TITLE("in_transit ≤60 days", "在途 ≤60天")),                       \
		    OF_AGE("in_transit_more", 1, 3, TITLE("in_transit >60 days", "在途 >60天")),                     \
		    RECORD("on_hand_by_days", sums.ages[0], &age_columns, WHEN(has_ages)),                           \
		    RECORD("in_transit_by_days", sums.ages[1], &age_columns, WHEN(has_ages)),                        \
	}
static const struct column by_source[] = FUND_TABLE("source", "来源"), by_unit[] = FUND_TABLE("unit", "单位"),
                           by_level[] = FUND_TABLE("level", "层级");
const struct columns fund_columns[FUND_ROWS] = {
    [FUNDS_BY_SOURCE] = COLUMNS("funds", by_source),
    [FUNDS_BY_UNIT] = COLUMNS("funds", by_unit),
    [FUNDS_BY_LEVEL] = COLUMNS("funds", by_level),
};
#undef ROW

struct fund_row *
fund_rows_by_source(struct arena *arena, const struct reading *r, const struct unit_balance *unit,
                    bool has_ages, size_t *count)
{
	const struct catalogue *c = r->catalogue;
	struct fund_row *rows = arena_array(arena, c->source_count + 1, sizeof *rows);
	*count = 0;
	for (size_t i = 0; rows && i < c->source_count; i++) {
		const struct fund_term *source = &c->sources[i];
		struct fund_row *row = &rows[*count];
		*row = (struct fund_row){.code = source->code,
		                         .name = reading_chooses(r, source->name_en, source->name_zh),
		                         .has_ages = has_ages};
		fund_sums_add(&row->sums, unit, source->number);
		*count += fund_sums_any(&row->sums);
	}
	if (!rows)
		return NULL;
	struct fund_row *whole = &rows[(*count)++];
	*whole = (struct fund_row){.code = "", .name = reading_chooses(r, "total", "合计"), .has_ages = has_ages};
	fund_sums_add(&whole->sums, unit, 0);
	return rows;
}

struct fund_row *
fund_rows_by_unit(struct arena *arena, const struct reading *r, const struct balance_answer *answer,
                  uint32_t source, bool has_ages)
{
	struct fund_row *rows = arena_array(arena, answer->unit_count + 1, sizeof *rows);
	for (size_t i = 0; rows && i < answer->unit_count; i++) {
		const struct unit *unit = catalogue_unit(r->catalogue, answer->units[i].unit);
		char code[24];
		snprintf(code, sizeof code, "%" PRId64, answer->units[i].unit);
		rows[i] = (struct fund_row){
		    .code = arena_string(arena, code), .name = unit ? unit->name : "", .has_ages = has_ages};
		fund_sums_add(&rows[i].sums, &answer->units[i], source);
		if (!rows[i].code)
			return NULL;
	}
	return rows;
}

/* ---------------------------------------------------------------- loans */

READER(owed)
{
	const struct loan_row *of = row;
	return cell_number(decimal_subtract(of->drawn, of->repaid), MONEY_DECIMALS);
}

#define ROW struct loan_row
static const struct column loans[] = {
    UNIT("unit", unit, TITLE("code", "代码")),
    UNIT_NAME("name", unit, TITLE("unit", "单位")),
    FEN("drawn", drawn, TITLE("drawn", "发放(元)")),
    FEN("repaid", repaid, TITLE("repaid", "收回(元)")),
    MADE("owed", owed, RIGHT, TITLE("owed", "余额(元)")),
    FEN("subsidised", subsidised, TITLE("interest subsidised", "贴息(元)")),
};
const struct columns loan_columns = COLUMNS("loans", loans);
#undef ROW
