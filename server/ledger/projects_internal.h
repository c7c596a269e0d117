/* Shared by projects.c, which keeps the projects, and project_steps.c, which knows their steps. */
#ifndef FUPIN_SERVER_PROJECTS_INTERNAL_H
#define FUPIN_SERVER_PROJECTS_INTERNAL_H

#include "projects.h"

/* One step on trial. */
struct step_trial {
	const struct catalogue *catalogue;
	const struct project_way *way;
	const struct project_row *row;
	unit_code office;
	size_t index;
	struct problem_list *problems;
};

/* Tries a step; what is wrong with it goes into the list of problems. */
void projects_try(const struct step_trial *trial);
/* What a step makes of a way that allows it. */
void projects_go(struct project_way *way, const struct project_row *row);

#endif
