#include "fake_centre.h"

#include <assert.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- the gate */

struct gate {
	gate_sends sends;
	void *context;
};

struct gate *
fake_gate(gate_sends sends, void *context)
{
	struct gate *gate = malloc(sizeof *gate);
	assert(gate);
	*gate = (struct gate){sends, context};
	return gate;
}

struct gate *
gate_open(const char *endpoint, const char *local_endpoint, const struct key_pair *keys, gate_admits admits,
          void *context, char error[GATE_ERROR_BYTES])
{
	(void)endpoint, (void)local_endpoint, (void)keys, (void)admits, (void)context, (void)error;
	return NULL;
}

void
gate_close(struct gate **gate)
{
	free(*gate);
	*gate = NULL;
}

const char *
gate_endpoint(const struct gate *gate)
{
	(void)gate;
	return "";
}

void *
gate_socket(struct gate *gate)
{
	(void)gate;
	return NULL;
}

void *
gate_zap_socket(struct gate *gate)
{
	(void)gate;
	return NULL;
}

void *
gate_monitor_socket(struct gate *gate)
{
	(void)gate;
	return NULL;
}

int
gate_lines_fd(const struct gate *gate)
{
	(void)gate;
	return -1;
}

void
gate_tend(struct gate *gate, int64_t now_us)
{
	(void)gate, (void)now_us;
}

int
gate_wait_ms(const struct gate *gate, int64_t now_us)
{
	(void)gate, (void)now_us;
	return -1;
}

bool
gate_stands(const struct gate *gate, const struct sender *sender, const char *public_key)
{
	(void)gate, (void)sender, (void)public_key;
	return true;
}

size_t
gate_connections(struct gate *gate)
{
	(void)gate;
	return 1;
}

void
gate_authenticate(struct gate *gate)
{
	(void)gate;
}

bool
gate_receive(struct gate *gate, struct frame *out)
{
	(void)gate, (void)out;
	return false;
}

enum gate_sent
gate_send(struct gate *gate, const struct sender *to, const char *public_key, const uint8_t *bytes,
          size_t size)
{
	gate->sends(gate->context, to, public_key, bytes, size);
	return GATE_SENT;
}

/* ---------------------------------------------------------------- the journal */

struct journal {
	struct journal_rows rows; /* of the next batch */
	bool writing, refreshing, away;
	const char *refused; /* SQLSTATE, of the batch that is written next; NULL: it is committed */
	const char *sqlstate;
};

void
fake_journal_refuse(struct journal *journal, const char *sqlstate)
{
	journal->refused = sqlstate;
}

void
fake_journal_connect(struct journal *journal, bool connected)
{
	journal->away = !connected;
}

struct journal *
journal_create(const struct pg_target *target)
{
	struct journal *journal = calloc(1, sizeof *journal);
	(void)target;
	assert(journal);
	journal_rows_begin(&journal->rows);
	return journal;
}

void
journal_destroy(struct journal **journal)
{
	if (*journal)
		journal_rows_free(&(*journal)->rows);
	free(*journal);
	*journal = NULL;
}

void
journal_expect(struct journal *journal, uint64_t seq_last, const struct submission_id *id_last,
               int64_t plan_generation)
{
	(void)journal, (void)seq_last, (void)id_last, (void)plan_generation;
}

bool
journal_is_alone(const struct journal *journal)
{
	(void)journal;
	return true;
}

bool
journal_try_alone(struct journal *journal)
{
	(void)journal;
	return true;
}

bool
journal_share(struct journal *journal)
{
	(void)journal;
	return true;
}

int
journal_fd(const struct journal *journal)
{
	(void)journal;
	return -1;
}

short
journal_poll_events(const struct journal *journal)
{
	(void)journal;
	return 0;
}

int
journal_wait_ms(const struct journal *journal, int64_t now_us)
{
	(void)journal, (void)now_us;
	return -1;
}

enum journal_event
journal_step(struct journal *journal, int64_t now_us)
{
	(void)now_us;
	enum journal_event event = journal->writing      ? JOURNAL_COMMITTED
	                           : journal->refreshing ? JOURNAL_NEWS
	                                                 : JOURNAL_NOTHING;
	if (journal->writing && journal->refused) {
		event = JOURNAL_REFUSED;
		journal->sqlstate = journal->refused;
		journal->refused = NULL;
	}
	journal->writing = journal->refreshing = false;
	return event;
}

bool
journal_is_idle(const struct journal *journal)
{
	return !journal->writing && !journal->refreshing && !journal->away;
}

uint64_t
journal_known(const struct journal *journal, const char **id)
{
	(void)journal;
	*id = "";
	return 0;
}

void
journal_set_clock(struct journal *journal, int64_t time_us)
{
	(void)journal;
	(void)time_us;
}

bool
journal_clock(const struct journal *journal, int64_t *out)
{
	(void)journal;
	*out = 0;
	return false;
}

bool
journal_is_connected(const struct journal *journal)
{
	return !journal->away;
}

void
journal_add(struct journal *journal, const struct journal_item *item)
{
	journal_rows_add(&journal->rows, item);
}

void
journal_forget(struct journal *journal)
{
	journal_rows_begin(&journal->rows);
}

/* Every row can be cut out of what was encoded. */
static size_t
count_rows(const struct copy_writer *table)
{
	struct row_fields fields;
	size_t at = 0, count = 0;
	for (; journal_rows_next(table, &at, &fields); count++)
		assert(fields.count > 0 && fields.count <= ROW_FIELDS_MAX);
	return count;
}

bool
journal_write(struct journal *journal, int64_t now_us)
{
	struct journal_rows *rows = &journal->rows;
	size_t count = 0;
	(void)now_us;
	assert(journal_is_idle(journal));
	bool good = journal_rows_end(rows);
	for (size_t table = 0; good && table < TABLES; table++)
		if (rows->present[table])
			count += count_rows(&rows->tables[table]);
	assert(good && count == rows->count && rows->seq_first && rows->seq_first <= rows->seq_last);
	journal_rows_begin(rows);
	journal->writing = true;
	return true;
}

bool
journal_refresh(struct journal *journal, int64_t now_us)
{
	(void)now_us;
	journal->refreshing = true;
	return true;
}

int
journal_slow_session(struct journal *journal)
{
	(void)journal;
	return 0;
}

bool
journal_principals_changed(struct journal *journal)
{
	(void)journal;
	return false;
}

/* Nobody else commits. */
bool
journal_news(struct journal *journal, struct replay *replay)
{
	(void)journal, (void)replay;
	return true;
}

bool
journal_has_more_news(const struct journal *journal)
{
	(void)journal;
	return false;
}

bool
journal_wants_batch(const struct journal *journal)
{
	(void)journal;
	return false;
}

void
journal_give_up(struct journal *journal, int64_t now_us)
{
	(void)journal, (void)now_us;
}

const char *
journal_error(const struct journal *journal)
{
	(void)journal;
	return "";
}

const char *
journal_sqlstate(const struct journal *journal)
{
	return journal->sqlstate ? journal->sqlstate : "";
}

/* ---------------------------------------------------------------- workers */

struct worker {
	struct job *first, **end; /* done, and not finished */
};

struct worker *
worker_start(const struct pg_target *target)
{
	struct worker *worker = calloc(1, sizeof *worker);
	(void)target;
	assert(worker);
	worker->end = &worker->first;
	return worker;
}

void
worker_stop(struct worker **worker, void *context)
{
	if (*worker)
		worker_finish(*worker, context);
	free(*worker);
	*worker = NULL;
}

int
worker_fd(const struct worker *worker)
{
	(void)worker;
	return -1;
}

int
worker_wait_ms(struct worker *worker, int64_t now_us)
{
	(void)worker, (void)now_us;
	return -1;
}

bool
worker_post(struct worker *worker, struct job *job)
{
	job->work(job, NULL, "there is no database");
	job->next = NULL;
	*worker->end = job;
	worker->end = &job->next;
	return true;
}

void
worker_finish(struct worker *worker, void *context)
{
	while (worker->first) {
		struct job *job = worker->first;
		worker->first = job->next;
		if (!worker->first)
			worker->end = &worker->first;
		job->finish(job, context);
	}
}
