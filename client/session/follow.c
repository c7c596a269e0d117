#include "follow.h"

#include <string.h>

void
follow_init(struct follow *f)
{
	*f = (struct follow){0};
	for (int i = 0; i < 2; i++)
		arena_init(&f->arenas[i], ANSWER_BYTES_MAX * 4UL);
}

void
follow_free(struct follow *f)
{
	for (int i = 0; i < 2; i++)
		arena_free(&f->arenas[i]);
}

static bool
copy_list(struct arena *arena, const void *from, size_t count, size_t size, void *out)
{
	void *copy = arena_array(arena, count, size);
	if (copy && count)
		memcpy(copy, from, count * size);
	memcpy(out, &copy, sizeof copy);
	return copy;
}

static bool
copy_unit(struct arena *arena, const struct unit_total *from, struct unit_total *to)
{
	*to = *from;
	return copy_list(arena, from->indicators, from->indicator_count, sizeof *from->indicators,
	                 &to->indicators) &&
	       copy_list(arena, from->values, from->indicator_count, sizeof *from->values, &to->values) &&
	       copy_list(arena, from->reported, from->indicator_count, sizeof *from->reported, &to->reported) &&
	       copy_list(arena, from->approved, from->indicator_count, sizeof *from->approved, &to->approved) &&
	       copy_list(arena, from->approved_reported, from->indicator_count, sizeof *from->approved_reported,
	                 &to->approved_reported) &&
	       copy_list(arena, from->funds, from->fund_count, sizeof *from->funds, &to->funds) &&
	       copy_list(arena, from->targets, from->target_count, sizeof *from->targets, &to->targets);
}

static const struct unit_total *
find_unit(const struct push *push, unit_code unit)
{
	for (size_t i = 0; push && i < push->unit_count; i++)
		if (push->units[i].unit == unit)
			return &push->units[i];
	return NULL;
}

/* A new state in the other arena: `from` with the push's rows (NULL: none) in place of its own. */
static bool
renew(struct follow *f, const struct total_answer *from, const struct push *push)
{
	int other = !f->present;
	struct arena *arena = &f->arenas[other];
	struct total_answer next = *from;
	arena_reset(arena);
	next.label = arena_string(arena, from->label);
	next.units = arena_array(arena, from->unit_count, sizeof *next.units);
	bool good = next.label && next.units;
	for (size_t i = 0; good && i < from->unit_count; i++) {
		const struct unit_total *changed = find_unit(push, from->units[i].unit);
		good = copy_unit(arena, changed ? changed : &from->units[i], &next.units[i]);
	}
	if (!good)
		return false;
	f->state = next;
	f->present = other;
	return true;
}

bool
follow_begin(struct follow *f, const struct total_answer *answer)
{
	return renew(f, answer, NULL);
}

enum follow_result
follow_push(struct follow *f, const struct push *push)
{
	if (push->since_seq > f->state.as_of.seq)
		return FOLLOW_GAP;
	if (push->as_of.seq < f->state.as_of.seq)
		return FOLLOW_MOVED; /* older than what we hold: an answer overtook it */
	if (push->unit_count && !renew(f, &f->state, push))
		return FOLLOW_NO_MEMORY;
	f->state.as_of = push->as_of;
	return FOLLOW_MOVED;
}
