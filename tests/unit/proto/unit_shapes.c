/* The rows of shapes_….c beside the generated descriptors: every field of every message has its row, of its
 * kind, in its place; and no two rows of a shape fill the same bytes of ours. */
#include "case.h"

#include "shapes.h"

#include <string.h>

enum { SHAPES_MAX = 200 };

static const struct shape *seen[SHAPES_MAX];
static size_t seen_count;

/* All that can be reached from a shape, each once. */
static void
gather(const struct shape *shape)
{
	for (size_t i = 0; i < seen_count; i++)
		if (seen[i] == shape)
			return;
	assert_true(seen_count < SHAPES_MAX);
	seen[seen_count++] = shape;
	for (size_t i = 0; i < shape->count; i++)
		if (shape->fields[i].shape)
			gather(shape->fields[i].shape);
}

static int
gather_all(void **state)
{
	(void)state;
	for (int kind = 0; kind < REQUEST_KINDS; kind++)
		if (request_bodies[kind].shape)
			gather(request_bodies[kind].shape);
	for (int kind = 0; kind < REPLY_KINDS; kind++)
		if (reply_bodies[kind].shape)
			gather(reply_bodies[kind].shape);
	gather(&shape_submission);
	gather(&shape_catalogue);
	return 0;
}

static const ProtobufCFieldDescriptor *
field_at(const ProtobufCMessageDescriptor *message, size_t offset)
{
	for (unsigned i = 0; i < message->n_fields; i++)
		if (message->fields[i].offset == offset)
			return &message->fields[i];
	return NULL;
}

/* Bytes of a number on the wire's struct; 0: it is none. */
static size_t
number_size(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_ENUM:
		return 4;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_UINT64:
		return 8;
	default:
		return 0;
	}
}

static bool
kinds_fit(const struct field *f, const ProtobufCFieldDescriptor *wire)
{
	bool repeated = wire->label == PROTOBUF_C_LABEL_REPEATED;
	switch (f->kind) {
	case FIELD_NUMBER:
		return !repeated && number_size(wire->type) == f->size;
	case FIELD_FLAG:
		return !repeated && wire->type == PROTOBUF_C_TYPE_BOOL;
	case FIELD_SMALL:
		return !repeated && wire->type == PROTOBUF_C_TYPE_UINT32;
	case FIELD_ENUM:
		return !repeated && wire->type == PROTOBUF_C_TYPE_ENUM;
	case FIELD_TEXT:
		return !repeated && wire->type == PROTOBUF_C_TYPE_STRING;
	case FIELD_MESSAGE:
		return !repeated && wire->type == PROTOBUF_C_TYPE_MESSAGE && wire->descriptor == f->shape->wire;
	case FIELD_MESSAGES:
		return repeated && wire->type == PROTOBUF_C_TYPE_MESSAGE && wire->descriptor == f->shape->wire;
	case FIELD_ARRAY:
		return repeated && number_size(wire->type) == f->size &&
		       (!f->otherwise || wire->type == PROTOBUF_C_TYPE_ENUM);
	case FIELD_MASK:
		return repeated && wire->type == PROTOBUF_C_TYPE_ENUM;
	case FIELD_HOOK:
		return repeated;
	default:
		return !repeated && wire->type == PROTOBUF_C_TYPE_BYTES;
	}
}

static void
test_every_field_has_its_row(void **state)
{
	size_t fields = 0;
	(void)state;
	for (size_t i = 0; i < seen_count; i++) {
		const struct shape *shape = seen[i];
		/* A plan's target says only what is to be reached. */
		bool planned =
		    shape->wire == &fupin__v1__target_value__descriptor && shape->size == sizeof(struct target);
		fields += shape->count;
		EXPECT(shape->count == shape->wire->n_fields || (planned && shape->count == 4),
		       "%s: %zu rows for %u fields", shape->wire->name, shape->count, shape->wire->n_fields);
		for (size_t at = 0; at < shape->count; at++) {
			const struct field *f = &shape->fields[at];
			const ProtobufCFieldDescriptor *wire = field_at(shape->wire, f->wire);
			EXPECT(wire, "%s, row %zu: no field lies there", shape->wire->name, at);
			if (!wire)
				continue;
			EXPECT(kinds_fit(f, wire), "%s.%s", shape->wire->name, wire->name);
			EXPECT(wire->label != PROTOBUF_C_LABEL_REPEATED || wire->quantifier_offset == f->wire_count,
			       "%s.%s: another count", shape->wire->name, wire->name);
			for (size_t other = 0; other < at; other++)
				EXPECT(shape->fields[other].wire != f->wire, "%s.%s has two rows", shape->wire->name,
				       wire->name);
		}
	}
	assert_true(seen_count > 90 && fields > 450);
}

/* Bytes of ours that a row fills; 0: its parts do. */
static size_t
bytes_of(const struct field *f)
{
	switch (f->kind) {
	case FIELD_NUMBER:
	case FIELD_SMALL:
	case FIELD_ENUM:
	case FIELD_MASK:
		return f->size;
	case FIELD_FLAG:
		return sizeof(bool);
	case FIELD_CODE:
	case FIELD_BLOB:
		return f->limit;
	case FIELD_MESSAGE:
		return f->ours ? f->shape->size : 0;
	case FIELD_HOOK:
		return 0;
	case FIELD_KEY:
		return 1;
	default:
		return sizeof(void *);
	}
}

static void
test_rows_fill_different_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < seen_count; i++)
		for (size_t a = 0; a < seen[i]->count; a++)
			for (size_t b = 0; b < a; b++) {
				const struct field *x = &seen[i]->fields[a], *y = &seen[i]->fields[b];
				bool apart = x->ours + bytes_of(x) <= y->ours || y->ours + bytes_of(y) <= x->ours;
				/* Of the two queries of a watch one is there. */
				bool either = x->when_size && y->when_size;
				EXPECT(apart || either, "%s: rows %zu and %zu", seen[i]->wire->name, a, b);
			}
}

/* Each member of the two oneofs has its body. */
static void
test_bodies(void **state)
{
	(void)state;
	const ProtobufCMessageDescriptor *const wires[] = {&fupin__v1__request__descriptor,
	                                                   &fupin__v1__reply__descriptor};
	for (size_t w = 0; w < COUNT(wires); w++)
		for (unsigned i = 0; i < wires[w]->n_fields; i++) {
			const ProtobufCFieldDescriptor *wire = &wires[w]->fields[i];
			const struct body *bodies = w ? reply_bodies : request_bodies, *found = NULL;
			size_t count = w ? (size_t)REPLY_KINDS : (size_t)REQUEST_KINDS;
			if (wire->type != PROTOBUF_C_TYPE_MESSAGE)
				continue;
			for (size_t kind = 0; kind < count; kind++)
				if (bodies[kind].body_case == wire->id)
					found = &bodies[kind];
			EXPECT(found, "%s has no body", wire->name);
			EXPECT(!found || !found->shape || found->shape->wire == wire->descriptor,
			       "%s is of another shape", wire->name);
		}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_field_has_its_row),
	                                          cmocka_unit_test(test_rows_fill_different_bytes),
	                                          cmocka_unit_test(test_bodies)};
	return cmocka_run_group_tests(tests, gather_all, NULL);
}
