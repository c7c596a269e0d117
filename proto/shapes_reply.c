/* What is answered: bodies of replies. */
#include "shapes.h"

#include <string.h>

/* clang-format off */

#undef AT
#define AT Fupin__V1__Limits, struct limits
SHAPE_STATIC(limits, limits,
    NUMBER(submission_rows),
    NUMBER(frame_bytes),
    NUMBER(credit_window),
    NUMBER(problems));

#undef AT
#define AT Fupin__V1__Welcome, struct welcome
SHAPE_STATIC(welcome, welcome,
    NUMBER(protocol),
    NUMBER(protocol_oldest),
    TEXT(software),
    NUMBER(time_us),
    MESSAGE(limits, limits, 0),
    TEXT(principal),
    ENUM(role, ROLES),
    NUMBER(unit),
    TEXT(plan),
    TEXT(title_zh),
    TEXT(title_en),
    TEXT(label),
    MESSAGE(as_of, as_of, 0),
    TEXT(history));

#undef AT
#define AT Fupin__V1__Receipt, struct receipt
SHAPE_STATIC(receipt, receipt,
    BLOB(id, 0, NULL),
    BLOB(digest, 0, NULL),
    NUMBER(seq),
    NUMBER(time_us),
    NUMBER_AS(reports, report_count),
    NUMBER_AS(fund_entries, entry_count),
    NUMBER_AS(others, other_count));

#undef AT
#define AT Fupin__V1__Carried, struct carried
SHAPE_STATIC(carried, carried,
    RAW(answer, answer, size),
    BLOB(id, OPTIONAL, NULL),
    NUMBER(seq),
    FLAG(again),
    FLAG(taken));

#undef AT
#define AT Fupin__V1__SubmissionStatus, struct submission_status
SHAPE_STATIC(status, submission_status,
    BLOB(id, 0, NULL),
    STRICT_ENUM(state, SUBMISSION_COMMITTED + 1, ZERO, NULL),
    WITH(MESSAGE_, AT, receipt, receipt, receipt, REQUIRED, WHEN(state, SUBMISSION_COMMITTED)));

#undef AT
#define AT Fupin__V1__Pong, struct pong
SHAPE_STATIC(pong, pong,
    NUMBER(time_us),
    MESSAGE(as_of, as_of, 0),
    NUMBER(waiting),
    FLAG(store_ready),
    TEXT(history));

#undef AT
#define AT Fupin__V1__Reloaded, struct reply
SHAPE_STATIC(reloaded, reloaded,
    NUMBER_AS(principals, reloaded));

SHAPE_STATIC_EMPTY(unwatched, unwatched);

/* ---------------------------------------------------------------- totals */

#undef AT
#define AT Fupin__V1__FundTotal, struct fund_total
SHAPE_STATIC(fund_total, fund_total,
    ENUM(kind, FUND_KINDS),
    NUMBER(source),
    NUMBER(use),
    ENUM(level, UNIT_VILLAGE + 1),
    NUMBER(amount_fen),
    NUMBER(entries));

#undef AT
#define AT Fupin__V1__UnitTotal, struct unit_total
SHAPE_STATIC(unit_total, unit_total,
    NUMBER(unit),
    ARRAY(indicators, indicators, indicator_count, .flags = 0),
    ARRAY(values, values, indicator_count, .flags = SAME),
    ARRAY(reported, reported, indicator_count, .flags = SAME),
    MESSAGES(funds, funds, fund_count, fund_total, .limit = 0),
    MESSAGES(targets, targets, target_count, target_value, .limit = 0),
    ARRAY(approved, approved, indicator_count, .flags = SAME | OR_NONE),
    ARRAY(approved_reported, approved_reported, indicator_count, .flags = SAME | OR_NONE));

#undef AT
#define AT Fupin__V1__Total, struct total_answer
SHAPE_STATIC(total, total,
    MESSAGE(as_of, as_of, 0),
    TEXT(label),
    MESSAGES(units, units, unit_count, unit_total, .limit = 0),
    NUMBER(time_us));

#undef AT
#define AT Fupin__V1__TargetItem, struct target_item
SHAPE_STATIC(target_item, target_item,
    NUMBER(unit),
    MESSAGE(target, target_value, REQUIRED),
    TEXT(note));

#undef AT
#define AT Fupin__V1__Targets, struct target_answer
SHAPE_STATIC(targets, targets,
    MESSAGE(as_of, as_of, 0),
    TEXT(label),
    MESSAGES(targets, items, count, target_item, .limit = 0),
    NUMBER(time_us));

#undef AT
#define AT Fupin__V1__AppraisalPart, struct appraisal_part
SHAPE_STATIC(appraisal_part, appraisal_part,
    NUMBER(item),
    NUMBER(numerator),
    NUMBER(denominator),
    NUMBER(points));

#undef AT
#define AT Fupin__V1__AppraisalRow, struct appraisal_row
SHAPE_STATIC(appraisal_row, appraisal_row,
    NUMBER(unit),
    MESSAGES(parts, parts, count, appraisal_part, .limit = 0),
    NUMBER(weight),
    NUMBER(score));

#undef AT
#define AT Fupin__V1__Appraisal, struct appraisal_answer
SHAPE_STATIC(appraisal, appraisal,
    MESSAGE(as_of, as_of, 0),
    TEXT(label),
    NUMBER(time_us),
    MESSAGES(rows, rows, count, appraisal_row, .limit = 0));

/* ---------------------------------------------------------------- reports */

#undef AT
#define AT Fupin__V1__Warning, struct warning
SHAPE_STATIC(warning, warning,
    NUMBER(check),
    NUMBER(actual),
    NUMBER(limit));

#undef AT
#define AT Fupin__V1__ReportItem, struct report_item
SHAPE_STATIC(report_item, report_item,
    MESSAGE(key, report_key, 0),
    NUMBER(version),
    NUMBER(revision),
    ENUM(state, REVIEW_STATES),
    NUMBER(step),
    NUMBER(approved),
    ENUM(reason, RETURN_REASONS),
    TEXT(text),
    NUMBER(first_time),
    ARRAY(indicators, indicators, value_count, .flags = 0),
    ARRAY(values, values, value_count, .flags = SAME),
    MESSAGES(warnings, warnings, warning_count, warning, .limit = 0));

#undef AT
#define AT Fupin__V1__Reports, struct report_answer
SHAPE_STATIC(reports, reports,
    MESSAGE(as_of, as_of, 0),
    TEXT(label),
    MESSAGES(reports, items, count, report_item, .limit = 0),
    MESSAGE(next, report_key, OPTIONAL));

#undef AT
#define AT Fupin__V1__CompletenessRow, struct completeness_row
SHAPE_STATIC(completeness_row, completeness_row,
    NUMBER(unit),
    NUMBER(form),
    NUMBER(due),
    NUMBER(received),
    NUMBER(on_time),
    NUMBER(missing),
    NUMBER(returned),
    NUMBER(approved),
    NUMBER(open),
    NUMBER(open_received),
    NUMBER(late_seconds),
    NUMBER(late_most));

#undef AT
#define AT Fupin__V1__Duty, struct duty
SHAPE_STATIC(duty, duty,
    MESSAGE(key, report_key, 0),
    NUMBER(due),
    NUMBER(closed),
    NUMBER(first_time));

#undef AT
#define AT Fupin__V1__Completeness, struct completeness_answer
SHAPE_STATIC(completeness, completeness,
    MESSAGE(as_of, as_of, 0),
    TEXT(label),
    NUMBER(time_us),
    MESSAGES(rows, rows, row_count, completeness_row, .limit = 0),
    MESSAGES(duties, duties, duty_count, duty, .limit = 0),
    NUMBER(more));

#undef AT
#define AT Fupin__V1__HistoryEvent, struct history_event
SHAPE_STATIC(history_event, history_event,
    NUMBER(seq),
    NUMBER(time_us),
    TEXT(principal),
    NUMBER(revision),
    NUMBER(version),
    ENUM(decision, DECISIONS),
    ENUM(reason, RETURN_REASONS),
    ENUM(event, DEADLINE_EVENTS),
    NUMBER(until),
    NUMBER(unit),
    TEXT(text),
    ARRAY(indicators, indicators, value_count, .flags = 0),
    ARRAY(values, values, value_count, .flags = SAME));

#undef AT
#define AT Fupin__V1__History, struct history_answer
SHAPE_STATIC(history, history,
    MESSAGE(as_of, as_of, 0),
    TEXT(label),
    MESSAGE(key, report_key, 0),
    MESSAGES(events, events, count, history_event, .limit = 0));

/* ---------------------------------------------------------------- documents */

#undef AT
#define AT Fupin__V1__Uploaded, struct uploaded
SHAPE_STATIC(uploaded, uploaded,
    BLOB(digest, 0, NULL),
    NUMBER(received),
    FLAG(whole));

/* The key comes first: where no version was sent there is no digest. */
#undef AT
#define AT Fupin__V1__DocumentItem, struct document_item
SHAPE_STATIC(document_item, document_item,
    MESSAGE(key, document_key, REQUIRED),
    NUMBER(due),
    NUMBER(first_time),
    NUMBER(time),
    NUMBER(seq),
    ENUM(type, FILE_TYPES),
    NUMBER(size),
    WITH(BLOB_, AT, digest, digest, 0, NULL, WHEN(key.version, -1)),
    TEXT(name),
    TEXT(note));

#undef AT
#define AT Fupin__V1__Documents, struct document_answer
SHAPE_STATIC(documents, documents,
    MESSAGE(as_of, as_of, 0),
    TEXT(label),
    NUMBER(time_us),
    MESSAGES(documents, items, count, document_item, .limit = 0),
    MESSAGE(next, document_key, OPTIONAL));

#undef AT
#define AT Fupin__V1__FilePart, struct file_part
SHAPE_STATIC(file_part, file_part,
    MESSAGE(document, document_item, REQUIRED),
    NUMBER(offset),
    RAW(part, part, part_size));

/* ---------------------------------------------------------------- money */

static bool
put_ages(struct arena *arena, const void *ours, void *message)
{
	const struct balance *balance = ours;
	Fupin__V1__Balance *wire = message;
	(void)arena;
	wire->n_by_age_fen = balance->has_ages ? FUND_AGES : 0;
	wire->by_age_fen = (int64_t *)(uintptr_t)balance->by_age_fen;
	return true;
}

static bool
take_ages(struct shaping *shaping, const void *message, void *ours)
{
	const Fupin__V1__Balance *wire = message;
	struct balance *balance = ours;
	(void)shaping;
	balance->has_ages = wire->n_by_age_fen == FUND_AGES;
	if (balance->has_ages)
		memcpy(balance->by_age_fen, wire->by_age_fen, sizeof balance->by_age_fen);
	return true;
}

#undef AT
#define AT Fupin__V1__Balance, struct balance
SHAPE_STATIC(balance, balance,
    NUMBER(source),
    STRICT_ENUM(state, FUND_STATES, 0, NULL),
    NUMBER(amount_fen),
    HOOK(by_age_fen, put_ages, take_ages));

#undef AT
#define AT Fupin__V1__UnitBalance, struct unit_balance
SHAPE_STATIC(unit_balance, unit_balance,
    NUMBER(unit),
    MESSAGES(balances, balances, count, balance, .limit = 0));

#undef AT
#define AT Fupin__V1__Balances, struct balance_answer
SHAPE_STATIC(balances, balances,
    MESSAGE(as_of, as_of, OPTIONAL),
    TEXT(label),
    NUMBER(time_us),
    MESSAGES(units, units, unit_count, unit_balance, .limit = 0));

#undef AT
#define AT Fupin__V1__EntryItem, struct entry_item
SHAPE_STATIC(entry_item, entry_item,
    MESSAGE(entry, fund_entry_known, REQUIRED),
    NUMBER(seq),
    NUMBER(line),
    NUMBER(recorded),
    NUMBER(open_fen),
    NUMBER(age_days),
    NUMBER(early_fen));

#undef AT
#define AT Fupin__V1__Entries, struct entry_answer
SHAPE_STATIC(entries, entries,
    MESSAGE(as_of, as_of, OPTIONAL),
    TEXT(label),
    NUMBER(time_us),
    MESSAGES(entries, items, count, entry_item, .limit = 0),
    NUMBER(next_seq),
    NUMBER(next_line));

#undef AT
#define AT Fupin__V1__TraceStep, struct trace_step
SHAPE_STATIC(trace_step, trace_step,
    MESSAGE(item, entry_item, REQUIRED),
    NUMBER(from),
    NUMBER(amount_fen));

#undef AT
#define AT Fupin__V1__Trace, struct trace_answer
SHAPE_STATIC(trace, trace,
    MESSAGE(as_of, as_of, OPTIONAL),
    TEXT(label),
    MESSAGES(steps, steps, count, trace_step, .limit = 0),
    FLAG(more));

/* ---------------------------------------------------------------- rules */

static const Fupin__V1__StateCount no_state = FUPIN__V1__STATE_COUNT__INIT;

/* Those that there are any of. */
static bool
put_counts(struct arena *arena, const uint32_t counts[RULE_STATES], size_t *n, Fupin__V1__StateCount ***out)
{
	Fupin__V1__StateCount *items = arena_array(arena, RULE_STATES, sizeof *items);
	*out = arena_array(arena, RULE_STATES, sizeof **out);
	*n = 0;
	for (int state = RULE_GREEN; items && *out && state < RULE_STATES; state++)
		if (counts[state]) {
			items[*n] = no_state;
			items[*n].state = (Fupin__V1__RuleState)state;
			items[*n].findings = counts[state];
			(*out)[*n] = &items[*n];
			++*n;
		}
	return items && *out;
}

static bool
take_counts(Fupin__V1__StateCount *const *wire, size_t n, uint32_t out[RULE_STATES])
{
	for (size_t i = 0; i < n; i++) {
		uint32_t state = (uint32_t)wire[i]->state; /* any number */
		if (state && state < RULE_STATES)
			out[state] = wire[i]->findings;
	}
	return true;
}

static bool
put_found(struct arena *arena, const void *ours, void *message)
{
	Fupin__V1__Compliance *wire = message;
	return put_counts(arena, ((const struct compliance_answer *)ours)->states, &wire->n_counts, &wire->counts);
}

static bool
take_found(struct shaping *shaping, const void *message, void *ours)
{
	const Fupin__V1__Compliance *wire = message;
	(void)shaping;
	return take_counts(wire->counts, wire->n_counts, ((struct compliance_answer *)ours)->states);
}

static bool
put_turned(struct arena *arena, const void *ours, void *message)
{
	Fupin__V1__Turns *wire = message;
	return put_counts(arena, ((const struct push *)ours)->states, &wire->n_counts, &wire->counts);
}

static bool
take_turned(struct shaping *shaping, const void *message, void *ours)
{
	const Fupin__V1__Turns *wire = message;
	(void)shaping;
	return take_counts(wire->counts, wire->n_counts, ((struct push *)ours)->states);
}

#undef AT
#define AT Fupin__V1__RuleFigure, struct rule_figure
SHAPE_STATIC(rule_figure, rule_figure,
    TEXT(name),
    FLAG(known),
    NUMBER(number),
    TEXT(text));

#undef AT
#define AT Fupin__V1__Finding, struct finding_item
SHAPE_STATIC(finding, finding,
    NUMBER_AS(rule, key.rule),
    NUMBER_AS(unit, key.unit),
    ENUM(state, RULE_STATES),
    NUMBER(measured),
    NUMBER(required),
    NUMBER(shortfall_fen),
    NUMBER(due),
    MESSAGES(figures, figures, figure_count, rule_figure, .limit = 0),
    TEXT(reason));

#undef AT
#define AT Fupin__V1__Compliance, struct compliance_answer
SHAPE_STATIC(compliance, compliance,
    MESSAGE(as_of, as_of, OPTIONAL),
    TEXT(label),
    NUMBER(time_us),
    HOOK(counts, put_found, take_found),
    MESSAGES(findings, items, count, finding, .limit = 0),
    MESSAGE(next, finding_key, OPTIONAL));

#undef AT
#define AT Fupin__V1__RuleTurn, struct rule_turn
SHAPE_STATIC(rule_turn, rule_turn,
    NUMBER_AS(rule, key.rule),
    NUMBER_AS(unit, key.unit),
    ENUM(from, RULE_STATES),
    ENUM(to, RULE_STATES));

#undef AT
#define AT Fupin__V1__Turns, struct push
SHAPE_STATIC(turns, turns,
    MESSAGES(turns, turns, turn_count, rule_turn, .limit = 0),
    NUMBER_AS(more, more_turns),
    HOOK(counts, put_turned, take_turned));

/* Of the rules or of a total: rows beside turns are nobody's (codec.c). */
#undef AT
#define AT Fupin__V1__Push, struct push
SHAPE_STATIC(push, push,
    MESSAGE(as_of, as_of, 0),
    NUMBER(since_seq),
    MESSAGES(units, units, unit_count, unit_total, .limit = 0),
    PART(compliance, turns, 0, WHEN(of_rules, 1)));

/* ---------------------------------------------------------------- projects */

#undef AT
#define AT Fupin__V1__ProjectMoney, struct project_money
SHAPE_STATIC(project_money, project_money,
    NUMBER(source),
    NUMBER(budget_fen),
    NUMBER(granted_fen),
    NUMBER(under_grant_fen),
    NUMBER(on_hand_fen),
    NUMBER(spent_fen));

#undef AT
#define AT Fupin__V1__ProjectItem, struct project_item
SHAPE_STATIC(project_item, project_item,
    NUMBER(unit),
    STRING(code),
    STRICT_ENUM(state, PROJECT_STATES, 0, NULL),
    NUMBER(revision),
    NUMBER(acceptor),
    NUMBER(percent),
    MESSAGES(steps, steps, step_count, project_row_known, .limit = 0),
    MESSAGES(money, money, money_count, project_money, .limit = 0),
    NUMBER(due),
    FLAG(overdue),
    NUMBER(owner));

#undef AT
#define AT Fupin__V1__Projects, struct project_answer
SHAPE_STATIC(projects, projects,
    MESSAGE(as_of, as_of, OPTIONAL),
    TEXT(label),
    NUMBER(time_us),
    MESSAGES(items, items, count, project_item, .limit = 0),
    MESSAGE(next, project_key, OPTIONAL));

/* ---------------------------------------------------------------- offices */

#undef AT
#define AT Fupin__V1__Enrolment, struct enrolment
SHAPE_STATIC(enrolment, enrolment,
    NUMBER(number),
    ENUM(state, ENROLMENT_STATES),
    TEXT(name),
    ENUM(role, ROLES),
    NUMBER(unit),
    NUMBER(invited_us),
    TEXT(invited_by),
    NUMBER(expires_us),
    TEXT(public_key),
    TEXT(office),
    TEXT(host),
    TEXT(software),
    NUMBER(requested_us),
    NUMBER(rivals),
    NUMBER(decided_us),
    TEXT(decided_by),
    TEXT(reason),
    TEXT(present_key));

#undef AT
#define AT Fupin__V1__Enrolments, struct enrolment_list
SHAPE_STATIC(enrolments, enrolments,
    MESSAGES(enrolments, items, count, enrolment, .limit = 0),
    FLAG(more));

#undef AT
#define AT Fupin__V1__Office, struct office_item
SHAPE_STATIC(office, office,
    TEXT(name),
    ENUM(role, ROLES),
    NUMBER(unit),
    TEXT(public_key),
    NUMBER(admitted_us),
    TEXT(admitted_by),
    NUMBER(revoked_us),
    TEXT(revoked_by),
    TEXT(reason));

#undef AT
#define AT Fupin__V1__Offices, struct office_list
SHAPE_STATIC(offices, offices,
    MESSAGES(offices, items, count, office, .limit = 0),
    FLAG(more));

#undef AT
#define AT Fupin__V1__Decided, struct decided
SHAPE_STATIC(decided, decided,
    TEXT(name),
    TEXT(public_key),
    TEXT(replaced_key));

#undef AT
#define AT Fupin__V1__Key, struct key_item
SHAPE_STATIC(key, key,
    TEXT(name),
    TEXT(public_key),
    NUMBER(admitted_us),
    TEXT(admitted_by),
    NUMBER(ended_us),
    TEXT(ended_by),
    NUMBER(sent),
    NUMBER(last_seq),
    NUMBER(last_us));

#undef AT
#define AT Fupin__V1__Keys, struct key_list
SHAPE_STATIC(keys, keys,
    MESSAGES(keys, items, count, key, .limit = 0),
    FLAG(more));

/* ---------------------------------------------------------------- bodies */

#define BODY(name, CASE, member) {&shape_##name, FUPIN__V1__REPLY__BODY_##CASE, offsetof(struct reply, member)}

/* A refusal and a catalogue are made by codec.c. */
const struct body reply_bodies[REPLY_KINDS] = {
    [REPLY_REFUSAL] = {NULL, FUPIN__V1__REPLY__BODY_REFUSAL, offsetof(struct reply, refusal)},
    [REPLY_WELCOME] = BODY(welcome, WELCOME, welcome),
    [REPLY_RECEIPT] = BODY(receipt, RECEIPT, receipt),
    [REPLY_TOTAL] = BODY(total, TOTAL, total),
    [REPLY_STATUS] = BODY(status, STATUS, status),
    [REPLY_CATALOGUE] = {NULL, FUPIN__V1__REPLY__BODY_CATALOGUE, offsetof(struct reply, catalogue)},
    [REPLY_PONG] = BODY(pong, PONG, pong),
    [REPLY_RELOADED] = {&shape_reloaded, FUPIN__V1__REPLY__BODY_RELOADED, 0},
    [REPLY_PUSH] = BODY(push, PUSH, push),
    [REPLY_UNWATCHED] = {&shape_unwatched, FUPIN__V1__REPLY__BODY_UNWATCHED, 0},
    [REPLY_REPORTS] = BODY(reports, REPORTS, reports),
    [REPLY_COMPLETENESS] = BODY(completeness, COMPLETENESS, completeness),
    [REPLY_HISTORY] = BODY(history, HISTORY, history),
    [REPLY_TARGETS] = BODY(targets, TARGETS, targets),
    [REPLY_APPRAISAL] = BODY(appraisal, APPRAISAL, appraisal),
    [REPLY_UPLOADED] = BODY(uploaded, UPLOADED, uploaded),
    [REPLY_DOCUMENTS] = BODY(documents, DOCUMENTS, documents),
    [REPLY_FILE] = BODY(file_part, FILE, file),
    [REPLY_BALANCES] = BODY(balances, BALANCES, balances),
    [REPLY_ENTRIES] = BODY(entries, ENTRIES, entries),
    [REPLY_TRACE] = BODY(trace, TRACE, trace),
    [REPLY_COMPLIANCE] = BODY(compliance, COMPLIANCE, compliance),
    [REPLY_PROJECTS] = BODY(projects, PROJECTS, projects),
    [REPLY_CARRIED] = BODY(carried, CARRIED, carried),
    [REPLY_ENROLMENT] = BODY(enrolment, ENROLMENT, enrolment),
    [REPLY_ENROLMENTS] = BODY(enrolments, ENROLMENTS, enrolments),
    [REPLY_OFFICES] = BODY(offices, OFFICES, offices),
    [REPLY_DECIDED] = BODY(decided, DECIDED, decided),
    [REPLY_KEYS] = BODY(keys, KEYS, keys),
};
