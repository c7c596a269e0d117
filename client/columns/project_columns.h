/* Projects: how far they are, their steps and their money. */
#ifndef FUPIN_CLIENT_PROJECT_COLUMNS_H
#define FUPIN_CLIENT_PROJECT_COLUMNS_H

#include "column.h"
#include "reply.h"

/* struct project_item. */
extern const struct columns project_columns;
/* struct project_row, each a step of one project. */
extern const struct columns step_columns;
/* struct project_money; without a source it is that of all sources together. */
extern const struct columns money_columns;

/* Money of all sources together. */
struct project_money project_sum(const struct project_item *item);

#endif
