/* fupin outbox list. */
#ifndef FUPIN_CLIENT_OUTBOX_LIST_H
#define FUPIN_CLIENT_OUTBOX_LIST_H

#include "command/command.h"
#include "outbox/outbox.h"

/* `state`: -1 for all. An exit status. */
int outbox_list(const struct command *command, struct outbox *outbox, int state);

#endif
