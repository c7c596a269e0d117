/* Documents' files in the database, for the worker: parts come in, a whole file is checked and sealed, parts
 * go out, and files that nobody continued to send are removed. A file belongs to its unit; the same bytes of
 * another unit are another file. All functions may be repeated: what is stored already is not written again.
 *
 * A part is written without waiting for the disk. The commit that makes a file whole does wait, and
 * PostgreSQL flushes its log in order. So all bytes of a whole file, and of a document that has a receipt,
 * are on disk. */
#ifndef FUPIN_SERVER_DOCUMENT_STORE_H
#define FUPIN_SERVER_DOCUMENT_STORE_H

#include "postgres/pg.h"
#include "reply.h"

/* On failure all functions return false with a problem in `problems`, which may be that the database cannot
 * be reached. `now_us`: the centre's clock. */

/* Offers a file, or stores a part of it; *out says how much of it is stored now. *thrown: how many stored
 * bytes were thrown away; set also when it returns false. */
bool document_store_upload(struct pg_conn *connection, const struct upload *upload, int64_t now_us,
                           struct uploaded *out, uint64_t *thrown, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* Are the files of all documents of a submission whole? They then stay for UPLOAD_DAYS_MAX more days. */
bool document_store_has(struct pg_conn *connection, const struct submission *submission, int64_t now_us,
                        struct problem_list *problems) __attribute__((warn_unused_result));

/* A part of a whole file: its bytes are copied into the arena. */
bool document_store_part(struct pg_conn *connection, struct arena *arena, struct file_part *out,
                         struct problem_list *problems) __attribute__((warn_unused_result));

/* Removes files that no document names and that nobody continued to send for UPLOAD_DAYS_MAX days; *files:
 * how many. */
bool document_store_sweep(struct pg_conn *connection, int64_t now_us, uint64_t *files,
                          struct problem_list *problems) __attribute__((warn_unused_result));

#endif
