#include "problem.h"

#include "deadline.h"
#include "decimal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WIRE = 1, TRANSIENT = 2 };

/* %A actual value, %L limit, %D detail. */
static const struct problem_kind {
	enum problem_code code;
	unsigned flags;
	const char *name, *en, *zh;
} problem_kinds[] = {
    {PROBLEM_MALFORMED, WIRE, "MALFORMED", "the message cannot be read: %D", "报文无法解读：%D"},
    {PROBLEM_TOO_LARGE, WIRE, "TOO_LARGE", "the message takes too much memory to read", "报文过大"},
    {PROBLEM_FIELD_UNKNOWN, WIRE, "FIELD_UNKNOWN",
     "the message has a field that this centre (protocol %L) does not know: nothing was stored; use a "
     "client of the centre's version",
     "报文含有本中心（协议 %L）不认识的字段，未保存任何内容；请使用与中心版本相同的客户端"},
    {PROBLEM_REQUEST_UNKNOWN, WIRE, "REQUEST_UNKNOWN",
     "this centre (protocol %L) does not know this kind of request", "本中心（协议 %L）不认识此类请求"},
    {PROBLEM_VERSION_UNSUPPORTED, WIRE, "VERSION_UNSUPPORTED",
     "the client speaks protocol %A, this centre needs at least %L: update the client",
     "客户端协议为 %A，本中心至少需要 %L：请升级客户端"},
    {PROBLEM_NOT_PERMITTED, WIRE, "NOT_PERMITTED", "%D may not do this", "%D 无此权限"},
    {PROBLEM_UNIT_OUT_OF_SCOPE, WIRE, "UNIT_OUT_OF_SCOPE", "unit %A is outside this office's scope, %L",
     "单位 %A 不在本单位管辖范围（%L）内"},
    {PROBLEM_ID_INVALID, WIRE, "ID_INVALID", "the submission's id is not a UUIDv7", "报送编号不是 UUIDv7"},
    {PROBLEM_ID_REUSED, WIRE, "ID_REUSED",
     "this submission id was used before, with other content or by another office",
     "此报送编号已被使用，且内容不同或属于其他单位"},
    {PROBLEM_SUBMISSION_EMPTY, WIRE, "SUBMISSION_EMPTY", "the submission has no report and no fund entry",
     "报送中既无报表也无资金记录"},
    {PROBLEM_ROWS_TOO_MANY, WIRE, "ROWS_TOO_MANY",
     "the submission has %A rows; at most %L fit in one: split the files",
     "报送共 %A 行，一次最多 %L 行：请分开报送"},
    {PROBLEM_UNIT_UNKNOWN, WIRE, "UNIT_UNKNOWN", "unit %D is not in the plan", "计划中没有单位 %D"},
    {PROBLEM_FORM_UNKNOWN, WIRE, "FORM_UNKNOWN", "form %D is not in the plan", "计划中没有表 %D"},
    {PROBLEM_FORM_LEVEL_WRONG, WIRE, "FORM_LEVEL_WRONG", "%D", "%D：此表不适用于该级单位"},
    {PROBLEM_PERIOD_INVALID, WIRE, "PERIOD_INVALID", "%D is not a period: write 2013-04",
     "%D 不是有效期间：应写作 2013-04"},
    {PROBLEM_PERIOD_FUTURE, WIRE, "PERIOD_FUTURE", "period %D has not begun (it is %L now)",
     "期间 %D 尚未开始（现在是 %L）"},
    {PROBLEM_FORM_VERSION_UNKNOWN, WIRE, "FORM_VERSION_UNKNOWN", "version %A of the form does not exist",
     "此表没有第 %A 版"},
    {PROBLEM_FORM_VERSION_CLOSED, WIRE, "FORM_VERSION_CLOSED",
     "version %A of the form is not open for this period: %D", "此期间不使用此表第 %A 版：%D"},
    {PROBLEM_INDICATOR_UNKNOWN, WIRE, "INDICATOR_UNKNOWN", "indicator %D is not in this form",
     "此表没有指标 %D"},
    {PROBLEM_INDICATOR_REPEATED, WIRE, "INDICATOR_REPEATED", "the indicator is reported twice",
     "此指标重复填报"},
    {PROBLEM_VALUE_TOO_SMALL, WIRE, "VALUE_TOO_SMALL", "%A is less than the least allowed, %L",
     "%A 小于下限 %L"},
    {PROBLEM_VALUE_TOO_LARGE, WIRE, "VALUE_TOO_LARGE", "%A is more than the most allowed, %L",
     "%A 大于上限 %L"},
    {PROBLEM_VALUE_MISSING, WIRE, "VALUE_MISSING", "a value is required (write 0 if there was none)",
     "必填（没有发生请填 0）"},
    {PROBLEM_PART_EXCEEDS_WHOLE, WIRE, "PART_EXCEEDS_WHOLE", "%A exceeds %D %L", "%A 超过 %D %L"},
    {PROBLEM_REPORT_REPEATED, WIRE, "REPORT_REPEATED",
     "the same unit, period and form stand in this submission twice",
     "同一单位、期间和表在本次报送中出现两次"},
    {PROBLEM_REVISION_CONFLICT, WIRE, "REVISION_CONFLICT",
     "the centre's current revision is %L, this report says it replaces %A",
     "中心现有版本为 %L，本报表声明替换的是 %A"},
    {PROBLEM_NOT_OPEN, WIRE, "NOT_OPEN", "reports for this period are accepted from %L on (it is %A now)",
     "本期报表从 %L 起受理（现在是 %A）"},
    {PROBLEM_CLOSED_FOR_REPORTS, WIRE, "CLOSED_FOR_REPORTS",
     "reports for this period closed at %L; %D can let this unit come later (fupin extend)",
     "本期报表已于 %L 截止；可由 %D 宽限（fupin extend）"},
    {PROBLEM_CLOSED_FOR_CORRECTIONS, WIRE, "CLOSED_FOR_CORRECTIONS",
     "corrections of this period closed at %L; %D can let this unit correct later (fupin extend)",
     "本期更正已于 %L 截止；可由 %D 宽限（fupin extend）"},
    {PROBLEM_REPORT_LOCKED, WIRE, "REPORT_LOCKED",
     "the province has taken this report over (revision %L): only the province can open it again, by "
     "returning it",
     "省级已接收此报表（第 %L 版）：须由省级退回后才能更正"},
    {PROBLEM_UNIT_NOT_THEN, WIRE, "UNIT_NOT_THEN", "unit %A does not exist in %D", "单位 %A 不存在于 %D"},
    {PROBLEM_KIND_UNKNOWN, WIRE, "KIND_UNKNOWN",
     "%D is not a kind of fund entry: raised, sent_down, received, granted or spent",
     "%D 不是资金类别：筹措、下拨、到账、安排或支出"},
    {PROBLEM_SOURCE_UNKNOWN, WIRE, "SOURCE_UNKNOWN", "fund source %D is not in the plan",
     "计划中没有资金来源 %D"},
    {PROBLEM_USE_UNKNOWN, WIRE, "USE_UNKNOWN", "use %D is not in the plan", "计划中没有用途 %D"},
    {PROBLEM_USE_MISSING, WIRE, "USE_MISSING", "an entry of kind %D names its use", "“%D”类资金必须写明用途"},
    {PROBLEM_USE_NOT_ALLOWED, WIRE, "USE_NOT_ALLOWED", "an entry of kind %D has no use yet: leave it empty",
     "“%D”类资金不填用途"},
    {PROBLEM_COUNTERPARTY_MISSING, WIRE, "COUNTERPARTY_MISSING", "an entry of kind %D names the other unit",
     "“%D”类资金必须写明对方单位"},
    {PROBLEM_COUNTERPARTY_NOT_ALLOWED, WIRE, "COUNTERPARTY_NOT_ALLOWED",
     "an entry of kind %D has no other unit: leave it empty", "“%D”类资金不填对方单位"},
    {PROBLEM_COUNTERPARTY_WRONG, WIRE, "COUNTERPARTY_WRONG", "unit %A cannot be the other side: %D",
     "单位 %A 不能作为对方单位：%D"},
    {PROBLEM_DATE_INVALID, WIRE, "DATE_INVALID", "%D is not a date: write 2013-04-15",
     "%D 不是有效日期：应写作 2013-04-15"},
    {PROBLEM_DATE_FUTURE, WIRE, "DATE_FUTURE", "%D lies in the future", "%D 在将来"},
    {PROBLEM_VOUCHER_MISSING, WIRE, "VOUCHER_MISSING", "a fund entry needs a voucher number",
     "资金记录必须有凭证号"},
    {PROBLEM_VOUCHER_REPEATED, WIRE, "VOUCHER_REPEATED",
     "voucher %D of this unit stands in this submission twice", "该单位凭证号 %D 在本次报送中出现两次"},
    {PROBLEM_VOUCHER_TAKEN, WIRE, "VOUCHER_TAKEN", "voucher %D of this unit is already recorded",
     "该单位凭证号 %D 已入账"},
    {PROBLEM_TEXT_INVALID, WIRE, "TEXT_INVALID",
     "the text is too long (at most %L bytes), not UTF-8, or has control characters",
     "文本过长（最多 %L 字节）、不是 UTF-8 或含控制字符"},
    {PROBLEM_REASON_MISSING, WIRE, "REASON_MISSING", "a reason is required%D", "必须写明理由%D"},
    {PROBLEM_EVENT_INVALID, WIRE, "EVENT_INVALID", "only due, closed and corrections can be moved",
     "只能宽限应报、截止和更正截止时间"},
    {PROBLEM_TIME_INVALID, WIRE, "TIME_INVALID", "%A is not later than what the plan says, %L",
     "%A 不晚于计划规定的 %L"},
    {PROBLEM_DECISION_UNKNOWN, WIRE, "DECISION_UNKNOWN", "%A is no decision: pass, return or take",
     "%A 不是审核决定：通过、退回或接收"},
    {PROBLEM_REVIEW_OUTDATED, WIRE, "REVIEW_OUTDATED",
     "the report changed since it was looked at (%D): look again (fupin review show)",
     "报表在查看之后有变动（%D）：请重新查看（fupin review show）"},
    {PROBLEM_REVIEW_STATE_WRONG, WIRE, "REVIEW_STATE_WRONG", "%D", "不能这样审核：%D"},
    {PROBLEM_LEVEL_INVALID, WIRE, "LEVEL_INVALID",
     "rows lie at or below the unit asked for; townships and villages are shown within one county",
     "汇总行须在所查单位之内；乡镇和村只能在一个县内查询"},
    {PROBLEM_WATCHES_TOO_MANY, WIRE | TRANSIENT, "WATCHES_TOO_MANY",
     "no more than %L totals are watched at a time: end another watch first",
     "同时订阅的汇总不能超过 %L 个，请先结束一个"},
    {PROBLEM_WATCH_UNKNOWN, WIRE, "WATCH_UNKNOWN", "the centre does not know this watch: watch again",
     "中心没有这个订阅，请重新订阅"},
    {PROBLEM_AS_OF_INVALID, WIRE, "AS_OF_INVALID",
     "this centre has commits 1 to %L, and %A is none of them; a watch is always as of now",
     "本中心的提交序号为 1 至 %L，没有 %A；订阅只能是现在的"},
    {PROBLEM_YEAR_INVALID, WIRE, "YEAR_INVALID", "%A is not a year of this programme", "%A 不是本计划的年度"},
    {PROBLEM_MEASURE_UNKNOWN, WIRE, "MEASURE_UNKNOWN",
     "a target is for one indicator of the plan or one kind of fund entry: %D",
     "目标须对应一个指标或资金类别：%D"},
    {PROBLEM_TARGET_SHORT, WIRE, "TARGET_SHORT", "the parts reach %A of %L: %D missing",
     "分解合计 %A，少于总目标 %L，缺 %D"},
    {PROBLEM_TARGET_WHOLE_MISSING, WIRE, "TARGET_WHOLE_MISSING",
     "%D has no target of this kind to be broken down", "%D 没有可分解的该项目标"},
    {PROBLEM_BASE_EXCEEDED, WIRE, "BASE_EXCEEDED", "the year's sum %A exceeds %D %L",
     "全年累计 %A 超过 %D %L"},
    {PROBLEM_STEP_SKIPPED, WIRE, "STEP_SKIPPED", "%D must stand in a report of a month before",
     "须先在以前月份填报 %D"},
    {PROBLEM_BUSY, WIRE | TRANSIENT, "BUSY", "the centre has too much waiting: try again",
     "中心繁忙，请稍后再试"},
    {PROBLEM_STORE_UNAVAILABLE, WIRE | TRANSIENT, "STORE_UNAVAILABLE",
     "the centre's database is away: nothing was stored, try again",
     "中心数据库暂不可用，未保存，请稍后再试"},
    {PROBLEM_STORE_FULL, WIRE | TRANSIENT, "STORE_FULL",
     "the centre's disk is full: nothing was stored; the operator has been told, try again later",
     "中心磁盘已满，未保存；已通知值班人员，请稍后再试"},
    {PROBLEM_STORE_FAILED, WIRE | TRANSIENT, "STORE_FAILED",
     "the centre's database refused to store it (%D): nothing was stored",
     "中心数据库未能保存（%D），未保存任何内容"},
    {PROBLEM_STORE_CONFLICT, WIRE, "STORE_CONFLICT",
     "the database already holds one of these reports or vouchers (%D): nothing was stored",
     "数据库中已有其中某条报表或凭证（%D），未保存任何内容"},
    {PROBLEM_STOPPING, WIRE | TRANSIENT, "STOPPING", "the centre is being stopped: try again",
     "中心正在停止，请稍后再试"},
    {PROBLEM_STEP_BACK, WIRE, "STEP_BACK",
     "this step stood in %L already and is not taken back: if it was wrong, correct %L, too",
     "%L 已填报此步骤，不能倒退；如有误，请一并更正 %L"},
    {PROBLEM_GROUP_UNKNOWN, WIRE, "GROUP_UNKNOWN", "group %D is not in the plan", "计划中没有分组 %D"},
    {PROBLEM_DOCUMENT_KIND_UNKNOWN, WIRE, "DOCUMENT_KIND_UNKNOWN", "the plan asks for no document %D",
     "计划中没有文件种类 %D"},
    {PROBLEM_DOCUMENT_LEVEL_WRONG, WIRE, "DOCUMENT_LEVEL_WRONG", "%D", "%D：该级单位不报送此文件"},
    {PROBLEM_DOCUMENT_SAME, WIRE, "DOCUMENT_SAME", "version %L is the same file: there is nothing to store",
     "第 %L 版就是同一文件，无须再存"},
    {PROBLEM_FILE_TYPE_UNKNOWN, WIRE, "FILE_TYPE_UNKNOWN",
     "the file is none of PDF, DOC, DOCX, XLS, XLSX, OFD, JPEG, PNG, TIFF, or it was cut off",
     "文件不是 PDF、DOC、DOCX、XLS、XLSX、OFD、JPEG、PNG、TIFF，或不完整"},
    {PROBLEM_FILE_TYPE_WRONG, WIRE, "FILE_TYPE_WRONG", "the bytes are no %D file, or cut off: none were kept",
     "内容不是 %D 文件或不完整，未保存"},
    {PROBLEM_FILE_DIGEST_WRONG, WIRE, "FILE_DIGEST_WRONG",
     "the bytes do not have the digest that was told: none were kept", "内容与所告摘要不符，未保存"},
    {PROBLEM_FILE_PART_INVALID, WIRE, "FILE_PART_INVALID", "this part does not fit: %D",
     "此段内容不合规：%D"},
    {PROBLEM_FILE_MISSING, WIRE, "FILE_MISSING",
     "the centre does not have the whole file of this unit (%D): its bytes go first",
     "中心没有该单位的完整文件（%D）：请先传送内容"},
    {PROBLEM_UPLOADS_TOO_MANY, WIRE | TRANSIENT, "UPLOADS_TOO_MANY",
     "files that were begun and not finished: at most %L of a county, and so many in all; finish one first",
     "未传完的文件过多（每县最多 %L 个，全省亦有上限）：请先传完一个"},
    {PROBLEM_DOCUMENT_UNKNOWN, WIRE, "DOCUMENT_UNKNOWN", "there is no such document: %D", "没有该文件：%D"},
    {PROBLEM_FILE_UNREADABLE, 0, "FILE_UNREADABLE", "the file cannot be read: %D", "文件无法读取：%D"},
    {PROBLEM_FILE_ENCODING, 0, "FILE_ENCODING",
     "the text is neither UTF-8 nor GB18030 (GBK): save the sheet again",
     "文本既不是 UTF-8 也不是 GB18030（GBK）：请重新保存表格"},
    {PROBLEM_CSV_MALFORMED, 0, "CSV_MALFORMED", "a quoted cell is not closed properly", "引号未正确闭合"},
    {PROBLEM_COLUMN_MISSING, 0, "COLUMN_MISSING", "the sheet has no column %D", "表中缺少“%D”列"},
    {PROBLEM_COLUMN_UNKNOWN, 0, "COLUMN_UNKNOWN", "column %D is not known in this sheet", "不认识“%D”列"},
    {PROBLEM_COLUMN_REPEATED, 0, "COLUMN_REPEATED", "the column stands in the sheet twice", "此列出现两次"},
    {PROBLEM_CELL_MISSING, 0, "CELL_MISSING", "the cell is empty", "单元格为空"},
    {PROBLEM_CELL_INVALID, 0, "CELL_INVALID", "%D cannot be read", "无法识别 %D"},
    {PROBLEM_NUMBER_INVALID, 0, "NUMBER_INVALID", "%D is not a number with at most %L decimals",
     "%D 不是最多 %L 位小数的数字"},
    {PROBLEM_FILE_EMPTY, 0, "FILE_EMPTY", "the sheet has no rows", "表中没有数据行"},
    {PROBLEM_BYTES_TOO_MANY, 0, "BYTES_TOO_MANY",
     "the submission takes %A bytes, at most %L can be sent at once: split the files",
     "报送内容为 %A 字节，一次最多 %L 字节：请分开报送"},
    {PROBLEM_FILE_CHANGED, 0, "FILE_CHANGED",
     "the file has changed since it was recorded for sending: send it again (fupin document send)",
     "登记报送之后文件已被改动：请重新报送（fupin document send）"},
};

static const size_t kind_count = sizeof problem_kinds / sizeof *problem_kinds;

static const struct problem_kind *
kind_of(enum problem_code code)
{
	for (size_t i = 0; i < kind_count; i++)
		if (problem_kinds[i].code == code)
			return &problem_kinds[i];
	return NULL;
}

struct problem *
problem_add(struct problem_list *list, enum problem_code code, enum problem_subject subject, size_t index,
            const char *column)
{
	static _Thread_local struct problem overflow;
	struct problem *problem = &overflow;
	if (list->count < PROBLEMS_MAX)
		problem = &list->items[list->count++];
	else
		list->more++;
	*problem = (struct problem){.code = code, .subject = subject, .index = (uint32_t)index};
	snprintf(problem->column, sizeof problem->column, "%s", column ? column : "");
	return problem;
}

struct problem *
problem_only(struct problem_list *list, enum problem_code code)
{
	list->count = list->more = 0;
	return problem_add(list, code, SUBJECT_REQUEST, 0, NULL);
}

void
problem_detail(struct problem *problem, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int size = vsnprintf(problem->detail, sizeof problem->detail, format, args);
	va_end(args);
	if (size < (int)sizeof problem->detail)
		return;
	/* Cut between characters: no half of a UTF-8 sequence at the end. */
	size_t end = sizeof problem->detail - 1;
	while (end && ((unsigned char)problem->detail[end - 1] & 0xC0) == 0x80)
		end--;
	if (end)
		problem->detail[end - 1] = 0;
}

const char *
problem_name(enum problem_code code)
{
	const struct problem_kind *kind = kind_of(code);
	return kind ? kind->name : NULL;
}

bool
problem_is_transient(enum problem_code code)
{
	const struct problem_kind *kind = kind_of(code);
	return kind && (kind->flags & TRANSIENT);
}

bool
problem_is_wire(enum problem_code code)
{
	const struct problem_kind *kind = kind_of(code);
	return kind && (kind->flags & WIRE);
}

enum problem_code
problem_at(size_t i)
{
	return i < kind_count ? problem_kinds[i].code : PROBLEM_NONE;
}

/* Periods, unit codes, versions and counts are shown as they are; figures with separators. */
static bool
is_figure(enum problem_code code)
{
	return code == PROBLEM_VALUE_TOO_SMALL || code == PROBLEM_VALUE_TOO_LARGE ||
	       code == PROBLEM_PART_EXCEEDS_WHOLE || code == PROBLEM_ROWS_TOO_MANY ||
	       code == PROBLEM_BYTES_TOO_MANY || code == PROBLEM_TARGET_SHORT || code == PROBLEM_BASE_EXCEEDED;
}

static bool
is_deadline(enum problem_code code)
{
	return code == PROBLEM_CLOSED_FOR_REPORTS || code == PROBLEM_CLOSED_FOR_CORRECTIONS ||
	       code == PROBLEM_TIME_INVALID;
}

static const char *
number_text(const struct problem *problem, int64_t value, char out[DECIMAL_TEXT_BYTES])
{
	if (is_deadline(problem->code))
		return deadline_format(value, out);
	if (problem->code == PROBLEM_NOT_OPEN) {
		time_format(value * 1000000, out);
		return out;
	}
	int decimals = problem->decimals <= DECIMAL_DIGITS_MAX ? (int)problem->decimals : 0;
	if (is_figure(problem->code))
		return decimal_format(value, decimals, out);
	if (problem->code == PROBLEM_PERIOD_FUTURE || problem->code == PROBLEM_STEP_BACK) {
		period_format((period)value, out);
		return out;
	}
	return decimal_plain(value, 0, out);
}

char *
problem_text(const struct problem *problem, enum language language, char out[PROBLEM_TEXT_BYTES])
{
	const struct problem_kind *kind = kind_of(problem->code);
	char actual[DECIMAL_TEXT_BYTES], limit[DECIMAL_TEXT_BYTES];
	number_text(problem, problem->actual, actual);
	number_text(problem, problem->limit, limit);
	if (!kind) {
		snprintf(out, PROBLEM_TEXT_BYTES, "problem %d: %s", (int)problem->code, problem->detail);
		return out;
	}
	size_t used = 0;
	for (const char *at = language == LANGUAGE_CHINESE ? kind->zh : kind->en; *at; at++) {
		const char *piece = at;
		size_t size = 1;
		if (*at == '%') {
			at++;
			piece = *at == 'A' ? actual : *at == 'L' ? limit : problem->detail;
			size = strlen(piece);
		}
		if (used + size >= PROBLEM_TEXT_BYTES)
			break;
		memcpy(out + used, piece, size);
		used += size;
	}
	out[used] = 0;
	return out;
}
