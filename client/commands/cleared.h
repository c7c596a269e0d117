/* Corrections from a sheet that has no column for figures of the form: a revision holds what stands in it, so
 * what stood there before would be gone without a word. The centre is asked what stood there. */
#ifndef FUPIN_CLIENT_CLEARED_H
#define FUPIN_CLIENT_CLEARED_H

#include "command/command.h"
#include "sheet/sheet.h"

/* Adds a problem for each figure that would be cleared so. `command` is connected, and has its catalogue.
 * False: the centre could not say. */
bool cleared_look(struct command *command, const struct draft *draft, struct findings *findings)
    __attribute__((warn_unused_result));

#endif
