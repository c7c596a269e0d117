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
	INSIDE_BYTES = SEAL_HEADER_BYTES + 4, /* before the content, signed and sealed with it */
	POINT_BYTES = crypto_core_ed25519_BYTES,
};

_Static_assert(AT_COUNT + 4 == SEAL_HEADER_BYTES, "the header's fields fill it");
_Static_assert(SEAL_KEY_BYTES == crypto_box_PUBLICKEYBYTES && SEAL_KEY_BYTES == crypto_box_SECRETKEYBYTES,
               "CURVE's keys are crypto_box's");
_Static_assert(SEAL_SIGNATURE_BYTES == POINT_BYTES + crypto_sign_BYTES, "a signature's parts");
_Static_assert(SEAL_BYTES ==
                   crypto_box_NONCEBYTES + crypto_box_MACBYTES + INSIDE_BYTES + SEAL_SIGNATURE_BYTES,
               "a letter's parts");

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

/* ---------------------------------------------------------------- signature */

/* SHA-512 of up to three parts, modulo the order of the group. */
static void
hash_to_scalar(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, const uint8_t *c,
               size_t c_size, uint8_t out[crypto_core_ed25519_SCALARBYTES])
{
	crypto_hash_sha512_state state;
	uint8_t hash[crypto_hash_sha512_BYTES];
	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, a, a_size);
	crypto_hash_sha512_update(&state, b, b_size);
	crypto_hash_sha512_update(&state, c, c_size);
	crypto_hash_sha512_final(&state, hash);
	crypto_core_ed25519_scalar_reduce(out, hash);
	sodium_memzero(hash, sizeof hash);
	sodium_memzero(&state, sizeof state);
}

/* The number that an X25519 secret stands for (RFC 7748, section 5), modulo the order of the group. */
static void
secret_scalar(const struct seal_key *secret, uint8_t out[crypto_core_ed25519_SCALARBYTES])
{
	uint8_t wide[crypto_core_ed25519_NONREDUCEDSCALARBYTES] = {0};
	memcpy(wide, secret->bytes, SEAL_KEY_BYTES);
	wide[0] &= 248;
	wide[31] = (uint8_t)((wide[31] & 127) | 64);
	crypto_core_ed25519_scalar_reduce(out, wide);
	sodium_memzero(wide, sizeof wide);
}

bool
seal_sign(const uint8_t *bytes, size_t size, const struct seal_key *secret, uint8_t out[SEAL_SIGNATURE_BYTES])
{
	/* 2^256 - 2 (no hash for anything else begins with it) and the secret; random bytes come at the end. */
	uint8_t before[2 * SEAL_KEY_BYTES], *a = before + SEAL_KEY_BYTES, random[SEAL_KEY_BYTES], r[32], h[32];
	uint8_t *point = out, *commitment = out + POINT_BYTES, *answer = commitment + POINT_BYTES;
	memset(before, 0xff, sizeof before);
	before[0] = 0xfe;
	secret_scalar(secret, a);
	randombytes_buf(random, sizeof random);
	hash_to_scalar(before, sizeof before, bytes, size, random, sizeof random, r);
	/* Neither is 0: a by the bit that is always set, r but for a chance of 2^-252. */
	bool good = !crypto_scalarmult_ed25519_base_noclamp(point, a) &&
	            !crypto_scalarmult_ed25519_base_noclamp(commitment, r);
	hash_to_scalar(commitment, POINT_BYTES, point, POINT_BYTES, bytes, size, h);
	crypto_core_ed25519_scalar_mul(h, h, a);
	crypto_core_ed25519_scalar_add(answer, r, h);
	if (!good)
		memset(out, 0, SEAL_SIGNATURE_BYTES);
	sodium_memzero(h, sizeof h);
	sodium_memzero(before, sizeof before);
	sodium_memzero(random, sizeof random);
	sodium_memzero(r, sizeof r);
	return good;
}

bool
seal_signed_by(const struct seal_key *public_key, const uint8_t *bytes, size_t size,
               const uint8_t signature[SEAL_SIGNATURE_BYTES])
{
	uint8_t owner[SEAL_KEY_BYTES];
	return !crypto_sign_ed25519_pk_to_curve25519(owner, signature) &&
	       !memcmp(owner, public_key->bytes, sizeof owner) &&
	       !crypto_sign_verify_detached(signature + POINT_BYTES, bytes, size, signature);
}

/* ---------------------------------------------------------------- one letter */

/* The reader's key: the centre's for an office's letters, and the other way round. */
static const struct seal_key *
reader_of(const struct seal_header *h)
{
	return h->kind == SEAL_REQUESTS ? &h->centre : &h->office;
}

static const struct seal_key *
writer_of(const struct seal_header *h)
{
	return h->kind == SEAL_REQUESTS ? &h->office : &h->centre;
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
	return seal_sign(inside, INSIDE_BYTES + size, secret, inside + INSIDE_BYTES + size) &&
	       !crypto_box_easy(box, inside, INSIDE_BYTES + size + SEAL_SIGNATURE_BYTES, nonce,
	                        reader_of(h)->bytes, secret->bytes);
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
	*content = room + INSIDE_BYTES;
	*content_size = size - SEAL_BYTES;
	write_inside(h, number, expected);
	if (memcmp(room, expected, INSIDE_BYTES) != 0)
		return PROBLEM_SEAL_MISPLACED;
	return seal_signed_by(writer_of(h), room, INSIDE_BYTES + *content_size, *content + *content_size)
	           ? PROBLEM_NONE
	           : PROBLEM_SEAL_CHANGED;
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
