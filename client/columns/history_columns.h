/* What happened to one report. */
#ifndef FUPIN_CLIENT_HISTORY_COLUMNS_H
#define FUPIN_CLIENT_HISTORY_COLUMNS_H

#include "column.h"
#include "reply.h"

/* A struct history_event, in JSON. */
extern const struct columns history_event_columns;

/* An event, in tables; of a report a row for each indicator that became another one. */
struct history_change {
	const struct history_event *event, *before; /* the report before it; NULL: none */
	const struct indicator *indicator;          /* NULL: the event itself */
};
extern const struct columns history_change_columns;

/* The indicator's value in a report, or in none (NULL). */
struct cell history_value(const struct history_event *report, const struct indicator *indicator);
/* "passed" */
const char *history_decision_name(enum decision decision);
const char *history_decision_name_zh(enum decision decision);

#endif
