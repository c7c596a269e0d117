/* Reading a workbook (.xlsx, ECMA-376 part 1; "transitional" or "strict"): its sheets as tables of text
 * cells, as a CSV file of the same sheet would give them. A cell's text is taken from the saved value; no
 * formula is calculated. Sheets are read one at a time, row by row; only the texts that they share are held
 * in memory.
 *
 * xlsx_package.c unpacks, this file knows what a workbook consists of, xlsx_rows.c reads a sheet's rows, and
 * xlsx_number.c says what a number is in text. */
#ifndef FUPIN_CLIENT_XLSX_READ_H
#define FUPIN_CLIENT_XLSX_READ_H

#include "xlsx_number.h"
#include "xlsx_package.h"

enum {
	WORKBOOK_SHEETS_MAX = 256,                  /* one for each working day of a year */
	WORKBOOK_STRINGS_BYTES = 256 * 1024 * 1024, /* the texts that its sheets share */
	CELL_BYTES_MAX = 4 * 32767,                 /* Excel's own limit, in UTF-8 */
};

struct workbook_sheet {
	char name[SHEET_NAME_BYTES];
	char id[64]; /* of the relationship */
	char part[PART_NAME_BYTES];
	bool hidden;
};

/* Text that is put together from pieces, without the phonetic text (furigana) inside it. */
struct cell_text {
	size_t size, room; /* room: with the final NUL */
	int ruby;          /* depth inside phonetic elements */
	bool taking;
	char *bytes;
};

struct workbook {
	struct package *package;
	struct arena arena;
	bool since_1904;
	size_t sheet_count;
	struct workbook_sheet sheets[WORKBOOK_SHEETS_MAX];
	size_t string_count, string_room;
	const char **strings;
	size_t format_count, format_room; /* by a cell's style */
	struct number_format *formats;
	struct cell_text text;
};

/* Opens a workbook from the file's bytes, which must outlive it. NULL: it cannot be read. */
struct workbook *book_open(const void *bytes, size_t size, struct text_failure *failure)
    __attribute__((warn_unused_result));
/* Idempotent. */
void book_close(struct workbook **workbook);

/* For reading a part with texts in it: a text begins, goes on, and ends; it comes without the blanks around
 * it. */
void cell_text_begin(struct workbook *workbook);
void cell_text_add(struct workbook *workbook, const char *text, size_t size);
const char *cell_text_end(struct workbook *workbook);
/* Ends the text, and decodes the characters in it that Excel writes as _x000D_. */
const char *cell_text_end_escaped(struct workbook *workbook);

#endif
