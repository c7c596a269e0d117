/* Findings: problems with their places as a clerk knows them: file, sheet of a workbook, row and column. One
 * run shows all of them. */
#ifndef FUPIN_CLIENT_FINDING_H
#define FUPIN_CLIENT_FINDING_H

#include "check/problem.h"
#include "check/text_table.h"

#include <stdio.h>

/* Where a row of a submission came from. */
struct place {
	const char *file;
	size_t line;                  /* 0: the file or the sheet as a whole */
	char sheet[SHEET_NAME_BYTES]; /* of a workbook; "": the file has none */
};

/* Separates file and sheet where places are kept as text ("FILE:14", "FILE<this>SHEET:14"); it cannot occur
 * in a sheet's name. */
#define PLACE_SHEET "\x1F"

enum { LETTERS_BYTES = 4 };

/* A problem with its place. */
struct finding {
	struct place place;              /* file NULL: the submission */
	char letters[LETTERS_BYTES];     /* of the column, in a workbook; "" if none */
	char column[2 * NAME_BYTES_MAX]; /* as it stands in the sheet; "" if none */
	struct problem problem;
};

enum { FINDINGS_MAX = 200 };

struct findings {
	size_t count, more;
	struct finding items[FINDINGS_MAX];
};

/* Appends an empty finding (counts it in `more` when the list is full); the returned pointer is never NULL.
 */
struct finding *finding_add(struct findings *findings);

/* "county.csv: row 14, column 产业资金: 800,000.00 exceeds …", "county.xlsx: sheet 资金, row 14, column F
 * (金额): …", on standard error. */
void finding_print(const struct finding *finding, enum language language);
void finding_write(const struct finding *finding, enum language language, FILE *out);

/* Prints all of them, and how many more there are. */
void findings_write(const struct findings *findings, enum language language, FILE *out);

/* The place of a table's row (line 0: of the table as a whole). */
struct place place_make(const char *file, const char *sheet, size_t line);

/* File and sheet as one name: "county.xlsx: sheet 资金". Returns out. */
enum { PLACE_NAME_BYTES = 4096 + SHEET_NAME_BYTES + 16 };
char *place_name(const struct place *place, enum language language, char out[PLACE_NAME_BYTES]);

/* A column's letters, as spreadsheets name it: 0 is "A", 16383 "XFD". Returns out. */
char *column_letters(size_t column, char out[LETTERS_BYTES]);

#endif
