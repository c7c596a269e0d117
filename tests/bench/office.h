/* Connections of offices: a DEALER socket each, with the office's own key, CURVE on. */
#ifndef FUPIN_BENCH_OFFICE_H
#define FUPIN_BENCH_OFFICE_H

#include "arguments.h"
#include "keys/keyfile.h"
#include "reply.h"
#include "shape.h"

struct office {
	unit_code unit;
	struct key_pair keys;
	void *socket;
	uint32_t window; /* requests unanswered, as Welcome said */
};

struct offices {
	void *context;
	size_t count;
	struct office *items;
};

/* The keys of units of `level` (county or province): `count` of them from number `first` on; 0: all. */
bool offices_read(const char *plan, enum unit_level level, size_t first, size_t count, struct offices *out)
    __attribute__((warn_unused_result));

/* Connects all of them, says hello and waits for each one's Welcome. */
bool offices_connect(struct offices *offices, const struct arguments *arguments)
    __attribute__((warn_unused_result));

void offices_close(struct offices *offices);

/* Asks and waits for the answer, which lives in the arena. */
bool office_ask(struct office *office, const struct request *request, struct arena *arena, struct reply *out)
    __attribute__((warn_unused_result));

#endif
