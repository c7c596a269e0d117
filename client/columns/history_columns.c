#include "history_columns.h"

#include "column_table.h"

#include "field/deadline.h"
#include "value_columns.h"

struct cell
history_value(const struct history_event *report, const struct indicator *indicator)
{
	return report ? cell_value(indicator, report->indicators, report->values, report->value_count)
	              : (struct cell){.kind = CELL_NONE};
}

const char *
history_decision_name(enum decision decision)
{
	static const char *const names[DECISIONS] = {"", "passed", "returned", "taken over"};
	return names[decision];
}

const char *
history_decision_name_zh(enum decision decision)
{
	static const char *const names[DECISIONS] = {"", "审核通过", "退回", "省级接收"};
	return names[decision];
}

/* ---------------------------------------------------------------- events */

#define ROW struct history_event
static bool
is_report(const void *row)
{
	return ((const ROW *)row)->version;
}

static bool
is_deadline(const void *row)
{
	return ((const ROW *)row)->event;
}

READ_AS(revision_of, cell_if(!row->event, cell_count(row->revision)))
READ_AS(values, cell_values(r, row->indicators, row->values, row->value_count))
static const struct column events[] = {
    COUNT("seq", seq, JSON_ONLY),
    MICROSECONDS("time_us", time_us, JSON_ONLY),
    TEXT("principal", principal, JSON_ONLY),
    TEXT("text", text, JSON_ONLY),
    ENUM("event", event, deadline_event_name, deadline_event_name_zh, WHEN(is_deadline), JSON_ONLY),
    DEADLINE("until", until, WHEN(is_deadline), JSON_ONLY),
    UNIT("unit", unit, WHEN(is_deadline), JSON_ONLY),
    MADE("revision", revision_of, JSON_ONLY),
    ENUM("decision", decision, decision_name, decision_name, MAYBE, JSON_ONLY),
    ENUM("reason", reason, return_reason_name, return_reason_name_zh, MAYBE, JSON_ONLY),
    COUNT("version", version, WHEN(is_report), JSON_ONLY),
    MADE("values", values, WHEN(is_report), JSON_ONLY),
};
const struct columns history_event_columns = COLUMNS("events", events);
#undef ROW

/* ---------------------------------------------------------------- changes */

READER(what)
{
	const struct history_event *e = ((const struct history_change *)row)->event;
	char until[DEADLINE_TEXT_BYTES];
	if (e->version)
		return cell_text(reading_chooses(r, "report", "报送"));
	if (e->decision)
		return cell_text(
		    reading_chooses(r, history_decision_name(e->decision), history_decision_name_zh(e->decision)));
	return cell_printed(r, "%s%s%s",
	                    reading_chooses(r, deadline_event_name(e->event), deadline_event_name_zh(e->event)),
	                    reading_chooses(r, " until ", "宽限至 "), deadline_format(e->until, until));
}

#define ROW struct history_change
READ_AS(commit, cell_count((int64_t)row->event->seq))
READ_AS(time, cell_time(row->event->time_us / 1000000))
READ_AS(office, cell_text(row->event->principal))
READ_AS(revision, cell_figure(!row->event->event, row->event->revision, 0))
READ_AS(reason, cell_text(reading_chooses(r, return_reason_name(row->event->reason),
                                          return_reason_name_zh(row->event->reason))))
READ_AS(text, cell_text(row->event->text))
READ_AS(code, cell_text(row->indicator ? row->indicator->code : ""))
READ_AS(name,
        cell_text(row->indicator ? reading_chooses(r, row->indicator->name_en, row->indicator->name_zh) : ""))
READ_AS(before, history_value(row->indicator ? row->before : NULL, row->indicator))
READ_AS(after, history_value(row->indicator ? row->event : NULL, row->indicator))
static const struct column changes[] = {
    MADE("seq", commit, RIGHT, TITLE("commit", "提交序号")),
    MADE("time", time, TITLE("time", "时间")),
    MADE("principal", office, TITLE("office", "单位")),
    MADE("what", what, TITLE("what", "事项")),
    MADE("revision", revision, RIGHT, TITLE("revision", "版次")),
    MADE("reason", reason, TITLE("reason", "原因")),
    MADE("text", text, TITLE("text", "说明")),
    MADE("indicator", code, TITLE("indicator", "指标代码")),
    MADE("name", name, TITLE("name", "名称")),
    MADE("before", before, RIGHT, TITLE("before", "原值")),
    MADE("after", after, RIGHT, TITLE("after", "现值")),
};
const struct columns history_change_columns = COLUMNS("changes", changes);
#undef ROW
