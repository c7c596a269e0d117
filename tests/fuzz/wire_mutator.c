#include "wire_mutator.h"

#include "../unit/lib/dice.h"
#include "frames.h"
#include "fupin.pb-c.h"

#include <stdbool.h>
#include <string.h>

enum { FIELDS_MAX = 256, FRAMES_MAX = 64, DEPTH_MAX = 6, CHANGED_BYTES = 64 * 1024 };
enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_LENGTH = 2, WIRE_FIXED32 = 5 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static struct dice dice;

/* ---------------------------------------------------------------- writing */

/* What is written until there is no room; then it is `full`, and nothing of it counts. */
struct out {
	uint8_t *bytes;
	size_t size, room;
	bool full;
};

static void
put(struct out *out, const void *bytes, size_t size)
{
	out->full = out->full || size > out->room - out->size;
	if (out->full)
		return;
	if (size)
		memcpy(out->bytes + out->size, bytes, size);
	out->size += size;
}

static void
put_varint(struct out *out, uint64_t number)
{
	do {
		uint8_t byte = (uint8_t)((number & 0x7F) | (number > 0x7F ? 0x80 : 0));
		put(out, &byte, 1);
		number >>= 7;
	} while (number);
}

static void
put_length(struct out *out, uint32_t number, const void *bytes, size_t size)
{
	put_varint(out, (uint64_t)number << 3 | WIRE_LENGTH);
	put_varint(out, size);
	put(out, bytes, size);
}

/* ---------------------------------------------------------------- values */

/* What means something in the small plan, and what lies at the edges of numbers. */
static uint64_t
some_number(void)
{
	static const uint64_t numbers[] = {0,
	                                   1,
	                                   2,
	                                   3,
	                                   4,
	                                   5,
	                                   6,
	                                   7,
	                                   8,
	                                   9,
	                                   10,
	                                   91,
	                                   100,
	                                   22,
	                                   2208,
	                                   2224,
	                                   220821,
	                                   220881,
	                                   222401,
	                                   220821103,
	                                   220881101,
	                                   220821103204,
	                                   220821103205,
	                                   220881101201,
	                                   220881101202,
	                                   201301,
	                                   201303,
	                                   201304,
	                                   201306,
	                                   201307,
	                                   201312,
	                                   201401,
	                                   2013,
	                                   20130415,
	                                   20130101,
	                                   20131231,
	                                   5000,
	                                   300000,
	                                   1000000,
	                                   INT64_C(1367600000000000),
	                                   1380000000,
	                                   4102444800,
	                                   INT32_MAX,
	                                   UINT32_MAX,
	                                   INT64_MAX,
	                                   UINT64_MAX,
	                                   (uint64_t)1 << 62,
	                                   (uint64_t)1 << 63};
	switch (dice_pick(&dice, 8)) {
	case 0:
		return dice_next(&dice) >> dice_pick(&dice, 64);
	case 1:
		return dice_pick(&dice, 256);
	default:
		return numbers[dice_pick(&dice, sizeof numbers / sizeof *numbers)];
	}
}

static size_t
some_bytes(uint8_t out[64])
{
	static const char *const texts[] = {"",           "P-1",           "P-2",     "C-1",
	                                    "C-2",        "V-1",           "R-1",     "R-1@220881101201",
	                                    "key-county", "border-county", "paper",   "\xE5\x90\x89",
	                                    "\xFF",       "220821",        "plan.pdf"};
	size_t pick = dice_pick(&dice, 20), size = pick < 17 ? 16 : 32;
	if (pick < sizeof texts / sizeof *texts) {
		size = strlen(texts[pick]);
		memcpy(out, texts[pick], size);
		return size;
	}
	/* An id of a submission, or a digest. */
	memset(out, (int)dice_pick(&dice, 4), size);
	out[6] = 0x70;
	out[8] = 0x80;
	return size;
}

static int
wire_of(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return WIRE_FIXED32;
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return WIRE_FIXED64;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return WIRE_LENGTH;
	default:
		return WIRE_VARINT;
	}
}

/* The message inside a field; NULL: there is none. A submission travels as bytes. */
static const ProtobufCMessageDescriptor *
message_of(const ProtobufCFieldDescriptor *field)
{
	if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		return field->descriptor;
	return field->type == PROTOBUF_C_TYPE_BYTES && !strcmp(field->name, "submission")
	           ? &fupin__v1__submission__descriptor
	           : NULL;
}

static void
put_some_number(struct out *out, ProtobufCType type)
{
	uint64_t number = some_number();
	int wire = wire_of(type);
	if (type == PROTOBUF_C_TYPE_ENUM && dice_pick(&dice, 4))
		number = dice_pick(&dice, 12);
	if ((type == PROTOBUF_C_TYPE_SINT32 || type == PROTOBUF_C_TYPE_SINT64) && dice_pick(&dice, 4))
		number *= 2; /* zigzag: the number itself */
	if (wire == WIRE_VARINT)
		put_varint(out, number);
	else
		put(out, &number, wire == WIRE_FIXED64 ? 8 : 4);
}

/* A field with some value: a message has a few fields itself. */
static void
put_some(struct out *out, const ProtobufCFieldDescriptor *field, int depth)
{
	uint8_t inside[1024];
	struct out in = {inside, 0, sizeof inside, false};
	const ProtobufCMessageDescriptor *message = message_of(field);
	bool packed = field->flags & PROTOBUF_C_FIELD_FLAG_PACKED;
	if (message) {
		for (size_t n = depth < DEPTH_MAX ? dice_pick(&dice, message->n_fields + 1) : 0; n; n--)
			put_some(&in, &message->fields[dice_pick(&dice, message->n_fields)], depth + 1);
	} else if (wire_of(field->type) == WIRE_LENGTH) {
		in.size = some_bytes(inside);
	} else if (packed) {
		for (size_t n = dice_pick(&dice, 5); n; n--)
			put_some_number(&in, field->type);
	} else {
		put_varint(out, (uint64_t)field->id << 3 | (unsigned)wire_of(field->type));
		put_some_number(out, field->type);
		return;
	}
	put_length(out, field->id, inside, in.full ? 0 : in.size);
}

/* ---------------------------------------------------------------- fields of a message */

struct field {
	uint32_t number;
	int wire;
	size_t at, value, end; /* of the tag, of the value (behind a length) */
};

static bool
take_varint(const uint8_t *bytes, size_t size, size_t *at, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; *at < size && shift < 64; shift += 7) {
		uint8_t byte = bytes[(*at)++];
		*out |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static bool
take_field(const uint8_t *bytes, size_t size, size_t *at, struct field *out)
{
	uint64_t tag, length = 0;
	out->at = *at;
	if (!take_varint(bytes, size, at, &tag))
		return false;
	out->number = (uint32_t)(tag >> 3);
	out->wire = (int)(tag & 7);
	out->value = *at;
	if (out->wire == WIRE_LENGTH) {
		if (!take_varint(bytes, size, at, &length))
			return false;
		out->value = *at;
	} else if (out->wire == WIRE_VARINT) {
		return take_varint(bytes, size, at, &length) && (out->end = *at);
	} else if (out->wire != WIRE_FIXED32 && out->wire != WIRE_FIXED64) {
		return false;
	} else {
		length = out->wire == WIRE_FIXED64 ? 8 : 4;
	}
	if (length > size - *at)
		return false;
	*at += length;
	out->end = *at;
	return true;
}

static void change_message(const ProtobufCMessageDescriptor *message, const uint8_t *bytes, size_t size,
                           struct out *out, int depth);

/* The field again, with something inside it changed. */
static void
change_inside(const ProtobufCFieldDescriptor *field, const uint8_t *bytes, const struct field *f,
              struct out *out, int depth)
{
	static uint8_t rooms[DEPTH_MAX + 1][CHANGED_BYTES];
	struct out in = {rooms[depth], 0, CHANGED_BYTES, false};
	const ProtobufCMessageDescriptor *message = message_of(field);
	size_t size = f->end - f->value;
	if (message && depth < DEPTH_MAX) {
		change_message(message, bytes + f->value, size, &in, depth + 1);
	} else if (size < 4096) {
		put(&in, bytes + f->value, size);
		in.size = LLVMFuzzerMutate(in.bytes, size, size + 16);
	}
	if (!in.full)
		put_length(out, f->number, in.bytes, in.size);
	out->full = out->full || in.full;
}

static void
change_field(const ProtobufCMessageDescriptor *message, const uint8_t *bytes, const struct field *f,
             struct out *out, int depth)
{
	const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(message, f->number);
	size_t how = dice_pick(&dice, 16);
	if (field && message_of(field) && how < 13) {
		change_inside(field, bytes, f, out, depth);
		return;
	}
	if (how < 2)
		return; /* left out */
	if (how < 4 || !field) {
		put(out, bytes + f->at, f->end - f->at); /* twice */
		put(out, bytes + f->at, f->end - f->at);
	} else if (how < 7 && f->wire == WIRE_LENGTH) {
		change_inside(field, bytes, f, out, depth);
	} else {
		put_some(out, field, depth);
	}
}

static void
change_message(const ProtobufCMessageDescriptor *message, const uint8_t *bytes, size_t size, struct out *out,
               int depth)
{
	struct field fields[FIELDS_MAX];
	size_t count = 0, at = 0;
	while (at < size && count < FIELDS_MAX && take_field(bytes, size, &at, &fields[count]))
		count++;
	if (!count || !dice_pick(&dice, 8)) {
		put(out, bytes, size);
		if (message->n_fields)
			put_some(out, &message->fields[dice_pick(&dice, message->n_fields)], depth);
		return;
	}
	const struct field *f = &fields[dice_pick(&dice, count)];
	put(out, bytes, f->at);
	change_field(message, bytes, f, out, depth);
	put(out, bytes + f->end, size - f->end);
}

/* ---------------------------------------------------------------- frames */

static void
put_frame(struct out *out, const struct one_frame *frame)
{
	const uint8_t head[FRAME_HEAD_BYTES] = {frame->what, (uint8_t)frame->size, (uint8_t)(frame->size >> 8)};
	out->full = out->full || frame->size > FRAME_LENGTH_MAX;
	put(out, head, sizeof head);
	put(out, frame->bytes, frame->size);
}

static void
put_changed(struct out *out, const struct one_frame *frame)
{
	static uint8_t room[CHANGED_BYTES];
	struct out in = {room, 0, sizeof room, false};
	change_message(wire_form.message, frame->bytes, frame->size, &in, 0);
	const struct one_frame changed = {frame->what, room, in.size};
	out->full = out->full || in.full;
	put_frame(out, &changed);
}

/* One frame is changed, said by another office, doubled (and changed), moved or left out. */
static void
change_frames(const struct one_frame *frames, size_t count, struct out *out)
{
	size_t chosen = dice_pick(&dice, count), how = dice_pick(&dice, 16), from = chosen;
	if (how == 0)
		from = dice_pick(&dice, count);
	for (size_t i = 0; i < count; i++) {
		struct one_frame frame = frames[i];
		if (i != chosen) {
			put_frame(out, &frame);
			continue;
		}
		if (how == 1)
			continue;
		if (how == 0 || how == 2)
			put_frame(out, &frames[from]);
		if (how == 3)
			frame.what = (uint8_t)dice_next(&dice);
		if (how == 2 || how > 3)
			put_changed(out, &frame);
		else
			put_frame(out, &frame);
	}
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static uint8_t room[4 * CHANGED_BYTES];
	struct one_frame list[FRAMES_MAX];
	size_t count = 0, head = wire_form.head_bytes;
	dice.state = seed;
	struct frames frames = {data + head, size > head ? size - head : 0};
	while (count < FRAMES_MAX && frames_next(&frames, &list[count]))
		count++;
	/* Now and then anything may change. */
	if (!count || !dice_pick(&dice, 8))
		return LLVMFuzzerMutate(data, size, max_size);
	struct out out = {room, 0, max_size < sizeof room ? max_size : sizeof room, false};
	put(&out, data, head);
	change_frames(list, count, &out);
	if (out.full || !out.size)
		return LLVMFuzzerMutate(data, size, max_size);
	memcpy(data, room, out.size);
	return out.size;
}
