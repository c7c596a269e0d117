#include "key_set.h"

#include "base/utf8.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 64, CONTENT_BYTES_MAX = 64 + UTF8_KEY_BYTES };

_Static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(struct key), "a key is one SipHash");

struct key
key_make(char kind, const void *a, size_t a_size, const void *b, size_t b_size)
{
	static unsigned char secret[crypto_shorthash_siphashx24_KEYBYTES];
	static bool has_secret;
	unsigned char content[CONTENT_BYTES_MAX];
	struct key key;
	if (!has_secret) {
		randombytes_buf(secret, sizeof secret);
		has_secret = true;
	}
	size_t used = 0;
	assert(1 + a_size + b_size <= sizeof content);
	content[used++] = (unsigned char)kind;
	memcpy(content + used, a, a_size);
	used += a_size;
	memcpy(content + used, b, b_size);
	used += b_size;
	crypto_shorthash_siphashx24((unsigned char *)&key, content, used, secret);
	if (!key.words[0] && !key.words[1])
		key.words[0] = 1;
	return key;
}

void
key_set_free(struct key_set *set)
{
	free(set->slots);
	*set = (struct key_set){0};
}

static bool
is_free(const struct key *slot)
{
	return !slot->words[0] && !slot->words[1];
}

static bool
same(const struct key *a, const struct key *b)
{
	return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

/* The slot that holds the key, or the free one where it would go. */
static size_t
slot_of(const struct key_set *set, const struct key *key)
{
	size_t at = key->words[0] & (set->room - 1);
	while (!is_free(&set->slots[at]) && !same(&set->slots[at], key))
		at = (at + 1) & (set->room - 1);
	return at;
}

bool
key_set_has(const struct key_set *set, const struct key *key)
{
	return set->count && !is_free(&set->slots[slot_of(set, key)]);
}

static bool
grow(struct key_set *set)
{
	struct key_set larger = {.count = set->count, .room = set->room ? set->room * 2 : ROOM_FIRST};
	larger.slots = calloc(larger.room, sizeof *larger.slots);
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < set->room; i++)
		if (!is_free(&set->slots[i]))
			larger.slots[slot_of(&larger, &set->slots[i])] = set->slots[i];
	free(set->slots);
	*set = larger;
	return true;
}

bool
key_set_add(struct key_set *set, const struct key *key)
{
	if (4 * (set->count + 1) > 3 * set->room && !grow(set))
		return false;
	size_t at = slot_of(set, key);
	if (is_free(&set->slots[at]))
		set->count++;
	set->slots[at] = *key;
	return true;
}

/* Moves later keys of the run back, so that no search ends too early at the new gap. */
void
key_set_remove(struct key_set *set, const struct key *key)
{
	if (!key_set_has(set, key))
		return;
	size_t mask = set->room - 1, gap = slot_of(set, key);
	for (size_t at = (gap + 1) & mask; !is_free(&set->slots[at]); at = (at + 1) & mask) {
		size_t home = set->slots[at].words[0] & mask;
		if (((at - home) & mask) < ((at - gap) & mask))
			continue; /* its home lies behind the gap */
		set->slots[gap] = set->slots[at];
		gap = at;
	}
	set->slots[gap] = (struct key){{0, 0}};
	set->count--;
}
