/* fupin outbox export and import: what waits is written to a sealed file, with its documents' files, and the
 * centre's answers come back in another one. */
#ifndef FUPIN_CLIENT_OUTBOX_SEALED_H
#define FUPIN_CLIENT_OUTBOX_SEALED_H

#include "command/sending.h"

/* Both are called after sending_open(), work without the network, print what happened, and return the exit
 * status. */
int outbox_export(struct sending *sending, const char *directory);
int outbox_import(struct sending *sending, const char *path);

#endif
