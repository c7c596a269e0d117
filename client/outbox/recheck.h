/* Does the centre still have what it receipted? A centre whose database was set back has less, or, once it
 * went on, other commits under the numbers that receipts name. What it has of them is the first part, by
 * commit: where that ends is found in a few questions, and only when something tells that it may have
 * changed.
 */
#ifndef FUPIN_CLIENT_RECHECK_H
#define FUPIN_CLIENT_RECHECK_H

#include "outbox.h"
#include "session/session.h"

struct recheck {
	struct outbox *outbox;
	char key[KEY_TEXT_BYTES];    /* the centre's */
	char history[HISTORY_BYTES]; /* the centre's; "": it does not tell it */
	struct outbox_kept kept;     /* when it began */
	int step;
	int64_t until_us, not_before_us; /* by the steady clock; the next question not before */
	size_t known, unknown,
	    at; /* receipts by commit: the first `known` are there, from `unknown` on none; asked for */
	bool guessed;
	struct outbox_receipt asked;
	uint64_t known_seq;
};

/* After the centre's welcome. False, here and below: the outbox failed. `outbox` outlives it. */
bool recheck_begin(struct recheck *recheck, struct outbox *outbox, const struct welcome *welcome,
                   const char *centre_key) __attribute__((warn_unused_result));
/* Each question, whose answer is of `kind`, until it returns false; between two, the answer. */
bool recheck_next(const struct recheck *recheck, struct request *out, enum reply_kind *kind);
bool recheck_take(struct recheck *recheck, const struct reply *reply) __attribute__((warn_unused_result));

/* All of it; *lost: how many the centre lacks. A failure: it was not found out, and nothing is to be
 * delivered before it is, for new receipts would stand among the old ones. An outbox that cannot be read is
 * told by whoever needs it. */
enum session_failure recheck_all(struct session *session, struct outbox *outbox, const char *centre_key,
                                 int timeout_ms, size_t *lost);

#endif
