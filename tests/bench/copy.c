/* The limit: the rows of a load, made before the clock starts, by binary COPY over one or more
 * connections. Nothing is checked, compared, totalled or answered. */
#include "base/clock.h"
#include "bench.h"
#include "dbrows.h"
#include "usage.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdlib.h>

enum { CONNECTIONS_MAX = 8 };

struct copying {
	const struct arguments *arguments;
	struct shape shape;
	size_t count; /* of transactions */
	struct db_rows *transactions;
	int64_t reports;
};

struct worker {
	const struct copying *copying;
	PGconn *connection;
	size_t first, step;
	bool good;
};

/* The order is that of a load: every office's next submission in turn. */
static bool
make_rows(struct copying *c)
{
	const struct arguments *o = c->arguments;
	int64_t submissions = o->count, per = o->per, each = o->batch / per;
	if (submissions < 1 || per < 1 || each < 1)
		return bench_fail("copy: --count, --per and --batch do not fit together");
	c->count = (size_t)((submissions + each - 1) / each);
	c->transactions = calloc(c->count, sizeof *c->transactions);
	bool good = c->transactions;
	int64_t start_us = clock_wall_us();
	for (int64_t k = 0; good && k < submissions; k++) {
		struct db_rows *rows = &c->transactions[k / each];
		int office = (int)(k % c->shape.counties);
		int64_t from = o->skip + k / c->shape.counties * per;
		if (k % each == 0)
			db_rows_begin(rows);
		good = from + per <= shape_reports(&c->shape, office);
		if (good)
			db_rows_add(rows, &c->shape, office, from, per, k + 1, start_us + k);
		if (good && ((k + 1) % each == 0 || k + 1 == submissions))
			good = db_rows_end(rows);
		c->reports += per;
	}
	return good ? true : bench_fail("copy: more reports than the plan has, or no memory");
}

static void *
work(void *argument)
{
	struct worker *w = argument;
	w->good = true;
	for (size_t i = w->first; w->good && i < w->copying->count; i += w->step)
		w->good = db_rows_write(w->connection, &w->copying->transactions[i]);
	return NULL;
}

static bool
run_workers(const struct copying *c, struct worker *workers, size_t count, struct json_object *out)
{
	pthread_t threads[CONNECTIONS_MAX];
	size_t started = 0;
	bool good = true;
	struct usage before = usage_now(c->arguments);
	int64_t start_us = clock_steady_us();
	while (started < count && !pthread_create(&threads[started], NULL, work, &workers[started]))
		started++;
	for (size_t i = 0; i < started; i++) {
		pthread_join(threads[i], NULL);
		good = good && workers[i].good;
	}
	double seconds = (double)(clock_steady_us() - start_us) / 1e6;
	usage_print(out, c->arguments, &before);
	bench_number(out, "transactions", (int64_t)c->count);
	bench_number(out, "reports", c->reports);
	bench_real(out, "seconds", seconds);
	bench_real(out, "rate", (double)c->reports / seconds);
	return good && started == count;
}

bool
bench_copy(const struct arguments *arguments, struct json_object *out)
{
	struct copying c = {.arguments = arguments};
	struct worker workers[CONNECTIONS_MAX] = {0};
	size_t count = (size_t)arguments->connections;
	if (!arguments->plan || !shape_read(arguments->plan, &c.shape) || count < 1 || count > CONNECTIONS_MAX)
		return bench_fail("copy: which plan, how many connections?");
	bool good = make_rows(&c);
	for (size_t i = 0; good && i < count; i++) {
		workers[i] = (struct worker){&c, db_connect(arguments->db), i, count, false};
		good = workers[i].connection;
	}
	good = good && run_workers(&c, workers, count, out) && db_note_head(workers[0].connection);
	for (size_t i = 0; i < count && i < CONNECTIONS_MAX; i++)
		PQfinish(workers[i].connection);
	for (size_t i = 0; c.transactions && i < c.count; i++)
		db_rows_free(&c.transactions[i]);
	free(c.transactions);
	return good;
}
