/* CPU time that processes have used so far, in microseconds. */
#ifndef FUPIN_BENCH_USAGE_H
#define FUPIN_BENCH_USAGE_H

#include "arguments.h"

struct usage {
	int64_t centre_us, database_us, own_us;
};

/* Of the processes that the arguments name; the database's are its postmaster and all children. */
struct usage usage_now(const struct arguments *arguments);

struct json_object;
/* What was used since `before`, as seconds: centre_cpu, database_cpu, own_cpu. */
void usage_print(struct json_object *out, const struct arguments *arguments, const struct usage *before);

#endif
