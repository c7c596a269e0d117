#include "journal_internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <inttypes.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Shares of the patience with a database that says nothing: then it is told of, or given up and connected to
 * anew. */
enum { CONNECT_SHARE = 10, CONNECT_ONE_SHARE = 4, SLOW_SHARE = 5, WRITE_SHARE = PG_PATIENCE_SECONDS };

enum { RETRY_FIRST_MS = 50, RETRY_MOST_MS = 1000, SEND_BYTES = 4 * 1024 * 1024 };

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
	return journal_begin_reading(j, false, "", now_us);
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

void
journal_note_error(struct journal *j, const char *message, const char *sqlstate)
{
	snprintf(j->error, sizeof j->error, "%s", message);
	j->error[strcspn(j->error, "\n")] = 0;
	snprintf(j->sqlstate, sizeof j->sqlstate, "%s", sqlstate ? sqlstate : "");
}

void
journal_enter(struct journal *j, enum journal_state state, int64_t now_us)
{
	j->state = state;
	j->since_us = now_us;
	j->slow_told = false;
}

/* ---------------------------------------------------------------- connecting */

enum journal_event
journal_lose(struct journal *j, int64_t now_us, const char *why)
{
	bool was_connected = journal_is_connected(j);
	journal_note_error(j, why, "08006");
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

enum journal_event
journal_lose_connection(struct journal *j, int64_t now_us)
{
	return journal_lose(j, now_us, j->connection ? PQerrorMessage(j->connection) : "no memory");
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
	journal_enter(j, STATE_CONNECTING, now_us);
	j->polling = PGRES_POLLING_WRITING;
	/* What fails at once has no socket that could wake the loop. */
	if (PQstatus(j->connection) == CONNECTION_BAD)
		journal_lose_connection(j, now_us);
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
		journal_note_error(j, PQresultErrorMessage(result), "");
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
	struct sql_text sql;
	sql_begin(&sql);
	sql_add(&sql,
	        SETTINGS "SELECT pg_try_advisory_lock(" PG_LOCK_INSTANCE ", %" PRIu32
	                 "), %s, pg_try_advisory_lock_shared(" PG_LOCK_SERVE "), " DATABASE_CLOCK,
	        j->instance, j->expecting ? "false" : "pg_try_advisory_lock(" PG_LOCK_SERVE ")");
	if (j->expecting) {
		sql_add(&sql, "; ");
		journal_add_prepares(&sql);
		sql_add(&sql,
		        "SELECT (SELECT seq FROM journal_head), (SELECT generation FROM plan), "
		        "coalesce((SELECT encode(uuid_send(id), 'hex') FROM submission WHERE seq = %" PRIu64
		        "), ''), coalesce((SELECT encode(uuid_send(id), 'hex') FROM submission WHERE seq = %" PRIu64
		        "), ''), " DATABASE_CLOCK CONFIRM,
		        j->seq_known, j->in_doubt ? j->seq_last : 0);
	}
	return PQsendQuery(j->connection, sql.text);
}

static enum journal_event
step_connecting(struct journal *j, int64_t now_us)
{
	if (!j->connection || PQstatus(j->connection) == CONNECTION_BAD)
		return journal_lose_connection(j, now_us);
	j->polling = PQconnectPoll(j->connection);
	if (j->polling == PGRES_POLLING_FAILED)
		return journal_lose_connection(j, now_us);
	if (j->polling != PGRES_POLLING_OK)
		return JOURNAL_NOTHING;
	PQsetNoticeReceiver(j->connection, take_notice, j);
	/* The server reads on while our loop does other things; the system gives as much of it as it may. */
	const int bytes = SEND_BYTES;
	setsockopt(PQsocket(j->connection), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	if (PQsetnonblocking(j->connection, 1) || !send_opening(j))
		return journal_lose_connection(j, now_us);
	journal_enter(j, STATE_OPENING, now_us);
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

enum journal_event
journal_batch_is_there(struct journal *j)
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
	journal_enter(j, STATE_IDLE, now_us);
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
		return journal_batch_is_there(j);
	if (j->in_doubt) {
		j->in_doubt = false;
		log_line(LOG_INFO, "batch_repeated", "seq_first=%" PRIu64, j->seq_first);
		journal_enter(j, STATE_WRITING, now_us);
		if (!journal_begin_batch(j))
			return journal_lose_connection(j, now_us);
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
				return journal_lose(j, now_us, "the last connection's session has not ended yet");
			if (!j->has_shared)
				return journal_lose(j, now_us,
				                    "another fupind is just starting on this database, or loads a plan");
			return opened(j, now_us);
		}
		ExecStatusType status = PQresultStatus(result);
		char message[PG_ERROR_BYTES];
		snprintf(message, sizeof message, "%s", PQresultErrorMessage(result));
		if (status == PGRES_TUPLES_OK)
			take_opening(j, result);
		PQclear(result);
		if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
			return journal_lose(j, now_us, message);
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
		journal_note_error(j, PQresultErrorMessage(result), "08006");
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
	struct sql_text sql;
	sql_begin(&sql);
	journal_add_prepares(&sql);
	PGresult *result = PQexec(j->connection, sql.text);
	bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!good)
		journal_note_error(j, PQresultErrorMessage(result), "08006");
	PQclear(result);
	good = good && (!j->alone || ask_now(j, "SELECT pg_advisory_unlock(" PG_LOCK_SERVE ")"));
	j->alone = false;
	return good;
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
		return journal_lose_connection(j, now_us);
	/* `batch`: the read under the lock goes on. */
	if (j->expecting && (j->seq_head > j->seq_known || j->batch) &&
	    !journal_begin_reading(j, j->batch, "", now_us))
		return journal_lose_connection(j, now_us);
	return JOURNAL_NOTHING;
}

/* The lock is kept meanwhile, if it was taken. */
static enum journal_event
step_again(struct journal *j, int64_t now_us)
{
	if (PQstatus(j->connection) != CONNECTION_OK)
		return journal_lose_connection(j, now_us);
	if (now_us >= j->retry_us && !journal_begin_reading(j, j->reading_locked, "", now_us))
		return journal_lose_connection(j, now_us);
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
	return journal_lose(j, now_us, "the database does not answer");
}

static enum journal_event
step_state(struct journal *j, int64_t now_us)
{
	switch (j->state) {
	case STATE_OPENING:
		return step_opening(j, now_us);
	case STATE_WRITING:
		return journal_step_writing(j, now_us);
	case STATE_ROLLING_BACK:
		return journal_step_rolling_back(j, now_us);
	case STATE_READING:
		return journal_step_reading(j, now_us);
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
		return journal_lose(j, now_us, PQerrorMessage(j->connection));
	enum journal_state before = j->state;
	take_notifications(j);
	enum journal_event event = step_state(j, now_us);
	return event || j->state != before ? event : check_deadline(j, now_us);
}
