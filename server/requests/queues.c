#include "queues.h"

#include "base/bounds.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct queue {
	UT_hash_handle hh;
	struct queue *before, *after; /* in the ring */
	struct envelope *first, **end;
	size_t count, given;
	uint64_t batch; /* that `given` is of */
	char office[];  /* its name */
};

static struct queue *
find(const struct queues *queues, const struct office *office)
{
	struct queue *queue = NULL;
	HASH_FIND_STR(queues->by_office, office->name, queue);
	return queue;
}

/* A queue is never removed: there are no more queues than offices. */
struct queue *
queues_of(struct queues *queues, const struct office *office)
{
	struct queue *queue = find(queues, office);
	if (queue)
		return queue;
	size_t size = strlen(office->name) + 1;
	queue = calloc(1, sizeof *queue + size);
	if (!queue)
		return NULL;
	memcpy(queue->office, office->name, size);
	queue->end = &queue->first;
	HASH_ADD_STR(queues->by_office, office, queue);
	return queue;
}

void
queues_free(struct queues *queues)
{
	struct queue *queue, *next;
	HASH_ITER (hh, queues->by_office, queue, next) {
		HASH_DEL(queues->by_office, queue);
		while (queue->first) {
			struct envelope *e = queue->first;
			queue->first = e->next;
			envelope_destroy(&e);
		}
		free(queue);
	}
	*queues = (struct queues){0};
}

static size_t
bytes_of(const struct envelope *e)
{
	size_t payload = e->request.kind == REQUEST_SUBMIT ? e->request.submit.size : 0;
	return sizeof *e + e->arena.bytes_used + payload;
}

bool
queues_have_room(const struct queues *queues, const struct queue *queue, const struct envelope *e)
{
	return queues->count < QUEUE_SUBMISSIONS_MAX && queues->bytes + bytes_of(e) <= QUEUE_BYTES_MAX &&
	       queue->count < QUEUE_OFFICE_MAX;
}

/* The last turn in the ring. */
static void
ring_add(struct queues *queues, struct queue *queue)
{
	struct queue *current = queues->current;
	if (current) {
		queue->before = current->before;
		queue->after = current;
		queue->before->after = queue;
		current->before = queue;
	} else {
		queues->current = queue->before = queue->after = queue;
	}
	queues->active++;
}

static void
ring_remove(struct queues *queues, struct queue *queue)
{
	queue->before->after = queue->after;
	queue->after->before = queue->before;
	queues->current = queue->after == queue ? NULL : queue->after;
	queues->active--;
}

void
queues_put(struct queues *queues, struct queue *queue, struct envelope *e)
{
	e->next = NULL;
	*queue->end = e;
	queue->end = &e->next;
	if (!queue->count++)
		ring_add(queues, queue);
	queues->count++;
	queues->bytes += bytes_of(e);
	queues->rows += submission_rows(&e->submission);
}

struct envelope *
queues_first(const struct queues *queues)
{
	return queues->current ? queues->current->first : NULL;
}

struct envelope *
queues_pop(struct queues *queues)
{
	struct queue *queue = queues->current;
	struct envelope *e = queue->first;
	queue->first = e->next;
	if (!queue->first)
		queue->end = &queue->first;
	queues->count--;
	queues->bytes -= bytes_of(e);
	queues->rows -= submission_rows(&e->submission);
	if (!--queue->count)
		ring_remove(queues, queue);
	e->next = NULL;
	return e;
}

void
queues_turn(struct queues *queues)
{
	queues->current = queues->current->after;
}

size_t
queues_share(const struct queues *queues)
{
	size_t rows = queues->active * QUEUE_ROWS_PER_OFFICE;
	return rows < QUEUE_ROWS_FEW ? QUEUE_ROWS_FEW : rows < QUEUE_ROWS ? rows : QUEUE_ROWS;
}

size_t
queues_given(const struct queues *queues, uint64_t batch)
{
	return queues->current->batch == batch ? queues->current->given : 0;
}

void
queues_give(struct queues *queues, uint64_t batch, size_t rows)
{
	struct queue *queue = queues->current;
	queue->given = rows + queues_given(queues, batch);
	queue->batch = batch;
}

bool
queues_hold(const struct queues *queues, const struct office *office, const struct submission_id *id)
{
	const struct queue *queue = find(queues, office);
	for (const struct envelope *e = queue ? queue->first : NULL; e; e = e->next)
		if (submission_id_equal(&e->submission.id, id))
			return true;
	return false;
}

struct envelope *
queues_next(struct queues *queues)
{
	const struct queue *queue = queues->current;
	struct envelope *e = queue ? queues_pop(queues) : NULL;
	if (queue && queues->current == queue)
		queues_turn(queues);
	return e;
}

size_t
queues_waiting(const struct queue *queue)
{
	return queue->count;
}
