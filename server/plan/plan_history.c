#include "plan_history.h"

#include "plan_store.h"
#include "plan_tables.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

enum { MINUTE_US = 60000000 };

/* Numbers of one row; NULL is 0. */
static bool
ask_row(struct pg_conn *connection, const char *sql, int64_t *numbers, int count, bool *found, char *error)
{
	struct pg_result *r;
	if (!pg_query(connection, sql, 0, NULL, &r, error))
		return false;
	*found = PQntuples(r) > 0;
	for (int i = 0; *found && i < count; i++)
		numbers[i] = strtoll(PQgetvalue(r, 0, i), NULL, 10);
	PQclear(r);
	return true;
}

/* The plan's tables as they are now, under this number. What is about the loading is not part of the plan. */
static bool
copy_tables(struct pg_conn *connection, int64_t number, char *error)
{
	char sql[512];
	bool good = true;
	for (int i = -1; good && i < ROWS_TABLES; i++) {
		const char *table = i < 0 ? "plan" : plan_tables[i].table;
		snprintf(sql, sizeof sql,
		         "INSERT INTO plan_history_table (number, name, rows) SELECT %" PRId64 ", '%s', "
		         "coalesce(json_agg(t ORDER BY t), '[]') FROM (SELECT %s FROM %s) t",
		         number, table, i < 0 ? PLAN_HEAD_COLUMNS : "*", table);
		good = pg_run(connection, sql, error);
	}
	return good;
}

static bool
differs(struct pg_conn *connection, int64_t one, int64_t other, bool *out, char *error)
{
	char sql[512];
	int64_t tables;
	snprintf(sql, sizeof sql,
	         "SELECT count(*) FROM (SELECT name, rows FROM plan_history_table WHERE number = %" PRId64 ") a "
	         "FULL JOIN (SELECT name, rows FROM plan_history_table WHERE number = %" PRId64
	         ") b USING (name) WHERE a.rows::text IS DISTINCT FROM b.rows::text",
	         one, other);
	if (!pg_number(connection, sql, &tables, error))
		return false;
	*out = tables > 0;
	return true;
}

/* In a transaction: the new plan under the next number, and it differs from the last one; or that one is
 * marked as still the same. */
static bool
note(struct pg_conn *connection, const struct as_of *now, struct plan_since *plan, char *error)
{
	char sql[512];
	bool is_new = true;
	int64_t last = plan->number;
	snprintf(sql, sizeof sql,
	         "INSERT INTO plan_history (number, since, since_seq, loaded_at) SELECT %" PRId64
	         ", 'epoch'::timestamptz + %" PRId64 " * interval '1 microsecond', %" PRIu64
	         ", loaded_at FROM plan",
	         last + 1, now->time_us, now->seq);
	if (!pg_run(connection, sql, error) || !copy_tables(connection, last + 1, error) ||
	    (last && !differs(connection, last, last + 1, &is_new, error)))
		return false;
	if (is_new) {
		*plan = (struct plan_since){last + 1, *now};
		return true;
	}
	snprintf(sql, sizeof sql,
	         "DELETE FROM plan_history_table WHERE number = %" PRId64
	         "; DELETE FROM plan_history WHERE number = %" PRId64
	         "; UPDATE plan_history SET loaded_at = plan.loaded_at FROM plan WHERE number = %" PRId64,
	         last + 1, last + 1, last);
	return pg_run(connection, sql, error);
}

bool
plan_history_note(struct pg_conn *connection, const struct as_of *now, struct plan_since *out,
                  char error[PG_ERROR_BYTES])
{
	static const char newest[] =
	    "SELECT h.number, since_seq, (extract(epoch FROM since) * 1000000)::bigint, "
	    "(h.loaded_at = plan.loaded_at)::integer FROM plan_history h, plan ORDER BY number DESC LIMIT 1";
	char ignored[PG_ERROR_BYTES];
	int64_t n[4] = {0};
	bool found;
	/* Two centres that start at once note one after the other. */
	if (!pg_run(connection, "BEGIN; LOCK TABLE plan_history IN EXCLUSIVE MODE", error))
		return false;
	bool good = ask_row(connection, newest, n, 4, &found, error);
	*out = (struct plan_since){n[0], {(uint64_t)n[1], n[2]}};
	good = good && (n[3] || note(connection, now, out, error));
	if (good)
		return pg_run(connection, "COMMIT", error);
	bool rolled_back = pg_run(connection, "ROLLBACK", ignored);
	(void)rolled_back;
	return false;
}

bool
plan_since_covers(const struct plan_since *plan, const struct as_of *asked, const struct as_of *found)
{
	int64_t since_us = plan->as_of.time_us;
	bool at_commit = since_us <= found->time_us;
	bool at_time = asked->time_us && since_us / MINUTE_US * MINUTE_US <= asked->time_us;
	return plan->as_of.seq <= found->seq && (at_commit || at_time);
}

bool
plan_history_find(struct pg_conn *connection, const struct as_of *asked, const struct as_of *found,
                  int64_t *number, char error[PG_ERROR_BYTES])
{
	static const char sql[] =
	    "SELECT number, since_seq, (extract(epoch FROM since) * 1000000)::bigint FROM plan_history "
	    "ORDER BY number DESC";
	struct pg_result *r;
	if (!pg_query(connection, sql, 0, NULL, &r, error))
		return false;
	*number = 0;
	for (int i = 0; i < PQntuples(r); i++) {
		const struct plan_since plan = {
		    strtoll(PQgetvalue(r, i, 0), NULL, 10),
		    {strtoull(PQgetvalue(r, i, 1), NULL, 10), strtoll(PQgetvalue(r, i, 2), NULL, 10)}};
		*number = plan.number;
		if (plan_since_covers(&plan, asked, found))
			break;
	}
	PQclear(r);
	return true;
}
