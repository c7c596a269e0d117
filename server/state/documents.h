/* The documents that offices sent, with all versions, as the journal holds them; their bytes are in the
 * database (document_store.h). Pure. */
#ifndef FUPIN_SERVER_DOCUMENTS_H
#define FUPIN_SERVER_DOCUMENTS_H

#include "extensions.h"
#include "reply.h"

struct documents;

struct documents *documents_create(void);
void documents_destroy(struct documents **documents);

/* Takes over a version of commit `seq` at `time_us`. False: no memory. */
bool documents_add(struct documents *documents, const struct document *document, uint32_t version,
                   uint64_t seq, int64_t time_us) __attribute__((warn_unused_result));

/* A version, or with version 0 the newest; NULL: there is none. Its `due` is not filled in. */
const struct document_item *documents_find(const struct documents *documents, struct document_key key);

/* Answers a query as of `now_us`; every unit that owes a document has a line, whether it sent one or not.
 * False: `problems` says why. */
bool documents_list(const struct documents *documents, const struct extensions *extensions,
                    const struct catalogue *catalogue, const struct document_query *query, int64_t now_us,
                    struct arena *arena, struct document_answer *out, struct problem_list *problems)
    __attribute__((warn_unused_result));

#endif
