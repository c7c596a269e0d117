#include "outbox_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUSY_WAIT_MS = 10000,
	BUSY_TRY_MS = 5,
	BUSY_TRIES = BUSY_WAIT_MS / BUSY_TRY_MS,
	ITEM_BYTES_MAX = 64 * 1024 * 1024
};

static const char schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS submission ("
    " position INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, digest BLOB NOT NULL,"
    " content BLOB NOT NULL, created_us INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,"
    " files TEXT NOT NULL, places TEXT NOT NULL, bytes BLOB NOT NULL, seq INTEGER, time_us INTEGER,"
    " report_count INTEGER, entry_count INTEGER, problems TEXT);"
    "CREATE INDEX IF NOT EXISTS submission_content ON submission (content) WHERE state <> 2;"
    /* What went into sealed files, and which of it was answered. */
    "CREATE TABLE IF NOT EXISTS sealed_letter (file BLOB NOT NULL, number INTEGER NOT NULL, position INTEGER "
    "NOT "
    "NULL,"
    " of_file INTEGER NOT NULL, digest BLOB NOT NULL, answered INTEGER NOT NULL DEFAULT 0, PRIMARY KEY "
    "(file, number)) WITHOUT ROWID;"
    /* By commit, without reading any submission's bytes. */
    "CREATE INDEX IF NOT EXISTS submission_receipt ON submission (seq, state, id) WHERE seq IS NOT NULL;"
    /* One row: which journal of which centre the receipts are of, behind a position. */
    "CREATE TABLE IF NOT EXISTS centre (one INTEGER PRIMARY KEY CHECK (one = 1), history TEXT NOT NULL, key "
    "TEXT NOT "
    "NULL, after INTEGER NOT NULL);"
    /* What stood under an id before it was voided. */
    "CREATE TABLE IF NOT EXISTS voided (position INTEGER PRIMARY KEY, digest BLOB NOT NULL, content BLOB NOT "
    "NULL, files TEXT NOT NULL, bytes BLOB NOT NULL);";

#define COLUMNS                                                                                              \
	"position, id, digest, created_us, state, files, places, bytes, seq, time_us, report_count, "            \
	"entry_count, CASE instr(problems, char(30)) WHEN 0 THEN problems "                                      \
	"ELSE substr(problems, 1, instr(problems, char(30)) - 1) END, "                                          \
	"substr(problems, instr(problems, char(30)) + 1)"

bool
outbox_note(struct outbox *o, bool good)
{
	if (!good)
		snprintf(o->error, sizeof o->error, "outbox: %s", sqlite3_errmsg(o->db));
	return good;
}

static bool
run(struct outbox *o, const char *sql)
{
	return outbox_note(o, sqlite3_exec(o->db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

/* Somebody else is writing. */
static int
wait_busy(void *context, int tries)
{
	const struct outbox *o = context;
	if (tries >= BUSY_TRIES || (o->stop && atomic_load(o->stop)))
		return 0;
	sqlite3_sleep(BUSY_TRY_MS);
	return 1;
}

void
outbox_stop_when(struct outbox *o, const atomic_bool *stop)
{
	o->stop = stop;
}

/*
 * Programs that make one outbox at the same moment both read it before it becomes a WAL file; SQLite then
 * answers "busy" to one of them at once, without its own wait: that one begins again.
 */
static bool
set_up(struct outbox *o)
{
	int waited_ms = 0, result;
	while ((result = sqlite3_exec(o->db, schema, NULL, NULL, NULL)) == SQLITE_BUSY &&
	       waited_ms < BUSY_WAIT_MS)
		waited_ms += sqlite3_sleep(BUSY_TRY_MS);
	return outbox_note(o, result == SQLITE_OK);
}

struct outbox *
outbox_open(const char *path, char error[OUTBOX_ERROR_BYTES])
{
	struct outbox *o = calloc(1, sizeof *o);
	if (!o)
		return NULL;
	arena_init(&o->item, ITEM_BYTES_MAX);
	bool good = sqlite3_open(path, &o->db) == SQLITE_OK;
	/* Two clients on one outbox take turns. */
	good = good && sqlite3_busy_handler(o->db, wait_busy, o) == SQLITE_OK;
	if (!outbox_note(o, good) || !set_up(o)) {
		snprintf(error, OUTBOX_ERROR_BYTES, "%.180s (%.60s)", o->error, path);
		outbox_close(&o);
	}
	return o;
}

void
outbox_close(struct outbox **outbox)
{
	if (!*outbox)
		return;
	arena_free(&(*outbox)->item);
	sqlite3_close((*outbox)->db);
	free(*outbox);
	*outbox = NULL;
}

static const struct {
	const char *en, *zh;
} state_names[OUTBOX_STATES] = {{"waiting", "待发送"},
                                {"receipted", "已回执"},
                                {"refused", "被退回"},
                                {"dropped", "已作废"},
                                {"lost", "中心已无"}};

const char *
outbox_state_name(enum outbox_state state)
{
	return (unsigned)state < OUTBOX_STATES ? state_names[state].en : "";
}

const char *
outbox_state_name_zh(enum outbox_state state)
{
	return (unsigned)state < OUTBOX_STATES ? state_names[state].zh : "";
}

bool
outbox_has_receipt(enum outbox_state state)
{
	return state == OUTBOX_RECEIPTED || state == OUTBOX_LOST;
}

const char *
outbox_error(const struct outbox *o)
{
	return o->error;
}

bool
outbox_begin(struct outbox *o)
{
	return run(o, "BEGIN IMMEDIATE");
}

bool
outbox_commit(struct outbox *o)
{
	if (run(o, "COMMIT"))
		return true;
	/* A full disk leaves the transaction open. */
	outbox_cancel(o);
	return false;
}

void
outbox_cancel(struct outbox *o)
{
	if (!sqlite3_get_autocommit(o->db))
		sqlite3_exec(o->db, "ROLLBACK", NULL, NULL, NULL);
}

sqlite3_stmt *
outbox_prepare(struct outbox *o, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	outbox_note(o, sqlite3_prepare_v2(o->db, sql, -1, &statement, NULL) == SQLITE_OK);
	return statement;
}

bool
outbox_finish(struct outbox *o, sqlite3_stmt *statement)
{
	bool good = outbox_note(o, sqlite3_step(statement) == SQLITE_DONE);
	sqlite3_finalize(statement);
	return good;
}

static const char *
column_text(sqlite3_stmt *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s, column);
	return text ? (const char *)text : "";
}

static int64_t
find_same(struct outbox *o, const struct digest *content)
{
	int64_t position = 0;
	sqlite3_stmt *s =
	    outbox_prepare(o, "SELECT position FROM submission WHERE state <> 2 AND state <> 3 AND content = ?");
	if (!s)
		return 0;
	sqlite3_bind_blob(s, 1, content->bytes, DIGEST_BYTES, SQLITE_STATIC);
	if (sqlite3_step(s) == SQLITE_ROW)
		position = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return position;
}

static bool
change_state(struct outbox *o, const char *sql, int64_t position)
{
	sqlite3_stmt *s = outbox_prepare(o, sql);
	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, position);
	return outbox_finish(o, s);
}

static bool
send_again(struct outbox *o, int64_t position)
{
	return change_state(o, "UPDATE submission SET state = 0 WHERE position = ? AND state IN (1, 4)",
	                    position);
}

bool
outbox_add(struct outbox *o, const struct outbox_item *item, const struct digest *content, int64_t *position)
{
	*position = find_same(o, content);
	if (*position)
		return send_again(o, *position);
	sqlite3_stmt *s =
	    outbox_prepare(o, "INSERT INTO submission (id, digest, content, created_us, files, places, "
	                      "bytes) VALUES (?, ?, ?, ?, ?, ?, ?)");
	if (!s)
		return false;
	sqlite3_bind_blob(s, 1, item->id.bytes, ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(s, 2, item->digest.bytes, DIGEST_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(s, 3, content->bytes, DIGEST_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(s, 4, item->created_us);
	sqlite3_bind_text(s, 5, item->files, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 6, item->places, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(s, 7, item->bytes, item->size, SQLITE_STATIC);
	if (!outbox_finish(o, s))
		return false;
	*position = sqlite3_last_insert_rowid(o->db);
	return true;
}

bool
outbox_set_receipt(struct outbox *o, int64_t position, const struct receipt *receipt)
{
	sqlite3_stmt *s =
	    outbox_prepare(o, "UPDATE submission SET state = 1, seq = ?, time_us = ?, report_count = ?, "
	                      "entry_count = ?, problems = NULL WHERE position = ?");
	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, (int64_t)receipt->seq);
	sqlite3_bind_int64(s, 2, receipt->time_us);
	sqlite3_bind_int64(s, 3, receipt->report_count);
	sqlite3_bind_int64(s, 4, receipt->entry_count);
	sqlite3_bind_int64(s, 5, position);
	return outbox_finish(o, s);
}

bool
outbox_set_refused(struct outbox *o, int64_t position, const char *problems)
{
	/* A receipt is final: a late refusal of a repeated send cannot undo it. */
	sqlite3_stmt *s =
	    outbox_prepare(o, "UPDATE submission SET state = 2, problems = ? WHERE position = ? AND state = 0");
	if (!s)
		return false;
	sqlite3_bind_text(s, 1, problems, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, position);
	return outbox_finish(o, s);
}

bool
outbox_wait_again(struct outbox *o, int64_t position)
{
	return change_state(
	    o, "UPDATE submission SET state = 0, problems = NULL WHERE position = ? AND state = 2", position);
}

bool
outbox_set_dropped(struct outbox *o, int64_t position)
{
	return change_state(o, "UPDATE submission SET state = 3 WHERE position = ? AND state IN (0, 2, 4)",
	                    position);
}

#define OF_THIS_CENTRE "seq IS NOT NULL AND position > ifnull((SELECT after FROM centre), 0) "

bool
outbox_retry_lost(struct outbox *o, size_t *count)
{
	bool good = run(o, "UPDATE submission SET state = 0 WHERE " OF_THIS_CENTRE "AND state = 4");
	*count = good ? (size_t)sqlite3_changes(o->db) : 0;
	return good;
}

bool
outbox_get_kept(struct outbox *o, struct outbox_kept *out)
{
	sqlite3_stmt *s = outbox_prepare(
	    o,
	    "SELECT (SELECT history FROM centre), (SELECT key FROM centre), count(*) FILTER (WHERE state = 1), "
	    "count(*) FILTER (WHERE state = 4), max(seq) FILTER (WHERE state = 1) "
	    "FROM submission WHERE " OF_THIS_CENTRE);
	*out = (struct outbox_kept){0};
	if (!s)
		return false;
	bool good = outbox_note(o, sqlite3_step(s) == SQLITE_ROW);
	if (good) {
		snprintf(out->history, sizeof out->history, "%s", column_text(s, 0));
		snprintf(out->key, sizeof out->key, "%s", column_text(s, 1));
		out->receipts = (size_t)sqlite3_column_int64(s, 2);
		out->lost = (size_t)sqlite3_column_int64(s, 3);
		out->newest_seq = (uint64_t)sqlite3_column_int64(s, 4);
	}
	sqlite3_finalize(s);
	return good;
}

bool
outbox_receipt_at(struct outbox *o, enum outbox_state state, size_t index, struct outbox_receipt *out)
{
	sqlite3_stmt *s = outbox_prepare(o, "SELECT position, seq, id FROM submission WHERE " OF_THIS_CENTRE
	                                    "AND state = ? ORDER BY seq LIMIT 1 OFFSET ?");
	if (!s)
		return false;
	sqlite3_bind_int(s, 1, (int)state);
	sqlite3_bind_int64(s, 2, (int64_t)index);
	bool good = outbox_note(o, sqlite3_step(s) == SQLITE_ROW) && sqlite3_column_bytes(s, 2) == ID_BYTES;
	if (good) {
		*out =
		    (struct outbox_receipt){sqlite3_column_int64(s, 0), (uint64_t)sqlite3_column_int64(s, 1), {{0}}};
		memcpy(out->id.bytes, sqlite3_column_blob(s, 2), ID_BYTES);
	}
	sqlite3_finalize(s);
	return good;
}

static bool
mark_lost(struct outbox *o, uint64_t seq, uint64_t newest_seq)
{
	sqlite3_stmt *s = outbox_prepare(o, "UPDATE submission SET state = 4 WHERE " OF_THIS_CENTRE
	                                    "AND state = 1 AND seq > ? AND seq <= ?");
	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	sqlite3_bind_int64(s, 2, (int64_t)newest_seq);
	return outbox_finish(o, s);
}

static bool
note_centre(struct outbox *o, const char *sql, const char *history, const char *key)
{
	sqlite3_stmt *s = outbox_prepare(o, sql);
	if (!s)
		return false;
	sqlite3_bind_text(s, 1, history ? history : "", -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, key, -1, SQLITE_STATIC);
	return outbox_finish(o, s);
}

bool
outbox_set_kept(struct outbox *o, uint64_t seq, uint64_t newest_seq, const char *history, const char *key)
{
	static const char sql[] = "REPLACE INTO centre (one, history, key, after) "
	                          "VALUES (1, ?, ?, ifnull((SELECT after FROM centre), 0))";
	if (!outbox_begin(o))
		return false;
	if (mark_lost(o, seq, newest_seq) && note_centre(o, sql, history, key))
		return outbox_commit(o);
	outbox_cancel(o);
	return false;
}

bool
outbox_note_centre(struct outbox *o, const char *history, const char *key)
{
	return note_centre(o, "INSERT OR IGNORE INTO centre (one, history, key, after) VALUES (1, ?, ?, 0)",
	                   history, key);
}

bool
outbox_begin_centre(struct outbox *o, const char *history, const char *key)
{
	return note_centre(o,
	                   "REPLACE INTO centre (one, history, key, after) VALUES (1, ?, ?, (SELECT "
	                   "ifnull(max(position), 0) FROM submission WHERE seq IS NOT NULL))",
	                   history, key);
}

int64_t
outbox_same_content(struct outbox *o, int64_t position)
{
	int64_t same = 0;
	sqlite3_stmt *s =
	    outbox_prepare(o, "SELECT b.position FROM submission a JOIN submission b ON b.content = "
	                      "a.content AND b.state <> 2 AND b.state <> 3 WHERE a.position = ?1 "
	                      "AND b.position <> ?1");
	if (!s)
		return 0;
	sqlite3_bind_int64(s, 1, position);
	if (sqlite3_step(s) == SQLITE_ROW)
		same = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return same;
}

static void
read_item(sqlite3_stmt *s, struct outbox_item *out)
{
	*out = (struct outbox_item){
	    .position = sqlite3_column_int64(s, 0),
	    .created_us = sqlite3_column_int64(s, 3),
	    .state = (enum outbox_state)sqlite3_column_int(s, 4),
	    .files = column_text(s, 5),
	    .places = column_text(s, 6),
	    .bytes = sqlite3_column_blob(s, 7),
	    .size = (size_t)sqlite3_column_bytes(s, 7),
	    .problems = column_text(s, 12),
	    .problems_zh = column_text(s, 13),
	};
	if (sqlite3_column_bytes(s, 1) == ID_BYTES)
		memcpy(out->id.bytes, sqlite3_column_blob(s, 1), ID_BYTES);
	if (sqlite3_column_bytes(s, 2) == DIGEST_BYTES)
		memcpy(out->digest.bytes, sqlite3_column_blob(s, 2), DIGEST_BYTES);
	out->receipt = (struct receipt){
	    .id = out->id,
	    .digest = out->digest,
	    .seq = (uint64_t)sqlite3_column_int64(s, 8),
	    .time_us = sqlite3_column_int64(s, 9),
	    .report_count = (uint32_t)sqlite3_column_int64(s, 10),
	    .entry_count = (uint32_t)sqlite3_column_int64(s, 11),
	};
}

bool
outbox_each(struct outbox *o, int state, int64_t limit,
            void (*take)(void *context, const struct outbox_item *item), void *context)
{
	sqlite3_stmt *s = outbox_prepare(
	    o, "SELECT * FROM (SELECT " COLUMNS " FROM submission WHERE ?1 < 0 OR state = ?1 "
	       "ORDER BY position DESC LIMIT ?2) "
	       /* Waiting submissions that had a receipt before are sent first, as they were stored before. */
	       "ORDER BY CASE WHEN ?1 = 0 THEN ifnull(seq, 9223372036854775807) END, position");
	if (!s)
		return false;
	sqlite3_bind_int(s, 1, state);
	sqlite3_bind_int64(s, 2, limit);
	int result;
	while ((result = sqlite3_step(s)) == SQLITE_ROW) {
		struct outbox_item item;
		read_item(s, &item);
		take(context, &item);
	}
	bool good = outbox_note(o, result == SQLITE_DONE);
	sqlite3_finalize(s);
	return good;
}

bool
outbox_counts(struct outbox *o, size_t counts[OUTBOX_STATES])
{
	int result;
	sqlite3_stmt *s = outbox_prepare(o, "SELECT state, count(*) FROM submission GROUP BY state");
	if (!s)
		return false;
	memset(counts, 0, OUTBOX_STATES * sizeof *counts);
	while ((result = sqlite3_step(s)) == SQLITE_ROW) {
		int state = sqlite3_column_int(s, 0);
		if (state >= 0 && state < OUTBOX_STATES)
			counts[state] = (size_t)sqlite3_column_int64(s, 1);
	}
	bool good = outbox_note(o, result == SQLITE_DONE);
	sqlite3_finalize(s);
	return good;
}

/* A statement left open would hold a read transaction, in which nothing of another client is seen and
 * nothing can be written: so the item is copied. */
static bool
keep_item(struct outbox *o, struct outbox_item *item)
{
	arena_reset(&o->item);
	item->files = arena_string(&o->item, item->files);
	item->places = arena_string(&o->item, item->places);
	item->problems = arena_string(&o->item, item->problems);
	item->problems_zh = arena_string(&o->item, item->problems_zh);
	item->bytes = (const uint8_t *)arena_text(&o->item, (const char *)item->bytes, item->size);
	if (item->files && item->places && item->problems && item->problems_zh && item->bytes)
		return true;
	snprintf(o->error, sizeof o->error, "outbox: no memory");
	return false;
}

bool
outbox_get(struct outbox *o, int64_t position, struct outbox_item *out)
{
	struct outbox_item item;
	sqlite3_stmt *s = outbox_prepare(o, "SELECT " COLUMNS " FROM submission WHERE position = ?");
	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, position);
	bool good = outbox_note(o, sqlite3_step(s) == SQLITE_ROW);
	if (good) {
		read_item(s, &item);
		good = keep_item(o, &item);
	}
	sqlite3_finalize(s);
	if (good)
		*out = item;
	return good;
}
