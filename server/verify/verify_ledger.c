/* Part of fupind verify: compares accounts with SQL, and checks that double entry holds. */
#include "verify_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* How often levels are asked for until all are answered as of one commit. */
enum { ATTEMPTS = 10 };

static bool
ask_balances(struct verify *v, const struct balance_query *query, struct arena *arena,
             struct balance_answer *out)
{
	struct problem_list problems = {0};
	if (v->socket) {
		struct request request = {.kind = REQUEST_BALANCES, .balances = *query};
		struct reply reply;
		bool good = verify_exchange(v, &request, REPLY_BALANCES, arena, &reply);
		if (good)
			*out = reply.balances;
		return good;
	}
	*out = (struct balance_answer){.as_of = v->replayed};
	return ledger_balances(v->holdings.ledger, query, 0, arena, out, &problems);
}

/* Per source, over all places: what came in and what went out. */
struct across {
	uint32_t source;
	wide_sum came_in, went_out;
};

static void
tell_imbalance(struct verify *v, const char *what, unit_code unit, uint32_t source)
{
	printf("drift: unit %" PRId64 " source %u: %s\n", unit, source, what);
	v->drift++;
}

/* Checks one source of one place: nothing is below zero, and everything that came is somewhere. */
static void
check_source(struct verify *v, const struct unit_balance *unit, uint32_t source, struct across *across)
{
	wide_sum came = 0, is = 0;
	for (size_t i = 0; i < unit->count; i++) {
		const struct balance *b = &unit->balances[i];
		if (b->source != source)
			continue;
		if (b->amount_fen < 0)
			tell_imbalance(v, "an account is below zero", unit->unit, source);
		if (b->state == FUND_STATE_RAISED || b->state == FUND_STATE_CAME_IN)
			came += b->amount_fen;
		else if (b->state != FUND_STATE_REPAID)
			is += b->amount_fen;
		across->came_in += b->state == FUND_STATE_CAME_IN ? b->amount_fen : 0;
		across->went_out += b->state == FUND_STATE_WENT_OUT ? b->amount_fen : 0;
	}
	if (came != is)
		tell_imbalance(v, "what came in is not what is there and what went out", unit->unit, source);
}

static void
check_units(struct verify *v, const struct balance_answer *answer, struct across *across)
{
	for (size_t u = 0; u < answer->unit_count; u++) {
		const struct unit_balance *unit = &answer->units[u];
		for (size_t i = 0; i < unit->count; i++) {
			const struct balance *b = &unit->balances[i];
			struct expected cell = {ACCOUNT,       0, unit->unit, (int)b->state, (int)b->source, 0, 0,
			                        b->amount_fen, 0};
			verify_compare(v, &cell);
		}
		for (size_t s = 0; s < v->catalogue->source_count; s++)
			check_source(v, unit, v->catalogue->sources[s].number, &across[s]);
	}
}

/* One level of a province's units, each on its own. */
static bool
verify_accounts_of(struct verify *v, unit_code province, enum unit_level level, struct across *across,
                   size_t *shown, uint64_t *seq)
{
	struct arena arena;
	struct balance_answer answer;
	const struct balance_query query = {.unit = province, .by = level, .own = true};
	arena_init(&arena, ANSWER_BYTES_MAX * 4UL);
	bool good = ask_balances(v, &query, &arena, &answer) && verify_expect(v, answer.as_of.seq);
	if (good) {
		check_units(v, &answer, across);
		for (size_t u = 0; u < answer.unit_count; u++)
			*shown += answer.units[u].count;
		*seq = *seq && *seq != answer.as_of.seq ? UINT64_MAX : answer.as_of.seq;
	}
	arena_free(&arena);
	return good;
}

/* Checks that hold only if all levels were answered as of one commit. */
static void
check_whole(struct verify *v, unit_code province, const struct across *across, size_t shown)
{
	size_t known = 0;
	for (size_t i = 0; i < v->expected_count; i++)
		known += v->expected[i].level == ACCOUNT && unit_within(v->expected[i].unit, province);
	if (known != shown) {
		printf("drift: the journal has %zu accounts, the centre shows %zu\n", known, shown);
		v->drift++;
	}
	for (size_t s = 0; s < v->catalogue->source_count; s++)
		if (across[s].came_in != across[s].went_out)
			tell_imbalance(v, "what units received is not what others sent them", province,
			               v->catalogue->sources[s].number);
}

bool
verify_accounts(struct verify *v)
{
	bool good = true;
	for (size_t i = 0; good && i < v->catalogue->unit_count; i++) {
		if (v->catalogue->units[i].level != UNIT_PROVINCE)
			continue;
		struct across *across = NULL;
		uint64_t seq = UINT64_MAX;
		size_t shown = 0;
		for (int attempt = 0; good && seq == UINT64_MAX && attempt < ATTEMPTS; attempt++) {
			free(across);
			across = calloc(v->catalogue->source_count + 1, sizeof *across);
			seq = shown = 0;
			good = across;
			for (int level = UNIT_PROVINCE; good && level <= UNIT_VILLAGE; level++)
				good = verify_accounts_of(v, v->catalogue->units[i].code, (enum unit_level)level, across,
				                          &shown, &seq);
		}
		if (good && seq != UINT64_MAX)
			check_whole(v, v->catalogue->units[i].code, across, shown);
		free(across);
	}
	return good;
}
