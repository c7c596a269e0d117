/* The office's home directory (FUPIN_HOME): its key pair, where the centre is (fupin.ini), its outbox. */
#ifndef FUPIN_CLIENT_HOME_H
#define FUPIN_CLIENT_HOME_H

#include "base/endpoint.h"
#include "keys/keyfile.h"

#include <limits.h>
#include <stdbool.h>

enum { SILENCE_SECONDS = 5, SILENCE_SECONDS_LEAST = 1, SILENCE_SECONDS_MOST = 300 };
enum { HOME_ERROR_BYTES = 512, HOME_ENDPOINT_BYTES = 256 };

struct home {
	char path[PATH_MAX];
	char outbox[PATH_MAX];
	char endpoint[HOME_ENDPOINT_BYTES]; /* complete: those of one centre, with commas between them */
	char centre_key[KEY_TEXT_BYTES];
	int silence_ms; /* time without a sign of the centre after which the line is given up; 0: not given */
	struct key_pair office;
};

/* FUPIN_HOME, or ~/.fupin. */
void home_default(char out[PATH_MAX]);

/* Reads fupin.ini and office.key_secret. */
bool home_read(const char *path, struct home *out, char error[HOME_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Makes the office's key pair (never replaces an existing one) and writes fupin.ini for this centre; does
 * not replace the one of another centre. */
bool home_enrol(const char *path, const char *name, const char *endpoint, const char *centre_key,
                struct key_pair *out, char error[HOME_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Makes the office's key pair (never replaces an existing one) and, if both are given, writes fupin.ini.
 * `centre_key` is a key or the path of the centre's public certificate. */
bool home_create(const char *path, const char *name, const char *endpoint, const char *centre_key,
                 struct key_pair *out, char error[HOME_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
