#include "replay.h"

#include "postgres/pgcopy.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the newest row counts they come in the order of commits; else in any order. */
const struct replay_select replay_selects[TABLES] = {
    [TABLE_SUBMISSION] = {"SELECT county::bigint, seq, id, digest, recorded_at, report_count, entry_count, "
                          "other_count FROM submission",
                          ""},
    [TABLE_EXTENSION] = {"SELECT unit, period, form, event, until, document FROM extension",
                         " ORDER BY seq, line"},
    [TABLE_REVIEW] = {"SELECT unit, period, form, step, revision, decision, reason, text, seq FROM review",
                      " ORDER BY seq, line"},
    [TABLE_REPORT] = {"SELECT unit, period, form, version, revision, seq, \"values\" FROM report", ""},
    [TABLE_ENTRY] =
        {"SELECT unit, voucher, kind, source, use, counterparty, amount_fen, occurred, seq, line, "
         "note, coalesce(refers, ''), document, coalesce(project, '') FROM fund_entry",
         " ORDER BY seq, line"},
    [TABLE_TARGET] = {"SELECT unit, year, indicator, fund_kind, revision, value, note, seq FROM target_part",
                      ""},
    [TABLE_DOCUMENT] = {"SELECT unit, kind, version, name, type, size, digest, note, seq FROM document",
                        " ORDER BY kind, unit, version"},
    [TABLE_PROJECT] =
        {"SELECT unit, code, step, occurred, document, note, revision, name, kind, leader, begins, "
         "ends, budget_sources, budget_fen, system, percent, acceptor, passed, met, again_by "
         "FROM project_step",
         " ORDER BY seq, line"},
};

/* Notes when a commit was. */
static bool
keep_time(struct replay *r, uint64_t seq, int64_t time_us)
{
	enum { TIMES_FIRST = 1024 };
	size_t at = (size_t)(seq - r->time_base - 1);
	if (at >= r->time_count) {
		size_t count = r->time_count ? r->time_count : TIMES_FIRST;
		while (count <= at)
			count *= 2;
		uint32_t *more = realloc(r->times, count * sizeof *more);
		if (!more)
			return false;
		memset(more + r->time_count, 0, (count - r->time_count) * sizeof *more);
		r->times = more;
		r->time_count = count;
	}
	r->times[at] = (uint32_t)(time_us / 1000000);
	return true;
}

static int64_t
time_of(const struct replay *r, uint64_t seq)
{
	size_t at = (size_t)(seq - r->time_base - 1);
	return at < r->time_count ? r->times[at] * INT64_C(1000000) : 0;
}

void
replay_free(struct replay *r)
{
	free(r->times);
	r->times = NULL;
	r->time_count = 0;
}

/* Takes one row whose fields `reader` stands before. */
typedef bool (*row_taker)(struct replay *replay, struct copy_reader *reader);

static bool
take_submission(struct replay *r, struct copy_reader *row)
{
	struct receipt receipt = {0};
	size_t size;
	unit_code office = copy_read_int8(row);
	receipt.seq = (uint64_t)copy_read_int8(row);
	const uint8_t *id = copy_read_bytes(row, &size);
	bool good = size == ID_BYTES;
	if (good)
		memcpy(receipt.id.bytes, id, ID_BYTES);
	const uint8_t *digest = copy_read_bytes(row, &size);
	good = good && size == DIGEST_BYTES;
	if (good)
		memcpy(receipt.digest.bytes, digest, DIGEST_BYTES);
	receipt.time_us = copy_read_time(row);
	receipt.report_count = (uint32_t)copy_read_int4(row);
	receipt.entry_count = (uint32_t)copy_read_int4(row);
	receipt.other_count = (uint32_t)copy_read_int4(row);
	if (receipt.seq > r->as_of.seq) {
		r->as_of = (struct as_of){.seq = receipt.seq, .time_us = receipt.time_us};
		r->last_id = receipt.id;
	}
	r->submissions++;
	return good && !row->failed && keep_time(r, receipt.seq, receipt.time_us) &&
	       records_add(r->holdings->records, &receipt, office);
}

static bool
take_extension(struct replay *r, struct copy_reader *row)
{
	struct extension e = {.reason = ""};
	e.unit = copy_read_int8(row);
	e.period = copy_read_int4(row);
	e.form = (uint32_t)copy_read_int4(row);
	e.event = (enum deadline_event)copy_read_int2(row);
	e.until = copy_read_time(row) / 1000000;
	e.document = (uint32_t)copy_read_int4(row);
	return !row->failed && holdings_take_extension(r->holdings, &e);
}

static bool
take_review(struct replay *r, struct copy_reader *row)
{
	char text[NOTE_BYTES_MAX + 1];
	size_t size;
	struct review review = {.text = text};
	review.unit = copy_read_int8(row);
	review.period = copy_read_int4(row);
	review.form = (uint32_t)copy_read_int4(row);
	review.step = (uint32_t)copy_read_int4(row) - 1;
	review.revision = (uint32_t)copy_read_int4(row);
	review.decision = (enum decision)copy_read_int2(row);
	review.reason = copy_read_null(row) ? RETURN_REASON_NONE : (enum return_reason)copy_read_int2(row);
	const uint8_t *bytes = copy_read_bytes(row, &size);
	if (row->failed || size > NOTE_BYTES_MAX)
		return false;
	memcpy(text, bytes, size);
	text[size] = 0;
	uint64_t seq = (uint64_t)copy_read_int8(row);
	if (!row->failed && holdings_take_review(r->holdings, &review, seq))
		return true;
	snprintf(r->error, PG_ERROR_BYTES,
	         "review of %" PRId64 " %d: its unit, form or period is not in the plan, or no memory",
	         review.unit, review.period);
	return false;
}

static bool
take_report(struct replay *r, struct copy_reader *row)
{
	int64_t stored[FORM_FIELDS_MAX], values[FORM_FIELDS_MAX];
	uint32_t indicators[FORM_FIELDS_MAX];
	struct report report = {.indicators = indicators, .values = values};
	report.unit = copy_read_int8(row);
	report.period = copy_read_int4(row);
	report.form = (uint32_t)copy_read_int4(row);
	report.form_version = (uint32_t)copy_read_int4(row);
	uint32_t revision = (uint32_t)copy_read_int4(row);
	uint64_t seq = (uint64_t)copy_read_int8(row);
	size_t count = copy_read_int8_array(row, stored, FORM_FIELDS_MAX, INT64_MIN);
	const struct form_version *version =
	    catalogue_version(r->holdings->catalogue, report.form, report.form_version);
	if (row->failed || !version || count != version->field_count) {
		snprintf(r->error, PG_ERROR_BYTES,
		         "report %" PRId64 " %d form %u version %u does not fit the plan in the database",
		         report.unit, report.period, report.form, report.form_version);
		return false;
	}
	for (size_t i = 0; i < count; i++)
		if (stored[i] != INT64_MIN) {
			indicators[report.value_count] = version->fields[i].indicator;
			values[report.value_count++] = stored[i];
		}
	r->reports++;
	if (holdings_take_report(r->holdings, &report, revision, seq, time_of(r, seq)))
		return true;
	snprintf(r->error, PG_ERROR_BYTES, "report %" PRId64 " %d: its unit or period is not in the plan",
	         report.unit, report.period);
	return false;
}

/* At most `room` - 1 bytes of text with a NUL behind them; false: more, or none. */
static bool
read_text(struct copy_reader *row, char *out, size_t room)
{
	size_t size = 0;
	const uint8_t *bytes = copy_read_bytes(row, &size);
	if (row->failed || size >= room)
		return false;
	memcpy(out, bytes, size);
	out[size] = 0;
	return true;
}

static bool
take_entry(struct replay *r, struct copy_reader *row)
{
	char voucher[VOUCHER_BYTES_MAX + 1] = "", refers[VOUCHER_BYTES_MAX + 1] = "";
	char note[NOTE_BYTES_MAX + 1] = "", document[NAME_BYTES_MAX + 1] = "",
	                           project[VOUCHER_BYTES_MAX + 1] = "";
	struct fund_entry entry = {
	    .voucher = voucher, .note = note, .refers = refers, .document = document, .project = project};
	entry.unit = copy_read_int8(row);
	bool good = read_text(row, voucher, sizeof voucher);
	entry.kind = (enum fund_kind)copy_read_int2(row);
	entry.source = (uint32_t)copy_read_int4(row);
	entry.use = copy_read_null(row) ? 0 : (uint32_t)copy_read_int4(row);
	entry.counterparty = copy_read_null(row) ? 0 : copy_read_int8(row);
	entry.amount_fen = copy_read_int8(row);
	entry.occurred = date_from_days(copy_read_int4(row));
	uint64_t seq = (uint64_t)copy_read_int8(row);
	uint32_t line = (uint32_t)copy_read_int4(row);
	good = good && read_text(row, note, sizeof note) && read_text(row, refers, sizeof refers) &&
	       read_text(row, document, sizeof document) && read_text(row, project, sizeof project);
	r->entries++;
	if (good && !row->failed && entry.kind > FUND_KIND_NONE && entry.kind < FUND_KINDS &&
	    holdings_take_entry(r->holdings, &entry, seq, line, time_of(r, seq)))
		return true;
	snprintf(r->error, PG_ERROR_BYTES,
	         "fund entry %s of unit %" PRId64
	         ": its unit is not in the plan, it refers to what is not there, or no memory",
	         voucher, entry.unit);
	return false;
}

static bool
take_target(struct replay *r, struct copy_reader *row)
{
	char note[NOTE_BYTES_MAX + 1];
	size_t size;
	struct target_part part = {.note = note};
	part.unit = copy_read_int8(row);
	part.year = copy_read_int4(row);
	part.indicator = (uint32_t)copy_read_int4(row);
	part.fund = (enum fund_kind)copy_read_int2(row);
	uint32_t revision = (uint32_t)copy_read_int4(row);
	part.value = copy_read_int8(row);
	const uint8_t *bytes = copy_read_bytes(row, &size);
	if (row->failed || size > NOTE_BYTES_MAX)
		return false;
	memcpy(note, bytes, size);
	note[size] = 0;
	uint64_t seq = (uint64_t)copy_read_int8(row);
	return !row->failed && holdings_take_target(r->holdings, &part, revision, seq);
}

static bool
take_document(struct replay *r, struct copy_reader *row)
{
	char name[NAME_BYTES_MAX + 1] = "", note[NOTE_BYTES_MAX + 1] = "";
	size_t size = 0;
	struct document d = {.name = name, .note = note};
	d.unit = copy_read_int8(row);
	d.kind = (uint32_t)copy_read_int4(row);
	uint32_t version = (uint32_t)copy_read_int4(row);
	bool good = read_text(row, name, sizeof name);
	d.type = (enum file_type)copy_read_int2(row);
	d.size = (uint64_t)copy_read_int8(row);
	const uint8_t *digest = copy_read_bytes(row, &size);
	if (!good || row->failed || size != DIGEST_BYTES)
		return false;
	memcpy(d.digest.bytes, digest, DIGEST_BYTES);
	good = read_text(row, note, sizeof note);
	uint64_t seq = (uint64_t)copy_read_int8(row);
	const struct catalogue *c = r->holdings->catalogue;
	if (catalogue_unit(c, d.unit) && catalogue_document(c, d.kind))
		return good && !row->failed && holdings_take_document(r->holdings, &d, version, seq, time_of(r, seq));
	snprintf(r->error, PG_ERROR_BYTES, "document %u of unit %" PRId64 ": its unit or kind is not in the plan",
	         d.kind, d.unit);
	return false;
}

/* What a step of a project points to while it is read. */
struct project_room {
	char code[VOUCHER_BYTES_MAX + 1], document[NAME_BYTES_MAX + 1], note[NOTE_BYTES_MAX + 1];
	char name[NAME_BYTES_MAX + 1];
	struct project_budget budgets[PROJECT_BUDGETS_MAX];
	uint32_t met[ACCEPTANCE_ITEMS_MAX];
};

static date
read_date_or_null(struct copy_reader *row)
{
	return copy_read_null(row) ? 0 : date_from_days(copy_read_int4(row));
}

static bool
read_plan(struct copy_reader *row, struct project_row *out, struct project_room *room)
{
	int64_t sources[PROJECT_BUDGETS_MAX], amounts[PROJECT_BUDGETS_MAX];
	enum { PLAN_COLUMNS = 8 };
	if (copy_read_null(row)) {
		for (int i = 1; i < PLAN_COLUMNS; i++)
			if (!copy_read_null(row))
				return false;
		return out->step != PROJECT_REGISTER;
	}
	out->replaces = (uint32_t)copy_read_int4(row) - 1;
	bool good = read_text(row, room->name, sizeof room->name);
	out->kind = (uint32_t)copy_read_int4(row);
	out->leader = copy_read_int8(row);
	out->begins = date_from_days(copy_read_int4(row));
	out->ends = date_from_days(copy_read_int4(row));
	out->budget_count = copy_read_int8_array(row, sources, PROJECT_BUDGETS_MAX, INT64_MIN);
	good = good && copy_read_int8_array(row, amounts, PROJECT_BUDGETS_MAX, INT64_MIN) == out->budget_count;
	for (size_t i = 0; good && !row->failed && i < out->budget_count; i++)
		room->budgets[i] = (struct project_budget){(uint32_t)sources[i], amounts[i]};
	return good;
}

static void
read_acceptance(struct copy_reader *row, struct project_row *out, struct project_room *room)
{
	int64_t met[ACCEPTANCE_ITEMS_MAX];
	out->passed = !copy_read_null(row) && copy_read_bool(row);
	out->met_count =
	    copy_read_null(row) ? 0 : copy_read_int8_array(row, met, ACCEPTANCE_ITEMS_MAX, INT64_MIN);
	for (size_t i = 0; !row->failed && i < out->met_count; i++)
		room->met[i] = (uint32_t)met[i];
	out->again_by = read_date_or_null(row);
}

static bool
take_project(struct replay *r, struct copy_reader *row)
{
	struct project_room room = {0};
	struct project_row p = {.code = room.code,
	                        .document = room.document,
	                        .note = room.note,
	                        .name = room.name,
	                        .budgets = room.budgets,
	                        .met = room.met};
	p.unit = copy_read_int8(row);
	bool good = read_text(row, room.code, sizeof room.code);
	p.step = (enum project_step)copy_read_int2(row);
	p.occurred = date_from_days(copy_read_int4(row));
	good = good && read_text(row, room.document, sizeof room.document) &&
	       read_text(row, room.note, sizeof room.note) && read_plan(row, &p, &room);
	p.system = copy_read_null(row) ? SYSTEM_NONE : (enum project_system)copy_read_int2(row);
	p.percent = copy_read_null(row) ? 0 : (uint32_t)copy_read_int4(row);
	p.acceptor = copy_read_null(row) ? 0 : copy_read_int8(row);
	read_acceptance(row, &p, &room);
	if (good && !row->failed && p.step > PROJECT_STEP_NONE && p.step < PROJECT_STEPS &&
	    holdings_take_project(r->holdings, &p))
		return true;
	snprintf(r->error, PG_ERROR_BYTES,
	         "project %s of unit %" PRId64
	         ": its unit is not in the plan, it was never registered, or no memory",
	         room.code, p.unit);
	return false;
}

void
replay_count(struct replay_sums *sums, enum journal_table table, const void *bytes, size_t size, bool first)
{
	enum { FIELDS_BEFORE_COUNTS = 3 }; /* id, digest, time */
	struct copy_reader row = {.at = bytes, .end = (const uint8_t *)bytes + size};
	size_t ignored;
	if (first)
		copy_read_header(&row);
	if (row.at >= row.end || copy_read_row(&row) < 0)
		return;
	if (table != TABLE_SUBMISSION) {
		sums->found[table == TABLE_REPORT  ? ROWS_REPORTS
		            : table == TABLE_ENTRY ? ROWS_ENTRIES
		                                   : ROWS_OTHERS]++;
		return;
	}
	copy_read_int8(&row); /* office */
	uint64_t seq = (uint64_t)copy_read_int8(&row);
	sums->first = sums->submissions && sums->first < seq ? sums->first : seq;
	sums->last = sums->last > seq ? sums->last : seq;
	sums->submissions++;
	for (int i = 0; i < FIELDS_BEFORE_COUNTS; i++)
		copy_read_bytes(&row, &ignored);
	for (int i = 0; i < ROWS_KINDS; i++)
		sums->promised[i] += (uint32_t)copy_read_int4(&row);
}

bool
replay_is_whole(const struct replay_sums *s, uint64_t after, uint64_t until, char why[PG_ERROR_BYTES])
{
	bool good =
	    s->submissions == until - after && (!s->submissions || (s->first == after + 1 && s->last == until));
	for (int i = 0; i < ROWS_KINDS; i++)
		good = good && s->found[i] == s->promised[i];
	if (!good)
		snprintf(
		    why, PG_ERROR_BYTES,
		    "of commits %" PRIu64 " to %" PRIu64 " the database shows %" PRIu64 " submissions, %" PRIu64
		    " of %" PRIu64 " reports, %" PRIu64 " of %" PRIu64 " fund entries, %" PRIu64 " of %" PRIu64
		    " other rows: nothing of it is taken over; something hides the rest (a policy, a machine of the "
		    "database that is away or behind), or rows were deleted: see fupind verify",
		    after + 1, until, s->submissions, s->found[ROWS_REPORTS], s->promised[ROWS_REPORTS],
		    s->found[ROWS_ENTRIES], s->promised[ROWS_ENTRIES], s->found[ROWS_OTHERS],
		    s->promised[ROWS_OTHERS]);
	return good;
}

bool
replay_message(struct replay *r, enum journal_table table, const void *bytes, size_t size, bool first)
{
	static const row_taker takers[TABLES] = {
	    [TABLE_SUBMISSION] = take_submission, [TABLE_EXTENSION] = take_extension,
	    [TABLE_REVIEW] = take_review,         [TABLE_REPORT] = take_report,
	    [TABLE_ENTRY] = take_entry,           [TABLE_TARGET] = take_target,
	    [TABLE_DOCUMENT] = take_document,     [TABLE_PROJECT] = take_project,
	};
	struct copy_reader row = {.at = bytes, .end = (const uint8_t *)bytes + size};
	if (first)
		copy_read_header(&row);
	bool has_row = row.at < row.end && copy_read_row(&row) >= 0;
	if (!has_row || takers[table](r, &row))
		return true;
	if (!*r->error)
		snprintf(r->error, PG_ERROR_BYTES, "the journal cannot be read: bad row, or out of memory");
	return false;
}

/* After the last message: did the server end well? */
static bool
finish_copy(struct replay *r, PGconn *connection)
{
	PGresult *result;
	bool good = true;
	while ((result = PQgetResult(connection))) {
		if (good && PQresultStatus(result) != PGRES_COMMAND_OK) {
			snprintf(r->error, PG_ERROR_BYTES, "%s", PQresultErrorMessage(result));
			good = false;
		}
		PQclear(result);
	}
	return good;
}

/* False: the server failed. *taken becomes false where a row could not be taken; the rest is only counted
 * then. */
static bool
stream(struct replay *r, struct replay_sums *sums, PGconn *connection, enum journal_table table,
       const char *where, bool *taken)
{
	char sql[512];
	snprintf(sql, sizeof sql, "COPY (%s%s%s) TO STDOUT (FORMAT binary)", replay_selects[table].select, where,
	         replay_selects[table].order);
	PGresult *result = PQexec(connection, sql);
	bool good = PQresultStatus(result) == PGRES_COPY_OUT, first = true;
	if (!good)
		snprintf(r->error, PG_ERROR_BYTES, "%s", PQresultErrorMessage(result));
	PQclear(result);
	if (!good)
		return false;
	char *bytes;
	int size;
	while ((size = PQgetCopyData(connection, &bytes, 0)) > 0) {
		replay_count(sums, table, bytes, (size_t)size, first);
		*taken = *taken && replay_message(r, table, bytes, (size_t)size, first);
		first = false;
		PQfreemem(bytes);
	}
	return finish_copy(r, connection);
}

/* A row that cannot be taken may lack one that was not shown: then that is what is told. */
static bool
stream_tables(struct replay *r, struct pg_conn *connection, const char *where, uint64_t until)
{
	struct replay_sums sums = {0};
	char why[PG_ERROR_BYTES];
	bool taken = true;
	for (int table = 0; table < TABLES; table++)
		if (!stream(r, &sums, (PGconn *)connection, (enum journal_table)table, where, &taken))
			return false;
	if (replay_is_whole(&sums, 0, until, why))
		return taken;
	r->incomplete = true;
	snprintf(r->error, PG_ERROR_BYTES, "%s", why);
	return false;
}

bool
replay_all(struct replay *r, struct pg_conn *connection)
{
	int64_t head;
	return pg_number(connection, "SELECT seq FROM journal_head", &head, r->error) &&
	       stream_tables(r, connection, "", (uint64_t)head);
}

bool
replay_until(struct replay *r, struct pg_conn *connection, uint64_t seq)
{
	char where[48];
	snprintf(where, sizeof where, " WHERE seq <= %" PRIu64, seq);
	return stream_tables(r, connection, where, seq);
}
