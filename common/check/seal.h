/* Sealed letters: submissions that go to the centre without a network, in a file that somebody carries, and
 * the centre's answers that come back in the same way. Pure: bytes in, bytes out. PROTOCOL.md, "Sealed
 * files", has the layout, byte by byte.
 *
 * A letter is signed with the writer's secret key, and sealed (libsodium's crypto_box) for the reader's
 * public key; these are the CURVE keys that both have anyway. The seal proves to the reader who wrote the
 * letter; the signature proves it to anybody to whom the reader shows the letter. The signed bytes begin
 * with the file's header and the letter's number, so that a letter cannot be taken for another one, for one
 * of another file, or for an answer. */
#ifndef FUPIN_COMMON_SEAL_H
#define FUPIN_COMMON_SEAL_H

#include "base/bounds.h"
#include "keys/identity.h"
#include "problem.h"

enum {
	SEAL_KEY_BYTES = 32,
	SEAL_VERSION = 1,
	SEAL_HEADER_BYTES = 108,
	SEAL_SIGNATURE_BYTES = 96,
	/* The bytes of a letter beside its content: nonce, authenticator, header and number, signature. */
	SEAL_BYTES = 24 + 16 + SEAL_HEADER_BYTES + 4 + SEAL_SIGNATURE_BYTES,
	/* The largest content that fits, sealed, into a request's frame; the largest submission that fits into a
	 * content. */
	SEAL_CONTENT_MAX = FRAME_BYTES_MAX - 480,
	SEAL_SUBMISSION_MAX = FRAME_BYTES_MAX - 512,
};

/* For how many days after it was sealed a file is accepted, by the office's clock and the centre's, which
 * may differ: long enough for a stick that is delayed by snow, but not so long that a lost one is still
 * accepted when it is found. */
enum { SEAL_DAYS_MAX = 92, SEAL_DAYS_AHEAD = 2 };
#define SEAL_DAY_US INT64_C(86400000000)
#define SEAL_AGE_MAX_US (SEAL_DAYS_MAX * SEAL_DAY_US)

/* Of one file. */
enum { SEAL_LETTERS_MAX = 1000000 };

/* The writer and the reader of a letter. */
enum seal_kind {
	SEAL_REQUESTS = 1, /* the office, for the centre */
	SEAL_ANSWERS = 2,  /* the centre, for the office */
};

struct seal_key {
	uint8_t bytes[SEAL_KEY_BYTES];
};

/* The header of a file. Answers have the header of the file that they answer, except for the kind. */
struct seal_header {
	enum seal_kind kind;
	unsigned version;               /* as read */
	struct seal_key office, centre; /* public keys */
	struct submission_id file;      /* UUIDv7, of the file with the requests */
	int64_t time_us;                /* by the office's clock */
	uint32_t count;                 /* letters */
};

void seal_header_write(const struct seal_header *header, uint8_t out[SEAL_HEADER_BYTES]);
/* Reads a header: SEAL_UNREADABLE (also for the other kind), SEAL_VERSION, SEAL_CUT_OFF, or PROBLEM_NONE. */
enum problem_code seal_header_read(const uint8_t *bytes, size_t size, enum seal_kind kind,
                                   struct seal_header *out) __attribute__((warn_unused_result));

/* Writes size + SEAL_BYTES bytes. `secret`: the writer's key. False: one of the keys is invalid. */
bool seal_close(const struct seal_header *header, uint32_t number, const uint8_t *content, size_t size,
                const struct seal_key *secret, uint8_t *out) __attribute__((warn_unused_result));
/* `secret`: the reader's key. `room` has as many bytes as the letter; *content lies in it. SEAL_CHANGED: not
 * sealed by that office (or centre) for this reader, not signed by it, or changed; SEAL_MISPLACED: not this
 * letter of this file. */
enum problem_code seal_open(const struct seal_header *header, uint32_t number, const uint8_t *letter,
                            size_t size, const struct seal_key *secret, uint8_t *room,
                            const uint8_t **content, size_t *content_size)
    __attribute__((warn_unused_result));

/* A signature by a CURVE (X25519) key pair, as in XEdDSA (T. Perrin, "The XEdDSA and VXEdDSA Signature
 * Schemes", 2016), but with the key's point on Ed25519 in front, so that any implementation of Ed25519 can
 * check it. */
bool seal_sign(const uint8_t *bytes, size_t size, const struct seal_key *secret,
               uint8_t out[SEAL_SIGNATURE_BYTES]) __attribute__((warn_unused_result));
bool seal_signed_by(const struct seal_key *public_key, const uint8_t *bytes, size_t size,
                    const uint8_t signature[SEAL_SIGNATURE_BYTES]) __attribute__((warn_unused_result));

/* Checks a whole file: header, letters with their lengths, digest. The problems of the header; SEAL_CUT_OFF;
 * SEAL_DAMAGED. */
enum problem_code seal_file_check(const uint8_t *bytes, size_t size, enum seal_kind kind,
                                  struct seal_header *out) __attribute__((warn_unused_result));
/* The next letter of a file that was checked; *at begins at 0. False: that was the last. In a file of
 * answers a letter may be empty: there is no answer yet. */
bool seal_file_next(const uint8_t *bytes, size_t size, size_t *at, const uint8_t **letter,
                    size_t *letter_size);
/* The four bytes before a letter. */
void seal_length_write(size_t size, uint8_t out[4]);

/* An office's content is a Request (a Submit, or an Upload of a document's file) as on the line. The
 * centre's content is the digest of the content that it answers, then the Reply as on the line. */
enum { SEAL_ANSWER_BYTES = DIGEST_BYTES };

#endif
