#include "lanes.h"

#include "base/bounds.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct lane {
	UT_hash_handle hh;
	struct lane *before, *after; /* in the ring */
	struct envelope *first, **end;
	size_t count, given;
	uint64_t batch; /* that `given` is of */
	char office[];  /* its name */
};

static struct lane *
find(const struct lanes *lanes, const struct office *office)
{
	struct lane *lane = NULL;
	HASH_FIND_STR(lanes->by_office, office->name, lane);
	return lane;
}

/* A lane is never removed: there are no more lanes than offices. */
struct lane *
lanes_lane(struct lanes *lanes, const struct office *office)
{
	struct lane *lane = find(lanes, office);
	if (lane)
		return lane;
	size_t size = strlen(office->name) + 1;
	lane = calloc(1, sizeof *lane + size);
	if (!lane)
		return NULL;
	memcpy(lane->office, office->name, size);
	lane->end = &lane->first;
	HASH_ADD_STR(lanes->by_office, office, lane);
	return lane;
}

void
lanes_free(struct lanes *lanes)
{
	struct lane *lane, *next;
	HASH_ITER (hh, lanes->by_office, lane, next) {
		HASH_DEL(lanes->by_office, lane);
		while (lane->first) {
			struct envelope *e = lane->first;
			lane->first = e->next;
			envelope_destroy(&e);
		}
		free(lane);
	}
	*lanes = (struct lanes){0};
}

static size_t
bytes_of(const struct envelope *e)
{
	size_t payload = e->request.kind == REQUEST_SUBMIT ? e->request.submit.size : 0;
	return sizeof *e + e->arena.bytes_used + payload;
}

bool
lanes_have_room(const struct lanes *lanes, const struct lane *lane, const struct envelope *e)
{
	return lanes->count < QUEUE_SUBMISSIONS_MAX && lanes->bytes + bytes_of(e) <= QUEUE_BYTES_MAX &&
	       lane->count < QUEUE_OFFICE_MAX;
}

/* The last turn in the ring. */
static void
ring_add(struct lanes *lanes, struct lane *lane)
{
	struct lane *current = lanes->current;
	if (current) {
		lane->before = current->before;
		lane->after = current;
		lane->before->after = lane;
		current->before = lane;
	} else {
		lanes->current = lane->before = lane->after = lane;
	}
	lanes->active++;
}

static void
ring_remove(struct lanes *lanes, struct lane *lane)
{
	lane->before->after = lane->after;
	lane->after->before = lane->before;
	lanes->current = lane->after == lane ? NULL : lane->after;
	lanes->active--;
}

void
lanes_put(struct lanes *lanes, struct lane *lane, struct envelope *e)
{
	e->next = NULL;
	*lane->end = e;
	lane->end = &e->next;
	if (!lane->count++)
		ring_add(lanes, lane);
	lanes->count++;
	lanes->bytes += bytes_of(e);
	lanes->rows += submission_rows(&e->submission);
}

struct envelope *
lanes_first(const struct lanes *lanes)
{
	return lanes->current ? lanes->current->first : NULL;
}

struct envelope *
lanes_pop(struct lanes *lanes)
{
	struct lane *lane = lanes->current;
	struct envelope *e = lane->first;
	lane->first = e->next;
	if (!lane->first)
		lane->end = &lane->first;
	lanes->count--;
	lanes->bytes -= bytes_of(e);
	lanes->rows -= submission_rows(&e->submission);
	if (!--lane->count)
		ring_remove(lanes, lane);
	e->next = NULL;
	return e;
}

void
lanes_turn(struct lanes *lanes)
{
	lanes->current = lanes->current->after;
}

size_t
lanes_share(const struct lanes *lanes)
{
	size_t rows = lanes->active * LANE_ROWS_PER_OFFICE;
	return rows < LANE_ROWS_FEW ? LANE_ROWS_FEW : rows < LANE_ROWS ? rows : LANE_ROWS;
}

size_t
lanes_given(const struct lanes *lanes, uint64_t batch)
{
	return lanes->current->batch == batch ? lanes->current->given : 0;
}

void
lanes_give(struct lanes *lanes, uint64_t batch, size_t rows)
{
	struct lane *lane = lanes->current;
	lane->given = rows + lanes_given(lanes, batch);
	lane->batch = batch;
}

bool
lanes_hold(const struct lanes *lanes, const struct office *office, const struct submission_id *id)
{
	const struct lane *lane = find(lanes, office);
	for (const struct envelope *e = lane ? lane->first : NULL; e; e = e->next)
		if (submission_id_equal(&e->submission.id, id))
			return true;
	return false;
}

struct envelope *
lanes_next(struct lanes *lanes)
{
	const struct lane *lane = lanes->current;
	struct envelope *e = lane ? lanes_pop(lanes) : NULL;
	if (lane && lanes->current == lane)
		lanes_turn(lanes);
	return e;
}

size_t
lanes_waiting(const struct lane *lane)
{
	return lane->count;
}
