/* A county books an entry; then the province asks how it stands to the plan's rules (--per 1: the counts and
 * the first findings; 0: every page), and the county where its money is. Each once for every entry. The
 * province's special funds raised must be what was booked. */
#include "base/clock.h"
#include "bench.h"
#include "codec.h"
#include "office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_ROOM = 64 << 20, AMOUNT_FEN = 100, WARM_UP = 5 };

struct complying {
	struct offices provinces, counties;
	struct arena arena;
	size_t findings;
	int64_t raised; /* measured by the rule */
	uint32_t *compliance_us, *balance_us;
};

static bool
book(struct complying *c, size_t number)
{
	char voucher[32];
	struct office *county = &c->counties.items[0];
	struct reply reply;
	struct request request = {.kind = REQUEST_SUBMIT};
	struct submission s = {.id = submission_id_new(clock_wall_us()), .entry_count = 1};
	snprintf(voucher, sizeof voucher, "comply-%zu", number);
	struct fund_entry entry = {FUND_RAISED, county->unit, voucher, 20130415, 1,  0,
	                           0,           AMOUNT_FEN,   "",      "",       "", ""};
	uint8_t *bytes;
	s.entries = &entry;
	arena_reset(&c->arena);
	if (!codec_encode_submission(&c->arena, &s, &bytes, &request.submit.size))
		return bench_fail("comply: out of memory");
	request.submit.bytes = bytes;
	return (office_ask(county, &request, &c->arena, &reply) && reply.kind == REPLY_RECEIPT) ||
	       bench_fail("comply: no receipt");
}

/* All pages, or the first. */
static bool
ask_compliance(struct complying *c, bool all, uint32_t *took_us)
{
	struct office *province = &c->provinces.items[0];
	struct request request = {.kind = REQUEST_COMPLIANCE, .compliance = {.unit = province->unit}};
	struct reply reply;
	int64_t start_us = clock_steady_us();
	size_t told = 0;
	c->findings = 0;
	do {
		arena_reset(&c->arena);
		if (!office_ask(province, &request, &c->arena, &reply) || reply.kind != REPLY_COMPLIANCE)
			return bench_fail("comply: no answer");
		c->findings += reply.compliance.count;
		request.compliance.after = reply.compliance.next;
	} while (all && request.compliance.after.rule);
	*took_us = (uint32_t)(clock_steady_us() - start_us);
	for (int state = 0; state < RULE_STATES; state++)
		told += reply.compliance.states[state];
	if (all && told != c->findings)
		return bench_fail("comply: %zu findings on all pages, %zu are told", c->findings, told);
	c->findings = told;
	return true;
}

static bool
ask_balance(struct complying *c, uint32_t *took_us)
{
	struct office *county = &c->counties.items[0];
	struct request request = {.kind = REQUEST_BALANCES, .balances = {.unit = county->unit, .ages = true}};
	struct reply reply;
	arena_reset(&c->arena);
	int64_t start_us = clock_steady_us();
	bool good = office_ask(county, &request, &c->arena, &reply) && reply.kind == REPLY_BALANCES;
	*took_us = (uint32_t)(clock_steady_us() - start_us);
	return good || bench_fail("comply: no balance");
}

/* What the rule of this name measures for the province. */
static bool
ask_raised(struct complying *c, int64_t *out)
{
	struct office *province = &c->provinces.items[0];
	struct request request = {.kind = REQUEST_COMPLIANCE,
	                          .compliance = {.unit = province->unit, .by = UNIT_PROVINCE}};
	struct reply reply;
	arena_reset(&c->arena);
	if (!office_ask(province, &request, &c->arena, &reply) || reply.kind != REPLY_COMPLIANCE)
		return bench_fail("comply: no answer");
	for (size_t i = 0; i < reply.compliance.count; i++) {
		const struct finding_item *item = &reply.compliance.items[i];
		for (size_t f = 0; f < item->figure_count; f++)
			if (!strcmp(item->figures[f].name, "fiscal_development_fen")) {
				*out = item->measured;
				return true;
			}
	}
	return bench_fail("comply: the rule special_raised is missing");
}

static bool
run(struct complying *c, const struct arguments *arguments)
{
	size_t count = (size_t)arguments->count + WARM_UP;
	int64_t before, after;
	bool good = ask_raised(c, &before);
	for (size_t i = 0; good && i < count; i++)
		good = book(c, i) && ask_compliance(c, !arguments->per, &c->compliance_us[i]) &&
		       ask_balance(c, &c->balance_us[i]);
	good = good && ask_raised(c, &after);
	if (good && after != before + (int64_t)count * AMOUNT_FEN)
		return bench_fail("comply: what was booked is not what the rule measures");
	return good;
}

bool
bench_comply(const struct arguments *arguments, struct json_object *out)
{
	struct complying c = {0};
	size_t room = (size_t)arguments->count + WARM_UP;
	arena_init(&c.arena, ANSWER_ROOM);
	c.compliance_us = calloc(room, sizeof *c.compliance_us);
	c.balance_us = calloc(room, sizeof *c.balance_us);
	bool good = c.compliance_us && c.balance_us && arguments->plan && arguments->count &&
	            offices_read(arguments->plan, UNIT_PROVINCE, 0, 1, &c.provinces) &&
	            offices_read(arguments->plan, UNIT_COUNTY, 0, 1, &c.counties) &&
	            offices_connect(&c.provinces, arguments) && offices_connect(&c.counties, arguments) &&
	            run(&c, arguments);
	if (good) {
		bench_number(out, "findings", (int64_t)c.findings);
		bench_number(out, "first_us", c.compliance_us[0]);
		bench_samples(out, "compliance_us", c.compliance_us + WARM_UP, (size_t)arguments->count);
		bench_samples(out, "balance_us", c.balance_us + WARM_UP, (size_t)arguments->count);
	}
	offices_close(&c.provinces);
	offices_close(&c.counties);
	arena_free(&c.arena);
	free(c.compliance_us);
	free(c.balance_us);
	return good;
}
