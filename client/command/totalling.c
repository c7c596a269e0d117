#include "totalling.h"

#include "base/decimal.h"
#include "figures.h"
#include "pace_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of an indicator at most, then code and name; the other tables have fewer. */
enum { INDICATOR_CELLS = 7, CELLS_MAX = INDICATOR_CELLS * TOTALLING_INDICATORS_MAX + 2 };

/* The unit itself is the last row of an answer. */
static const struct unit_total *
whole_of(const struct totalling *t)
{
	return &t->follow.state.units[t->follow.state.unit_count - 1];
}

static size_t
row_count(const struct totalling *t)
{
	return t->follow.state.unit_count - 1;
}

/* ---------------------------------------------------------------- rows */

/* The target over the years asked for; false if none is loaded. */
static bool
find_target(const struct unit_total *u, uint32_t indicator, enum fund_kind fund, int64_t *value)
{
	bool found = false;
	*value = 0;
	for (size_t i = 0; i < u->target_count; i++)
		if (u->targets[i].indicator == indicator && u->targets[i].fund == fund) {
			*value = decimal_add(*value, u->targets[i].value);
			found = true;
		}
	return found;
}

/* Cells of one row, filled from left to right. */
struct row {
	size_t count;
	struct cell cells[CELLS_MAX];
	char code[24], name[NAME_BYTES_MAX + 16];
};

static void
put(struct row *row, struct cell cell)
{
	row->cells[row->count++] = cell;
}

/* A row begins with whom it is about. */
static void
put_unit(struct row *row, unit_code unit, const char *name)
{
	*row = (struct row){0};
	snprintf(row->code, sizeof row->code, "%" PRId64, unit);
	snprintf(row->name, sizeof row->name, "%s", name);
	put(row, cell_text(row->code));
	put(row, cell_text(row->name));
}

static void
put_figure(struct row *row, struct figure figure, int decimals)
{
	put(row, cell_figure(figure.known, figure.value, decimals));
}

/* The year's target, and which share of it is reached: `figure`, unless that is of some months only. Then it
 * is what was reached from January on. */
static void
put_against_target(const struct totalling *t, struct row *row, const struct unit_total *u,
                   struct figure figure, uint32_t indicator, enum fund_kind fund, int decimals)
{
	int64_t target;
	bool has_target = find_target(u, indicator, fund, &target);
	const struct target_value *of_year = figure_target(u, indicator, fund);
	const struct indicator *known = catalogue_indicator(&t->command->catalogue, indicator);
	if (t->query.from % 100 != 1 && !(known && known->kind == INDICATOR_STOCK))
		figure = (struct figure){of_year && of_year->pace_period, of_year ? of_year->reached : 0};
	put(row, cell_figure(has_target, target, decimals));
	put(row, cell_share(figure.known && has_target, figure.value, target));
}

/* What was submitted, and what of it is approved. */
static void
put_both(struct row *row, const struct unit_total *u, uint32_t indicator, int decimals)
{
	put_figure(row, figure_submitted(u, indicator), decimals);
	put_figure(row, figure_approved(u, indicator), decimals);
}

/* Ahead of what is expected by now, or (below zero) behind it. */
static void
put_gap(struct row *row, const struct target_value *target)
{
	struct pace_cells pace;
	pace_cells_make(target, 0, &pace);
	put(row, pace.gap);
}

/* ---------------------------------------------------------------- the headline table */

static void
fill_headline(const struct totalling *t, const struct unit_total *u, const char *name, struct row *row)
{
	const struct catalogue *c = &t->command->catalogue;
	put_unit(row, u->unit, name);
	for (size_t i = 0; i < HEADLINES; i++) {
		const struct indicator *known = catalogue_indicator_by_name(c, headline_indicators[i]);
		uint32_t indicator = known ? known->number : 0;
		put_both(row, u, indicator, 0);
		put_against_target(t, row, u, figure_submitted(u, indicator), indicator, FUND_KIND_NONE, 0);
		put_gap(row, figure_target(u, indicator, FUND_KIND_NONE));
	}
	struct figure raised = figure_funds(c, u, FUND_RAISED, UNIT_NONE, true);
	put_figure(row, raised, MONEY_DECIMALS);
	put_against_target(t, row, u, raised, 0, FUND_RAISED, MONEY_DECIMALS);
	put_figure(row, figure_funds(c, u, FUND_RECEIVED, UNIT_COUNTY, false), MONEY_DECIMALS);
	put_figure(row, figure_funds(c, u, FUND_SPENT, UNIT_NONE, false), MONEY_DECIMALS);
}

static struct table *
create_headline(const struct command *c, const char *sheet)
{
	const char *target = _("target"), *share = _("reached");
	const char *gap = _("to pace");
	const char *approved = _("approved");
	const struct table_column columns[] = {{_("code"), false},
	                                       {_("unit"), false},
	                                       {in_language(c, headline_names[0][0], headline_names[0][1]), true},
	                                       {approved, true},
	                                       {target, true},
	                                       {share, true},
	                                       {gap, true},
	                                       {in_language(c, headline_names[1][0], headline_names[1][1]), true},
	                                       {approved, true},
	                                       {target, true},
	                                       {share, true},
	                                       {gap, true},
	                                       {_("special funds raised"), true},
	                                       {target, true},
	                                       {share, true},
	                                       {_("money in"), true},
	                                       {_("spent"), true}};
	return table_create(c->output, sheet, columns, sizeof columns / sizeof *columns);
}

/* ---------------------------------------------------------------- chosen indicators, and all */

/* Has any of the units that are shown a target for it? */
static bool
has_target(const struct totalling *t, uint32_t indicator)
{
	bool found = false;
	for (size_t i = 0; !found && i < t->follow.state.unit_count; i++)
		found = figure_target(&t->follow.state.units[i], indicator, FUND_KIND_NONE);
	return found;
}

/* Columns of chosen indicators. In CSV their names are codes. */
static const char *const column_names[INDICATOR_CELLS][3] = {
    {"", "", ""},
    {"approved", "已审核", "_approved"},
    {"target", "目标", "_target"},
    {"reached", "完成率", "_reached"},
    {"expected", "应完成", "_expected"},
    {"to pace", "与进度差", "_gap"},
    {"forecast", "全年预计", "_forecast"},
};

static struct table *
create_columns(const struct totalling *t, const char *sheet)
{
	const struct command *c = t->command;
	struct table_column columns[CELLS_MAX] = {{_("code"), false}, {_("unit"), false}};
	static char codes[CELLS_MAX][CODE_BYTES_MAX + 16];
	size_t count = 2;
	for (size_t i = 0; i < t->query.indicator_count; i++) {
		const struct indicator *indicator = catalogue_indicator(&c->catalogue, t->indicators[i]);
		size_t cells = has_target(t, indicator->number) ? INDICATOR_CELLS : 2;
		for (size_t k = 0; k < cells; k++, count++) {
			const char *name = k ? in_language(c, column_names[k][0], column_names[k][1])
			                     : in_language(c, indicator->name_en, indicator->name_zh);
			snprintf(codes[count], sizeof codes[count], "%s%s", indicator->code, column_names[k][2]);
			columns[count] = (struct table_column){c->format == FORMAT_CSV ? codes[count] : name, true};
		}
	}
	return table_create(c->output, sheet, columns, count);
}

/* The columns are what was asked for, whatever came. */
static void
fill_columns(const struct totalling *t, const struct unit_total *u, const char *name, struct row *row)
{
	put_unit(row, u->unit, name);
	for (size_t i = 0; i < t->query.indicator_count; i++) {
		const struct indicator *indicator = catalogue_indicator(&t->command->catalogue, t->indicators[i]);
		put_both(row, u, indicator->number, indicator->decimals);
		if (!has_target(t, indicator->number))
			continue;
		struct pace_cells pace;
		pace_cells_make(figure_target(u, indicator->number, FUND_KIND_NONE), indicator->decimals, &pace);
		put_against_target(t, row, u, figure_submitted(u, indicator->number), indicator->number,
		                   FUND_KIND_NONE, indicator->decimals);
		put(row, pace.expected);
		put(row, pace.gap);
		put(row, pace.forecast);
	}
}

/* How the forecasts of the whole are computed. */
static void
explain_whole(const struct totalling *t)
{
	const struct command *c = t->command;
	const struct unit_total *u = whole_of(t);
	for (size_t i = 0; i < u->target_count; i++) {
		const struct target_value *target = &u->targets[i];
		const struct indicator *indicator = catalogue_indicator(&c->catalogue, target->indicator);
		bool shown = indicator ? figure_submitted(u, indicator->number).known : t->query.funds;
		if (shown)
			pace_explain(c, command_unit_name(c, u->unit),
			             indicator
			                 ? in_language(c, indicator->name_en, indicator->name_zh)
			                 : in_language(c, fund_kind_name(target->fund), fund_kind_name_zh(target->fund)),
			             target, indicator ? indicator->decimals : MONEY_DECIMALS);
	}
}

/* One unit: a row for each indicator. */
static bool
fill_indicators(const struct totalling *t, struct table *table, const struct unit_total *u)
{
	const struct command *c = t->command;
	bool good = true;
	for (size_t i = 0; good && i < u->indicator_count; i++) {
		const struct indicator *indicator = catalogue_indicator(&c->catalogue, u->indicators[i]);
		if (!indicator)
			continue; /* of a newer plan than the one that was fetched before */
		struct row row = {0};
		struct pace_cells pace;
		bool flow = indicator->kind == INDICATOR_FLOW;
		pace_cells_make(figure_target(u, indicator->number, FUND_KIND_NONE), indicator->decimals, &pace);
		put(&row, cell_text(indicator->code));
		put(&row, cell_text(in_language(c, indicator->name_en, indicator->name_zh)));
		put(&row, cell_text(in_language(c, indicator->measure_en, indicator->measure_zh)));
		put(&row, cell_text(flow ? _("flow") : _("stock")));
		put_both(&row, u, indicator->number, indicator->decimals);
		put_against_target(t, &row, u, figure_submitted(u, indicator->number), indicator->number,
		                   FUND_KIND_NONE, indicator->decimals);
		put(&row, pace.until);
		put(&row, pace.expected);
		put(&row, pace.gap);
		put(&row, pace.forecast);
		put(&row, cell_number(u->reported[i], 0));
		good = table_add(table, row.cells);
	}
	return good;
}

static struct table *
create_indicators(const struct command *c, const char *sheet)
{
	const struct table_column columns[] = {
	    {_("indicator"), false},   {_("name"), false},    {_("measure"), false}, {_("kind"), false},
	    {_("total"), true},        {_("approved"), true}, {_("target"), true},   {_("reached"), true},
	    {_("until"), false},       {_("expected"), true}, {_("gap"), true},      {_("forecast"), true},
	    {_("values behind"), true}};
	return table_create(c->output, sheet, columns, sizeof columns / sizeof *columns);
}

/* ---------------------------------------------------------------- funds */

static struct table *
create_funds(const struct command *c, const char *sheet)
{
	const struct table_column columns[] = {
	    {_("code"), false}, {_("unit"), false},        {C_("funds", "kind"), false}, {_("source"), false},
	    {_("use"), false},  {_("recorded at"), false}, {C_("column", "yuan"), true}, {_("entries"), true}};
	return table_create(c->output, sheet, columns, sizeof columns / sizeof *columns);
}

static const char *
term_name(const struct command *c, const struct fund_term *term)
{
	return term ? in_language(c, term->name_en, term->name_zh) : "";
}

static bool
fill_funds(const struct totalling *t, struct table *table, const struct unit_total *u, const char *name)
{
	const struct command *c = t->command;
	bool good = true;
	for (size_t i = 0; good && i < u->fund_count; i++) {
		const struct fund_total *f = &u->funds[i];
		struct row row;
		put_unit(&row, u->unit, name);
		put(&row, cell_text(in_language(c, fund_kind_name(f->kind), fund_kind_name_zh(f->kind))));
		put(&row, cell_text(term_name(
		              c, fund_term_by_number(c->catalogue.sources, c->catalogue.source_count, f->source))));
		put(&row,
		    cell_text(term_name(c, fund_term_by_number(c->catalogue.uses, c->catalogue.use_count, f->use))));
		put(&row, cell_text(in_language(c, unit_level_name(f->level), unit_level_name_zh(f->level))));
		put(&row, cell_number(f->amount_fen, MONEY_DECIMALS));
		put(&row, cell_number(f->entries, 0));
		good = table_add(table, row.cells);
	}
	return good;
}

/* ---------------------------------------------------------------- printing */

static void
print_title(const struct totalling *t)
{
	const struct command *c = t->command;
	const struct welcome *w = session_welcome(c->session);
	char from[8], to[8];
	period_format(t->query.from, from);
	period_format(t->query.to, to);
	output_line(c->output, "%s", in_language(c, w->title_en, w->title_zh));
	output_line(c->output, "%s %s..%s", command_unit_name(c, t->query.unit), from, to);
}

/* Adds a row for each unit, then the whole. */
static bool
fill_units(const struct totalling *t, struct table *table,
           void (*fill)(const struct totalling *, const struct unit_total *, const char *, struct row *))
{
	struct row row;
	bool good = true;
	for (size_t i = 0; good && i < row_count(t); i++) {
		fill(t, &t->follow.state.units[i], command_unit_name(t->command, t->follow.state.units[i].unit),
		     &row);
		good = table_add(table, row.cells);
	}
	char name[NAME_BYTES_MAX + 16];
	const char *unit = command_unit_name(t->command, t->query.unit);
	snprintf(name, sizeof name, "%s %s", unit, _("total"));
	fill(t, whole_of(t), t->query.by ? name : unit, &row);
	return good && table_add(table, row.cells);
}

static bool
fill_table(const struct totalling *t, const char *sheet, struct table **table)
{
	const struct command *c = t->command;
	const struct total_answer *state = &t->follow.state;
	if (t->funds) {
		*table = create_funds(c, sheet);
		bool good = *table;
		for (size_t i = 0; good && i < state->unit_count; i++)
			good = fill_funds(t, *table, &state->units[i], command_unit_name(c, state->units[i].unit));
		return good;
	}
	if (!t->query.by) {
		*table = create_indicators(c, sheet);
		return *table && fill_indicators(t, *table, whole_of(t));
	}
	*table = t->query.indicator_count ? create_columns(t, sheet) : create_headline(c, sheet);
	return *table && fill_units(t, *table, t->query.indicator_count ? fill_columns : fill_headline);
}

static int
print_table(const struct totalling *t, const char *sheet)
{
	const struct command *c = t->command;
	const struct total_answer *state = &t->follow.state;
	struct table *table = NULL;
	bool good = fill_table(t, sheet, &table);
	if (good && c->format == FORMAT_TABLE)
		print_title(t);
	good = good && table_end(table);
	/* A sheet begins with its column titles. */
	if (good && c->format == FORMAT_XLSX)
		print_title(t);
	if (good && !t->funds)
		explain_whole(t);
	if (good)
		command_footer(c, &state->as_of, state->label);
	table_destroy(&table);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

struct json_object *
totalling_unit_json(const struct totalling *t, const struct unit_total *u)
{
	const struct catalogue *c = &t->command->catalogue;
	char text[DECIMAL_TEXT_BYTES];
	struct json_object *o = json_object_new_object(), *indicators = json_object_new_object(),
	                   *funds = json_object_new_array(), *fund_targets = json_object_new_object();
	json_object_object_add(o, "unit", json_object_new_int64(u->unit));
	json_object_object_add(o, "name", json_object_new_string(command_unit_name(t->command, u->unit)));
	for (size_t i = 0; i < u->indicator_count; i++) {
		const struct indicator *indicator = catalogue_indicator(c, u->indicators[i]);
		if (!indicator)
			continue;
		struct json_object *item = json_object_new_object();
		const struct target_value *target = figure_target(u, indicator->number, FUND_KIND_NONE);
		json_object_object_add(
		    item, "total", json_object_new_string(decimal_plain(u->values[i], indicator->decimals, text)));
		json_object_object_add(item, "reported", json_object_new_int64(u->reported[i]));
		json_object_object_add(
		    item, "approved",
		    json_object_new_string(decimal_plain(u->approved[i], indicator->decimals, text)));
		json_object_object_add(item, "approved_reported", json_object_new_int64(u->approved_reported[i]));
		if (target)
			json_object_object_add(item, "target", pace_json(t->command, target));
		json_object_object_add(indicators, indicator->code, item);
	}
	for (size_t i = 0; i < u->fund_count; i++) {
		const struct fund_total *f = &u->funds[i];
		const struct fund_term *source = fund_term_by_number(c->sources, c->source_count, f->source);
		const struct fund_term *use = fund_term_by_number(c->uses, c->use_count, f->use);
		struct json_object *item = json_object_new_object();
		json_object_object_add(item, "kind", json_object_new_string(fund_kind_name(f->kind)));
		json_object_object_add(item, "source", json_object_new_string(source ? source->code : ""));
		json_object_object_add(item, "use", json_object_new_string(use ? use->code : ""));
		json_object_object_add(item, "level", json_object_new_string(unit_level_name(f->level)));
		json_object_object_add(item, "yuan",
		                       json_object_new_string(decimal_plain(f->amount_fen, MONEY_DECIMALS, text)));
		json_object_object_add(item, "entries", json_object_new_int64(f->entries));
		json_object_array_add(funds, item);
	}
	json_object_object_add(o, "indicators", indicators);
	json_object_object_add(o, "funds", funds);
	for (size_t i = 0; i < u->target_count; i++)
		if (!u->targets[i].indicator)
			json_object_object_add(fund_targets, fund_kind_name(u->targets[i].fund),
			                       pace_json(t->command, &u->targets[i]));
	if (json_object_object_length(fund_targets))
		json_object_object_add(o, "fund_targets", fund_targets);
	else
		json_object_put(fund_targets);
	return o;
}

struct json_object *
totalling_head_json(const struct totalling *t)
{
	const struct total_answer *state = &t->follow.state;
	char from[8], to[8];
	struct json_object *o = json_object_new_object(), *as_of = json_object_new_object();
	period_format(t->query.from, from);
	period_format(t->query.to, to);
	json_object_object_add(as_of, "seq", json_object_new_int64((int64_t)state->as_of.seq));
	json_object_object_add(as_of, "time_us", json_object_new_int64(state->as_of.time_us));
	json_object_object_add(o, "as_of", as_of);
	json_object_object_add(o, "label", json_object_new_string(state->label));
	json_object_object_add(o, "from", json_object_new_string(from));
	json_object_object_add(o, "to", json_object_new_string(to));
	return o;
}

static int
print_json(const struct totalling *t)
{
	struct json_object *o = totalling_head_json(t), *units = json_object_new_array();
	for (size_t i = 0; i < row_count(t); i++)
		json_object_array_add(units, totalling_unit_json(t, &t->follow.state.units[i]));
	json_object_object_add(o, "units", units);
	json_object_object_add(o, "whole", totalling_unit_json(t, whole_of(t)));
	command_print_json(t->command, o);
	return EXIT_DONE;
}

int
totalling_print(const struct totalling *t, const char *name)
{
	return t->command->format == FORMAT_JSON ? print_json(t) : print_table(t, name);
}

/* ---------------------------------------------------------------- the command line */

static bool
read_indicators(struct totalling *t, const char *list)
{
	char copy[4096], *rest = copy;
	if (!list)
		return true;
	snprintf(copy, sizeof copy, "%s", list);
	for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		const struct indicator *indicator = catalogue_indicator_by_name(&t->command->catalogue, name);
		if (!indicator) {
			fprintf(stderr, _("fupin: %s: not an indicator; fupin forms FORM lists them\n"), name);
			return false;
		}
		if (t->query.indicator_count == TOTALLING_INDICATORS_MAX) {
			fprintf(stderr, _("fupin: more than %d indicators\n"), TOTALLING_INDICATORS_MAX);
			return false;
		}
		t->indicators[t->query.indicator_count++] = indicator->number;
	}
	t->query.indicators = t->indicators;
	return true;
}

/* Without --period: all that the forms of the plan cover. */
static bool
read_period(struct totalling *t, const char *text)
{
	command_plan_periods(t->command, &t->query.from, &t->query.to);
	if (!text || period_range_parse(text, &t->query.from, &t->query.to))
		return true;
	fprintf(stderr, _("fupin: --period %s: write 2013-04, 2013-01..2013-06 or 2013\n"), text);
	return false;
}

/* All indicators of one of the plan's projects: P1 … P6, T1, … */
static bool
read_project(struct totalling *t)
{
	const struct catalogue *c = &t->command->catalogue;
	t->query.indicators = t->indicators;
	for (size_t i = 0; i < c->indicator_count; i++)
		if (!strcmp(c->indicators[i].project, t->project) &&
		    t->query.indicator_count < TOTALLING_INDICATORS_MAX)
			t->indicators[t->query.indicator_count++] = c->indicators[i].number;
	if (!t->query.indicator_count)
		fprintf(stderr, _("fupin: --project %s: no indicator answers to it (P1 to P6, T1, T2, …)\n"),
		        t->project);
	return t->query.indicator_count;
}

static int
connect_and_resolve(struct totalling *t, const char *unit)
{
	int status = command_open(t->command);
	if (status == EXIT_DONE)
		status = command_catalogue(t->command, true, true);
	if (status != EXIT_DONE)
		return status;
	snprintf(t->query.group, sizeof t->query.group, "%s", t->group ? t->group : "");
	if (!command_find_unit(t->command, unit, &t->query.unit) ||
	    !(t->project ? read_project(t) : read_indicators(t, t->indicator_list)) ||
	    !read_period(t, t->period_text))
		return EXIT_USAGE;
	t->query.funds = t->funds || !t->query.indicator_count;
	t->query.whole = true;
	t->query.as_of = t->command->as_of;
	return EXIT_DONE;
}

int
totalling_open(struct totalling *t, int argument_count, char **arguments)
{
	follow_init(&t->follow);
	if (argument_count != 1) {
		fprintf(stderr, _("fupin: name one unit, for example: fupin total 22 --by prefecture\n"));
		return EXIT_USAGE;
	}
	if (t->by && !unit_level_parse(t->by, &t->query.by)) {
		fprintf(stderr, _("fupin: --by %s: not province, prefecture, county, township or village\n"), t->by);
		return EXIT_USAGE;
	}
	return connect_and_resolve(t, arguments[0]);
}

void
totalling_close(struct totalling *t)
{
	follow_free(&t->follow);
}

int
totalling_ask(struct totalling *t)
{
	struct request request = {.kind = REQUEST_TOTAL, .total = t->query};
	struct reply reply;
	int status = command_ask(t->command, &request, REPLY_TOTAL, &reply);
	if (status != EXIT_DONE)
		return status;
	return reply.total.unit_count && follow_begin(&t->follow, &reply.total) ? EXIT_DONE : EXIT_FAILED_INSIDE;
}
