/* A sheet is a text here: written to a file, read from it, and the file is gone. */
#ifndef FUPIN_TESTS_SHEET_TEXT_H
#define FUPIN_TESTS_SHEET_TEXT_H

#include "case.h"
#include "plan.h"
#include "sheet/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The tests run in a directory of their own, so that a file's name is just its name. */
static char directory[] = "unit_sheet.XXXXXX";

static inline int
make_plan(void **state)
{
	(void)state;
	plan_make(&plan);
	return mkdtemp(directory) && !chdir(directory) ? 0 : -1;
}

static inline int
free_plan(void **state)
{
	(void)state;
	catalogue_free(&plan);
	return chdir("..") || rmdir(directory);
}

static inline void
read_text(struct draft *draft, const char *name, const char *text, struct findings *findings)
{
	FILE *file = fopen(name, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	draft_read(draft, name, &plan, findings);
	assert_int_equal(unlink(name), 0);
}

#endif
