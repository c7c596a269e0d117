/* A request on its way through the centre, and lists of them. A pool keeps envelopes that are done for the
 * next request. */
#ifndef FUPIN_SERVER_ENVELOPE_H
#define FUPIN_SERVER_ENVELOPE_H

#include "access/admit.h"
#include "check/seal.h"
#include "gate.h"

/* What is known of a request that came as a letter of a sealed file. */
struct sealed {
	struct seal_header header;
	uint32_t number;
	struct digest digest; /* of its content */
};

struct request_handling;

/* One request on its way, with all that it needs: owns everything decoded from its frame. */
struct envelope {
	struct envelope *next;
	struct envelope_pool *pool;
	struct arena arena;
	struct sender sender;
	char public_key[KEY_TEXT_BYTES]; /* of the connection */
	struct office office;
	const struct request_handling *how; /* the row of its kind in the service's table */
	struct request request;
	struct digest digest; /* this and the next two: of a submission */
	struct submission submission;
	struct receipt receipt;
	bool staged;                 /* its fund entries and steps of projects are staged */
	bool again;                  /* it was committed before; the receipt is that of the first time */
	const struct sealed *sealed; /* NULL: it came over its office's own line */
};

/* Envelopes that were used and wait to be used again, with their first block of memory, the last one
 * first: it is still in the processor's cache. */
struct envelope_pool {
	struct envelope *first;
	size_t count;
};

void envelope_pool_free(struct envelope_pool *pool);

/* The pool must outlive the envelope. NULL: no memory. */
struct envelope *envelope_create(struct envelope_pool *pool, const struct frame *frame);
void envelope_destroy(struct envelope **envelope);

struct envelope_list {
	struct envelope *first, **end;
	size_t count, rows;
};

void envelope_list_init(struct envelope_list *list);
/* Takes the envelope over, at the end. */
void envelope_list_put(struct envelope_list *list, struct envelope *envelope);
/* Takes out the first one; the list must not be empty. */
struct envelope *envelope_list_pop(struct envelope_list *list);
/* Puts all of `from` in front of the list, or behind it; `from` is empty then. */
void envelope_list_prepend(struct envelope_list *list, struct envelope_list *from);
void envelope_list_append(struct envelope_list *list, struct envelope_list *from);
/* Destroys all envelopes in it. */
void envelope_list_free(struct envelope_list *list);

#endif
