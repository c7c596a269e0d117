#include "office_columns.h"

#include "column_table.h"
#include "reply.h"

#define ROW struct enrolment
static const struct column enrolments[] = {
    COLUMN_OF("number", column_u64, number, uint64_t, TITLE("number", "编号")),
    ENUM("state", state, enrolment_state_name, enrolment_state_name_zh, TITLE("state", "状态")),
    TEXT("name", name, MAYBE, TITLE("name", "账户名")),
    UNIT("unit", unit, TITLE("unit", "单位代码")),
    UNIT_NAME("unit_name", unit, MAYBE, TITLE("unit name", "单位")),
    ENUM("role", role, role_name, role_name, TITLE("role", "角色")),
    TEXT("office", office, MAYBE, TITLE("office", "自报名称")),
    TEXT("host", host, MAYBE, TITLE("host", "主机")),
    TEXT("software", software, MAYBE, JSON_ONLY),
    TEXT("public_key", public_key, MAYBE, JSON_ONLY),
    FINGERPRINT("fingerprint", public_key, MAYBE, TITLE("fingerprint", "密钥指纹")),
    MICROSECONDS("invited_us", invited_us, MAYBE, JSON_ONLY),
    MICROSECONDS("requested_us", requested_us, MAYBE, TITLE("requested", "申请时间")),
    MICROSECONDS("expires_us", expires_us, MAYBE, TITLE("code until", "注册码有效至")),
    COLUMN_OF("rivals", column_u32, rivals, uint32_t, DASH, TITLE("rivals", "同码他钥")),
    FINGERPRINT("replaces", present_key, MAYBE, TITLE("replaces", "将替换的密钥")),
    TEXT("invited_by", invited_by, MAYBE, TITLE("invited by", "邀请人")),
    TEXT("decided_by", decided_by, MAYBE, TITLE("decided by", "处理人")),
    MICROSECONDS("decided_us", decided_us, MAYBE, TITLE("decided", "处理时间")),
    TEXT("reason", reason, MAYBE, TITLE("reason", "理由")),
};
const struct columns enrolment_columns = COLUMNS("enrolments", enrolments);

static const struct column own[] = {
    COUNT("number", number, JSON_ONLY),
    ENUM("state", state, enrolment_state_name, enrolment_state_name_zh, JSON_ONLY),
    TEXT("name", name, JSON_ONLY),
    ENUM("role", role, role_name, role_name, JSON_ONLY),
    UNIT("unit", unit, JSON_ONLY),
    FINGERPRINT("fingerprint", public_key, JSON_ONLY),
    TEXT("reason", reason, JSON_ONLY),
};
const struct columns own_enrolment_columns = COLUMNS("enrolment", own);
#undef ROW

#define ROW struct office_item
static const struct column offices[] = {
    TEXT("name", name, MAYBE, TITLE("name", "账户名")),
    ENUM("role", role, role_name, role_name, TITLE("role", "角色")),
    UNIT("unit", unit, TITLE("unit", "单位代码")),
    UNIT_NAME("unit_name", unit, MAYBE, TITLE("unit name", "单位")),
    FINGERPRINT("fingerprint", public_key, MAYBE, TITLE("fingerprint", "密钥指纹")),
    MICROSECONDS("admitted_us", admitted_us, MAYBE, TITLE("admitted", "接纳时间")),
    TEXT("admitted_by", admitted_by, MAYBE, TITLE("by", "接纳人")),
    MICROSECONDS("revoked_us", revoked_us, MAYBE, TITLE("revoked", "吊销时间")),
    TEXT("revoked_by", revoked_by, MAYBE, TITLE("by", "吊销人")),
    TEXT("reason", reason, MAYBE, TITLE("reason", "理由")),
    TEXT("public_key", public_key, TITLE("public key", "公钥")),
};
const struct columns office_columns = COLUMNS("offices", offices);
#undef ROW

#define ROW struct decided
static const struct column decided[] = {
    TEXT("name", name, JSON_ONLY),
    TEXT("public_key", public_key, JSON_ONLY),
    TEXT("replaced_key", replaced_key, JSON_ONLY),
};
const struct columns decided_columns = COLUMNS("decided", decided);
#undef ROW
