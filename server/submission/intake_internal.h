/* The parts of intake_compare() that are in other files. */
#ifndef FUPIN_SERVER_INTAKE_INTERNAL_H
#define FUPIN_SERVER_INTAKE_INTERNAL_H

#include "state/holdings.h"

/* Compares a submission's targets with those that are set. */
void intake_compare_targets(const struct holdings *holdings, const struct submission *submission,
                            struct problem_list *problems);

#endif
