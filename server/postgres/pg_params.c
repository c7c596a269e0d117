#include "pg_params.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

void
pg_add_text(struct pg_params *p, const char *text)
{
	assert(p->count < PG_PARAMS_MAX);
	p->values[p->count++] = text;
}

void
pg_add_number(struct pg_params *p, int64_t number)
{
	assert(p->count < PG_PARAMS_MAX);
	snprintf(p->room[p->count], PG_NUMBER_BYTES, "%" PRId64, number);
	p->values[p->count] = p->room[p->count];
	p->count++;
}

void
pg_add_number_or_null(struct pg_params *p, int64_t number)
{
	if (number)
		pg_add_number(p, number);
	else
		pg_add_text(p, NULL);
}

void
pg_add_bytes(struct pg_params *p, const void *bytes, size_t size)
{
	assert(p->count < PG_PARAMS_MAX);
	p->values[p->count] = bytes;
	p->sizes[p->count] = (int)size;
	p->formats[p->count++] = 1;
}
