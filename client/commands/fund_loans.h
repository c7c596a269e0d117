/* The loan book: what was drawn, what was repaid, what is still owed, and what was paid to subsidise loans.
 */
#ifndef FUPIN_CLIENT_FUND_LOANS_H
#define FUPIN_CLIENT_FUND_LOANS_H

#include "command/command.h"

/* Shows the loans of a unit or, with `by`, of the units of that level at or below it and of the unit itself.
 * Returns the exit status. */
int fund_loans_show(struct command *command, unit_code unit, enum unit_level by);

#endif
