/* fupin fund balance [UNIT]: where a unit's money is.
 * fupin fund ledger|transit [UNIT]: its entries; what was sent and is not confirmed.
 * fupin fund flow [UNIT]: how far down the money of a unit and all below it is; with --voucher an entry's
 * way. fupin fund check [UNIT]: that no fen is missing, from the accounts of each unit. fupin fund early
 * [UNIT]: entries that took money before it was there. fupin fund loans [UNIT]: the loan book. */
#include "base/decimal.h"
#include "columns/fund_columns.h"
#include "command/command.h"
#include "fund_list.h"
#include "fund_loans.h"
#include "subcommands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct funding {
	struct command command;
	const char *by_option, *source_option, *voucher_option;
	bool ages, own, back;
	unit_code unit;
	enum unit_level by;
	uint32_t source; /* 0: all */
};

/* ---------------------------------------------------------------- tables of sums */

struct rows {
	const struct funding *funding;
	struct reading reading;
	struct listing *listing;
};

static bool
rows_begin(struct rows *rows, const struct funding *f, enum fund_rows of)
{
	*rows = (struct rows){.funding = f};
	command_reading(&f->command, &rows->reading);
	rows->listing = listing_begin(f->command.output, "funds", &fund_columns[of], &rows->reading,
	                              f->ages ? FUNDS_BY_AGE : FUNDS_BY_STATE);
	return rows->listing;
}

static bool
rows_add(struct rows *rows, const char *code, const char *name, const struct fund_sums *sums)
{
	const struct fund_row row = {code, name, *sums, rows->funding->ages};
	return listing_add(rows->listing, &row);
}

/* `status`: of all that was asked and added. */
static int
rows_end(struct rows *rows, int status, const struct as_of *as_of, const char *label)
{
	const struct command *c = &rows->funding->command;
	int ended = command_end_listing(&rows->listing, &rows->reading, status == EXIT_DONE);
	status = status == EXIT_DONE ? ended : status;
	if (status == EXIT_DONE)
		command_footer(c, as_of, label);
	return status;
}

/* ---------------------------------------------------------------- asking */

/* As of the first answer's commit. */
static int
ask(struct funding *f, enum unit_level by, bool whole, bool own, struct reply *reply)
{
	struct request request = {.kind = REQUEST_BALANCES,
	                          .balances = {.unit = f->unit,
	                                       .by = by,
	                                       .whole = whole,
	                                       .own = own,
	                                       .ages = f->ages,
	                                       .as_of = f->command.as_of}};
	int status = command_ask(&f->command, &request, REPLY_BALANCES, reply);
	return status == EXIT_DONE ? command_hold_as_of(&f->command, &reply->balances.as_of) : status;
}

/* ---------------------------------------------------------------- balance */

static int
show_balance(struct funding *f)
{
	const struct command *c = &f->command;
	struct reply reply;
	struct reading r;
	struct arena arena;
	size_t count;
	int status = ask(f, f->by, f->by != UNIT_NONE, f->own, &reply);
	if (status != EXIT_DONE)
		return status;
	const struct balance_answer *answer = &reply.balances;
	bool by_source = !f->by && !f->source;
	command_reading(c, &r);
	arena_init(&arena, SIZE_MAX);
	const struct fund_row *rows = by_source
	                                  ? fund_rows_by_source(&arena, &r, &answer->units[0], f->ages, &count)
	                                  : fund_rows_by_unit(&arena, &r, answer, f->source, f->ages);
	if (!by_source)
		count = answer->unit_count;
	r.whole = f->by && rows && count ? &rows[count - 1] : NULL;
	struct listing *l =
	    listing_begin(c->output, "funds", &fund_columns[by_source ? FUNDS_BY_SOURCE : FUNDS_BY_UNIT], &r,
	                  f->ages ? FUNDS_BY_AGE : FUNDS_BY_STATE);
	bool good = l && rows;
	for (size_t i = 0; good && i < count; i++)
		good = listing_add(l, &rows[i]);
	status = command_end_listing(&l, &r, good);
	arena_free(&arena);
	if (status == EXIT_DONE)
		command_footer(c, &answer->as_of, answer->label);
	return status;
}

/* ---------------------------------------------------------------- flow */

/* A row for each level's own accounts: how far down the money is. */
static int
show_levels(struct funding *f)
{
	struct rows rows;
	struct reply reply;
	struct fund_sums whole = {0};
	char label[NAME_BYTES_MAX + 1] = "";
	struct as_of as_of = {0};
	int status = rows_begin(&rows, f, FUNDS_BY_LEVEL) ? EXIT_DONE : EXIT_FAILED_INSIDE;
	for (int level = (int)unit_level_of(f->unit); status == EXIT_DONE && level <= (int)UNIT_VILLAGE;
	     level++) {
		struct fund_sums sums = {0};
		status = ask(f, (enum unit_level)level, false, true, &reply);
		for (size_t i = 0; status == EXIT_DONE && i < reply.balances.unit_count; i++) {
			fund_sums_add(&sums, &reply.balances.units[i], f->source);
			fund_sums_add(&whole, &reply.balances.units[i], f->source);
		}
		if (status == EXIT_DONE) {
			as_of = reply.balances.as_of;
			snprintf(label, sizeof label, "%s", reply.balances.label);
			if (!rows_add(&rows, unit_level_name((enum unit_level)level),
			              in_language(&f->command, unit_level_name((enum unit_level)level),
			                          unit_level_name_zh((enum unit_level)level)),
			              &sums))
				status = EXIT_FAILED_INSIDE;
		}
	}
	if (status == EXIT_DONE && !rows_add(&rows, "", _("total"), &whole))
		status = EXIT_FAILED_INSIDE;
	return rows_end(&rows, status, &as_of, label);
}

static int
show_way(struct funding *f)
{
	struct trace_query query = {.unit = f->unit, .forward = !f->back, .as_of = f->command.as_of};
	snprintf(query.voucher, sizeof query.voucher, "%s", f->voucher_option);
	return fund_way_show(&f->command, &query);
}

/* ---------------------------------------------------------------- check */

struct checking {
	struct fund_sums *sources; /* of all units, as in the catalogue */
	size_t units, faults;
};

/* Names the unit, the source, and what does not agree. */
static void
print_fault(const struct command *c, unit_code unit, const struct fund_term *source, enum fund_fault fault,
            const struct fund_sums *sums)
{
	char left[DECIMAL_TEXT_BYTES], right[DECIMAL_TEXT_BYTES];
	const fund_amount *s = sums->states;
	bool way = fault == FUND_ON_THE_WAY;
	fprintf(stderr, _("%" PRId64 " %s, %s: "), unit, command_unit_name(c, unit), source->code);
	for (int state = 0; fault == FUND_BELOW_ZERO && state < FUND_STATES; state++)
		if (s[state] < 0) {
			fprintf(stderr, _("an account is below zero: %s %s\n"),
			        in_language(c, fund_state_name((enum fund_state)state),
			                    fund_state_name_zh((enum fund_state)state)),
			        decimal_format(fund_amount_shown(s[state]), MONEY_DECIMALS, left));
			return;
		}
	fprintf(stderr, "%s: %s ≠ %s\n",
	        way ? _("what units received is not what others sent them")
	            : _("what came in is not what is there, was spent or went out"),
	        decimal_format(fund_amount_shown(way ? s[FUND_STATE_CAME_IN] : fund_sums_came(sums)),
	                       MONEY_DECIMALS, left),
	        decimal_format(fund_amount_shown(way ? s[FUND_STATE_WENT_OUT] : fund_sums_is(sums)),
	                       MONEY_DECIMALS, right));
}

static void
check_unit(const struct funding *f, const struct unit_balance *unit, struct checking *k)
{
	const struct catalogue *c = &f->command.catalogue;
	for (size_t i = 0; i < c->source_count; i++) {
		struct fund_sums sums = {0};
		fund_sums_add(&sums, unit, c->sources[i].number);
		fund_sums_add(&k->sources[i], unit, c->sources[i].number);
		enum fund_fault fault = fund_sums_check(&sums);
		if (fault == FUND_RIGHT)
			continue;
		k->faults++;
		print_fault(&f->command, unit->unit, &c->sources[i], fault, &sums);
	}
	k->units += unit->count > 0;
}

/* Over a province nothing comes from outside but what is raised. */
static bool
check_whole(const struct funding *f, struct checking *k)
{
	const struct catalogue *c = &f->command.catalogue;
	for (size_t i = 0; unit_level_of(f->unit) == UNIT_PROVINCE && i < c->source_count; i++) {
		enum fund_fault fault = fund_sums_check_whole(&k->sources[i]);
		if (fault == FUND_RIGHT)
			continue;
		k->faults++;
		print_fault(&f->command, f->unit, &c->sources[i], fault, &k->sources[i]);
	}
	return !k->faults;
}

/* The books are right, but these entries should be looked at. */
static int
check_days(struct funding *f)
{
	size_t early = 0;
	int status = fund_list_early(&f->command, f->unit, &early);
	if (early)
		fprintf(stderr,
		        _("%zu entries took money before it was there, by the days that they name: fupin fund early "
		          "%" PRId64 " lists them\n"),
		        early, f->unit);
	return status;
}

static int
check(struct funding *f)
{
	struct checking k = {.sources = calloc(f->command.catalogue.source_count + 1, sizeof *k.sources)};
	struct rows rows;
	struct reply reply = {0};
	const struct catalogue *catalogue = &f->command.catalogue;
	char label[NAME_BYTES_MAX + 1] = "";
	struct as_of as_of = {0};
	if (!k.sources)
		return EXIT_FAILED_INSIDE;
	int status = rows_begin(&rows, f, FUNDS_BY_SOURCE) ? EXIT_DONE : EXIT_FAILED_INSIDE;
	for (int level = (int)unit_level_of(f->unit); status == EXIT_DONE && level <= (int)UNIT_VILLAGE;
	     level++) {
		status = ask(f, (enum unit_level)level, false, true, &reply);
		for (size_t i = 0; status == EXIT_DONE && i < reply.balances.unit_count; i++)
			check_unit(f, &reply.balances.units[i], &k);
	}
	if (status == EXIT_DONE)
		snprintf(label, sizeof label, "%s", reply.balances.label);
	for (size_t i = 0; status == EXIT_DONE && i < catalogue->source_count; i++)
		if (fund_sums_any(&k.sources[i]) &&
		    !rows_add(&rows, catalogue->sources[i].code,
		              in_language(&f->command, catalogue->sources[i].name_en, catalogue->sources[i].name_zh),
		              &k.sources[i]))
			status = EXIT_FAILED_INSIDE;
	bool right = status == EXIT_DONE && check_whole(f, &k);
	if (status == EXIT_DONE) {
		output_line(f->command.output, _("%zu units with money, each source: %s"), k.units,
		            right ? _("no fen is missing") : _("WRONG, see above"));
		as_of = reply.balances.as_of;
		status = check_days(f);
	}
	status = rows_end(&rows, status, &as_of, label);
	free(k.sources);
	return status == EXIT_DONE && !right ? EXIT_PROBLEMS : status;
}

/* ---------------------------------------------------------------- the command line */

static int
list_entries(struct funding *f, bool in_transit, bool early)
{
	struct entry_query query = {
	    .unit = f->unit, .own = f->own, .in_transit = in_transit, .early = early, .source = f->source};
	if (f->voucher_option)
		snprintf(query.voucher, sizeof query.voucher, "%s", f->voucher_option);
	return fund_list_show(&f->command, &query);
}

static bool
read_options(struct funding *f, const char *unit)
{
	const struct command *c = &f->command;
	f->unit = session_welcome(c->session)->unit;
	if (unit && !command_find_unit(c, unit, &f->unit))
		return false;
	if (f->by_option && !unit_level_parse(f->by_option, &f->by)) {
		fprintf(stderr, _("fupin fund: --by %s: not a level\n"), f->by_option);
		return false;
	}
	if (f->voucher_option && strlen(f->voucher_option) > VOUCHER_BYTES_MAX) {
		fprintf(stderr, _("fupin fund: --voucher: no voucher is so long\n"));
		return false;
	}
	if (!f->source_option)
		return true;
	const struct fund_term *source =
	    fund_term_by_name(c->catalogue.sources, c->catalogue.source_count, f->source_option);
	if (!source)
		fprintf(stderr, _("fupin fund: %s: the plan has no such source of funds\n"), f->source_option);
	f->source = source ? source->number : 0;
	return source;
}

static int
run(struct funding *f, int count, char **words)
{
	static const char *const verbs[] = {"balance", "ledger", "transit", "flow", "loans", "early", "check"};
	size_t verb = 0;
	while (count && verb < sizeof verbs / sizeof *verbs && strcmp(words[0], verbs[verb]) != 0)
		verb++;
	if (!count || count > 2 || verb == sizeof verbs / sizeof *verbs) {
		fprintf(stderr, _("fupin fund: balance, ledger, transit, flow, loans, early or check, then a UNIT; "
		                  "see fupin help\n"));
		return EXIT_USAGE;
	}
	int status = command_open(&f->command);
	if (status == EXIT_DONE)
		status = command_catalogue(&f->command, true, true);
	if (status != EXIT_DONE)
		return status;
	if (!read_options(f, count > 1 ? words[1] : NULL))
		return EXIT_USAGE;
	switch (verb) {
	case 0:
		return show_balance(f);
	case 1:
	case 2:
		return list_entries(f, verb == 2, false);
	case 3:
		return f->voucher_option ? show_way(f) : show_levels(f);
	case 4:
		return fund_loans_show(&f->command, f->unit, f->by);
	case 5:
		return list_entries(f, false, true);
	default:
		return check(f);
	}
}

int
cmd_fund(int argc, char **argv)
{
	struct funding f = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&f.command),
	                                 AS_OF_OPTION(&f.command),
	                                 {"--by", &f.by_option, NULL},
	                                 {"--source", &f.source_option, NULL},
	                                 {"--voucher", &f.voucher_option, NULL},
	                                 {"--ages", NULL, &f.ages},
	                                 {"--own", NULL, &f.own},
	                                 {"--back", NULL, &f.back}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	int status = run(&f, count, argv);
	return command_close(&f.command, status);
}
