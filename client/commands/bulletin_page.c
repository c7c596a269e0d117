/* The bulletin as a page: on a terminal at most 100 columns wide (with China's longest names) and about 60
 * lines long, in a workbook one sheet that prints on one page. To add a section: a function here, called at
 * the end. */
#include "base/decimal.h"
#include "bulletin.h"
#include "command/pace_text.h"

#include <inttypes.h>
#include <stdio.h>

/* ---------------------------------------------------------------- parts of a page */

static void
section(const struct bulletin *b, const char *title)
{
	if (b->command->format == FORMAT_TABLE)
		output_line(b->command->output, "%s", "");
	output_heading(b->command->output, title);
}

static struct cell
figure_cell(struct figure figure, int decimals)
{
	return cell_figure(figure.known, figure.value, decimals);
}

static struct cell
change_cell(struct figure before, struct figure after, int decimals)
{
	struct figure change = figure_change(before, after);
	return cell_change(change.known, change.value, decimals);
}

/* Fills a table with rows of a fixed width, and ends it. */
static bool
put_table(const struct bulletin *b, const struct table_column *columns, size_t width,
          const struct cell *cells, size_t rows)
{
	struct table *table = table_create(b->command->output, NULL, columns, width);
	bool good = table;
	for (size_t i = 0; good && i < rows; i++)
		good = table_add(table, cells + i * width);
	good = good && table_end(table);
	table_destroy(&table);
	return good;
}

static void
title(const struct bulletin *b)
{
	const struct command *c = b->command;
	const struct welcome *w = session_welcome(c->session);
	char text[2 * NAME_BYTES_MAX + 64], month[8];
	period_format(b->month, month);
	if (c->language == LANGUAGE_CHINESE)
		snprintf(text, sizeof text, "%s 扶贫工作月报（%d年%d月）", command_unit_name(c, b->unit),
		         b->month / 100, b->month % 100);
	else
		snprintf(text, sizeof text, "%s: bulletin of %s", command_unit_name(c, b->unit), month);
	output_heading(c->output, text);
	output_line(c->output, "%s", in_language(c, w->title_en, w->title_zh));
}

/* ---------------------------------------------------------------- 1. the plan's figures */

enum { MEASURES = HEADLINES + 1, FACTS = 12 };

/* One column: an indicator, or (0) special funds raised. */
static void
fill_measure(const struct bulletin *b, uint32_t indicator, int decimals, struct pace_cells *pace,
             struct cell out[FACTS])
{
	const struct catalogue *c = &b->command->catalogue;
	struct figure figures[TOTAL_YEAR + 1];
	for (int i = 0; i <= TOTAL_YEAR; i++) {
		const struct unit_total *u = bulletin_whole(b, (enum bulletin_total)i);
		figures[i] =
		    indicator ? figure_submitted(u, indicator) : figure_funds(c, u, FUND_RAISED, UNIT_NONE, true);
	}
	const struct unit_total *year = bulletin_whole(b, TOTAL_YEAR);
	const struct target_value *target =
	    figure_target(year, indicator, indicator ? FUND_KIND_NONE : FUND_RAISED);
	const struct figure none = {0};
	pace_cells_make(target, decimals, pace);
	const struct cell facts[FACTS] = {
	    figure_cell(figures[TOTAL_MONTH], decimals),
	    figure_cell(figures[TOTAL_BEFORE], decimals),
	    change_cell(figures[TOTAL_BEFORE], figures[TOTAL_MONTH], decimals),
	    figure_cell(figures[TOTAL_YEAR], decimals),
	    figure_cell(indicator ? figure_approved(year, indicator) : none, decimals),
	    cell_figure(target, target ? target->value : 0, decimals),
	    cell_share(target && figures[TOTAL_YEAR].known, figures[TOTAL_YEAR].value,
	               target ? target->value : 0),
	    *pace->period ? pace->until : (struct cell){.kind = CELL_NONE},
	    pace->reached,
	    pace->expected,
	    cell_change(pace->gap.kind != CELL_NONE, pace->gap.value, decimals),
	    pace->forecast,
	};
	for (size_t i = 0; i < FACTS; i++)
		out[i] = facts[i];
}

static const char *const fact_names[FACTS][2] = {
    {"this month", "本月"},
    {"last month", "上月"},
    {"change", "比上月增减"},
    {"year so far", "本年累计"},
    {"of it approved", "其中已审核"},
    {"target of the year", "全年目标"},
    {"reached", "完成率"},
    {"paced by the end of", "进度截至"},
    {"reached by then", "截至完成"},
    {"expected by then", "截至应完成"},
    {"ahead or behind", "超前或落后"},
    {"forecast of the year", "全年预计"},
};

static bool
put_figures(const struct bulletin *b)
{
	const struct command *c = b->command;
	struct table_column columns[MEASURES + 1] = {{"", false}};
	struct cell measures[MEASURES][FACTS], cells[FACTS][MEASURES + 1];
	struct pace_cells pace[MEASURES];
	size_t used = 0;
	for (size_t i = 0; i < HEADLINES; i++) {
		const struct indicator *indicator =
		    catalogue_indicator_by_name(&c->catalogue, headline_indicators[i]);
		if (!indicator)
			continue; /* another plan */
		fill_measure(b, indicator->number, indicator->decimals, &pace[used], measures[used]);
		used++;
		columns[used] =
		    (struct table_column){in_language(c, headline_names[i][0], headline_names[i][1]), true};
	}
	fill_measure(b, 0, MONEY_DECIMALS, &pace[used], measures[used]);
	used++;
	columns[used] = (struct table_column){_("special funds raised (yuan)"), true};
	struct cell *next = &cells[0][0];
	for (size_t i = 0; i < FACTS; i++) {
		*next++ = cell_text(in_language(c, fact_names[i][0], fact_names[i][1]));
		for (size_t m = 0; m < used; m++)
			*next++ = measures[m][i];
	}
	section(b, _("Figures of the plan"));
	return put_table(b, columns, used + 1, &cells[0][0], FACTS);
}

/* ---------------------------------------------------------------- 2. the parts */

enum { PART_COLUMNS = 10 };

static void
fill_part(const struct bulletin *b, size_t at, const char *name, struct cell out[PART_COLUMNS])
{
	const struct catalogue *c = &b->command->catalogue;
	const struct unit_total *month = &b->totals[TOTAL_MONTH].state.units[at];
	const struct unit_total *before = bulletin_row(b, TOTAL_BEFORE, month->unit);
	const struct unit_total *year = &b->totals[TOTAL_YEAR].state.units[at];
	const struct indicator *known[HEADLINES];
	uint32_t numbers[HEADLINES];
	for (size_t i = 0; i < HEADLINES; i++) {
		known[i] = catalogue_indicator_by_name(c, headline_indicators[i]);
		numbers[i] = known[i] ? known[i]->number : 0;
	}
	const struct target_value *target = figure_target(year, numbers[0], FUND_KIND_NONE);
	struct figure lifted = figure_submitted(month, numbers[0]), so_far = figure_submitted(year, numbers[0]);
	struct figure earlier = before ? figure_submitted(before, numbers[0]) : (struct figure){0};
	const struct completeness_row *row = at < b->part_count ? &b->parts[at] : NULL;
	const struct cell cells[PART_COLUMNS] = {
	    cell_text(name),
	    figure_cell(lifted, 0),
	    change_cell(earlier, lifted, 0),
	    figure_cell(so_far, 0),
	    figure_cell(figure_approved(year, numbers[0]), 0),
	    cell_share(target && so_far.known, so_far.value, target ? target->value : 0),
	    cell_change(target && target->pace_period,
	                target ? decimal_subtract(target->reached, target->pace.expected) : 0, 0),
	    figure_cell(figure_submitted(year, numbers[1]), 0),
	    cell_figure(row && row->due, row ? row->missing : 0, 0),
	    figure_cell(figure_funds(c, year, FUND_SPENT, UNIT_NONE, false), MONEY_DECIMALS)};
	for (size_t i = 0; i < PART_COLUMNS; i++)
		out[i] = cells[i];
}

static bool
put_parts(const struct bulletin *b)
{
	const struct command *c = b->command;
	const struct total_answer *total = &b->totals[TOTAL_MONTH].state;
	const struct table_column columns[PART_COLUMNS] = {
	    {_("unit"), false},       {_("month"), true},    {C_("since last month", "change"), true},
	    {_("year"), true},        {_("approved"), true}, {_("reached"), true},
	    {_("to pace"), true},     {_("villages"), true}, {C_("bulletin", "missing"), true},
	    {_("spent (yuan)"), true}};
	if (!bulletin_parts_level(b->unit))
		return true;
	section(b, _("Units: people lifted, villages done, reports missing, money spent"));
	struct table *table = table_create(c->output, NULL, columns, PART_COLUMNS);
	bool good = table;
	for (size_t i = 0; good && i < total->unit_count; i++) {
		struct cell cells[PART_COLUMNS];
		bool last = i + 1 == total->unit_count;
		fill_part(b, i, last ? _("total") : command_unit_name(c, total->units[i].unit), cells);
		good = table_add(table, cells);
	}
	good = good && table_end(table);
	table_destroy(&table);
	return good;
}

/* ---------------------------------------------------------------- 3. funds */

static bool
put_funds(const struct bulletin *b)
{
	static const struct {
		const char *en, *zh;
		enum fund_kind kind;
		enum unit_level level;
	} lines[] = {{"raised, all sources", "筹措（各类来源）", FUND_RAISED, UNIT_NONE},
	             {"received by counties", "到县资金", FUND_RECEIVED, UNIT_COUNTY},
	             {"spent", "支出", FUND_SPENT, UNIT_NONE}};
	enum { LINES = sizeof lines / sizeof *lines, WIDTH = 5 };
	const struct command *c = b->command;
	const struct table_column columns[WIDTH] = {{_("yuan"), false},
	                                            {_("this month"), true},
	                                            {_("last month"), true},
	                                            {C_("since last month (long)", "change"), true},
	                                            {_("year so far"), true}};
	struct cell cells[LINES][WIDTH];
	for (size_t i = 0; i < LINES; i++) {
		struct figure figures[TOTAL_YEAR + 1];
		for (int t = 0; t <= TOTAL_YEAR; t++)
			figures[t] = figure_funds(&c->catalogue, bulletin_whole(b, (enum bulletin_total)t), lines[i].kind,
			                          lines[i].level, false);
		cells[i][0] = cell_text(in_language(c, lines[i].en, lines[i].zh));
		cells[i][1] = figure_cell(figures[TOTAL_MONTH], MONEY_DECIMALS);
		cells[i][2] = figure_cell(figures[TOTAL_BEFORE], MONEY_DECIMALS);
		cells[i][3] = change_cell(figures[TOTAL_BEFORE], figures[TOTAL_MONTH], MONEY_DECIMALS);
		cells[i][4] = figure_cell(figures[TOTAL_YEAR], MONEY_DECIMALS);
	}
	section(b, _("Funds"));
	return put_table(b, columns, WIDTH, &cells[0][0], LINES);
}

/* ---------------------------------------------------------------- 4. reports, 5. who is late */

static bool
put_completeness(const struct bulletin *b)
{
	const struct completeness_row *r = &b->parts[b->part_count - 1];
	const struct table_column columns[] = {
	    {_("due"), true},      {_("received"), true}, {_("complete"), true},
	    {_("on time"), true},  {_("late"), true},     {_("missing"), true},
	    {_("returned"), true}, {_("approved"), true}, {_("not due yet"), true}};
	const struct cell cells[] = {cell_figure(r->due, r->due, 0),
	                             cell_figure(r->due, r->received, 0),
	                             cell_share(true, r->received, r->due),
	                             cell_figure(r->due, r->on_time, 0),
	                             cell_figure(r->due, (int64_t)r->received - r->on_time, 0),
	                             cell_figure(r->due, r->missing, 0),
	                             cell_figure(r->due, r->returned, 0),
	                             cell_figure(r->due, r->approved, 0),
	                             cell_number(r->open, 0)};
	section(b, _("Reports of the month"));
	return put_table(b, columns, sizeof columns / sizeof *columns, cells, 1);
}

static bool
put_late(const struct bulletin *b)
{
	enum { WIDTH = 5 };
	const struct command *c = b->command;
	struct late_office late[BULLETIN_LATE];
	struct cell cells[BULLETIN_LATE][WIDTH];
	char codes[BULLETIN_LATE][24];
	size_t found = bulletin_late(b, late), shown = found < BULLETIN_LATE ? found : BULLETIN_LATE;
	const struct table_column columns[WIDTH] = {{_("office"), false},
	                                            {_("code"), false},
	                                            {_("missing this month"), true},
	                                            {_("missing this year"), true},
	                                            {_("came late this month"), true}};
	for (size_t i = 0; i < shown; i++) {
		snprintf(codes[i], sizeof codes[i], "%" PRId64, late[i].unit);
		cells[i][0] = cell_text(command_unit_name(c, late[i].unit));
		cells[i][1] = cell_text(codes[i]);
		cells[i][2] = cell_number(late[i].missing_month, 0);
		cells[i][3] = cell_number(late[i].missing_year, 0);
		cells[i][4] = cell_number(late[i].late_month, 0);
	}
	section(b, _("Late offices"));
	if (!found)
		output_line(c->output, "%s", _("nobody"));
	bool good = !found || put_table(b, columns, WIDTH, &cells[0][0], shown);
	if (good && found > shown)
		output_line(c->output, _("… and %zu more (fupin late)"), found - shown);
	return good;
}

/* ---------------------------------------------------------------- 6. changes */

static bool
put_changes(const struct bulletin *b)
{
	enum { WIDTH = 4 };
	const struct command *c = b->command;
	const struct indicator *people = catalogue_indicator_by_name(&c->catalogue, headline_indicators[0]);
	struct county_change changes[BULLETIN_CHANGES];
	struct cell cells[BULLETIN_CHANGES][WIDTH];
	const struct table_column columns[WIDTH] = {
	    {_("county"), false}, {_("last month"), true}, {_("this month"), true}, {_("change"), true}};
	if (!people || !bulletin_parts_level(b->unit))
		return true;
	size_t count = bulletin_changes(b, people->number, changes);
	for (size_t i = 0; i < count; i++) {
		cells[i][0] = cell_text(command_unit_name(c, changes[i].unit));
		cells[i][1] = cell_number(changes[i].before, people->decimals);
		cells[i][2] = cell_number(changes[i].after, people->decimals);
		cells[i][3] =
		    cell_change(true, decimal_subtract(changes[i].after, changes[i].before), people->decimals);
	}
	section(b, _("Largest changes since last month: people lifted"));
	if (!count)
		output_line(c->output, "%s", _("none known"));
	return !count || put_table(b, columns, WIDTH, &cells[0][0], count);
}

/* ---------------------------------------------------------------- the page */

/* The same page again, whatever is corrected afterwards. */
static void
put_again(const struct bulletin *b)
{
	char month[8], seq[24] = "", time[20] = "";
	period_format(b->month, month);
	if (b->command->as_of.seq)
		snprintf(seq, sizeof seq, "%" PRIu64 "%s", b->command->as_of.seq,
		         b->command->as_of.time_us ? "@" : "");
	if (b->command->as_of.time_us) {
		time_format(b->command->as_of.time_us, time);
		time[10] = 'T';
		time[16] = 0; /* whole minutes */
	}
	output_line(b->command->output, _("this page again: fupin bulletin %s %" PRId64 " --as-of %s%s"), month,
	            b->unit, seq, time);
}

bool
bulletin_page(const struct bulletin *b)
{
	output_page(b->command->output, _("bulletin"));
	title(b);
	bool good = put_figures(b) && put_parts(b) && put_funds(b) && put_completeness(b) && put_late(b) &&
	            put_changes(b);
	if (good && b->command->format == FORMAT_TABLE)
		output_line(b->command->output, "%s", "");
	if (good)
		put_again(b);
	if (good)
		command_footer(b->command, &b->as_answered, b->label);
	return good;
}
