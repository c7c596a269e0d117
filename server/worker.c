#include "worker.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
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
	const struct pg_target *target;
};

/* A question that takes longer has gone wrong. */
static const char settings[] = "SET statement_timeout = '20s'";

static void
put(struct job_list *list, struct job *job)
{
	job->next = NULL;
	*list->end = job;
	list->end = &job->next;
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

/* A good connection, the old one if it still is; NULL: `error` says why. */
static struct pg_conn *
connect_if_needed(const struct worker *w, struct pg_conn *connection, char error[PG_ERROR_BYTES])
{
	if (connection && PQstatus((PGconn *)connection) == CONNECTION_OK)
		return connection;
	PQfinish((PGconn *)connection);
	connection = pg_connect(w->target, error);
	if (connection && !pg_run(connection, settings, error)) {
		PQfinish((PGconn *)connection);
		return NULL;
	}
	return connection;
}

/* An idle connection may have broken unnoticed: then the job is done once more on a new one. */
static struct pg_conn *
work(const struct worker *w, struct job *job, struct pg_conn *connection)
{
	char error[PG_ERROR_BYTES] = "";
	bool reused = connection;
	connection = connect_if_needed(w, connection, error);
	job->work(job, connection, error);
	if (reused && connection && PQstatus((PGconn *)connection) != CONNECTION_OK) {
		connection = connect_if_needed(w, connection, error);
		job->work(job, connection, error);
	}
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

bool
worker_post(struct worker *w, struct job *job)
{
	pthread_mutex_lock(&w->lock);
	bool room = (job->urgent || w->count < WORKER_JOBS_MAX) && !w->stopping;
	if (room) {
		put(&w->waiting, job);
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
