#include "extensions.h"

#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

/* Few, and looked up often: sorted by key. */
struct granted {
	unit_code unit;
	period period;
	uint32_t form, document;
	enum deadline_event event;
	int64_t until;
};

struct extensions {
	size_t count, room;
	struct granted *items;
};

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
compare(const void *item, const void *key)
{
	const struct granted *a = item, *b = key;
	int64_t order = a->unit != b->unit           ? a->unit - b->unit
	                : a->period != b->period     ? a->period - b->period
	                : a->form != b->form         ? (int64_t)a->form - b->form
	                : a->document != b->document ? (int64_t)a->document - b->document
	                                             : (int64_t)a->event - (int64_t)b->event;
	return (order > 0) - (order < 0);
}

/* Where the key is, or would be. */
static size_t
place_of(const struct extensions *x, const struct granted *key)
{
	return sorted_place(x->items, x->count, sizeof *x->items, compare, key);
}

static bool
is_at(const struct extensions *x, size_t at, const struct granted *key)
{
	return at < x->count && !compare(&x->items[at], key);
}

bool
extensions_add(struct extensions *x, const struct extension *e)
{
	const struct granted new = {e->unit, e->period, e->form, e->document, e->event, e->until};
	size_t at = place_of(x, &new);
	if (is_at(x, at, &new)) {
		x->items[at].until = e->until;
		return true;
	}
	if (!sorted_open(&x->items, &x->room, &x->count, sizeof *x->items, at))
		return false;
	x->items[at] = new;
	return true;
}

/* The later one of `planned` and what was given to the unit of this key, or to one above it. */
static int64_t
latest(const struct extensions *x, struct granted key, int64_t planned)
{
	unit_code unit = key.unit;
	for (int level = UNIT_PROVINCE; level <= (int)unit_level_of(unit); level++) {
		key.unit = unit_ancestor(unit, (enum unit_level)level);
		size_t at = place_of(x, &key);
		if (is_at(x, at, &key) && x->items[at].until > planned)
			planned = x->items[at].until;
	}
	return planned;
}

struct deadlines
extensions_deadlines(const struct extensions *x, const struct catalogue *c, unit_code unit, uint32_t form,
                     period when)
{
	struct deadlines d = *catalogue_deadlines(c, form, when);
	for (int event = DEADLINE_DUE; x->count && event < DEADLINE_EVENTS; event++)
		if (d.at[event])
			d.at[event] =
			    latest(x, (struct granted){unit, when, form, 0, (enum deadline_event)event, 0}, d.at[event]);
	/* A unit with a later due date must not be refused as closed or too late to correct before that date. */
	for (int event = DEADLINE_CLOSED; event < DEADLINE_EVENTS; event++)
		if (d.at[event] && d.at[event] < d.at[event - 1])
			d.at[event] = d.at[event - 1];
	return d;
}

int64_t
extensions_due(const struct extensions *x, const struct document_kind *kind, unit_code unit)
{
	const struct granted key = {unit, 0, 0, kind->number, DEADLINE_DUE, 0};
	return x->count ? latest(x, key, kind->due) : kind->due;
}
