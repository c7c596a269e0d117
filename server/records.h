/* What the journal already holds, as far as a new submission has to be compared with it: submission
 * ids with their receipts, and voucher numbers. Also what is on its way to the disk: ids, vouchers and
 * report keys of submissions that were queued and not committed yet. */
#ifndef FUPIN_SERVER_RECORDS_H
#define FUPIN_SERVER_RECORDS_H

#include "submission.h"

#include <stdbool.h>

struct records;

struct recorded {
	struct receipt receipt;
	unit_code office; /* unit of the principal that sent it */
};

struct records *records_create(void);
void records_destroy(struct records **records);

/* Committed submissions. */
const struct recorded *records_find(const struct records *records, const struct submission_id *id);
bool records_add(struct records *records, const struct receipt *receipt, unit_code office)
    __attribute__((warn_unused_result));

/* Committed vouchers. */
bool records_has_voucher(const struct records *records, unit_code unit, const char *voucher);
bool records_add_voucher(struct records *records, unit_code unit, const char *voucher)
    __attribute__((warn_unused_result));

/* Does a queued submission have this id, or touch one of the same reports or vouchers? Then a new one
 * has to wait until that one is decided. */
bool records_is_pending(const struct records *records, const struct submission *submission);
/* Is a submission of this office with this id on its way? */
bool records_id_pending(const struct records *records, const struct submission_id *id, unit_code office);

/* Marks and unmarks a submission as queued. */
bool records_hold(struct records *records, const struct submission *submission, unit_code office)
    __attribute__((warn_unused_result));
void records_release(struct records *records, const struct submission *submission, unit_code office);

#endif
