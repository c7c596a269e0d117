#include "documents.h"

#include "base/sorted.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct documents {
	size_t count, room;
	struct document_item *items; /* by kind, unit, version; names and notes from malloc */
};

static int
compare(const struct document_key *a, const struct document_key *b)
{
	int64_t order = a->kind != b->kind   ? (int64_t)a->kind - b->kind
	                : a->unit != b->unit ? a->unit - b->unit
	                                     : (int64_t)a->version - b->version;
	return (order > 0) - (order < 0);
}

static int
compare_item(const void *item, const void *key)
{
	return compare(&((const struct document_item *)item)->key, key);
}

/* The first that is not less. */
static size_t
place_of(const struct documents *d, const struct document_key *key)
{
	return sorted_place(d->items, d->count, sizeof *d->items, compare_item, key);
}

struct documents *
documents_create(void)
{
	return calloc(1, sizeof(struct documents));
}

static void
free_texts(struct document_item *item)
{
	free((void *)(uintptr_t)item->name);
	free((void *)(uintptr_t)item->note);
}

void
documents_destroy(struct documents **documents)
{
	struct documents *d = *documents;
	if (!d)
		return;
	for (size_t i = 0; i < d->count; i++)
		free_texts(&d->items[i]);
	free(d->items);
	free(d);
	*documents = NULL;
}

bool
documents_add(struct documents *d, const struct document *document, uint32_t version, uint64_t seq,
              int64_t time_us)
{
	struct document_item item = {
	    .key = {document->unit, document->kind, version},
	    .time = time_us / 1000000,
	    .seq = seq,
	    .type = document->type,
	    .size = document->size,
	    .digest = document->digest,
	    .name = strdup(document->name),
	    .note = strdup(document->note),
	};
	/* At start and mostly afterwards they come in this order: to the end. */
	size_t at = place_of(d, &item.key);
	if (!item.name || !item.note || !sorted_open(&d->items, &d->room, &d->count, sizeof *d->items, at)) {
		free_texts(&item);
		return false;
	}
	d->items[at] = item;
	return true;
}

const struct document_item *
documents_find(const struct documents *d, struct document_key key)
{
	bool newest = !key.version;
	key.version = newest ? UINT32_MAX : key.version;
	size_t at = place_of(d, &key);
	if (newest && at--)
		key.version = d->items[at].key.version;
	return at < d->count && !compare(&d->items[at].key, &key) ? &d->items[at] : NULL;
}

/* ---------------------------------------------------------------- the list */

struct listing {
	const struct documents *documents;
	const struct extensions *extensions;
	const struct document_query *query;
	int64_t now; /* seconds */
	struct document_answer *out;
	struct arena *arena;
	size_t room;
};

/* False: the answer is full, of rows or of bytes (then out->items is NULL). Texts are copied: what is listed
 * may be of a past that is forgotten before the reply is sent. */
static bool
put(struct listing *l, const struct document_item *item, const struct document_item *first,
    const struct document_kind *kind, unit_code unit)
{
	static const struct document_item none = {.name = "", .note = ""};
	if (l->out->count == l->room) {
		/* There is one more: the next answer goes on behind the last of this one. */
		l->out->next = l->out->items[l->room - 1].key;
		return false;
	}
	struct document_item *to = &l->out->items[l->out->count++];
	*to = item ? *item : none;
	to->name = arena_string(l->arena, to->name);
	to->note = arena_string(l->arena, to->note);
	if (!to->name || !to->note) {
		l->out->items = NULL;
		return false;
	}
	to->key = (struct document_key){unit, kind->number, item ? item->key.version : 0};
	to->due = extensions_due(l->extensions, kind, unit);
	to->first_time = first ? first->time : 0;
	return true;
}

/* Adds what one unit sent of one kind, or that it sent nothing. False: the answer is full. */
static bool
list_unit(struct listing *l, const struct document_kind *kind, unit_code unit)
{
	const struct documents *d = l->documents;
	struct document_key key = {unit, kind->number, 1};
	const struct document_item *first = documents_find(d, key);
	const struct document_key *after = &l->query->after;
	if (!first) {
		key.version = 0;
		bool wanted = !l->query->missing || l->now >= extensions_due(l->extensions, kind, unit);
		return !wanted || (after->unit && compare(&key, after) <= 0) || put(l, NULL, NULL, kind, unit);
	}
	key.version = 0;
	size_t at = (size_t)(first - d->items), last = (size_t)(documents_find(d, key) - d->items);
	for (at = l->query->versions ? at : last; !l->query->missing && at <= last; at++)
		if (!(after->unit && compare(&d->items[at].key, after) <= 0) &&
		    !put(l, &d->items[at], first, kind, unit))
			return false;
	return true;
}

static bool
is_wanted(const struct document_query *q, const struct document_kind *kind)
{
	bool wanted = !q->kind_count;
	for (size_t i = 0; i < q->kind_count; i++)
		wanted = wanted || q->kinds[i] == kind->number;
	return wanted && kind->level >= unit_level_of(q->unit) &&
	       (!q->after.unit || kind->number >= q->after.kind);
}

static bool
check_query(const struct catalogue *c, const struct document_query *q, struct problem_list *problems)
{
	if (!catalogue_unit(c, q->unit)) {
		problem_detail(problem_only(problems, PROBLEM_UNIT_UNKNOWN), "%" PRId64, q->unit);
		return false;
	}
	for (size_t i = 0; i < q->kind_count; i++)
		if (!catalogue_document(c, q->kinds[i])) {
			problem_detail(problem_only(problems, PROBLEM_DOCUMENT_KIND_UNKNOWN), "%u", q->kinds[i]);
			return false;
		}
	return true;
}

bool
documents_list(const struct documents *d, const struct extensions *x, const struct catalogue *c,
               const struct document_query *q, int64_t now_us, struct arena *arena,
               struct document_answer *out, struct problem_list *problems)
{
	struct listing l = {
	    .documents = d, .extensions = x, .query = q, .now = now_us / 1000000, .out = out, .arena = arena};
	if (!check_query(c, q, problems))
		return false;
	l.room = q->limit && q->limit < DOCUMENTS_LISTED_MAX ? q->limit : DOCUMENTS_LISTED_MAX;
	out->time_us = now_us;
	out->items = arena_array(arena, l.room, sizeof *out->items);
	bool room = out->items;
	for (size_t i = 0; room && i < c->document_kind_count; i++) {
		const struct document_kind *kind = &c->document_kinds[i];
		size_t first, count = is_wanted(q, kind) ? catalogue_units_below(c, q->unit, kind->level, &first) : 0;
		for (size_t k = 0; room && k < count; k++)
			room = list_unit(&l, kind, c->units[first + k].code);
	}
	if (!out->items)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return out->items;
}
