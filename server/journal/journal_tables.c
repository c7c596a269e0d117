/* What lies where: the columns of the journal's tables, the statements that name them, and a row read back.
 */
#include "journal_tables.h"

#include <string.h>

/* ---------------------------------------------------------------- lists */

static size_t
list_values(const struct catalogue *catalogue, const void *item, int64_t out[FORM_FIELDS_MAX])
{
	const struct report *report = item;
	const struct form_version *version = catalogue_version(catalogue, report->form, report->form_version);
	for (size_t at = 0; at < version->field_count; at++)
		out[at] = JOURNAL_ABSENT;
	for (uint32_t i = 0; i < report->value_count; i++)
		out[form_version_position(version, report->indicators[i], i)] = report->values[i];
	return version->field_count;
}

static bool
take_values(struct journal_row *row, const int64_t *list, size_t count)
{
	memcpy(row->list, list, count * sizeof *list);
	row->list_count = count;
	return true;
}

static size_t
list_sources(const struct catalogue *catalogue, const void *item, int64_t out[FORM_FIELDS_MAX])
{
	const struct project_row *row = item;
	(void)catalogue;
	for (size_t i = 0; i < row->budget_count; i++)
		out[i] = row->budgets[i].source;
	return row->budget_count;
}

static bool
take_sources(struct journal_row *row, const int64_t *list, size_t count)
{
	if (count > PROJECT_BUDGETS_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		row->budgets[i].source = (uint32_t)list[i];
	row->of.project.budgets = row->budgets;
	row->of.project.budget_count = count;
	return true;
}

static size_t
list_amounts(const struct catalogue *catalogue, const void *item, int64_t out[FORM_FIELDS_MAX])
{
	const struct project_row *row = item;
	(void)catalogue;
	for (size_t i = 0; i < row->budget_count; i++)
		out[i] = row->budgets[i].amount_fen;
	return row->budget_count;
}

static bool
take_amounts(struct journal_row *row, const int64_t *list, size_t count)
{
	if (count != row->of.project.budget_count)
		return false;
	for (size_t i = 0; i < count; i++)
		row->budgets[i].amount_fen = list[i];
	return true;
}

static size_t
list_met(const struct catalogue *catalogue, const void *item, int64_t out[FORM_FIELDS_MAX])
{
	const struct project_row *row = item;
	(void)catalogue;
	for (size_t i = 0; i < row->met_count; i++)
		out[i] = row->met[i];
	return row->met_count;
}

static bool
take_met(struct journal_row *row, const int64_t *list, size_t count)
{
	if (count > ACCEPTANCE_ITEMS_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		row->met[i] = (uint32_t)list[i];
	row->of.project.met = row->met;
	row->of.project.met_count = count;
	return true;
}

/* ---------------------------------------------------------------- columns */

/* clang-format off: one line a column */

#define AT(field) .ours = offsetof(OF, field), .size = sizeof(((OF *)0)->field)
#define ONLY(field, value) .only = (value), .by = offsetof(OF, field)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define UNIT_COLUMNS                                                                                         \
	{"county", SQL_COUNTY, AT(unit), .unread = true},                                                        \
	{                                                                                                        \
		"unit", SQL_INT8, AT(unit)                                                                           \
	}
#define PLACE_COLUMNS                                                                                        \
	{"seq", .kind = SQL_SEQ},                                                                                \
	{                                                                                                        \
		"line", .kind = SQL_LINE                                                                             \
	}

#define OF struct recorded
static const struct journal_column submission_columns[] = {
    {"county", SQL_COUNTY, AT(office)},
    {"seq", SQL_INT8, AT(receipt.seq)},
    {"id", SQL_ID, AT(receipt.id)},
    {"principal", .kind = SQL_PRINCIPAL, .unread = true},
    {"digest", SQL_DIGEST, AT(receipt.digest)},
    {"recorded_at", SQL_MICROSECONDS, AT(receipt.time_us)},
    {"report_count", SQL_INT4, AT(receipt.report_count)},
    {"entry_count", SQL_INT4, AT(receipt.entry_count)},
    {"other_count", SQL_INT4, AT(receipt.other_count)},
};

#undef OF
#define OF struct report
static const struct journal_column report_columns[] = {
    UNIT_COLUMNS,
    {"period", SQL_INT4, AT(period)},
    {"form", SQL_INT4, AT(form)},
    {"revision", SQL_NEXT, AT(replaces)},
    {"version", SQL_INT4, AT(form_version)},
    {"seq", .kind = SQL_SEQ},
    {"\"values\"", .kind = SQL_LIST, .list = list_values, .take = take_values},
    {"reason", SQL_TEXT, AT(reason), .limit = NOTE_BYTES_MAX, .nullable = true, .unread = true},
};

#undef OF
#define OF struct extension
static const struct journal_column extension_columns[] = {
    UNIT_COLUMNS,
    {"period", SQL_INT4, AT(period)},
    {"form", SQL_INT4, AT(form)},
    {"event", SQL_INT2, AT(event)},
    {"until", SQL_SECONDS, AT(until)},
    {"reason", SQL_TEXT, AT(reason), .limit = NOTE_BYTES_MAX},
    PLACE_COLUMNS,
    {"document", SQL_INT4, AT(document)},
};

#undef OF
#define OF struct review
static const struct journal_column review_columns[] = {
    UNIT_COLUMNS,
    {"period", SQL_INT4, AT(period)},
    {"form", SQL_INT4, AT(form)},
    {"step", SQL_NEXT, AT(step)},
    {"revision", SQL_INT4, AT(revision)},
    {"decision", SQL_INT2, AT(decision)},
    {"reason", SQL_INT2, AT(reason), ONLY(decision, DECISION_RETURN), .nullable = true},
    {"text", SQL_TEXT, AT(text), .limit = NOTE_BYTES_MAX},
    PLACE_COLUMNS,
};

#undef OF
#define OF struct target_part
static const struct journal_column target_columns[] = {
    UNIT_COLUMNS,
    {"year", SQL_INT4, AT(year)},
    {"indicator", SQL_INT4, AT(indicator)},
    {"fund_kind", SQL_INT2, AT(fund)},
    {"revision", SQL_NEXT, AT(replaces)},
    {"value", SQL_INT8, AT(value)},
    {"note", SQL_TEXT, AT(note), .limit = NOTE_BYTES_MAX},
    PLACE_COLUMNS,
};

#undef OF
#define OF struct document
static const struct journal_column document_columns[] = {
    UNIT_COLUMNS,
    {"kind", SQL_INT4, AT(kind)},
    {"version", SQL_NEXT, AT(replaces)},
    {"name", SQL_TEXT, AT(name), .limit = NAME_BYTES_MAX},
    {"type", SQL_INT2, AT(type)},
    {"size", SQL_INT8, AT(size)},
    {"digest", SQL_DIGEST, AT(digest)},
    {"note", SQL_TEXT, AT(note), .limit = NOTE_BYTES_MAX},
    PLACE_COLUMNS,
};

#undef OF
#define OF struct fund_entry
static const struct journal_column entry_columns[] = {
    UNIT_COLUMNS,
    {"voucher", SQL_TEXT, AT(voucher), .limit = VOUCHER_BYTES_MAX},
    {"kind", SQL_INT2, AT(kind)},
    {"source", SQL_INT4, AT(source)},
    {"use", SQL_INT4, AT(use), .nullable = true},
    {"counterparty", SQL_INT8, AT(counterparty), .nullable = true},
    {"amount_fen", SQL_INT8, AT(amount_fen)},
    {"occurred", SQL_DATE, AT(occurred)},
    PLACE_COLUMNS,
    {"note", SQL_TEXT, AT(note), .limit = NOTE_BYTES_MAX},
    {"refers", SQL_TEXT, AT(refers), .limit = VOUCHER_BYTES_MAX, .nullable = true},
    {"document", SQL_TEXT, AT(document), .limit = NAME_BYTES_MAX},
    {"project", SQL_TEXT, AT(project), .limit = VOUCHER_BYTES_MAX, .nullable = true},
};

#undef OF
#define OF struct project_row
static const struct journal_column project_columns[] = {
    UNIT_COLUMNS,
    {"code", SQL_TEXT, AT(code), .limit = VOUCHER_BYTES_MAX},
    {"step", SQL_INT2, AT(step)}, /* before the columns that only one has */
    {"occurred", SQL_DATE, AT(occurred)},
    {"document", SQL_TEXT, AT(document), .limit = NAME_BYTES_MAX},
    {"note", SQL_TEXT, AT(note), .limit = NOTE_BYTES_MAX},
    {"revision", SQL_NEXT, AT(replaces), ONLY(step, PROJECT_REGISTER)},
    {"name", SQL_TEXT, AT(name), .limit = NAME_BYTES_MAX, ONLY(step, PROJECT_REGISTER)},
    {"kind", SQL_INT4, AT(kind), ONLY(step, PROJECT_REGISTER)},
    {"leader", SQL_INT8, AT(leader), ONLY(step, PROJECT_REGISTER)},
    {"begins", SQL_DATE, AT(begins), ONLY(step, PROJECT_REGISTER)},
    {"ends", SQL_DATE, AT(ends), ONLY(step, PROJECT_REGISTER)},
    {"budget_sources", .kind = SQL_LIST, .list = list_sources, .take = take_sources,
     ONLY(step, PROJECT_REGISTER)},
    {"budget_fen", .kind = SQL_LIST, .list = list_amounts, .take = take_amounts,
     ONLY(step, PROJECT_REGISTER)},
    {"system", SQL_INT2, AT(system), ONLY(step, PROJECT_SYSTEM)},
    {"percent", SQL_INT4, AT(percent), ONLY(step, PROJECT_PROGRESS)},
    {"acceptor", SQL_INT8, AT(acceptor), ONLY(step, PROJECT_NAME_ACCEPTOR)},
    {"passed", SQL_FLAG, AT(passed), ONLY(step, PROJECT_ACCEPTANCE)},
    {"met", .kind = SQL_LIST, .list = list_met, .take = take_met, ONLY(step, PROJECT_ACCEPTANCE)},
    {"again_by", SQL_DATE, AT(again_by), .nullable = true},
    PLACE_COLUMNS,
};

#define TABLE(sql, type, array, number)                                                                      \
	.name = (sql), .insert = "fupin_" sql, .columns = array, .column_count = COUNT_OF(array),                \
	.item_size = sizeof(type)
#define ROWS(sql, type, array, which, number)                                                                \
	TABLE(sql, type, array, number), .items = offsetof(struct submission, which),                            \
	                                 .count = offsetof(struct submission, number)

const struct journal_table_of journal_tables[TABLES] = {
    [TABLE_SUBMISSION] = {TABLE("submission", struct recorded, submission_columns, 0), .order = ""},
    [TABLE_EXTENSION] = {ROWS("extension", struct extension, extension_columns, extensions, extension_count),
                         .order = " ORDER BY seq, line"},
    [TABLE_REVIEW] = {ROWS("review", struct review, review_columns, reviews, review_count),
                      .order = " ORDER BY seq, line"},
    [TABLE_REPORT] = {ROWS("report", struct report, report_columns, reports, report_count), .order = ""},
    [TABLE_PROJECT] = {ROWS("project_step", struct project_row, project_columns, projects, project_count),
                       .order = " ORDER BY seq, line"},
    [TABLE_ENTRY] = {ROWS("fund_entry", struct fund_entry, entry_columns, entries, entry_count),
                     .order = " ORDER BY seq, line"},
    [TABLE_TARGET] = {ROWS("target_part", struct target_part, target_columns, targets, target_count),
                      .order = ""},
    [TABLE_DOCUMENT] = {ROWS("document", struct document, document_columns, documents, document_count),
                        .order = " ORDER BY kind, unit, version"},
};

/* clang-format on */

/* ---------------------------------------------------------------- statements */

static const char *
type_of(enum journal_column_kind kind)
{
	static const char *const types[] = {
	    [SQL_INT2] = "smallint",
	    [SQL_INT4] = "integer",
	    [SQL_INT8] = "bigint",
	    [SQL_NEXT] = "integer",
	    [SQL_COUNTY] = "integer",
	    [SQL_DATE] = "date",
	    [SQL_SECONDS] = "timestamptz",
	    [SQL_MICROSECONDS] = "timestamptz",
	    [SQL_FLAG] = "boolean",
	    [SQL_TEXT] = "text",
	    [SQL_ID] = "uuid",
	    [SQL_DIGEST] = "bytea",
	    [SQL_LIST] = "bigint[]",
	    [SQL_PRINCIPAL] = "text",
	    [SQL_SEQ] = "bigint",
	    [SQL_LINE] = "integer",
	};
	return types[kind];
}

static void
add_names(struct sql_text *sql, const struct journal_table_of *table, bool all)
{
	const char *between = "";
	for (size_t i = 0; i < table->column_count; i++) {
		if (!all && table->columns[i].unread)
			continue;
		sql_add(sql, "%s%s", between, table->columns[i].name);
		between = ", ";
	}
}

void
journal_add_copy_in(struct sql_text *sql, enum journal_table table)
{
	sql_add(sql, "COPY %s (", journal_tables[table].name);
	add_names(sql, &journal_tables[table], true);
	sql_add(sql, ") FROM STDIN (FORMAT binary); ");
}

void
journal_add_copy_out(struct sql_text *sql, enum journal_table table, const char *where)
{
	sql_add(sql, "COPY (SELECT ");
	add_names(sql, &journal_tables[table], false);
	sql_add(sql, " FROM %s%s%s) TO STDOUT (FORMAT binary); ", journal_tables[table].name, where,
	        journal_tables[table].order);
}

void
journal_add_prepares(struct sql_text *sql)
{
	sql_add(sql,
	        "PREPARE fupin_head (bigint, bigint, integer) AS UPDATE journal_head SET seq = $1, writer = $3 "
	        "WHERE seq = $2; ");
	for (int i = 0; i < TABLES; i++) {
		const struct journal_table_of *table = &journal_tables[i];
		sql_add(sql, "PREPARE %s (", table->insert);
		for (size_t at = 0; at < table->column_count; at++)
			sql_add(sql, "%s, ", type_of(table->columns[at].kind));
		sql_add(sql, "bigint, integer) AS INSERT INTO %s (", table->name);
		add_names(sql, table, true);
		sql_add(sql, ") SELECT ");
		for (size_t at = 1; at <= table->column_count; at++)
			sql_add(sql, "%s$%zu", at > 1 ? ", " : "", at);
		sql_add(sql, " FROM journal_head WHERE seq = $%zu AND writer = $%zu; ", table->column_count + 1,
		        table->column_count + 2);
	}
}

bool
journal_is_elsewhere(const struct journal_column *column, const void *row)
{
	uint32_t found;
	memcpy(&found, (const char *)row + column->by, sizeof found);
	return column->only && found != column->only;
}

/* ---------------------------------------------------------------- reading */

static bool
take_text(struct copy_reader *reader, struct journal_row *out, size_t limit, const char **text)
{
	size_t size = 0;
	const uint8_t *bytes = copy_read_bytes(reader, &size);
	if (reader->failed || size > limit || size >= sizeof out->texts - out->text_used)
		return false;
	char *to = out->texts + out->text_used;
	memcpy(to, bytes, size);
	to[size] = 0;
	out->text_used += size + 1;
	*text = to;
	return true;
}

static bool
take_bytes(struct copy_reader *reader, void *ours, size_t size)
{
	size_t found = 0;
	const uint8_t *bytes = copy_read_bytes(reader, &found);
	if (reader->failed || found != size)
		return false;
	memcpy(ours, bytes, size);
	return true;
}

static bool
take_list(struct copy_reader *reader, struct journal_row *out, const struct journal_column *column)
{
	int64_t list[FORM_FIELDS_MAX];
	size_t count = copy_read_int8_array(reader, list, FORM_FIELDS_MAX, JOURNAL_ABSENT);
	return !reader->failed && column->take(out, list, count);
}

/* 4 bytes of ours: a number or an enum. */
static void
set4(void *ours, int64_t value)
{
	const int32_t number = (int32_t)value;
	memcpy(ours, &number, sizeof number);
}

static void
set8(void *ours, int64_t value)
{
	memcpy(ours, &value, sizeof value);
}

static bool
take_column(struct copy_reader *reader, struct journal_row *out, const struct journal_column *column)
{
	void *ours = (char *)&out->of + column->ours;
	switch (column->kind) {
	case SQL_INT2:
		set4(ours, copy_read_int2(reader));
		break;
	case SQL_INT4:
		set4(ours, copy_read_int4(reader));
		break;
	case SQL_NEXT:
		set4(ours, (int64_t)copy_read_int4(reader) - 1);
		break;
	case SQL_DATE:
		set4(ours, date_from_days(copy_read_int4(reader)));
		break;
	case SQL_COUNTY:
		set8(ours, copy_read_int4(reader));
		break;
	case SQL_INT8:
		set8(ours, copy_read_int8(reader));
		break;
	case SQL_SECONDS:
		set8(ours, copy_read_time(reader) / 1000000);
		break;
	case SQL_MICROSECONDS:
		set8(ours, copy_read_time(reader));
		break;
	case SQL_FLAG:
		*(bool *)ours = copy_read_bool(reader);
		break;
	case SQL_TEXT:
		return take_text(reader, out, column->limit, ours);
	case SQL_ID:
	case SQL_DIGEST:
		return take_bytes(reader, ours, column->size);
	case SQL_LIST:
		return take_list(reader, out, column);
	case SQL_SEQ:
		out->seq = (uint64_t)copy_read_int8(reader);
		break;
	case SQL_LINE:
		out->line = (uint32_t)copy_read_int4(reader);
		break;
	case SQL_PRINCIPAL:
		return false; /* nobody's field: it is not read */
	}
	return !reader->failed;
}

bool
journal_row_read(enum journal_table table, struct copy_reader *reader, struct journal_row *out)
{
	const struct journal_table_of *rows = &journal_tables[table];
	memset(&out->of, 0, rows->item_size);
	out->list_count = out->text_used = 0;
	for (size_t i = 0; i < rows->column_count; i++) {
		const struct journal_column *column = &rows->columns[i];
		if (column->unread)
			continue;
		bool elsewhere = journal_is_elsewhere(column, &out->of);
		if ((column->nullable || elsewhere) && copy_read_null(reader)) {
			if (column->kind == SQL_TEXT)
				*(const char **)(void *)((char *)&out->of + column->ours) = "";
		} else if (elsewhere || !take_column(reader, out, column)) {
			return false;
		}
	}
	return true;
}
