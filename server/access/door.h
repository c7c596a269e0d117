/* The door: what a key that is not admitted may do. Pure.
 *
 * Such a key (a guest) gets a line only if the centre knows it: it is a code's, made of its secret at both
 * ends (common/keys/enrol_code.h), while that code is out and as long as its outcome is told; or it brought a
 * code and waits or was refused lately; or it was revoked. On that line it may send an Enrol and nothing
 * else. So a stranger meets a closed port, whatever is out, and cannot use up what is there for those who
 * have a code.
 */
#ifndef FUPIN_SERVER_DOOR_H
#define FUPIN_SERVER_DOOR_H

#include "keys/keyfile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many at once, then one each so often. */
struct bucket {
	int64_t full_at_us; /* when it has all its tokens again */
};

struct guest {
	char public_key[KEY_TEXT_BYTES];
	bool revoked; /* else it brought a code */
	bool of_code; /* or is one's own */
	const char *reason;
	struct bucket enrols;
};

struct door {
	size_t guest_count;
	struct guest *guests; /* by key */
	struct bucket enrols; /* of all offices that are admitted */
};

enum {
	/* Known ones that are kept in memory, the newest: 4,096 take less than 1 MiB. */
	DOOR_GUESTS_MAX = 4096,
	/* With so many connections standing, a guest gets none: what guests open and leave open (28 KiB and a
	 * file descriptor each) may not use up what offices need. Offices are let in all the same. */
	DOOR_CONNECTIONS_MAX = 12000,
	/* Enrols: each is a transaction. Of a guest: who waits for the administrator asks every three seconds. */
	DOOR_ENROLS = 64,
	DOOR_ENROL_US = 50000,
	DOOR_GUEST_ENROLS = 8,
	DOOR_GUEST_ENROL_US = 500000,
	/* Enrols and administrators' requests that wait for the database: then BUSY. */
	DOOR_JOBS_MAX = 64,
};

void door_sort(struct door *door);
/* NULL: not known. */
const struct guest *door_guest(const struct door *door, const char *public_key);

/* May it send one more Enrol? Takes a token. */
bool door_takes_enrol(struct door *door, const char *public_key, int64_t now_us);
/* Takes over who is known from now on; what they may send does not begin anew. */
void door_renew(struct door *door, const struct door *fresh);

#endif
