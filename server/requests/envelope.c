#include "envelope.h"

#include <stdlib.h>
#include <string.h>

enum { POOL_MAX = 4096 };

struct envelope *
envelope_create(struct envelope_pool *pool, const struct frame *frame)
{
	struct envelope *e = pool->first;
	if (e) {
		pool->first = e->next;
		pool->count--;
	} else {
		e = malloc(sizeof *e);
		if (!e)
			return NULL;
		arena_init(&e->arena, DECODE_BYTES_MAX);
	}
	struct arena arena = e->arena;
	*e = (struct envelope){.pool = pool, .arena = arena, .sender = frame->sender};
	memcpy(e->public_key, frame->public_key, sizeof e->public_key);
	return e;
}

void
envelope_destroy(struct envelope **envelope)
{
	struct envelope *e = *envelope;
	*envelope = NULL;
	if (!e)
		return;
	if (e->pool->count == POOL_MAX) {
		arena_free(&e->arena);
		free(e);
		return;
	}
	arena_reset(&e->arena);
	e->next = e->pool->first;
	e->pool->first = e;
	e->pool->count++;
}

void
envelope_pool_free(struct envelope_pool *pool)
{
	while (pool->first) {
		struct envelope *e = pool->first;
		pool->first = e->next;
		arena_free(&e->arena);
		free(e);
	}
	pool->count = 0;
}

void
envelope_list_init(struct envelope_list *list)
{
	*list = (struct envelope_list){0};
	list->end = &list->first;
}

void
envelope_list_put(struct envelope_list *list, struct envelope *e)
{
	e->next = NULL;
	*list->end = e;
	list->end = &e->next;
	list->count++;
	list->rows += submission_rows(&e->submission);
}

struct envelope *
envelope_list_pop(struct envelope_list *list)
{
	struct envelope *e = list->first;
	list->first = e->next;
	if (!list->first)
		list->end = &list->first;
	list->count--;
	list->rows -= submission_rows(&e->submission);
	e->next = NULL;
	return e;
}

/* Puts all of `from` in front of `list`. */
void
envelope_list_prepend(struct envelope_list *list, struct envelope_list *from)
{
	if (!from->first)
		return;
	*from->end = list->first;
	if (!list->first)
		list->end = from->end;
	list->first = from->first;
	list->count += from->count;
	list->rows += from->rows;
	envelope_list_init(from);
}

void
envelope_list_append(struct envelope_list *list, struct envelope_list *from)
{
	if (!from->first)
		return;
	*list->end = from->first;
	list->end = from->end;
	list->count += from->count;
	list->rows += from->rows;
	envelope_list_init(from);
}

void
envelope_list_free(struct envelope_list *list)
{
	while (list->first) {
		struct envelope *e = envelope_list_pop(list);
		envelope_destroy(&e);
	}
}
