/* What queries have in common: do they ask for what there is? Each appends one problem of the request, and is
 * false, if not. Pure. */
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
/* Known, and not so many that some must stand there twice: each costs time for every row. */
bool query_indicators(const struct catalogue *catalogue, const uint32_t *indicators, size_t count,
                      struct problem_list *problems);

#endif
