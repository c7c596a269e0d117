/* Chance that can be repeated: every random history begins with a seed, which is printed when it fails. */
#ifndef FUPIN_TESTS_DICE_H
#define FUPIN_TESTS_DICE_H

#include <stddef.h>
#include <stdint.h>

struct dice {
	uint64_t state; /* begins as the seed */
};

/* splitmix64 */
static inline uint64_t
dice_next(struct dice *dice)
{
	uint64_t z = dice->state += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* One of 0 … count - 1. */
static inline size_t
dice_pick(struct dice *dice, size_t count)
{
	return (size_t)(dice_next(dice) % count);
}

#endif
