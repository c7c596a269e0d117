/* The data directory: its keys, its lock, and the user that fupind runs as. */
#ifndef FUPIN_SERVER_HOME_H
#define FUPIN_SERVER_HOME_H

#include "keys/keyfile.h"
#include "options.h"

#include <limits.h>
#include <stdbool.h>

struct home {
	char path[PATH_MAX];           /* absolute */
	char local_endpoint[PATH_MAX]; /* ipc://…: for fupind's own commands */
	struct key_pair centre;        /* centre.key, centre.key_secret: offices know the public one */
	struct key_pair local;         /* local.key_secret: admits fupind's own commands */
	int lock;                      /* file descriptor, -1: not held */
};

enum { HOME_ERROR_BYTES = 512 };

/* Makes the directory if it is missing (except for verify, which makes nothing). When started as root, gives
 * it to `options->user` and becomes that user (PostgreSQL refuses to run as root, and nothing here needs
 * root). Makes the keys if they are missing. */
bool home_open(const struct options *options, struct home *out, char error[HOME_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Wipes the secret keys. The lock stays until the process ends. */
void home_close(struct home *home);

enum home_lock {
	HOME_LOCKED, /* ours, until the process ends */
	HOME_SERVED, /* a fupind serves this directory */
	HOME_FAILED, /* no lock file, or another command holds it too long */
};

/* One fupind at a time works in a data directory. A lock that another command holds (load, verify) is
 * waited for; `serving` also waits a little for a fupind that is just ending. */
enum home_lock home_lock(struct home *home, bool serving, char error[HOME_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
