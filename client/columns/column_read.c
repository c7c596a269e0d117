/* Readers of fields: one for each type, or for what a number stands for. */
#include "column_table.h"

#include "base/decimal.h"
#include "keys/identity.h"
#include "keys/key_text.h"

#include <string.h>

/* The field of a row that a column reads. */
#define FIELD(type) (*(type const *)((const char *)row + column->offset))

struct cell
column_text(struct reading *r, const void *row, const struct column *column)
{
	const char *text = FIELD(const char *);
	(void)r;
	return cell_text(text ? text : "");
}

struct cell
column_chars(struct reading *r, const void *row, const struct column *column)
{
	(void)r;
	return cell_text((const char *)row + column->offset);
}

struct cell
column_names(struct reading *r, const void *row, const struct column *column)
{
	const char *zh = *(const char *const *)((const char *)row + column->count_offset);
	return cell_text(reading_chooses(r, FIELD(const char *), zh));
}

struct cell
column_fingerprint(struct reading *r, const void *row, const struct column *column)
{
	char text[FINGERPRINT_BYTES];
	return cell_printed(r, "%s", key_fingerprint(FIELD(const char *), text));
}

#define READ_COUNT(name, type)                                                                               \
	struct cell name(struct reading *r, const void *row, const struct column *column)                        \
	{                                                                                                        \
		(void)r;                                                                                             \
		return cell_count((int64_t)FIELD(type));                                                             \
	}
READ_COUNT(column_bit, bool)
READ_COUNT(column_u16, uint16_t)
READ_COUNT(column_u32, uint32_t)
READ_COUNT(column_int, int)
READ_COUNT(column_i64, int64_t)
READ_COUNT(column_u64, uint64_t)

struct cell
column_flag(struct reading *r, const void *row, const struct column *column)
{
	(void)r;
	return cell_flag(FIELD(bool));
}

struct cell
column_unit(struct reading *r, const void *row, const struct column *column)
{
	(void)r;
	return cell_code(FIELD(unit_code));
}

struct cell
column_unit_name(struct reading *r, const void *row, const struct column *column)
{
	struct cell name = cell_unit_name(r, FIELD(unit_code));
	if (!r->whole || row != r->whole)
		return name;
	struct cell whole = cell_printed(r, "%s%s", name.text, reading_chooses(r, " total", " 合计"));
	return cell_term(whole.text, name.text);
}

struct cell
column_unit_or_code(struct reading *r, const void *row, const struct column *column)
{
	unit_code unit = FIELD(unit_code);
	struct cell name = unit ? cell_unit_name(r, unit) : cell_text("");
	return unit && !*name.text ? cell_code(unit) : name;
}

struct cell
column_county_name(struct reading *r, const void *row, const struct column *column)
{
	return cell_unit_name(r, unit_county(FIELD(unit_code)));
}

struct cell
column_period(struct reading *r, const void *row, const struct column *column)
{
	return cell_period(r, FIELD(period));
}

struct cell
column_day(struct reading *r, const void *row, const struct column *column)
{
	return cell_day(r, FIELD(date));
}

struct cell
column_seconds(struct reading *r, const void *row, const struct column *column)
{
	(void)r;
	return cell_time(FIELD(int64_t));
}

struct cell
column_us(struct reading *r, const void *row, const struct column *column)
{
	struct cell cell = cell_time(FIELD(int64_t));
	(void)r;
	cell.decimals = CELL_TIME_US;
	return cell;
}

struct cell
column_deadline(struct reading *r, const void *row, const struct column *column)
{
	(void)r;
	return cell_deadline(FIELD(int64_t));
}

struct cell
column_fen(struct reading *r, const void *row, const struct column *column)
{
	(void)r;
	return cell_number(FIELD(int64_t), MONEY_DECIMALS);
}

struct cell
column_form(struct reading *r, const void *row, const struct column *column)
{
	const struct form *form = catalogue_form(r->catalogue, FIELD(uint32_t));
	return cell_text(form ? form->code : "");
}

struct cell
column_source(struct reading *r, const void *row, const struct column *column)
{
	return cell_fund_term(r, r->catalogue->sources, r->catalogue->source_count, FIELD(uint32_t));
}

struct cell
column_use(struct reading *r, const void *row, const struct column *column)
{
	return cell_fund_term(r, r->catalogue->uses, r->catalogue->use_count, FIELD(uint32_t));
}

struct cell
column_digest(struct reading *r, const void *row, const struct column *column)
{
	char text[DIGEST_TEXT_BYTES];
	return cell_printed(r, "%s", digest_format(&FIELD(struct digest), text));
}

struct cell
column_enum(struct reading *r, const void *row, const struct column *column)
{
	unsigned value = FIELD(unsigned);
	const char *en = column->names[0](value);
	(void)r;
	return en ? cell_named(r, en, column->names[1](value), en) : cell_text("");
}

struct cell
column_rows(struct reading *r, const void *row, const struct column *column)
{
	(void)r;
	size_t count = *(const size_t *)((const char *)row + column->count_offset);
	return cell_rows(CELL_ROWS, column->nested, FIELD(void *), count);
}

struct cell
column_array(struct reading *r, const void *row, const struct column *column)
{
	(void)r;
	size_t count = *(const size_t *)((const char *)row + column->count_offset);
	return cell_rows(CELL_ROWS, column->nested, (const char *)row + column->offset, count);
}

struct cell
column_record(struct reading *r, const void *row, const struct column *column)
{
	(void)r;
	return cell_rows(CELL_RECORD, column->nested, (const char *)row + column->offset, 1);
}
