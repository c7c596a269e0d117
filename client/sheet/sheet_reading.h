/* Shared by the files that read sheets: what a table's columns mean (sheet_header.c), and its rows
 * (sheet_rows.c). */
#ifndef FUPIN_CLIENT_SHEET_READING_H
#define FUPIN_CLIENT_SHEET_READING_H

#include "base/utf8.h"
#include "sheet.h"
#include "sheet_file.h"
#include "sheet_measure.h"

/* The kind of a sheet, found by its columns. */
enum sheet_kind { SHEET_REPORTS = 1, SHEET_FUNDS = 2, SHEET_PROJECTS = 4 };

/* The fixed columns, by the names that a header may use, and the kinds of sheet that they belong to. */
enum field {
	FIELD_UNIT,
	FIELD_UNIT_NAME, /* for people; not read */
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
	struct measure *measures;           /* per column of the header: how its figures are written */
	char measure_beside[MEASURE_BYTES]; /* measure of money by a row above or below the header; "": none */
	/* the row below the header, if it names measures and has no data */
	const struct text_row *measures_below;
	bool ours; /* it is a sheet of a workbook that fupin made, or a CSV file of such a sheet */
	/* NULL: another one. */
	const struct indicator **indicators;
	/* for projects: per column the source whose part of the budget it has */
	const struct fund_term **budgets;
};

/* A name that a column may have: that of an indicator or a source. */
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
	/* names of the plan's indicators and sources, in the form in which they are compared */
	struct sheet_name *names;
};

/* Adds a finding in a column of the table; SIZE_MAX: in no column. */
struct problem *sheet_problem(const struct reading *r, enum problem_code code, size_t line, size_t column);

/* The column of the table that a code names; SIZE_MAX: it has none. */
size_t sheet_column_at(const struct sheet_columns *columns, const char *code);

/* To be called before any header is read. */
void sheet_names_make(struct reading *r);
/* Fills r->columns from the table's header and the rows next to it. False: the table's rows cannot be read;
 * the findings say why. */
bool sheet_read_header(struct reading *r, const struct text_table *table);
/* Is this row the header of a sheet? `context` is a struct reading. */
enum header_kind sheet_header_kind(const void *context, const struct text_row *row);

/* The measure below a column's name; "": none. Returns out. */
const char *sheet_measure_below(const struct reading *r, size_t at, char out[MEASURE_BYTES]);
/* Takes the measure of money that a row above the header says ("单位：万元"), or the row below; adds a
 * finding if the plan does not know it. False: there is such a finding. */
bool sheet_take_measures(struct reading *r, const struct text_table *table);

/* Reads r->row into the draft. */
void sheet_read_row(const struct reading *r);

#endif
