#include "fake_pg_internal.h"

#include "base/clock.h"
#include "postgres/pgcopy.h"

#include <assert.h>
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_pg fake;

struct pg_conn *fake_session;

void
fake_reset(void)
{
	fake = (struct fake_pg){
	    .generation = 1, .has_instance = true, .has_alone = true, .has_shared = true, .answers = SIZE_MAX};
}

void
fake_commit_elsewhere(uint8_t id, unit_code office, int64_t time_us, const struct report *report)
{
	fake.commits[fake.commit_count++] =
	    (struct fake_commit){++fake.head, {{0xEE, id}}, office, time_us, report};
}

uint64_t
fake_find(const struct submission_id *id)
{
	for (size_t i = 0; i < fake.commit_count; i++)
		if (submission_id_equal(&fake.commits[i].id, id))
			return fake.commits[i].seq;
	return 0;
}

/* ---------------------------------------------------------------- results */

static PGresult *
result_of(ExecStatusType status, const char *command)
{
	PGresult *r = calloc(1, sizeof *r);
	assert(r);
	r->status = status;
	snprintf(r->command, sizeof r->command, "%s", command);
	return r;
}

static PGresult *
done(const char *command)
{
	return result_of(PGRES_COMMAND_OK, command);
}

static PGresult *
failure(const char *sqlstate)
{
	PGresult *r = result_of(PGRES_FATAL_ERROR, "");
	snprintf(r->sqlstate, sizeof r->sqlstate, "%s", sqlstate);
	snprintf(r->message, sizeof r->message, "ERROR:  made to fail with %s\nDETAIL:  by the test\n", sqlstate);
	return r;
}

static PGresult *
tuple(int count, const char *const *fields)
{
	PGresult *r = result_of(PGRES_TUPLES_OK, "SELECT 1");
	r->field_count = count;
	r->has_row = true;
	for (int i = 0; i < count; i++)
		snprintf(r->fields[i], sizeof r->fields[i], "%s", fields[i]);
	return r;
}

static PGresult *
number(uint64_t value)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, value);
	return tuple(1, (const char *const[]){text});
}

/* ---------------------------------------------------------------- transactions */

static bool
begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void
forget(PGconn *c)
{
	c->transaction = PQTRANS_IDLE;
	c->head = c->notify = 0;
	c->staged_count = 0;
	memset(c->rows, 0, sizeof c->rows);
}

void
fake_break(void)
{
	if (!fake_session)
		return;
	fake_session->lost = fake_session->asked;
	fake_session->broken = true;
	fake_session->count = fake_session->next = 0;
	fake_session->asked = fake_session->copying_in = fake_session->copying_out = false;
	forget(fake_session);
}

static void
warn(PGconn *c)
{
	PGresult *notice = result_of(PGRES_NONFATAL_ERROR, "");
	snprintf(notice->message, sizeof notice->message, "WARNING:  canceling the wait for a standby\n");
	c->receiver(c->receiver_data, notice);
	PQclear(notice);
	fake.warns = false;
}

static PGresult *
commit(PGconn *c)
{
	bool failed = c->transaction == PQTRANS_INERROR;
	if (fake.warns && !failed)
		warn(c);
	if (!failed && c->head) {
		fake.head = c->head;
		for (size_t i = 0; i < c->staged_count; i++)
			fake.commits[fake.commit_count++] = c->staged[i];
		for (int i = 0; i < TABLES; i++)
			fake.rows[i] += c->rows[i];
		fake.notified = c->notify;
	}
	forget(c);
	return done(failed ? "ROLLBACK" : "COMMIT");
}

/* The head as this transaction sees it. */
static PGresult *
move_head(PGconn *c, uint64_t to, uint64_t from)
{
	if (fake.head != from)
		return done("UPDATE 0");
	c->head = to;
	return done("UPDATE 1");
}

static void
stage(PGconn *c, uint64_t seq, const uint8_t *id, unit_code office)
{
	struct fake_commit *made = &c->staged[c->staged_count++];
	*made = (struct fake_commit){.seq = seq, .office = office};
	memcpy(made->id.bytes, id, ID_BYTES);
}

/* ---------------------------------------------------------------- statements */

/* The server's clock. */
static const char *
clock_text(void)
{
	static char text[24];
	snprintf(text, sizeof text, "%" PRId64, fake.clock_us ? fake.clock_us : clock_wall_us());
	return text;
}

static PGresult *
select_last(const char *text)
{
	uint64_t numbers[2] = {0};
	char texts[2][2 * ID_BYTES + 1] = {"", ""}, head[24], generation[24];
	const char *at = text;
	for (int i = 0; i < 2; i++) {
		at = strstr(at, "WHERE seq = ") + strlen("WHERE seq = ");
		numbers[i] = strtoull(at, NULL, 10);
		for (size_t k = 0; k < fake.commit_count; k++)
			for (size_t b = 0; fake.commits[k].seq == numbers[i] && b < ID_BYTES; b++)
				snprintf(texts[i] + 2 * b, 3, "%02x", fake.commits[k].id.bytes[b]);
	}
	snprintf(head, sizeof head, "%" PRIu64, fake.head);
	snprintf(generation, sizeof generation, "%" PRId64, fake.generation);
	return tuple(5, (const char *const[]){head, generation, texts[0], texts[1], clock_text()});
}

static PGresult *
begin_copy(PGconn *c, const char *text, bool in)
{
	c->after = 0;
	c->until = UINT64_MAX;
	for (int i = 0; i < TABLES; i++) {
		char word[32];
		snprintf(word, sizeof word, "%s%s", in ? "COPY " : " FROM ", journal_tables[i].name);
		const char *at = strstr(text, word);
		if (at && strchr(" )", at[strlen(word)]))
			c->table = (enum journal_table)i;
	}
	const char *range = strstr(text, " WHERE seq ");
	if (range && sscanf(range, " WHERE seq > %" SCNu64 " AND seq <= %" SCNu64, &c->after, &c->until) != 2)
		sscanf(range, " WHERE seq <= %" SCNu64, &c->until);
	c->hides = 0;
	if (!in && fake.hidden_reads && fake.hidden_table == c->table) {
		fake.hidden_reads--;
		c->hides = fake.hidden_seq;
	}
	c->copying_in = in;
	c->copying_out = !in;
	c->message = 0;
	return result_of(in ? PGRES_COPY_IN : PGRES_COPY_OUT, "");
}

static PGresult *
select_row(const char *text)
{
	if (begins(text, "SELECT set_config"))
		return tuple(1, (const char *const[]){"2s"});
	if (begins(text, "SELECT pg_try_advisory_lock(" PG_LOCK_INSTANCE ",")) {
		bool asks = !strstr(text, "), false,");
		return tuple(4,
		             (const char *const[]){fake.has_instance ? "t" : "f", asks && fake.has_alone ? "t" : "f",
		                                   fake.has_shared ? "t" : "f", clock_text()});
	}
	if (begins(text, "SELECT pg_try_advisory_lock"))
		return tuple(1, (const char *const[]){fake.has_alone ? "t" : "f"});
	if (begins(text, "SELECT pg_advisory_unlock"))
		return tuple(1, (const char *const[]){"t"});
	if (begins(text, "SELECT (SELECT seq FROM journal_head)"))
		return select_last(text);
	if (begins(text, "SELECT seq FROM journal_head"))
		return number(fake.head);
	if (fake.value)
		return tuple(1, &fake.value);
	return result_of(PGRES_TUPLES_OK, "SELECT 0");
}

static PGresult *
insert(PGconn *c, const struct statement *s)
{
	if (!strcmp(s->text, "fupin_head"))
		return move_head(c, s->numbers[0], s->numbers[1]);
	bool stands = c->head && c->head == s->numbers[1];
	for (int i = 0; stands && i < TABLES; i++)
		c->rows[i] += !strcmp(s->text, journal_tables[i].insert);
	if (stands && !strcmp(s->text, "fupin_submission"))
		stage(c, s->numbers[0], s->id.bytes, 0);
	return done(stands ? "INSERT 0 1" : "INSERT 0 0");
}

static PGresult *
carry_out(PGconn *c, const struct statement *s)
{
	uint64_t to, from;
	const char *text = s->text;
	if (begins(text, "BEGIN")) {
		c->transaction = PQTRANS_INTRANS;
		return done("BEGIN");
	}
	if (begins(text, "COMMIT"))
		return commit(c);
	if (begins(text, "ROLLBACK")) {
		forget(c);
		return done("ROLLBACK");
	}
	if (sscanf(text, "UPDATE journal_head SET seq = %" SCNu64 ", writer = %*u WHERE seq = %" SCNu64, &to,
	           &from) == 2)
		return move_head(c, to, from);
	if (begins(text, "UPDATE"))
		return done("UPDATE 1");
	if (begins(text, "NOTIFY")) {
		c->notify = strtoull(strchr(text, '\'') + 1, NULL, 10);
		return done("NOTIFY");
	}
	if (begins(text, "COPY"))
		return begin_copy(c, text, strstr(text, "FROM STDIN") != NULL);
	if (begins(text, "SELECT"))
		return select_row(text);
	if (begins(text, "fupin_"))
		return insert(c, s);
	return done("SET");
}

/* The first two words, for a test to look at. */
static void
say(const char *text)
{
	size_t used = strlen(fake.said), first = strcspn(text, " ");
	size_t both = text[first] ? first + 1 + strcspn(text + first + 1, " (") : first;
	snprintf(fake.said + used, sizeof fake.said - used, "%.*s; ", (int)both, text);
}

/* The fault that is meant for this statement, if it is; once. */
static bool
take_fault(const struct statement *s, struct fake_fault *out)
{
	if (!fake.fault.statement || !begins(s->text, fake.fault.statement))
		return false;
	*out = fake.fault;
	fake.fault = (struct fake_fault){0};
	return true;
}

/* What follows an error is not carried out; a COMMIT that failed has ended its transaction. */
static void
skip(PGconn *c, const struct statement *s)
{
	if (begins(s->text, "COMMIT"))
		forget(c);
	if (c->transaction == PQTRANS_INTRANS)
		c->transaction = PQTRANS_INERROR;
	if (c->pipeline)
		c->aborted = true;
	else
		c->next = c->count;
}

static bool
has_unwanted(const PGconn *c)
{
	for (size_t i = 0; fake.unwanted && i < c->staged_count; i++)
		if (submission_id_equal(&c->staged[i].id, fake.unwanted))
			return true;
	return false;
}

/* NULL: the connection is broken. */
static PGresult *
answer(PGconn *c, const struct statement *s)
{
	struct fake_fault fault;
	bool aborted = c->aborted || (c->transaction == PQTRANS_INERROR && !begins(s->text, "ROLLBACK") &&
	                              !begins(s->text, "COMMIT"));
	if (c->aborted)
		return result_of(PGRES_PIPELINE_ABORTED, "");
	if (aborted) {
		skip(c, s);
		return failure("25P02");
	}
	if (begins(s->text, "COMMIT") && has_unwanted(c)) {
		skip(c, s);
		return failure("23505");
	}
	if (!take_fault(s, &fault)) {
		say(s->text);
		return carry_out(c, s);
	}
	if (fault.done)
		PQclear(carry_out(c, s));
	if (!fault.sqlstate) {
		fake_break();
		return NULL;
	}
	skip(c, s);
	return failure(fault.sqlstate);
}

/* The next result of what was sent; NULL: all of it is answered (in a pipeline: this statement is). */
static PGresult *
next_result(PGconn *c)
{
	if (c->between) {
		c->between = false;
		return NULL;
	}
	if (c->next == c->count) {
		c->asked = false;
		return NULL;
	}
	const struct statement *s = &c->statements[c->next++];
	if (s->sync) {
		c->aborted = false;
		c->asked = c->next < c->count;
		return result_of(PGRES_PIPELINE_SYNC, "");
	}
	c->between = c->pipeline;
	return answer(c, s);
}

/* ---------------------------------------------------------------- sending */

static struct statement *
add(PGconn *c, const char *text, size_t size)
{
	if (c->next == c->count)
		c->next = c->count = 0;
	assert(c->count < STATEMENTS_MAX);
	struct statement *s = &c->statements[c->count++];
	*s = (struct statement){0};
	snprintf(s->text, sizeof s->text, "%.*s", (int)size, text);
	c->asked = true;
	return s;
}

int
PQsendQuery(PGconn *c, const char *query)
{
	if (c->broken)
		return 0;
	for (const char *at = query; *at;) {
		size_t size = strcspn(at, ";");
		if (size)
			add(c, at, size);
		at += size;
		at += strspn(at, "; ");
	}
	return 1;
}

int
PQsendQueryParams(PGconn *c, const char *command, int count, const Oid *types, const char *const *values,
                  const int *lengths, const int *formats, int result_format)
{
	(void)count, (void)types, (void)values, (void)lengths, (void)formats, (void)result_format;
	return PQsendQuery(c, command);
}

static uint64_t
big(const char *bytes)
{
	uint64_t value;
	memcpy(&value, bytes, sizeof value);
	return be64toh(value);
}

int
PQsendQueryPrepared(PGconn *c, const char *name, int count, const char *const *values, const int *lengths,
                    const int *formats, int result_format)
{
	(void)result_format;
	if (c->broken)
		return 0;
	struct statement *s = add(c, name, strlen(name));
	assert(count >= 3);
	for (int i = 0; i < count; i++)
		assert(formats[i] == 1 && (!values[i] || lengths[i] >= 0));
	/* Rows end with the commit and the writer that the head has to stand at. */
	bool head = !strcmp(name, "fupin_head");
	assert(lengths[head ? 0 : count - 2] == 8 && lengths[count - 1] == 4);
	s->numbers[1] = big(values[head ? 1 : count - 2]);
	if (head) {
		s->numbers[0] = big(values[0]);
	} else if (!strcmp(name, "fupin_submission")) {
		assert(lengths[2] == ID_BYTES);
		s->numbers[0] = big(values[1]);
		memcpy(s->id.bytes, values[2], ID_BYTES);
	}
	return 1;
}

int
PQenterPipelineMode(PGconn *c)
{
	c->pipeline = true;
	return !c->broken;
}

int
PQexitPipelineMode(PGconn *c)
{
	c->pipeline = false;
	return 1;
}

int
PQpipelineSync(PGconn *c)
{
	add(c, "", 0)->sync = true;
	return !c->broken;
}

int
PQputCopyData(PGconn *c, const char *bytes, int size)
{
	struct copy_reader r = {.at = (const uint8_t *)bytes, .end = (const uint8_t *)bytes + size};
	if (fake.no_copy_data)
		return 0;
	assert(c->copying_in);
	copy_read_header(&r);
	for (int fields = copy_read_row(&r); fields >= 0; fields = copy_read_row(&r)) {
		size_t field_size = 0;
		if (c->table == TABLE_SUBMISSION) {
			unit_code office = copy_read_int4(&r);
			uint64_t seq = (uint64_t)copy_read_int8(&r);
			const uint8_t *id = copy_read_bytes(&r, &field_size);
			assert(field_size == ID_BYTES);
			stage(c, seq, id, office);
			fields -= 3;
		}
		while (fields--)
			if (!copy_read_null(&r))
				copy_read_bytes(&r, &field_size);
		c->rows[c->table]++;
	}
	assert(!r.failed && r.at == r.end);
	return 1;
}

int
PQputCopyEnd(PGconn *c, const char *error)
{
	assert(c->copying_in);
	c->copying_in = false;
	c->statements[--c->next] = (struct statement){.text = "copied"};
	if (error)
		fake.fault = (struct fake_fault){.statement = "copied", .sqlstate = "57014"};
	return c->broken ? -1 : 1;
}

/* ---------------------------------------------------------------- receiving */

static bool
arrived(void)
{
	if (!fake.answers)
		return false;
	if (fake.answers != SIZE_MAX)
		fake.answers--;
	return true;
}

int
PQconsumeInput(PGconn *c)
{
	return !c->broken;
}

int
PQisBusy(PGconn *c)
{
	return !c->broken && c->asked && !fake.answers;
}

PGresult *
PQgetResult(PGconn *c)
{
	if (c->asked && !c->broken) {
		arrived();
		PGresult *result = next_result(c);
		if (result || !c->broken)
			return result;
	}
	bool lost = c->lost;
	c->lost = false;
	return lost ? failure("") : NULL;
}

static void
put_row(struct copy_writer *w, enum journal_table table, const struct fake_commit *made)
{
	const struct report *r = made->report;
	const struct digest digest = digest_of("elsewhere", 9);
	if (table == TABLE_SUBMISSION) {
		copy_row(w, 8);
		copy_int4(w, (int32_t)unit_county(made->office));
		copy_int8(w, (int64_t)made->seq);
		copy_bytes(w, made->id.bytes, ID_BYTES);
		copy_bytes(w, digest.bytes, DIGEST_BYTES);
		copy_time(w, made->time_us);
		copy_int4(w, r != NULL);
		copy_int4(w, 0);
		copy_int4(w, 0);
		return;
	}
	copy_row(w, 7);
	copy_int8(w, r->unit);
	copy_int4(w, r->period);
	copy_int4(w, (int32_t)r->form);
	copy_int4(w, (int32_t)r->replaces + 1);
	copy_int4(w, (int32_t)r->form_version);
	copy_int8(w, (int64_t)made->seq);
	copy_int8_array(w, r->values, r->value_count, INT64_MIN);
}

/* One message for each row, the first one with the header; then the end. NULL: no more. */
int
PQgetCopyData(PGconn *c, char **out, int async)
{
	struct copy_writer w = {0};
	size_t at = 0, found = 0;
	(void)async;
	if (c->broken || !c->copying_out)
		return c->broken ? -2 : -1;
	if (!arrived())
		return 0;
	bool has_rows = c->table == TABLE_SUBMISSION || c->table == TABLE_REPORT;
	for (; has_rows && at < fake.commit_count; at++) {
		const struct fake_commit *made = &fake.commits[at];
		if (made->seq > c->after && made->seq <= c->until && made->seq != c->hides &&
		    (c->table == TABLE_SUBMISSION || made->report) && found++ == c->message)
			break;
	}
	bool row = has_rows && at < fake.commit_count;
	copy_begin(&w);
	size_t header = c->message ? w.size : 0;
	if (row)
		put_row(&w, c->table, &fake.commits[at]);
	else
		copy_end(&w);
	c->message++;
	if (!row) {
		c->copying_out = false;
		c->statements[--c->next] = (struct statement){.text = "copied"};
	}
	int size = (int)(w.size - header);
	*out = malloc((size_t)size);
	assert(*out);
	memcpy(*out, w.bytes + header, (size_t)size);
	copy_free(&w);
	return size;
}

PGnotify *
PQnotifies(PGconn *c)
{
	(void)c;
	if (!fake.notification && !fake.principals)
		return NULL;
	bool commit = fake.notification;
	char *memory = calloc(1, sizeof(PGnotify) + FIELD_BYTES);
	assert(memory);
	PGnotify *notify = (PGnotify *)(void *)memory;
	notify->extra = memory + sizeof *notify;
	snprintf(notify->extra, FIELD_BYTES, "%" PRIu64, fake.notification);
	notify->relname = commit ? "fupin_commit" : PG_CHANNEL_PRINCIPALS;
	if (commit)
		fake.notification = 0;
	else
		fake.principals = false;
	return notify;
}

void
PQfreemem(void *memory)
{
	free(memory);
}

/* ---------------------------------------------------------------- at once */

PGresult *
PQexec(PGconn *c, const char *query)
{
	PGresult *last = NULL, *next;
	size_t answers = fake.answers;
	fake.answers = SIZE_MAX;
	if (!PQsendQuery(c, query))
		return NULL;
	while (!(last && last->status == PGRES_COPY_OUT) && (next = PQgetResult(c))) {
		PQclear(last);
		last = next;
	}
	fake.answers = answers;
	return last;
}

PGresult *
PQexecParams(PGconn *c, const char *command, int count, const Oid *types, const char *const *values,
             const int *lengths, const int *formats, int result_format)
{
	(void)count, (void)types, (void)values, (void)lengths, (void)formats, (void)result_format;
	return PQexec(c, command);
}
