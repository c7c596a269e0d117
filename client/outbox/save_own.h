/* From what an office decides to the outbox: reviews, extensions, targets, documents. No sheet is read. */
#ifndef FUPIN_CLIENT_SAVE_OWN_H
#define FUPIN_CLIENT_SAVE_OWN_H

#include "check/problem.h"
#include "field/catalogue.h"
#include "outbox.h"

#include <limits.h>

/* Gives a submission an id, and saves it; `what` names it for people. Reviews and extensions that do not fit
 * into one become several, all of them saved or none. The same decision a second time is a new decision, and
 * never counts as a repetition of the first. `saved` (NULL: nobody) is called for each, which is in the
 * outbox when this has returned true. False, here and below: outbox_error(), or there is no memory. */
bool save_own(struct outbox *outbox, const struct submission *submission, const char *what,
              void (*saved)(void *context, int64_t position), void *context)
    __attribute__((warn_unused_result));

/* The same for a document, whose file is at `path` (absolute). The same document a second time is the same
 * submission; its transfer goes on where it stopped. */
bool save_document(struct outbox *outbox, struct document *document, const char *path, const char *what,
                   int64_t *position) __attribute__((warn_unused_result));

/* Reads what a file says of itself into a document of that kind, without the version that it replaces. Its
 * path as the outbox keeps it, and its name, are in `room`. False: `problems` says why. */
struct document_room {
	char path[PATH_MAX], name[NAME_BYTES_MAX + 2];
};
bool describe_document(const struct catalogue *catalogue, const char *file, struct document_room *room,
                       struct document *out, struct problem_list *problems)
    __attribute__((warn_unused_result));

#endif
