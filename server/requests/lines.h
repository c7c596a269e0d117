/* Lines: who stands at the gate. ZeroMQ tells that a connection came or went, and of whom a whole message is;
 * between the two it reads whatever comes: frames of a message of many frames are gathered until the last
 * one, without a bound. And whoever has a key may connect as often as there are descriptors. So every line is
 * kept here with its key, and looked at while bytes come in (TCP counts them): a line is cut
 *
 *  - when more was read from it than the longest frame takes, and no whole message came of it;
 *  - when it set a routing id of its own (gate.c);
 *  - when all descriptors but a reserve are taken: the oldest that no key was admitted for. So accept() never
 *    fails for want of one, which libzmq would try again and again.
 *
 * A key has so many lines, and no more. Whose a line is is known for certain with its first message; before,
 * each authentication is put down to the oldest line from its address that none was put down to, and without
 * such a line nobody is let in. */
#ifndef FUPIN_SERVER_LINES_H
#define FUPIN_SERVER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines;

/* At most so many descriptors are left to lines. NULL: no memory. */
struct lines *lines_create(size_t most);
void lines_destroy(struct lines **lines);

/* As ZeroMQ tells it, in its order. */
void lines_open(struct lines *lines, int line);
void lines_close(struct lines *lines, int line);
/* After all that it told is noted: a descriptor may be another line's since. */
void lines_keep_reserve(struct lines *lines);

/* Those that stand, handshakes under way among them. */
size_t lines_count(const struct lines *lines);

/* Somebody at this address (as ZAP has it) has shown that he has this key, and may come in as an office or a
 * guest. False: it has as many lines as it may have. Else, if he may not: one line less may ask. */
bool lines_admit(struct lines *lines, const char *public_key, const char *address, bool office);
void lines_turn_away(struct lines *lines, const char *address);

/* A whole message of this key came over it. Returns the line's serial number; 0: it is not there any more. */
uint32_t lines_take(struct lines *lines, int line, const char *public_key);

/* Is it still that line, and this key's? */
bool lines_stands(const struct lines *lines, int line, uint32_t serial, const char *public_key);

void lines_cut(struct lines *lines, int line, const char *why);

/* Looks at lines on which bytes came in, if it is due: true. `drained`: all whole messages that were there at
 * the last look were taken. */
bool lines_look(struct lines *lines, int64_t now_us, bool drained);
int lines_fd(const struct lines *lines);                      /* readable: bytes came in on some */
int lines_wait_ms(const struct lines *lines, int64_t now_us); /* until it is due; -1: never */

#endif
