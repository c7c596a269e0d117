#include "replay.h"

#include "base/grow.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Notes when a commit was. */
static bool
keep_time(struct replay *r, uint64_t seq, int64_t time_us)
{
	size_t at = (size_t)(seq - r->time_base - 1), before = r->time_count;
	if (!grow(&r->times, &r->time_count, at + 1, sizeof *r->times))
		return false;
	memset(r->times + before, 0, (r->time_count - before) * sizeof *r->times);
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

/* Takes one row over. */
typedef bool (*row_taker)(struct replay *replay, struct journal_row *row);

static bool
take_submission(struct replay *r, struct journal_row *row)
{
	const struct receipt *receipt = &row->of.submission.receipt;
	if (receipt->seq > r->as_of.seq) {
		r->as_of = (struct as_of){.seq = receipt->seq, .time_us = receipt->time_us};
		r->last_id = receipt->id;
	}
	r->submissions++;
	return keep_time(r, receipt->seq, receipt->time_us) &&
	       records_add(r->holdings->records, receipt, row->of.submission.office);
}

static bool
take_extension(struct replay *r, struct journal_row *row)
{
	return holdings_take_extension(r->holdings, &row->of.extension);
}

static bool
take_review(struct replay *r, struct journal_row *row)
{
	const struct review *review = &row->of.review;
	if (holdings_take_review(r->holdings, review, row->seq))
		return true;
	snprintf(r->error, PG_ERROR_BYTES,
	         "review of %" PRId64 " %d: its unit, form or period is not in the plan, or no memory",
	         review->unit, review->period);
	return false;
}

static bool
take_report(struct replay *r, struct journal_row *row)
{
	int64_t values[FORM_FIELDS_MAX];
	uint32_t indicators[FORM_FIELDS_MAX];
	struct report *report = &row->of.report;
	const struct form_version *version =
	    catalogue_version(r->holdings->catalogue, report->form, report->form_version);
	if (!version || row->list_count != version->field_count) {
		snprintf(r->error, PG_ERROR_BYTES,
		         "report %" PRId64 " %d form %u version %u does not fit the plan in the database",
		         report->unit, report->period, report->form, report->form_version);
		return false;
	}
	report->indicators = indicators;
	report->values = values;
	for (size_t i = 0; i < row->list_count; i++)
		if (row->list[i] != JOURNAL_ABSENT) {
			indicators[report->value_count] = version->fields[i].indicator;
			values[report->value_count++] = row->list[i];
		}
	r->reports++;
	if (holdings_take_report(r->holdings, report, report->replaces + 1, row->seq, time_of(r, row->seq)))
		return true;
	snprintf(r->error, PG_ERROR_BYTES, "report %" PRId64 " %d: its unit or period is not in the plan",
	         report->unit, report->period);
	return false;
}

static bool
take_entry(struct replay *r, struct journal_row *row)
{
	const struct fund_entry *entry = &row->of.entry;
	r->entries++;
	if (entry->kind > FUND_KIND_NONE && entry->kind < FUND_KINDS &&
	    holdings_take_entry(r->holdings, entry, row->seq, row->line, time_of(r, row->seq)))
		return true;
	snprintf(r->error, PG_ERROR_BYTES,
	         "fund entry %s of unit %" PRId64
	         ": its unit is not in the plan, it refers to what is not there, or no memory",
	         entry->voucher, entry->unit);
	return false;
}

static bool
take_target(struct replay *r, struct journal_row *row)
{
	const struct target_part *part = &row->of.target;
	return holdings_take_target(r->holdings, part, part->replaces + 1, row->seq);
}

static bool
take_document(struct replay *r, struct journal_row *row)
{
	const struct document *d = &row->of.document;
	const struct catalogue *c = r->holdings->catalogue;
	if (catalogue_unit(c, d->unit) && catalogue_document(c, d->kind))
		return holdings_take_document(r->holdings, d, d->replaces + 1, row->seq, time_of(r, row->seq));
	snprintf(r->error, PG_ERROR_BYTES, "document %u of unit %" PRId64 ": its unit or kind is not in the plan",
	         d->kind, d->unit);
	return false;
}

static bool
take_project(struct replay *r, struct journal_row *row)
{
	const struct project_row *p = &row->of.project;
	if (p->step > PROJECT_STEP_NONE && p->step < PROJECT_STEPS && holdings_take_project(r->holdings, p))
		return true;
	snprintf(r->error, PG_ERROR_BYTES,
	         "project %s of unit %" PRId64
	         ": its unit is not in the plan, it was never registered, or no memory",
	         p->code, p->unit);
	return false;
}

void
replay_count(struct replay_sums *sums, enum journal_table table, const void *bytes, size_t size, bool first)
{
	struct copy_reader reader = {.at = bytes, .end = (const uint8_t *)bytes + size};
	struct journal_row row;
	if (first)
		copy_read_header(&reader);
	if (reader.at >= reader.end || copy_read_row(&reader) < 0)
		return;
	if (table != TABLE_SUBMISSION) {
		sums->found[table == TABLE_REPORT  ? ROWS_REPORTS
		            : table == TABLE_ENTRY ? ROWS_ENTRIES
		                                   : ROWS_OTHERS]++;
	} else if (journal_row_read(table, &reader, &row)) {
		const struct receipt *receipt = &row.of.submission.receipt;
		sums->first = sums->submissions && sums->first < receipt->seq ? sums->first : receipt->seq;
		sums->last = sums->last > receipt->seq ? sums->last : receipt->seq;
		sums->submissions++;
		sums->promised[ROWS_REPORTS] += receipt->report_count;
		sums->promised[ROWS_ENTRIES] += receipt->entry_count;
		sums->promised[ROWS_OTHERS] += receipt->other_count;
	}
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
	struct copy_reader reader = {.at = bytes, .end = (const uint8_t *)bytes + size};
	struct journal_row row;
	if (first)
		copy_read_header(&reader);
	bool has_row = reader.at < reader.end && copy_read_row(&reader) >= 0;
	if (!has_row || (journal_row_read(table, &reader, &row) && takers[table](r, &row)))
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
	struct sql_text sql;
	sql_begin(&sql);
	journal_add_copy_out(&sql, table, where);
	PGresult *result = PQexec(connection, sql.text);
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
