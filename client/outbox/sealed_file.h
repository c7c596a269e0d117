/* Sealed files (common/check/seal.h) on disk: read and checked as a whole; written beside their place,
 * brought to disk, and only then named. */
#ifndef FUPIN_CLIENT_SEALED_FILE_H
#define FUPIN_CLIENT_SEALED_FILE_H

#include "base/whole_file.h"
#include "check/seal.h"
#include "session/home.h"

#include <sodium.h>

/* A stick's worth: 300 of the largest submissions. It is read into memory. */
#define SEALED_FILE_BYTES_MAX (INT64_C(512) * 1024 * 1024)

struct sealed_file {
	uint8_t *bytes;
	size_t size;
	struct seal_header header;
};

/* The raw key of a Z85 text. */
bool sealed_key(const char *text, struct seal_key *out) __attribute__((warn_unused_result));

/* False: `problem` says why; nothing is to be freed. Checked are form, version, kind, length, digest, and
 * that it is for the centre that the home knows; of answers also that they are for its office. */
bool sealed_file_read(const char *path, enum seal_kind kind, const struct home *home, struct sealed_file *out,
                      struct problem *problem) __attribute__((warn_unused_result));
void sealed_file_free(struct sealed_file *file);

struct sealed_writer {
	struct whole_file file;
	crypto_generichash_state digest;
};

/* False: errno. To be ended by one of the last two. */
bool sealed_writer_open(struct sealed_writer *writer, const char *path, const struct seal_header *header)
    __attribute__((warn_unused_result));
/* One letter; of size 0: there is none. Failures show at the end. */
void sealed_writer_add(struct sealed_writer *writer, const uint8_t *letter, size_t size);
/* It is on disk under its name when this returns true; false: errno, and nothing stays of it. */
bool sealed_writer_end(struct sealed_writer *writer) __attribute__((warn_unused_result));
void sealed_writer_discard(struct sealed_writer *writer);

#endif
