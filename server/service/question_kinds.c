/* A row for each kind of request: who may send it, who answers it and from what, as of now or of any moment.
 * To add a kind: its message in proto/, a row here, and what answers it. */
#include "question_kinds.h"

#include "enrol.h"
#include "files.h"
#include "jobs.h"
#include "letters.h"
#include "past.h"
#include "query/appraisal.h"
#include "query/completeness.h"
#include "query/projects_answer.h"
#include "query/report_list.h"
#include "questions.h"
#include "version.h"

#include <inttypes.h>
#include <stddef.h>

/* ---------------------------------------------------------------- of the centre as it is */

static bool
answer_hello(const struct view *v, const struct request *request, struct arena *arena,
             struct problem_list *problems, struct reply *out)
{
	const struct hello *hello = &request->hello;
	const struct catalogue *c = v->holdings->catalogue;
	bool older = hello->protocol < PROTOCOL_VERSION;
	(void)arena;
	if (hello->protocol < PROTOCOL_VERSION_OLDEST) {
		struct problem *problem = problem_only(problems, PROBLEM_VERSION_UNSUPPORTED);
		problem->actual = hello->protocol;
		problem->limit = PROTOCOL_VERSION_OLDEST;
		return false;
	}
	out->kind = REPLY_WELCOME;
	out->welcome = (struct welcome){
	    .protocol = older ? hello->protocol : PROTOCOL_VERSION,
	    .protocol_oldest = PROTOCOL_VERSION_OLDEST,
	    .software = "fupind " FUPIN_VERSION,
	    .time_us = v->now_us,
	    .limits = {SUBMISSION_ROWS_MAX, FRAME_BYTES_MAX, CREDIT_WINDOW, PROBLEMS_MAX},
	    .principal = v->office->name,
	    .role = v->office->role,
	    .unit = v->office->unit,
	    .plan = c->plan,
	    .title_zh = c->title_zh,
	    .title_en = c->title_en,
	    .label = c->label,
	    .as_of = v->as_of,
	    .history = v->pipeline->history,
	};
	return true;
}

static bool
answer_ping(const struct view *v, const struct request *request, struct arena *arena,
            struct problem_list *problems, struct reply *out)
{
	(void)request, (void)arena, (void)problems;
	out->kind = REPLY_PONG;
	out->pong = (struct pong){.time_us = v->now_us,
	                          .as_of = v->as_of,
	                          .waiting = (uint32_t)pipeline_waiting(v->pipeline),
	                          .store_ready = journal_is_connected(v->pipeline->journal),
	                          .history = v->pipeline->history};
	return true;
}

/* ---------------------------------------------------------------- as of any moment */

static bool
answer_catalogue(const struct view *v, const struct request *request, struct arena *arena,
                 struct problem_list *problems, struct reply *out)
{
	(void)arena, (void)problems;
	out->kind = REPLY_CATALOGUE;
	out->catalogue = (struct catalogue_answer){v->holdings->catalogue, request->catalogue, v->office->unit};
	return true;
}

static bool
answer_total(const struct view *v, const struct request *request, struct arena *arena,
             struct problem_list *problems, struct reply *out)
{
	struct total_query total = request->total;
	total.now = v->now_us / 1000000;
	out->kind = REPLY_TOTAL;
	out->total = (struct total_answer){.as_of = v->as_of, .time_us = v->now_us, .label = v->label};
	return totals_answer(v->holdings->totals, &total, arena, &out->total, problems);
}

static bool
answer_reports(const struct view *v, const struct request *request, struct arena *arena,
               struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_REPORTS;
	out->reports = (struct report_answer){.as_of = v->as_of, .label = v->label};
	return report_list(v->holdings->totals, v->holdings->catalogue, &request->reports, arena, &out->reports,
	                   problems);
}

static bool
answer_completeness(const struct view *v, const struct request *request, struct arena *arena,
                    struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_COMPLETENESS;
	out->completeness = (struct completeness_answer){.as_of = v->as_of, .label = v->label};
	return completeness_answer(v->holdings, &request->completeness, v->now_us, arena, &out->completeness,
	                           problems);
}

static bool
answer_appraisal(const struct view *v, const struct request *request, struct arena *arena,
                 struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_APPRAISAL;
	out->appraisal = (struct appraisal_answer){.as_of = v->as_of, .label = v->label, .time_us = v->now_us};
	return appraisal_answer(v->holdings, &request->appraisal, v->now_us, arena, &out->appraisal, problems);
}

static bool
answer_compliance(const struct view *v, const struct request *request, struct arena *arena,
                  struct problem_list *problems, struct reply *out)
{
	struct compliance *own = NULL, **kept = v->compliance ? v->compliance : &own;
	if (!*kept)
		*kept = compliance_create(v->holdings);
	out->kind = REPLY_COMPLIANCE;
	out->compliance = (struct compliance_answer){.as_of = v->as_of, .label = v->label};
	bool good =
	    *kept && compliance_answer(*kept, &request->compliance, v->now_us, arena, &out->compliance, problems);
	if (!*kept)
		problem_only(problems, PROBLEM_BUSY);
	compliance_destroy(&own);
	return good;
}

static bool
answer_balances(const struct view *v, const struct request *request, struct arena *arena,
                struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_BALANCES;
	out->balances = (struct balance_answer){.as_of = v->as_of, .label = v->label};
	return ledger_balances(v->holdings->ledger, &request->balances, v->now_us, arena, &out->balances,
	                       problems);
}

static bool
answer_entries(const struct view *v, const struct request *request, struct arena *arena,
               struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_ENTRIES;
	out->entries = (struct entry_answer){.as_of = v->as_of, .label = v->label};
	return ledger_entries(v->holdings->ledger, &request->entries, v->now_us, arena, &out->entries, problems);
}

static bool
answer_trace(const struct view *v, const struct request *request, struct arena *arena,
             struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_TRACE;
	out->trace = (struct trace_answer){.as_of = v->as_of, .label = v->label};
	return ledger_trace(v->holdings->ledger, &request->trace, arena, &out->trace, problems);
}

static bool
answer_projects(const struct view *v, const struct request *request, struct arena *arena,
                struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_PROJECTS;
	out->projects = (struct project_answer){.as_of = v->as_of, .label = v->label, .time_us = v->now_us};
	return projects_list(v->holdings, &request->projects, arena, &out->projects, problems);
}

static bool
answer_documents(const struct view *v, const struct request *request, struct arena *arena,
                 struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_DOCUMENTS;
	out->documents = (struct document_answer){.as_of = v->as_of, .label = v->label};
	return documents_list(v->holdings->documents, v->holdings->extensions, v->holdings->catalogue,
	                      &request->documents, v->now_us, arena, &out->documents, problems);
}

/* Adds the targets of a unit for a year. */
static bool
add_targets(const struct view *v, unit_code unit, int year, struct arena *arena, struct target_answer *out)
{
	const struct set_target *targets;
	size_t count = targets_of(totals_targets(v->holdings->totals), unit, &targets);
	for (size_t i = 0; i < count; i++)
		if (targets[i].year == year) {
			struct target_item *item = &out->items[out->count++];
			item->unit = unit;
			item->target =
			    totals_target_value(v->holdings->totals, &targets[i], v->now_us / 1000000, year * 100 + 12);
			item->note = arena_string(arena, targets[i].note);
			if (!item->note)
				return false;
		}
	return true;
}

/* Of a unit, then of those right below it. */
static bool
list_targets(const struct view *v, const struct target_query *q, struct arena *arena,
             struct target_answer *out, struct problem_list *problems)
{
	const struct catalogue *c = v->holdings->catalogue;
	const struct unit *unit = catalogue_unit(c, q->unit);
	if (!unit) {
		problem_detail(problem_only(problems, PROBLEM_UNIT_UNKNOWN), "%" PRId64, q->unit);
		return false;
	}
	size_t first = 0, count = 0;
	if (unit->level < UNIT_VILLAGE)
		count = catalogue_units_below(c, q->unit, (enum unit_level)(unit->level + 1), &first);
	/* Of each unit at most one target a measure. */
	size_t room = (count + 1) * (c->indicator_count + FUND_KINDS);
	size_t most = totals_targets(v->holdings->totals)->count;
	out->items = arena_array(arena, room < most ? room : most, sizeof *out->items);
	bool good = out->items && add_targets(v, q->unit, q->year, arena, out);
	for (size_t i = 0; good && i < count; i++)
		good = add_targets(v, c->units[first + i].code, q->year, arena, out);
	if (!good)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return good;
}

static bool
answer_targets(const struct view *v, const struct request *request, struct arena *arena,
               struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_TARGETS;
	out->targets = (struct target_answer){.as_of = v->as_of, .time_us = v->now_us, .label = v->label};
	return list_targets(v, &request->targets, arena, &out->targets, problems);
}

/* ---------------------------------------------------------------- the rows */

/* Where a field of a request lies, which has to be of this type. */
#define AT(type, field)                                                                                      \
	(uint16_t)(offsetof(struct request, field) *                                                             \
	           sizeof(char[_Generic(((struct request *)0)->field, type : 1)]))
#define OF_UNIT(field) .unit = AT(unit_code, field)
#define AS_OF(field) .as_of = AT(struct as_of, field)

/* For any office that may read the unit; answered from memory, as of any moment. */
#define READ(field, function)                                                                                \
	.action = ACTION_READ, OF_UNIT(field.unit), AS_OF(field.as_of), .take = service_answer_question,         \
	.answer = (function)

static const struct request_handling rows[REQUEST_KINDS] = {
    [REQUEST_HELLO] = {.take = service_answer_question, .answer = answer_hello},
    [REQUEST_PING] = {.take = service_answer_question, .answer = answer_ping},
    [REQUEST_CATALOGUE] = {.action = ACTION_READ,
                           AS_OF(catalogue.as_of),
                           .of_plan = true,
                           .take = service_answer_question,
                           .answer = answer_catalogue},
    [REQUEST_TOTAL] = {READ(total, answer_total)},
    [REQUEST_WATCH] = {READ(total, answer_total), .is_watch = true},
    [REQUEST_REPORTS] = {READ(reports, answer_reports)},
    [REQUEST_COMPLETENESS] = {READ(completeness, answer_completeness)},
    [REQUEST_APPRAISAL] = {READ(appraisal, answer_appraisal)},
    [REQUEST_COMPLIANCE] = {READ(compliance, answer_compliance)},
    [REQUEST_WATCH_COMPLIANCE] = {READ(compliance, answer_compliance), .is_watch = true},
    [REQUEST_BALANCES] = {READ(balances, answer_balances)},
    [REQUEST_ENTRIES] = {READ(entries, answer_entries)},
    [REQUEST_TRACE] = {READ(trace, answer_trace)},
    [REQUEST_PROJECTS] = {READ(projects, answer_projects)},
    [REQUEST_TARGETS] = {READ(targets, answer_targets)},
    [REQUEST_DOCUMENTS] = {READ(documents, answer_documents)},
    [REQUEST_HISTORY] = {.action = ACTION_READ,
                         OF_UNIT(history.unit),
                         .take = service_answer_history,
                         .ask = past_ask_history},
    /* Of its own unit, always. */
    [REQUEST_KEYS] = {.action = ACTION_READ, .take = service_answer_past, .ask = past_ask_keys},
    [REQUEST_STATUS] = {.action = ACTION_READ, .take = service_answer_status},
    [REQUEST_FILE] = {.action = ACTION_READ, OF_UNIT(file.key.unit), .take = service_answer_file},
    [REQUEST_ACK] = {.action = ACTION_READ, .at_once = true, .take = service_take_ack},
    [REQUEST_UNWATCH] = {.action = ACTION_READ, .take = service_unwatch},
    [REQUEST_SUBMIT] = {.action = ACTION_SUBMIT, .at_once = true, .take = service_take_submission},
    [REQUEST_UPLOAD] = {.action = ACTION_SEND_DOCUMENT,
                        OF_UNIT(upload.unit),
                        .own_unit = true,
                        .take = service_take_upload},
    /* Any office may carry a letter. The request inside is admitted by the office that sealed it, and handled
     * by its own kind. */
    [REQUEST_CARRY] = {0},
    /* Of an office that is admitted: it is told so. */
    [REQUEST_ENROL] = {.at_once = true, .take = service_answer_enrolment},
    /* To units of the administrator's own scope; the rest looks at it in the database. */
    [REQUEST_INVITE] = {.action = ACTION_ADMIT_OFFICES,
                        OF_UNIT(invite.unit),
                        .at_once = true,
                        .take = service_answer_enrolment},
    [REQUEST_ENROLMENTS] = {.action = ACTION_ADMIT_OFFICES,
                            .at_once = true,
                            .take = service_answer_enrolment},
    [REQUEST_DECIDE] = {.action = ACTION_ADMIT_OFFICES, .at_once = true, .take = service_answer_enrolment},
    [REQUEST_OFFICES] = {.action = ACTION_ADMIT_OFFICES, .at_once = true, .take = service_answer_enrolment},
    [REQUEST_RELOAD] = {.action = ACTION_RELOAD, .at_once = true, .take = service_answer_reload},
    [REQUEST_SET_CLOCK] = {.action = ACTION_SET_CLOCK,
                           .at_once = true,
                           .take = service_set_clock,
                           .answer = answer_ping},
};

const struct request_handling *
handling_of(enum request_kind kind)
{
	static const struct request_handling unknown = {.action = ACTIONS}; /* which no role may */
	return (unsigned)kind > REQUEST_NONE && (unsigned)kind < REQUEST_KINDS ? &rows[kind] : &unknown;
}
