/* A small plan in CSV files, in memory, that has something of everything a plan can have. The same places as
 * tests/unit/lib/plan.h, and a village that became another one. */
#ifndef FUPIN_TESTS_SMALL_PLAN_H
#define FUPIN_TESTS_SMALL_PLAN_H

#include "parts.h"
#include "plan/plan_files.h"

/* A letter for each of its files, for parts_split(). */
extern const char small_plan_letters[];
enum { SMALL_PLAN_FILES = 21 };

/* The usual text of each file. */
void small_plan_texts(struct part_text texts[SMALL_PLAN_FILES]);
/* A plan's source made of them; a text of no bytes is a file that is not there. `texts` must outlive it. */
struct plan_source small_plan_source(const struct part_text texts[SMALL_PLAN_FILES]);

#endif
