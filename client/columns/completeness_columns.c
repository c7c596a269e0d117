#include "completeness_columns.h"

#include "column_table.h"

#include "base/decimal.h"
#include "reply.h"

#include <inttypes.h>

/* "3 d 4 h": seconds do not matter. */
static struct cell
lateness(struct reading *r, int64_t seconds)
{
	int64_t hours = decimal_add(seconds, 3599) / 3600;
	const char *day = reading_chooses(r, " d", "天"), *hour = reading_chooses(r, " h", "小时");
	if (hours < 24)
		return cell_printed(r, "%" PRId64 "%s", hours, hour);
	return cell_printed(r, "%" PRId64 "%s %" PRId64 "%s", hours / 24, day, hours % 24, hour);
}

/* ---------------------------------------------------------------- by unit */

READER(share_received)
{
	const struct completeness_row *of = row;
	return cell_share(true, of->received, of->due);
}

READER(share_on_time)
{
	const struct completeness_row *of = row;
	return cell_share(true, of->on_time, of->due);
}

READER(latest_by)
{
	const struct completeness_row *of = row;
	return of->late_most ? lateness(r, of->late_most) : cell_text("");
}

#define ROW struct completeness_row
static const struct column rows[] = {
    UNIT("unit", unit, TITLE("code", "代码")),
    UNIT_NAME("name", unit, TITLE("unit", "单位")),
    COUNT("due", due, TITLE("due", "应报")),
    COUNT("received", received, TITLE("received", "已报")),
    MADE("complete", share_received, RIGHT, TABLE_ONLY, TITLE("complete", "完整率")),
    COUNT("on_time", on_time, TITLE("on time", "按时")),
    MADE("timely", share_on_time, RIGHT, TABLE_ONLY, TITLE("timely", "及时率")),
    MADE("latest_by", latest_by, RIGHT, TABLE_ONLY, TITLE("latest by", "最长迟报")),
    COUNT("missing", missing, TITLE("missing", "未报")),
    COUNT("returned", returned, TITLE("returned", "退回")),
    COUNT("approved", approved, TITLE("approved", "已审核")),
    COUNT("open", open, TITLE("not due yet", "未到期")),
    COUNT("open_received", open_received, TITLE("of these received", "其中已报")),
    COUNT("late_seconds", late_seconds, JSON_ONLY),
    COUNT("late_most", late_most, JSON_ONLY),
};
static const struct columns row_columns = COLUMNS("rows", rows);
#undef ROW

/* ---------------------------------------------------------------- the list */

READER(duty_state)
{
	const struct duty *duty = row;
	if (duty->first_time)
		return cell_named(r, "came late", "迟报", "came_late");
	if (duty->closed && duty->closed <= r->time_us / 1000000)
		return cell_named(r, "missing, closed", "未报，已截止", "closed");
	return cell_named(r, "missing", "未报", "missing");
}

READER(late_by)
{
	const struct duty *duty = row;
	int64_t until = duty->first_time ? duty->first_time : r->time_us / 1000000;
	return lateness(r, decimal_subtract(until, duty->due));
}

#define ROW struct duty
static const struct column duties[] = {
    UNIT("unit", key.unit, TITLE("code", "代码")),
    UNIT_NAME("name", key.unit, TITLE("unit", "单位")),
    COUNTY_NAME("county", key.unit, TABLE_ONLY, TITLE("county", "县")),
    FORM("form", key.form, TITLE("form", "表")),
    PERIOD("period", key.period, TITLE("period", "期间")),
    MADE("state", duty_state, TABLE_ONLY, TITLE("state", "状态")),
    MADE("late_by", late_by, RIGHT, TABLE_ONLY, TITLE("late by", "迟")),
    DEADLINE("due", due, TITLE("due", "期限")),
    DEADLINE("closed", closed, TITLE("closed", "截止")),
    SECONDS("first_time", first_time, TITLE("came", "报送")),
};
static const struct columns duty_columns = COLUMNS("duties", duties);
#undef ROW

#define ROW struct completeness_answer
static const struct column answer[] = {
    COUNT("seq", as_of.seq, JSON_ONLY),
    MICROSECONDS("time_us", time_us, JSON_ONLY),
    TEXT("label", label, JSON_ONLY),
    ROWS("rows", rows, row_count, &row_columns),
    ROWS("duties", duties, duty_count, &duty_columns),
    COUNT("more", more, JSON_ONLY),
};
const struct columns completeness_columns = COLUMNS("completeness", answer);
#undef ROW
