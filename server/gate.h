/* The gate: the one socket that offices connect to (ROUTER, CURVE always on) and the ZAP handler
 * (ZeroMQ RFC 27) that lets in known keys only. Who sent a frame is what the socket says (User-Id: the
 * client's public key), never what the frame says. */
#ifndef FUPIN_SERVER_GATE_H
#define FUPIN_SERVER_GATE_H

#include "keyfile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gate;

/* The centre gives each connection an id of 5 bytes; one that brings its own, longer one is not served. */
enum { SENDER_BYTES_MAX = 15 };

/* Where a reply goes: ZeroMQ's routing id of one connection. */
struct sender {
	uint8_t size;
	uint8_t id[SENDER_BYTES_MAX];
};

struct frame {
	struct sender sender;
	char public_key[KEY_TEXT_BYTES];
	bool whole; /* exactly one frame, as the protocol has it */
	const uint8_t *bytes;
	size_t size; /* valid until the next gate_receive() */
};

/* Says whether a public key may connect. */
typedef bool (*gate_admits)(void *context, const char *public_key);

enum { GATE_ERROR_BYTES = 256, GATE_ENDPOINT_BYTES = 256 };

/* Binds `endpoint` (tcp://127.0.0.1:* takes a free port) and, if not NULL, `local_endpoint` (ipc://…). */
struct gate *gate_open(const char *endpoint, const char *local_endpoint, const struct key_pair *keys,
                       gate_admits admits, void *context, char error[GATE_ERROR_BYTES]);
void gate_close(struct gate **gate);

/* The endpoint that is really bound, with the port. */
const char *gate_endpoint(const struct gate *gate);

/* ZeroMQ sockets to poll for reading. */
void *gate_socket(struct gate *gate);
void *gate_zap_socket(struct gate *gate);

/* Connections that stand, offices' and others', handshakes under way among them. */
size_t gate_connections(struct gate *gate);

/* Answers one authentication request, if there is one. */
void gate_authenticate(struct gate *gate);

/* Takes one frame; false if none is there. */
bool gate_receive(struct gate *gate, struct frame *out);

/* Sends without waiting, over a connection of this key. FULL: the peer reads too slowly; UNREAD: its office
 * (or all of them) left too much unread for so long a message; GONE: it is not there any more. */
enum gate_sent { GATE_SENT, GATE_FULL, GATE_UNREAD, GATE_GONE };
enum gate_sent gate_send(struct gate *gate, const struct sender *to, const char *public_key,
                         const uint8_t *bytes, size_t size);

#endif
