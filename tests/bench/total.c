/* The province asks for one month of all its counties (or for the year's completeness), again and again, as
 * of now or as of ever another commit. With --wait 1 until a second line (or the end) comes in. */
#include "base/clock.h"
#include "bench.h"
#include "codec.h"
#include "office.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <zmq.h>

enum { FRAME_BYTES = 4096, SAMPLES_MAX = 1000000 };

struct asking {
	struct shape shape;
	struct offices provinces;
	uint8_t frame[FRAME_BYTES];
	size_t size;
	size_t count, rows;
	uint32_t *latencies;
};

/* Which commit is asked about next: far from the last few. */
static uint64_t
past_seq(const struct asking *a, const struct arguments *arguments)
{
	return arguments->past ? 1 + a->count * 7919 % (uint64_t)arguments->past : 0;
}

static bool
make_frame(struct asking *a, const struct arguments *arguments)
{
	struct arena arena;
	uint8_t *bytes;
	period when = arguments->period ? (period)arguments->period : a->shape.first;
	unit_code unit = a->provinces.items[0].unit;
	struct request request = {.kind = REQUEST_TOTAL,
	                          .total = {.unit = unit,
	                                    .from = when,
	                                    .to = when,
	                                    .by = UNIT_COUNTY,
	                                    .as_of = {.seq = past_seq(a, arguments)}}};
	if (arguments->completeness)
		request = (struct request){
		    .kind = REQUEST_COMPLETENESS,
		    .completeness = {
		        .unit = unit, .from = a->shape.first, .to = a->shape.last, .by = UNIT_COUNTY, .whole = true}};
	arena_init(&arena, FRAME_BYTES);
	bool good = codec_encode_request(&arena, &request, &bytes, &a->size) && a->size <= FRAME_BYTES;
	for (size_t i = 0; good && i < a->size; i++)
		a->frame[i] = bytes[i];
	arena_free(&arena);
	return good;
}

static bool
ask_once(struct asking *a, struct arena *arena)
{
	struct reply reply;
	zmq_msg_t message;
	void *socket = a->provinces.items[0].socket;
	zmq_msg_init(&message);
	arena_reset(arena);
	int64_t start_us = clock_steady_us();
	bool good = zmq_send(socket, a->frame, a->size, 0) >= 0 && zmq_msg_recv(&message, socket, 0) >= 0;
	a->latencies[a->count++] = (uint32_t)(clock_steady_us() - start_us);
	good = good && codec_decode_reply(arena, zmq_msg_data(&message), zmq_msg_size(&message), &reply) &&
	       (reply.kind == REPLY_TOTAL || reply.kind == REPLY_COMPLETENESS);
	if (good)
		a->rows = reply.kind == REPLY_TOTAL ? reply.total.unit_count : reply.completeness.row_count;
	zmq_msg_close(&message);
	return good ? true : bench_fail("total: no answer");
}

static bool
is_over(const struct asking *a, const struct arguments *arguments)
{
	struct pollfd input = {.fd = 0, .events = POLLIN};
	if (a->count == SAMPLES_MAX || (arguments->count && a->count >= (size_t)arguments->count))
		return true;
	return arguments->wait && poll(&input, 1, 0) > 0;
}

static void
wait_until(int64_t due_us)
{
	int64_t left = due_us - clock_steady_us();
	struct timespec time = {left / 1000000, left % 1000000 * 1000};
	if (left > 0)
		nanosleep(&time, NULL);
}

static bool
ask_all(struct asking *a, const struct arguments *arguments)
{
	struct arena arena;
	bool good = true;
	arena_init(&arena, 64 << 20);
	while (good && !is_over(a, arguments)) {
		int64_t next_us = clock_steady_us() + arguments->every_us;
		good = (!arguments->past || make_frame(a, arguments)) && ask_once(a, &arena);
		wait_until(next_us);
	}
	arena_free(&arena);
	return good;
}

bool
bench_total(const struct arguments *arguments, struct json_object *out)
{
	struct asking a = {.latencies = calloc(SAMPLES_MAX, sizeof *a.latencies)};
	bool good = a.latencies && (arguments->count || arguments->wait) && arguments->plan &&
	            shape_read(arguments->plan, &a.shape) &&
	            offices_read(arguments->plan, UNIT_PROVINCE, 0, 1, &a.provinces) &&
	            offices_connect(&a.provinces, arguments) && make_frame(&a, arguments) &&
	            bench_wait(arguments) && ask_all(&a, arguments);
	if (good) {
		bench_number(out, "rows", (int64_t)a.rows);
		bench_samples(out, "latency_us", a.latencies, a.count);
	}
	offices_close(&a.provinces);
	free(a.latencies);
	return good;
}
