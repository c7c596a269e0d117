/* The door: what a key that is not admitted may do. Pure.
 *
 * Such a key (a guest) gets a line only if the centre knows it, for one of three reasons: it is the guest
 * key of an enrolment code, which both ends derive from the code's secret (common/keys/enrol_code.h), and
 * the code is still valid or its outcome may still be asked for; it brought a code, and waits or was refused
 * lately; or it was revoked. On that line it may send an Enrol and nothing else. To a stranger the port
 * looks closed, however many codes are valid, and a stranger cannot use up what is reserved for those who
 * have a code. */
#ifndef FUPIN_SERVER_DOOR_H
#define FUPIN_SERVER_DOOR_H

#include "keys/keyfile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A token bucket: a fixed number at once, then one more after each interval. */
struct bucket {
	int64_t full_at_us; /* when it has all its tokens again */
};

struct guest {
	char public_key[KEY_TEXT_BYTES];
	bool revoked; /* false: it brought a code, or is a code's guest key */
	bool of_code; /* it is a code's guest key */
	const char *reason;
	struct bucket enrols;
};

struct door {
	size_t guest_count;
	struct guest *guests; /* by key */
	struct bucket enrols; /* shared by all admitted offices */
};

enum {
	/* Known guests that are kept in memory, the newest ones: 4,096 take less than 1 MiB. */
	DOOR_GUESTS_MAX = 4096,
	/* With this many connections open, a guest gets none: connections that guests leave open (28 KiB and a
	 * file descriptor each) must not use up what offices need. Offices are still let in. */
	DOOR_CONNECTIONS_MAX = 12000,
	/* Enrols, of which each is a transaction: in all, and of one guest. A guest that waits for the
	 * administrator asks every three seconds. */
	DOOR_ENROLS = 64,
	DOOR_ENROL_US = 50000,
	DOOR_GUEST_ENROLS = 8,
	DOOR_GUEST_ENROL_US = 500000,
	/* Enrols and administrators' requests that may wait for the database; one more is told BUSY. */
	DOOR_JOBS_MAX = 64,
};

void door_sort(struct door *door);
/* NULL: not known. */
const struct guest *door_guest(const struct door *door, const char *public_key);

/* May it send one more Enrol? Takes a token. */
bool door_takes_enrol(struct door *door, const char *public_key, int64_t now_us);
/* Takes over the guests that are known from now on. A guest that was known before keeps the tokens that it
 * has left. */
void door_renew(struct door *door, const struct door *fresh);

#endif
