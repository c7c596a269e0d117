/* How a table of columns is written:
 *
 *     #define ROW struct completeness_row
 *     static const struct column rows[] = {
 *         UNIT("unit", unit, TITLE("code", "代码")),
 *         COUNT("due", due, TITLE("due", "应报")),
 *         MADE("complete", share_of_due, RIGHT, TABLE_ONLY, TITLE("complete", "完整率")),
 *         COUNT("late_most", late_most, JSON_ONLY),
 *     };
 *     const struct columns row_columns = COLUMNS("completeness", rows);
 *     #undef ROW */
#ifndef FUPIN_CLIENT_COLUMN_TABLE_H
#define FUPIN_CLIENT_COLUMN_TABLE_H

#include "column.h"

#define COLUMNS(name_, items_)                                                                               \
	{                                                                                                        \
		.name = (name_), .items = (items_), .count = sizeof(items_) / sizeof *(items_),                      \
		.row_bytes = sizeof(ROW)                                                                             \
	}

/* ---------------------------------------------------------------- the parts of a row */

#define TITLE(en, zh) .titles = {(en), (zh)}
#define JSON_ONLY .titles = {NULL, NULL}
#define TABLE_ONLY .table_only = true
#define MAYBE .maybe = true
#define DASH .dash = true
#define WHEN(has) .when = (has)
#define RIGHT .right = true

/* A field of ROW, checked to be of that type. */
#define COLUMN_AT(field, type) .offset = offsetof(ROW, field) + _Generic(((ROW *)0)->field, type : 0)
#define COLUMN_OF(key_, reader, field, type, ...)                                                            \
	{                                                                                                        \
		.key = (key_), .read = (reader), COLUMN_AT(field, type), __VA_ARGS__                                 \
	}

/* Read by a function of its own. */
#define MADE(key_, reader, ...)                                                                              \
	{                                                                                                        \
		.key = (key_), .read = (reader), __VA_ARGS__                                                         \
	}
/* const char *, or an array of char. */
#define TEXT(key_, field, ...)                                                                                           \
	{                                                                                                                    \
		.key = (key_), .read = _Generic(((ROW *)0)->field, const char * : column_text, char * : column_chars),         \
		.offset = offsetof(ROW, field), __VA_ARGS__ \
	}
/* Any whole number that counts. */
#define COUNT(key_, field, ...)                                                                              \
	{                                                                                                        \
		.key = (key_), .right = true, .offset = offsetof(ROW, field),                                        \
		.read = _Generic(((ROW *)0)->field, uint32_t                                                         \
		                 : column_u32, int                                                                   \
		                 : column_int, int64_t                                                               \
		                 : column_i64, uint64_t                                                              \
		                 : column_u64, bool                                                                  \
		                 : column_bit, uint16_t                                                              \
		                 : column_u16),                                                                      \
		__VA_ARGS__                                                                                          \
	}
/* One of two texts, by the language. */
#define NAMES(key_, en, zh, ...)                                                                             \
	{                                                                                                        \
		.key = (key_), .read = column_names, COLUMN_AT(en, const char *),                                    \
		.count_offset = offsetof(ROW, zh) + _Generic(((ROW *)0)->zh, const char * : 0), __VA_ARGS__          \
	}
/* A public key's fingerprint. */
#define FINGERPRINT(key, field, ...) COLUMN_OF(key, column_fingerprint, field, const char *, __VA_ARGS__)
#define FLAG(key, field, ...) COLUMN_OF(key, column_flag, field, bool, __VA_ARGS__)
/* A unit's code, its name (of the whole with "total" in tables), its name or else its code, its county's
 * name. */
#define UNIT(key, field, ...) COLUMN_OF(key, column_unit, field, unit_code, __VA_ARGS__)
#define UNIT_NAME(key, field, ...) COLUMN_OF(key, column_unit_name, field, unit_code, __VA_ARGS__)
#define UNIT_OR_CODE(key, field, ...) COLUMN_OF(key, column_unit_or_code, field, unit_code, __VA_ARGS__)
#define COUNTY_NAME(key, field, ...) COLUMN_OF(key, column_county_name, field, unit_code, __VA_ARGS__)
#define PERIOD(key, field, ...) COLUMN_OF(key, column_period, field, period, __VA_ARGS__)
/* 0: nothing. */
#define DAY(key, field, ...) COLUMN_OF(key, column_day, field, date, __VA_ARGS__)
#define SECONDS(key, field, ...) COLUMN_OF(key, column_seconds, field, int64_t, __VA_ARGS__)
#define MICROSECONDS(key, field, ...) COLUMN_OF(key, column_us, field, int64_t, __VA_ARGS__)
#define DEADLINE(key, field, ...) COLUMN_OF(key, column_deadline, field, int64_t, __VA_ARGS__)
#define FEN(key, field, ...) COLUMN_OF(key, column_fen, field, int64_t, RIGHT, __VA_ARGS__)
/* A form's code, by its number. */
#define FORM(key, field, ...) COLUMN_OF(key, column_form, field, uint32_t, __VA_ARGS__)
/* Source and use of funds, by their numbers. */
#define SOURCE(key, field, ...) COLUMN_OF(key, column_source, field, uint32_t, __VA_ARGS__)
#define USE(key, field, ...) COLUMN_OF(key, column_use, field, uint32_t, __VA_ARGS__)
#define DIGEST(key, field, ...) COLUMN_OF(key, column_digest, field, struct digest, __VA_ARGS__)
/* A value of an enum, by the functions that name it. */
#define ENUM(key_, field, name, name_zh, ...)                                                                \
	{                                                                                                        \
		.key = (key_), .read = column_enum, .offset = offsetof(ROW, field), .names = {(name), (name_zh)},    \
		__VA_ARGS__                                                                                          \
	}
/* Rows of other columns: a pointer to them, and a size_t that counts them. */
#define ROWS(key_, field, count_, columns_, ...)                                                             \
	{                                                                                                        \
		.key = (key_), .read = column_rows, .offset = offsetof(ROW, field), .nested = (columns_),            \
		.count_offset = offsetof(ROW, count_) + _Generic(((ROW *)0)->count_, size_t : 0), __VA_ARGS__        \
	}
/* The same, of rows that lie in the row itself. */
#define ARRAY(key_, field, count_, columns_)                                                                 \
	{                                                                                                        \
		.key = (key_), .read = column_array, .offset = offsetof(ROW, field), .nested = (columns_),           \
		.count_offset = offsetof(ROW, count_) + _Generic(((ROW *)0)->count_, size_t : 0)                     \
	}
/* A struct inside the row. */
#define RECORD(key_, field, columns_, ...)                                                                   \
	{                                                                                                        \
		.key = (key_), .read = column_record, .offset = offsetof(ROW, field), .nested = (columns_),          \
		__VA_ARGS__                                                                                          \
	}

column_reader column_text, column_names, column_fingerprint, column_chars, column_bit, column_u16, column_u32,
    column_int, column_i64, column_u64, column_flag, column_unit, column_unit_name, column_unit_or_code,
    column_county_name, column_period, column_day, column_seconds, column_us, column_deadline, column_fen,
    column_form, column_source, column_use, column_digest, column_enum, column_rows, column_array,
    column_record;

/* ---------------------------------------------------------------- for readers of a table's own */

/* The head of one, which makes a cell of the `row`; the `column` says what else it was given. */
#define READER(name)                                                                                         \
	static struct cell name(struct reading *r __attribute__((unused)), const void *row,                      \
	                        const struct column *column __attribute__((unused)))
/* A whole one, if one expression makes the cell: of `row`, a ROW, and of what `r` knows. */
#define READ_AS(name, made)                                                                                  \
	static struct cell name(struct reading *r __attribute__((unused)), const void *row_,                     \
	                        const struct column *column __attribute__((unused)))                             \
	{                                                                                                        \
		const ROW *row = row_;                                                                               \
		return (made);                                                                                       \
	}

/* Chooses by the reading's language. */
const char *reading_chooses(const struct reading *reading, const char *en, const char *zh);
/* A text of the arena's; an empty one if there is no memory. */
struct cell cell_printed(struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct cell cell_period(struct reading *reading, period month);
/* "": no day. */
struct cell cell_day(struct reading *reading, date day);
struct cell cell_unit_name(const struct reading *reading, unit_code unit);
/* A name of the plan's, and its code for programs. */
struct cell cell_named(const struct reading *reading, const char *en, const char *zh, const char *code);
struct cell cell_fund_term(const struct reading *reading, const struct fund_term *terms, size_t count,
                           uint32_t number);

/* {"seq", "time_us"} of a struct as_of. */
extern const struct columns as_of_columns;

#endif
