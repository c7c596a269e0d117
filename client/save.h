/* From files to the outbox: read, check, freeze, save. */
#ifndef FUPIN_CLIENT_SAVE_H
#define FUPIN_CLIENT_SAVE_H

#include "outbox.h"
#include "sheet.h"

/* Reads and checks all files, and only if nothing is wrong saves all of them in one outbox transaction:
 * as one submission, or (`each`) every file as its own; what is more than a submission can hold (5,000 rows,
 * a frame) as several, in the order of the rows. *parts: how many. False: with `findings`, the data is wrong;
 * without, the outbox failed. */
bool save_files(struct outbox *outbox, const char *const *files, size_t count, bool each,
                const struct catalogue *catalogue, date today, int64_t time_us, struct findings *findings,
                size_t *parts) __attribute__((warn_unused_result));

#endif
