/* What the centre holds in memory, all of it made from the journal: totals, records, exceptions, documents. A
 * new submission is compared with it, and a committed one is taken over into it; at start, and for an answer
 * as of an earlier commit, the journal is replayed into a new one. */
#ifndef FUPIN_SERVER_HOLDINGS_H
#define FUPIN_SERVER_HOLDINGS_H

#include "documents.h"
#include "extensions.h"
#include "records.h"
#include "totals.h"

struct holdings {
	const struct catalogue *catalogue;
	struct totals *totals;
	struct records *records;
	struct extensions *extensions;
	struct documents *documents;
};

/* The catalogue must outlive it. False: no memory. */
bool holdings_create(const struct catalogue *catalogue, struct holdings *out)
    __attribute__((warn_unused_result));
void holdings_destroy(struct holdings *holdings);

/* Takes over a committed submission of this office. False: no memory. */
bool holdings_take(struct holdings *holdings, const struct submission *submission,
                   const struct receipt *receipt, unit_code office) __attribute__((warn_unused_result));

#endif
