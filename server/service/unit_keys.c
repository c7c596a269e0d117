#include "unit_keys.h"

#include "base/bounds.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

/* An administrator's key sends nothing, and is left out; unless it did when it was another role's. */
static const char keys_sql[] =
    "SELECT k.name, k.public_key, k.admitted_us, k.admitted_by, k.ended_us, k.ended_by, count(s.seq), "
    "coalesce(max(s.seq), 0), coalesce((extract(epoch FROM max(s.recorded_at)) * 1000000)::bigint, 0) "
    "FROM key_now k LEFT JOIN submission s ON s.county = $2 AND s.principal = k.name AND s.seq > k.after_seq "
    "AND (k.until_seq IS NULL OR s.seq <= k.until_seq) WHERE k.unit = $1 AND k.public_key <> $3 "
    "GROUP BY k.number, k.name, k.public_key, k.admitted_us, k.admitted_by, k.ended_us, k.ended_by "
    "HAVING count(s.seq) > 0 OR NOT EXISTS (SELECT 1 FROM principal p WHERE p.public_key = k.public_key AND "
    "p.role = 'admin' UNION ALL SELECT 1 FROM revoked_key r WHERE r.public_key = k.public_key AND "
    "r.role = 'admin') ORDER BY k.admitted_us DESC, k.number DESC LIMIT $4";

static int64_t
number_at(const PGresult *r, int row, int at)
{
	return strtoll(PQgetvalue(r, row, at), NULL, 10);
}

static bool
take_key(const PGresult *r, int row, struct arena *arena, struct key_item *out)
{
	*out = (struct key_item){
	    .name = arena_string(arena, PQgetvalue(r, row, 0)),
	    .public_key = arena_string(arena, PQgetvalue(r, row, 1)),
	    .admitted_us = number_at(r, row, 2),
	    .admitted_by = arena_string(arena, PQgetvalue(r, row, 3)),
	    .ended_us = number_at(r, row, 4),
	    .ended_by = arena_string(arena, PQgetvalue(r, row, 5)),
	    .sent = (uint64_t)number_at(r, row, 6),
	    .last_seq = (uint64_t)number_at(r, row, 7),
	    .last_us = number_at(r, row, 8),
	};
	return out->name && out->public_key && out->admitted_by && out->ended_by;
}

static bool
take_keys(const PGresult *r, struct arena *arena, struct key_list *out)
{
	size_t rows = (size_t)PQntuples(r), count = rows < KEYS_LISTED_MAX ? rows : KEYS_LISTED_MAX;
	*out = (struct key_list){.more = rows > count, .items = arena_array(arena, count, sizeof *out->items)};
	for (; out->items && out->count < count; out->count++)
		if (!take_key(r, (int)out->count, arena, &out->items[out->count]))
			return false;
	return out->items;
}

bool
unit_keys_list(struct pg_conn *connection, const struct office *office, const char *public_key,
               struct arena *arena, struct key_list *out, char error[PG_ERROR_BYTES])
{
	char unit[24], county[24], limit[24];
	struct pg_result *r;
	snprintf(unit, sizeof unit, "%" PRId64, office->unit);
	snprintf(county, sizeof county, "%" PRId64, unit_county(office->unit));
	snprintf(limit, sizeof limit, "%d", KEYS_LISTED_MAX + 1);
	const char *values[] = {unit, county, public_key, limit};
	if (!pg_query(connection, keys_sql, 4, values, &r, error))
		return false;
	bool good = take_keys((PGresult *)r, arena, out);
	if (!good)
		snprintf(error, PG_ERROR_BYTES, "out of memory");
	PQclear((PGresult *)r);
	return good;
}
