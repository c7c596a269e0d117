/* Figures looked up in a unit's total. Pure. */
#ifndef FUPIN_CLIENT_FIGURES_H
#define FUPIN_CLIENT_FIGURES_H

#include "output/cell.h"
#include "reply.h"

/* A figure, or that there is none: nobody reported it. */
struct figure {
	bool known;
	int64_t value;
};

/* What the plan is about, in every table that has no room for all: people, and villages. */
enum { HEADLINES = 2 };
extern const char *const headline_indicators[HEADLINES];
extern const char *const headline_names[HEADLINES][2]; /* short ones: English, Chinese */

struct figure figure_submitted(const struct unit_total *total, uint32_t indicator);
struct figure figure_approved(const struct unit_total *total, uint32_t indicator);
/* Of entries of one kind; `level` UNIT_NONE: recorded at any level; special sources, or all. */
struct figure figure_funds(const struct catalogue *catalogue, const struct unit_total *total,
                           enum fund_kind kind, enum unit_level level, bool special_only);
/* Known if both are. */
struct figure figure_change(struct figure before, struct figure after);

/* The one target of an indicator or (0) a kind of fund; NULL: none, or several years'. */
const struct target_value *figure_target(const struct unit_total *total, uint32_t indicator,
                                         enum fund_kind fund);

#endif
