/* Part of fupind verify: are the stored files still what offices sent? */
#ifndef FUPIN_SERVER_VERIFY_DOCUMENTS_H
#define FUPIN_SERVER_VERIFY_DOCUMENTS_H

#include "postgres/pg.h"

#include <stdbool.h>

/* Computes the digest of every file that a document names, from its bytes, and prints which documents differ;
 * *drift counts the files. False: `error` says why it could not be done. */
bool verify_documents(struct pg_conn *connection, uint64_t *drift, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
