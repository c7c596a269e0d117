/* The parameters of one statement: numbers as text, bytes as they are. Begins as {0}. */
#ifndef FUPIN_SERVER_PG_PARAMS_H
#define FUPIN_SERVER_PG_PARAMS_H

#include <stddef.h>
#include <stdint.h>

enum { PG_PARAMS_MAX = 16, PG_NUMBER_BYTES = 24 };

struct pg_params {
	size_t count;
	const char *values[PG_PARAMS_MAX];
	int sizes[PG_PARAMS_MAX], formats[PG_PARAMS_MAX];
	char room[PG_PARAMS_MAX][PG_NUMBER_BYTES]; /* texts of the numbers */
};

/* Each adds the next parameter. Texts and bytes must stay valid until the statement was run. */
void pg_add_text(struct pg_params *params, const char *text); /* NULL: SQL's NULL */
void pg_add_number(struct pg_params *params, int64_t number);
void pg_add_number_or_null(struct pg_params *params, int64_t number); /* NULL where there is no number */
void pg_add_bytes(struct pg_params *params, const void *bytes, size_t size);

#endif
