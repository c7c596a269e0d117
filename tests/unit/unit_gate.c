/* The gate's count of connections, which strangers are let in by: what comes and what goes, handshake or not.
 */
#include "case.h"

#include "gate.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

enum { LINES = 20, PATIENCE_MS = 10000 };

static bool
nobody(void *context, const char *public_key)
{
	(void)context;
	(void)public_key;
	return false;
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
	int lines[LINES];
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
	assert_false(zmq_connect(office, gate_endpoint(gate)));
	wait_until(gate, LINES / 2 + 1);
	wait_until(gate, LINES / 2);
	zmq_close(office);
	zmq_ctx_term(context);
	for (int i = LINES / 2; i < LINES; i++)
		close(lines[i]);
	wait_until(gate, 0);
	gate_close(&gate);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_connections)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
