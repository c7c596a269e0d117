/* What catalogue_finish() consists of, where it lies in other files. */
#ifndef FUPIN_COMMON_CATALOGUE_INTERNAL_H
#define FUPIN_COMMON_CATALOGUE_INTERNAL_H

#include "catalogue.h"

/* Kinds of projects and the checklist of acceptances. */
bool catalogue_finish_projects(struct catalogue *catalogue, char error[CATALOGUE_ERROR_BYTES]);

#endif
