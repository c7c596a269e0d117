/* Requests and submissions, both directions. */
#include "base/utf8.h"
#include "codec_internal.h"

#include <string.h>

static bool
malformed(struct problem_list *problems, const char *what)
{
	problem_detail(problem_only(problems, PROBLEM_MALFORMED), "%s", what);
	return false;
}

static bool
unreadable(const struct arena *arena, struct problem_list *problems)
{
	/* protobuf-c gives one NULL for bad bytes and for no memory: the arena knows which. */
	if (arena->exhausted) {
		problem_only(problems, PROBLEM_TOO_LARGE);
		return false;
	}
	return malformed(problems, "not a protobuf message of this protocol, or cut off");
}

static bool
field_unknown(struct problem_list *problems)
{
	problem_only(problems, PROBLEM_FIELD_UNKNOWN)->limit = PROTOCOL_VERSION;
	return false;
}

static bool
take_id(const ProtobufCBinaryData *bytes, struct submission_id *out)
{
	if (bytes->len != ID_BYTES)
		return false;
	memcpy(out->bytes, bytes->data, ID_BYTES);
	return true;
}

static bool
take_hello(const Fupin__V1__Hello *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_HELLO;
	out->hello = (struct hello){.protocol = wire->protocol, .software = codec_string(wire->software)};
	size_t size = strlen(out->hello.software);
	if (size <= SOFTWARE_BYTES_MAX && utf8_valid(out->hello.software, size))
		return true;
	return malformed(problems, "hello.software is longer than 64 bytes, or not UTF-8");
}

static bool
take_submit(const Fupin__V1__Submit *wire, struct request *out)
{
	out->kind = REQUEST_SUBMIT;
	out->submit = (struct submit){.bytes = wire->submission.data, .size = wire->submission.len};
	return true;
}

static bool
take_total(const Fupin__V1__TotalQuery *wire, struct request *out, struct problem_list *problems)
{
	bool level_known = wire->by >= (int)UNIT_NONE && wire->by <= (int)UNIT_VILLAGE;
	if (!level_known || wire->n_indicators > CATALOGUE_NUMBER_MAX)
		return malformed(problems, "total: no such level, or too many indicators");
	out->total = (struct total_query){
	    .unit = (unit_code)wire->unit,
	    .from = (period)wire->from,
	    .to = (period)wire->to,
	    .by = (enum unit_level)wire->by,
	    .indicator_count = wire->n_indicators,
	    .indicators = wire->indicators,
	    .funds = wire->funds,
	    .whole = wire->whole,
	    .as_of = codec_as_of_from_wire(wire->as_of),
	};
	if (!codec_take_code(&wire->group, out->total.group, sizeof out->total.group))
		return malformed(problems, "total.group is no code");
	return !wire->as_of || !wire->as_of->base.n_unknown_fields || field_unknown(problems);
}

static bool
take_report_query(struct arena *arena, const Fupin__V1__ReportQuery *wire, struct request *out,
                  struct problem_list *problems)
{
	out->kind = REQUEST_REPORTS;
	if ((wire->after && wire->after->base.n_unknown_fields) ||
	    (wire->as_of && wire->as_of->base.n_unknown_fields))
		return field_unknown(problems);
	if (wire->n_forms > CATALOGUE_NUMBER_MAX || wire->n_states > (size_t)REVIEW_STATES)
		return malformed(problems, "reports: too many forms or states");
	return codec_report_query_from_wire(arena, wire, &out->reports) || unreadable(arena, problems);
}

static bool
take_completeness(const Fupin__V1__CompletenessQuery *wire, struct request *out,
                  struct problem_list *problems)
{
	out->kind = REQUEST_COMPLETENESS;
	if (wire->as_of && wire->as_of->base.n_unknown_fields)
		return field_unknown(problems);
	bool level_known = wire->by >= (int)UNIT_NONE && wire->by <= (int)UNIT_VILLAGE;
	if (!level_known || wire->n_forms > CATALOGUE_NUMBER_MAX)
		return malformed(problems, "completeness: no such level, or too many forms");
	codec_completeness_query_from_wire(wire, &out->completeness);
	if (!codec_take_code(&wire->group, out->completeness.group, sizeof out->completeness.group))
		return malformed(problems, "completeness.group is no code");
	return true;
}

static bool
take_appraisal(const Fupin__V1__AppraisalQuery *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_APPRAISAL;
	if (wire->by < (int)UNIT_NONE || wire->by > (int)UNIT_VILLAGE)
		return malformed(problems, "appraisal: no such level");
	out->appraisal = codec_appraisal_query_from_wire(wire);
	return !wire->as_of || !wire->as_of->base.n_unknown_fields || field_unknown(problems);
}

static bool
take_balance_query(const Fupin__V1__BalanceQuery *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_BALANCES;
	if (wire->as_of && wire->as_of->base.n_unknown_fields)
		return field_unknown(problems);
	return codec_balance_query_from_wire(wire, &out->balances) ||
	       malformed(problems, "balances: no such level");
}

static bool
take_entry_query(const Fupin__V1__EntryQuery *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_ENTRIES;
	if (wire->as_of && wire->as_of->base.n_unknown_fields)
		return field_unknown(problems);
	return codec_entry_query_from_wire(wire, &out->entries) ||
	       malformed(problems, "entries.voucher is no voucher");
}

static bool
take_trace_query(const Fupin__V1__TraceQuery *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_TRACE;
	if (wire->as_of && wire->as_of->base.n_unknown_fields)
		return field_unknown(problems);
	return codec_trace_query_from_wire(wire, &out->trace) ||
	       malformed(problems, "trace.voucher is no voucher");
}

static bool
take_project_query(const Fupin__V1__ProjectQuery *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_PROJECTS;
	if ((wire->after && wire->after->base.n_unknown_fields) ||
	    (wire->as_of && wire->as_of->base.n_unknown_fields))
		return field_unknown(problems);
	return codec_project_query_from_wire(wire, &out->projects) ||
	       malformed(problems, "projects: no such state, or no such code");
}

static bool
take_target_query(const Fupin__V1__TargetQuery *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_TARGETS;
	out->targets =
	    (struct target_query){(unit_code)wire->unit, wire->year <= PERIOD_LAST / 100 ? (int)wire->year : 0,
	                          codec_as_of_from_wire(wire->as_of)};
	return !wire->as_of || !wire->as_of->base.n_unknown_fields || field_unknown(problems);
}

static bool
take_upload(const Fupin__V1__Upload *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_UPLOAD;
	return codec_upload_from_wire(wire, &out->upload) || malformed(problems, "upload.digest is not 32 bytes");
}

static bool
take_document_query(const Fupin__V1__DocumentQuery *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_DOCUMENTS;
	if ((wire->after && wire->after->base.n_unknown_fields) ||
	    (wire->as_of && wire->as_of->base.n_unknown_fields))
		return field_unknown(problems);
	if (wire->n_kinds > CATALOGUE_NUMBER_MAX)
		return malformed(problems, "documents: too many kinds");
	codec_document_query_from_wire(wire, &out->documents);
	return true;
}

static bool
take_file_query(const Fupin__V1__FileQuery *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_FILE;
	if (!wire->key)
		return malformed(problems, "file: no key");
	codec_file_query_from_wire(wire, &out->file);
	return !wire->key->base.n_unknown_fields || field_unknown(problems);
}

static bool
take_history(const Fupin__V1__HistoryQuery *wire, struct request *out, struct problem_list *problems)
{
	out->kind = REQUEST_HISTORY;
	if (!wire->key)
		return malformed(problems, "history: no key");
	out->history = codec_key_from_wire(wire->key);
	return !wire->key->base.n_unknown_fields || field_unknown(problems);
}

static bool
take_compliance(struct arena *arena, const Fupin__V1__ComplianceQuery *wire, struct request *out,
                struct problem_list *problems)
{
	if ((wire->after && wire->after->base.n_unknown_fields) ||
	    (wire->as_of && wire->as_of->base.n_unknown_fields))
		return field_unknown(problems);
	return codec_compliance_query_from_wire(arena, wire, &out->compliance) ||
	       malformed(problems, "compliance: no such level, or too many rules or states");
}

static bool
take_watch(struct arena *arena, const Fupin__V1__Watch *wire, struct request *out,
           struct problem_list *problems)
{
	out->kind = wire->compliance ? REQUEST_WATCH_COMPLIANCE : REQUEST_WATCH;
	if (!wire->query == !wire->compliance)
		return malformed(problems, "watch: no query, or two");
	if (wire->compliance)
		return wire->compliance->base.n_unknown_fields
		           ? field_unknown(problems)
		           : take_compliance(arena, wire->compliance, out, problems);
	return wire->query->base.n_unknown_fields ? field_unknown(problems)
	                                          : take_total(wire->query, out, problems);
}

static bool
take_enrolment(struct arena *arena, const Fupin__V1__Request *wire, struct request *out,
               struct problem_list *problems)
{
	const char *what = NULL;
	if (codec_enrol_request_from_wire(arena, wire, out, &what))
		return true;
	return what ? malformed(problems, what) : unreadable(arena, problems);
}

static bool
take_body(struct arena *arena, const Fupin__V1__Request *wire, struct request *out,
          struct problem_list *problems)
{
	switch (wire->body_case) {
	case FUPIN__V1__REQUEST__BODY_HELLO:
		return take_hello(wire->hello, out, problems);
	case FUPIN__V1__REQUEST__BODY_SUBMIT:
		return take_submit(wire->submit, out);
	case FUPIN__V1__REQUEST__BODY_TOTAL:
		out->kind = REQUEST_TOTAL;
		return take_total(wire->total, out, problems);
	case FUPIN__V1__REQUEST__BODY_STATUS:
		out->kind = REQUEST_STATUS;
		return take_id(&wire->status->id, &out->status) || malformed(problems, "status.id is not 16 bytes");
	case FUPIN__V1__REQUEST__BODY_CATALOGUE:
		out->kind = REQUEST_CATALOGUE;
		out->catalogue.units = wire->catalogue->units;
		out->catalogue.forms = wire->catalogue->forms;
		out->catalogue.as_of = codec_as_of_from_wire(wire->catalogue->as_of);
		return !wire->catalogue->as_of || !wire->catalogue->as_of->base.n_unknown_fields ||
		       field_unknown(problems);
	case FUPIN__V1__REQUEST__BODY_PING:
		out->kind = REQUEST_PING;
		return true;
	case FUPIN__V1__REQUEST__BODY_KEYS:
		out->kind = REQUEST_KEYS;
		return true;
	case FUPIN__V1__REQUEST__BODY_RELOAD:
		out->kind = REQUEST_RELOAD;
		return true;
	case FUPIN__V1__REQUEST__BODY_WATCH:
		return take_watch(arena, wire->watch, out, problems);
	case FUPIN__V1__REQUEST__BODY_ACK:
		out->kind = REQUEST_ACK;
		out->ack = (struct ack){wire->ack->watch, wire->ack->seq};
		return true;
	case FUPIN__V1__REQUEST__BODY_UNWATCH:
		out->kind = REQUEST_UNWATCH;
		out->unwatch = wire->unwatch->watch;
		return true;
	case FUPIN__V1__REQUEST__BODY_REPORTS:
		return take_report_query(arena, wire->reports, out, problems);
	case FUPIN__V1__REQUEST__BODY_APPRAISAL:
		return take_appraisal(wire->appraisal, out, problems);
	case FUPIN__V1__REQUEST__BODY_BALANCES:
		return take_balance_query(wire->balances, out, problems);
	case FUPIN__V1__REQUEST__BODY_ENTRIES:
		return take_entry_query(wire->entries, out, problems);
	case FUPIN__V1__REQUEST__BODY_TRACE:
		return take_trace_query(wire->trace, out, problems);
	case FUPIN__V1__REQUEST__BODY_COMPLIANCE:
		out->kind = REQUEST_COMPLIANCE;
		return take_compliance(arena, wire->compliance, out, problems);
	case FUPIN__V1__REQUEST__BODY_CARRY:
		out->kind = REQUEST_CARRY;
		out->carry = codec_carry_from_wire(wire->carry);
		return true;
	case FUPIN__V1__REQUEST__BODY_PROJECTS:
		return take_project_query(wire->projects, out, problems);
	case FUPIN__V1__REQUEST__BODY_COMPLETENESS:
		return take_completeness(wire->completeness, out, problems);
	case FUPIN__V1__REQUEST__BODY_TARGETS:
		return take_target_query(wire->targets, out, problems);
	case FUPIN__V1__REQUEST__BODY_UPLOAD:
		return take_upload(wire->upload, out, problems);
	case FUPIN__V1__REQUEST__BODY_DOCUMENTS:
		return take_document_query(wire->documents, out, problems);
	case FUPIN__V1__REQUEST__BODY_FILE:
		return take_file_query(wire->file, out, problems);
	case FUPIN__V1__REQUEST__BODY_HISTORY:
		return take_history(wire->history, out, problems);
	case FUPIN__V1__REQUEST__BODY_ENROL:
	case FUPIN__V1__REQUEST__BODY_INVITE:
	case FUPIN__V1__REQUEST__BODY_ENROLMENTS:
	case FUPIN__V1__REQUEST__BODY_DECIDE:
	case FUPIN__V1__REQUEST__BODY_OFFICES:
		return take_enrolment(arena, wire, out, problems);
	case FUPIN__V1__REQUEST__BODY_SET_CLOCK:
		out->kind = REQUEST_SET_CLOCK;
		out->clock_us = wire->set_clock->time_us;
		return true;
	default:
		problem_only(problems, PROBLEM_REQUEST_UNKNOWN)->limit = PROTOCOL_VERSION;
		return false;
	}
}

bool
codec_decode_request(struct arena *arena, const uint8_t *bytes, size_t size, struct request *out,
                     struct problem_list *problems)
{
	*out = (struct request){0};
	ProtobufCAllocator allocator = codec_allocator(arena);
	Fupin__V1__Request *wire = fupin__v1__request__unpack(&allocator, size, bytes);
	if (!wire)
		return unreadable(arena, problems);
	out->id = wire->request_id;
	if (wire->body_case == FUPIN__V1__REQUEST__BODY__NOT_SET)
		return take_body(arena, wire, out, problems); /* a newer client's kind of request */
	/* The body is one of several pointers to messages; each message begins with its base. Only a hello
	 * may bring fields that this centre does not know: it is there to find out. */
	const ProtobufCMessage *body = &wire->ping->base;
	bool hello = wire->body_case == FUPIN__V1__REQUEST__BODY_HELLO;
	if (wire->base.n_unknown_fields || (body->n_unknown_fields && !hello))
		return field_unknown(problems);
	return take_body(arena, wire, out, problems);
}

static bool
take_report(struct arena *arena, const Fupin__V1__Report *wire, struct report *out,
            struct problem_list *problems)
{
	if (wire->base.n_unknown_fields)
		return field_unknown(problems);
	if (wire->n_indicators != wire->n_values)
		return malformed(problems, "a report has not as many values as indicators");
	/* More than the form has is an indicator unknown or repeated; more than this is an attack. */
	if (wire->n_values > 4 * FORM_FIELDS_MAX)
		return malformed(problems, "a report has more than 256 values");
	*out = (struct report){
	    .unit = (unit_code)wire->unit,
	    .period = (period)wire->period,
	    .form = wire->form,
	    .form_version = wire->form_version,
	    .replaces = wire->replaces,
	    .reason = wire->reason.len ? codec_take_text(arena, &wire->reason) : "",
	    .value_count = (uint32_t)wire->n_values,
	    .indicators = wire->indicators,
	    .values = wire->values,
	};
	return out->reason || unreadable(arena, problems);
}

static bool
take_entry(struct arena *arena, const Fupin__V1__FundEntry *wire, struct fund_entry *out,
           struct problem_list *problems)
{
	if (wire->base.n_unknown_fields)
		return field_unknown(problems);
	return codec_entry_from_wire(arena, wire, out) || unreadable(arena, problems);
}

static bool
take_extension(struct arena *arena, const Fupin__V1__Extension *wire, struct extension *out,
               struct problem_list *problems)
{
	if (wire->base.n_unknown_fields)
		return field_unknown(problems);
	*out = (struct extension){
	    .unit = (unit_code)wire->unit,
	    .period = (period)wire->period,
	    .form = wire->form,
	    .event = (enum deadline_event)wire->event,
	    .until = wire->until,
	    .reason = codec_take_text(arena, &wire->reason),
	    .document = wire->document,
	};
	return out->reason || unreadable(arena, problems);
}

static bool
take_review(struct arena *arena, const Fupin__V1__Review *wire, struct review *out,
            struct problem_list *problems)
{
	if (wire->base.n_unknown_fields)
		return field_unknown(problems);
	*out = (struct review){
	    .unit = (unit_code)wire->unit,
	    .period = (period)wire->period,
	    .form = wire->form,
	    .revision = wire->revision,
	    .step = wire->step,
	    .decision = (enum decision)wire->decision,
	    .reason = (enum return_reason)wire->reason,
	    .text = codec_take_text(arena, &wire->text),
	};
	return out->text || unreadable(arena, problems);
}

static bool
take_target(struct arena *arena, const Fupin__V1__TargetPart *wire, struct target_part *out,
            struct problem_list *problems)
{
	if (wire->base.n_unknown_fields)
		return field_unknown(problems);
	*out = (struct target_part){
	    .unit = (unit_code)wire->unit,
	    .year = wire->year <= INT32_MAX ? (int)wire->year : INT32_MAX,
	    .indicator = wire->indicator,
	    .fund = (enum fund_kind)wire->fund,
	    .value = wire->value,
	    .replaces = wire->replaces,
	    .note = codec_take_text(arena, &wire->note),
	};
	return out->note || unreadable(arena, problems);
}

static bool
take_document(struct arena *arena, const Fupin__V1__Document *wire, struct document *out,
              struct problem_list *problems)
{
	if (wire->base.n_unknown_fields)
		return field_unknown(problems);
	*out = (struct document){
	    .unit = (unit_code)wire->unit,
	    .kind = wire->kind,
	    .replaces = wire->replaces,
	    .type = codec_file_type((int)wire->type),
	    .size = wire->size,
	    .name = codec_take_text(arena, &wire->name),
	    .note = codec_take_text(arena, &wire->note),
	};
	if (!codec_digest_from_wire(&wire->digest, &out->digest))
		return malformed(problems, "a document's digest is not 32 bytes");
	return (out->name && out->note) || unreadable(arena, problems);
}

static bool
take_project(struct arena *arena, const Fupin__V1__ProjectRow *wire, struct project_row *out,
             struct problem_list *problems)
{
	const char *what = NULL;
	if (!codec_project_is_known(wire))
		return field_unknown(problems);
	if (codec_project_from_wire(arena, wire, out, &what))
		return true;
	return what ? malformed(problems, what) : unreadable(arena, problems);
}

static bool
take_rows(struct arena *arena, const Fupin__V1__Submission *wire, struct submission *s,
          struct problem_list *problems)
{
	for (size_t i = 0; i < s->report_count; i++)
		if (!take_report(arena, wire->reports[i], &s->reports[i], problems))
			return false;
	for (size_t i = 0; i < s->entry_count; i++)
		if (!take_entry(arena, wire->fund_entries[i], &s->entries[i], problems))
			return false;
	for (size_t i = 0; i < s->extension_count; i++)
		if (!take_extension(arena, wire->extensions[i], &s->extensions[i], problems))
			return false;
	for (size_t i = 0; i < s->review_count; i++)
		if (!take_review(arena, wire->reviews[i], &s->reviews[i], problems))
			return false;
	for (size_t i = 0; i < s->target_count; i++)
		if (!take_target(arena, wire->targets[i], &s->targets[i], problems))
			return false;
	for (size_t i = 0; i < s->document_count; i++)
		if (!take_document(arena, wire->documents[i], &s->documents[i], problems))
			return false;
	for (size_t i = 0; i < s->project_count; i++)
		if (!take_project(arena, wire->projects[i], &s->projects[i], problems))
			return false;
	return true;
}

bool
codec_decode_submission(struct arena *arena, const uint8_t *bytes, size_t size, struct submission *out,
                        struct problem_list *problems)
{
	ProtobufCAllocator allocator = codec_allocator(arena);
	Fupin__V1__Submission *wire = fupin__v1__submission__unpack(&allocator, size, bytes);
	if (!wire)
		return unreadable(arena, problems);
	struct submission s = {.report_count = wire->n_reports,
	                       .entry_count = wire->n_fund_entries,
	                       .extension_count = wire->n_extensions,
	                       .review_count = wire->n_reviews,
	                       .target_count = wire->n_targets,
	                       .document_count = wire->n_documents,
	                       .project_count = wire->n_projects,
	                       .voided = wire->voided};
	if (wire->base.n_unknown_fields)
		return field_unknown(problems);
	if (s.voided && submission_rows(&s))
		return malformed(problems, "voided, and rows: it is one or the other");
	if (!take_id(&wire->id, &s.id)) {
		problem_only(problems, PROBLEM_ID_INVALID);
		return false;
	}
	if (submission_rows(&s) > SUBMISSION_ROWS_MAX) {
		struct problem *p = problem_only(problems, PROBLEM_ROWS_TOO_MANY);
		p->actual = (int64_t)submission_rows(&s);
		p->limit = SUBMISSION_ROWS_MAX;
		return false;
	}
	s.reports = arena_array(arena, s.report_count, sizeof *s.reports);
	s.entries = arena_array(arena, s.entry_count, sizeof *s.entries);
	s.extensions = arena_array(arena, s.extension_count, sizeof *s.extensions);
	s.reviews = arena_array(arena, s.review_count, sizeof *s.reviews);
	s.targets = arena_array(arena, s.target_count, sizeof *s.targets);
	s.documents = arena_array(arena, s.document_count, sizeof *s.documents);
	s.projects = arena_array(arena, s.project_count, sizeof *s.projects);
	if (!s.reports || !s.entries || !s.extensions || !s.reviews || !s.targets || !s.documents || !s.projects)
		return unreadable(arena, problems);
	if (!take_rows(arena, wire, &s, problems))
		return false;
	*out = s;
	return true;
}

static bool
reports_to_wire(struct arena *arena, const struct submission *s, Fupin__V1__Submission *wire)
{
	static const Fupin__V1__Report init = FUPIN__V1__REPORT__INIT;
	Fupin__V1__Report *reports;
	wire->n_reports = s->report_count;
	wire->reports = codec_pointers(arena, s->report_count, &init, sizeof init, (void **)&reports);
	if (s->report_count && !wire->reports)
		return false;
	for (size_t i = 0; i < s->report_count; i++) {
		const struct report *r = &s->reports[i];
		reports[i].unit = (uint64_t)r->unit;
		reports[i].period = (uint32_t)r->period;
		reports[i].form = r->form;
		reports[i].form_version = r->form_version;
		reports[i].replaces = r->replaces;
		reports[i].reason = codec_bytes(r->reason ? r->reason : "");
		reports[i].n_indicators = reports[i].n_values = r->value_count;
		reports[i].indicators = (uint32_t *)(uintptr_t)r->indicators;
		reports[i].values = (int64_t *)(uintptr_t)r->values;
	}
	return true;
}

static bool
entries_to_wire(struct arena *arena, const struct submission *s, Fupin__V1__Submission *wire)
{
	static const Fupin__V1__FundEntry init = FUPIN__V1__FUND_ENTRY__INIT;
	Fupin__V1__FundEntry *entries;
	wire->n_fund_entries = s->entry_count;
	wire->fund_entries = codec_pointers(arena, s->entry_count, &init, sizeof init, (void **)&entries);
	if (s->entry_count && !wire->fund_entries)
		return false;
	for (size_t i = 0; i < s->entry_count; i++)
		codec_entry_to_wire(&s->entries[i], &entries[i]);
	return true;
}

static bool
extensions_to_wire(struct arena *arena, const struct submission *s, Fupin__V1__Submission *wire)
{
	static const Fupin__V1__Extension init = FUPIN__V1__EXTENSION__INIT;
	Fupin__V1__Extension *extensions;
	wire->n_extensions = s->extension_count;
	wire->extensions = codec_pointers(arena, s->extension_count, &init, sizeof init, (void **)&extensions);
	if (s->extension_count && !wire->extensions)
		return false;
	for (size_t i = 0; i < s->extension_count; i++) {
		const struct extension *e = &s->extensions[i];
		extensions[i].unit = (uint64_t)e->unit;
		extensions[i].period = (uint32_t)e->period;
		extensions[i].form = e->form;
		extensions[i].event = (Fupin__V1__DeadlineEvent)e->event;
		extensions[i].until = e->until;
		extensions[i].reason = codec_bytes(e->reason);
		extensions[i].document = e->document;
	}
	return true;
}

static bool
reviews_to_wire(struct arena *arena, const struct submission *s, Fupin__V1__Submission *wire)
{
	static const Fupin__V1__Review init = FUPIN__V1__REVIEW__INIT;
	Fupin__V1__Review *reviews;
	wire->n_reviews = s->review_count;
	wire->reviews = codec_pointers(arena, s->review_count, &init, sizeof init, (void **)&reviews);
	if (s->review_count && !wire->reviews)
		return false;
	for (size_t i = 0; i < s->review_count; i++) {
		const struct review *r = &s->reviews[i];
		reviews[i].unit = (uint64_t)r->unit;
		reviews[i].period = (uint32_t)r->period;
		reviews[i].form = r->form;
		reviews[i].revision = r->revision;
		reviews[i].step = r->step;
		reviews[i].decision = (Fupin__V1__Decision)r->decision;
		reviews[i].reason = (Fupin__V1__ReturnReason)r->reason;
		reviews[i].text = codec_bytes(r->text ? r->text : "");
	}
	return true;
}

static bool
targets_to_wire(struct arena *arena, const struct submission *s, Fupin__V1__Submission *wire)
{
	static const Fupin__V1__TargetPart init = FUPIN__V1__TARGET_PART__INIT;
	Fupin__V1__TargetPart *targets;
	wire->n_targets = s->target_count;
	wire->targets = codec_pointers(arena, s->target_count, &init, sizeof init, (void **)&targets);
	if (s->target_count && !wire->targets)
		return false;
	for (size_t i = 0; i < s->target_count; i++) {
		const struct target_part *t = &s->targets[i];
		targets[i].unit = (uint64_t)t->unit;
		targets[i].year = (uint32_t)t->year;
		targets[i].indicator = t->indicator;
		targets[i].fund = (Fupin__V1__FundKind)t->fund;
		targets[i].value = t->value;
		targets[i].replaces = t->replaces;
		targets[i].note = codec_bytes(t->note);
	}
	return true;
}

static bool
documents_to_wire(struct arena *arena, const struct submission *s, Fupin__V1__Submission *wire)
{
	static const Fupin__V1__Document init = FUPIN__V1__DOCUMENT__INIT;
	Fupin__V1__Document *documents;
	wire->n_documents = s->document_count;
	wire->documents = codec_pointers(arena, s->document_count, &init, sizeof init, (void **)&documents);
	if (s->document_count && !wire->documents)
		return false;
	for (size_t i = 0; i < s->document_count; i++) {
		const struct document *d = &s->documents[i];
		documents[i].unit = (uint64_t)d->unit;
		documents[i].kind = d->kind;
		documents[i].replaces = d->replaces;
		documents[i].type = (Fupin__V1__FileType)d->type;
		documents[i].size = d->size;
		documents[i].digest = codec_binary(d->digest.bytes, DIGEST_BYTES);
		documents[i].name = codec_bytes(d->name);
		documents[i].note = codec_bytes(d->note);
	}
	return true;
}

static bool
projects_to_wire(struct arena *arena, const struct submission *s, Fupin__V1__Submission *wire)
{
	static const Fupin__V1__ProjectRow init = FUPIN__V1__PROJECT_ROW__INIT;
	Fupin__V1__ProjectRow *rows;
	wire->n_projects = s->project_count;
	wire->projects = codec_pointers(arena, s->project_count, &init, sizeof init, (void **)&rows);
	bool good = wire->projects || !s->project_count;
	for (size_t i = 0; good && i < s->project_count; i++)
		good = codec_project_to_wire(arena, &s->projects[i], &rows[i]);
	return good;
}

bool
codec_encode_submission(struct arena *arena, const struct submission *s, uint8_t **bytes, size_t *size)
{
	Fupin__V1__Submission wire = FUPIN__V1__SUBMISSION__INIT;
	wire.id = (ProtobufCBinaryData){.len = ID_BYTES, .data = (uint8_t *)(uintptr_t)s->id.bytes};
	wire.voided = s->voided;
	return reports_to_wire(arena, s, &wire) && entries_to_wire(arena, s, &wire) &&
	       extensions_to_wire(arena, s, &wire) && reviews_to_wire(arena, s, &wire) &&
	       targets_to_wire(arena, s, &wire) && documents_to_wire(arena, s, &wire) &&
	       projects_to_wire(arena, s, &wire) && codec_pack(arena, &wire.base, bytes, size);
}

static bool
total_to_wire(struct arena *arena, const struct total_query *query, Fupin__V1__TotalQuery *wire)
{
	bool good = true;
	fupin__v1__total_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->from = (uint32_t)query->from;
	wire->to = (uint32_t)query->to;
	wire->by = (Fupin__V1__Level)query->by;
	wire->n_indicators = query->indicator_count;
	wire->indicators = (uint32_t *)(uintptr_t)query->indicators;
	wire->funds = query->funds;
	wire->whole = query->whole;
	wire->group = codec_bytes(query->group);
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	return good;
}

bool
codec_encode_request(struct arena *arena, const struct request *request, uint8_t **bytes, size_t *size)
{
	Fupin__V1__Request wire = FUPIN__V1__REQUEST__INIT;
	Fupin__V1__Hello hello = FUPIN__V1__HELLO__INIT;
	Fupin__V1__Submit submit = FUPIN__V1__SUBMIT__INIT;
	Fupin__V1__Carry carry;
	Fupin__V1__TotalQuery total;
	Fupin__V1__StatusQuery status = FUPIN__V1__STATUS_QUERY__INIT;
	Fupin__V1__CatalogueQuery catalogue = FUPIN__V1__CATALOGUE_QUERY__INIT;
	Fupin__V1__Ping ping = FUPIN__V1__PING__INIT;
	Fupin__V1__KeyQuery keys = FUPIN__V1__KEY_QUERY__INIT;
	Fupin__V1__Reload reload = FUPIN__V1__RELOAD__INIT;
	Fupin__V1__Watch watch = FUPIN__V1__WATCH__INIT;
	Fupin__V1__Ack ack = FUPIN__V1__ACK__INIT;
	Fupin__V1__Unwatch unwatch = FUPIN__V1__UNWATCH__INIT;
	Fupin__V1__SetClock set_clock = FUPIN__V1__SET_CLOCK__INIT;
	Fupin__V1__ReportQuery reports;
	Fupin__V1__CompletenessQuery completeness;
	Fupin__V1__HistoryQuery history = FUPIN__V1__HISTORY_QUERY__INIT;
	Fupin__V1__ReportKey key;
	Fupin__V1__TargetQuery targets = FUPIN__V1__TARGET_QUERY__INIT;
	Fupin__V1__AppraisalQuery appraisal;
	Fupin__V1__Upload upload;
	Fupin__V1__DocumentQuery documents;
	Fupin__V1__FileQuery file;
	Fupin__V1__BalanceQuery balances;
	Fupin__V1__EntryQuery entries;
	Fupin__V1__TraceQuery trace;
	Fupin__V1__ComplianceQuery compliance;
	Fupin__V1__ProjectQuery projects;
	bool good = true;
	wire.request_id = request->id;
	switch (request->kind) {
	case REQUEST_HELLO:
		wire.body_case = FUPIN__V1__REQUEST__BODY_HELLO;
		wire.hello = &hello;
		hello.protocol = request->hello.protocol;
		hello.software = codec_text(request->hello.software);
		break;
	case REQUEST_SUBMIT:
		wire.body_case = FUPIN__V1__REQUEST__BODY_SUBMIT;
		wire.submit = &submit;
		submit.submission.len = request->submit.size;
		submit.submission.data = (uint8_t *)(uintptr_t)request->submit.bytes;
		break;
	case REQUEST_CARRY:
		wire.body_case = FUPIN__V1__REQUEST__BODY_CARRY;
		wire.carry = &carry;
		codec_carry_to_wire(&request->carry, &carry);
		break;
	case REQUEST_TOTAL:
		wire.body_case = FUPIN__V1__REQUEST__BODY_TOTAL;
		wire.total = &total;
		if (!total_to_wire(arena, &request->total, &total))
			return false;
		break;
	case REQUEST_STATUS:
		wire.body_case = FUPIN__V1__REQUEST__BODY_STATUS;
		wire.status = &status;
		status.id.len = ID_BYTES;
		status.id.data = (uint8_t *)(uintptr_t)request->status.bytes;
		break;
	case REQUEST_CATALOGUE:
		wire.body_case = FUPIN__V1__REQUEST__BODY_CATALOGUE;
		wire.catalogue = &catalogue;
		catalogue.units = request->catalogue.units;
		catalogue.forms = request->catalogue.forms;
		catalogue.as_of = codec_as_of_to_wire(arena, &request->catalogue.as_of, &good);
		break;
	case REQUEST_PING:
		wire.body_case = FUPIN__V1__REQUEST__BODY_PING;
		wire.ping = &ping;
		break;
	case REQUEST_KEYS:
		wire.body_case = FUPIN__V1__REQUEST__BODY_KEYS;
		wire.keys = &keys;
		break;
	case REQUEST_RELOAD:
		wire.body_case = FUPIN__V1__REQUEST__BODY_RELOAD;
		wire.reload = &reload;
		break;
	case REQUEST_WATCH:
		wire.body_case = FUPIN__V1__REQUEST__BODY_WATCH;
		wire.watch = &watch;
		watch.query = &total;
		if (!total_to_wire(arena, &request->total, &total))
			return false;
		break;
	case REQUEST_WATCH_COMPLIANCE:
		wire.body_case = FUPIN__V1__REQUEST__BODY_WATCH;
		wire.watch = &watch;
		watch.compliance = &compliance;
		good = codec_compliance_query_to_wire(arena, &request->compliance, &compliance);
		break;
	case REQUEST_COMPLIANCE:
		wire.body_case = FUPIN__V1__REQUEST__BODY_COMPLIANCE;
		wire.compliance = &compliance;
		good = codec_compliance_query_to_wire(arena, &request->compliance, &compliance);
		break;
	case REQUEST_ACK:
		wire.body_case = FUPIN__V1__REQUEST__BODY_ACK;
		wire.ack = &ack;
		ack.watch = request->ack.watch;
		ack.seq = request->ack.seq;
		break;
	case REQUEST_UNWATCH:
		wire.body_case = FUPIN__V1__REQUEST__BODY_UNWATCH;
		wire.unwatch = &unwatch;
		unwatch.watch = request->unwatch;
		break;
	case REQUEST_REPORTS:
		wire.body_case = FUPIN__V1__REQUEST__BODY_REPORTS;
		wire.reports = &reports;
		if (!codec_report_query_to_wire(arena, &request->reports, &reports))
			return false;
		break;
	case REQUEST_COMPLETENESS:
		wire.body_case = FUPIN__V1__REQUEST__BODY_COMPLETENESS;
		wire.completeness = &completeness;
		if (!codec_completeness_query_to_wire(arena, &request->completeness, &completeness))
			return false;
		break;
	case REQUEST_HISTORY:
		wire.body_case = FUPIN__V1__REQUEST__BODY_HISTORY;
		wire.history = &history;
		codec_key_to_wire(&request->history, &key);
		history.key = &key;
		break;
	case REQUEST_TARGETS:
		wire.body_case = FUPIN__V1__REQUEST__BODY_TARGETS;
		wire.targets = &targets;
		targets.unit = (uint64_t)request->targets.unit;
		targets.year = (uint32_t)request->targets.year;
		targets.as_of = codec_as_of_to_wire(arena, &request->targets.as_of, &good);
		if (!good)
			return false;
		break;
	case REQUEST_APPRAISAL:
		wire.body_case = FUPIN__V1__REQUEST__BODY_APPRAISAL;
		wire.appraisal = &appraisal;
		if (!codec_appraisal_query_to_wire(arena, &request->appraisal, &appraisal))
			return false;
		break;
	case REQUEST_UPLOAD:
		wire.body_case = FUPIN__V1__REQUEST__BODY_UPLOAD;
		wire.upload = &upload;
		codec_upload_to_wire(&request->upload, &upload);
		break;
	case REQUEST_DOCUMENTS:
		wire.body_case = FUPIN__V1__REQUEST__BODY_DOCUMENTS;
		wire.documents = &documents;
		if (!codec_document_query_to_wire(arena, &request->documents, &documents))
			return false;
		break;
	case REQUEST_FILE:
		wire.body_case = FUPIN__V1__REQUEST__BODY_FILE;
		wire.file = &file;
		if (!codec_file_query_to_wire(arena, &request->file, &file))
			return false;
		break;
	case REQUEST_BALANCES:
		wire.body_case = FUPIN__V1__REQUEST__BODY_BALANCES;
		wire.balances = &balances;
		if (!codec_balance_query_to_wire(arena, &request->balances, &balances))
			return false;
		break;
	case REQUEST_ENTRIES:
		wire.body_case = FUPIN__V1__REQUEST__BODY_ENTRIES;
		wire.entries = &entries;
		if (!codec_entry_query_to_wire(arena, &request->entries, &entries))
			return false;
		break;
	case REQUEST_TRACE:
		wire.body_case = FUPIN__V1__REQUEST__BODY_TRACE;
		wire.trace = &trace;
		if (!codec_trace_query_to_wire(arena, &request->trace, &trace))
			return false;
		break;
	case REQUEST_PROJECTS:
		wire.body_case = FUPIN__V1__REQUEST__BODY_PROJECTS;
		wire.projects = &projects;
		if (!codec_project_query_to_wire(arena, &request->projects, &projects))
			return false;
		break;
	case REQUEST_SET_CLOCK:
		wire.body_case = FUPIN__V1__REQUEST__BODY_SET_CLOCK;
		wire.set_clock = &set_clock;
		set_clock.time_us = request->clock_us;
		break;
	default:
		good = codec_enrol_request_to_wire(arena, request, &wire);
	}
	return good && codec_pack(arena, &wire.base, bytes, size);
}
