/* Intake: what becomes of one submission. Decode, admit, check, then the comparison with what the
 * centre already holds. Nothing is changed here but the envelope. */
#ifndef FUPIN_SERVER_INTAKE_H
#define FUPIN_SERVER_INTAKE_H

#include "admit.h"
#include "gate.h"
#include "records.h"
#include "totals.h"

/* One request on its way, with all that it needs: owns everything decoded from its frame. */
struct envelope {
	struct envelope *next;
	struct arena arena;
	struct sender sender;
	struct office office;
	struct request request;
	struct digest digest; /* from here on: a submission's */
	struct submission submission;
	struct receipt receipt;
};

/* NULL: no memory. */
struct envelope *envelope_create(const struct frame *frame);
void envelope_destroy(struct envelope **envelope);

/* What the centre holds, for comparison. */
struct holdings {
	const struct catalogue *catalogue;
	const struct totals *totals;
	const struct records *records;
};

enum intake_outcome {
	INTAKE_REFUSED,   /* for the reasons in `problems` */
	INTAKE_DUPLICATE, /* committed before: envelope->receipt is the first one's */
	INTAKE_HELD,      /* it touches what is on its way to the disk: decide again afterwards */
	INTAKE_ACCEPTED,  /* it may be written */
};

/* `today`: the centre's date in China. */
enum intake_outcome intake_decide(const struct holdings *holdings, struct envelope *envelope, date today,
                                  struct problem_list *problems);

#endif
