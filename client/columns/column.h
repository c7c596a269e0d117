/* What is shown, as tables of columns. A column says once what it is called, in JSON and as a title in both
 * languages, and how its cell is read from a row; the terminal, CSV, workbooks and JSON are written from that
 * (output/listing.h). Each subject has a header of its own,
 * SUBJECT_columns.h. */
#ifndef FUPIN_CLIENT_COLUMN_H
#define FUPIN_CLIENT_COLUMN_H

#include "base/arena.h"
#include "cell.h"
#include "check/problem.h"
#include "field/catalogue.h"

/* What readers need beside their row. To be ended by reading_free(). */
struct reading {
	const struct catalogue *catalogue;
	enum language language;
	int64_t time_us;    /* the centre's clock when it answered */
	const void *whole;  /* the row that is the sum of all; NULL: none */
	const void *more;   /* what one table's readers need besides */
	struct arena arena; /* texts and rows that are made for the row that is read: reset before the next */
};

void reading_init(struct reading *reading, const struct catalogue *catalogue, enum language language);
void reading_free(struct reading *reading);

struct column;
/* The cell of a row. What it points to lives in the row, the catalogue, the column or reading->arena. */
typedef struct cell column_reader(struct reading *reading, const void *row, const struct column *column);

struct column {
	const char *key;       /* in JSON, and for programs; NULL: the only column, a bare value */
	const char *titles[2]; /* English, Chinese; NULL: in JSON alone */
	column_reader *read;
	size_t offset;                         /* of the field that `read` reads */
	const char *(*names[2])(unsigned int); /* of an enum's values: for programs and in English; in Chinese */
	const struct columns *nested;
	size_t count_offset; /* of the size_t that counts the nested rows; of the Chinese of two names */
	const void *of;      /* what a column is about, if it was made for one thing */
	bool (*when)(const void *row); /* the row has such a thing; NULL: each has */
	bool right;                    /* aligned */
	bool dash;                     /* in tables a count of 0 is "–" */
	bool maybe;                    /* left out of JSON where there is nothing */
	bool table_only;               /* not in JSON */
	bool key_in_csv;               /* CSV has the key as its title */
	unsigned char only_with;       /* a bit: shown in tables if it is asked for; 0: always */
};

struct columns {
	const char *name; /* of the table, for programs */
	const struct column *items;
	size_t count, row_bytes;
};

struct cell column_cell(struct reading *reading, const void *row, const struct column *column);
/* In the reading's language; for a CSV file its key, if the column says so. */
const char *column_title(const struct reading *reading, const struct column *column, bool csv);
/* Is the column in tables? `with`: the bits of only_with that are asked for. */
bool column_in_table(const struct column *column, unsigned with);
/* For a table with columns of the plan: room for so many more behind these, which the caller fills. NULL: no
 * memory. To be freed by columns_free(). */
struct column *columns_extend(const struct columns *columns, size_t more, struct columns *out);
void columns_free(struct columns *columns);
/* The next row of an array. */
const void *columns_row(const struct columns *columns, const void *rows, size_t at);
/* The nested rows of that key; NULL: there are none. */
const struct column *columns_find(const struct columns *columns, const char *key);

#endif
