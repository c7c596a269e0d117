#include "journal_rows.h"

#include "catalogue.h"

#include <assert.h>
#include <string.h>

#define SUBMISSION_COLUMNS "county, seq, id, principal, digest, recorded_at, report_count, entry_count"
#define REPORT_COLUMNS "county, unit, period, form, revision, version, seq, \"values\""
#define ENTRY_COLUMNS                                                                                        \
	"county, unit, voucher, kind, source, use, counterparty, amount_fen, occurred, seq, line, note"

const char *const journal_copy_statements[TABLES] = {
    "COPY submission (" SUBMISSION_COLUMNS ") FROM STDIN (FORMAT binary)",
    "COPY report (" REPORT_COLUMNS ") FROM STDIN (FORMAT binary)",
    "COPY fund_entry (" ENTRY_COLUMNS ") FROM STDIN (FORMAT binary)",
};

#define ROW_INSERT(table, columns, parameters, seq, writer)                                                  \
	"AS INSERT INTO " table " (" columns ") SELECT " parameters " FROM journal_head WHERE seq = " seq        \
	" AND writer = " writer "; "

const char journal_prepare[] =
    "PREPARE fupin_head (bigint, bigint, integer) AS UPDATE journal_head SET seq = $1, writer = $3 WHERE seq "
    "= $2; "
    "PREPARE fupin_submission (integer, bigint, uuid, text, bytea, timestamptz, integer, integer, bigint, "
    "integer) " ROW_INSERT("submission", SUBMISSION_COLUMNS, "$1, $2, $3, $4, $5, $6, $7, $8", "$9",
                           "$10") "PREPARE fupin_report (integer, bigint, integer, integer, integer, "
                                  "integer, bigint, bigint[], bigint, "
                                  "integer) " ROW_INSERT(
                                      "report", REPORT_COLUMNS, "$1, $2, $3, $4, $5, $6, $7, $8", "$9",
                                      "$10") "PREPARE fupin_entry (integer, bigint, text, smallint, integer, "
                                             "integer, bigint, bigint, date, bigint, "
                                             "integer, text, bigint, integer) " ROW_INSERT(
                                                 "fund_entry", ENTRY_COLUMNS,
                                                 "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12", "$13",
                                                 "$14");

const char *const journal_insert_names[TABLES] = {"fupin_submission", "fupin_report", "fupin_entry"};

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
		values[form_version_position(version, report->indicators[i], i)] = report->values[i];
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

void
journal_rows_begin(struct journal_rows *rows)
{
	for (int i = 0; i < TABLES; i++)
		copy_begin(&rows->tables[i]);
	memset(rows->present, 0, sizeof rows->present);
	rows->count = 0;
}

void
journal_rows_add(struct journal_rows *rows, const struct journal_item *item)
{
	const struct submission *s = item->submission;
	put_submission(&rows->tables[TABLE_SUBMISSION], item);
	for (size_t i = 0; i < s->report_count; i++)
		put_report(&rows->tables[TABLE_REPORT], item, &s->reports[i]);
	for (size_t i = 0; i < s->entry_count; i++)
		put_entry(&rows->tables[TABLE_ENTRY], item, i);
	if (!rows->count)
		rows->seq_first = item->receipt.seq;
	rows->seq_last = item->receipt.seq;
	rows->id_last = item->receipt.id;
	rows->count += 1 + s->report_count + s->entry_count;
	rows->present[TABLE_SUBMISSION] = true;
	rows->present[TABLE_REPORT] |= s->report_count > 0;
	rows->present[TABLE_ENTRY] |= s->entry_count > 0;
}

bool
journal_rows_end(struct journal_rows *rows)
{
	bool good = true;
	for (int i = 0; i < TABLES; i++) {
		copy_end(&rows->tables[i]);
		good = good && !rows->tables[i].failed;
	}
	return good;
}

void
journal_rows_free(struct journal_rows *rows)
{
	for (int i = 0; i < TABLES; i++)
		copy_free(&rows->tables[i]);
}

bool
journal_rows_next(const struct copy_writer *table, size_t *at, struct row_fields *out)
{
	struct copy_reader reader = {.at = table->bytes + *at, .end = table->bytes + table->size};
	if (!*at)
		copy_read_header(&reader);
	out->count = copy_read_row(&reader);
	if (out->count < 0)
		return false;
	for (int i = 0; i < out->count; i++) {
		size_t size = 0;
		bool is_null = copy_read_null(&reader);
		out->values[i] = is_null ? NULL : (const char *)copy_read_bytes(&reader, &size);
		out->sizes[i] = (int)size;
		out->formats[i] = 1;
	}
	*at = (size_t)(reader.at - table->bytes);
	return !reader.failed;
}
