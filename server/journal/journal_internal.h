/* What the journal is made of; shared by journal.c, which connects and steps, journal_write.c, which writes a
 * batch, and journal_news.c, which reads what others committed. */
#ifndef FUPIN_SERVER_JOURNAL_INTERNAL_H
#define FUPIN_SERVER_JOURNAL_INTERNAL_H

#include "journal.h"

#include <libpq-fe.h>

enum journal_state {
	STATE_AWAY,       /* not connected; the next attempt is at retry_us */
	STATE_CONNECTING, /* PQconnectPoll */
	STATE_OPENING,    /* asking for the locks and the last commit */
	STATE_IDLE,
	STATE_WRITING,      /* the batch's transaction */
	STATE_ROLLING_BACK, /* after a refusal */
	STATE_READING,      /* what others committed */
	STATE_AGAIN,        /* some rows of those commits were not visible yet: they are read again at retry_us */
	STATE_LOCKED,       /* the head's lock is held, the batch has to be decided anew */
};

enum { ID_HEX_BYTES = 2 * ID_BYTES + 1 };

/* Messages of the COPYs, each: table (1 byte), begins with the header (1), size (4), bytes. */
struct news {
	uint8_t *bytes;
	size_t size, room;
	bool more; /* than NEWS_MAX: read again */
};

struct journal {
	struct pg_target target;
	PGconn *connection;
	enum journal_state state;
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
	bool warned; /* the server sent a warning while it was written: perhaps that its COMMIT did not wait for
	                the standby */
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

/* ---------------------------------------------------------------- journal.c */

void journal_note_error(struct journal *journal, const char *message, const char *sqlstate);
void journal_enter(struct journal *journal, enum journal_state state, int64_t now_us);

/* Gives up the connection; a batch that was being written is in doubt from here on. */
enum journal_event journal_lose(struct journal *journal, int64_t now_us, const char *why);
/* The same, with libpq's message about the connection. */
enum journal_event journal_lose_connection(struct journal *journal, int64_t now_us);

/* The batch is on disk: it is what memory knows now. */
enum journal_event journal_batch_is_there(struct journal *journal);

/* ---------------------------------------------------------------- journal_write.c */

/* Sends the batch's transaction. False: the connection is broken. */
bool journal_begin_batch(struct journal *journal) __attribute__((warn_unused_result));
enum journal_event journal_step_writing(struct journal *journal, int64_t now_us);
enum journal_event journal_step_rolling_back(struct journal *journal, int64_t now_us);

/* ---------------------------------------------------------------- journal_news.c */

/* Reads the next submissions after those that memory holds. `locked`: under the head's lock, which is kept
 * afterwards; otherwise in a snapshot. `before`: a statement to run first. False: the connection is broken.
 */
bool journal_begin_reading(struct journal *journal, bool locked, const char *before, int64_t now_us)
    __attribute__((warn_unused_result));
enum journal_event journal_step_reading(struct journal *journal, int64_t now_us);

#endif
