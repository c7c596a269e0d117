#include "gate.h"

#include "base/bounds.h"
#include "base/endpoint.h"
#include "base/log.h"
#include "lines.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

/* The bytes of long messages to one office that ZeroMQ holds; its thread counts them down. */
struct unread {
	char public_key[KEY_TEXT_BYTES];
	atomic_size_t bytes;
};

/* Offices that may have long messages unread at the same time. */
enum { UNREAD_OFFICES = 256 };

struct gate {
	void *context, *router, *zap, *monitor;
	struct lines *lines;              /* as of the monitor's last event */
	uint64_t received, received_look; /* messages; by the last look at the lines */
	gate_admits admits;
	void *admits_context;
	char endpoint[GATE_ENDPOINT_BYTES];
	struct log_bound refused; /* unknown keys */
	zmq_msg_t payload;
	struct unread unread[UNREAD_OFFICES];
	atomic_size_t unread_bytes; /* of all */
};

/* The longest frame on the slowest line has to get through between two heartbeats. If the peer of a dead
 * line does not even acknowledge bytes, the connection ends sooner. */
enum { HEARTBEAT_MS = 30000, HEARTBEAT_TIMEOUT_MS = 300000, UNACKNOWLEDGED_MS = 20000 };
enum { LINGER_MS = 1000, BACKLOG = 8192 };

/* Messages that ZeroMQ keeps of one connection: requests until the loop takes them (then TCP holds the
 * client back), replies until they are on the line (then they are dropped, and the client asks again). */
enum { REQUESTS_KEPT = 2 * CREDIT_WINDOW, REPLIES_KEPT = QUEUE_OFFICE_MAX };

/* libzmq looks for connections that have messages after so many receives, if it never runs dry. */
enum { TURN_SLACK = 128 };

/* How long a connection that completes no handshake holds a file descriptor. */
enum { HANDSHAKE_MS = 10000, REFUSED_LOGGED = 5 };

static bool
set_int(void *socket, int option, int value)
{
	return !zmq_setsockopt(socket, option, &value, sizeof value);
}

static bool
configure(void *router, const struct key_pair *keys)
{
	int64_t frame_max = FRAME_BYTES_MAX + CURVE_BYTES;
	return set_int(router, ZMQ_CURVE_SERVER, 1) &&
	       !zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, keys->secret_key, KEY_TEXT_BYTES) &&
	       !zmq_setsockopt(router, ZMQ_ZAP_DOMAIN, "fupin", 5) &&
	       !zmq_setsockopt(router, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max) &&
	       set_int(router, ZMQ_ROUTER_MANDATORY, 1) && set_int(router, ZMQ_LINGER, LINGER_MS) &&
	       set_int(router, ZMQ_BACKLOG, BACKLOG) && set_int(router, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
	       set_int(router, ZMQ_RCVHWM, REQUESTS_KEPT) && set_int(router, ZMQ_SNDHWM, REPLIES_KEPT) &&
	       set_int(router, ZMQ_TCP_MAXRT, UNACKNOWLEDGED_MS) &&
	       set_int(router, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS) &&
	       set_int(router, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS);
}

/* Tells of connections as they come and go. */
static bool
open_monitor(struct gate *gate)
{
	static const char address[] = "inproc://gate-monitor";
	/* No limit on events: a lost one would leave the count wrong for ever. */
	if (zmq_socket_monitor(gate->router, address, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED))
		return false;
	gate->monitor = zmq_socket(gate->context, ZMQ_PAIR);
	return gate->monitor && set_int(gate->monitor, ZMQ_LINGER, 0) && set_int(gate->monitor, ZMQ_RCVHWM, 0) &&
	       !zmq_connect(gate->monitor, address);
}

static void
take_events(struct gate *gate)
{
	uint8_t event[6]; /* number (16 bits), value (32 bits); then a frame with the address */
	char address[GATE_ENDPOINT_BYTES];
	while (zmq_recv(gate->monitor, event, sizeof event, ZMQ_DONTWAIT) == sizeof event) {
		uint16_t number;
		uint32_t line;
		memcpy(&number, event, sizeof number);
		memcpy(&line, event + sizeof number, sizeof line);
		zmq_recv(gate->monitor, address, sizeof address, ZMQ_DONTWAIT);
		if (number == ZMQ_EVENT_ACCEPTED)
			lines_open(gate->lines, (int)line);
		else
			lines_close(gate->lines, (int)line);
	}
	lines_keep_reserve(gate->lines);
}

size_t
gate_connections(struct gate *gate)
{
	take_events(gate);
	return lines_count(gate->lines);
}

/* Were all messages taken that were there at the last look? The socket takes turns among connections. */
static bool
is_drained(const struct gate *gate)
{
	int events = 0;
	size_t size = sizeof events;
	bool empty = !zmq_getsockopt(gate->router, ZMQ_EVENTS, &events, &size) && !(events & ZMQ_POLLIN);
	return empty || gate->received - gate->received_look > lines_count(gate->lines) + TURN_SLACK;
}

void
gate_tend(struct gate *gate, int64_t now_us)
{
	take_events(gate);
	bool due = !lines_wait_ms(gate->lines, now_us);
	if (lines_look(gate->lines, now_us, due && is_drained(gate)))
		gate->received_look = gate->received;
}

int
gate_wait_ms(const struct gate *gate, int64_t now_us)
{
	return lines_wait_ms(gate->lines, now_us);
}

int
gate_lines_fd(const struct gate *gate)
{
	return lines_fd(gate->lines);
}

bool
gate_stands(const struct gate *gate, const struct sender *sender, const char *public_key)
{
	return lines_stands(gate->lines, sender->line, sender->serial, public_key);
}

static bool
open_sockets(struct gate *gate, const char *endpoint, const char *local_endpoint, const struct key_pair *keys)
{
	size_t size = sizeof gate->endpoint;
	enum endpoint_host host = endpoint_host(endpoint);
	gate->context = zmq_ctx_new();
	if (!gate->context)
		return false;
	/* The ZAP handler has to be there before the first handshake. */
	gate->zap = zmq_socket(gate->context, ZMQ_REP);
	gate->router = zmq_socket(gate->context, ZMQ_ROUTER);
	return gate->zap && gate->router && set_int(gate->zap, ZMQ_LINGER, 0) &&
	       !zmq_bind(gate->zap, "inproc://zeromq.zap.01") && configure(gate->router, keys) &&
	       open_monitor(gate) &&
	       set_int(gate->router, ZMQ_IPV6, host == ENDPOINT_IPV6 || host == ENDPOINT_ANY) &&
	       !zmq_bind(gate->router, endpoint) &&
	       !zmq_getsockopt(gate->router, ZMQ_LAST_ENDPOINT, gate->endpoint, &size) &&
	       (!local_endpoint || !zmq_bind(gate->router, local_endpoint));
}

/* What is left of the descriptors. */
static size_t
lines_most(void)
{
	struct rlimit limit;
	size_t all =
	    getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > UINT16_MAX ? UINT16_MAX : limit.rlim_cur;
	size_t kept = all / 8 > DESCRIPTORS_KEPT ? all / 8 : DESCRIPTORS_KEPT;
	return all > kept ? all - kept : 1;
}

struct gate *
gate_open(const char *endpoint, const char *local_endpoint, const struct key_pair *keys, gate_admits admits,
          void *context, char error[GATE_ERROR_BYTES])
{
	struct gate *gate = calloc(1, sizeof *gate);
	if (!gate)
		return NULL;
	gate->refused.per_second = REFUSED_LOGGED;
	gate->admits = admits;
	gate->admits_context = context;
	zmq_msg_init(&gate->payload);
	gate->lines = lines_create(lines_most());
	if (!gate->lines) {
		gate_close(&gate);
		return NULL;
	}
	if (!open_sockets(gate, endpoint, local_endpoint, keys)) {
		snprintf(error, GATE_ERROR_BYTES, "%s: %s", endpoint, zmq_strerror(zmq_errno()));
		gate_close(&gate);
	}
	return gate;
}

void
gate_close(struct gate **gate)
{
	struct gate *g = *gate;
	if (!g)
		return;
	zmq_msg_close(&g->payload);
	/* An event for a monitor that nobody listens to would hold up libzmq's thread, and the end, for ever. */
	if (g->router) {
		zmq_socket_monitor(g->router, NULL, 0);
		zmq_close(g->router);
	}
	if (g->monitor)
		zmq_close(g->monitor);
	if (g->zap)
		zmq_close(g->zap);
	if (g->context)
		zmq_ctx_term(g->context);
	lines_destroy(&g->lines);
	free(g);
	*gate = NULL;
}

const char *
gate_endpoint(const struct gate *gate)
{
	return gate->endpoint;
}

void *
gate_socket(struct gate *gate)
{
	return gate->router;
}

void *
gate_zap_socket(struct gate *gate)
{
	return gate->zap;
}

void *
gate_monitor_socket(struct gate *gate)
{
	return gate->monitor;
}

static bool
more(void *socket)
{
	int value = 0;
	size_t size = sizeof value;
	return !zmq_getsockopt(socket, ZMQ_RCVMORE, &value, &size) && value;
}

/* Drops what is left of a message of several frames. */
static void
drop_rest(void *socket)
{
	while (more(socket)) {
		zmq_msg_t rest;
		zmq_msg_init(&rest);
		bool got = zmq_msg_recv(&rest, socket, ZMQ_DONTWAIT) >= 0;
		zmq_msg_close(&rest);
		if (!got)
			break;
	}
}

/* A ZAP request: version, request id, domain, address, routing id, mechanism, client key. */
enum { ZAP_FRAMES = 7, ZAP_FRAME_BYTES = 256, ZAP_REQUEST_ID = 1, ZAP_ADDRESS = 3, ZAP_KEY = 6 };

struct zap_request {
	size_t sizes[ZAP_FRAMES];
	uint8_t frames[ZAP_FRAMES][ZAP_FRAME_BYTES];
};

static bool
zap_receive(void *socket, struct zap_request *out)
{
	int count = 0;
	do {
		int size = zmq_recv(socket, out->frames[count], ZAP_FRAME_BYTES - 1, ZMQ_DONTWAIT);
		if (size < 0)
			return false;
		out->sizes[count] = size < ZAP_FRAME_BYTES ? (size_t)size : ZAP_FRAME_BYTES - 1;
		out->frames[count][out->sizes[count]] = 0;
		count++;
	} while (count < ZAP_FRAMES && more(socket));
	drop_rest(socket);
	return true;
}

static void
zap_reply(void *socket, const struct zap_request *request, const char *status, const char *text,
          const char *user)
{
	zmq_send(socket, "1.0", 3, ZMQ_SNDMORE);
	zmq_send(socket, request->frames[ZAP_REQUEST_ID], request->sizes[ZAP_REQUEST_ID], ZMQ_SNDMORE);
	zmq_send(socket, status, strlen(status), ZMQ_SNDMORE);
	zmq_send(socket, text, strlen(text), ZMQ_SNDMORE);
	zmq_send(socket, user, strlen(user), ZMQ_SNDMORE);
	zmq_send(socket, "", 0, 0);
}

static void
log_unknown_key(struct gate *gate, const char *address, const char *key)
{
	char text[LOG_QUOTED_BYTES];
	if (log_bounded(&gate->refused, LOG_WARNING, "key_unknown") == LOG_WARNING)
		log_line(LOG_WARNING, "key_unknown", "address=%s key=%s", log_quoted(address, text), key);
}

void
gate_authenticate(struct gate *gate)
{
	struct zap_request request = {0};
	if (!zap_receive(gate->zap, &request))
		return;
	char key[KEY_TEXT_BYTES] = "";
	bool curve = request.sizes[ZAP_KEY] == 32 && zmq_z85_encode(key, request.frames[ZAP_KEY], 32);
	const char *address = (const char *)request.frames[ZAP_ADDRESS];
	/* a message to a line that is gone is dropped; that is known before another line can take its place. */
	take_events(gate);
	enum gate_admitted admitted = curve ? gate->admits(gate->admits_context, key) : GATE_NOBODY;
	if (admitted == GATE_NOBODY) {
		lines_turn_away(gate->lines, address);
		log_unknown_key(gate, address, curve ? key : "none");
		zap_reply(gate->zap, &request, "400", "unknown key", "");
	} else if (admitted != GATE_LATER && lines_admit(gate->lines, key, address, admitted == GATE_OFFICE)) {
		zap_reply(gate->zap, &request, "200", "OK", key);
	} else {
		if (admitted == GATE_LATER)
			lines_turn_away(gate->lines, address);
		/* 300: not now. It is cut, and may come again; after 400 libzmq would give up. */
		zap_reply(gate->zap, &request, "300", "too many lines", "");
	}
}

/* The frame's second part: its sender's key and the bytes. */
static void
take_payload(struct gate *gate, struct frame *out)
{
	const char *user = zmq_msg_gets(&gate->payload, "User-Id");
	size_t size = user ? strlen(user) : 0;
	if (size < sizeof out->public_key)
		memcpy(out->public_key, user ? user : "", size);
	out->sender.line = zmq_msg_get(&gate->payload, ZMQ_SRCFD);
	out->sender.serial = lines_take(gate->lines, out->sender.line, out->public_key);
	out->bytes = zmq_msg_data(&gate->payload);
	out->size = zmq_msg_size(&gate->payload);
	out->whole = !zmq_msg_more(&gate->payload);
}

/* ZeroMQ's own; it allows a peer any other. */
static bool
take_sender(const struct gate *gate, struct sender *out)
{
	const uint8_t *id = zmq_msg_data((zmq_msg_t *)(uintptr_t)&gate->payload);
	if (zmq_msg_size(&gate->payload) != SENDER_BYTES || id[0])
		return false;
	out->size = SENDER_BYTES;
	memcpy(out->id, id, SENDER_BYTES);
	return true;
}

bool
gate_receive(struct gate *gate, struct frame *out)
{
	bool own = false;
	while (!own) {
		*out = (struct frame){0};
		if (zmq_msg_recv(&gate->payload, gate->router, ZMQ_DONTWAIT) < 0)
			return false;
		gate->received++;
		own = take_sender(gate, &out->sender);
		if (zmq_msg_more(&gate->payload) && zmq_msg_recv(&gate->payload, gate->router, ZMQ_DONTWAIT) >= 0)
			take_payload(gate, out);
		if (!out->whole)
			drop_rest(gate->router);
		if (!own)
			lines_cut(gate->lines, out->sender.line, "routing_id");
	}
	return true;
}

/* A long message on its way, counted until it is on the line. The size is stored last and loaded first, so
 * that the other thread sees all of it without relying on ZeroMQ's queues. */
struct long_message {
	struct gate *gate;
	struct unread *unread;
	atomic_size_t size;
	uint8_t bytes[];
};

/* Called by ZeroMQ, in its thread. */
static void
long_message_done(void *bytes, void *message)
{
	struct long_message *m = message;
	(void)bytes;
	size_t size = atomic_load(&m->size);
	atomic_fetch_sub(&m->unread->bytes, size);
	atomic_fetch_sub(&m->gate->unread_bytes, size);
	free(m);
}

/* The office's count, or one that is free. NULL: there is none. */
static struct unread *
unread_of(struct gate *gate, const char *public_key)
{
	struct unread *unused = NULL;
	for (struct unread *u = gate->unread; u < gate->unread + UNREAD_OFFICES; u++) {
		if (!strcmp(u->public_key, public_key))
			return u;
		if (!unused && !atomic_load(&u->bytes))
			unused = u;
	}
	if (unused)
		snprintf(unused->public_key, sizeof unused->public_key, "%s", public_key);
	return unused;
}

/* Counted before it is sent, as it may be finished at once. NULL: too much is unread, or no memory. */
static struct long_message *
long_message_create(struct gate *gate, const char *public_key, const uint8_t *bytes, size_t size)
{
	struct unread *unread = unread_of(gate, public_key);
	size_t before = unread ? atomic_load(&unread->bytes) : 0;
	if (!unread || (before && before + size > UNREAD_OFFICE_MAX) ||
	    atomic_load(&gate->unread_bytes) + size > UNREAD_BYTES_MAX)
		return NULL;
	struct long_message *m = malloc(sizeof *m + size);
	if (!m)
		return NULL;
	m->gate = gate;
	m->unread = unread;
	memcpy(m->bytes, bytes, size);
	atomic_store(&m->size, size);
	atomic_fetch_add(&unread->bytes, size);
	atomic_fetch_add(&gate->unread_bytes, size);
	return m;
}

static enum gate_sent
send_failed(void)
{
	return zmq_errno() == EAGAIN ? GATE_FULL : GATE_GONE;
}

static enum gate_sent
send_long(struct gate *gate, const struct sender *to, struct long_message *m)
{
	size_t size = atomic_load(&m->size);
	zmq_msg_t message;
	enum gate_sent sent = GATE_SENT;
	if (zmq_msg_init_data(&message, m->bytes, size, long_message_done, m)) {
		long_message_done(m->bytes, m);
		return GATE_FULL;
	}
	if (zmq_send(gate->router, to->id, to->size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0 ||
	    zmq_msg_send(&message, gate->router, ZMQ_DONTWAIT) < 0)
		sent = send_failed();
	zmq_msg_close(&message);
	return sent;
}

enum gate_sent
gate_send(struct gate *gate, const struct sender *to, const char *public_key, const uint8_t *bytes,
          size_t size)
{
	if (!gate_stands(gate, to, public_key))
		return GATE_GONE;
	if (size > LONG_ANSWER_BYTES) {
		struct long_message *m = long_message_create(gate, public_key, bytes, size);
		return m ? send_long(gate, to, m) : GATE_UNREAD;
	}
	if (zmq_send(gate->router, to->id, to->size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
	    zmq_send(gate->router, bytes, size, ZMQ_DONTWAIT) >= 0)
		return GATE_SENT;
	return send_failed();
}
