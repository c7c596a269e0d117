/* fupin outbox list. */
#ifndef FUPIN_CLIENT_OUTBOX_LIST_H
#define FUPIN_CLIENT_OUTBOX_LIST_H

#include "columns/outbox_columns.h"
#include "command/command.h"
#include "outbox/outbox.h"

/* Lists what is in one state (-1: in all). Returns the exit status. */
int outbox_list(const struct command *command, struct outbox *outbox, int state);
/* The newest `most` of them, in those columns, and without what is wrong with them. */
int outbox_show(const struct command *command, struct outbox *outbox, int state, int64_t most,
                const struct columns *columns);

#endif
