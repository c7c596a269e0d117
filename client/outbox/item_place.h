/* Where the rows of what is in the outbox came from: a refusal that comes days later still names file and
 * row. */
#ifndef FUPIN_CLIENT_ITEM_PLACE_H
#define FUPIN_CLIENT_ITEM_PLACE_H

#include "base/arena.h"
#include "field/catalogue.h"
#include "outbox.h"
#include "sheet/finding.h"

#include <limits.h>

/* The saved submission; empty if it cannot be read. The arena, which is initialised here, owns it. */
void item_decode(struct arena *arena, const struct outbox_item *item, struct submission *out);

/* Where the file of its document `row` was when it was saved. */
bool item_document_path(const struct outbox_item *item, size_t row, char out[PATH_MAX])
    __attribute__((warn_unused_result));

/* The place of a problem of that submission; its file is NULL if the problem is about no row of a file.
 * `file` is room for the name. */
struct place item_place(const struct outbox_item *item, const struct problem *problem,
                        const struct submission *submission, char file[PATH_MAX]);

/* A problem of that submission as a finding with its place and, by the catalogue, the column's name (NULL:
 * its code). A problem without a row is about the submission's files as a whole. */
struct finding item_finding(const struct outbox_item *item, const struct problem *problem,
                            const struct submission *submission, const struct catalogue *catalogue,
                            enum language language, char file[PATH_MAX]);

/* Problems as the outbox keeps them: a line each, with its place, as many as fit; in both languages. */
enum { ITEM_PROBLEMS_BYTES = 16384 };
const char *item_problems(const struct outbox_item *item, const struct problem_list *problems,
                          char out[ITEM_PROBLEMS_BYTES]);

#endif
