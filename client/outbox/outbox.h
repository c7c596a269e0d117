/* The outbox: an SQLite file in the office's home (WAL, synchronous FULL). A submission is in it, id and
 * frozen bytes, before the first send; what became of it (a receipt, or a refusal and the fact that it was
 * dealt with) stays in it. Nothing is ever removed. */
#ifndef FUPIN_CLIENT_OUTBOX_H
#define FUPIN_CLIENT_OUTBOX_H

#include "base/bounds.h"
#include "field/submission.h"
#include "keys/keyfile.h"

#include <stdatomic.h>
#include <stdbool.h>

struct outbox;

/* Lost: it has its receipt, but the centre no longer has the submission. */
enum outbox_state { OUTBOX_WAITING, OUTBOX_RECEIPTED, OUTBOX_REFUSED, OUTBOX_DROPPED, OUTBOX_LOST };
enum { OUTBOX_STATES = 5 };

/* Between the English and the Chinese lines of problems. */
#define OUTBOX_LANGUAGES "\x1E"

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
	const char *problems;   /* when refused: a line each, in English */
	const char *problems_zh;
};

enum { OUTBOX_ERROR_BYTES = 256 };

/* Makes the file if it is missing. */
struct outbox *outbox_open(const char *path, char error[OUTBOX_ERROR_BYTES]);
void outbox_close(struct outbox **outbox);

/* Waits up to ten seconds for other processes that write, but no longer once *stop is true. `stop` must
 * outlive the outbox. */
void outbox_stop_when(struct outbox *outbox, const atomic_bool *stop);

/* A transaction: all changes or none. They are on disk when commit returns true. */
bool outbox_begin(struct outbox *outbox) __attribute__((warn_unused_result));
bool outbox_commit(struct outbox *outbox) __attribute__((warn_unused_result));
/* Undoes everything since outbox_begin(). */
void outbox_cancel(struct outbox *outbox);

/* Adds a waiting item (position is given out). `content` is the digest of the submission without its id:
 * content that already waits or has its receipt is not added again (*position says where it is). If it has
 * its receipt, it waits again: the same bytes go to the centre once more, which answers with the first
 * receipt, or stores them if it had lost them. */
bool outbox_add(struct outbox *outbox, const struct outbox_item *item, const struct digest *content,
                int64_t *position) __attribute__((warn_unused_result));

bool outbox_set_receipt(struct outbox *outbox, int64_t position, const struct receipt *receipt)
    __attribute__((warn_unused_result));
/* `problems`: English lines, OUTBOX_LANGUAGES, Chinese lines; or English lines alone. */
bool outbox_set_refused(struct outbox *outbox, int64_t position, const char *problems)
    __attribute__((warn_unused_result));
/* A refused one waits again: same id, same bytes. */
bool outbox_wait_again(struct outbox *outbox, int64_t position) __attribute__((warn_unused_result));
/* Marks a refused or lost one as dealt with, or gives up a waiting one. If a receipt comes later, it is
 * still accepted. */
bool outbox_set_dropped(struct outbox *outbox, int64_t position) __attribute__((warn_unused_result));
/* All that are lost wait again, before all others and in the order of their commits; *count: how many. */
bool outbox_retry_lost(struct outbox *outbox, size_t *count) __attribute__((warn_unused_result));
/* Another one with the same content that waits or has its receipt; 0: none. */
int64_t outbox_same_content(struct outbox *outbox, int64_t position);

/* Calls `take` for each item (of one state, or all with -1) in order, at most `limit`, newest last. */
bool outbox_each(struct outbox *outbox, int state, int64_t limit,
                 void (*take)(void *context, const struct outbox_item *item), void *context)
    __attribute__((warn_unused_result));

/* How many there are of each state. */
bool outbox_counts(struct outbox *outbox, size_t counts[OUTBOX_STATES]) __attribute__((warn_unused_result));

/* One item by position; its pointers are valid until the next call. */
bool outbox_get(struct outbox *outbox, int64_t position, struct outbox_item *out)
    __attribute__((warn_unused_result));

/* What is known about whether the centre still has what it receipted. */
struct outbox_kept {
	char history[HISTORY_BYTES]; /* of which journal; "": not known */
	char key[KEY_TEXT_BYTES];    /* the centre's; "": not known */
	size_t receipts, lost;       /* of this centre */
	uint64_t newest_seq;         /* of the receipts; 0: none */
};
struct outbox_receipt {
	int64_t position;
	uint64_t seq;
	struct submission_id id;
};
bool outbox_get_kept(struct outbox *outbox, struct outbox_kept *out) __attribute__((warn_unused_result));
/* The item at an index among those that are receipted or lost, ordered by commit. */
bool outbox_receipt_at(struct outbox *outbox, enum outbox_state state, size_t index,
                       struct outbox_receipt *out) __attribute__((warn_unused_result));
/* Marks those after commit `seq`, up to `newest_seq`, as lost, and notes that all belong to this journal
 * ("": not known) of this centre. */
bool outbox_set_kept(struct outbox *outbox, uint64_t seq, uint64_t newest_seq, const char *history,
                     const char *key) __attribute__((warn_unused_result));
/* To be called before the first receipt: notes the centre that it will come from, if that is not known yet.
 */
bool outbox_note_centre(struct outbox *outbox, const char *history, const char *key)
    __attribute__((warn_unused_result));
/* From here on the outbox belongs to this centre. Earlier receipts came from another one, and never count as
 * lost by this one. */
bool outbox_begin_centre(struct outbox *outbox, const char *history, const char *key)
    __attribute__((warn_unused_result));

/* What a letter of a sealed file holds: a submission, or a part of a document's file, which comes before it.
 */
struct outbox_letter {
	int64_t position; /* of the submission; 0: this outbox has no such letter */
	bool of_file;
	bool answered;        /* its answer was taken over */
	struct digest digest; /* of its content */
};
bool outbox_add_letter(struct outbox *outbox, const struct submission_id *file, uint32_t number,
                       const struct outbox_letter *letter) __attribute__((warn_unused_result));
bool outbox_find_letter(struct outbox *outbox, const struct submission_id *file, uint32_t number,
                        struct outbox_letter *out) __attribute__((warn_unused_result));
bool outbox_set_answered(struct outbox *outbox, const struct submission_id *file, uint32_t number)
    __attribute__((warn_unused_result));

/* A refused or given-up one gets `bytes`, a submission that voids its id, and waits. Answers to earlier
 * letters with it are not taken over any more. To be called within outbox_begin(). */
bool outbox_void(struct outbox *outbox, int64_t position, const void *bytes, size_t size)
    __attribute__((warn_unused_result));
/* Undoes a voiding: the centre has the submission after all. */
bool outbox_unvoid(struct outbox *outbox, int64_t position) __attribute__((warn_unused_result));

const char *outbox_error(const struct outbox *outbox);

/* Is it receipted, or lost after that? */
bool outbox_has_receipt(enum outbox_state state);
/* "waiting", "待发送". */
const char *outbox_state_name(enum outbox_state state);
const char *outbox_state_name_zh(enum outbox_state state);

#endif
