/* Delivering what waits in the outbox: in order, with up to the credit window in flight, the same bytes
 * again after silence, until each submission has a receipt or a refusal, or time is up. Submissions that
 * name documents come last, each after its files, so that a long file holds up nothing else. */
#ifndef FUPIN_CLIENT_DELIVER_H
#define FUPIN_CLIENT_DELIVER_H

#include "outbox.h"
#include "session/session.h"
#include "session/upload.h"

struct delivery {
	size_t total, receipted, refused; /* the rest is still waiting */
	size_t mistaken;                  /* of the waiting ones: got a receipt for other content than was sent */
	uint64_t seq_last;                /* of the receipts */
	enum session_failure failure;     /* why it ended early, if it did */
};

/* Callbacks for the caller. Each may be NULL. */
struct delivery_watch {
	void *context;
	void (*receipted)(void *context, const struct outbox_item *item, const struct receipt *receipt);
	void (*refused)(void *context, const struct outbox_item *item, const struct refusal *refusal);
	/* A receipt with the submission's id but another digest: it is not accepted, and the submission is not
	 * sent again this time. */
	void (*mistaken)(void *context, const struct outbox_item *item, const struct receipt *receipt);
	void (*progress)(void *context, const struct delivery *delivery);
	void (*sent)(void *context, const char *name, uint64_t bytes, uint64_t size); /* of a document's file */
	/* Called repeatedly: true ends the delivery, as if the time were up. */
	bool (*stop)(void *context);
};

/* False: the outbox failed (outbox_error()); nothing was lost. */
bool deliver(struct session *session, struct outbox *outbox, int timeout_ms,
             const struct delivery_watch *watch, struct delivery *out) __attribute__((warn_unused_result));

/* The same in steps, for a caller that takes the session's replies itself and has other requests in flight.
 * `watch` and `out` must outlive it; `reserved`: how much of the credit window is left for other requests.
 * NULL: the outbox failed, or no memory. */
struct deliverer;
struct deliverer *deliverer_open(struct session *session, struct outbox *outbox, uint32_t reserved,
                                 const struct delivery_watch *watch, struct delivery *out);
void deliverer_close(struct deliverer **deliverer);
/* Takes up what was saved since, before the files that are still to be sent; at the beginning all that waits.
 */
bool deliverer_collect(struct deliverer *deliverer) __attribute__((warn_unused_result));
/* Sends what can be sent now; to be called often, at least each second. False, here and below: as deliver().
 * If out->failure is set, the delivery has ended. */
bool deliverer_send(struct deliverer *deliverer) __attribute__((warn_unused_result));
/* Takes any reply of the session. What it brings is on disk after deliverer_end_turn(). */
bool deliverer_take(struct deliverer *deliverer, const struct reply *reply)
    __attribute__((warn_unused_result));
bool deliverer_end_turn(struct deliverer *deliverer) __attribute__((warn_unused_result));
bool deliverer_has_more(const struct deliverer *deliverer);
/* When a file last went on, by clock_steady_us(); 0: none did. A long file takes longer than a caller waits
 * for an answer. */
int64_t deliverer_progress_us(const struct deliverer *deliverer);
size_t deliverer_bytes_in_flight(const struct deliverer *deliverer);

#endif
