/* Submissions made before the clock starts, in the order in which they are sent: every office's next
 * one in turn. */
#ifndef FUPIN_BENCH_PREPARED_H
#define FUPIN_BENCH_PREPARED_H

#include "arguments.h"
#include "shape.h"

struct item {
	uint8_t *frame; /* the whole request */
	uint32_t size, reports, entries, office;
	uint32_t latency_us;
	int64_t due_us, sent_us; /* due: after the start, when the moment is given */
	uint64_t seq;            /* of the receipt; 0: none yet */
	enum bench_entries what; /* its entries are */
	int64_t time_us;
	struct submission_id id;
	struct digest digest;
};

struct prepared {
	size_t count;
	struct item *items;
};

/* `arguments->count` submissions of `offices` offices from number `arguments->office_first` on, rounded up to
 * as many for each, for each of `arguments->rounds`. A request's id is its place in items. With --entries
 * it is fund entries that are numbered, each with a voucher of its own: there is no end of them. */
bool prepare(const struct shape *shape, const struct arguments *arguments, size_t offices,
             struct prepared *out) __attribute__((warn_unused_result));
void prepared_free(struct prepared *prepared);

#endif
