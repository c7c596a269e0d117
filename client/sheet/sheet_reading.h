/* Shared by the files that read sheets: what a table's columns mean (sheet_header.c), and its rows
 * (sheet_rows.c). */
#ifndef FUPIN_CLIENT_SHEET_READING_H
#define FUPIN_CLIENT_SHEET_READING_H

#include "base/utf8.h"
#include "sheet.h"
#include "sheet_file.h"
#include "sheet_measure.h"

/* What a sheet is about; by its columns. */
enum sheet_kind { SHEET_REPORTS = 1, SHEET_FUNDS = 2, SHEET_PROJECTS = 4 };

/* The fixed columns, by the names that a header may use, and the kinds of sheet that they belong to. */
enum field {
	FIELD_UNIT,
	FIELD_UNIT_NAME, /* for the reader's eye, not read */
	FIELD_PERIOD,
	FIELD_FORM,
	FIELD_VERSION,
	FIELD_REPLACES,
	FIELD_REASON,
	FIELD_KIND,
	FIELD_VOUCHER,
	FIELD_OCCURRED,
	FIELD_SOURCE,
	FIELD_USE,
	FIELD_COUNTERPARTY,
	FIELD_AMOUNT,
	FIELD_NOTE,
	FIELD_REFERS,
	FIELD_DOCUMENT,
	FIELD_PROJECT,
	FIELD_STEP,
	FIELD_NAME,
	FIELD_LEADER,
	FIELD_BEGINS,
	FIELD_ENDS,
	FIELD_SYSTEM,
	FIELD_PERCENT,
	FIELD_ACCEPTOR,
	FIELD_PASSED,
	FIELD_MET,
	FIELD_AGAIN_BY,
	FIELDS,
};

/* What the columns of one table mean. */
struct sheet_columns {
	struct sheet_columns *next;
	const char *file, *sheet; /* sheet NULL: the file has none */
	const struct text_row *header;
	size_t place[FIELDS]; /* SIZE_MAX: not there */
	size_t indicator_count;
	enum sheet_kind kind;
	struct measure *measures;              /* per column of the header: how its figures are written */
	char measure_beside[MEASURE_BYTES];    /* of money, by a row above or below the header; "": none says */
	const struct text_row *measures_below; /* the row below the header, if it says measures and has no data */
	bool ours;                             /* of a workbook that fupin made, or as a CSV file of its sheet */
	/* NULL: another one. */
	const struct indicator **indicators;
	const struct fund_term **budgets; /* of projects: the source whose part of the budget it is */
};

/* A name that a column may have, of an indicator or of a source. */
struct sheet_name {
	const char *key;
	const struct indicator *indicator;
	const struct fund_term *source;
};

struct reading {
	struct draft *draft;
	const struct catalogue *catalogue;
	struct findings *findings;
	struct sheet_columns *columns;
	const struct text_row *row;
	bool ours; /* of a workbook that fupin made */
	size_t name_count;
	struct sheet_name *names; /* of the plan's indicators and sources, as they are compared */
};

/* A finding in a column of the table; SIZE_MAX: in none. */
struct problem *sheet_problem(const struct reading *r, enum problem_code code, size_t line, size_t column);

/* The column of the table that a code names; SIZE_MAX: it has none. */
size_t sheet_column_at(const struct sheet_columns *columns, const char *code);

/* Before any header is looked at. */
void sheet_names_make(struct reading *r);
/* Fills r->columns by the table's header and what stands beside it. False: its rows cannot be read; the
 * findings say why. */
bool sheet_read_header(struct reading *r, const struct text_table *table);
/* Is this row the header of a sheet? `context` is a struct reading. */
enum header_kind sheet_header_kind(const void *context, const struct text_row *row);

/* The measure below a column's name; "": none. Returns out. */
const char *sheet_measure_below(const struct reading *r, size_t at, char out[MEASURE_BYTES]);
/* Takes the measure of money that a row above the header says ("单位：万元"), or the row below; a finding
 * where it is one that the plan does not count in. False: there is such a finding. */
bool sheet_take_measures(struct reading *r, const struct text_table *table);

/* Reads r->row into the draft. */
void sheet_read_row(const struct reading *r);

#endif
