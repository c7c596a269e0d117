/* How an office stands: what was returned, what is due next, other keys of its unit. */
#ifndef FUPIN_CLIENT_STANDING_COLUMNS_H
#define FUPIN_CLIENT_STANDING_COLUMNS_H

#include "column.h"

/* A struct standing. */
extern const struct columns standing_columns;

#endif
