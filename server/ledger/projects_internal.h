/* Shared by projects.c, which keeps the projects, and project_steps.c, which knows their steps. */
#ifndef FUPIN_SERVER_PROJECTS_INTERNAL_H
#define FUPIN_SERVER_PROJECTS_INTERNAL_H

#include "projects.h"

/* One step being checked. */
struct step_trial {
	const struct catalogue *catalogue;
	const struct project_way *way;
	const struct project_row *row;
	unit_code office;
	size_t index;
	struct problem_list *problems;
};

/* Checks a step; what is wrong with it goes into the list of problems. */
void projects_try(const struct step_trial *trial);
/* Applies a step that passed its checks. */
void projects_go(struct project_way *way, const struct project_row *row);

#endif
