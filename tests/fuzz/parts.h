/* Several texts in one input, so that a fuzzer can change each without the others going to pieces: each
 * begins with a letter that says which it is, and ends with PART_END, which neither XML nor a sheet holds.
 * What is not there is as usual. */
#ifndef FUPIN_TESTS_PARTS_H
#define FUPIN_TESTS_PARTS_H

#include <stddef.h>
#include <stdint.h>

enum { PART_END = 0x1E };

struct part_text {
	const uint8_t *bytes;
	size_t size;
};

/* Puts each text into its place in `texts`, by its letter's in `letters`; of several with one letter the
 * last. */
void parts_split(const uint8_t *bytes, size_t size, const char *letters, struct part_text *texts);

#endif
