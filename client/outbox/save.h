/* From files to the outbox: read, check, freeze, save. */
#ifndef FUPIN_CLIENT_SAVE_H
#define FUPIN_CLIENT_SAVE_H

#include "outbox.h"
#include "sheet/sheet.h"

#include <stdio.h>

enum { PASSED_NAMES_MAX = 8 };

/* Sheets on their way to the outbox. */
struct saving {
	const char *const *files;
	size_t count;
	const void *bytes; /* of the only file, if somebody has read it already; else NULL */
	size_t size;
	bool each; /* every file is a submission of its own; else all are one */
	const struct catalogue *catalogue;
	unit_code office;
	date today; /* the centre's */
	/* What would be cleared by corrections that have no column for it is looked for, and is a finding; NULL,
	 * or false: nobody knows, and it is told. */
	bool (*look)(void *look_context, const struct draft *draft, struct findings *findings);
	void *look_context;
	/* What came of it: */
	size_t parts, left_out; /* submissions; rows in which nobody had filled in anything */
	size_t passed_over;     /* sheets of workbooks that are not read; the first of them by name */
	char passed_names[PASSED_NAMES_MAX][SHEET_NAME_BYTES];
	size_t dropped; /* corrections that clear figures which they have no column for; the first of them */
	char dropped_row[PLACE_NAME_BYTES + 4 * NAME_BYTES_MAX];
	size_t alike; /* vouchers that differ in case or zeros alone; the first two */
	char alike_pair[2][VOUCHER_BYTES_MAX + 1];
	struct findings findings;
	/* Told of each submission, which is in the outbox when save_files() has returned true; may be NULL. */
	void *context;
	void (*saved)(void *context, int64_t position);
};

/* Reads and checks all files as one submission, into an initialised draft: what would be saved, if there are
 * no findings. The draft lives no longer than the catalogue. */
void check_files(struct saving *saving, struct draft *draft);

/* What a clerk may not expect: a line for each sheet that is not read, and of corrections that clear figures.
 */
void saving_tell(const struct saving *saving, enum language language, FILE *out);

/* Reads and checks all files, and only if nothing is wrong saves all of them in one outbox transaction. What
 * is more than a submission can hold (5,000 rows, a frame) goes as several, in the order of the rows. False:
 * with findings, the data is wrong; without, the outbox failed. */
bool save_files(struct outbox *outbox, int64_t time_us, struct saving *saving)
    __attribute__((warn_unused_result));

#endif
