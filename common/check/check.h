/* Checking a submission against the catalogue: pure (no socket, no SQL, no clock), the same code at the
 * client before sending and at the centre before storing.
 *
 * Not checked here: whether the office may send it (admit), and anything that needs the centre's state, as
 * revisions and vouchers that are recorded (intake). */
#ifndef FUPIN_COMMON_CHECK_H
#define FUPIN_COMMON_CHECK_H

#include "field/catalogue.h"
#include "field/submission.h"
#include "problem.h"

#include <stdint.h>

/* Appends every problem that it finds. `today` is the centre's date in China; a report of the month in
 * progress is allowed, a later one is not. Returns true if none was added. */
bool check_submission(const struct catalogue *catalogue, date today, const struct submission *submission,
                      struct problem_list *problems);
/* The same for rows only, which may be more than one submission can hold: those of a file, before they are
 * split into submissions. `room` is for as many rows as it has. */
struct check_row {
	const void *row;
	uint64_t hash; /* of the key of the text that identifies it, if there is one */
};
bool check_content(const struct catalogue *catalogue, date today, const struct submission *submission,
                   struct check_row *room, struct problem_list *problems) __attribute__((warn_unused_result));

/* One report; `index` is its row in the submission. */
bool check_report(const struct catalogue *catalogue, date today, const struct report *report, size_t index,
                  struct problem_list *problems);

/* One exception to a deadline. */
bool check_extension(const struct catalogue *catalogue, const struct extension *extension, size_t index,
                     struct problem_list *problems);

/* One decision of a reviewer. */
bool check_review(const struct catalogue *catalogue, const struct review *review, size_t index,
                  struct problem_list *problems);

/* One target, by itself: whether parts add up to the whole depends on what is recorded. */
bool check_target(const struct catalogue *catalogue, const struct target_part *target, size_t index,
                  struct problem_list *problems);

/* The description of a document's bytes: unit, size, type. */
bool check_file(const struct catalogue *catalogue, unit_code unit, uint64_t size, enum file_type type,
                enum problem_subject subject, size_t index, struct problem_list *problems);
/* One document, by itself. */
bool check_document(const struct catalogue *catalogue, const struct document *document, size_t index,
                    struct problem_list *problems);

/* One step of a project, by itself. */
bool check_project(const struct catalogue *catalogue, date today, const struct project_row *project,
                   size_t index, struct problem_list *problems);

/* One fund entry. */
bool check_entry(const struct catalogue *catalogue, date today, const struct fund_entry *entry, size_t index,
                 struct problem_list *problems);

#endif
