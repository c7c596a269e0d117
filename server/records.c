#include "records.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct id_entry {
	struct recorded recorded;
	UT_hash_handle hh;
};

/* Vouchers and pending keys are kept as 128-bit digests: fixed size, and no two differ in practice. */
struct key {
	uint8_t bytes[16];
};

struct key_entry {
	struct key key;
	UT_hash_handle hh;
};

struct records {
	struct id_entry *ids;
	struct key_entry *vouchers, *pending;
};

static struct key
make_key(char kind, const void *a, size_t a_size, const void *b, size_t b_size)
{
	struct key key;
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof key.bytes);
	crypto_generichash_update(&state, (const uint8_t *)&kind, 1);
	crypto_generichash_update(&state, a, a_size);
	crypto_generichash_update(&state, b, b_size);
	crypto_generichash_final(&state, key.bytes, sizeof key.bytes);
	return key;
}

static struct key
id_key(const struct submission_id *id)
{
	return make_key('i', id->bytes, ID_BYTES, "", 0);
}

static struct key
office_key(const struct submission_id *id, unit_code office)
{
	return make_key('o', id->bytes, ID_BYTES, &office, sizeof office);
}

static struct key
voucher_key(unit_code unit, const char *voucher)
{
	return make_key('v', &unit, sizeof unit, voucher, strlen(voucher));
}

static struct key
report_key(const struct report *report)
{
	int64_t place[] = {report->unit, report->period};
	return make_key('r', place, sizeof place, &report->form, sizeof report->form);
}

static struct key_entry *
set_find(const struct key_entry *set, const struct key *key)
{
	struct key_entry *found = NULL;
	HASH_FIND(hh, set, key->bytes, sizeof key->bytes, found);
	return found;
}

static bool
set_add(struct key_entry **set, struct key key)
{
	if (set_find(*set, &key))
		return true;
	struct key_entry *entry = malloc(sizeof *entry);
	if (!entry)
		return false;
	entry->key = key;
	HASH_ADD(hh, *set, key.bytes, sizeof entry->key.bytes, entry);
	return true;
}

static void
set_remove(struct key_entry **set, struct key key)
{
	struct key_entry *entry = set_find(*set, &key);
	if (!entry)
		return;
	HASH_DEL(*set, entry);
	free(entry);
}

static void
set_free(struct key_entry **set)
{
	struct key_entry *entry, *next;
	HASH_ITER (hh, *set, entry, next) {
		HASH_DEL(*set, entry);
		free(entry);
	}
}

struct records *
records_create(void)
{
	return calloc(1, sizeof(struct records));
}

void
records_destroy(struct records **records)
{
	struct records *r = *records;
	if (!r)
		return;
	struct id_entry *entry, *next;
	HASH_ITER (hh, r->ids, entry, next) {
		HASH_DEL(r->ids, entry);
		free(entry);
	}
	set_free(&r->vouchers);
	set_free(&r->pending);
	free(r);
	*records = NULL;
}

const struct recorded *
records_find(const struct records *records, const struct submission_id *id)
{
	struct id_entry *found = NULL;
	HASH_FIND(hh, records->ids, id->bytes, ID_BYTES, found);
	return found ? &found->recorded : NULL;
}

bool
records_add(struct records *records, const struct receipt *receipt, unit_code office)
{
	if (records_find(records, &receipt->id))
		return false;
	struct id_entry *entry = malloc(sizeof *entry);
	if (!entry)
		return false;
	entry->recorded = (struct recorded){.receipt = *receipt, .office = office};
	HASH_ADD(hh, records->ids, recorded.receipt.id.bytes, ID_BYTES, entry);
	return true;
}

bool
records_has_voucher(const struct records *records, unit_code unit, const char *voucher)
{
	struct key key = voucher_key(unit, voucher);
	return set_find(records->vouchers, &key);
}

bool
records_add_voucher(struct records *records, unit_code unit, const char *voucher)
{
	return set_add(&records->vouchers, voucher_key(unit, voucher));
}

bool
records_id_pending(const struct records *records, const struct submission_id *id, unit_code office)
{
	struct key key = office_key(id, office);
	return set_find(records->pending, &key);
}

bool
records_is_pending(const struct records *records, const struct submission *s)
{
	if (!records->pending)
		return false;
	for (size_t i = 0; i < s->report_count; i++) {
		struct key key = report_key(&s->reports[i]);
		if (set_find(records->pending, &key))
			return true;
	}
	for (size_t i = 0; i < s->entry_count; i++) {
		struct key key = voucher_key(s->entries[i].unit, s->entries[i].voucher);
		if (set_find(records->pending, &key))
			return true;
	}
	struct key key = id_key(&s->id);
	return set_find(records->pending, &key);
}

bool
records_hold(struct records *records, const struct submission *s, unit_code office)
{
	bool good =
	    set_add(&records->pending, id_key(&s->id)) && set_add(&records->pending, office_key(&s->id, office));
	for (size_t i = 0; good && i < s->report_count; i++)
		good = set_add(&records->pending, report_key(&s->reports[i]));
	for (size_t i = 0; good && i < s->entry_count; i++)
		good = set_add(&records->pending, voucher_key(s->entries[i].unit, s->entries[i].voucher));
	if (!good)
		records_release(records, s, office);
	return good;
}

void
records_release(struct records *records, const struct submission *s, unit_code office)
{
	set_remove(&records->pending, id_key(&s->id));
	set_remove(&records->pending, office_key(&s->id, office));
	for (size_t i = 0; i < s->report_count; i++)
		set_remove(&records->pending, report_key(&s->reports[i]));
	for (size_t i = 0; i < s->entry_count; i++)
		set_remove(&records->pending, voucher_key(s->entries[i].unit, s->entries[i].voucher));
}
