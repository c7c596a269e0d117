/* The gate's count of connections, which strangers are let in by: what comes and what goes, handshake or not.
 */
#include "case.h"

#include "requests/gate.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

enum { LINES = 20, PATIENCE_MS = 10000 };

static enum gate_admitted
nobody(void *context, const char *public_key)
{
	(void)context;
	(void)public_key;
	return GATE_NOBODY;
}

/* Answers handshakes until so many connections stand. */
static void
wait_until(struct gate *gate, size_t count)
{
	zmq_pollitem_t zap = {.socket = gate_zap_socket(gate), .events = ZMQ_POLLIN};
	for (int waited = 0; gate_connections(gate) != count; waited++) {
		EXPECT(waited < PATIENCE_MS, "%zu, not %zu connections", gate_connections(gate), count);
		if (zmq_poll(&zap, 1, 1) > 0)
			gate_authenticate(gate);
	}
}

static int
dial(const struct gate *gate)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const char *port = strrchr(gate_endpoint(gate), ':');
	to.sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
	int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(line >= 0 && !connect(line, (struct sockaddr *)&to, sizeof to));
	return line;
}

static void
test_connections(void **state)
{
	char error[GATE_ERROR_BYTES];
	struct key_pair keys, guest;
	int lines[LINES], never = -1;
	(void)state;
	assert_false(zmq_curve_keypair(keys.public_key, keys.secret_key));
	assert_false(zmq_curve_keypair(guest.public_key, guest.secret_key));
	struct gate *gate = gate_open("tcp://127.0.0.1:*", NULL, &keys, nobody, NULL, error);
	assert_non_null(gate);
	wait_until(gate, 0);
	for (int i = 0; i < LINES; i++)
		lines[i] = dial(gate);
	wait_until(gate, LINES);
	for (int i = 0; i < LINES / 2; i++)
		close(lines[i]);
	wait_until(gate, LINES / 2);
	/* One that is turned away does not stay. */
	void *context = zmq_ctx_new(), *office = zmq_socket(context, ZMQ_DEALER);
	zmq_setsockopt(office, ZMQ_CURVE_SERVERKEY, keys.public_key, KEY_TEXT_BYTES);
	zmq_setsockopt(office, ZMQ_CURVE_PUBLICKEY, guest.public_key, KEY_TEXT_BYTES);
	zmq_setsockopt(office, ZMQ_CURVE_SECRETKEY, guest.secret_key, KEY_TEXT_BYTES);
	zmq_setsockopt(office, ZMQ_RECONNECT_IVL, &never, sizeof never);
	assert_false(zmq_connect(office, gate_endpoint(gate)));
	/* Until its handshake is answered it is there, however slow this machine is. */
	zmq_pollitem_t zap = {.socket = gate_zap_socket(gate), .events = ZMQ_POLLIN};
	assert_int_equal(zmq_poll(&zap, 1, PATIENCE_MS), 1);
	assert_int_equal(gate_connections(gate), LINES / 2 + 1);
	gate_authenticate(gate);
	wait_until(gate, LINES / 2);
	zmq_close(office);
	zmq_ctx_term(context);
	for (int i = LINES / 2; i < LINES; i++)
		close(lines[i]);
	wait_until(gate, 0);
	gate_close(&gate);
}

/* ---------------------------------------------------------------- whose a line is */

static enum gate_admitted
everybody(void *context, const char *public_key)
{
	(void)context;
	(void)public_key;
	return GATE_OFFICE;
}

/* A client's socket with its own key; it has sent one frame. */
static void *
office_dial(void *context, const struct gate *gate, const struct key_pair *centre,
            const struct key_pair *keys)
{
	void *office = zmq_socket(context, ZMQ_DEALER);
	int no = 0;
	zmq_setsockopt(office, ZMQ_LINGER, &no, sizeof no);
	zmq_setsockopt(office, ZMQ_CURVE_SERVERKEY, centre->public_key, KEY_TEXT_BYTES);
	zmq_setsockopt(office, ZMQ_CURVE_PUBLICKEY, keys->public_key, KEY_TEXT_BYTES);
	zmq_setsockopt(office, ZMQ_CURVE_SECRETKEY, keys->secret_key, KEY_TEXT_BYTES);
	assert_false(zmq_connect(office, gate_endpoint(gate)));
	assert_int_equal(zmq_send(office, "x", 1, 0), 1);
	return office;
}

/* Its frame; false: none comes while `gate` is turned away from. */
static bool
wait_for_frame(struct gate *gate, struct frame *out, int patience_ms)
{
	zmq_pollitem_t items[] = {{.socket = gate_zap_socket(gate), .events = ZMQ_POLLIN},
	                          {.socket = gate_socket(gate), .events = ZMQ_POLLIN}};
	for (int waited = 0; waited < patience_ms; waited++) {
		if (zmq_poll(items, 2, 1) > 0)
			gate_authenticate(gate);
		if (gate_receive(gate, out))
			return true;
	}
	return false;
}

/* An answer goes over the connection that it is for, and to its key, or nowhere. */
static void
test_answers_are_bound(void **state)
{
	char error[GATE_ERROR_BYTES];
	struct key_pair keys, mine, other;
	struct frame frame, next;
	(void)state;
	assert_false(zmq_curve_keypair(keys.public_key, keys.secret_key));
	assert_false(zmq_curve_keypair(mine.public_key, mine.secret_key));
	assert_false(zmq_curve_keypair(other.public_key, other.secret_key));
	struct gate *gate = gate_open("tcp://127.0.0.1:*", NULL, &keys, everybody, NULL, error);
	void *context = zmq_ctx_new(), *first = office_dial(context, gate, &keys, &mine);
	assert_true(wait_for_frame(gate, &frame, PATIENCE_MS));
	assert_string_equal(frame.public_key, mine.public_key);
	assert_true(gate_stands(gate, &frame.sender, mine.public_key));
	assert_false(gate_stands(gate, &frame.sender, other.public_key));
	const uint8_t *bytes = (const uint8_t *)"answer";
	assert_int_equal(gate_send(gate, &frame.sender, mine.public_key, bytes, 6), GATE_SENT);
	assert_int_equal(gate_send(gate, &frame.sender, other.public_key, bytes, 6), GATE_GONE);
	zmq_close(first);
	wait_until(gate, 0);
	void *second = office_dial(context, gate, &keys, &other);
	assert_true(wait_for_frame(gate, &next, PATIENCE_MS));
	/* Often of the same descriptor, and never of the same line. */
	assert_true(gate_stands(gate, &next.sender, other.public_key));
	assert_false(gate_stands(gate, &frame.sender, mine.public_key));
	assert_int_equal(gate_send(gate, &frame.sender, mine.public_key, bytes, 6), GATE_GONE);
	assert_int_equal(gate_send(gate, &frame.sender, other.public_key, bytes, 6), GATE_GONE);
	zmq_close(second);
	wait_until(gate, 0);
	zmq_ctx_term(context);
	gate_close(&gate);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_connections),
	                                          cmocka_unit_test(test_answers_are_bound)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
