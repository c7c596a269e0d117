/* The words of fupin-bench's command line: --name VALUE. */
#ifndef FUPIN_BENCH_ARGUMENTS_H
#define FUPIN_BENCH_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

struct arguments {
	const char *plan;     /* the directory that `fupin-bench plan` made */
	const char *db;       /* libpq URI */
	const char *endpoint; /* of the centre */
	const char *key;      /* the centre's public one */
	const char *receipts; /* a file to write them to, in COPY's text format */
	int64_t provinces, prefectures, counties, villages, first, last;
	int64_t count;       /* submissions; queries; lone submissions */
	int64_t per;         /* reports a submission */
	int64_t skip;        /* reports of each office that were sent before */
	int64_t from;        /* the first report of each office that was sent (skip: the end) */
	int64_t period;      /* month to ask for; 0: the plan's first */
	int64_t batch;       /* reports a transaction */
	int64_t connections; /* to the database */
	int64_t office_first, office_count;
	int64_t spread_ms; /* submissions at random moments within it; 0: as fast as the window lets */
	int64_t rounds;    /* as many times, over the same connections; spread_ms is the first one's */
	int64_t rate;      /* submissions a second; 0: as above */
	int64_t every_us;  /* between two queries; 0: at once */
	int64_t centre_pid, database_pid; /* whose CPU time is taken */
	int64_t watch;                    /* 1: one more connection watches the province's totals */
	int64_t wait;                     /* 1: print a line when ready, go when one comes in */
};

/* Says what is wrong on standard error. */
bool arguments_parse(int argc, char **argv, struct arguments *out);

#endif
