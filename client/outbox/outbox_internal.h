/* Shared by the outbox's files only. */
#ifndef FUPIN_CLIENT_OUTBOX_INTERNAL_H
#define FUPIN_CLIENT_OUTBOX_INTERNAL_H

#include "base/arena.h"
#include "outbox.h"

#include <sqlite3.h>

struct outbox {
	sqlite3 *db;
	struct arena item; /* owns what outbox_get() returned last */
	char error[OUTBOX_ERROR_BYTES];
	const atomic_bool *stop; /* NULL: it cannot be stopped */
};

/* Keeps SQLite's message if it is not `good`; returns `good`. */
bool outbox_note(struct outbox *outbox, bool good);
/* NULL: outbox_error() says why. */
sqlite3_stmt *outbox_prepare(struct outbox *outbox, const char *sql);
/* Runs a statement to its end, and frees it. */
bool outbox_finish(struct outbox *outbox, sqlite3_stmt *statement);

#endif
