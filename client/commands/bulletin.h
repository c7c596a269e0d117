/* A month's bulletin. cmd_bulletin.c asks for its content, all as of one commit; bulletin.c finds what is
 * worth reporting (pure); bulletin_page.c lays it out. */
#ifndef FUPIN_CLIENT_BULLETIN_H
#define FUPIN_CLIENT_BULLETIN_H

#include "columns/figures.h"
#include "command/command.h"
#include "session/follow.h"

enum {
	BULLETIN_LATE = 10,   /* offices named: the page has to stay short */
	BULLETIN_CHANGES = 5, /* counties named */
};

/* Totals of the units right below and of the unit itself, which is the last row: of this month and the one
 * before, and of the year so far; and of all counties (not asked for if they are right below). */
enum bulletin_total { TOTAL_MONTH, TOTAL_BEFORE, TOTAL_YEAR, TOTAL_COUNTIES, TOTAL_COUNTIES_BEFORE, TOTALS };

/* An office that owes reports, or sent some reports of the month late. */
struct late_office {
	unit_code unit;
	uint32_t missing_month, missing_year, late_month;
};

/* How much a county's headline figure changed against the month before. */
struct county_change {
	unit_code unit;
	int64_t before, after;
};

struct bulletin {
	const struct command *command;
	unit_code unit;
	period month, before, january;
	struct as_of as_answered; /* the commit, and when it was */
	const char *label;        /* of the catalogue */
	struct follow totals[TOTALS];
	/* Completeness of the month by parts, of month and year so far by county; copies, the whole last. */
	struct arena arena;
	size_t part_count, county_count;
	struct completeness_row *parts, *counties, *counties_year;
};

/* The level that the parts of a unit have; a county's parts are not totalled: UNIT_NONE. */
enum unit_level bulletin_parts_level(unit_code unit);

/* The unit's own row of a total; a unit's row, NULL if it has none. */
const struct unit_total *bulletin_whole(const struct bulletin *bulletin, enum bulletin_total which);
const struct unit_total *bulletin_row(const struct bulletin *bulletin, enum bulletin_total which,
                                      unit_code unit);

/* Late offices, the one that owes most first; at most BULLETIN_LATE. Returns how many there are in all. */
size_t bulletin_late(const struct bulletin *bulletin, struct late_office out[BULLETIN_LATE]);
/* The largest changes of an indicator, whichever way, the largest first; at most BULLETIN_CHANGES. Returns
 * how many are in `out`. A county that did not report both months has none. */
size_t bulletin_changes(const struct bulletin *bulletin, uint32_t indicator,
                        struct county_change out[BULLETIN_CHANGES]);

/* Shows it. */
bool bulletin_page(const struct bulletin *bulletin) __attribute__((warn_unused_result));

#endif
