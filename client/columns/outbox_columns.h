/* What is in an office's outbox. */
#ifndef FUPIN_CLIENT_OUTBOX_COLUMNS_H
#define FUPIN_CLIENT_OUTBOX_COLUMNS_H

#include "column.h"

enum { OUTBOX_WITH_PROBLEMS = 1 }; /* they are a column, too */

/* A struct outbox_item: all of it, and in short. */
extern const struct columns outbox_columns, outbox_short_columns;

#endif
