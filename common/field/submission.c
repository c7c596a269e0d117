#include "submission.h"

#include "base/word.h"

#include <string.h>

static const struct word kind_names[FUND_KINDS] = {
    {"", ""},
    {"raised", "筹措"},
    {"sent_down", "下拨"},
    {"received", "到账"},
    {"granted", "安排"},
    {"spent", "支出"},
    {"allocated", "分配"},
    {"reimbursed", "报账"},
    {"returned", "上缴"},
    {"withdrawn", "收回"},
    {"reversed", "冲销"},
    {"repaid", "还款"},
};

const char *
fund_kind_name(enum fund_kind kind)
{
	return kind_names[kind].en;
}

const char *
fund_kind_name_zh(enum fund_kind kind)
{
	return kind_names[kind].zh;
}

bool
fund_kind_parse(const char *text, enum fund_kind *out)
{
	int found;
	bool good = word_find(kind_names, FUND_RAISED, FUND_KINDS, text, &found);
	if (good)
		*out = (enum fund_kind)found;
	return good;
}

/* IATI Standard 2.03, codelist TransactionType; what is undone or taken back has no counterpart there. */
const char *
fund_kind_iati(enum fund_kind kind)
{
	static const char *const types[FUND_KINDS] = {
	    [FUND_RAISED] = "1 Incoming Funds",
	    [FUND_RECEIVED] = "1 Incoming Funds",
	    [FUND_ALLOCATED] = "2 Outgoing Commitment",
	    [FUND_GRANTED] = "2 Outgoing Commitment",
	    [FUND_SENT_DOWN] = "3 Disbursement",
	    [FUND_RETURNED] = "3 Disbursement",
	    [FUND_SPENT] = "4 Expenditure",
	    [FUND_REPAID] = "6 Loan Repayment",
	    [FUND_REIMBURSED] = "7 Reimbursement",
	};
	return types[kind] ? types[kind] : "";
}

bool
fund_kind_counts_once(enum fund_kind kind)
{
	return kind == FUND_RAISED || kind == FUND_GRANTED || kind == FUND_SPENT;
}

static const struct word event_names[DEADLINE_EVENTS] = {
    {"", ""}, {"open", "开放"}, {"due", "应报"}, {"closed", "截止"}, {"corrections", "更正截止"},
};

const char *
deadline_event_name(enum deadline_event event)
{
	return event_names[event].en;
}

const char *
deadline_event_name_zh(enum deadline_event event)
{
	return event_names[event].zh;
}

bool
deadline_event_parse(const char *text, enum deadline_event *out)
{
	int found;
	bool good = word_find(event_names, DEADLINE_OPEN, DEADLINE_EVENTS, text, &found);
	if (good)
		*out = (enum deadline_event)found;
	return good;
}

const char *
decision_name(enum decision decision)
{
	static const char *const names[DECISIONS] = {"", "pass", "return", "take"};
	return names[decision];
}

static const struct word reason_names[RETURN_REASONS] = {
    {"", ""},
    {"wrong_figure", "数据有误"},
    {"missing_figure", "漏报指标"},
    {"inconsistent", "前后不符"},
    {"no_evidence", "缺少依据"},
    {"asked_for", "单位申请"},
    {"other", "其他"},
};

const char *
return_reason_name(enum return_reason reason)
{
	return reason_names[reason].en;
}

const char *
return_reason_name_zh(enum return_reason reason)
{
	return reason_names[reason].zh;
}

bool
return_reason_parse(const char *text, enum return_reason *out)
{
	int found;
	bool good = word_find(reason_names, RETURN_WRONG_FIGURE, RETURN_REASONS, text, &found);
	if (good)
		*out = (enum return_reason)found;
	return good;
}

static const struct word state_names[REVIEW_STATES] = {
    {"none", "未报"}, {"sent", "待审"}, {"returned", "退回"}, {"passed", "审核通过"}, {"taken", "已接收"},
};

const char *
review_state_name(enum review_state state)
{
	return state_names[state].en;
}

const char *
review_state_name_zh(enum review_state state)
{
	return state_names[state].zh;
}

bool
review_state_parse(const char *text, enum review_state *out)
{
	int found;
	bool good = word_find(state_names, REVIEW_SENT, REVIEW_STATES, text, &found);
	if (good)
		*out = (enum review_state)found;
	return good;
}

size_t
submission_others(const struct submission *s)
{
	return s->extension_count + s->review_count + s->target_count + s->document_count + s->project_count;
}

size_t
submission_rows(const struct submission *s)
{
	return s->report_count + s->entry_count + submission_others(s);
}

unit_code
fund_entry_whose(const struct fund_entry *entry)
{
	return entry->kind == FUND_GRANTED ? entry->counterparty : entry->unit;
}
