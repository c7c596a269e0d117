/* The one-time code by which an office enrols: text of letters, digits and dashes, to be copied as it is.
 *
 * Its bytes are written in Crockford's base 32, which has no I, L, O and U; lower case letters, O for 0 and I
 * or L for 1 are accepted. In order, they are:
 *
 * - 1 byte: the version of this format, 1.
 * - 32 bytes: the centre's public key. The office talks to this centre or to none.
 * - 16 bytes: the secret, 128 random bits, which cannot be guessed. The centre keeps only its hash.
 * - 1 to 200 bytes: the centre's endpoints, as in fupin.ini: tcp://a:7513, tcp://b:7513
 * - 4 bytes: a checksum, BLAKE2b of all before it, by which a typing error is found before anything is sent.
 *
 * The checksum misses one error in four thousand million. Only the centre knows when the code expires. */
#ifndef FUPIN_COMMON_ENROL_CODE_H
#define FUPIN_COMMON_ENROL_CODE_H

#include "identity.h"
#include "key_text.h"

enum {
	ENROL_SECRET_BYTES = 16,
	ENROL_ENDPOINTS_MAX = 200,
	ENROL_CODE_BYTES_MAX = 1 + KEY_BYTES + ENROL_SECRET_BYTES + ENROL_ENDPOINTS_MAX + 4,
	/* Eight bits a byte in characters of five bits, a dash for every five characters, and the NUL. */
	ENROL_CODE_TEXT_BYTES = (ENROL_CODE_BYTES_MAX * 8 / 5 + 1) * 6 / 5 + 2,
};

struct enrol_code {
	char centre_key[KEY_TEXT_BYTES];
	uint8_t secret[ENROL_SECRET_BYTES];
	char endpoints[ENROL_ENDPOINTS_MAX + 1];
};

/* False: no endpoint, or too many, or the key is invalid. */
bool enrol_code_format(const struct enrol_code *code, char out[ENROL_CODE_TEXT_BYTES])
    __attribute__((warn_unused_result));

enum enrol_code_fault {
	ENROL_CODE_GOOD,
	ENROL_CODE_CHARACTER, /* a character that no code has */
	ENROL_CODE_SHORT,     /* only a part of a code */
	ENROL_CODE_TYPO,      /* the checksum does not fit */
	ENROL_CODE_NEWER,     /* of a later version */
};
/* Spaces, line ends and dashes may stand anywhere. */
enum enrol_code_fault enrol_code_parse(const char *text, struct enrol_code *out)
    __attribute__((warn_unused_result));

/* The hash of the secret, which is all that the centre keeps of it. */
struct digest enrol_secret_hash(const uint8_t secret[ENROL_SECRET_BYTES]);

/* The guest key pair, derived from the secret. The office uses it to connect and present the code. The
 * centre gets its public key from the administrator who made the code, and lets in no key that it does not
 * know. */
void enrol_guest_keys(const uint8_t secret[ENROL_SECRET_BYTES], struct key_pair *out);

/* The proof that the sender of the code has the office's secret key. The office computes it from that key
 * and the centre's public key, the centre from its own secret key and the office's public key. False: one of
 * them is no key. */
bool enrol_proof(const char *own_secret_key, const char *other_public_key,
                 const uint8_t secret[ENROL_SECRET_BYTES], const char *office_key, struct digest *out)
    __attribute__((warn_unused_result));

#endif
