/* What the centre holds in memory, all of it made from the journal: totals, records, exceptions, documents.
 * A new submission is compared with the holdings, and a committed one is taken over into them. At start, and
 * for an answer as of an earlier commit, the journal is replayed into new holdings. */
#ifndef FUPIN_SERVER_HOLDINGS_H
#define FUPIN_SERVER_HOLDINGS_H

#include "changes.h"
#include "documents.h"
#include "extensions.h"
#include "ledger/ledger.h"
#include "ledger/projects.h"
#include "records.h"
#include "totals/totals.h"

struct holdings {
	const struct catalogue *catalogue;
	struct totals *totals;
	struct records *records;
	struct extensions *extensions;
	struct documents *documents;
	struct projects *projects;
	struct ledger *ledger;
	struct changes changes; /* which units the commits touched */
};

/* The catalogue must outlive it. False: no memory. */
bool holdings_create(const struct catalogue *catalogue, struct holdings *out)
    __attribute__((warn_unused_result));
void holdings_destroy(struct holdings *holdings);

/* Takes over a committed fund entry, row `line` of its submission. False: it does not fit, or no memory. */
bool holdings_take_entry(struct holdings *holdings, const struct fund_entry *entry, uint64_t seq,
                         uint32_t line, int64_t time_us) __attribute__((warn_unused_result));

/* Takes over one more row each of a commit. False: it does not fit, or no memory. */
bool holdings_take_report(struct holdings *holdings, const struct report *report, uint32_t revision,
                          uint64_t seq, int64_t time_us) __attribute__((warn_unused_result));
bool holdings_take_review(struct holdings *holdings, const struct review *review, uint64_t seq)
    __attribute__((warn_unused_result));
bool holdings_take_target(struct holdings *holdings, const struct target_part *part, uint32_t revision,
                          uint64_t seq) __attribute__((warn_unused_result));
bool holdings_take_extension(struct holdings *holdings, const struct extension *extension)
    __attribute__((warn_unused_result));
bool holdings_take_document(struct holdings *holdings, const struct document *document, uint32_t version,
                            uint64_t seq, int64_t time_us) __attribute__((warn_unused_result));

bool holdings_take_project(struct holdings *holdings, const struct project_row *row)
    __attribute__((warn_unused_result));

/* Takes over a committed submission of this office. False: no memory. */
bool holdings_take(struct holdings *holdings, const struct submission *submission,
                   const struct receipt *receipt, unit_code office) __attribute__((warn_unused_result));

#endif
