/* What is asked: bodies of requests. */
#include "shapes.h"

/* clang-format off */

#undef AT
#define AT Fupin__V1__Hello, struct hello
SHAPE_STATIC(hello, hello,
    NUMBER(protocol),
    BOUNDED_TEXT(software, SOFTWARE_BYTES_MAX, "hello.software is longer than 64 bytes, or not UTF-8"));

#undef AT
#define AT Fupin__V1__Submit, struct submit
SHAPE_STATIC(submit, submit,
    RAW(submission, bytes, size));

#undef AT
#define AT Fupin__V1__Carry, struct carry
SHAPE_STATIC(carry, carry,
    RAW(header, header, header_size),
    NUMBER(number),
    RAW(letter, letter, size));

#undef AT
#define AT Fupin__V1__TotalQuery, struct total_query
SHAPE_STATIC(total_query, total_query,
    NUMBER(unit),
    NUMBER(from),
    NUMBER(to),
    LEVEL(by, "total: no such level, or too many indicators"),
    ARRAY(indicators, indicators, indicator_count, .limit = CATALOGUE_NUMBER_MAX,
        .what = "total: no such level, or too many indicators"),
    FLAG(funds),
    FLAG(whole),
    MESSAGE(as_of, as_of, OPTIONAL),
    CODE(group, "total.group is no code"));

#undef AT
#define AT Fupin__V1__StatusQuery, struct request
SHAPE_STATIC(status_query, status_query,
    WITH(BLOB_, AT, id, status, 0, "status.id is not 16 bytes", .when_size = 0));

#undef AT
#define AT Fupin__V1__CatalogueQuery, struct catalogue_query
SHAPE_STATIC(catalogue_query, catalogue_query,
    FLAG(units),
    FLAG(forms),
    MESSAGE(as_of, as_of, OPTIONAL));

SHAPE_STATIC_EMPTY(ping, ping);
SHAPE_STATIC_EMPTY(key_query, key_query);
SHAPE_STATIC_EMPTY(reload, reload);

#undef AT
#define AT Fupin__V1__ComplianceQuery, struct compliance_query
#define COMPLIANCE_WRONG "compliance: no such level, or too many rules or states"
SHAPE_STATIC(compliance_query, compliance_query,
    NUMBER(unit),
    LEVEL(by, COMPLIANCE_WRONG),
    ARRAY(rules, rules, rule_count, .limit = CATALOGUE_NUMBER_MAX, .what = COMPLIANCE_WRONG),
    ARRAY(states, states, state_count, .limit = RULE_STATES - 1, .otherwise = RULE_STATES, .what = COMPLIANCE_WRONG),
    NUMBER(limit),
    MESSAGE(after, finding_key, OPTIONAL),
    MESSAGE(as_of, as_of, OPTIONAL));

#undef AT
#define AT Fupin__V1__Watch, struct request
static const char *
check_watch(const void *message)
{
	const Fupin__V1__Watch *wire = message;
	return !wire->query == !wire->compliance ? "watch: no query, or two" : NULL;
}
SHAPE_STATIC_CHECKED(watch, watch, check_watch,
    WITH(MESSAGE_, AT, query, total, total_query, REQUIRED, WHEN(kind, REQUEST_WATCH)),
    WITH(MESSAGE_, AT, compliance, compliance, compliance_query, REQUIRED, WHEN(kind, REQUEST_WATCH_COMPLIANCE)));

#undef AT
#define AT Fupin__V1__Ack, struct ack
SHAPE_STATIC(ack, ack,
    NUMBER(watch),
    NUMBER(seq));

#undef AT
#define AT Fupin__V1__Unwatch, struct request
SHAPE_STATIC(unwatch, unwatch,
    NUMBER_AS(watch, unwatch));

#undef AT
#define AT Fupin__V1__SetClock, struct request
SHAPE_STATIC(set_clock, set_clock,
    NUMBER_AS(time_us, clock_us));

#undef AT
#define AT Fupin__V1__ReportQuery, struct report_query
SHAPE_STATIC(report_query, report_query,
    NUMBER(unit),
    NUMBER(from),
    NUMBER(to),
    ARRAY(forms, forms, form_count, .limit = CATALOGUE_NUMBER_MAX, .what = "reports: too many forms or states"),
    ARRAY(states, states, state_count, .limit = REVIEW_STATES, .what = "reports: too many forms or states"),
    FLAG(values),
    NUMBER(limit),
    MESSAGE(after, report_key, OPTIONAL),
    MESSAGE(as_of, as_of, OPTIONAL),
    FLAG(warned));

#undef AT
#define AT Fupin__V1__CompletenessQuery, struct completeness_query
SHAPE_STATIC(completeness_query, completeness_query,
    NUMBER(unit),
    NUMBER(from),
    NUMBER(to),
    ARRAY(forms, forms, form_count, .limit = CATALOGUE_NUMBER_MAX,
        .what = "completeness: no such level, or too many forms"),
    LEVEL(by, "completeness: no such level, or too many forms"),
    FLAG(whole),
    FLAG(missing),
    FLAG(late),
    NUMBER(limit),
    MESSAGE(as_of, as_of, OPTIONAL),
    CODE(group, "completeness.group is no code"));

#undef AT
#define AT Fupin__V1__HistoryQuery, struct report_key
SHAPE_STATIC(history_query, history_query,
    PART(key, report_key, REQUIRED, .what = "history: no key"));

#undef AT
#define AT Fupin__V1__TargetQuery, struct target_query
SHAPE_STATIC(target_query, target_query,
    NUMBER(unit),
    SMALL(year, PERIOD_LAST / 100, 0),
    MESSAGE(as_of, as_of, OPTIONAL));

#undef AT
#define AT Fupin__V1__AppraisalQuery, struct appraisal_query
SHAPE_STATIC(appraisal_query, appraisal_query,
    NUMBER(unit),
    NUMBER(to),
    LEVEL(by, "appraisal: no such level"),
    FLAG(whole),
    MESSAGE(as_of, as_of, OPTIONAL));

#undef AT
#define AT Fupin__V1__Upload, struct upload
SHAPE_STATIC(upload, upload,
    NUMBER(unit),
    BLOB(digest, 0, "upload.digest is not 32 bytes"),
    NUMBER(size),
    ENUM(type, FILE_TYPES),
    NUMBER(offset),
    RAW(part, part, part_size));

#undef AT
#define AT Fupin__V1__DocumentQuery, struct document_query
SHAPE_STATIC(document_query, document_query,
    NUMBER(unit),
    ARRAY(kinds, kinds, kind_count, .limit = CATALOGUE_NUMBER_MAX, .what = "documents: too many kinds"),
    FLAG(versions),
    FLAG(missing),
    NUMBER(limit),
    MESSAGE(after, document_key, OPTIONAL),
    MESSAGE(as_of, as_of, OPTIONAL));

#undef AT
#define AT Fupin__V1__FileQuery, struct file_query
SHAPE_STATIC(file_query, file_query,
    WITH(MESSAGE_, AT, key, key, document_key, REQUIRED, .what = "file: no key"),
    NUMBER(offset));

#undef AT
#define AT Fupin__V1__BalanceQuery, struct balance_query
SHAPE_STATIC(balance_query, balance_query,
    NUMBER(unit),
    LEVEL(by, "balances: no such level"),
    FLAG(whole),
    FLAG(own),
    FLAG(ages),
    MESSAGE(as_of, as_of, OPTIONAL));

#undef AT
#define AT Fupin__V1__EntryQuery, struct entry_query
SHAPE_STATIC(entry_query, entry_query,
    NUMBER(unit),
    FLAG(own),
    FLAG(in_transit),
    NUMBER(source),
    CODE(voucher, "entries.voucher is no voucher"),
    NUMBER(limit),
    NUMBER(after_seq),
    NUMBER(after_line),
    MESSAGE(as_of, as_of, OPTIONAL),
    FLAG(early));

#undef AT
#define AT Fupin__V1__TraceQuery, struct trace_query
SHAPE_STATIC(trace_query, trace_query,
    NUMBER(unit),
    CODE(voucher, "trace.voucher is no voucher"),
    FLAG(forward),
    MESSAGE(as_of, as_of, OPTIONAL));

#undef AT
#define AT Fupin__V1__ProjectQuery, struct project_query
SHAPE_STATIC(project_query, project_query,
    NUMBER(unit),
    FLAG(own),
    CODE(code, "projects: no such state, or no such code"),
    MASK(states, states, PROJECT_STATES, STRICT, "projects: no such state, or no such code"),
    NUMBER(limit),
    MESSAGE(after, project_key, OPTIONAL),
    MESSAGE(as_of, as_of, OPTIONAL));

/* ---------------------------------------------------------------- enrolment */

static const char *
check_enrol(const void *message)
{
	const Fupin__V1__Enrol *wire = message;
	if (wire->secret.len == ENROL_SECRET_BYTES && wire->proof.len != wire->public_key.len)
		return "enrol.public_key and proof are not 32 bytes each, or none";
	return NULL;
}

#undef AT
#define AT Fupin__V1__Enrol, struct enrol
SHAPE_STATIC_CHECKED(enrol, enrol, check_enrol,
    BLOB(secret, 0, "enrol.secret is not 16 bytes"),
    PLAIN(office, OFFICE_NAME_BYTES_MAX),
    PLAIN(host, OFFICE_NAME_BYTES_MAX),
    PLAIN(software, SOFTWARE_BYTES_MAX),
    KEY(public_key, "enrol.public_key and proof are not 32 bytes each, or none"),
    WITH(BLOB_, AT, proof, proof, OPTIONAL, "enrol.public_key and proof are not 32 bytes each, or none",
        .when_size = 0));

#undef AT
#define AT Fupin__V1__Invite, struct invite
SHAPE_STATIC(invite, invite,
    BLOB(secret_hash, 0, "invite.secret_hash is not 32 bytes"),
    NUMBER(unit),
    ENUM(role, ROLES),
    PLAIN(name, OFFICE_NAME_BYTES_MAX),
    NUMBER(hours),
    KEY(guest_key, "invite.guest_key is not 32 bytes"));

#undef AT
#define AT Fupin__V1__EnrolmentQuery, struct request
SHAPE_STATIC(enrolment_query, enrolment_query,
    FLAG_AS(all, enrolments_all));

#undef AT
#define AT Fupin__V1__OfficeDecision, struct office_decision
SHAPE_STATIC(office_decision, office_decision,
    STRICT_ENUM(action, OFFICE_REVOKE + 1, 0, "decide: no such action"),
    NUMBER(number),
    PLAIN(office, NAME_BYTES_MAX),
    PLAIN(fingerprint, OFFICE_NAME_BYTES_MAX),
    PLAIN(reason, NOTE_BYTES_MAX));

#undef AT
#define AT Fupin__V1__OfficeQuery, struct request
SHAPE_STATIC(office_query, office_query,
    FLAG_AS(revoked, offices_revoked));

/* ---------------------------------------------------------------- bodies */

#define BODY(name, CASE, member) {&shape_##name, FUPIN__V1__REQUEST__BODY_##CASE, offsetof(struct request, member)}
#define WHOLE(name, CASE) {&shape_##name, FUPIN__V1__REQUEST__BODY_##CASE, 0}

const struct body request_bodies[REQUEST_KINDS] = {
    [REQUEST_HELLO] = BODY(hello, HELLO, hello),
    [REQUEST_SUBMIT] = BODY(submit, SUBMIT, submit),
    [REQUEST_TOTAL] = BODY(total_query, TOTAL, total),
    [REQUEST_STATUS] = WHOLE(status_query, STATUS),
    [REQUEST_CATALOGUE] = BODY(catalogue_query, CATALOGUE, catalogue),
    [REQUEST_PING] = WHOLE(ping, PING),
    [REQUEST_RELOAD] = WHOLE(reload, RELOAD),
    [REQUEST_WATCH] = WHOLE(watch, WATCH),
    [REQUEST_WATCH_COMPLIANCE] = WHOLE(watch, WATCH),
    [REQUEST_ACK] = BODY(ack, ACK, ack),
    [REQUEST_UNWATCH] = WHOLE(unwatch, UNWATCH),
    [REQUEST_SET_CLOCK] = WHOLE(set_clock, SET_CLOCK),
    [REQUEST_REPORTS] = BODY(report_query, REPORTS, reports),
    [REQUEST_COMPLETENESS] = BODY(completeness_query, COMPLETENESS, completeness),
    [REQUEST_HISTORY] = BODY(history_query, HISTORY, history),
    [REQUEST_TARGETS] = BODY(target_query, TARGETS, targets),
    [REQUEST_APPRAISAL] = BODY(appraisal_query, APPRAISAL, appraisal),
    [REQUEST_UPLOAD] = BODY(upload, UPLOAD, upload),
    [REQUEST_DOCUMENTS] = BODY(document_query, DOCUMENTS, documents),
    [REQUEST_FILE] = BODY(file_query, FILE, file),
    [REQUEST_BALANCES] = BODY(balance_query, BALANCES, balances),
    [REQUEST_ENTRIES] = BODY(entry_query, ENTRIES, entries),
    [REQUEST_TRACE] = BODY(trace_query, TRACE, trace),
    [REQUEST_COMPLIANCE] = BODY(compliance_query, COMPLIANCE, compliance),
    [REQUEST_PROJECTS] = BODY(project_query, PROJECTS, projects),
    [REQUEST_CARRY] = BODY(carry, CARRY, carry),
    [REQUEST_ENROL] = BODY(enrol, ENROL, enrol),
    [REQUEST_INVITE] = BODY(invite, INVITE, invite),
    [REQUEST_ENROLMENTS] = WHOLE(enrolment_query, ENROLMENTS),
    [REQUEST_DECIDE] = BODY(office_decision, DECIDE, decide),
    [REQUEST_OFFICES] = WHOLE(office_query, OFFICES),
    [REQUEST_KEYS] = WHOLE(key_query, KEYS),
};
