/* There and back: every message that has rows, with values for each of its fields, is encoded, decoded and
 * the same again; and no field of the protocol is left out. What is refused is in unit_codec and
 * unit_codec_limits. */
#include "case.h"
#include "made.h"
#include "squeeze.h"

#include "codec.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { ROUNDS = 60, MOST_ROUNDS = 6, BYTES_MAX = 64 * 1024 * 1024, MESSAGES_MAX = 200 };

static struct arena own, frame, read;
static struct problem_list problems;

static void
reset(void)
{
	arena_reset(&own);
	arena_reset(&frame);
	arena_reset(&read);
	problem_list_init(&problems);
}

/* The first round is the least, some are the most, the others what chance gives. */
static struct maker
maker_of(int kind, int round)
{
	return (struct maker){.arena = &own,
	                      .dice = {(uint64_t)kind << 32 | (uint64_t)round},
	                      .how = !round                 ? MADE_LEAST
	                             : round <= MOST_ROUNDS ? MADE_MOST
	                                                    : MADE_ANY};
}

/* ---------------------------------------------------------------- what has been on the wire */

/* A message of the protocol, and which of its fields have had a value. */
static struct seen {
	const ProtobufCMessageDescriptor *message;
	uint64_t fields;
} seen[MESSAGES_MAX];

static struct seen *
seen_of(const ProtobufCMessageDescriptor *message)
{
	struct seen *s = seen;
	while (s < seen + MESSAGES_MAX && s->message && s->message != message)
		s++;
	assert_true(s < seen + MESSAGES_MAX && message->n_fields <= 64);
	s->message = message;
	return s;
}

static bool
has_value(const ProtobufCFieldDescriptor *f, const char *at)
{
	uint64_t wide;
	uint32_t narrow;
	const char *pointer;
	size_t length;
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_UINT64:
		memcpy(&wide, at, sizeof wide);
		return wide;
	case PROTOBUF_C_TYPE_STRING:
		memcpy(&pointer, at, sizeof pointer);
		return *pointer;
	case PROTOBUF_C_TYPE_BYTES:
		memcpy(&length, at, sizeof length);
		return length;
	default:
		memcpy(&narrow, at, sizeof narrow);
		return narrow;
	}
}

static void
look_at(const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	struct seen *s = seen_of(descriptor);
	for (unsigned i = 0; i < descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &descriptor->fields[i];
		const char *at = (const char *)message + f->offset,
		           *counted = (const char *)message + f->quantifier_offset;
		ProtobufCMessage *one = NULL, **many = &one;
		uint32_t body;
		size_t count = 1;
		bool there;
		memcpy(&body, counted, sizeof body);
		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			memcpy(&count, counted, sizeof count);
			memcpy(&many, at, sizeof many);
			there = count;
		} else if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF && body != f->id) {
			there = false;
		} else if (f->type == PROTOBUF_C_TYPE_MESSAGE) {
			memcpy(&one, at, sizeof one);
			there = one;
		} else {
			there = has_value(f, at);
		}
		s->fields |= there ? UINT64_C(1) << i : 0;
		for (size_t k = 0; there && f->type == PROTOBUF_C_TYPE_MESSAGE && k < count; k++)
			look_at(many[k]);
	}
}

static void
look_at_bytes(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t size)
{
	ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, NULL, size, bytes);
	assert_non_null(message);
	look_at(message);
	protobuf_c_message_free_unpacked(message, NULL);
}

static void
expect_seen(const ProtobufCMessageDescriptor *message)
{
	bool known = false;
	for (const struct seen *s = seen; s < seen + MESSAGES_MAX && s->message; s++)
		known = known || s->message == message;
	struct seen *s = seen_of(message);
	EXPECT(known, "%s was never on the wire", message->name);
	for (unsigned i = 0; i < message->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &message->fields[i];
		bool of_codec =
		    f->type == PROTOBUF_C_TYPE_MESSAGE && f->descriptor == &fupin__v1__refusal__descriptor;
		if (of_codec ||
		    (message == &fupin__v1__reply__descriptor && f->descriptor == &fupin__v1__catalogue__descriptor))
			continue; /* without rows: unit_codec */
		EXPECT(s->fields & UINT64_C(1) << i, "%s.%s was never on the wire", message->name, f->name);
		if (f->type == PROTOBUF_C_TYPE_MESSAGE)
			expect_seen(f->descriptor);
	}
}

static void
test_no_field_is_left_out(void **state)
{
	(void)state;
	expect_seen(&fupin__v1__request__descriptor);
	expect_seen(&fupin__v1__reply__descriptor);
	expect_seen(&fupin__v1__submission__descriptor);
	expect_seen(&fupin__v1__catalogue__descriptor);
}

/* ---------------------------------------------------------------- requests */

static void
request_there_and_back(enum request_kind kind, int round)
{
	const struct body *body = &request_bodies[kind];
	struct maker maker = maker_of((int)kind, round);
	struct request out, request = {.id = dice_next(&maker.dice), .kind = kind};
	uint8_t *bytes, *again;
	size_t size, again_size;
	reset();
	made_request(&maker, &request);
	EXPECT(codec_encode_request(&frame, &request, &bytes, &size), "kind %d, round %d", (int)kind, round);
	EXPECT(size <= FRAME_BYTES_MAX, "kind %d: %zu bytes", (int)kind, size);
	EXPECT(codec_decode_request(&read, bytes, size, &out, &problems), "kind %d, round %d: %s", (int)kind,
	       round, problems.items[0].detail);
	EXPECT(out.id == request.id && out.kind == kind, "kind %d", (int)kind);
	EXPECT(made_same(body->shape, (char *)&request + body->ours, (char *)&out + body->ours),
	       "kind %d, round %d", (int)kind, round);
	assert_true(codec_encode_request(&frame, &out, &again, &again_size));
	EXPECT(size == again_size && !memcmp(bytes, again, size), "kind %d, round %d: other bytes", (int)kind,
	       round);
	look_at_bytes(&fupin__v1__request__descriptor, bytes, size);
	if (maker.how == MADE_LEAST || round == MOST_ROUNDS)
		squeeze_request(&request);
}

static void
test_requests(void **state)
{
	(void)state;
	for (int kind = REQUEST_NONE + 1; kind < REQUEST_KINDS; kind++) {
		EXPECT(request_bodies[kind].shape, "kind %d", kind);
		for (int round = 0; round < ROUNDS; round++)
			request_there_and_back((enum request_kind)kind, round);
	}
}

/* ---------------------------------------------------------------- submissions */

static void
test_submissions(void **state)
{
	(void)state;
	for (int round = 0; round < 4 * ROUNDS; round++) {
		struct maker maker = maker_of(0, round);
		struct submission out, s = {.voided = false};
		uint8_t *bytes, *again;
		size_t size, again_size;
		reset();
		made_submission(&maker, &s);
		assert_true(codec_encode_submission(&frame, &s, &bytes, &size));
		EXPECT(codec_decode_submission(&read, bytes, size, &out, &problems), "round %d: %s", round,
		       problems.items[0].detail);
		EXPECT(made_same(&shape_submission, &s, &out), "round %d", round);
		/* The same content gives the same bytes: digests of content rely on it. */
		assert_true(codec_encode_submission(&frame, &out, &again, &again_size));
		EXPECT(size == again_size && !memcmp(bytes, again, size), "round %d: other bytes", round);
		look_at_bytes(&fupin__v1__submission__descriptor, bytes, size);
		if (maker.how != MADE_ANY)
			squeeze_submission(&s);
	}
}

/* ---------------------------------------------------------------- replies */

static void
reply_there_and_back(int kind, int round)
{
	const struct body *body = &reply_bodies[kind];
	struct maker maker = maker_of(kind, round);
	struct reply out, reply = {.request_id = dice_next(&maker.dice), .kind = (enum reply_kind)kind};
	uint8_t *bytes, *again;
	size_t size, again_size;
	reset();
	made_reply(&maker, &reply);
	EXPECT(codec_encode_reply(&frame, &reply, &bytes, &size), "kind %d, round %d", kind, round);
	EXPECT(codec_decode_reply(&read, bytes, size, &out), "kind %d, round %d", kind, round);
	EXPECT(out.request_id == reply.request_id && out.kind == reply.kind, "kind %d", kind);
	EXPECT(kind != REPLY_PUSH || out.push.of_rules == reply.push.of_rules, "round %d", round);
	EXPECT(made_same(body->shape, (char *)&reply + body->ours, (char *)&out + body->ours),
	       "kind %d, round %d", kind, round);
	assert_true(codec_encode_reply(&frame, &out, &again, &again_size));
	EXPECT(size == again_size && !memcmp(bytes, again, size), "kind %d, round %d: other bytes", kind, round);
	look_at_bytes(&fupin__v1__reply__descriptor, bytes, size);
	if (maker.how == MADE_LEAST || round == MOST_ROUNDS)
		squeeze_reply(&reply);
}

static void
test_replies(void **state)
{
	(void)state;
	for (int kind = REPLY_NONE + 1; kind < REPLY_KINDS; kind++)
		for (int round = 0; reply_bodies[kind].shape && round < ROUNDS; round++)
			reply_there_and_back(kind, round);
}

/* ---------------------------------------------------------------- catalogues */

/* Its rows alone, of a plan that means nothing: unit_codec has one that does. */
static void
test_catalogues(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct maker maker = maker_of(0, round);
		struct catalogue c = {.unit_count = 0}, out = {.unit_count = 0};
		struct shaping shaping = {.arena = &read, .strict = true};
		reset();
		made_fill(&maker, &shape_catalogue, &c);
		ProtobufCMessage *wire = shape_make(&frame, &shape_catalogue, &c), *back;
		assert_non_null(wire);
		size_t size = protobuf_c_message_get_packed_size(wire);
		uint8_t *bytes = arena_alloc(&frame, size + 1);
		assert_non_null(bytes);
		assert_int_equal(protobuf_c_message_pack(wire, bytes), size);
		back = protobuf_c_message_unpack(&fupin__v1__catalogue__descriptor, NULL, size, bytes);
		EXPECT(back && shape_take(&shaping, &shape_catalogue, back, &out), "round %d", round);
		EXPECT(made_same(&shape_catalogue, &c, &out), "round %d", round);
		look_at(back);
		protobuf_c_message_free_unpacked(back, NULL);
	}
}

static int
begin(void **state)
{
	(void)state;
	arena_init(&own, BYTES_MAX);
	arena_init(&frame, BYTES_MAX);
	arena_init(&read, BYTES_MAX);
	return sodium_init() < 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&own);
	arena_free(&frame);
	arena_free(&read);
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
	    cmocka_unit_test(test_no_field_is_left_out), /* the last one: of all before */
	};
	return cmocka_run_group_tests(tests, begin, end);
}
