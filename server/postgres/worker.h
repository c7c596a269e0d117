/* A thread with a database connection of its own, for questions that must not hold up the loop. It takes
 * jobs one after the other; when some are done, worker_fd() becomes readable. */
#ifndef FUPIN_SERVER_WORKER_H
#define FUPIN_SERVER_WORKER_H

#include "pg.h"

#include <stdbool.h>

struct worker;

/* What a job does. Embedded in a larger struct that holds its data. */
struct job {
	struct job *next;
	bool urgent; /* accepted however many jobs wait, and done before them */
	/* Called in the worker's thread. If there is no connection, `connection` is NULL and `error` says why. */
	void (*work)(struct job *job, struct pg_conn *connection, const char *error);
	/* Called in the loop's thread: takes the result over and frees the job. */
	void (*finish)(struct job *job, void *context);
};

/* At most so many jobs wait; a caller with one more has to ask again later. */
enum { WORKER_JOBS_MAX = 1024 };

/* NULL: no thread or no memory. `target` must outlive it. */
struct worker *worker_start(const struct pg_target *target);
/* Closes the connection of the job under way and waits for the job; then finishes all that are done, and
 * abandons the rest by calling work() without a connection. */
void worker_stop(struct worker **worker, void *context);

int worker_fd(const struct worker *worker);

/* Closes the connection if the database has let a job wait too long; its work() then fails, or is done once
 * more. Returns the milliseconds until this has to be called again; -1: there is nothing to wait for. */
int worker_wait_ms(struct worker *worker, int64_t now_us);

/* Takes the job over. False: too many wait; the job stays the caller's. */
bool worker_post(struct worker *worker, struct job *job) __attribute__((warn_unused_result));

/* Finishes all jobs that are done. */
void worker_finish(struct worker *worker, void *context);

#endif
