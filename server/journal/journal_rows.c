#include "journal_rows.h"

#include "field/catalogue.h"

#include <assert.h>
#include <string.h>

#define SUBMISSION_COLUMNS                                                                                   \
	"county, seq, id, principal, digest, recorded_at, report_count, entry_count, other_count"
#define REPORT_COLUMNS "county, unit, period, form, revision, version, seq, \"values\", reason"
#define EXTENSION_COLUMNS "county, unit, period, form, event, until, reason, seq, line, document"
#define REVIEW_COLUMNS "county, unit, period, form, step, revision, decision, reason, text, seq, line"
#define TARGET_COLUMNS "county, unit, year, indicator, fund_kind, revision, value, note, seq, line"
#define DOCUMENT_COLUMNS "county, unit, kind, version, name, type, size, digest, note, seq, line"
#define ENTRY_COLUMNS                                                                                        \
	"county, unit, voucher, kind, source, use, counterparty, amount_fen, occurred, seq, line, note, "        \
	"refers, document, project"
#define PROJECT_COLUMNS                                                                                      \
	"county, unit, code, step, occurred, document, note, revision, name, kind, leader, begins, ends, "       \
	"budget_sources, budget_fen, system, percent, acceptor, passed, met, again_by, seq, line"

#define COPY_IN(table, columns) "COPY " table " (" columns ") FROM STDIN (FORMAT binary)"
const char *const journal_copy_statements[TABLES] = {
    [TABLE_SUBMISSION] = COPY_IN("submission", SUBMISSION_COLUMNS),
    [TABLE_EXTENSION] = COPY_IN("extension", EXTENSION_COLUMNS),
    [TABLE_REVIEW] = COPY_IN("review", REVIEW_COLUMNS),
    [TABLE_REPORT] = COPY_IN("report", REPORT_COLUMNS),
    [TABLE_ENTRY] = COPY_IN("fund_entry", ENTRY_COLUMNS),
    [TABLE_TARGET] = COPY_IN("target_part", TARGET_COLUMNS),
    [TABLE_DOCUMENT] = COPY_IN("document", DOCUMENT_COLUMNS),
    [TABLE_PROJECT] = COPY_IN("project_step", PROJECT_COLUMNS),
};

/* One INSERT of a row, if the head stands at the commit and writer that come as its last two parameters. */
#define PREPARE_INSERT(name, types, table, columns, parameters, seq, writer)                                 \
	"PREPARE " name " (" types ", bigint, integer) AS INSERT INTO " table " (" columns                       \
	") SELECT " parameters " FROM journal_head WHERE seq = " seq " AND writer = " writer "; "

const char journal_prepare[] =
    "PREPARE fupin_head (bigint, bigint, integer) AS UPDATE journal_head SET seq = $1, writer = $3 WHERE seq "
    "= $2; "
    /* */
    PREPARE_INSERT("fupin_submission",
                   "integer, bigint, uuid, text, bytea, timestamptz, integer, integer, integer", "submission",
                   SUBMISSION_COLUMNS, "$1, $2, $3, $4, $5, $6, $7, $8, $9", "$10", "$11")
    /* */
    PREPARE_INSERT("fupin_extension",
                   "integer, bigint, integer, integer, smallint, timestamptz, text, bigint, integer, integer",
                   "extension", EXTENSION_COLUMNS, "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10", "$11", "$12")
    /* */
    PREPARE_INSERT("fupin_review",
                   "integer, bigint, integer, integer, integer, integer, smallint, smallint, text, bigint, "
                   "integer",
                   "review", REVIEW_COLUMNS, "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", "$12", "$13")
    /* */
    PREPARE_INSERT("fupin_report",
                   "integer, bigint, integer, integer, integer, integer, bigint, bigint[], text", "report",
                   REPORT_COLUMNS, "$1, $2, $3, $4, $5, $6, $7, $8, $9", "$10", "$11")
    /* */
    PREPARE_INSERT(
        "fupin_entry",
        "integer, bigint, text, smallint, integer, integer, bigint, bigint, date, bigint, integer, text, "
        "text, text, text",
        "fund_entry", ENTRY_COLUMNS, "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15",
        "$16", "$17")
    /* */
    PREPARE_INSERT("fupin_target",
                   "integer, bigint, integer, integer, smallint, integer, bigint, text, bigint, integer",
                   "target_part", TARGET_COLUMNS, "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10", "$11", "$12")
    /* */
    PREPARE_INSERT("fupin_document",
                   "integer, bigint, integer, integer, text, smallint, bigint, bytea, text, bigint, integer",
                   "document", DOCUMENT_COLUMNS, "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", "$12", "$13")
    /* */
    PREPARE_INSERT(
        "fupin_project",
        "integer, bigint, text, smallint, date, text, text, integer, text, integer, bigint, date, "
        "date, bigint[], bigint[], smallint, integer, bigint, boolean, bigint[], date, bigint, integer",
        "project_step", PROJECT_COLUMNS,
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, "
        "$21, $22, $23",
        "$24", "$25");

const char *const journal_insert_names[TABLES] = {
    [TABLE_SUBMISSION] = "fupin_submission", [TABLE_EXTENSION] = "fupin_extension",
    [TABLE_REVIEW] = "fupin_review",         [TABLE_REPORT] = "fupin_report",
    [TABLE_ENTRY] = "fupin_entry",           [TABLE_TARGET] = "fupin_target",
    [TABLE_DOCUMENT] = "fupin_document",     [TABLE_PROJECT] = "fupin_project",
};

static void
put_submission(struct copy_writer *w, const struct journal_item *item)
{
	const struct receipt *receipt = &item->receipt;
	copy_row(w, 9);
	copy_int4(w, (int32_t)unit_county(item->office->unit));
	copy_int8(w, (int64_t)receipt->seq);
	copy_bytes(w, receipt->id.bytes, ID_BYTES);
	copy_text(w, item->office->name);
	copy_bytes(w, receipt->digest.bytes, DIGEST_BYTES);
	copy_time(w, receipt->time_us);
	copy_int4(w, (int32_t)receipt->report_count);
	copy_int4(w, (int32_t)receipt->entry_count);
	copy_int4(w, (int32_t)receipt->other_count);
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
	copy_row(w, 9);
	copy_int4(w, (int32_t)unit_county(report->unit));
	copy_int8(w, report->unit);
	copy_int4(w, report->period);
	copy_int4(w, (int32_t)report->form);
	copy_int4(w, (int32_t)report->replaces + 1);
	copy_int4(w, (int32_t)report->form_version);
	copy_int8(w, (int64_t)item->receipt.seq);
	copy_int8_array(w, values, version->field_count, absent);
	if (report->reason && *report->reason)
		copy_text(w, report->reason);
	else
		copy_null(w);
}

static void
put_extension(struct copy_writer *w, const struct journal_item *item, size_t line)
{
	const struct extension *extension = &item->submission->extensions[line];
	copy_row(w, 10);
	copy_int4(w, (int32_t)unit_county(extension->unit));
	copy_int8(w, extension->unit);
	copy_int4(w, extension->period);
	copy_int4(w, (int32_t)extension->form);
	copy_int2(w, (int16_t)extension->event);
	copy_time(w, extension->until * 1000000);
	copy_text(w, extension->reason);
	copy_int8(w, (int64_t)item->receipt.seq);
	copy_int4(w, (int32_t)line);
	copy_int4(w, (int32_t)extension->document);
}

static void
put_review(struct copy_writer *w, const struct journal_item *item, size_t line)
{
	const struct review *review = &item->submission->reviews[line];
	copy_row(w, 11);
	copy_int4(w, (int32_t)unit_county(review->unit));
	copy_int8(w, review->unit);
	copy_int4(w, review->period);
	copy_int4(w, (int32_t)review->form);
	copy_int4(w, (int32_t)review->step + 1);
	copy_int4(w, (int32_t)review->revision);
	copy_int2(w, (int16_t)review->decision);
	if (review->decision == DECISION_RETURN)
		copy_int2(w, (int16_t)review->reason);
	else
		copy_null(w);
	copy_text(w, review->text);
	copy_int8(w, (int64_t)item->receipt.seq);
	copy_int4(w, (int32_t)line);
}

static void
put_entry(struct copy_writer *w, const struct journal_item *item, size_t line)
{
	const struct fund_entry *entry = &item->submission->entries[line];
	copy_row(w, 15);
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
	if (*entry->refers)
		copy_text(w, entry->refers);
	else
		copy_null(w);
	copy_text(w, entry->document);
	if (*entry->project)
		copy_text(w, entry->project);
	else
		copy_null(w);
}

static void
put_target(struct copy_writer *w, const struct journal_item *item, size_t line)
{
	const struct target_part *target = &item->submission->targets[line];
	copy_row(w, 10);
	copy_int4(w, (int32_t)unit_county(target->unit));
	copy_int8(w, target->unit);
	copy_int4(w, target->year);
	copy_int4(w, (int32_t)target->indicator);
	copy_int2(w, (int16_t)target->fund);
	copy_int4(w, (int32_t)target->replaces + 1);
	copy_int8(w, target->value);
	copy_text(w, target->note);
	copy_int8(w, (int64_t)item->receipt.seq);
	copy_int4(w, (int32_t)line);
}

static void
put_document(struct copy_writer *w, const struct journal_item *item, size_t line)
{
	const struct document *document = &item->submission->documents[line];
	copy_row(w, 11);
	copy_int4(w, (int32_t)unit_county(document->unit));
	copy_int8(w, document->unit);
	copy_int4(w, (int32_t)document->kind);
	copy_int4(w, (int32_t)document->replaces + 1);
	copy_text(w, document->name);
	copy_int2(w, (int16_t)document->type);
	copy_int8(w, (int64_t)document->size);
	copy_bytes(w, document->digest.bytes, DIGEST_BYTES);
	copy_text(w, document->note);
	copy_int8(w, (int64_t)item->receipt.seq);
	copy_int4(w, (int32_t)line);
}

static void
put_date_or_null(struct copy_writer *w, date day)
{
	if (day)
		copy_int4(w, date_days(day));
	else
		copy_null(w);
}

/* What only a registration has. */
static void
put_plan(struct copy_writer *w, const struct project_row *row)
{
	int64_t sources[PROJECT_BUDGETS_MAX], amounts[PROJECT_BUDGETS_MAX];
	enum { PLAN_COLUMNS = 8 };
	if (row->step != PROJECT_REGISTER) {
		for (int i = 0; i < PLAN_COLUMNS; i++)
			copy_null(w);
		return;
	}
	for (size_t i = 0; i < row->budget_count; i++) {
		sources[i] = row->budgets[i].source;
		amounts[i] = row->budgets[i].amount_fen;
	}
	copy_int4(w, (int32_t)row->replaces + 1);
	copy_text(w, row->name);
	copy_int4(w, (int32_t)row->kind);
	copy_int8(w, row->leader);
	copy_int4(w, date_days(row->begins));
	copy_int4(w, date_days(row->ends));
	copy_int8_array(w, sources, row->budget_count, INT64_MIN);
	copy_int8_array(w, amounts, row->budget_count, INT64_MIN);
}

/* What only an acceptance has. */
static void
put_acceptance(struct copy_writer *w, const struct project_row *row)
{
	int64_t met[ACCEPTANCE_ITEMS_MAX];
	if (row->step != PROJECT_ACCEPTANCE) {
		copy_null(w);
		copy_null(w);
	} else {
		for (size_t i = 0; i < row->met_count; i++)
			met[i] = row->met[i];
		copy_bool(w, row->passed);
		copy_int8_array(w, met, row->met_count, INT64_MIN);
	}
	put_date_or_null(w, row->again_by);
}

static void
put_project(struct copy_writer *w, const struct journal_item *item, size_t line)
{
	const struct project_row *row = &item->submission->projects[line];
	copy_row(w, 23);
	copy_int4(w, (int32_t)unit_county(row->unit));
	copy_int8(w, row->unit);
	copy_text(w, row->code);
	copy_int2(w, (int16_t)row->step);
	copy_int4(w, date_days(row->occurred));
	copy_text(w, row->document);
	copy_text(w, row->note);
	put_plan(w, row);
	if (row->step == PROJECT_SYSTEM)
		copy_int2(w, (int16_t)row->system);
	else
		copy_null(w);
	if (row->step == PROJECT_PROGRESS)
		copy_int4(w, (int32_t)row->percent);
	else
		copy_null(w);
	if (row->step == PROJECT_NAME_ACCEPTOR)
		copy_int8(w, row->acceptor);
	else
		copy_null(w);
	put_acceptance(w, row);
	copy_int8(w, (int64_t)item->receipt.seq);
	copy_int4(w, (int32_t)line);
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
	for (size_t i = 0; i < s->extension_count; i++)
		put_extension(&rows->tables[TABLE_EXTENSION], item, i);
	for (size_t i = 0; i < s->review_count; i++)
		put_review(&rows->tables[TABLE_REVIEW], item, i);
	for (size_t i = 0; i < s->target_count; i++)
		put_target(&rows->tables[TABLE_TARGET], item, i);
	for (size_t i = 0; i < s->document_count; i++)
		put_document(&rows->tables[TABLE_DOCUMENT], item, i);
	for (size_t i = 0; i < s->project_count; i++)
		put_project(&rows->tables[TABLE_PROJECT], item, i);
	if (!rows->count)
		rows->seq_first = item->receipt.seq;
	rows->seq_last = item->receipt.seq;
	rows->id_last = item->receipt.id;
	rows->count += 1 + submission_rows(s);
	rows->present[TABLE_SUBMISSION] = true;
	rows->present[TABLE_EXTENSION] |= s->extension_count > 0;
	rows->present[TABLE_REVIEW] |= s->review_count > 0;
	rows->present[TABLE_TARGET] |= s->target_count > 0;
	rows->present[TABLE_DOCUMENT] |= s->document_count > 0;
	rows->present[TABLE_PROJECT] |= s->project_count > 0;
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
	assert(out->count <= ROW_FIELDS_MAX);
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
