#include "fund_loans.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>

struct loans {
	unit_code unit;
	int64_t drawn, repaid, subsidised;
};

struct loan_book {
	size_t count;
	struct loans *units;
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
		struct loans *l = &book->units[book->count++];
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

static struct table *
create_table(const struct command *c)
{
	const struct table_column columns[] = {{_("code"), false}, {_("unit"), false},
	                                       {_("drawn"), true}, {_("repaid"), true},
	                                       {_("owed"), true},  {_("interest subsidised"), true}};
	return table_create(c->output, c->format == FORMAT_XLSX ? "loans" : NULL, columns,
	                    sizeof columns / sizeof *columns);
}

static bool
add_row(const struct command *c, struct table *table, const struct loans *l)
{
	char code[24];
	snprintf(code, sizeof code, "%" PRId64, l->unit);
	const struct cell cells[] = {
	    cell_text(code),
	    cell_text(command_unit_name(c, l->unit)),
	    cell_number(l->drawn, MONEY_DECIMALS),
	    cell_number(l->repaid, MONEY_DECIMALS),
	    cell_number(decimal_subtract(l->drawn, l->repaid), MONEY_DECIMALS),
	    cell_number(l->subsidised, MONEY_DECIMALS),
	};
	return table_add(table, cells);
}

static void
add_fen(struct json_object *o, const char *key, int64_t fen)
{
	char text[DECIMAL_TEXT_BYTES];
	json_object_object_add(o, key, json_object_new_string(decimal_plain(fen, MONEY_DECIMALS, text)));
}

static struct json_object *
row_json(const struct command *c, const struct loans *l)
{
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "unit", json_object_new_int64(l->unit));
	json_object_object_add(o, "name", json_object_new_string(command_unit_name(c, l->unit)));
	add_fen(o, "drawn", l->drawn);
	add_fen(o, "repaid", l->repaid);
	add_fen(o, "owed", decimal_subtract(l->drawn, l->repaid));
	add_fen(o, "subsidised", l->subsidised);
	return o;
}

static bool
show(const struct command *c, const struct loan_book *book, const struct as_of *as_of, const char *label)
{
	struct json_object *list = c->format == FORMAT_JSON ? json_object_new_array() : NULL;
	struct table *table = list ? NULL : create_table(c);
	bool good = list || table;
	for (size_t i = 0; good && i < book->count; i++)
		good = list ? !json_object_array_add(list, row_json(c, &book->units[i]))
		            : add_row(c, table, &book->units[i]);
	if (good && list)
		command_print_json(c, json_object_get(list));
	else if (good && (good = table_end(table)))
		command_footer(c, as_of, label);
	table_destroy(&table);
	json_object_put(list);
	return good;
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
	bool good = take_subsidies(&c->catalogue, &reply.total, book) &&
	            show(c, book, &reply.total.as_of, reply.total.label);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

int
fund_loans_show(struct command *c, unit_code unit, enum unit_level by)
{
	struct loan_book book = {0};
	int status = ask_and_show(c, unit, by, &book);
	free(book.units);
	return status;
}
