#include "catalogue_internal.h"

#include "base/sorted.h"

#include "pace.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

void
catalogue_init(struct catalogue *catalogue, size_t bytes_max)
{
	*catalogue = (struct catalogue){.plan = "", .title_zh = "", .title_en = "", .source = "", .label = ""};
	arena_init(&catalogue->arena, bytes_max);
}

void
catalogue_free(struct catalogue *catalogue)
{
	arena_free(&catalogue->arena);
	*catalogue = (struct catalogue){0};
}

int
catalogue_by_term_number(const void *a, const void *b)
{
	const struct fund_term *x = a, *y = b;
	return (x->number > y->number) - (x->number < y->number);
}

int
catalogue_by_check_number(const void *a, const void *b)
{
	const struct soft_check *x = a, *y = b;
	return (x->number > y->number) - (x->number < y->number);
}

size_t
catalogue_unit_slot(const struct catalogue *c, unit_code code)
{
	/* Knuth's multiplicative hashing: the top bits spread the long runs that codes come in. */
	size_t at = (uint64_t)code * UINT64_C(0x9E3779B97F4A7C15) >> (64 - c->unit_bits);
	while (c->unit_slots[at] && (unit_code)(c->unit_slots[at] >> UNIT_INDEX_BITS) != code)
		at = (at + 1) & (((size_t)1 << c->unit_bits) - 1);
	return at;
}

const struct deadlines *
catalogue_deadlines(const struct catalogue *c, uint32_t form, period when)
{
	static const struct deadlines none;
	int at = period_index(when) - c->period_first;
	bool known = catalogue_form(c, form) && at >= 0 && at < c->period_count;
	return known ? &c->schedule[(size_t)c->form_at[form] * (size_t)c->period_count + (size_t)at] : &none;
}

uint32_t
catalogue_expected_share(const struct catalogue *c, uint32_t indicator, enum fund_kind fund, int month)
{
	for (size_t i = 0; i < c->profile_count; i++)
		if (c->profiles[i].indicator == indicator && c->profiles[i].fund == fund)
			return c->profiles[i].shares[month - 1] * (PACE_WHOLE / 1000U);
	return (uint32_t)(PACE_WHOLE / 12 * month);
}

const char *
appraisal_kind_name(enum appraisal_kind kind)
{
	static const char *const names[APPRAISE_KINDS] = {NULL,    "target",  "pace",     "share",
	                                                  "funds", "on_time", "complete", "approved"};
	return kind > 0 && kind < APPRAISE_KINDS ? names[kind] : NULL;
}

const struct document_kind *
catalogue_document(const struct catalogue *c, uint32_t number)
{
	for (size_t i = 0; i < c->document_kind_count; i++)
		if (c->document_kinds[i].number == number)
			return &c->document_kinds[i];
	return NULL;
}

const struct document_kind *
catalogue_document_by_name(const struct catalogue *c, const char *name)
{
	for (size_t i = 0; i < c->document_kind_count; i++) {
		const struct document_kind *kind = &c->document_kinds[i];
		if (!strcmp(name, kind->code) || !strcmp(name, kind->name_zh) || !strcmp(name, kind->name_en))
			return kind;
	}
	return NULL;
}

const struct plan_rule *
catalogue_plan_rule(const struct catalogue *c, uint32_t number)
{
	for (size_t i = 0; i < c->plan_rule_count; i++)
		if (c->plan_rules[i].number == number)
			return &c->plan_rules[i];
	return NULL;
}

const struct plan_rule *
catalogue_plan_rule_by_name(const struct catalogue *c, const char *name)
{
	for (size_t i = 0; i < c->plan_rule_count; i++) {
		const struct plan_rule *rule = &c->plan_rules[i];
		if (!strcmp(name, rule->code) || !strcmp(name, rule->name_zh) || !strcmp(name, rule->name_en))
			return rule;
	}
	return NULL;
}

size_t
catalogue_last_of_place(const struct catalogue *c, size_t unit)
{
	for (const struct unit *next;
	     c->units[unit].successor && (next = catalogue_unit(c, c->units[unit].successor));)
		unit = (size_t)(next - c->units);
	return unit;
}

static int
by_code(const void *unit, const void *code)
{
	unit_code a = ((const struct unit *)unit)->code, b = *(const unit_code *)code;
	return (a > b) - (a < b);
}

size_t
catalogue_first_unit(const struct catalogue *c, unit_code code)
{
	return sorted_place(c->units, c->unit_count, sizeof *c->units, by_code, &code);
}

size_t
catalogue_units_below(const struct catalogue *c, unit_code unit, enum unit_level level, size_t *first)
{
	unit_code low = unit, high = unit;
	while (unit_level_of(low) < level) {
		low = low * 10;
		high = high * 10 + 9;
	}
	*first = catalogue_first_unit(c, low);
	return catalogue_first_unit(c, high + 1) - *first;
}

void
catalogue_periods(const struct catalogue *c, period *from, period *to)
{
	*from = PERIOD_LAST;
	*to = PERIOD_FIRST;
	for (size_t i = 0; i < c->version_count; i++) {
		if (c->versions[i].first < *from)
			*from = c->versions[i].first;
		if (c->versions[i].last > *to)
			*to = c->versions[i].last;
	}
}

const struct unit *
catalogue_unit(const struct catalogue *c, unit_code code)
{
	uint64_t slot = c->unit_slots ? c->unit_slots[catalogue_unit_slot(c, code)] : 0;
	return slot ? &c->units[(slot & ((1U << UNIT_INDEX_BITS) - 1)) - 1] : NULL;
}

bool
unit_in_period(const struct unit *unit, period when)
{
	return (!unit->first || when >= unit->first) && (!unit->last || when <= unit->last);
}

const struct unit *
catalogue_unit_then(const struct catalogue *c, const struct unit *unit, period when)
{
	for (unit = &c->units[unit->root]; !unit_in_period(unit, when); unit = &c->units[unit->next - 1])
		if (!unit->next)
			return NULL;
	return unit;
}

size_t
catalogue_group(const struct catalogue *c, const char *code, const struct unit_group **first)
{
	size_t at = 0, count = 0;
	while (at < c->group_count && strcmp(c->groups[at].code, code))
		at++;
	for (size_t i = 0; at == c->group_count && i < c->group_count; i++)
		if (utf8_same_key(c->groups[i].code, code))
			at = i;
	while (at + count < c->group_count && !strcmp(c->groups[at + count].code, c->groups[at].code))
		count++;
	*first = c->groups ? &c->groups[at] : NULL;
	return count;
}

bool
unit_group_has(const struct unit_group *members, size_t count, unit_code unit)
{
	for (size_t i = 0; i < count; i++)
		if (unit_within(unit, members[i].unit))
			return true;
	return false;
}

const struct soft_check *
catalogue_check(const struct catalogue *c, uint32_t number)
{
	struct soft_check key = {.number = number};
	return c->check_count ? bsearch(&key, c->checks, c->check_count, sizeof key, catalogue_by_check_number)
	                      : NULL;
}

const struct form *
catalogue_form(const struct catalogue *c, uint32_t number)
{
	bool known = number <= CATALOGUE_NUMBER_MAX && c->form_at && c->form_at[number] >= 0;
	return known ? &c->forms[c->form_at[number]] : NULL;
}

const struct form *
catalogue_form_by_code(const struct catalogue *c, const char *code)
{
	for (size_t i = 0; i < c->form_count; i++)
		if (!strcmp(c->forms[i].code, code) || !strcmp(c->forms[i].name_zh, code))
			return &c->forms[i];
	return NULL;
}

const struct form_version *
catalogue_version(const struct catalogue *c, uint32_t form, uint32_t version)
{
	for (size_t i = 0; i < c->version_count; i++)
		if (c->versions[i].form == form && c->versions[i].version == version)
			return &c->versions[i];
	return NULL;
}

const struct form_version *
catalogue_version_for(const struct catalogue *c, uint32_t form, period when)
{
	for (size_t i = 0; i < c->version_count; i++) {
		const struct form_version *version = &c->versions[i];
		if (version->form == form && when >= version->first && when <= version->last)
			return version;
	}
	return NULL;
}

const struct indicator *
catalogue_indicator(const struct catalogue *c, uint32_t number)
{
	bool known = number <= CATALOGUE_NUMBER_MAX && c->indicator_at && c->indicator_at[number] >= 0;
	return known ? &c->indicators[c->indicator_at[number]] : NULL;
}

const struct indicator *
catalogue_indicator_by_name(const struct catalogue *c, const char *name)
{
	for (size_t i = 0; i < c->indicator_count; i++) {
		const struct indicator *indicator = &c->indicators[i];
		if (!strcmp(indicator->code, name) || !strcmp(indicator->name_zh, name) ||
		    !strcmp(indicator->name_en, name))
			return indicator;
	}
	return NULL;
}

const struct fund_term *
fund_term_by_number(const struct fund_term *terms, size_t count, uint32_t number)
{
	struct fund_term key = {.number = number};
	return count ? bsearch(&key, terms, count, sizeof key, catalogue_by_term_number) : NULL;
}

bool
fund_source_permits(const struct fund_term *source, uint32_t use)
{
	bool permits = !source->permitted_count;
	for (size_t i = 0; i < source->permitted_count; i++)
		permits = permits || source->permitted[i] == use;
	return permits;
}

const struct fund_term *
fund_term_by_name(const struct fund_term *terms, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(terms[i].code, name) || !strcmp(terms[i].name_zh, name) ||
		    !strcmp(terms[i].name_en, name))
			return &terms[i];
	return NULL;
}

int
form_version_position(const struct form_version *version, uint32_t indicator, size_t guess)
{
	if (guess < version->field_count && version->fields[guess].indicator == indicator)
		return (int)guess;
	for (size_t at = 0; at < version->field_count; at++)
		if (version->fields[at].indicator == indicator)
			return (int)at;
	return -1;
}
