#include "worker.h"

#include "base/clock.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct job_list {
	struct job *first, **end;
};

struct worker {
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t wake;
	struct job_list waiting, done;
	size_t count; /* in both lists, and under way */
	bool stopping;
	int event;
	int line; /* of the connection in use, a descriptor of our own; -1: none */
	int64_t line_until_us;
	const struct pg_target *target;
};

/* A question that takes longer has failed; a connection on which the server does not even say so is given
 * up. */
static const char settings[] = "SET statement_timeout = '20s'";
enum { ANSWER_SHARE = 25, LOOK_MS = 1000 }; /* of the patience with the database */

static void
put(struct job_list *list, struct job *job)
{
	job->next = NULL;
	*list->end = job;
	list->end = &job->next;
}

static void
put_first(struct job_list *list, struct job *job)
{
	job->next = list->first;
	if (!list->first)
		list->end = &job->next;
	list->first = job;
}

static struct job *
take(struct job_list *list)
{
	struct job *job = list->first;
	if (job) {
		list->first = job->next;
		if (!list->first)
			list->end = &list->first;
	}
	return job;
}

/* Notes the connection on which the thread waits for an answer, so that the loop's thread can wake it by
 * closing the connection. NULL: it does not wait any more. */
static void
hold_line(struct worker *w, const struct pg_conn *connection)
{
	pthread_mutex_lock(&w->lock);
	if (w->line >= 0)
		close(w->line);
	w->line = connection ? fcntl(PQsocket((const PGconn *)connection), F_DUPFD_CLOEXEC, 0) : -1;
	w->line_until_us = clock_steady_us() + pg_patience_us(w->target, ANSWER_SHARE);
	if (w->line >= 0 && w->stopping)
		shutdown(w->line, SHUT_RDWR);
	pthread_mutex_unlock(&w->lock);
}

static bool
is_stopping(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	bool stopping = w->stopping;
	pthread_mutex_unlock(&w->lock);
	return stopping;
}

/* A good connection, the old one if it still is; NULL: `error` says why. */
static struct pg_conn *
connect_if_needed(struct worker *w, struct pg_conn *connection, char error[PG_ERROR_BYTES])
{
	if (connection && PQstatus((PGconn *)connection) == CONNECTION_OK) {
		hold_line(w, connection);
		return connection;
	}
	hold_line(w, NULL);
	PQfinish((PGconn *)connection);
	connection = pg_connect(w->target, error);
	hold_line(w, connection);
	if (connection && !pg_run(connection, settings, error)) {
		hold_line(w, NULL);
		PQfinish((PGconn *)connection);
		return NULL;
	}
	return connection;
}

/* An idle connection may have broken unnoticed: then the job is done once more on a new one. */
static struct pg_conn *
work(struct worker *w, struct job *job, struct pg_conn *connection)
{
	char error[PG_ERROR_BYTES] = "";
	bool reused = connection;
	connection = connect_if_needed(w, connection, error);
	job->work(job, connection, error);
	bool broken = connection && PQstatus((PGconn *)connection) != CONNECTION_OK;
	if (reused && broken && !is_stopping(w)) {
		connection = connect_if_needed(w, connection, error);
		job->work(job, connection, error);
	}
	hold_line(w, NULL);
	return connection;
}

static void *
run(void *data)
{
	struct worker *w = data;
	struct pg_conn *connection = NULL;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct job *job = w->stopping ? NULL : take(&w->waiting);
		if (w->stopping)
			break;
		if (!job) {
			pthread_cond_wait(&w->wake, &w->lock);
			continue;
		}
		pthread_mutex_unlock(&w->lock);
		connection = work(w, job, connection);
		pthread_mutex_lock(&w->lock);
		put(&w->done, job);
		uint64_t one = 1;
		ssize_t written = write(w->event, &one, sizeof one);
		(void)written; /* an eventfd takes it always */
	}
	pthread_mutex_unlock(&w->lock);
	PQfinish((PGconn *)connection);
	return NULL;
}

struct worker *
worker_start(const struct pg_target *target)
{
	struct worker *w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	w->target = target;
	w->waiting.end = &w->waiting.first;
	w->done.end = &w->done.first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->line = -1;
	w->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->event >= 0 && !pthread_create(&w->thread, NULL, run, w))
		return w;
	if (w->event >= 0)
		close(w->event);
	free(w);
	return NULL;
}

void
worker_stop(struct worker **worker, void *context)
{
	struct worker *w = *worker;
	struct job *job;
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	if (w->line >= 0)
		shutdown(w->line, SHUT_RDWR);
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	while ((job = take(&w->waiting))) {
		job->work(job, NULL, "the centre is stopping");
		put(&w->done, job);
	}
	worker_finish(w, context);
	close(w->event);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	free(w);
	*worker = NULL;
}

int
worker_fd(const struct worker *w)
{
	return w->event;
}

int
worker_wait_ms(struct worker *w, int64_t now_us)
{
	pthread_mutex_lock(&w->lock);
	int64_t left_us = w->line < 0 ? -1 : w->line_until_us - now_us;
	if (w->line >= 0 && left_us <= 0) {
		shutdown(w->line, SHUT_RDWR);
		left_us = 0;
	}
	/* The job has no connection now, but will have one soon. */
	int64_t wait_ms = left_us > 0 ? left_us / 1000 + 1 : w->count ? LOOK_MS : -1;
	pthread_mutex_unlock(&w->lock);
	return (int)wait_ms;
}

bool
worker_post(struct worker *w, struct job *job)
{
	pthread_mutex_lock(&w->lock);
	bool room = (job->urgent || w->count < WORKER_JOBS_MAX) && !w->stopping;
	if (room) {
		(job->urgent ? put_first : put)(&w->waiting, job);
		w->count++;
		pthread_cond_signal(&w->wake);
	}
	pthread_mutex_unlock(&w->lock);
	return room;
}

void
worker_finish(struct worker *w, void *context)
{
	uint64_t ignored;
	ssize_t size = read(w->event, &ignored, sizeof ignored);
	(void)size; /* nothing to read: nothing was done since the last time */
	for (;;) {
		pthread_mutex_lock(&w->lock);
		struct job *job = take(&w->done);
		if (job)
			w->count--;
		pthread_mutex_unlock(&w->lock);
		if (!job)
			return;
		job->finish(job, context);
	}
}
