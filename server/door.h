/* The door: what a key that is not admitted may do. Pure.
 *
 * Such a key (a guest) gets a line only while some code is out that has not expired (a used one is still good
 * for telling the administrator that a second key brought it) and was not withdrawn, or if it has to be told
 * what became of it: it brought a code and waits, was refused lately, or was revoked. On that line it may
 * send an Enrol and nothing else. So without an invitation a stranger meets what it always met, a closed
 * port; and with one it meets these bounds, each of which is there so that guests take nothing from offices.
 */
#ifndef FUPIN_SERVER_DOOR_H
#define FUPIN_SERVER_DOOR_H

#include "keyfile.h"

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
	const char *reason;
};

struct door {
	size_t guest_count;
	struct guest *guests;  /* by key */
	int64_t open_until_us; /* of the steady clock: when the last code that is out expires; 0: none is */
	struct bucket lines, enrols, wrong;
};

enum {
	/* Known ones that are kept in memory, the newest: 4,096 take less than 1 MiB. */
	DOOR_GUESTS_MAX = 4096,
	/* New lines: a county's clerk connects once or twice; a prefecture's training course, thirty at once. */
	DOOR_LINES = 32,
	DOOR_LINE_US = 1000000,
	/* With so many connections standing, a guest gets none: what a stranger opens and leaves open (28 KiB and
	 * a file descriptor each) may not use up what offices need. Offices are let in all the same. */
	DOOR_CONNECTIONS_MAX = 12000,
	/* Enrols: each is a transaction; who waits for the administrator asks every three seconds. */
	DOOR_ENROLS = 64,
	DOOR_ENROL_US = 50000,
	/* Wrong secrets, of all guests together (a key costs nothing, so counting by key would count nothing):
	 * five, then one in ten seconds. Until the next one is due every guest that brings a new code is told
	 * BUSY. At that rate 128 bits are guessed in 10^32 years; and a program that goes wrong does not ask the
	 * database all day. */
	DOOR_WRONG = 5,
	DOOR_WRONG_US = 10000000,
	/* Enrols and administrators' requests that wait for the database: then BUSY. */
	DOOR_JOBS_MAX = 64,
};

void door_sort(struct door *door);
/* NULL: not known. */
const struct guest *door_guest(const struct door *door, const char *public_key);

/* May this key, which is no principal's, have a line? Takes a token. */
bool door_lets_in(struct door *door, const char *public_key, size_t connections, int64_t now_us);
/* May it send one more Enrol? Takes a token. */
bool door_takes_enrol(struct door *door, const char *public_key, int64_t now_us);
/* It brought a wrong secret. */
void door_note_wrong(struct door *door, int64_t now_us);

#endif
