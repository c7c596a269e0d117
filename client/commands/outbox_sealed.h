/* fupin outbox export and import: what waits goes out as a sealed file, with its documents' files, and the
 * centre's answers come back as one. */
#ifndef FUPIN_CLIENT_OUTBOX_SEALED_H
#define FUPIN_CLIENT_OUTBOX_SEALED_H

#include "command/sending.h"

/* Both after sending_open(); without the network. An exit status; what happened was printed. */
int outbox_export(struct sending *sending, const char *directory);
int outbox_import(struct sending *sending, const char *path);

#endif
