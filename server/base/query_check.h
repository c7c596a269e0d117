/* Checks that queries have in common: does what a query asks for exist? If not, each appends one problem of
 * the request and returns false. Pure. */
#ifndef FUPIN_SERVER_QUERY_CHECK_H
#define FUPIN_SERVER_QUERY_CHECK_H

#include "check/problem.h"
#include "field/catalogue.h"

/* NULL: there is no such unit. */
const struct unit *query_unit(const struct catalogue *catalogue, unit_code unit,
                              struct problem_list *problems);
bool query_periods(period from, period to, struct problem_list *problems);
bool query_forms(const struct catalogue *catalogue, const uint32_t *forms, size_t count,
                 struct problem_list *problems);
/* "": none is asked for. */
bool query_group(const struct catalogue *catalogue, const char *group, struct problem_list *problems);
/* Are all known, and no more than there are (more would repeat some)? Each one costs time for every row. */
bool query_indicators(const struct catalogue *catalogue, const uint32_t *indicators, size_t count,
                      struct problem_list *problems);

#endif
