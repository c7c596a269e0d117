/* What identifies a submission: its id (UUIDv7, RFC 9562, made by the client) and its digest
 * (BLAKE2b-256, RFC 7693, of the bytes as sent). */
#ifndef FUPIN_COMMON_IDENTITY_H
#define FUPIN_COMMON_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ID_BYTES = 16, DIGEST_BYTES = 32, ID_TEXT_BYTES = 37, DIGEST_TEXT_BYTES = 65 };

struct submission_id {
	uint8_t bytes[ID_BYTES];
};

struct digest {
	uint8_t bytes[DIGEST_BYTES];
};

/* A fresh id for a moment in microseconds since 1970 UTC: 48 bits of milliseconds, 74 random bits. */
struct submission_id submission_id_new(int64_t time_us);
bool submission_id_valid(const struct submission_id *id);
bool submission_id_equal(const struct submission_id *a, const struct submission_id *b);
/* "0190b3c4-…": 36 characters and the NUL. Returns out. */
char *submission_id_format(const struct submission_id *id, char out[ID_TEXT_BYTES]);
bool submission_id_parse(const char *text, struct submission_id *out);

struct digest digest_of(const void *bytes, size_t size);
bool digest_equal(const struct digest *a, const struct digest *b);
char *digest_format(const struct digest *digest, char out[DIGEST_TEXT_BYTES]);

#endif
