/* Reading a plan from a directory of CSV files (db/plan-2013/README.md says what each holds). Every error is
 * collected with its file, line and column, so that one run shows everything that has to be corrected. */
#ifndef FUPIN_SERVER_PLAN_FILES_H
#define FUPIN_SERVER_PLAN_FILES_H

#include "plan.h"

#include <stdbool.h>
#include <stddef.h>

enum { PLAN_ERRORS_MAX = 50, PLAN_ERROR_BYTES = 256 };

struct plan_errors {
	size_t count, more;
	char items[PLAN_ERRORS_MAX][PLAN_ERROR_BYTES];
};

/* Where the files of a plan come from: a directory, or memory. */
struct plan_source {
	const char *name;       /* of the whole plan, for errors */
	const char *principals; /* path of a separate file; NULL: principals.csv among the others */
	/* Is there such a file ("units.csv", "rules/NAME.sql")? Some files are optional. */
	bool (*has)(const struct plan_source *source, const char *file);
	/* Its bytes, to be freed by the caller: at most `bytes_max` and one more; NULL: errno says why. */
	char *(*read)(const struct plan_source *source, const char *file, size_t bytes_max, size_t *size);
	const void *context; /* of these two */
};

/* Fills an initialised plan. */
bool plan_read_from(const struct plan_source *source, struct plan *out, struct plan_errors *errors)
    __attribute__((warn_unused_result));

/* The same from a directory (plan_directory.c). `principals_path` NULL: its own principals.csv. */
bool plan_read(const char *directory, const char *principals_path, struct plan *out,
               struct plan_errors *errors) __attribute__((warn_unused_result));

#endif
