/* The offices that fuzz_request's frames come from, and how a frame says what it is: shared with its seeds.
 */
#ifndef FUPIN_TESTS_OFFICES_H
#define FUPIN_TESTS_OFFICES_H

#include "seeds.h"

/* Of a frame's first byte: who sends it, how the clock moved before, and whether it is content that the
 * sender seals and hands to the office below it in the list to carry. */
enum {
	FRAME_OFFICE = 7,
	FRAME_CLOCK_SHIFT = 3,
	FRAME_CLOCK = 7,
	FRAME_SEALED = 64,
};

enum { OFFICE_PROVINCE, OFFICE_PREFECTURE, OFFICE_COUNTY, OFFICE_COUNTY_OTHER, OFFICE_ADMIN, OFFICES };

/* Key pairs of offices begin with this number (seeds.h). */
enum { SEED_OFFICES = 10 };

#endif
