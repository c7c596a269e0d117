/* Reports: as a reviewer's work list, and whole, with a column for each indicator. */
#ifndef FUPIN_CLIENT_REPORT_COLUMNS_H
#define FUPIN_CLIENT_REPORT_COLUMNS_H

#include "column.h"

/* A struct report_answer; its "reports" are the work list. */
extern const struct columns report_list_columns;
/* A struct report_item, in JSON. */
extern const struct columns report_columns;

/* In tables with the values of a form's indicators, in CSV under their codes. False: no memory. To be freed
 * by columns_free(). */
bool report_columns_of_form(const struct catalogue *catalogue, uint32_t form, struct columns *out);

#endif
