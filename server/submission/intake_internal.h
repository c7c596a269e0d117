/* What intake_compare() consists of, where it lies in other files. */
#ifndef FUPIN_SERVER_INTAKE_INTERNAL_H
#define FUPIN_SERVER_INTAKE_INTERNAL_H

#include "state/holdings.h"

/* What targets say against those that are set. */
void intake_compare_targets(const struct holdings *holdings, const struct submission *submission,
                            struct problem_list *problems);

#endif
