/* The workbook that an office fills in for a month: a sheet for each of its forms, one for funds and one for
 * steps of projects. Cells that must not be changed are locked; the spreadsheet itself compares what is
 * typed with the plan's limits; the terms of the plan are drop-downs. Hidden in it are the form's version,
 * beside each row, and the office that it was made for (SHEET_BOOK_MARK), which fupin reads again. */
#ifndef FUPIN_CLIENT_SHEET_BOOK_H
#define FUPIN_CLIENT_SHEET_BOOK_H

#include "columns/cell.h"
#include "field/catalogue.h"
#include "output/xlsx.h"
#include "reply.h"

/* What is known of one unit's form. */
struct sheet_row {
	const struct unit *unit;
	uint32_t revision;  /* of the month's report; 0: there is none */
	struct cell *cells; /* for each field of the form: the value that is filled in already */
};

struct sheet_book {
	struct xlsx *xlsx; /* where it is written; the caller's */
	const struct catalogue *catalogue;
	const struct welcome *office;
	period month;
	struct sheet_formats *formats; /* of this workbook */
	size_t forms;                  /* written so far */
};

/* All return false if there is no memory. */
bool sheet_book_begin(struct sheet_book *book) __attribute__((warn_unused_result));
/* `left_out`: how many units are left out because their report is there already. */
bool sheet_book_form(struct sheet_book *book, const struct form *form, const struct form_version *version,
                     const struct sheet_row *rows, size_t count, size_t left_out)
    __attribute__((warn_unused_result));
/* Adds the sheets of funds and projects, the lists for all drop-downs, and the mark. */
bool sheet_book_end(struct sheet_book *book) __attribute__((warn_unused_result));

#endif
