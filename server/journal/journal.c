#include "journal.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <endian.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum state {
	STATE_AWAY,       /* not connected; the next attempt is at retry_us */
	STATE_CONNECTING, /* PQconnectPoll */
	STATE_OPENING,    /* asking for the locks and the last commit */
	STATE_IDLE,
	STATE_WRITING,      /* the batch's transaction */
	STATE_ROLLING_BACK, /* after a refusal */
	STATE_READING,      /* what others committed */
	STATE_AGAIN,        /* not all of that was shown: it is read again at retry_us */
	STATE_LOCKED,       /* the head's lock is held, the batch has to be decided anew */
};

/* So few rows (submissions counted) go by prepared INSERTs, all in one round trip; more go by COPY. */
enum { PIPELINED_ROWS_MAX = 16, SEND_BYTES = 4 * 1024 * 1024 };

enum {
	RETRY_FIRST_MS = 50,
	RETRY_MOST_MS = 1000,
	AGAIN_MS = 100,
	ID_HEX_BYTES = 2 * ID_BYTES + 1,
	SQL_BYTES = 8192
};

/* Shares of the patience with a database that says nothing: then it is told of, or given up and connected to
 * anew. What it shows only in part is read again for so long. */
enum {
	CONNECT_SHARE = 10,
	CONNECT_ONE_SHARE = 4,
	SLOW_SHARE = 5,
	AGAIN_SHARE = 5,
	WRITE_SHARE = PG_PATIENCE_SECONDS
};

/* Submissions of others that are read at a time: bounds memory and the loop's pause. */
enum { NEWS_MAX = 500 };

/* Messages of the COPYs, each: table (1 byte), begins with the header (1), size (4), bytes. */
struct news {
	uint8_t *bytes;
	size_t size, room;
	bool more; /* than NEWS_MAX: read again */
};

struct journal {
	struct pg_target target;
	PGconn *connection;
	enum state state;
	PostgresPollingStatusType polling;
	int64_t retry_us;
	int64_t since_us; /* when the state began */
	bool slow_told, slow_asked;
	int retry_ms;
	unsigned attempt; /* to connect, counted */
	bool has_other_host;
	uint32_t instance; /* of this process, for its advisory lock */
	/* The batch, and its sequence numbers. */
	struct journal_rows rows, next; /* being written; the one after it */
	bool has_next;
	int next_table; /* to be sent */
	bool batch, in_doubt, behind, pipelined;
	bool warned; /* while it was written: perhaps that its COMMIT did not wait for the standby */
	uint64_t seq_first, seq_last;
	char id_last[ID_HEX_BYTES]; /* of the last submission in it */
	/* What memory holds. */
	bool expecting;
	uint64_t seq_known;
	char id_known[ID_HEX_BYTES];
	int64_t plan_known; /* generation */
	/* What the database has. */
	uint64_t seq_head;
	int64_t plan_found;
	char id_at_known[ID_HEX_BYTES], id_at_last[ID_HEX_BYTES];
	bool has_instance, has_shared, alone;
	bool clock_known;
	int64_t clock_ahead_us; /* the database's clock, of our steady one */
	struct news news;
	bool reading_locked; /* the read under way holds the head's lock */
	bool principals_changed;
	uint64_t read_head;          /* as what is read has it */
	int64_t again_since_us;      /* it is incomplete since then; 0: it is not */
	int reading;                 /* table */
	bool copying, reading_first; /* inside its COPY; the next message begins with the header */
	char error[PG_ERROR_BYTES], sqlstate[6];
};

#define CHANNEL "fupin_commit"

/* A receipt means "on disk", whatever the server's default is. The server, too, has to notice a dead
 * line: else its session holds locks for hours; and one that waits for a lock, too, that we have gone: else
 * each new attempt leaves a session behind (PostgreSQL 14 on). A fupind that is stopped must not hold the
 * head. */
#define SETTINGS                                                                                             \
	PG_SETTINGS                                                                                              \
	"; SET synchronous_commit = on; SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; "        \
	"SET tcp_keepalives_count = 3; SET tcp_user_timeout = 50000; "                                           \
	"SET idle_in_transaction_session_timeout = '10s'; "                                                      \
	"SELECT set_config(name, '2s', false) FROM pg_settings WHERE name = "                                    \
	"'client_connection_check_interval'; "                                                                   \
	"LISTEN " CHANNEL "; LISTEN " PG_CHANNEL_PRINCIPALS "; "

static bool begin_batch(struct journal *j);
static bool begin_reading(struct journal *j, bool locked, const char *before, int64_t now_us);

struct journal *
journal_create(const struct pg_target *target)
{
	struct journal *j = calloc(1, sizeof *j);
	if (j) {
		j->target = *target;
		j->retry_us = 1; /* long ago: at once */
		j->instance = randombytes_uniform(INT32_MAX);
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
	journal_rows_free(&j->rows);
	journal_rows_free(&j->next);
	free(j->news.bytes);
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

/* Is the database at work for us? */
static bool
is_working(const struct journal *j)
{
	return j->state == STATE_WRITING || j->state == STATE_ROLLING_BACK || j->state == STATE_READING;
}

/* When the present state has lasted too long; 0: it may last. */
static int64_t
deadline_us(const struct journal *j)
{
	if (j->state == STATE_CONNECTING || j->state == STATE_OPENING)
		return j->since_us +
		       pg_patience_us(&j->target, j->has_other_host ? CONNECT_ONE_SHARE : CONNECT_SHARE);
	if (is_working(j))
		return j->since_us + pg_patience_us(&j->target, j->slow_told ? WRITE_SHARE : SLOW_SHARE);
	return j->state == STATE_AWAY || j->state == STATE_AGAIN ? j->retry_us : 0;
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

uint64_t
journal_known(const struct journal *j, const char **id)
{
	*id = j->id_known;
	return j->seq_known;
}

void
journal_set_clock(struct journal *j, int64_t time_us)
{
	j->clock_ahead_us = time_us - clock_steady_us();
	j->clock_known = true;
}

bool
journal_clock(const struct journal *j, int64_t *out)
{
	*out = j->clock_ahead_us + clock_steady_us();
	return j->clock_known;
}

bool
journal_is_connected(const struct journal *j)
{
	return j->state == STATE_IDLE || j->state == STATE_LOCKED || j->state == STATE_AGAIN || is_working(j);
}

bool
journal_has_more_news(const struct journal *j)
{
	return j->news.more;
}

bool
journal_wants_batch(const struct journal *j)
{
	return j->state == STATE_LOCKED;
}

int
journal_slow_session(struct journal *j)
{
	bool now = j->slow_told && !j->slow_asked && is_working(j) && j->connection;
	j->slow_asked = j->slow_told;
	return now ? PQbackendPID(j->connection) : 0;
}

bool
journal_principals_changed(struct journal *j)
{
	bool changed = j->principals_changed;
	j->principals_changed = false;
	return changed;
}

bool
journal_refresh(struct journal *j, int64_t now_us)
{
	assert(journal_is_idle(j));
	return begin_reading(j, false, "", now_us);
}

bool
journal_is_alone(const struct journal *j)
{
	return j->alone;
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

void
journal_expect(struct journal *j, uint64_t seq_last, const struct submission_id *id_last,
               int64_t plan_generation)
{
	j->expecting = true;
	j->plan_known = plan_generation;
	j->seq_known = j->seq_head = seq_last;
	*j->id_known = 0;
	if (seq_last)
		sodium_bin2hex(j->id_known, sizeof j->id_known, id_last->bytes, ID_BYTES);
}

static void
note_error(struct journal *j, const char *message, const char *sqlstate)
{
	snprintf(j->error, sizeof j->error, "%s", message);
	j->error[strcspn(j->error, "\n")] = 0;
	snprintf(j->sqlstate, sizeof j->sqlstate, "%s", sqlstate ? sqlstate : "");
}

static void
enter(struct journal *j, enum state state, int64_t now_us)
{
	j->state = state;
	j->since_us = now_us;
	j->slow_told = false;
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

static enum journal_event
lose_connection(struct journal *j, int64_t now_us)
{
	return lose(j, now_us, j->connection ? PQerrorMessage(j->connection) : "no memory");
}

static void
connect_now(struct journal *j, int64_t now_us)
{
	const char *names[PG_PARAMS], *values[PG_PARAMS];
	struct pg_host host;
	pg_parameters(&j->target, names, values);
	j->has_other_host = pg_host_of(&j->target, j->attempt++, &host);
	if (j->has_other_host)
		pg_use_host(&host, names, values);
	PQfinish(j->connection);
	j->has_instance = j->has_shared = j->alone = false;
	*j->id_at_known = *j->id_at_last = 0;
	j->connection = PQconnectStartParams(names, values, 1);
	enter(j, STATE_CONNECTING, now_us);
	j->polling = PGRES_POLLING_WRITING;
	/* What fails at once has no socket that could wake the loop. */
	if (PQstatus(j->connection) == CONNECTION_BAD)
		lose_connection(j, now_us);
}

/* A COMMIT whose wait for a synchronous standby is cancelled succeeds with a warning. */
static void
take_notice(void *data, const PGresult *result)
{
	struct journal *j = data;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	if (j->state != STATE_WRITING || !severity || strcmp(severity, "WARNING") != 0)
		return;
	j->warned = true;
	if (!*j->sqlstate)
		note_error(j, PQresultErrorMessage(result), "");
}

/* What is found may not be on a synchronous standby yet, as it is seen here as soon as its session has
 * ended. This transaction's own COMMIT waits until it is, and all before it. */
#define DATABASE_CLOCK "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
#define CONFIRM "; UPDATE journal_head SET seq = seq"

/* Three locks. The instance's own: it is free only when our last connection's session has ended, so that
 * what the questions then see of a batch in doubt is final. The shared one of all that serve: units and
 * forms do not change under them. The exclusive one, at the first time only: nobody else serves. */
static bool
send_opening(struct journal *j)
{
	char sql[2 * SQL_BYTES], questions[SQL_BYTES] = "";
	if (j->expecting)
		snprintf(questions, sizeof questions,
		         "; %s SELECT (SELECT seq FROM journal_head), (SELECT generation FROM plan), "
		         "coalesce((SELECT encode(uuid_send(id), 'hex') FROM submission WHERE seq = %" PRIu64
		         "), ''), coalesce((SELECT encode(uuid_send(id), 'hex') FROM submission WHERE seq = %" PRIu64
		         "), ''), " DATABASE_CLOCK CONFIRM,
		         journal_prepare, j->seq_known, j->in_doubt ? j->seq_last : 0);
	snprintf(sql, sizeof sql,
	         SETTINGS "SELECT pg_try_advisory_lock(" PG_LOCK_INSTANCE ", %" PRIu32
	                  "), %s, pg_try_advisory_lock_shared(" PG_LOCK_SERVE "), " DATABASE_CLOCK "%s",
	         j->instance, j->expecting ? "false" : "pg_try_advisory_lock(" PG_LOCK_SERVE ")", questions);
	return PQsendQuery(j->connection, sql);
}

static enum journal_event
step_connecting(struct journal *j, int64_t now_us)
{
	if (!j->connection || PQstatus(j->connection) == CONNECTION_BAD)
		return lose_connection(j, now_us);
	j->polling = PQconnectPoll(j->connection);
	if (j->polling == PGRES_POLLING_FAILED)
		return lose_connection(j, now_us);
	if (j->polling != PGRES_POLLING_OK)
		return JOURNAL_NOTHING;
	PQsetNoticeReceiver(j->connection, take_notice, j);
	/* The server reads on while our loop does other things; the system gives as much of it as it may. */
	const int bytes = SEND_BYTES;
	setsockopt(PQsocket(j->connection), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	if (PQsetnonblocking(j->connection, 1) || !send_opening(j))
		return lose_connection(j, now_us);
	enter(j, STATE_OPENING, now_us);
	return JOURNAL_NOTHING;
}

static enum journal_event
fatal(struct journal *j, const char *why)
{
	snprintf(j->error, sizeof j->error,
	         "the database has commits up to %" PRIu64 ", this fupind knows %" PRIu64 ": %s", j->seq_head,
	         j->seq_known, why);
	return JOURNAL_FATAL;
}

static enum journal_event
batch_is_there(struct journal *j)
{
	j->in_doubt = j->batch = false;
	j->seq_known = j->seq_last;
	if (j->seq_head < j->seq_last)
		j->seq_head = j->seq_last;
	memcpy(j->id_known, j->id_last, sizeof j->id_known);
	return JOURNAL_COMMITTED;
}

/* The locks are ours and the last commit is known: what became of the batch in doubt? What others
 * committed meanwhile is read from the idle state, or before the batch is written again. */
static enum journal_event
opened(struct journal *j, int64_t now_us)
{
	j->retry_ms = 0;
	enter(j, STATE_IDLE, now_us);
	log_line(LOG_INFO, "database_connected", "seq=%" PRIu64 " in_doubt=%s", j->seq_head,
	         j->in_doubt ? "yes" : "no");
	if (!j->expecting)
		return JOURNAL_READY;
	j->principals_changed = true; /* perhaps, while nobody could tell us */
	if (j->plan_found != j->plan_known)
		return fatal(j, "its units, forms or indicators were changed: start again");
	if (j->seq_head < j->seq_known || strcmp(j->id_at_known, j->id_known) != 0)
		return fatal(j, "it was set back behind what was acknowledged");
	/* The id tells that what stands there is ours, and not another one's. */
	if (j->in_doubt && j->seq_head >= j->seq_last && !strcmp(j->id_at_last, j->id_last))
		return batch_is_there(j);
	if (j->in_doubt) {
		j->in_doubt = false;
		log_line(LOG_INFO, "batch_repeated", "seq_first=%" PRIu64, j->seq_first);
		enter(j, STATE_WRITING, now_us);
		if (!begin_batch(j))
			return lose_connection(j, now_us);
	}
	return JOURNAL_READY;
}

static void
take_opening(struct journal *j, const PGresult *result)
{
	if (PQnfields(result) == 1) /* a setting */
		return;
	const char *first = PQgetvalue(result, 0, 0);
	int clock = PQnfields(result) - 1; /* the last column */
	journal_set_clock(j, strtoll(PQgetvalue(result, 0, clock), NULL, 10));
	if (clock == 3) {
		j->has_instance = *first == 't';
		j->alone = *PQgetvalue(result, 0, 1) == 't';
		j->has_shared = *PQgetvalue(result, 0, 2) == 't';
		return;
	}
	j->seq_head = strtoull(first, NULL, 10);
	j->plan_found = strtoll(PQgetvalue(result, 0, 1), NULL, 10);
	snprintf(j->id_at_known, sizeof j->id_at_known, "%s", PQgetvalue(result, 0, 2));
	snprintf(j->id_at_last, sizeof j->id_at_last, "%s", PQgetvalue(result, 0, 3));
}

static enum journal_event
step_opening(struct journal *j, int64_t now_us)
{
	while (!PQisBusy(j->connection)) {
		PGresult *result = PQgetResult(j->connection);
		if (!result) {
			if (!j->has_instance)
				return lose(j, now_us, "the last connection's session has not ended yet");
			if (!j->has_shared)
				return lose(j, now_us, "another fupind is just starting on this database, or loads a plan");
			return opened(j, now_us);
		}
		ExecStatusType status = PQresultStatus(result);
		char message[PG_ERROR_BYTES];
		snprintf(message, sizeof message, "%s", PQresultErrorMessage(result));
		if (status == PGRES_TUPLES_OK)
			take_opening(j, result);
		PQclear(result);
		if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
			return lose(j, now_us, message);
	}
	return JOURNAL_NOTHING;
}

/* ---------------------------------------------------------------- alone or among others */

/* One statement with one value, blocking; the start's own. */
static bool
ask_now(struct journal *j, const char *sql)
{
	PGresult *result = PQexec(j->connection, sql);
	bool yes = PQresultStatus(result) == PGRES_TUPLES_OK && *PQgetvalue(result, 0, 0) == 't';
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		note_error(j, PQresultErrorMessage(result), "08006");
	PQclear(result);
	return yes;
}

bool
journal_try_alone(struct journal *j)
{
	j->alone = j->alone || ask_now(j, "SELECT pg_try_advisory_lock(" PG_LOCK_SERVE ")");
	return j->alone;
}

bool
journal_share(struct journal *j)
{
	PGresult *result = PQexec(j->connection, journal_prepare);
	bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!good)
		note_error(j, PQresultErrorMessage(result), "08006");
	PQclear(result);
	good = good && (!j->alone || ask_now(j, "SELECT pg_advisory_unlock(" PG_LOCK_SERVE ")"));
	j->alone = false;
	return good;
}

/* ---------------------------------------------------------------- writing */

/* One string: BEGIN, the head moved on, a COPY for each table that has rows, COMMIT. The server answers
 * each COPY in turn with "send", so a batch costs one round trip a table. */
static bool
begin_copies(struct journal *j, bool open)
{
	char sql[SQL_BYTES];
	size_t used = (size_t)snprintf(sql, sizeof sql,
	                               "%sUPDATE journal_head SET seq = %" PRIu64 ", writer = %" PRIu32
	                               " WHERE seq = %" PRIu64 "; ",
	                               open ? "" : "BEGIN; ", j->seq_last, j->instance, j->seq_first - 1);
	for (int i = 0; i < TABLES; i++)
		if (j->rows.present[i])
			used += (size_t)snprintf(sql + used, sizeof sql - used, "%s; ", journal_copy_statements[i]);
	snprintf(sql + used, sizeof sql - used, "NOTIFY " CHANNEL ", '%" PRIu64 "'; COMMIT", j->seq_last);
	j->next_table = 0;
	return PQsendQuery(j->connection, sql);
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
		good = PQsendQueryPrepared(j->connection, journal_insert_names[table], row.count, row.values,
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

static bool
begin_batch(struct journal *j)
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
	enter(j, STATE_WRITING, now_us);
	if (!begin_batch(j))
		lose_connection(j, now_us);
	return true;
}

void
journal_give_up(struct journal *j, int64_t now_us)
{
	assert(journal_wants_batch(j));
	j->batch = false;
	enter(j, STATE_ROLLING_BACK, now_us);
	if (!PQsendQuery(j->connection, "ROLLBACK") || PQflush(j->connection) < 0)
		note_error(j, PQerrorMessage(j->connection), "08006");
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
	lose(j, now_us, why);
	note_error(j, why, SQLSTATE_READ_ONLY);
	return JOURNAL_REFUSED;
}

/* The transaction's string has been answered whole. */
static enum journal_event
written(struct journal *j, int64_t now_us)
{
	if (j->behind)
		return begin_reading(j, true, "ROLLBACK; ", now_us) ? JOURNAL_NOTHING : lose_connection(j, now_us);
	if (!*j->sqlstate && !j->warned) {
		enter(j, STATE_IDLE, now_us);
		return batch_is_there(j);
	}
	if (PQstatus(j->connection) != CONNECTION_OK || !*j->sqlstate ||
	    pg_fault(j->sqlstate) == PG_FAULT_SESSION) {
		char why[PG_ERROR_BYTES];
		snprintf(why, sizeof why, "%s", j->error);
		return lose(j, now_us, why);
	}
	if (pg_fault(j->sqlstate) == PG_FAULT_READ_ONLY)
		return leave_read_only(j, now_us);
	if (PQtransactionStatus(j->connection) == PQTRANS_IDLE) {
		j->batch = false;
		enter(j, STATE_IDLE, now_us);
		return JOURNAL_REFUSED;
	}
	if (!PQsendQuery(j->connection, "ROLLBACK") || PQflush(j->connection) < 0)
		return lose_connection(j, now_us);
	enter(j, STATE_ROLLING_BACK, now_us);
	return JOURNAL_NOTHING;
}

static void
note_result(struct journal *j, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		if (!*j->sqlstate)
			note_error(j, PQresultErrorMessage(result), sqlstate ? sqlstate : "08006");
	} else if (!strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "UPDATE 0")) {
		j->behind = true;
	} else if (!strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "ROLLBACK")) {
		/* "COMMIT" answered by "ROLLBACK" would be a refusal without an error. */
		note_error(j, "the transaction was rolled back", "40000");
	}
}

static enum journal_event
step_writing(struct journal *j, int64_t now_us)
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
			return lose_connection(j, now_us);
	}
	return JOURNAL_NOTHING;
}

static enum journal_event
step_rolling_back(struct journal *j, int64_t now_us)
{
	while (!PQisBusy(j->connection)) {
		PGresult *result = PQgetResult(j->connection);
		if (!result) {
			bool refused = j->batch;
			j->batch = false;
			enter(j, STATE_IDLE, now_us);
			return refused ? JOURNAL_REFUSED : JOURNAL_READY;
		}
		PQclear(result);
	}
	return JOURNAL_NOTHING;
}

/* ---------------------------------------------------------------- what others committed */

/* Reads the next submissions after those that memory holds. `locked`: under the head's lock, which is
 * kept afterwards; otherwise in a snapshot. `before`: a statement to come first. */
static bool
begin_reading(struct journal *j, bool locked, const char *before, int64_t now_us)
{
	char sql[SQL_BYTES];
	bool open = PQtransactionStatus(j->connection) == PQTRANS_INTRANS;
	const char *begin = open && !*before ? ""
	                    : locked         ? "BEGIN; "
	                                     : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ";
	size_t used = (size_t)snprintf(sql, sizeof sql, "%s%sSELECT seq FROM journal_head%s; ", before, begin,
	                               locked ? " FOR UPDATE" : "");
	for (int table = 0; table < TABLES; table++)
		used += (size_t)snprintf(
		    sql + used, sizeof sql - used,
		    "COPY (%s WHERE seq > %" PRIu64 " AND seq <= %" PRIu64 "%s) TO STDOUT (FORMAT binary); ",
		    replay_selects[table].select, j->seq_known, j->seq_known + NEWS_MAX, replay_selects[table].order);
	if (!locked)
		snprintf(sql + used, sizeof sql - used, "COMMIT");
	j->news.size = 0;
	j->reading = -1;
	j->copying = false;
	j->reading_locked = locked;
	*j->error = *j->sqlstate = 0;
	enter(j, STATE_READING, now_us);
	return PQsendQuery(j->connection, sql) && PQflush(j->connection) >= 0;
}

static bool
keep_message(struct journal *j, const char *bytes, size_t size)
{
	struct news *news = &j->news;
	uint32_t length = (uint32_t)size;
	size_t need = news->size + 6 + size;
	if (need > news->room) {
		uint8_t *more = realloc(news->bytes, need * 2);
		if (!more)
			return false;
		news->bytes = more;
		news->room = need * 2;
	}
	uint8_t *to = news->bytes + news->size;
	to[0] = (uint8_t)j->reading;
	to[1] = j->reading_first;
	memcpy(to + 2, &length, sizeof length);
	memcpy(to + 6, bytes, size);
	news->size = need;
	j->reading_first = false;
	return true;
}

/* Takes what has arrived of the present COPY. False: more has to arrive first. */
static bool
take_copy(struct journal *j, int64_t now_us)
{
	char *bytes;
	int size = -1;
	while (j->copying && (size = PQgetCopyData(j->connection, &bytes, 1)) > 0) {
		if (!keep_message(j, bytes, (size_t)size))
			note_error(j, "no memory", "53200");
		PQfreemem(bytes);
		j->since_us = now_us; /* it moves */
	}
	j->copying = j->copying && !size;
	return !j->copying;
}

static bool
news_are_whole(const struct journal *j, uint64_t until, char why[PG_ERROR_BYTES])
{
	struct replay_sums sums = {0};
	const uint8_t *at = j->news.bytes, *end = at + j->news.size;
	while (at < end) {
		uint32_t size;
		memcpy(&size, at + 2, sizeof size);
		replay_count(&sums, (enum journal_table)at[0], at + 6, size, at[1]);
		at += 6 + size;
	}
	return replay_is_whole(&sums, j->seq_known, until, why);
}

/* In a moment, on the same connection; then, as the session may be what hides rows, on another one. */
static enum journal_event
read_again(struct journal *j, int64_t now_us, const char *why)
{
	if (!j->again_since_us) {
		j->again_since_us = now_us;
		log_line(LOG_WARNING, "journal_incomplete", "again=yes why=\"%s\"", why);
	}
	if (now_us - j->again_since_us >= pg_patience_us(&j->target, AGAIN_SHARE)) {
		j->again_since_us = 0;
		return lose(j, now_us, why);
	}
	enter(j, STATE_AGAIN, now_us);
	j->retry_us = now_us + AGAIN_MS * 1000;
	return JOURNAL_NOTHING;
}

/* The rows are there: the caller takes them over now. */
static enum journal_event
read_through(struct journal *j, int64_t now_us)
{
	if (*j->sqlstate) {
		char why[PG_ERROR_BYTES];
		snprintf(why, sizeof why, "%s", j->error);
		return lose(j, now_us, why);
	}
	char why_not[PG_ERROR_BYTES];
	bool more = j->read_head > j->seq_known + NEWS_MAX;
	if (!news_are_whole(j, more ? j->seq_known + NEWS_MAX : j->read_head, why_not))
		return read_again(j, now_us, why_not);
	j->again_since_us = 0;
	j->news.more = more;
	if (j->news.more || !j->reading_locked)
		enter(j, STATE_IDLE, now_us);
	else
		enter(j, STATE_LOCKED, now_us);
	return JOURNAL_NEWS;
}

static enum journal_event
step_reading(struct journal *j, int64_t now_us)
{
	while (take_copy(j, now_us)) {
		if (PQisBusy(j->connection))
			return JOURNAL_NOTHING;
		PGresult *result = PQgetResult(j->connection);
		if (!result)
			return read_through(j, now_us);
		ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_TUPLES_OK) {
			j->seq_head = j->read_head = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
		} else if (status == PGRES_COPY_OUT) {
			j->reading++;
			j->copying = j->reading_first = true;
		} else if (status != PGRES_COMMAND_OK && !*j->sqlstate) {
			note_error(j, PQresultErrorMessage(result), "08006");
		}
		PQclear(result);
	}
	return JOURNAL_NOTHING;
}

bool
journal_news(struct journal *j, struct replay *replay)
{
	const uint8_t *at = j->news.bytes, *end = at + j->news.size;
	while (at < end) {
		uint32_t size;
		memcpy(&size, at + 2, sizeof size);
		if (!replay_message(replay, (enum journal_table)at[0], at + 6, size, at[1]))
			return false;
		at += 6 + size;
	}
	j->news.size = 0;
	if (replay->as_of.seq > j->seq_known) {
		j->seq_known = replay->as_of.seq;
		sodium_bin2hex(j->id_known, sizeof j->id_known, replay->last_id.bytes, ID_BYTES);
	}
	return true;
}

/* ---------------------------------------------------------------- stepping */

static void
take_notifications(struct journal *j)
{
	PGnotify *notify;
	while ((notify = PQnotifies(j->connection))) {
		uint64_t seq = strtoull(notify->extra, NULL, 10);
		if (!strcmp(notify->relname, PG_CHANNEL_PRINCIPALS))
			j->principals_changed = true;
		else if (seq > j->seq_head)
			j->seq_head = seq;
		PQfreemem(notify);
	}
}

/* An idle connection speaks when it is being closed, or when others committed. */
static enum journal_event
step_idle(struct journal *j, int64_t now_us)
{
	while (!PQisBusy(j->connection)) {
		PGresult *result = PQgetResult(j->connection);
		if (!result)
			break;
		PQclear(result);
	}
	if (PQstatus(j->connection) != CONNECTION_OK)
		return lose_connection(j, now_us);
	/* `batch`: the read under the lock goes on. */
	if (j->expecting && (j->seq_head > j->seq_known || j->batch) && !begin_reading(j, j->batch, "", now_us))
		return lose_connection(j, now_us);
	return JOURNAL_NOTHING;
}

/* The lock is kept meanwhile, if it was taken. */
static enum journal_event
step_again(struct journal *j, int64_t now_us)
{
	if (PQstatus(j->connection) != CONNECTION_OK)
		return lose_connection(j, now_us);
	if (now_us >= j->retry_us && !begin_reading(j, j->reading_locked, "", now_us))
		return lose_connection(j, now_us);
	return JOURNAL_NOTHING;
}

/* A database that has gone silent: told after a while, given up after a longer one. */
static enum journal_event
check_deadline(struct journal *j, int64_t now_us)
{
	if (!deadline_us(j) || now_us < deadline_us(j))
		return JOURNAL_NOTHING;
	if (is_working(j) && !j->slow_told) {
		j->slow_told = true;
		log_line(LOG_WARNING, "commit_slow", "seconds=%.1f seq_first=%" PRIu64,
		         (double)pg_patience_us(&j->target, SLOW_SHARE) / 1e6, j->seq_first);
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
		return step_rolling_back(j, now_us);
	case STATE_READING:
		return step_reading(j, now_us);
	case STATE_LOCKED:
		return JOURNAL_NOTHING;
	case STATE_AGAIN:
		return step_again(j, now_us);
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
	take_notifications(j);
	enum journal_event event = step_state(j, now_us);
	return event || j->state != before ? event : check_deadline(j, now_us);
}
