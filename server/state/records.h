/* What the journal already holds, as far as a new submission has to be compared with it: submission ids.
 * Also what is on its way to the disk: ids, vouchers and report keys of the submissions that are being
 * written.
 *
 * A nation's year has a million submissions and more: of each only a fingerprint and the commit sequence
 * number stay in memory (16 bytes); whole receipts are kept of the newest, older ones are in the database.
 */
#ifndef FUPIN_SERVER_RECORDS_H
#define FUPIN_SERVER_RECORDS_H

#include "base/bounds.h"
#include "field/submission.h"

#include <stdbool.h>

struct records;

/* Submissions whose receipts are kept whole: a client that asks again does so within minutes. Fewer in a
 * fuzzer, which makes a centre for each input. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
enum { RECORDS_RECENT_MAX = 64 };
#else
enum { RECORDS_RECENT_MAX = 1 << 16 };
#endif

struct recorded {
	struct receipt receipt;
	unit_code office; /* county code, or unit above county level, of the principal that sent it */
};

enum record_state {
	RECORD_NONE,
	RECORD_RECENT, /* *out is filled */
	RECORD_OLDER,  /* out->receipt.seq is set; the database has the rest */
};

struct records *records_create(void);
void records_destroy(struct records **records);

/* Committed submissions. */
enum record_state records_find(const struct records *records, const struct submission_id *id,
                               struct recorded *out);
bool records_add(struct records *records, const struct receipt *receipt, unit_code office)
    __attribute__((warn_unused_result));

/* Marks a submission's id, reports, vouchers, projects, … as being written, until records_release(). False:
 * one of them is being written by another submission (or no memory), and nothing is marked. */
bool records_claim(struct records *records, const struct submission *submission)
    __attribute__((warn_unused_result));
void records_release(struct records *records, const struct submission *submission);

#endif
