/* The outbox: an SQLite file in the office's home (WAL, synchronous FULL). A submission is in it, id
 * and frozen bytes, before the first send; what became of it (a receipt, or a refusal) stays in it. */
#ifndef FUPIN_CLIENT_OUTBOX_H
#define FUPIN_CLIENT_OUTBOX_H

#include "submission.h"

#include <stdbool.h>

struct outbox;

enum outbox_state { OUTBOX_WAITING, OUTBOX_RECEIPTED, OUTBOX_REFUSED };

struct outbox_item {
	int64_t position; /* in the order of writing */
	struct submission_id id;
	struct digest digest;
	int64_t created_us;
	enum outbox_state state;
	const char *files;  /* names, for people */
	const char *places; /* file:line of each row, one a line: reports, fund entries, steps */
	const uint8_t *bytes;
	size_t size;
	struct receipt receipt; /* when receipted */
	const char *problems;   /* when refused: text, a line each */
};

enum { OUTBOX_ERROR_BYTES = 256 };

/* Makes the file if it is missing. */
struct outbox *outbox_open(const char *path, char error[OUTBOX_ERROR_BYTES]);
void outbox_close(struct outbox **outbox);

/* Several changes that stand or fall together; what was begun is on disk when commit returns true. */
bool outbox_begin(struct outbox *outbox) __attribute__((warn_unused_result));
bool outbox_commit(struct outbox *outbox) __attribute__((warn_unused_result));

/* Adds a waiting item (position is given out). `content` is the digest of the submission without its
 * id: what is there with the same content is not added again (*position says which). If that one has its
 * receipt, it waits again: the same bytes go to the centre once more, which answers with the first
 * receipt, or stores them if it had lost them. */
bool outbox_add(struct outbox *outbox, const struct outbox_item *item, const struct digest *content,
                int64_t *position) __attribute__((warn_unused_result));

bool outbox_set_receipt(struct outbox *outbox, int64_t position, const struct receipt *receipt)
    __attribute__((warn_unused_result));
bool outbox_set_refused(struct outbox *outbox, int64_t position, const char *problems)
    __attribute__((warn_unused_result));

/* Calls `take` for each item (of one state, or all with -1) in order, at most `limit`, newest last. */
bool outbox_each(struct outbox *outbox, int state, int64_t limit,
                 void (*take)(void *context, const struct outbox_item *item), void *context)
    __attribute__((warn_unused_result));

/* One item by position; its pointers are valid until the next call. */
bool outbox_get(struct outbox *outbox, int64_t position, struct outbox_item *out)
    __attribute__((warn_unused_result));

const char *outbox_error(const struct outbox *outbox);

#endif
