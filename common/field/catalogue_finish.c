/* Sorts a catalogue that was filled, makes its indices, and checks that its parts fit each other. */
#include "catalogue_internal.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAIL(...) return (void)snprintf(error, CATALOGUE_ERROR_BYTES, __VA_ARGS__), false

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_unit_code(const void *a, const void *b)
{
	return compare(((const struct unit *)a)->code, ((const struct unit *)b)->code);
}

static int
by_form_number(const void *a, const void *b)
{
	return compare(((const struct form *)a)->number, ((const struct form *)b)->number);
}

static int
by_version(const void *a, const void *b)
{
	const struct form_version *x = a, *y = b;
	int order = compare(x->form, y->form);
	return order ? order : compare(x->version, y->version);
}

static int
by_indicator_number(const void *a, const void *b)
{
	return compare(((const struct indicator *)a)->number, ((const struct indicator *)b)->number);
}

static bool
index_units(struct catalogue *c)
{
	c->unit_bits = 4;
	while ((size_t)1 << c->unit_bits < 4 * c->unit_count)
		c->unit_bits++;
	if (c->unit_count >> UNIT_INDEX_BITS)
		return false;
	c->unit_slots = arena_array(&c->arena, (size_t)1 << c->unit_bits, sizeof *c->unit_slots);
	for (size_t i = 0; c->unit_slots && i < c->unit_count; i++)
		c->unit_slots[catalogue_unit_slot(c, c->units[i].code)] =
		    (uint64_t)c->units[i].code << UNIT_INDEX_BITS | (i + 1);
	return c->unit_slots;
}

static bool
finish_units(struct catalogue *c, char *error)
{
	if (c->unit_count)
		qsort(c->units, c->unit_count, sizeof *c->units, by_unit_code);
	for (size_t i = 0; i < c->unit_count; i++) {
		const struct unit *unit = &c->units[i];
		if (unit->level == UNIT_NONE || unit_level_of(unit->code) != unit->level)
			FAIL("unit %" PRId64 " (%s): the code does not fit its level", unit->code, unit->name);
		if (i && unit[-1].code == unit->code)
			FAIL("unit %" PRId64 " (%s) stands twice", unit->code, unit->name);
	}
	if (!index_units(c))
		FAIL("the catalogue is too large");
	return true;
}

/* Which units are one place under several codes. */
static bool
link_units(struct catalogue *c, char *error)
{
	uint32_t *forerunners = arena_array(&c->arena, c->unit_count, sizeof *forerunners);
	if (!forerunners)
		FAIL("the catalogue is too large");
	for (size_t i = 0; i < c->unit_count; i++) {
		struct unit *unit = &c->units[i];
		const struct unit *next = catalogue_unit(c, unit->successor);
		unit->root = (uint32_t)i;
		unit->next = 0;
		if ((unit->first && !period_valid(unit->first)) || (unit->last && !period_valid(unit->last)) ||
		    (unit->first && unit->last && unit->first > unit->last))
			FAIL("unit %" PRId64 " (%s): the months %d..%d are not in order", unit->code, unit->name,
			     unit->first, unit->last);
		if (!next)
			continue; /* in a part of the plan the successor may be missing */
		if (next->level != unit->level || !unit->last || next->first <= unit->last)
			FAIL("unit %" PRId64 " (%s): its successor %" PRId64 " does not begin after its end", unit->code,
			     unit->name, next->code);
		forerunners[next - c->units]++;
	}
	for (size_t i = 0; i < c->unit_count; i++) {
		const struct unit *next = catalogue_unit(c, c->units[i].successor);
		if (next && forerunners[next - c->units] == 1)
			c->units[i].next = (uint32_t)(next - c->units) + 1;
	}
	for (size_t i = 0; i < c->unit_count; i++)
		for (struct unit *u = &c->units[i]; forerunners[i] != 1 && u->next; u = &c->units[u->next - 1])
			c->units[u->next - 1].root = (uint32_t)i;
	return true;
}

static int
by_group(const void *a, const void *b)
{
	const struct unit_group *x = a, *y = b;
	int order = strcmp(x->code, y->code);
	return order ? order : compare(x->unit, y->unit);
}

/* A member below another one would count twice. */
static bool
finish_groups(const struct catalogue *c, char *error)
{
	if (c->group_count)
		qsort(c->groups, c->group_count, sizeof *c->groups, by_group);
	for (size_t i = 0; i < c->group_count; i++)
		for (size_t j = i + 1; j < c->group_count && !strcmp(c->groups[i].code, c->groups[j].code); j++)
			if (unit_within(c->groups[j].unit, c->groups[i].unit) ||
			    unit_within(c->groups[i].unit, c->groups[j].unit))
				FAIL("group %s: %" PRId64 " and %" PRId64 " overlap", c->groups[i].code, c->groups[i].unit,
				     c->groups[j].unit);
	return true;
}

static bool
finish_forms(struct catalogue *c, char *error)
{
	if (c->form_count)
		qsort(c->forms, c->form_count, sizeof *c->forms, by_form_number);
	c->form_at = arena_array(&c->arena, CATALOGUE_NUMBER_MAX + 1, sizeof *c->form_at);
	if (!c->form_at)
		FAIL("the catalogue is too large");
	for (int i = 0; i <= CATALOGUE_NUMBER_MAX; i++)
		c->form_at[i] = -1;
	for (size_t i = 0; i < c->form_count; i++) {
		const struct form *form = &c->forms[i];
		if (form->number < 1 || form->number > CATALOGUE_NUMBER_MAX)
			FAIL("form %s: number %u is not in 1..%d", form->code, form->number, CATALOGUE_NUMBER_MAX);
		if (c->form_at[form->number] >= 0)
			FAIL("form number %u stands twice", form->number);
		if (form->level == UNIT_NONE)
			FAIL("form %s has no level", form->code);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(form->code, c->forms[j].code))
				FAIL("form code %s stands twice", form->code);
		c->form_at[form->number] = (int)i;
	}
	return true;
}

static bool
finish_indicators(struct catalogue *c, char *error)
{
	if (c->indicator_count)
		qsort(c->indicators, c->indicator_count, sizeof *c->indicators, by_indicator_number);
	c->indicator_at = arena_array(&c->arena, CATALOGUE_NUMBER_MAX + 1, sizeof *c->indicator_at);
	if (!c->indicator_at)
		FAIL("the catalogue is too large");
	for (int i = 0; i <= CATALOGUE_NUMBER_MAX; i++)
		c->indicator_at[i] = -1;
	for (size_t i = 0; i < c->indicator_count; i++) {
		const struct indicator *indicator = &c->indicators[i];
		if (indicator->number < 1 || indicator->number > CATALOGUE_NUMBER_MAX)
			FAIL("indicator %s: number %u is not in 1..%d", indicator->code, indicator->number,
			     CATALOGUE_NUMBER_MAX);
		if (c->indicator_at[indicator->number] >= 0)
			FAIL("indicator number %u stands twice", indicator->number);
		if (!catalogue_form(c, indicator->form))
			FAIL("indicator %s: form %u is not in the plan", indicator->code, indicator->form);
		if (indicator->decimals < 0 || indicator->decimals > DECIMAL_DIGITS_MAX)
			FAIL("indicator %s: decimals %d is not in 0..%d", indicator->code, indicator->decimals,
			     DECIMAL_DIGITS_MAX);
		if (indicator->kind != INDICATOR_FLOW && indicator->kind != INDICATOR_STOCK)
			FAIL("indicator %s is neither flow nor stock", indicator->code);
		c->indicator_at[indicator->number] = (int)i;
	}
	for (size_t i = 0; i < c->indicator_count; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(c->indicators[i].code, c->indicators[j].code))
				FAIL("indicator code %s stands twice", c->indicators[i].code);
	for (size_t i = 0; i < c->indicator_count; i++) {
		const struct indicator *computed = &c->indicators[i];
		const struct indicator *counted = catalogue_indicator(c, computed->counts);
		if (computed->counts && (!counted || counted->counts || counted->form != computed->form ||
		                         counted->kind != computed->kind || computed->decimals))
			FAIL("indicator %s counts what is no reported indicator of its form and kind", computed->code);
	}
	return true;
}

static bool
finish_checks(const struct catalogue *c, char *error)
{
	if (c->check_count)
		qsort(c->checks, c->check_count, sizeof *c->checks, catalogue_by_check_number);
	for (size_t i = 0; i < c->check_count; i++) {
		const struct soft_check *check = &c->checks[i];
		const struct indicator *what = catalogue_indicator(c, check->indicator);
		const struct indicator *other = catalogue_indicator(c, check->other);
		if (!check->number || (i && check[-1].number == check->number))
			FAIL("soft check %u has no number of its own", check->number);
		if (!what || what->form != check->form || what->counts)
			FAIL("soft check %u is for no indicator of its form", check->number);
		if (check->kind == SOFT_JUMP ? check->bound <= 0
		                             : !other || other->form != check->form || other->counts ||
		                                   (check->kind == SOFT_EXCEEDS && other->decimals != what->decimals))
			FAIL("soft check %u: %s", check->number,
			     check->kind == SOFT_JUMP ? "the bound is not above 0" : "the other indicator does not fit");
	}
	return true;
}

/* The rules of a field over other months. */
static bool
finish_look_back(const struct catalogue *c, struct form_version *version, struct form_field *field,
                 char *error)
{
	const struct indicator *base = catalogue_indicator(c, field->base), *what = field->definition;
	const struct indicator *before = catalogue_indicator(c, field->step_after);
	if (field->base && (!base || base->form != version->form || base->kind != INDICATOR_STOCK ||
	                    base->decimals != what->decimals || what->kind != INDICATOR_FLOW))
		FAIL("indicator %s: its base is no stock of this form in the same measure", what->code);
	if (field->step_after && (!before || form_version_position(version, before->number, 0) < 0 ||
	                          before->kind != INDICATOR_STOCK || what->kind != INDICATOR_STOCK))
		FAIL("indicator %s: the step before it is no stock of this form", what->code);
	version->looks_back = version->looks_back || field->base || field->step_after;
	if (field->step_after)
		field->step = version->fields[form_version_position(version, before->number, 0)].step = true;
	return true;
}

static bool
finish_field(const struct catalogue *c, struct form_version *version, size_t at, char *error)
{
	struct form_field *field = &version->fields[at];
	field->definition = catalogue_indicator(c, field->indicator);
	field->whole = -1;
	if (!field->definition || field->definition->form != version->form || field->definition->counts)
		FAIL("form %u version %u: indicator %u is not of this form, or is computed", version->form,
		     version->version, field->indicator);
	const char *code = field->definition->code;
	if (form_version_position(version, field->indicator, 0) != (int)at)
		FAIL("form %u version %u: indicator %s stands twice", version->form, version->version, code);
	if (field->minimum > field->maximum || field->minimum < -VALUE_MAX || field->maximum > VALUE_MAX)
		FAIL("indicator %s: limits %" PRId64 "..%" PRId64 " are not sane", code, field->minimum,
		     field->maximum);
	if (!finish_look_back(c, version, field, error))
		return false;
	if (!field->part_of)
		return true;
	field->whole = form_version_position(version, field->part_of, 0);
	const struct indicator *whole = catalogue_indicator(c, field->part_of);
	if (!whole || field->whole < 0 || field->whole == (int)at)
		FAIL("indicator %s: the whole that it is part of is not in the form", code);
	if (whole->decimals != field->definition->decimals)
		FAIL("indicator %s and its whole %s have different decimals", code, whole->code);
	return true;
}

static bool
finish_versions(struct catalogue *c, char *error)
{
	if (c->version_count)
		qsort(c->versions, c->version_count, sizeof *c->versions, by_version);
	for (size_t i = 0; i < c->version_count; i++) {
		struct form_version *version = &c->versions[i];
		if (!catalogue_form(c, version->form))
			FAIL("form %u is not in the plan", version->form);
		if (!version->field_count || version->field_count > FORM_FIELDS_MAX)
			FAIL("form %u version %u has %zu indicators, not 1..%d", version->form, version->version,
			     version->field_count, FORM_FIELDS_MAX);
		if (!version->version || !period_valid(version->first) || !period_valid(version->last) ||
		    version->first > version->last)
			FAIL("form %u version %u: the periods %d..%d are not in order", version->form, version->version,
			     version->first, version->last);
		bool follows = i && version[-1].form == version->form;
		if (follows && (version[-1].version == version->version || version[-1].last >= version->first))
			FAIL("form %u: versions %u and %u overlap", version->form, version[-1].version, version->version);
		for (size_t at = 0; at < version->field_count; at++)
			if (!finish_field(c, version, at, error))
				return false;
		c->looks_back = c->looks_back || version->looks_back;
	}
	return true;
}

static bool
finish_terms(struct fund_term *terms, size_t count, const char *what, char *error)
{
	if (count)
		qsort(terms, count, sizeof *terms, catalogue_by_term_number);
	for (size_t i = 0; i < count; i++) {
		if (terms[i].number < 1 || terms[i].number > CATALOGUE_NUMBER_MAX)
			FAIL("%s %s: number %u is not in 1..%d", what, terms[i].code, terms[i].number,
			     CATALOGUE_NUMBER_MAX);
		if (i && terms[i].number == terms[i - 1].number)
			FAIL("%s number %u stands twice", what, terms[i].number);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(terms[i].code, terms[j].code))
				FAIL("%s code %s stands twice", what, terms[i].code);
	}
	return true;
}

static bool
is_word(const char *text, const char *word, size_t size)
{
	return strlen(text) == size && !memcmp(text, word, size);
}

/* By its code or a name, `size` bytes of it. */
static const struct fund_term *
use_named(const struct catalogue *c, const char *word, size_t size)
{
	for (size_t i = 0; i < c->use_count; i++)
		if (is_word(c->uses[i].code, word, size) || is_word(c->uses[i].name_zh, word, size) ||
		    is_word(c->uses[i].name_en, word, size))
			return &c->uses[i];
	return NULL;
}

/* Makes numbers of a source's permitted uses, if they were given as codes. */
static bool
finish_permits(struct catalogue *c, struct fund_term *source, char *error)
{
	size_t words = 1;
	if (!source->uses || !*source->uses || source->permitted_count)
		return true;
	for (const char *at = source->uses; *at; at++)
		words += *at == ' ';
	source->permitted = arena_array(&c->arena, words, sizeof *source->permitted);
	if (!source->permitted)
		FAIL("%s", "out of memory");
	for (const char *at = source->uses, *end; *at; at = *end ? end + 1 : end) {
		end = at + strcspn(at, " ");
		const struct fund_term *use = use_named(c, at, (size_t)(end - at));
		if (!use)
			FAIL("fund source %s: its permitted use '%.*s' is none of the uses", source->code,
			     (int)(end - at), at);
		source->permitted[source->permitted_count++] = use->number;
	}
	return true;
}

static bool
finish_sources(struct catalogue *c, char *error)
{
	bool good = finish_terms(c->sources, c->source_count, "source", error) &&
	            finish_terms(c->uses, c->use_count, "use", error);
	for (size_t i = 0; good && i < c->source_count; i++)
		good = finish_permits(c, &c->sources[i], error);
	return good;
}

static bool
finish_targets(const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->target_count; i++) {
		const struct target *target = &c->targets[i];
		if (!target->fund == !target->indicator)
			FAIL("a target of unit %" PRId64 " is for no measure", target->unit);
		if (target->indicator && !catalogue_indicator(c, target->indicator))
			FAIL("a target of unit %" PRId64 " names an unknown indicator", target->unit);
		if (target->fund >= FUND_KINDS)
			FAIL("a target of unit %" PRId64 " is for an unknown fund kind", target->unit);
		if (target->value < 0 || target->value > VALUE_MAX)
			FAIL("a target of unit %" PRId64 " is out of range", target->unit);
	}
	return true;
}

static int
by_day(const void *a, const void *b)
{
	return compare(((const struct special_day *)a)->date, ((const struct special_day *)b)->date);
}

static int
by_rule(const void *a, const void *b)
{
	const struct deadline_rule *x = a, *y = b;
	int order = compare(x->form, y->form);
	order = order ? order : compare(x->event, y->event);
	return order ? order : compare(x->first, y->first);
}

static bool
finish_rule(const struct catalogue *c, const struct deadline_rule *rule, const struct deadline_rule *before,
            char *error)
{
	const struct form *form = catalogue_form(c, rule->form);
	const char *event = rule->event > DEADLINE_NONE && rule->event < DEADLINE_EVENTS
	                        ? deadline_event_name(rule->event)
	                        : NULL;
	if (!form || !event)
		FAIL("a deadline is for form %u, event %d, which there is not", rule->form, (int)rule->event);
	if (!period_valid(rule->first) || !period_valid(rule->last) || rule->first > rule->last)
		FAIL("deadline %s of form %s: the periods %d..%d are not in order", event, form->code, rule->first,
		     rule->last);
	if (rule->months < -12 || rule->months > 24 || rule->day < 1 || rule->day > 31 || rule->minute < 0 ||
	    rule->minute > MINUTES_PER_DAY)
		FAIL("deadline %s of form %s: %d months, day %d, minute %d is no such moment", event, form->code,
		     rule->months, rule->day, rule->minute);
	if (before && before->form == rule->form && before->event == rule->event && before->last >= rule->first)
		FAIL("deadline %s of form %s: two rules for %d", event, form->code, rule->first);
	return true;
}

static void
find_periods(struct catalogue *c)
{
	int first = INT32_MAX, last = 0;
	for (size_t i = 0; i < c->version_count; i++) {
		int from = period_index(c->versions[i].first), to = period_index(c->versions[i].last);
		first = from < first ? from : first;
		last = to > last ? to : last;
	}
	c->period_first = first;
	c->period_count = c->version_count ? last - first + 1 : 0;
}

/* A report must not be due before it may be sent, or closed before it is due. */
static bool
check_order(const struct catalogue *c, size_t form, const struct deadlines *d, int at, char *error)
{
	for (int event = DEADLINE_OPEN, before = 0; event < DEADLINE_EVENTS; event++) {
		if (!d->at[event])
			continue;
		if (before && d->at[before] > d->at[event])
			FAIL("form %s, period %d: %s comes after %s", c->forms[form].code,
			     period_from_index(c->period_first + at), deadline_event_name((enum deadline_event)before),
			     deadline_event_name((enum deadline_event)event));
		before = event;
	}
	return true;
}

static bool
finish_deadlines(struct catalogue *c, char *error)
{
	if (c->day_count)
		qsort(c->days, c->day_count, sizeof *c->days, by_day);
	for (size_t i = 1; i < c->day_count; i++)
		if (c->days[i].date == c->days[i - 1].date)
			FAIL("the day %d stands in the calendar twice", c->days[i].date);
	if (c->rule_count)
		qsort(c->rules, c->rule_count, sizeof *c->rules, by_rule);
	find_periods(c);
	c->schedule = arena_array(&c->arena, c->form_count * (size_t)c->period_count + 1, sizeof *c->schedule);
	if (!c->schedule)
		FAIL("the catalogue is too large");
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct deadline_rule *rule = &c->rules[i];
		if (!finish_rule(c, rule, i ? rule - 1 : NULL, error))
			return false;
		size_t row = (size_t)c->form_at[rule->form] * (size_t)c->period_count;
		for (int at = 0; at < c->period_count; at++) {
			period p = period_from_index(c->period_first + at);
			if (p >= rule->first && p <= rule->last)
				c->schedule[row + (size_t)at].at[rule->event] = deadline_at(rule, p, c->days, c->day_count);
		}
	}
	for (size_t form = 0; form < c->form_count; form++)
		for (int at = 0; at < c->period_count; at++)
			if (!check_order(c, form, &c->schedule[form * (size_t)c->period_count + (size_t)at], at, error))
				return false;
	return true;
}

static bool
finish_profiles(const struct catalogue *c, char *error)
{
	for (size_t i = 0; i < c->profile_count; i++) {
		const struct profile *profile = &c->profiles[i];
		if (!profile->fund == !profile->indicator || profile->fund >= FUND_KINDS ||
		    (profile->indicator && !catalogue_indicator(c, profile->indicator)))
			FAIL("a monthly profile is for no measure");
		for (int month = 1; month < 12; month++)
			if (profile->shares[month] < profile->shares[month - 1])
				FAIL("the monthly profile of %s falls in month %d",
				     profile->indicator ? catalogue_indicator(c, profile->indicator)->code : "a fund kind",
				     month + 1);
		if (profile->shares[11] != 1000)
			FAIL("the monthly profile of %s does not end at 100 per cent",
			     profile->indicator ? catalogue_indicator(c, profile->indicator)->code : "a fund kind");
	}
	return true;
}

static int
by_appraisal_number(const void *a, const void *b)
{
	return compare(((const struct appraisal_item *)a)->number, ((const struct appraisal_item *)b)->number);
}

/* Does an item name what its kind compares, and nothing else? */
static bool
names_fit(const struct catalogue *c, const struct appraisal_item *item)
{
	const struct indicator *what = catalogue_indicator(c, item->indicator);
	const struct indicator *other = catalogue_indicator(c, item->other);
	switch (item->kind) {
	case APPRAISE_TARGET:
	case APPRAISE_PACE:
		return !what == (item->fund > 0 && item->fund < FUND_KINDS) && !item->other && !item->other_fund;
	case APPRAISE_SHARE:
		return what && other && what->decimals == other->decimals && !item->fund && !item->other_fund;
	case APPRAISE_FUNDS:
		return item->fund > 0 && item->fund < FUND_KINDS && item->other_fund > 0 &&
		       item->other_fund < FUND_KINDS && !what && !other;
	default:
		return !item->indicator && !item->other && !item->fund && !item->other_fund;
	}
}

static bool
finish_appraisal(const struct catalogue *c, char *error)
{
	uint32_t sum = 0;
	if (c->appraisal_count)
		qsort(c->appraisal, c->appraisal_count, sizeof *c->appraisal, by_appraisal_number);
	for (size_t i = 0; i < c->appraisal_count; i++) {
		const struct appraisal_item *item = &c->appraisal[i];
		if (!item->number || (i && item[-1].number == item->number))
			FAIL("appraisal item %s has no number of its own", item->code);
		if (!appraisal_kind_name(item->kind) || !names_fit(c, item))
			FAIL("appraisal item %s does not name what its kind compares", item->code);
		sum += item->weight;
	}
	if (c->appraisal_count && sum != 100)
		FAIL("the weights of the appraisal come to %u, not to 100", sum);
	return true;
}

static int
by_document_number(const void *a, const void *b)
{
	return compare(((const struct document_kind *)a)->number, ((const struct document_kind *)b)->number);
}

static bool
finish_document_kinds(struct catalogue *c, char *error)
{
	if (c->document_kind_count)
		qsort(c->document_kinds, c->document_kind_count, sizeof *c->document_kinds, by_document_number);
	for (size_t i = 0; i < c->document_kind_count; i++) {
		struct document_kind *kind = &c->document_kinds[i];
		if (kind->number < 1 || kind->number > CATALOGUE_NUMBER_MAX)
			FAIL("document %s: number %u is not in 1..%d", kind->code, kind->number, CATALOGUE_NUMBER_MAX);
		/* Documents are sent by the county's office. */
		if (kind->level < UNIT_COUNTY)
			FAIL("document %s: units of county level and below send documents", kind->code);
		if (!date_valid(kind->due_date) || kind->minute < 0 || kind->minute > MINUTES_PER_DAY)
			FAIL("document %s: day %d, minute %d is no such moment", kind->code, kind->due_date,
			     kind->minute);
		for (size_t j = 0; j < i; j++)
			if (kind->number == c->document_kinds[j].number || !strcmp(kind->code, c->document_kinds[j].code))
				FAIL("document %u (%s) stands twice", kind->number, kind->code);
		kind->due = moment_of_day(next_working_day(c->days, c->day_count, kind->due_date), kind->minute);
	}
	return true;
}

static int
by_rule_number(const void *a, const void *b)
{
	return compare(((const struct plan_rule *)a)->number, ((const struct plan_rule *)b)->number);
}

static bool
finish_plan_rules(const struct catalogue *c, char *error)
{
	const unsigned levels = 1U << UNIT_PROVINCE | 1U << UNIT_PREFECTURE | 1U << UNIT_COUNTY |
	                        1U << UNIT_TOWNSHIP | 1U << UNIT_VILLAGE;
	if (c->plan_rule_count)
		qsort(c->plan_rules, c->plan_rule_count, sizeof *c->plan_rules, by_rule_number);
	for (size_t i = 0; i < c->plan_rule_count; i++) {
		const struct plan_rule *rule = &c->plan_rules[i];
		if (rule->number < 1 || rule->number > CATALOGUE_NUMBER_MAX)
			FAIL("rule %s: number %u is not in 1..%d", rule->code, rule->number, CATALOGUE_NUMBER_MAX);
		if (!rule_measure_name(rule->measure) || !rule->levels || rule->levels & ~levels ||
		    (rule->severity != RULE_RED && rule->severity != RULE_AMBER) ||
		    (rule->due && !date_valid(rule->due)))
			FAIL("rule %s: its measure, levels, severity or date is wrong", rule->code);
		for (size_t j = 0; j < i; j++)
			if (rule->number == c->plan_rules[j].number || !strcmp(rule->code, c->plan_rules[j].code))
				FAIL("rule %u (%s) stands twice", rule->number, rule->code);
	}
	return true;
}

bool
catalogue_finish(struct catalogue *c, char error[CATALOGUE_ERROR_BYTES])
{
	return finish_units(c, error) && link_units(c, error) && finish_groups(c, error) &&
	       finish_forms(c, error) && finish_indicators(c, error) && finish_checks(c, error) &&
	       finish_versions(c, error) && finish_sources(c, error) && finish_targets(c, error) &&
	       finish_deadlines(c, error) && finish_profiles(c, error) && finish_appraisal(c, error) &&
	       finish_document_kinds(c, error) && catalogue_finish_projects(c, error) &&
	       finish_plan_rules(c, error);
}
