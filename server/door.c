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

const struct guest *
door_guest(const struct door *door, const char *public_key)
{
	struct guest key = {0};
	if (!door->guest_count || strlen(public_key) >= sizeof key.public_key)
		return NULL;
	memcpy(key.public_key, public_key, strlen(public_key));
	return bsearch(&key, door->guests, door->guest_count, sizeof key, by_key);
}

bool
door_lets_in(struct door *door, const char *public_key, size_t connections, int64_t now_us)
{
	bool welcome = door->open_until_us > now_us || door_guest(door, public_key);
	if (!welcome || connections > DOOR_CONNECTIONS_MAX ||
	    !has_token(&door->lines, DOOR_LINES, DOOR_LINE_US, now_us))
		return false;
	take_token(&door->lines, DOOR_LINE_US, now_us);
	return true;
}

bool
door_takes_enrol(struct door *door, const char *public_key, int64_t now_us)
{
	/* Who brought a right one before is not held up by those who guess. */
	bool held_up =
	    !door_guest(door, public_key) && !has_token(&door->wrong, DOOR_WRONG, DOOR_WRONG_US, now_us);
	if (held_up || !has_token(&door->enrols, DOOR_ENROLS, DOOR_ENROL_US, now_us))
		return false;
	take_token(&door->enrols, DOOR_ENROL_US, now_us);
	return true;
}

void
door_note_wrong(struct door *door, int64_t now_us)
{
	take_token(&door->wrong, DOOR_WRONG_US, now_us);
}
