/* Intake: what becomes of one submission, in two steps. Reading (decode, admit, check) needs nothing but
 * the plan and happens when it arrives. Comparing it with what the centre holds happens when its turn to
 * be written has come, so that it is compared with the newest state. Nothing is changed here but the
 * envelope. */
#ifndef FUPIN_SERVER_INTAKE_H
#define FUPIN_SERVER_INTAKE_H

#include "requests/envelope.h"
#include "state/holdings.h"

/* Decodes and checks a submission. `today`: the centre's date in China. */
bool intake_read(const struct catalogue *catalogue, date today, struct envelope *envelope,
                 struct problem_list *problems) __attribute__((warn_unused_result));

enum intake_outcome {
	INTAKE_REFUSED,   /* for the reasons in `problems` */
	INTAKE_DUPLICATE, /* committed before: envelope->receipt is the first one's */
	INTAKE_OLDER,     /* perhaps committed long ago: the database has envelope->receipt.seq */
	INTAKE_ACCEPTED,  /* it may be written */
};

/* Looks at the id alone: is this submission in the journal already? ACCEPTED: no. */
enum intake_outcome intake_find(const struct records *records, struct envelope *envelope,
                                struct problem_list *problems);
/* Compares a submission with what is recorded under the same id: DUPLICATE, or REFUSED. */
enum intake_outcome intake_repeated(const struct recorded *recorded, struct envelope *envelope,
                                    struct problem_list *problems);
/* Compares id, deadlines, revisions, targets and documents (the ledger comes after that); `time_us`: the
 * centre's wall clock. */
enum intake_outcome intake_compare(const struct holdings *holdings, int64_t time_us,
                                   struct envelope *envelope, struct problem_list *problems);

#endif
