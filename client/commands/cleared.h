/* Corrections from a sheet that lacks columns for some figures of the form. A revision replaces the whole
 * report, so earlier values of these figures would be cleared unnoticed. The centre is asked for the earlier
 * values. */
#ifndef FUPIN_CLIENT_CLEARED_H
#define FUPIN_CLIENT_CLEARED_H

#include "command/command.h"
#include "sheet/sheet.h"

/* Adds a problem for each figure that would be cleared in this way. `command` is connected and has its
 * catalogue. False: the centre could not answer. */
bool cleared_look(struct command *command, const struct draft *draft, struct findings *findings)
    __attribute__((warn_unused_result));

#endif
