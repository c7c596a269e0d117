/* What a check found: nothing, or one problem and no other. */
#ifndef FUPIN_TESTS_ONLY_H
#define FUPIN_TESTS_ONLY_H

#include "case.h"
#include "check/problem.h"

#include <string.h>

static inline bool
is_only(const struct problem_list *list, enum problem_code code, enum problem_subject subject, size_t index,
        const char *column)
{
	if (code == PROBLEM_NONE)
		return !list->count && !list->more;
	const struct problem *p = &list->items[0];
	return list->count == 1 && !list->more && p->code == code && p->subject == subject && p->index == index &&
	       !strcmp(p->column, column);
}

static inline void
print_problems(const struct problem_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		print_error("  %s, row %u, column \"%s\"\n", problem_name(list->items[i].code), list->items[i].index,
		            list->items[i].column);
}

#endif
