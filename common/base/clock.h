/* Two clocks: the wall clock, for dates and receipts, and a steady one that never jumps, for all waiting. */
#ifndef FUPIN_COMMON_CLOCK_H
#define FUPIN_COMMON_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970-01-01 UTC; may jump when somebody sets the clock. */
int64_t clock_wall_us(void);

/* The same by the machine's own clock, even in a drill. */
int64_t clock_machine_us(void);

/* For drills: sets this process's wall clock to `time_us`, from where it goes on. The machine's clock stays
 * as it is. */
void clock_set_wall_us(int64_t time_us);

/* Microseconds since some moment; only ever forwards. */
int64_t clock_steady_us(void);

#endif
