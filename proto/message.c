#include "message.h"

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
