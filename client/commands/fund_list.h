/* Lists of ledger entries, and the way of one entry's money. */
#ifndef FUPIN_CLIENT_FUND_LIST_H
#define FUPIN_CLIENT_FUND_LIST_H

#include "command/command.h"

/* Asks for all pages and shows them. Early entries are asked of each unit with money at or below query->unit
 * (query->own: of that unit alone). Returns the exit status. */
int fund_list_show(struct command *command, const struct entry_query *query);
/* How many entries are early. */
int fund_list_early(struct command *command, unit_code unit, size_t *count);
int fund_way_show(struct command *command, const struct trace_query *query);

#endif
