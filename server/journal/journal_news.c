/* Reads what other fupinds committed, and keeps it until the caller takes it over. */
#include "journal_internal.h"

#include "base/grow.h"
#include "base/log.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Submissions of others that are read at a time: bounds memory and the loop's pause. */
enum { NEWS_MAX = 500 };

/* What the database shows only in part is read again so often, for this share of the patience with it. */
enum { AGAIN_MS = 100, AGAIN_SHARE = 5 };

bool
journal_begin_reading(struct journal *j, bool locked, const char *before, int64_t now_us)
{
	struct sql_text sql;
	char where[80];
	bool open = PQtransactionStatus(j->connection) == PQTRANS_INTRANS;
	const char *begin = open && !*before ? ""
	                    : locked         ? "BEGIN; "
	                                     : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ";
	sql_begin(&sql);
	sql_add(&sql, "%s%sSELECT seq FROM journal_head%s; ", before, begin, locked ? " FOR UPDATE" : "");
	snprintf(where, sizeof where, " WHERE seq > %" PRIu64 " AND seq <= %" PRIu64, j->seq_known,
	         j->seq_known + NEWS_MAX);
	for (int table = 0; table < TABLES; table++)
		journal_add_copy_out(&sql, (enum journal_table)table, where);
	if (!locked)
		sql_add(&sql, "COMMIT");
	j->news.size = 0;
	j->reading = -1;
	j->copying = false;
	j->reading_locked = locked;
	*j->error = *j->sqlstate = 0;
	journal_enter(j, STATE_READING, now_us);
	return PQsendQuery(j->connection, sql.text) && PQflush(j->connection) >= 0;
}

static bool
keep_message(struct journal *j, const char *bytes, size_t size)
{
	struct news *news = &j->news;
	uint32_t length = (uint32_t)size;
	size_t need = news->size + 6 + size;
	if (!grow(&news->bytes, &news->room, need, 1))
		return false;
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
			journal_note_error(j, "no memory", "53200");
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
		return journal_lose(j, now_us, why);
	}
	journal_enter(j, STATE_AGAIN, now_us);
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
		return journal_lose(j, now_us, why);
	}
	char why_not[PG_ERROR_BYTES];
	bool more = j->read_head > j->seq_known + NEWS_MAX;
	if (!news_are_whole(j, more ? j->seq_known + NEWS_MAX : j->read_head, why_not))
		return read_again(j, now_us, why_not);
	j->again_since_us = 0;
	j->news.more = more;
	if (j->news.more || !j->reading_locked)
		journal_enter(j, STATE_IDLE, now_us);
	else
		journal_enter(j, STATE_LOCKED, now_us);
	return JOURNAL_NEWS;
}

enum journal_event
journal_step_reading(struct journal *j, int64_t now_us)
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
			journal_note_error(j, PQresultErrorMessage(result), "08006");
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
