/* Rows of a batch: written column by column as the journal's tables say, and cut out again for INSERTs. */
#include "journal_rows.h"

#include <assert.h>
#include <string.h>

static int32_t
get4(const void *ours)
{
	int32_t number;
	memcpy(&number, ours, sizeof number);
	return number;
}

static int64_t
get8(const void *ours)
{
	int64_t number;
	memcpy(&number, ours, sizeof number);
	return number;
}

/* Not in this row: another step of a project has it, or it is nothing, which is NULL. */
static bool
is_null(const struct journal_column *column, const void *row, const void *ours)
{
	if (column->only)
		return journal_is_elsewhere(column, row);
	if (!column->nullable)
		return false;
	if (column->kind != SQL_TEXT)
		return !(column->size == sizeof(int64_t) ? get8(ours) : get4(ours));
	const char *text = *(const char *const *)ours;
	return !text || !*text;
}

static void
put_list(struct copy_writer *w, const struct journal_column *column, const struct journal_item *item,
         const void *row)
{
	int64_t list[FORM_FIELDS_MAX];
	size_t count = column->list(item->catalogue, row, list);
	copy_int8_array(w, list, count, JOURNAL_ABSENT);
}

static void
put_column(struct copy_writer *w, const struct journal_column *column, const struct journal_item *item,
           const void *row, size_t line)
{
	const void *ours = (const char *)row + column->ours;
	switch (column->kind) {
	case SQL_INT2:
		copy_int2(w, (int16_t)get4(ours));
		break;
	case SQL_INT4:
		copy_int4(w, get4(ours));
		break;
	case SQL_NEXT:
		copy_int4(w, (int32_t)((uint32_t)get4(ours) + 1));
		break;
	case SQL_COUNTY:
		copy_int4(w, (int32_t)unit_county(get8(ours)));
		break;
	case SQL_DATE:
		copy_int4(w, date_days(get4(ours)));
		break;
	case SQL_INT8:
		copy_int8(w, get8(ours));
		break;
	case SQL_SECONDS:
		copy_time(w, get8(ours) * 1000000);
		break;
	case SQL_MICROSECONDS:
		copy_time(w, get8(ours));
		break;
	case SQL_FLAG:
		copy_bool(w, *(const bool *)ours);
		break;
	case SQL_TEXT:
		copy_text(w, *(const char *const *)ours);
		break;
	case SQL_ID:
	case SQL_DIGEST:
		copy_bytes(w, ours, column->size);
		break;
	case SQL_LIST:
		put_list(w, column, item, row);
		break;
	case SQL_PRINCIPAL:
		copy_text(w, item->office->name);
		break;
	case SQL_SEQ:
		copy_int8(w, (int64_t)item->receipt.seq);
		break;
	case SQL_LINE:
		copy_int4(w, (int32_t)line);
		break;
	}
}

static void
put_rows(struct journal_rows *rows, enum journal_table at, const struct journal_item *item, const void *items,
         size_t count)
{
	const struct journal_table_of *table = &journal_tables[at];
	struct copy_writer *w = &rows->tables[at];
	for (size_t line = 0; line < count; line++) {
		const void *row = (const char *)items + line * table->item_size;
		copy_row(w, (int)table->column_count);
		for (const struct journal_column *c = table->columns; c < table->columns + table->column_count; c++)
			if (is_null(c, row, (const char *)row + c->ours))
				copy_null(w);
			else
				put_column(w, c, item, row, line);
	}
	rows->present[at] |= count > 0;
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
	const struct recorded own = {.receipt = item->receipt, .office = item->office->unit};
	put_rows(rows, TABLE_SUBMISSION, item, &own, 1);
	for (int i = TABLE_SUBMISSION + 1; i < TABLES; i++) {
		const char *submission = (const char *)item->submission;
		const void *items = *(const void *const *)(const void *)(submission + journal_tables[i].items);
		size_t count = *(const size_t *)(const void *)(submission + journal_tables[i].count);
		put_rows(rows, (enum journal_table)i, item, items, count);
	}
	if (!rows->count)
		rows->seq_first = item->receipt.seq;
	rows->seq_last = item->receipt.seq;
	rows->id_last = item->receipt.id;
	rows->count += 1 + submission_rows(item->submission);
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
