#include "answers.h"
#include "query/projects_answer.h"

#include "query/appraisal.h"
#include "query/completeness.h"
#include "query/report_list.h"
#include "version.h"

#include <inttypes.h>

static void
refuse(struct problem_list *problems, struct reply *out)
{
	out->kind = REPLY_REFUSAL;
	out->refusal = (struct refusal){.problems = problems};
}

static void
answer_hello(const struct pipeline *p, const struct office *office, const struct hello *hello, int64_t now_us,
             struct problem_list *problems, struct reply *out)
{
	if (hello->protocol < PROTOCOL_VERSION_OLDEST) {
		struct problem *problem = problem_only(problems, PROBLEM_VERSION_UNSUPPORTED);
		problem->actual = hello->protocol;
		problem->limit = PROTOCOL_VERSION_OLDEST;
		refuse(problems, out);
		return;
	}
	const struct catalogue *c = p->holdings.catalogue;
	bool older = hello->protocol < PROTOCOL_VERSION;
	out->kind = REPLY_WELCOME;
	out->welcome = (struct welcome){
	    .protocol = older ? hello->protocol : PROTOCOL_VERSION,
	    .protocol_oldest = PROTOCOL_VERSION_OLDEST,
	    .software = "fupind " FUPIN_VERSION,
	    .time_us = now_us,
	    .limits = {SUBMISSION_ROWS_MAX, FRAME_BYTES_MAX, CREDIT_WINDOW, PROBLEMS_MAX},
	    .principal = office->name,
	    .role = office->role,
	    .unit = office->unit,
	    .plan = c->plan,
	    .title_zh = c->title_zh,
	    .title_en = c->title_en,
	    .label = c->label,
	    .as_of = p->as_of,
	    .history = p->history,
	};
}

void
answer_status(const struct office *office, const struct submission_id *id, const struct recorded *recorded,
              struct reply *out)
{
	out->kind = REPLY_STATUS;
	out->status = (struct submission_status){.id = *id};
	if (!recorded || !submission_id_equal(&recorded->receipt.id, id) ||
	    !unit_within(recorded->office, office->unit))
		return;
	out->status.state = SUBMISSION_COMMITTED;
	out->status.receipt = recorded->receipt;
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
judge(const struct view *v, const struct compliance_query *q, struct arena *arena,
      struct compliance_answer *out, struct problem_list *problems)
{
	struct compliance *own = v->compliance ? NULL : compliance_create(v->holdings);
	struct compliance *c = own ? own : v->compliance;
	bool good = c && compliance_answer(c, q, v->now_us, arena, out, problems);
	if (!c)
		problem_only(problems, PROBLEM_BUSY);
	compliance_destroy(&own);
	return good;
}

void
answer_view(const struct view *v, const struct request *request, struct arena *arena,
            struct problem_list *problems, struct reply *out)
{
	/* Not the catalogue's own: one of the past does not live as long as the reply. */
	const char *label = arena_string(arena, v->holdings->catalogue->label);
	struct total_query total;
	bool good = false;
	*out = (struct reply){.request_id = request->id};
	if (!label) {
		problem_only(problems, PROBLEM_TOO_LARGE);
		refuse(problems, out);
		return;
	}
	switch (request->kind) {
	case REQUEST_CATALOGUE:
		out->kind = REPLY_CATALOGUE;
		out->catalogue = (struct catalogue_answer){v->holdings->catalogue, request->catalogue, v->scope};
		good = true;
		break;
	case REQUEST_TOTAL:
	case REQUEST_WATCH:
		out->kind = REPLY_TOTAL;
		out->total = (struct total_answer){.as_of = v->as_of, .time_us = v->now_us, .label = label};
		total = request->total;
		total.now = v->now_us / 1000000;
		good = totals_answer(v->holdings->totals, &total, arena, &out->total, problems);
		break;
	case REQUEST_REPORTS:
		out->kind = REPLY_REPORTS;
		out->reports = (struct report_answer){.as_of = v->as_of, .label = label};
		good = report_list(v->holdings->totals, v->holdings->catalogue, &request->reports, arena,
		                   &out->reports, problems);
		break;
	case REQUEST_COMPLETENESS:
		out->kind = REPLY_COMPLETENESS;
		out->completeness = (struct completeness_answer){.as_of = v->as_of, .label = label};
		good = completeness_answer(v->holdings, &request->completeness, v->now_us, arena, &out->completeness,
		                           problems);
		break;
	case REQUEST_APPRAISAL:
		out->kind = REPLY_APPRAISAL;
		out->appraisal = (struct appraisal_answer){.as_of = v->as_of, .label = label, .time_us = v->now_us};
		good =
		    appraisal_answer(v->holdings, &request->appraisal, v->now_us, arena, &out->appraisal, problems);
		break;
	case REQUEST_COMPLIANCE:
	case REQUEST_WATCH_COMPLIANCE:
		out->kind = REPLY_COMPLIANCE;
		out->compliance = (struct compliance_answer){.as_of = v->as_of, .label = label};
		good = judge(v, &request->compliance, arena, &out->compliance, problems);
		break;
	case REQUEST_BALANCES:
		out->kind = REPLY_BALANCES;
		out->balances = (struct balance_answer){.as_of = v->as_of, .label = label};
		good = ledger_balances(v->holdings->ledger, &request->balances, v->now_us, arena, &out->balances,
		                       problems);
		break;
	case REQUEST_ENTRIES:
		out->kind = REPLY_ENTRIES;
		out->entries = (struct entry_answer){.as_of = v->as_of, .label = label};
		good =
		    ledger_entries(v->holdings->ledger, &request->entries, v->now_us, arena, &out->entries, problems);
		break;
	case REQUEST_TRACE:
		out->kind = REPLY_TRACE;
		out->trace = (struct trace_answer){.as_of = v->as_of, .label = label};
		good = ledger_trace(v->holdings->ledger, &request->trace, arena, &out->trace, problems);
		break;
	case REQUEST_PROJECTS:
		out->kind = REPLY_PROJECTS;
		out->projects = (struct project_answer){.as_of = v->as_of, .label = label, .time_us = v->now_us};
		good = projects_list(v->holdings, &request->projects, arena, &out->projects, problems);
		break;
	case REQUEST_TARGETS:
		out->kind = REPLY_TARGETS;
		out->targets = (struct target_answer){.as_of = v->as_of, .time_us = v->now_us, .label = label};
		good = list_targets(v, &request->targets, arena, &out->targets, problems);
		break;
	case REQUEST_DOCUMENTS:
		out->kind = REPLY_DOCUMENTS;
		out->documents = (struct document_answer){.as_of = v->as_of, .label = label};
		good = documents_list(v->holdings->documents, v->holdings->extensions, v->holdings->catalogue,
		                      &request->documents, v->now_us, arena, &out->documents, problems);
		break;
	default:
		problem_only(problems, PROBLEM_REQUEST_UNKNOWN)->limit = PROTOCOL_VERSION;
	}
	if (!good)
		refuse(problems, out);
}

const struct as_of *
request_as_of(const struct request *request)
{
	const struct as_of *as_of =
	    request->kind == REQUEST_TOTAL || request->kind == REQUEST_WATCH ? &request->total.as_of
	    : request->kind == REQUEST_COMPLIANCE || request->kind == REQUEST_WATCH_COMPLIANCE
	        ? &request->compliance.as_of
	    : request->kind == REQUEST_REPORTS      ? &request->reports.as_of
	    : request->kind == REQUEST_TARGETS      ? &request->targets.as_of
	    : request->kind == REQUEST_APPRAISAL    ? &request->appraisal.as_of
	    : request->kind == REQUEST_DOCUMENTS    ? &request->documents.as_of
	    : request->kind == REQUEST_CATALOGUE    ? &request->catalogue.as_of
	    : request->kind == REQUEST_BALANCES     ? &request->balances.as_of
	    : request->kind == REQUEST_ENTRIES      ? &request->entries.as_of
	    : request->kind == REQUEST_TRACE        ? &request->trace.as_of
	    : request->kind == REQUEST_PROJECTS     ? &request->projects.as_of
	    : request->kind == REQUEST_COMPLETENESS ? &request->completeness.as_of
	                                            : NULL;
	return as_of && (as_of->seq || as_of->time_us) ? as_of : NULL;
}

void
answer(const struct pipeline *p, struct compliance *compliance, const struct office *office,
       const struct request *request, int64_t now_us, struct arena *arena, struct problem_list *problems,
       struct reply *out)
{
	*out = (struct reply){.request_id = request->id};
	switch (request->kind) {
	case REQUEST_HELLO:
		answer_hello(p, office, &request->hello, now_us, problems, out);
		break;
	case REQUEST_PING:
		out->kind = REPLY_PONG;
		out->pong = (struct pong){.time_us = now_us,
		                          .as_of = p->as_of,
		                          .waiting = (uint32_t)pipeline_waiting(p),
		                          .store_ready = journal_is_connected(p->journal),
		                          .history = p->history};
		break;
	default: {
		const struct view view = {&p->holdings, p->as_of, now_us, office->unit, compliance};
		answer_view(&view, request, arena, problems, out);
	}
	}
}
