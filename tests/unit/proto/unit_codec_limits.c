/* Both sides of every limit of the protocol, named by its fields and not by the rows that keep it: what is
 * just allowed is taken, what is just beyond is refused with a reason, or taken as something that is known. A
 * row that has a limit and stands in no table here fails. */
#include "case.h"
#include "made.h"

#include "codec.h"

#include <sodium.h>
#include <string.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, PATH_BYTES = 64, SEEDS = 64, ROWS_MAX = 400, SHAPES_MAX = 200 };

/* In the place of a number: the list is empty. */
static const uint32_t NOTHING = 0xffff;

enum rule {
	AT_MOST,         /* a number, bytes of a text, items: from 0 on */
	FROM_1,          /* the same, and 0 is refused */
	EXACTLY,         /* bytes: fewer, none and more are refused */
	EXACTLY_OR_NONE, /* the same, and none are taken */
	BECOMES,         /* a number beyond becomes `other` */
	NEEDED,          /* a message that has to be there */
	ITEM,            /* of a list of numbers: one beyond is refused, as 0 is */
	ITEM_0,          /* of a list of numbers: one beyond becomes 0 */
	LEFT_OUT,        /* of a list of numbers: one beyond is not taken */
};

struct limit {
	const char *path;
	enum rule rule;
	uint32_t most;
	const char *what; /* the reason, for requests and submissions */
	uint32_t other;
};

#define TOTAL_WRONG "total: no such level, or too many indicators"
#define COMPLETENESS_WRONG "completeness: no such level, or too many forms"
#define COMPLIANCE_WRONG "compliance: no such level, or too many rules or states"
#define REPORTS_WRONG "reports: too many forms or states"
#define PROJECTS_WRONG "projects: no such state, or no such code"
#define ENROL_KEY_WRONG "enrol.public_key and proof are not 32 bytes each, or none"
#define NOT_PLAIN "a text is too long, or no plain UTF-8"

static const struct limit of_requests[] = {
    {"hello.software", AT_MOST, SOFTWARE_BYTES_MAX, "hello.software is longer than 64 bytes, or not UTF-8"},
    {"total.by", AT_MOST, UNIT_VILLAGE, TOTAL_WRONG},
    {"total.indicators", AT_MOST, CATALOGUE_NUMBER_MAX, TOTAL_WRONG},
    {"total.group", AT_MOST, CODE_BYTES_MAX - 1, "total.group is no code"},
    {"status.id", EXACTLY, 16, "status.id is not 16 bytes"},
    {"compliance.by", AT_MOST, UNIT_VILLAGE, COMPLIANCE_WRONG},
    {"compliance.rules", AT_MOST, CATALOGUE_NUMBER_MAX, COMPLIANCE_WRONG},
    {"compliance.states", AT_MOST, RULE_STATES - 1, COMPLIANCE_WRONG},
    {"compliance.states", ITEM_0, RULE_STATES - 1},
    {"reports.forms", AT_MOST, CATALOGUE_NUMBER_MAX, REPORTS_WRONG},
    {"reports.states", AT_MOST, REVIEW_STATES, REPORTS_WRONG},
    {"completeness.forms", AT_MOST, CATALOGUE_NUMBER_MAX, COMPLETENESS_WRONG},
    {"completeness.by", AT_MOST, UNIT_VILLAGE, COMPLETENESS_WRONG},
    {"completeness.group", AT_MOST, CODE_BYTES_MAX - 1, "completeness.group is no code"},
    {"history.key", NEEDED, 0, "history: no key"},
    {"targets.year", BECOMES, PERIOD_LAST / 100, NULL, 0},
    {"appraisal.by", AT_MOST, UNIT_VILLAGE, "appraisal: no such level"},
    {"upload.digest", EXACTLY, 32, "upload.digest is not 32 bytes"},
    {"upload.type", BECOMES, FILE_TYPES - 1, NULL, FILE_TYPE_NONE},
    {"documents.kinds", AT_MOST, CATALOGUE_NUMBER_MAX, "documents: too many kinds"},
    {"file.key", NEEDED, 0, "file: no key"},
    {"balances.by", AT_MOST, UNIT_VILLAGE, "balances: no such level"},
    {"entries.voucher", AT_MOST, VOUCHER_BYTES_MAX, "entries.voucher is no voucher"},
    {"trace.voucher", AT_MOST, VOUCHER_BYTES_MAX, "trace.voucher is no voucher"},
    {"projects.code", AT_MOST, VOUCHER_BYTES_MAX, PROJECTS_WRONG},
    {"projects.states", ITEM, PROJECT_STATES - 1, PROJECTS_WRONG},
    {"projects.after.code", AT_MOST, VOUCHER_BYTES_MAX, PROJECTS_WRONG},
    {"watch.query", NEEDED, 0, "watch: no query, or two"},
    {"watch.compliance", NEEDED, 0, "watch: no query, or two"},
    {"enrol.secret", EXACTLY, ENROL_SECRET_BYTES, "enrol.secret is not 16 bytes"},
    {"enrol.office", AT_MOST, OFFICE_NAME_BYTES_MAX, NOT_PLAIN},
    {"enrol.host", AT_MOST, OFFICE_NAME_BYTES_MAX, NOT_PLAIN},
    {"enrol.software", AT_MOST, SOFTWARE_BYTES_MAX, NOT_PLAIN},
    {"enrol.public_key", EXACTLY, 32, ENROL_KEY_WRONG},
    {"enrol.proof", EXACTLY, 32, ENROL_KEY_WRONG},
    {"invite.secret_hash", EXACTLY, 32, "invite.secret_hash is not 32 bytes"},
    {"invite.role", BECOMES, ROLES - 1, NULL, 0},
    {"invite.name", AT_MOST, OFFICE_NAME_BYTES_MAX, NOT_PLAIN},
    {"invite.guest_key", EXACTLY_OR_NONE, 32, "invite.guest_key is not 32 bytes"},
    {"decide.action", FROM_1, OFFICE_REVOKE, "decide: no such action"},
    {"decide.office", AT_MOST, NAME_BYTES_MAX, NOT_PLAIN},
    {"decide.fingerprint", AT_MOST, OFFICE_NAME_BYTES_MAX, NOT_PLAIN},
    {"decide.reason", AT_MOST, NOTE_BYTES_MAX, NOT_PLAIN},
};

static const struct limit of_submissions[] = {
    {"targets.year", BECOMES, INT32_MAX, NULL, INT32_MAX},
    {"documents.type", BECOMES, FILE_TYPES - 1, NULL, FILE_TYPE_NONE},
    {"documents.digest", EXACTLY, 32, "a document's digest is not 32 bytes"},
    {"projects.met", AT_MOST, 32, "an acceptance has more than 32 items"},
    {"projects.plan.budgets", AT_MOST, 16, "a project has more than 16 budgets"},
};

static const struct limit of_replies[] = {
    {"welcome.role", BECOMES, ROLES - 1},
    {"receipt.id", EXACTLY, 16},
    {"receipt.digest", EXACTLY, 32},
    {"carried.id", EXACTLY_OR_NONE, 16},
    {"status.id", EXACTLY, 16},
    {"status.state", AT_MOST, SUBMISSION_COMMITTED},
    {"status.receipt", NEEDED},
    {"total.units.funds.kind", BECOMES, FUND_KINDS - 1},
    {"total.units.funds.level", BECOMES, UNIT_VILLAGE},
    {"targets.targets.target", NEEDED},
    {"targets.targets.target.fund", BECOMES, FUND_KINDS - 1},
    {"targets.targets.target.method", BECOMES, FORECAST_BY_TREND},
    {"reports.reports.state", BECOMES, REVIEW_STATES - 1},
    {"reports.reports.reason", BECOMES, RETURN_REASONS - 1},
    {"history.events.decision", BECOMES, DECISIONS - 1},
    {"history.events.reason", BECOMES, RETURN_REASONS - 1},
    {"history.events.event", BECOMES, DEADLINE_EVENTS - 1},
    {"uploaded.digest", EXACTLY, 32},
    {"documents.documents.key", NEEDED},
    {"documents.documents.type", BECOMES, FILE_TYPES - 1},
    {"documents.documents.digest", EXACTLY, 32},
    {"file.document", NEEDED},
    {"balances.units.balances.state", FROM_1, FUND_STATES - 1},
    {"entries.entries.entry", NEEDED},
    {"entries.entries.entry.kind", FROM_1, FUND_KINDS - 1},
    {"trace.steps.item", NEEDED},
    {"compliance.findings.state", BECOMES, RULE_STATES - 1},
    {"push.compliance.turns.from", BECOMES, RULE_STATES - 1},
    {"push.compliance.turns.to", BECOMES, RULE_STATES - 1},
    {"projects.items.state", FROM_1, PROJECT_STATES - 1},
    {"projects.items.steps.step", FROM_1, PROJECT_STEPS - 1},
    {"projects.items.steps.system", AT_MOST, PROJECT_SYSTEMS - 1},
    {"projects.next.code", AT_MOST, VOUCHER_BYTES_MAX},
    {"enrolment.state", BECOMES, ENROLMENT_STATES - 1},
    {"enrolment.role", BECOMES, ROLES - 1},
    {"offices.offices.role", BECOMES, ROLES - 1},
};

static const struct limit of_catalogues[] = {
    {"units.level", BECOMES, UNIT_VILLAGE},
    {"forms.level", BECOMES, UNIT_VILLAGE},
    {"targets.target", NEEDED},
    {"indicators.decimals", BECOMES, 9, NULL, UINT32_MAX},
    {"deadlines.day", BECOMES, 31},
    {"deadlines.minute", BECOMES, 24 * 60, NULL, UINT32_MAX},
    {"document_kinds.level", BECOMES, UNIT_VILLAGE},
    {"document_kinds.minute", BECOMES, 24 * 60, NULL, UINT32_MAX},
    {"rules.levels", LEFT_OUT, UNIT_VILLAGE},
    {"rules.severity", BECOMES, RULE_STATES - 1},
};

/* ---------------------------------------------------------------- messages by the names of their fields */

static struct arena arena;
static struct problem_list problems;

static void *
allocate(void *data, size_t size)
{
	(void)data;
	return arena_alloc(&arena, size);
}

static void
release(void *data, void *memory)
{
	(void)data;
	(void)memory;
}

static ProtobufCMessage *
unpack(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t size)
{
	ProtobufCAllocator allocator = {.alloc = allocate, .free = release};
	return protobuf_c_message_unpack(descriptor, &allocator, size, bytes);
}

static void
pack(const ProtobufCMessage *message, uint8_t **bytes, size_t *size)
{
	*size = protobuf_c_message_get_packed_size(message);
	*bytes = arena_alloc(&arena, *size + 1);
	assert_non_null(*bytes);
	assert_int_equal(protobuf_c_message_pack(message, *bytes), *size);
}

struct spot {
	ProtobufCMessage *message; /* NULL: there is none */
	const ProtobufCFieldDescriptor *field;
};

static void *
place(struct spot spot)
{
	return (char *)spot.message + spot.field->offset;
}

static void *
counted(struct spot spot)
{
	return (char *)spot.message + spot.field->quantifier_offset;
}

/* Where a path leads: in lists to their first item. */
static struct spot
find(ProtobufCMessage *top, const char *path)
{
	struct spot spot = {top, NULL};
	for (const char *name = path; name; name = strchr(name, '.') ? strchr(name, '.') + 1 : NULL) {
		char word[PATH_BYTES] = "";
		if (spot.field) {
			ProtobufCMessage *next, **many;
			size_t count = 1;
			memcpy(&next, place(spot), sizeof next);
			if (spot.field->label == PROTOBUF_C_LABEL_REPEATED) {
				memcpy(&count, counted(spot), sizeof count);
				memcpy(&many, place(spot), sizeof many);
				next = count ? *many : NULL;
			}
			if (!next)
				return (struct spot){NULL, NULL};
			spot.message = next;
		}
		memcpy(word, name, strcspn(name, "."));
		spot.field = protobuf_c_message_descriptor_get_field_by_name(spot.message->descriptor, word);
		EXPECT(spot.field, "%s: no such field", path);
	}
	return spot;
}

static bool
is_list(struct spot spot)
{
	return spot.field->label == PROTOBUF_C_LABEL_REPEATED;
}

/* So many items: of the message that is there, or of ones. */
static void
set_items(struct spot spot, size_t count)
{
	bool of_messages = spot.field->type == PROTOBUF_C_TYPE_MESSAGE;
	const uint32_t one = 1;
	void *first = NULL, **many;
	size_t size = of_messages ? sizeof first : sizeof one;
	char *items = arena_array(&arena, count, size);
	assert_non_null(items);
	memcpy(&many, place(spot), sizeof many);
	first = of_messages ? *many : NULL;
	for (size_t i = 0; i < count; i++)
		memcpy(items + i * size, of_messages ? (const void *)&first : (const void *)&one, size);
	memcpy(counted(spot), &count, sizeof count);
	memcpy(place(spot), &items, sizeof items);
}

/* A number, so many bytes, or so many items. */
static void
set(struct spot spot, uint32_t value)
{
	bool of_bytes = spot.field->type == PROTOBUF_C_TYPE_BYTES,
	     of_text = spot.field->type == PROTOBUF_C_TYPE_STRING;
	if (is_list(spot)) {
		set_items(spot, value);
	} else if (of_bytes || of_text) {
		char *bytes = arena_alloc(&arena, value + 1);
		ProtobufCBinaryData data = {value, (uint8_t *)bytes};
		assert_non_null(bytes);
		memset(bytes, 'x', value);
		memcpy(place(spot), of_bytes ? (const void *)&data : (const void *)&bytes,
		       of_bytes ? sizeof data : sizeof bytes);
	} else {
		memcpy(place(spot), &value, sizeof value);
	}
}

/* What set() sets; of a list of one item that item. */
static uint32_t
get(struct spot spot, bool item)
{
	uint32_t value, *items;
	size_t count;
	char *text;
	if (is_list(spot)) {
		memcpy(&count, counted(spot), sizeof count);
		memcpy(&items, place(spot), sizeof items);
		return !item ? (uint32_t)count : count ? *items : NOTHING;
	}
	if (spot.field->type == PROTOBUF_C_TYPE_BYTES) {
		memcpy(&count, place(spot), sizeof count);
		return (uint32_t)count;
	}
	if (spot.field->type == PROTOBUF_C_TYPE_STRING) {
		memcpy(&text, place(spot), sizeof text);
		return (uint32_t)strlen(text);
	}
	memcpy(&value, place(spot), sizeof value);
	return value;
}

/* A list of one number. */
static void
set_item(struct spot spot, uint32_t value)
{
	uint32_t *item;
	set_items(spot, 1);
	memcpy(&item, place(spot), sizeof item);
	*item = value;
}

/* ---------------------------------------------------------------- four frames */

struct frame {
	/* One with as much as there can be. */
	ProtobufCMessage *(*make)(struct maker *maker, const char *path);
	/* Decoded and encoded again. NULL: refused. */
	ProtobufCMessage *(*pass)(const uint8_t *bytes, size_t size);
};

/* Does the body that these rows are of hold what the path begins with? */
static bool
is_body(const ProtobufCMessageDescriptor *wire, const struct body *body, const char *path)
{
	char word[PATH_BYTES] = "";
	memcpy(word, path, strcspn(path, "."));
	return body->shape && protobuf_c_message_descriptor_get_field_by_name(wire, word)->id == body->body_case;
}

static ProtobufCMessage *
make_request(struct maker *maker, const char *path)
{
	struct request request = {.id = 1};
	uint8_t *bytes;
	size_t size;
	bool rules = !strcmp(path, "watch.compliance");
	for (int kind = REQUEST_NONE + 1; !request.kind && kind < REQUEST_KINDS; kind++)
		if (is_body(&fupin__v1__request__descriptor, &request_bodies[kind], path))
			request.kind = rules ? REQUEST_WATCH_COMPLIANCE : (enum request_kind)kind;
	made_request(maker, &request);
	assert_true(codec_encode_request(&arena, &request, &bytes, &size));
	return unpack(&fupin__v1__request__descriptor, bytes, size);
}

static ProtobufCMessage *
pass_request(const uint8_t *bytes, size_t size)
{
	struct request out;
	uint8_t *again;
	size_t again_size;
	if (!codec_decode_request(&arena, bytes, size, &out, &problems))
		return NULL;
	assert_true(codec_encode_request(&arena, &out, &again, &again_size));
	return unpack(&fupin__v1__request__descriptor, again, again_size);
}

static ProtobufCMessage *
make_submission(struct maker *maker, const char *path)
{
	struct submission s = {.voided = false};
	uint8_t *bytes;
	size_t size;
	(void)path;
	made_submission(maker, &s);
	assert_true(codec_encode_submission(&arena, &s, &bytes, &size));
	return unpack(&fupin__v1__submission__descriptor, bytes, size);
}

static ProtobufCMessage *
pass_submission(const uint8_t *bytes, size_t size)
{
	struct submission out;
	uint8_t *again;
	size_t again_size;
	if (!codec_decode_submission(&arena, bytes, size, &out, &problems))
		return NULL;
	assert_true(codec_encode_submission(&arena, &out, &again, &again_size));
	return unpack(&fupin__v1__submission__descriptor, again, again_size);
}

static ProtobufCMessage *
make_reply(struct maker *maker, const char *path)
{
	struct reply reply = {.request_id = 1};
	uint8_t *bytes;
	size_t size;
	for (int kind = REPLY_NONE + 1; !reply.kind && kind < REPLY_KINDS; kind++)
		if (is_body(&fupin__v1__reply__descriptor, &reply_bodies[kind], path))
			reply.kind = (enum reply_kind)kind;
	made_reply(maker, &reply);
	assert_true(codec_encode_reply(&arena, &reply, &bytes, &size));
	return unpack(&fupin__v1__reply__descriptor, bytes, size);
}

static ProtobufCMessage *
pass_reply(const uint8_t *bytes, size_t size)
{
	struct reply out;
	uint8_t *again;
	size_t again_size;
	if (!codec_decode_reply(&arena, bytes, size, &out))
		return NULL;
	assert_true(codec_encode_reply(&arena, &out, &again, &again_size));
	return unpack(&fupin__v1__reply__descriptor, again, again_size);
}

static ProtobufCMessage *
make_catalogue(struct maker *maker, const char *path)
{
	struct catalogue c = {.unit_count = 0};
	(void)path;
	made_fill(maker, &shape_catalogue, &c);
	return shape_make(&arena, &shape_catalogue, &c);
}

static ProtobufCMessage *
pass_catalogue(const uint8_t *bytes, size_t size)
{
	struct catalogue out = {.unit_count = 0};
	struct shaping shaping = {.arena = &arena, .strict = true};
	const ProtobufCMessage *wire = unpack(&fupin__v1__catalogue__descriptor, bytes, size);
	if (!wire || !shape_take(&shaping, &shape_catalogue, wire, &out))
		return NULL;
	return shape_make(&arena, &shape_catalogue, &out);
}

/* ---------------------------------------------------------------- rows that a table has */

static const ProtobufCFieldDescriptor *tried[ROWS_MAX];
static size_t tried_count;

static bool
is_tried(const ProtobufCFieldDescriptor *field)
{
	size_t i = 0;
	while (i < tried_count && tried[i] != field)
		i++;
	return i < tried_count;
}

/* ---------------------------------------------------------------- the tables */

/* A message, and the place in it. */
struct made_message {
	ProtobufCMessage *top;
	struct spot spot;
};

static struct made_message
make(const struct frame *frame, const char *path)
{
	struct made_message made = {NULL, {NULL, NULL}};
	for (uint64_t seed = 0; !made.spot.message && seed < SEEDS; seed++) {
		struct maker maker = {.arena = &arena, .dice = {seed}, .how = MADE_MOST};
		arena_reset(&arena);
		made.top = frame->make(&maker, path);
		assert_non_null(made.top);
		made.spot = find(made.top, path);
	}
	EXPECT(made.spot.message, "%s: no message has it", path);
	return made;
}

/* What comes of that value there: the place in what is encoded again, or none. */
static struct spot
try(const struct frame *frame, const struct limit *limit, uint32_t value)
{
	struct made_message made = make(frame, limit->path);
	uint8_t *bytes;
	size_t size;
	if (limit->rule == NEEDED)
		memset(place(made.spot), 0, sizeof(void *));
	else if (limit->rule >= ITEM)
		set_item(made.spot, value);
	else
		set(made.spot, value);
	pack(made.top, &bytes, &size);
	problem_list_init(&problems);
	ProtobufCMessage *again = frame->pass(bytes, size);
	return again ? find(again, limit->path) : (struct spot){NULL, NULL};
}

static void
expect_taken(const struct frame *frame, const struct limit *limit, uint32_t value, uint32_t becomes)
{
	struct spot spot = try(frame, limit, value);
	EXPECT(spot.message, "%s: %u is refused: %s", limit->path, value,
	       problems.count ? problems.items[0].detail : "it is no reply");
	uint32_t found = get(spot, limit->rule >= ITEM);
	EXPECT(found == becomes, "%s: %u became %u", limit->path, value, found);
}

static void
expect_refused(const struct frame *frame, const struct limit *limit, uint32_t value)
{
	struct spot spot = try(frame, limit, value);
	EXPECT(!spot.message, "%s: %u is taken", limit->path, value);
	EXPECT(!limit->what || (problems.count == 1 && problems.items[0].code == PROBLEM_MALFORMED &&
	                        !strcmp(problems.items[0].detail, limit->what)),
	       "%s: %u: %s", limit->path, value, problems.items[0].detail);
}

static void
look(const struct frame *frame, const struct limit *limit)
{
	enum rule rule = limit->rule;
	bool of_items = rule == ITEM_0 || rule == LEFT_OUT;
	assert_true(tried_count < ROWS_MAX);
	tried[tried_count++] = make(frame, limit->path).spot.field;
	if (rule == NEEDED) {
		expect_refused(frame, limit, 0);
		return;
	}
	expect_taken(frame, limit, limit->most, limit->most);
	if (rule == BECOMES || of_items)
		expect_taken(frame, limit, limit->most + 1, rule == LEFT_OUT ? NOTHING : limit->other);
	else
		expect_refused(frame, limit, limit->most + 1);
	if (rule == FROM_1 || rule == EXACTLY || rule == ITEM)
		expect_refused(frame, limit, 0);
	if (rule == AT_MOST || rule == EXACTLY_OR_NONE)
		expect_taken(frame, limit, 0, 0);
	if (rule == EXACTLY || rule == EXACTLY_OR_NONE)
		expect_refused(frame, limit, limit->most - 1);
}

static void
test_requests(void **state)
{
	static const struct frame frame = {make_request, pass_request};
	(void)state;
	for (size_t i = 0; i < COUNT(of_requests); i++) {
		EXPECT(of_requests[i].what || of_requests[i].rule >= BECOMES, "%s: no reason", of_requests[i].path);
		look(&frame, &of_requests[i]);
	}
}

static void
test_submissions(void **state)
{
	static const struct frame frame = {make_submission, pass_submission};
	(void)state;
	for (size_t i = 0; i < COUNT(of_submissions); i++)
		look(&frame, &of_submissions[i]);
}

static void
test_replies(void **state)
{
	static const struct frame frame = {make_reply, pass_reply};
	(void)state;
	for (size_t i = 0; i < COUNT(of_replies); i++)
		look(&frame, &of_replies[i]);
}

static void
test_catalogues(void **state)
{
	static const struct frame frame = {make_catalogue, pass_catalogue};
	(void)state;
	for (size_t i = 0; i < COUNT(of_catalogues); i++)
		look(&frame, &of_catalogues[i]);
}

/* ---------------------------------------------------------------- all of them */

static const struct shape *gathered[SHAPES_MAX];
static size_t gathered_count;

/* Codec.c itself looks at a submission's id. Arrays that go together: reply_total_fewer_values and its like.
 */
static bool
has_limit(const struct shape *shape, const struct field *f)
{
	bool enums = f->kind == FIELD_ENUM || f->kind == FIELD_SMALL || f->kind == FIELD_MASK;
	return shape != &shape_submission && (enums || f->limit || f->kind == FIELD_KEY || f->flags & REQUIRED);
}

static void
expect_tried(const struct shape *shape)
{
	for (size_t i = 0; i < gathered_count; i++)
		if (gathered[i] == shape)
			return;
	assert_true(gathered_count < SHAPES_MAX);
	gathered[gathered_count++] = shape;
	for (const struct field *f = shape->fields; f < shape->fields + shape->count; f++) {
		const ProtobufCFieldDescriptor *wire = shape->wire->fields;
		while (wire->offset != f->wire)
			wire++;
		EXPECT(!has_limit(shape, f) || is_tried(wire), "%s.%s has a limit, and stands in no table",
		       shape->wire->name, wire->name);
		if (f->shape)
			expect_tried(f->shape);
	}
}

static void
test_no_limit_is_left_out(void **state)
{
	(void)state;
	for (int kind = 0; kind < REQUEST_KINDS; kind++)
		if (request_bodies[kind].shape)
			expect_tried(request_bodies[kind].shape);
	for (int kind = 0; kind < REPLY_KINDS; kind++)
		if (reply_bodies[kind].shape)
			expect_tried(reply_bodies[kind].shape);
	expect_tried(&shape_submission);
	expect_tried(&shape_catalogue);
}

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, ARENA_BYTES);
	return sodium_init() < 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests),
	    cmocka_unit_test(test_submissions),
	    cmocka_unit_test(test_replies),
	    cmocka_unit_test(test_catalogues),
	    cmocka_unit_test(test_no_limit_is_left_out), /* the last one: of all before */
	};
	return cmocka_run_group_tests(tests, begin, end);
}
