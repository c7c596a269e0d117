/* A watcher of the province's table by county: takes every push, acknowledges it, notes when it came. */
#ifndef FUPIN_BENCH_WATCHER_H
#define FUPIN_BENCH_WATCHER_H

#include "office.h"
#include "prepared.h"

struct push_seen {
	uint64_t seq;
	int64_t at_us;
};

struct watcher {
	struct offices province; /* one */
	int fd;                  /* its ZMQ_FD: as any socket's, read until nothing is left */
	uint64_t seq;            /* of the newest state that it has */
	size_t count, room;
	struct push_seen *pushes;
	size_t gaps; /* pushes that begin behind what it has; other wrong answers */
	struct arena arena;
};

/* Connects, asks to watch and takes the first answer. */
bool watcher_open(struct watcher *watcher, const struct arguments *arguments, const struct shape *shape)
    __attribute__((warn_unused_result));
void watcher_close(struct watcher *watcher);

/* Takes what has come. */
void watcher_turn(struct watcher *watcher);

struct json_object;
/* From each receipt to the first push that includes it: push_us. A push that came first counts as 0. */
bool watcher_print(const struct watcher *watcher, const struct prepared *prepared, struct json_object *out)
    __attribute__((warn_unused_result));

#endif
