/* Intake: what becomes of one submission, in two steps. Reading (decode, admit, check) needs nothing but
 * the plan and happens when it arrives. Comparing it with what the centre holds happens when its turn to
 * be written has come, so that it is compared with the newest state. Nothing is changed here but the
 * envelope. */
#ifndef FUPIN_SERVER_INTAKE_H
#define FUPIN_SERVER_INTAKE_H

#include "admit.h"
#include "gate.h"
#include "holdings.h"
#include "seal.h"

/* Of a request that came as a letter of a sealed file. */
struct sealed {
	struct seal_header header;
	uint32_t number;
	struct digest digest; /* of its content */
};

/* One request on its way, with all that it needs: owns everything decoded from its frame. */
struct envelope {
	struct envelope *next;
	struct envelope_pool *pool;
	struct arena arena;
	struct sender sender;
	char public_key[KEY_TEXT_BYTES]; /* of the connection */
	struct office office;
	struct request request;
	struct digest digest; /* from here on: a submission's */
	struct submission submission;
	struct receipt receipt;
	bool staged;                 /* its fund entries and steps of projects are */
	bool again;                  /* the receipt is the first one's, of an earlier time */
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

/* Decodes and checks a submission. `today`: the centre's date in China. */
bool intake_read(const struct catalogue *catalogue, date today, struct envelope *envelope,
                 struct problem_list *problems) __attribute__((warn_unused_result));

enum intake_outcome {
	INTAKE_REFUSED,   /* for the reasons in `problems` */
	INTAKE_DUPLICATE, /* committed before: envelope->receipt is the first one's */
	INTAKE_OLDER,     /* perhaps committed long ago: the database has envelope->receipt.seq */
	INTAKE_ACCEPTED,  /* it may be written */
};

/* The id alone: is this submission the journal's already? ACCEPTED: no. */
enum intake_outcome intake_find(const struct records *records, struct envelope *envelope,
                                struct problem_list *problems);
/* The same id again, and what is recorded of it: DUPLICATE, or REFUSED. */
enum intake_outcome intake_repeated(const struct recorded *recorded, struct envelope *envelope,
                                    struct problem_list *problems);
/* The id, deadlines, revisions, targets and documents (the ledger comes after); `time_us`: of the wall's
 * clock, the centre's. */
enum intake_outcome intake_compare(const struct holdings *holdings, int64_t time_us,
                                   struct envelope *envelope, struct problem_list *problems);

#endif
