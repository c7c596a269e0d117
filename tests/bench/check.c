/* What the centre says against what must have been sent: every county's ten totals, and the sum of all. */
#include "base/clock.h"
#include "bench.h"
#include "office.h"

#include <inttypes.h>

enum { ANSWER_BYTES = 256 << 20, TOLD_MAX = 10, NEWS_WAIT_US = 30 * 1000000 };

struct check {
	struct shape shape;
	int64_t first, end; /* numbers of the reports that each office sent */
	uint64_t seq;       /* as of which, or a later one */
	int64_t offices;    /* only the first of them sent any; 0: all */
	int64_t compared, wrong;
	struct shape_total sum; /* of the province so far */
};

static void
compare(struct check *check, const struct unit_total *told, const struct shape_total *known)
{
	uint32_t base = check->shape.villages ? VILLAGE_INDICATORS : 0;
	int seen = 0;
	for (size_t i = 0; i < told->indicator_count; i++) {
		uint32_t place = told->indicators[i] - base - 1;
		bool ours = told->indicators[i] > base && place < SHAPE_VALUES;
		int64_t value = ours ? known->values[place] : 0, reported = ours ? known->reported[place] : 0;
		check->compared++;
		seen += ours;
		if (told->values[i] == value && told->reported[i] == reported)
			continue;
		if (check->wrong++ < TOLD_MAX)
			bench_fail("unit %" PRId64 " indicator %u: the centre says %" PRId64
			           " from %u, sent were %" PRId64 " from %" PRId64,
			           told->unit, told->indicators[i], told->values[i], told->reported[i], value, reported);
	}
	check->wrong += seen != SHAPE_VALUES;
}

/* Counties of a plan are numbered in the order of their codes. */
static int
county_number(const struct shape *shape, unit_code code)
{
	int low = 0, high = shape->counties;
	while (high - low > 1) {
		int middle = low + (high - low) / 2;
		*(shape_county(shape, middle) <= code ? &low : &high) = middle;
	}
	return low;
}

static void
compare_county(struct check *check, const struct unit_total *told)
{
	struct shape_total known;
	int office = county_number(&check->shape, told->unit);
	int64_t all = shape_reports(&check->shape, office);
	int64_t end = check->offices && office >= check->offices ? check->first : check->end;
	shape_total(&check->shape, office, check->first, end < all ? end : all, &known);
	compare(check, told, &known);
	for (int i = 0; i < SHAPE_VALUES; i++) {
		check->sum.values[i] += known.values[i];
		check->sum.reported[i] += known.reported[i];
	}
}

static bool
ask(struct check *check, struct office *office, enum unit_level by, struct arena *arena, struct reply *reply)
{
	struct request request = {
	    .kind = REQUEST_TOTAL,
	    .total = {.unit = office->unit, .from = check->shape.first, .to = check->shape.last, .by = by}};
	/* What another centre on the same database wrote may take a moment to get here. */
	int64_t until_us = clock_steady_us() + NEWS_WAIT_US;
	do {
		arena_reset(arena);
		if (!office_ask(office, &request, arena, reply) || reply->kind != REPLY_TOTAL)
			return false;
	} while (reply->total.as_of.seq < check->seq && clock_steady_us() < until_us);
	return reply->total.as_of.seq >= check->seq;
}

static bool
check_province(struct check *check, struct office *office, struct arena *arena)
{
	struct reply reply;
	check->sum = (struct shape_total){0};
	if (!ask(check, office, UNIT_COUNTY, arena, &reply))
		return bench_fail("no total of %" PRId64, office->unit);
	for (size_t i = 0; i < reply.total.unit_count; i++)
		compare_county(check, &reply.total.units[i]);
	if (!ask(check, office, UNIT_NONE, arena, &reply) || reply.total.unit_count != 1)
		return bench_fail("no total of %" PRId64, office->unit);
	compare(check, &reply.total.units[0], &check->sum);
	return true;
}

bool
bench_check(const struct arguments *arguments, struct json_object *out)
{
	struct check check = {.first = arguments->from,
	                      .end = arguments->skip,
	                      .seq = (uint64_t)arguments->seq,
	                      .offices = arguments->office_count};
	struct offices provinces = {0};
	struct arena arena;
	arena_init(&arena, ANSWER_BYTES);
	bool good = arguments->plan && shape_read(arguments->plan, &check.shape) &&
	            offices_read(arguments->plan, UNIT_PROVINCE, 0, 0, &provinces) &&
	            offices_connect(&provinces, arguments);
	for (size_t i = 0; good && i < provinces.count; i++)
		good = check_province(&check, &provinces.items[i], &arena);
	bench_number(out, "compared", check.compared);
	bench_number(out, "wrong", check.wrong);
	offices_close(&provinces);
	arena_free(&arena);
	return good && check.compared && !check.wrong;
}
