/* Replies, both directions. */
#include "codec_internal.h"

#include <stdio.h>
#include <string.h>

static Fupin__V1__AsOf
as_of_to_wire(const struct as_of *as_of)
{
	Fupin__V1__AsOf wire = FUPIN__V1__AS_OF__INIT;
	wire.seq = as_of->seq;
	wire.time_us = as_of->time_us;
	return wire;
}

static void
receipt_to_wire(const struct receipt *receipt, Fupin__V1__Receipt *wire)
{
	fupin__v1__receipt__init(wire);
	wire->id = codec_binary(receipt->id.bytes, ID_BYTES);
	wire->digest = codec_binary(receipt->digest.bytes, DIGEST_BYTES);
	wire->seq = receipt->seq;
	wire->time_us = receipt->time_us;
	wire->reports = receipt->report_count;
	wire->fund_entries = receipt->entry_count;
	wire->others = receipt->other_count;
}

static bool
refusal_to_wire(struct arena *arena, const struct refusal *refusal, Fupin__V1__Refusal *wire)
{
	static const Fupin__V1__Problem init = FUPIN__V1__PROBLEM__INIT;
	const struct problem_list *list = refusal->problems;
	Fupin__V1__Problem *items;
	fupin__v1__refusal__init(wire);
	wire->more = (uint32_t)list->more;
	wire->retry_after_ms = refusal->retry_after_ms;
	wire->n_problems = list->count;
	wire->problems = codec_pointers(arena, list->count, &init, sizeof init, (void **)&items);
	if (!wire->problems)
		return false;
	for (size_t i = 0; i < list->count; i++) {
		const struct problem *p = &list->items[i];
		char text[PROBLEM_TEXT_BYTES];
		items[i].code = (Fupin__V1__ProblemCode)p->code;
		items[i].subject = (Fupin__V1__Subject)p->subject;
		items[i].index = p->index;
		items[i].column = codec_text(p->column);
		items[i].limit = p->limit;
		items[i].actual = p->actual;
		items[i].decimals = p->decimals;
		items[i].detail = codec_text(p->detail);
		items[i].text = arena_string(arena, problem_text(p, LANGUAGE_ENGLISH, text));
		if (!items[i].text)
			return false;
	}
	return true;
}

static void
welcome_to_wire(const struct welcome *welcome, Fupin__V1__Welcome *wire, Fupin__V1__Limits *limits,
                Fupin__V1__AsOf *as_of)
{
	fupin__v1__welcome__init(wire);
	fupin__v1__limits__init(limits);
	*as_of = as_of_to_wire(&welcome->as_of);
	limits->submission_rows = welcome->limits.submission_rows;
	limits->frame_bytes = welcome->limits.frame_bytes;
	limits->credit_window = welcome->limits.credit_window;
	limits->problems = welcome->limits.problems;
	wire->protocol = welcome->protocol;
	wire->protocol_oldest = welcome->protocol_oldest;
	wire->software = codec_text(welcome->software);
	wire->time_us = welcome->time_us;
	wire->limits = limits;
	wire->principal = codec_text(welcome->principal);
	wire->role = (Fupin__V1__Role)welcome->role;
	wire->unit = (uint64_t)welcome->unit;
	wire->plan = codec_text(welcome->plan);
	wire->title_zh = codec_text(welcome->title_zh);
	wire->title_en = codec_text(welcome->title_en);
	wire->label = codec_text(welcome->label);
	wire->history = codec_text(welcome->history);
	wire->as_of = as_of;
}

static bool
unit_total_to_wire(struct arena *arena, const struct unit_total *total, Fupin__V1__UnitTotal *wire)
{
	static const Fupin__V1__FundTotal fund_init = FUPIN__V1__FUND_TOTAL__INIT;
	static const Fupin__V1__TargetValue target_init = FUPIN__V1__TARGET_VALUE__INIT;
	Fupin__V1__FundTotal *funds;
	Fupin__V1__TargetValue *targets;
	wire->unit = (uint64_t)total->unit;
	wire->n_indicators = wire->n_values = wire->n_reported = total->indicator_count;
	wire->indicators = total->indicators;
	wire->values = total->values;
	wire->reported = total->reported;
	wire->n_approved = wire->n_approved_reported = total->indicator_count;
	wire->approved = total->approved;
	wire->approved_reported = total->approved_reported;
	wire->n_funds = total->fund_count;
	wire->funds = codec_pointers(arena, total->fund_count, &fund_init, sizeof fund_init, (void **)&funds);
	wire->n_targets = total->target_count;
	wire->targets =
	    codec_pointers(arena, total->target_count, &target_init, sizeof target_init, (void **)&targets);
	if ((total->fund_count && !wire->funds) || (total->target_count && !wire->targets))
		return false;
	for (size_t i = 0; i < total->fund_count; i++) {
		funds[i].kind = (Fupin__V1__FundKind)total->funds[i].kind;
		funds[i].source = total->funds[i].source;
		funds[i].use = total->funds[i].use;
		funds[i].level = (Fupin__V1__Level)total->funds[i].level;
		funds[i].amount_fen = total->funds[i].amount_fen;
		funds[i].entries = total->funds[i].entries;
	}
	for (size_t i = 0; i < total->target_count; i++) {
		codec_target_to_wire(&total->targets[i], &targets[i]);
	}
	return true;
}

/* False: no memory. */
static bool
unit_totals_to_wire(struct arena *arena, const struct unit_total *totals, size_t count,
                    Fupin__V1__UnitTotal ***out)
{
	static const Fupin__V1__UnitTotal init = FUPIN__V1__UNIT_TOTAL__INIT;
	Fupin__V1__UnitTotal *units;
	*out = codec_pointers(arena, count, &init, sizeof init, (void **)&units);
	if (count && !*out)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!unit_total_to_wire(arena, &totals[i], &units[i]))
			return false;
	return true;
}

static bool
total_to_wire(struct arena *arena, const struct total_answer *total, Fupin__V1__Total *wire,
              Fupin__V1__AsOf *as_of)
{
	fupin__v1__total__init(wire);
	*as_of = as_of_to_wire(&total->as_of);
	wire->as_of = as_of;
	wire->label = codec_text(total->label);
	wire->time_us = total->time_us;
	wire->n_units = total->unit_count;
	return unit_totals_to_wire(arena, total->units, total->unit_count, &wire->units);
}

static bool
push_to_wire(struct arena *arena, const struct push *push, Fupin__V1__Push *wire, Fupin__V1__AsOf *as_of)
{
	fupin__v1__push__init(wire);
	*as_of = as_of_to_wire(&push->as_of);
	wire->as_of = as_of;
	wire->since_seq = push->since_seq;
	if (push->of_rules) {
		wire->compliance = arena_alloc(arena, sizeof *wire->compliance);
		return wire->compliance && codec_turns_to_wire(arena, push, wire->compliance);
	}
	wire->n_units = push->unit_count;
	return unit_totals_to_wire(arena, push->units, push->unit_count, &wire->units);
}

bool
codec_encode_reply(struct arena *arena, const struct reply *reply, uint8_t **bytes, size_t *size)
{
	Fupin__V1__Reply wire = FUPIN__V1__REPLY__INIT;
	Fupin__V1__Refusal refusal;
	Fupin__V1__Welcome welcome;
	Fupin__V1__Limits limits;
	Fupin__V1__AsOf as_of;
	Fupin__V1__Receipt receipt;
	Fupin__V1__Total total;
	Fupin__V1__SubmissionStatus status = FUPIN__V1__SUBMISSION_STATUS__INIT;
	Fupin__V1__Catalogue catalogue = FUPIN__V1__CATALOGUE__INIT;
	Fupin__V1__Pong pong = FUPIN__V1__PONG__INIT;
	Fupin__V1__Reloaded reloaded = FUPIN__V1__RELOADED__INIT;
	Fupin__V1__Push push;
	Fupin__V1__Unwatched unwatched = FUPIN__V1__UNWATCHED__INIT;
	Fupin__V1__Reports reports;
	Fupin__V1__Completeness completeness;
	Fupin__V1__History history;
	Fupin__V1__Targets targets;
	Fupin__V1__Appraisal appraisal;
	Fupin__V1__Balances balances;
	Fupin__V1__Entries entries;
	Fupin__V1__Trace trace;
	Fupin__V1__Compliance compliance;
	Fupin__V1__Projects projects;
	Fupin__V1__Uploaded uploaded = FUPIN__V1__UPLOADED__INIT;
	Fupin__V1__Documents documents;
	Fupin__V1__FilePart file;
	Fupin__V1__Carried carried;
	bool good = true;
	wire.request_id = reply->request_id;
	switch (reply->kind) {
	case REPLY_REFUSAL:
		wire.body_case = FUPIN__V1__REPLY__BODY_REFUSAL;
		wire.refusal = &refusal;
		good = refusal_to_wire(arena, &reply->refusal, &refusal);
		break;
	case REPLY_WELCOME:
		wire.body_case = FUPIN__V1__REPLY__BODY_WELCOME;
		wire.welcome = &welcome;
		welcome_to_wire(&reply->welcome, &welcome, &limits, &as_of);
		break;
	case REPLY_RECEIPT:
		wire.body_case = FUPIN__V1__REPLY__BODY_RECEIPT;
		wire.receipt = &receipt;
		receipt_to_wire(&reply->receipt, &receipt);
		break;
	case REPLY_CARRIED:
		wire.body_case = FUPIN__V1__REPLY__BODY_CARRIED;
		wire.carried = &carried;
		codec_carried_to_wire(&reply->carried, &carried);
		break;
	case REPLY_TOTAL:
		wire.body_case = FUPIN__V1__REPLY__BODY_TOTAL;
		wire.total = &total;
		good = total_to_wire(arena, &reply->total, &total, &as_of);
		break;
	case REPLY_STATUS:
		wire.body_case = FUPIN__V1__REPLY__BODY_STATUS;
		wire.status = &status;
		status.id = codec_binary(reply->status.id.bytes, ID_BYTES);
		status.state = (Fupin__V1__SubmissionState)reply->status.state;
		if (reply->status.state == SUBMISSION_COMMITTED) {
			receipt_to_wire(&reply->status.receipt, &receipt);
			status.receipt = &receipt;
		}
		break;
	case REPLY_CATALOGUE:
		wire.body_case = FUPIN__V1__REPLY__BODY_CATALOGUE;
		wire.catalogue = &catalogue;
		good = codec_catalogue_to_wire(arena, &reply->catalogue, &catalogue);
		break;
	case REPLY_PONG:
		wire.body_case = FUPIN__V1__REPLY__BODY_PONG;
		wire.pong = &pong;
		as_of = as_of_to_wire(&reply->pong.as_of);
		pong.as_of = &as_of;
		pong.time_us = reply->pong.time_us;
		pong.waiting = reply->pong.waiting;
		pong.store_ready = reply->pong.store_ready;
		pong.history = codec_text(reply->pong.history);
		break;
	case REPLY_RELOADED:
		wire.body_case = FUPIN__V1__REPLY__BODY_RELOADED;
		wire.reloaded = &reloaded;
		reloaded.principals = reply->reloaded;
		break;
	case REPLY_PUSH:
		wire.body_case = FUPIN__V1__REPLY__BODY_PUSH;
		wire.push = &push;
		good = push_to_wire(arena, &reply->push, &push, &as_of);
		break;
	case REPLY_REPORTS:
		wire.body_case = FUPIN__V1__REPLY__BODY_REPORTS;
		wire.reports = &reports;
		good = codec_reports_to_wire(arena, &reply->reports, &reports);
		as_of = as_of_to_wire(&reply->reports.as_of);
		reports.as_of = &as_of;
		break;
	case REPLY_COMPLETENESS:
		wire.body_case = FUPIN__V1__REPLY__BODY_COMPLETENESS;
		wire.completeness = &completeness;
		good = codec_completeness_to_wire(arena, &reply->completeness, &completeness);
		as_of = as_of_to_wire(&reply->completeness.as_of);
		completeness.as_of = &as_of;
		break;
	case REPLY_HISTORY:
		wire.body_case = FUPIN__V1__REPLY__BODY_HISTORY;
		wire.history = &history;
		good = codec_history_to_wire(arena, &reply->history, &history);
		as_of = as_of_to_wire(&reply->history.as_of);
		history.as_of = &as_of;
		break;
	case REPLY_TARGETS:
		wire.body_case = FUPIN__V1__REPLY__BODY_TARGETS;
		wire.targets = &targets;
		good = codec_targets_to_wire(arena, &reply->targets, &targets);
		as_of = as_of_to_wire(&reply->targets.as_of);
		targets.as_of = &as_of;
		break;
	case REPLY_APPRAISAL:
		wire.body_case = FUPIN__V1__REPLY__BODY_APPRAISAL;
		wire.appraisal = &appraisal;
		good = codec_appraisal_to_wire(arena, &reply->appraisal, &appraisal);
		as_of = as_of_to_wire(&reply->appraisal.as_of);
		appraisal.as_of = &as_of;
		break;
	case REPLY_BALANCES:
		wire.body_case = FUPIN__V1__REPLY__BODY_BALANCES;
		wire.balances = &balances;
		good = codec_balances_to_wire(arena, &reply->balances, &balances);
		break;
	case REPLY_ENTRIES:
		wire.body_case = FUPIN__V1__REPLY__BODY_ENTRIES;
		wire.entries = &entries;
		good = codec_entries_to_wire(arena, &reply->entries, &entries);
		break;
	case REPLY_TRACE:
		wire.body_case = FUPIN__V1__REPLY__BODY_TRACE;
		wire.trace = &trace;
		good = codec_trace_to_wire(arena, &reply->trace, &trace);
		break;
	case REPLY_COMPLIANCE:
		wire.body_case = FUPIN__V1__REPLY__BODY_COMPLIANCE;
		wire.compliance = &compliance;
		good = codec_compliance_to_wire(arena, &reply->compliance, &compliance);
		break;
	case REPLY_PROJECTS:
		wire.body_case = FUPIN__V1__REPLY__BODY_PROJECTS;
		wire.projects = &projects;
		good = codec_projects_to_wire(arena, &reply->projects, &projects);
		break;
	case REPLY_UPLOADED:
		wire.body_case = FUPIN__V1__REPLY__BODY_UPLOADED;
		wire.uploaded = &uploaded;
		uploaded.digest = codec_binary(reply->uploaded.digest.bytes, DIGEST_BYTES);
		uploaded.received = reply->uploaded.received;
		uploaded.whole = reply->uploaded.whole;
		break;
	case REPLY_DOCUMENTS:
		wire.body_case = FUPIN__V1__REPLY__BODY_DOCUMENTS;
		wire.documents = &documents;
		good = codec_documents_to_wire(arena, &reply->documents, &documents);
		as_of = as_of_to_wire(&reply->documents.as_of);
		documents.as_of = &as_of;
		break;
	case REPLY_FILE:
		wire.body_case = FUPIN__V1__REPLY__BODY_FILE;
		wire.file = &file;
		good = codec_file_to_wire(arena, &reply->file, &file);
		break;
	case REPLY_UNWATCHED:
		wire.body_case = FUPIN__V1__REPLY__BODY_UNWATCHED;
		wire.unwatched = &unwatched;
		break;
	case REPLY_KEYS:
		wire.body_case = FUPIN__V1__REPLY__BODY_KEYS;
		wire.keys = codec_keys_to_wire(arena, &reply->keys);
		good = wire.keys;
		break;
	default:
		good = codec_enrol_reply_to_wire(arena, reply, &wire);
	}
	return good && codec_pack(arena, &wire.base, bytes, size);
}

/* ---------------------------------------------------------------- decoding, for the client */

static bool
receipt_from_wire(const Fupin__V1__Receipt *wire, struct receipt *out)
{
	if (!wire || wire->id.len != ID_BYTES || wire->digest.len != DIGEST_BYTES)
		return false;
	*out = (struct receipt){
	    .seq = wire->seq,
	    .time_us = wire->time_us,
	    .report_count = wire->reports,
	    .entry_count = wire->fund_entries,
	    .other_count = wire->others,
	};
	memcpy(out->id.bytes, wire->id.data, ID_BYTES);
	memcpy(out->digest.bytes, wire->digest.data, DIGEST_BYTES);
	return true;
}

static bool
refusal_from_wire(struct arena *arena, const Fupin__V1__Refusal *wire, struct refusal *out)
{
	struct problem_list *list = arena_alloc(arena, sizeof *list);
	if (!list || !wire->n_problems)
		return false;
	for (size_t i = 0; i < wire->n_problems; i++) {
		const Fupin__V1__Problem *from = wire->problems[i];
		struct problem *p =
		    problem_add(list, (enum problem_code)from->code, (enum problem_subject)from->subject, from->index,
		                codec_string(from->column));
		p->limit = from->limit;
		p->actual = from->actual;
		p->decimals = from->decimals;
		/* A newer centre's code: its own sentence says it. */
		bool known = problem_name(p->code);
		problem_detail(p, "%s", codec_string(known ? from->detail : from->text));
	}
	list->more += wire->more;
	*out = (struct refusal){.problems = list, .retry_after_ms = wire->retry_after_ms};
	return true;
}

static void
welcome_from_wire(const Fupin__V1__Welcome *wire, struct welcome *out)
{
	*out = (struct welcome){
	    .protocol = wire->protocol,
	    .protocol_oldest = wire->protocol_oldest,
	    .software = codec_string(wire->software),
	    .time_us = wire->time_us,
	    .principal = codec_string(wire->principal),
	    .role = wire->role >= 0 && wire->role < (int)ROLES ? (enum role)wire->role : ROLE_NONE,
	    .unit = (unit_code)wire->unit,
	    .plan = codec_string(wire->plan),
	    .title_zh = codec_string(wire->title_zh),
	    .title_en = codec_string(wire->title_en),
	    .label = codec_string(wire->label),
	    .as_of = codec_as_of_from_wire(wire->as_of),
	    .history = codec_string(wire->history),
	};
	if (wire->limits)
		out->limits = (struct limits){wire->limits->submission_rows, wire->limits->frame_bytes,
		                              wire->limits->credit_window, wire->limits->problems};
}

static enum fund_kind
fund_kind_from_wire(int kind)
{
	return kind > 0 && kind < (int)FUND_KINDS ? (enum fund_kind)kind : FUND_KIND_NONE;
}

void
codec_target_to_wire(const struct target_value *from, Fupin__V1__TargetValue *to)
{
	to->year = (uint32_t)from->year;
	to->indicator = from->indicator;
	to->fund = (Fupin__V1__FundKind)from->fund;
	to->value = from->value;
	to->revision = from->revision;
	to->pace_period = (uint32_t)from->pace_period;
	to->reached = from->reached;
	to->expected_share = from->expected_share;
	to->expected = from->pace.expected;
	to->method = (Fupin__V1__ForecastMethod)from->pace.method;
	to->forecast = from->pace.forecast;
	to->trend_months = from->pace.trend_months;
	to->trend = from->pace.trend;
	to->part_count = from->part_count;
	to->parts = from->parts;
}

struct target_value
codec_target_from_wire(const Fupin__V1__TargetValue *from)
{
	bool method_known = from->method > 0 && from->method <= (int)FORECAST_BY_TREND;
	return (struct target_value){
	    .year = (int)from->year,
	    .indicator = from->indicator,
	    .fund = fund_kind_from_wire((int)from->fund),
	    .value = from->value,
	    .revision = from->revision,
	    .pace_period = (period)from->pace_period,
	    .reached = from->reached,
	    .expected_share = from->expected_share,
	    .pace = {from->expected, from->forecast,
	             method_known ? (enum forecast_method)from->method : FORECAST_NONE, from->trend_months,
	             from->trend},
	    .part_count = from->part_count,
	    .parts = from->parts,
	};
}

bool
codec_targets_to_wire(struct arena *arena, const struct target_answer *answer, Fupin__V1__Targets *wire)
{
	static const Fupin__V1__TargetItem init = FUPIN__V1__TARGET_ITEM__INIT;
	static const Fupin__V1__TargetValue value_init = FUPIN__V1__TARGET_VALUE__INIT;
	Fupin__V1__TargetItem *items;
	Fupin__V1__TargetValue *values;
	fupin__v1__targets__init(wire);
	wire->label = codec_text(answer->label);
	wire->time_us = answer->time_us;
	wire->n_targets = answer->count;
	wire->targets = codec_pointers(arena, answer->count, &init, sizeof init, (void **)&items);
	codec_pointers(arena, answer->count, &value_init, sizeof value_init, (void **)&values);
	if (answer->count && (!wire->targets || !values))
		return false;
	for (size_t i = 0; i < answer->count; i++) {
		codec_target_to_wire(&answer->items[i].target, &values[i]);
		items[i].unit = (uint64_t)answer->items[i].unit;
		items[i].target = &values[i];
		items[i].note = codec_text(answer->items[i].note);
	}
	return true;
}

bool
codec_targets_from_wire(struct arena *arena, const Fupin__V1__Targets *wire, struct target_answer *out)
{
	*out = (struct target_answer){
	    .label = codec_string(wire->label),
	    .time_us = wire->time_us,
	    .count = wire->n_targets,
	    .items = arena_array(arena, wire->n_targets, sizeof *out->items),
	};
	for (size_t i = 0; out->items && i < wire->n_targets; i++) {
		if (!wire->targets[i]->target)
			return false;
		out->items[i] = (struct target_item){(unit_code)wire->targets[i]->unit,
		                                     codec_target_from_wire(wire->targets[i]->target),
		                                     codec_string(wire->targets[i]->note)};
	}
	return out->items;
}

static bool
unit_total_from_wire(struct arena *arena, const Fupin__V1__UnitTotal *wire, struct unit_total *out)
{
	bool has_approved = wire->n_approved; /* a centre of an older version has none */
	if (wire->n_values != wire->n_indicators || wire->n_reported != wire->n_indicators ||
	    wire->n_approved_reported != wire->n_approved ||
	    (has_approved && wire->n_approved != wire->n_indicators))
		return false;
	*out = (struct unit_total){
	    .unit = (unit_code)wire->unit,
	    .indicator_count = wire->n_indicators,
	    .indicators = wire->indicators,
	    .values = wire->values,
	    .reported = wire->reported,
	    .approved =
	        has_approved ? wire->approved : arena_array(arena, wire->n_indicators, sizeof *out->approved),
	    .approved_reported = has_approved
	                             ? wire->approved_reported
	                             : arena_array(arena, wire->n_indicators, sizeof *out->approved_reported),
	    .fund_count = wire->n_funds,
	    .funds = arena_array(arena, wire->n_funds, sizeof *out->funds),
	    .target_count = wire->n_targets,
	    .targets = arena_array(arena, wire->n_targets, sizeof *out->targets),
	};
	if (!out->funds || !out->targets || (!out->approved && wire->n_indicators) ||
	    (!out->approved_reported && wire->n_indicators))
		return false;
	for (size_t i = 0; i < wire->n_funds; i++) {
		const Fupin__V1__FundTotal *from = wire->funds[i];
		bool level_known = from->level >= 0 && from->level <= (int)UNIT_VILLAGE;
		out->funds[i] = (struct fund_total){
		    .kind = fund_kind_from_wire((int)from->kind),
		    .source = from->source,
		    .use = from->use,
		    .level = level_known ? (enum unit_level)from->level : UNIT_NONE,
		    .amount_fen = from->amount_fen,
		    .entries = from->entries,
		};
	}
	for (size_t i = 0; i < wire->n_targets; i++)
		out->targets[i] = codec_target_from_wire(wire->targets[i]);
	return true;
}

static bool
unit_totals_from_wire(struct arena *arena, Fupin__V1__UnitTotal *const *wire, size_t count,
                      struct unit_total **out)
{
	*out = arena_array(arena, count, sizeof **out);
	bool good = *out;
	for (size_t i = 0; good && i < count; i++)
		good = unit_total_from_wire(arena, wire[i], &(*out)[i]);
	return good;
}

static bool
total_from_wire(struct arena *arena, const Fupin__V1__Total *wire, struct total_answer *out)
{
	*out = (struct total_answer){
	    .as_of = codec_as_of_from_wire(wire->as_of),
	    .label = codec_string(wire->label),
	    .time_us = wire->time_us,
	    .unit_count = wire->n_units,
	};
	return unit_totals_from_wire(arena, wire->units, wire->n_units, &out->units);
}

static bool
push_from_wire(struct arena *arena, const Fupin__V1__Push *wire, struct push *out)
{
	*out = (struct push){
	    .as_of = codec_as_of_from_wire(wire->as_of),
	    .since_seq = wire->since_seq,
	};
	/* Of the rules or of a total: rows beside turns are nobody's. */
	if (wire->compliance)
		return codec_turns_from_wire(arena, wire->compliance, out);
	out->unit_count = wire->n_units;
	return unit_totals_from_wire(arena, wire->units, wire->n_units, &out->units);
}

static bool
status_from_wire(const Fupin__V1__SubmissionStatus *wire, struct submission_status *out)
{
	*out = (struct submission_status){.state = (enum submission_state)wire->state};
	if (wire->id.len != ID_BYTES || wire->state > (int)SUBMISSION_COMMITTED)
		return false;
	memcpy(out->id.bytes, wire->id.data, ID_BYTES);
	return out->state != SUBMISSION_COMMITTED || receipt_from_wire(wire->receipt, &out->receipt);
}

bool
codec_decode_reply(struct arena *arena, const uint8_t *bytes, size_t size, struct reply *out)
{
	*out = (struct reply){0};
	ProtobufCAllocator allocator = codec_allocator(arena);
	Fupin__V1__Reply *wire = fupin__v1__reply__unpack(&allocator, size, bytes);
	if (!wire)
		return false;
	out->request_id = wire->request_id;
	switch (wire->body_case) {
	case FUPIN__V1__REPLY__BODY_REFUSAL:
		out->kind = REPLY_REFUSAL;
		return refusal_from_wire(arena, wire->refusal, &out->refusal);
	case FUPIN__V1__REPLY__BODY_WELCOME:
		out->kind = REPLY_WELCOME;
		welcome_from_wire(wire->welcome, &out->welcome);
		return true;
	case FUPIN__V1__REPLY__BODY_RECEIPT:
		out->kind = REPLY_RECEIPT;
		return receipt_from_wire(wire->receipt, &out->receipt);
	case FUPIN__V1__REPLY__BODY_CARRIED:
		out->kind = REPLY_CARRIED;
		return codec_carried_from_wire(wire->carried, &out->carried);
	case FUPIN__V1__REPLY__BODY_TOTAL:
		out->kind = REPLY_TOTAL;
		return total_from_wire(arena, wire->total, &out->total);
	case FUPIN__V1__REPLY__BODY_STATUS:
		out->kind = REPLY_STATUS;
		return status_from_wire(wire->status, &out->status);
	case FUPIN__V1__REPLY__BODY_CATALOGUE:
		out->kind = REPLY_CATALOGUE;
		return true;
	case FUPIN__V1__REPLY__BODY_PONG:
		out->kind = REPLY_PONG;
		out->pong = (struct pong){.time_us = wire->pong->time_us,
		                          .as_of = codec_as_of_from_wire(wire->pong->as_of),
		                          .waiting = wire->pong->waiting,
		                          .store_ready = wire->pong->store_ready,
		                          .history = codec_string(wire->pong->history)};
		return true;
	case FUPIN__V1__REPLY__BODY_RELOADED:
		out->kind = REPLY_RELOADED;
		out->reloaded = wire->reloaded->principals;
		return true;
	case FUPIN__V1__REPLY__BODY_PUSH:
		out->kind = REPLY_PUSH;
		return push_from_wire(arena, wire->push, &out->push);
	case FUPIN__V1__REPLY__BODY_REPORTS:
		out->kind = REPLY_REPORTS;
		if (!codec_reports_from_wire(arena, wire->reports, &out->reports))
			return false;
		out->reports.as_of = codec_as_of_from_wire(wire->reports->as_of);
		return true;
	case FUPIN__V1__REPLY__BODY_COMPLETENESS:
		out->kind = REPLY_COMPLETENESS;
		if (!codec_completeness_from_wire(arena, wire->completeness, &out->completeness))
			return false;
		out->completeness.as_of = codec_as_of_from_wire(wire->completeness->as_of);
		return true;
	case FUPIN__V1__REPLY__BODY_HISTORY:
		out->kind = REPLY_HISTORY;
		if (!codec_history_from_wire(arena, wire->history, &out->history))
			return false;
		out->history.as_of = codec_as_of_from_wire(wire->history->as_of);
		return true;
	case FUPIN__V1__REPLY__BODY_TARGETS:
		out->kind = REPLY_TARGETS;
		if (!codec_targets_from_wire(arena, wire->targets, &out->targets))
			return false;
		out->targets.as_of = codec_as_of_from_wire(wire->targets->as_of);
		return true;
	case FUPIN__V1__REPLY__BODY_APPRAISAL:
		out->kind = REPLY_APPRAISAL;
		if (!codec_appraisal_from_wire(arena, wire->appraisal, &out->appraisal))
			return false;
		out->appraisal.as_of = codec_as_of_from_wire(wire->appraisal->as_of);
		return true;
	case FUPIN__V1__REPLY__BODY_BALANCES:
		out->kind = REPLY_BALANCES;
		return codec_balances_from_wire(arena, wire->balances, &out->balances);
	case FUPIN__V1__REPLY__BODY_ENTRIES:
		out->kind = REPLY_ENTRIES;
		return codec_entries_from_wire(arena, wire->entries, &out->entries);
	case FUPIN__V1__REPLY__BODY_TRACE:
		out->kind = REPLY_TRACE;
		return codec_trace_from_wire(arena, wire->trace, &out->trace);
	case FUPIN__V1__REPLY__BODY_COMPLIANCE:
		out->kind = REPLY_COMPLIANCE;
		return codec_compliance_from_wire(arena, wire->compliance, &out->compliance);
	case FUPIN__V1__REPLY__BODY_PROJECTS:
		out->kind = REPLY_PROJECTS;
		return codec_projects_from_wire(arena, wire->projects, &out->projects);
	case FUPIN__V1__REPLY__BODY_UPLOADED:
		out->kind = REPLY_UPLOADED;
		out->uploaded =
		    (struct uploaded){.received = wire->uploaded->received, .whole = wire->uploaded->whole};
		return codec_digest_from_wire(&wire->uploaded->digest, &out->uploaded.digest);
	case FUPIN__V1__REPLY__BODY_DOCUMENTS:
		out->kind = REPLY_DOCUMENTS;
		if (!codec_documents_from_wire(arena, wire->documents, &out->documents))
			return false;
		out->documents.as_of = codec_as_of_from_wire(wire->documents->as_of);
		return true;
	case FUPIN__V1__REPLY__BODY_FILE:
		out->kind = REPLY_FILE;
		return codec_file_from_wire(wire->file, &out->file);
	case FUPIN__V1__REPLY__BODY_UNWATCHED:
		out->kind = REPLY_UNWATCHED;
		return true;
	case FUPIN__V1__REPLY__BODY_KEYS:
		out->kind = REPLY_KEYS;
		return codec_keys_from_wire(arena, wire->keys, &out->keys);
	default:
		return codec_enrol_reply_from_wire(arena, wire, out);
	}
}
