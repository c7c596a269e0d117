#include "sampler.h"

#include "base/clock.h"
#include "bench.h"
#include "codec.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

enum { ARENA_MAX = 1 << 20 };

bool
sampler_open(struct sampler *s, const struct arguments *arguments)
{
	size_t size = sizeof s->fd;
	s->arguments = arguments;
	arena_init(&s->arena, ARENA_MAX);
	return offices_read(arguments->plan, UNIT_PROVINCE, 0, 1, &s->province) &&
	       offices_connect(&s->province, arguments) &&
	       !zmq_getsockopt(s->province.items[0].socket, ZMQ_FD, &s->fd, &size);
}

void
sampler_close(struct sampler *s)
{
	offices_close(&s->province);
	arena_free(&s->arena);
	free(s->samples);
	s->samples = NULL;
}

/* Resident memory, of /proc/PID/statm (proc(5)). */
static int64_t
memory_of(int64_t pid)
{
	char path[64];
	int64_t pages = 0;
	snprintf(path, sizeof path, "/proc/%" PRId64 "/statm", pid);
	FILE *file = fopen(path, "re");
	if (!file || fscanf(file, "%*d %" SCNd64, &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static void
note(struct sampler *s, uint32_t waiting, size_t receipts, size_t busy)
{
	if (s->count == s->room) {
		struct sample *more = realloc(s->samples, (s->room = s->room ? 2 * s->room : 64) * sizeof *more);
		if (!more)
			abort();
		s->samples = more;
	}
	s->samples[s->count++] = (struct sample){.at_us = clock_steady_us() - s->start_us,
	                                         .memory_bytes = memory_of(s->arguments->centre_pid),
	                                         .waiting = waiting,
	                                         .receipts = receipts,
	                                         .busy = busy};
}

void
sampler_turn(struct sampler *s, size_t receipts, size_t busy)
{
	zmq_msg_t message;
	zmq_msg_init(&message);
	while (zmq_msg_recv(&message, s->province.items[0].socket, ZMQ_DONTWAIT) >= 0) {
		struct reply reply;
		arena_reset(&s->arena);
		if (codec_decode_reply(&s->arena, zmq_msg_data(&message), zmq_msg_size(&message), &reply) &&
		    reply.kind == REPLY_PONG)
			note(s, reply.pong.waiting, receipts, busy);
	}
	zmq_msg_close(&message);
}

/* After a send there may be more to read: see load.c. */
int64_t
sampler_release(struct sampler *s, int64_t start_us, size_t receipts, size_t busy)
{
	const struct request ping = {.kind = REQUEST_PING};
	int64_t now = clock_steady_us(), every_us = s->arguments->sample_ms * 1000;
	uint8_t *bytes;
	size_t size;
	s->start_us = start_us;
	if (now >= start_us + (s->asked + 1) * every_us) {
		s->asked = (now - start_us) / every_us;
		arena_reset(&s->arena);
		if (codec_encode_request(&s->arena, &ping, &bytes, &size))
			zmq_send(s->province.items[0].socket, bytes, size, ZMQ_DONTWAIT);
		sampler_turn(s, receipts, busy);
	}
	return start_us + (s->asked + 1) * every_us;
}

static void
put(struct json_object *list, struct json_object *item)
{
	json_object_array_add(list, item);
}

void
sampler_print(const struct sampler *s, struct json_object *out)
{
	struct json_object *samples = json_object_new_array();
	struct sample before = {0};
	for (size_t i = 0; i < s->count; i++) {
		const struct sample *now = &s->samples[i];
		struct json_object *one = json_object_new_array();
		double seconds = (double)(now->at_us - before.at_us) / 1e6;
		put(one, json_object_new_double((double)now->at_us / 1e6));
		put(one, json_object_new_int64(now->memory_bytes));
		put(one, json_object_new_int64(now->waiting));
		put(one, json_object_new_double((double)(now->receipts - before.receipts) / seconds));
		put(one, json_object_new_double((double)(now->busy - before.busy) / seconds));
		put(samples, one);
		before = *now;
	}
	json_object_object_add(out, "samples", samples);
}
