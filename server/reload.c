#include "reload.h"

#include "plan_store.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct reload {
	pthread_t thread;
	int event;
	const struct pg_target *target;
	bool good;
	struct arena arena;
	struct principal *principals;
	size_t count;
	char error[PG_ERROR_BYTES];
};

static void *
run(void *data)
{
	struct reload *r = data;
	struct pg_conn *connection = pg_connect(r->target, r->error);
	r->good = connection && principals_load(connection, &r->arena, &r->principals, &r->count, r->error);
	PQfinish(connection);
	uint64_t one = 1;
	ssize_t written = write(r->event, &one, sizeof one);
	(void)written; /* an eventfd takes it always */
	return NULL;
}

struct reload *
reload_begin(const struct pg_target *target)
{
	struct reload *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->target = target;
	r->event = eventfd(0, EFD_CLOEXEC);
	arena_init(&r->arena, PLAN_BYTES_MAX);
	if (r->event >= 0 && !pthread_create(&r->thread, NULL, run, r))
		return r;
	if (r->event >= 0)
		close(r->event);
	free(r);
	return NULL;
}

int
reload_fd(const struct reload *reload)
{
	return reload->event;
}

bool
reload_end(struct reload **reload, struct arena *arena, struct principal **principals, size_t *count,
           char error[PG_ERROR_BYTES])
{
	struct reload *r = *reload;
	pthread_join(r->thread, NULL);
	close(r->event);
	bool good = r->good;
	if (good) {
		*arena = r->arena;
		*principals = r->principals;
		*count = r->count;
	} else {
		snprintf(error, PG_ERROR_BYTES, "%s", r->error);
		arena_free(&r->arena);
	}
	free(r);
	*reload = NULL;
	return good;
}
