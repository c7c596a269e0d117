#include "office.h"

#include "bench.h"
#include "codec.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

/* So many at once shake hands: more would only wait in the centre's backlog. */
enum { CONNECT_AT_ONCE = 64, ANSWER_WAIT_MS = 60000, SOCKETS_SPARE = 16, FRAMES_MAX = 1 << 20 };

bool
offices_read(const char *plan, enum unit_level level, size_t first, size_t count, struct offices *out)
{
	char path[PATH_MAX];
	struct office office = {0};
	size_t room = 0, seen = 0;
	*out = (struct offices){0};
	snprintf(path, sizeof path, "%s/keys", plan);
	FILE *file = fopen(path, "re");
	if (!file)
		return bench_fail("%s cannot be read", path);
	while (fscanf(file, "%" SCNd64 " %40s %40s", &office.unit, office.keys.public_key,
	              office.keys.secret_key) == 3) {
		if (unit_level_of(office.unit) != level || seen++ < first || (count && out->count == count))
			continue;
		if (out->count == room) {
			struct office *more = realloc(out->items, (room = room ? 2 * room : 64) * sizeof *more);
			if (!more)
				break;
			out->items = more;
		}
		out->items[out->count++] = office;
	}
	fclose(file);
	return out->count && (!count || out->count == count) ? true
	                                                     : bench_fail("%s has not so many offices", path);
}

static bool
set_int(void *socket, int option, int value)
{
	return !zmq_setsockopt(socket, option, &value, sizeof value);
}

static bool
open_socket(struct office *office, void *context, const struct arguments *arguments)
{
	void *s = office->socket = zmq_socket(context, ZMQ_DEALER);
	return s && set_int(s, ZMQ_LINGER, 0) && set_int(s, ZMQ_RCVTIMEO, ANSWER_WAIT_MS) &&
	       !zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, arguments->key, KEY_TEXT_BYTES) &&
	       !zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, office->keys.public_key, KEY_TEXT_BYTES) &&
	       !zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, office->keys.secret_key, KEY_TEXT_BYTES) &&
	       !zmq_connect(s, arguments->endpoint);
}

static bool
send_request(struct office *office, const struct request *request)
{
	struct arena arena;
	uint8_t *bytes;
	size_t size;
	arena_init(&arena, FRAMES_MAX);
	bool good =
	    codec_encode_request(&arena, request, &bytes, &size) && zmq_send(office->socket, bytes, size, 0) >= 0;
	arena_free(&arena);
	return good;
}

static bool
receive_reply(struct office *office, struct arena *arena, struct reply *out)
{
	zmq_msg_t message;
	zmq_msg_init(&message);
	bool good = zmq_msg_recv(&message, office->socket, 0) >= 0 &&
	            codec_decode_reply(arena, zmq_msg_data(&message), zmq_msg_size(&message), out);
	zmq_msg_close(&message);
	return good;
}

bool
office_ask(struct office *office, const struct request *request, struct arena *arena, struct reply *out)
{
	return send_request(office, request) && receive_reply(office, arena, out);
}

static bool
take_welcome(struct office *office, struct arena *arena)
{
	struct reply reply;
	arena_reset(arena);
	if (!receive_reply(office, arena, &reply) || reply.kind != REPLY_WELCOME)
		return bench_fail("office %" PRId64 ": no Welcome: %s", office->unit, zmq_strerror(zmq_errno()));
	office->window = reply.welcome.limits.credit_window;
	return true;
}

bool
offices_connect(struct offices *offices, const struct arguments *arguments)
{
	const struct request hello = {.kind = REQUEST_HELLO,
	                              .hello = {.protocol = PROTOCOL_VERSION, .software = "fupin-bench"}};
	struct arena arena;
	bool good = arguments->endpoint && arguments->key && (offices->context = zmq_ctx_new()) &&
	            !zmq_ctx_set(offices->context, ZMQ_MAX_SOCKETS, (int)offices->count + SOCKETS_SPARE);
	arena_init(&arena, FRAMES_MAX);
	for (size_t i = 0; good && i < offices->count; i += CONNECT_AT_ONCE) {
		size_t end = i + CONNECT_AT_ONCE < offices->count ? i + CONNECT_AT_ONCE : offices->count;
		for (size_t o = i; good && o < end; o++)
			good = open_socket(&offices->items[o], offices->context, arguments) &&
			       send_request(&offices->items[o], &hello);
		for (size_t o = i; good && o < end; o++)
			good = take_welcome(&offices->items[o], &arena);
	}
	arena_free(&arena);
	return good ? true : bench_fail("the offices cannot connect: %s", zmq_strerror(zmq_errno()));
}

void
offices_close(struct offices *offices)
{
	for (size_t i = 0; i < offices->count; i++)
		if (offices->items[i].socket)
			zmq_close(offices->items[i].socket);
	if (offices->context)
		zmq_ctx_term(offices->context);
	free(offices->items);
	*offices = (struct offices){0};
}
