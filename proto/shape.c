/* The engine: rows of fields, walked in both directions. */
#include "shape.h"

#include "base/utf8.h"
#include "keys/key_text.h"

#include <string.h>

const struct field shape_no_fields[1] = {{0}};

static const void *
at(const void *base, size_t offset)
{
	return (const char *)base + offset;
}

static void *
place(void *base, size_t offset)
{
	return (char *)base + offset;
}

static uint64_t
number_at(const void *base, size_t offset, size_t size)
{
	uint64_t wide = 0;
	uint32_t narrow = 0;
	uint8_t byte = 0;
	if (size == sizeof wide)
		memcpy(&wide, at(base, offset), sizeof wide);
	else if (size == sizeof narrow)
		memcpy(&narrow, at(base, offset), sizeof narrow);
	else
		memcpy(&byte, at(base, offset), sizeof byte);
	return wide | narrow | byte;
}

static void
set_number(void *base, size_t offset, size_t size, uint64_t value)
{
	uint32_t narrow = (uint32_t)value;
	uint8_t byte = (uint8_t)value;
	if (size == sizeof value)
		memcpy(place(base, offset), &value, sizeof value);
	else if (size == sizeof narrow)
		memcpy(place(base, offset), &narrow, sizeof narrow);
	else
		memcpy(place(base, offset), &byte, sizeof byte);
}

static const void *
pointer_at(const void *base, size_t offset)
{
	const void *pointer;
	memcpy(&pointer, at(base, offset), sizeof pointer);
	return pointer;
}

static void
set_pointer(void *base, size_t offset, const void *pointer)
{
	memcpy(place(base, offset), &pointer, sizeof pointer);
}

static bool
holds(const struct field *f, const void *ours)
{
	if (!f->when_size)
		return true;
	uint64_t found = number_at(ours, f->when, f->when_size);
	return f->is < 0 ? found != 0 : found == (uint64_t)f->is;
}

static bool
is_zero(const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;
	while (size && !*byte) {
		byte++;
		size--;
	}
	return !size;
}

/* Of messages that may be absent: numbers and codes alone. */
static bool
is_nothing(const struct shape *shape, const void *ours)
{
	bool nothing = true;
	for (const struct field *f = shape->fields; nothing && f < shape->fields + shape->count; f++)
		nothing = is_zero(at(ours, f->ours), f->kind == FIELD_NUMBER ? f->size : 1);
	return nothing;
}

/* ---------------------------------------------------------------- ours to the wire */

static bool
put_key(struct arena *arena, const char *key, ProtobufCBinaryData *out)
{
	uint8_t *bytes = *key ? arena_alloc(arena, KEY_BYTES) : NULL;
	if (*key && (!bytes || !key_decode(key, bytes)))
		return false;
	*out = (ProtobufCBinaryData){*key ? KEY_BYTES : 0, bytes};
	return true;
}

static bool
put_bytes(struct arena *arena, const struct field *f, const void *ours, void *wire)
{
	ProtobufCBinaryData bytes = {0, NULL};
	const void *from = at(ours, f->ours);
	if (!holds(f, ours))
		return true;
	if (f->kind == FIELD_KEY) {
		if (!put_key(arena, from, &bytes))
			return false;
	} else if (f->kind == FIELD_BLOB) {
		bytes.len = f->flags & OPTIONAL && is_zero(from, f->limit) ? 0 : f->limit;
	} else if (f->kind == FIELD_RAW) {
		bytes.len = (size_t)number_at(ours, f->ours_count, f->count_size);
		from = pointer_at(ours, f->ours);
	} else {
		from = f->kind == FIELD_CODE ? from : pointer_at(ours, f->ours);
		from = from ? from : "";
		bytes.len = strlen(from);
	}
	if (f->kind != FIELD_KEY)
		bytes.data = (uint8_t *)(uintptr_t)from;
	memcpy(place(wire, f->wire), &bytes, sizeof bytes);
	return true;
}

static bool
put_message(struct arena *arena, const struct field *f, const void *ours, void *wire)
{
	const void *from = at(ours, f->ours);
	if (!holds(f, ours) || (f->flags & OPTIONAL && is_nothing(f->shape, from)))
		return true;
	void *message = shape_make(arena, f->shape, from);
	set_pointer(wire, f->wire, message);
	return message;
}

static bool
put_messages(struct arena *arena, const struct field *f, const void *ours, void *wire)
{
	size_t kept, count = (size_t)number_at(ours, f->ours_count, f->count_size);
	void *messages = shape_make_all(arena, f->shape, pointer_at(ours, f->ours), count, NULL, NULL, &kept);
	set_number(wire, f->wire_count, sizeof kept, kept);
	set_pointer(wire, f->wire, messages);
	return messages || !count;
}

static bool
put_mask(struct arena *arena, const struct field *f, const void *ours, void *wire)
{
	uint64_t mask = number_at(ours, f->ours, f->size);
	uint32_t *states = arena_array(arena, f->limit, sizeof *states);
	size_t count = 0;
	for (uint32_t i = 1; states && i < f->limit; i++)
		if (mask & UINT64_C(1) << i)
			states[count++] = i;
	set_number(wire, f->wire_count, sizeof count, count);
	set_pointer(wire, f->wire, states);
	return states;
}

static bool
put_field(struct arena *arena, const struct field *f, const void *ours, void *wire)
{
	switch (f->kind) {
	case FIELD_NUMBER:
	case FIELD_SMALL:
	case FIELD_ENUM:
		set_number(wire, f->wire, f->size, number_at(ours, f->ours, f->size));
		return true;
	case FIELD_FLAG:
		set_number(wire, f->wire, sizeof(protobuf_c_boolean), number_at(ours, f->ours, 1));
		return true;
	case FIELD_TEXT: {
		const char *text = pointer_at(ours, f->ours);
		set_pointer(wire, f->wire, text ? text : "");
		return true;
	}
	case FIELD_MESSAGE:
		return put_message(arena, f, ours, wire);
	case FIELD_MESSAGES:
		return put_messages(arena, f, ours, wire);
	case FIELD_ARRAY:
		set_number(wire, f->wire_count, sizeof(size_t), number_at(ours, f->ours_count, f->count_size));
		set_pointer(wire, f->wire, pointer_at(ours, f->ours));
		return true;
	case FIELD_MASK:
		return put_mask(arena, f, ours, wire);
	case FIELD_HOOK:
		return f->put(arena, ours, wire);
	default:
		return put_bytes(arena, f, ours, wire);
	}
}

bool
shape_put(struct arena *arena, const struct shape *shape, const void *ours, void *wire)
{
	bool good = true;
	for (const struct field *f = shape->fields; good && f < shape->fields + shape->count; f++)
		good = put_field(arena, f, ours, wire);
	return good;
}

void *
shape_make(struct arena *arena, const struct shape *shape, const void *ours)
{
	ProtobufCMessage *message = arena_alloc(arena, shape->wire->sizeof_message);
	if (!message)
		return NULL;
	shape->wire->message_init(message);
	return shape_put(arena, shape, ours, message) ? message : NULL;
}

void *
shape_make_all(struct arena *arena, const struct shape *shape, const void *items, size_t count,
               bool (*keep)(const void *item, const void *context), const void *context, size_t *kept)
{
	size_t size = shape->wire->sizeof_message, wanted = 0;
	*kept = 0;
	for (size_t i = 0; keep && i < count; i++)
		wanted += keep(at(items, i * shape->size), context);
	wanted = keep ? wanted : count;
	char *messages = arena_array(arena, wanted, size);
	void **pointers = arena_array(arena, wanted, sizeof *pointers);
	if (!messages || !pointers || !wanted)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const void *item = at(items, i * shape->size);
		if (keep && !keep(item, context))
			continue;
		void *message = messages + *kept * size;
		shape->wire->message_init(message);
		if (!shape_put(arena, shape, item, message))
			return NULL;
		pointers[(*kept)++] = message;
	}
	return pointers;
}

/* ---------------------------------------------------------------- the wire to ours */

static bool
wrong(struct shaping *s, const struct field *f)
{
	s->what = f->what;
	return false;
}

static bool
take_enum(struct shaping *s, const struct field *f, const void *wire, void *ours)
{
	uint64_t number = number_at(wire, f->wire, f->size);
	bool good = number < f->limit && (number || f->flags & ZERO);
	if (!good && f->flags & STRICT)
		return wrong(s, f);
	set_number(ours, f->ours, f->size, good ? number : 0);
	return true;
}

static bool
take_string(struct shaping *s, const struct field *f, const ProtobufCBinaryData *bytes, void *ours)
{
	if (f->kind == FIELD_PLAIN && bytes->len > f->limit)
		return wrong(s, f);
	char *text = bytes->len ? arena_text(s->arena, (const char *)bytes->data, bytes->len) : NULL;
	for (size_t i = 0; text && i < bytes->len; i++)
		if (!text[i])
			text[i] = 1;
	if (text && f->kind == FIELD_PLAIN && !utf8_is_plain(text))
		return wrong(s, f);
	set_pointer(ours, f->ours, bytes->len ? text : "");
	return text || !bytes->len;
}

static bool
is_code(const ProtobufCBinaryData *bytes, size_t room)
{
	const char *text = (const char *)bytes->data;
	return bytes->len < room &&
	       (!bytes->len || (!memchr(text, 0, bytes->len) && utf8_valid(text, bytes->len)));
}

static bool
take_bytes(struct shaping *s, const struct field *f, const void *wire, void *ours)
{
	const ProtobufCBinaryData *bytes = at(wire, f->wire);
	char *to = place(ours, f->ours);
	switch (f->kind) {
	case FIELD_CODE:
		if (!is_code(bytes, f->limit))
			return wrong(s, f);
		if (bytes->len)
			memcpy(to, bytes->data, bytes->len);
		to[bytes->len] = 0;
		return true;
	case FIELD_BLOB:
		if (!holds(f, ours))
			return true;
		if (bytes->len != f->limit && (bytes->len || !(f->flags & OPTIONAL)))
			return wrong(s, f);
		if (bytes->len)
			memcpy(to, bytes->data, bytes->len);
		return true;
	case FIELD_KEY:
		if (bytes->len && bytes->len != KEY_BYTES)
			return wrong(s, f);
		*to = 0;
		if (bytes->len)
			key_encode(bytes->data, to);
		return true;
	case FIELD_RAW:
		set_pointer(ours, f->ours, bytes->data);
		set_number(ours, f->ours_count, f->count_size, bytes->len);
		return true;
	default:
		return take_string(s, f, bytes, ours);
	}
}

static bool
take_text(struct shaping *s, const struct field *f, const void *wire, void *ours)
{
	const char *text = pointer_at(wire, f->wire);
	size_t size = f->limit && text ? strlen(text) : 0;
	if (f->limit && (size > f->limit || (size && !utf8_valid(text, size))))
		return wrong(s, f);
	set_pointer(ours, f->ours, text ? text : "");
	return true;
}

/* What a message that is absent leaves: texts are never NULL. */
static void
set_texts(const struct shape *shape, void *ours)
{
	for (const struct field *f = shape->fields; f < shape->fields + shape->count; f++)
		if (f->kind == FIELD_TEXT || f->kind == FIELD_STRING || f->kind == FIELD_PLAIN)
			set_pointer(ours, f->ours, "");
}

static bool
take_message(struct shaping *s, const struct field *f, const void *wire, void *ours)
{
	const void *message = pointer_at(wire, f->wire);
	if (f->flags & REQUIRED && !holds(f, ours))
		return true;
	if (!message && f->flags & REQUIRED)
		return wrong(s, f);
	if (message)
		return shape_take(s, f->shape, message, place(ours, f->ours));
	set_texts(f->shape, place(ours, f->ours));
	return true;
}

static bool
take_messages(struct shaping *s, const struct field *f, const void *wire, void *ours)
{
	const void *const *messages = pointer_at(wire, f->wire);
	size_t count = (size_t)number_at(wire, f->wire_count, sizeof count);
	if (f->limit && count > f->limit)
		return wrong(s, f);
	char *items = arena_array(s->arena, count, f->shape->size);
	set_pointer(ours, f->ours, items);
	set_number(ours, f->ours_count, f->count_size, count);
	bool good = items;
	for (size_t i = 0; good && i < count; i++)
		good = shape_take(s, f->shape, messages[i], items + i * f->shape->size);
	return good;
}

static bool
take_array(struct shaping *s, const struct field *f, const void *wire, void *ours)
{
	const void *items = pointer_at(wire, f->wire);
	size_t count = (size_t)number_at(wire, f->wire_count, sizeof count);
	if (f->flags & SAME) {
		size_t wanted = (size_t)number_at(ours, f->ours_count, f->count_size);
		if (!count && wanted && f->flags & OR_NONE) {
			items = arena_array(s->arena, wanted, f->size);
			set_pointer(ours, f->ours, items);
			return items;
		}
		if (count != wanted)
			return wrong(s, f);
	}
	if (f->limit && count > f->limit)
		return wrong(s, f);
	/* protobuf-c's array, which nobody else has. */
	uint32_t *enums = f->otherwise ? (uint32_t *)(uintptr_t)items : NULL;
	for (size_t i = 0; enums && i < count; i++)
		enums[i] = enums[i] < (uint32_t)f->otherwise ? enums[i] : 0;
	set_pointer(ours, f->ours, items);
	set_number(ours, f->ours_count, f->count_size, count);
	return true;
}

static bool
take_mask(struct shaping *s, const struct field *f, const void *wire, void *ours)
{
	const uint32_t *states = pointer_at(wire, f->wire);
	size_t count = (size_t)number_at(wire, f->wire_count, sizeof count);
	uint32_t mask = 0;
	for (size_t i = 0; i < count; i++) {
		bool known = states[i] && states[i] < f->limit;
		if (!known && f->flags & STRICT)
			return wrong(s, f);
		mask |= known ? 1U << states[i] : 0;
	}
	set_number(ours, f->ours, f->size, mask);
	return true;
}

static bool
take_field(struct shaping *s, const struct field *f, const void *wire, void *ours)
{
	switch (f->kind) {
	case FIELD_NUMBER:
		set_number(ours, f->ours, f->size, number_at(wire, f->wire, f->size));
		return true;
	case FIELD_FLAG: {
		bool flag = number_at(wire, f->wire, sizeof(protobuf_c_boolean));
		memcpy(place(ours, f->ours), &flag, sizeof flag);
		return true;
	}
	case FIELD_SMALL: {
		uint64_t number = number_at(wire, f->wire, f->size);
		set_number(ours, f->ours, f->size, number <= f->limit ? number : (uint64_t)(int64_t)f->otherwise);
		return true;
	}
	case FIELD_ENUM:
		return take_enum(s, f, wire, ours);
	case FIELD_TEXT:
		return take_text(s, f, wire, ours);
	case FIELD_MESSAGE:
		return take_message(s, f, wire, ours);
	case FIELD_MESSAGES:
		return take_messages(s, f, wire, ours);
	case FIELD_ARRAY:
		return take_array(s, f, wire, ours);
	case FIELD_MASK:
		return take_mask(s, f, wire, ours);
	case FIELD_HOOK:
		return f->take(s, wire, ours);
	default:
		return take_bytes(s, f, wire, ours);
	}
}

bool
shape_take(struct shaping *s, const struct shape *shape, const void *wire, void *ours)
{
	const ProtobufCMessage *message = wire;
	if (s->strict && message->n_unknown_fields) {
		s->unknown = true;
		return false;
	}
	s->what = shape->check ? shape->check(wire) : NULL;
	bool good = !s->what;
	for (const struct field *f = shape->fields; good && f < shape->fields + shape->count; f++)
		good = take_field(s, f, wire, ours);
	return good;
}
