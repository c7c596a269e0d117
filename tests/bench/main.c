#include "bench.h"

#include <json-c/json.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	bool (*run)(const struct arguments *, struct json_object *);
	const char *help;
} commands[] = {
    {"plan", bench_plan, "make a plan of a size, with keys"},
    {"load", bench_load, "send submissions from many offices, take every receipt"},
    {"flood", bench_flood, "send far beyond the window from one office"},
    {"slow", bench_slow, "let a process run only now and then"},
    {"copy", bench_copy, "COPY the same rows into the same tables: the limit"},
    {"fill", bench_fill, "put reports into the journal directly"},
    {"lone", bench_lone, "one submission at a time, beside one INSERT … COMMIT at a time"},
    {"total", bench_total, "ask for the province's totals by county"},
    {"comply", bench_comply, "book an entry, then ask how the province stands to the rules"},
    {"check", bench_check, "compare all totals with what must have been sent"},
};

bool
bench_fail(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "fupin-bench: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	return false;
}

void
bench_number(struct json_object *out, const char *name, int64_t value)
{
	json_object_object_add(out, name, json_object_new_int64(value));
}

void
bench_real(struct json_object *out, const char *name, double value)
{
	json_object_object_add(out, name, json_object_new_double(value));
}

static int
ascending(const void *a, const void *b)
{
	uint32_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

/* The nearest rank: the smallest sample that `percent` of all do not exceed. */
static int64_t
rank(const uint32_t *sorted, size_t count, size_t percent)
{
	size_t at = (count * percent + 99) / 100;
	return count ? sorted[at ? at - 1 : 0] : 0;
}

void
bench_samples(struct json_object *out, const char *name, uint32_t *samples, size_t count)
{
	struct json_object *object = json_object_new_object();
	qsort(samples, count, sizeof *samples, ascending);
	bench_number(object, "count", (int64_t)count);
	bench_number(object, "p50", rank(samples, count, 50));
	bench_number(object, "p90", rank(samples, count, 90));
	bench_number(object, "p99", rank(samples, count, 99));
	bench_number(object, "max", rank(samples, count, 100));
	json_object_object_add(out, name, object);
}

bool
bench_wait(const struct arguments *arguments)
{
	char line[16];
	if (!arguments->wait)
		return true;
	puts("ready");
	fflush(stdout);
	return fgets(line, sizeof line, stdin);
}

static int
help(void)
{
	fprintf(stderr, "fupin-bench COMMAND [--NAME VALUE…]; see arguments.h\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(stderr, "  %-8s%s\n", commands[i].name, commands[i].help);
	return 2;
}

int
main(int argc, char **argv)
{
	struct arguments arguments;
	if (argc < 2 || sodium_init() < 0)
		return help();
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		if (!arguments_parse(argc, argv, &arguments))
			return 2;
		struct json_object *out = json_object_new_object();
		bool good = commands[i].run(&arguments, out);
		puts(json_object_to_json_string_ext(out, JSON_C_TO_STRING_PLAIN));
		json_object_put(out);
		return good ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	return help();
}
