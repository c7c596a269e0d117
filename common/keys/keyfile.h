/* CURVE keys in files of ZeroMQ's certificate format (ZPL), so that other ZeroMQ tools read them. Keys are
 * Z85 text of 40 characters (ZeroMQ RFC 32). Keys are made by the caller (libzmq). */
#ifndef FUPIN_COMMON_KEYFILE_H
#define FUPIN_COMMON_KEYFILE_H

#include <stdbool.h>

enum { KEY_TEXT_BYTES = 41, KEYFILE_ERROR_BYTES = 512 };

struct key_pair {
	char public_key[KEY_TEXT_BYTES];
	char secret_key[KEY_TEXT_BYTES]; /* "" in a public certificate */
};

/* Reads a certificate. A file with a secret key must not be readable by others (mode 0600). On failure
 * says why in `error`. */
bool keyfile_read(const char *path, struct key_pair *out, char error[KEYFILE_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Writes path (public, 0644) or, if `secret`, the whole pair (0600). Never overwrites a file. The file
 * and its directory entry are on disk when this returns true. */
bool keyfile_write(const char *path, const struct key_pair *keys, const char *name, bool secret,
                   char error[KEYFILE_ERROR_BYTES]) __attribute__((warn_unused_result));

bool key_text_valid(const char *key);

#endif
