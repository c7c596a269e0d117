/* Delivering what waits in the outbox: in order, up to the credit window in flight, the same bytes
 * again after silence, until each has a receipt or a refusal, or time is up. What names documents comes last,
 * each after its files: a long file holds up nothing else. */
#ifndef FUPIN_CLIENT_DELIVER_H
#define FUPIN_CLIENT_DELIVER_H

#include "outbox.h"
#include "session.h"
#include "upload.h"

struct delivery {
	size_t total, receipted, refused; /* what is left waits on */
	size_t mistaken;                  /* of those: receipts came that are not of what was sent */
	uint64_t seq_last;                /* of the receipts */
	enum session_failure failure;     /* why it ended early, if it did */
};

/* What the caller wants to know on the way. Each may be NULL. */
struct delivery_watch {
	void *context;
	void (*receipted)(void *context, const struct outbox_item *item, const struct receipt *receipt);
	void (*refused)(void *context, const struct outbox_item *item, const struct refusal *refusal);
	/* A receipt with its id and another digest: it is not taken, and not asked for again this time. */
	void (*mistaken)(void *context, const struct outbox_item *item, const struct receipt *receipt);
	void (*progress)(void *context, const struct delivery *delivery);
	void (*sent)(void *context, const char *name, uint64_t bytes, uint64_t size); /* of a document's file */
};

/* False: the outbox failed (outbox_error()); nothing was lost. */
bool deliver(struct session *session, struct outbox *outbox, int timeout_ms,
             const struct delivery_watch *watch, struct delivery *out) __attribute__((warn_unused_result));

#endif
