#include "project.h"

#include "base/word.h"

#include <stdlib.h>
#include <string.h>

static const struct word step_names[PROJECT_STEPS] = {
    {"", ""},
    {"register", "立项"},
    {"notice", "事前公示"},
    {"system", "四制"},
    {"start", "开工"},
    {"progress", "进度"},
    {"finish", "竣工"},
    {"notice_after", "事后公示"},
    {"name_acceptor", "委托验收"},
    {"acceptance", "验收"},
    {"drop", "撤销"},
};

static const struct word state_names[PROJECT_STATES] = {
    {"", ""},
    {"planned", "已立项"},
    {"noticed", "已公示"},
    {"under_way", "在建"},
    {"complete", "已竣工"},
    {"accepted", "已验收"},
    {"dropped", "已撤销"},
};

static const struct word system_names[PROJECT_SYSTEMS] = {
    {"", ""},
    {"legal_person", "项目法人责任制"},
    {"tendering", "招标投标制"},
    {"supervision", "工程监理制"},
    {"contract", "合同管理制"},
};

const char *
project_step_name(enum project_step step)
{
	return step_names[step].en;
}

const char *
project_step_name_zh(enum project_step step)
{
	return step_names[step].zh;
}

bool
project_step_parse(const char *text, enum project_step *out)
{
	int found;
	bool good = word_find(step_names, PROJECT_REGISTER, PROJECT_STEPS, text, &found);
	if (good)
		*out = (enum project_step)found;
	return good;
}

const char *
project_state_name(enum project_state state)
{
	return state_names[state].en;
}

const char *
project_state_name_zh(enum project_state state)
{
	return state_names[state].zh;
}

bool
project_state_parse(const char *text, enum project_state *out)
{
	int found;
	bool good = word_find(state_names, PROJECT_PLANNED, PROJECT_STATES, text, &found);
	if (good)
		*out = (enum project_state)found;
	return good;
}

const char *
project_system_name(enum project_system system)
{
	return system_names[system].en;
}

const char *
project_system_name_zh(enum project_system system)
{
	return system_names[system].zh;
}

bool
project_system_parse(const char *text, enum project_system *out)
{
	int found;
	bool good = word_find(system_names, SYSTEM_LEGAL_PERSON, PROJECT_SYSTEMS, text, &found);
	if (good)
		*out = (enum project_system)found;
	return good;
}

struct project_name
project_name_of(const char *text)
{
	struct project_name name = {.code = text, .length = strcspn(text, "@")};
	const char *owner = text + name.length;
	if (!*owner++)
		return name;
	size_t digits = strspn(owner, "0123456789");
	name.owner = digits && digits < 16 && !owner[digits] ? strtoll(owner, NULL, 10) : -1;
	if (!name.owner)
		name.owner = -1;
	return name;
}

bool
project_is_closed(enum project_state state)
{
	return state == PROJECT_ACCEPTED || state == PROJECT_DROPPED;
}
