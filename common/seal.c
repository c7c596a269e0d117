#include "seal.h"

#include <sodium.h>
#include <string.h>

static const char magic[12] = {'f', 'u', 'p', 'i', 'n', '-', 's', 'e', 'a', 'l', 'e', 'd'};

enum {
	AT_VERSION = sizeof magic,
	AT_KIND = AT_VERSION + 2,
	AT_OFFICE = AT_KIND + 2,
	AT_CENTRE = AT_OFFICE + SEAL_KEY_BYTES,
	AT_FILE = AT_CENTRE + SEAL_KEY_BYTES,
	AT_TIME = AT_FILE + ID_BYTES,
	AT_COUNT = AT_TIME + 8,
	LENGTH_BYTES = 4,
	INSIDE_BYTES = SEAL_HEADER_BYTES + 4, /* before the content, sealed with it */
};

_Static_assert(AT_COUNT + 4 == SEAL_HEADER_BYTES, "the header's fields fill it");
_Static_assert(SEAL_KEY_BYTES == crypto_box_PUBLICKEYBYTES && SEAL_KEY_BYTES == crypto_box_SECRETKEYBYTES,
               "CURVE's keys are crypto_box's");
_Static_assert(SEAL_BYTES == crypto_box_NONCEBYTES + crypto_box_MACBYTES + INSIDE_BYTES, "a letter's parts");

/* Most significant byte first. */
static void
put(uint8_t *out, uint64_t value, size_t bytes)
{
	for (size_t i = bytes; i; value >>= 8)
		out[--i] = (uint8_t)value;
}

static uint64_t
get(const uint8_t *bytes, size_t count)
{
	uint64_t value = 0;
	for (size_t i = 0; i < count; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* ---------------------------------------------------------------- header */

void
seal_header_write(const struct seal_header *h, uint8_t out[SEAL_HEADER_BYTES])
{
	memcpy(out, magic, sizeof magic);
	put(out + AT_VERSION, SEAL_VERSION, 2);
	put(out + AT_KIND, (uint64_t)h->kind, 2);
	memcpy(out + AT_OFFICE, h->office.bytes, SEAL_KEY_BYTES);
	memcpy(out + AT_CENTRE, h->centre.bytes, SEAL_KEY_BYTES);
	memcpy(out + AT_FILE, h->file.bytes, ID_BYTES);
	put(out + AT_TIME, (uint64_t)h->time_us, 8);
	put(out + AT_COUNT, h->count, 4);
}

enum problem_code
seal_header_read(const uint8_t *bytes, size_t size, enum seal_kind kind, struct seal_header *out)
{
	*out = (struct seal_header){0};
	if (size < AT_KIND || memcmp(bytes, magic, sizeof magic) != 0)
		return PROBLEM_SEAL_UNREADABLE;
	/* What another version has behind its number is not known. */
	out->version = (unsigned)get(bytes + AT_VERSION, 2);
	if (out->version != SEAL_VERSION)
		return PROBLEM_SEAL_VERSION;
	if (size < SEAL_HEADER_BYTES)
		return PROBLEM_SEAL_CUT_OFF;
	out->kind = (enum seal_kind)get(bytes + AT_KIND, 2);
	memcpy(out->office.bytes, bytes + AT_OFFICE, SEAL_KEY_BYTES);
	memcpy(out->centre.bytes, bytes + AT_CENTRE, SEAL_KEY_BYTES);
	memcpy(out->file.bytes, bytes + AT_FILE, ID_BYTES);
	out->time_us = (int64_t)get(bytes + AT_TIME, 8);
	out->count = (uint32_t)get(bytes + AT_COUNT, 4);
	bool good =
	    out->kind == kind && out->count && out->count <= SEAL_LETTERS_MAX && submission_id_valid(&out->file);
	return good ? PROBLEM_NONE : PROBLEM_SEAL_UNREADABLE;
}

/* ---------------------------------------------------------------- one letter */

/* Who reads what the office writes, and the other way round. */
static const struct seal_key *
reader_of(const struct seal_header *h)
{
	return h->kind == SEAL_SUBMISSIONS ? &h->centre : &h->office;
}

static const struct seal_key *
writer_of(const struct seal_header *h)
{
	return h->kind == SEAL_SUBMISSIONS ? &h->office : &h->centre;
}

static void
write_inside(const struct seal_header *h, uint32_t number, uint8_t out[INSIDE_BYTES])
{
	seal_header_write(h, out);
	put(out + SEAL_HEADER_BYTES, number, 4);
}

bool
seal_close(const struct seal_header *h, uint32_t number, const uint8_t *content, size_t size,
           const struct seal_key *secret, uint8_t *out)
{
	uint8_t *nonce = out, *box = out + crypto_box_NONCEBYTES, *inside = box + crypto_box_MACBYTES;
	randombytes_buf(nonce, crypto_box_NONCEBYTES);
	write_inside(h, number, inside);
	if (size)
		memmove(inside + INSIDE_BYTES, content, size);
	return !crypto_box_easy(box, inside, INSIDE_BYTES + size, nonce, reader_of(h)->bytes, secret->bytes);
}

enum problem_code
seal_open(const struct seal_header *h, uint32_t number, const uint8_t *letter, size_t size,
          const struct seal_key *secret, uint8_t *room, const uint8_t **content, size_t *content_size)
{
	uint8_t expected[INSIDE_BYTES];
	if (size < SEAL_BYTES ||
	    crypto_box_open_easy(room, letter + crypto_box_NONCEBYTES, size - crypto_box_NONCEBYTES, letter,
	                         writer_of(h)->bytes, secret->bytes))
		return PROBLEM_SEAL_CHANGED;
	write_inside(h, number, expected);
	if (memcmp(room, expected, INSIDE_BYTES) != 0)
		return PROBLEM_SEAL_MISPLACED;
	*content = room + INSIDE_BYTES;
	*content_size = size - SEAL_BYTES;
	return PROBLEM_NONE;
}

/* ---------------------------------------------------------------- a whole file */

void
seal_length_write(size_t size, uint8_t out[4])
{
	put(out, size, LENGTH_BYTES);
}

bool
seal_file_next(const uint8_t *bytes, size_t size, size_t *at, const uint8_t **letter, size_t *letter_size)
{
	size_t end = size - DIGEST_BYTES;
	if (!*at)
		*at = SEAL_HEADER_BYTES;
	if (*at >= end)
		return false;
	*letter_size = (size_t)get(bytes + *at, LENGTH_BYTES);
	*letter = bytes + *at + LENGTH_BYTES;
	*at += LENGTH_BYTES + *letter_size;
	return true;
}

/* Do the letters end where the digest begins? An answer may be missing, a submission not. */
static enum problem_code
check_lengths(const uint8_t *bytes, size_t size, const struct seal_header *h)
{
	size_t at = SEAL_HEADER_BYTES, end = size < DIGEST_BYTES ? 0 : size - DIGEST_BYTES;
	for (uint32_t i = 0; i < h->count; i++) {
		if (end < at || end - at < LENGTH_BYTES)
			return PROBLEM_SEAL_CUT_OFF;
		size_t length = (size_t)get(bytes + at, LENGTH_BYTES);
		at += LENGTH_BYTES;
		bool missing = !length && h->kind == SEAL_ANSWERS;
		if (!missing && (length < SEAL_BYTES || length > FRAME_BYTES_MAX))
			return PROBLEM_SEAL_DAMAGED;
		if (length > end - at)
			return PROBLEM_SEAL_CUT_OFF;
		at += length;
	}
	return at == end ? PROBLEM_NONE : PROBLEM_SEAL_DAMAGED;
}

enum problem_code
seal_file_check(const uint8_t *bytes, size_t size, enum seal_kind kind, struct seal_header *out)
{
	enum problem_code code = seal_header_read(bytes, size, kind, out);
	if (!code)
		code = check_lengths(bytes, size, out);
	if (code)
		return code;
	struct digest digest = digest_of(bytes, size - DIGEST_BYTES);
	return memcmp(digest.bytes, bytes + size - DIGEST_BYTES, DIGEST_BYTES) ? PROBLEM_SEAL_DAMAGED
	                                                                       : PROBLEM_NONE;
}
