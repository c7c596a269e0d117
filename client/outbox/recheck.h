/* Does the centre still have what it receipted? A centre whose database was set back has fewer commits or,
 * after it went on, other commits under the numbers that receipts name. It still has the receipts up to some
 * commit. Which one that is, is found in a few questions, asked only when something shows that it may have
 * changed. */
#ifndef FUPIN_CLIENT_RECHECK_H
#define FUPIN_CLIENT_RECHECK_H

#include "outbox.h"
#include "session/session.h"

struct recheck {
	struct outbox *outbox;
	char key[KEY_TEXT_BYTES];    /* the centre's */
	char history[HISTORY_BYTES]; /* the centre's; "": the centre does not tell it */
	struct outbox_kept kept;     /* as it was at the beginning */
	int step;
	int64_t until_us, not_before_us; /* by the steady clock; the next question not before */
	size_t known, unknown, at;       /* receipts by commit: the centre has the first `known`, and none from
	                                    `unknown` on; `at` is being asked for */
	bool guessed;
	struct outbox_receipt asked;
	uint64_t known_seq;
};

/* Begins, after the centre's welcome. False, here and below: the outbox failed. `outbox` must outlive it. */
bool recheck_begin(struct recheck *recheck, struct outbox *outbox, const struct welcome *welcome,
                   const char *centre_key) __attribute__((warn_unused_result));
/* Makes the next question, whose answer is of `kind`; false: there is none. Between two questions the answer
 * has to be taken. */
bool recheck_next(const struct recheck *recheck, struct request *out, enum reply_kind *kind);
bool recheck_take(struct recheck *recheck, const struct reply *reply) __attribute__((warn_unused_result));

/* All of it in one call; *lost: how many the centre lacks. On a failure this is not known, and nothing may
 * be delivered before it is, as new receipts would be mixed with the old ones. That an outbox cannot be read
 * is reported by the code that uses it next. */
enum session_failure recheck_all(struct session *session, struct outbox *outbox, const char *centre_key,
                                 int timeout_ms, size_t *lost);

#endif
