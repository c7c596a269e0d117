/* What this centre has acknowledged, kept in a file of its data directory: of which journal, and up to which
 * commit. A database that has fewer commits, or is another one, would give out commit numbers again that
 * receipts already name. */
#ifndef FUPIN_SERVER_ACKNOWLEDGED_H
#define FUPIN_SERVER_ACKNOWLEDGED_H

#include "base/bounds.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

enum { COMMIT_ID_BYTES = 33, ACKNOWLEDGED_ERROR_BYTES = 256 };

struct acknowledged {
	int file;                    /* -1: none */
	char history[HISTORY_BYTES]; /* "": nothing was acknowledged yet */
	uint64_t seq;                /* the last commit's number, and its submission's id in hex */
	char id[COMMIT_ID_BYTES];
	uint64_t synced_seq; /* on disk, whatever happens to the machine */
	int64_t synced_us;   /* by the steady clock */
};

/* Reads the file; a missing file counts as empty. False: it cannot be read or made, or is not a file of this
 * kind. */
bool acknowledged_open(const char *directory, struct acknowledged *out, char error[ACKNOWLEDGED_ERROR_BYTES])
    __attribute__((warn_unused_result));
void acknowledged_close(struct acknowledged *acknowledged);

/* Writes the file, to be called before the receipt is sent. What is written survives the process, but not
 * yet a power failure. False: errno says why. */
bool acknowledged_write(struct acknowledged *acknowledged, const char *history, uint64_t seq, const char *id)
    __attribute__((warn_unused_result));
/* Is something not on disk yet, and has a second passed since the last sync? */
bool acknowledged_is_due(const struct acknowledged *acknowledged, int64_t now_us);

#endif
