/* Sealed files (common/check/seal.h) on disk: read and checked as a whole; written under a temporary name,
 * flushed to disk, and only then renamed. */
#ifndef FUPIN_CLIENT_SEALED_FILE_H
#define FUPIN_CLIENT_SEALED_FILE_H

#include "base/whole_file.h"
#include "check/seal.h"
#include "session/home.h"

#include <sodium.h>

/* Enough for 300 of the largest submissions. The file is read into memory. */
#define SEALED_FILE_BYTES_MAX (INT64_C(512) * 1024 * 1024)

struct sealed_file {
	uint8_t *bytes;
	size_t size;
	struct seal_header header;
};

/* The raw key of a Z85 text. */
bool sealed_key(const char *text, struct seal_key *out) __attribute__((warn_unused_result));

/* Reads and checks a file: form, version, kind, length, digest, and whether it is for the centre that the
 * home knows; for answers also whether they are for its office. False: `problem` says why; nothing is to be
 * freed. */
bool sealed_file_read(const char *path, enum seal_kind kind, const struct home *home, struct sealed_file *out,
                      struct problem *problem) __attribute__((warn_unused_result));
void sealed_file_free(struct sealed_file *file);

struct sealed_writer {
	struct whole_file file;
	crypto_generichash_state digest;
};

/* Begins a file, which is ended by one of the last two functions. False: errno. */
bool sealed_writer_open(struct sealed_writer *writer, const char *path, const struct seal_header *header)
    __attribute__((warn_unused_result));
/* Writes one letter; size 0 stands for an answer that is missing. Failures are reported at the end. */
void sealed_writer_add(struct sealed_writer *writer, const uint8_t *letter, size_t size);
/* The file is on disk under its name when this returns true; false: errno, and no file is left. */
bool sealed_writer_end(struct sealed_writer *writer) __attribute__((warn_unused_result));
void sealed_writer_discard(struct sealed_writer *writer);

#endif
