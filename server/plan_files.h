/* Reading a plan from a directory of CSV files (db/plan-2013/README.md says what each holds). Every
 * error is collected with its file, line and column, so that one run shows all that has to be mended. */
#ifndef FUPIN_SERVER_PLAN_FILES_H
#define FUPIN_SERVER_PLAN_FILES_H

#include "plan.h"

enum { PLAN_ERRORS_MAX = 50, PLAN_ERROR_BYTES = 256 };

struct plan_errors {
	size_t count, more;
	char items[PLAN_ERRORS_MAX][PLAN_ERROR_BYTES];
};

/* Fills an initialised plan. `principals_path` NULL: the directory's own principals.csv. */
bool plan_read(const char *directory, const char *principals_path, struct plan *out,
               struct plan_errors *errors) __attribute__((warn_unused_result));

#endif
