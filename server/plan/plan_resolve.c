/* From the rows of a plan's files to its catalogue: what several rows say of one thing is gathered, what they
 * name is found, and what does not fit is told. */
#include "plan_files_internal.h"

#include "rules/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
plan_gather_profiles(struct plan *plan, const struct profile_row *rows, size_t count,
                     struct plan_errors *errors)
{
	struct catalogue *c = &plan->catalogue;
	unsigned *months = arena_array(&c->arena, count, sizeof *months);
	c->profiles = arena_array(&c->arena, count, sizeof *c->profiles);
	for (size_t i = 0; c->profiles && months && i < count; i++) {
		size_t at = 0;
		while (at < c->profile_count && (c->profiles[at].indicator != rows[i].profile.indicator ||
		                                 c->profiles[at].fund != rows[i].profile.fund))
			at++;
		if (at == c->profile_count)
			c->profiles[c->profile_count++] =
			    (struct profile){rows[i].profile.indicator, rows[i].profile.fund, {0}};
		if (months[at] & 1U << rows[i].month)
			plan_error(errors, "profiles.csv", rows[i].line,
			           "column month: it stands twice for this measure");
		months[at] |= 1U << rows[i].month;
		c->profiles[at].shares[rows[i].month - 1] = rows[i].profile.shares[0];
	}
	for (size_t i = 0; c->profiles && months && i < c->profile_count; i++)
		if (months[i] != 0x1FFE)
			plan_error(errors, "profiles.csv", 0, "a measure has not all twelve months");
}

static bool
same_indicator(const struct indicator *a, const struct indicator *b)
{
	return a->form == b->form && !strcmp(a->code, b->code) && !strcmp(a->name_zh, b->name_zh) &&
	       !strcmp(a->name_en, b->name_en) && !strcmp(a->measure_zh, b->measure_zh) &&
	       a->decimals == b->decimals && a->kind == b->kind;
}

void
plan_gather_indicators(struct plan *plan, const struct indicator_row *rows, size_t count,
                       struct plan_errors *errors)
{
	struct catalogue *c = &plan->catalogue;
	c->indicators = arena_array(&c->arena, count, sizeof *c->indicators);
	for (size_t i = 0; c->indicators && i < count; i++) {
		size_t at = 0;
		while (at < c->indicator_count && c->indicators[at].number != rows[i].indicator.number)
			at++;
		if (at == c->indicator_count)
			c->indicators[c->indicator_count++] = rows[i].indicator;
		else if (!same_indicator(&c->indicators[at], &rows[i].indicator))
			plan_error(errors, "indicators.csv", rows[i].line, "column number: %u is another indicator above",
			           rows[i].indicator.number);
		for (size_t j = 0; j < i; j++)
			if (rows[j].indicator.number == rows[i].indicator.number && rows[j].version == rows[i].version) {
				plan_error(errors, "indicators.csv", rows[i].line, "column number: %u stands twice",
				           rows[i].indicator.number);
				break;
			}
	}
}

void
plan_check_names(const struct catalogue *c, struct plan_errors *errors)
{
	for (size_t i = 0; i < c->indicator_count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct indicator *a = &c->indicators[i], *b = &c->indicators[j];
			if (!strcmp(a->name_zh, b->name_zh) || !strcmp(a->name_en, b->name_en))
				plan_error(errors, "indicators.csv", 0, "indicators %s and %s have the same name", b->code,
				           a->code);
		}
}

/* The number of the indicator that a row names in one of its columns. */
static uint32_t
resolve(const struct indicator_row *rows, size_t count, const struct indicator_row *row, const char *column,
        const char *code, struct plan_errors *errors)
{
	if (!*code)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (rows[i].indicator.form == row->indicator.form && rows[i].version == row->version &&
		    !strcmp(rows[i].indicator.code, code))
			return rows[i].indicator.number;
	plan_error(errors, "indicators.csv", row->line, "column %s: \"%s\" is not in this form", column, code);
	return 0;
}

void
plan_gather_fields(struct plan *plan, const struct indicator_row *rows, size_t count,
                   struct plan_errors *errors)
{
	struct catalogue *c = &plan->catalogue;
	for (size_t i = 0; i < count; i++) {
		bool found = false;
		for (size_t v = 0; v < c->version_count && !found; v++) {
			struct form_version *version = &c->versions[v];
			found = version->form == rows[i].indicator.form && version->version == rows[i].version;
			if (!found)
				continue;
			if (!version->fields)
				version->fields = arena_array(&c->arena, FORM_FIELDS_MAX, sizeof *version->fields);
			if (!version->fields || version->field_count == FORM_FIELDS_MAX) {
				plan_error(errors, "indicators.csv", rows[i].line, "the form has more than %d indicators",
				           FORM_FIELDS_MAX);
				continue;
			}
			struct form_field *field = &version->fields[version->field_count++];
			*field = rows[i].field;
			field->part_of = resolve(rows, count, &rows[i], "part_of", rows[i].part_of, errors);
			field->base = resolve(rows, count, &rows[i], "base", rows[i].base, errors);
			field->step_after = resolve(rows, count, &rows[i], "step_after", rows[i].step_after, errors);
		}
		if (!found && rows[i].indicator.form)
			plan_error(errors, "indicators.csv", rows[i].line,
			           "column version: version %u of the form is not in forms.csv", rows[i].version);
	}
}

void
plan_gather_forms(struct plan *plan, const struct form_row *rows, size_t count, struct plan_errors *errors)
{
	struct catalogue *c = &plan->catalogue;
	c->forms = arena_array(&c->arena, count, sizeof *c->forms);
	c->versions = arena_array(&c->arena, count, sizeof *c->versions);
	for (size_t i = 0; c->forms && c->versions && i < count; i++) {
		size_t at = 0;
		while (at < c->form_count && c->forms[at].number != rows[i].form.number)
			at++;
		if (at == c->form_count)
			c->forms[c->form_count++] = rows[i].form;
		else if (strcmp(c->forms[at].code, rows[i].form.code) || c->forms[at].level != rows[i].form.level)
			plan_error(errors, "forms.csv", 0, "form number %u has two codes or levels", rows[i].form.number);
		c->versions[c->version_count++] = rows[i].version;
	}
}

void
plan_check_principals(const struct plan *plan, const char *file, struct plan_errors *errors)
{
	for (size_t i = 0; i < plan->principal_count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct principal *a = &plan->principals[i], *b = &plan->principals[j];
			if (!strcmp(a->name, b->name))
				plan_error(errors, file, 0, "the name %s stands twice", a->name);
			if (*a->public_key && !strcmp(a->public_key, b->public_key))
				plan_error(errors, file, 0, "%s and %s have the same public key", b->name, a->name);
		}
}

void
plan_check_parents(const struct catalogue *c, struct plan_errors *errors)
{
	for (size_t i = 0; i < c->unit_count; i++) {
		const struct unit *unit = &c->units[i];
		enum unit_level above = (enum unit_level)(unit->level - 1);
		if (unit->level > UNIT_PROVINCE && !catalogue_unit(c, unit_ancestor(unit->code, above)))
			plan_error(errors, "units.csv", 0, "unit %" PRId64 " (%s): its parent is not in the file",
			           unit->code, unit->name);
		if (unit->successor && !catalogue_unit(c, unit->successor))
			plan_error(errors, "units.csv", 0, "unit %" PRId64 " (%s): its successor is not in the file",
			           unit->code, unit->name);
	}
}

void
plan_check_rules(const struct catalogue *c, struct plan_errors *errors)
{
	char name[CODE_BYTES_MAX + 16];
	struct rules *rules = c->plan_rule_count ? rules_create(c, NULL) : NULL;
	for (size_t i = 0; rules && i < c->plan_rule_count; i++) {
		const char *reason = rules_reason(rules, i);
		snprintf(name, sizeof name, "rules/%s.sql", c->plan_rules[i].code);
		if (*reason)
			plan_error(errors, name, 0, "%s", reason);
	}
	if (c->plan_rule_count && !rules)
		plan_error(errors, "rules.csv", 0, "too large");
	rules_destroy(&rules);
}
