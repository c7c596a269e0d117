/* Scores of units from the plan's weighted items, and the figures behind each point. */
#ifndef FUPIN_CLIENT_APPRAISAL_COLUMNS_H
#define FUPIN_CLIENT_APPRAISAL_COLUMNS_H

#include "column.h"
#include "reply.h"

/* A struct appraisal_answer. */
extern const struct columns appraisal_columns;
/* Its rows in tables, with a column for each item of the plan; reading->more: which have a rank. False: no
 * memory. To be freed by columns_free(). */
struct appraisal_ranks {
	const struct appraisal_row *first;
	size_t count;
};
bool appraisal_table(const struct catalogue *catalogue, struct columns *out);

/* One item of a unit's score, explained: its figures of the year up to a month. */
struct appraisal_line {
	struct appraisal_part part;
	unit_code unit;
	period to;
};
extern const struct columns appraisal_line_columns;

#endif
