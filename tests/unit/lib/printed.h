/* What findings look like on standard error. */
#ifndef FUPIN_TESTS_PRINTED_H
#define FUPIN_TESTS_PRINTED_H

#include "sheet/finding.h"

enum { PRINTED_BYTES = 8192 };

void print_findings(char out[PRINTED_BYTES], const struct findings *findings, enum language language);

#endif
