/* A public key as bytes, and as a short number that two people read to each other by telephone.
 *
 * The fingerprint is 20 decimal digits, 66 bits, of BLAKE2b-256 of the key's 32 bytes: five groups of four,
 * each from 32 bits of the hash. To find another key with the same digits, an attacker has to make about
 * 2^66 key pairs (at a million a second: two million years), and that for each office anew. Fewer digits
 * could be found by search (8 digits: 27 bits, minutes); more digits would not be read out to the end.
 * Digits are unambiguous in every dialect, letters of Z85 are not. */
#ifndef FUPIN_COMMON_KEY_TEXT_H
#define FUPIN_COMMON_KEY_TEXT_H

#include "keyfile.h"

#include <stdbool.h>
#include <stdint.h>

enum { KEY_BYTES = 32, FINGERPRINT_GROUPS = 5, FINGERPRINT_BYTES = 5 * FINGERPRINT_GROUPS };

/* Z85 (ZeroMQ RFC 32). False: not a key of 40 characters. */
bool key_decode(const char *text, uint8_t out[KEY_BYTES]) __attribute__((warn_unused_result));
char *key_encode(const uint8_t bytes[KEY_BYTES], char out[KEY_TEXT_BYTES]);

/* "4821 0937 5512 8846 0093"; "" if it is no key. Returns out. */
char *key_fingerprint(const char *public_key, char out[FINGERPRINT_BYTES]);

/* Compares the digits of `text`, with any spaces and dashes between them, with a key's fingerprint. */
bool fingerprint_is_of(const char *text, const char *public_key);

#endif
