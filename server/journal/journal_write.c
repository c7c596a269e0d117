/* Composes a batch's transaction, as COPYs or prepared INSERTs, sends it, and reads how it ended. */
#include "journal_internal.h"

#include <assert.h>
#include <endian.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* So few rows (submissions counted) go by prepared INSERTs, all in one round trip; more go by COPY. */
enum { PIPELINED_ROWS_MAX = 16 };

/* One string: BEGIN, the head moved on, a COPY for each table that has rows, COMMIT. The server answers
 * each COPY in turn with "send", so a batch costs one round trip a table. */
static bool
begin_copies(struct journal *j, bool open)
{
	struct sql_text sql;
	sql_begin(&sql);
	sql_add(&sql,
	        "%sUPDATE journal_head SET seq = %" PRIu64 ", writer = %" PRIu32 " WHERE seq = %" PRIu64 "; ",
	        open ? "" : "BEGIN; ", j->seq_last, j->instance, j->seq_first - 1);
	for (int i = 0; i < TABLES; i++)
		if (j->rows.present[i])
			journal_add_copy_in(&sql, (enum journal_table)i);
	sql_add(&sql, "NOTIFY " CHANNEL ", '%" PRIu64 "'; COMMIT", j->seq_last);
	j->next_table = 0;
	return PQsendQuery(j->connection, sql.text);
}

static bool
send_head(struct journal *j)
{
	uint64_t numbers[] = {htobe64(j->seq_last), htobe64(j->seq_first - 1)};
	uint32_t writer = htobe32(j->instance);
	const char *values[] = {(const char *)&numbers[0], (const char *)&numbers[1], (const char *)&writer};
	const int sizes[] = {8, 8, 4}, formats[] = {1, 1, 1};
	return PQsendQueryPrepared(j->connection, "fupin_head", 3, values, sizes, formats, 0);
}

static void
add_field(struct row_fields *row, const void *value, int size)
{
	assert(row->count < ROW_FIELDS_MAX);
	row->values[row->count] = value;
	row->sizes[row->count] = size;
	row->formats[row->count++] = 1;
}

static bool
send_inserts(struct journal *j, enum journal_table table)
{
	struct row_fields row;
	uint64_t head = htobe64(j->seq_last);
	uint32_t writer = htobe32(j->instance);
	bool good = true;
	for (size_t at = 0; good && journal_rows_next(&j->rows.tables[table], &at, &row);) {
		add_field(&row, &head, sizeof head);
		add_field(&row, &writer, sizeof writer);
		good = PQsendQueryPrepared(j->connection, journal_tables[table].insert, row.count, row.values,
		                           row.sizes, row.formats, 0);
	}
	return good;
}

static bool
send_words(struct journal *j, const char *sql)
{
	return PQsendQueryParams(j->connection, sql, 0, NULL, NULL, NULL, NULL, 0);
}

/* The same in a pipeline, for few rows. If another fupind was faster, the head is not where the INSERTs
 * want it, and the transaction commits nothing. */
static bool
begin_inserts(struct journal *j, bool open)
{
	char notify[64];
	snprintf(notify, sizeof notify, "NOTIFY " CHANNEL ", '%" PRIu64 "'", j->seq_last);
	bool good = PQenterPipelineMode(j->connection) && (open || send_words(j, "BEGIN")) && send_head(j);
	for (int i = 0; good && i < TABLES; i++)
		good = !j->rows.present[i] || send_inserts(j, (enum journal_table)i);
	return good && send_words(j, notify) && send_words(j, "COMMIT") && PQpipelineSync(j->connection);
}

bool
journal_begin_batch(struct journal *j)
{
	bool open = PQtransactionStatus(j->connection) == PQTRANS_INTRANS;
	j->behind = false;
	j->pipelined = j->rows.count <= PIPELINED_ROWS_MAX;
	*j->error = *j->sqlstate = 0;
	j->warned = false;
	bool good = j->pipelined ? begin_inserts(j, open) : begin_copies(j, open);
	return good && PQflush(j->connection) >= 0;
}

void
journal_add(struct journal *j, const struct journal_item *item)
{
	if (!j->has_next)
		journal_rows_begin(&j->next);
	j->has_next = true;
	journal_rows_add(&j->next, item);
}

void
journal_forget(struct journal *j)
{
	j->has_next = false;
}

bool
journal_write(struct journal *j, int64_t now_us)
{
	assert((journal_is_idle(j) || journal_wants_batch(j)) && j->has_next);
	if (!journal_rows_end(&j->next))
		return false;
	struct journal_rows rows = j->rows;
	j->rows = j->next;
	j->next = rows;
	j->has_next = false;
	j->batch = true;
	j->seq_first = j->rows.seq_first;
	j->seq_last = j->rows.seq_last;
	sodium_bin2hex(j->id_last, sizeof j->id_last, j->rows.id_last.bytes, ID_BYTES);
	journal_enter(j, STATE_WRITING, now_us);
	if (!journal_begin_batch(j))
		journal_lose_connection(j, now_us);
	return true;
}

void
journal_give_up(struct journal *j, int64_t now_us)
{
	assert(journal_wants_batch(j));
	j->batch = false;
	journal_enter(j, STATE_ROLLING_BACK, now_us);
	if (!PQsendQuery(j->connection, "ROLLBACK") || PQflush(j->connection) < 0)
		journal_note_error(j, PQerrorMessage(j->connection), "08006");
}

static bool
send_rows(struct journal *j)
{
	if (j->behind)
		return PQputCopyEnd(j->connection, "another fupind was faster") == 1 && PQflush(j->connection) >= 0;
	while (j->next_table < TABLES && !j->rows.present[j->next_table])
		j->next_table++;
	if (j->next_table == TABLES)
		return false;
	const struct copy_writer *w = &j->rows.tables[j->next_table++];
	return PQputCopyData(j->connection, (const char *)w->bytes, (int)w->size) == 1 &&
	       PQputCopyEnd(j->connection, NULL) == 1 && PQflush(j->connection) >= 0;
}

/* A server that has become read-only, perhaps a standby: nothing was stored, and a server that takes writes
 * has to be found. */
static enum journal_event
leave_read_only(struct journal *j, int64_t now_us)
{
	char why[PG_ERROR_BYTES];
	snprintf(why, sizeof why, "%s", j->error);
	j->batch = false;
	journal_lose(j, now_us, why);
	journal_note_error(j, why, SQLSTATE_READ_ONLY);
	return JOURNAL_REFUSED;
}

/* The transaction's string has been answered whole. */
static enum journal_event
written(struct journal *j, int64_t now_us)
{
	if (j->behind)
		return journal_begin_reading(j, true, "ROLLBACK; ", now_us) ? JOURNAL_NOTHING
		                                                            : journal_lose_connection(j, now_us);
	if (!*j->sqlstate && !j->warned) {
		journal_enter(j, STATE_IDLE, now_us);
		return journal_batch_is_there(j);
	}
	if (PQstatus(j->connection) != CONNECTION_OK || !*j->sqlstate ||
	    pg_fault(j->sqlstate) == PG_FAULT_SESSION) {
		char why[PG_ERROR_BYTES];
		snprintf(why, sizeof why, "%s", j->error);
		return journal_lose(j, now_us, why);
	}
	if (pg_fault(j->sqlstate) == PG_FAULT_READ_ONLY)
		return leave_read_only(j, now_us);
	if (PQtransactionStatus(j->connection) == PQTRANS_IDLE) {
		j->batch = false;
		journal_enter(j, STATE_IDLE, now_us);
		return JOURNAL_REFUSED;
	}
	if (!PQsendQuery(j->connection, "ROLLBACK") || PQflush(j->connection) < 0)
		return journal_lose_connection(j, now_us);
	journal_enter(j, STATE_ROLLING_BACK, now_us);
	return JOURNAL_NOTHING;
}

static void
note_result(struct journal *j, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		if (!*j->sqlstate)
			journal_note_error(j, PQresultErrorMessage(result), sqlstate ? sqlstate : "08006");
	} else if (!strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "UPDATE 0")) {
		j->behind = true;
	} else if (!strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "ROLLBACK")) {
		/* "COMMIT" answered by "ROLLBACK" would be a refusal without an error. */
		journal_note_error(j, "the transaction was rolled back", "40000");
	}
}

enum journal_event
journal_step_writing(struct journal *j, int64_t now_us)
{
	while (!PQisBusy(j->connection)) {
		PGresult *result = PQgetResult(j->connection);
		ExecStatusType status = result ? PQresultStatus(result) : PGRES_EMPTY_QUERY;
		bool good = true;
		if (status == PGRES_COPY_IN)
			good = send_rows(j);
		else if (status == PGRES_PIPELINE_SYNC)
			j->pipelined = !PQexitPipelineMode(j->connection);
		else if (result)
			note_result(j, result);
		else if (!j->pipelined) /* in a pipeline each statement's results end so */
			return written(j, now_us);
		PQclear(result);
		if (status == PGRES_PIPELINE_SYNC)
			return written(j, now_us);
		if (!good || PQstatus(j->connection) != CONNECTION_OK)
			return journal_lose_connection(j, now_us);
	}
	return JOURNAL_NOTHING;
}

enum journal_event
journal_step_rolling_back(struct journal *j, int64_t now_us)
{
	while (!PQisBusy(j->connection)) {
		PGresult *result = PQgetResult(j->connection);
		if (!result) {
			bool refused = j->batch;
			j->batch = false;
			journal_enter(j, STATE_IDLE, now_us);
			return refused ? JOURNAL_REFUSED : JOURNAL_READY;
		}
		PQclear(result);
	}
	return JOURNAL_NOTHING;
}
