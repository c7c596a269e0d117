/* Who reported: by unit how many of the reports that are due came, and the list of those that are owed. */
#ifndef FUPIN_CLIENT_COMPLETENESS_COLUMNS_H
#define FUPIN_CLIENT_COMPLETENESS_COLUMNS_H

#include "column.h"

/* A struct completeness_answer; its rows by unit are "rows", the list is "duties". */
extern const struct columns completeness_columns;

#endif
