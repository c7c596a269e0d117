#include "base/utf8.h"
#include "codec_internal.h"

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

ProtobufCAllocator
codec_allocator(struct arena *arena)
{
	return (ProtobufCAllocator){.alloc = allocate, .free = release, .allocator_data = arena};
}

bool
codec_pack(struct arena *arena, const ProtobufCMessage *message, uint8_t **bytes, size_t *size)
{
	size_t need = protobuf_c_message_get_packed_size(message);
	uint8_t *buffer = arena_alloc(arena, need ? need : 1);
	if (!buffer)
		return false;
	*size = protobuf_c_message_pack(message, buffer);
	*bytes = buffer;
	return true;
}

const char *
codec_string(const char *text)
{
	return text ? text : "";
}

ProtobufCBinaryData
codec_binary(const void *bytes, size_t size)
{
	return (ProtobufCBinaryData){.len = size, .data = (uint8_t *)(uintptr_t)bytes};
}

bool
codec_digest_from_wire(const ProtobufCBinaryData *bytes, struct digest *out)
{
	if (bytes->len != DIGEST_BYTES)
		return false;
	memcpy(out->bytes, bytes->data, DIGEST_BYTES);
	return true;
}

char *
codec_text(const char *text)
{
	return (char *)(uintptr_t)codec_string(text);
}

ProtobufCBinaryData
codec_bytes(const char *text)
{
	return (ProtobufCBinaryData){.len = strlen(text), .data = (uint8_t *)(uintptr_t)text};
}

void *
codec_pointers(struct arena *arena, size_t count, const void *init, size_t size, void **first)
{
	unsigned char *items = arena_array(arena, count, size);
	void **pointers = arena_array(arena, count, sizeof *pointers);
	/* Items that were not begun are none: who looks at them alone must not take them for good. */
	*first = pointers ? items : NULL;
	if (!items || !pointers || !count)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		pointers[i] = items + i * size;
		memcpy(pointers[i], init, size);
	}
	return pointers;
}

const char *
codec_take_text(struct arena *arena, const ProtobufCBinaryData *bytes)
{
	char *text = arena_text(arena, (const char *)bytes->data, bytes->len);
	for (size_t i = 0; text && i < bytes->len; i++)
		if (!text[i])
			text[i] = 1;
	return text;
}

bool
codec_take_code(const ProtobufCBinaryData *bytes, char *out, size_t room)
{
	const char *text = (const char *)bytes->data;
	if (bytes->len >= room || (bytes->len && (memchr(text, 0, bytes->len) || !utf8_valid(text, bytes->len))))
		return false;
	if (bytes->len)
		memcpy(out, text, bytes->len);
	out[bytes->len] = 0;
	return true;
}
