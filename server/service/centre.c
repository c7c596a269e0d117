#include "centre.h"

bool
service_fail(const char *event, const char *error)
{
	char text[LOG_QUOTED_BYTES];
	log_line(LOG_ERROR, event, "error=%s", log_quoted(error, text));
	return false;
}
