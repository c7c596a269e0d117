/* fupin-bench: generates load and measures; bench.py decides what, and judges.
 *
 * A subcommand is one function: it fills a JSON object, which main prints. To add one: a line in main.c,
 * a file for it. */
#ifndef FUPIN_BENCH_BENCH_H
#define FUPIN_BENCH_BENCH_H

#include "arguments.h"
#include "keys/keyfile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

/* False: something was wrong (said on standard error); what was found out is printed all the same. */
bool bench_plan(const struct arguments *arguments, struct json_object *out);
bool bench_load(const struct arguments *arguments, struct json_object *out);
bool bench_copy(const struct arguments *arguments, struct json_object *out);
bool bench_fill(const struct arguments *arguments, struct json_object *out);
bool bench_lone(const struct arguments *arguments, struct json_object *out);
bool bench_total(const struct arguments *arguments, struct json_object *out);
bool bench_flood(const struct arguments *arguments, struct json_object *out);
bool bench_slow(const struct arguments *arguments, struct json_object *out);
bool bench_comply(const struct arguments *arguments, struct json_object *out);
bool bench_check(const struct arguments *arguments, struct json_object *out);

/* Says what is wrong; always false. */
bool bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

void bench_number(struct json_object *out, const char *name, int64_t value);
void bench_real(struct json_object *out, const char *name, double value);
/* {"count", "p50", "p90", "p99", "max"} under `name`, in the samples' own unit; sorts them. */
void bench_samples(struct json_object *out, const char *name, uint32_t *samples, size_t count);

/* With --wait 1: prints "ready" and waits for a line. */
bool bench_wait(const struct arguments *arguments);

#endif
