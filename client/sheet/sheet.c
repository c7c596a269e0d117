#include "sheet.h"

#include "base/decimal.h"
#include "base/file_bytes.h"
#include "base/utf8.h"
#include "check/check.h"
#include "sheet_file.h"
#include "sheet_reading.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
draft_init(struct draft *draft)
{
	*draft = (struct draft){0};
	arena_init(&draft->arena, DRAFT_BYTES_MAX);
}

void
draft_free(struct draft *draft)
{
	arena_free(&draft->arena);
}

/* ---------------------------------------------------------------- findings */

/* A finding in a column of the table; SIZE_MAX: in none. */
struct problem *
sheet_problem(const struct reading *r, enum problem_code code, size_t line, size_t column)
{
	const struct sheet_columns *c = r->columns;
	struct finding *finding = finding_add(r->findings);
	finding->place = place_make(c->file, c->sheet, line);
	finding->problem.code = code;
	if (column == SIZE_MAX)
		return &finding->problem;
	snprintf(finding->column, sizeof finding->column, "%s", text_cell(c->header, column));
	if (c->sheet)
		column_letters(column, finding->letters);
	return &finding->problem;
}

static const struct sheet_columns *
columns_of(const struct draft *draft, const struct place *place)
{
	const struct sheet_columns *columns = draft->columns;
	while (columns && (!place->file || strcmp(columns->file, place->file) ||
	                   strcmp(columns->sheet ? columns->sheet : "", place->sheet)))
		columns = columns->next;
	return columns;
}

/* The column as it stands in the sheet, and for a code what it means. */
static void
name_column(struct finding *finding, const struct sheet_columns *columns, const struct catalogue *catalogue)
{
	const char *code = finding->problem.column;
	size_t at = sheet_column_at(columns, code);
	const struct indicator *indicator = *code ? catalogue_indicator_by_name(catalogue, code) : NULL;
	const char *name = at != SIZE_MAX ? columns->header->cells[at] : indicator ? indicator->name_zh : code;
	/* A clerk reads the indicator's name, whatever the header is. */
	if (indicator && !strcmp(name, indicator->code))
		snprintf(finding->column, sizeof finding->column, "%s %s", name, indicator->name_zh);
	else
		snprintf(finding->column, sizeof finding->column, "%s", name);
	if (at != SIZE_MAX && columns->sheet)
		column_letters(at, finding->letters);
}

void
findings_add(struct findings *findings, const struct draft *draft, const struct catalogue *catalogue,
             const struct problem_list *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *p = &problems->items[i];
		struct finding *finding = finding_add(findings);
		*finding = (struct finding){.problem = *p};
		if (p->subject == SUBJECT_REPORT && p->index < draft->submission.report_count)
			finding->place = draft->report_places[p->index];
		if (p->subject == SUBJECT_ENTRY && p->index < draft->submission.entry_count)
			finding->place = draft->entry_places[p->index];
		if (p->subject == SUBJECT_PROJECT && p->index < draft->submission.project_count)
			finding->place = draft->project_places[p->index];
		name_column(finding, columns_of(draft, &finding->place), catalogue);
	}
	findings->more += problems->more;
}

/* ---------------------------------------------------------------- files */

/* "443" and "000.00", side by side: a figure with separators whose quotes are missing. */
static bool
is_split_figure(const char *left, const char *right, char out[64])
{
	int64_t value;
	if (snprintf(out, 64, "%s,%s", left, right) >= 64 || strspn(right, "0123456789") != 3)
		return false;
	return decimal_parse(out, DECIMAL_DIGITS_MAX, &value);
}

/* Are there as many such figures as cells too many, empty ones, too? `out`: the last of them. */
static bool
has_split_figures(const struct reading *r, char out[64])
{
	const struct text_row *row = r->row;
	size_t cells = row->cell_count, width = r->columns->header->cell_count, found = 0;
	for (size_t left = cells; cells > width && left-- > 1;) {
		char figure[64];
		if (is_split_figure(row->cells[left - 1], row->cells[left], figure) && !found++)
			memcpy(out, figure, sizeof figure);
	}
	return cells > width && found >= cells - width;
}

/* "443" under the amount and "000.00" under the note right of it: the same, where the last comma is missing.
 */
static bool
is_split_into_note(const struct reading *r, char out[64])
{
	size_t amount = r->columns->place[FIELD_AMOUNT];
	return amount != SIZE_MAX && r->columns->place[FIELD_NOTE] == amount + 1 &&
	       is_split_figure(text_cell(r->row, amount), text_cell(r->row, amount + 1), out);
}

/* A cell without a column: it belongs elsewhere. */
static void
refuse_surplus(const struct reading *r, size_t at)
{
	struct problem *p =
	    sheet_problem(r, PROBLEM_CELL_SURPLUS, r->row->line, r->columns->sheet ? at : SIZE_MAX);
	problem_detail(p, "%s", r->row->cells[at]);
}

/* Texts by which something is found again. */
static bool
identifies(const struct sheet_columns *c, size_t at)
{
	static const enum field fields[] = {FIELD_VOUCHER, FIELD_REFERS, FIELD_DOCUMENT, FIELD_PROJECT};
	bool found = false;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		found |= at == c->place[fields[i]];
	return found;
}

static enum problem_code
cell_problem(const struct reading *r, size_t at)
{
	enum text_mark mark = text_mark(r->row, at);
	bool typed = mark == TEXT_DATE || mark == TEXT_TYPED;
	if (at == r->columns->place[FIELD_UNIT_NAME])
		return PROBLEM_NONE;
	return typed && identifies(r->columns, at) ? PROBLEM_CELL_NOT_TEXT : text_mark_problem(mark);
}

/* Where a cell's text is not what the clerk meant to write, or stands under no column. */
static bool
row_is_sound(const struct reading *r)
{
	const struct text_row *header = r->columns->header;
	bool sound = true;
	char figure[64];
	if (!r->columns->sheet && (has_split_figures(r, figure) || is_split_into_note(r, figure))) {
		problem_detail(sheet_problem(r, PROBLEM_FIGURE_SPLIT, r->row->line, SIZE_MAX), "%s", figure);
		return false;
	}
	for (size_t at = 0; at < r->row->cell_count; at++) {
		const char *text = r->row->cells[at];
		if (!*text_cell(header, at)) {
			if (!*text)
				continue;
			refuse_surplus(r, at);
			return false;
		}
		enum problem_code code = cell_problem(r, at);
		if (!code)
			continue;
		problem_detail(sheet_problem(r, code, r->row->line, at), "%s", text);
		sound = false;
	}
	return sound;
}

/* "B3:D4". */
static void
refuse_merged(const struct reading *r, const struct text_area *area)
{
	char first[LETTERS_BYTES], last[LETTERS_BYTES];
	problem_detail(sheet_problem(r, PROBLEM_CELLS_MERGED, area->line, area->column), "%s%zu:%s%zu",
	               column_letters(area->column, first), area->line, column_letters(area->column_last, last),
	               area->line_last);
}

/* Is a cell of the row, of those below a header, part of a merged area? Each area is told once. */
static bool
row_is_apart(const struct reading *r, const struct text_table *table, size_t line_before)
{
	bool apart = true;
	for (size_t i = 0; i < table->merged_count; i++) {
		const struct text_area *area = &table->merged[i];
		if (area->line > r->row->line || area->line_last < r->row->line ||
		    area->column >= r->columns->header->cell_count)
			continue;
		apart = false;
		if (area->line > line_before || line_before == table->rows[0].line)
			refuse_merged(r, area);
	}
	return apart;
}

static void
read_rows(struct reading *r, const struct text_table *table)
{
	for (size_t i = r->columns->measures_below ? 2 : 1; i < table->row_count; i++) {
		r->row = &table->rows[i];
		if (!row_is_apart(r, table, table->rows[i - 1].line) || !row_is_sound(r))
			continue;
		sheet_read_row(r);
	}
}

static bool
read_table(struct reading *r, const char *path, const struct text_table *table)
{
	struct sheet_columns *columns = arena_alloc(&r->draft->arena, sizeof *columns);
	if (!columns)
		return false;
	columns->file = path;
	columns->sheet = table->sheet;
	r->columns = columns;
	if (table->row_count < 2) {
		sheet_problem(r, PROBLEM_FILE_EMPTY, 0, SIZE_MAX);
		return true;
	}
	if (!sheet_read_header(r, table))
		return true;
	columns->next = r->draft->columns;
	r->draft->columns = columns;
	read_rows(r, table);
	return true;
}

static void
add_failure(struct findings *findings, const char *path, const struct text_failure *failure)
{
	struct finding *finding = finding_add(findings);
	finding->place = place_make(path, failure->sheet, failure->line);
	finding->problem = text_failure_problem(failure);
}

static void
pass_over(struct draft *d, const char *path, const char *sheet)
{
	struct place *more = arena_grow(&d->arena, d->passed_over, d->passed_over_count, &d->passed_over_room,
	                                sizeof *d->passed_over);
	if (!more)
		return;
	d->passed_over = more;
	d->passed_over[d->passed_over_count++] = place_make(path, sheet, 0);
}

void
draft_read_bytes(struct draft *draft, const char *name, const void *bytes, size_t size,
                 const struct catalogue *catalogue, struct findings *findings)
{
	struct text_table *tables;
	struct text_failure failure;
	size_t count;
	struct sheet_origin origin;
	struct reading r = {.draft = draft, .catalogue = catalogue, .findings = findings};
	sheet_names_make(&r);
	if (!sheet_bytes_read(name, bytes, size, sheet_header_kind, &r, &draft->arena, &tables, &count, &origin,
	                      &failure)) {
		add_failure(findings, name, &failure);
		return;
	}
	r.ours = origin.ours;
	if (origin.ours && draft->office && origin.office != draft->office) {
		struct finding *finding = finding_add(findings);
		finding->place = place_make(name, NULL, 0);
		finding->problem.code = PROBLEM_WORKBOOK_OTHER_OFFICE;
		finding->problem.limit = draft->office;
		problem_detail(&finding->problem, "%" PRId64, origin.office);
		return;
	}
	for (size_t i = 0; i < origin.passed_over_count; i++)
		pass_over(draft, name, origin.passed_over[i]);
	for (size_t i = 0; i < count; i++)
		if (!read_table(&r, name, &tables[i]))
			return;
}

void
draft_read(struct draft *draft, const char *path, const struct catalogue *catalogue,
           struct findings *findings)
{
	size_t size;
	char *bytes = file_read(path, SHEET_FILE_BYTES_MAX, &size);
	if (bytes) {
		draft_read_bytes(draft, path, bytes, size, catalogue, findings);
	} else {
		struct text_failure failure;
		text_fail(&failure, PROBLEM_FILE_UNREADABLE, 0, strerror(errno));
		add_failure(findings, path, &failure);
	}
	free(bytes);
}

/* If the rows become several submissions, all are checked at once, so that a repeated row is found wherever
 * it is. */
static bool
check_many(const struct draft *draft, const struct catalogue *catalogue, date today, size_t rows,
           struct problem_list *problems)
{
	struct check_row *room = calloc(rows, sizeof *room);
	bool good = room && check_content(catalogue, today, &draft->submission, room, problems);
	if (!room)
		problem_detail(problem_only(problems, PROBLEM_FILE_UNREADABLE), "%s", strerror(ENOMEM));
	free(room);
	return good;
}

void
draft_check(struct draft *draft, const struct catalogue *catalogue, date today, struct findings *findings)
{
	struct problem_list *problems = calloc(1, sizeof *problems);
	size_t rows = submission_rows(&draft->submission);
	draft->submission.id = submission_id_new(0);
	bool good = problems && (rows > SUBMISSION_ROWS_MAX
	                             ? check_many(draft, catalogue, today, rows, problems)
	                             : check_submission(catalogue, today, &draft->submission, problems));
	if (problems && !good)
		findings_add(findings, draft, catalogue, problems);
	free(problems);
	draft_find_alike(draft);
}
