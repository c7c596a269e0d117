#include "fund_loans.h"

#include "base/decimal.h"
#include "columns/fund_columns.h"

#include <stdlib.h>

struct loan_book {
	size_t count;
	struct loan_row *units;
};

static bool
is_loan(const struct catalogue *c, uint32_t number)
{
	const struct fund_term *source = fund_term_by_number(c->sources, c->source_count, number);
	return source && source->loan;
}

/* Of sources that are loans, as the accounts have it, whenever it was drawn. False: no memory. */
static bool
take_balances(const struct catalogue *c, const struct balance_answer *answer, struct loan_book *book)
{
	book->units = calloc(answer->unit_count + 1, sizeof *book->units);
	for (size_t i = 0; book->units && i < answer->unit_count; i++) {
		const struct unit_balance *unit = &answer->units[i];
		struct loan_row *l = &book->units[book->count++];
		l->unit = unit->unit;
		for (size_t k = 0; k < unit->count; k++) {
			const struct balance *held = &unit->balances[k];
			bool loan = is_loan(c, held->source);
			if (loan && held->state == FUND_STATE_RAISED)
				l->drawn = decimal_add(l->drawn, held->amount_fen);
			if (loan && held->state == FUND_STATE_REPAID)
				l->repaid = decimal_add(l->repaid, held->amount_fen);
		}
	}
	return book->units;
}

/* Of uses that subsidise loans, as the plan says. False: it is not the answer for the book. */
static bool
take_subsidies(const struct catalogue *c, const struct total_answer *answer, struct loan_book *book)
{
	for (size_t i = 0; i < answer->unit_count; i++) {
		const struct unit_total *unit = &answer->units[i];
		/* Both answers have the same units in the same order. */
		if (i == book->count || book->units[i].unit != unit->unit)
			return false;
		for (size_t k = 0; k < unit->fund_count; k++) {
			const struct fund_total *f = &unit->funds[k];
			const struct fund_term *use = fund_term_by_number(c->uses, c->use_count, f->use);
			if (use && use->loan && f->kind == FUND_SPENT)
				book->units[i].subsidised = decimal_add(book->units[i].subsidised, f->amount_fen);
		}
	}
	return true;
}

static int
ask_balances(struct command *c, unit_code unit, enum unit_level by, struct loan_book *book)
{
	struct request request = {
	    .kind = REQUEST_BALANCES,
	    .balances = {.unit = unit, .by = by, .whole = by != UNIT_NONE, .as_of = c->as_of}};
	struct reply reply;
	int status = command_ask(c, &request, REPLY_BALANCES, &reply);
	if (status == EXIT_DONE && !take_balances(&c->catalogue, &reply.balances, book))
		status = EXIT_FAILED_INSIDE;
	/* What is asked next is of the same moment. */
	return status == EXIT_DONE ? command_hold_as_of(c, &reply.balances.as_of) : status;
}

static int
ask_and_show(struct command *c, unit_code unit, enum unit_level by, struct loan_book *book)
{
	int status = ask_balances(c, unit, by, book);
	if (status != EXIT_DONE)
		return status;
	/* Figures of reports are not asked for; none of them would mean all. */
	uint32_t one = c->catalogue.indicator_count ? c->catalogue.indicators[0].number : 0;
	struct request request = {.kind = REQUEST_TOTAL,
	                          .total = {.unit = unit,
	                                    .by = by,
	                                    .whole = by != UNIT_NONE,
	                                    .indicators = &one,
	                                    .indicator_count = one ? 1 : 0,
	                                    .funds = true,
	                                    .as_of = c->as_of}};
	struct reply reply;
	command_plan_periods(c, &request.total.from, &request.total.to);
	status = command_ask(c, &request, REPLY_TOTAL, &reply);
	if (status != EXIT_DONE)
		return status;
	if (!take_subsidies(&c->catalogue, &reply.total, book))
		return EXIT_FAILED_INSIDE;
	struct reading r;
	command_reading(c, &r);
	status = command_show_rows(c, "loans", &loan_columns, &r, book->units, book->count);
	if (status == EXIT_DONE)
		command_footer(c, &reply.total.as_of, reply.total.label);
	return status;
}

int
fund_loans_show(struct command *c, unit_code unit, enum unit_level by)
{
	struct loan_book book = {0};
	int status = ask_and_show(c, unit, by, &book);
	free(book.units);
	return status;
}
