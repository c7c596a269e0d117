/* Two clocks: the wall's, for dates and receipts, and one that never jumps, for all waiting. */
#ifndef FUPIN_COMMON_CLOCK_H
#define FUPIN_COMMON_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970-01-01 UTC; may jump when somebody sets the clock. */
int64_t clock_wall_us(void);

/* Microseconds since some moment; only ever forwards. */
int64_t clock_steady_us(void);

#endif
