/* What every fuzz target is: a function that is given bytes, ours or anybody's, and does with them what the
 * program would. What must never happen is an assert, or what a sanitizer stops at.
 *
 * replay.c gives it the kept corpus, in every build; libFuzzer goes on from there (scripts/fuzz.sh). An input
 * must do the same each time, alone or after others: a target begins anew with each. */
#ifndef FUPIN_TESTS_TARGET_H
#define FUPIN_TESTS_TARGET_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
