/* Shared by catalogue.c, which searches a catalogue, and catalogue_finish.c and catalogue_projects.c, which
 * prepare it for that. */
#ifndef FUPIN_COMMON_CATALOGUE_INTERNAL_H
#define FUPIN_COMMON_CATALOGUE_INTERNAL_H

#include "catalogue.h"

enum { UNIT_INDEX_BITS = 24 }; /* a code has at most 12 digits, 40 bits */

/* The index in unit_slots of a unit's code, or of the free slot where it belongs. */
size_t catalogue_unit_slot(const struct catalogue *catalogue, unit_code code);

/* For qsort() and bsearch(). */
int catalogue_by_term_number(const void *a, const void *b);
int catalogue_by_check_number(const void *a, const void *b);

/* Kinds of projects and the checklist of acceptances. */
bool catalogue_finish_projects(struct catalogue *catalogue, char error[CATALOGUE_ERROR_BYTES]);

#endif
