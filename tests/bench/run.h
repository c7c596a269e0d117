/* One load: many offices' connections, the submissions that they send, and how far it is. */
#ifndef FUPIN_BENCH_RUN_H
#define FUPIN_BENCH_RUN_H

#include "office.h"
#include "prepared.h"
#include "sampler.h"
#include "watcher.h"

struct retry {
	size_t item;
	int64_t due_us;
};

struct run {
	const struct arguments *arguments;
	struct offices offices;
	struct prepared prepared;
	uint32_t *credit;  /* of each office */
	size_t *next;      /* item that it sends next; past the end: none */
	size_t *order;     /* items by their moment; NULL: as fast as the window lets */
	size_t released;   /* of order */
	int64_t tick_us;   /* with a rate: when more are released */
	size_t first, end; /* the items of this round */
	bool is_over;      /* the time for new ones */
	struct retry *retries;
	size_t retry_count;
	int64_t retry_us; /* when the first of them is due, or sooner */
	int epoll;
	struct watcher watcher; /* with --watch 1 */
	uint64_t seq_last;      /* the highest of all receipts */
	struct sampler sampler; /* with --sample-ms */
	struct arena arena;
	int64_t start_us, last_us; /* the clock's start; when something last came */
	int64_t asked_us;          /* when the unanswered were last sent again */
	size_t answered, receipts, refused, busy, wrong, asked_again;
};

/* What this round was: rate, latencies, and whatever was wrong. False: something was. */
bool run_print(const struct run *run, struct json_object *out) __attribute__((warn_unused_result));

/* One line a receipt in COPY's text format: id, digest, seq, time in microseconds, reports, latency in
 * microseconds. */
bool run_write_receipts(const struct run *run, int64_t round) __attribute__((warn_unused_result));

#endif
