/* Who may: enrolments, and the offices that are admitted. */
#ifndef FUPIN_CLIENT_OFFICE_COLUMNS_H
#define FUPIN_CLIENT_OFFICE_COLUMNS_H

#include "column.h"

/* A struct enrolment; as an administrator sees it, and as the office that asks does. */
extern const struct columns enrolment_columns, own_enrolment_columns;
/* A struct office_item. */
extern const struct columns office_columns;
/* A struct decided: what became of an enrolment. */
extern const struct columns decided_columns;

#endif
