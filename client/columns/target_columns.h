/* Targets: how far they are reached, what the year will bring, and how they are broken down. */
#ifndef FUPIN_CLIENT_TARGET_COLUMNS_H
#define FUPIN_CLIENT_TARGET_COLUMNS_H

#include "column.h"
#include "reply.h"

/* struct target_item. */
extern const struct columns target_columns;
/* struct target_value, as it stands in JSON beside a total. */
extern const struct columns pace_columns;

/* Of an indicator, or (0) of money. */
int measure_decimals(const struct catalogue *catalogue, uint32_t indicator);

/* The progress towards a target. Cells are CELL_NONE where nothing is known yet. */
struct pace_cells {
	struct cell until, reached, share, expected, gap, forecast;
	char period[8]; /* the text of `until` */
};
/* `target` NULL: none is set. The cells point into *out. */
void pace_cells_make(const struct target_value *target, int decimals, struct pace_cells *out);

#endif
