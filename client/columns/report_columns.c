#include "report_columns.h"

#include "column_table.h"

#include "base/decimal.h"
#include "reply.h"
#include "value_columns.h"

/* ---------------------------------------------------------------- warnings */

static int
decimals_of(const struct reading *r, uint32_t number)
{
	const struct soft_check *check = catalogue_check(r->catalogue, number);
	return check ? catalogue_indicator(r->catalogue, check->indicator)->decimals : 0;
}

static const char *
text_of(const struct reading *r, uint32_t number)
{
	const struct soft_check *check = catalogue_check(r->catalogue, number);
	return check ? reading_chooses(r, check->text_en, check->text_zh) : "";
}

#define ROW struct warning
READ_AS(warning_text, cell_text(text_of(r, row->check)))
READ_AS(actual, cell_number(row->actual, decimals_of(r, row->check)))
READ_AS(limit, cell_number(row->limit, decimals_of(r, row->check)))
static const struct column warnings[] = {
    COUNT("check", check, JSON_ONLY),
    MADE("text", warning_text, JSON_ONLY),
    MADE("actual", actual, JSON_ONLY),
    MADE("limit", limit, JSON_ONLY),
};
static const struct columns warning_columns = COLUMNS("warnings", warnings);
#undef ROW

/* "people lifted and no income reported (10, 0); …" */
READER(warnings_text)
{
	const struct report_item *item = row;
	struct cell text = cell_text("");
	for (size_t i = 0; i < item->warning_count; i++) {
		const struct warning *warning = &item->warnings[i];
		char actual_room[DECIMAL_TEXT_BYTES], limit_room[DECIMAL_TEXT_BYTES];
		const char *what = text_of(r, warning->check);
		int decimals = decimals_of(r, warning->check);
		decimal_format(warning->actual, decimals, actual_room);
		decimal_format(warning->limit, decimals, limit_room);
		text = cell_printed(r, "%s%s%s%s%s%s%s%s", text.text, i ? "; " : "", *what ? what : "?",
		                    reading_chooses(r, " (", "（"), actual_room, reading_chooses(r, ", ", "，"),
		                    limit_room, reading_chooses(r, ")", "）"));
	}
	return text;
}

/* ---------------------------------------------------------------- reports */

#define ROW struct report_item
static bool
is_returned(const void *row)
{
	return ((const ROW *)row)->state == REVIEW_RETURNED;
}

READ_AS(values, cell_if(row->value_count, cell_values(r, row->indicators, row->values, row->value_count)))
READ_AS(returned_for,
        cell_printed(r, "%s: %s",
                     reading_chooses(r, return_reason_name(row->reason), return_reason_name_zh(row->reason)),
                     row->text))
/* What is not there is an empty cell beside figures. */
READ_AS(approved, row->approved ? cell_number(row->approved, 0) : cell_text(""))

#define UNIT_COLUMNS                                                                                         \
	UNIT("unit", key.unit, TITLE("code", "代码")), UNIT_NAME("name", key.unit, TITLE("unit", "单位"))
#define PERIOD_COLUMN PERIOD("period", key.period, TITLE("period", "期间"))
#define REVISION_COLUMN COUNT("revision", revision, TITLE("revision", "版次"))
#define STATE_COLUMN ENUM("state", state, review_state_name, review_state_name_zh, TITLE("state", "状态"))
#define FIRST_COLUMN SECONDS("first_time", first_time, TITLE("first sent", "首次报送"))

static const struct column reports[] = {
    UNIT_COLUMNS,
    PERIOD_COLUMN,
    FORM("form", key.form, TITLE("form", "表")),
    COUNT("version", version, JSON_ONLY),
    REVISION_COLUMN,
    STATE_COLUMN,
    COUNT("step", step, JSON_ONLY),
    COUNT("approved", approved, DASH, TITLE("approved", "通过版次")),
    FIRST_COLUMN,
    MADE("warnings_text", warnings_text, TABLE_ONLY, TITLE("warnings", "提示")),
    ENUM("reason", reason, return_reason_name, return_reason_name_zh, WHEN(is_returned), JSON_ONLY),
    TEXT("text", text, WHEN(is_returned), JSON_ONLY),
    MADE("values", values, JSON_ONLY),
    ROWS("warnings", warnings, warning_count, &warning_columns),
    MADE("returned_for", returned_for, WHEN(is_returned), TABLE_ONLY, TITLE("returned for", "退回原因")),
};
const struct columns report_columns = COLUMNS("reports", reports);

static const struct column before_values[] = {
    UNIT_COLUMNS,
    COUNTY_NAME("county", key.unit, TITLE("county", "县")),
    PERIOD_COLUMN,
    COUNT("version", version, TITLE("form version", "表版本")),
    REVISION_COLUMN,
    STATE_COLUMN,
    MADE("approved", approved, RIGHT, TITLE("approved", "通过版次")),
    FIRST_COLUMN,
};
static const struct columns before_value_columns = COLUMNS("reports", before_values);

/* Not reported: an empty cell. */
READER(value)
{
	const struct report_item *item = row;
	struct cell cell = cell_value(column->of, item->indicators, item->values, item->value_count);
	return cell_is_none(&cell) ? cell_text("") : cell;
}

bool
report_columns_of_form(const struct catalogue *c, uint32_t form, struct columns *out)
{
	struct column *next = columns_extend(&before_value_columns, c->indicator_count, out);
	if (!next)
		return false;
	out->count = before_value_columns.count;
	for (size_t i = 0; i < c->indicator_count; i++) {
		const struct indicator *of = &c->indicators[i];
		if (of->form != form)
			continue;
		*next++ = (struct column)MADE(of->code, value, .of = of, RIGHT, .key_in_csv = true,
		                              TITLE(of->name_en, of->name_zh));
		out->count++;
	}
	return true;
}
#undef ROW

#define ROW struct report_answer
static const struct column answer[] = {
    COUNT("seq", as_of.seq, JSON_ONLY),
    TEXT("label", label, JSON_ONLY),
    ROWS("reports", items, count, &report_columns),
};
const struct columns report_list_columns = COLUMNS("reports", answer);
#undef ROW
