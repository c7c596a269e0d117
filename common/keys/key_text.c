#include "key_text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char z85_digits[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

enum { Z85_BASE = 85, Z85_CHARACTERS = 5, Z85_BYTES = 4 };

bool
key_decode(const char *text, uint8_t out[KEY_BYTES])
{
	if (!key_text_valid(text))
		return false;
	for (size_t block = 0; block < KEY_BYTES / Z85_BYTES; block++) {
		uint64_t value = 0;
		for (size_t i = 0; i < Z85_CHARACTERS; i++)
			value = value * Z85_BASE +
			        (uint64_t)(strchr(z85_digits, text[block * Z85_CHARACTERS + i]) - z85_digits);
		if (value > UINT32_MAX)
			return false;
		for (size_t i = 0; i < Z85_BYTES; i++)
			out[block * Z85_BYTES + i] = (uint8_t)(value >> (24 - 8 * i));
	}
	return true;
}

char *
key_encode(const uint8_t bytes[KEY_BYTES], char out[KEY_TEXT_BYTES])
{
	for (size_t block = 0; block < KEY_BYTES / Z85_BYTES; block++) {
		uint64_t value = 0;
		for (size_t i = 0; i < Z85_BYTES; i++)
			value = value << 8 | bytes[block * Z85_BYTES + i];
		for (size_t i = Z85_CHARACTERS; i-- > 0; value /= Z85_BASE)
			out[block * Z85_CHARACTERS + i] = z85_digits[value % Z85_BASE];
	}
	out[KEY_TEXT_BYTES - 1] = 0;
	return out;
}

char *
key_fingerprint(const char *public_key, char out[FINGERPRINT_BYTES])
{
	uint8_t key[KEY_BYTES], hash[crypto_generichash_BYTES];
	*out = 0;
	if (!key_decode(public_key, key) || crypto_generichash(hash, sizeof hash, key, sizeof key, NULL, 0))
		return out;
	for (size_t i = 0; i < FINGERPRINT_GROUPS; i++) {
		const uint8_t *h = hash + 4 * i;
		uint32_t number = (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 | (uint32_t)h[2] << 8 | h[3];
		snprintf(out + 5 * i, FINGERPRINT_BYTES - 5 * i, "%04u%s", number % 10000,
		         i + 1 < FINGERPRINT_GROUPS ? " " : "");
	}
	return out;
}

/* The next digit at or after *at; 0: there is none, or something else stands there. */
static char
next_digit(const char **at)
{
	*at += strspn(*at, " -");
	char digit = **at;
	if (digit < '0' || digit > '9')
		return 0;
	(*at)++;
	return digit;
}

bool
fingerprint_is_of(const char *text, const char *public_key)
{
	char own[FINGERPRINT_BYTES];
	const char *expected = key_fingerprint(public_key, own);
	for (int i = 0; i < 4 * FINGERPRINT_GROUPS; i++) {
		char digit = next_digit(&expected);
		if (!digit || next_digit(&text) != digit)
			return false;
	}
	text += strspn(text, " -");
	return !*text;
}
