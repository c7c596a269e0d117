#include "submission.h"

#include <string.h>

static const struct {
	const char *en, *zh;
} kind_names[FUND_KINDS] = {
    {"", ""},          {"raised", "筹措"}, {"sent_down", "下拨"}, {"received", "到账"}, {"granted", "安排"},
    {"spent", "支出"},
};

const char *
fund_kind_name(enum fund_kind kind)
{
	return kind_names[kind].en;
}

const char *
fund_kind_name_zh(enum fund_kind kind)
{
	return kind_names[kind].zh;
}

bool
fund_kind_parse(const char *text, enum fund_kind *out)
{
	for (int kind = FUND_RAISED; kind < FUND_KINDS; kind++)
		if (!strcmp(text, kind_names[kind].en) || !strcmp(text, kind_names[kind].zh)) {
			*out = (enum fund_kind)kind;
			return true;
		}
	return false;
}
