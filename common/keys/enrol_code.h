/* The one-time code by which an office enrols: text of letters, digits and dashes, to be copied as it is.
 *
 * Its bytes, in Crockford's base 32 (no I, L, O, U; lower case, O for 0 and I or L for 1 are read as meant):
 *     1       version of this format, 1
 *     32      the centre's public key: who has the code talks to this centre or to nobody
 *     16      the secret, 128 random bits: guessing it is hopeless whatever the centre lets through. The
 * centre keeps its hash only 1…200   where the centre is, as in fupin.ini: tcp://a:7513, tcp://b:7513 4
 * checksum, of BLAKE2b of all before: a typo is found before anything is sent; one in four thousand million
 * is not When the code expires is known to the centre alone. */
#ifndef FUPIN_COMMON_ENROL_CODE_H
#define FUPIN_COMMON_ENROL_CODE_H

#include "identity.h"
#include "key_text.h"

enum {
	ENROL_SECRET_BYTES = 16,
	ENROL_ENDPOINTS_MAX = 200,
	ENROL_CODE_BYTES_MAX = 1 + KEY_BYTES + ENROL_SECRET_BYTES + ENROL_ENDPOINTS_MAX + 4,
	/* Eight bits in five, a dash before each five characters, the end. */
	ENROL_CODE_TEXT_BYTES = (ENROL_CODE_BYTES_MAX * 8 / 5 + 1) * 6 / 5 + 2,
};

struct enrol_code {
	char centre_key[KEY_TEXT_BYTES];
	uint8_t secret[ENROL_SECRET_BYTES];
	char endpoints[ENROL_ENDPOINTS_MAX + 1];
};

/* False: no endpoint, or too many, or the key is none. */
bool enrol_code_format(const struct enrol_code *code, char out[ENROL_CODE_TEXT_BYTES])
    __attribute__((warn_unused_result));

enum enrol_code_fault {
	ENROL_CODE_GOOD,
	ENROL_CODE_CHARACTER, /* one that no code has */
	ENROL_CODE_SHORT,     /* part of one */
	ENROL_CODE_TYPO,      /* the checksum does not fit */
	ENROL_CODE_NEWER,     /* of a later version */
};
/* Spaces, line ends and dashes may stand anywhere. */
enum enrol_code_fault enrol_code_parse(const char *text, struct enrol_code *out)
    __attribute__((warn_unused_result));

/* What the centre keeps of the secret. */
struct digest enrol_secret_hash(const uint8_t secret[ENROL_SECRET_BYTES]);

/* The guest key pair: the office brings the code under it, and the centre, which knows its public key from
 * who made the code, lets in no other stranger. */
void enrol_guest_keys(const uint8_t secret[ENROL_SECRET_BYTES], struct key_pair *out);

/* That who brings the code has the office's secret key: the office makes it of that and the centre's public
 * key, the centre of its own secret key and the office's public one. False: one of them is no key. */
bool enrol_proof(const char *own_secret_key, const char *other_public_key,
                 const uint8_t secret[ENROL_SECRET_BYTES], const char *office_key, struct digest *out)
    __attribute__((warn_unused_result));

#endif
