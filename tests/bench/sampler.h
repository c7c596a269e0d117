/* What the centre looks like from outside, at a steady pace: its memory, its queue (which Pong tells), and
 * how many answers came meanwhile. */
#ifndef FUPIN_BENCH_SAMPLER_H
#define FUPIN_BENCH_SAMPLER_H

#include "office.h"

struct sample {
	int64_t at_us; /* after the start */
	int64_t memory_bytes;
	uint32_t waiting;
	size_t receipts, busy; /* since the start */
};

struct sampler {
	const struct arguments *arguments;
	struct offices province; /* one: its pings do not wait behind the load */
	int fd;                  /* its ZMQ_FD: as any socket's, read until nothing is left */
	int64_t asked;           /* how many pings were sent */
	int64_t start_us;
	size_t count, room;
	struct sample *samples;
	struct arena arena;
};

bool sampler_open(struct sampler *sampler, const struct arguments *arguments)
    __attribute__((warn_unused_result));
void sampler_close(struct sampler *sampler);

/* Takes what has come. */
void sampler_turn(struct sampler *sampler, size_t receipts, size_t busy);
/* Asks, if it is time, and takes what has come; returns when it will be time. */
int64_t sampler_release(struct sampler *sampler, int64_t start_us, size_t receipts, size_t busy);

struct json_object;
/* "samples": a list of [seconds, memory in bytes, waiting, receipts a second, BUSY a second]. */
void sampler_print(const struct sampler *sampler, struct json_object *out);

#endif
