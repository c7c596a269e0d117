/* Frames in a row in one input: each a byte that says something of it (who sends it, for one), its length in
 * two bytes, the low one first, and its bytes. A length beyond the end means what is left. */
#ifndef FUPIN_TESTS_FRAMES_H
#define FUPIN_TESTS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_HEAD_BYTES = 3, FRAME_LENGTH_MAX = UINT16_MAX };

struct frames {
	const uint8_t *bytes;
	size_t size;
};

struct one_frame {
	uint8_t what;
	const uint8_t *bytes;
	size_t size;
};

/* Cuts the next frame off; false: there is none. */
static inline bool
frames_next(struct frames *f, struct one_frame *out)
{
	if (f->size < FRAME_HEAD_BYTES)
		return false;
	size_t wanted = f->bytes[1] | (size_t)f->bytes[2] << 8, left = f->size - FRAME_HEAD_BYTES;
	*out = (struct one_frame){f->bytes[0], f->bytes + FRAME_HEAD_BYTES, wanted < left ? wanted : left};
	f->bytes += FRAME_HEAD_BYTES + out->size;
	f->size -= FRAME_HEAD_BYTES + out->size;
	return true;
}

/* Writes a frame behind `used` bytes of `out`; returns how many are used then. */
static inline size_t
frames_put(uint8_t *out, size_t used, uint8_t what, const uint8_t *bytes, size_t size)
{
	out[used++] = what;
	out[used++] = (uint8_t)size;
	out[used++] = (uint8_t)(size >> 8);
	for (size_t i = 0; i < size; i++)
		out[used++] = bytes[i];
	return used;
}

#endif
