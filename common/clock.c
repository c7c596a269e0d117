#include "clock.h"

#include <time.h>

static int64_t
read_us(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int64_t
clock_wall_us(void)
{
	return read_us(CLOCK_REALTIME);
}

int64_t
clock_steady_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}
