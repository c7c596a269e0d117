/* The plan, as offices get it. */
#include "shapes.h"

/* clang-format off */

#undef AT
#define AT Fupin__V1__CatalogueUnit, struct unit
SHAPE(unit, catalogue_unit,
    NUMBER(code),
    ENUM(level, UNIT_VILLAGE + 1),
    TEXT(name),
    TEXT(basis),
    NUMBER(first),
    NUMBER(last),
    NUMBER(successor));

#undef AT
#define AT Fupin__V1__UnitGroup, struct unit_group
SHAPE(unit_group, unit_group,
    TEXT(code),
    TEXT(name),
    NUMBER(unit),
    TEXT(basis));

/* What a plan's target says of a value. */
#undef AT
#define AT Fupin__V1__TargetValue, struct target
SHAPE_STATIC(planned_value, target_value,
    NUMBER(year),
    NUMBER(indicator),
    NUMBER(fund),
    NUMBER(value));

#undef AT
#define AT Fupin__V1__Target, struct target
SHAPE(target, target,
    NUMBER(unit),
    PART(target, planned_value, REQUIRED, .what = NULL),
    TEXT(notice));

#undef AT
#define AT Fupin__V1__Form, struct form
SHAPE_STATIC(form, form,
    NUMBER(number),
    TEXT(code),
    ENUM(level, UNIT_VILLAGE + 1),
    TEXT(name_zh),
    TEXT(name_en));

#undef AT
#define AT Fupin__V1__FormField, struct form_field
SHAPE_STATIC(form_field, form_field,
    NUMBER(indicator),
    FLAG(required),
    NUMBER(minimum),
    NUMBER(maximum),
    NUMBER(part_of),
    NUMBER_AS(year_base, base),
    NUMBER(step_after));

#undef AT
#define AT Fupin__V1__FormVersion, struct form_version
SHAPE_STATIC(form_version, form_version,
    NUMBER(form),
    NUMBER(version),
    NUMBER(first),
    NUMBER(last),
    MESSAGES(fields, fields, field_count, form_field, .limit = 0));

#undef AT
#define AT Fupin__V1__Indicator, struct indicator
SHAPE_STATIC(indicator, indicator,
    NUMBER(number),
    NUMBER(form),
    TEXT(code),
    TEXT(name_zh),
    TEXT(name_en),
    TEXT(measure_zh),
    TEXT(measure_en),
    SMALL(decimals, 9, -1),
    NUMBER(kind),
    TEXT(project),
    TEXT(notice),
    NUMBER(counts),
    NUMBER(at_least));

#undef AT
#define AT Fupin__V1__FundTerm, struct fund_term
SHAPE_STATIC(fund_term, fund_term,
    NUMBER(number),
    TEXT(code),
    TEXT(name_zh),
    TEXT(name_en),
    FLAG(special),
    FLAG(loan),
    ARRAY(uses, permitted, permitted_count, .flags = 0),
    TEXT(notice));

#undef AT
#define AT Fupin__V1__SpecialDay, struct special_day
SHAPE_STATIC(special_day, special_day,
    NUMBER(date),
    FLAG(works),
    TEXT(name));

#undef AT
#define AT Fupin__V1__DeadlineRule, struct deadline_rule
SHAPE_STATIC(deadline_rule, deadline_rule,
    NUMBER(form),
    NUMBER(event),
    NUMBER(first),
    NUMBER(last),
    NUMBER(months),
    SMALL(day, 31, 0),
    SMALL(minute, MINUTES_PER_DAY, -1),
    TEXT(notice));

enum { MONTHS = 12 };

static bool
put_shares(struct arena *arena, const void *ours, void *message)
{
	const struct profile *profile = ours;
	Fupin__V1__Profile *wire = message;
	wire->n_shares = MONTHS;
	wire->shares = arena_array(arena, MONTHS, sizeof *wire->shares);
	for (int month = 0; wire->shares && month < MONTHS; month++)
		wire->shares[month] = profile->shares[month];
	return wire->shares;
}

static bool
take_shares(struct shaping *shaping, const void *message, void *ours)
{
	const Fupin__V1__Profile *wire = message;
	(void)shaping;
	for (size_t month = 0; month < MONTHS && month < wire->n_shares; month++)
		((struct profile *)ours)->shares[month] = (uint16_t)wire->shares[month];
	return true;
}

#undef AT
#define AT Fupin__V1__Profile, struct profile
SHAPE_STATIC(profile, profile,
    NUMBER(indicator),
    NUMBER(fund),
    HOOK(shares, put_shares, take_shares));

#undef AT
#define AT Fupin__V1__SoftCheck, struct soft_check
SHAPE_STATIC(soft_check, soft_check,
    NUMBER(number),
    NUMBER(form),
    NUMBER(kind),
    NUMBER(indicator),
    NUMBER(other),
    NUMBER(bound),
    TEXT(text_zh),
    TEXT(text_en),
    TEXT(notice));

#undef AT
#define AT Fupin__V1__AppraisalItem, struct appraisal_item
SHAPE_STATIC(appraisal_item, appraisal_item,
    NUMBER(number),
    TEXT(code),
    NUMBER(kind),
    NUMBER(indicator),
    NUMBER(fund),
    NUMBER(other),
    NUMBER(other_fund),
    FLAG(approved),
    NUMBER(weight),
    TEXT(name_zh),
    TEXT(name_en),
    TEXT(notice));

#undef AT
#define AT Fupin__V1__DocumentKind, struct document_kind
SHAPE_STATIC(document_kind, document_kind,
    NUMBER(number),
    TEXT(code),
    ENUM(level, UNIT_VILLAGE + 1),
    TEXT(name_zh),
    TEXT(name_en),
    NUMBER(due_date),
    SMALL(minute, MINUTES_PER_DAY, -1),
    NUMBER(due),
    TEXT(notice));

#undef AT
#define AT Fupin__V1__Rule, struct plan_rule
SHAPE_STATIC(rule, rule,
    NUMBER(number),
    TEXT(code),
    MASK(levels, levels, UNIT_VILLAGE + 1, 0, NULL),
    ENUM(severity, RULE_STATES),
    FLAG(at_most),
    NUMBER(threshold),
    NUMBER(measure),
    NUMBER(due),
    TEXT(name_zh),
    TEXT(name_en),
    TEXT(notice));

#undef AT
#define AT Fupin__V1__ProjectKind, struct project_kind
SHAPE_STATIC(project_kind, project_kind,
    NUMBER(number),
    TEXT(code),
    TEXT(name_zh),
    TEXT(name_en),
    NUMBER(use),
    FLAG(construction),
    TEXT(notice));

#undef AT
#define AT Fupin__V1__AcceptanceItem, struct acceptance_item
SHAPE_STATIC(acceptance_item, acceptance_item,
    NUMBER(number),
    TEXT(name_zh),
    TEXT(name_en),
    FLAG(construction));

/* Forms and all that goes by them. */
#undef AT
#define AT Fupin__V1__Catalogue, struct catalogue
SHAPE(catalogue, catalogue,
    TEXT(plan),
    TEXT(title_zh),
    TEXT(title_en),
    TEXT(source),
    TEXT(label),
    NUMBER(books_closed),
    NUMBER(projects_since),
    NUMBER(acceptance_due),
    MESSAGES(units, units, unit_count, unit, .limit = 0),
    MESSAGES(forms, forms, form_count, form, .limit = 0),
    MESSAGES(versions, versions, version_count, form_version, .limit = 0),
    MESSAGES(indicators, indicators, indicator_count, indicator, .limit = 0),
    MESSAGES(sources, sources, source_count, fund_term, .limit = 0),
    MESSAGES(uses, uses, use_count, fund_term, .limit = 0),
    MESSAGES(targets, targets, target_count, target, .limit = 0),
    MESSAGES(days, days, day_count, special_day, .limit = 0),
    MESSAGES(deadlines, rules, rule_count, deadline_rule, .limit = 0),
    MESSAGES(profiles, profiles, profile_count, profile, .limit = 0),
    MESSAGES(document_kinds, document_kinds, document_kind_count, document_kind, .limit = 0),
    MESSAGES(groups, groups, group_count, unit_group, .limit = 0),
    MESSAGES(checks, checks, check_count, soft_check, .limit = 0),
    MESSAGES(appraisal, appraisal, appraisal_count, appraisal_item, .limit = 0),
    MESSAGES(rules, plan_rules, plan_rule_count, rule, .limit = 0),
    MESSAGES(project_kinds, project_kinds, project_kind_count, project_kind, .limit = 0),
    MESSAGES(acceptance_items, acceptance_items, acceptance_item_count, acceptance_item, .limit = 0));
