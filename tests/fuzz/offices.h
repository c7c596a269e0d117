/* The offices that fuzz_request's frames come from, and how a frame says what it is: shared with its seeds.
 */
#ifndef FUPIN_TESTS_OFFICES_H
#define FUPIN_TESTS_OFFICES_H

#include "seeds.h"

/* Of a frame's first byte: who sends it; what happened before; whether it is content that the sender seals
 * and hands to the next office in the list to carry; and whether it comes together with the one behind it. */
enum {
	FRAME_OFFICE = 7,
	FRAME_BEFORE_SHIFT = 3,
	FRAME_BEFORE = 7,
	FRAME_SEALED = 64,
	FRAME_TOGETHER = 128,
};

/* The clock moves; or the database refuses what is written next, or is away when the frame comes. */
enum {
	BEFORE_NOTHING,
	BEFORE_HOUR,
	BEFORE_DAY,
	BEFORE_MONTH,
	BEFORE_CLOCK_SET_BACK,
	BEFORE_REFUSED,
	BEFORE_FULL,
	BEFORE_AWAY,
};

enum { OFFICE_PROVINCE, OFFICE_PREFECTURE, OFFICE_COUNTY, OFFICE_COUNTY_OTHER, OFFICE_ADMIN, OFFICES };

/* Key pairs of offices begin with this number (seeds.h). */
enum { SEED_OFFICES = 10 };

#endif
