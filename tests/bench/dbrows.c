#include "dbrows.h"

#include "base/clock.h"
#include "bench.h"
#include "postgres/pg.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>

static const char transaction[] =
    "BEGIN; COPY submission (county, seq, id, principal, digest, recorded_at, report_count, entry_count) "
    "FROM STDIN (FORMAT binary); COPY report (county, unit, period, form, revision, version, seq, "
    "\"values\") "
    "FROM STDIN (FORMAT binary); COMMIT";

void
db_rows_begin(struct db_rows *rows)
{
	for (int i = 0; i < DB_TABLES; i++)
		copy_begin(&rows->tables[i]);
	rows->submissions = rows->reports = 0;
}

static void
put_submission(struct copy_writer *w, unit_code county, int64_t seq, int64_t time_us, int64_t reports)
{
	struct submission_id id = submission_id_new(clock_wall_us());
	struct digest digest;
	char name[32];
	randombytes_buf(&digest, sizeof digest);
	snprintf(name, sizeof name, "county-%" PRId64, county);
	copy_row(w, 8);
	copy_int4(w, (int32_t)county);
	copy_int8(w, seq);
	copy_bytes(w, id.bytes, ID_BYTES);
	copy_text(w, name);
	copy_bytes(w, digest.bytes, DIGEST_BYTES);
	copy_time(w, time_us);
	copy_int4(w, (int32_t)reports);
	copy_int4(w, 0);
}

static void
put_report(struct copy_writer *w, const struct report *report, int64_t seq)
{
	copy_row(w, 8);
	copy_int4(w, (int32_t)unit_county(report->unit));
	copy_int8(w, report->unit);
	copy_int4(w, report->period);
	copy_int4(w, (int32_t)report->form);
	copy_int4(w, (int32_t)report->replaces + 1);
	copy_int4(w, (int32_t)report->form_version);
	copy_int8(w, seq);
	copy_int8_array(w, report->values, SHAPE_VALUES, INT64_MIN);
}

void
db_rows_add(struct db_rows *rows, const struct shape *shape, int office, int64_t from, int64_t count,
            int64_t seq, int64_t time_us)
{
	put_submission(&rows->tables[DB_SUBMISSION], shape_county(shape, office), seq, time_us, count);
	for (int64_t i = 0; i < count; i++) {
		int64_t values[SHAPE_VALUES];
		struct report report = shape_report(shape, office, from + i, values);
		put_report(&rows->tables[DB_REPORT], &report, seq);
	}
	rows->submissions++;
	rows->reports += count;
}

bool
db_rows_end(struct db_rows *rows)
{
	bool good = true;
	for (int i = 0; i < DB_TABLES; i++) {
		copy_end(&rows->tables[i]);
		good = good && !rows->tables[i].failed;
	}
	return good;
}

void
db_rows_free(struct db_rows *rows)
{
	for (int i = 0; i < DB_TABLES; i++)
		copy_free(&rows->tables[i]);
}

static bool
send_table(PGconn *connection, const struct copy_writer *w)
{
	return PQputCopyData(connection, (const char *)w->bytes, (int)w->size) == 1 &&
	       PQputCopyEnd(connection, NULL) == 1;
}

bool
db_rows_write(struct pg_conn *connection, const struct db_rows *rows)
{
	PGresult *result;
	int table = 0;
	bool good = PQsendQuery(connection, transaction);
	while (good && (result = PQgetResult(connection))) {
		ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_COPY_IN)
			good = send_table(connection, &rows->tables[table++]);
		else
			good = status == PGRES_COMMAND_OK;
		PQclear(result);
	}
	return good ? true : bench_fail("COPY: %s", PQerrorMessage(connection));
}

struct pg_conn *
db_connect(const char *uri)
{
	PGconn *connection = uri ? PQconnectdb(uri) : NULL;
	if (connection && PQstatus(connection) == CONNECTION_OK)
		return connection;
	bench_fail("database: %s", connection ? PQerrorMessage(connection) : "say which with --db");
	PQfinish(connection);
	return NULL;
}

bool
db_note_head(struct pg_conn *connection)
{
	char error[PG_ERROR_BYTES];
	int64_t there;
	if (!pg_number(connection, "SELECT (to_regclass('journal_head') IS NOT NULL)::integer", &there, error))
		return bench_fail("%s", error);
	if (there &&
	    !pg_run(connection, "UPDATE journal_head SET seq = (SELECT max(seq) FROM submission)", error))
		return bench_fail("%s", error);
	return true;
}
