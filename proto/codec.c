/* Between frames and plain C: protobuf-c parses and packs, the rows of shapes_….c say what goes where. */
#include "codec.h"

#include "shapes.h"

#include <stdio.h>
#include <string.h>

static void *
allocate(void *data, size_t size)
{
	return arena_alloc(data, size);
}

static void
release(void *data, void *memory)
{
	(void)data;
	(void)memory;
}

/* protobuf-c's memory comes from the arena; freeing is the arena's. */
static void *
unpack(struct arena *arena, const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t size)
{
	ProtobufCAllocator allocator = {.alloc = allocate, .free = release, .allocator_data = arena};
	return protobuf_c_message_unpack(descriptor, &allocator, size, bytes);
}

static bool
pack(struct arena *arena, const ProtobufCMessage *message, uint8_t **bytes, size_t *size)
{
	size_t need = protobuf_c_message_get_packed_size(message);
	uint8_t *buffer = arena_alloc(arena, need ? need : 1);
	if (!buffer)
		return false;
	*size = protobuf_c_message_pack(message, buffer);
	*bytes = buffer;
	return true;
}

/* ---------------------------------------------------------------- what is refused */

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
	if (!arena->exhausted)
		return malformed(problems, "not a protobuf message of this protocol, or cut off");
	problem_only(problems, PROBLEM_TOO_LARGE);
	return false;
}

static bool
field_unknown(struct problem_list *problems)
{
	problem_only(problems, PROBLEM_FIELD_UNKNOWN)->limit = PROTOCOL_VERSION;
	return false;
}

static bool
not_taken(const struct shaping *s, struct problem_list *problems)
{
	return s->unknown ? field_unknown(problems)
	       : s->what  ? malformed(problems, s->what)
	                  : unreadable(s->arena, problems);
}

/* ---------------------------------------------------------------- requests */

static enum request_kind
kind_of_request(const Fupin__V1__Request *wire)
{
	if (wire->body_case == FUPIN__V1__REQUEST__BODY_WATCH && wire->watch->compliance)
		return REQUEST_WATCH_COMPLIANCE;
	for (int kind = REQUEST_NONE + 1; kind < REQUEST_KINDS; kind++)
		if (request_bodies[kind].body_case == wire->body_case)
			return (enum request_kind)kind;
	return REQUEST_NONE;
}

bool
codec_decode_request(struct arena *arena, const uint8_t *bytes, size_t size, struct request *out,
                     struct problem_list *problems)
{
	*out = (struct request){0};
	const Fupin__V1__Request *wire = unpack(arena, &fupin__v1__request__descriptor, bytes, size);
	if (!wire)
		return unreadable(arena, problems);
	out->id = wire->request_id;
	enum request_kind kind = kind_of_request(wire);
	if (!kind) { /* a newer client's */
		problem_only(problems, PROBLEM_REQUEST_UNKNOWN)->limit = PROTOCOL_VERSION;
		return false;
	}
	if (wire->base.n_unknown_fields)
		return field_unknown(problems);
	/* Only a hello may bring fields that this centre does not know: it is there to find out. */
	struct shaping s = {.arena = arena, .strict = kind != REQUEST_HELLO};
	const struct body *body = &request_bodies[kind];
	out->kind = kind;
	return shape_take(&s, body->shape, wire->ping, (char *)out + body->ours) || not_taken(&s, problems);
}

bool
codec_encode_request(struct arena *arena, const struct request *request, uint8_t **bytes, size_t *size)
{
	Fupin__V1__Request wire = FUPIN__V1__REQUEST__INIT;
	bool known = request->kind > REQUEST_NONE && request->kind < REQUEST_KINDS;
	const struct body *body = &request_bodies[known ? request->kind : REQUEST_NONE];
	if (!body->shape)
		return false;
	wire.request_id = request->id;
	wire.body_case = (Fupin__V1__Request__BodyCase)body->body_case;
	wire.ping = shape_make(arena, body->shape, (const char *)request + body->ours);
	return wire.ping && pack(arena, &wire.base, bytes, size);
}

/* ---------------------------------------------------------------- submissions */

bool
codec_decode_submission(struct arena *arena, const uint8_t *bytes, size_t size, struct submission *out,
                        struct problem_list *problems)
{
	const Fupin__V1__Submission *wire = unpack(arena, &fupin__v1__submission__descriptor, bytes, size);
	if (!wire)
		return unreadable(arena, problems);
	size_t rows = wire->n_reports + wire->n_fund_entries + wire->n_extensions + wire->n_reviews +
	              wire->n_targets + wire->n_documents + wire->n_projects;
	if (wire->base.n_unknown_fields)
		return field_unknown(problems);
	if (wire->voided && rows)
		return malformed(problems, "voided, and rows: it is one or the other");
	if (wire->id.len != ID_BYTES) {
		problem_only(problems, PROBLEM_ID_INVALID);
		return false;
	}
	if (rows > SUBMISSION_ROWS_MAX) {
		struct problem *p = problem_only(problems, PROBLEM_ROWS_TOO_MANY);
		p->actual = (int64_t)rows;
		p->limit = SUBMISSION_ROWS_MAX;
		return false;
	}
	struct submission s = {.voided = false};
	struct shaping shaping = {.arena = arena, .strict = true};
	if (!shape_take(&shaping, &shape_submission, wire, &s))
		return not_taken(&shaping, problems);
	*out = s;
	return true;
}

bool
codec_encode_submission(struct arena *arena, const struct submission *s, uint8_t **bytes, size_t *size)
{
	const ProtobufCMessage *wire = shape_make(arena, &shape_submission, s);
	return wire && pack(arena, wire, bytes, size);
}

/* ---------------------------------------------------------------- refusals */

static Fupin__V1__Refusal *
make_refusal(struct arena *arena, const struct refusal *refusal)
{
	static const Fupin__V1__Problem init = FUPIN__V1__PROBLEM__INIT;
	const struct problem_list *list = refusal->problems;
	Fupin__V1__Refusal *wire = arena_alloc(arena, sizeof *wire);
	Fupin__V1__Problem *items = arena_array(arena, list->count, sizeof *items);
	if (!wire || !items)
		return NULL;
	fupin__v1__refusal__init(wire);
	wire->more = (uint32_t)list->more;
	wire->retry_after_ms = refusal->retry_after_ms;
	wire->problems = arena_array(arena, list->count, sizeof *wire->problems);
	for (size_t i = 0; wire->problems && i < list->count; i++) {
		const struct problem *p = &list->items[i];
		char text[PROBLEM_TEXT_BYTES];
		items[i] = init;
		items[i].code = (Fupin__V1__ProblemCode)p->code;
		items[i].subject = (Fupin__V1__Subject)p->subject;
		items[i].index = p->index;
		items[i].column = (char *)(uintptr_t)p->column;
		items[i].limit = p->limit;
		items[i].actual = p->actual;
		items[i].decimals = p->decimals;
		items[i].detail = (char *)(uintptr_t)p->detail;
		items[i].text = arena_string(arena, problem_text(p, LANGUAGE_ENGLISH, text));
		if (!items[i].text)
			return NULL;
		wire->problems[wire->n_problems++] = &items[i];
	}
	return wire->n_problems ? wire : NULL;
}

static bool
take_refusal(struct arena *arena, const Fupin__V1__Refusal *wire, struct refusal *out)
{
	struct problem_list *list = arena_alloc(arena, sizeof *list);
	if (!list || !wire->n_problems)
		return false;
	for (size_t i = 0; i < wire->n_problems; i++) {
		const Fupin__V1__Problem *from = wire->problems[i];
		struct problem *p = problem_add(list, (enum problem_code)from->code,
		                                (enum problem_subject)from->subject, from->index, from->column);
		p->limit = from->limit;
		p->actual = from->actual;
		p->decimals = from->decimals;
		/* A newer centre's code: its own sentence says it. */
		const char *detail = problem_name(p->code) ? from->detail : from->text;
		problem_detail(p, "%s", detail ? detail : "");
	}
	list->more += wire->more;
	*out = (struct refusal){.problems = list, .retry_after_ms = wire->retry_after_ms};
	return true;
}

/* ---------------------------------------------------------------- the catalogue */

/* Of a unit's own scope, and above it for the names. */
static bool
in_scope(unit_code code, const void *top)
{
	return unit_within(code, *(const unit_code *)top) || unit_within(*(const unit_code *)top, code);
}

static bool
keep_unit(const void *unit, const void *top)
{
	return in_scope(((const struct unit *)unit)->code, top);
}

static bool
keep_group(const void *group, const void *top)
{
	return in_scope(((const struct unit_group *)group)->unit, top);
}

static bool
keep_target(const void *target, const void *top)
{
	return in_scope(((const struct target *)target)->unit, top);
}

/* Without what is not asked for; units, groups and targets, which go by the scope, come after it. */
static struct catalogue
part_of(const struct catalogue_answer *answer)
{
	const struct catalogue *all = answer->catalogue;
	struct catalogue part = *all;
	part.unit_count = part.group_count = part.target_count = 0;
	if (answer->query.forms)
		return part;
	return (struct catalogue){.plan = all->plan,
	                          .title_zh = all->title_zh,
	                          .title_en = all->title_en,
	                          .source = all->source,
	                          .label = all->label,
	                          .books_closed = all->books_closed,
	                          .projects_since = all->projects_since,
	                          .acceptance_due = all->acceptance_due};
}

static Fupin__V1__Catalogue *
make_catalogue(struct arena *arena, const struct catalogue_answer *answer)
{
	const struct catalogue *c = answer->catalogue, part = part_of(answer);
	Fupin__V1__Catalogue *wire = shape_make(arena, &shape_catalogue, &part);
	if (wire && answer->query.units) {
		wire->units = shape_make_all(arena, &shape_unit, c->units, c->unit_count, keep_unit, &answer->top,
		                             &wire->n_units);
		wire->groups = shape_make_all(arena, &shape_unit_group, c->groups, c->group_count, keep_group,
		                              &answer->top, &wire->n_groups);
	}
	if (wire && answer->query.forms)
		wire->targets = shape_make_all(arena, &shape_target, c->targets, c->target_count, keep_target,
		                               &answer->top, &wire->n_targets);
	return arena->exhausted ? NULL : wire;
}

bool
codec_decode_catalogue(const uint8_t *bytes, size_t size, struct catalogue *out,
                       char error[CATALOGUE_ERROR_BYTES])
{
	const Fupin__V1__Reply *reply = unpack(&out->arena, &fupin__v1__reply__descriptor, bytes, size);
	struct shaping s = {.arena = &out->arena};
	snprintf(error, CATALOGUE_ERROR_BYTES, "the centre's catalogue cannot be read");
	if (!reply || reply->body_case != FUPIN__V1__REPLY__BODY_CATALOGUE ||
	    !shape_take(&s, &shape_catalogue, reply->catalogue, out))
		return false;
	for (size_t i = 0; i < out->plan_rule_count; i++)
		out->plan_rules[i].sql = "";
	return catalogue_finish(out, error);
}

/* ---------------------------------------------------------------- replies */

bool
codec_encode_reply(struct arena *arena, const struct reply *reply, uint8_t **bytes, size_t *size)
{
	Fupin__V1__Reply wire = FUPIN__V1__REPLY__INIT;
	bool known = reply->kind > REPLY_NONE && (int)reply->kind < REPLY_KINDS;
	const struct body *body = &reply_bodies[known ? reply->kind : REPLY_NONE];
	wire.request_id = reply->request_id;
	wire.body_case = (Fupin__V1__Reply__BodyCase)body->body_case;
	if (reply->kind == REPLY_REFUSAL)
		wire.refusal = make_refusal(arena, &reply->refusal);
	else if (reply->kind == REPLY_CATALOGUE)
		wire.catalogue = make_catalogue(arena, &reply->catalogue);
	else if (body->shape)
		wire.refusal = shape_make(arena, body->shape, (const char *)reply + body->ours);
	return wire.refusal && pack(arena, &wire.base, bytes, size);
}

static enum reply_kind
kind_of_reply(const Fupin__V1__Reply *wire)
{
	for (int kind = REPLY_NONE + 1; kind < REPLY_KINDS; kind++)
		if (reply_bodies[kind].body_case == wire->body_case)
			return (enum reply_kind)kind;
	return REPLY_NONE;
}

/* What rows cannot say. */
static bool
fits_together(const Fupin__V1__Reply *wire, struct reply *out)
{
	bool good = true;
	if (out->kind == REPLY_PUSH && wire->push->compliance) {
		out->push.of_rules = true;
		out->push.unit_count = 0; /* a push of findings has no rows of totals */
	}
	for (size_t i = 0; out->kind == REPLY_TRACE && good && i < out->trace.count; i++)
		good = out->trace.steps[i].from <= i;
	return good;
}

bool
codec_decode_reply(struct arena *arena, const uint8_t *bytes, size_t size, struct reply *out)
{
	*out = (struct reply){0};
	const Fupin__V1__Reply *wire = unpack(arena, &fupin__v1__reply__descriptor, bytes, size);
	if (!wire)
		return false;
	out->request_id = wire->request_id;
	out->kind = kind_of_reply(wire);
	const struct body *body = &reply_bodies[out->kind];
	struct shaping s = {.arena = arena};
	if (out->kind == REPLY_REFUSAL)
		return take_refusal(arena, wire->refusal, &out->refusal);
	if (out->kind == REPLY_CATALOGUE)
		return true;
	return body->shape && shape_take(&s, body->shape, wire->refusal, (char *)out + body->ours) &&
	       fits_together(wire, out);
}
