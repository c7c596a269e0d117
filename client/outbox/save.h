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
	const void *bytes; /* of the only file, if it was read already; else NULL */
	size_t size;
	bool each; /* every file becomes a submission of its own; else all become one */
	const struct catalogue *catalogue;
	unit_code office;
	date today; /* the centre's */
	/* Finds figures that corrections would clear because the sheet has no column for them; each is a
	 * finding. If it is NULL or returns false, this is not known, and the caller is told. */
	bool (*look)(void *look_context, const struct draft *draft, struct findings *findings);
	void *look_context;
	/* The result: */
	size_t parts, left_out; /* submissions; rows in which nothing was filled in */
	size_t passed_over;     /* sheets of workbooks that are not read; the first of them by name */
	char passed_names[PASSED_NAMES_MAX][SHEET_NAME_BYTES];
	/* corrections that clear figures because they have no column for them; the first of them */
	size_t dropped;
	char dropped_row[PLACE_NAME_BYTES + 4 * NAME_BYTES_MAX];
	size_t alike; /* vouchers that differ only in case or zeros; the first two */
	char alike_pair[2][VOUCHER_BYTES_MAX + 1];
	struct findings findings;
	/* Called for each submission, which is in the outbox when save_files() has returned true; may be NULL. */
	void *context;
	void (*saved)(void *context, int64_t position);
};

/* Reads and checks all files as one submission, into an initialised draft: what would be saved, if there are
 * no findings. The catalogue must outlive the draft. */
void check_files(struct saving *saving, struct draft *draft);

/* Prints what a clerk may not expect: a line for each sheet that is not read, and one about corrections that
 * clear figures. */
void saving_tell(const struct saving *saving, enum language language, FILE *out);

/* Reads and checks all files, and only if nothing is wrong saves all of them in one outbox transaction. Rows
 * that do not fit into one submission (5,000 rows, one frame) become several, in the order of the rows.
 * False with findings: the data is wrong; false without: the outbox failed. */
bool save_files(struct outbox *outbox, int64_t time_us, struct saving *saving)
    __attribute__((warn_unused_result));

#endif
