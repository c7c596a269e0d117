/* The gate: the one socket that offices connect to (ROUTER, CURVE always on) and the ZAP handler (ZeroMQ RFC
 * 27) that lets in known keys only. The sender of a frame is known from the socket (User-Id: the client's
 * public key), never from the frame. */
#ifndef FUPIN_SERVER_GATE_H
#define FUPIN_SERVER_GATE_H

#include "keys/keyfile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gate;

/* ZeroMQ gives each connection a routing id of 5 bytes, a zero and a number that is not given again. A peer
 * that sets its own id is not served: the next peer with that id would get replies that were meant for the
 * first. */
enum { SENDER_BYTES = 5 };

/* Where a reply goes: one connection. */
struct sender {
	uint8_t size;
	uint8_t id[SENDER_BYTES];
	int line;        /* its descriptor */
	uint32_t serial; /* which of the lines that had this descriptor */
};

struct frame {
	struct sender sender;
	char public_key[KEY_TEXT_BYTES];
	bool whole; /* exactly one frame, as the protocol has it */
	const uint8_t *bytes;
	size_t size; /* valid until the next gate_receive() */
};

/* Says whether a public key may connect, and as what: as an office, or as a guest that may enrol; or not
 * now. */
enum gate_admitted { GATE_NOBODY, GATE_LATER, GATE_GUEST, GATE_OFFICE };
typedef enum gate_admitted (*gate_admits)(void *context, const char *public_key);

enum { GATE_ERROR_BYTES = 256, GATE_ENDPOINT_BYTES = 256 };

/* Binds `endpoint` (tcp://127.0.0.1:* takes a free port) and, if not NULL, `local_endpoint` (ipc://…). */
struct gate *gate_open(const char *endpoint, const char *local_endpoint, const struct key_pair *keys,
                       gate_admits admits, void *context, char error[GATE_ERROR_BYTES]);
void gate_close(struct gate **gate);

/* The endpoint that is really bound, with the port. */
const char *gate_endpoint(const struct gate *gate);

/* ZeroMQ sockets to poll for reading. The monitor's socket and the descriptor are for gate_tend(). */
void *gate_socket(struct gate *gate);
void *gate_zap_socket(struct gate *gate);
void *gate_monitor_socket(struct gate *gate);
int gate_lines_fd(const struct gate *gate);

/* Takes notice of lines that came and went, and cuts those that break the rules (lines.h). */
void gate_tend(struct gate *gate, int64_t now_us);
/* until gate_tend() is due; -1: only when something happens */
int gate_wait_ms(const struct gate *gate, int64_t now_us);

/* Open connections, offices' and others', with those whose handshake is under way. */
size_t gate_connections(struct gate *gate);

/* Is the connection still open, and does it belong to this key? */
bool gate_stands(const struct gate *gate, const struct sender *sender, const char *public_key);

/* Answers one authentication request, if there is one. */
void gate_authenticate(struct gate *gate);

/* Takes one frame; false if none is there. */
bool gate_receive(struct gate *gate, struct frame *out);

/* Sends without waiting, over a connection of this key. FULL: the peer reads too slowly; UNREAD: its office
 * (or all offices together) left so much unread that a message of this length is not sent; GONE: the
 * connection does not exist any more. */
enum gate_sent { GATE_SENT, GATE_FULL, GATE_UNREAD, GATE_GONE };
enum gate_sent gate_send(struct gate *gate, const struct sender *to, const char *public_key,
                         const uint8_t *bytes, size_t size);

#endif
