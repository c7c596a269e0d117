#include "problem.h"

#include "base/decimal.h"
#include "base/utf8.h"
#include "field/deadline.h"

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
     "the centre's current revision is %L, this row says it replaces %A",
     "中心现有版本为 %L，本行声明替换的是 %A"},
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
     "%D is not a kind of fund entry: raised, sent_down, received, granted, spent, allocated, reimbursed, "
     "returned, "
     "withdrawn, reversed or repaid",
     "%D 不是资金类别：筹措、下拨、到账、安排、支出、分配、报账、上缴、收回、冲销或还款"},
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
    {PROBLEM_DOCUMENT_VERSIONS_TOO_MANY, WIRE, "DOCUMENT_VERSIONS_TOO_MANY",
     "this document has %L versions, and no more are taken: ask the administrator, and replace it less often",
     "该文件已有 %L 版，不再接收新版本：请联系管理员，并减少替换次数"},
    {PROBLEM_STORE_VALUE_REFUSED, WIRE, "STORE_VALUE_REFUSED",
     "the centre's database cannot hold a value of it (%D): nothing was stored; tell the centre",
     "中心数据库无法保存其中某项内容（%D），未保存任何内容；请告知中心"},
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
     "too many unfinished uploads: at most %L of a county, and a limit for all together; finish one first",
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
    {PROBLEM_AMOUNT_ZERO, WIRE, "AMOUNT_ZERO", "an amount of 0.00 moves nothing: leave the row out",
     "金额 0.00 无意义：请删去此行"},
    {PROBLEM_AMOUNT_NEGATIVE, WIRE, "AMOUNT_NEGATIVE",
     "%A is negative: what was wrong is undone by an entry of kind reversed", "%A 为负数：更正请用“冲销”"},
    {PROBLEM_AMOUNT_TOO_LARGE, WIRE, "AMOUNT_TOO_LARGE", "%A is more than any single entry may move, %L",
     "%A 超过单笔上限 %L"},
    {PROBLEM_REFERRED_MISSING, WIRE, "REFERRED_MISSING",
     "an entry of kind %D names the voucher that it refers to", "“%D”类资金必须写明所指凭证号"},
    {PROBLEM_REFERRED_NOT_ALLOWED, WIRE, "REFERRED_NOT_ALLOWED",
     "an entry of kind %D refers to no other voucher: leave it empty", "“%D”类资金不填所指凭证号"},
    {PROBLEM_REFERRED_UNKNOWN, WIRE, "REFERRED_UNKNOWN", "there is no voucher %D", "没有凭证 %D"},
    {PROBLEM_REFERRED_WRONG, WIRE, "REFERRED_WRONG",
     "this entry does not fit the voucher that it refers to: %D", "本条与所指凭证不符：%D"},
    {PROBLEM_DATE_TOO_EARLY, WIRE, "DATE_TOO_EARLY", "it is dated before the voucher that it refers to (%D)",
     "日期早于所指凭证（%D）"},
    {PROBLEM_YEAR_CLOSED, WIRE, "YEAR_CLOSED",
     "the books are closed up to %D: only the province can open them again",
     "账目已结至 %D：须由省级重新开账"},
    {PROBLEM_USE_NOT_PERMITTED, WIRE, "USE_NOT_PERMITTED",
     "the plan does not permit this use of this source: %D", "计划不允许该来源用于此用途：%D"},
    {PROBLEM_SOURCE_NOT_LOAN, WIRE, "SOURCE_NOT_LOAN", "only a loan is repaid, and %D is none",
     "只有贷款才能还款，%D 不是贷款"},
    {PROBLEM_BALANCE_EXCEEDED, WIRE, "BALANCE_EXCEEDED", "%A exceeds what is on hand (%D), %L",
     "%A 超过在手余额（%D）%L"},
    {PROBLEM_GRANT_EXCEEDED, WIRE, "GRANT_EXCEEDED", "%A exceeds what is left of the grant (%D), %L",
     "%A 超过安排资金余额（%D）%L"},
    {PROBLEM_ALLOCATION_EXCEEDED, WIRE, "ALLOCATION_EXCEEDED", "%A exceeds what is left of allocation %D, %L",
     "%A 超过分配指标 %D 余额 %L"},
    {PROBLEM_SENT_EXCEEDED, WIRE, "SENT_EXCEEDED", "%A exceeds what is still in transit of voucher %D, %L",
     "%A 超过凭证 %D 在途余额 %L"},
    {PROBLEM_CONFIRMED_ALREADY, WIRE, "CONFIRMED_ALREADY",
     "nothing of voucher %D is in transit any more: it was confirmed or taken back",
     "凭证 %D 已无在途资金：已确认或已收回"},
    {PROBLEM_LOAN_EXCEEDED, WIRE, "LOAN_EXCEEDED", "%A exceeds what is still owed (%D), %L",
     "%A 超过未还贷款（%D）%L"},
    {PROBLEM_REVERSED_ALREADY, WIRE, "REVERSED_ALREADY", "nothing of voucher %D is left to undo",
     "凭证 %D 已无可冲销"},
    {PROBLEM_REVERSAL_OF_REVERSAL, WIRE, "REVERSAL_OF_REVERSAL",
     "voucher %D is itself a reversal: book the entry anew instead", "凭证 %D 本身是冲销：请重新记账"},
    {PROBLEM_REVERSAL_PARTIAL, WIRE, "REVERSAL_PARTIAL",
     "a reversal undoes all that is open of voucher %D, %L, and not %A",
     "冲销须为凭证 %D 的全部余额 %L，而非 %A"},
    {PROBLEM_PROJECT_UNKNOWN, WIRE, "PROJECT_UNKNOWN", "there is no project %D: register it first",
     "没有项目 %D：请先立项"},
    {PROBLEM_PROJECT_NOT_ALLOWED, WIRE, "PROJECT_NOT_ALLOWED", "%D names no project", "%D 不填写项目"},
    {PROBLEM_PROJECT_CLOSED, WIRE, "PROJECT_CLOSED", "project %D is closed: nothing more is booked on it",
     "项目 %D 已结束，不能再记账"},
    {PROBLEM_PROJECT_NOT_NOTICED, WIRE, "PROJECT_NOT_NOTICED",
     "project %D was not made public yet: no claim is paid before the notice (notice 四(二))",
     "项目 %D 尚未公示，公示前不得报账（通知四（二））"},
    {PROBLEM_PROJECT_USE_WRONG, WIRE, "PROJECT_USE_WRONG", "project %D is for another use",
     "用途与项目不符：%D"},
    {PROBLEM_BUDGET_EXCEEDED, WIRE, "BUDGET_EXCEEDED",
     "%A is more than the budget of project %D leaves, %L: register a changed budget first",
     "%A 超出项目 %D 预算余额 %L：请先变更预算"},
    {PROBLEM_STEP_UNKNOWN, WIRE, "STEP_UNKNOWN", "%A is no step of a project", "%A 不是项目步骤"},
    {PROBLEM_STEP_WRONG, WIRE, "STEP_WRONG", "this step cannot be taken now: %D", "现在不能办理此步骤：%D"},
    {PROBLEM_STEP_INCOMPLETE, WIRE, "STEP_INCOMPLETE", "this has to be filled in: %D", "此项必填：%D"},
    {PROBLEM_SYSTEM_MISSING, WIRE, "SYSTEM_MISSING", "of the four systems this one is not in place yet: %D",
     "四制尚缺：%D"},
    {PROBLEM_PROJECT_MONEY_LEFT, WIRE, "PROJECT_MONEY_LEFT",
     "project %D still has %A: claim and pay it, or have it withdrawn, before the project is closed",
     "项目 %D 尚有资金 %A：结束前请报账支付或由安排单位收回"},
    {PROBLEM_NOT_ACCEPTOR, WIRE, "NOT_ACCEPTOR",
     "only who leads the implementation may do this, or whom it names: %D",
     "只能由牵头实施单位或其委托的单位办理：%D"},
    {PROBLEM_CHECKLIST_OPEN, WIRE, "CHECKLIST_OPEN", "an acceptance passes with all items met; not met: %D",
     "验收合格须各项标准均达到；未达到：%D"},
    {PROBLEM_PROJECT_KIND_UNKNOWN, WIRE, "PROJECT_KIND_UNKNOWN", "kind of project %D is not in the plan",
     "计划中没有项目类别 %D"},
    {PROBLEM_LEADER_WRONG, WIRE, "LEADER_WRONG",
     "%A has no office that could do this for the project's unit: %D", "%A 不能承担：%D"},
    {PROBLEM_PERCENT_INVALID, WIRE, "PERCENT_INVALID", "%A is not in 0..100", "%A 不在 0–100 之间"},
    {PROBLEM_BUDGET_INVALID, WIRE, "BUDGET_INVALID", "the budget is not right: %D", "预算有误：%D"},
    {PROBLEM_PROJECT_AMBIGUOUS, WIRE, "PROJECT_AMBIGUOUS",
     "units that became this place have projects of this code: write behind it whose is meant: %D",
     "合并前的单位有相同编号的项目，请在编号后写明是哪一个：%D"},
    {PROBLEM_RULE_UNKNOWN, WIRE, "RULE_UNKNOWN", "the plan has no rule %D", "计划中没有规则 %D"},
    {PROBLEM_PROJECT_CODE_INVALID, WIRE, "PROJECT_CODE_INVALID",
     "%D is no code for a new project: without @, and at most %L bytes long",
     "%D 不能作新项目的编号：不得含 @，不超过 %L 字节"},
    {PROBLEM_STEP_FIELD_WRONG, WIRE, "STEP_FIELD_WRONG", "leave it empty: it is not for the step %D",
     "应留空：不属于步骤 %D"},
    {PROBLEM_CHECKLIST_UNKNOWN, WIRE, "CHECKLIST_UNKNOWN",
     "the plan's checklist has no item %A, or it stands here twice", "验收标准没有第 %A 项，或重复填写"},
    {PROBLEM_STEP_TOO_EARLY, WIRE, "STEP_TOO_EARLY", "it is dated before what has to come first: %D",
     "日期早于应先办理的步骤：%D"},
    {PROBLEM_BUDGET_BELOW_GRANTED, WIRE, "BUDGET_BELOW_GRANTED",
     "project %D was granted %A: its budget cannot be less (%L)",
     "项目 %D 已安排 %A，预算不得低于此数（%L）"},
    {PROBLEM_SEAL_UNREADABLE, WIRE, "SEAL_UNREADABLE", "this is not a sealed file as it is needed here%D",
     "不是此处所需的密封文件%D"},
    {PROBLEM_SEAL_VERSION, WIRE, "SEAL_VERSION",
     "the sealed file is of version %A, this program reads version %L: update fupin",
     "密封文件为第 %A 版，本程序只能读取第 %L 版：请升级 fupin"},
    {PROBLEM_SEAL_OTHER_CENTRE, WIRE, "SEAL_OTHER_CENTRE",
     "it is sealed for another centre (key %D), not for this one",
     "此件是封给另一中心（公钥 %D）的，不是本中心"},
    {PROBLEM_SEAL_FOREIGN, WIRE, "SEAL_FOREIGN",
     "it is sealed by an office that this centre does not know, or no longer (key %D): ask the administrator",
     "封件单位（公钥 %D）不在本中心名册中，或已被撤销：请联系管理员"},
    {PROBLEM_SEAL_CHANGED, WIRE, "SEAL_CHANGED",
     "letter %A cannot be opened: it was changed, or sealed with another key than it says; export it again",
     "第 %A 件无法开封：内容被改动，或所用密钥与所称不符；请重新导出"},
    {PROBLEM_SEAL_MISPLACED, WIRE, "SEAL_MISPLACED",
     "letter %A does not belong at this place of this file: the file was put together from others",
     "第 %A 件不属于本文件的这一位置：文件是由其他文件拼成的"},
    {PROBLEM_SEAL_EXPIRED, WIRE, "SEAL_EXPIRED",
     "it was sealed on %D by its office's clock, and is taken for %L days: have it exported again, and look "
     "whether that clock is right",
     "封件日期为 %D（按封件单位的时钟），超出 %L 天的有效期：请该单位重新导出，并核对其计算机时间"},
    {PROBLEM_NOT_ADMITTED, WIRE, "NOT_ADMITTED",
     "the centre does not admit this key: until the administrator admits it, it may only enrol (fupin enroll "
     "CODE)",
     "中心未接纳本密钥：管理员接纳之前只能注册（fupin enroll 注册码）"},
    {PROBLEM_KEY_REVOKED, WIRE, "KEY_REVOKED",
     "this key was revoked: %D. What it had committed stays; ask the administrator for a new code, then: "
     "fupin enroll CODE",
     "本密钥已被吊销：%D。此前已入库的报送仍然有效；请向管理员索取新的注册码，再运行 fupin enroll 注册码"},
    {PROBLEM_CODE_UNKNOWN, WIRE, "CODE_UNKNOWN",
     "the centre has given out no such code: ask the administrator for a new one",
     "中心没有发出过此注册码：请向管理员索取新码"},
    {PROBLEM_CODE_EXPIRED, WIRE, "CODE_EXPIRED",
     "the code expired at %A: ask the administrator for a new one", "注册码已于 %A 过期：请向管理员索取新码"},
    {PROBLEM_CODE_USED, WIRE, "CODE_USED",
     "another key used this code before, and a code is good for one: tell the administrator, and ask for a "
     "new "
     "one",
     "此注册码已被另一密钥使用，一码只能用一次：请告知管理员，并索取新码"},
    {PROBLEM_INVITATION_INVALID, WIRE, "INVITATION_INVALID", "an invitation cannot be like this: %D",
     "邀请无效：%D"},
    {PROBLEM_ENROLMENT_UNKNOWN, WIRE, "ENROLMENT_UNKNOWN",
     "there is no enrolment number %A in your scope: fupin admin requests --all lists them",
     "管辖范围内没有第 %A 号注册：可用 fupin admin requests --all 查看"},
    {PROBLEM_ENROLMENT_STATE_WRONG, WIRE, "ENROLMENT_STATE_WRONG",
     "enrolment number %A is not one that can be decided so: it is %D", "第 %A 号注册不能如此处理：现为 %D"},
    {PROBLEM_FINGERPRINT_WRONG, WIRE, "FINGERPRINT_WRONG",
     "the fingerprint of enrolment number %A is another one: do not admit it before the office has read you "
     "the same digits",
     "第 %A 号注册的指纹与此不符：该单位在电话里读出相同数字之前，请勿接纳"},
    {PROBLEM_OFFICE_UNKNOWN, WIRE, "OFFICE_UNKNOWN",
     "no office in your scope is admitted by this name or key, %D: fupin admin offices lists them",
     "管辖范围内没有以此名称或密钥接纳的单位：%D；可用 fupin admin offices 查看"},
    {PROBLEM_KEY_TAKEN, WIRE, "KEY_TAKEN",
     "this key is admitted already, as %D: use another --home for another office",
     "本密钥已作为 %D 接纳：另一单位请用另一 "
     "--home"},
    {PROBLEM_OWN_KEY, WIRE, "OWN_KEY",
     "nobody revokes or replaces the key that he speaks with: let another administrator do it",
     "不能吊销或更换自己正在使用的密钥：请由另一名管理员处理"},
    {PROBLEM_CLOCK_WRONG, WIRE | TRANSIENT, "CLOCK_WRONG",
     "the centre's clock is wrong, it says %D: nothing was stored; the operator has been told, try again "
     "later",
     "中心时钟有误（显示 %D），未保存；已通知值班人员，请稍后再试"},
    {PROBLEM_WORKBOOK_NONE, 0, "WORKBOOK_NONE",
     "the file is no workbook, whatever its name says: save it as .xlsx (or .csv)",
     "文件虽名为 .xlsx，内容却不是工作簿：请另存为 .xlsx（或 .csv）"},
    {PROBLEM_WORKBOOK_OTHER, 0, "WORKBOOK_OTHER", "the file is of another format, %D: save it as .xlsx",
     "文件实为 %D 格式：请另存为 .xlsx"},
    {PROBLEM_WORKBOOK_ENCRYPTED, 0, "WORKBOOK_ENCRYPTED",
     "the workbook opens with a password: save it without one", "工作簿设有打开密码：请取消密码后另存"},
    {PROBLEM_WORKBOOK_MACROS, 0, "WORKBOOK_MACROS",
     "the workbook has macros (.xlsm): save it as .xlsx, without them",
     "工作簿含有宏（.xlsm）：请另存为不含宏的 .xlsx"},
    {PROBLEM_WORKBOOK_CUT_OFF, 0, "WORKBOOK_CUT_OFF",
     "the workbook is cut off, its end is missing: copy it again", "工作簿不完整，缺少结尾：请重新复制"},
    {PROBLEM_WORKBOOK_DAMAGED, 0, "WORKBOOK_DAMAGED", "the workbook is damaged: %D", "工作簿已损坏：%D"},
    {PROBLEM_WORKBOOK_PART_MISSING, 0, "WORKBOOK_PART_MISSING",
     "the workbook is incomplete: it has no part %D", "工作簿不完整：缺少 %D"},
    {PROBLEM_WORKBOOK_LINK_OUTSIDE, 0, "WORKBOOK_LINK_OUTSIDE",
     "the workbook takes a part from outside of itself, which is not followed: %D",
     "工作簿引用了自身以外的内容，不予读取：%D"},
    {PROBLEM_WORKBOOK_ENTITIES, 0, "WORKBOOK_ENTITIES",
     "the workbook declares entities (a DTD), as no spreadsheet program does: refused, in %D",
     "工作簿含有实体声明（DTD），表格软件不会如此保存，不予读取：%D"},
    {PROBLEM_WORKBOOK_TOO_LARGE, 0, "WORKBOOK_TOO_LARGE",
     "the workbook is larger than is read (%D): delete what is not to be reported",
     "工作簿过大（%D）：请删去无须报送的内容"},
    {PROBLEM_WORKBOOK_PACKED, 0, "WORKBOOK_PACKED",
     "the workbook unpacks to more than %L times its size, as no real one does: refused, in %D",
     "工作簿解压后超过其大小的 %L 倍，不合常理，不予读取：%D"},
    {PROBLEM_SHEETS_TOO_MANY, 0, "SHEETS_TOO_MANY", "the workbook has more than %L sheets",
     "工作簿的工作表超过 %L 个"},
    {PROBLEM_COLUMNS_TOO_MANY, 0, "COLUMNS_TOO_MANY", "the sheet has values behind column %L",
     "工作表在第 %L 列之后还有内容"},
    {PROBLEM_SHEETS_UNKNOWN, 0, "SHEETS_UNKNOWN",
     "no sheet of the workbook has a row of column names that is known (unit 单位, …); there are: %D",
     "工作簿中没有带已知列名（单位等）的工作表；现有：%D"},
    {PROBLEM_CELLS_MERGED, 0, "CELLS_MERGED",
     "the cells %D are merged, only the first of them has a value: take them apart",
     "单元格 %D 已合并，只有第一格有值：请取消合并"},
    {PROBLEM_FORMULA_ERROR, 0, "FORMULA_ERROR", "the cell has the error %D", "单元格为错误值 %D"},
    {PROBLEM_FORMULA_NOT_SAVED, 0, "FORMULA_NOT_SAVED",
     "the value of the formula %D was not saved: open the workbook, calculate, save",
     "公式 %D 的计算结果没有保存：请打开工作簿，重新计算后保存"},
    {PROBLEM_NUMBER_INEXACT, 0, "NUMBER_INEXACT",
     "%D has more digits than a spreadsheet's number holds (15): round it, or write it as text",
     "%D 的位数超出表格数字的精度（15 位）：请四舍五入，或以文本填写"},
    {PROBLEM_SEAL_CUT_OFF, 0, "SEAL_CUT_OFF", "the sealed file is cut off, its end is missing: copy it again",
     "密封文件不完整，缺少结尾：请重新复制"},
    {PROBLEM_SEAL_DAMAGED, 0, "SEAL_DAMAGED",
     "the sealed file was changed since it was written: copy it again, or export it again",
     "密封文件写成后被改动：请重新复制或重新导出"},
    {PROBLEM_SEAL_OTHER_OFFICE, 0, "SEAL_OTHER_OFFICE", "these receipts are not for this office's outbox: %D",
     "这些回执不属于本单位的发件箱：%D"},
    {PROBLEM_SEAL_REPLAYED, 0, "SEAL_REPLAYED",
     "all of these answers were taken over before: nothing in them is new",
     "其中的答复此前均已导入，没有新内容"},
    {PROBLEM_MEASURE_WRONG, 0, "MEASURE_WRONG",
     "the column is not in the measure that the plan counts in: %D (of 元 also 千元, 万元, 百万元, 亿元)",
     "列名中的计量单位与方案不符：应为 %D（元也可写千元、万元、百万元、亿元）"},
    {PROBLEM_WORKBOOK_OTHER_OFFICE, 0, "WORKBOOK_OTHER_OFFICE",
     "the workbook was made for unit %D, this office is %L: make your own with fupin sheet",
     "工作簿是为单位 %D 制作的，本单位是 %L：请用 fupin sheet 制作本单位的工作簿"},
    {PROBLEM_CELL_SURPLUS, 0, "CELL_SURPLUS",
     "%D stands under no column name: name the column, or take the cell out",
     "%D 上方没有列名：请补上列名，或删去此格"},
    {PROBLEM_FIGURE_SPLIT, 0, "FIGURE_SPLIT",
     "the row has a cell too many: is %D a figure with separators? put it in quotes",
     "此行多出一格：%D 是带千分位的数字吗？请加上引号"},
    {PROBLEM_CELL_NOT_TEXT, 0, "CELL_NOT_TEXT",
     "the cell is a date, a time, a percentage or a truth value, shown as %D; a text belongs here, and what "
     "was typed "
     "cannot be known: format the column as text, then type it again",
     "单元格是日期、时间、百分数或逻辑值，显示为 "
     "%D；此处应为文本，原来填的内容已无从得知：请把该列设为文本格式后重新填写"},
    {PROBLEM_FORMAT_SCALED, 0, "FORMAT_SCALED",
     "the cell's number format shows another figure than %D, which the cell holds: format it as a plain "
     "number",
     "单元格内的数值是 %D，其数字格式显示的却不是它：请改为普通数字格式"},
    {PROBLEM_MEASURE_TWICE, 0, "MEASURE_TWICE",
     "the column and a row beside the header name different measures: %D",
     "列名与表头旁的计量单位不一致：%D"},
    {PROBLEM_FIGURE_CLEARED, 0, "FIGURE_CLEARED",
     "the sheet has no column for it, and the revision that this row replaces has %D: add the column, with a "
     "– to "
     "clear the figure; or send all of it with --clear",
     "表中缺少此列，而所替换的版本中为 %D：请补上该列，确需清除的填“–”；或加 --clear 报送"},
    {PROBLEM_FORMAT_SHOWN, 0, "FORMAT_SHOWN",
     "the cell's number format shows its figure as %D, which is none of this column: format it as a plain "
     "number, "
     "in the measure of the column",
     "单元格的数字格式把数值显示为 %D，不是本列的数值：请改为普通数字格式，按列名的计量单位填写"},
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
	problem_list_init(list);
	return problem_add(list, code, SUBJECT_REQUEST, 0, NULL);
}

void
problem_detail(struct problem *problem, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(problem->detail, sizeof problem->detail, format, args);
	va_end(args);
	/* It may hold what others sent, and be cut: a refusal has to be readable to everybody. */
	utf8_mend(problem->detail);
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
problem_is_of_key(enum problem_code code)
{
	return code == PROBLEM_NOT_ADMITTED || code == PROBLEM_KEY_REVOKED;
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
	       code == PROBLEM_BYTES_TOO_MANY || code == PROBLEM_TARGET_SHORT || code == PROBLEM_BASE_EXCEEDED ||
	       (code >= PROBLEM_AMOUNT_ZERO && code <= PROBLEM_REVERSAL_PARTIAL) ||
	       code == PROBLEM_BUDGET_EXCEEDED || code == PROBLEM_BUDGET_BELOW_GRANTED ||
	       code == PROBLEM_PROJECT_MONEY_LEFT;
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
	if (problem->code == PROBLEM_NOT_OPEN || problem->code == PROBLEM_CODE_EXPIRED) {
		seconds_format(value, out);
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
	char actual[DECIMAL_TEXT_BYTES], limit[DECIMAL_TEXT_BYTES], room[4 * PROBLEM_DETAIL_BYTES];
	const char *detail = utf8_show(problem->detail, UTF8_BLANKS, room, sizeof room);
	number_text(problem, problem->actual, actual);
	number_text(problem, problem->limit, limit);
	if (!kind) {
		snprintf(out, PROBLEM_TEXT_BYTES, "problem %d: %s", (int)problem->code, detail);
		return out;
	}
	size_t used = 0;
	for (const char *at = language == LANGUAGE_CHINESE ? kind->zh : kind->en; *at; at++) {
		const char *piece = at;
		size_t size = 1;
		if (*at == '%') {
			at++;
			piece = *at == 'A' ? actual : *at == 'L' ? limit : detail;
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
