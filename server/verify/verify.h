/* fupind verify: do the centre's totals agree with the sums of the journal's rows?
 *
 * The two sides are computed independently: the answers come from the running centre (or, if none runs, from
 * a replay through the same code), the expectation from plain SQL over the journal as of the very commit
 * that the answers name. */
#ifndef FUPIN_SERVER_VERIFY_H
#define FUPIN_SERVER_VERIFY_H

#include "boot/options.h"

/* Prints the result. Exit status: 0 no drift, 1 drift, 4 could not be done. */
int verify_run(const struct options *options);

#endif
