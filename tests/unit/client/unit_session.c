/* A session whose connection ended for good in its handshake: whoever sends is told, and never waits. */
#include "case.h"

#include "base/clock.h"
#include "session/session.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

/* Who waits for ever is ended by the alarm. */
enum { LONG_MS = 20000, ALARM_S = 60 };

/* A centre that admits nobody, with its ZAP handler in the test's hands; and the office. */
struct refusing {
	void *context, *zap, *router;
	struct home home;
};

static void
open_refusing(struct refusing *r)
{
	char public_key[KEY_TEXT_BYTES], secret_key[KEY_TEXT_BYTES];
	size_t size = sizeof r->home.endpoint;
	int one = 1;
	*r = (struct refusing){.context = zmq_ctx_new()};
	r->zap = zmq_socket(r->context, ZMQ_REP);
	r->router = zmq_socket(r->context, ZMQ_ROUTER);
	assert_int_equal(zmq_curve_keypair(public_key, secret_key), 0);
	assert_int_equal(zmq_curve_keypair(r->home.office.public_key, r->home.office.secret_key), 0);
	assert_int_equal(zmq_bind(r->zap, "inproc://zeromq.zap.01"), 0);
	assert_int_equal(zmq_setsockopt(r->router, ZMQ_CURVE_SERVER, &one, sizeof one), 0);
	assert_int_equal(zmq_setsockopt(r->router, ZMQ_CURVE_SECRETKEY, secret_key, sizeof secret_key), 0);
	assert_int_equal(zmq_bind(r->router, "tcp://127.0.0.1:*"), 0);
	assert_int_equal(zmq_getsockopt(r->router, ZMQ_LAST_ENDPOINT, r->home.endpoint, &size), 0);
	memcpy(r->home.centre_key, public_key, sizeof public_key);
}

/* Refuses one connection, if one asks. */
static void
refuse(struct refusing *r)
{
	static const char *const parts[] = {"1.0", NULL, "400", "not admitted", "", ""};
	zmq_pollitem_t item = {.socket = r->zap, .events = ZMQ_POLLIN};
	char request_id[64], part[256];
	int id_size = 0, more = 1;
	size_t size = sizeof more;
	if (zmq_poll(&item, 1, 1) <= 0)
		return;
	for (int i = 0; more; i++) {
		int got = zmq_recv(r->zap, i == 1 ? request_id : part, i == 1 ? sizeof request_id : sizeof part, 0);
		id_size = i == 1 ? got : id_size;
		zmq_getsockopt(r->zap, ZMQ_RCVMORE, &more, &size);
	}
	for (size_t i = 0; i < COUNT(parts); i++)
		zmq_send(r->zap, i == 1 ? request_id : parts[i], i == 1 ? (size_t)id_size : strlen(parts[i]),
		         i + 1 < COUNT(parts) ? ZMQ_SNDMORE : 0);
}

static void
close_refusing(struct refusing *r)
{
	zmq_close(r->zap);
	zmq_close(r->router);
	zmq_ctx_term(r->context);
}

static enum session_failure
greet(struct session *session)
{
	struct request request = session_greeting();
	return session_send(session, &request);
}

/* `told`: the session has heard of the refusal before it sends again; otherwise sending finds it. */
static void
check_refused(bool told)
{
	struct refusing r;
	char error[HOME_ERROR_BYTES];
	enum session_failure failure = SESSION_OK;
	open_refusing(&r);
	struct session *session = session_open(&r.home, error);
	assert_non_null(session);
	int64_t until = clock_steady_us() + LONG_MS * 1000;
	while (!failure && clock_steady_us() < until) {
		refuse(&r);
		failure = told ? session_wait(session, NULL, 0, 1) : greet(session);
	}
	EXPECT(failure == SESSION_NOT_ADMITTED, "told %d: %d", told, failure);
	EXPECT(greet(session) == SESSION_NOT_ADMITTED, "told %d: again", told);
	assert_non_null(strstr(session_error(session), r.home.office.public_key));
	/* A new connection is asked anew. */
	assert_true(session_reconnect(session));
	assert_int_equal(greet(session), SESSION_OK);
	session_close(&session);
	close_refusing(&r);
}

static void
test_refused(void **state)
{
	(void)state;
	check_refused(true);
	check_refused(false);
}

static int
listen_here(struct home *home)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 64), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	snprintf(home->endpoint, sizeof home->endpoint, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
	assert_int_equal(zmq_curve_keypair(home->centre_key, home->office.secret_key), 0);
	assert_int_equal(zmq_curve_keypair(home->office.public_key, home->office.secret_key), 0);
	return listener;
}

static int
accept_within(int listener, int ms)
{
	struct pollfd item = {.fd = listener, .events = POLLIN};
	return poll(&item, 1, ms) > 0 ? accept(listener, NULL, NULL) : -1;
}

/* Whoever answers at the centre's address is no centre: a greeting of ZMTP 3.0 with another mechanism, or
 * something else altogether. */
static const unsigned char other_mechanism[64] = {0xff, 0,    0, 0, 0,   0,   0,   0,
                                                  1,    0x7f, 3, 0, 'N', 'U', 'L', 'L'};
static const unsigned char portal[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

static void
greet_wrongly(int line, const unsigned char *greeting, size_t size)
{
	char buffer[256];
	struct pollfd item = {.fd = line, .events = POLLIN};
	assert_int_equal(write(line, greeting, size), size);
	do
		assert_true(poll(&item, 1, LONG_MS) > 0);
	while (read(line, buffer, sizeof buffer) > 0);
	close(line);
}

/* `sends`: what is sent, once that is known, begins a new connection; otherwise it begins without. */
static void
check_no_centre(const unsigned char *greeting, size_t greeting_size, bool sends)
{
	struct home home = {.silence_ms = SILENCE_SECONDS * 1000};
	char error[HOME_ERROR_BYTES];
	int listener = listen_here(&home);
	struct session *session = session_open(&home, error);
	assert_non_null(session);
	int line = accept_within(listener, LONG_MS);
	assert_true(line >= 0);
	greet_wrongly(line, greeting, greeting_size);
	unsigned epoch = session_epoch(session);
	int64_t until = clock_steady_us() + LONG_MS * 1000;
	for (line = -1; line < 0 && clock_steady_us() < until; line = accept_within(listener, 1))
		if (sends)
			assert_int_equal(greet(session), SESSION_OK);
		else
			session_wait(session, NULL, 0, 100);
	assert_true(line >= 0);
	assert_int_not_equal(session_epoch(session), epoch);
	close(line);
	session_close(&session);
	close(listener);
}

static void
test_no_centre(void **state)
{
	(void)state;
	check_no_centre(other_mechanism, sizeof other_mechanism, true);
	check_no_centre(other_mechanism, sizeof other_mechanism, false);
	check_no_centre(portal, sizeof portal - 1, true);
	check_no_centre(portal, sizeof portal - 1, false);
}

/* Sockets end in their own time, and libzmq has a thousand at most: not more than that between two ends. */
static void
give_up_while_it_breaks(const struct home *home, int listener, int times)
{
	char error[HOME_ERROR_BYTES];
	struct session *session = session_open(home, error);
	assert_non_null(session);
	for (int i = 0; i < times; i++) {
		int line = accept_within(listener, LONG_MS);
		assert_true(line >= 0);
		close(line);
		/* Sooner and later after the break. */
		for (int64_t until = clock_steady_us() + i % 100; clock_steady_us() < until;)
			continue;
		assert_true(session_reconnect(session));
	}
	session_close(&session);
}

/* A line that breaks just while it is given up: libzmq's thread goes on, and the session ends. */
static void
test_given_up_while_it_breaks(void **state)
{
	enum { SESSIONS = 10, TIMES = 200 };
	struct home home = {.silence_ms = SILENCE_SECONDS * 1000};
	int listener = listen_here(&home);
	(void)state;
	for (int i = 0; i < SESSIONS; i++)
		give_up_while_it_breaks(&home, listener, TIMES);
	close(listener);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_no_centre),
	    cmocka_unit_test(test_given_up_while_it_breaks),
	};
	alarm(ALARM_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
