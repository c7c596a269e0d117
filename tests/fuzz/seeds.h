/* The two key pairs that the fuzz target and its seeds share. */
#ifndef FUPIN_TESTS_SEEDS_H
#define FUPIN_TESTS_SEEDS_H

#include "check/seal.h"

#include <sodium.h>
#include <string.h>

struct pair {
	struct seal_key public_key, secret;
};

static inline struct pair
seed_pair(uint8_t number)
{
	struct pair pair;
	uint8_t seed[crypto_box_SEEDBYTES];
	memset(seed, number, sizeof seed);
	crypto_box_seed_keypair(pair.public_key.bytes, pair.secret.bytes, seed);
	return pair;
}

enum { SEED_OFFICE = 1, SEED_CENTRE = 2 };

#endif
