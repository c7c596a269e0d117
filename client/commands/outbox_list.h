/* fupin outbox list. */
#ifndef FUPIN_CLIENT_OUTBOX_LIST_H
#define FUPIN_CLIENT_OUTBOX_LIST_H

#include "command/command.h"
#include "outbox/outbox.h"

/* Lists what is in one state (-1: in all). Returns the exit status. */
int outbox_list(const struct command *command, struct outbox *outbox, int state);

#endif
