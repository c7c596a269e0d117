/* A journal with a past: the first `count` reports of every office, put in directly. Sequence numbers go
 * on without a gap where the journal ends, so that all that `fupind verify` demands holds. */
#include "base/clock.h"
#include "bench.h"
#include "dbrows.h"
#include "postgres/pg.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>

enum { THREADS_MAX = 8 };

struct filling {
	const struct arguments *arguments;
	struct shape shape;
	int64_t seq_first, start_us;
};

struct filler {
	const struct filling *filling;
	PGconn *connection;
	int number, of;
	int64_t reports, submissions; /* all that were numbered, also by others */
	bool good;
};

/* How many reports of an office are in its next submission; 0: it has no more. */
static int64_t
next_size(const struct filling *f, int office, int64_t from)
{
	int64_t end = shape_reports(&f->shape, office);
	if (end > f->arguments->skip + f->arguments->count)
		end = f->arguments->skip + f->arguments->count;
	int64_t left = end - from;
	return left < 0 ? 0 : left < f->arguments->per ? left : f->arguments->per;
}

static bool
add(struct filler *w, struct db_rows *rows, int office, int64_t from, int64_t size)
{
	const struct filling *f = w->filling;
	int64_t seq = f->seq_first + w->submissions;
	w->submissions++;
	w->reports += size;
	if (office % w->of != w->number)
		return true;
	db_rows_add(rows, &f->shape, office, from, size, seq, f->start_us + w->submissions);
	if (rows->reports < f->arguments->batch)
		return true;
	bool good = db_rows_end(rows) && db_rows_write(w->connection, rows);
	db_rows_begin(rows);
	return good;
}

/* Every thread counts all submissions and writes its offices' own. */
static void *
work(void *argument)
{
	struct filler *w = argument;
	const struct filling *f = w->filling;
	struct db_rows rows = {0};
	int64_t added = 1;
	w->good = true;
	db_rows_begin(&rows);
	for (int64_t from = f->arguments->skip; w->good && added; from += f->arguments->per) {
		added = 0;
		for (int office = 0; w->good && office < f->shape.counties; office++) {
			int64_t size = next_size(f, office, from);
			added += size;
			if (size)
				w->good = add(w, &rows, office, from, size);
		}
	}
	if (w->good && rows.reports)
		w->good = db_rows_end(&rows) && db_rows_write(w->connection, &rows);
	db_rows_free(&rows);
	return NULL;
}

/* Nobody measures this: it need not wait for the disk. */
static bool
open_filler(struct filler *w)
{
	char error[PG_ERROR_BYTES];
	w->connection = db_connect(w->filling->arguments->db);
	if (!w->connection)
		return false;
	return pg_run(w->connection, "SET synchronous_commit = off", error) ? true : bench_fail("%s", error);
}

static bool
fill(struct filling *f, struct filler *fillers, int count)
{
	char error[PG_ERROR_BYTES];
	pthread_t threads[THREADS_MAX];
	int started = 0;
	if (!pg_number(fillers[0].connection, "SELECT coalesce(max(seq), 0) + 1 FROM submission", &f->seq_first,
	               error))
		return bench_fail("%s", error);
	while (started < count && !pthread_create(&threads[started], NULL, work, &fillers[started]))
		started++;
	bool good = started == count;
	for (int i = 0; i < started; i++) {
		pthread_join(threads[i], NULL);
		good = good && fillers[i].good;
	}
	return good && db_note_head(fillers[0].connection);
}

bool
bench_fill(const struct arguments *arguments, struct json_object *out)
{
	struct filling f = {.arguments = arguments, .start_us = clock_wall_us()};
	struct filler fillers[THREADS_MAX] = {0};
	int count = (int)arguments->connections;
	if (!arguments->plan || !shape_read(arguments->plan, &f.shape) || count < 1 || count > THREADS_MAX ||
	    arguments->per < 1)
		return bench_fail("fill: which plan, how many connections?");
	bool good = true;
	for (int i = 0; good && i < count; i++) {
		fillers[i] = (struct filler){.filling = &f, .number = i, .of = count};
		good = open_filler(&fillers[i]);
	}
	good = good && fill(&f, fillers, count);
	bench_number(out, "reports", fillers[0].reports);
	bench_number(out, "submissions", fillers[0].submissions);
	for (int i = 0; i < count; i++)
		PQfinish(fillers[i].connection);
	return good;
}
