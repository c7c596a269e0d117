#include "enrol_code.h"

#include <sodium.h>
#include <string.h>

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { VERSION = 1, CHECKSUM_BYTES = 4, GROUP = 5, HEAD_BYTES = 1 + KEY_BYTES + ENROL_SECRET_BYTES };

static void
checksum(const uint8_t *bytes, size_t size, uint8_t out[CHECKSUM_BYTES])
{
	struct digest digest = digest_of(bytes, size);
	memcpy(out, digest.bytes, CHECKSUM_BYTES);
}

/* Five bits a character; the last one is filled up with zeros. */
static void
encode(const uint8_t *bytes, size_t size, char *out)
{
	uint32_t bits = 0, held = 0;
	size_t written = 0;
	for (size_t i = 0; i < size || held; i++) {
		bits = bits << 8 | (i < size ? bytes[i] : 0);
		held += 8;
		while (held >= 5) {
			held -= 5;
			if (written && written % GROUP == 0)
				*out++ = '-';
			*out++ = digits[bits >> held & 31];
			written++;
			if (i >= size)
				held = 0;
		}
	}
	*out = 0;
}

bool
enrol_code_format(const struct enrol_code *code, char out[ENROL_CODE_TEXT_BYTES])
{
	uint8_t bytes[ENROL_CODE_BYTES_MAX] = {VERSION};
	size_t size = strlen(code->endpoints);
	if (!size || size > ENROL_ENDPOINTS_MAX || !key_decode(code->centre_key, bytes + 1))
		return false;
	memcpy(bytes + 1 + KEY_BYTES, code->secret, ENROL_SECRET_BYTES);
	memcpy(bytes + HEAD_BYTES, code->endpoints, size);
	size += HEAD_BYTES;
	checksum(bytes, size, bytes + size);
	encode(bytes, size + CHECKSUM_BYTES, out);
	return true;
}

/* -1: no character of a code. */
static int
digit_of(char character)
{
	if (character >= 'a' && character <= 'z')
		character = (char)(character - 'a' + 'A');
	if (character == 'O')
		character = '0';
	if (character == 'I' || character == 'L')
		character = '1';
	const char *at = character ? strchr(digits, character) : NULL;
	return at ? (int)(at - digits) : -1;
}

static enum enrol_code_fault
decode(const char *text, uint8_t out[ENROL_CODE_BYTES_MAX], size_t *size)
{
	uint32_t bits = 0, held = 0;
	*size = 0;
	for (; *text; text++) {
		if (strchr(" \t\r\n-", *text))
			continue;
		int digit = digit_of(*text);
		if (digit < 0)
			return ENROL_CODE_CHARACTER;
		bits = bits << 5 | (uint32_t)digit;
		held += 5;
		if (held < 8)
			continue;
		if (*size == ENROL_CODE_BYTES_MAX)
			return ENROL_CODE_TYPO;
		held -= 8;
		out[(*size)++] = (uint8_t)(bits >> held);
	}
	return held >= 5 || (bits & ((1U << held) - 1)) ? ENROL_CODE_TYPO : ENROL_CODE_GOOD;
}

enum enrol_code_fault
enrol_code_parse(const char *text, struct enrol_code *out)
{
	uint8_t bytes[ENROL_CODE_BYTES_MAX], sum[CHECKSUM_BYTES];
	size_t size;
	enum enrol_code_fault fault = decode(text, bytes, &size);
	if (fault == ENROL_CODE_CHARACTER)
		return fault;
	if (size <= HEAD_BYTES + CHECKSUM_BYTES)
		return ENROL_CODE_SHORT;
	size -= CHECKSUM_BYTES;
	checksum(bytes, size, sum);
	if (fault || sodium_memcmp(sum, bytes + size, CHECKSUM_BYTES))
		return ENROL_CODE_TYPO;
	if (bytes[0] != VERSION)
		return ENROL_CODE_NEWER;
	size -= HEAD_BYTES;
	*out = (struct enrol_code){0};
	key_encode(bytes + 1, out->centre_key);
	memcpy(out->secret, bytes + 1 + KEY_BYTES, ENROL_SECRET_BYTES);
	memcpy(out->endpoints, bytes + HEAD_BYTES, size);
	/* Whatever the code's origin, its text must not add other lines to fupin.ini than the endpoint's. */
	for (size_t i = 0; i < size; i++)
		if (out->endpoints[i] < ' ' || out->endpoints[i] > '~' || strchr(";#\"'", out->endpoints[i]))
			return ENROL_CODE_TYPO;
	return ENROL_CODE_GOOD;
}

struct digest
enrol_secret_hash(const uint8_t secret[ENROL_SECRET_BYTES])
{
	return digest_of(secret, ENROL_SECRET_BYTES);
}

static const char guest_word[] = "fupin guest", proof_word[] = "fupin enrol";

void
enrol_guest_keys(const uint8_t secret[ENROL_SECRET_BYTES], struct key_pair *out)
{
	uint8_t text[sizeof guest_word - 1 + ENROL_SECRET_BYTES], public_key[KEY_BYTES];
	memcpy(text, guest_word, sizeof guest_word - 1);
	memcpy(text + sizeof guest_word - 1, secret, ENROL_SECRET_BYTES);
	struct digest seed = digest_of(text, sizeof text);
	crypto_scalarmult_base(public_key, seed.bytes);
	key_encode(public_key, out->public_key);
	key_encode(seed.bytes, out->secret_key);
	sodium_memzero(&seed, sizeof seed);
	sodium_memzero(text, sizeof text);
}

bool
enrol_proof(const char *own_secret_key, const char *other_public_key,
            const uint8_t secret[ENROL_SECRET_BYTES], const char *office_key, struct digest *out)
{
	uint8_t own[KEY_BYTES], other[KEY_BYTES], shared[crypto_box_BEFORENMBYTES];
	uint8_t text[sizeof proof_word - 1 + ENROL_SECRET_BYTES + KEY_BYTES];
	memcpy(text, proof_word, sizeof proof_word - 1);
	memcpy(text + sizeof proof_word - 1, secret, ENROL_SECRET_BYTES);
	bool good = key_decode(own_secret_key, own) && key_decode(other_public_key, other) &&
	            key_decode(office_key, text + sizeof text - KEY_BYTES) &&
	            !crypto_box_beforenm(shared, other, own);
	if (good)
		crypto_generichash(out->bytes, DIGEST_BYTES, text, sizeof text, shared, sizeof shared);
	sodium_memzero(own, sizeof own);
	sodium_memzero(shared, sizeof shared);
	return good;
}
