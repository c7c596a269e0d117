#include "session.h"

#include "base/clock.h"
#include "codec.h"
#include "version.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { ROUTES_MAX = 2 * ENDPOINTS_MAX, WAIT_OTHERS_MAX = 4 };

/* A way to a centre. libzmq looks a name up in one family of addresses: a name is two ways. */
struct route {
	char endpoint[ENDPOINT_BYTES];
	bool ipv6;
};

struct session {
	void *context, *socket, *monitor;
	uint64_t request_id; /* the last one used */
	unsigned connection; /* how many were made */
	unsigned epoch;      /* goes up when what is unanswered was lost */
	struct route routes[ROUTES_MAX];
	unsigned route_count, route; /* the one in use */
	size_t centres;
	bool connected, was_connected; /* now; ever, with this socket */
	bool refused;                  /* the centre does not admit the key: this socket is dead */
	unsigned failures;             /* attempts in a row */
	bool ever;                     /* the line was there */
	unsigned broken_off;           /* handshakes, since then */
	bool given_up;
	int give_up_ms;                    /* -1: never */
	int64_t failing_us;                /* since when attempts fail at once; 0: none did */
	int64_t move_us;                   /* when the next centre is tried; 0: not now */
	struct arena welcome_arena, arena; /* the second: of the last reply */
	struct welcome welcome;
	const uint8_t *welcome_frame;
	size_t welcome_size;
	struct refusal refusal; /* its problems are these: */
	struct problem_list problems;
	zmq_msg_t message;
	char error[HOME_ERROR_BYTES];
	struct home home;
};

/* The longest frame on the slowest known line has to get through between two heartbeats; if the other end's
 * system does not even acknowledge bytes, the connection ends sooner. */
enum { HEARTBEAT_MS = 10000, HEARTBEAT_TIMEOUT_MS = 180000, UNACKNOWLEDGED_MS = 20000 };
enum { SLOW_BYTES_PER_MS = 10 };
/* Requests that libzmq keeps. */
enum { UNSENT_MAX = 4 * CREDIT_WINDOW };
/* If libzmq has not tried a broken line again within this time, it never will. */
enum { DEAD_MS = 3000 };
/* libzmq doubles the pause and adds a random part of it: a line that is back is found within a second. */
enum { RECONNECT_MS = 100, RECONNECT_MAX_MS = 1000 };
enum {
	HANDSHAKE_BROKEN_OFF = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
	MONITORED_EVENTS = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
	                   HANDSHAKE_BROKEN_OFF | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
	                   ZMQ_EVENT_CONNECT_RETRIED,
};

static bool
set_int(void *socket, int option, int value)
{
	return !zmq_setsockopt(socket, option, &value, sizeof value);
}

static bool
configure(void *socket, const struct home *home)
{
	int64_t answer_max = ANSWER_BYTES_MAX + CURVE_BYTES;
	/* More than any client has in flight: a socket that takes no more is dead, or full of requests that were
	 * sent again over several lines. */
	return set_int(socket, ZMQ_LINGER, 0) && set_int(socket, ZMQ_SNDHWM, UNSENT_MAX) &&
	       set_int(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS) &&
	       set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS) &&
	       set_int(socket, ZMQ_TCP_MAXRT, UNACKNOWLEDGED_MS) &&
	       set_int(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) &&
	       set_int(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) &&
	       !zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &answer_max, sizeof answer_max) &&
	       !zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, home->centre_key, KEY_TEXT_BYTES) &&
	       !zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, home->office.public_key, KEY_TEXT_BYTES) &&
	       !zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, home->office.secret_key, KEY_TEXT_BYTES);
}

static void
close_sockets(struct session *s)
{
	/* A monitor that nobody listens to any more would hold up libzmq's thread for ever with the next event,
	 * and every later connection with it. */
	if (s->socket) {
		zmq_socket_monitor(s->socket, NULL, 0);
		zmq_close(s->socket);
	}
	if (s->monitor)
		zmq_close(s->monitor);
	s->socket = s->monitor = NULL;
}

static bool
connect_socket(struct session *s)
{
	char monitor[48];
	/* The old monitor of a session that starts over ends in its own time: never the same name. */
	snprintf(monitor, sizeof monitor, "inproc://monitor-%u", ++s->connection);
	s->epoch++;
	s->socket = s->context ? zmq_socket(s->context, ZMQ_DEALER) : NULL;
	s->connected = s->was_connected = s->refused = false;
	s->move_us = 0;
	/* The monitor tells a refused key from a dead line, and a broken one from a slow one. */
	if (!s->socket || !configure(s->socket, &s->home) ||
	    !set_int(s->socket, ZMQ_IPV6, s->routes[s->route].ipv6) ||
	    zmq_socket_monitor(s->socket, monitor, MONITORED_EVENTS))
		return false;
	s->monitor = zmq_socket(s->context, ZMQ_PAIR);
	return s->monitor && set_int(s->monitor, ZMQ_LINGER, 0) && set_int(s->monitor, ZMQ_RCVHWM, 0) &&
	       !zmq_connect(s->monitor, monitor) && !zmq_connect(s->socket, s->routes[s->route].endpoint);
}

/* Takes one event of the monitor; 0: none is there. */
static int
take_event(struct session *s)
{
	uint8_t event[6] = {0}; /* number (16 bits), value (32 bits) */
	char address[256];
	uint16_t number;
	if (zmq_recv(s->monitor, event, sizeof event, ZMQ_DONTWAIT) != sizeof event)
		return 0;
	zmq_recv(s->monitor, address, sizeof address, ZMQ_DONTWAIT);
	memcpy(&number, event, sizeof number);
	return number;
}

/* This centre cannot be reached: the next one is tried at once, and when all were tried, after a growing
 * pause. A single centre is tried again by libzmq, which reports that; but not if something that is no
 * centre has answered: then it is done here. */
static void
plan_move(struct session *s, int event)
{
	int64_t pause_ms = 0;
	s->failures++;
	if (s->route_count < 2) {
		bool dead = event == ZMQ_EVENT_DISCONNECTED && !s->refused;
		s->move_us = dead ? clock_steady_us() + DEAD_MS * INT64_C(1000) : 0;
		return;
	}
	if (s->failures % s->route_count == 0) {
		unsigned rounds = s->failures / s->route_count;
		pause_ms = rounds > 5 ? RECONNECT_MAX_MS : RECONNECT_MS << (rounds - 1);
	}
	s->move_us = clock_steady_us() + pause_ms * 1000;
}

static enum session_failure
not_admitted(struct session *s)
{
	s->refused = true;
	snprintf(s->error, sizeof s->error,
	         "the centre at %.100s does not admit this office's key %s: ask its administrator",
	         s->routes[s->route].endpoint, s->home.office.public_key);
	return SESSION_NOT_ADMITTED;
}

static void
note_failing(struct session *s)
{
	if (!s->failing_us)
		s->failing_us = clock_steady_us();
}

static enum session_failure
note_event(struct session *s, int event)
{
	bool again = s->was_connected;
	switch (event) {
	case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
		return not_admitted(s);
	case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
		s->connected = s->was_connected = s->ever = true;
		s->failures = 0;
		s->move_us = s->failing_us = 0;
		s->broken_off = 0;
		/* Requests that went into the old line and were not answered have to be sent again. */
		s->epoch += again;
		return again ? SESSION_LOST : SESSION_OK;
	case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
	case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
		s->broken_off++;
		note_failing(s);
		return SESSION_OK;
	case ZMQ_EVENT_CLOSED:
		note_failing(s);
		return SESSION_OK;
	case ZMQ_EVENT_DISCONNECTED:
	case ZMQ_EVENT_CONNECT_RETRIED:
		s->connected = false;
		plan_move(s, event);
		return SESSION_OK;
	default:
		return SESSION_OK;
	}
}

static void
add_route(struct session *s, const char *endpoint, bool ipv6)
{
	struct route *route = &s->routes[s->route_count++];
	snprintf(route->endpoint, sizeof route->endpoint, "%s", endpoint);
	route->ipv6 = ipv6;
}

static bool
find_routes(struct session *s, const char *endpoints, char error[HOME_ERROR_BYTES])
{
	char each[ENDPOINTS_MAX][ENDPOINT_BYTES];
	if (!endpoint_list(endpoints, each, &s->centres, error))
		return false;
	for (size_t i = 0; i < s->centres; i++) {
		enum endpoint_host host = endpoint_host(each[i]);
		if (host != ENDPOINT_IPV6)
			add_route(s, each[i], false);
		if (host == ENDPOINT_IPV6 || host == ENDPOINT_NAME)
			add_route(s, each[i], true);
	}
	return true;
}

struct session *
session_open(const struct home *home, char error[HOME_ERROR_BYTES])
{
	struct session *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	arena_init(&s->arena, ANSWER_BYTES_MAX * 4UL);
	arena_init(&s->welcome_arena, ANSWER_BYTES_MAX);
	zmq_msg_init(&s->message);
	s->home = *home;
	s->give_up_ms = -1;
	if (!find_routes(s, home->endpoint, error)) {
		session_close(&s);
		return NULL;
	}
	s->context = zmq_ctx_new();
	if (!connect_socket(s)) {
		snprintf(error, HOME_ERROR_BYTES, "%s: %s", home->endpoint, zmq_strerror(zmq_errno()));
		session_close(&s);
	}
	return s;
}

void
session_close(struct session **session)
{
	struct session *s = *session;
	if (!s)
		return;
	zmq_msg_close(&s->message);
	close_sockets(s);
	if (s->context)
		zmq_ctx_term(s->context);
	arena_free(&s->arena);
	arena_free(&s->welcome_arena);
	free(s);
	*session = NULL;
}

const struct welcome *
session_welcome(const struct session *session)
{
	return &session->welcome;
}

const char *
session_centre_key(const struct session *session)
{
	return session->home.centre_key;
}

const uint8_t *
session_welcome_frame(const struct session *session, size_t *size)
{
	*size = session->welcome_size;
	return session->welcome_frame;
}

const uint8_t *
session_frame(struct session *session, size_t *size)
{
	*size = zmq_msg_size(&session->message);
	return zmq_msg_data(&session->message);
}

const struct refusal *
session_refusal(const struct session *session)
{
	return &session->refusal;
}

const char *
session_error(const struct session *session)
{
	return session->error;
}

static enum session_failure
broken(struct session *s, const char *what)
{
	snprintf(s->error, sizeof s->error, "%.150s: %.300s", s->home.endpoint, what);
	return SESSION_BROKEN;
}

enum session_failure
session_makes_no_sense(struct session *s, const char *what)
{
	return broken(s, what);
}

/* Never waits: a connection that ended in its handshake leaves a socket that takes nothing, ever. */
static enum session_failure
send_frame(struct session *s, const uint8_t *bytes, size_t size)
{
	if (s->refused)
		return not_admitted(s);
	if (zmq_send(s->socket, bytes, size, ZMQ_DONTWAIT) >= 0)
		return SESSION_OK;
	if (zmq_errno() != EAGAIN)
		return broken(s, zmq_strerror(zmq_errno()));
	for (int event; (event = take_event(s));)
		note_event(s, event);
	if (s->refused)
		return not_admitted(s);
	if (!session_reconnect(s))
		return SESSION_BROKEN;
	return zmq_send(s->socket, bytes, size, ZMQ_DONTWAIT) >= 0 ? SESSION_OK
	                                                           : broken(s, zmq_strerror(zmq_errno()));
}

enum session_failure
session_send(struct session *s, struct request *request)
{
	struct arena arena;
	uint8_t *bytes;
	size_t size = 0;
	request->id = ++s->request_id;
	arena_init(&arena, 2 * FRAME_BYTES_MAX);
	bool encoded = codec_encode_request(&arena, request, &bytes, &size);
	bool too_large = encoded ? size > FRAME_BYTES_MAX
	                         : request->kind == REQUEST_SUBMIT && request->submit.size > FRAME_BYTES_MAX;
	enum session_failure failure = SESSION_TOO_LARGE;
	if (too_large)
		broken(s, "the request is too large for a frame");
	else
		failure = encoded ? send_frame(s, bytes, size) : broken(s, "no memory");
	arena_free(&arena);
	return failure;
}

/* A delivery may go on after it, and end with it later. */
static void
keep_refusal(struct session *s, const struct refusal *refusal)
{
	s->problems = *refusal->problems;
	s->refusal = *refusal;
	s->refusal.problems = &s->problems;
}

static enum session_failure
read_reply(struct session *s, struct reply *out)
{
	if (zmq_msg_recv(&s->message, s->socket, ZMQ_DONTWAIT) < 0)
		return broken(s, zmq_strerror(zmq_errno()));
	arena_reset(&s->arena);
	if (!codec_decode_reply(&s->arena, zmq_msg_data(&s->message), zmq_msg_size(&s->message), out))
		return broken(s, "an answer that this client does not understand: is the centre newer?");
	if (out->kind == REPLY_REFUSAL)
		keep_refusal(s, &out->refusal);
	return SESSION_OK;
}

void
session_give_up_after(struct session *s, int ms)
{
	s->give_up_ms = ms;
}

const char *
session_trouble(struct session *s)
{
	if (!s->failing_us || s->connected || s->refused)
		return "";
	if (s->broken_off)
		snprintf(s->error, sizeof s->error,
		         "what answers at %.200s breaks off before it shows the centre's key %s: compare public-key "
		         "in fupin.ini "
		         "with what the centre prints when it starts. Or the line breaks at once, or too many of "
		         "this key stand",
		         s->home.endpoint, s->home.centre_key);
	else
		snprintf(s->error, sizeof s->error,
		         "nothing takes connections at %.300s: the centre is not running, or the address is wrong, "
		         "or this machine has no network",
		         s->home.endpoint);
	return s->error;
}

/* By each way at least once: one of several centres may be there. */
static bool
gives_up(struct session *s, int64_t now)
{
	bool long_enough = now - s->failing_us >= s->give_up_ms * INT64_C(1000);
	s->given_up =
	    s->give_up_ms >= 0 && !s->ever && s->failing_us && s->failures > s->route_count && long_enough;
	return s->given_up;
}

static enum session_failure
no_answer(struct session *s)
{
	if (!*session_trouble(s))
		snprintf(s->error, sizeof s->error, "the centre at %.300s does not answer", s->home.endpoint);
	return SESSION_NO_ANSWER;
}

enum session_failure
session_take(struct session *s, int timeout_ms, struct reply *out)
{
	int64_t until = clock_steady_us() + timeout_ms * INT64_C(1000);
	for (;;) {
		int64_t now = clock_steady_us();
		if (gives_up(s, now))
			break;
		if (s->move_us && now >= s->move_us)
			return session_reconnect(s) ? SESSION_LOST : SESSION_BROKEN;
		int64_t wait_until = s->move_us && s->move_us < until ? s->move_us : until;
		if (s->failing_us && s->give_up_ms >= 0 && s->failing_us + s->give_up_ms * INT64_C(1000) > now &&
		    s->failing_us + s->give_up_ms * INT64_C(1000) < wait_until)
			wait_until = s->failing_us + s->give_up_ms * INT64_C(1000);
		int64_t wait_ms = wait_until > now ? (wait_until - now + 999) / 1000 : 0;
		zmq_pollitem_t items[] = {{.socket = s->socket, .events = ZMQ_POLLIN},
		                          {.socket = s->monitor, .events = ZMQ_POLLIN}};
		int ready = zmq_poll(items, 2, wait_ms);
		if (ready > 0 && items[0].revents)
			return read_reply(s, out);
		enum session_failure failure = ready > 0 ? note_event(s, take_event(s)) : SESSION_OK;
		if (failure)
			return failure;
		if (clock_steady_us() >= until)
			break;
	}
	return no_answer(s);
}

enum session_failure
session_wait(struct session *s, struct pollfd *others, size_t count, int timeout_ms)
{
	zmq_pollitem_t items[2 + WAIT_OTHERS_MAX] = {{.socket = s->socket, .events = ZMQ_POLLIN},
	                                             {.socket = s->monitor, .events = ZMQ_POLLIN}};
	int64_t now = clock_steady_us(), wait_ms = timeout_ms;
	assert(count <= WAIT_OTHERS_MAX);
	if (s->move_us && now >= s->move_us)
		return session_reconnect(s) ? SESSION_LOST : SESSION_BROKEN;
	if (s->move_us && (s->move_us - now) / 1000 < wait_ms)
		wait_ms = (s->move_us - now + 999) / 1000;
	for (size_t i = 0; i < count; i++)
		items[2 + i] = (zmq_pollitem_t){.fd = others[i].fd, .events = ZMQ_POLLIN};
	int ready = zmq_poll(items, 2 + (int)count, wait_ms);
	for (size_t i = 0; i < count; i++)
		others[i].revents = ready > 0 && items[2 + i].revents ? POLLIN : 0;
	return ready > 0 && items[1].revents ? note_event(s, take_event(s)) : SESSION_OK;
}

bool
session_connected(const struct session *s)
{
	return s->connected;
}

bool
session_reconnect(struct session *s)
{
	close_sockets(s);
	s->route = (s->route + 1) % s->route_count;
	return connect_socket(s) || broken(s, zmq_strerror(zmq_errno())) == SESSION_OK;
}

bool
session_next_centre(struct session *s)
{
	unsigned last = s->route;
	while (!strcmp(s->routes[(last + 1) % s->route_count].endpoint, s->routes[s->route].endpoint) &&
	       (last + 1) % s->route_count != s->route)
		last = (last + 1) % s->route_count;
	s->route = last;
	return session_reconnect(s);
}

unsigned
session_epoch(const struct session *s)
{
	return s->epoch;
}

size_t
session_centres(const struct session *s)
{
	return s->centres;
}

/* Waits for the answer to one request id until `until_us`. */
static enum session_failure
take_answer(struct session *s, uint64_t request_id, int64_t until_us, struct reply *out)
{
	for (;;) {
		int64_t left_ms = (until_us - clock_steady_us()) / 1000;
		enum session_failure failure = session_take(s, left_ms > 0 ? (int)left_ms : 0, out);
		if (failure || out->request_id == request_id)
			return failure;
		/* The late answer to an earlier question. */
	}
}

int64_t
session_silence_us(const struct session *s, unsigned attempt, size_t bytes)
{
	int64_t limit_us = SILENCE_SECONDS_MOST * INT64_C(1000000);
	int64_t us = s->home.silence_ms * INT64_C(1000) + (int64_t)(bytes / SLOW_BYTES_PER_MS) * 1000;
	for (; attempt && us < limit_us; attempt--)
		us *= 2;
	return us < limit_us ? us : limit_us;
}

size_t
session_request_bytes(const struct request *request)
{
	return request->kind == REQUEST_SUBMIT   ? request->submit.size
	       : request->kind == REQUEST_CARRY  ? request->carry.size
	       : request->kind == REQUEST_UPLOAD ? request->upload.part_size
	       : request->kind == REQUEST_FILE   ? DOCUMENT_PART_BYTES
	                                         : 0;
}

enum session_failure
session_ask(struct session *s, struct request *request, enum reply_kind kind, int timeout_ms,
            struct reply *out)
{
	int64_t until = clock_steady_us() + timeout_ms * INT64_C(1000);
	for (unsigned attempt = 0;; attempt++) {
		int64_t repeat = clock_steady_us() + session_silence_us(s, attempt, session_request_bytes(request));
		enum session_failure failure = session_send(s, request);
		if (failure)
			return failure;
		failure = take_answer(s, request->id, repeat < until ? repeat : until, out);
		if (failure == SESSION_LOST)
			continue;
		if (failure == SESSION_NO_ANSWER && repeat < until && !s->given_up) {
			if (!session_reconnect(s))
				return SESSION_BROKEN;
			continue;
		}
		if (failure)
			return failure;
		if (out->kind == REPLY_REFUSAL)
			return SESSION_REFUSED;
		return out->kind == kind ? SESSION_OK : broken(s, "an answer of another kind than the question");
	}
}

/* Another centre of the same database may reach it where this one does not; all of them in turn, then a
 * pause. */
static bool
go_to_next_centre(struct session *s, enum problem_code code, size_t *moves)
{
	bool away = code == PROBLEM_STORE_UNAVAILABLE || code == PROBLEM_STOPPING;
	return away && s->centres > 1 && ++*moves % s->centres && session_next_centre(s);
}

enum session_failure
session_ask_patiently(struct session *s, struct request *request, enum reply_kind kind, int timeout_ms,
                      struct reply *out)
{
	int64_t until = clock_steady_us() + timeout_ms * INT64_C(1000);
	for (size_t moves = 0;;) {
		int64_t left_ms = (until - clock_steady_us()) / 1000;
		enum session_failure failure = session_ask(s, request, kind, left_ms > 0 ? (int)left_ms : 0, out);
		int wait_ms = failure == SESSION_REFUSED ? (int)s->refusal.retry_after_ms : 0;
		if (failure != SESSION_REFUSED || !wait_ms || clock_steady_us() + wait_ms * INT64_C(1000) > until)
			return failure;
		if (!go_to_next_centre(s, s->refusal.problems->items[0].code, &moves))
			poll(NULL, 0, wait_ms);
	}
}

/* The reply that was taken last lives until the next one: the welcome is needed longer. */
static bool
keep_welcome(struct session *s)
{
	struct reply reply;
	arena_reset(&s->welcome_arena);
	s->welcome_size = zmq_msg_size(&s->message);
	s->welcome_frame =
	    (const uint8_t *)arena_text(&s->welcome_arena, zmq_msg_data(&s->message), s->welcome_size);
	if (!s->welcome_frame ||
	    !codec_decode_reply(&s->welcome_arena, s->welcome_frame, s->welcome_size, &reply))
		return false;
	s->welcome = reply.welcome;
	return true;
}

struct request
session_greeting(void)
{
	return (struct request){.kind = REQUEST_HELLO,
	                        .hello = {.protocol = PROTOCOL_VERSION, .software = "fupin " FUPIN_VERSION}};
}

enum session_failure
session_take_welcome(struct session *s, const struct reply *reply)
{
	if (reply->welcome.protocol > PROTOCOL_VERSION || reply->welcome.protocol < PROTOCOL_VERSION_OLDEST)
		return broken(s, "the centre speaks another version of the protocol");
	return keep_welcome(s) ? SESSION_OK : broken(s, "no memory");
}

enum session_failure
session_hello(struct session *s, int timeout_ms)
{
	struct request request = session_greeting();
	struct reply reply;
	enum session_failure failure = session_ask(s, &request, REPLY_WELCOME, timeout_ms, &reply);
	return failure ? failure : session_take_welcome(s, &reply);
}

enum session_failure
session_catalogue(struct session *s, int timeout_ms, bool units, bool forms, const struct as_of *as_of,
                  struct catalogue *out)
{
	struct request request = {.kind = REQUEST_CATALOGUE,
	                          .catalogue = {.units = units, .forms = forms, .as_of = *as_of}};
	struct reply reply;
	enum session_failure failure = session_ask(s, &request, REPLY_CATALOGUE, timeout_ms, &reply);
	return failure ? failure : session_take_catalogue(s, out);
}

enum session_failure
session_take_catalogue(struct session *s, struct catalogue *out)
{
	char error[CATALOGUE_ERROR_BYTES];
	if (!codec_decode_catalogue(zmq_msg_data(&s->message), zmq_msg_size(&s->message), out, error))
		return broken(s, error);
	return SESSION_OK;
}
