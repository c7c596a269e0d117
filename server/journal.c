#include "journal.h"

#include "catalogue.h"
#include "log.h"
#include "pgcopy.h"

#include <assert.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum state {
	STATE_AWAY,       /* not connected; the next attempt is at retry_us */
	STATE_CONNECTING, /* PQconnectPoll */
	STATE_OPENING,    /* asking for the lock and the last commit */
	STATE_IDLE,
	STATE_WRITING,      /* the batch's transaction */
	STATE_ROLLING_BACK, /* after a refusal */
};

enum { TABLES = 3, RETRY_FIRST_MS = 50, RETRY_MOST_MS = 1000, ID_HEX_BYTES = 2 * ID_BYTES + 1 };

/* A database that says nothing for so long is told of, or given up and connected to anew. */
enum { CONNECT_US = 10 * 1000000, WRITE_SLOW_US = 5 * 1000000, WRITE_US = 60 * 1000000 };

struct journal {
	struct pg_target target;
	PGconn *connection;
	enum state state;
	PostgresPollingStatusType polling;
	int64_t retry_us;
	int64_t since_us; /* when the state began */
	bool slow_told;
	int retry_ms;
	/* The batch: rows of the three tables, and its sequence numbers. */
	struct copy_writer rows[TABLES];
	bool has_rows[TABLES];
	int next_table; /* to be sent */
	bool batch, in_doubt;
	uint64_t seq_first, seq_last;
	char id_last[ID_HEX_BYTES]; /* of the last submission in it */
	/* What memory holds, and what the database had. */
	bool expecting;
	uint64_t seq_known, seq_found;
	int64_t plan_known, plan_found; /* generations */
	char id_found[ID_HEX_BYTES];    /* of the submission that the database has at seq_last */
	bool locked;
	char error[PG_ERROR_BYTES], sqlstate[6];
};

static const char *const copy_statements[TABLES] = {
    "COPY submission (county, seq, id, principal, digest, recorded_at, report_count, entry_count) "
    "FROM STDIN (FORMAT binary)",
    "COPY report (county, unit, period, form, revision, version, seq, \"values\") "
    "FROM STDIN (FORMAT binary)",
    "COPY fund_entry (county, unit, voucher, kind, source, use, counterparty, amount_fen, occurred, "
    "seq, line, note) FROM STDIN (FORMAT binary)",
};

/* A receipt means "on disk", whatever the server's default is. The lock comes first: what max(seq)
 * then sees cannot change any more. */
/* The server, too, has to notice a dead line: else its session holds the lock for hours. */
#define OPEN_STATEMENTS                                                                                      \
	"SET synchronous_commit = on; SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; "          \
	"SET tcp_keepalives_count = 3; SET tcp_user_timeout = 50000; SELECT pg_try_advisory_lock(" PG_LOCK_SERVE \
	")"

struct journal *
journal_create(const struct pg_target *target)
{
	struct journal *j = calloc(1, sizeof *j);
	if (j) {
		j->target = *target;
		j->retry_us = 1; /* long ago: at once */
	}
	return j;
}

void
journal_destroy(struct journal **journal)
{
	struct journal *j = *journal;
	if (!j)
		return;
	PQfinish(j->connection);
	for (int i = 0; i < TABLES; i++)
		copy_free(&j->rows[i]);
	free(j);
	*journal = NULL;
}

int
journal_fd(const struct journal *j)
{
	return j->connection && j->state != STATE_AWAY ? PQsocket(j->connection) : -1;
}

short
journal_poll_events(const struct journal *j)
{
	if (j->state == STATE_CONNECTING)
		return j->polling == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
	/* Asking for POLLOUT only while there is something to send keeps the loop asleep otherwise. */
	return (short)(POLLIN | (j->connection && PQflush(j->connection) == 1 ? POLLOUT : 0));
}

/* When the present state has lasted too long; 0: it may last. */
static int64_t
deadline_us(const struct journal *j)
{
	if (j->state == STATE_CONNECTING || j->state == STATE_OPENING)
		return j->since_us + CONNECT_US;
	if (j->state == STATE_WRITING || j->state == STATE_ROLLING_BACK)
		return j->since_us + (j->slow_told ? WRITE_US : WRITE_SLOW_US);
	return j->state == STATE_AWAY ? j->retry_us : 0;
}

int
journal_wait_ms(const struct journal *j, int64_t now_us)
{
	if (!deadline_us(j))
		return -1;
	int64_t left = (deadline_us(j) - now_us) / 1000 + 1;
	return left > 0 ? (int)left : 0;
}

bool
journal_is_idle(const struct journal *j)
{
	return j->state == STATE_IDLE && !j->batch;
}

bool
journal_is_connected(const struct journal *j)
{
	return j->state == STATE_IDLE || j->state == STATE_WRITING || j->state == STATE_ROLLING_BACK;
}

const char *
journal_error(const struct journal *j)
{
	return j->error;
}

const char *
journal_sqlstate(const struct journal *j)
{
	return j->sqlstate;
}

uint64_t
journal_seq_found(const struct journal *j)
{
	return j->seq_found;
}

void
journal_expect(struct journal *j, uint64_t seq_last, int64_t plan_generation)
{
	j->plan_known = plan_generation;
	j->expecting = true;
	j->seq_known = seq_last;
}

static void
note_error(struct journal *j, const char *message, const char *sqlstate)
{
	snprintf(j->error, sizeof j->error, "%s", message);
	j->error[strcspn(j->error, "\n")] = 0;
	snprintf(j->sqlstate, sizeof j->sqlstate, "%s", sqlstate ? sqlstate : "");
}

/* ---------------------------------------------------------------- connecting */

/* Gives up the connection; a batch that was being written is in doubt from here on. */
static enum journal_event
lose(struct journal *j, int64_t now_us, const char *why)
{
	bool was_connected = journal_is_connected(j);
	note_error(j, why, "08006");
	j->in_doubt = j->batch;
	PQfinish(j->connection);
	j->connection = NULL;
	j->state = STATE_AWAY;
	j->retry_ms = j->retry_ms ? j->retry_ms * 2 : RETRY_FIRST_MS;
	if (j->retry_ms > RETRY_MOST_MS)
		j->retry_ms = RETRY_MOST_MS;
	j->retry_us = now_us + j->retry_ms * 1000;
	return was_connected ? JOURNAL_LOST : JOURNAL_NOTHING;
}

static void
connect_now(struct journal *j, int64_t now_us)
{
	const char *names[PG_PARAMS], *values[PG_PARAMS];
	pg_parameters(&j->target, names, values);
	PQfinish(j->connection);
	j->locked = false;
	*j->id_found = 0;
	j->connection = PQconnectStartParams(names, values, 1);
	j->state = STATE_CONNECTING;
	j->since_us = now_us;
	j->polling = PGRES_POLLING_WRITING;
	/* What fails at once has no socket that could wake the loop. */
	if (PQstatus(j->connection) == CONNECTION_BAD)
		lose(j, now_us, j->connection ? PQerrorMessage(j->connection) : "no memory");
}

static void
ignore_notice(void *data, const PGresult *result)
{
	(void)data;
	(void)result;
}

/* The first connection takes the lock alone: the tables may not be there yet. Later ones ask what the
 * database has: the last commit, and who stands where the batch in doubt would. */
static bool
send_opening(struct journal *j)
{
	char sql[1024];
	if (!j->expecting)
		return PQsendQuery(j->connection, OPEN_STATEMENTS);
	snprintf(sql, sizeof sql,
	         OPEN_STATEMENTS
	         "; SELECT coalesce(max(seq), 0), coalesce((SELECT encode(uuid_send(id), 'hex') FROM "
	         "submission WHERE seq = %" PRIu64 " LIMIT 1), ''), "
	         "(SELECT generation FROM plan) FROM submission",
	         j->seq_last);
	return PQsendQuery(j->connection, sql);
}

static enum journal_event
step_connecting(struct journal *j, int64_t now_us)
{
	if (!j->connection || PQstatus(j->connection) == CONNECTION_BAD)
		return lose(j, now_us, j->connection ? PQerrorMessage(j->connection) : "no memory");
	j->polling = PQconnectPoll(j->connection);
	if (j->polling == PGRES_POLLING_FAILED)
		return lose(j, now_us, PQerrorMessage(j->connection));
	if (j->polling != PGRES_POLLING_OK)
		return JOURNAL_NOTHING;
	PQsetNoticeReceiver(j->connection, ignore_notice, NULL);
	if (PQsetnonblocking(j->connection, 1) || !send_opening(j))
		return lose(j, now_us, PQerrorMessage(j->connection));
	j->state = STATE_OPENING;
	j->since_us = now_us;
	return JOURNAL_NOTHING;
}

static enum journal_event
fatal(struct journal *j, const char *why)
{
	snprintf(j->error, sizeof j->error,
	         "the database has commits up to %" PRIu64 ", this fupind knows %" PRIu64 ": %s", j->seq_found,
	         j->seq_known, why);
	return JOURNAL_FATAL;
}

static bool begin_batch(struct journal *j);

/* The lock is ours and the last commit is known: what became of the batch in doubt? */
static enum journal_event
opened(struct journal *j, int64_t now_us)
{
	j->retry_ms = 0;
	j->state = STATE_IDLE;
	log_line(LOG_INFO, "database_connected", "seq=%" PRIu64 " in_doubt=%s", j->seq_found,
	         j->in_doubt ? "yes" : "no");
	if (!j->expecting)
		return JOURNAL_READY;
	if (j->plan_found != j->plan_known)
		return fatal(j, "its units, forms or indicators were changed: start again");
	/* The id tells that what stands there is ours, and not another writer's. */
	if (j->in_doubt && j->seq_found == j->seq_last && !strcmp(j->id_found, j->id_last)) {
		j->in_doubt = j->batch = false;
		j->seq_known = j->seq_last;
		return JOURNAL_COMMITTED;
	}
	if (j->seq_found < j->seq_known)
		return fatal(j, "it was set back behind what was acknowledged");
	if (j->seq_found > j->seq_known)
		return fatal(j, "another one writes to it");
	if (j->in_doubt) {
		j->in_doubt = false;
		log_line(LOG_INFO, "batch_repeated", "seq_first=%llu", (unsigned long long)j->seq_first);
		j->since_us = now_us;
		j->slow_told = false;
		return begin_batch(j) ? JOURNAL_NOTHING : lose(j, now_us, PQerrorMessage(j->connection));
	}
	return JOURNAL_READY;
}

static enum journal_event
step_opening(struct journal *j, int64_t now_us)
{
	while (!PQisBusy(j->connection)) {
		PGresult *result = PQgetResult(j->connection);
		if (!result) {
			if (j->locked)
				return opened(j, now_us);
			return lose(j, now_us, "another fupind serves this database");
		}
		ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_TUPLES_OK) {
			const char *value = PQgetvalue(result, 0, 0);
			if (PQnfields(result) == 1) {
				j->locked = *value == 't';
			} else {
				j->seq_found = strtoull(value, NULL, 10);
				snprintf(j->id_found, sizeof j->id_found, "%s", PQgetvalue(result, 0, 1));
				j->plan_found = strtoll(PQgetvalue(result, 0, 2), NULL, 10);
			}
		}
		if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
			char message[PG_ERROR_BYTES];
			snprintf(message, sizeof message, "%s", PQresultErrorMessage(result));
			PQclear(result);
			return lose(j, now_us, message);
		}
		PQclear(result);
	}
	return JOURNAL_NOTHING;
}

/* ---------------------------------------------------------------- writing */

static void
put_submission(struct copy_writer *w, const struct journal_item *item)
{
	const struct receipt *receipt = &item->receipt;
	copy_row(w, 8);
	copy_int4(w, (int32_t)unit_county(item->office->unit));
	copy_int8(w, (int64_t)receipt->seq);
	copy_bytes(w, receipt->id.bytes, ID_BYTES);
	copy_text(w, item->office->name);
	copy_bytes(w, receipt->digest.bytes, DIGEST_BYTES);
	copy_time(w, receipt->time_us);
	copy_int4(w, (int32_t)receipt->report_count);
	copy_int4(w, (int32_t)receipt->entry_count);
}

static void
put_report(struct copy_writer *w, const struct journal_item *item, const struct report *report)
{
	const int64_t absent = INT64_MIN;
	int64_t values[FORM_FIELDS_MAX];
	const struct form_version *version =
	    catalogue_version(item->catalogue, report->form, report->form_version);
	assert(version);
	for (size_t at = 0; at < version->field_count; at++)
		values[at] = absent;
	for (uint32_t i = 0; i < report->value_count; i++)
		values[form_version_position(version, report->indicators[i])] = report->values[i];
	copy_row(w, 8);
	copy_int4(w, (int32_t)unit_county(report->unit));
	copy_int8(w, report->unit);
	copy_int4(w, report->period);
	copy_int4(w, (int32_t)report->form);
	copy_int4(w, (int32_t)report->replaces + 1);
	copy_int4(w, (int32_t)report->form_version);
	copy_int8(w, (int64_t)item->receipt.seq);
	copy_int8_array(w, values, version->field_count, absent);
}

static void
put_entry(struct copy_writer *w, const struct journal_item *item, size_t line)
{
	const struct fund_entry *entry = &item->submission->entries[line];
	copy_row(w, 12);
	copy_int4(w, (int32_t)unit_county(entry->unit));
	copy_int8(w, entry->unit);
	copy_text(w, entry->voucher);
	copy_int2(w, (int16_t)entry->kind);
	copy_int4(w, (int32_t)entry->source);
	if (entry->use)
		copy_int4(w, (int32_t)entry->use);
	else
		copy_null(w);
	if (entry->counterparty)
		copy_int8(w, entry->counterparty);
	else
		copy_null(w);
	copy_int8(w, entry->amount_fen);
	copy_int4(w, date_days(entry->occurred));
	copy_int8(w, (int64_t)item->receipt.seq);
	copy_int4(w, (int32_t)line);
	copy_text(w, entry->note);
}

static bool
encode(struct journal *j, const struct journal_item *items, size_t count)
{
	bool failed = false;
	for (int i = 0; i < TABLES; i++)
		copy_begin(&j->rows[i]);
	memset(j->has_rows, 0, sizeof j->has_rows);
	for (size_t i = 0; i < count; i++) {
		const struct submission *s = items[i].submission;
		put_submission(&j->rows[0], &items[i]);
		for (size_t r = 0; r < s->report_count; r++)
			put_report(&j->rows[1], &items[i], &s->reports[r]);
		for (size_t e = 0; e < s->entry_count; e++)
			put_entry(&j->rows[2], &items[i], e);
		j->has_rows[0] = true;
		j->has_rows[1] |= s->report_count > 0;
		j->has_rows[2] |= s->entry_count > 0;
	}
	for (int i = 0; i < TABLES; i++) {
		copy_end(&j->rows[i]);
		failed |= j->rows[i].failed;
	}
	return !failed;
}

/* One string: BEGIN, a COPY for each table that has rows, COMMIT. The server answers each COPY in turn
 * with "send", so a batch costs one round trip a table. */
static bool
begin_batch(struct journal *j)
{
	char sql[1024];
	size_t used = (size_t)snprintf(sql, sizeof sql, "BEGIN; ");
	for (int i = 0; i < TABLES; i++)
		if (j->has_rows[i])
			used += (size_t)snprintf(sql + used, sizeof sql - used, "%s; ", copy_statements[i]);
	snprintf(sql + used, sizeof sql - used, "COMMIT");
	j->next_table = 0;
	*j->error = *j->sqlstate = 0;
	j->state = STATE_WRITING;
	return PQsendQuery(j->connection, sql) && PQflush(j->connection) >= 0;
}

bool
journal_write(struct journal *j, const struct journal_item *items, size_t count, int64_t now_us)
{
	assert(journal_is_idle(j) && count);
	if (!encode(j, items, count))
		return false;
	j->batch = true;
	j->since_us = now_us;
	j->slow_told = false;
	j->seq_first = items[0].receipt.seq;
	j->seq_last = items[count - 1].receipt.seq;
	sodium_bin2hex(j->id_last, sizeof j->id_last, items[count - 1].receipt.id.bytes, ID_BYTES);
	/* A connection that fails here shows itself at the next step. */
	if (!begin_batch(j))
		note_error(j, PQerrorMessage(j->connection), "08006");
	return true;
}

static bool
send_rows(struct journal *j)
{
	while (j->next_table < TABLES && !j->has_rows[j->next_table])
		j->next_table++;
	if (j->next_table == TABLES)
		return false;
	const struct copy_writer *w = &j->rows[j->next_table++];
	return PQputCopyData(j->connection, (const char *)w->bytes, (int)w->size) == 1 &&
	       PQputCopyEnd(j->connection, NULL) == 1 && PQflush(j->connection) >= 0;
}

/* The transaction's string has been answered whole. */
static enum journal_event
written(struct journal *j, int64_t now_us)
{
	if (!*j->sqlstate) {
		j->batch = false;
		j->seq_known = j->seq_last;
		j->state = STATE_IDLE;
		return JOURNAL_COMMITTED;
	}
	if (PQstatus(j->connection) != CONNECTION_OK)
		return lose(j, now_us, j->error);
	/* Class 57P (shutdown, crash of another backend) and 08: the connection is about to go. Whether the
	 * COMMIT came through is asked after reconnecting. */
	if (!strncmp(j->sqlstate, "57P", 3) || !strncmp(j->sqlstate, "08", 2))
		return lose(j, now_us, j->error);
	if (PQtransactionStatus(j->connection) == PQTRANS_IDLE) {
		j->batch = false;
		j->state = STATE_IDLE;
		return JOURNAL_REFUSED;
	}
	if (!PQsendQuery(j->connection, "ROLLBACK") || PQflush(j->connection) < 0)
		return lose(j, now_us, PQerrorMessage(j->connection));
	j->state = STATE_ROLLING_BACK;
	return JOURNAL_NOTHING;
}

static enum journal_event
step_writing(struct journal *j, int64_t now_us)
{
	while (!PQisBusy(j->connection)) {
		PGresult *result = PQgetResult(j->connection);
		if (!result)
			return written(j, now_us);
		ExecStatusType status = PQresultStatus(result);
		bool good = true;
		if (status == PGRES_COPY_IN)
			good = send_rows(j);
		else if (status != PGRES_COMMAND_OK && !*j->sqlstate)
			note_error(j, PQresultErrorMessage(result),
			           PQresultErrorField(result, PG_DIAG_SQLSTATE)
			               ? PQresultErrorField(result, PG_DIAG_SQLSTATE)
			               : "08006");
		/* "COMMIT" answered by "ROLLBACK" would be a refusal without an error. */
		else if (!strcmp(PQcmdStatus(result), "ROLLBACK"))
			note_error(j, "the transaction was rolled back", "40000");
		PQclear(result);
		if (!good)
			return lose(j, now_us, PQerrorMessage(j->connection));
		if (PQstatus(j->connection) != CONNECTION_OK)
			return lose(j, now_us, *j->error ? j->error : PQerrorMessage(j->connection));
	}
	return JOURNAL_NOTHING;
}

static enum journal_event
step_rolling_back(struct journal *j)
{
	while (!PQisBusy(j->connection)) {
		PGresult *result = PQgetResult(j->connection);
		if (!result) {
			j->batch = false;
			j->state = STATE_IDLE;
			return JOURNAL_REFUSED;
		}
		PQclear(result);
	}
	return JOURNAL_NOTHING;
}

/* An idle connection speaks only when it is being closed. */
static enum journal_event
step_idle(struct journal *j, int64_t now_us)
{
	while (!PQisBusy(j->connection)) {
		PGresult *result = PQgetResult(j->connection);
		if (!result)
			break;
		PQclear(result);
	}
	return PQstatus(j->connection) == CONNECTION_OK ? JOURNAL_NOTHING
	                                                : lose(j, now_us, PQerrorMessage(j->connection));
}

/* A database that has gone silent: told after a while, given up after a longer one. */
static enum journal_event
check_deadline(struct journal *j, int64_t now_us)
{
	if (!deadline_us(j) || now_us < deadline_us(j))
		return JOURNAL_NOTHING;
	bool writing = j->state == STATE_WRITING || j->state == STATE_ROLLING_BACK;
	if (writing && !j->slow_told) {
		j->slow_told = true;
		log_line(LOG_WARNING, "commit_slow", "seconds=%d seq_first=%" PRIu64, WRITE_SLOW_US / 1000000,
		         j->seq_first);
		return JOURNAL_NOTHING;
	}
	return lose(j, now_us, "the database does not answer");
}

static enum journal_event
step_state(struct journal *j, int64_t now_us)
{
	switch (j->state) {
	case STATE_OPENING:
		return step_opening(j, now_us);
	case STATE_WRITING:
		return step_writing(j, now_us);
	case STATE_ROLLING_BACK:
		return step_rolling_back(j);
	default:
		return step_idle(j, now_us);
	}
}

enum journal_event
journal_step(struct journal *j, int64_t now_us)
{
	if (j->state == STATE_AWAY) {
		if (now_us >= j->retry_us)
			connect_now(j, now_us);
		return JOURNAL_NOTHING;
	}
	if (j->state == STATE_CONNECTING) {
		enum journal_event event = step_connecting(j, now_us);
		return event || j->state != STATE_CONNECTING ? event : check_deadline(j, now_us);
	}
	/* At the end of the stream there may still be results to read: the state's own step tells. */
	bool alive = PQconsumeInput(j->connection) && PQflush(j->connection) >= 0;
	if (!alive && PQstatus(j->connection) != CONNECTION_OK)
		return lose(j, now_us, PQerrorMessage(j->connection));
	enum state before = j->state;
	enum journal_event event = step_state(j, now_us);
	return event || j->state != before ? event : check_deadline(j, now_us);
}
