#include "extensions.h"

#include <stdlib.h>
#include <string.h>

/* Few, and looked up often: sorted by key. */
struct granted {
	unit_code unit;
	period period;
	uint32_t form;
	enum deadline_event event;
	int64_t until;
};

struct extensions {
	size_t count, room;
	struct granted *items;
};

enum { ROOM_FIRST = 64 };

struct extensions *
extensions_create(void)
{
	return calloc(1, sizeof(struct extensions));
}

void
extensions_destroy(struct extensions **extensions)
{
	if (*extensions)
		free((*extensions)->items);
	free(*extensions);
	*extensions = NULL;
}

static int
compare(const struct granted *a, const struct granted *b)
{
	int64_t order = a->unit != b->unit       ? a->unit - b->unit
	                : a->period != b->period ? a->period - b->period
	                : a->form != b->form     ? (int64_t)a->form - b->form
	                                         : (int64_t)a->event - (int64_t)b->event;
	return (order > 0) - (order < 0);
}

/* Where the key is, or would be. */
static size_t
place_of(const struct extensions *x, const struct granted *key)
{
	size_t low = 0, high = x->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (compare(&x->items[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_at(const struct extensions *x, size_t at, const struct granted *key)
{
	return at < x->count && !compare(&x->items[at], key);
}

bool
extensions_add(struct extensions *x, const struct extension *e)
{
	const struct granted new = {e->unit, e->period, e->form, e->event, e->until};
	size_t at = place_of(x, &new);
	if (is_at(x, at, &new)) {
		x->items[at].until = e->until;
		return true;
	}
	if (x->count == x->room) {
		size_t room = x->room ? 2 * x->room : ROOM_FIRST;
		struct granted *more = realloc(x->items, room * sizeof *more);
		if (!more)
			return false;
		x->items = more;
		x->room = room;
	}
	memmove(&x->items[at + 1], &x->items[at], (x->count - at) * sizeof *x->items);
	x->items[at] = new;
	x->count++;
	return true;
}

struct deadlines
extensions_deadlines(const struct extensions *x, const struct catalogue *c, unit_code unit, uint32_t form,
                     period when)
{
	struct deadlines d = *catalogue_deadlines(c, form, when);
	if (!x->count)
		return d;
	for (int level = UNIT_PROVINCE; level <= (int)unit_level_of(unit); level++)
		for (int event = DEADLINE_DUE; event < DEADLINE_EVENTS; event++) {
			const struct granted key = {unit_ancestor(unit, (enum unit_level)level), when, form,
			                            (enum deadline_event)event, 0};
			size_t at = place_of(x, &key);
			if (is_at(x, at, &key) && d.at[event] && x->items[at].until > d.at[event])
				d.at[event] = x->items[at].until;
		}
	return d;
}
