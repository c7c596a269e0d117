#include "query_check.h"

#include <inttypes.h>

const struct unit *
query_unit(const struct catalogue *c, unit_code code, struct problem_list *problems)
{
	const struct unit *unit = catalogue_unit(c, code);
	if (!unit)
		problem_detail(problem_add(problems, PROBLEM_UNIT_UNKNOWN, SUBJECT_REQUEST, 0, "unit"), "%" PRId64,
		               code);
	return unit;
}

bool
query_periods(period from, period to, struct problem_list *problems)
{
	if (period_valid(from) && period_valid(to) && from <= to)
		return true;
	problem_detail(problem_add(problems, PROBLEM_PERIOD_INVALID, SUBJECT_REQUEST, 0, "period"), "%d..%d",
	               from, to);
	return false;
}

bool
query_forms(const struct catalogue *c, const uint32_t *forms, size_t count, struct problem_list *problems)
{
	for (size_t i = 0; i < count; i++)
		if (!catalogue_form(c, forms[i])) {
			problem_detail(problem_add(problems, PROBLEM_FORM_UNKNOWN, SUBJECT_REQUEST, 0, "forms"), "%u",
			               forms[i]);
			return false;
		}
	return true;
}

bool
query_group(const struct catalogue *c, const char *group, struct problem_list *problems)
{
	const struct unit_group *members;
	if (!*group || catalogue_group(c, group, &members))
		return true;
	problem_detail(problem_add(problems, PROBLEM_GROUP_UNKNOWN, SUBJECT_REQUEST, 0, "group"), "%s", group);
	return false;
}

bool
query_indicators(const struct catalogue *c, const uint32_t *indicators, size_t count,
                 struct problem_list *problems)
{
	for (size_t i = 0; i < count; i++)
		if (!catalogue_indicator(c, indicators[i])) {
			problem_detail(problem_add(problems, PROBLEM_INDICATOR_UNKNOWN, SUBJECT_REQUEST, 0, "indicators"),
			               "%u", indicators[i]);
			return false;
		}
	if (count <= c->indicator_count)
		return true;
	problem_add(problems, PROBLEM_INDICATOR_REPEATED, SUBJECT_REQUEST, 0, "indicators");
	return false;
}
