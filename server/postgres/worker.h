/* Questions to the database that must not hold up the loop: a thread with a connection of its own takes
 * jobs one after the other; when some are done, worker_fd() becomes readable. */
#ifndef FUPIN_SERVER_WORKER_H
#define FUPIN_SERVER_WORKER_H

#include "pg.h"

#include <stdbool.h>

struct worker;

/* What a job does. Embedded in a larger struct that holds its data. */
struct job {
	struct job *next;
	bool urgent; /* taken however many wait, and done before all of them */
	/* In the worker's thread. `connection` is NULL, and `error` says why, if there is none. */
	void (*work)(struct job *job, struct pg_conn *connection, const char *error);
	/* In the loop's thread: takes the result over and frees the job. */
	void (*finish)(struct job *job, void *context);
};

/* More jobs than this wait nowhere: ask again later. */
enum { WORKER_JOBS_MAX = 1024 };

/* NULL: no thread or no memory. `target` must outlive it. */
struct worker *worker_start(const struct pg_target *target);
/* Ends the line of the job under way and waits for it, then finishes all that is done and abandons the rest
 * by calling work() without a connection. */
void worker_stop(struct worker **worker, void *context);

int worker_fd(const struct worker *worker);

/* Ends the line to a database that has let a job wait too long; its work() then fails, or is done once more.
 * Milliseconds until that has to be looked at again; -1: there is nothing to wait for. */
int worker_wait_ms(struct worker *worker, int64_t now_us);

/* Takes the job over. False: too many wait; the job stays the caller's. */
bool worker_post(struct worker *worker, struct job *job) __attribute__((warn_unused_result));

/* Finishes all jobs that are done. */
void worker_finish(struct worker *worker, void *context);

#endif
