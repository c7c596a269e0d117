#include "door.h"

#include <stdlib.h>
#include <string.h>

/* Is there a token left? A bucket that was never used is full. */
static bool
has_token(const struct bucket *bucket, int tokens, int64_t token_us, int64_t now_us)
{
	return bucket->full_at_us - now_us <= (tokens - 1) * token_us;
}

static void
take_token(struct bucket *bucket, int64_t token_us, int64_t now_us)
{
	bucket->full_at_us = (bucket->full_at_us > now_us ? bucket->full_at_us : now_us) + token_us;
}

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct guest *)a)->public_key, ((const struct guest *)b)->public_key);
}

void
door_sort(struct door *door)
{
	if (door->guest_count)
		qsort(door->guests, door->guest_count, sizeof *door->guests, by_key);
}

static struct guest *
find(const struct door *door, const char *public_key)
{
	struct guest key = {0};
	if (!door->guest_count || strlen(public_key) >= sizeof key.public_key)
		return NULL;
	memcpy(key.public_key, public_key, strlen(public_key));
	return bsearch(&key, door->guests, door->guest_count, sizeof key, by_key);
}

const struct guest *
door_guest(const struct door *door, const char *public_key)
{
	return find(door, public_key);
}

bool
door_takes_enrol(struct door *door, const char *public_key, int64_t now_us)
{
	struct guest *guest = find(door, public_key);
	struct bucket *bucket = guest ? &guest->enrols : &door->enrols;
	int tokens = guest ? DOOR_GUEST_ENROLS : DOOR_ENROLS;
	int64_t token_us = guest ? DOOR_GUEST_ENROL_US : DOOR_ENROL_US;
	if (!has_token(bucket, tokens, token_us, now_us))
		return false;
	take_token(bucket, token_us, now_us);
	return true;
}

void
door_renew(struct door *door, const struct door *fresh)
{
	for (size_t i = 0; i < fresh->guest_count; i++) {
		const struct guest *was = find(door, fresh->guests[i].public_key);
		if (was)
			fresh->guests[i].enrols = was->enrols;
	}
	door->guests = fresh->guests;
	door->guest_count = fresh->guest_count;
}
