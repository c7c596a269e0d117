/* Sheets: CSV files of reports or fund entries, read into submissions. Every problem comes with its
 * file, row, column and reason; one run shows all of them.
 *
 * A sheet of reports has the columns unit and period, optionally form, version and replaces, and one
 * column for each indicator (its code, or its Chinese or English name, with or without the unit of
 * measure in parentheses). An empty cell means: not reported. A sheet of fund entries has a column
 * voucher. README.md shows both. */
#ifndef FUPIN_CLIENT_SHEET_H
#define FUPIN_CLIENT_SHEET_H

#include "catalogue.h"
#include "problem.h"
#include "submission.h"

/* Where a row of a submission came from. */
struct place {
	const char *file;
	size_t line;
};

/* A problem with its place. */
struct finding {
	struct place place;              /* line 0: the file as a whole; file NULL: the submission */
	char column[2 * NAME_BYTES_MAX]; /* as it stands in the sheet; "" if none */
	struct problem problem;
};

enum { FINDINGS_MAX = 200 };

struct findings {
	size_t count, more;
	struct finding items[FINDINGS_MAX];
};

/* A submission being put together from files; the arena owns all of it. */
struct draft {
	struct arena arena;
	struct submission submission;
	size_t report_room, entry_room;
	struct place *report_places, *entry_places;
	struct sheet_columns *columns; /* of the files read, for naming columns in problems */
};

/* 5,000 rows with all their cells, and the file itself. */
enum { DRAFT_BYTES_MAX = 512 * 1024 * 1024 };

void draft_init(struct draft *draft);
void draft_free(struct draft *draft);

/* Reads one file into the draft. Findings point to `path`, which must outlive them. */
void draft_read(struct draft *draft, const char *path, const struct catalogue *catalogue,
                struct findings *findings);

/* Gives the draft a fresh id and checks it with the centre's own code. */
void draft_check(struct draft *draft, const struct catalogue *catalogue, date today, int64_t time_us,
                 struct findings *findings);

/* Adds problems of a submission (ours or the centre's) with the places of their rows. */
void findings_add(struct findings *findings, const struct draft *draft, const struct catalogue *catalogue,
                  const struct problem_list *problems);

/* "county.csv: row 14, column 产业资金: 800,000.00 exceeds …". */
void finding_print(const struct finding *finding, enum language language);

#endif
