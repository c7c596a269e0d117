#include "plan.h"

#include <stdlib.h>
#include <string.h>

void
plan_init(struct plan *plan)
{
	*plan = (struct plan){0};
	catalogue_init(&plan->catalogue, PLAN_BYTES_MAX);
}

void
plan_free(struct plan *plan)
{
	catalogue_free(&plan->catalogue);
	*plan = (struct plan){0};
}

static int
by_public_key(const void *a, const void *b)
{
	return strcmp(((const struct principal *)a)->public_key, ((const struct principal *)b)->public_key);
}

void
principals_sort(struct principal *principals, size_t count)
{
	if (count)
		qsort(principals, count, sizeof *principals, by_public_key);
}

const struct principal *
principal_by_key(const struct principal *principals, size_t count, const char *public_key)
{
	struct principal key = {0};
	if (!count || strlen(public_key) != KEY_TEXT_BYTES - 1)
		return NULL;
	memcpy(key.public_key, public_key, KEY_TEXT_BYTES);
	return bsearch(&key, principals, count, sizeof key, by_public_key);
}
