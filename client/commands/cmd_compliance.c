/* fupin compliance: how far units keep the plan's rules, worst first: the value that was measured and the
 * one that is required, the money that is missing, the day by which it counts, and the figures behind it. */
#include "base/decimal.h"
#include "base/grow.h"
#include "command/command.h"
#include "rule_text.h"
#include "subcommands.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>

/* All findings, from as many pages as it takes. */
struct complying {
	struct command command;
	struct rule_options options;
	struct arena arena; /* owns the findings */
	struct finding_item *items;
	size_t count, room;
	struct compliance_answer first; /* without its findings */
	char label[NAME_BYTES_MAX + 1];
};

/* ---------------------------------------------------------------- asking */

/* A page lives until the next question. */
static bool
keep(struct complying *c, const struct finding_item *from)
{
	struct finding_item *to = &c->items[c->count++];
	*to = *from;
	to->reason = arena_string(&c->arena, from->reason);
	to->figures = arena_array(&c->arena, from->figure_count, sizeof *to->figures);
	bool good = to->reason && to->figures;
	for (size_t i = 0; good && i < from->figure_count; i++) {
		to->figures[i] = from->figures[i];
		to->figures[i].name = arena_string(&c->arena, from->figures[i].name);
		to->figures[i].text = arena_string(&c->arena, from->figures[i].text);
		good = to->figures[i].name && to->figures[i].text;
	}
	return good;
}

static bool
take_page(struct complying *c, const struct compliance_answer *page)
{
	if (!c->first.time_us) {
		c->first = *page;
		snprintf(c->label, sizeof c->label, "%s", page->label);
	}
	bool good = grow(&c->items, &c->room, c->count + page->count, sizeof *c->items);
	for (size_t i = 0; good && i < page->count; i++)
		good = keep(c, &page->items[i]);
	return good;
}

/* The first page's commit and time are those of all that follow. */
static int
ask_all(struct complying *c, struct compliance_query *q)
{
	struct request request = {.kind = REQUEST_COMPLIANCE};
	struct reply reply;
	do {
		request.compliance = *q;
		int status = command_ask(&c->command, &request, REPLY_COMPLIANCE, &reply);
		if (status != EXIT_DONE)
			return status;
		if (!take_page(c, &reply.compliance))
			return EXIT_FAILED_INSIDE;
		q->after = reply.compliance.next;
		q->as_of = (struct as_of){c->first.as_of.seq, c->first.time_us};
	} while (q->after.rule);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- showing */

/* Red first, then what is not judged, amber, green; each by rule and unit. */
static int
by_urgency(const void *a, const void *b)
{
	static const int order[RULE_STATES] = {
	    [RULE_RED] = 0, [RULE_NOT_JUDGED] = 1, [RULE_AMBER] = 2, [RULE_GREEN] = 3, [RULE_SILENT] = 4};
	const struct finding_item *x = a, *y = b;
	if (x->state != y->state)
		return order[x->state] - order[y->state];
	if (x->key.rule != y->key.rule)
		return x->key.rule < y->key.rule ? -1 : 1;
	return (x->key.unit > y->key.unit) - (x->key.unit < y->key.unit);
}

static struct cell
state_cell(const struct command *c, enum rule_state state)
{
	static const char *const colours[RULE_STATES] = {
	    [RULE_GREEN] = "green", [RULE_AMBER] = "yellow", [RULE_RED] = "red", [RULE_NOT_JUDGED] = "magenta"};
	struct cell cell = cell_text(rule_state_text(c, state));
	cell.colour = colours[state];
	return cell;
}

static const char *
bound_text(const struct command *c, const struct plan_rule *rule)
{
	static const char *const units[RULE_MEASURES][2] = {[RULE_YUAN] = {"yuan", "元"},
	                                                    [RULE_PERCENT] = {"%", "%"},
	                                                    [RULE_RATIO] = {": 1", ": 1"},
	                                                    [RULE_DAYS] = {"days", "天"},
	                                                    [RULE_COUNT] = {"", ""}};
	enum rule_measure measure = rule ? rule->measure : RULE_MEASURE_NONE;
	return rule_measure_name(measure) ? in_language(c, units[measure][0], units[measure][1]) : "";
}

static bool
add_finding(const struct command *c, struct table *table, const struct finding_item *item)
{
	const struct plan_rule *rule = catalogue_plan_rule(&c->catalogue, item->key.rule);
	int decimals = rule ? rule_measure_decimals(rule->measure) : 0;
	char code[24], day[11] = "", *figures = rule_figures_text(item);
	if (!figures)
		return false;
	snprintf(code, sizeof code, "%" PRId64, item->key.unit);
	if (item->due)
		date_format(item->due, day);
	const struct cell cells[] = {state_cell(c, item->state),
	                             cell_text(rule_name(c, item->key.rule)),
	                             cell_text(rule ? rule->notice : ""),
	                             cell_text(code),
	                             cell_text(command_unit_name(c, item->key.unit)),
	                             cell_figure(item->state != RULE_NOT_JUDGED, item->measured, decimals),
	                             cell_text(rule && rule->at_most ? "≤" : "≥"),
	                             cell_number(item->required, decimals),
	                             cell_text(bound_text(c, rule)),
	                             cell_figure(item->shortfall_fen, item->shortfall_fen, MONEY_DECIMALS),
	                             cell_text(day),
	                             cell_text(figures)};
	bool good = table_add(table, cells);
	free(figures);
	return good;
}

static int
print_table(const struct complying *k)
{
	const struct command *c = &k->command;
	const struct table_column columns[] = {{_("state"), false},
	                                       {_("rule"), false},
	                                       {_("section"), false},
	                                       {_("code"), false},
	                                       {_("unit"), false},
	                                       {_("measured"), true},
	                                       {"", false},
	                                       {_("required"), true},
	                                       {C_("of a rule", "measure"), false},
	                                       {_("short by (yuan)"), true},
	                                       {_("counts by"), false},
	                                       {C_("evidence", "figures"), false}};
	struct table *table = table_create(c->output, _("compliance"), columns, sizeof columns / sizeof *columns);
	bool good = table;
	for (size_t i = 0; good && i < k->count; i++)
		good = add_finding(c, table, &k->items[i]);
	good = good && table_end(table);
	const uint32_t *n = k->first.states;
	if (good)
		output_line(c->output, _("%u red, %u amber, %u green, %u not judged"), n[RULE_RED], n[RULE_AMBER],
		            n[RULE_GREEN], n[RULE_NOT_JUDGED]);
	if (good)
		command_footer(c, &k->first.as_of, k->label);
	table_destroy(&table);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

static int
print_json(const struct complying *k)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	json_object_object_add(o, "as_of", rule_as_of_json(&k->first.as_of));
	json_object_object_add(o, "time_us", json_object_new_int64(k->first.time_us));
	json_object_object_add(o, "label", json_object_new_string(k->label));
	json_object_object_add(o, "counts", rule_counts_json(k->first.states));
	for (size_t i = 0; i < k->count; i++)
		json_object_array_add(list, rule_finding_json(&k->command, &k->items[i]));
	json_object_object_add(o, "findings", list);
	command_print_json(&k->command, o);
	return EXIT_DONE;
}

static int
run(struct complying *k, int count, char **words)
{
	struct compliance_query query;
	int status = rule_options_read(&k->command, &k->options, count, words, &query);
	if (status == EXIT_DONE)
		status = ask_all(k, &query);
	if (status != EXIT_DONE)
		return status;
	if (k->count)
		qsort(k->items, k->count, sizeof *k->items, by_urgency);
	return k->command.format == FORMAT_JSON ? print_json(k) : print_table(k);
}

int
cmd_compliance(int argc, char **argv)
{
	struct complying k = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&k.command), RULE_OPTIONS(&k.options),
	                                 AS_OF_OPTION(&k.command)};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	arena_init(&k.arena, SIZE_MAX);
	int status = run(&k, count, argv);
	free(k.items);
	arena_free(&k.arena);
	return command_close(&k.command, status);
}
