/* Documents' files in the database, for the worker: parts come in, a whole file is checked and sealed, parts
 * go out, and what nobody continued is taken away. A file belongs to its unit; the same bytes of another unit
 * are another file. All functions may be repeated: what is there already is not written again.
 *
 * Parts are written without waiting for the disk. What makes a file whole waits, and the log is flushed in
 * its order: so a whole file, and a receipt for its document, always has its bytes. */
#ifndef FUPIN_SERVER_DOCUMENT_STORE_H
#define FUPIN_SERVER_DOCUMENT_STORE_H

#include "postgres/pg.h"
#include "reply.h"

/* False of all: `problems` has one, which may be that the database is away. `now_us`: the centre's clock. */

/* Offers a file or takes a part of it; *out: how far it is there now. *thrown: so many bytes that had come
 * were thrown away, also if it is false. */
bool document_store_upload(struct pg_conn *connection, const struct upload *upload, int64_t now_us,
                           struct uploaded *out, uint64_t *thrown, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* Are the files of all documents of a submission whole? They then stay for UPLOAD_DAYS_MAX more days. */
bool document_store_has(struct pg_conn *connection, const struct submission *submission, int64_t now_us,
                        struct problem_list *problems) __attribute__((warn_unused_result));

/* A part of a whole file: its bytes are copied into the arena. */
bool document_store_part(struct pg_conn *connection, struct arena *arena, struct file_part *out,
                         struct problem_list *problems) __attribute__((warn_unused_result));

/* Takes away what no document names and nobody continued for UPLOAD_DAYS_MAX; *files: how many. */
bool document_store_sweep(struct pg_conn *connection, int64_t now_us, uint64_t *files,
                          struct problem_list *problems) __attribute__((warn_unused_result));

#endif
