/* The loan book: what was drawn, repaid and is owed, and what was paid to subsidise it. */
#ifndef FUPIN_CLIENT_FUND_LOANS_H
#define FUPIN_CLIENT_FUND_LOANS_H

#include "command/command.h"

/* Of a unit, or of the units of level `by` at or below it and of it. The exit status. */
int fund_loans_show(struct command *command, unit_code unit, enum unit_level by);

#endif
