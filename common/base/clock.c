#include "clock.h"

#include <stdatomic.h>
#include <time.h>

static int64_t
read_us(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* The one thing in this program that is the whole process's: as the machine's own clock is. */
static _Atomic int64_t shift_us;

int64_t
clock_wall_us(void)
{
	return read_us(CLOCK_REALTIME) + shift_us;
}

int64_t
clock_machine_us(void)
{
	return read_us(CLOCK_REALTIME);
}

void
clock_set_wall_us(int64_t time_us)
{
	shift_us = time_us - read_us(CLOCK_REALTIME);
}

int64_t
clock_steady_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}
