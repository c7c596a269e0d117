/* Totals of units against their targets: of chosen indicators or the headline ones, of one unit, of funds. */
#ifndef FUPIN_CLIENT_TOTAL_COLUMNS_H
#define FUPIN_CLIENT_TOTAL_COLUMNS_H

#include "column.h"
#include "reply.h"
#include "request.h"

/* A total for programs: the units, and unless it is of changes alone the whole (NULL). */
struct total_shown {
	struct as_of as_of;
	const char *label;
	period from, to;
	size_t unit_count;
	const struct unit_total *units;
	const struct unit_total *whole;
};
extern const struct columns total_columns;

/* The tables; reading->more is the struct total_query (NULL: it is of whole years). */

/* A bit of struct column's only_with: also what is expected by now, and the forecast. */
enum { TOTAL_WITH_PACE = 1 };

/* A row for each struct unit_total of the answer, with columns for the indicators that were asked for, else
 * for the headline ones and the funds. The columns are in `arena`; false: no memory. */
bool total_columns_by_unit(struct arena *arena, const struct catalogue *catalogue,
                           const struct total_query *query, const struct total_answer *answer,
                           struct columns *out);

/* One unit: a row for each indicator. */
struct total_indicator {
	const struct unit_total *unit;
	size_t at;
	const struct indicator *indicator; /* NULL: of a newer plan than the catalogue */
};
extern const struct columns total_indicator_columns;

/* A row for each kind, source, use and level of a unit's funds. */
struct total_fund {
	unit_code unit;
	struct fund_total fund;
};
extern const struct columns total_fund_columns;

#endif
