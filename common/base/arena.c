#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

static const size_t block_bytes_first = 2 * 1024, block_bytes_most = 256 * 1024;

void
arena_init(struct arena *arena, size_t bytes_max)
{
	*arena = (struct arena){.bytes_max = bytes_max};
}

static struct arena_block *
block_add(struct arena *arena, size_t bytes)
{
	/* Blocks double, so that a lone report costs one small block and a catalogue few large ones. */
	size_t size = arena->blocks ? arena->blocks->size * 2 : block_bytes_first;
	if (size > block_bytes_most)
		size = block_bytes_most;
	if (size < bytes)
		size = bytes;
	struct arena_block *block = malloc(sizeof *block + size);
	if (!block)
		return NULL;
	*block = (struct arena_block){.next = arena->blocks, .size = size};
	arena->blocks = block;
	return block;
}

void *
arena_alloc(struct arena *arena, size_t bytes)
{
	const size_t align = alignof(max_align_t);
	size_t need = (bytes + align - 1) / align * align;
	struct arena_block *block = arena->blocks;
	bool fits = bytes <= arena->bytes_max - arena->bytes_used;
	if (fits && (!block || block->size - block->used < need))
		block = block_add(arena, need);
	if (!fits || !block) {
		arena->exhausted = true;
		return NULL;
	}
	void *memory = block->bytes + block->used;
	block->used += need;
	arena->bytes_used += bytes;
	return memset(memory, 0, bytes);
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return NULL;
	return arena_alloc(arena, count * size);
}

void *
arena_grow(struct arena *arena, void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	size_t more = *room ? *room * 2 : 16;
	void *copy = arena_array(arena, more, size);
	if (copy && count)
		memcpy(copy, items, count * size);
	if (copy)
		*room = more;
	return copy;
}

char *
arena_text(struct arena *arena, const char *text, size_t bytes)
{
	char *copy = arena_alloc(arena, bytes + 1);
	if (copy && bytes)
		memcpy(copy, text, bytes);
	return copy;
}

char *
arena_string(struct arena *arena, const char *text)
{
	return arena_text(arena, text, strlen(text));
}

void
arena_reset(struct arena *arena)
{
	while (arena->blocks && arena->blocks->next) {
		struct arena_block *block = arena->blocks;
		arena->blocks = block->next;
		free(block);
	}
	if (arena->blocks)
		arena->blocks->used = 0;
	arena->bytes_used = 0;
	arena->exhausted = false;
}

void
arena_free(struct arena *arena)
{
	arena_reset(arena);
	free(arena->blocks);
	arena->blocks = NULL;
}
