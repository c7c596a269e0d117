/* Showing projects: a list with a line for each, or one project with all its steps and its money. */
#ifndef FUPIN_CLIENT_PROJECT_SHOW_H
#define FUPIN_CLIENT_PROJECT_SHOW_H

#include "command/command.h"

/* Money of all sources together. */
struct project_money project_sum(const struct project_item *item);

/* The steps that a project still needs, as a list in words; "" for a closed one. */
void project_next(const struct command *command, const struct project_item *item, char *out, size_t room);

/* A table of projects, row by row as pages come. */
struct table *project_table(const struct command *command);
bool project_row_add(const struct command *command, struct table *table, const struct project_item *item);

struct json_object *project_json(const struct command *command, const struct project_item *item);

/* One project, whole. */
bool project_show(const struct command *command, const struct project_item *item);

#endif
