/* fupin compliance: how far units keep the plan's rules, worst first: the value that was measured and the
 * one that is required, the money that is missing, the day by which it counts, and the figures behind it. */
#include "base/grow.h"
#include "columns/compliance_columns.h"
#include "command/command.h"
#include "rule_options.h"
#include "subcommands.h"

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

static int
show(struct complying *k)
{
	const struct command *c = &k->command;
	struct compliance_answer *all = &k->first;
	const uint32_t *n = all->states;
	struct reading r;
	all->items = k->items;
	all->count = k->count;
	all->label = k->label;
	command_reading(c, &r);
	int status = command_show_answer(c, _("compliance"), &compliance_columns, "findings", &r, all);
	if (status != EXIT_DONE || c->format == FORMAT_JSON)
		return status;
	output_line(c->output, _("%u red, %u amber, %u green, %u not judged"), n[RULE_RED], n[RULE_AMBER],
	            n[RULE_GREEN], n[RULE_NOT_JUDGED]);
	command_footer(c, &all->as_of, all->label);
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
	return show(k);
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
