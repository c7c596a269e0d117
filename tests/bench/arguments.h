/* The words of fupin-bench's command line: --name VALUE. */
#ifndef FUPIN_BENCH_ARGUMENTS_H
#define FUPIN_BENCH_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

/* What is booked: money raised; granted to villages; confirmed of what the province sent. */
enum bench_entries { ENTRIES_NONE = 0, ENTRIES_RAISED = 1, ENTRIES_GRANTED = 2, ENTRIES_RECEIVED = 3 };

struct arguments {
	const char *plan;     /* the directory that `fupin-bench plan` made */
	const char *db;       /* libpq URI */
	const char *endpoint; /* of the centre */
	const char *key;      /* the centre's public one */
	const char *receipts; /* a file to write them to, in COPY's text format */
	/* Of the centre that is watched; NULL: of the same one. */
	const char *watch_endpoint;
	int64_t provinces, prefectures, counties, villages, first, last;
	int64_t count;        /* submissions; queries; lone submissions */
	int64_t per;          /* reports a submission */
	int64_t skip;         /* reports of each office that were sent before */
	int64_t from;         /* the first report of each office that was sent (skip: the end) */
	int64_t period;       /* month to ask for; 0: the plan's first */
	int64_t completeness; /* ask for the year's completeness by county instead */
	int64_t past;         /* ask as of commits 1 .. past, each time another one; 0: as of now */
	int64_t batch;        /* reports a transaction */
	int64_t connections;  /* to the database; of who floods */
	int64_t office_first, office_count;
	int64_t spread_ms; /* submissions at random moments within it; 0: as fast as the window lets */
	int64_t rounds;    /* as many times, over the same connections; spread_ms is the first one's */
	int64_t rate;      /* submissions a second; 0: as above */
	int64_t every_us;  /* between two queries; 0: at once */
	/* Of a check, office_count offices have sent any (0: all), and it is as of this commit or a later one. */
	int64_t seq;
	/* The load: submissions under way for each office (0: what Welcome said), a BUSY one is sent again after
	 * so long (0: when it was told), nothing new after so long (0: all), a sample every so often (0: none).
	 */
	int64_t window, patience_ms, seconds, sample_ms;
	int64_t entries; /* fund entries instead of reports: an enum bench_entries */
	/* The process to be slowed; of every_us it runs so long; `seconds`. */
	int64_t pid, run_us;
	int64_t centre_pid, database_pid; /* whose CPU time is taken */
	int64_t watch;                    /* 1: one more connection watches the province's totals */
	int64_t wait;                     /* 1: print a line when ready, go when one comes in */
};

/* Says what is wrong on standard error. */
bool arguments_parse(int argc, char **argv, struct arguments *out);

#endif
