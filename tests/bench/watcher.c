#include "watcher.h"

#include "base/clock.h"
#include "bench.h"
#include "codec.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { WATCH_ID = 1, ARENA_MAX = 64 << 20 };

bool
watcher_open(struct watcher *w, const struct arguments *arguments, const struct shape *shape)
{
	struct arguments there = *arguments;
	struct reply reply;
	size_t size = sizeof w->fd;
	if (there.watch_endpoint)
		there.endpoint = there.watch_endpoint;
	arena_init(&w->arena, ARENA_MAX);
	if (!offices_read(arguments->plan, UNIT_PROVINCE, 0, 1, &w->province) ||
	    !offices_connect(&w->province, &there))
		return false;
	struct request watch = {
	    .id = WATCH_ID,
	    .kind = REQUEST_WATCH,
	    .total = {
	        .unit = w->province.items[0].unit, .from = shape->first, .to = shape->last, .by = UNIT_COUNTY}};
	if (!office_ask(&w->province.items[0], &watch, &w->arena, &reply) || reply.kind != REPLY_TOTAL)
		return bench_fail("the watch was not answered by a total");
	w->seq = reply.total.as_of.seq;
	return !zmq_getsockopt(w->province.items[0].socket, ZMQ_FD, &w->fd, &size);
}

void
watcher_close(struct watcher *w)
{
	offices_close(&w->province);
	arena_free(&w->arena);
	free(w->pushes);
	w->pushes = NULL;
}

static void
note(struct watcher *w, const struct push *push, int64_t now_us)
{
	if (w->count == w->room) {
		struct push_seen *more = realloc(w->pushes, (w->room = w->room ? 2 * w->room : 1024) * sizeof *more);
		if (!more)
			abort();
		w->pushes = more;
	}
	w->gaps += push->since_seq > w->seq || push->as_of.seq < w->seq;
	w->seq = push->as_of.seq;
	w->pushes[w->count++] = (struct push_seen){w->seq, now_us};
}

static void
acknowledge(struct watcher *w)
{
	struct request ack = {.kind = REQUEST_ACK, .ack = {.watch = WATCH_ID, .seq = w->seq}};
	uint8_t *bytes;
	size_t size;
	if (!codec_encode_request(&w->arena, &ack, &bytes, &size) ||
	    zmq_send(w->province.items[0].socket, bytes, size, ZMQ_DONTWAIT) < 0)
		w->gaps++;
}

/* After a send there may be more to read: see load.c. */
void
watcher_turn(struct watcher *w)
{
	zmq_msg_t message;
	zmq_msg_init(&message);
	while (zmq_msg_recv(&message, w->province.items[0].socket, ZMQ_DONTWAIT) >= 0) {
		struct reply reply;
		int64_t now_us = clock_steady_us();
		arena_reset(&w->arena);
		if (codec_decode_reply(&w->arena, zmq_msg_data(&message), zmq_msg_size(&message), &reply) &&
		    reply.kind == REPLY_PUSH && reply.request_id == WATCH_ID) {
			note(w, &reply.push, now_us);
			acknowledge(w);
		} else {
			w->gaps++;
		}
	}
	zmq_msg_close(&message);
}

/* The first push that includes a commit; they came in the order of their seq. */
static const struct push_seen *
first_push(const struct watcher *w, uint64_t seq)
{
	size_t low = 0, high = w->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (w->pushes[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->count ? &w->pushes[low] : NULL;
}

bool
watcher_print(const struct watcher *w, const struct prepared *prepared, struct json_object *out)
{
	size_t count = 0, missing = 0;
	uint32_t *samples = calloc(prepared->count + 1, sizeof *samples);
	for (size_t i = 0; samples && i < prepared->count; i++) {
		const struct item *item = &prepared->items[i];
		const struct push_seen *push = first_push(w, item->seq);
		int64_t after = push ? push->at_us - item->sent_us - item->latency_us : 0;
		missing += !push;
		samples[count++] = after > 0 ? (uint32_t)after : 0;
	}
	bench_number(out, "pushes", (int64_t)w->count);
	bench_number(out, "gaps", (int64_t)w->gaps);
	if (samples)
		bench_samples(out, "push_us", samples, count);
	free(samples);
	return !missing && !w->gaps ? true
	                            : bench_fail("%zu commits were not pushed, %zu gaps", missing, w->gaps);
}
