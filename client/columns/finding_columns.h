/* Findings: what is wrong in files, and where. */
#ifndef FUPIN_CLIENT_FINDING_COLUMNS_H
#define FUPIN_CLIENT_FINDING_COLUMNS_H

#include "column.h"

/* A struct finding. */
extern const struct columns finding_columns;
/* A struct place: its sheet alone. */
extern const struct columns sheet_name_columns;

#endif
