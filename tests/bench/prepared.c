#include "prepared.h"

#include "base/clock.h"
#include "bench.h"
#include "codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 64 << 20, VOUCHER_BYTES = 32, ENTRY_DAY = 15, ENTRY_FEN = 100 };

/* Reports `from` … of an office; the arena owns them. */
static struct report *
make_reports(const struct shape *shape, int office, int64_t from, size_t count, struct arena *arena)
{
	struct report *reports = arena_array(arena, count, sizeof *reports);
	int64_t *values = arena_array(arena, count * SHAPE_VALUES, sizeof *values);
	for (size_t i = 0; reports && values && i < count; i++)
		reports[i] = shape_report(shape, office, from + (int64_t)i, values + i * SHAPE_VALUES);
	return values ? reports : NULL;
}

/* Money of the plan's first month. Raised by the county itself; or granted by it to its villages, from what
 * its first entry raises; or received by it, in parts of what the province sent it (voucher "s" and the
 * county's code, which somebody has to book before). */
static struct fund_entry
make_entry(const struct shape *shape, int office, int64_t number, enum bench_entries what)
{
	struct fund_entry entry = {
	    .kind = FUND_RAISED,
	    .unit = shape_county(shape, office),
	    .occurred = shape->first * 100 + ENTRY_DAY,
	    .source = 1,
	    .amount_fen = ENTRY_FEN,
	    .note = "",
	    .refers = "",
	    .document = "",
	    .project = "",
	};
	if (what == ENTRIES_GRANTED && number) {
		int villages = shape_village_count(shape, office);
		entry.kind = FUND_GRANTED;
		entry.use = 1;
		entry.counterparty = shape_village(shape, office, (int)(number % villages));
	} else if (what == ENTRIES_GRANTED) {
		entry.amount_fen = VALUE_MAX;
	} else if (what == ENTRIES_RECEIVED) {
		entry.kind = FUND_RECEIVED;
		entry.counterparty = unit_ancestor(entry.unit, UNIT_PROVINCE);
	}
	return entry;
}

/* The texts are the arena's. */
static struct fund_entry *
make_entries(const struct shape *shape, int office, int64_t from, const struct item *item,
             struct arena *arena)
{
	struct fund_entry *entries = arena_array(arena, item->entries, sizeof *entries);
	for (size_t i = 0; entries && i < item->entries; i++) {
		char text[VOUCHER_BYTES];
		entries[i] = make_entry(shape, office, from + (int64_t)i, item->what);
		snprintf(text, sizeof text, "v%" PRId64, from + (int64_t)i);
		entries[i].voucher = arena_string(arena, text);
		snprintf(text, sizeof text, "s%" PRId64, entries[i].unit);
		if (item->what == ENTRIES_RECEIVED)
			entries[i].refers = arena_string(arena, text);
		if (!entries[i].voucher || !entries[i].refers)
			return NULL;
	}
	return entries;
}

static bool
prepare_one(const struct shape *shape, int64_t from, uint64_t number, struct arena *arena, struct item *item)
{
	uint8_t *bytes;
	size_t size;
	struct submission submission = {
	    .id = submission_id_new(clock_wall_us()),
	    .report_count = item->reports,
	    .entry_count = item->entries,
	};
	if (item->reports)
		submission.reports = make_reports(shape, (int)item->office, from, item->reports, arena);
	else
		submission.entries = make_entries(shape, (int)item->office, from, item, arena);
	struct request request = {.id = number, .kind = REQUEST_SUBMIT};
	if ((!submission.reports && !submission.entries) ||
	    !codec_encode_submission(arena, &submission, (uint8_t **)&request.submit.bytes, &request.submit.size))
		return false;
	item->id = submission.id;
	item->digest = digest_of(request.submit.bytes, request.submit.size);
	if (!codec_encode_request(arena, &request, &bytes, &size) || !(item->frame = malloc(size)))
		return false;
	memcpy(item->frame, bytes, size);
	item->size = (uint32_t)size;
	return true;
}

bool
prepare(const struct shape *shape, const struct arguments *arguments, size_t offices, struct prepared *out)
{
	struct arena arena;
	size_t each = ((size_t)arguments->count + offices - 1) / offices * (size_t)arguments->rounds;
	*out = (struct prepared){.count = each * offices, .items = calloc(each * offices, sizeof *out->items)};
	arena_init(&arena, ARENA_MAX);
	bool good = out->items && out->count && arguments->per;
	for (size_t k = 0; good && k < out->count; k++) {
		struct item *item = &out->items[k];
		item->office = (uint32_t)arguments->office_first + (uint32_t)(k % offices);
		*(arguments->entries ? &item->entries : &item->reports) = (uint32_t)arguments->per;
		item->what = (enum bench_entries)arguments->entries;
		int64_t from = arguments->skip + (int64_t)(k / offices) * arguments->per;
		arena_reset(&arena);
		good = (item->entries || from + arguments->per <= shape_reports(shape, (int)item->office)) &&
		       prepare_one(shape, from, k, &arena, item);
	}
	arena_free(&arena);
	return good ? true : bench_fail("submissions: none, too many for this plan, or no memory");
}

void
prepared_free(struct prepared *prepared)
{
	for (size_t i = 0; prepared->items && i < prepared->count; i++)
		free(prepared->items[i].frame);
	free(prepared->items);
	*prepared = (struct prepared){0};
}
