/* Names of roles, states of enrolments and states of money in both languages, and the plan of a project as it
 * was registered last. */
#include "reply.h"

#include <string.h>

static const char *const role_names[ROLES] = {"none", "county", "prefecture", "province", "admin"};

const char *
role_name(enum role role)
{
	return (unsigned)role < (unsigned)ROLES ? role_names[role] : "unknown";
}

bool
role_parse(const char *text, enum role *out)
{
	for (int role = ROLE_COUNTY; role < ROLES; role++)
		if (!strcmp(text, role_names[role])) {
			*out = (enum role)role;
			return true;
		}
	return false;
}

enum unit_level
role_level(enum role role)
{
	static const enum unit_level levels[ROLES] = {
	    [ROLE_COUNTY] = UNIT_COUNTY, [ROLE_PREFECTURE] = UNIT_PREFECTURE, [ROLE_PROVINCE] = UNIT_PROVINCE};
	return (unsigned)role < (unsigned)ROLES ? levels[role] : UNIT_NONE;
}

static const struct {
	const char *en, *zh;
} enrolment_names[ENROLMENT_STATES] = {
    {"", ""},
    {"invited", "已邀请"},
    {"waiting", "待接纳"},
    {"admitted", "已接纳"},
    {"refused", "已拒绝"},
    {"expired", "已过期"},
};

const char *
enrolment_state_name(enum enrolment_state state)
{
	return enrolment_names[state].en;
}

const char *
enrolment_state_name_zh(enum enrolment_state state)
{
	return enrolment_names[state].zh;
}

static const struct {
	const char *en, *zh;
} state_names[FUND_STATES] = {
    {"", ""},
    {"raised", "筹措"},
    {"came_in", "转入"},
    {"on_hand", "在手"},
    {"set_aside", "已分配待拨"},
    {"in_transit", "在途"},
    {"under_grant", "已安排待报账"},
    {"spent", "支出"},
    {"went_out", "转出"},
    {"repaid", "已还"},
};

const char *
fund_state_name(enum fund_state state)
{
	return state_names[state].en;
}

const char *
fund_state_name_zh(enum fund_state state)
{
	return state_names[state].zh;
}

const struct project_row *
project_plan(const struct project_item *item)
{
	const struct project_row *plan = NULL;
	for (size_t i = 0; i < item->step_count; i++)
		if (item->steps[i].step == PROJECT_REGISTER)
			plan = &item->steps[i];
	return plan;
}
