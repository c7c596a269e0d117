#include "run.h"

#include "bench.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
ascending(const void *a, const void *b)
{
	uint64_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

/* No commit sequence number stands on two receipts. */
static size_t
count_doubles(const struct run *run)
{
	const struct prepared *prepared = &run->prepared;
	size_t count = 0, doubles = 0;
	uint64_t *seqs = calloc(prepared->count, sizeof *seqs);
	for (size_t i = 0; seqs && i < prepared->count; i++)
		if (prepared->items[i].seq)
			seqs[count++] = prepared->items[i].seq;
	if (seqs)
		qsort(seqs, count, sizeof *seqs, ascending);
	for (size_t i = 1; seqs && i < count; i++)
		doubles += seqs[i] == seqs[i - 1];
	free(seqs);
	return doubles;
}

bool
run_write_receipts(const struct run *run, int64_t round)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, run->arguments->rounds > 1 ? "%s.%" PRId64 : "%s", run->arguments->receipts,
	         round);
	FILE *file = fopen(path, "we");
	if (!file)
		return bench_fail("%s cannot be written", path);
	for (size_t i = run->first; i < run->end; i++) {
		const struct item *item = &run->prepared.items[i];
		char id[ID_TEXT_BYTES], digest[DIGEST_TEXT_BYTES];
		if (item->seq)
			fprintf(file, "%s\t\\\\x%s\t%" PRIu64 "\t%" PRId64 "\t%u\t%u\n",
			        submission_id_format(&item->id, id), digest_format(&item->digest, digest), item->seq,
			        item->time_us, item->reports, item->latency_us);
	}
	return !fclose(file);
}

static void
print_latencies(const struct run *run, struct json_object *out)
{
	size_t count = 0;
	uint32_t *latencies = calloc(run->end - run->first + 1, sizeof *latencies);
	for (size_t i = run->first; latencies && i < run->end; i++)
		if (run->prepared.items[i].seq)
			latencies[count++] = run->prepared.items[i].latency_us;
	if (latencies)
		bench_samples(out, "latency_us", latencies, count);
	free(latencies);
}

bool
run_print(const struct run *run, struct json_object *out)
{
	size_t submissions = run->end - run->first, doubles = count_doubles(run);
	int64_t reports = (int64_t)run->receipts * run->arguments->per;
	double seconds = (double)(run->last_us - run->start_us) / 1e6;
	bench_number(out, "offices", (int64_t)run->offices.count);
	bench_number(out, "submissions", (int64_t)submissions);
	bench_number(out, "receipts", (int64_t)run->receipts);
	bench_number(out, "reports", reports);
	bench_number(out, "refused", (int64_t)run->refused);
	bench_number(out, "busy", (int64_t)run->busy);
	bench_number(out, "asked_again", (int64_t)run->asked_again);
	bench_number(out, "wrong", (int64_t)(run->wrong + doubles));
	bench_number(out, "lost", (int64_t)(submissions - run->answered));
	bench_number(out, "start_us", run->start_us);
	bench_number(out, "end_us", run->last_us);
	bench_real(out, "seconds", seconds);
	bench_real(out, "rate", seconds > 0 ? (double)reports / seconds : 0);
	print_latencies(run, out);
	if (doubles)
		bench_fail("%zu commit sequence numbers stand on two receipts", doubles);
	return !doubles && !run->wrong && !run->refused && run->receipts == submissions;
}
