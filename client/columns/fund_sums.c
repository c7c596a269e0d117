#include "fund_sums.h"

void
fund_sums_add(struct fund_sums *sums, const struct unit_balance *unit, uint32_t source)
{
	for (size_t i = 0; i < unit->count; i++) {
		const struct balance *b = &unit->balances[i];
		if (source && b->source != source)
			continue;
		sums->states[b->state] += b->amount_fen;
		for (int age = 0; b->has_ages && age < FUND_AGES; age++)
			sums->ages[b->state == FUND_STATE_IN_TRANSIT][age] += b->by_age_fen[age];
	}
}

bool
fund_sums_any(const struct fund_sums *sums)
{
	for (int state = 0; state < FUND_STATES; state++)
		if (sums->states[state])
			return true;
	return false;
}

fund_amount
fund_sums_came(const struct fund_sums *sums)
{
	return sums->states[FUND_STATE_RAISED] + sums->states[FUND_STATE_CAME_IN];
}

fund_amount
fund_sums_is(const struct fund_sums *sums)
{
	fund_amount is = 0;
	for (int state = FUND_STATE_ON_HAND; state <= FUND_STATE_WENT_OUT; state++)
		is += sums->states[state];
	return is;
}

enum fund_fault
fund_sums_check(const struct fund_sums *sums)
{
	for (int state = 0; state < FUND_STATES; state++)
		if (sums->states[state] < 0)
			return FUND_BELOW_ZERO;
	return fund_sums_came(sums) == fund_sums_is(sums) ? FUND_RIGHT : FUND_UNBALANCED;
}

enum fund_fault
fund_sums_check_whole(const struct fund_sums *sums)
{
	enum fund_fault fault = fund_sums_check(sums);
	/* With both, what was raised is what is there and spent. */
	if (fault == FUND_RIGHT && sums->states[FUND_STATE_CAME_IN] != sums->states[FUND_STATE_WENT_OUT])
		fault = FUND_ON_THE_WAY;
	return fault;
}

int64_t
fund_amount_shown(fund_amount amount)
{
	return amount > INT64_MAX ? INT64_MAX : amount < INT64_MIN ? INT64_MIN : (int64_t)amount;
}
