/* Sheets of reports or fund entries, in CSV files or workbooks, read into submissions. Every problem comes
 * with its place (finding.h).
 *
 * A sheet of reports has the columns unit and period, optionally form, version and replaces, and one
 * column for each indicator (its code, or its Chinese or English name, with or without the unit of
 * measure in parentheses). An empty cell means: not reported. A sheet of fund entries has a column
 * voucher; one of projects a column step, and a budget column for each fund source.
 * docs/using/submit-sheets.md shows them. */
#ifndef FUPIN_CLIENT_SHEET_H
#define FUPIN_CLIENT_SHEET_H

#include "field/catalogue.h"
#include "field/submission.h"
#include "finding.h"

/* A correction whose sheet has no column for some figures of the form. */
struct dropped {
	struct place place;
	const char *names; /* the first of them */
	size_t report;     /* index in the submission */
	size_t indicator_count;
	const struct indicator **indicators;
};

/* A submission being put together from files; the arena owns all of it. */
struct draft {
	unit_code office; /* set by the caller: a workbook that was made for another one is refused; 0: any */
	struct arena arena;
	struct submission submission;
	size_t report_room, entry_room, project_room;
	struct place *report_places, *entry_places, *project_places;
	/* Rows of our own workbooks in which no figure of the month was filled in: they are left out. */
	size_t left_out_count, left_out_room;
	struct place *left_out;
	/* Visible sheets of workbooks that are not sheets of reports, funds or projects. */
	size_t passed_over_count, passed_over_room;
	struct place *passed_over;
	/* Corrections that have no column for these figures, and so clear their earlier values. */
	size_t dropped_count, dropped_room;
	struct dropped *dropped;
	size_t alike_count; /* vouchers that differ from another one only in case, or in zeros; the first two */
	const char *alike[2];
	struct sheet_columns *columns; /* of the files that were read, to name columns in problems */
};

/* Enough for a hundred thousand rows with all their cells, and the file itself. */
enum { DRAFT_BYTES_MAX = 512 * 1024 * 1024 };

void draft_init(struct draft *draft);
void draft_free(struct draft *draft);

/* Reads one file into the draft, all its sheets. Findings point to `path`, which must outlive them. */
void draft_read(struct draft *draft, const char *path, const struct catalogue *catalogue,
                struct findings *findings);
/* The same for a file's bytes, which are not needed afterwards. */
void draft_read_bytes(struct draft *draft, const char *name, const void *bytes, size_t size,
                      const struct catalogue *catalogue, struct findings *findings);

/* Checks the draft with the centre's own code. */
void draft_check(struct draft *draft, const struct catalogue *catalogue, date today,
                 struct findings *findings);

/* Looks for pairs of vouchers that may be meant to be the same. Part of draft_check(). */
void draft_find_alike(struct draft *draft);

/* Adds problems of a submission (ours or the centre's) with the places of their rows. */
void findings_add(struct findings *findings, const struct draft *draft, const struct catalogue *catalogue,
                  const struct problem_list *problems);

/* A fixed column's name for people, by its code; the code itself if there is none. */
const char *sheet_column_name(const char *code, enum language language);

#endif
