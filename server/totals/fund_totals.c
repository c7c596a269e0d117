#include "fund_totals.h"

#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

/* 24 bits period, 3 level, 5 kind, 16 source, 16 use. */
static uint64_t
key_of(const struct fund_entry *entry, struct fund_effect effect)
{
	uint64_t level = unit_level_of(entry->unit);
	return (uint64_t)date_period(entry->occurred) << 40 | level << 37 | (uint64_t)effect.kind << 32 |
	       (uint64_t)entry->source << 16 | effect.use;
}

static period
key_period(uint64_t key)
{
	return (period)(key >> 40);
}

static int
by_key(const void *cell, const void *key)
{
	uint64_t a = ((const struct fund_cell *)cell)->key, b = *(const uint64_t *)key;
	return (a > b) - (a < b);
}

/* First cell whose key is not less. */
static size_t
lower_bound(const struct fund_totals *totals, uint64_t key)
{
	return sorted_place(totals->cells, totals->count, sizeof *totals->cells, by_key, &key);
}

static bool
add_to(struct fund_totals *totals, uint64_t key, int64_t amount_fen, uint32_t entries)
{
	size_t at = lower_bound(totals, key);
	if (at == totals->count || totals->cells[at].key != key) {
		if (!sorted_open(&totals->cells, &totals->room, &totals->count, sizeof *totals->cells, at))
			return false;
		totals->cells[at] = (struct fund_cell){.key = key};
	}
	totals->cells[at].amount_fen += amount_fen;
	totals->cells[at].entries += entries;
	return true;
}

bool
fund_totals_add(struct fund_totals *totals, const struct fund_entry *entry, struct fund_effect effect)
{
	const struct fund_effect reversal = {FUND_REVERSED, 0};
	if (entry->kind != FUND_REVERSED)
		return add_to(totals, key_of(entry, effect), entry->amount_fen, 1);
	return add_to(totals, key_of(entry, reversal), entry->amount_fen, 1) &&
	       add_to(totals, key_of(entry, effect), -entry->amount_fen, 0);
}

int64_t
fund_totals_special(const struct fund_totals *totals, const struct catalogue *c, enum fund_kind kind,
                    period from, period to)
{
	wide_sum sum = 0;
	size_t end = lower_bound(totals, (uint64_t)(to + 1) << 40);
	for (size_t i = lower_bound(totals, (uint64_t)from << 40); i < end; i++) {
		uint64_t key = totals->cells[i].key;
		const struct fund_term *source =
		    fund_term_by_number(c->sources, c->source_count, (uint32_t)(key >> 16 & 0xFFFF));
		if ((key >> 32 & 0x1F) == (uint64_t)kind && source && source->special)
			sum += totals->cells[i].amount_fen;
	}
	return wide_sum_clamp(sum);
}

int64_t
wide_sum_clamp(wide_sum sum)
{
	return sum > INT64_MAX ? INT64_MAX : sum < INT64_MIN ? INT64_MIN : (int64_t)sum;
}

static int
by_combination(const void *a, const void *b)
{
	const struct fund_cell *x = a, *y = b;
	return (x->key > y->key) - (x->key < y->key);
}

/* Where the periods from..to lie in a unit's cells: returns how many, from *first on. */
static size_t
find_cells(const struct fund_totals *totals, period from, period to, size_t *first)
{
	*first = lower_bound(totals, (uint64_t)from << 40);
	return lower_bound(totals, (uint64_t)(to + 1) << 40) - *first;
}

/* The cells of the periods, with the period taken out of the key, in order. */
static struct fund_cell *
cells_of(const struct fund_totals *const *totals, size_t how_many, period from, period to,
         struct arena *arena, size_t *count)
{
	size_t first, used = 0;
	*count = 0;
	for (size_t t = 0; t < how_many; t++)
		*count += find_cells(totals[t], from, to, &first);
	struct fund_cell *cells = arena_array(arena, *count, sizeof *cells);
	for (size_t t = 0; cells && t < how_many; t++) {
		size_t these = find_cells(totals[t], from, to, &first);
		for (size_t i = 0; i < these; i++) {
			cells[used] = totals[t]->cells[first + i];
			cells[used].key ^= (uint64_t)key_period(cells[used].key) << 40;
			used++;
		}
	}
	if (cells && *count)
		qsort(cells, *count, sizeof *cells, by_combination);
	return cells;
}

bool
fund_totals_sum(const struct fund_totals *const *totals, size_t how_many, period from, period to,
                struct arena *arena, struct fund_total **out, size_t *count)
{
	size_t cell_count, used = 0;
	struct fund_cell *cells = cells_of(totals, how_many, from, to, arena, &cell_count);
	struct fund_total *sums = arena_array(arena, cell_count, sizeof *sums);
	if (!cells || !sums)
		return false;
	for (size_t i = 0; i < cell_count;) {
		uint64_t key = cells[i].key;
		wide_sum amount = 0;
		uint32_t entries = 0;
		for (; i < cell_count && cells[i].key == key; i++) {
			amount += cells[i].amount_fen;
			entries += cells[i].entries;
		}
		sums[used++] = (struct fund_total){
		    .kind = (enum fund_kind)(key >> 32 & 0x1F),
		    .source = (uint32_t)(key >> 16 & 0xFFFF),
		    .use = (uint32_t)(key & 0xFFFF),
		    .level = (enum unit_level)(key >> 37 & 7),
		    .amount_fen = wide_sum_clamp(amount),
		    .entries = entries,
		};
	}
	*out = sums;
	*count = used;
	return true;
}

void
fund_totals_free(struct fund_totals *totals)
{
	free(totals->cells);
	*totals = (struct fund_totals){0};
}
