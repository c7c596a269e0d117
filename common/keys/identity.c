#include "identity.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

static const size_t dashes[] = {4, 6, 8, 10};

struct submission_id
submission_id_new(int64_t time_us)
{
	struct submission_id id;
	randombytes_buf(id.bytes, sizeof id.bytes);
	uint64_t ms = (uint64_t)(time_us / 1000);
	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
	id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x70);
	id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
	return id;
}

bool
submission_id_valid(const struct submission_id *id)
{
	return (id->bytes[6] & 0xf0) == 0x70 && (id->bytes[8] & 0xc0) == 0x80;
}

bool
submission_id_equal(const struct submission_id *a, const struct submission_id *b)
{
	return !memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

char *
submission_id_format(const struct submission_id *id, char out[ID_TEXT_BYTES])
{
	char *to = out;
	for (size_t i = 0, dash = 0; i < ID_BYTES; i++, to += 2) {
		if (dash < 4 && i == dashes[dash]) {
			*to++ = '-';
			dash++;
		}
		sodium_bin2hex(to, 3, id->bytes + i, 1);
	}
	return out;
}

bool
submission_id_parse(const char *text, struct submission_id *out)
{
	struct submission_id id;
	size_t size = 0;
	const char *end = NULL;
	if (strlen(text) != ID_TEXT_BYTES - 1 ||
	    sodium_hex2bin(id.bytes, sizeof id.bytes, text, strlen(text), "-", &size, &end) || *end ||
	    size != ID_BYTES)
		return false;
	char again[ID_TEXT_BYTES];
	if (strcasecmp(submission_id_format(&id, again), text))
		return false;
	*out = id;
	return true;
}

struct digest
digest_of(const void *bytes, size_t size)
{
	struct digest digest;
	crypto_generichash(digest.bytes, sizeof digest.bytes, bytes, size, NULL, 0);
	return digest;
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return !memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

char *
digest_format(const struct digest *digest, char out[DIGEST_TEXT_BYTES])
{
	return sodium_bin2hex(out, DIGEST_TEXT_BYTES, digest->bytes, sizeof digest->bytes);
}
