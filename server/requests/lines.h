/* Lines: the connections at the gate. ZeroMQ reports that a connection opened or closed, and the sender of a
 * whole message. Before a message is whole it reads without a bound: the frames of a message of many frames
 * are gathered until the last one. And one key may open as many connections as there are descriptors. So
 * every line is kept here with its key, and watched while bytes come in (TCP counts them). A line is cut
 *
 *  - when more was read from it than the longest frame takes, and no whole message came of it;
 *  - when it set a routing id of its own (gate.c);
 *  - when all descriptors but a reserve are taken: the oldest that no key was admitted for. So accept() never
 * fails for lack of a descriptor; libzmq would try again without a pause.
 *
 * The number of lines of one key is limited. Which key a line belongs to is certain from its first message
 * on. Before that, each authentication is assigned to the oldest line from its address that has none yet;
 * without such a line the key is not let in. */
#ifndef FUPIN_SERVER_LINES_H
#define FUPIN_SERVER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines;

/* `most`: how many descriptors lines may take. NULL: no memory. */
struct lines *lines_create(size_t most);
void lines_destroy(struct lines **lines);

/* To be called for each event of ZeroMQ, in its order. */
void lines_open(struct lines *lines, int line);
void lines_close(struct lines *lines, int line);
/* To be called when all events are noted; before that a descriptor may already belong to another line. */
void lines_keep_reserve(struct lines *lines);

/* Open lines, with those whose handshake is under way. */
size_t lines_count(const struct lines *lines);

/* A peer at this address (as ZAP gives it) has proved that it has this key, and may be let in as an office
 * or a guest. False: the key has all the lines that it may have. lines_turn_away(): a peer at this address
 * was not let in; its line is no longer free for another authentication. */
bool lines_admit(struct lines *lines, const char *public_key, const char *address, bool office);
void lines_turn_away(struct lines *lines, const char *address);

/* A whole message of this key came over the line. Returns the line's serial number; 0: it is not there any
 * more. */
uint32_t lines_take(struct lines *lines, int line, const char *public_key);

/* Is it still the same line, and does it belong to this key? */
bool lines_stands(const struct lines *lines, int line, uint32_t serial, const char *public_key);

void lines_cut(struct lines *lines, int line, const char *why);

/* Looks at lines on which bytes came in, if that is due, and returns whether it was. `drained`: all whole
 * messages that were there at the last look were taken. */
bool lines_look(struct lines *lines, int64_t now_us, bool drained);
int lines_fd(const struct lines *lines);                      /* readable: bytes came in on some */
int lines_wait_ms(const struct lines *lines, int64_t now_us); /* until it is due; -1: never */

#endif
