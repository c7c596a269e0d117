/* The embedded database: a private PostgreSQL that fupind creates and runs in its data directory, on a Unix
 * socket only. It ends when fupind ends, even if fupind is killed (PR_SET_PDEATHSIG). */
#ifndef FUPIN_SERVER_EMBEDDED_H
#define FUPIN_SERVER_EMBEDDED_H

#include "pg.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* A Unix socket's path holds 107 bytes, of which PostgreSQL's file name takes 16. */
enum { EMBEDDED_PATH_MAX = 88 };

struct embedded {
	char data_dir[PATH_MAX];   /* DATA/pg */
	char socket_dir[PATH_MAX]; /* DATA/run, mode 0700: whoever may enter it may connect */
	char bin_dir[PATH_MAX];    /* where postgres and initdb are */
	int patience_s;            /* as in struct pg_target; the owner sets it */
	bool may_create;           /* may a cluster be created where there is none; the owner sets it */
	char log_path[PATH_MAX];   /* DATA/pg.log */
	char user[64];             /* the database's owner */
	pid_t pid;                 /* 0: not ours, or not running */
};

/* Finds PostgreSQL's programs: in `wanted`, or in the newest /usr/lib/postgresql/NN/bin, or on PATH. */
bool embedded_init(struct embedded *embedded, const char *data_dir, const char *wanted_bin_dir,
                   char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Only for the process that holds the data directory's lock. Creates the cluster if there is none, starts it
 * and waits until it answers. A server left over from a killed fupind is stopped first. */
bool embedded_start(struct embedded *embedded, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Waits for the server that a running fupind keeps. */
bool embedded_wait(const struct embedded *embedded, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Starts the server again if it has ended by itself. Does not wait. */
void embedded_keep_running(struct embedded *embedded, int64_t now_us);

/* Stops the server that we started (fast shutdown) and waits for its end. */
void embedded_stop(struct embedded *embedded);

/* How to connect to it; the strings belong to `embedded`. */
struct pg_target embedded_target(const struct embedded *embedded);

#endif
