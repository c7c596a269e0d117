/* Kinds of projects and the checklist of acceptances: sorted and checked when a catalogue is finished, and
 * found by number or name. */
#include "catalogue_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
by_number(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int
by_kind_number(const void *a, const void *b)
{
	return by_number(((const struct project_kind *)a)->number, ((const struct project_kind *)b)->number);
}

static int
by_item_number(const void *a, const void *b)
{
	return by_number(((const struct acceptance_item *)a)->number,
	                 ((const struct acceptance_item *)b)->number);
}

static bool
finish_kinds(struct catalogue *c, char *error)
{
	if (c->project_kind_count)
		qsort(c->project_kinds, c->project_kind_count, sizeof *c->project_kinds, by_kind_number);
	for (size_t i = 0; i < c->project_kind_count; i++) {
		const struct project_kind *kind = &c->project_kinds[i];
		const char *wrong = NULL;
		if (kind->number < 1 || kind->number > CATALOGUE_NUMBER_MAX)
			wrong = "has a number out of range";
		else if (!fund_term_by_number(c->uses, c->use_count, kind->use))
			wrong = "is for a use that is not in the plan";
		for (size_t j = 0; j < i; j++)
			if (kind->number == c->project_kinds[j].number || !strcmp(kind->code, c->project_kinds[j].code))
				wrong = "stands twice";
		if (wrong) {
			snprintf(error, CATALOGUE_ERROR_BYTES, "kind of project %u (%s) %s", kind->number, kind->code,
			         wrong);
			return false;
		}
	}
	return true;
}

static bool
finish_items(struct catalogue *c, char *error)
{
	if (c->acceptance_item_count)
		qsort(c->acceptance_items, c->acceptance_item_count, sizeof *c->acceptance_items, by_item_number);
	for (size_t i = 0; i < c->acceptance_item_count; i++) {
		uint32_t number = c->acceptance_items[i].number;
		if (number >= 1 && number <= ACCEPTANCE_ITEMS_MAX &&
		    (!i || c->acceptance_items[i - 1].number < number))
			continue;
		snprintf(error, CATALOGUE_ERROR_BYTES, "item %u of the acceptance stands twice, or is not in 1..%d",
		         number, ACCEPTANCE_ITEMS_MAX);
		return false;
	}
	return true;
}

bool
catalogue_finish_projects(struct catalogue *c, char error[CATALOGUE_ERROR_BYTES])
{
	return finish_kinds(c, error) && finish_items(c, error);
}

const struct project_kind *
catalogue_project_kind(const struct catalogue *c, uint32_t number)
{
	for (size_t i = 0; i < c->project_kind_count; i++)
		if (c->project_kinds[i].number == number)
			return &c->project_kinds[i];
	return NULL;
}

const struct project_kind *
catalogue_project_kind_by_name(const struct catalogue *c, const char *name)
{
	for (size_t i = 0; i < c->project_kind_count; i++) {
		const struct project_kind *kind = &c->project_kinds[i];
		if (!strcmp(name, kind->code) || !strcmp(name, kind->name_zh) || !strcmp(name, kind->name_en))
			return kind;
	}
	return NULL;
}
