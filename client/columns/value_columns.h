/* Values by indicator, as reports have them. */
#ifndef FUPIN_CLIENT_VALUE_COLUMNS_H
#define FUPIN_CLIENT_VALUE_COLUMNS_H

#include "column.h"

/* {code: value} of the indicators that the catalogue knows. */
struct cell cell_values(struct reading *reading, const uint32_t *indicators, const int64_t *values,
                        size_t count);
/* The value of one indicator; CELL_NONE: it is not among them. */
struct cell cell_value(const struct indicator *indicator, const uint32_t *indicators, const int64_t *values,
                       size_t count);

#endif
