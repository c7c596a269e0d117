/* Figures looked up in a unit's total. Pure. */
#ifndef FUPIN_CLIENT_FIGURES_H
#define FUPIN_CLIENT_FIGURES_H

#include "cell.h"
#include "reply.h"

/* A figure, or the fact that it was not reported. */
struct figure {
	bool known;
	int64_t value;
};

/* The headline indicators, shown where a table has no room for all: people, and villages. */
enum { HEADLINES = 2 };
extern const char *const headline_indicators[HEADLINES];
extern const char *const headline_names[HEADLINES][2]; /* short ones: English, Chinese */

struct figure figure_submitted(const struct unit_total *total, uint32_t indicator);
struct figure figure_approved(const struct unit_total *total, uint32_t indicator);
/* The sum of entries of one kind; `level` UNIT_NONE: recorded at any level; of special sources only, or of
 * all. */
struct figure figure_funds(const struct catalogue *catalogue, const struct unit_total *total,
                           enum fund_kind kind, enum unit_level level, bool special_only);
/* The result is known if both operands are. */
struct figure figure_change(struct figure before, struct figure after);

/* The target of an indicator, or with 0 of a kind of fund entry; NULL: there is none, or there are several
 * years'. */
const struct target_value *figure_target(const struct unit_total *total, uint32_t indicator,
                                         enum fund_kind fund);

#endif
