#include "records.h"

#include "base/key_set.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fingerprint of an id → commit sequence number; open addressing, at most three quarters full. */
struct id_slot {
	uint64_t fingerprint, seq; /* seq 0: free */
};

enum { ID_ROOM_FIRST = 1024 };

struct records {
	struct id_slot *ids;
	size_t id_count, id_room;
	struct recorded *recent; /* a ring by seq; pages that were never used take no memory */
	struct key_set claims;
};

static uint64_t
fingerprint_of(const struct submission_id *id)
{
	return key_make('i', id->bytes, ID_BYTES, "", 0).words[0];
}

static struct key
voucher_key(unit_code unit, const char *voucher)
{
	char room[UTF8_KEY_BYTES];
	const char *key = utf8_key(voucher, room);
	return key_make('v', &unit, sizeof unit, key, strnlen(key, UTF8_KEY_BYTES));
}

/* Exact, and cheaper than a hash: unit and period fill one word, the form goes into their mix. */
static struct key
place_key(unit_code unit, period when, uint32_t form)
{
	uint64_t place = (uint64_t)unit << 24 | (uint64_t)when;
	uint64_t mix = (place ^ place >> 29) * UINT64_C(0x9E3779B97F4A7C15);
	return (struct key){{(mix ^ mix >> 32) + form, place}};
}

/* Submissions with targets go one after the other: sums have to reach what the level above has. */
static struct key
targets_key(void)
{
	return key_make('t', "", 0, "", 0);
}

static struct key
document_key(const struct document *d)
{
	return key_make('d', &d->unit, sizeof d->unit, (const char *)&d->kind, sizeof d->kind);
}

static struct key
project_key(const struct project_row *row)
{
	char code[VOUCHER_BYTES_MAX + 1], room[UTF8_KEY_BYTES];
	snprintf(code, sizeof code, "%.*s", (int)project_name_of(row->code).length, row->code);
	const char *key = utf8_key(code, room);
	return key_make('p', &row->place, sizeof row->place, key, strnlen(key, UTF8_KEY_BYTES));
}

static struct key
id_key(const struct submission_id *id)
{
	return key_make('i', id->bytes, ID_BYTES, "", 0);
}

struct records *
records_create(void)
{
	struct records *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->id_room = ID_ROOM_FIRST;
	r->ids = calloc(r->id_room, sizeof *r->ids);
	r->recent = calloc(RECORDS_RECENT_MAX, sizeof *r->recent);
	if (!r->ids || !r->recent)
		records_destroy(&r);
	return r;
}

void
records_destroy(struct records **records)
{
	struct records *r = *records;
	if (!r)
		return;
	free(r->ids);
	free(r->recent);
	key_set_free(&r->claims);
	free(r);
	*records = NULL;
}

/* ---------------------------------------------------------------- ids */

static size_t
id_slot_of(const struct id_slot *ids, size_t room, uint64_t fingerprint)
{
	size_t at = fingerprint & (room - 1);
	while (ids[at].seq && ids[at].fingerprint != fingerprint)
		at = (at + 1) & (room - 1);
	return at;
}

enum record_state
records_find(const struct records *r, const struct submission_id *id, struct recorded *out)
{
	const struct id_slot *slot = &r->ids[id_slot_of(r->ids, r->id_room, fingerprint_of(id))];
	if (!slot->seq)
		return RECORD_NONE;
	const struct recorded *recent = &r->recent[slot->seq % RECORDS_RECENT_MAX];
	if (recent->receipt.seq == slot->seq) {
		*out = *recent;
		/* Two ids with one fingerprint are as unlikely as a forged one. */
		return submission_id_equal(&recent->receipt.id, id) ? RECORD_RECENT : RECORD_NONE;
	}
	out->receipt.seq = slot->seq;
	return RECORD_OLDER;
}

static bool
grow_ids(struct records *r)
{
	size_t room = r->id_room * 2;
	struct id_slot *ids = calloc(room, sizeof *ids);
	if (!ids)
		return false;
	for (size_t i = 0; i < r->id_room; i++)
		if (r->ids[i].seq)
			ids[id_slot_of(ids, room, r->ids[i].fingerprint)] = r->ids[i];
	free(r->ids);
	r->ids = ids;
	r->id_room = room;
	return true;
}

bool
records_add(struct records *r, const struct receipt *receipt, unit_code office)
{
	if (4 * (r->id_count + 1) > 3 * r->id_room && !grow_ids(r))
		return false;
	uint64_t fingerprint = fingerprint_of(&receipt->id);
	struct id_slot *slot = &r->ids[id_slot_of(r->ids, r->id_room, fingerprint)];
	r->id_count += !slot->seq;
	*slot = (struct id_slot){fingerprint, receipt->seq};
	struct recorded *recent = &r->recent[receipt->seq % RECORDS_RECENT_MAX];
	if (recent->receipt.seq < receipt->seq)
		*recent = (struct recorded){.receipt = *receipt, .office = unit_county(office)};
	return true;
}

/* ---------------------------------------------------------------- on their way */

static size_t
claim_count(const struct submission *s)
{
	return 1 + 2 * s->report_count + s->project_count + s->entry_count + s->review_count + s->document_count +
	       (s->target_count > 0);
}

static struct key
other_claim_key(const struct submission *s, size_t i)
{
	if (i < s->report_count)
		return place_key(s->reports[i].unit, s->reports[i].period, s->reports[i].form);
	i -= s->report_count;
	if (i < s->entry_count)
		return voucher_key(s->entries[i].unit, s->entries[i].voucher);
	i -= s->entry_count;
	/* A decision and a correction of one report exclude each other. */
	if (i < s->review_count)
		return place_key(s->reviews[i].unit, s->reviews[i].period, s->reviews[i].form);
	i -= s->review_count;
	if (i < s->document_count)
		return document_key(&s->documents[i]);
	i -= s->document_count;
	if (s->target_count && !i)
		return targets_key();
	return id_key(&s->id);
}

/* The i-th thing that no other submission may write at the same time; false: there is none. */
static bool
claim_key(const struct submission *s, size_t i, struct key *out)
{
	/* Where a form's rules look at other months: all of the place. */
	if (i < s->report_count && s->reports[i].leads)
		*out = place_key(s->reports[i].family, 0, s->reports[i].form);
	if (i < s->report_count)
		return s->reports[i].leads;
	i -= s->report_count;
	if (i < s->project_count)
		*out = project_key(&s->projects[i]);
	if (i < s->project_count)
		return s->projects[i].leads;
	*out = other_claim_key(s, i - s->project_count);
	return true;
}

static void
release(struct records *r, const struct submission *s, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct key key;
		if (claim_key(s, i, &key))
			key_set_remove(&r->claims, &key);
	}
}

bool
records_claim(struct records *r, const struct submission *s)
{
	for (size_t i = 0; i < claim_count(s); i++) {
		struct key key;
		if (!claim_key(s, i, &key))
			continue;
		if (!key_set_has(&r->claims, &key) && key_set_add(&r->claims, &key))
			continue;
		release(r, s, i);
		return false;
	}
	return true;
}

void
records_release(struct records *r, const struct submission *s)
{
	release(r, s, claim_count(s));
}
