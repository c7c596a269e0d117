#include "arguments.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	size_t place;
} texts[] = {
    {"--plan", offsetof(struct arguments, plan)},
    {"--db", offsetof(struct arguments, db)},
    {"--endpoint", offsetof(struct arguments, endpoint)},
    {"--key", offsetof(struct arguments, key)},
    {"--receipts", offsetof(struct arguments, receipts)},
    {"--watch-endpoint", offsetof(struct arguments, watch_endpoint)},
};

static const struct {
	const char *name;
	size_t place;
} numbers[] = {
    {"--provinces", offsetof(struct arguments, provinces)},
    {"--prefectures", offsetof(struct arguments, prefectures)},
    {"--counties", offsetof(struct arguments, counties)},
    {"--villages", offsetof(struct arguments, villages)},
    {"--first", offsetof(struct arguments, first)},
    {"--last", offsetof(struct arguments, last)},
    {"--count", offsetof(struct arguments, count)},
    {"--per", offsetof(struct arguments, per)},
    {"--entries", offsetof(struct arguments, entries)},
    {"--skip", offsetof(struct arguments, skip)},
    {"--from", offsetof(struct arguments, from)},
    {"--seq", offsetof(struct arguments, seq)},
    {"--period", offsetof(struct arguments, period)},
    {"--completeness", offsetof(struct arguments, completeness)},
    {"--past", offsetof(struct arguments, past)},
    {"--batch", offsetof(struct arguments, batch)},
    {"--connections", offsetof(struct arguments, connections)},
    {"--office-first", offsetof(struct arguments, office_first)},
    {"--office-count", offsetof(struct arguments, office_count)},
    {"--window", offsetof(struct arguments, window)},
    {"--patience-ms", offsetof(struct arguments, patience_ms)},
    {"--spread-ms", offsetof(struct arguments, spread_ms)},
    {"--rounds", offsetof(struct arguments, rounds)},
    {"--rate", offsetof(struct arguments, rate)},
    {"--every-us", offsetof(struct arguments, every_us)},
    {"--run-us", offsetof(struct arguments, run_us)},
    {"--pid", offsetof(struct arguments, pid)},
    {"--seconds", offsetof(struct arguments, seconds)},
    {"--sample-ms", offsetof(struct arguments, sample_ms)},
    {"--centre-pid", offsetof(struct arguments, centre_pid)},
    {"--database-pid", offsetof(struct arguments, database_pid)},
    {"--watch", offsetof(struct arguments, watch)},
    {"--wait", offsetof(struct arguments, wait)},
};

#define COUNT(items) (sizeof(items) / sizeof *(items))

static bool
take(const char *name, const char *value, struct arguments *out)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		if (!strcmp(name, texts[i].name)) {
			memcpy((char *)out + texts[i].place, &value, sizeof value);
			return true;
		}
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (!strcmp(name, numbers[i].name)) {
			char *end;
			errno = 0;
			int64_t number = strtoll(value, &end, 10);
			memcpy((char *)out + numbers[i].place, &number, sizeof number);
			return *value && !*end && !errno && number >= 0;
		}
	return false;
}

bool
arguments_parse(int argc, char **argv, struct arguments *out)
{
	*out = (struct arguments){.provinces = 1,
	                          .prefectures = 1,
	                          .counties = 1,
	                          .first = 201301,
	                          .last = 201312,
	                          .per = 1,
	                          .rounds = 1,
	                          .batch = 4000,
	                          .connections = 1};
	for (int i = 2; i < argc; i += 2)
		if (i + 1 == argc || !take(argv[i], argv[i + 1], out)) {
			fprintf(stderr, "fupin-bench: %s: unknown, or its value is missing or wrong\n", argv[i]);
			return false;
		}
	return true;
}
