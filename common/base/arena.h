/* Bump allocation: everything that one request or one catalogue needs, freed at once. */
#ifndef FUPIN_COMMON_ARENA_H
#define FUPIN_COMMON_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t bytes_used, bytes_max;
	bool exhausted; /* an allocation was refused since the last reset */
};

/* An empty arena that hands out at most `bytes_max` bytes. Nothing is allocated yet. */
void arena_init(struct arena *arena, size_t bytes_max);

/* Zeroed memory, aligned for any type; NULL when the arena's cap or the machine's memory is
 * reached. The arena owns it. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* As arena_alloc for `count` elements, overflow-safe. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Room for one element more in an array of `count`, which lies in the arena: doubled (into a copy) when
 * `*room` is used up. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *room, size_t size);

/* A copy of `bytes` bytes of text with a final NUL. */
char *arena_text(struct arena *arena, const char *text, size_t bytes);
char *arena_string(struct arena *arena, const char *text);

/* Forgets all content but keeps one block for reuse. */
void arena_reset(struct arena *arena);
/* Frees everything; may be called twice. */
void arena_free(struct arena *arena);

#endif
